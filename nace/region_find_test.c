#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "nace/fold.h"
#include "nace/region.h"
#include "nace/region_name.h"
#include "nace/region_table.h"

static struct region *region;

static int
setup(void **state)
{
	struct err err = { 0 };

	(void)state;
	region = region_load(&err);
	return region == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	region_free(region);
	return 0;
}

static int32_t
day(const char *iso)
{
	int32_t d;

	assert_int_equal(date_parse(iso, strlen(iso), &d), 0);
	return d;
}

static void
counties(void **state)
{
	static const struct { const char *day, *in; int32_t want; const char *why; } t[] = {
		{ "2026-01-01", "15", 15, NULL }, { "2026-01-01", " 15 ", 15, NULL },
		{ "2026-01-01", "3", 3, NULL }, { "2026-01-01", "03", 3, NULL },
		{ "2026-01-01", "Møre og Romsdal", 15, NULL },
		{ "2026-01-01", "MØRE OG ROMSDAL", 15, NULL },
		{ "2026-01-01", "Møre & Romsdal", 15, NULL },
		{ "2026-01-01", "Møre&Romsdal", 15, NULL },
		{ "2026-01-01", "Mo\xcc\xb8re og Romsdal", -1, "did you mean Møre og Romsdal" },
		{ "2026-01-01", "møre og romsdal fylke", 15, NULL },
		{ "2026-01-01", "Møre og Romsdal fylkeskommune", 15, NULL },
		{ "2026-01-01", "Oslo kommune", 3, NULL },
		{ "2026-01-01", "Finnmark", 56, NULL }, { "2021-01-01", "Troms og Finnmark", 54, NULL },
		{ "2019-01-01", "Finnmark", 20, NULL }, { "2026-01-01", "Finnmárku", 56, NULL },
		{ "2026-01-01", "FINNMÁRKU", 56, NULL },
		{ "2026-01-01", "Finnmark - Finnmárku - Finmarkku", 56, NULL },
		{ "2026-01-01", "Tromssa/Romsa/Troms", 55, NULL },
		{ "2019-01-01", "Buskerud", 6, NULL }, { "2021-01-01", "Viken", 30, NULL },
		{ "2026-01-01", "Buskerud", 33, NULL }, { "2016-01-01", "Sør Trøndelag", 16, NULL },
		{ "2026-01-01", "Trøndelag - Trööndelage", 50, NULL },
		/* of another day */
		{ "2026-01-01", "20", -1, "Finnmark (20) was a county until 2019-12-31; "
		    "now: Finnmark (56)" },
		{ "2026-01-01", "06", -1, "Buskerud (06) was a county until 2019-12-31; "
		    "now: Buskerud (33)" },
		{ "2021-01-01", "Finnmark", -1, "is a county from 2024-01-01 only" },
		{ "2021-01-01", "06", -1, "now: Viken (30)" },
		{ "2026-01-01", "Viken", -1, "Viken (30) was a county until 2023-12-31; "
		    "now: Østfold (31), Akershus (32), Buskerud (33)" },
		{ "2026-01-01", "Hordaland", -1, "now: Vestland (46)" },
		{ "2019-06-01", "Viken", -1, "Viken (30) is a county from 2020-01-01 only" },
		{ "2026-01-01", "Troms og Finnmark", -1, "now: Troms (55), Finnmark (56)" },
		{ "2019-12-31", "33", -1, "Buskerud (33) is a county from 2024-01-01 only" },
		/* none at all */
		{ "2026-01-01", "Svalbard", -1, "Svalbard is not a county; in the register "
		    "it is municipality 2100" },
		{ "2026-01-01", "21", -1, "municipality 2100" },
		{ "2026-01-01", "Drammen", -1, "Drammen is not a county; in the register it "
		    "is municipality 3301" },
		{ "2026-01-01", "13", -1, "no county has number 13" },
		{ "2026-01-01", "00", -1, "no county has number 00" },
		{ "2026-01-01", "More og Romsdal", -1, "\"More og Romsdal\"; did you mean "
		    "Møre og Romsdal (15)?" },
		{ "2026-01-01", "Finmark", -1, "did you mean Finnmark (56)?" },
		{ "2026-01-01", "Atlantis", -1, "no county is called \"Atlantis\" on 2026-01-01" },
		{ "2026-01-01", "", -1, "no name and no number" },
		{ "2026-01-01", " \t", -1, "no name and no number" },
		{ "2026-01-01", " - ", -1, "no county is called" },
		{ "2026-01-01", "M\xf8re og Romsdal", -1, "not a name in UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		const struct region_county *c = NULL;
		struct err err = { 0 };
		int got = region_find_county(region, t[i].in, day(t[i].day), &c, &err);

		if ((got == 0) != (t[i].why == NULL) ||
		    (got == -1 && strstr(err.text, t[i].why) == NULL))
			fail_msg("%s %s: %s", t[i].day, t[i].in,
			    got == 0 ? c->name : err.text);
		if (got == 0) {
			assert_int_equal(c->number, t[i].want);
		} else {
			assert_int_equal(err.status, EX_DATAERR);
			assert_null(c);
		}
	}
}

static void
places(void **state)
{
	static const struct {
		const char *day;
		int32_t county;
		const char *in;
		int32_t want;
		const char *why;
	} t[] = {
		{ "2026-01-01", 0, "Drammen", 3301, NULL }, { "2026-01-01", 33, "DRAMMEN", 3301, NULL },
		{ "2026-01-01", 0, "3301", 3301, NULL }, { "2026-01-01", 0, "301", 301, NULL },
		{ "2019-06-01", 0, "Drammen", 602, NULL }, { "2026-01-01", 0, "Drammen kommune", 3301, NULL },
		{ "2026-01-01", 0, "Ål", 3328, NULL }, { "2026-01-01", 0, "A\xcc\x8al", 3328, NULL },
		{ "2026-01-01", 0, "Svalbard", 2100, NULL }, { "2026-01-01", 0, "2100", 2100, NULL },
		{ "2026-01-01", 0, "Nord Fron", 3436, NULL },
		/* names in several languages */
		{ "2026-01-01", 0, "Tana", 5628, NULL }, { "2026-01-01", 0, "DEATNU", 5628, NULL },
		{ "2026-01-01", 0, "Deatnu - Tana", 5628, NULL },
		{ "2026-01-01", 0, "Tana - Deatnu", 5628, NULL },
		{ "2026-01-01", 0, "Deatnu/Tana", 5628, NULL },
		{ "2026-01-01", 0, "Deatnu – Tana", 5628, NULL },
		{ "2026-01-01", 0, "Porsángu", 5622, NULL }, { "2026-01-01", 0, "PORSÁNGU", 5622, NULL },
		{ "2026-01-01", 0, "Tana - Porsanger", -1, "no municipality is called" },
		/* several of a name */
		{ "2026-01-01", 0, "Herøy", -1, "\"Herøy\" is the name of 2 municipalities; write "
		    "the number or the county behind: 1515 Herøy (Møre og Romsdal), "
		    "1818 Herøy (Nordland)" },
		{ "2026-01-01", 15, "Herøy", 1515, NULL }, { "2026-01-01", 18, "HERØY", 1818, NULL },
		{ "2026-01-01", 0, "Herøy (Møre og Romsdal)", 1515, NULL },
		{ "2026-01-01", 0, "herøy (møre & romsdal)", 1515, NULL },
		{ "2026-01-01", 0, "Herøy kommune (Nordland fylke)", 1818, NULL },
		{ "2026-01-01", 0, "Våler", -1, "3114 Våler (Østfold), 3419 Våler (Innlandet)" },
		{ "2019-06-01", 0, "Nes", -1, "0236 Nes (Akershus), 0616 Nes (Buskerud)" },
		{ "2019-06-01", 0, "Nes (Buskerud)", 616, NULL },
		/* a county behind a name that needs none, right and wrong */
		{ "2026-01-01", 0, "Lier (Buskerud)", 3312, NULL },
		{ "2026-01-01", 0, "Lier (Nordland)", -1, "did you mean 3312 Lier (Buskerud)?" },
		{ "2026-01-01", 0, "Sande", 1514, NULL }, { "2026-01-01", 0, "Sande (Møre og Romsdal)", 1514, NULL },
		/* under another county */
		{ "2026-01-01", 15, "Drammen", -1, "3301 Drammen (Buskerud) does not lie in county "
		    "15 Møre og Romsdal" },
		{ "2026-01-01", 33, "1515", -1, "does not lie in county 33 Buskerud" },
		{ "2026-01-01", 56, "2100", -1, "does not lie in county 56" },
		/* of another day */
		{ "2026-01-01", 0, "0602", -1, "0602 was Drammen until 2019-12-31; now: 3301 Drammen" },
		{ "2026-01-01", 0, "1507", -1, "1507 was Ålesund until 2023-12-31; now parts of: "
		    "1508 Ålesund (Møre og Romsdal), 1580 Haram (Møre og Romsdal)" },
		{ "2026-01-01", 0, "0701", -1, "0701 was Horten until 2019-12-31; now: 3901" },
		{ "2026-01-01", 0, "Kvalsund", -1, "now: 5603 Hammerfest" },
		{ "2022-01-01", 0, "Kvalsund", -1, "now: 5406 Hammerfest" },
		{ "2026-01-01", 0, "0720", -1, "now parts of: 3905 Tønsberg (Vestfold), 3907" },
		{ "2019-06-01", 0, "3301", -1, "3301 is Drammen from 2024-01-01 only; before, the area "
		    "was: 0602 Drammen (Buskerud), 0625 Nedre Eiker (Buskerud), 0711 Svelvik" },
		{ "2019-06-01", 0, "Nesbyen", -1, "3040 is Nesbyen from 2020-01-01 only" },
		/* none at all */
		{ "2026-01-01", 0, "1", -1, "no municipality has or had number 0001" },
		{ "2026-01-01", 0, "33011", -1, "no municipality is called" },
		{ "2026-01-01", 0, "Dramen", -1, "\"Dramen\"; did you mean 3301 Drammen (Buskerud)?" },
		{ "2026-01-01", 0, "Alesund", -1, "did you mean 1508 Ålesund" },
		{ "2026-01-01", 0, "Kristiansuund", -1, "did you mean 1505 Kristiansund" },
		{ "2026-01-01", 0, "Kristiansannd", -1, "did you mean 4204 Kristiansand" },
		{ "2026-01-01", 15, "Drammn", -1, "no municipality is called \"Drammn\" on 2026-01-01" },
		{ "2026-01-01", 0, "Finnmark", -1, "Finnmark is not a municipality but county 56" },
		{ "2026-01-01", 0, "Atlantis", -1, "no municipality is called \"Atlantis\"" },
		{ "2026-01-01", 0, "", -1, "no name and no number" },
		{ "2026-01-01", 0, "(Nordland)", -1, "no municipality" },
		{ "2026-01-01", 0, "()", -1, "no municipality" },
		{ "2026-01-01", 0, ")", -1, "no municipality" },
		{ "2026-01-01", 0, "/", -1, "no municipality" },
		{ "2026-01-01", 0, "\xff", -1, "not a name in UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		const struct region_place *p = NULL;
		struct err err = { 0 };
		int got = region_find_place(region, t[i].in, day(t[i].day),
		    t[i].county, &p, &err);

		if ((got == 0) != (t[i].why == NULL) ||
		    (got == -1 && strstr(err.text, t[i].why) == NULL))
			fail_msg("%s %s: %s", t[i].day, t[i].in,
			    got == 0 ? p->name : err.text);
		if (got == 0) {
			assert_int_equal(p->number, t[i].want);
		} else {
			assert_int_equal(err.status, EX_DATAERR);
			assert_null(p);
		}
	}
}

/* Everything in force is found by its number and, within its county, by its
 * name, in capitals too as the register writes it. */
static void
every_name(void **state)
{
	static const char *const days[] = { "2002-01-01", "2016-06-01", "2021-01-01",
	    "2026-11-25" };

	(void)state;
	for (size_t d = 0; d < sizeof(days) / sizeof(days[0]); d++) {
		const struct region_place *p[500], *got;
		const struct region_county *c[30], *county;
		size_t n = region_places(region, 0, day(days[d]), p, 500);
		size_t m = region_counties(region, day(days[d]), c, 30);
		struct err err = { 0 };

		for (size_t i = 0; i < n; i++) {
			char s[8], *low = fold(p[i]->name);

			assert_int_equal(region_find_place(region, region_text(p[i]->number,
			    s), day(days[d]), 0, &got, &err), 0);
			assert_ptr_equal(got, p[i]);
			assert_int_equal(region_find_place(region, low, day(days[d]),
			    p[i]->number / 100, &got, &err), 0);
			assert_ptr_equal(got, p[i]);
			free(low);
		}
		for (size_t i = 0; i < m; i++) {
			assert_int_equal(region_find_county(region, c[i]->name,
			    day(days[d]), &county, &err), 0);
			assert_ptr_equal(county, c[i]);
		}
	}
}

static void
long_names(void **state)
{
	char s[400];
	const struct region_place *p = NULL;
	struct err err = { 0 };

	(void)state;
	memset(s, 'x', sizeof(s));
	s[sizeof(s) - 1] = '\0';
	assert_int_equal(region_find_place(region, s, 20000, 0, &p, &err), -1);
	assert_non_null(strstr(err.text, "not a name"));
	s[FOLD_MAX] = '\0';
	assert_int_equal(region_find_place(region, s, 20000, 0, &p, &err), -1);
	assert_non_null(strstr(err.text, "no municipality is called"));
	memset(s, '1', sizeof(s) - 1);
	assert_int_equal(region_find_place(region, s, 20000, 0, &p, &err), -1);
}

/* Which of several that are not in force is told about; a made-up country. */
static void
the_one_told_about(void **state)
{
	char key[] = "vik";
	struct region_place_row rows[] = {
		{ { 101, 0, "Vik", 14000, DATE_NONE }, { key }, { 0 } },
		{ { 102, 0, "Vik", 13000, 14000 }, { key }, { 101 } },
		{ { 103, 0, "Vik", DATE_NONE, 12000 }, { key }, { 105 } },
		{ { 104, 0, "Vik", DATE_NONE, 11900 }, { key }, { 105 } },
		{ { 105, 0, "Nes", DATE_NONE, DATE_NONE }, { NULL }, { 0 } },
	};
	struct region r = { NULL, 0, rows, 5, { NULL }, NULL };
	const struct region_place *p;
	struct err err = { 0 };

	(void)state;
	/* the last before the day */
	assert_int_equal(region_find_place(&r, "Vik", 12500, 0, &p, &err), -1);
	assert_non_null(strstr(err.text, "0103 was Vik until"));
	/* or, if there is none, the first after it */
	rows[2].key[0] = rows[3].key[0] = NULL;
	assert_int_equal(region_find_place(&r, "Vik", 12500, 0, &p, &err), -1);
	assert_non_null(strstr(err.text, "0102 is Vik from"));
}

static void
same_name(void **state)
{
	static char tana[] = "tana", deatnu[] = "deatnu", both[] = "deatnu - tana";
	static char *const key[] = { both, deatnu, tana, NULL };
	static const struct { const char *in; int want; } t[] = {
		{ "tana", 1 }, { "ta na", 1 }, { "ta-na", 1 }, { "deatnu tana", 1 },
		{ "tana/deatnu", 1 }, { "tana - tana", 1 }, { "tan", 0 },
		{ "tanaa", 0 }, { "", 0 }, { "-", 0 }, { "tana/", 1 }, { "/tana", 1 },
		{ "tana deatnu", 0 }, { "tana – deatnu", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if (region_name_is(t[i].in, key, 4) != t[i].want)
			fail_msg("%s", t[i].in);
	assert_true(region_name_is("deatnu", key, 2));
	assert_false(region_name_is("tana", key, 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counties),
		cmocka_unit_test(places),
		cmocka_unit_test(every_name),
		cmocka_unit_test(long_names),
		cmocka_unit_test(the_one_told_about),
		cmocka_unit_test(same_name),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
