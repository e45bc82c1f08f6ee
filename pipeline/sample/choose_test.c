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
#include "pipeline/sample/rng_mt.h"

enum { UNITS = 200 };

/* nord and vest, 120 and 80 units; employees 0 to 9; AS, ENK or none. */
static void
fill(struct fixture *f)
{
	static const char *const form[] = { "'AS'", "'ENK'", "NULL" };
	char key[32], sql[200];

	fixture_open(f);
	fixture_frame(f);
	for (int i = 0; i < UNITS; i++) {
		snprintf(key, sizeof(key), "%09d", 810000000 + i);
		fixture_unit(f, key, i < 120 ? "nord" : "vest", i % 4 ? "mat" :
		    "kultur", "Et navn", "u@example.no", 1, 1);
		snprintf(sql, sizeof(sql), "UPDATE frame_unit SET employees = %d,"
		    " has_employees = 1, legal_form = %s, nace = %d, municipality = %d"
		    " WHERE unit_key = '%s'", i % 10, form[i % 3], 10000 + i % 7 * 1000,
		    300 + i % 11, key);
		fixture_exec(f, sql);
	}
}

static struct draw_result
drawn(struct fixture *f)
{
	struct draw_result r;

	if (draw(&f->w, &f->study, f->id, &r, &f->err) != 0)
		fail_msg("%s", f->err.text);
	return r;
}

/* In SQL over the units of frame (f) and sample (u). */
static int64_t
ask(struct fixture *f, const char *what)
{
	char sql[500];

	snprintf(sql, sizeof(sql), "SELECT %s FROM frame_unit f LEFT JOIN sample_unit"
	    " u ON u.frame_unit = f.id", what);
	return fixture_int(f, sql);
}

static void
systematic_takes_every_so_manyth(void **state)
{
	static struct study_word sort[] = { { "area", 1 }, { "size", 1 } };
	struct fixture f;
	struct draw_result r;

	(void)state;
	fill(&f);
	f.study.design = STUDY_SYSTEMATIC;
	f.study.size = 50;
	f.study.sort = sort;
	f.study.nsort = 2;
	r = drawn(&f);
	assert_int_equal(r.drawn, 50);
	/* implicit stratification: as many as the area's share, to one */
	assert_int_equal(ask(&f, "sum(area_name = 'nord' AND u.id > 0)"), 30);
	assert_int_equal(ask(&f, "abs(sum(weight) - 200) < 1e-9"), 1);
	draw_result_free(&r);
	fixture_close(&f);
}

static void
pps_draws_by_size_and_never_a_zero(void **state)
{
	struct fixture f;
	struct draw_result r;

	(void)state;
	fill(&f);
	f.study.design = STUDY_PPS;
	f.study.size = 40;
	f.study.size_variable = STUDY_SIZE_EMPLOYEES;
	f.study.stratify_area = 1;
	r = drawn(&f);
	assert_int_equal(r.drawn, 40);
	assert_int_equal(r.never, 20);
	assert_int_equal(ask(&f, "sum(u.id > 0 AND employees = 0)"), 0);
	/* nord: 24 of a sum of 540 */
	assert_int_equal(ask(&f, "sum(u.id > 0 AND area_name = 'nord' AND abs(pi -"
	    " 24.0 * employees / 540) < 1e-12)"), 24);
	draw_result_free(&r);
	fixture_close(&f);
}

static void
bernoulli_draws_each_for_itself(void **state)
{
	struct fixture f;
	struct draw_result r;

	(void)state;
	fill(&f);
	f.study.design = STUDY_BERNOULLI;
	f.study.share_num = 1;
	f.study.share_den = 4;
	r = drawn(&f);
	assert_int_equal(ask(&f, "sum((u.id > 0) <> (prn < 0.25))"), 0);
	assert_int_equal(ask(&f, "sum(u.pi = 0.25)"), r.drawn);
	draw_result_free(&r);
	fixture_close(&f);
}

