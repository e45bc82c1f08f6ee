#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/date.h"
#include "config/settings.h"
#include "pipeline/contact/mail_failure.h"
#include "pipeline/contact/mail_pace.h"

static void
a_minute_holds_so_many(void **state)
{
	struct mail_pace *p = mail_pace_new(60, 0);
	int64_t now = 1000;

	(void)state;
	assert_int_equal(mail_pace_wait(p, "a@x.example.no", now), 0);
	mail_pace_goes(p, "a@x.example.no", now);
	assert_int_equal(mail_pace_wait(p, "b@y.example.no", now), 1000);
	assert_int_equal(mail_pace_wait(p, "b@y.example.no", now + 400), 600);
	assert_int_equal(mail_pace_wait(p, "b@y.example.no", now + 1000), 0);
	mail_pace_free(p);
}

static void
a_domain_is_slower_than_all(void **state)
{
	struct mail_pace *p = mail_pace_new(0, 6);

	(void)state;
	mail_pace_goes(p, "a@x.example.no", 0);
	assert_int_equal(mail_pace_wait(p, "b@X.EXAMPLE.NO", 0), 10000);
	assert_int_equal(mail_pace_wait(p, "b@y.example.no", 0), 0);
	mail_pace_free(p);
	/* without limits nothing waits */
	p = mail_pace_new(0, 0);
	mail_pace_goes(p, "a@x.example.no", 0);
	assert_int_equal(mail_pace_wait(p, "a@x.example.no", 0), 0);
	mail_pace_free(p);
}

