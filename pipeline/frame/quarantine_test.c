#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "tests/fixture.h"
#include "pipeline/base/date.h"
#include "pipeline/frame/quarantine.h"

static int32_t
day(const char *s)
{
	int32_t d;

	assert_int_equal(date_parse(s, strlen(s), &d), 0);
	return d;
}

static void
months_are_the_calendars(void **state)
{
	static const struct { const char *now; int months; const char *from; } t[] = {
		{ "2026-11-25", 12, "2025-11-25" }, { "2026-11-25", 11, "2025-12-25" },
		{ "2026-01-31", 2, "2025-11-30" }, { "2024-02-29", 12, "2023-02-28" },
		{ "2026-03-31", 1, "2026-02-28" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		assert_int_equal(quarantine_from((int64_t)day(t[i].now) * 86400 + 5,
		    t[i].months), day(t[i].from));
	assert_int_equal(quarantine_from(day("2026-11-25") * INT64_C(86400),
	    INT64_MAX / 2), 0);
}

static void
who_was_written_to_lately(void **state)
{
	struct fixture f;
	struct quarantine *q;
	unsigned char with[32], without[32];

	(void)state;
	fixture_open(&f);
	fixture_frame(&f);
	fixture_unit(&f, "810000007", "nord", "mat", "X", "a@example.no", 1, 1);
	fixture_unit(&f, "810000015", "nord", "mat", "X", "b@example.no", 1, 1);
	fixture_unit(&f, "810000023", "nord", "mat", "X", "c@example.no", 1, 1);
	fixture_exec(&f, "INSERT INTO sample (id, study, frame, drawn, design,"
	    " salt_sha256, units, list_sha256) SELECT 1, 1, max(id), 1, 'everyone',"
	    " '', 3, '' FROM frame;"
	    "INSERT INTO sample_unit (id, sample, frame_unit, stratum, pi, weight,"
	    " token) SELECT id, 1, id, '', 1, 1, 't' || id FROM frame_unit;"
	    "INSERT INTO mailing (id, study, wave, planned, out, bounce,"
	    " template_sha256) VALUES (1, 1, 'invite', 1, 'csv', '', '');"
	    "INSERT INTO mailing_recipient (mailing, sample_unit, address, email_key,"
	    " state, sent) SELECT 1, u.id, f.email, f.email, CASE f.unit_key WHEN"
	    " '810000023' THEN 'rejected' ELSE 'sent' END, 0 FROM sample_unit u JOIN"
	    " frame_unit f ON f.id = u.frame_unit");
	f.w.now = day("2026-11-25") * INT64_C(86400);
	fixture_exec(&f, "UPDATE mailing_recipient SET sent = CASE email_key WHEN"
	    " 'a@example.no' THEN 20600 * 86400 ELSE 20300 * 86400 END");

	assert_non_null(q = quarantine_load(&f.w, &f.study, DATE_NONE, &f.err));
	assert_false(quarantine_has(q, "810000007", "a@example.no"));
	quarantine_sha256(q, without);
	quarantine_free(q);

	f.study.quarantine = 12;	/* 20600 is 2026-05-27, 20300 is 2025-07-31 */
	assert_non_null(q = quarantine_load(&f.w, &f.study, DATE_NONE, &f.err));
	assert_true(quarantine_has(q, "810000007", NULL));
	assert_true(quarantine_has(q, "999999999", "a@example.no"));
	assert_false(quarantine_has(q, "810000015", "b@example.no"));
	assert_false(quarantine_has(q, "810000023", "c@example.no"));
	quarantine_sha256(q, with);
	assert_memory_not_equal(with, without, 32);
	quarantine_free(q);

	f.study.quarantine = 24;
	assert_non_null(q = quarantine_load(&f.w, &f.study, DATE_NONE, &f.err));
	assert_true(quarantine_has(q, "810000015", NULL));
	/* refused at the door: nobody got a letter */
	assert_false(quarantine_has(q, "810000023", "c@example.no"));
	quarantine_free(q);

	/* as of a past day: its own months, and no letter that came after it */
	assert_non_null(q = quarantine_load(&f.w, &f.study, 20599, &f.err));
	assert_true(quarantine_has(q, "810000015", NULL));
	assert_false(quarantine_has(q, "810000007", NULL));
	quarantine_free(q);
	assert_non_null(q = quarantine_load(&f.w, &f.study, 20600, &f.err));
	assert_true(quarantine_has(q, "810000007", NULL));
	quarantine_free(q);
	fixture_close(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(months_are_the_calendars),
		cmocka_unit_test(who_was_written_to_lately),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
