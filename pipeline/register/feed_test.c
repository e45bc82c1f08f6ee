#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/date.h"
#include "pipeline/register/ask.h"

#include "pipeline/register/feed.h"

static struct feed_page page;
static struct err err;

static int
parse(const char *text, enum unit_kind kind)
{
	feed_free(&page);
	return feed_parse(text, strlen(text), kind, &page, &err);
}

#define EVENT(id_, orgnr_, what_, more_) \
	"{\"oppdateringsid\":" id_ ",\"dato\":\"2026-09-14T04:05:11.193Z\"," \
	"\"organisasjonsnummer\":\"" orgnr_ "\",\"endringstype\":\"" what_ "\"" more_ "}"
#define PAGE(list_, events_, total_) \
	"{\"_embedded\":{\"" list_ "\":[" events_ "]},\"_links\":{\"self\":{\"href\":" \
	"\"x\"}},\"page\":{\"size\":10,\"totalElements\":" total_ "}}"
#define UNITS	"oppdaterteEnheter"
#define SUBS	"oppdaterteUnderenheter"

static void
events_in_order_of_their_ids(void **state)
{
	static const enum feed_what want[] = { FEED_NEW, FEED_CHANGED, FEED_DELETED,
		FEED_REMOVED, FEED_UNKNOWN, FEED_OTHER };

	(void)state;
	assert_int_equal(parse(PAGE(UNITS, EVENT("6", "310000019", "Flytt\xc3\xa5",
	    ",\"x\":[1,{\"oppdateringsid\":9}]") ","
	    EVENT("1", "310000000", "Ny", "") ","
	    EVENT("2", "310000000", "Endring", ",\"_links\":{\"enhet\":{}}") ","
	    EVENT("4", "310000000", "Fjernet", "") ","
	    EVENT("3", "310000000", "Sletting", "") ","
	    EVENT("5", "310000000", "Ukjent", ""), "6"), UNIT_ENHET), 0);
	assert_int_equal(page.n, 6);
	assert_int_equal(page.total, 6);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(page.event[i].id, i + 1);
		assert_int_equal(page.event[i].what, want[i]);
	}
	assert_string_equal(page.event[5].word, "Flytt??");
	assert_int_equal(page.event[5].orgnr, 310000019);
	assert_int_equal(page.event[0].at, INT64_C(1789358711));
}

static void
the_end_is_no_list_and_no_events(void **state)
{
	(void)state;
	assert_int_equal(parse("{\"_links\":{},\"page\":{\"totalElements\":0}}",
	    UNIT_ENHET), 0);
	assert_int_equal(page.n, 0);
	/* an id that begins nothing: the page alone */
	assert_int_equal(parse(PAGE(SUBS, EVENT("5", "310000000", "Ny", ""), "1"),
	    UNIT_UNDERENHET), 0);
	assert_int_equal(page.n, 1);
}

static void
a_number_that_is_none_is_stepped_over(void **state)
{
	(void)state;
	assert_int_equal(parse(PAGE(UNITS, EVENT("5", "111111112", "Ny", "") ","
	    EVENT("6", "88445533", "Ny", "") "," EVENT("7", "", "Ny", ""), "3"),
	    UNIT_ENHET), 0);
	assert_int_equal(page.n, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(page.event[i].orgnr, 0);
}

static void
changes_of_other_fields_cost_nothing(void **state)
{
	static const struct { const char *more; int idle; } t[] = {
		{ "", 0 },
		{ ",\"endringer\":[]", 0 },
		{ ",\"endringer\":[{\"op\":\"replace\",\"path\":\"/epostadresse\","
		    "\"value\":\"ny@example.no\"}]", 0 },
		{ ",\"endringer\":[{\"op\":\"add\",\"path\":\"/harFlagg\",\"value\":1}]", 1 },
		{ ",\"endringer\":[{\"op\":\"add\",\"path\":\"/harFlagg\",\"value\":1},"
		    "{\"op\":\"replace\",\"path\":\"/postadresse/adresse/0\"}]", 0 },
		{ ",\"endringer\":[{\"op\":\"remove\",\"path\":\"/naeringskode1\"}]", 0 },
		{ ",\"endringer\":[{\"op\":\"replace\",\"path\":\"\"}]", 0 },
		{ ",\"endringer\":[{\"op\":\"replace\",\"path\":\"/na~1vn\"}]", 0 },
		{ ",\"endringer\":[\"/harFlagg\"]", 0 },
		{ ",\"endringer\":[[\"/harFlagg\"],{\"path\":\"/harFlagg\"}]", 0 },
		{ ",\"endringer\":{\"path\":\"/harFlagg\"}", 0 },
	};
	char text[1000];

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		snprintf(text, sizeof(text), "{\"_embedded\":{\"" UNITS "\":["
		    EVENT("7", "310000000", "Endring", "%s") "]}}", t[i].more);
		assert_int_equal(parse(text, UNIT_ENHET), 0);
		if (page.event[0].idle != t[i].idle)
			fail_msg("%s: %d", t[i].more, page.event[0].idle);
	}
	/* only what has changed can have changed nothing */
	assert_int_equal(parse(PAGE(UNITS, EVENT("7", "310000000", "Sletting",
	    ",\"endringer\":[{\"path\":\"/harFlagg\"}]"), "1"), UNIT_ENHET), 0);
	assert_int_equal(page.event[0].idle, 0);
}

