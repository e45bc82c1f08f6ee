#ifndef TESTS_EXTRACT_H
#define TESTS_EXTRACT_H

/*
 * extract -- extracts made up from a seed: every field of a unit, every type,
 * in three layouts, with what the register does (unknown keys, links, null, "")
 * and now and then what it should not do; and mutations of any text.
 */

#include <stdint.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/num.h"
#include "pipeline/register/unit.h"

enum extract_layout { EXTRACT_COMPACT, EXTRACT_BULK, EXTRACT_ODD };

struct extract {
	struct buf *out;
	uint64_t seed;
	enum extract_layout layout;
	unsigned faults;	/* one value in so many is wrong; 0: none */
	unsigned escapes;	/* one piece of text in so many is \uXXXX; 0: none */
	int depth;
};

static inline uint64_t
extract_random(struct extract *x, uint64_t below)
{
	x->seed ^= x->seed >> 12;
	x->seed ^= x->seed << 25;
	x->seed ^= x->seed >> 27;
	return (x->seed * UINT64_C(0x2545f4914f6cdd1d) >> 20) % below;
}

static inline int
extract_one_in(struct extract *x, uint64_t n)
{
	return n != 0 && extract_random(x, n) == 0;
}

/* Blanks behind a comma or bracket (${line}), or anywhere. */
static inline void
extract_blank(struct extract *x, int line)
{
	static const char odd[] = " \t\r\n";

	if (x->layout == EXTRACT_ODD) {
		while (extract_one_in(x, 2))
			buf_chr(x->out, odd[extract_random(x, 4)]);
	} else if (x->layout == EXTRACT_BULK && line) {
		buf_chr(x->out, '\n');
		for (int i = 1; i < x->depth; i++)
			buf_str(x->out, "  ");
	}
}

static inline void
extract_text(struct extract *x)
{
	static const char *const pieces[] = {
		"a", "Bc ", "0123456789abcdef", "\xc3\xa6", "\xc3\xb8re", "\xc3\x85",
		"|", "{", "}],[", "\\\"", "\\\\", "\\n", "\\r", "\\t", " ", "AS",
		"\xe2\x82\xac", "\xf0\x9f\x98\x80", "organisasjonsnummer", "x",
	};
	static const char *const escapes[] = {
		"\\u00e5", "\\u0041", "\\ud83d\\ude00", "\\u20ac", "\\/",
	};

	buf_chr(x->out, '"');
	do {
		if (extract_one_in(x, x->escapes))
			buf_str(x->out, escapes[extract_random(x, 5)]);
		else
			buf_str(x->out, pieces[extract_random(x,
			    sizeof(pieces) / sizeof(pieces[0]))]);
	} while (!extract_one_in(x, 6));
	buf_chr(x->out, '"');
}

/* Right or not. */
static inline void
extract_orgnr(struct extract *x)
{
	int32_t eight, digit;

	do {
		eight = (int32_t)(80000000 + extract_random(x, 20000000));
	} while ((digit = num_orgnr_digit(eight)) < 0);
	if (extract_one_in(x, x->faults))
		digit = (digit + 1) % 10;
	buf_printf(x->out, "\"%08d%d\"", eight, digit);
}

static inline void
extract_open(struct extract *x, char bracket)
{
	buf_chr(x->out, bracket);
	x->depth++;
	extract_blank(x, bracket == '{');
}

static inline void
extract_close(struct extract *x, char bracket)
{
	x->depth--;
	extract_blank(x, bracket == '}');
	buf_chr(x->out, bracket);
}

static inline void
extract_next(struct extract *x, int *first, int line)
{
	if (!*first) {
		extract_blank(x, 0);
		buf_chr(x->out, ',');
		extract_blank(x, line);
	}
	*first = 0;
}

static inline void
extract_key(struct extract *x, const char *key, size_t len)
{
	buf_chr(x->out, '"');
	buf_add(x->out, key, len);
	buf_chr(x->out, '"');
	extract_blank(x, 0);
	buf_str(x->out, x->layout == EXTRACT_BULK ? " : " : ":");
	extract_blank(x, 0);
}

