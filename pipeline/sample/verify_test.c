#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/fixture.h"

#include "pipeline/sample/draw.h"
#include "pipeline/sample/record.h"
#include "pipeline/sample/verify.h"

static void
fill(struct fixture *f)
{
	char key[32], sql[120];

	fixture_open(f);
	fixture_frame(f);
	for (int i = 0; i < 60; i++) {
		snprintf(key, sizeof(key), "%09d", 810000000 + i);
		fixture_unit(f, key, i < 40 ? "nord" : "vest", "mat", "Et navn",
		    "u@example.no", 1 + i % 2, 1);
		snprintf(sql, sizeof(sql), "UPDATE frame_unit SET employees = 2 WHERE"
		    " unit_key = '%s'", key);
		if (i % 20 < 10)	/* as many in each area */
			fixture_exec(f, sql);
	}
	f->study.design = STUDY_RANDOM;
	f->study.size = 21;
	f->study.stratify_area = 1;
}

static void
draw_it(struct fixture *f)
{
	struct draw_result r;

	if (draw(&f->w, &f->study, f->id, &r, &f->err) != 0)
		fail_msg("%s", f->err.text);
	draw_result_free(&r);
}

static struct verify_result
verified(struct fixture *f)
{
	struct verify_result v;

	if (verify(&f->w, &f->study, f->id, &v, &f->err) != 0)
		fail_msg("%s", f->err.text);
	return v;
}

static void
every_design_is_the_same_again(void **state)
{
	(void)state;
	for (int d = STUDY_EVERYONE; d <= STUDY_TICKETS; d++) {
		struct fixture f;
		struct verify_result v;

		fill(&f);
		f.study.design = (enum study_design)d;
		f.study.size_variable = STUDY_SIZE_EMPLOYEES_1;
		f.study.seed = 42;
		f.study.share_num = 1;
		f.study.share_den = 3;
		if (d == STUDY_BERNOULLI)
			f.study.stratify_area = 0;
		draw_it(&f);
		v = verified(&f);
		if (!v.same)
			fail_msg("design %d: gone %d, new %d, weights %d, strata %d, list"
			    " %d, record %d, log %d", d, (int)v.gone, (int)v.new,
			    (int)v.weights, (int)v.strata, v.list, v.record, v.logged);
		assert_int_equal(v.then, v.now);
		fixture_close(&f);
	}
}

static void
every_way_of_pps_is_the_same_again(void **state)
{
	(void)state;
	for (int way = STUDY_PARETO; way <= STUDY_POISSON; way++) {
		struct fixture f;
		struct verify_result v;

		fill(&f);
		f.study.design = STUDY_PPS;
		f.study.pps = (enum study_pps)way;
		f.study.size_variable = STUDY_SIZE_EMPLOYEES_1;
		draw_it(&f);
		v = verified(&f);
		assert_true(v.same);
		if (way != STUDY_POISSON)
			assert_int_equal(v.then, 21);
		assert_int_equal(fixture_int(&f, "SELECT count(DISTINCT pi) FROM sample_unit"
		    " WHERE pi > 0 AND pi <= 1"), 2);
		fixture_close(&f);
	}
}

static void
every_change_is_seen(void **state)
{
	static const struct { const char *sql; const char *says; } t[] = {
		{ "DELETE FROM sample_unit WHERE id = 3", "one unit fewer" },
		{ "UPDATE sample_unit SET weight = weight + 1 WHERE id = 3", "a weight" },
		{ "UPDATE sample_unit SET pi = pi / 2 WHERE id = 3", "a probability" },
		{ "UPDATE sample_stratum SET drawn_units = 1", "a count" },
		{ "UPDATE sample SET list_sha256 = 'x'", "the hash" },
		{ "UPDATE event SET detail = 'x'", "the log" },
		{ "UPDATE sample_unit SET frame_unit = (SELECT id FROM frame_unit WHERE"
		    " kept = 1 AND id NOT IN (SELECT frame_unit FROM sample_unit)) WHERE"
		    " id = 3", "another unit" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct fixture f;

		fill(&f);
		draw_it(&f);
		assert_true(verified(&f).same);
		fixture_exec(&f, t[i].sql);
		if (verified(&f).same)
			fail_msg("not seen: %s", t[i].says);
		fixture_close(&f);
	}
}

static void
the_record_is_written_again_if_it_was_lost(void **state)
{
	struct fixture f;
	struct buf a = BUF(1 << 20), b = BUF(1 << 20);
	char *path;

	(void)state;
	fill(&f);
	draw_it(&f);
	path = record_path(&f.w, &f.study);
	assert_int_equal(file_read(path, 1 << 20, &a, &f.err), 0);
	assert_non_null(strstr(a.data, "\"method\": \"random\""));
	assert_null(strstr(a.data, "810000000"));
	assert_null(strstr(a.data, f.keys.salt));
	remove(path);
	assert_int_equal(verified(&f).record, VERIFY_MISSING);
	f.w.now += 3600;
	draw_it(&f);
	assert_int_equal(file_read(path, 1 << 20, &b, &f.err), 0);
	assert_string_equal(a.data, b.data);
	assert_true(verified(&f).same);
	assert_int_equal(file_write(path, 0600, "{}\n", 3, &f.err), 0);
	assert_int_equal(verified(&f).record, VERIFY_OTHER);
	buf_free(&a);
	buf_free(&b);
	free(path);
	fixture_close(&f);
}

static void
says_when_nothing_can_be_said(void **state)
{
	struct fixture f;
	struct verify_result v;

	(void)state;
	fill(&f);
	assert_int_equal(verify(&f.w, &f.study, f.id, &v, &f.err), -1);
	assert_int_equal(f.err.status, EX_NOINPUT);
	draw_it(&f);
	f.study.drawn_sha256[0] = 8;
	assert_int_equal(verify(&f.w, &f.study, f.id, &v, &f.err), -1);
	assert_int_equal(f.err.status, EX_DATAERR);
	fixture_close(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_design_is_the_same_again),
		cmocka_unit_test(every_way_of_pps_is_the_same_again),
		cmocka_unit_test(every_change_is_seen),
		cmocka_unit_test(the_record_is_written_again_if_it_was_lost),
		cmocka_unit_test(says_when_nothing_can_be_said),
	};

	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
