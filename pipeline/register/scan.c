#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"
#include "pipeline/register/keys.h"
#include "pipeline/register/lex.h"
#include "pipeline/register/quick.h"
#include "pipeline/register/record.h"
#include "pipeline/register/value.h"

#include "pipeline/register/scan.h"

/*
 * Who reads a unit: quick.h where it can, from the end of the one before; else
 * the lexer, whose functions are below.  It pauses behind each unit.
 *
 * Places are told by depth, in open brackets.  ${units_in} is that of the array
 * of units, ${inside} that of the unit being read (0: none): 1 and 2 in an
 * extract.  One deeper lies a part of the unit ("postadresse"), or an open list
 * ("aktivitet"), of the unit or of its part.
 */

static const struct keys_hit nothing = { KEYS_NONE, KEYS_NONE, KEYS_NONE };

/* What scan_one() waits for behind the key just read. */
enum next { NEXT_NOTHING, NEXT_EMBEDDED, NEXT_UNITS };

struct scan {
	struct lex lex;
	struct lex_to lex_to;
	struct scan_to to;
	enum unit_kind kind;
	struct err *err;		/* of the push under way */
	struct scan_counts counts;
	struct keys *keys;
	struct quick *quick;

	int units_in;			/* 0: not found yet, or behind us */
	int one;			/* scan_one() */
	int embedded;			/* depth inside _embedded, 0 */
	enum next next;

	/* the unit being read */
	int inside;
	struct record record;
	size_t line, begun;		/* where it began */

	/* the value being read */
	struct keys_hit hit;		/* for what: set by its key */
	int part;			/* part we are in, KEYS_NONE */
	int list_depth;			/* of the record's open list */
	int wanted;			/* the string goes into the record */
	struct buf *former;		/* where the next one of an earlier name does */
};

/* --- a unit begins and ends ------------------------------------------------ */

static int
tell(struct scan *s, const char *field, const char *why, int dropped)
{
	struct scan_fault f = {
		.line = s->line, .number = s->counts.read,
		.orgnr = s->record.orgnr, .field = field, .why = why,
		.dropped = dropped,
	};

	if (s->to.fault == NULL)
		return 0;
	return s->to.fault(s->to.ctx, &f, s->err);
}

static void
unit_begin(struct scan *s)
{
	s->inside = s->lex.depth;
	s->line = s->lex.line;
	s->begun = s->lex.at;
	s->hit = nothing;
	s->part = KEYS_NONE;
	s->former = NULL;
	record_begin(&s->record);
}

/* An element of the array of units that is no object. */
static int
no_unit(struct scan *s)
{
	unit_begin(s);
	s->inside = 0;
	s->counts.read++;
	s->counts.dropped++;
	return tell(s, NULL, "not an object", 1);
}

/* Asked at every value, so that little more than the limit is ever held. */
static void
check_length(struct scan *s)
{
	record_check(&s->record, s->lex.at - s->begun);
}

static int
unit_end(struct scan *s)
{
	struct record *r = &s->record;

	check_length(s);
	record_end(r, s->kind);
	s->inside = 0;
	s->counts.read++;
	s->lex.pause = 1;	/* the next one may be read quickly */
	if (r->why != NULL) {
		s->counts.dropped++;
		return tell(s, r->why_field, r->why, 1);
	}
	for (size_t i = 0; i < r->remarks_n; i++)
		if (tell(s, r->remarks[i].field, r->remarks[i].why, 0) != 0)
			return -1;
	s->counts.units++;
	return s->to.unit(s->to.ctx, &r->unit, s->err);
}

/* --- what the lexer tells -------------------------------------------------- */

static int
in_list(const struct scan *s)
{
	return s->record.list != RECORD_NONE && s->lex.depth == s->list_depth;
}

static int
in_former(const struct scan *s)
{
	return s->record.list != RECORD_NONE &&
	    s->lex.depth == s->list_depth + 1 &&
	    unit_fields[s->record.list].type == UNIT_NAMES;
}

static struct keys_hit
take(struct scan *s)
{
	struct keys_hit hit = s->hit;

	s->hit = nothing;
	s->next = NEXT_NOTHING;
	return hit;
}

/* A value that is the whole text, neither array nor object. */
static int
no_extract(struct scan *s)
{
	return err_set(s->err, EX_DATAERR,
	    "not an extract: a single value where units should be");
}

static int
on_string(void *ctx, struct buf **ret)
{
	struct scan *s = ctx;

	s->wanted = 0;
	if (s->lex.depth == 0)
		return no_extract(s);
	if (s->units_in != 0 && s->lex.depth == s->units_in)
		return no_unit(s);
	if (!s->inside)
		return 0;
	check_length(s);
	if (in_former(s)) {
		*ret = s->former;
		return 0;
	}
	s->wanted = in_list(s) || s->hit.part != KEYS_NONE ||
	    record_wants(&s->record, s->hit.field);
	if (s->wanted)
		*ret = record_string(&s->record);
	return 0;
}

