#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/csv.h"
#include "pipeline/base/num.h"
#include "pipeline/tables/rates.h"

static void
near(const char *says, double got, double want, double tolerance)
{
	if (isnan(want) ? isnan(got) : fabs(got - want) <= tolerance)
		return;
	fail_msg("%s: got %.15g, want %.15g", says, got, want);
}

/* --- rates by the letters -------------------------------------------------- */

/* Nine counts that no two sums share, and every rate by its printed formula. */
static void
every_rate_is_its_formula(void **state)
{
	const double i = 3, p = 5, r = 11, nc = 17, o = 29, uh = 41, ur = 67,
	    uo = 101, k = i + p + r + nc + o, u = uh + ur + uo;
	struct rates_in in = { { i, p, r, nc, o, uh, ur, uo, 151 },
		RATES_E_CLASS, { 0.25, 0.5, 0.125 } };
	const double eu = 0.25 * uh + 0.5 * ur + 0.125 * uo;
	const struct { enum rates_rate rate; const char *name; double want; }
	    t[] = {
		{ RATES_RR1, "RR1", i / (k + u) },
		{ RATES_RR2, "RR2", (i + p) / (k + u) },
		{ RATES_RR3, "RR3", i / (k + eu) },
		{ RATES_RR4, "RR4", (i + p) / (k + eu) },
		{ RATES_RR5, "RR5", i / k },
		{ RATES_RR6, "RR6", (i + p) / k },
		{ RATES_COOP1, "COOP1", i / (i + p + r + o) },
		{ RATES_COOP2, "COOP2", (i + p) / (i + p + r + o) },
		{ RATES_COOP3, "COOP3", i / (i + p + r) },
		{ RATES_COOP4, "COOP4", (i + p) / (i + p + r) },
		{ RATES_REF1, "REF1", r / (k + u) },
		{ RATES_REF2, "REF2", r / (k + eu) },
		{ RATES_REF3, "REF3", r / k },
		{ RATES_CON1, "CON1", (i + p + r + o) / (k + u) },
		{ RATES_CON2, "CON2", (i + p + r + o) / (k + eu) },
		{ RATES_CON3, "CON3", (i + p + r + o) / k },
		{ RATES_LOC1, "LOC1", k / (k + u) },
		{ RATES_LOC2, "LOC2", k / (k + eu) },
	};
	struct rates got;
	struct err err;

	(void)state;
	assert_int_equal(sizeof(t) / sizeof(t[0]), RATES_RATES);
	assert_int_equal(rates_compute(&in, &got, &err), 0);
	for (size_t n = 0; n < RATES_RATES; n++) {
		assert_string_equal(rates_name(t[n].rate), t[n].name);
		near(t[n].name, got.rate[t[n].rate], t[n].want, 1e-15);
	}
}

static void
nothing_over_nothing_is_undefined_not_zero_and_not_one(void **state)
{
	struct rates_in in = { { 0 }, RATES_E_ESTIMATED, { 0 } };
	struct rates got;
	struct err err;

	(void)state;
	assert_int_equal(rates_compute(&in, &got, &err), 0);
	for (size_t n = 0; n < RATES_RATES; n++)
		assert_true(isnan(got.rate[n]));
	assert_true(isnan(rates_eligible(&in)));
}

static void
an_e_that_is_undefined_is_only_missed_where_there_are_unknown_cases(void **state)
{
	struct rates_in in = { { [RATES_UO] = 4 }, RATES_E_ESTIMATED, { 0 } };
	struct rates got;
	struct err err;

	(void)state;
	assert_int_equal(rates_compute(&in, &got, &err), 0);
	near("RR1 of unknown cases alone", got.rate[RATES_RR1], 0, 0);
	assert_true(isnan(got.rate[RATES_RR3]));
	assert_true(isnan(got.rate[RATES_RR5]));

	in = (struct rates_in){ { [RATES_I] = 4 }, RATES_E_CLASS,
		{ NAN, NAN, NAN } };
	assert_int_equal(rates_compute(&in, &got, &err), 0);
	near("RR3 without unknown cases", got.rate[RATES_RR3], 1, 0);

	/* weights may sum to less than one case */
	in = (struct rates_in){ { [RATES_I] = 0.25, [RATES_NE] = 0.25 },
		RATES_E_ESTIMATED, { 0 } };
	assert_int_equal(rates_compute(&in, &got, &err), 0);
	near("RR1 of a quarter", got.rate[RATES_RR1], 1, 0);
	near("e of a quarter", rates_eligible(&in), 0.5, 0);
}

