#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/json.h"
#include "pipeline/base/mem.h"
#include "pipeline/register/keys.h"
#include "pipeline/register/lex.h"
#include "pipeline/register/value.h"

#include "pipeline/register/scan.h"

/*
 * Places are told by depth, in open brackets.  ${units_in} is that of the array
 * of units, ${inside} that of the unit being read (0: none): 1 and 2 in an
 * extract.  One deeper lies a part of the unit ("postadresse"), or an open list
 * ("aktivitet"), of the unit or of its part.
 *
 * Texts of a unit stand behind one another in ${text}.  It may move while it
 * grows, so they become pointers when the unit is whole.
 */

enum { FORMERS = 3, FORMER_MAX = 1 << 16 };
static const char *const former_keys[FORMERS] = { "navn", "fraDato", "tilDato" };

static const struct keys_hit nothing = { KEYS_NONE, KEYS_NONE };

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

	int units_in;			/* 0: not found yet, or behind us */
	int one;			/* scan_one() */
	int envelope;			/* the outermost object is no unit */
	int embedded;			/* depth inside _embedded, 0 */
	enum next next;

	/* the unit being read */
	int inside;
	struct unit unit, blank;
	size_t line, begun;		/* where it began */
	const char *why, *why_field;	/* why it is dropped */
	struct { const char *field, *why; } remarks[SCAN_REMARKS];
	size_t remarks_n;
	char orgnr[24];
	unsigned char *seen;		/* per field: it has a value */
	struct buf text;
	struct { int field; size_t at; } *texts;
	size_t texts_n;

	/* the value being read */
	struct keys_hit hit;		/* for what: set by its key */
	int part;			/* part we are in, KEYS_NONE */
	int wanted;			/* the string goes into ${text} */
	size_t value_at;		/* from here */
	int list;			/* field of the open list, KEYS_NONE */
	int list_depth;
	size_t list_at;
	struct buf former[FORMERS];	/* of one earlier name */
	struct buf *former_next;	/* where its next string goes */
	struct json json;
};

/* --- what goes wrong ------------------------------------------------------- */

/* The unit cannot be read; the first reason stands.  What it has filled is let
 * go, so that a unit without end fills nothing. */
static void
drop(struct scan *s, int field, const char *why)
{
	if (s->why != NULL)
		return;
	s->why = why;
	s->why_field = field != KEYS_NONE ? unit_fields[field].path : NULL;
	buf_clear(&s->text);
	s->value_at = 0;
	s->texts_n = 0;
	s->list = KEYS_NONE;
}

static const char wrong_type[] = "has another type than the register's";
static const char too_long[] = "longer than 1 MiB";

static void
remark(struct scan *s, int field, const char *why)
{
	if (s->remarks_n == SCAN_REMARKS)
		return;
	s->remarks[s->remarks_n].field = unit_fields[field].path;
	s->remarks[s->remarks_n++].why = why;
}

static int
tell(struct scan *s, const char *field, const char *why, int dropped)
{
	struct scan_fault f = {
		.line = s->line, .number = s->counts.read, .orgnr = s->orgnr,
		.field = field, .why = why, .dropped = dropped,
	};

	if (s->to.fault == NULL)
		return 0;
	return s->to.fault(s->to.ctx, &f, s->err);
}

/* Asked at every value, so that little more than the limit is ever held. */
static void
check_length(struct scan *s)
{
	if (s->text.over || s->lex.at - s->begun > SCAN_UNIT_MAX)
		drop(s, KEYS_NONE, too_long);
}

/* --- a unit begins and ends ------------------------------------------------ */

