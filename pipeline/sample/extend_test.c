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
#include "pipeline/sample/extend.h"
#include "pipeline/sample/pool.h"
#include "pipeline/sample/record.h"
#include "pipeline/sample/sampford.h"
#include "pipeline/sample/verify.h"

/* 60 units in nord and vest, 1 to 5 employees. */
static void
fill(struct fixture *f, enum study_design design, int64_t size)
{
	char key[32], sql[120];

	fixture_open(f);
	fixture_frame(f);
	for (int i = 0; i < 60; i++) {
		snprintf(key, sizeof(key), "%09d", 810000000 + i);
		fixture_unit(f, key, i < 40 ? "nord" : "vest", "mat", "Et navn",
		    "u@example.no", 1 + i % 2, 1);
		snprintf(sql, sizeof(sql), "UPDATE frame_unit SET employees = %d WHERE"
		    " unit_key = '%s'", 1 + i % 5, key);
		fixture_exec(f, sql);
	}
	f->study.design = design;
	f->study.size = size;
	f->study.size_variable = STUDY_SIZE_EMPLOYEES_1;
	f->study.seed = 42;
	f->study.share_num = 1;
	f->study.share_den = 4;
	f->study.stratify_area = design != STUDY_BERNOULLI && design != STUDY_R_RANDOM;
}

static struct draw_result
drawn(struct fixture *f)
{
	struct draw_result r;

	if (draw(&f->w, &f->study, f->id, &r, &f->err) != 0)
		fail_msg("%s", f->err.text);
	return r;
}

static struct draw_result
step(struct fixture *f, struct extend_how how)
{
	struct draw_result r;

	if (extend(&f->w, &f->study, f->id, &how, &r, &f->err) != 0)
		fail_msg("%s", f->err.text);
	return r;
}

static void
same(struct fixture *f)
{
	struct verify_result v;

	if (verify(&f->w, &f->study, f->id, &v, &f->err) != 0)
		fail_msg("%s", f->err.text);
	if (!v.same)
		fail_msg("gone %d, new %d, weights %d, strata %d, steps %d, list %d,"
		    " record %d, log %d", (int)v.gone, (int)v.new, (int)v.weights,
		    (int)v.strata, (int)v.other_steps, v.list, v.record, v.logged);
}

static const char sample_sql[] = "SELECT group_concat(x, ' ') FROM (SELECT"
    " f.unit_key || ':' || u.stratum || ':' || u.pi || ':' || u.weight AS x FROM"
    " sample_unit u JOIN frame_unit f ON f.id = u.frame_unit ORDER BY f.unit_key)";

/* Units, strata, probabilities and weights of 12 and then 7 more are those of 19
 * at once; tokens of the first stay. */
static void
more_is_as_if_drawn_at_once(void **state)
{
	static const enum study_design design[] = { STUDY_RANDOM, STUDY_R_RANDOM };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct fixture f, g;
		struct draw_result r;
		int64_t tokens;
		char *once;

		fill(&f, design[i], 12);
		r = drawn(&f);
		draw_result_free(&r);
		fixture_exec(&f, "CREATE TEMP TABLE was AS SELECT * FROM sample_unit");
		r = step(&f, (struct extend_how){ .more = 4 });
		assert_int_equal(r.added, 4);
		draw_result_free(&r);
		same(&f);
		r = step(&f, (struct extend_how){ .more = 3 });
		assert_int_equal(r.drawn, 19);
		assert_int_equal(r.step, 2);
		draw_result_free(&r);
		tokens = fixture_int(&f, "SELECT count(*) FROM was w JOIN sample_unit u ON"
		    " u.id = w.id AND u.token = w.token AND u.frame_unit = w.frame_unit");
		assert_int_equal(tokens, 12);
		assert_int_equal(fixture_int(&f, "SELECT sum(step = 1) * 10 + sum(step ="
		    " 2) FROM sample_unit"), 43);
		same(&f);
		fill(&g, design[i], 19);
		r = drawn(&g);
		draw_result_free(&r);
		once = mem_str(fixture_text(&g, sample_sql));
		assert_string_equal(fixture_text(&f, sample_sql), once);
		free(once);
		fixture_close(&g);
		fixture_close(&f);
	}
}