static void
a_class_with_cases_and_no_e_is_an_error(void **state)
{
	struct rates_in in = { { [RATES_I] = 4, [RATES_UR] = 1 },
		RATES_E_CLASS, { 0.5, NAN, 0.5 } };
	struct rates got;
	struct err err;

	(void)state;
	assert_int_equal(rates_compute(&in, &got, &err), -1);
	assert_int_equal(err.status, EX_USAGE);
	assert_non_null(strstr(err.text, "UR"));
}

static void
codes_have_letters_or_none(void **state)
{
	static const struct { const char *code; int want; } t[] = {
		{ "1.0", RATES_I }, { "1.1", RATES_I }, { "11", RATES_I },
		{ "1.2", RATES_P }, { "1.3", -1 },
		{ "2.0", RATES_O }, { "2.1", RATES_R }, { "2.111", RATES_R },
		{ "2.1121", RATES_R }, { "2.12", RATES_R }, { "2.26", RATES_NC },
		{ "2.27", RATES_NC }, { "2.33", RATES_O }, { "2.4", -1 },
		{ "2.9", RATES_O },
		{ "3.11", RATES_UH }, { "3.19", RATES_UH }, { "319", RATES_UH },
		{ "3.20", RATES_UR }, { "3.30", RATES_UO }, { "3.40", RATES_UO },
		{ "3.5", RATES_UO }, { "3.91", RATES_UO }, { "3.0", -1 },
		{ "3.6", -1 }, { "3.7", -1 }, { "3.8", -1 },
		{ "4.", -1 }, { "4", RATES_NE }, { "4.10", RATES_NE }, { "4.90", RATES_NE },
		{ "", -1 }, { "1", -1 }, { "1.", -1 }, { ".1", -1 },
		{ "5.1", -1 }, { "0.1", -1 }, { "31.9", -1 }, { "3..1", -1 },
		{ "3.1 ", -1 }, { "4.x", -1 }, { "3.123456789", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if (rates_letter_of(t[i].code) != t[i].want)
			fail_msg("\"%s\": got %d, want %d", t[i].code,
			    rates_letter_of(t[i].code), t[i].want);
}

/* --- options ---------------------------------------------------------------- */

static void
options_take_counts(void **state)
{
	static const struct { const char *value; double want; } t[] = {
		{ "0", 0 }, { "5", 5 }, { "12.5", 12.5 }, { "12,5", 12.5 },
		{ "1e3", 1000 }, { "1E+3", 1000 }, { "25e-1", 2.5 },
		{ "1e-05", 1e-5 }, { "11967.32", 11967.32 },
		{ "0.06666666666666667", 0.06666666666666667 },
		{ "0.006666666666666667", 0.006666666666666667 },
		{ "1000000000000", 1e12 }, { "007", 7 },
		{ "0.30000000000000000000000000", 0.3 },
		{ "30000000000000000000000e-22", 3 },
		{ "0000000000000000000000000000000000000000000000000000000000000005",
		    5 },
	};
	static const char *const bad[] = { "", "-1", "+1", "1.", ".5", "1.2.3",
		"1e", "1e+", "1e-x", "1e-/", "x", "1 ", " 1", "nan", "inf", "0x10", "1e13",
		"1000000000001",
		"00000000000000000000000000000000000000000000000000000000000000005",
		"1e999", "1e99999999999999999999" };
	struct rates_in in = { { 0 }, RATES_E_ESTIMATED, { 0 } };
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_int_equal(rates_option(&in, "UH", t[i].value, &err), 0);
		near(t[i].value, in.count[RATES_UH], t[i].want,
		    1e-15 * t[i].want);
	}
	in.count[RATES_UH] = 7;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (rates_option(&in, "UH", bad[i], &err) != -1)
			fail_msg("\"%s\" was taken for a count", bad[i]);
		assert_int_equal(err.status, EX_USAGE);
		near(bad[i], in.count[RATES_UH], 7, 0);
	}
}

