#include <assert.h>
#include <stdlib.h>

#include "pipeline/base/mem.h"
#include "pipeline/register/lex.h"
#include "pipeline/register/record.h"
#include "pipeline/register/value.h"

#include "pipeline/register/quick_private.h"

struct quick *
quick_new(enum unit_kind asked)
{
	struct quick *q = mem_alloc(sizeof(*q));

	assert(unit_fields_n <= sizeof(q->seen));
	q->asked = asked;
	q->keys = keys_new();
	q->none.field = q->none.opens = KEYS_NONE;
	unit_clear(&q->blank);
	return q;
}

void
quick_free(struct quick *q)
{
	if (q == NULL)
		return;
	keys_free(q->keys);
	free(q);
}

/* --- values of fields ---------------------------------------------------------- */

static inline int
set_text(struct quick *q, const struct word *w, char *text)
{
	*q->out++ = '\0';
	*(const char **)place(q, w) = text;
	return first_time(q, w);
}

static const octet *
text(struct quick *q, const octet *p, const struct word *w)
{
	char *begin = q->out;

	if ((p = string(q, p, 1)) == NULL)
		return NULL;
	if (q->out == begin || set_text(q, w, begin))
		return p;
	return NULL;
}

/* A string that is a day, a code, a number: without escapes, or it is none. */
static const octet *
meaning(struct quick *q, const octet *p, const struct word *w)
{
	static const unsigned char lengths[] = {
		[UNIT_DATE] = 10, [UNIT_CODE] = 6, [UNIT_ORGNR] = 9, [UNIT_REAL] = 0
	};
	const octet *begin = p;
	const char *why;
	size_t len = lengths[w->type];

	if (*p == '"')
		p++;
	else if (p[len] == '"')	/* a quote before it would be no digit either */
		p += len + 1;
	else if ((p = quick_string(q, p)) == NULL)
		return NULL;
	if (p - begin == 1)
		return p;
	if (!first_time(q, w) || value_store(&q->unit, &unit_fields[w->field],
	    VALUE_STRING, (const char *)begin, (size_t)(p - begin) - 1, &why) !=
	    VALUE_STORED)
		return NULL;
	return p;
}

static const octet *
flag(struct quick *q, const octet *p, const struct word *w)
{
	int yes = memcmp(p, "true", 4) == 0;

	if (is_empty(p))
		return p + 2;
	if ((!yes && memcmp(p, "false", 5) != 0) || !first_time(q, w))
		return NULL;
	*(int32_t *)place(q, w) = yes;
	return p + 5 - yes;
}

/* A number, true or false. */
static const octet *
scalar(struct quick *q, const octet *p, const struct word *w)
{
	const octet *begin = p;
	enum value_kind kind = *p == 't' ? VALUE_TRUE :
	    *p == 'f' ? VALUE_FALSE : VALUE_NUMBER;
	const char *why;
	size_t len;

	if ((p = quick_skip(q, p, 0)) == NULL || !first_time(q, w))
		return NULL;
	len = (size_t)(p - begin);
	if (len >= LEX_NUMBER)
		return NULL;
	switch (value_store(&q->unit, &unit_fields[w->field], kind,
	    (const char *)begin, len, &why)) {
	case VALUE_STORED:
		return p;
	case VALUE_TEXT:
		memcpy(q->out, begin, len);
		*(const char **)place(q, w) = q->out;
		q->out += len;
		*q->out++ = '\0';
		return p;
	case VALUE_TYPE:
	case VALUE_MEANING:
		break;
	}
	return NULL;
}

/* --- members ----------------------------------------------------------------------- */

static const octet *members(struct quick *q, const octet *p, int part, int depth);

static const octet *
value(struct quick *q, const octet *p, const struct word *w, int depth)
{
	if (*p == 'n')
		return is_null(p) ? p + 4 : NULL;
	if (w->opens != KEYS_NONE) {
		if (*p == '{')
			return members(q, p, w->opens, depth + 1);
		return is_empty(p) ? p + 2 : NULL;
	}
	if (w->field == KEYS_NONE) {
		if (p[0] == '[' && p[1] == ' ' && p[2] == ']')
			return p + 3;	/* "links" : [ ] */
		return quick_skip(q, p, 0);
	}
	if (w->type == UNIT_BOOL)
		return flag(q, p, w);
	if (*p == '[')
		return quick_list(q, p, w);
	if (*p == '{')
		return NULL;
	if (*p != '"')
		return scalar(q, p, w);
	if (w->type == UNIT_TEXT || w->type == UNIT_SCALAR)
		return text(q, p + 1, w);
	return meaning(q, p + 1, w);
}

/* From behind a comma to the next key, on a line of its own and two blanks deep
 * for each bracket in the register's bulk files; at ${lim} no key is there. */