static void
pps_keeps_who_is_drawn(void **state)
{
	struct fixture f;
	struct draw_result r;

	(void)state;
	fill(&f, STUDY_PPS, 12);
	r = drawn(&f);
	draw_result_free(&r);
	fixture_exec(&f, "CREATE TEMP TABLE was AS SELECT * FROM sample_unit");
	r = step(&f, (struct extend_how){ .more = 18 });
	assert_int_equal(r.drawn, 30);
	draw_result_free(&r);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM was w JOIN sample_unit u"
	    " ON u.id = w.id AND u.frame_unit = w.frame_unit AND u.pi > w.pi"), 12);
	/* 20 of nord's 40 units, whose sizes sum to 160 */
	assert_int_equal(fixture_int(&f, "SELECT sum(abs(u.pi - 20.0 * (f.employees + 1)"
	    " / 160) < 1e-12) FROM sample_unit u JOIN frame_unit f ON f.id ="
	    " u.frame_unit WHERE u.stratum = 'nord'"), 20);
	same(&f);
	fixture_close(&f);
}

/* Poisson by turns hangs on no number: twelve and eight are twenty. */
static void
sequential_and_tickets_are_as_if_at_once(void **state)
{
	static const enum study_design design[] = { STUDY_PPS, STUDY_TICKETS };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct fixture f, g;
		struct draw_result r;
		char *once;

		fill(&f, design[i], 12);
		f.study.pps = STUDY_SEQUENTIAL;
		r = drawn(&f);
		draw_result_free(&r);
		r = step(&f, (struct extend_how){ .to = 20 });
		assert_int_equal(r.kept, 0);
		draw_result_free(&r);
		same(&f);
		fill(&g, design[i], 20);
		g.study.pps = STUDY_SEQUENTIAL;
		r = drawn(&g);
		draw_result_free(&r);
		once = mem_str(fixture_text(&g, sample_sql));
		assert_string_equal(fixture_text(&f, sample_sql), once);
		free(once);
		fixture_close(&g);
		fixture_close(&f);
	}
}

/* Two of seven, one more, a reserve: the frequencies of 40 000 are those that are
 * claimed, as near as Pareto is (one per cent) and chance (1e-6). */
static void
extended_frequencies_are_those_claimed(void **state)
{
	static const int size[] = { 18, 20, 32, 29, 15, 20, 22 };
	enum { N = 7, ROUNDS = 40000 };
	static struct draw_stratum stratum;
	struct study s = { .design = STUDY_PPS, .size = 2,
	    .size_variable = STUDY_SIZE_EMPLOYEES };
	struct pool_unit unit[N];
	double got[N] = { 0 }, pi[N] = { 0 };
	uint64_t random = 1;
	struct err err;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct pool p = { .unit = unit, .n = N, .stratum = &stratum,
		    .nstratum = 1 };

		memset(unit, 0, sizeof(unit));
		stratum = (struct draw_stratum){ "all", N, 0 };
		for (int k = 0; k < N; k++) {
			unit[k].employees = size[k];
			unit[k].prn = splitmix_real(&random);
			unit[k].key = "";
		}
		assert_int_equal(pool_choose(&s, &p, &err), 0);
		assert_int_equal(pool_more(&s, &p, 1, &err), 0);
		assert_int_equal(pool_next(&s, &p, 0, &err), 0);
		for (int k = 0; k < N; k++) {
			got[k] += unit[k].drawn;
			pi[k] = unit[k].pi;
		}
	}
	for (int k = 0; k < N; k++) {
		double f = got[k] / ROUNDS;

		if (fabs(f - pi[k]) > 0.015 * pi[k] + 4.9 * sqrt(pi[k] * (1 - pi[k]) /
		    ROUNDS))
			fail_msg("unit %d: %.4f, claimed %.4f", k + 1, f, pi[k]);
	}
}

static void
bernoulli_raises_its_share(void **state)
{
	struct fixture f;
	struct draw_result r;

	(void)state;
	fill(&f, STUDY_BERNOULLI, 0);
	r = drawn(&f);
	draw_result_free(&r);
	r = step(&f, (struct extend_how){ .more = 15 });
	draw_result_free(&r);
	assert_int_equal(fixture_int(&f, "SELECT sum((u.id IS NOT NULL) <> (f.prn < 0.5))"
	    " FROM frame_unit f LEFT JOIN sample_unit u ON u.frame_unit = f.id"), 0);
	assert_int_equal(fixture_int(&f, "SELECT sum(pi <> 0.5) FROM sample_unit"), 0);
	same(&f);
	fixture_close(&f);
}

