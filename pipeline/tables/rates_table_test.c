#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/tables/rates_table.h"

#define NBSP "\xc2\xa0"

/* Table 7-5 of the report: sent and returned by county from Table 7-4. */
static const struct rates_area report_areas[] = {
	{ "buskerud", "Buskerud", 2286 + 34, 466 + 2, 121 },
	{ "more", "Møre o. Roms", 1576 + 71, 305 + 2, 100 },
	{ "finnmark", "Finnmark", 743 + 40, 115 + 7, 87 },
};
static const struct rates_table report = { "Studien", DATE_NONE, report_areas, 3,
	54, 20, 100, "en annen studie", 0, 0, 0, 0, 0, 0, 0, 0, 0 };

static struct table *
made(const struct rates_table *in, enum lang lang)
{
	struct table *t;
	struct err err;

	if (rates_table(in, lang, &t, &err) != 0)
		fail_msg("%s", err.text);
	return t;
}

static const char *
note(const struct table *t, const char *key)
{
	for (size_t i = 0; i < t->nnote; i++)
		if (strcmp(t->note[i].key, key) == 0)
			return t->note[i].text;
	return NULL;
}

static void
the_report_s_table_comes_out(void **state)
{
	static const char want[] =
	    "                       Buskerud  Møre o. Roms  Finnmark  Total\n"
	    "--------------------------------------------------------------\n"
	    "Levert                     1852          1340       661   3799\n"
	    "Besvart                     121           100        87    308\n"
	    "Brutto svarprosent          7" NBSP "%           7" NBSP
	    "%      13" NBSP "%    8" NBSP "%\n"
	    "Aktive selskap (20" NBSP "%)       370           268       132"
	    "    760\n"
	    "Netto svarprosent          33" NBSP "%          37" NBSP
	    "%      66" NBSP "%   41" NBSP "%\n\n";
	struct table *t = made(&report, LANG_NB);
	struct buf b = BUF(10000);

	(void)state;
	table_text(t, 0, 0, &b);
	if (strstr(buf_text(&b), want) == NULL)
		fail_msg("got\n%s\nwant\n%s", buf_text(&b), want);
	for (size_t i = 0; i < t->nnote; i++)
		assert_false(t->note[i].warning);
	buf_free(&b);
	table_free(t);
}

/* 20 % of three counties of 13 is 2.6 each: three times 3, but 8 in all. */
static void
the_whole_is_not_the_sum_of_rounded_counties(void **state)
{
	static const struct rates_area a[] = { { "a", "A", 14, 1, 1 },
		{ "b", "B", 14, 1, 1 }, { "c", "C", 14, 1, 1 } };
	struct rates_table in = report;
	struct table *t;
	struct buf b = BUF(10000);

	(void)state;
	in.area = a;
	in.not_located = 0;
	t = made(&in, LANG_EN);
	table_csv(t, TABLE_PLAIN, &b);
	assert_string_equal(buf_text(&b),
	    "figure,A,B,C,Total\nDelivered,13,13,13,39\nAnswered,1,1,1,3\n"
	    "Gross response rate,8,8,8,8\nActive enterprises (20%),3,3,3,8\n"
	    "Net response rate,38,38,38,38\n");
	assert_non_null(note(t, "def_total"));
	buf_free(&b);
	table_free(t);
}

static void
too_low_a_share_is_a_warning_with_the_bound_and_the_figure_stands(void **state)
{
	static const struct rates_area a[] = { { "a", "Nord", 57, 4, 11 },
		{ "b", "Sør", 1000, 80, 138 }, { "c", "Vest", 57, 4, 10 } };
	struct rates_table in = report;
	struct table *t;
	int warnings = 0;

	(void)state;
	in.area = a;
	in.not_located = 0;
	t = made(&in, LANG_NB);
	for (size_t i = 0; i < t->nnote; i++)
		warnings += t->note[i].warning;
	assert_int_equal(warnings, 1);
	/* 11 of 53 is 20.75 %: 20.8 is enough, 20.7 would not be */
	assert_string_equal(note(t, "over_active"), "Nord: besvart (11) er mer "
	    "enn aktive selskap (10,6), så andelen aktive er satt for lavt. Den "
	    "må være minst 20,8" NBSP "%. Tallet er ikke kuttet.");
	assert_int_equal(t->row[4].cell[1].num * 100 / t->row[4].cell[1].den, 103);
	table_free(t);

	/* the bound is rounded up: 1 of 3 is 33.33 %, so 33.4 */
	in.area = &(const struct rates_area){ "a", "Nord", 3, 0, 1 };
	in.n = 1;
	t = made(&in, LANG_EN);
	assert_non_null(strstr(note(t, "over_active"), "at least 33.4%."));
	assert_non_null(strstr(t->note[1].text, "Total: answered (1) is more"));
	assert_true(t->note[1].warning);
	table_free(t);
	in.area = &(const struct rates_area){ "a", "Nord", 2, 0, 1 };
	t = made(&in, LANG_EN);
	assert_non_null(strstr(note(t, "over_active"), "at least 50%."));
	table_free(t);
}