static inline const octet *
to_key(struct quick *q, const octet *p, int depth)
{
	static const octet lines[2][8] = { "\n  \"", "\n    \"" };
	static const uint64_t masks[2] = {
		UINT64_C(0xffffffff), UINT64_C(0xffffffffffff)
	};

	if (depth <= 2 && ((span_word(p) ^ span_word(lines[depth - 1])) &
	    masks[depth - 1]) == 0) {
		q->lines++;
		return p + 1 + 2 * depth;
	}
	return blanks(q, p);
}

/* memcmp() is a call, and most of these are short and differ in front. */
static inline int
is_word(const struct word *w, const octet *p)
{
	if (((span_word(p) ^ span_word(w->text)) & w->mask) != 0)
		return 0;
	if (w->len <= 8)
		return 1;
	for (size_t i = 8; i + 8 < w->len; i += 8)
		if (span_word(p + i) != span_word(w->text + i))
			return 0;
	return span_word(p + w->len - 8) == span_word(w->text + w->len - 8);
}

/* The key behind ${p}, looked up; it becomes a guess for what follows ${last}.
 * *${end} is behind its closing quote. */
static struct word *
look_up(struct quick *q, struct word *last, const octet *p, int part,
    const octet **end)
{
	struct keys_hit hit;
	struct word *w;
	size_t len;

	if ((*end = quick_string(q, p)) == NULL)
		return NULL;
	len = (size_t)(*end - p) - 1;
	if (memchr(p, '\\', len) != NULL)
		return NULL;
	hit = keys_find(q->keys, part, (const char *)p, len);
	if (hit.id == KEYS_NONE || len >= WORD_MAX)
		return &q->none;
	assert(hit.part + 1 < PARTS);
	w = &q->words[hit.id];
	if (w->len == 0) {
		memcpy(w->text, p, len + 1);
		w->len = len + 1;
		w->mask = w->len >= 8 ? UINT64_MAX :
		    (UINT64_C(1) << 8 * w->len) - 1;
		w->field = hit.field;
		w->opens = hit.part;
		if (hit.field != KEYS_NONE)
			w->type = unit_fields[hit.field].type;
	}
	last->guess[last->turn++ % GUESSES] = w;
	return w;
}

static inline struct word *
key(struct quick *q, struct word *last, const octet *p, int part,
    const octet **end)
{
	for (size_t g = 0; g < GUESSES && last->guess[g] != NULL; g++)
		if (is_word(last->guess[g], p)) {
			*end = p + last->guess[g]->len;
			return last->guess[g];
		}
	return look_up(q, last, p, part, end);
}

/* From an opening brace, of the unit or of a part of it. */
static const octet *
members(struct quick *q, const octet *p, int part, int depth)
{
	struct word *last = &q->first[part + 1];

	p = blanks(q, p + 1);
	if (p < q->lim && *p == '}')
		return p + 1;
	for (;;) {
		struct word *w;

		if (p >= q->lim || *p != '"' ||
		    (w = key(q, last, p + 1, part, &p)) == NULL)
			return NULL;
		if ((p = colon(q, p)) == NULL ||
		    (p = value(q, p, w, depth)) == NULL)
			return NULL;
		if (w != &q->none)
			last = w;
		if (*p != ',') {
			p = blanks(q, p);
			if (p < q->lim && *p == '}')
				return p + 1;
			if (p >= q->lim || *p != ',')
				return NULL;
		}
		p = to_key(q, p + 1, depth);
	}
}

const char *
quick_unit(struct quick *q, const char *p, const char *end,
    const struct unit **ret, size_t *lines)
{
	const octet *at = (const octet *)p;

	if (end - p > QUICK_MAX)
		end = p + QUICK_MAX;
	if (end - p <= QUICK_SLACK)
		return NULL;
	q->lim = (const octet *)end - QUICK_SLACK;
	q->lines = 0;
	q->out = q->room;
	q->unit = q->blank;
	memset(q->seen, 0, unit_fields_n);
	if ((at = members(q, at, KEYS_UNIT, 1)) == NULL)
		return NULL;
	q->unit.kind = record_kind(&q->unit, q->asked);
	if (q->unit.orgnr == UNIT_NONE ||
	    (q->asked != UNIT_ANY && q->unit.kind != (int32_t)q->asked))
		return NULL;
	*ret = &q->unit;
	*lines += q->lines;
	return (const char *)at;
}

const char *
quick_blanks(const char *p, const char *end, size_t *lines)
{
	for (; p < end; p++) {
		if (*p == '\n')
			++*lines;
		else if (*p != ' ' && *p != '\t' && *p != '\r')
			break;
	}
	return p;
}