static void
each_letter_is_an_option_of_its_own(void **state)
{
	struct rates_in in = { { 0 }, RATES_E_ESTIMATED, { 0 } };
	struct err err;

	(void)state;
	for (int l = 0; l < RATES_LETTERS; l++) {
		char value[16];

		snprintf(value, sizeof(value), "%d", l + 1);
		assert_int_equal(rates_option(&in,
		    rates_letter_name((enum rates_letter)l), value, &err), 0);
	}
	for (int l = 0; l < RATES_LETTERS; l++)
		near("letter", in.count[l], l + 1, 0);
	assert_int_equal(rates_option(&in, "X", "1", &err), -1);
	assert_int_equal(rates_option(&in, "i", "1", &err), -1);
	assert_int_equal(rates_option(&in, "", "1", &err), -1);
	assert_int_equal(err.status, EX_USAGE);
}

static void
e_is_one_share_or_one_for_each_class(void **state)
{
	static const char *const bad[] = { "", "1.5", "-0.1", "14/13", "1/0",
		"0/0", "x", "1/", "/2", "UH:0.4,UH:0.4", "UX:0.4", "UH:2",
		"UH:", "UH0.4:", "UH:0.4,", ",UH:0.4", "I:0.4", "UH:0.4;UR:0.1",
		"uh:0.4", "0.5:0.5",
		"00000000000000000000000000000001/2",
		"UHx0:4", "XH:0.4", "UH:0.4,XR:0.4",
		"UH:0.40000000000000000000000000000000000000000000" };
	struct rates_in in = { { 0 }, RATES_E_ESTIMATED, { 0 } };
	struct err err;

	(void)state;
	assert_int_equal(rates_option(&in, "e", "13/14", &err), 0);
	assert_int_equal(in.basis, RATES_E_ONE);
	for (int c = 0; c < 3; c++)
		near("13/14", in.e[c], 13 / 14.0, 1e-16);
	assert_int_equal(rates_option(&in, "e", "UO:0.2,UH:0.4,UR:7/10", &err), 0);
	assert_int_equal(in.basis, RATES_E_CLASS);
	near("UH", in.e[0], 0.4, 1e-16);
	near("UR", in.e[1], 0.7, 1e-16);
	near("UO", in.e[2], 0.2, 1e-16);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (rates_option(&in, "e", bad[i], &err) != -1)
			fail_msg("\"%s\" was taken for an e", bad[i]);
		near("kept", in.e[1], 0.7, 1e-16);
		assert_int_equal(in.basis, RATES_E_CLASS);
	}
	assert_int_equal(rates_option(&in, "e", "UR:1", &err), 0);
	assert_true(isnan(in.e[0]) && isnan(in.e[2]));
}

static void
json_has_every_rate_and_where_e_comes_from(void **state)
{
	static const struct { const char *e, *want; } t[] = {
		{ NULL, "\"e\": 0.5, \"e_basis\": \"K/(K+NE)\"" },
		{ "0.25", "\"e\": 0.25, \"e_basis\": \"given\"" },
		{ "UH:1,UO:0.5", "\"e\": {\"UH\": 1, \"UR\": null, \"UO\": 0.5}, "
		    "\"e_basis\": \"given by class\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct rates_in in = { { [RATES_I] = 2, [RATES_NE] = 2 },
			RATES_E_ESTIMATED, { 0 } };
		struct buf b = BUF(4096);
		struct rates r;
		struct json j;
		struct err err;

		if (t[i].e != NULL)
			assert_int_equal(rates_option(&in, "e", t[i].e, &err), 0);
		assert_int_equal(rates_compute(&in, &r, &err), 0);
		json_begin(&j, &b, 0);
		json_object(&j);
		rates_json(&in, &r, INTERVAL_WILSON, &j);
		json_end(&j);
		if (strstr(buf_text(&b), t[i].want) == NULL)
			fail_msg("want %s in %s", t[i].want, buf_text(&b));
		assert_non_null(strstr(buf_text(&b), "{\"RR1\": 1, "));
		assert_non_null(strstr(buf_text(&b), "\"REF3\": 0, "));
		assert_non_null(strstr(buf_text(&b), "\"counts\": {\"I\": 2, "));
		assert_non_null(strstr(buf_text(&b),
		    "\"NE\": 2, \"K\": 2, \"U\": 0, \"eU\": 0}, "));
		buf_free(&b);
	}
}

