#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/buf.h"

#include "config/inifile.h"

/* Events as lines: "2 [s]", "3 k=v", "4 +v", "5 !fault". */
static void
note(void *ctx, const struct inifile_event *e)
{
	struct buf *b = ctx;

	buf_printf(b, "%d ", e->line);
	if (e->what == INIFILE_SECTION)
		buf_printf(b, "[%s]", e->section);
	else if (e->what == INIFILE_ENTRY)
		buf_printf(b, "%s=%s", e->key, e->value);
	else
		buf_printf(b, "%c%s", e->what == INIFILE_MORE ? '+' : '!', e->value);
	buf_chr(b, '\n');
}

static void
check(const char *says, const char *text, size_t len, int flags, const char *want)
{
	struct buf b = BUF(1 << 20);

	inifile_read(text, len, flags, "codes", note, &b);
	if (strcmp(buf_text(&b), want) != 0)
		fail_msg("%s:\ngot\n%swant\n%s", says, buf_text(&b), want);
	buf_free(&b);
}

static void
lines_are_read_with_their_numbers(void **state)
{
	static const struct { const char *says, *text; int flags; const char *want; }
	t[] = {
		{ "nothing", "", 0, "" },
		{ "blank lines and comments", "\n# a\n; b\n  # c\n\t\n", 0, "" },
		{ "the plain case", "[s]\nk = v\n", 0, "1 [s]\n2 k=v\n" },
		{ "no newline at the end", "[s]\nk=v", 0, "1 [s]\n2 k=v\n" },
		{ "CRLF", "[s]\r\n\r\nk=v\r\n", 0, "1 [s]\n3 k=v\n" },
		{ "a byte order mark", "\xef\xbb\xbf[s]\n", 0, "1 [s]\n" },
		{ "an inline comment", "[s] ; x\nk = a;b ; c\nl = ;all\n", 0,
		    "1 [s]\n2 k=a;b\n3 l=\n" },
		{ "# is no inline comment", "k = a # b\n", 0, "1 k=a # b\n" },
		{ "a value with = and :", "k = a=b:c\nl: d=e\n", 0,
		    "1 k=a=b:c\n2 l=d=e\n" },
		{ "blanks in names", " [ group   x ]\nnet \t areas = 1\n", 0,
		    "1 [group x]\n2 net areas=1\n" },
		{ "an empty section is seen", "[a]\n[b]\n", 0, "1 [a]\n2 [b]\n" },
		{ "indentation means nothing", "[s]\n  k = v\n  l = w\n", 0,
		    "1 [s]\n2 k=v\n3 l=w\n" },
		{ "a name of more than libinih's 50 octets",
		    "[a23456789012345678901234567890123456789012345678901234567890]\n"
		    "k23456789012345678901234567890123456789012345678901234567890 = v\n"
		    "  more\n", INIFILE_MULTILINE,
		    "1 [a23456789012345678901234567890123456789012345678901234567890]\n"
		    "2 k23456789012345678901234567890123456789012345678901234567890=v\n"
		    "3 +more\n" },

		{ "a value goes on", "k = a\n  b, c ; d\n\n  # no\n\te\n",
		    INIFILE_MULTILINE, "1 k=a\n2 +b, c\n5 +e\n" },
		{ "a key that is indented is a key", "[s]\n  k = a\n  net areas = b\n",
		    INIFILE_MULTILINE, "1 [s]\n2 k=a\n3 net areas=b\n" },
		{ "text with = in it goes on", "k = a\n  https://x/?t=1\n  so we say = no\n",
		    INIFILE_MULTILINE, "1 k=a\n2 +https://x/?t=1\n3 +so we say = no\n" },
		{ "an = alone makes no key", "k = a\n  = b\n", INIFILE_MULTILINE,
		    "1 k=a\n2 += b\n" },
		{ "nothing goes on after a heading", "k = a\n[s]\n  b\n",
		    INIFILE_MULTILINE,
		    "1 k=a\n2 [s]\n3 !is neither a heading nor KEY = VALUE\n" },
		{ "what follows a fault is part of it", "k = a\n= b\n  c\nl = d\n",
		    INIFILE_MULTILINE,
		    "1 k=a\n2 !there is no key before the '='\n4 l=d\n" },

		{ "decisions with and without =", "[codes]\n1 -> 2 = no\n1->3   yes ; x\n"
		    "1 -> 4 = yes\n", 0,
		    "1 [codes]\n2 1 -> 2=no\n3 1->3=yes\n4 1 -> 4=yes\n" },
		{ "but only there", "[other]\n1 -> 2 no\n", 0,
		    "1 [other]\n2 !is neither a heading nor KEY = VALUE\n" },
		{ "and with something to decide", "[codes]\n1 -> 2\n1 2 no\n", 0,
		    "1 [codes]\n2 !is neither a heading nor KEY = VALUE\n"
		    "3 !is neither a heading nor KEY = VALUE\n" },

		{ "every fault is told", "[a\n[]\n[b] c\nd\n = e\n[f]\n", 0,
		    "1 !the heading has no ']'\n2 !the heading is empty\n"
		    "3 !something follows the heading's ']'\n"
		    "4 !is neither a heading nor KEY = VALUE\n"
		    "5 !there is no key before the '='\n6 [f]\n" },
		{ "Latin-1", "k = bl\xe5\nl = v\n", 0, "1 !is not UTF-8 text: save the file as UTF-8\n2 l=v\n" },
		{ "UTF-16", "\xff\xfe[a]\nl = v\n", 0,
		    "1 !is UTF-16: save the file as UTF-8\n2 l=v\n" },
		{ "a control character", "k = a\x1b[1mb\n", 0,
		    "1 !holds a control character\n" },
		{ "a CR that ends no line", "k = a\rb\n", 0,
		    "1 !holds a control character\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		check(t[i].says, t[i].text, strlen(t[i].text), t[i].flags, t[i].want);
	check("a NUL", "a = 1\nb\0 = 2\nc = 3\n", 19, 0,
	    "1 a=1\n2 !holds a control character\n3 c=3\n");
}

static void
a_line_has_a_limit(void **state)
{
	size_t n = INIFILE_LINE + 1;
	char *text = malloc(n + 10), *want = malloc(n + 10);

	(void)state;
	assert_non_null(text);
	assert_non_null(want);
	memset(text, 'v', n);
	memcpy(text, "k=", 2);
	memcpy(text + n, "\nl=w", 5);
	check("one too long", text, strlen(text), 0, "1 !the line is too long\n2 l=w\n");

	text[n - 1] = '\n';	/* and the longest that is not */
	memcpy(text + n, "l=w", 4);
	memcpy(want, "1 ", 2);
	memcpy(want + 2, text, n);
	memcpy(want + 2 + n, "2 l=w\n", 7);
	check("the longest", text, strlen(text), 0, want);

	memset(text, 'k', n);
	memcpy(text + INIFILE_NAME + 1, "=v\n", 4);
	check("a long key", text, strlen(text), 0,
	    "1 !the name of the key is too long\n");
	text[0] = '[';
	memcpy(text + INIFILE_NAME + 2, "]\n", 3);
	check("a long heading", text, strlen(text), 0,
	    "1 !the heading is too long\n");
	free(text);
	free(want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read_with_their_numbers),
		cmocka_unit_test(a_line_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
