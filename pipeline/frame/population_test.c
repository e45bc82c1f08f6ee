/* A study's codes and places in the terms of a register of a day. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"

#include "pipeline/frame/population.h"

static struct nace *nace;
static struct region *region;

static int
setup(void **state)
{
	struct err err;

	(void)state;
	nace = nace_load(&err);
	region = region_load(&err);
	return nace != NULL && region != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	nace_free(nace);
	region_free(region);
	return 0;
}

static int32_t
day(const char *s)
{
	int32_t d = DATE_NONE;

	assert_int_equal(date_parse(s, strlen(s), &d), 0);
	return d;
}

static struct study *
read_study(const char *text)
{
	struct study *s;
	struct err err = { 0, "" };

	if (study_read_text("dir/test.ini", text, strlen(text), &s, NULL, &err) != 0)
		fail_msg("%s", err.text);
	return s;
}

static int
make(const struct study *s, const char *on, struct population **p,
    struct study_faults *faults, struct err *err)
{
	int32_t d = day(on);

	return population_make(s, nace, region, nace_std_at(d), d, p, faults, err);
}

/* Register codes of each group, in order: "one: 59.110 59.120; two: 55.300". */
static void
kept(const struct study *s, const struct population *p, struct buf *out)
{
	char text[8];

	for (size_t g = 0; g < s->ngroup; g++) {
		buf_printf(out, "%s%s:", g > 0 ? "; " : "", s->group[g].name);
		for (int32_t i = 0; i < POPULATION_CODES; i++)
			if (p->group_of[i] == 1 + g)
				buf_printf(out, " %s", nace_text(i, text));
	}
}

#define STUDY		"[study]\nname = test\nstandard = SN2007\n"		/* 1-3 */
#define STUDY2025	"[study]\nname = test\nstandard = SN2025\n"
#define NORTH		"[area north]\ncounty = Finnmark\n"

/* Groups and decisions; what is kept in a register of today's standard. */
static const struct {
	const char *says, *text, *want;
} codes[] = {
	{ "a code that stands", STUDY "[group one]\ncodes = 59110\n" NORTH,
	    "one: 59.110" },
	{ "one that has another number", STUDY "[group one]\ncodes = 90011\n" NORTH,
	    "one: 90.201" },
	{ "one that was split", STUDY "[group one]\ncodes = 74101\n" NORTH,
	    "one: 74.110 74.140" },
	{ "no code, read as its class", STUDY "[group one]\ncodes = 90030\n" NORTH,
	    "one: 90.111 90.112 90.120 90.130 90.202 90.209 91.300" },
	{ "a class and all beneath it", STUDY "[group one]\ncodes = 59.1\n" NORTH,
	    "one: 59.110 59.120 59.130 59.140" },
	{ "a target of two groups belongs to the first",
	    STUDY "[group one]\ncodes = 47594\n[group two]\ncodes = 47630\n" NORTH,
	    "one: 47.690 47.920; two:" },
	{ "a target taken out", STUDY "[group one]\ncodes = 47594\n"
	    "[codes]\n47594 -> 47.920 = no\n" NORTH, "one: 47.690" },
	{ "taken out of one code, the other keeps it",
	    STUDY "[group one]\ncodes = 47594 47630\n"
	    "[codes]\n47594 -> 47.920 = no\n" NORTH, "one: 47.690 47.920" },
	{ "and counts it to the group that keeps it",
	    STUDY "[group one]\ncodes = 47594\n[group two]\ncodes = 47630\n"
	    "[codes]\n47594 -> 47.920 = no\n" NORTH, "one: 47.690; two: 47.920" },
	{ "yes alone keeps that one only", STUDY "[group one]\ncodes = 47914\n"
	    "[codes]\n47914 -> 47.690 = yes\n" NORTH, "one: 47.690" },
	{ "two yes keep two", STUDY "[group one]\ncodes = 47914\n"
	    "[codes]\n47914 -> 47.690 = yes\n47914 -> 47.400 = yes\n" NORTH,
	    "one: 47.400 47.690" },
	{ "a no beside a yes changes nothing", STUDY "[group one]\ncodes = 47914\n"
	    "[codes]\n47914 -> 47.690 = yes\n47914 -> 47.400 = no\n" NORTH,
	    "one: 47.690" },
	{ "nor does one before it", STUDY "[group one]\ncodes = 47914\n"
	    "[codes]\n47914 -> 47.400 = no\n47914 -> 47.690 = yes\n" NORTH,
	    "one: 47.690" },
	{ "a yes is about its own code only", STUDY "[group one]\ncodes = 47914 74101\n"
	    "[codes]\n47914 -> 47.690 = yes\n" NORTH, "one: 47.690 74.110 74.140" },
	{ "a decision holds however the code is written",
	    STUDY "[group one]\ncodes = 47.594\n[codes]\n47594 -> 47920 = no\n" NORTH,
	    "one: 47.690" },
	{ "and for a code that is written in two ways",
	    STUDY "[group one]\ncodes = 90030 90.03\n"
	    "[codes]\n90.03 -> 91.300 = no\n" NORTH,
	    "one: 90.111 90.112 90.120 90.130 90.202 90.209" },
	{ "a study in today's standard", STUDY2025 "[group one]\ncodes = 90.2\n" NORTH,
	    "one: 90.201 90.202 90.209" },
};

