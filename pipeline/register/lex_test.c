#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/mem.h"
#include "tests/slow_json.h"

#include "pipeline/register/lex.h"

#define TEXT(s_)	s_, sizeof(s_) - 1

/* ${want} NULL: it is no JSON. */
static const struct {
	const char *says, *text;
	size_t len;
	const char *want;
} cases[] = {
	{ "an empty array", TEXT("[]"), "[]" },
	{ "an empty object", TEXT("{}"), "{}" },
	{ "blanks everywhere", TEXT(" \t\r\n[ \n1\t, 2 ]\n "), "[n:1;n:2;]" },
	{ "a single value", TEXT("42"), "n:42;" },
	{ "a single string", TEXT("\"x\""), "s:x;" },
	{ "the three words", TEXT("[true,false,null]"), "[tfz]" },
	{ "numbers of all kinds", TEXT("[0,-0,-1.5,1e9,1E+2,2.0e-3]"),
	  "[n:0;n:-0;n:-1.5;n:1e9;n:1E+2;n:2.0e-3;]" },
	{ "all escapes", TEXT("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"),
	  "[s:\"\\/\b\f\n\r\t;]" },
	{ "an escape for a letter", TEXT("[\"\\u00E5\\u00e6\"]"), "[s:åæ;]" },
	{ "a surrogate pair", TEXT("[\"\\ud83d\\ude00\"]"), "[s:\xf0\x9f\x98\x80;]" },
	{ "half a pair at the end", TEXT("[\"a\\ud83d\"]"), "[s!a\xef\xbf\xbd;]" },
	{ "half a pair before text", TEXT("[\"\\ud83dx\"]"), "[s!\xef\xbf\xbdx;]" },
	{ "the second half first", TEXT("[\"\\ude00\\ud83d\"]"),
	  "[s!\xef\xbf\xbd\xef\xbf\xbd;]" },
	{ "half a pair before a pair", TEXT("[\"\\ud83d\\ud83d\\ude00\"]"),
	  "[s!\xef\xbf\xbd\xf0\x9f\x98\x80;]" },
	{ "a flaw is of its own string only", TEXT("[\"\\u0000\",\"b\"]"),
	  "[s!\xef\xbf\xbd;s:b;]" },
	{ "an escaped key", TEXT("{\"n\\u0061vn\":1}"), "{k:navn;n:1;}" },
	{ "the same key twice is not the lexer's business",
	  TEXT("{\"a\":1,\"a\":2}"), "{k:a;n:1;k:a;n:2;}" },
	{ "UTF-8 of two, three and four octets", TEXT("[\"å€\xf0\x9f\x98\x80\"]"),
	  "[s:å€\xf0\x9f\x98\x80;]" },
	{ "a byte order mark in front", TEXT("\xef\xbb\xbf[1]"), "[n:1;]" },
	{ "DEL is no control character in JSON", TEXT("[\"\x7f\"]"), "[s:\x7f;]" },

	{ "nothing", TEXT(""), NULL },
	{ "blanks only", TEXT(" \n"), NULL },
	{ "half a byte order mark", TEXT("\xef\xbb"), NULL },
	{ "a byte order mark behind a blank", TEXT(" \xef\xbb\xbf[]"), NULL },
	{ "a byte order mark inside", TEXT("[\xef\xbb\xbf]"), NULL },
	{ "an open array", TEXT("[1"), NULL },
	{ "an open array after a comma", TEXT("[1,"), NULL },
	{ "an open object", TEXT("{\"a\":1"), NULL },
	{ "an open string", TEXT("[\"a"), NULL },
	{ "an open escape", TEXT("[\"\\"), NULL },
	{ "a comma before the end", TEXT("[1,]"), NULL },
	{ "a comma before the brace", TEXT("{\"a\":1,}"), NULL },
	{ "two commas", TEXT("[1,,2]"), NULL },
	{ "no comma", TEXT("[1 2]"), NULL },
	{ "a leading comma", TEXT("[,1]"), NULL },
	{ "no colon", TEXT("{\"a\" 1}"), NULL },
	{ "no value", TEXT("{\"a\":}"), NULL },
	{ "no key", TEXT("{1:2}"), NULL },
	{ "a key without quotes", TEXT("{a:2}"), NULL },
	{ "the wrong closing bracket", TEXT("[1}"), NULL },
	{ "the wrong closing brace", TEXT("{\"a\":1]"), NULL },
	{ "one closing bracket too many", TEXT("[1]]"), NULL },
	{ "a second value", TEXT("[1][2]"), NULL },
	{ "newline-delimited JSON", TEXT("{\"a\":1}\n{\"a\":2}"), NULL },
	{ "a comment", TEXT("[1 /* one */]"), NULL },
	{ "single quotes", TEXT("['a']"), NULL },
	{ "a leading zero", TEXT("[01]"), NULL },
	{ "a leading plus", TEXT("[+1]"), NULL },
	{ "a bare minus", TEXT("[-]"), NULL },
	{ "a point without digits", TEXT("[1.]"), NULL },
	{ "digits only behind the point", TEXT("[.5]"), NULL },
	{ "an exponent without digits", TEXT("[1e]"), NULL },
	{ "a hexadecimal number", TEXT("[0x10]"), NULL },
	{ "no number", TEXT("[NaN]"), NULL },
	{ "a word cut short", TEXT("[tru]"), NULL },
	{ "a word too long", TEXT("[nulll]"), NULL },
	{ "a word in capitals", TEXT("[True]"), NULL },
	{ "a newline in a string", TEXT("[\"a\nb\"]"), NULL },
	{ "a tab in a string", TEXT("[\"a\tb\"]"), NULL },
	{ "a NUL in a string", TEXT("[\"a\0b\"]"), NULL },
	{ "a NUL between values", TEXT("[1\0]"), NULL },
	{ "a control character in a long string",
	  TEXT("[\"0123456789abcdef0123456789\x1f\"]"), NULL },
	{ "an unknown escape", TEXT("[\"\\x41\"]"), NULL },
	{ "an escape of three digits", TEXT("[\"\\u00e\"]"), NULL },
	{ "Latin-1", TEXT("[\"bl\xe5\"]"), NULL },
	{ "an overlong form", TEXT("[\"\xc0\xaf\"]"), NULL },
	{ "an overlong form of three", TEXT("[\"\xe0\x80\xaf\"]"), NULL },
	{ "a surrogate in UTF-8", TEXT("[\"\xed\xa0\x80\"]"), NULL },
	{ "beyond Unicode", TEXT("[\"\xf4\x90\x80\x80\"]"), NULL },
	{ "a character cut by the quote", TEXT("[\"\xe2\x82\"]"), NULL },
	{ "a continuation alone", TEXT("[\"\x80\"]"), NULL },
	{ "malformed UTF-8 in a key", TEXT("{\"\xff\":1}"), NULL },
	{ "a form feed between values", TEXT("[1,\f2]"), NULL },
	{ "a no-break space between values", TEXT("[1,\xc2\xa0 2]"), NULL },
	{ "HTML", TEXT("<!DOCTYPE html><html></html>"), NULL },
};

