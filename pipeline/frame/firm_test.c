/* An enhet and its only underenhet: which of the two is asked. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/frame/lab_test.h"
#include "pipeline/frame/plan.h"

static int32_t o(int i) { return lab_orgnr(i); }

#define FIRM(asked)	"[study]\nname = test\nstandard = SN2025\nunits = both\n" asked \
			LAB_GROUPS LAB_AREAS

static const char columns[] = "coalesce(reason, '-') || ' ' || coalesce(keeper, '-')";

static void
both_registers(struct lab *l)
{
	lab_open(l);
	lab_extract(l, "underenhet", "SN2025", 'u');
}

/* Enhet 0 and its only underenhet 1, each with an address. */
static void
a_firm(struct lab *l)
{
	lab_add(l, (struct lab_unit){ .orgnr = o(0), .email = "a@example.no" });
	lab_add(l, (struct lab_unit){ .orgnr = o(1), .kind = 1, .parent = o(0),
	    .email = "b@example.no" });
}

static void
the_study_says_which_is_asked(void **state)
{
	static const struct { const char *study, *rows; int64_t out; } cases[] = {
		{ FIRM(""), "- -; one_firm 810000007", 1 },
		{ FIRM("one_firm = enhet\n"), "- -; one_firm 810000007", 1 },
		{ FIRM("one_firm = underenhet\n"), "one_firm 810000015; - -", 1 },
		{ FIRM("one_firm = both\n"), "- -; - -", 0 },
	};
	struct lab l;

	(void)state;
	assert_int_equal(o(0), 810000007);
	both_registers(&l);
	a_firm(&l);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		lab_study(&l, cases[i].study);
		lab_frame(&l);
		assert_string_equal(lab_rows(&l, columns), cases[i].rows);
		assert_int_equal(l.r.reason[FRAME_ONE_FIRM], cases[i].out);
		assert_int_equal(l.r.kept, 2 - cases[i].out);
	}
	lab_close(&l);
}

static void
a_firm_of_several_places_is_none(void **state)
{
	struct lab l;

	(void)state;
	both_registers(&l);
	a_firm(&l);
	lab_study(&l, FIRM("one_firm = underenhet\n"));
	/* in another trade, and so not in the population, but there */
	lab_add(&l, (struct lab_unit){ .orgnr = o(2), .kind = 1, .parent = o(0),
	    .nace = 1110, .email = "c@example.no" });
	lab_frame(&l);
	assert_string_equal(lab_rows(&l, columns), "- -; - -");
	/* it is deleted: the firm has one place again */
	fixture_exec(&l.f, "UPDATE unit SET deleted_date = 20000 WHERE nace1 = 1110;"
	    "UPDATE extract SET sha256 = replace(sha256, 'u', 'v')");
	lab_frame(&l);
	assert_string_equal(lab_rows(&l, columns), "one_firm 810000015; - -");
	/* and two in the population */
	lab_add(&l, (struct lab_unit){ .orgnr = o(3), .kind = 1, .parent = o(0),
	    .email = "d@example.no" });
	fixture_exec(&l.f, "UPDATE extract SET sha256 = replace(sha256, 'v', 'w')");
	lab_frame(&l);
	assert_string_equal(lab_rows(&l, columns), "- -; - -; - -");
	lab_close(&l);
}

static void
the_firm_is_reached_where_it_can_be(void **state)
{
	struct lab l;

	(void)state;
	both_registers(&l);
	lab_study(&l, FIRM("one_firm = enhet\n"));
	/* the enhet has no address */
	lab_add(&l, (struct lab_unit){ .orgnr = o(0) });
	lab_add(&l, (struct lab_unit){ .orgnr = o(1), .kind = 1, .parent = o(0),
	    .email = "b@example.no" });
	/* the enhet is of another trade */
	lab_add(&l, (struct lab_unit){ .orgnr = o(2), .nace = 1110,
	    .email = "c@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(3), .kind = 1, .parent = o(2),
	    .email = "d@example.no" });
	/* the enhet is elsewhere */
	lab_add(&l, (struct lab_unit){ .orgnr = o(4), .place = "0301",
	    .email = "e@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(5), .kind = 1, .parent = o(4),
	    .email = "f@example.no" });
	lab_frame(&l);
	assert_string_equal(lab_rows(&l, columns), "no_email -; - -; - -; - -");
	lab_close(&l);
}