static void
the_window_is_norwegian_time(void **state)
{
	static const struct { const char *at; int want; } t[] = {
		{ "2026-01-15T06:59:59Z", 0 },	/* CET: 07:59:59 */
		{ "2026-01-15T07:00:00Z", 1 },
		{ "2026-01-15T14:59:59Z", 1 },
		{ "2026-01-15T15:00:00Z", 0 },	/* the end is outside */
		{ "2026-07-15T05:59:59Z", 0 },	/* CEST */
		{ "2026-07-15T06:00:00Z", 1 },
		/* 2026-03-29 and 2026-10-25 are the last Sundays */
		{ "2026-03-28T06:30:00Z", 0 },
		{ "2026-03-29T06:30:00Z", 1 },
		{ "2026-10-24T06:30:00Z", 1 },
		{ "2026-10-25T06:30:00Z", 0 },
		/* a month whose 31st is the Sunday */
		{ "2024-03-30T06:30:00Z", 0 },
		{ "2024-03-31T06:30:00Z", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		int64_t at;

		assert_int_equal(moment_parse(t[i].at, &at), 0);
		if (mail_window_open("08:00-16:00", at) != t[i].want)
			fail_msg("%s: want %d", t[i].at, t[i].want);
		assert_true(mail_window_open("", at));
		assert_true(mail_window_open("00:00-24:00", at));
	}
}

/* ---------------------------------------------------------- mass failure -- */

static struct settings set;

static int
settings_begin(void **state)
{
	struct err err;

	(void)state;
	return settings_load_text(&set, "x", "", &err);
}

static int
settings_end(void **state)
{
	(void)state;
	settings_free(&set);
	return 0;
}

static struct mail_failure *
failed(int64_t before, int64_t before_hard, int letters, int n,
    const char *address, const char *reason, char fault, int hard)
{
	struct mail_failure *f = mail_failure_new(&set, before, before_hard);

	for (int i = 0; i < letters; i++)
		mail_failure_letter(f, i < n ? address : "x@other.example.no");
	for (int i = 0; i < n; i++)
		mail_failure_failed(f, address, reason, fault, hard);
	return f;
}

static void
mass_failure_is_seen(void **state)
{
	static const struct {
		const char *says;
		int64_t before, before_hard;
		int letters, n;
		const char *reason;
		char fault;
		int hard, held;
	} t[] = {
		{ "five of ours in 100", 0, 0, 100, 5, "blocked", 'S', 0, 1 },
		{ "four are chance", 0, 0, 100, 4, "blocked", 'S', 0, 0 },
		{ "five in 250 are 2 %", 0, 0, 250, 5, "blocked", 'S', 0, 0 },
		{ "ten at one provider", 0, 0, 10000, 10, "blocked", 'S', 0, 1 },
		{ "nine are chance", 0, 0, 10000, 9, "blocked", 'S', 0, 0 },
		{ "one in five dead is normal", 0, 0, 1000, 200, "hostunknown", 'A', 1, 0 },
		{ "over 40 % of a first wave are not", 0, 0, 1000, 401, "hostunknown",
		    'A', 1, 1 },
		{ "nor over twice the last one", 1000, 100, 1000, 201, "hostunknown",
		    'A', 1, 1 },
		{ "but twice is", 1000, 100, 1000, 200, "hostunknown", 'A', 1, 0 },
		{ "a provider that knows nobody", 1000, 100, 100, 10, "userunknown",
		    'A', 1, 1 },
		{ "in a first wave it may be so", 0, 0, 100, 10, "userunknown", 'A', 1, 0 },
		{ "full boxes are not our business", 0, 0, 100, 90, "mailboxfull", 'R',
		    0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct mail_failure *f = failed(t[i].before, t[i].before_hard,
		    t[i].letters, t[i].n, "a@one.example.no", t[i].reason, t[i].fault,
		    t[i].hard);
		struct err err = { 0, "" };
		int got = mail_failure_check(f, &err) != 0;

		if (got != t[i].held || (got && err.status != EX_TEMPFAIL))
			fail_msg("%s: got %d: %s", t[i].says, got, err.text);
		mail_failure_free(f);
	}
}

static void
every_limit_is_a_setting(void **state)
{
	struct settings usual = set;
	struct mail_failure *f;
	struct err err = { 0, "" };

	(void)state;
	f = failed(0, 0, 100, 5, "a@one.example.no", "blocked", 'S', 0);
	assert_int_equal(mail_failure_check(f, &err), -1);
	set.failure_ours = 6;
	assert_int_equal(mail_failure_check(f, &err), 0);
	set.failure_ours = 5;
	set.failure_ours_share = 0.05;	/* five in a hundred are not over it */
	assert_int_equal(mail_failure_check(f, &err), 0);
	set.failure_provider = 5;
	assert_int_equal(mail_failure_check(f, &err), -1);
	mail_failure_free(f);
	set = usual;
	f = failed(1000, 500, 100, 12, "a@one.example.no", "userunknown", 'A', 1);
	assert_int_equal(mail_failure_check(f, &err), -1);
	set.failure_host = 13;
	assert_int_equal(mail_failure_check(f, &err), 0);
	set.failure_host = 12;
	set.failure_host_share = 1;
	assert_int_equal(mail_failure_check(f, &err), -1);
	mail_failure_free(f);
	set = usual;
	f = failed(0, 0, 100, 41, "a@one.example.no", "hostunknown", 'A', 1);
	assert_int_equal(mail_failure_check(f, &err), -1);
	set.failure_hard_share = 0.41;
	assert_int_equal(mail_failure_check(f, &err), 0);
	set.failure_hard_share = 0.4;
	set.failure_hard = 42;
	assert_int_equal(mail_failure_check(f, &err), 0);
	mail_failure_free(f);
	set = usual;
	f = failed(100, 10, 100, 25, "a@one.example.no", "hostunknown", 'A', 1);
	assert_int_equal(mail_failure_check(f, &err), -1);
	set.failure_growth = 3;
	assert_int_equal(mail_failure_check(f, &err), 0);
	mail_failure_free(f);
	set = usual;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_minute_holds_so_many),
		cmocka_unit_test(a_domain_is_slower_than_all),
		cmocka_unit_test(the_window_is_norwegian_time),
		cmocka_unit_test(mass_failure_is_seen),
		cmocka_unit_test(every_limit_is_a_setting),
	};

	return cmocka_run_group_tests_name("mail_pace", tests, settings_begin,
	    settings_end);
}