static void
check(const char *says, const char *text, size_t len, const char *want)
{
	struct buf slow = BUF(1 << 20);
	int good = slow_json(text, len, &slow) == 0;

	if (good != (want != NULL) || (good && strcmp(slow.data, want) != 0))
		fail_msg("%s: the second opinion reads '%s'", says, buf_text(&slow));
	for (size_t piece = 1; piece <= len + 1; piece++) {
		struct buf got = BUF(1 << 20);
		struct err err;
		int ret = trace_lex(text, len, piece, &got, &err);

		if (ret != (want != NULL ? 0 : -1))
			fail_msg("%s, in pieces of %zu: got %d, trace '%s'", says, piece,
			    ret, buf_text(&got));
		if (ret == 0 && strcmp(got.data, want) != 0)
			fail_msg("%s, in pieces of %zu: got '%s', want '%s'", says,
			    piece, got.data, want);
		if (ret != 0)
			assert_int_equal(err.status, EX_DATAERR);
		buf_free(&got);
	}
	buf_free(&slow);
}

static void
reads_json_and_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i].says, cases[i].text, cases[i].len, cases[i].want);
}

/* Every octet in every place of a text that has it all. */
static void
agrees_with_the_second_opinion_on_every_mutation(void **state)
{
	static const char base[] = "[{\"a\\u00e5\" : \"b\xc3\xa5\\n\",\"c\":[-1.5e3,0,"
	    "true,null,{}],\n\"d\":{\"e\":\"\\ud83d\\ude00 0123456789\"}}]";
	char text[sizeof(base)];
	size_t n = 0;

	(void)state;
	for (size_t at = 0; at < sizeof(base) - 1; at++)
		for (int octet = 0; octet < 256; octet++, n++) {
			struct buf slow = BUF(1 << 16), got = BUF(1 << 16);
			struct err err;
			int want, ret;

			memcpy(text, base, sizeof(base));
			text[at] = (char)octet;
			want = slow_json(text, sizeof(base) - 1, &slow);
			ret = trace_lex(text, sizeof(base) - 1, 1 + n % 23, &got, &err);
			if (ret != want || (ret == 0 && (slow.len != got.len ||
			    memcmp(slow.data, got.data, got.len) != 0)))
				fail_msg("octet %02x at %zu: got %d '%s', want %d '%s'",
				    octet, at, ret, buf_text(&got), want,
				    buf_text(&slow));
			buf_free(&slow);
			buf_free(&got);
		}
}