/* --- the study's line --------------------------------------------------------- */

static void
shares_are_kept_exactly(void **state)
{
	static const struct { const char *text; int64_t num, den; } t[] = {
		{ "20 %", 1, 5 }, { "20%", 1, 5 }, { "0.20", 1, 5 },
		{ "0,20", 1, 5 }, { "1/5", 1, 5 }, { "20/100", 1, 5 },
		{ "0", 0, 1 }, { "1", 1, 1 }, { "100 %", 1, 1 }, { "1.0", 1, 1 },
		{ "12.5 %", 1, 8 }, { "0.000001", 1, 1000000 },
		{ "12.3456%", 77160, 625000 }, { "1/3", 1, 3 },
		{ "0/7", 0, 1 },
	};
	static const char *const bad[] = { "", "%", " %", "-0.1", "1.1", "101 %",
		"2", "0.", ".5", "0.0000001", "12.34567 %", "1/0", "3/2", "1/-2",
		"1/5 %", "0.2x", "0.2.0", "1/1000001", "-0", "0,2,0",
		"00000000000000000000000000000000001" };
	int64_t num = 77, den = 88;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (rates_share(bad[i], &num, &den) != -1 || num != 77 || den != 88)
			fail_msg("\"%s\" was taken for a share", bad[i]);
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		if (rates_share(t[i].text, &num, &den) != 0)
			fail_msg("\"%s\" was refused", t[i].text);
		if (num * t[i].den != t[i].num * den || den > t[i].den)
			fail_msg("\"%s\": got %lld/%lld", t[i].text,
			    (long long)num, (long long)den);
	}
}

/* One county of the report (Table 7-5) by hand, and its whole. */
static void
the_line_is_computed_from_exact_figures(void **state)
{
	struct rates_line l = { 2320, 468, 0, 121, 20, 100 };
	struct rates_study s;
	struct err err;

	(void)state;
	assert_int_equal(rates_study(&l, &s, &err), 0);
	assert_int_equal(s.delivered, 1852);
	assert_int_equal(num_ratio(s.gross_num, s.gross_den, 100), 7);
	near("active", s.active, 370.4, 1e-12);
	assert_int_equal(num_ratio(s.active_num, s.active_den, 10), 3704);
	assert_int_equal(num_ratio(s.net_num, s.net_den, 100), 33);
	assert_int_equal(s.flags, 0);

	/* not located is taken off the whole: 3799, not 3853 */
	l = (struct rates_line){ 4750, 897, 54, 308, 1, 5 };
	assert_int_equal(rates_study(&l, &s, &err), 0);
	assert_int_equal(s.delivered, 3799);
	assert_int_equal(num_ratio(s.gross_num, s.gross_den, 100), 8);
	assert_int_equal(num_ratio(s.active_num, s.active_den, 1), 760);
	assert_int_equal(num_ratio(s.net_num, s.net_den, 100), 41);

	/* 53 delivered, 9 answered: 84.9, not the 81.8 of a rounded 11 active */
	l = (struct rates_line){ 57, 4, 0, 9, 1, 5 };
	assert_int_equal(rates_study(&l, &s, &err), 0);
	assert_int_equal(num_ratio(s.net_num, s.net_den, 1000), 849);
}

