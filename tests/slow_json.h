#ifndef TESTS_SLOW_JSON_H
#define TESTS_SLOW_JSON_H

/*
 * slow_json -- a second opinion on what JSON is: RFC 8259 by recursion over
 * the whole text, written to be obvious.  What it reads it writes down as a
 * trace, one mark an event, and so does trace_lex() for the lexer: they must
 * agree on every text.
 *
 *	{ } [ ]		brackets
 *	k:TEXT;		a key, cut at LEX_KEY octets
 *	s:TEXT;		a string; s!TEXT; where it holds what no text can
 *	n:TEXT;		a number, cut at LEX_NUMBER octets
 *	t f z		true, false, null
 */

#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"
#include "pipeline/register/lex.h"

struct slow {
	const char *p, *end;
	struct buf *trace;
	int depth;
};

static inline int
slow_is(const struct slow *s, const char *set)
{
	return s->p < s->end && *s->p != '\0' && strchr(set, *s->p) != NULL;
}

static inline void
slow_blanks(struct slow *s)
{
	while (slow_is(s, " \t\r\n"))
		s->p++;
}

/* Four digits; -1: not there. */
static inline long
slow_hex(struct slow *s)
{
	long v = 0;

	for (int i = 0; i < 4; i++, s->p++) {
		if (slow_is(s, "0123456789"))
			v = v * 16 + (*s->p - '0');
		else if (slow_is(s, "abcdef"))
			v = v * 16 + (*s->p - 'a') + 10;
		else if (slow_is(s, "ABCDEF"))
			v = v * 16 + (*s->p - 'A') + 10;
		else
			return -1;
	}
	return v;
}

static inline int
slow_escape(struct slow *s, struct buf *out, int *flawed)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	long cp, low;
	const char *back;

	if (slow_is(s, from)) {
		buf_chr(out, to[strchr(from, *s->p++) - from]);
		return 0;
	}
	if (!slow_is(s, "u"))
		return -1;
	s->p++;
	if ((cp = slow_hex(s)) < 0)
		return -1;
	if (cp >= 0xd800 && cp < 0xdc00 && s->end - s->p >= 6 &&
	    s->p[0] == '\\' && s->p[1] == 'u') {
		back = s->p;
		s->p += 2;
		low = slow_hex(s);
		if (low >= 0xdc00 && low < 0xe000) {
			utf8_put(out, (uint32_t)(0x10000 + (cp - 0xd800) * 1024 +
			    (low - 0xdc00)));
			return 0;
		}
		s->p = back;
	}
	if (cp == 0 || (cp >= 0xd800 && cp < 0xe000)) {
		*flawed = 1;
		cp = 0xfffd;
	}
	utf8_put(out, (uint32_t)cp);
	return 0;
}

static inline int
slow_string(struct slow *s, int is_key)
{
	struct buf out = BUF(1 << 20);
	int flawed = 0, ret = -1;

	s->p++;
	for (;;) {
		if (s->p == s->end || (unsigned char)*s->p < 0x20)
			goto out;
		if (*s->p == '"')
			break;
		if (*s->p == '\\') {
			s->p++;
			if (slow_escape(s, &out, &flawed) != 0)
				goto out;
		} else
			buf_chr(&out, *s->p++);
	}
	s->p++;
	if (!utf8_valid(buf_text(&out), out.len))
		goto out;
	buf_str(s->trace, is_key ? "k:" : flawed ? "s!" : "s:");
	buf_add(s->trace, buf_text(&out), is_key && out.len > LEX_KEY ? LEX_KEY : out.len);
	buf_chr(s->trace, ';');
	ret = 0;
out:
	buf_free(&out);
	return ret;
}

static inline int
slow_digits(struct slow *s)
{
	const char *begin = s->p;

	while (slow_is(s, "0123456789"))
		s->p++;
	return s->p > begin;
}

static inline int
slow_number(struct slow *s)
{
	const char *begin = s->p;
	size_t len;

	if (slow_is(s, "-"))
		s->p++;
	if (slow_is(s, "0"))
		s->p++;
	else if (!slow_digits(s))
		return -1;
	if (slow_is(s, ".")) {
		s->p++;
		if (!slow_digits(s))
			return -1;
	}
	if (slow_is(s, "eE")) {
		s->p++;
		if (slow_is(s, "+-"))
			s->p++;
		if (!slow_digits(s))
			return -1;
	}
	len = (size_t)(s->p - begin);
	buf_str(s->trace, "n:");
	buf_add(s->trace, begin, len > LEX_NUMBER ? LEX_NUMBER : len);
	buf_chr(s->trace, ';');
	return 0;
}

static inline int slow_value(struct slow *s);

