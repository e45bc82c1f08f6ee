#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/value.h"

static void
a_slip_of_the_keyboard_finds_its_word(void **state)
{
	static const char *const words[] = { "label", "label_en", "codes", "county",
		"except", "lowest-random-number" };
	static const struct { const char *typed, *want; } t[] = {
		{ "label", "label" }, { "lable", "label" }, { "Label", "label" },
		{ "label_n", "label_en" }, { "code", "codes" }, { "cuonty", "county" },
		{ "expect", "except" }, { "lowest-randon-numbr", "lowest-random-number" },
		{ "lbl", NULL }, { "purpose", NULL }, { "x", NULL }, { "", NULL },
		{ "a word that is far longer than any key could ever reasonably be", NULL },
	};
	char hint[128];

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct value_near n;

		value_near(&n, t[i].typed);
		for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
			value_near_offer(&n, words[k]);
		if (t[i].want == NULL) {
			assert_null(n.word);
			assert_string_equal(value_near_hint(&n, hint), "");
		} else {
			assert_non_null(n.word);
			assert_string_equal(n.word, t[i].want);
			assert_non_null(strstr(value_near_hint(&n, hint), t[i].want));
		}
	}
}

static void
an_address_of_ones_own_is_plain(void **state)
{
	static const struct { const char *s; int ok; } t[] = {
		{ "undersokelse@example.no", 1 }, { "a.b+c@x-y.example.no", 1 },
		{ "o'hara@example.org", 1 }, { "a@xn--sknt-qra8d.example.no", 1 },
		{ "", 0 }, { "a", 0 }, { "@example.no", 0 }, { "a@", 0 }, { "a@no", 0 },
		{ "a b@example.no", 0 }, { ".a@example.no", 0 }, { "a.@example.no", 0 },
		{ "a..b@example.no", 0 }, { "a@example..no", 0 }, { "a@-x.example.no", 0 },
		{ "a@x-.example.no", 0 }, { "a@example.no.", 0 }, { "a@ex_ample.no", 0 },
		{ "sp\xc3\xb8r@example.no", 0 }, { "a@sp\xc3\xb8r.example.no", 0 },
		{ "a@b@example.no", 0 }, { "<a@example.no>", 0 },
		{ "a@example.no, b@example.no", 0 },
		{ "a12345678901234567890123456789012345678901234567890123456789012345"
		    "@example.no", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if ((value_address(t[i].s) == NULL) != t[i].ok)
			fail_msg("%s: %s", t[i].s, value_address(t[i].s));
}

/* 14 + domain + name + 1 + 25 <= 64 and name + 26 <= 45. */
static void
a_bounce_address_leaves_room_for_the_token(void **state)
{
	static const struct { const char *s; char delimiter; int ok; } t[] = {
		{ "b@svar.example.no", '+', 1 },
		{ "retur@svar.example.no", '+', 1 },
		{ "ninechars@svar.example.no", '+', 1 },	/* 14+15+35 = 64 */
		{ "ten-chars-@svar.example.no", '+', 0 },
		{ "nineteen-characters@xy.no", '+', 1 },	/* 14+5+45 = 64 */
		{ "nineteen-characters@xyz.no", '+', 0 },
		{ "twenty-characters--1@x.n", '+', 0 },
		{ "a+b@example.no", '+', 0 }, { "a+b@example.no", '-', 1 },
		{ "a-b@example.no", '-', 0 }, { "a-b@example.no", '+', 1 },
		{ "a+b@example.no", '\0', 0 }, { "a-b@example.no", '\0', 1 },
		{ "nobody", '+', 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if ((value_bounce(t[i].s, t[i].delimiter) == NULL) != t[i].ok)
			fail_msg("%s: %s", t[i].s, value_bounce(t[i].s, t[i].delimiter));
}

static void
a_url_has_a_scheme_and_a_host(void **state)
{
	(void)state;
	assert_true(value_url("https://data.brreg.no/x", "https http"));
	assert_true(value_url("http://localhost:80", "https http"));
	assert_true(value_url("file:///tmp/x", "https file"));
	assert_false(value_url("file:///tmp/x", "https http"));
	assert_false(value_url("https:///x", "https"));
	assert_false(value_url("https://", "https"));
	assert_false(value_url("https://a b", "https"));
	assert_false(value_url("httpsx://a", "https"));
	assert_false(value_url("http://a", "https"));
	assert_false(value_url("data.brreg.no", "https"));
	assert_false(value_url("", "https"));
}

static void
text_becomes_mdoc_that_is_only_text(void **state)
{
	struct buf b = BUF(1000);

	(void)state;
	value_mdoc(&b, "One \"two\". Three\\four.");
	assert_string_equal(buf_text(&b), "One \\(dqtwo\\(dq.\nThree\\efour.\n");
	buf_clear(&b);
	value_mdoc(&b, ".Sh is no request");
	assert_string_equal(buf_text(&b), "\\&.Sh is no request\n");
	buf_clear(&b);
	value_mdoc_word(&b, "+");
	assert_string_equal(buf_text(&b), "\"\\&+\"");
	buf_free(&b);
}

static void
name_servers_are_addresses(void **state)
{
	static const struct { const char *s; int ok; } t[] = {
		{ "", 1 }, { "192.0.2.1", 1 }, { "192.0.2.1:5353", 1 },
		{ "192.0.2.1 192.0.2.2, 2001:db8::1", 1 }, { "[2001:db8::1]", 1 },
		{ "[2001:db8::1]:53,::1", 1 }, { " 192.0.2.1 ", 1 },
		{ "1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7 1.1.1.8", 1 },
		{ "1 2 3 4 5 6 7 8 9", 0 },
		{ "1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7 1.1.1.8 ::1", 0 },
		{ "ns.example.no", 0 }, { "192.0.2", 0 }, { "192.0.2.1:", 0 },
		{ "192.0.2.1:0", 0 }, { "192.0.2.1:65536", 0 }, { "192.0.2.1:5x", 0 },
		{ "[192.0.2.1]:53", 0 }, { "[2001:db8::1", 0 }, { "[]", 0 }, { ":53", 0 },
		{ "192.0.2.1;192.0.2.2", 0 }, { "[::1]53", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if ((value_servers(t[i].s) == NULL) != t[i].ok)
			fail_msg("%s", t[i].s);
}

static void
mailboxes(void **state)
{
	static const struct { const char *url; int good; } rows[] = {
		{ "imaps://mail.example.no/INBOX", 1 },
		{ "imap://retur@mail.example.no:1143/Retur%20a/b", 1 },
		{ "pop3s://[2001:db8::1]:995", 1 }, { "pop3://h/", 1 },
		{ "pop3://h/INBOX", 0 }, { "imaps://u:p@h/INBOX", 0 },
		{ "imaps://u@", 0 }, { "imaps:///INBOX", 0 },
		{ "https://h", 0 }, { "h", 0 }, { "imap://h/a?b", 0 },
		{ "imap://h/a b", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((value_mailbox(rows[i].url) == NULL) != rows[i].good)
			fail_msg("%s", rows[i].url);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slip_of_the_keyboard_finds_its_word),
		cmocka_unit_test(an_address_of_ones_own_is_plain),
		cmocka_unit_test(a_bounce_address_leaves_room_for_the_token),
		cmocka_unit_test(a_url_has_a_scheme_and_a_host),
		cmocka_unit_test(name_servers_are_addresses),
		cmocka_unit_test(text_becomes_mdoc_that_is_only_text),
		cmocka_unit_test(mailboxes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