static void
strata_keep_their_rule(void **state)
{
	static struct study_word whole[] = { { "vest", 1 } };
	static struct study_stratum given[] = { { "nord", 10, 1 }, { "vest", 5, 2 } };
	struct fixture f;
	struct draw_result r;

	(void)state;
	fill(&f, STUDY_RANDOM, 25);
	f.study.take_all = whole;
	f.study.ntake_all = 1;
	r = drawn(&f);
	draw_result_free(&r);
	r = step(&f, (struct extend_how){ .more = 5 });
	assert_int_equal(r.stratum[0].drawn_units, 10);
	assert_int_equal(r.stratum[1].drawn_units, 20);
	draw_result_free(&r);
	same(&f);
	fixture_close(&f);

	fill(&f, STUDY_RANDOM, 0);
	f.study.allocation = STUDY_FIXED;
	f.study.allocate = given;
	f.study.nallocate = 2;
	r = drawn(&f);
	draw_result_free(&r);
	r = step(&f, (struct extend_how){ .to = 30 });
	assert_int_equal(r.stratum[0].drawn_units, 20);
	assert_int_equal(r.stratum[1].drawn_units, 10);
	draw_result_free(&r);
	r = step(&f, (struct extend_how){ .to = 30 });
	assert_true(r.again);
	draw_result_free(&r);
	same(&f);
	fixture_close(&f);
}

static void
refused(struct fixture *f, struct extend_how how, const char *says)
{
	struct draw_result r;

	assert_int_equal(extend(&f->w, &f->study, f->id, &how, &r, &f->err), -1);
	if (strstr(f->err.text, says) == NULL)
		fail_msg("%s", f->err.text);
}

static void
refuses_where_there_is_no_next(void **state)
{
	struct extend_how one = { .more = 1 };
	struct fixture f;
	struct draw_result r;

	(void)state;
	fill(&f, STUDY_RANDOM, 12);
	refused(&f, one, "draw first");
	r = drawn(&f);
	draw_result_free(&r);
	refused(&f, (struct extend_how){ .more = 49 }, "the size 61 is more");
	refused(&f, (struct extend_how){ .to = 11 }, "12 units are drawn already");
	refused(&f, (struct extend_how){ .replace = "810000001", .why = "x" },
	    "holds no reserves");
	fixture_exec(&f, "UPDATE sample SET list_sha256 = 'x'");
	refused(&f, one, "utvalg verify");
	f.study.drawn_sha256[0] = 8;
	refused(&f, one, "study file");
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM sample_step"), 0);
	fixture_close(&f);

	fill(&f, STUDY_SYSTEMATIC, 12);
	r = drawn(&f);
	draw_result_free(&r);
	refused(&f, one, "no next unit");
	fixture_close(&f);
	fill(&f, STUDY_EVERYONE, 0);
	r = drawn(&f);
	draw_result_free(&r);
	refused(&f, one, "everyone is drawn");
	fixture_close(&f);
}

static char *
a_drawn_one(struct fixture *f, const char *stratum)
{
	char sql[200];

	snprintf(sql, sizeof(sql), "SELECT f.unit_key FROM sample_unit u JOIN frame_unit f"
	    " ON f.id = u.frame_unit WHERE u.stratum = '%s' ORDER BY u.id", stratum);
	return mem_str(fixture_text(f, sql));
}

static void
reserves_come_in_in_order(void **state)
{
	struct extend_reserves res;
	struct fixture f;
	struct draw_result r;
	char *out, *first;

	(void)state;
	fill(&f, STUDY_RANDOM, 12);
	f.study.reserves = 2;
	r = drawn(&f);
	draw_result_free(&r);
	assert_int_equal(extend_reserves(&f.w, &f.study, f.id, &res, &f.err), 0);
	assert_int_equal(res.n, 4);
	first = mem_str(res.unit[2].key);
	assert_string_equal(res.unit[2].stratum, "vest");
	assert_int_equal(res.unit[2].order, 1);
	extend_reserves_free(&res);

	out = a_drawn_one(&f, "vest");
	r = step(&f, (struct extend_how){ .replace = out, .why = "lagt ned" });
	assert_string_equal(r.came, first);
	assert_int_equal(r.drawn, 13);
	draw_result_free(&r);
	/* it takes nobody's place: five of vest's 20 instead of four */
	assert_int_equal(fixture_int(&f, "SELECT sum(pi = 0.25) FROM sample_unit WHERE"
	    " stratum = 'vest'"), 5);
	assert_int_equal(fixture_int(&f, "SELECT sum(pi = 0.2) FROM sample_unit WHERE"
	    " stratum = 'nord'"), 8);
	same(&f);
	r = step(&f, (struct extend_how){ .replace = out, .why = "lagt ned" });
	assert_true(r.again);
	assert_string_equal(r.came, first);
	draw_result_free(&r);
	refused(&f, (struct extend_how){ .replace = "nobody", .why = "x" },
	    "not drawn");
	r = step(&f, (struct extend_how){ .replace = first, .why = "flyttet" });
	assert_int_equal(r.drawn, 14);
	draw_result_free(&r);
	assert_int_equal(extend_reserves(&f.w, &f.study, f.id, &res, &f.err), 0);
	assert_int_equal(res.n, 2);
	assert_int_equal(res.in, 2);
	extend_reserves_free(&res);
	free(first);
	first = mem_str(fixture_text(&f, "SELECT f.unit_key FROM sample_unit u JOIN"
	    " frame_unit f ON f.id = u.frame_unit WHERE u.step = 2"));
	refused(&f, (struct extend_how){ .replace = first, .why = "x" },
	    "has had its 2 reserves");
	r = step(&f, (struct extend_how){ .more = 6 });
	assert_int_equal(r.drawn, 20);
	draw_result_free(&r);
	same(&f);
	free(first);
	free(out);
	fixture_close(&f);
}

