#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/file.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"
#include "pipeline/register/scan.h"
#include "pipeline/register/span.h"
#include "tests/extract.h"

#include "pipeline/register/quick.h"

/* --- what two readings tell -------------------------------------------------- */

struct told {
	struct buf text;
};

static int
told_unit(void *ctx, const struct unit *u, struct err *err)
{
	struct told *t = ctx;
	int64_t number;
	double real;

	(void)err;
	buf_chr(&t->text, '+');
	for (size_t i = 0; i < unit_fields_n; i++) {
		const struct unit_field *f = &unit_fields[i];

		if (unit_is_text(f->type) && unit_text(u, f) != NULL)
			buf_printf(&t->text, " %s=<%s>", f->name, unit_text(u, f));
		else if (f->type == UNIT_REAL && unit_real(u, f, &real))
			buf_printf(&t->text, " %s=%.17g", f->name, real);
		else if (!unit_is_text(f->type) && f->type != UNIT_REAL &&
		    unit_int(u, f, &number))
			buf_printf(&t->text, " %s=%lld", f->name, (long long)number);
	}
	buf_chr(&t->text, '\n');
	return 0;
}

static int
told_fault(void *ctx, const struct scan_fault *f, struct err *err)
{
	struct told *t = ctx;

	(void)err;
	buf_printf(&t->text, "%d %s %zu %zu %s: %s\n", f->dropped, f->orgnr, f->line,
	    f->number, f->field != NULL ? f->field : "", f->why);
	return 0;
}

/* In pieces, each in memory of its own; too small ones are not for quick. */
static int
read_in(const char *text, size_t len, size_t piece, struct told *t, struct err *err)
{
	struct scan_to to = { told_unit, told_fault, t };
	struct scan *s = scan_new(UNIT_ANY, &to);
	int ret = 0;

	for (size_t at = 0; at < len && ret == 0; at += piece) {
		size_t now = len - at < piece ? len - at : piece;
		char *copy = mem_alloc(now);

		memcpy(copy, text + at, now);
		ret = scan_push(s, copy, now, err);
		free(copy);
	}
	if (ret == 0)
		ret = scan_end(s, err);
	scan_free(s);
	return ret;
}

/* The lexer alone, all at once and cut into two: the same must be told. */
static void
must_agree(const char *says, const char *text, size_t len, size_t cut)
{
	struct told slow = { BUF(BUF_ANY) }, whole = { BUF(BUF_ANY) };
	struct told halves = { BUF(BUF_ANY) };
	struct err err, err2;
	int ret = read_in(text, len, QUICK_SLACK, &slow, &err);

	assert_int_equal(read_in(text, len, len, &whole, &err2), ret);
	if (strcmp(buf_text(&slow.text), buf_text(&whole.text)) != 0)
		fail_msg("%s: the lexer\n%s\nquickly\n%s\nof\n%.*s", says,
		    buf_text(&slow.text), buf_text(&whole.text), (int)len, text);
	if (ret != 0)
		assert_string_equal(err.text, err2.text);
	assert_int_equal(read_in(text, len, cut, &halves, &err2), ret);
	assert_string_equal(buf_text(&slow.text), buf_text(&halves.text));
	if (ret != 0)
		assert_string_equal(err.text, err2.text);
	buf_free(&slow.text);
	buf_free(&whole.text);
	buf_free(&halves.text);
}

/* --- one by one ----------------------------------------------------------------- */

#define A	"\"organisasjonsnummer\":\"211111119\""

/* How far quick_unit() comes; -1: it says nothing. */
static long
length_of(const char *text, size_t len, enum unit_kind asked, size_t *lines)
{
	struct quick *q = quick_new(asked);
	char *copy = mem_alloc(len);
	const struct unit *u;
	const char *p;
	long ret;

	memcpy(copy, text, len);
	*lines = 0;
	p = quick_unit(q, copy, copy + len, &u, lines);
	ret = p != NULL ? (long)(p - copy) : -1;
	free(copy);
	quick_free(q);
	return ret;
}

static void
padded(struct buf *b, const char *text)
{
	buf_clear(b);
	buf_str(b, text);
	for (int i = 0; i <= QUICK_SLACK; i++)
		buf_chr(b, ' ');
}

