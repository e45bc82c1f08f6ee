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

enum { UNITS = 120 };

/* UNITS units: 60 nord, 40 vest, 20 sor; every fifth is food; ${step} makes
 * another order of insertion. */
static void
fill(struct fixture *f, int step)
{
	char key[32], mail[64];

	fixture_frame(f);
	for (int j = 0; j < UNITS; j++) {
		int i = j * step % UNITS;

		snprintf(key, sizeof(key), "%09d", 810000000 + 11 * i);
		snprintf(mail, sizeof(mail), "u%d@example.no", i);
		fixture_unit(f, key, i < 60 ? "nord" : i < 100 ? "vest" : "sor",
		    i % 5 == 0 ? "mat" : "kultur", "Et navn", mail, 1, 1);
	}
	fixture_unit(f, "899999999", "nord", "mat", "Et navn", "x@example.no", 1, 0);
}

static void
draws_everyone_kept_with_weight_one(void **state)
{
	struct fixture f;
	struct draw_result r;

	(void)state;
	fixture_open(&f);
	fill(&f, 1);
	assert_int_equal(draw(&f.w, &f.study, f.id, &r, &f.err), 0);
	assert_int_equal(r.again, 0);
	assert_int_equal(r.frame_units, UNITS);
	assert_int_equal(r.drawn, UNITS);
	assert_int_equal(r.nstratum, 1);
	assert_string_equal(r.stratum[0].name, "all");
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM sample_unit WHERE"
	    " pi = 1 AND weight = 1 AND length(token) = 26"), UNITS);
	assert_int_equal(fixture_int(&f, "SELECT count(DISTINCT token) FROM"
	    " sample_unit"), UNITS);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM sample_unit u"
	    " JOIN frame_unit f ON f.id = u.frame_unit WHERE f.kept = 0"), 0);
	draw_result_free(&r);
	fixture_close(&f);
}

static void
draws_the_smallest_numbers_of_each_stratum(void **state)
{
	struct fixture f;
	struct draw_result r;

	(void)state;
	fixture_open(&f);
	fill(&f, 1);
	f.study.design = STUDY_RANDOM;
	f.study.size = 31;
	f.study.stratify_area = 1;
	assert_int_equal(draw(&f.w, &f.study, f.id, &r, &f.err), 0);
	assert_int_equal(r.nstratum, 3);
	/* 15.5, 10.33, 5.17: the largest remainder is nord's */
	assert_string_equal(r.stratum[0].name, "nord");
	assert_int_equal(r.stratum[0].drawn_units, 16);
	assert_int_equal(r.stratum[1].drawn_units, 10);
	assert_int_equal(r.stratum[2].drawn_units, 5);
	/* the slow, obvious way: nobody left out has a smaller number */
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM frame_unit a JOIN"
	    " frame_unit b ON a.area_name = b.area_name AND a.prn < b.prn AND"
	    " a.kept = 1 WHERE a.id NOT IN (SELECT frame_unit FROM sample_unit)"
	    " AND b.id IN (SELECT frame_unit FROM sample_unit)"), 0);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM sample_unit u JOIN"
	    " frame_unit f ON f.id = u.frame_unit WHERE u.stratum = f.area_name"),
	    31);
	/* weights stand for the frame: 60 + 40 + 20 */
	assert_int_equal(fixture_int(&f, "SELECT abs(sum(weight) - 120) < 1e-9"
	    " AND abs(sum(1/pi) - 120) < 1e-9 FROM sample_unit"), 1);
	assert_int_equal(fixture_int(&f, "SELECT sum(drawn_units) FROM"
	    " sample_stratum"), 31);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM sample_unit WHERE"
	    " stratum = 'nord' AND pi = 16.0/60"), 16);
	draw_result_free(&r);
	fixture_close(&f);
}