static void
codes_become_those_of_the_register(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct study *s = read_study(codes[i].text);
		struct population *p;
		struct buf b = BUF(100000);
		struct err err = { 0, "" };

		if (make(s, "2026-11-25", &p, NULL, &err) != 0)
			fail_msg("%s: %s", codes[i].says, err.text);
		kept(s, p, &b);
		if (strcmp(buf_text(&b), codes[i].want) != 0)
			fail_msg("%s: got %s", codes[i].says, buf_text(&b));
		buf_free(&b);
		population_free(p);
		study_free(s);
	}
}

/* In a register of before the change the written codes are meant as such, and
 * decisions about targets have nothing to decide. */
static void
an_old_register_takes_the_codes_as_written(void **state)
{
	struct study *s = read_study(STUDY "[group one]\ncodes = 47594 90030\n"
	    "[codes]\n47594 -> 47.920 = no\n" "[area north]\ncounty = Troms og Finnmark\n");
	struct population *p;
	struct buf b = BUF(10000);
	struct err err = { 0, "" };

	(void)state;
	assert_int_equal(make(s, "2022-06-01", &p, NULL, &err), 0);
	kept(s, p, &b);
	assert_string_equal(buf_text(&b), "one: 47.594 90.031 90.032 90.033 90.034 "
	    "90.035 90.039");
	assert_int_equal(p->standard, NACE_SN2007);
	assert_int_equal(p->area_of[5403], 1);
	buf_free(&b);
	population_free(p);
	study_free(s);
}