static void
unit_begin(struct scan *s)
{
	s->inside = s->lex.depth;
	s->unit = s->blank;
	s->line = s->lex.line;
	s->begun = s->lex.at;
	s->why = s->why_field = NULL;
	s->remarks_n = 0;
	s->orgnr[0] = '\0';
	memset(s->seen, 0, unit_fields_n);
	buf_clear(&s->text);
	s->texts_n = 0;
	s->hit = nothing;
	s->part = s->list = KEYS_NONE;
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

/* "Enhet", "Underenhet", "SlettetEnhet", "SlettetUnderEnhet"; the case of the
 * letters is not certain. */
static enum unit_kind
class_kind(const char *class)
{
	char low[32];
	size_t n;

	for (n = 0; class[n] != '\0' && n < sizeof(low) - 1; n++)
		low[n] = class[n] >= 'A' && class[n] <= 'Z' ?
		    (char)(class[n] + ('a' - 'A')) : class[n];
	low[n] = '\0';
	if (strstr(low, "underenhet") != NULL)
		return UNIT_UNDERENHET;
	return strstr(low, "enhet") != NULL ? UNIT_ENHET : UNIT_ANY;
}

static enum unit_kind
kind_of(const struct scan *s)
{
	const char *form = s->unit.legal_form;
	enum unit_kind kind = UNIT_ANY;

	if (s->unit.response_class != NULL)
		kind = class_kind(s->unit.response_class);
	if (kind != UNIT_ANY)
		return kind;
	if (form != NULL)
		return strcmp(form, "BEDR") == 0 || strcmp(form, "AAFY") == 0 ?
		    UNIT_UNDERENHET : UNIT_ENHET;
	return s->kind != UNIT_ANY ? s->kind : UNIT_ENHET;
}

static int
unit_end(struct scan *s)
{
	check_length(s);
	s->inside = 0;
	s->counts.read++;
	for (size_t i = 0; i < s->texts_n; i++)
		*(const char **)(void *)((char *)&s->unit +
		    unit_fields[s->texts[i].field].offset) =
		    s->text.data + s->texts[i].at;
	s->unit.kind = kind_of(s);
	if (s->why == NULL && s->unit.orgnr == UNIT_NONE)
		s->why = "no organisation number";
	if (s->why == NULL && s->kind != UNIT_ANY &&
	    s->unit.kind != (int32_t)s->kind)
		s->why = s->kind == UNIT_ENHET ?
		    "an underenhet among enheter" : "an enhet among underenheter";
	if (s->why != NULL) {
		s->counts.dropped++;
		return tell(s, s->why_field, s->why, 1);
	}
	for (size_t i = 0; i < s->remarks_n; i++)
		if (tell(s, s->remarks[i].field, s->remarks[i].why, 0) != 0)
			return -1;
	s->counts.units++;
	return s->to.unit(s->to.ctx, &s->unit, s->err);
}

/* --- values ---------------------------------------------------------------- */

/* A text field runs from ${at} to the NUL at the end of the texts. */
static void
keep_text(struct scan *s, int field, size_t at)
{
	s->texts[s->texts_n].field = field;
	s->texts[s->texts_n++].at = at;
}

static int
is_orgnr(int field)
{
	return field != KEYS_NONE &&
	    unit_fields[field].offset == offsetof(struct unit, orgnr);
}

static void
note_orgnr(struct scan *s, const char *text, size_t len)
{
	size_t n;

	for (n = 0; n < len && n < sizeof(s->orgnr) - 1; n++)
		s->orgnr[n] = text[n] > 0x20 && text[n] < 0x7f ? text[n] : '?';
	s->orgnr[n] = '\0';
}

static int
first_time(struct scan *s, int field)
{
	if (s->seen[field])
		drop(s, field, "stands twice");
	s->seen[field] = 1;
	return s->why == NULL;
}

/* A value that is not absent; that of a string stands at the end of the texts
 * and is taken off unless it is kept. */
static void
scalar(struct scan *s, int field, enum value_kind kind, const char *text,
    size_t len)
{
	const char *why = NULL;

	if (is_orgnr(field))
		note_orgnr(s, text, len);
	if (s->why != NULL || !first_time(s, field))
		return;
	switch (value_store(&s->unit, &unit_fields[field], kind, text, len, &why)) {
	case VALUE_STORED:
		return;
	case VALUE_TEXT:
		if (kind != VALUE_STRING)
			buf_add(&s->text, text, len);
		buf_chr(&s->text, '\0');
		keep_text(s, field, s->value_at);
		s->value_at = s->text.len;
		return;
	case VALUE_TYPE:
		drop(s, field, wrong_type);
		return;
	case VALUE_MEANING:
		if (is_orgnr(field))
			drop(s, field, why);
		else
			remark(s, field, why);
		return;
	}
}

static void
list_begin(struct scan *s, int field)
{
	if (s->why != NULL || !first_time(s, field))
		return;
	s->list = field;
	s->list_depth = s->lex.depth;
	s->list_at = s->text.len;
	if (unit_fields[field].type == UNIT_COUNT)
		*(int64_t *)(void *)((char *)&s->unit + unit_fields[field].offset) = 0;
	if (unit_fields[field].type == UNIT_NAMES) {
		json_begin(&s->json, &s->text, 0);
		json_array(&s->json);
	}
}

static void
list_end(struct scan *s)
{
	int field = s->list;

	s->list = KEYS_NONE;
	if (unit_fields[field].type == UNIT_NAMES) {
		json_end(&s->json);
		buf_chr(&s->text, '\0');
		if (s->text.len - s->list_at <= sizeof("[]")) {
			s->text.len = s->list_at;
			return;
		}
	} else if (s->text.len == s->list_at)
		return;
	else
		s->text.data[s->text.len - 1] = '\0';	/* the last newline */
	keep_text(s, field, s->list_at);
}

static void
former_end(struct scan *s)
{
	json_object(&s->json);
	for (int i = 0; i < FORMERS; i++) {
		if (s->former[i].over)
			s->text.over = 1;
		if (s->former[i].len > 0) {
			json_key(&s->json, former_keys[i]);
			json_strn(&s->json, s->former[i].data, s->former[i].len);
		}
		buf_clear(&s->former[i]);
	}
	json_end(&s->json);
}

/* Something in the open list that is not null: a string (in the texts, from
 * ${value_at}), another scalar, or a bracket. */
enum element { ELEMENT_STRING, ELEMENT_SCALAR, ELEMENT_OBJECT, ELEMENT_ARRAY };

static void
element(struct scan *s, enum element what)
{
	enum unit_type type = unit_fields[s->list].type;

	if (type == UNIT_COUNT) {
		if (what != ELEMENT_STRING || s->text.len > s->value_at)
			(*(int64_t *)(void *)((char *)&s->unit +
			    unit_fields[s->list].offset))++;
		s->text.len = s->value_at;
	} else if (what == ELEMENT_STRING && s->text.len == s->value_at) {
		return;				/* "" is absent */
	} else if (type == UNIT_LINES && what == ELEMENT_STRING) {
		buf_chr(&s->text, '\n');
	} else if (type != UNIT_NAMES || what != ELEMENT_OBJECT)
		drop(s, s->list, wrong_type);
}

static int
in_list(const struct scan *s)
{
	return s->list != KEYS_NONE && s->lex.depth == s->list_depth;
}

static int
in_former(const struct scan *s)
{
	return s->list != KEYS_NONE && s->lex.depth == s->list_depth + 1 &&
	    unit_fields[s->list].type == UNIT_NAMES;
}

/* --- what the lexer tells -------------------------------------------------- */

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
	s->value_at = s->text.len;
	if (in_former(s)) {
		*ret = s->former_next;
		return 0;
	}
	s->wanted = in_list(s) || s->hit.part != KEYS_NONE ||
	    is_orgnr(s->hit.field) ||
	    (s->hit.field != KEYS_NONE && s->why == NULL);
	if (s->wanted)
		*ret = &s->text;
	return 0;
}

