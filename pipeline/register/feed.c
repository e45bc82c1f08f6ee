#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/num.h"
#include "pipeline/register/keys.h"
#include "pipeline/register/lex.h"

#include "pipeline/register/feed.h"

enum { LEVELS = 7, TEXT_MAX = 256 };
#define ID_MAX	(INT64_C(1) << 53)

static const char *const words[] = { "Ny", "Endring", "Sletting", "Fjernet",
	"Ukjent", "annet" };
static const char *const lists[] = { "oppdaterteEnheter",
	"oppdaterteUnderenheter" };

/*
 * Levels of a page, by the lexer's depth:
 *
 *	1 {	2 "_embedded" {	3 "oppdaterteEnheter" [	4 {	event
 *			5 "endringer" [	6 {	"path"
 *		2 "page" {	"totalElements"
 */
struct reader {
	struct lex lex;
	enum unit_kind kind;
	struct feed_page *page;
	size_t cap;
	struct keys *keys;
	char key[LEVELS][LEX_KEY + 1];	/* the last one at each depth */
	struct buf text;
	struct feed_event now;
	int has_word, changes, ours;	/* of the event: listed; of a field */
	int embedded, list;	/* seen */
	const char *why;
};

static int
at(const struct reader *r, int depth, const char *key)
{
	return strcmp(r->key[depth], key) == 0;
}

static int
in_list(const struct reader *r)
{
	return at(r, 1, "_embedded") && at(r, 2, lists[r->kind]);
}

static int
in_event(const struct reader *r)
{
	return r->lex.depth == 4 && in_list(r);
}

static int
spoil(struct reader *r, const char *why)
{
	if (r->why == NULL)
		r->why = why;
	return -1;
}

/* A value where an event should be. */
static int
loose(struct reader *r)
{
	if (r->lex.depth == 3 && in_list(r))
		return spoil(r, "an event that is none");
	return 0;
}

static int
on_open(void *ctx, int object)
{
	struct reader *r = ctx;
	int d = r->lex.depth;

	if (d < LEVELS)
		r->key[d][0] = '\0';
	if (d == 1 && !object)
		return spoil(r, "a list and no page");
	if (d == 2 && at(r, 1, "_embedded"))
		r->embedded = object;
	if (d == 3 && at(r, 1, "_embedded")) {
		if (at(r, 2, lists[!r->kind]))
			return spoil(r, "the other register's feed");
		if (in_list(r)) {
			if (object || r->list)
				return spoil(r, "its list of events is none");
			r->list = 1;
		}
	}
	if (d == 4 && in_list(r)) {
		if (!object)
			return spoil(r, "an event that is none");
		memset(&r->now, 0, sizeof(r->now));
		r->now.at = MOMENT_NONE;
		r->has_word = r->changes = r->ours = 0;
	}
	if (d == 5 && in_list(r) && at(r, 4, "endringer"))
		r->changes = !object;
	/* a change that is no object cannot be judged */
	if (d == 6 && in_list(r) && at(r, 4, "endringer") && !object)
		r->ours = 1;
	return 0;
}

static void
put_event(struct reader *r)
{
	struct feed_page *p = r->page;

	if (p->n == r->cap) {
		r->cap = r->cap > 0 ? 2 * r->cap : 64;
		p->event = mem_grow(p->event, r->cap, sizeof(*p->event));
	}
	p->event[p->n++] = r->now;
}

static int
on_close(void *ctx)
{
	struct reader *r = ctx;

	if (!in_event(r))
		return 0;
	if (r->now.id == 0)
		return spoil(r, "an event without an id");
	if (!r->has_word)
		return spoil(r, "an event without a kind");
	if (r->page->n >= FEED_PAGE)
		return spoil(r, "more events than a page can have");
	/* one with changes that is not "changed" is not to be judged by them */
	r->now.idle = r->changes == 2 && !r->ours && r->now.what == FEED_CHANGED;
	put_event(r);
	return 0;
}

static int
on_key(void *ctx, const char *key, size_t len)
{
	struct reader *r = ctx;
	int d = r->lex.depth;

	if (d < LEVELS) {
		if (len > LEX_KEY)
			len = LEX_KEY;
		memcpy(r->key[d], key, len);
		r->key[d][len] = '\0';
	}
	return 0;
}

static int
on_string(void *ctx, struct buf **ret)
{
	struct reader *r = ctx;

	buf_clear(&r->text);
	*ret = &r->text;
	return 0;
}

