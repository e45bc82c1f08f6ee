#ifndef PIPELINE_REGISTER_QUICK_PRIVATE_H
#define PIPELINE_REGISTER_QUICK_PRIVATE_H

/* What the parts of quick share: members and values (quick.c), lists
 * (quick_list.c), what is passed over (quick_skip.c). */

#include <stdint.h>
#include <string.h>

#include "pipeline/base/utf8.h"
#include "pipeline/register/keys.h"
#include "pipeline/register/span.h"
#include "pipeline/register/unit.h"

#include "pipeline/register/quick.h"

/*
 * Functions that read take where they are and return where they have come to,
 * NULL: give up.  They begin before ${lim}, from which on QUICK_SLACK octets can
 * be read, so that no token but a string, a number or blanks can run over the
 * end: those three look for themselves.
 */

typedef unsigned char octet;

/* One copy each of what appends and what does not. */
#if defined(__GNUC__)
#define ALWAYS static inline __attribute__((always_inline))
#else
#define ALWAYS static inline
#endif

enum { GUESSES = 4, WORD_MAX = 64, PARTS = 32 };

/* A key that is known, and which ones have followed it. */
struct word {
	octet text[WORD_MAX];		/* and its closing quote */
	size_t len;			/* of both; 0: not met yet */
	uint64_t mask;			/* of the first eight octets, those of it */
	int field, opens;		/* as keys_find() has it */
	enum unit_type type;		/* of the field */
	unsigned turn;			/* the guess to be given up next */
	struct word *guess[GUESSES];	/* NULL: none */
};

struct quick {
	struct unit unit;
	const octet *lim;
	size_t lines;
	char *out;			/* where the next text goes */
	unsigned char seen[KEYS_IDS];	/* per field: it has a value */
	struct unit blank;
	enum unit_kind asked;
	struct keys *keys;
	struct word none;		/* a key not known */
	struct word first[PARTS];	/* before the first key, by part + 1 */
	struct word words[KEYS_IDS];	/* by their id */
	/* No text is longer in memory than in JSON, but for the blanks between
	 * the members of an earlier name. */
	char room[2 * QUICK_MAX + SPAN];
};

/* Blanks, of which one is at ${p}; a string behind its opening quote; a value. */
const octet *quick_blanks_on(struct quick *, const octet *p);
const octet *quick_string(struct quick *, const octet *p);
const octet *quick_skip(struct quick *, const octet *p, int depth);

/* A list for the field of ${w}, whose bracket is at ${p}. */
const octet *quick_list(struct quick *, const octet *p, const struct word *w);

/* What the letter behind a backslash stands for; 0: not for us. */
char quick_escape(octet c);

static inline const octet *
blanks(struct quick *q, const octet *p)
{
	return *p > ' ' ? p : quick_blanks_on(q, p);
}

/* From behind a key to its value; NULL if there is no colon. */
static inline const octet *
colon(struct quick *q, const octet *p)
{
	if (p[0] == ' ' && p[1] == ':' && p[2] == ' ' && p[3] > ' ')
		return p + 3;	/* as in the register's bulk files */
	p = blanks(q, p);
	if (p >= q->lim || *p != ':')
		return NULL;
	p = blanks(q, p + 1);
	return p < q->lim ? p : NULL;
}

/* The rest of a string, behind its opening quote.  If ${copy}, it is appended at
 * ${out}, which is moved on. */
ALWAYS const octet *
string(struct quick *q, const octet *p, int copy)
{
	const octet *begin = p;
	struct span span = { 0, 0 };
	char *out = q->out;

	for (;;) {
		unsigned n;

		if (p >= q->lim)
			return NULL;
		n = span_run(&span, p, out, copy);
		p += n;
		if (copy)
			out += n;
		if (n == SPAN)
			continue;
		if (*p == '"')
			break;
		if (*p != '\\')
			return NULL;
		if (copy && (*out++ = quick_escape(p[1])) == '\0')
			return NULL;
		if (!copy && quick_escape(p[1]) == '\0')
			return NULL;
		p += 2;
	}
	if (span.odd && !utf8_valid((const char *)begin, (size_t)(p - begin)))
		return NULL;
	if (copy)
		q->out = out;
	return p + 1;
}

static inline int
is_null(const octet *p)
{
	return memcmp(p, "null", 4) == 0;
}

static inline int
is_empty(const octet *p)
{
	return p[0] == '"' && p[1] == '"';
}

static inline void *
place(struct quick *q, const struct word *w)
{
	return (char *)&q->unit + unit_fields[w->field].offset;
}

/* Not for the second time. */
static inline int
first_time(struct quick *q, const struct word *w)
{
	int first = !q->seen[w->field];

	q->seen[w->field] = 1;
	return first;
}

#endif /* !PIPELINE_REGISTER_QUICK_PRIVATE_H */