static void
r_draws_what_r_draws(void **state)
{
	struct fixture f;
	struct draw_result r;
	struct rng_mt rng;
	int64_t want[9];

	(void)state;
	fill(&f);
	f.study.design = STUDY_R_RANDOM;
	f.study.size = 9;
	f.study.seed = 42;
	r = drawn(&f);
	rng_mt_seed(&rng, 42);
	rng_mt_sample(&rng, UNITS, 9, RNG_MT_REJECTION, want);
	for (int i = 0; i < 9; i++) {
		char what[80];

		snprintf(what, sizeof(what), "sum(u.id > 0 AND unit_key = '%09d')",
		    (int)(810000000 + want[i] - 1));
		assert_int_equal(ask(&f, what), 1);
	}
	draw_result_free(&r);
	fixture_close(&f);
}

static void
strata_by_what_units_are(void **state)
{
	struct fixture f;
	struct draw_result r;

	(void)state;
	fill(&f);
	f.study.design = STUDY_RANDOM;
	f.study.size = 60;
	f.study.stratify_area = f.study.stratify_form = f.study.stratify_size = 1;
	r = drawn(&f);
	/* two areas, three forms, 0, 1-4 and 5-9 */
	assert_int_equal(r.nstratum, 18);
	assert_string_equal(r.stratum[0].name, "nord/none/0");
	assert_string_equal(r.stratum[17].name, "vest/ENK/5-9");
	assert_int_equal(ask(&f, "sum(u.id > 0 AND stratum <> area_name || '/' ||"
	    " ifnull(legal_form, 'none') || '/' || CASE WHEN employees = 0 THEN '0'"
	    " WHEN employees < 5 THEN '1-4' ELSE '5-9' END)"), 0);
	assert_int_equal(r.drawn, 60);
	draw_result_free(&r);
	fixture_close(&f);
}

static const struct {
	const char *says;
	enum study_allocation how;
	int64_t size, minimum, maximum;
	struct study_stratum allocate, spread[2];
	const char *all;
	int64_t nord, vest;	/* of 120 and 80; -1: refused */
	const char *word;
} shares[] = {
	{ "proportional", STUDY_PROPORTIONAL, 50, 0, 0, { 0 }, { { 0 } }, NULL, 30, 20, NULL },
	{ "equal", STUDY_EQUAL, 51, 0, 0, { 0 }, { { 0 } }, NULL, 26, 25, NULL },
	{ "neyman", STUDY_NEYMAN, 40, 0, 0, { 0 }, { { "nord", 1, 1 }, { "vest", 4.5, 1 } },
	    NULL, 10, 30, NULL },
	{ "power", STUDY_POWER, 100, 0, 0, { 0 }, { { "nord", 1, 1 }, { "vest", 1, 1 } },
	    NULL, 55, 45, NULL },
	{ "neyman without a spread", STUDY_NEYMAN, 40, 0, 0, { 0 }, { { "nord", 1, 1 },
	    { "nord", 1, 1 } }, NULL, -1, 0, "stratum vest has no 'spread'" },
	{ "a cap", STUDY_PROPORTIONAL, 50, 0, 25, { 0 }, { { 0 } }, NULL, 25, 25, NULL },
	{ "a minimum", STUDY_PROPORTIONAL, 50, 24, 0, { 0 }, { { 0 } }, NULL, 26, 24, NULL },
	{ "take all", STUDY_PROPORTIONAL, 90, 0, 0, { 0 }, { { 0 } }, "vest", 10, 80, NULL },
	{ "one is given", STUDY_PROPORTIONAL, 50, 0, 0, { "vest", 7, 1 }, { { 0 } }, NULL,
	    43, 7, NULL },
	{ "fixed", STUDY_FIXED, 0, 0, 0, { "vest", 7, 1 }, { { 0 } }, "nord", 120, 7, NULL },
	{ "fixed, one not named", STUDY_FIXED, 0, 0, 0, { "vest", 7, 1 }, { { 0 } }, NULL,
	    -1, 0, "nord has no 'allocate'" },
	{ "an unknown stratum", STUDY_PROPORTIONAL, 50, 0, 0, { "ost", 7, 1 }, { { 0 } },
	    NULL, -1, 0, "no stratum ost" },
	{ "more than there are", STUDY_PROPORTIONAL, 150, 0, 0, { "vest", 81, 1 }, { { 0 } },
	    NULL, -1, 0, "which has 80" },
	{ "minima over the size", STUDY_PROPORTIONAL, 50, 30, 0, { 0 }, { { 0 } }, NULL, -1,
	    0, "at least" },
};