static void
a_change_of_a_step_is_seen(void **state)
{
	static const char *const sql[] = {
		"UPDATE sample_step SET units = units + 1 WHERE step = 1",
		"UPDATE sample_step SET list_sha256 = 'x' WHERE step = 0",
		"UPDATE sample_step SET asked = 5 WHERE step = 1",
		"UPDATE sample_step SET at = at + 1 WHERE step = 1",
		"UPDATE sample_unit SET step = 0 WHERE step = 1",
		"DELETE FROM sample_step",
		"DELETE FROM sample_step WHERE step = 1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		struct verify_result v;
		struct fixture f;
		struct draw_result r;

		fill(&f, STUDY_RANDOM, 12);
		r = drawn(&f);
		draw_result_free(&r);
		r = step(&f, (struct extend_how){ .more = 4 });
		draw_result_free(&r);
		same(&f);
		fixture_exec(&f, sql[i]);
		assert_int_equal(verify(&f.w, &f.study, f.id, &v, &f.err), 0);
		if (v.same)
			fail_msg("not seen: %s", sql[i]);
		fixture_close(&f);
	}
}

/* Killed between commit and record, the file is that of the step before. */
static void
a_record_left_behind_is_brought_up(void **state)
{
	struct buf old = BUF(1 << 20), new = BUF(1 << 20), is = BUF(1 << 20);
	struct fixture f;
	struct draw_result r;
	char *path;

	(void)state;
	fill(&f, STUDY_RANDOM, 12);
	r = drawn(&f);
	draw_result_free(&r);
	path = record_path(&f.w, &f.study);
	assert_int_equal(file_read(path, 1 << 20, &old, &f.err), 0);
	assert_null(strstr(old.data, "\"steps\""));
	r = step(&f, (struct extend_how){ .more = 4 });
	draw_result_free(&r);
	assert_int_equal(file_read(path, 1 << 20, &new, &f.err), 0);
	assert_non_null(strstr(new.data, "\"kind\": \"more\""));
	assert_int_equal(file_write(path, 0600, old.data, old.len, &f.err), 0);
	r = drawn(&f);
	draw_result_free(&r);
	assert_int_equal(file_read(path, 1 << 20, &is, &f.err), 0);
	assert_string_equal(is.data, new.data);
	/* what nobody wrote is not painted over */
	assert_int_equal(file_write(path, 0600, "{}\n", 3, &f.err), 0);
	r = drawn(&f);
	draw_result_free(&r);
	buf_clear(&is);
	assert_int_equal(file_read(path, 1 << 20, &is, &f.err), 0);
	assert_string_equal(is.data, "{}\n");
	buf_free(&is);
	buf_free(&new);
	buf_free(&old);
	free(path);
	fixture_close(&f);
}

static void
a_dry_run_extends_nothing(void **state)
{
	struct fixture f;
	struct draw_result r;

	(void)state;
	fill(&f, STUDY_RANDOM, 12);
	r = drawn(&f);
	draw_result_free(&r);
	f.w.dry_run = 1;
	r = step(&f, (struct extend_how){ .more = 4 });
	assert_int_equal(r.drawn, 16);
	draw_result_free(&r);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM sample_unit"), 12);
	same(&f);
	fixture_close(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_is_as_if_drawn_at_once),
		cmocka_unit_test(pps_keeps_who_is_drawn),
		cmocka_unit_test(sequential_and_tickets_are_as_if_at_once),
		cmocka_unit_test(extended_frequencies_are_those_claimed),
		cmocka_unit_test(bernoulli_raises_its_share),
		cmocka_unit_test(strata_keep_their_rule),
		cmocka_unit_test(refuses_where_there_is_no_next),
		cmocka_unit_test(reserves_come_in_in_order),
		cmocka_unit_test(a_change_of_a_step_is_seen),
		cmocka_unit_test(a_record_left_behind_is_brought_up),
		cmocka_unit_test(a_dry_run_extends_nothing),
	};

	return cmocka_run_group_tests_name("extend", tests, NULL, NULL);
}