static void
anything_else_is_an_error(void **state)
{
	static const char *const t[] = {
		"", "<!DOCTYPE html><html></html>", "[]", "{}", "null", "7",
		"{\"page\":{\"totalElements\":3}}",
		"{\"status\":500,\"error\":\"Internal Server Error\"}",
		PAGE(SUBS, EVENT("5", "310000000", "Ny", ""), "1"),
		PAGE("annet", EVENT("5", "310000000", "Ny", ""), "1"),
		PAGE(UNITS, "7", "1"), PAGE(UNITS, "null", "1"), PAGE(UNITS, "\"x\"", "1"),
		PAGE(UNITS, "[]", "1"),
		PAGE(UNITS, "{\"dato\":\"x\",\"endringstype\":\"Ny\"}", "1"),
		PAGE(UNITS, "{\"oppdateringsid\":7}", "1"),
		PAGE(UNITS, EVENT("0", "310000000", "Ny", ""), "1"),
		PAGE(UNITS, EVENT("-1", "310000000", "Ny", ""), "1"),
		PAGE(UNITS, EVENT("1.5", "310000000", "Ny", ""), "1"),
		PAGE(UNITS, EVENT("99999999999999999999", "310000000", "Ny", ""), "1"),
		PAGE(UNITS, EVENT("\"7\"", "310000000", "Ny", ""), "1"),
		"{\"_embedded\":{\"" UNITS "\":{}},\"page\":{\"totalElements\":1}}",
		"{\"_embedded\":{\"" UNITS "\":[" EVENT("5", "310000000", "Ny", "") ",",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		if (parse(t[i], UNIT_ENHET) == 0)
			fail_msg("taken: %s", t[i]);
		assert_int_equal(err.status, EX_DATAERR);
	}
}

static void
waiting_grows_and_varies(void **state)
{
	(void)state;
	assert_int_equal(ask_backoff(1, 0), 500);
	assert_int_equal(ask_backoff(2, 0), 1000);
	assert_int_equal(ask_backoff(5, 0), 8000);
	assert_int_equal(ask_backoff(1000, 0), 64000);
	for (uint32_t c = 0; c < 5000; c += 7)
		for (int n = 1; n < 12; n++) {
			int64_t full = ask_backoff(n, 0), ms = ask_backoff(n, c);

			assert_true(ms >= full / 2 && ms <= full);
		}
	assert_int_not_equal(ask_backoff(3, 11), ask_backoff(3, 1111));
}

static int
over(void **state)
{
	(void)state;
	feed_free(&page);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_in_order_of_their_ids),
		cmocka_unit_test(the_end_is_no_list_and_no_events),
		cmocka_unit_test(a_number_that_is_none_is_stepped_over),
		cmocka_unit_test(changes_of_other_fields_cost_nothing),
		cmocka_unit_test(anything_else_is_an_error),
		cmocka_unit_test(waiting_grows_and_varies),
	};

	return cmocka_run_group_tests(tests, NULL, over);
}