static void
more_answered_than_active_is_flagged_and_not_capped(void **state)
{
	struct rates_line l = { 57, 4, 0, 11, 1, 5 };
	struct rates_study s;
	struct err err;

	(void)state;
	assert_int_equal(rates_study(&l, &s, &err), 0);
	assert_int_equal(s.flags, RATES_OVER_ACTIVE | RATES_E_NEGATIVE);
	assert_int_equal(num_ratio(s.net_num, s.net_den, 1000), 1038);
	assert_string_equal(rates_flags(s.flags), "besvart>aktive;e_ekv<0");

	/* exactly as many as are active is no contradiction */
	l = (struct rates_line){ 55, 0, 0, 11, 1, 5 };
	assert_int_equal(rates_study(&l, &s, &err), 0);
	assert_int_equal(s.flags, 0);
	near("e'", s.e, 0, 0);

	/* 2 of 10 is under 3/10, 4 is over */
	l = (struct rates_line){ 10, 0, 0, 2, 3, 10 };
	assert_int_equal(rates_study(&l, &s, &err), 0);
	assert_int_equal(s.flags, 0);
	l.answered = 4;
	assert_int_equal(rates_study(&l, &s, &err), 0);
	assert_int_equal(s.flags, RATES_OVER_ACTIVE | RATES_E_NEGATIVE);

	/* more answers than mails sent: what counts the silent is undefined */
	l = (struct rates_line){ 10, 0, 0, 12, 1, 5 };
	assert_int_equal(rates_study(&l, &s, &err), 0);
	assert_int_equal(s.flags, RATES_OVER_ACTIVE);
	assert_true(isnan(s.rr3_unknown) && isnan(s.rr3_ne) && isnan(s.e) &&
	    isnan(s.gross_low));
	near("gross", s.gross, 1.2, 1e-15);

	/* a third is exact, 0.333... is not: 1 of 3 answered is not over 1/3 */
	l = (struct rates_line){ 3, 0, 0, 1, 1, 3 };
	assert_int_equal(rates_study(&l, &s, &err), 0);
	assert_int_equal(s.flags, 0);
}

static void
what_has_no_denominator_is_undefined(void **state)
{
	struct rates_line l = { 10, 10, 0, 0, 1, 5 };
	struct rates_study s;
	struct err err;

	(void)state;
	assert_int_equal(rates_study(&l, &s, &err), 0);
	assert_int_equal(s.flags, RATES_NONE_DELIVERED);
	assert_string_equal(rates_flags(s.flags), "levert=0");
	assert_int_equal(s.gross_den, 0);
	assert_int_equal(s.net_den, 0);
	assert_true(isnan(s.gross) && isnan(s.net) && isnan(s.e) &&
	    isnan(s.rr3_ne) && isnan(s.gross_low));
	near("active", s.active, 0, 0);
	near("answered of sent", s.rr1_unknown, 0, 0);

	l = (struct rates_line){ 10, 8, 3, 0, 1, 5 };	/* less than none */
	assert_int_equal(rates_study(&l, &s, &err), 0);
	assert_int_equal(s.delivered, -1);
	assert_true(isnan(s.gross) && isnan(s.active));
	assert_int_equal(s.active_den, 0);

	l = (struct rates_line){ 10, 0, 0, 10, 1, 5 };	/* all answered */
	assert_int_equal(rates_study(&l, &s, &err), 0);
	assert_true(isnan(s.e));
	near("gross", s.gross, 1, 0);

	l = (struct rates_line){ 10, 0, 0, 3, 0, 1 };	/* share not stated */
	assert_int_equal(rates_study(&l, &s, &err), 0);
	near("gross", s.gross, 0.3, 1e-16);
	assert_true(s.gross_low > 0);
	assert_true(isnan(s.net) && isnan(s.active) && isnan(s.e) &&
	    isnan(s.rr3_ne) && isnan(s.rr3_unknown));
	assert_int_equal(s.net_den, 0);
	assert_int_equal(s.active_den, 0);
	assert_int_equal(s.flags, 0);
	l = (struct rates_line){ 10, 10, 0, 0, 0, 1 };
	assert_int_equal(rates_study(&l, &s, &err), 0);
	assert_true(isnan(s.active));
}

static void
impossible_lines_are_refused(void **state)
{
	static const struct rates_line t[] = {
		{ -1, 0, 0, 0, 1, 5 }, { 1, -1, 0, 0, 1, 5 },
		{ 1, 0, -1, 0, 1, 5 }, { 1, 0, 0, -1, 1, 5 },
		{ 1000000001, 0, 0, 0, 1, 5 }, { 1, 1000000001, 0, 0, 1, 5 },
		{ 1, 0, 1000000001, 0, 1, 5 }, { 1, 0, 0, 1000000001, 1, 5 },
		{ 1, 0, 0, 0, 1, 0 }, { 1, 0, 0, 0, -1, 5 }, { 1, 0, 0, 0, 6, 5 },
		{ 1, 0, 0, 0, 1, 1000001 }, { 1, 0, 0, 0, 1, -5 },
	};
	struct rates_line ok = { 1000000000, 0, 0, 1000000000, 2, 2000000 };
	struct rates_study s;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		if (rates_study(&t[i], &s, &err) != -1)
			fail_msg("line %zu was taken", i);
		assert_int_equal(err.status, EX_DATAERR);
	}
	/* the largest figures that are taken do not overflow */
	assert_int_equal(rates_study(&ok, &s, &err), 0);
	assert_int_equal(num_ratio(s.net_num, s.net_den, 100), 100000000);
}

