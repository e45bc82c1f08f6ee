/* The mails in one file. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/contact/mbox.h"

#define FROM	"From MAILER-DAEMON Mon Mar  2 10:00:00 2026\n"

static const struct {
	const char *says, *text, *want;		/* mails, "|" behind each */
} cases[] = {
	{ "nothing", "", "" },
	{ "one", FROM "A: b\n\nx\n", "A: b\n\nx\n|" },
	{ "two", FROM "a\n\n" FROM "b\n\n", "a\n|b\n|" },
	{ "two without the empty line", FROM "a\n" FROM "b", "a\n|b|" },
	{ "an empty one", FROM FROM "b\n", "|b\n|" },
	{ "an empty one with its empty line", FROM "\n" FROM "b\n", "|b\n|" },
	{ "empty lines at the end but one are the mail's", FROM "a\n\n\n\n" FROM "b\n",
	    "a\n\n\n|b\n|" },
	{ "From lines that were quoted", FROM ">From x\n>>From y\n>Fro\n>\n> From z\n",
	    "From x\n>From y\n>Fro\n>\n> From z\n|" },
	{ "a sentence is no new mail", FROM "a\n\nFrom here on\nFrom 2026 at 10\n",
	    "a\n\nFrom here on\nFrom 2026 at 10\n|" },
	{ "nor is one with a time", FROM "a\n\nFrom 10:30 we shut\n",
	    "a\n\nFrom 10:30 we shut\n|" },
	{ "a zone before the year",
	    FROM "a\n\nFrom b@example.org Mon Mar  2 10:00:00 +0100 2026\nb\n",
	    "a\n|b\n|" },
	{ "a zone behind the year",
	    FROM "a\n\nFrom b@example.org Mon Mar  2 10:00 2026 +0100\nb\n", "a\n|b\n|" },
	{ "a last line without end", FROM "a\n\nFrom b Mon Mar  2 10:00:00 2026",
	    "a\n||" },
	{ "CRLF", "From a Mon Mar  2 10:00:00 2026\r\na\r\n\r\n"
	    "From b Mon Mar  2 10:00:00 2026\r\n>From b\r\n\r\n",
	    "a\r\n|From b\r\n|" },
};

static void
splits_as_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf got = BUF(4096), mail = BUF(4096);
		size_t at = 0, len = strlen(cases[i].text);

		assert_true(mbox_is(cases[i].text, len));
		while (mbox_next(cases[i].text, len, &at, &mail)) {
			buf_add(&got, buf_text(&mail), mail.len);
			buf_chr(&got, '|');
			buf_clear(&mail);
		}
		if (strcmp(buf_text(&got), cases[i].want) != 0)
			fail_msg("%s: got\n%s\nwant\n%s", cases[i].says,
			    buf_text(&got), cases[i].want);
		buf_free(&got);
		buf_free(&mail);
	}
}

static void
knows_what_is_none(void **state)
{
	(void)state;
	assert_false(mbox_is("Received: x\n", 12));
	assert_false(mbox_is("From: a@example.org\n", 20));
	assert_false(mbox_is("From here\n", 10));
	assert_false(mbox_is("\0\0", 2));
}

static void
keeps_the_head_of_a_long_one(void **state)
{
	static const char text[] = FROM "0123456789\nabc\n" FROM "b\n";
	struct buf mail = BUF(8);
	size_t at = 0;

	(void)state;
	assert_int_equal(mbox_next(text, sizeof(text) - 1, &at, &mail), 1);
	assert_string_equal(buf_text(&mail), "01234567");
	assert_true(mail.over);
	buf_clear(&mail);
	assert_int_equal(mbox_next(text, sizeof(text) - 1, &at, &mail), 1);
	assert_string_equal(buf_text(&mail), "b\n");
	assert_false(mail.over);
	assert_int_equal(mbox_next(text, sizeof(text) - 1, &at, &mail), 0);
	buf_free(&mail);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_as_the_table_says),
		cmocka_unit_test(knows_what_is_none),
		cmocka_unit_test(keeps_the_head_of_a_long_one),
	};

	return cmocka_run_group_tests_name("mbox", tests, NULL, NULL);
}
