#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "pipeline/base/date.h"
#include "nace/klass_test.h"
#include "nace/region_table.h"

static struct region *region;

static int
setup(void **state)
{
	struct err err = { 0 };

	(void)state;
	region = region_load(&err);
	if (region == NULL)
		print_error("%s\n", err.text);
	return region == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	region_free(region);
	region_free(NULL);
	return 0;
}

static int32_t
day(const char *iso)
{
	int32_t d;

	assert_int_equal(date_parse(iso, strlen(iso), &d), 0);
	return d;
}

static int32_t
num(const char *s)
{
	int32_t n;

	assert_int_equal(region_number(s, strlen(s), &n), 0);
	return n;
}

static void
how_many(void **state)
{
	static const struct { const char *day; size_t places, counties; } t[] = {
		{ "1999-01-01", 434, 19 },	/* as of 2002 */
		{ "2002-01-01", 434, 19 }, { "2016-06-01", 428, 19 },
		{ "2018-01-01", 422, 18 }, { "2019-12-31", 422, 18 },
		{ "2020-01-01", 356, 11 }, { "2023-12-31", 356, 11 },
		{ "2024-01-01", 357, 15 }, { "2026-11-25", 357, 15 },
	};
	static const struct { const char *day; int32_t county; size_t n; } per[] = {
		{ "2026-11-25", 33, 18 }, { "2026-11-25", 56, 18 },
		{ "2026-11-25", 15, 27 }, { "2016-06-01", 15, 36 },
		{ "2016-06-01", 6, 21 }, { "2026-11-25", 6, 0 },
		{ "2026-11-25", 21, 0 }, { "2026-11-25", 3, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		const struct region_place *p[500];
		const struct region_county *c[30];
		size_t n = region_places(region, 0, day(t[i].day), p, 500);

		assert_int_equal(n, t[i].places);
		assert_int_equal(region_counties(region, day(t[i].day), c, 30),
		    t[i].counties);
		for (size_t k = 1; k < n; k++)
			assert_true(p[k - 1]->number < p[k]->number);
		for (size_t k = 0; k < n; k++) {
			c[0] = region_county_of(region, p[k]->number, day(t[i].day));
			assert_non_null(c[0]);
			assert_int_equal(c[0]->number, p[k]->number / 100);
		}
	}
	for (size_t i = 0; i < sizeof(per) / sizeof(per[0]); i++)
		assert_int_equal(region_places(region, per[i].county,
		    day(per[i].day), NULL, 0), per[i].n);
}

static void
on_its_day(void **state)
{
	int32_t now = day("2026-11-25");

	(void)state;
	assert_string_equal(region_place(region, 1531, now)->name, "Sula");
	assert_string_equal(region_place(region, 1806, now)->name, "Narvik");
	assert_null(region_place(region, 1806, day("2019-12-31")));
	assert_string_equal(region_place(region, 701, day("2002-06-01"))->name, "Borre");
	assert_string_equal(region_place(region, 701, day("2003-01-01"))->name, "Horten");
	assert_string_equal(region_place(region, 3301, day("2024-01-01"))->name, "Drammen");
	assert_null(region_place(region, 3301, day("2023-12-31")));
	assert_null(region_place(region, 3005, day("2024-01-01")));
	assert_null(region_place(region, 0, now));
	assert_null(region_place(region, -1, now));
	assert_null(region_place(region, 10000, now));
	assert_int_equal(region_place(region, 2100, now)->special, 1);
	assert_string_equal(region_place(region, 2100, day("2005-01-01"))->name, "Svalbard");
	assert_null(region_county_of(region, 2100, now));
	assert_null(region_county_of(region, 1234, now));
	assert_null(region_county_of(region, 9999, now));
	assert_int_equal(region_county_of(region, 1507, day("2021-01-01"))->number, 15);
	/* the same name, three numbers */
	assert_string_equal(region_county(region, 20, day("2019-12-31"))->name, "Finnmark");
	assert_null(region_county(region, 20, day("2020-01-01")));
	assert_string_equal(region_county(region, 54, day("2020-01-01"))->name,
	    "Troms og Finnmark");
	assert_string_equal(region_county(region, 56, day("2024-01-01"))->name, "Finnmark");
	assert_null(region_county(region, 56, day("2023-12-31")));
	assert_null(region_county(region, 99, now));
}

static void
numbers(void **state)
{
	char out[8];
	int32_t n = -7;

	(void)state;
	assert_string_equal(region_text(301, out), "0301");
	assert_string_equal(region_text(2012, out), "2012");
	assert_string_equal(region_text(0, out), "");
	assert_string_equal(region_text(10000, out), "");
	assert_string_equal(region_county_text(3, out), "03");
	assert_string_equal(region_county_text(100, out), "");
	assert_string_equal(region_county_text(0, out), "");
	assert_int_equal(region_number("0301", 4, &n), 0);
	assert_int_equal(n, 301);
	assert_int_equal(region_number("301", 3, &n), -1);
	assert_int_equal(region_number("03010", 5, &n), -1);
	assert_int_equal(region_number("03a1", 4, &n), -1);
	assert_int_equal(region_number("03:1", 4, &n), -1);
	assert_int_equal(region_number("03/1", 4, &n), -1);
	assert_int_equal(region_county_number("03", 2, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(region_county_number("3", 1, &n), -1);
	assert_null(strchr(region_version(region), '\n'));
}

static void
trace(void **state)
{
	static const struct {
		const char *number, *from, *to;
		enum region_fate fate;
		const char *want;	/* successors */
		int32_t county;
	} t[] = {
		{ "1515", "2005-01-01", "2026-01-01", REGION_SAME, "1515", 15 },
		{ "0604", "2019-06-01", "2021-01-01", REGION_RENUMBERED, "3006", 30 },
		{ "0604", "2019-06-01", "2026-01-01", REGION_RENUMBERED, "3303", 33 },
		{ "0602", "2019-12-31", "2020-01-01", REGION_MERGED, "3005", 30 },
		{ "0711", "2019-12-31", "2024-01-01", REGION_MERGED, "3301", 33 },
		{ "3005", "2023-12-31", "2024-01-01", REGION_RENUMBERED, "3301", 33 },
		{ "0602", "2019-01-01", "2019-12-31", REGION_SAME, "0602", 6 },
		{ "0616", "2019-01-01", "2026-01-01", REGION_RENUMBERED, "3322", 33 },
		/* across a county's border */
		{ "0532", "2019-01-01", "2026-01-01", REGION_RENUMBERED, "3236", 32 },
		{ "0627", "2019-01-01", "2026-01-01", REGION_MERGED, "3203", 32 },
		{ "1444", "2019-01-01", "2026-01-01", REGION_MERGED, "1577", 15 },
		{ "1567", "2018-01-01", "2026-01-01", REGION_RENUMBERED, "5061", 50 },
		{ "1571", "2018-01-01", "2026-01-01", REGION_MERGED, "5055", 50 },
		{ "1852", "2019-01-01", "2026-01-01", REGION_MERGED, "5512", 55 },
		/* Finnmark's numbers, through 54 */
		{ "2012", "2016-01-01", "2026-01-01", REGION_RENUMBERED, "5601", 56 },
		{ "2017", "2016-01-01", "2026-01-01", REGION_MERGED, "5603", 56 },
		/* the four splits */
		{ "1507", "2023-12-31", "2024-01-01", REGION_SPLIT, "1508 1580", 15 },
		{ "1534", "2019-12-31", "2026-01-01", REGION_SPLIT, "1508 1580", 15 },
		{ "1534", "2019-12-31", "2023-01-01", REGION_MERGED, "1507", 15 },
		{ "1850", "2019-12-31", "2020-01-01", REGION_SPLIT, "1806 1875", 18 },
		{ "5012", "2019-12-31", "2020-01-01", REGION_SPLIT, "5055 5056 5059", 50 },
		{ "1613", "2017-12-31", "2026-01-01", REGION_SPLIT, "5055 5056 5059", 50 },
		{ "0720", "2016-12-31", "2017-01-01", REGION_SPLIT, "0704 0710", 7 },
		{ "0720", "2016-12-31", "2026-01-01", REGION_SPLIT, "3905 3907", 39 },
		/* took land in, kept its number */
		{ "0704", "2016-12-31", "2017-01-01", REGION_MERGED, "0704", 7 },
		{ "0704", "2017-01-01", "2019-12-31", REGION_SAME, "0704", 7 },
		/* a new name is no change */
		{ "0701", "2002-01-01", "2019-12-31", REGION_SAME, "0701", 7 },
		{ "2100", "2002-01-01", "2026-01-01", REGION_SAME, "2100", 0 },
		{ "1234", "2020-01-01", "2026-01-01", REGION_UNKNOWN, "", 0 },
		{ "3301", "2019-01-01", "2026-01-01", REGION_UNKNOWN, "", 0 },
		{ "0000", "2019-01-01", "2026-01-01", REGION_UNKNOWN, "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct region_trace got;
		struct buf b = BUF(200);
		char s[8];

		region_trace(region, num(t[i].number), day(t[i].from),
		    day(t[i].to), &got);
		for (size_t k = 0; k < got.n; k++)
			buf_printf(&b, "%s%s", k > 0 ? " " : "",
			    region_text(got.to[k]->number, s));
		if (got.fate != t[i].fate || strcmp(buf_text(&b), t[i].want) != 0)
			fail_msg("%s %s: %s %s", t[i].number, t[i].to,
			    region_fate_text(got.fate, LANG_EN), buf_text(&b));
		assert_int_equal(got.county, t[i].county);
		buf_free(&b);
	}
	for (int f = 0; f < REGION_FATES; f++)
		assert_string_not_equal(region_fate_text((enum region_fate)f, LANG_NB),
		    region_fate_text((enum region_fate)f, LANG_EN));
}

/* Wherever a municipality goes, it arrives somewhere in force that day. */
static void
nothing_is_lost(void **state)
{
	static const char *const days[] = { "2002-01-01", "2008-01-01", "2017-01-01",
	    "2019-12-31", "2020-01-01", "2023-12-31", "2026-11-25" };
	enum { DAYS = sizeof(days) / sizeof(days[0]) };

	(void)state;
	for (size_t a = 0; a < DAYS; a++)
		for (size_t b = a; b < DAYS; b++) {
			const struct region_place *p[500];
			size_t n = region_places(region, 0, day(days[a]), p, 500);

			for (size_t i = 0; i < n; i += a == b ? 1 : 7) {
				struct region_trace got;

				region_trace(region, p[i]->number, day(days[a]),
				    day(days[b]), &got);
				assert_true(got.n > 0);
				assert_true(a != b || got.fate == REGION_SAME);
				for (size_t k = 0; k < got.n; k++)
					assert_ptr_equal(got.to[k], region_place(region,
					    got.to[k]->number, day(days[b])));
			}
		}
}

/* What has not happened yet: parts in two counties, and parts joined again. */
static void
made_up_country(void **state)
{
	struct region_place_row rows[] = {
		{ { 101, 0, "A", DATE_NONE, 12000 }, { NULL }, { 301, 102, 201 } },
		{ { 102, 0, "B", 12000, 13000 }, { NULL }, { 205 } },
		{ { 201, 0, "C", 12000, 14000 }, { NULL }, { 205 } },
		{ { 205, 0, "D", 13000, DATE_NONE }, { NULL }, { 0 } },
		{ { 301, 0, "E", 12000, 13000 }, { NULL }, { 205 } },
	};
	struct region r = { NULL, 0, rows, 5, { NULL }, NULL };
	struct region_trace t;

	(void)state;
	region_trace(&r, 101, 11900, 12000, &t);
	assert_int_equal(t.fate, REGION_SPLIT);
	assert_int_equal(t.n, 3);
	assert_int_equal(t.to[0]->number, 102);
	assert_int_equal(t.to[1]->number, 201);
	assert_int_equal(t.to[2]->number, 301);
	assert_int_equal(t.county, 0);
	region_trace(&r, 101, 11900, 13500, &t);
	assert_int_equal(t.n, 2);
	assert_int_equal(t.county, 2);
	region_trace(&r, 101, 11900, 15000, &t);
	assert_int_equal(t.fate, REGION_RENUMBERED);
	assert_int_equal(t.n, 1);
	region_trace(&r, 201, 12500, 13500, &t);
	assert_int_equal(t.fate, REGION_SAME);
}

/* ---- against the lists themselves, where they are at hand ------------------ */

static void
klass_successors(void **state)
{
	struct csv c;
	struct err err = { 0 };
	int32_t first = day("2002-01-01"), now = day("2026-11-25");
	size_t rows = 0, split = 0;

	(void)state;
	klass_open("kommune_2002-2024_to_2024.csv", &c);
	for (; csv_next(&c, &err) == 1; rows++) {
		int32_t n = num(c.field[0]), from = day(c.field[2]);
		const struct region_place *p;
		struct region_trace got;
		struct buf b = BUF(200);
		const char *name = c.field[1];
		char s[8];

		if (n == 9999)
			continue;
		if (from < first)
			from = first;
		p = region_place(region, n, from);
		assert_non_null(p);
		while (*name == ' ')
			name++;
		assert_memory_equal(p->name, name, strlen(p->name));
		assert_int_equal(p->to == DATE_NONE, c.field[3][0] == '\0');
		if (p->to != DATE_NONE)
			assert_int_equal(p->to, day(c.field[3]));
		region_trace(region, n, from, now, &got);
		assert_int_equal(got.n, (size_t)(c.field[4][0] - '0'));
		assert_int_equal(got.fate == REGION_SPLIT, got.n > 1);
		split += got.n > 1;
		for (size_t k = 0; k < got.n; k++)
			buf_printf(&b, "%s%s", k > 0 ? " " : "",
			    region_text(got.to[k]->number, s));
		for (char *x = c.field[5]; *x != '\0'; x++)
			if (*x < '0' || *x > '9')
				*x = ' ';
		assert_string_equal(buf_text(&b), c.field[5]);
		buf_free(&b);
	}
	csv_close(&c);
	assert_string_equal(err.text, "");
	assert_true(rows > 900 && split > 5);
}

/* Every change since 2002 as Statistics Norway lists it: a number that went over
 * into another is followed there, one that went over into itself has a new name
 * or has taken land in. */
static void
klass_changes(void **state)
{
	struct csv c;
	struct err err = { 0 };
	size_t rows = 0;

	(void)state;
	klass_open("kommune_131_all_changes_1838-2024.csv", &c);
	while (csv_next(&c, &err) == 1) {
		int32_t on = day(c.field[0]), old, new;
		struct region_trace t;
		int found = 0;

		if (on <= day("2002-01-01"))
			continue;
		rows++;
		old = num(c.field[1]);
		new = num(c.field[3]);
		region_trace(region, old, on - 1, on, &t);
		for (size_t i = 0; i < t.n; i++)
			found |= t.to[i]->number == new;
		if (!found || t.to[0]->from > on)
			fail_msg("%s: %s to %s", c.field[0], c.field[1], c.field[3]);
	}
	csv_close(&c);
	assert_string_equal(err.text, "");
	assert_true(rows > 500);
}

/* Every number with each of its names that was in force on some day since 2002. */
static void
klass_places(void **state)
{
	struct csv c;
	struct err err = { 0 };
	int32_t first = day("2002-01-01");
	size_t rows = 0;

	(void)state;
	klass_open("kommune_131_all_codes_1838-2024.csv", &c);
	while (csv_next(&c, &err) == 1) {
		int32_t from = day(c.field[3]);
		int32_t to = c.field[4][0] == '\0' ? DATE_NONE : day(c.field[4]);
		const struct region_place *p;
		const char *name = c.field[1];

		if (num(c.field[0]) == 9999 || (to != DATE_NONE && to <= first))
			continue;
		rows++;
		p = region_place(region, num(c.field[0]), from < first ? first : from);
		assert_non_null(p);
		while (*name == ' ')
			name++;
		assert_memory_equal(p->name, name, strlen(p->name));
		assert_int_equal(p->from, from);
		assert_int_equal(p->to, to);
	}
	csv_close(&c);
	assert_string_equal(err.text, "");
	assert_true(rows > 900);
}

static void
klass_counties(void **state)
{
	struct csv c;
	struct err err = { 0 };
	size_t rows = 0;

	(void)state;
	klass_open("fylke_104_history.csv", &c);
	while (csv_next(&c, &err) == 1) {
		int32_t from = c.field[2][0] == '\0' ? DATE_NONE : day(c.field[2]);
		int32_t to = c.field[3][0] == '\0' ? DATE_NONE : day(c.field[3]) + 1;
		const struct region_county *county;
		int32_t n;

		assert_int_equal(region_county_number(c.field[0], strlen(c.field[0]),
		    &n), 0);
		/* no counties: Svalbard, and what is not stated */
		if (n == 21 || n == 99) {
			assert_null(region_county(region, n, day("2026-11-25")));
			continue;
		}
		rows++;
		county = region_county(region, n, to != DATE_NONE ? to - 1 :
		    day("2026-11-25"));
		assert_non_null(county);
		assert_string_equal(county->name, c.field[1]);
		assert_int_equal(county->from, from);
		assert_int_equal(county->to, to);
		assert_null(to != DATE_NONE ? region_county(region, n, to) : NULL);
	}
	csv_close(&c);
	assert_string_equal(err.text, "");
	assert_int_equal(rows, 33);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(how_many),
		cmocka_unit_test(on_its_day),
		cmocka_unit_test(numbers),
		cmocka_unit_test(trace),
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(made_up_country),
		cmocka_unit_test(klass_successors),
		cmocka_unit_test(klass_changes),
		cmocka_unit_test(klass_places),
		cmocka_unit_test(klass_counties),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