static void
draws_the_same_whatever_the_order(void **state)
{
	struct fixture f;
	struct draw_result r;
	char first[65];

	(void)state;
	for (int step = 1; step <= 7; step += 6) {
		fixture_open(&f);
		fill(&f, step);
		f.study.design = STUDY_RANDOM;
		f.study.size = 40;
		f.study.stratify_area = f.study.stratify_group = 1;
		assert_int_equal(draw(&f.w, &f.study, f.id, &r, &f.err), 0);
		assert_int_equal(r.nstratum, 6);
		assert_string_equal(r.stratum[1].name, "nord/mat");
		if (step == 1)
			snprintf(first, sizeof(first), "%s", r.list_sha256);
		else
			assert_string_equal(r.list_sha256, first);
		draw_result_free(&r);
		fixture_close(&f);
	}
}

static void
the_hash_is_of_the_sorted_keys(void **state)
{
	struct fixture f;
	struct draw_result r;
	unsigned char sum[32];
	char hex[65];

	(void)state;
	fixture_open(&f);
	fixture_frame(&f);
	fixture_unit(&f, "list:mat:b", "nord", "mat", "B", "b@example.no", 1, 1);
	fixture_unit(&f, "810000001", "nord", "mat", "A", "a@example.no", 3, 1);
	assert_int_equal(draw(&f.w, &f.study, f.id, &r, &f.err), 0);
	hash_sha256("810000001\nlist:mat:b\n", 21, sum);
	assert_string_equal(r.list_sha256, hash_hex(sum, 32, hex));
	/* three firms share that address: the invited one stands for three */
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM sample_unit u JOIN"
	    " frame_unit f ON f.id = u.frame_unit WHERE u.weight = f.shared"), 2);
	draw_result_free(&r);
	fixture_close(&f);
}

static void
again_changes_nothing_and_another_frame_is_refused(void **state)
{
	struct fixture f;
	struct draw_result r;
	char hash[65], token[64];

	(void)state;
	fixture_open(&f);
	fill(&f, 1);
	f.study.stratify_area = 1;
	assert_int_equal(draw(&f.w, &f.study, f.id, &r, &f.err), 0);
	snprintf(hash, sizeof(hash), "%s", r.list_sha256);
	snprintf(token, sizeof(token), "%s", fixture_text(&f,
	    "SELECT group_concat(token) FROM (SELECT token FROM sample_unit"
	    " ORDER BY id LIMIT 2)"));
	draw_result_free(&r);

	assert_int_equal(draw(&f.w, &f.study, f.id, &r, &f.err), 0);
	assert_int_equal(r.again, 1);
	assert_int_equal(r.drawn, UNITS);
	assert_int_equal(r.frame_units, UNITS);
	assert_int_equal(r.nstratum, 3);
	assert_string_equal(r.stratum[2].name, "sor");
	assert_string_equal(r.list_sha256, hash);
	assert_string_equal(fixture_text(&f,
	    "SELECT group_concat(token) FROM (SELECT token FROM sample_unit"
	    " ORDER BY id LIMIT 2)"), token);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM event"), 1);
	draw_result_free(&r);

	fill(&f, 1);
	assert_int_equal(draw(&f.w, &f.study, f.id, &r, &f.err), -1);
	assert_int_equal(f.err.status, EX_CANTCREAT);
	assert_true(sqlite3_get_autocommit(f.w.db));
	fixture_close(&f);
}

static void
refused(struct fixture *f, int status, const char *word)
{
	struct draw_result r;

	assert_int_equal(draw(&f->w, &f->study, f->id, &r, &f->err), -1);
	if (f->err.status != status || strstr(f->err.text, word) == NULL)
		fail_msg("got %d %s, want %d with \"%s\"", f->err.status,
		    f->err.text, status, word);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM sample"), 0);
	assert_true(sqlite3_get_autocommit(f->w.db));
}

static void
refuses_what_cannot_be_drawn(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	refused(&f, EX_NOINPUT, "utvalg frame smaa");
	fixture_frame(&f);
	refused(&f, EX_DATAERR, "nobody");
	fill(&f, 1);
	f.study.design = STUDY_RANDOM;
	f.study.size = UNITS + 1;
	refused(&f, EX_DATAERR, "121");
	f.study.size = 2;
	f.study.stratify_area = 1;
	refused(&f, EX_DATAERR, "nord");
	f.study.size = 30;
	f.study.drawn_sha256[0] = 8;
	refused(&f, EX_DATAERR, "study file has changed");
	f.study.drawn_sha256[0] = 7;
	snprintf(f.keys.salt, sizeof(f.keys.salt), "another");
	refused(&f, EX_DATAERR, "another salt");
	snprintf(f.keys.salt, sizeof(f.keys.salt), "2026-001");
	fixture_exec(&f, "UPDATE frame_unit SET area_name = 'ost' WHERE"
	    " frame = 2 AND unit_key = '810000000'");
	refused(&f, EX_DATAERR, "ost");
	fixture_close(&f);
}