static void
wilson_has_exact_ends(void **state)
{
	double lo, hi;

	(void)state;
	interval_wilson(9, 53, &lo, &hi);
	near("9/53 low", lo, 0.091999453796, 1e-12);
	near("9/53 high", hi, 0.292252802811, 1e-12);
	interval_wilson(1, 3, &lo, &hi);
	near("1/3 low", lo, 0.061491944720, 1e-12);
	interval_wilson(2, 3, &lo, &hi);
	near("2/3 high", hi, 1 - 0.061491944720, 1e-12);
	interval_wilson(0, 4389, &lo, &hi);
	assert_true(lo == 0);
	near("0/4389 high", hi, 0.000874481553, 1e-12);
	interval_wilson(735, 735, &lo, &hi);
	near("735/735 low", lo, 0.994800699426, 1e-12);
	assert_true(hi == 1);
	interval_wilson(0, 0, &lo, &hi);
	assert_true(isnan(lo) && isnan(hi));
	interval_wilson(3, 2, &lo, &hi);
	assert_true(isnan(lo) && isnan(hi));
	interval_wilson(-1, 2, &lo, &hi);
	assert_true(isnan(lo) && isnan(hi));
}

/* --- vectors, where the folder is there ------------------------------------- */

/* Tab-separated, no quotes: not csv.h's kind of file, but near enough. */
static int
open_vectors(struct csv *c, const char *name)
{
	struct buf b = BUF(1 << 20);
	char path[128];
	struct err err;
	FILE *f;
	int ch;

	snprintf(path, sizeof(path), "../shared/data/sampling/%s", name);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	while ((ch = getc(f)) != EOF)
		buf_chr(&b, (char)ch);
	fclose(f);
	if (csv_open(c, buf_text(&b), b.len, '\t', &err) != 0)
		fail_msg("%s: %s", name, err.text);
	buf_free(&b);
	return 1;
}

static const char *
col(const struct csv *c, const char *name)
{
	int i = csv_column(c, name);

	if (i < 0)
		fail_msg("no column %s", name);
	return c->field[i];
}

/* "" is undefined */
static double
cell(const struct csv *c, const char *name)
{
	const char *s = col(c, name);

	return *s == '\0' ? NAN : strtod(s, NULL);
}

static void
aapor_vectors(void **state)
{
	struct csv c;
	struct err err;
	int n = 0;

	(void)state;
	if (!open_vectors(&c, "aapor_vectors.tsv"))
		return;			/* the vectors are not part of the project */
	for (; csv_next(&c, &err) == 1; n++) {
		struct rates_in in = { { 0 }, RATES_E_ESTIMATED, { 0 } };
		struct rates r;
		double want = strtod(col(&c, "expected"), NULL);
		size_t i = 0;

		for (int l = 0; l < RATES_LETTERS; l++) {
			const char *name = rates_letter_name((enum rates_letter)l);

			assert_int_equal(rates_option(&in, name, col(&c, name),
			    &err), 0);
		}
		if (col(&c, "e")[0] != '\0')
			assert_int_equal(rates_option(&in, "e", col(&c, "e"),
			    &err), 0);
		assert_int_equal(rates_compute(&in, &r, &err), 0);
		while (strcmp(rates_name((enum rates_rate)i), col(&c, "rate")) != 0)
			i++;
		near(col(&c, "case_id"), r.rate[i], want, 1e-12);
	}
	assert_true(n > 100);
	csv_close(&c);
}