/* Anything. */
static inline void
extract_any(struct extract *x, int deep)
{
	static const char *const plain[] = {
		"null", "true", "false", "0", "-1", "17", "1.5", "2e3", "-0.25E-2",
		"\"\"", "[ ]", "{ }", "6392018780.00",
	};
	static const char *const keys[] = { "kode", "navn", "x", "links", "y\xc3\xa6" };
	int first = 1;

	switch (extract_random(x, deep < 5 ? 5 : 3)) {
	case 0:
		extract_text(x);
		return;
	case 3:
		extract_open(x, '{');
		while (!extract_one_in(x, 3)) {
			const char *key = keys[extract_random(x, 5)];

			extract_next(x, &first, 1);
			extract_key(x, key, strlen(key));
			extract_any(x, deep + 1);
		}
		extract_close(x, '}');
		return;
	case 4:
		extract_open(x, '[');
		while (!extract_one_in(x, 3)) {
			extract_next(x, &first, 0);
			extract_any(x, deep + 1);
		}
		extract_close(x, ']');
		return;
	default:
		buf_str(x->out, plain[extract_random(x, sizeof(plain) / sizeof(plain[0]))]);
		return;
	}
}

static inline void
extract_names(struct extract *x)
{
	static const char *const keys[] = { "navn", "fraDato", "links", "tilDato" };
	int inner = 1;

	extract_open(x, '{');
	for (size_t i = 0; i < 4; i++) {
		if (extract_one_in(x, 4))
			continue;
		extract_next(x, &inner, 1);
		extract_key(x, keys[i], strlen(keys[i]));
		if (i == 2 || extract_one_in(x, x->faults))
			extract_any(x, 3);
		else if (i == 0 && extract_one_in(x, 3))
			extract_text(x);
		else if (extract_one_in(x, 8))
			buf_str(x->out, extract_one_in(x, 2) ? "null" : "\"\"");
		else
			buf_str(x->out, "\"2001-02-03 04:05:06\"");
	}
	extract_close(x, '}');
}

static inline void
extract_list(struct extract *x, enum unit_type type)
{
	int first = 1;

	extract_open(x, '[');
	while (!extract_one_in(x, 3)) {
		extract_next(x, &first, 0);
		if (extract_one_in(x, 8))
			buf_str(x->out, extract_one_in(x, 2) ? "null" : "\"\"");
		else if (type == UNIT_COUNT || extract_one_in(x, x->faults))
			extract_any(x, 3);
		else if (type == UNIT_NAMES)
			extract_names(x);
		else
			extract_text(x);
	}
	extract_close(x, ']');
}

static inline void
extract_value(struct extract *x, const struct unit_field *f)
{
	static const char *const scalars[] = { "true", "false", "1.50", "-12", "0" };
	static const char *const forms[] = { "AS", "ENK", "BEDR", "AAFY", "NUF" };

	if (extract_one_in(x, x->faults)) {
		extract_any(x, 3);
		return;
	}
	if (f != &unit_fields[0] && extract_one_in(x, 30)) {
		buf_str(x->out, extract_one_in(x, 2) ? "null" : "\"\"");
		return;
	}
	switch (f->type) {
	case UNIT_TEXT:
		if (strcmp(f->name, "legal_form") == 0)
			buf_printf(x->out, "\"%s\"", forms[extract_random(x, 5)]);
		else
			extract_text(x);
		return;
	case UNIT_SCALAR:
		if (extract_one_in(x, 2))
			extract_text(x);
		else
			buf_str(x->out, scalars[extract_random(x, 5)]);
		return;
	case UNIT_LINES:
	case UNIT_NAMES:
	case UNIT_COUNT:
		extract_list(x, f->type);
		return;
	case UNIT_INT:
		buf_printf(x->out, extract_one_in(x, 2) ? "\"%d\"" : "%d",
		    (int)extract_random(x, 100000));
		return;
	case UNIT_BOOL:
		buf_str(x->out, extract_one_in(x, 2) ? "true" : "false");
		return;
	case UNIT_CODE:
		buf_printf(x->out, "\"%02d.%03d\"", (int)extract_random(x, 100),
		    (int)extract_random(x, 1000));
		return;
	case UNIT_ORGNR:
		extract_orgnr(x);
		return;
	case UNIT_DATE:
		buf_printf(x->out, "\"%04d-%02d-%02d\"",
		    (int)(1000 + extract_random(x, 9000)),
		    (int)(1 + extract_random(x, x->faults != 0 ? 13 : 12)),
		    (int)(1 + extract_random(x, x->faults != 0 ? 31 : 28)));
		return;
	case UNIT_REAL:
		buf_printf(x->out, "%d.%02d", (int)extract_random(x, 1000000),
		    (int)extract_random(x, 100));
		return;
	case UNIT_KIND:
		break;
	}
	buf_str(x->out, "null");
}

static inline size_t
extract_part(const char *path)
{
	const char *dot = path != NULL ? strchr(path, '.') : NULL;

	return dot != NULL ? (size_t)(dot - path) : 0;
}