static void
reads_what_is_usual(void **state)
{
	static const struct { const char *text; size_t lines; } usual[] = {
		{ "{" A "}", 0 },
		{ "{" A ",\"navn\":\"X\",\"links\":[],\"ny\":{\"a\":[1,-2.5e3,null]}}", 0 },
		{ "{\n  \"links\" : [ ],\n  " A ",\n  \"navn\" : \"BLÅBÆR €\"\n}", 4 },
		{ "{\r\n\t" A " ,\n\n\"konkurs\" :\ttrue, \"antallAnsatte\": 12 }", 3 },
		{ "{" A ",\"navn\":\"a\\\"b\\\\c\\/d\\n\\t\\r\\b\\f\"}", 0 },
		{ "{" A ",\"aktivitet\":[\"a\",null,\"\",\"b\"],\"paategninger\":[{},1]}", 0 },
		{ "{" A ",\"historiskeNavn\":[{\"navn\":\"X\",\"links\":[ ],"
		  "\"fraDato\":null,\"tilDato\":\"\"},{}]}", 0 },
		{ "{" A ",\"postadresse\":{\"land\":\"Norge\",\"adresse\":[ \"V 1\" ]}}", 0 },
		{ "{" A ",\"postadresse\":null,\"kapital\":\"\",\"navn\":null}", 0 },
		{ "{" A ",\"kapital\":{\"belop\":1.50,\"bundet\":true,\"innbetalt\":7}}", 0 },
		{ "{" A ",\"naeringskode1\":{\"kode\":\"90.201\"},"
		  "\"stiftelsesdato\":\"2024-02-29\",\"sisteInnsendteAarsregnskap\":\"2024\"}", 0 },
	};
	struct buf b = BUF(BUF_ANY), all = BUF(BUF_ANY);
	size_t lines;

	(void)state;
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		padded(&b, usual[i].text);
		if (length_of(b.data, b.len, UNIT_ENHET, &lines) !=
		    (long)strlen(usual[i].text))
			fail_msg("nothing is said of %s", usual[i].text);
		assert_int_equal(lines, usual[i].lines);
		buf_clear(&all);
		buf_str(&all, "[");
		buf_str(&all, usual[i].text);
		buf_str(&all, ",");
		buf_str(&all, usual[i].text);
		buf_str(&all, "]");
		buf_str(&all, b.data + strlen(usual[i].text));
		must_agree(usual[i].text, all.data, all.len, all.len / 2);
	}
	buf_free(&b);
	buf_free(&all);
}

static void
says_nothing_of_what_is_not(void **state)
{
	static const char *const odd[] = {
		"{}", "{\"navn\":\"X\"}", "{" A "," A "}", "{" A ",\"navn\":7}",
		"{" A ",\"navn\":\"\\u00e5\"}", "{" A ",\"navn\":\"a\tb\"}",
		"{" A ",\"navn\":\"\xe5\"}", "{" A ",\"navn\":\"\xc3\"}",
		"{" A ",\"navn\":\"0123456789abcd\xc3\"}",
		"{" A ",\"navn\":\"0123456789abcde\xc3\"}",
		"{" A ",\"ny\":\"0123456789abcde\xc3" "a\"}",
		"{" A ",\"navn\":\"\xed\xa0\x80\"}", "{" A ",\"n\\u0061vn\":\"X\"}",
		"{" A ",\"n\\/vn\":\"X\"}", "{" A ",\"stiftelsesdato\":\"2023-02-29\"}",
		"{" A ",\"naeringskode1\":{\"kode\":\"9.2011\"}}",
		"{" A ",\"respons_klasse\":\"Underenhet\"}",
		"{" A ",\"organisasjonsform\":{\"kode\":\"BEDR\"}}",
		"{" A ",\"ny\":01}", "{" A ",\"ny\":1.}", "{" A ",\"ny\":tru}",
		"{" A ",\"ny\":nul }", "{" A ",\"navn\":nul }", "{" A ",\"ny\":[1,]}",
		"{" A ",\"ny\":[1 2]}", "{" A ",\"ny\":{1:2}}", "{" A ",\"ny\":{\"a\" 1}}",
		"{" A ",}", "{" A "]", "{" A ",\"navn\"\"X\"}", "{" A ",\"ny\":[1}}",
		"{" A ",\"historiskeNavn\":[{\"navn\":[]}]}",
		"{" A ",\"historiskeNavn\":[{\"navn\":12}]}",
		"{" A ",\"historiskeNavn\":[{\"navn\":\"a\",\"navn\":\"b\"}]}",
		"{" A ",\"historiskeNavn\":[{\"navn\":\"a\\/\"}]}",
		"{" A ",\"historiskeNavn\":[{\"navn\":\"a\x7f\"}]}",
		"{" A ",\"historiskeNavn\":[\"navn\"]}", "{" A ",\"navn\":{}}",
		"{" A ",\"navn\":[]}", "{" A ",\"aktivitet\":[1]}",
		"{" A ",\"postadresse\":[]}", "{" A ",\"postadresse\":\"a\"}",
		"{" A ",\"konkurs\":\"true\"}", "{" A ",\"antallAnsatte\":1.5}",
		"{" A ",\"ny\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}",
	};
	struct buf b = BUF(BUF_ANY);
	size_t lines;

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		padded(&b, odd[i]);
		if (length_of(b.data, b.len, UNIT_ENHET, &lines) != -1)
			fail_msg("something is said of %s", odd[i]);
	}
	buf_free(&b);
}