/* A fault, its line and a part of what is said. */
static const struct {
	const char *says, *text;
	int line;
	const char *text_has;
} faults[] = {
	{ "an invented code", STUDY "[group one]\ncodes = 59110 59190\n" NORTH, 5,
	    "59.190" },
	{ "a code of the other standard", STUDY "[group one]\ncodes = 90201\n" NORTH, 5,
	    "SN2025" },
	{ "a retired one in a new study", STUDY2025 "[group one]\ncodes = 90011\n" NORTH,
	    5, "SN2007" },
	{ "a code in two groups", STUDY "[group one]\ncodes = 59110\n"
	    "[group two]\ncodes =\n 55300\n 59.11\n" NORTH, 9, "in group one already" },
	{ "beneath one of another group", STUDY "[group one]\ncodes = 59\n"
	    "[group two]\ncodes = 59.12\n" NORTH, 7, "in group one already" },
	{ "above one of another group", STUDY "[group one]\ncodes = 90031\n"
	    "[group two]\ncodes = 90030\n" NORTH, 7, "in group one already" },
	{ "a target that a code does not have",
	    STUDY "[group one]\ncodes = 47594\n[codes]\n47594 -> 47.910 = no\n" NORTH, 7,
	    "47594 does not become 47.910" },
	{ "every target taken out", STUDY "[group one]\ncodes = 47594\n[codes]\n"
	    "47594 -> 47.690 = no\n47594 -> 47.920 = no\n" NORTH, 5, "leave the code out" },
	{ "an unknown county", STUDY "[group one]\ncodes = 59110\n"
	    "[area north]\ncounty = Finmark\n", 7, "Finnmark" },
	{ "a county that is no more", STUDY "[group one]\ncodes = 59110\n"
	    "[area north]\ncounty = Viken\n", 7, "as it was: \"Viken as of 2023-12-31\"" },
	{ "a county of a day it was not there", STUDY "[group one]\ncodes = 59110\n"
	    "[area north]\ncounty = Viken as of 2024-01-01\n", 7, "until 2023-12-31" },
	{ "as of no day", STUDY "[group one]\ncodes = 59110\n"
	    "[area north]\ncounty = Finnmark as of 2016\n", 7, "YYYY-MM-DD" },
	{ "as of a day before the lists", STUDY "[group one]\ncodes = 59110\n"
	    "[area north]\ncounty = Finnmark as of 1999-01-01\n", 7, "2002-01-01" },
	{ "as of a day after the register's", STUDY "[group one]\ncodes = 59110\n"
	    "[area north]\ncounty = Finnmark as of 2026-11-26\n", 7, "is of 2026-11-25" },
	{ "a municipality of another day twice", STUDY "[group one]\ncodes = 59110\n"
	    "[area a]\ncounty = Buskerud\n[area b]\n"
	    "municipality = Svelvik as of 2016-01-01\n", 9, "3301 is in area a already" },
	{ "an exception of another day outside", STUDY "[group one]\ncodes = 59110\n"
	    "[area a]\ncounty = Buskerud\nexcept = Halden as of 2016-01-01\n", 8,
	    "not in area a anyway" },
	{ "an unknown municipality", STUDY "[group one]\ncodes = 59110\n"
	    "[area north]\nmunicipality = Drammmen\n", 7, "Drammen" },
	{ "a number that is none", STUDY "[group one]\ncodes = 59110\n"
	    "[area north]\nmunicipality = 9998\n", 7, "9998" },
	{ "an ambiguous municipality", STUDY "[group one]\ncodes = 59110\n"
	    "[area west]\nmunicipality = Her\xc3\xb8y\n", 7, "1818" },
	{ "an exception outside the area", STUDY "[group one]\ncodes = 59110\n"
	    "[area east]\ncounty = Buskerud\nexcept = 0301\n", 8, "" },
	{ "an exception from a list of municipalities", STUDY "[group one]\n"
	    "codes = 59110\n[area east]\nmunicipality = Lier\nexcept = Drammen\n", 8,
	    "not in area east anyway" },
	{ "the same exception twice", STUDY "[group one]\ncodes = 59110\n"
	    "[area east]\ncounty = Buskerud\nexcept = Drammen, 3301\n", 8,
	    "not in area east anyway" },
	{ "a place in two areas", STUDY "[group one]\ncodes = 59110\n"
	    "[area east]\ncounty = Buskerud\n[area town]\nmunicipality = Drammen\n", 9,
	    "3301 is in area east already" },
	{ "a county in two areas", STUDY "[group one]\ncodes = 59110\n"
	    "[area town]\nmunicipality = Drammen\n[area east]\ncounty = Buskerud\n", 9,
	    "3301 is in area town already" },
};

static void
a_fault_is_named_by_its_line(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct study *s = read_study(faults[i].text);
		struct study_faults found = { NULL, 0 };
		struct population *p;
		struct err err = { 0, "" };
		char front[40];

		snprintf(front, sizeof(front), "dir/test.ini:%d: ", faults[i].line);
		if (make(s, "2026-11-25", &p, &found, &err) != -1 || p != NULL ||
		    found.n != 1 || err.status != EX_CONFIG ||
		    found.fault[0].line != faults[i].line ||
		    strstr(found.fault[0].text, faults[i].text_has) == NULL ||
		    strncmp(err.text, front, strlen(front)) != 0) {
			print_error("%s: %zu faults, %s\n", faults[i].says, found.n,
			    err.text);
			bad++;
		}
		study_faults_free(&found);
		study_free(s);
	}
	assert_int_equal(bad, 0);
}

/* All of them in one reading, also without somewhere to put them. */
static void
every_fault_is_found(void **state)
{
	struct study *s = read_study(STUDY "[group one]\ncodes = 59190 47594 99999\n"
	    "[codes]\n47594 -> 01.110 = no\n"
	    "[area north]\ncounty = Finmark\nexcept = Tromsooo\n");
	struct study_faults found = { NULL, 0 };
	struct population *p;
	struct err err = { 0, "" };

	(void)state;
	study_fault(&found, 1, "one that was there");
	assert_int_equal(make(s, "2026-11-25", &p, &found, &err), -1);
	assert_int_equal(found.n, 6);
	assert_non_null(strstr(err.text, "dir/test.ini:5: "));
	study_faults_free(&found);
	assert_int_equal(make(s, "2026-11-25", &p, NULL, &err), -1);
	study_free(s);
}

