#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"
#include "pipeline/register/keys.h"
#include "pipeline/register/lex.h"
#include "pipeline/register/record.h"
#include "pipeline/register/span.h"
#include "pipeline/register/value.h"

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

/* --- blanks, strings, numbers, words ------------------------------------------ */

static const octet *
blanks_on(struct quick *q, const octet *p)
{
	for (; p < q->lim; p++) {
		if (*p == '\n')
			q->lines++;
		else if (*p != ' ' && *p != '\t' && *p != '\r')
			break;
	}
	return p;		/* at ${lim} nobody goes on */
}

static inline const octet *
blanks(struct quick *q, const octet *p)
{
	return *p > ' ' ? p : blanks_on(q, p);
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

/* What the letter behind a backslash stands for; 0: not for us. */
static char
escaped(octet c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *f = c != '\0' ? strchr(from, c) : NULL;

	return f != NULL ? to[f - from] : '\0';
}

/* The rest of a string, behind its opening quote.  If ${copy}, it is appended at
 * ${out}, which is moved on. */
ALWAYS const octet *
string(struct quick *q, const octet *p, int copy)
{
	const octet *begin = p;
	struct span span = { 0, 0 };
	char *out = copy ? q->out : NULL;

	for (;;) {
		unsigned n;

		if (p >= q->lim)
			return NULL;
		n = span_run(&span, p, out);
		p += n;
		if (copy)
			out += n;
		if (n == SPAN)
			continue;
		if (*p == '"')
			break;
		if (*p != '\\')
			return NULL;
		if (copy && (*out++ = escaped(p[1])) == '\0')
			return NULL;
		if (!copy && escaped(p[1]) == '\0')
			return NULL;
		p += 2;
	}
	if (span.odd && !utf8_valid((const char *)begin, (size_t)(p - begin)))
		return NULL;
	if (copy)
		q->out = out;
	return p + 1;
}

static const octet *
skip_string(struct quick *q, const octet *p)
{
	return string(q, p, 0);
}

static const octet *
digits(const struct quick *q, const octet *p)
{
	const octet *begin = p;

	while (p < q->lim && *p >= '0' && *p <= '9')
		p++;
	return p > begin && p < q->lim ? p : NULL;
}

static const octet *
number(const struct quick *q, const octet *p)
{
	p += *p == '-';
	if (*p == '0')
		p++;
	else if ((p = digits(q, p)) == NULL)
		return NULL;
	if (*p == '.' && (p = digits(q, p + 1)) == NULL)
		return NULL;
	if (*p == 'e' || *p == 'E') {
		p++;
		p += *p == '+' || *p == '-';
		p = digits(q, p);
	}
	return p;
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

/* --- values that nobody asks for ---------------------------------------------- */

static const octet *skip(struct quick *q, const octet *p, int depth);

static const octet *
skip_inside(struct quick *q, const octet *p, int depth)
{
	const int object = *p == '{';
	const octet shut = object ? '}' : ']';

	if (depth >= QUICK_DEPTH)
		return NULL;
	p = blanks(q, p + 1 + (p[1] == ' '));
	if (*p == shut && p < q->lim)
		return p + 1;
	for (;;) {
		if (object) {
			if (p >= q->lim || *p != '"' ||
			    (p = skip_string(q, p + 1)) == NULL)
				return NULL;
			if ((p = colon(q, p)) == NULL)
				return NULL;
		}
		if ((p = skip(q, p, depth + 1)) == NULL)
			return NULL;
		p = blanks(q, p);
		if (p >= q->lim)
			return NULL;
		if (*p == shut)
			return p + 1;
		if (*p != ',')
			return NULL;
		p = blanks(q, p + 1);
	}
}

static const octet *
skip(struct quick *q, const octet *p, int depth)
{
	if (p >= q->lim)
		return NULL;
	switch (*p) {
	case '"':
		return skip_string(q, p + 1);
	case '[':
	case '{':
		return skip_inside(q, p, depth);
	case 't':
		return memcmp(p, "true", 4) == 0 ? p + 4 : NULL;
	case 'f':
		return memcmp(p, "false", 5) == 0 ? p + 5 : NULL;
	case 'n':
		return is_null(p) ? p + 4 : NULL;
	default:
		return number(q, p);
	}
}

/* --- values of fields ---------------------------------------------------------- */

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
	else if ((p = skip_string(q, p)) == NULL)
		return NULL;
	if (p - begin == 1)
		return p;
	if (!first_time(q, w) || value_store(&q->unit, &unit_fields[w->field],
	    VALUE_STRING, (const char *)begin, (size_t)(p - begin) - 1, &why) !=
	    VALUE_STORED)
		return NULL;
	return p;
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

	if ((p = skip(q, p, 0)) == NULL || !first_time(q, w))
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

/* --- lists ----------------------------------------------------------------------- */

enum { FORMERS = 3 };
static const char *const former_keys[FORMERS] = { "navn", "fraDato", "tilDato" };

struct piece { const octet *at; size_t len; };

/* The members of an earlier name, as they stand in the JSON. */
static const octet *
former_members(struct quick *q, const octet *p, struct piece found[FORMERS])
{
	p = blanks(q, p + 1);
	if (p < q->lim && *p == '}')
		return p + 1;
	for (;;) {
		const octet *key = p + 1, *value;
		size_t len, i;

		if (p >= q->lim || *p != '"' || (p = skip_string(q, key)) == NULL)
			return NULL;
		len = (size_t)(p - key) - 1;
		for (i = 0; i < FORMERS; i++)
			if (strlen(former_keys[i]) == len &&
			    memcmp(former_keys[i], key, len) == 0)
				break;
		if ((p = value = colon(q, p)) == NULL ||
		    (p = skip(q, p, 0)) == NULL)
			return NULL;
		if (i < FORMERS && *value != 'n' && !is_empty(value)) {
			if (*value != '"' || found[i].len > 0)
				return NULL;
			found[i].at = value + 1;
			found[i].len = (size_t)(p - value) - 2;
		}
		p = blanks(q, p);
		if (p < q->lim && *p == '}')
			return p + 1;
		if (p >= q->lim || *p != ',')
			return NULL;
		p = blanks(q, p + 1);
	}
}

static void
put(struct quick *q, const void *data, size_t len)
{
	memcpy(q->out, data, len);
	q->out += len;
}

/* Would json.h write it with the same escapes? */
static int
is_written_so(const struct piece *s)
{
	const octet *p = s->at, *end = p + s->len;

	if (memchr(p, 0x7f, s->len) != NULL)
		return 0;
	for (; (p = memchr(p, '\\', (size_t)(end - p))) != NULL; p += 2)
		if (strchr("\"\\nrt", p[1]) == NULL)
			return 0;
	return 1;
}

/* One earlier name, as json.h would write it. */
static const octet *
former(struct quick *q, const octet *p)
{
	struct piece found[FORMERS] = { { NULL, 0 } };
	int n = 0;

	if ((p = former_members(q, p, found)) == NULL)
		return NULL;
	put(q, "{", 1);
	for (size_t i = 0; i < FORMERS; i++) {
		if (found[i].len == 0)
			continue;
		if (!is_written_so(&found[i]))
			return NULL;
		if (n++ > 0)
			put(q, ", ", 2);
		put(q, "\"", 1);
		put(q, former_keys[i], strlen(former_keys[i]));
		put(q, "\": \"", 4);
		put(q, found[i].at, found[i].len);
		put(q, "\"", 1);
	}
	put(q, "}", 1);
	return p;
}

/* An element of a list that is none of nothing: null or "". */
static const octet *
element(struct quick *q, const octet *p, const struct word *w, char *begin)
{
	char *from = q->out;

	switch (w->type) {
	case UNIT_LINES:
		if (*p != '"')
			return NULL;
		if (from > begin)
			*q->out++ = '\n';
		return string(q, p + 1, 1);
	case UNIT_NAMES:
		if (*p != '{')
			return NULL;
		put(q, from > begin ? ", " : "[", from > begin ? 2 : 1);
		return former(q, p);
	case UNIT_COUNT:
		++*(int64_t *)place(q, w);
		return skip(q, p, 1);
	case UNIT_TEXT:
	case UNIT_SCALAR:
	case UNIT_INT:
	case UNIT_BOOL:
	case UNIT_CODE:
	case UNIT_ORGNR:
	case UNIT_KIND:
	case UNIT_DATE:
	case UNIT_REAL:
		break;
	}
	return NULL;
}

static const octet *
elements(struct quick *q, const octet *p, const struct word *w, char *begin)
{
	p = blanks(q, p + 1 + (p[1] == ' '));
	if (p < q->lim && *p == ']')
		return p + 1;
	for (;;) {
		if (p >= q->lim)
			return NULL;
		if (is_empty(p))
			p += 2;
		else if (*p == 'n' && is_null(p))
			p += 4;
		else if ((p = element(q, p, w, begin)) == NULL)
			return NULL;
		p = blanks(q, p + (*p == ' '));
		if (p >= q->lim)
			return NULL;
		if (*p == ']')
			return p + 1;
		if (*p != ',')
			return NULL;
		p = blanks(q, p + 1 + (p[1] == ' '));
	}
}

static const octet *
list(struct quick *q, const octet *p, const struct word *w)
{
	char *begin = q->out;

	if (!first_time(q, w))
		return NULL;
	if (w->type == UNIT_COUNT)
		*(int64_t *)place(q, w) = 0;
	else if (w->type != UNIT_LINES && w->type != UNIT_NAMES)
		return NULL;
	if ((p = elements(q, p, w, begin)) == NULL || q->out == begin)
		return p;
	if (w->type == UNIT_NAMES)
		*q->out++ = ']';
	*q->out++ = '\0';
	*(const char **)place(q, w) = begin;
	return p;
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
	if (w->field == KEYS_NONE)
		return skip(q, p, 0);
	if (*p == '[')
		return list(q, p, w);
	if (*p == '{')
		return NULL;
	if (*p != '"')
		return scalar(q, p, w);
	if (w->type == UNIT_TEXT || w->type == UNIT_SCALAR)
		return text(q, p + 1, w);
	return meaning(q, p + 1, w);
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

	if ((*end = skip_string(q, p)) == NULL)
		return NULL;
	len = (size_t)(*end - p) - 1;
	if (memchr(p, '\\', len) != NULL)
		return NULL;
	hit = keys_find(q->keys, part, (const char *)p, len);
	if (hit.id == KEYS_NONE || len >= WORD_MAX)
		return &q->none;
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
