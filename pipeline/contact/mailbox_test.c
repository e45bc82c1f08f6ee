/* The words of IMAP and POP3, without a server. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/date.h"
#include "pipeline/contact/imap.h"
#include "pipeline/contact/pop3.h"

static void
a_fetch_response_is_taken_apart(void **state)
{
	static const struct { const char *says, *line, *want; } rows[] = {
		{ "a list", "* 12 FETCH (UID 5 RFC822.SIZE 1234 INTERNALDATE"
		    " \"17-Jul-1996 02:44:25 -0700\")", "1 12 5 1234 837596665 -" },
		{ "a day of one digit", "* 1 FETCH (INTERNALDATE"
		    " \" 2-Mar-2026 10:00:00 +0100\" UID 9)",
		    "1 1 9 -1 1772442000 -" },
		{ "small letters", "* 1 fetch (uid 9)", "1 1 9 -1 none -" },
		{ "flags that say nothing of it", "* 3 FETCH (FLAGS (\\Seen (a \")\"))"
		    " UID 4)", "1 3 4 -1 none -" },
		{ "a literal", "* 3 FETCH (BODY[] {10} UID 4)", "1 3 4 -1 none {}" },
		{ "a quoted body", "* 3 FETCH (UID 4 BODY[] \"a\\\"b\")",
		    "1 3 4 -1 none a\\\"b" },
		{ "no body", "* 3 FETCH (UID 4 BODY[] NIL)", "1 3 4 -1 none -" },
		{ "part of one", "* 3 FETCH (BODY[HEADER.FIELDS (TO CC)] {3} UID 4)",
		    "1 3 4 -1 none -" },
		{ "a size that is none", "* 3 FETCH (UID 4 RFC822.SIZE -5)",
		    "1 3 4 -1 none -" },
		{ "another response", "* 3 EXISTS", "0" },
		{ "a tagged one", "u1 OK done", "0" },
		{ "one that ends early", "* 3 FETCH (UID", "-1" },
		{ "a list without an end", "* 3 FETCH (FLAGS (\\Seen UID 4)", "-1" },
		{ "a quote without an end", "* 3 FETCH (BODY[] \"abc\\\")", "-1" },
		{ "no list", "* 3 FETCH", "-1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct imap_item m;
		char got[200], when[24] = "none";
		int r = imap_item(rows[i].line, strlen(rows[i].line), &m);

		if (m.received != MOMENT_NONE)
			snprintf(when, sizeof(when), "%lld", (long long)m.received);
		snprintf(got, sizeof(got), "%d", r);
		if (r == 1)
			snprintf(got, sizeof(got), "1 %d %d %d %s %.*s", (int)m.number,
			    (int)m.uid, (int)m.size, when,
			    m.body != NULL ? (int)m.body_len : 2,
			    m.body != NULL ? m.body : !m.has_body ? "-" : "{}");
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s, not %s", rows[i].says, got, rows[i].want);
	}
}

static void
a_literal_is_announced_at_the_end(void **state)
{
	static const struct { const char *line; int64_t want; } rows[] = {
		{ "* 1 FETCH (BODY[] {123}", 123 }, { "{0}", 0 },
		{ "{}", -1 }, { "{12", -1 }, { "12}", -1 }, { "{-1}", -1 },
		{ "{1} ", -1 }, { "", -1 }, { "{9999999999999999999}", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(imap_literal(rows[i].line, strlen(rows[i].line)),
		    rows[i].want);
}

static void
a_folder_is_written_as_imap_does(void **state)
{
	static const struct { const char *name, *want; } rows[] = {
		{ "INBOX", "\"INBOX\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "R&D", "\"R&-D\"" },
		{ "Retur p\xc3\xa5 is", "\"Retur p&AOU- is\"" },
		/* RFC 3501, section 5.1.3 */
		{ "~peter/mail/\xe5\x8f\xb0\xe5\x8c\x97/\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
		    "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\"" },
		{ "\xf0\x9f\x98\x80", "\"&2D3eAA-\"" },
		{ "a\r\nb", "\"a&AA0ACg-b\"" },
		{ "\xed\xa0\x80", NULL }, { "\xff", NULL }, { "\xc3", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = BUF(200);
		int r = imap_mailbox_name(rows[i].name, &b);

		if (rows[i].want == NULL)
			assert_int_equal(r, -1);
		else
			assert_string_equal(buf_text(&b), rows[i].want);
		buf_free(&b);
	}
}

static void
a_line_of_a_pop3_listing(void **state)
{
	static const struct { const char *line, *want; } rows[] = {
		{ "1 whqtswO00WBw418f9t5JxYwZ", "1 whqtswO00WBw418f9t5JxYwZ" },
		{ "12 120", "12 120" }, { "12  120 more", "12 120" },
		{ "0 a", NULL }, { "a 1", NULL }, { "1", NULL }, { "1 ", NULL },
		{ "1 \x01", NULL }, { "12345678901 a", NULL },
		{ "1 0123456789012345678901234567890123456789012345678901234567890123"
		    "4567890", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char word[71], got[100];
		int64_t n;

		if (pop3_entry(rows[i].line, strlen(rows[i].line), &n, word) != 0) {
			assert_null(rows[i].want);
			continue;
		}
		snprintf(got, sizeof(got), "%d %s", (int)n, word);
		assert_non_null(rows[i].want);
		assert_string_equal(got, rows[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fetch_response_is_taken_apart),
		cmocka_unit_test(a_literal_is_announced_at_the_end),
		cmocka_unit_test(a_folder_is_written_as_imap_does),
		cmocka_unit_test(a_line_of_a_pop3_listing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