static void
refuses_what_is_nested_too_deep(void **state)
{
	struct buf b = BUF(1000), trace = BUF(1000);
	struct err err;

	(void)state;
	for (int i = 0; i < LEX_DEPTH; i++)
		buf_chr(&b, '[');
	for (int i = 0; i < LEX_DEPTH; i++)
		buf_chr(&b, ']');
	assert_int_equal(trace_lex(b.data, b.len, 7, &trace, &err), 0);
	buf_clear(&b);
	for (int i = 0; i <= LEX_DEPTH; i++)
		buf_chr(&b, '[');
	assert_int_equal(trace_lex(b.data, b.len, 7, &trace, &err), -1);
	assert_string_equal(err.text, "not JSON: line 1: nested too deep");
	buf_free(&b);
	buf_free(&trace);
}

static void
says_the_line(void **state)
{
	struct buf trace = BUF(1000);
	struct err err;

	(void)state;
	assert_int_equal(trace_lex(TEXT("[\n1,\n\n2;\n]"), 3, &trace, &err), -1);
	assert_string_equal(err.text, "not JSON: line 4: there is ';' where a comma "
	    "or a closing bracket should be");
	assert_int_equal(trace_lex(TEXT("[\n1,\n"), 3, &trace, &err), -1);
	assert_string_equal(err.text,
	    "not whole: ends at line 3 before the closing bracket");
	buf_free(&trace);
}

/* A key or a number without end takes no memory and matches nothing. */
static void
cuts_long_keys_and_numbers(void **state)
{
	struct buf b = BUF(1 << 20), slow = BUF(1 << 20), got = BUF(1 << 20);
	struct err err;

	(void)state;
	buf_str(&b, "{\"");
	for (int i = 0; i < 5000; i++)
		buf_chr(&b, 'k');
	buf_str(&b, "\":1");
	for (int i = 0; i < 5000; i++)
		buf_chr(&b, '0');
	buf_str(&b, "}");
	assert_int_equal(slow_json(b.data, b.len, &slow), 0);
	assert_int_equal(trace_lex(b.data, b.len, 100, &got, &err), 0);
	assert_string_equal(slow.data, got.data);
	assert_true(got.len < 300);
	buf_free(&b);
	buf_free(&slow);
	buf_free(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_json_and_nothing_else),
		cmocka_unit_test(agrees_with_the_second_opinion_on_every_mutation),
		cmocka_unit_test(refuses_what_is_nested_too_deep),
		cmocka_unit_test(says_the_line),
		cmocka_unit_test(cuts_long_keys_and_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