/* What an area leaves out another may have, whichever stands first. */
static void
an_exception_may_be_an_area_of_its_own(void **state)
{
	static const char east[] = "[area east]\ncounty = Buskerud\nexcept = Drammen\n";
	static const char town[] = "[area town]\nmunicipality = Drammen\n";

	(void)state;
	for (int order = 0; order < 2; order++) {
		struct buf b = BUF(4000);
		struct population *p;
		struct study *s;
		struct err err = { 0, "" };

		buf_printf(&b, STUDY "[group one]\ncodes = 59110\n%s%s",
		    order ? east : town, order ? town : east);
		s = read_study(buf_text(&b));
		if (make(s, "2026-11-25", &p, NULL, &err) != 0)
			fail_msg("%s", err.text);
		assert_string_equal(s->area[p->area_of[3301] - 1].name, "town");
		assert_string_equal(s->area[p->area_of[3312] - 1].name, "east");
		assert_int_equal(p->area_of[301], 0);
		population_free(p);
		study_free(s);
		buf_free(&b);
	}
}

/* With several counties an exception may be in any of them. */
static void
an_exception_may_be_in_any_county_of_the_area(void **state)
{
	struct study *s = read_study(STUDY "[group one]\ncodes = 59110\n"
	    "[area both]\ncounty = Finnmark, Buskerud\nexcept = Alta, Drammen\n");
	struct population *p;
	struct err err = { 0, "" };

	(void)state;
	if (make(s, "2026-11-25", &p, NULL, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(p->area_of[5601], 0);
	assert_int_equal(p->area_of[3301], 0);
	assert_int_equal(p->area_of[5603], 1);
	population_free(p);
	study_free(s);
}

/* "5601 5603": the municipalities of an area. */
static void
numbers(const struct population *p, size_t area, struct buf *b)
{
	char text[8];

	for (int32_t i = 0; i < POPULATION_PLACES; i++)
		if (p->area_of[i] == 1 + area)
			buf_printf(b, "%s%s", b->len > 0 ? " " : "",
			    region_text(i, text));
}

/* An area as it was, in the register's numbers; "!" and what is from outside. */
static const struct {
	const char *area, *on, *want;
} as_of[] = {
	{ "county = Finnmark as of 2016-01-01\n", "2026-11-25",
	  "5601 5603 5605 5607 5610 5612 5614 5616 5618 5620 5622 5624 5626 5628 5630 "
	  "5632 5634 5636" },
	{ "county = 20 as of 2016-01-01\n", "2022-06-01",
	  "5403 5404 5405 5406 5430 5432 5433 5434 5435 5436 5437 5438 5439 5440 5441 "
	  "5442 5443 5444" },
	{ "county = Oslo as of 2016-01-01\n", "2026-11-25", "0301" },
	{ "county = Buskerud as of 2016-01-01\nexcept = Asker, Drammen\n", "2026-11-25",
	  "3303 3305 3310 3312 3314 3316 3318 3320 3322 3324 3326 3328 3330 3332 3334 "
	  "3336 3338" },
	{ "municipality = \xc3\x85lesund as of 2023-12-31, 1516\n", "2026-11-25",
	  "1508 1516 1580" },
	{ "municipality = Svelvik as of 2016-01-01\n", "2026-11-25",
	  "3301 !3301:0602+0625" },
	{ "municipality = Svelvik as of 2016-01-01, 0602 as of 2018-12-31,\n"
	  " Nedre Eiker as of 2002-01-01\n", "2026-11-25", "3301" },
	{ "county = \xc3\x98stfold as of 2019-12-31, Akershus as of 2019-12-31\n",
	  "2020-01-01", "3001 3002 3003 3004 3011 3012 3013 3014 3015 3016 3017 3018 3019 "
	  "3020 3021 3022 3023 3024 3025 3026 3027 3028 3029 3030 3031 3032 3033 3034 3035 "
	  "3036 3037 !3025:0627+0628" },
	{ "county = Vestfold as of 2016-01-01\nexcept = Sande (Vestfold) as of 2016-01-01,"
	  " Hof as of 2016-01-01\n", "2026-11-25",
	  "3301 3901 3905 3907 3909 3911 !3301:0602+0625" },
};

static void
an_area_of_another_day_is_carried_forward(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(as_of) / sizeof(as_of[0]); i++) {
		struct buf b = BUF(4000), got = BUF(4000);
		struct population *p;
		struct study *s;
		struct err err = { 0, "" };
		char text[8];

		buf_printf(&b, STUDY "[group one]\ncodes = 59110\n[area a]\n%s",
		    as_of[i].area);
		s = read_study(buf_text(&b));
		if (make(s, as_of[i].on, &p, NULL, &err) != 0)
			fail_msg("%s: %s", as_of[i].area, err.text);
		numbers(p, 0, &got);
		for (size_t t = 0; t < p->nthen; t++)
			for (size_t h = 0; h < p->then[t].carry->nheir; h++) {
				const struct region_heir *e = &p->then[t].carry->heir[h];

				if (e->noutside == 0 || p->area_of[e->place->number] == 0)
					continue;
				buf_printf(&got, " !%s:",
				    region_text(e->place->number, text));
				for (size_t o = 0; o < e->noutside; o++)
					buf_printf(&got, "%s%s", o > 0 ? "+" : "",
					    region_text(e->outside[o]->number, text));
			}
		if (strcmp(buf_text(&got), as_of[i].want) != 0) {
			print_error("%s: got %s\n", as_of[i].area, buf_text(&got));
			bad++;
		}
		population_free(p);
		study_free(s);
		buf_free(&b);
		buf_free(&got);
	}
	assert_int_equal(bad, 0);
}

static size_t
places(const struct population *p, size_t area)
{
	size_t n = 0;

	for (size_t i = 0; i < POPULATION_PLACES; i++)
		n += p->area_of[i] == 1 + area;
	return n;
}

/* The report's own study: 32 written codes, three areas. */
static void
the_reports_study_is_what_the_tables_say(void **state)
{
	size_t count[NACE_FATES] = { 0 }, exact = 0, wide = 0, from = 0;
	struct study *s;
	struct population *p;
	struct err err = { 0, "" };

	(void)state;
	assert_int_equal(study_read("config/studies/mikrobedrifter.ini", &s, NULL, &err),
	    0);
	assert_int_equal(make(s, "2026-11-25", &p, NULL, &err), 0);
	assert_int_equal(p->ncode, 32);
	for (size_t i = 0; i < p->ncode; i++) {
		count[p->plan->step[i].fate]++;
		from += p->written[i].item->nleaf;
	}
	assert_int_equal(from, 37);
	assert_int_equal(count[NACE_SAME], 12);
	assert_int_equal(count[NACE_SCOPE], 3);
	assert_int_equal(count[NACE_NOT_A_CODE], 1);
	assert_int_equal(p->plan->ntarget, 44);
	for (size_t i = 0; i < p->plan->ntarget; i++) {
		exact += p->target[i].kept && p->plan->target[i].nother == 0;
		wide += p->target[i].kept && p->plan->target[i].nother > 0;
	}
	assert_int_equal(exact, 28);
	assert_int_equal(wide, 14);		/* 16, and two that the file takes out */
	assert_int_equal(p->group_of[47920], 0);
	assert_int_equal(p->group_of[52320], 0);
	assert_string_equal(s->group[p->group_of[90202] - 1].name, "culture");
	assert_string_equal(s->group[p->group_of[93291] - 1].name, "experience");
	for (size_t a = 0; a < s->narea; a++)
		assert_int_equal(places(p, a), strcmp(s->area[a].name, "more") == 0 ? 27 :
		    strcmp(s->area[a].name, "finnmark") == 0 ? 18 : 17);
	assert_int_equal(p->area_of[3301], 0);
	population_free(p);
	study_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_become_those_of_the_register),
		cmocka_unit_test(an_old_register_takes_the_codes_as_written),
		cmocka_unit_test(a_fault_is_named_by_its_line),
		cmocka_unit_test(every_fault_is_found),
		cmocka_unit_test(an_exception_may_be_an_area_of_its_own),
		cmocka_unit_test(an_area_of_another_day_is_carried_forward),
		cmocka_unit_test(an_exception_may_be_in_any_county_of_the_area),
		cmocka_unit_test(the_reports_study_is_what_the_tables_say),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