static void
where_none_was_delivered_the_rates_are_a_point(void **state)
{
	static const struct rates_area a[] = { { "a", "A", 10, 10, 0 } };
	struct rates_table in = report;
	struct table *t;
	struct buf b = BUF(10000);

	(void)state;
	in.area = a;
	in.n = 1;
	in.not_located = 3;
	t = made(&in, LANG_EN);
	table_text(t, 0, 0, &b);
	assert_non_null(strstr(buf_text(&b),
	    "\nGross response rate       .      .\n"));
	assert_non_null(strstr(buf_text(&b),
	    "\nNet response rate         .      .\n"));
	assert_non_null(strstr(buf_text(&b),
	    "\nWarning: A: none delivered"));
	assert_non_null(strstr(buf_text(&b),
	    "\nWarning: Total: none delivered"));
	assert_non_null(note(t, "signs"));
	assert_null(note(t, "rr1"));
	buf_free(&b);
	table_free(t);
}

static void
the_notes_say_what_the_rates_are_in_other_words(void **state)
{
	struct rates_table in = report;
	struct table *t;

	(void)state;
	in.partial = 4;
	in.our_fault = 1;
	in.review = 6;
	in.late = 7;
	t = made(&in, LANG_EN);
	assert_non_null(strstr(note(t, "rr1"), "(NE): 8.1%. With"));
	assert_non_null(strstr(note(t, "rr1"), "of sent, is 6.5%."));
	assert_non_null(strstr(note(t, "interval"), ": 7.3\xe2\x80\x93" "9.0%."));
	assert_non_null(strstr(note(t, "rr3"), "(30.6% in all)"));
	assert_non_null(strstr(note(t, "rr3"), "e = 0.129."));
	assert_non_null(strstr(note(t, "sensitivity"),
	    ": 10%: 81%, 20%: 41%, 30%: 27%, 40%: 20%, 50%: 16%, 60%: 14%, "
	    "70%: 12%, 80%: 10%, 90%: 9%, 100%: 8%."));
	assert_non_null(strstr(note(t, "late"), "not counted as answered: 7."));
	assert_non_null(strstr(note(t, "def_active"), "20% of delivered"));
	assert_non_null(strstr(note(t, "def_active"), "(en annen studie)."));
	assert_non_null(strstr(note(t, "def_delivered"), "(number: 54)"));
	assert_non_null(strstr(note(t, "partial"), ": 4."));
	assert_non_null(strstr(note(t, "our_fault"), ": 1."));
	assert_non_null(strstr(note(t, "review"), ": 6."));
	table_free(t);
	in = report;
	in.active_source = "";
	in.active_num = 125;
	in.active_den = 1000;
	t = made(&in, LANG_EN);
	assert_string_equal(note(t, "def_active"), "Active enterprises: 12.5% of "
	    "delivered, an assumption and not a count.");
	assert_null(note(t, "partial"));
	table_free(t);
	in.active_num = 1;			/* 1/5, not 20/100 */
	in.active_den = 5;
	t = made(&in, LANG_EN);
	assert_int_equal(t->row[3].cell[4].num * 10 / t->row[3].cell[4].den, 7598);
	table_free(t);
	in.active_num = 100000000000000000;	/* a fifth in large figures */
	in.active_den = 500000000000000000;
	t = made(&in, LANG_EN);
	assert_non_null(strstr(note(t, "def_active"), ": 20% of"));
	assert_null(note(t, "our_fault"));
	assert_null(note(t, "review"));
	table_free(t);
}

static void
every_figure_is_defined(void **state)
{
	static const char *const defs[] = { "def_delivered", "def_answered",
		"def_gross_rate", "def_active", "def_net_rate", "def_total",
		"source" };
	struct table *t = made(&report, LANG_NB);

	(void)state;
	for (size_t i = 0; i < sizeof(defs) / sizeof(defs[0]); i++)
		if (note(t, defs[i]) == NULL)
			fail_msg("no note %s", defs[i]);
	table_free(t);
}