/* Cut anywhere, nothing is said and nothing behind it is looked at (sanitizers
 * would say so). */
static void
says_nothing_of_half_a_unit(void **state)
{
	struct buf b = BUF(BUF_ANY);
	struct extract x = { &b, 7, EXTRACT_BULK, 0, 0, 1 };
	size_t lines, whole;

	(void)state;
	extract_unit(&x);
	whole = b.len;
	for (int i = 0; i <= QUICK_SLACK; i++)
		buf_chr(&b, ' ');
	assert_int_equal(length_of(b.data, b.len, UNIT_ANY, &lines), whole);
	for (size_t len = 1; len < whole + QUICK_SLACK; len++)
		if (length_of(b.data, len, UNIT_ANY, &lines) != -1)
			fail_msg("something is said of %zu octets", len);
	buf_free(&b);
}

static void
leaves_long_units_to_the_lexer(void **state)
{
	struct buf b = BUF(BUF_ANY);
	size_t lines;
	long len;

	(void)state;
	for (int over = 0; over < 2; over++) {
		buf_clear(&b);
		buf_str(&b, "{" A ",\"navn\":\"");
		while (b.len < (over ? QUICK_MAX : QUICK_MAX - QUICK_SLACK - 20))
			buf_chr(&b, 'x');
		buf_str(&b, "\"}");
		len = (long)b.len;
		for (int i = 0; i <= QUICK_SLACK; i++)
			buf_chr(&b, ' ');
		assert_int_equal(length_of(b.data, b.len, UNIT_ANY, &lines),
		    over ? -1 : len);
	}
	buf_free(&b);
}

/* --- many ------------------------------------------------------------------------- */

static void
agrees_with_the_lexer(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 600; seed++) {
		struct buf b = BUF(BUF_ANY);
		struct extract x = { &b, seed * UINT64_C(0x9e3779b97f4a7c15),
		    (enum extract_layout)(seed % 3), seed % 4 == 0 ? 40 : 0,
		    seed % 5 == 0 ? 100 : 0, 1 };

		extract_make(&x, 4);
		must_agree("made up", b.data, b.len, 1 + extract_random(&x, b.len));
		buf_free(&b);
	}
}

/* The lexer would never tell that quick does not do its part. */
static void
reads_every_unit_without_fault_or_escape(void **state)
{
	size_t lines, len;

	(void)state;
	for (uint64_t seed = 1; seed <= 600; seed++) {
		struct buf b = BUF(BUF_ANY);
		struct extract x = { &b, seed * UINT64_C(0x94d049bb133111eb),
		    (enum extract_layout)(seed % 3), 0, 0, 1 };

		extract_unit(&x);
		len = b.len;
		for (int i = 0; i <= QUICK_SLACK; i++)
			buf_chr(&b, ' ');
		if (length_of(b.data, b.len, UNIT_ANY, &lines) != (long)len)
			fail_msg("nothing is said of %.*s", (int)len, b.data);
		buf_free(&b);
	}
}