static int
on_string_end(void *ctx, unsigned flaws)
{
	struct scan *s = ctx;
	struct record *r = &s->record;
	int former = s->inside && in_former(s) && s->former != NULL;
	struct keys_hit hit = take(s);
	size_t len;

	s->former = NULL;
	if (!s->inside || !(s->wanted || former))
		return 0;
	if (flaws != 0)
		record_drop(r, former || in_list(s) ? r->list : hit.field,
		    flaws & LEX_NUL ? "holds a NUL" :
		    "holds half a surrogate pair");
	record_check(r, 0);
	if (former)
		return 0;
	len = record_string_len(r);
	if (in_list(s))
		record_element(r, RECORD_STRING);
	else if (len > 0 && hit.part != KEYS_NONE)
		record_drop(r, KEYS_NONE, "a string where an object should be");
	else if (len > 0)
		record_scalar(r, hit.field, VALUE_STRING,
		    r->text.data + r->value_at, len);
	record_string_end(r);
	return 0;
}

static int
other_scalar(struct scan *s, enum value_kind kind, const char *text, size_t len)
{
	struct keys_hit hit = take(s);

	if (s->lex.depth == 0)
		return no_extract(s);
	if (s->units_in != 0 && s->lex.depth == s->units_in)
		return no_unit(s);
	if (!s->inside)
		return 0;
	check_length(s);
	if (in_list(s) || (in_former(s) && s->former != NULL))
		record_element(&s->record, RECORD_SCALAR);
	else if (hit.part != KEYS_NONE)
		record_drop(&s->record, KEYS_NONE,
		    "a value where an object should be");
	else if (hit.field != KEYS_NONE)
		record_scalar(&s->record, hit.field, kind, text, len);
	s->former = NULL;
	return 0;
}

static int
on_number(void *ctx, const char *text, size_t len)
{
	return other_scalar(ctx, VALUE_NUMBER, text, len);
}

static int
on_word(void *ctx, char first)
{
	struct scan *s = ctx;

	if (first == 't')
		return other_scalar(s, VALUE_TRUE, "true", 4);
	if (first == 'f')
		return other_scalar(s, VALUE_FALSE, "false", 5);
	(void)take(s);			/* null is absent */
	s->former = NULL;
	if (s->lex.depth == 0)
		return no_extract(s);
	if (s->units_in != 0 && s->lex.depth == s->units_in)
		return no_unit(s);
	return 0;
}

static int
is(const char *name, const char *key, size_t len)
{
	return strlen(name) == len && memcmp(name, key, len) == 0;
}

/* A key outside units, or of the outermost object of a look-up, which may turn
 * out to be the envelope of a search answer. */
static void
envelope_key(struct scan *s, const char *key, size_t len)
{
	if (s->lex.depth == 1 &&
	    (is("_embedded", key, len) || is("page", key, len))) {
		s->inside = 0;
		s->next = key[0] == '_' ? NEXT_EMBEDDED : NEXT_NOTHING;
	} else if (s->embedded != 0 && s->lex.depth == s->embedded &&
	    (is("enheter", key, len) || is("underenheter", key, len)))
		s->next = NEXT_UNITS;
}

static int
on_key(void *ctx, const char *key, size_t len)
{
	struct scan *s = ctx;

	s->next = NEXT_NOTHING;
	s->hit = nothing;
	if (s->one && (!s->inside || s->lex.depth == 1))
		envelope_key(s, key, len);
	if (!s->inside)
		return 0;
	if (s->lex.depth == s->inside) {
		s->part = KEYS_NONE;
		s->hit = keys_find(s->keys, KEYS_UNIT, key, len);
	} else if (s->lex.depth == s->inside + 1 && s->part != KEYS_NONE) {
		s->hit = keys_find(s->keys, s->part, key, len);
	} else if (in_former(s))
		s->former = record_former(&s->record, key, len);
	return 0;
}

/* A bracket inside a unit. */
static void
open_inside(struct scan *s, int object, struct keys_hit hit)
{
	struct record *r = &s->record;
	enum record_element what = object ? RECORD_OBJECT : RECORD_ARRAY;

	check_length(s);
	if (r->list != RECORD_NONE) {
		if (s->lex.depth == s->list_depth + 1)
			record_element(r, what);
		else if (s->former != NULL)
			record_element(r, RECORD_ARRAY);
		s->former = NULL;
	} else if (hit.part != KEYS_NONE) {
		if (object)
			s->part = hit.part;
		else
			record_drop(r, KEYS_NONE, "an array where an object should be");
	} else if (hit.field != KEYS_NONE) {
		if (object)
			record_scalar(r, hit.field, VALUE_OTHER, "", 0);
		else
			record_list(r, hit.field);
		s->list_depth = s->lex.depth;
	}
}

