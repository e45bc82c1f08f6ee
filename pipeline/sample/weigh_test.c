#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/fixture.h"

#include "pipeline/sample/draw.h"
#include "pipeline/sample/weigh.h"

static void
near(double got, double is)
{
	if (!(fabs(got - is) <= 1e-9 * fmax(1, fabs(is))))
		fail_msg("got %.12g, want %.12g", got, is);
}

/* 40 units in nord, 20 in vest; all drawn; of every ten: 3 answered, 2 refused,
 * 1 not eligible, 4 silent. */
static void
fill(struct fixture *f)
{
	static const char *const state[] = { "complete", "partial", "complete",
		"refused", "refused", "not_eligible", "sent", "sent", "returned",
		"not_sent" };
	struct draw_result r;
	char key[32], sql[300];

	fixture_open(f);
	fixture_frame(f);
	for (int i = 0; i < 60; i++) {
		snprintf(key, sizeof(key), "%09d", 810000000 + i);
		fixture_unit(f, key, i < 40 ? "nord" : "vest", i % 3 ? "mat" : "kultur",
		    "Et navn", "u@example.no", 1, 1);
	}
	assert_int_equal(draw(&f->w, &f->study, f->id, &r, &f->err), 0);
	draw_result_free(&r);
	for (int i = 0; i < 60; i++) {
		snprintf(sql, sizeof(sql), "INSERT INTO disposition SELECT u.id, '%s', 1,"
		    " 0, 0, 0, 0, '1.1', '' FROM sample_unit u JOIN frame_unit f ON f.id ="
		    " u.frame_unit WHERE unit_key = '%09d'", state[i % 10], 810000000 + i);
		fixture_exec(f, sql);
	}
}

static void
weights_stand_for_the_eligible_and_for_the_frame(void **state)
{
	struct weigh_how how = { .by = WEIGH_AREA, .e = -1 };
	struct weigh_result r;
	struct fixture f;

	(void)state;
	fill(&f);
	assert_int_equal(weigh(&f.w, f.id, &how, &r, &f.err), 0);
	assert_int_equal(r.n, 18);
	assert_int_equal(r.fate[WEIGHTS_ANSWERED], 18);
	assert_int_equal(r.fate[WEIGHTS_SILENT], 12);
	assert_int_equal(r.fate[WEIGHTS_NOT_ELIGIBLE], 6);
	assert_int_equal(r.fate[WEIGHTS_UNKNOWN], 24);
	/* 5 of 6 known are eligible */
	near(r.adjusted.sum, 50);
	near(r.unit[0].weight, 40 * 5.0 / 6 / 12);
	assert_string_equal(r.unit[0].key, "810000000");
	assert_int_equal(r.unit[0].frame_units, 60);
	weigh_free(&r);
	how.e = 0.5;	/* 18 + 12 + 12 of 24 */
	assert_int_equal(weigh(&f.w, f.id, &how, &r, &f.err), 0);
	near(r.adjusted.sum, 42);
	weigh_free(&r);
	how.post = WEIGH_GROUP;
	assert_int_equal(weigh(&f.w, f.id, &how, &r, &f.err), 0);
	near(r.final.sum, 60);
	weigh_free(&r);
	how.post = WEIGH_NONE;
	how.rake[0] = WEIGH_AREA;
	how.rake[1] = WEIGH_GROUP;
	how.nrake = 2;
	assert_int_equal(weigh(&f.w, f.id, &how, &r, &f.err), 0);
	assert_int_equal(r.met, 1);
	near(r.final.sum, 60);
	weigh_free(&r);
	fixture_close(&f);
}

static void
an_area_without_an_answer_stops_it(void **state)
{
	struct weigh_how how = { .by = WEIGH_AREA, .e = -1 };
	struct weigh_result r;
	struct fixture f;

	(void)state;
	fill(&f);
	fixture_exec(&f, "UPDATE disposition SET state = 'refused' WHERE sample_unit IN"
	    " (SELECT u.id FROM sample_unit u JOIN frame_unit f ON f.id = u.frame_unit"
	    " WHERE area_name = 'vest')");
	assert_int_equal(weigh(&f.w, f.id, &how, &r, &f.err), -1);
	assert_int_equal(f.err.status, EX_DATAERR);
	assert_non_null(strstr(f.err.text, "by area: class vest has no answer"));
	how.by = WEIGH_NONE;
	assert_int_equal(weigh(&f.w, f.id, &how, &r, &f.err), 0);
	weigh_free(&r);
	how.post = WEIGH_AREA;
	assert_int_equal(weigh(&f.w, f.id, &how, &r, &f.err), -1);
	assert_non_null(strstr(f.err.text, "frame totals: class vest"));
	fixture_exec(&f, "DELETE FROM disposition");
	assert_int_equal(weigh(&f.w, f.id, &how, &r, &f.err), -1);
	assert_non_null(strstr(f.err.text, "nobody has answered"));
	assert_int_equal(weigh(&f.w, 99, &how, &r, &f.err), -1);
	assert_int_equal(f.err.status, EX_NOINPUT);
	fixture_close(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weights_stand_for_the_eligible_and_for_the_frame),
		cmocka_unit_test(an_area_without_an_answer_stops_it),
	};

	return cmocka_run_group_tests_name("weigh", tests, NULL, NULL);
}