static int
on_string_end(void *ctx, unsigned flaws)
{
	struct scan *s = ctx;
	int former = s->inside && in_former(s) && s->former_next != NULL;
	struct keys_hit hit = take(s);
	size_t len;

	s->former_next = NULL;
	if (!s->inside || !(s->wanted || former))
		return 0;
	if (flaws != 0)
		drop(s, hit.field, flaws & LEX_NUL ? "holds a NUL" :
		    "holds half a surrogate pair");
	if (s->text.over)
		drop(s, hit.field, too_long);
	if (former)
		return 0;
	len = s->text.len - s->value_at;
	if (in_list(s)) {
		element(s, ELEMENT_STRING);
		return 0;
	}
	if (len > 0 && hit.part != KEYS_NONE)
		drop(s, KEYS_NONE, "a string where an object should be");
	else if (len > 0)
		scalar(s, hit.field, VALUE_STRING, s->text.data + s->value_at, len);
	s->text.len = s->value_at;
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
	s->value_at = s->text.len;
	if (in_list(s))
		element(s, ELEMENT_SCALAR);
	else if (in_former(s) && s->former_next != NULL)
		drop(s, s->list, wrong_type);
	else if (hit.part != KEYS_NONE)
		drop(s, KEYS_NONE, "a value where an object should be");
	else if (hit.field != KEYS_NONE)
		scalar(s, hit.field, kind, text, len);
	s->former_next = NULL;
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
	s->former_next = NULL;
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
		s->envelope = 1;
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
	} else if (in_former(s)) {
		s->former_next = NULL;
		for (int i = 0; i < FORMERS; i++)
			if (is(former_keys[i], key, len))
				s->former_next = &s->former[i];
		if (s->former_next != NULL && s->former_next->len > 0)
			drop(s, s->list, "stands twice");
	}
	return 0;
}

/* A bracket inside a unit. */
static void
open_inside(struct scan *s, int object, struct keys_hit hit)
{
	enum unit_type type;

	check_length(s);
	s->value_at = s->text.len;
	if (s->list != KEYS_NONE) {
		if (s->lex.depth == s->list_depth + 1)
			element(s, object ? ELEMENT_OBJECT : ELEMENT_ARRAY);
		else if (s->former_next != NULL)
			drop(s, s->list, wrong_type);
		s->former_next = NULL;
	} else if (hit.part != KEYS_NONE) {
		if (object)
			s->part = hit.part;
		else
			drop(s, KEYS_NONE, "an array where an object should be");
	} else if (hit.field != KEYS_NONE) {
		type = unit_fields[hit.field].type;
		if (!object && (type == UNIT_LINES || type == UNIT_NAMES ||
		    type == UNIT_COUNT))
			list_begin(s, hit.field);
		else
			drop(s, hit.field, wrong_type);
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
			s->units_in = 1;
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
			former_end(s);
		else if (in_list(s))
			list_end(s);
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
	s->seen = mem_alloc(unit_fields_n);
	s->texts = mem_array(unit_fields_n, sizeof(*s->texts));
	s->text = (struct buf)BUF(SCAN_UNIT_MAX);
	for (int i = 0; i < FORMERS; i++)
		s->former[i] = (struct buf)BUF(FORMER_MAX);
	unit_clear(&s->blank);
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
	for (int i = 0; i < FORMERS; i++)
		buf_free(&s->former[i]);
	buf_free(&s->text);
	free(s->texts);
	free(s->seen);
	keys_free(s->keys);
	free(s);
}

int
scan_push(struct scan *s, const void *data, size_t len, struct err *err)
{
	s->err = err;
	return lex_push(&s->lex, data, len, err);
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