/* Fields ${from} to before ${to}, of one part, as an object. */
static inline void
extract_object(struct extract *x, size_t from, size_t to)
{
	int first = 1, back = extract_one_in(x, 4);

	extract_open(x, '{');
	for (size_t i = from; i < to; i++) {
		const struct unit_field *f = &unit_fields[back ? from + to - 1 - i : i];
		const char *key = f->path + extract_part(f->path) + 1;

		if (extract_one_in(x, 4))
			continue;
		extract_next(x, &first, 1);
		extract_key(x, key, strlen(key));
		extract_value(x, f);
	}
	/* of nearly every part, but a field of one, its last, only */
	if (strstr(unit_fields[to - 1].path, ".beskrivelse") == NULL &&
	    extract_one_in(x, 2)) {
		extract_next(x, &first, 1);
		extract_key(x, "beskrivelse", 11);
		extract_text(x);
	}
	extract_close(x, '}');
}

/* One unit.  The fields of a part stand behind one another in unit_fields[]. */
static inline void
extract_unit(struct extract *x)
{
	size_t begin = extract_one_in(x, 2) ? 0 : extract_random(x, unit_fields_n);
	size_t len, to;
	int first = 1;

	while (begin > 0 && extract_part(unit_fields[begin].path) != 0)
		begin--;
	extract_open(x, '{');
	for (size_t n = 0, i = begin; n < unit_fields_n; n += to - i, i = to % unit_fields_n) {
		const char *path = unit_fields[i].path;

		to = i + 1;
		if (path == NULL)
			continue;
		if (extract_one_in(x, 15)) {
			extract_next(x, &first, 1);
			if (extract_one_in(x, 2))
				extract_key(x, "_links", 6);
			else
				extract_key(x, "ny", 2);
			extract_any(x, 0);
		}
		len = extract_part(path);
		while (len != 0 && to < unit_fields_n &&
		    extract_part(unit_fields[to].path) == len &&
		    memcmp(unit_fields[to].path, path, len) == 0)
			to++;
		if (i != 0 && !extract_one_in(x, 2))
			continue;
		extract_next(x, &first, 1);
		extract_key(x, path, len != 0 ? len : strlen(path));
		if (len == 0)
			extract_value(x, &unit_fields[i]);
		else if (extract_one_in(x, x->faults))
			extract_any(x, 3);
		else
			extract_object(x, i, to);
	}
	if (extract_one_in(x, x->faults)) {
		extract_next(x, &first, 1);
		extract_key(x, "navn", 4);
		extract_text(x);
	}
	extract_close(x, '}');
}

/* ${units} of them, and blanks behind so that no unit ends near the end. */
static inline void
extract_make(struct extract *x, size_t units)
{
	x->depth = 1;
	buf_str(x->out, "[");
	for (size_t i = 0; i < units; i++) {
		buf_str(x->out, i > 0 ? "," : "");
		if (x->layout == EXTRACT_BULK)
			buf_chr(x->out, '\n');
		if (extract_one_in(x, x->faults))
			extract_any(x, 4);
		else
			extract_unit(x);
	}
	buf_str(x->out, x->layout == EXTRACT_BULK ? "\n]" : "]");
	for (int i = 0; i < 128; i++)
		buf_chr(x->out, ' ');
}

/* One change: an octet or a bit of it, some left out, doubled, cut off, a sign
 * of JSON put in. */
static inline void
extract_mutate(struct extract *x, struct buf *b)
{
	static const char signs[] = "\"\\{}[],:0-eu \n\x1f\x80\xc3\xff";
	size_t at = extract_random(x, b->len), len = 1 + extract_random(x, 8);
	char copy[8];

	if (len > b->len - at)
		len = b->len - at;
	switch (extract_random(x, 6)) {
	case 0:
		b->data[at] = (char)extract_random(x, 256);
		return;
	case 1:
		b->data[at] = (char)(b->data[at] ^ 1 << extract_random(x, 8));
		return;
	case 2:
		memmove(b->data + at, b->data + at + len, b->len - at - len);
		b->len -= len;
		return;
	case 3:
		memcpy(copy, b->data + at, len);
		buf_add(b, copy, len);
		memmove(b->data + at + len, b->data + at, b->len - at - len);
		return;
	case 4:
		b->data[at] = signs[extract_random(x, sizeof(signs) - 1)];
		return;
	default:
		if (extract_one_in(x, 4))
			b->len = at + 1;
		else
			b->data[at] = signs[extract_random(x, sizeof(signs) - 1)];
		return;
	}
}

#endif /* !TESTS_EXTRACT_H */
