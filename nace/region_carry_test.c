/* A county of one day in the municipalities of another; "as of"; histories. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "nace/region_table.h"

enum { MOST = 1000 };

static struct region *region;

static int
setup(void **state)
{
	struct err err;

	(void)state;
	return (region = region_load(&err)) != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
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

/* "21 in 19 3203<0220 1534>1508+1580": how many municipalities in how many, what
 * comes in from outside, what was split. */
static void
carried(int32_t county, const char *from, const char *to, struct buf *b)
{
	const struct region_place *set[MOST];
	size_t n = region_places(region, county, day(from), set, MOST);
	struct region_carry *c = region_carry(region, set, n, day(from), day(to));
	char s[8];

	buf_printf(b, "%zu in %zu", n, c->nheir);
	for (size_t i = 0; i < c->nheir; i++) {
		assert_true(i == 0 ||
		    c->heir[i - 1].place->number < c->heir[i].place->number);
		assert_ptr_equal(c->heir[i].place, region_place(region,
		    c->heir[i].place->number, day(to)));
		if (c->heir[i].noutside > 0)
			buf_printf(b, " %s<", region_text(c->heir[i].place->number, s));
		for (size_t k = 0; k < c->heir[i].noutside; k++)
			buf_printf(b, "%s%s", k > 0 ? "+" : "",
			    region_text(c->heir[i].outside[k]->number, s));
	}
	for (size_t i = 0; i < c->nsplit; i++) {
		buf_printf(b, " %s>", region_text(c->split[i].old->number, s));
		for (size_t k = 0; k < c->split[i].into.n; k++)
			buf_printf(b, "%s%s", k > 0 ? "+" : "",
			    region_text(c->split[i].into.to[k]->number, s));
	}
	region_carry_free(c);
}

static void
counties(void **state)
{
	static const struct { int32_t county; const char *from, *to, *want; } t[] = {
		{ 20, "2016-01-01", "2026-11-25", "19 in 18" },
		{ 20, "2002-01-01", "2026-11-25", "19 in 18" },
		{ 6, "2016-01-01", "2026-11-25", "21 in 19 3203<0220 3301<0711" },
		/* Viken held all of them but Svelvik's share of Drammen */
		{ 30, "2020-01-01", "2026-11-25", "51 in 51" },
		{ 15, "2016-01-01", "2026-11-25", "36 in 29 1577<1444 "
		  "5055<1612+1613 1504>1508+1580 1523>1508+1580 1529>1508+1580 "
		  "1534>1508+1580 1546>1508+1580" },
		{ 16, "2016-01-01", "2026-11-25", "25 in 19 5054<1718 5055<1571 "
		  "1613>5055+5056+5059" },
		/* forward by nothing */
		{ 15, "2023-12-31", "2023-12-31", "26 in 26" },
		{ 15, "2023-12-31", "2024-01-01", "26 in 27 1507>1508+1580" },
		{ 18, "2019-12-31", "2020-01-01", "44 in 42 5412<1913 1850>1806+1875" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct buf b = BUF(2000);

		carried(t[i].county, t[i].from, t[i].to, &b);
		assert_string_equal(buf_text(&b), t[i].want);
		buf_free(&b);
	}
}

/* All of the country, carried anywhere, is all of the country, and nothing comes
 * in from outside. */
static void
whole_country(void **state)
{
	static const char *const days[] = { "2002-01-01", "2006-01-01", "2016-01-01",
		"2018-01-01", "2020-01-01", "2024-01-01", "2026-11-25" };
	enum { DAYS = sizeof(days) / sizeof(days[0]) };

	(void)state;
	for (size_t a = 0; a < DAYS; a++)
		for (size_t b = a; b < DAYS; b++) {
			const struct region_place *set[MOST];
			size_t n = region_places(region, 0, day(days[a]), set, MOST);
			struct region_carry *c = region_carry(region, set, n,
			    day(days[a]), day(days[b]));

			assert_int_equal(c->nheir, region_places(region, 0,
			    day(days[b]), NULL, 0));
			for (size_t i = 0; i < c->nheir; i++)
				assert_int_equal(c->heir[i].noutside, 0);
			region_carry_free(c);
		}
}

static void
as_of(void **state)
{
	static const struct { const char *s; size_t len; const char *day; } good[] = {
		{ "Finnmark", 8, NULL },
		{ "Finnmark as of 2016-01-01", 8, "2016-01-01" },
		{ "20\tAS  OF\t2016-01-01 ", 2, "2016-01-01" },
		{ "Nes as of Asker as of 2002-01-01", 15, "2002-01-01" },
		{ "Asof 2016-01-01", 15, NULL },
		{ "Vas as ofoten", 13, NULL },
		{ "", 0, NULL },
	};
	static const struct { const char *s, *why; } bad[] = {
		{ "Finnmark as of", "not by \"\"" },
		{ "Finnmark as of 2016", "not by \"2016\"" },
		{ "Finnmark as of 2016-02-30", "not by \"2016-02-30\"" },
		{ "Finnmark as of 2016-01-01 x", "YYYY-MM-DD" },
		{ "Finnmark as of 2001-12-31", "begin 2002-01-01" },
		{ "  as of 2016-01-01", "no name" },
	};
	struct err err;
	size_t len;
	int32_t d;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(region_as_of(good[i].s, &len, &d, &err), 0);
		assert_int_equal(len, good[i].len);
		assert_int_equal(d, good[i].day != NULL ? day(good[i].day) : DATE_NONE);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(region_as_of(bad[i].s, &len, &d, &err), -1);
		assert_int_equal(err.status, EX_DATAERR);
		assert_non_null(strstr(err.text, bad[i].why));
	}
}

