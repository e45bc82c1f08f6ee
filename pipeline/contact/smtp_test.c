#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/contact/smtp.h"

static void
answers_are_read(void **state)
{
	static const struct {
		const char *says, *input;
		int want;
		const char *code, *status, *text;
	} t[] = {
		{ "one line", "250 2.1.5 Ok\r\n", 14, "250", "2.1.5", "250 2.1.5 Ok" },
		{ "the next one stays", "250 Ok\r\n354 go\r\n", 8, "250", "", "250 Ok" },
		{ "several lines, the status once", "550-5.1.1 No such\r\n"
		    "550 5.1.1 user\r\n", 35, "550", "5.1.1",
		    "550 5.1.1 No such user" },
		{ "without text", "354\r\n", 5, "354", "", "354 " },
		{ "LF alone", "221 bye\n", 8, "221", "", "221 bye" },
		{ "not whole", "250-Ok\r\n250", 0, "", "", "" },
		{ "no answer at all", "HTTP/1.1 200 OK\r\n", -1, "", "", "" },
		{ "no code", "25 Ok\r\n", -1, "", "", "" },
		{ "a code of no class", "650 Ok\r\n", -1, "", "", "" },
		{ "a status of another class is text", "450 5.1.1 x\r\n", 13, "450", "",
		    "450 5.1.1 x" },
		{ "an address is no status", "550 5.1.1.2 x\r\n", 15, "550", "",
		    "550 5.1.1.2 x" },
		{ "control characters do not get through", "550 a\033[2Jb\r\n", 12,
		    "550", "", "550 a [2Jb" },
		{ "nor does what is no UTF-8", "550 \xff!\r\n", 8, "550", "",
		    "550 \xef\xbf\xbd!" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct handed h;
		int got;

		memset(&h, 0, sizeof(h));
		got = smtp_answer(t[i].input, strlen(t[i].input), &h);
		if (got != t[i].want)
			fail_msg("%s: got %d, want %d", t[i].says, got, t[i].want);
		if (got > 0 && (strcmp(h.code, t[i].code) != 0 ||
		    strcmp(h.status, t[i].status) != 0 ||
		    strcmp(h.text, t[i].text) != 0))
			fail_msg("%s: got %s|%s|%s", t[i].says, h.code, h.status,
			    h.text);
	}
}

static void
an_answer_has_an_end(void **state)
{
	struct buf b = BUF(1 << 20);
	struct handed h;

	(void)state;
	/* a long one is cut, between characters */
	buf_str(&b, "550 ");
	for (int i = 0; i < 400; i++)
		buf_str(&b, "\xc3\xa5");
	buf_str(&b, "\r\n");
	assert_int_equal(smtp_answer(buf_text(&b), b.len, &h), b.len);
	assert_true(strlen(h.text) < HANDED_TEXT && strlen(h.text) > 490);
	/* one without end is refused in time */
	buf_clear(&b);
	while (b.len < 70000)
		buf_str(&b, "250-more\r\n");
	assert_int_equal(smtp_answer(buf_text(&b), 1000, &h), 0);
	assert_int_equal(smtp_answer(buf_text(&b), b.len, &h), -1);
	buf_free(&b);
}

static void
a_mail_is_stuffed(void **state)
{
	static const struct { const char *in, *want; } t[] = {
		{ "a\nb\n", "a\r\nb\r\n.\r\n" },
		{ "a\r\nb", "a\r\nb\r\n.\r\n" },
		{ ".\n..\nx.\n", "..\r\n...\r\nx.\r\n.\r\n" },
		{ "\n\n", "\r\n\r\n.\r\n" },
		{ "", ".\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct buf b = BUF(100);

		smtp_stuff(t[i].in, strlen(t[i].in), &b);
		assert_string_equal(buf_text(&b), t[i].want);
		buf_free(&b);
	}
}

static void
xtext_is_written(void **state)
{
	struct buf b = BUF(100);

	(void)state;
	smtp_xtext("a+b=c@example.no", &b);	/* RFC 3461, 4 */
	assert_string_equal(buf_text(&b), "a+2Bb+3Dc@example.no");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_read),
		cmocka_unit_test(an_answer_has_an_end),
		cmocka_unit_test(a_mail_is_stuffed),
		cmocka_unit_test(xtext_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