static void
without_a_stated_share_there_is_no_net_rate(void **state)
{
	struct rates_table in = report;
	struct table *t;
	struct buf b = BUF(20000);
	struct json j;
	struct err err;

	(void)state;
	in.active_num = 0;
	in.active_den = 1;
	t = made(&in, LANG_EN);
	table_text(t, 0, 0, &b);
	assert_non_null(strstr(buf_text(&b), "\nGross response rate        7%"
	    "            7%       13%     8%\nActive enterprises         ..            "
	    "..        ..     ..\nNet response rate          ..            ..        "
	    "..     ..\n"));
	assert_non_null(note(t, "no_share"));
	assert_non_null(note(t, "interval"));
	assert_non_null(note(t, "sensitivity"));
	assert_null(note(t, "def_active"));
	assert_null(note(t, "def_net_rate"));
	assert_null(note(t, "rr3"));
	assert_null(note(t, "over_active"));
	json_begin(&j, &b, 0);
	json_object(&j);
	assert_int_equal(rates_table_json(&in, &j, &err), 0);
	assert_non_null(strstr(buf_text(&b), "{\"active_share\": null, \"areas\""));
	assert_non_null(strstr(buf_text(&b), "\"net_rate\": null"));
	buf_free(&b);
	table_free(t);
}

static void
json_has_the_exact_rates_of_each_area_and_of_the_whole(void **state)
{
	static const char *const want[] = {
		"{\"active_share\": {\"num\": 20, \"den\": 100, \"value\": 0.2, "
		    "\"source\": \"en annen studie\"}, \"areas\": [{\"key\": "
		    "\"buskerud\", \"label\": \"Buskerud\", \"sent\": 2320, "
		    "\"returned\": 468, \"not_located\": 0, \"delivered\": 1852, "
		    "\"answered\": 121, \"gross_rate\": 0.0653347",
		"\"active\": 370.4, \"net_rate\": 0.326673",
		"\"total\": {\"sent\": 4750, \"returned\": 897, \"not_located\": "
		    "54, \"delivered\": 3799, \"answered\": 308, \"gross_rate\": "
		    "0.081073",
		"\"gross_low\": 0.072811", "\"gross_high\": 0.090182",
		"\"active\": 759.8, \"net_rate\": 0.405369",
		"\"rr1_returns_unknown\": 0.064842", "\"rr1_returns_ne\": 0.081073",
		"\"rr3_returns_unknown\": 0.257438", "\"rr3_returns_ne\": 0.306102",
		"\"e\": 0.129418",
		"\"flags\": \"\"}, \"sensitivity\": [{\"share\": 0.1, \"net_rate\": 0.81073",
		"{\"share\": 1, \"net_rate\": 0.08107",
		"\"flags\": \"\"}], \"total\": {",
	};
	struct buf b = BUF(10000);
	struct json j;
	struct err err;

	(void)state;
	json_begin(&j, &b, 0);
	json_object(&j);
	assert_int_equal(rates_table_json(&report, &j, &err), 0);
	json_end(&j);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		if (strstr(buf_text(&b), want[i]) == NULL)
			fail_msg("want %s\nin %s", want[i], buf_text(&b));
	assert_string_equal(strstr(buf_text(&b), "}]}"), "}]}");
	assert_null(strstr(buf_text(&b), "\"share\": 1."));
	buf_free(&b);
}

static void
what_rates_refuses_makes_no_table(void **state)
{
	struct rates_table in = report;
	struct table *none = table_new("x", LANG_NB), *t = none;
	struct buf b = BUF(1000);
	struct json j;
	struct err err;

	(void)state;
	in.active_den = 0;
	assert_int_equal(rates_table(&in, LANG_NB, &t, &err), -1);
	assert_null(t);
	assert_int_equal(err.status, EX_DATAERR);
	json_begin(&j, &b, 0);
	json_object(&j);
	assert_int_equal(rates_table_json(&in, &j, &err), -1);
	buf_free(&b);
	table_free(none);
}