static void
history(void **state)
{
	const struct region_place *p[MOST];
	const struct region_county *c[MOST];

	(void)state;
	assert_int_equal(region_place_history(region, "Haram", p, MOST), 2);
	assert_int_equal(p[0]->number, 1534);
	assert_int_equal(p[1]->number, 1580);
	assert_int_equal(region_place_history(region, " 1507 ", p, MOST), 1);
	assert_int_equal(region_place_history(region, "herøy", NULL, 0), 2);
	assert_int_equal(region_place_history(region, "Nowhere", p, MOST), 0);
	assert_int_equal(region_place_history(region, "", p, MOST), 0);
	assert_int_equal(region_place_history(region, "\xff", p, MOST), 0);
	assert_int_equal(region_county_history(region, "FINNMARK fylke", c, MOST), 2);
	assert_int_equal(c[0]->number, 20);
	assert_int_equal(c[1]->number, 56);
	assert_int_equal(region_county_history(region, "30", c, MOST), 1);
	assert_string_equal(c[0]->name, "Viken");
	assert_int_equal(region_county_history(region, "99", c, MOST), 0);
}

/* Sources are successors read backwards. */
static void
sources(void **state)
{
	int32_t from = day("2008-06-01"), to = day("2026-11-25");
	const struct region_place *old[MOST], *now[MOST], *of[MOST];
	size_t nold = region_places(region, 0, from, old, MOST);
	size_t nnow = region_places(region, 0, to, now, MOST), pairs = 0, back = 0;

	(void)state;
	for (size_t i = 0; i < nold; i++) {
		struct region_trace t;

		region_trace(region, old[i]->number, from, to, &t);
		pairs += t.n;
	}
	for (size_t i = 0; i < nnow; i++) {
		size_t n = region_sources(region, now[i], from, to, of, MOST);

		assert_true(n > 0);
		for (size_t k = 0; k < n; k++) {
			struct region_trace t;
			int found = 0;

			region_trace(region, of[k]->number, from, to, &t);
			for (size_t m = 0; m < t.n; m++)
				found |= t.to[m] == now[i];
			assert_true(found);
		}
		back += n;
	}
	assert_int_equal(back, pairs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counties),
		cmocka_unit_test(whole_country),
		cmocka_unit_test(as_of),
		cmocka_unit_test(history),
		cmocka_unit_test(sources),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