/* "/epostadresse", "/postadresse/adresse/0": of a field that we hold? */
static int
is_ours(const struct reader *r, const char *path)
{
	const char *key = path + (path[0] == '/');
	size_t n = strcspn(key, "/");
	struct keys_hit hit;

	if (path[0] != '/' || n == 0 || memchr(key, '~', n) != NULL)
		return 1;	/* all of it, or not to be judged */
	hit = keys_find(r->keys, KEYS_UNIT, key, n);
	return hit.field != KEYS_NONE || hit.part != KEYS_NONE;
}

static void
take_word(struct reader *r, const char *text)
{
	size_t n = 0;

	r->has_word = 1;
	r->now.what = FEED_OTHER;
	for (int i = 0; i < FEED_OTHER; i++)
		if (strcmp(text, words[i]) == 0)
			r->now.what = (enum feed_what)i;
	for (; n < FEED_WORD - 1 && text[n] != '\0'; n++)
		r->now.word[n] = (char)(text[n] > ' ' && text[n] < 0x7f ? text[n] : '?');
	r->now.word[n] = '\0';
}

static int
on_string_end(void *ctx, unsigned flaws)
{
	struct reader *r = ctx;
	const char *text = buf_text(&r->text), *why;
	int d = r->lex.depth;

	(void)flaws;
	if (loose(r))
		return -1;
	if (r->text.over)	/* long ones are links and values */
		text = "";
	if (in_event(r)) {
		if (at(r, 4, "organisasjonsnummer"))
			(void)num_orgnr(text, strlen(text), &r->now.orgnr, &why);
		else if (at(r, 4, "dato"))
			(void)moment_parse(text, &r->now.at);
		else if (at(r, 4, "endringstype"))
			take_word(r, text);
	}
	if (d == 6 && in_list(r) && at(r, 4, "endringer") && at(r, 6, "path")) {
		r->changes = 2;
		r->ours |= r->text.over || is_ours(r, text);
	}
	return 0;
}

static int
on_number(void *ctx, const char *text, size_t len)
{
	struct reader *r = ctx;
	char digits[LEX_NUMBER + 1];

	if (loose(r))
		return -1;
	if (len > LEX_NUMBER)
		len = LEX_NUMBER;
	memcpy(digits, text, len);
	digits[len] = '\0';
	if (in_event(r) && at(r, 4, "oppdateringsid") &&
	    num_int(digits, 1, ID_MAX, &r->now.id) != 0)
		return spoil(r, "an event whose id is no number of one");
	if (r->lex.depth == 2 && at(r, 1, "page") && at(r, 2, "totalElements"))
		(void)num_int(digits, 0, ID_MAX, &r->page->total);
	return 0;
}

static int
on_word(void *ctx, char first)
{
	(void)first;
	return loose(ctx);
}

static int
by_id(const void *a, const void *b)
{
	const struct feed_event *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

int
feed_parse(const char *data, size_t len, enum unit_kind kind,
    struct feed_page *page, struct err *err)
{
	struct reader *r = mem_alloc(sizeof(*r));
	const struct lex_to to = { .open = on_open, .close = on_close,
		.key = on_key, .string = on_string, .string_end = on_string_end,
		.number = on_number, .word = on_word, .ctx = r };
	size_t used;
	int ret;

	memset(page, 0, sizeof(*page));
	page->total = -1;
	r->kind = kind;
	r->page = page;
	r->keys = keys_new();
	r->text = (struct buf)BUF(TEXT_MAX);
	lex_begin(&r->lex, &to);
	ret = lex_push(&r->lex, data, len, &used, err);
	if (ret == 0)
		ret = lex_end(&r->lex, err);
	if (ret == 0 && r->embedded && !r->list)
		r->why = "no list of events in it";
	if (ret == 0 && !r->embedded && page->total != 0)
		r->why = page->total < 0 ? "no page of the feed" :
		    "events are promised and none given";
	if (r->why != NULL)
		ret = err_set(err, EX_DATAERR, "the change feed: %s", r->why);
	else if (ret != 0)
		ret = err_context(err, "the change feed");
	if (ret == 0 && page->n > 1)
		qsort(page->event, page->n, sizeof(*page->event), by_id);
	keys_free(r->keys);
	buf_free(&r->text);
	free(r);
	return ret;
}

void
feed_free(struct feed_page *page)
{
	free(page->event);
	memset(page, 0, sizeof(*page));
}

const char *
feed_word(enum feed_what what)
{
	return words[what];
}