/* One address of both: left out for the firm, and no cluster of two. */
static void
before_addresses_are_settled(void **state)
{
	struct lab l;

	(void)state;
	both_registers(&l);
	lab_study(&l, FIRM("one_firm = underenhet\n"));
	lab_add(&l, (struct lab_unit){ .orgnr = o(0), .email = "a@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(1), .kind = 1, .parent = o(0),
	    .email = "A@example.no" });
	lab_frame(&l);
	assert_string_equal(lab_rows(&l, columns), "one_firm 810000015; - -");
	assert_int_equal(l.r.clusters, 0);
	assert_string_equal(lab_rows(&l, "shared"), "1; 1");
	lab_close(&l);
}

/* Whoever was to be asked may give way to another firm of the same address. */
static void
who_was_to_be_asked_gives_way(void **state)
{
	struct lab l;

	(void)state;
	both_registers(&l);
	lab_study(&l, FIRM("one_firm = enhet\n"));
	a_firm(&l);
	for (int i = 2; i < 8; i++)
		lab_add(&l, (struct lab_unit){ .orgnr = o(i), .email = "a@example.no" });
	lab_frame(&l);
	assert_int_equal(l.r.kept, 1);
	assert_int_equal(l.r.reason[FRAME_ONE_FIRM], 1);
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame_unit d JOIN"
	    " frame_unit k ON k.unit_key = d.keeper AND k.kept = 1 WHERE d.kept = 0"), 7);
	lab_close(&l);
}

static void
studies_of_one_kind_have_no_such_firms(void **state)
{
	struct lab l;

	(void)state;
	both_registers(&l);
	a_firm(&l);
	lab_study(&l, LAB_HEAD "one_firm = underenhet\n" LAB_GROUPS LAB_AREAS);
	lab_frame(&l);
	assert_string_equal(lab_rows(&l, columns), "- -");
	lab_close(&l);
}

static void
the_plan_says_so(void **state)
{
	struct buf b = BUF(BUF_ANY);
	struct lab l;

	(void)state;
	both_registers(&l);
	a_firm(&l);
	lab_study(&l, FIRM("one_firm = underenhet\n"));
	l.f.w.lang = LANG_NB;
	assert_int_equal(plan_make(&l.f.w, l.study, 0, &b, &l.err), 0);
	assert_non_null(strstr(buf_text(&b), "Der en enhet og dens eneste underenhet er "
	    "samme virksomhet, sp\xc3\xb8rres underenheten: 1 g\xc3\xa5r ut av rammen.\n"));
	buf_clear(&b);
	l.f.w.lang = LANG_EN;
	lab_study(&l, FIRM("one_firm = both\n"));
	assert_int_equal(plan_make(&l.f.w, l.study, 0, &b, &l.err), 0);
	assert_non_null(strstr(buf_text(&b), "Where an enhet and its only underenhet are "
	    "one firm, both are asked.\n"));
	buf_clear(&b);
	lab_study(&l, FIRM(""));
	assert_int_equal(plan_make(&l.f.w, l.study, 1, &b, &l.err), 0);
	assert_non_null(strstr(buf_text(&b), "\"one_firm\""));
	assert_non_null(strstr(buf_text(&b), "\"left_out\": 1"));
	buf_free(&b);
	lab_close(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_study_says_which_is_asked),
		cmocka_unit_test(a_firm_of_several_places_is_none),
		cmocka_unit_test(the_firm_is_reached_where_it_can_be),
		cmocka_unit_test(before_addresses_are_settled),
		cmocka_unit_test(who_was_to_be_asked_gives_way),
		cmocka_unit_test(studies_of_one_kind_have_no_such_firms),
		cmocka_unit_test(the_plan_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