static void
shares_as_the_study_says(void **state)
{
	struct fixture f;

	(void)state;
	fill(&f);
	f.study.design = STUDY_RANDOM;
	f.study.narea = 2;	/* no empty stratum to name */
	f.study.stratify_area = 1;
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		struct study_word all = { shares[i].all, 1 };
		struct study_stratum allocate = shares[i].allocate;
		struct study_stratum spread[2] = { shares[i].spread[0],
			shares[i].spread[1] };
		struct draw_result r;

		f.study.allocation = shares[i].how;
		f.study.size = shares[i].size;
		f.study.minimum = shares[i].minimum;
		f.study.maximum = shares[i].maximum;
		f.study.allocate = &allocate;
		f.study.nallocate = allocate.name != NULL;
		f.study.spread = spread;
		f.study.nspread = spread[0].name != NULL ? 2 : 0;
		f.study.take_all = &all;
		f.study.ntake_all = all.text != NULL;
		f.w.dry_run = 1;
		if (draw(&f.w, &f.study, f.id, &r, &f.err) != 0) {
			if (shares[i].nord >= 0 || strstr(f.err.text, shares[i].word) ==
			    NULL)
				fail_msg("%s: %s", shares[i].says, f.err.text);
			continue;
		}
		if (r.stratum[0].drawn_units != shares[i].nord ||
		    r.stratum[1].drawn_units != shares[i].vest)
			fail_msg("%s: %d and %d", shares[i].says,
			    (int)r.stratum[0].drawn_units, (int)r.stratum[1].drawn_units);
		draw_result_free(&r);
	}
	fixture_close(&f);
}

/* A second study: by others, by the same, or by its own numbers. */
static void
who_was_drawn_lately_is_drawn_last(void **state)
{
	(void)state;
	for (int how = STUDY_NEGATIVE; how <= STUDY_INDEPENDENT; how++) {
		struct fixture f;
		struct draw_result r;
		int64_t twice;

		fill(&f);
		f.study.design = STUDY_RANDOM;
		f.study.size = 60;
		r = drawn(&f);
		draw_result_free(&r);
		fixture_exec(&f, "INSERT INTO study (id, name, file, folder, file_sha256,"
		    " created) SELECT 2, 'ny', file, folder, file_sha256, created FROM"
		    " study; INSERT INTO frame (id, study, frozen, extract_enhet,"
		    " extract_underenhet, register_date, extract_sha256, study_sha256,"
		    " lists_sha256, suppression_sha256, code_version, register_units,"
		    " outside_code, outside_area, outside_filter, listed, listed_matched,"
		    " listed_outside, population, kept) SELECT 2, 2, frozen, extract_enhet,"
		    " extract_underenhet, register_date, extract_sha256, study_sha256,"
		    " lists_sha256, suppression_sha256, code_version, register_units,"
		    " outside_code, outside_area, outside_filter, listed, listed_matched,"
		    " listed_outside, population, kept FROM frame; INSERT INTO frame_unit"
		    " (frame, unit_key, source, name, group_name, area_name, prn, kept,"
		    " shared) SELECT 2, unit_key, source, name, group_name, area_name, prn,"
		    " kept, shared FROM frame_unit");
		f.study.name = "ny";
		f.study.coordination = (enum study_coordination)how;
		assert_int_equal(draw(&f.w, &f.study, 2, &r, &f.err), 0);
		draw_result_free(&r);
		twice = fixture_int(&f, "SELECT count(*) - count(DISTINCT unit_key) FROM"
		    " frame_unit f JOIN sample_unit u ON u.frame_unit = f.id");
		if (how == STUDY_NEGATIVE)
			assert_in_range(twice, 0, 6);	/* numbers are not evenly spread */
		else if (how == STUDY_POSITIVE)
			assert_int_equal(twice, 60);
		else
			assert_in_range(twice, 8, 28);	/* 18 expected */
		fixture_close(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(systematic_takes_every_so_manyth),
		cmocka_unit_test(pps_draws_by_size_and_never_a_zero),
		cmocka_unit_test(bernoulli_draws_each_for_itself),
		cmocka_unit_test(r_draws_what_r_draws),
		cmocka_unit_test(strata_by_what_units_are),
		cmocka_unit_test(shares_as_the_study_says),
		cmocka_unit_test(who_was_drawn_lately_is_drawn_last),
	};

	return cmocka_run_group_tests_name("choose", tests, NULL, NULL);
}