static void
a_dry_run_draws_and_writes_nothing(void **state)
{
	struct fixture f;
	struct draw_result r;

	(void)state;
	fixture_open(&f);
	fill(&f, 1);
	f.w.dry_run = 1;
	assert_int_equal(draw(&f.w, &f.study, f.id, &r, &f.err), 0);
	assert_int_equal(r.drawn, UNITS);
	draw_result_free(&r);
	assert_int_equal(fixture_int(&f, "SELECT (SELECT count(*) FROM sample) +"
	    " (SELECT count(*) FROM sample_unit) +"
	    " (SELECT count(*) FROM event)"), 0);
	fixture_close(&f);
}

/* Every unit is drawn about as often as every other (rules of sampling,
 * section 14: the X2 of a sample without replacement has N - 1 degrees). */
static void
every_unit_has_the_same_chance(void **state)
{
	enum { N = 20, n = 6, ROUNDS = 400 };
	struct fixture f;
	struct draw_result r;
	int count[N] = { 0 };
	double fr = (double)n / N, x2 = 0;

	(void)state;
	fixture_open(&f);
	fixture_frame(&f);
	f.study.design = STUDY_RANDOM;
	f.study.size = n;
	for (int i = 0; i < N; i++) {
		char key[16];

		snprintf(key, sizeof(key), "%09d", 810000000 + i);
		fixture_unit(&f, key, "nord", "mat", "N", "n@example.no", 1, 1);
	}
	for (int round = 0; round < ROUNDS; round++) {
		snprintf(f.keys.salt, sizeof(f.keys.salt), "round %d", round);
		for (int i = 0; i < N; i++) {
			char sql[160], key[16];

			snprintf(key, sizeof(key), "%09d", 810000000 + i);
			snprintf(sql, sizeof(sql), "UPDATE frame_unit SET prn = %.17g"
			    " WHERE unit_key = '%s'", prn_of(f.keys.salt, key), key);
			fixture_exec(&f, sql);
		}
		assert_int_equal(draw(&f.w, &f.study, f.id, &r, &f.err), 0);
		draw_result_free(&r);
		for (int i = 0; i < N; i++) {
			char sql[160];

			snprintf(sql, sizeof(sql), "SELECT count(*) FROM sample_unit u"
			    " JOIN frame_unit f ON f.id = u.frame_unit WHERE"
			    " unit_key = '%09d'", 810000000 + i);
			count[i] += (int)fixture_int(&f, sql);
		}
		fixture_exec(&f, "DELETE FROM sample_unit; DELETE FROM"
		    " sample_stratum; DELETE FROM sample");
	}
	for (int i = 0; i < N; i++)
		x2 += pow(count[i] - ROUNDS * fr, 2) / (ROUNDS * fr * (1 - fr));
	x2 *= (N - 1.0) / N;
	assert_true(x2 < 55);	/* chi square, 19 degrees: p under 1e-5 */
	fixture_close(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_everyone_kept_with_weight_one),
		cmocka_unit_test(draws_the_smallest_numbers_of_each_stratum),
		cmocka_unit_test(draws_the_same_whatever_the_order),
		cmocka_unit_test(the_hash_is_of_the_sorted_keys),
		cmocka_unit_test(again_changes_nothing_and_another_frame_is_refused),
		cmocka_unit_test(refuses_what_cannot_be_drawn),
		cmocka_unit_test(a_dry_run_draws_and_writes_nothing),
		cmocka_unit_test(every_unit_has_the_same_chance),
	};

	return cmocka_run_group_tests_name("draw", tests, NULL, NULL);
}