static void
study_vectors(void **state)
{
	struct csv c;
	struct err err;
	int n = 0;

	(void)state;
	if (!open_vectors(&c, "study_table_vectors.tsv"))
		return;			/* the vectors are not part of the project */
	for (; csv_next(&c, &err) == 1; n++) {
		const char *id = col(&c, "case");
		struct rates_line l = { 0 };
		struct rates_study s;

		num_int(col(&c, "sendt"), 0, 1000000, &l.sent);
		num_int(col(&c, "retur"), 0, 1000000, &l.returned);
		num_int(col(&c, "besvart"), 0, 1000000, &l.answered);
		assert_int_equal(rates_share(col(&c, "aktiv_andel"),
		    &l.active_num, &l.active_den), 0);
		assert_int_equal(rates_study(&l, &s, &err), 0);
		near(id, (double)s.delivered, cell(&c, "levert"), 0);
		near(id, 100 * s.gross, cell(&c, "brutto_pst"), 1e-6);
		near(id, s.active, cell(&c, "aktive_eksakt"), 1e-9);
		near(id, (double)num_ratio(s.active_num, s.active_den, 1),
		    cell(&c, "aktive_avrundet"), 0);
		near(id, 100 * s.net, cell(&c, "netto_pst_eksakt"), 1e-6);
		near(id, 100 * s.rr1_unknown, cell(&c, "RR1_retur_som_ukjent"), 1e-6);
		near(id, 100 * s.rr1_ne, cell(&c, "RR1_retur_som_NE"), 1e-6);
		near(id, 100 * s.rr3_ne, cell(&c, "RR3_e_retur_NE"), 1e-6);
		near(id, 100 * s.rr3_unknown, cell(&c, "RR3_e_retur_ukjent"), 1e-6);
		near(id, s.e, cell(&c, "e_ekv"), 1e-6);
		assert_string_equal(rates_flags(s.flags), col(&c, "flagg"));
	}
	assert_true(n > 5);
	csv_close(&c);
}

static void
eligibility_and_interval_vectors(void **state)
{
	struct csv c;
	struct err err;
	double x, m, lo, hi, wlo, whi;

	(void)state;
	if (!open_vectors(&c, "interval_vectors.tsv"))
		return;			/* the vectors are not part of the project */
	while (csv_next(&c, &err) == 1) {
		enum interval_kind kind = INTERVAL_WILSON;

		if (strncmp(col(&c, "operation"), "Clopper", 7) == 0)
			kind = INTERVAL_EXACT;
		else if (strncmp(col(&c, "operation"), "Wilson", 6) != 0)
			fail_msg("interval_vectors.tsv: line %zu: what interval?",
			    c.line);
		if (sscanf(col(&c, "input"), "x=%lf;n=%lf", &x, &m) != 2 ||
		    sscanf(col(&c, "expected"), "lo=%lf;hi=%lf", &wlo, &whi) != 2)
			fail_msg("interval_vectors.tsv: line %zu", c.line);
		interval_of(kind, x, m, &lo, &hi);
		near(col(&c, "id"), lo, wlo, kind == INTERVAL_EXACT ? 1e-9 : 1e-12);
		near(col(&c, "id"), hi, whi, kind == INTERVAL_EXACT ? 1e-9 : 1e-12);
	}
	csv_close(&c);

	if (!open_vectors(&c, "aapor_eligibility_vectors.tsv"))
		return;			/* the vectors are not part of the project */
	while (csv_next(&c, &err) == 1) {
		struct rates_in in = { { 0 }, RATES_E_ESTIMATED, { 0 } };
		char counts[200], *s = counts, *one;

		snprintf(counts, sizeof(counts), "%s", col(&c, "counts"));
		while ((one = strsep(&s, ",")) != NULL) {
			char *value = strchr(one, '=');

			*value = '\0';
			assert_int_equal(rates_option(&in, one, value + 1, &err), 0);
		}
		near(col(&c, "case_id"), rates_eligible(&in), cell(&c, "ELR"),
		    1e-12);
	}
	csv_close(&c);
}