static void
agrees_with_the_lexer_on_what_is_broken(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 6000; seed++) {
		struct buf b = BUF(BUF_ANY);
		struct extract x = { &b, seed * UINT64_C(0xbf58476d1ce4e5b9),
		    (enum extract_layout)(seed % 3), seed % 8 == 0 ? 40 : 0,
		    seed % 5 == 0 ? 100 : 0, 1 };

		extract_make(&x, 1 + seed % 3);
		b.len -= 32;
		do {
			extract_mutate(&x, &b);
		} while (extract_one_in(&x, 3));
		must_agree("broken", b.data, b.len, 1 + extract_random(&x, b.len));
		buf_free(&b);
	}
}

/* Every octet in every place of a unit, so that no look-up sees two as one. */
static void
agrees_with_the_lexer_on_every_octet(void **state)
{
	static const char base[] = "[{" A ",\"navn\" : \"b\xc3\xa5t 0123456789 \\n\","
	    "\"konkurs\":false,\n\"kapital\":{\"belop\":-1.5e3},\"x\":[ ],\"y\":\"\xe2\x82\xac\"}]";
	struct buf b = BUF(BUF_ANY);

	(void)state;
	for (size_t at = 0; at < sizeof(base) - 1; at++)
		for (int c = 0; c < 256; c += at % 3 == 0 ? 1 : 3) {
			padded(&b, base);
			b.data[at] = (char)c;
			must_agree("an octet", b.data, b.len, 1 + at);
		}
	buf_free(&b);
}

/* --- span ------------------------------------------------------------------------- */

static int
obvious_stop(unsigned char c)
{
	return c == '"' || c == '\\' || c < 0x20;
}

/* Runs of any length, of what is in texts and what is not. */
static void
spans_are_what_they_seem(void **state)
{
	static const char *const pieces[] = {
		"a", "bcdefgh", "\xc3\xa5", "\xc3", "\xa5", "\xe2\x82\xac", "\xc2\x80",
		"\xdf\xbf", "\xc1\xbf", "\xf4\x8f\xbf\xbf", "\xe0\x80\x80", "\x7f",
	};
	static const char stops[] = { '"', '\\', '\0', '\n', '\x1f' };
	struct extract x = { NULL, 99, EXTRACT_ODD, 0, 0, 0 };

	(void)state;
	for (int round = 0; round < 50000; round++) {
		struct buf b = BUF(BUF_ANY);
		struct span s = { 0, 0 };
		size_t at = 0, n, end;
		char out[128];

		while (!extract_one_in(&x, 12) && b.len < 60)
			buf_str(&b, pieces[extract_random(&x, 12)]);
		end = b.len;
		buf_chr(&b, stops[extract_random(&x, sizeof(stops))]);
		while (b.len < 128)
			buf_chr(&b, (char)extract_random(&x, 256));
		do {
			n = span_run(&s, (const unsigned char *)b.data + at, out + at, 1);
			at += n;
		} while (n == SPAN);
		assert_int_equal(at, end);
		assert_true(obvious_stop((unsigned char)b.data[at]));
		assert_memory_equal(out, b.data, end);
		/* it may look again at what is good, never pass what is not */
		if (!s.odd)
			assert_true(utf8_valid(b.data, end));
		buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_is_usual),
		cmocka_unit_test(says_nothing_of_what_is_not),
		cmocka_unit_test(says_nothing_of_half_a_unit),
		cmocka_unit_test(leaves_long_units_to_the_lexer),
		cmocka_unit_test(agrees_with_the_lexer),
		cmocka_unit_test(reads_every_unit_without_fault_or_escape),
		cmocka_unit_test(agrees_with_the_lexer_on_what_is_broken),
		cmocka_unit_test(agrees_with_the_lexer_on_every_octet),
		cmocka_unit_test(spans_are_what_they_seem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