static int
on_open(void *ctx, int object)
{
	struct scan *s = ctx;
	enum next next = s->next;
	struct keys_hit hit = take(s);

	if (s->inside) {
		open_inside(s, object, hit);
	} else if (s->units_in != 0 && s->lex.depth == s->units_in + 1) {
		if (!object)
			return no_unit(s);
		unit_begin(s);
	} else if (s->lex.depth == 1) {
		if (!object)
			s->units_in = s->lex.pause = 1;
		else if (s->one)
			unit_begin(s);
		else
			return err_set(s->err, EX_DATAERR,
			    "not an extract: an object where an array of units "
			    "should be");
	} else if (next == NEXT_EMBEDDED && object) {
		s->embedded = s->lex.depth;
	} else if (next == NEXT_UNITS && !object)
		s->units_in = s->lex.depth;
	return 0;
}

static int
on_close(void *ctx)
{
	struct scan *s = ctx;

	if (s->inside) {
		if (s->lex.depth == s->inside)
			return unit_end(s);
		if (in_former(s))
			record_former_end(&s->record);
		else if (in_list(s))
			record_list_end(&s->record);
		return 0;
	}
	if (s->lex.depth == s->units_in)
		s->units_in = 0;
	if (s->lex.depth == s->embedded)
		s->embedded = 0;
	return 0;
}

/* --- from outside ---------------------------------------------------------- */

struct scan *
scan_new(enum unit_kind kind, const struct scan_to *to)
{
	struct scan *s = mem_alloc(sizeof(*s));

	s->to = *to;
	s->kind = kind;
	s->keys = keys_new();
	s->quick = quick_new(kind);
	record_init(&s->record);
	s->hit = nothing;
	s->lex_to = (struct lex_to){
		.open = on_open, .close = on_close, .key = on_key,
		.string = on_string, .string_end = on_string_end,
		.number = on_number, .word = on_word, .ctx = s,
	};
	lex_begin(&s->lex, &s->lex_to);
	return s;
}

void
scan_free(struct scan *s)
{
	if (s == NULL)
		return;
	record_free(&s->record);
	keys_free(s->keys);
	quick_free(s->quick);
	free(s);
}

/* The units from ${p} on that are quickly read, the comma before each included:
 * *${ret} is where the lexer must go on. */
static int
push_quickly(struct scan *s, const char *p, const char *end, const char **ret)
{
	int due;

	for (*ret = p; (due = lex_due(&s->lex)) != 0; *ret = p) {
		const struct unit *u;
		size_t lines = 0;

		p = quick_blanks(p, end, &lines);
		if (due == LEX_COMMA && p < end && *p++ == ',')
			p = quick_blanks(p, end, &lines);
		else if (due == LEX_COMMA)
			break;
		if (p == end || *p != '{')
			break;
		s->line = s->lex.line + lines;
		if ((p = quick_unit(s->quick, p, end, &u, &lines)) == NULL)
			break;
		lex_skip(&s->lex, (size_t)(p - *ret), lines);
		s->counts.read++;
		s->counts.units++;
		if (s->to.unit(s->to.ctx, u, s->err) != 0)
			return -1;
	}
	return 0;
}

int
scan_push(struct scan *s, const void *data, size_t len, struct err *err)
{
	const char *p = data, *end = p + len;
	size_t used;

	for (s->err = err; p < end; p += used) {
		if (s->units_in == s->lex.depth && s->units_in != 0 &&
		    push_quickly(s, p, end, &p) != 0)
			return -1;
		if (lex_push(&s->lex, p, (size_t)(end - p), &used, err) != 0)
			return -1;
	}
	return 0;
}

int
scan_end(struct scan *s, struct err *err)
{
	s->err = err;
	return lex_end(&s->lex, err);
}

struct scan_counts
scan_counts(const struct scan *s)
{
	return s->counts;
}

size_t
scan_line(const struct scan *s)
{
	return s->line;
}

int
scan_one(const char *data, size_t len, enum unit_kind kind,
    const struct scan_to *to, struct err *err)
{
	struct scan *s = scan_new(kind, to);
	int ret;

	s->one = 1;
	ret = scan_push(s, data, len, err);
	if (ret == 0)
		ret = scan_end(s, err);
	scan_free(s);
	return ret;
}