/* Cases with weights: the same formulas on their sums. */
static void
weighted_vectors(void **state)
{
	struct csv c;
	struct err err;
	int n = 0;

	(void)state;
	if (!open_vectors(&c, "aapor_weighted_vectors.tsv"))
		return;			/* the vectors are not part of the project */
	for (; csv_next(&c, &err) == 1; n++) {
		struct rates_in in = { { 0 }, RATES_E_ESTIMATED, { 0 } };
		struct rates r;
		static const char sums[] = "counts ";
		char codes[500], weights[500], *s = codes, *v = weights, *one;
		char rate[16];
		size_t i = 0;

		snprintf(codes, sizeof(codes), "%s", col(&c, "codes"));
		snprintf(weights, sizeof(weights), "%s", col(&c, "weights"));
		if (strncmp(codes, sums, sizeof(sums) - 1) == 0) {
			s += sizeof(sums) - 1;	/* "I=69/2": summed already */
			v = NULL;
		}
		while ((one = strsep(&s, ",")) != NULL) {
			char *weight = v != NULL ? strsep(&v, ",") :
			    strchr(one, '='), *over;
			int l = 0;

			assert_non_null(weight);
			if (*weight == '=')
				*weight++ = '\0';
			over = strchr(weight, '/');
			while (l < RATES_LETTERS && strcmp(rates_letter_name(
			    (enum rates_letter)l), one) != 0)
				l++;
			assert_true(l < RATES_LETTERS);
			in.count[l] += strtod(weight, NULL) /
			    (over != NULL ? strtod(over + 1, NULL) : 1);
		}
		if (col(&c, "e")[0] != '\0')
			assert_int_equal(rates_option(&in, "e", col(&c, "e"),
			    &err), 0);
		assert_int_equal(rates_compute(&in, &r, &err), 0);
		snprintf(rate, sizeof(rate), "%s", col(&c, "rate"));
		if (rate[strlen(rate) - 1] == 'w')
			rate[strlen(rate) - 1] = '\0';
		while (strcmp(rates_name((enum rates_rate)i), rate) != 0)
			i++;
		near(col(&c, "case_id"), r.rate[i], strtod(col(&c, "expected"),
		    NULL), 1e-12);
	}
	assert_true(n > 10);
	csv_close(&c);
}

/* 0 of n has a closed form: 1 - .025^(1/n); and what the ends are. */
static void
exact_intervals(void **state)
{
	double lo, hi;

	(void)state;
	interval_of(INTERVAL_EXACT, 0, 10, &lo, &hi);
	assert_true(lo == 0);
	near("0 of 10", hi, 1 - pow(.025, .1), 1e-13);
	interval_of(INTERVAL_EXACT, 10, 10, &lo, &hi);
	assert_true(hi == 1);
	near("10 of 10", lo, pow(.025, .1), 1e-13);
	interval_of(INTERVAL_EXACT, 3, 2, &lo, &hi);
	assert_true(isnan(lo) && isnan(hi));
	interval_of(INTERVAL_EXACT, 400000, 1150000, &lo, &hi);
	near("of many, near the normal one", hi - lo, 2 * 1.959963984540054 *
	    sqrt(400000.0 / 1150000 * (1 - 400000.0 / 1150000) / 1150000), 2e-6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weighted_vectors),
		cmocka_unit_test(exact_intervals),
		cmocka_unit_test(every_rate_is_its_formula),
		cmocka_unit_test(nothing_over_nothing_is_undefined_not_zero_and_not_one),
		cmocka_unit_test(an_e_that_is_undefined_is_only_missed_where_there_are_unknown_cases),
		cmocka_unit_test(a_class_with_cases_and_no_e_is_an_error),
		cmocka_unit_test(codes_have_letters_or_none),
		cmocka_unit_test(options_take_counts),
		cmocka_unit_test(each_letter_is_an_option_of_its_own),
		cmocka_unit_test(e_is_one_share_or_one_for_each_class),
		cmocka_unit_test(json_has_every_rate_and_where_e_comes_from),
		cmocka_unit_test(shares_are_kept_exactly),
		cmocka_unit_test(the_line_is_computed_from_exact_figures),
		cmocka_unit_test(more_answered_than_active_is_flagged_and_not_capped),
		cmocka_unit_test(what_has_no_denominator_is_undefined),
		cmocka_unit_test(impossible_lines_are_refused),
		cmocka_unit_test(wilson_has_exact_ends),
		cmocka_unit_test(aapor_vectors),
		cmocka_unit_test(study_vectors),
		cmocka_unit_test(eligibility_and_interval_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