static inline int
slow_inside(struct slow *s, char shut)
{
	int object = shut == '}';

	s->p++;
	slow_blanks(s);
	for (int first = 1; s->p < s->end && *s->p != shut; first = 0) {
		if (!first) {
			if (!slow_is(s, ","))
				return -1;
			s->p++;
			slow_blanks(s);
		}
		if (object) {
			if (!slow_is(s, "\"") || slow_string(s, 1) != 0)
				return -1;
			slow_blanks(s);
			if (!slow_is(s, ":"))
				return -1;
			s->p++;
			slow_blanks(s);
		}
		if (slow_value(s) != 0)
			return -1;
		slow_blanks(s);
	}
	if (s->p == s->end)
		return -1;
	s->p++;
	buf_chr(s->trace, shut);
	return 0;
}

static inline int
slow_word(struct slow *s, const char *word, char mark)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->p) < len || memcmp(s->p, word, len) != 0)
		return -1;
	s->p += len;
	buf_chr(s->trace, mark);
	return 0;
}

static inline int
slow_value(struct slow *s)
{
	int ret;

	if (slow_is(s, "\""))
		return slow_string(s, 0);
	if (slow_is(s, "-0123456789"))
		return slow_number(s);
	if (slow_is(s, "{[")) {
		if (s->depth++ == LEX_DEPTH)
			return -1;
		buf_chr(s->trace, *s->p);
		ret = slow_inside(s, *s->p == '{' ? '}' : ']');
		s->depth--;
		return ret;
	}
	if (slow_is(s, "t"))
		return slow_word(s, "true", 't');
	if (slow_is(s, "f"))
		return slow_word(s, "false", 'f');
	return slow_word(s, "null", 'z');
}

/* 0: it is JSON, and ${trace} says what it holds. */
static inline int
slow_json(const char *text, size_t len, struct buf *trace)
{
	struct slow s = { text, text + len, trace, 0 };

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		s.p += 3;
	slow_blanks(&s);
	if (slow_value(&s) != 0)
		return -1;
	slow_blanks(&s);
	return s.p == s.end ? 0 : -1;
}

/* --- the same from the lexer ------------------------------------------------ */

struct trace { struct buf *out, text; const struct lex *lex; };

static inline int
trace_open(void *ctx, int object)
{
	buf_chr(((struct trace *)ctx)->out, object ? '{' : '[');
	return 0;
}

static inline int
trace_close(void *ctx)
{
	struct trace *t = ctx;

	buf_chr(t->out, (t->lex->objects >> (t->lex->depth - 1) & 1) ? '}' : ']');
	return 0;
}

static inline int
trace_text(void *ctx, const char *mark, const char *text, size_t len)
{
	struct trace *t = ctx;

	buf_str(t->out, mark);
	buf_add(t->out, text, len);
	buf_chr(t->out, ';');
	return 0;
}

static inline int
trace_key(void *ctx, const char *key, size_t len)
{
	return trace_text(ctx, "k:", key, len);
}

static inline int
trace_string(void *ctx, struct buf **ret)
{
	struct trace *t = ctx;

	buf_clear(&t->text);
	*ret = &t->text;
	return 0;
}

static inline int
trace_string_end(void *ctx, unsigned flaws)
{
	struct trace *t = ctx;

	return trace_text(ctx, flaws != 0 ? "s!" : "s:", buf_text(&t->text), t->text.len);
}

static inline int
trace_number(void *ctx, const char *text, size_t len)
{
	return trace_text(ctx, "n:", text, len);
}

static inline int
trace_word(void *ctx, char first)
{
	buf_chr(((struct trace *)ctx)->out, first == 'n' ? 'z' : first);
	return 0;
}

/* In pieces of ${piece} octets, each in memory of its own so that reading past
 * one is seen. 0 or -1 as slow_json(). */
static inline int
trace_lex(const char *text, size_t len, size_t piece, struct buf *out,
    struct err *err)
{
	struct lex lex;
	struct trace t = { out, BUF(1 << 20), &lex };
	struct lex_to to = {
		trace_open, trace_close, trace_key, trace_string,
		trace_string_end, trace_number, trace_word, &t
	};
	int ret = 0;

	lex_begin(&lex, &to);
	for (size_t at = 0; at < len && ret == 0; at += piece) {
		size_t n = len - at < piece ? len - at : piece, used;
		char *copy = mem_alloc(n);

		memcpy(copy, text + at, n);
		ret = lex_push(&lex, copy, n, &used, err);
		free(copy);
	}
	if (ret == 0)
		ret = lex_end(&lex, err);
	buf_free(&t.text);
	return ret;
}

#endif /* !TESTS_SLOW_JSON_H */