/* One answer in B, and A's, by which the whole would tell it. */
static void
few_answers_are_hidden_with_what_tells_them(void **state)
{
	static const struct rates_area a[] = { { "a", "A", 14, 1, 5 },
		{ "b", "B", 14, 1, 1 }, { "c", "C", 14, 1, 9 } };
	struct rates_table in = report;
	struct table *t;
	struct buf b = BUF(20000);
	struct json j;
	struct err err;

	(void)state;
	in.area = a;
	in.not_located = 0;
	in.small = 3;
	t = made(&in, LANG_EN);
	table_csv(t, TABLE_PLAIN, &b);
	assert_string_equal(buf_text(&b),
	    "figure,A,B,C,Total\nDelivered,13,13,13,39\nAnswered,,,9,15\n"
	    "Gross response rate,,,69,38\nActive enterprises (20%),3,3,3,8\n"
	    "Net response rate,,,346,192\n");
	assert_non_null(note(t, "def_small"));
	/* A's warning would say how many */
	for (size_t i = 0; i < t->nnote; i++)
		assert_null(strstr(t->note[i].text, "A: answered"));
	buf_clear(&b);
	json_begin(&j, &b, 0);
	json_object(&j);
	assert_int_equal(rates_table_json(&in, &j, &err), 0);
	assert_non_null(strstr(buf_text(&b), "\"delivered\": 13, \"answered\": "
	    "null, \"gross_rate\": null, \"gross_low\": null, \"gross_high\": "
	    "null, \"active\": 2.6, \"net_rate\": null, "
	    "\"rr1_returns_unknown\": null, \"rr1_returns_ne\": null, "
	    "\"rr3_returns_unknown\": null, \"rr3_returns_ne\": null, "
	    "\"e\": null, \"flags\": \"\"}"));
	assert_non_null(strstr(buf_text(&b), "\"answered\": 9, "));
	buf_free(&b);
	table_free(t);
}

static void
an_area_may_be_named_total(void **state)
{
	struct rates_table in = report;
	struct table *t;

	(void)state;
	in.area = &(const struct rates_area){ "total", "Total", 3, 0, 1 };
	in.n = 1;
	t = made(&in, LANG_EN);
	assert_string_equal(t->column[1].key, "area_total");
	assert_string_equal(t->column[2].key, "total");
	table_free(t);
}

static void
the_aapor_table_prints_each_rate_with_its_counts(void **state)
{
	struct rates_in in = { { 5, 3, 2, 1, 2, 1, 0, 1, 1 },
		RATES_E_ESTIMATED, { 0 } };
	struct rates r;
	struct table *t;
	struct buf b = BUF(10000);
	struct err err;

	(void)state;
	assert_int_equal(rates_compute(&in, &r, &err), 0);
	t = rates_aapor_table(&in, &r, INTERVAL_WILSON, LANG_EN);
	table_text(t, 0, 0, &b);
	assert_non_null(strstr(buf_text(&b), "\nRR1    I / (K + U)"
	    "                         5           15     33.3%  15.2%  58.3%\n"));
	assert_non_null(strstr(buf_text(&b), "\nRR3    I / (K + eU)"
	    "                        5        14.86     33.7%  15.3%  58.7%\n"));
	assert_string_equal(note(t, "letters"), "K = I + P + R + NC + O = 13; "
	    "U = UH + UR + UO = 2. LOC1 and LOC2 are not AAPOR's.");
	assert_string_equal(note(t, "e"), "e = 0.9286 (K / (K + NE)).");
	table_free(t);

	assert_int_equal(rates_option(&in, "e", "UH:0.4,UO:0.2", &err), 0);
	assert_int_equal(rates_compute(&in, &r, &err), 0);
	t = rates_aapor_table(&in, &r, INTERVAL_WILSON, LANG_EN);
	assert_string_equal(note(t, "e"),
	    "e for each class: UH 0.4000, UR ., UO 0.2000.");
	table_free(t);

	assert_int_equal(rates_option(&in, "e", "0.5", &err), 0);
	memset(in.count, 0, sizeof(in.count));
	assert_int_equal(rates_compute(&in, &r, &err), 0);
	t = rates_aapor_table(&in, &r, INTERVAL_WILSON, LANG_NB);
	assert_string_equal(note(t, "e"), "e = 0,5000 (oppgitt).");
	assert_string_equal(t->row[0].cell[4].text, ".");
	assert_non_null(strstr(note(t, "signs"), "ikke definert"));
	table_free(t);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_report_s_table_comes_out),
		cmocka_unit_test(the_whole_is_not_the_sum_of_rounded_counties),
		cmocka_unit_test(too_low_a_share_is_a_warning_with_the_bound_and_the_figure_stands),
		cmocka_unit_test(where_none_was_delivered_the_rates_are_a_point),
		cmocka_unit_test(the_notes_say_what_the_rates_are_in_other_words),
		cmocka_unit_test(every_figure_is_defined),
		cmocka_unit_test(without_a_stated_share_there_is_no_net_rate),
		cmocka_unit_test(json_has_the_exact_rates_of_each_area_and_of_the_whole),
		cmocka_unit_test(what_rates_refuses_makes_no_table),
		cmocka_unit_test(few_answers_are_hidden_with_what_tells_them),
		cmocka_unit_test(an_area_may_be_named_total),
		cmocka_unit_test(the_aapor_table_prints_each_rate_with_its_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
