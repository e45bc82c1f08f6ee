/* When a mail came. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/date.h"
#include "pipeline/contact/arrival.h"

static const struct {
	const char *says, *mail, *want;		/* "": none */
} cases[] = {
	{ "as Postfix writes it", "Return-Path: <>\nReceived: from a (b; c) by d\n"
	    "\twith ESMTP id 1 for <e@example.no>;\n\tMon,  2 Mar 2026 10:00:00 +0100"
	    " (CET)\nReceived: from x by y; Tue, 3 Mar 2026 10:00:00 +0000\n\nx\n",
	    "2026-03-02T09:00:00Z" },
	{ "CRLF, west of Greenwich", "received: by a; 2 Mar 2026 23:59:59 -0130\r\n\r\n",
	    "2026-03-03T01:29:59Z" },
	{ "GMT, no seconds", "RECEIVED: by a; Mon, 02 MAR 2026 10:00 GMT\n",
	    "2026-03-02T10:00:00Z" },
	{ "a leap second", "Received: by a; 31 Dec 2016 23:59:60 +0000\n",
	    "2017-01-01T00:00:00Z" },
	{ "none", "From: a\n\nReceived: by a; 2 Mar 2026 10:00:00 +0000\n", "" },
	{ "nothing", "", "" },
	{ "no semicolon", "Received: by a 2 Mar 2026 10:00:00 +0000\n", "" },
	{ "the first one says nothing", "Received: by a\nReceived: by b; 2 Mar 2026"
	    " 10:00:00 +0000\n", "" },
	{ "no such day", "Received: by a; 31 Feb 2026 10:00:00 +0000\n", "" },
	{ "no such month", "Received: by a; 2 Mai 2026 10:00:00 +0000\n", "" },
	{ "no such hour", "Received: by a; 2 Mar 2026 24:00:00 +0000\n", "" },
	{ "no zone", "Received: by a; 2 Mar 2026 10:00:00\n", "" },
	{ "cut off", "Received: by a; Mon, 2 Mar 20", "" },
	{ "cut off behind the semicolon", "Received: by a;", "" },
	{ "another field", "Received-SPF: pass; 2 Mar 2026 10:00:00 +0000\n", "" },
};

static void
as_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t got = arrival_of(cases[i].mail, strlen(cases[i].mail));
		char text[21];

		if (strcmp(moment_iso(got, text), cases[i].want) != 0)
			fail_msg("%s: got %s, want %s", cases[i].says, text,
			    cases[i].want);
	}
}

static void
reads_what_moment_mail_writes(void **state)
{
	char text[40];
	int64_t got;

	(void)state;
	for (int64_t at = INT64_C(-5000000000); at < INT64_C(9000000000);
	    at += 123456789) {
		moment_mail(at, text);
		assert_int_equal(arrival_date(text, strlen(text), &got), 0);
		assert_int_equal(got, at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_the_table_says),
		cmocka_unit_test(reads_what_moment_mail_writes),
	};

	return cmocka_run_group_tests_name("arrival", tests, NULL, NULL);
}
