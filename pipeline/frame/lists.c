#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/talk.h"
#include "pipeline/frame/decisions.h"
#include "pipeline/frame/known.h"
#include "pipeline/frame/listing.h"
#include "pipeline/frame/names.h"

#include "pipeline/frame/lists.h"

enum { PLACES = 10000 };

/* One row on its way. */
struct entry {
	const struct listing_row *row;
	const char *name, *norm;	/* as written; names.h */
	int32_t orgnr, municipality;
	size_t area;
	enum list_fate fate;		/* LIST_FATES: not settled */
};

/* One list being read. */
struct one {
	const struct study_list *list;
	struct list_told *told;
	struct listing l;
	struct decisions *decisions;
	struct entry *entry;
	const char *source;
	size_t group;
	int is_open;
};

/* All of them. */
struct reading {
	const struct world *w;
	const struct study *study;
	struct selection *s;
	struct one *one;
	struct lookup *lookup;
	struct known known;	/* unit keys; "p:PARENT"; "n:NAME|PLACE"; "h:KEY" */
	struct hash *sum;
	size_t nregister;	/* of s->unit, from the register */
	size_t held_cap;
};

static void
say(const struct reading *r, const struct one *o, const struct entry *e,
    const char *what)
{
	talk_line(r->w->talk, "list %s: %s %zu: %s", o->list->name, o->l.word,
	    e->row->line, what);
}

/* Name and municipality, from the register where the list has none. */
static int
where_and_who(struct reading *r, struct entry *e, char *where, size_t size,
    struct err *err)
{
	struct lookup_unit u;
	int32_t place = 0;
	int found;

	listing_place(e->row->field[LISTING_MUNICIPALITY], where, size);
	e->name = e->row->field[LISTING_NAME];
	if (where[0] == '\0' && e->row->field[LISTING_POSTCODE][0] != '\0') {
		if (lookup_postcode(r->lookup, listing_postcode(
		    e->row->field[LISTING_POSTCODE]), &place, err) != 0)
			return -1;
		if (place != 0)
			snprintf(where, size, "%04d", (int)place);
	}
	if (e->orgnr == 0 || (e->name[0] != '\0' && where[0] != '\0'))
		return 0;
	if ((found = lookup_orgnr(r->lookup, e->orgnr, &u, err)) <= 0)
		return found;
	if (e->name[0] == '\0')
		e->name = u.name;
	if (where[0] == '\0' && u.municipality != 0)
		snprintf(where, size, "%04d", (int)u.municipality);
	return 0;
}

/* A row by itself: can it be placed, and has it a number? */
static int
examine(struct reading *r, struct one *o, struct entry *e, struct err *err)
{
	const struct region_place *place;
	const char *why = "";
	char where[200], text[100];
	struct err ignored;
	int number = listing_orgnr(e->row->field[LISTING_ORGNR], &e->orgnr, &why);

	e->fate = LIST_FATES;
	if (number != 1)
		e->orgnr = 0;
	if (where_and_who(r, e, where, sizeof(where), err) != 0)
		return -1;
	if (e->name[0] == '\0' || where[0] == '\0') {
		say(r, o, e, "no name or no municipality: left out as outside");
		e->fate = e->name[0] == '\0' ? LIST_NO_NAME : LIST_NO_PLACE;
		return 0;
	}
	if (region_find_place(r->w->region, where, r->s->population->date, 0, &place,
	    &ignored) != 0) {
		say(r, o, e, "municipality not known, or one of several: left out as "
		    "outside; its number would help");
		e->fate = LIST_NO_PLACE;
		return 0;
	}
	e->municipality = place->number;
	e->area = r->s->population->area_of[place->number];
	if (e->area == 0) {
		e->fate = LIST_OUTSIDE;
		return 0;
	}
	if (number < 0) {
		o->told->wrong++;
		snprintf(text, sizeof(text), "organisation number %s: taken as none", why);
		say(r, o, e, text);
	}
	e->norm = names_key(r->s->arena, e->name);
	return 0;
}

/* An order that has nothing to do with how the file is sorted: those with a number
 * first, so that others are seen to be they; then by what they hold. */
static int
by_content(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	const char *const *f = x->row->field, *const *g = y->row->field;
	int r;

	if (x->fate != y->fate)
		return x->fate > y->fate ? -1 : 1;	/* LIST_FATES: open, first */
	if ((x->orgnr != 0) != (y->orgnr != 0))
		return x->orgnr != 0 ? -1 : 1;
	if (x->fate == LIST_FATES && (r = strcmp(x->norm, y->norm)) != 0)
		return r;
	if ((f[LISTING_EMAIL][0] == '\0') != (g[LISTING_EMAIL][0] == '\0'))
		return f[LISTING_EMAIL][0] == '\0' ? 1 : -1;
	if (x->orgnr != y->orgnr)
		return x->orgnr < y->orgnr ? -1 : 1;
	if (x->municipality != y->municipality)
		return x->municipality < y->municipality ? -1 : 1;
	if ((r = strcmp(f[LISTING_EMAIL], g[LISTING_EMAIL])) != 0)
		return r;
	for (int i = 0; i < LISTING_FIELDS; i++)
		if ((r = strcmp(f[i], g[i])) != 0)
			return r;
	return 0;
}

static int
open_one(struct reading *r, struct one *o, struct err *err)
{
	struct list_told *t = o->told;

	if (listing_read(r->study, o->list, r->sum, &o->l, err) != 0)
		return -1;
	o->is_open = 1;
	if (decisions_read(r->study, o->list, r->sum, &o->decisions, err) != 0)
		return -1;
	/* study_read() saw to it that there is one */
	o->group = study_group_at(r->study, o->list->group);
	o->source = arena_printf(r->s->arena, "list:%s", o->list->name);
	t->list = o->list;
	t->kind = o->l.grid.kind;
	if (o->l.grid.sheet != NULL)
		t->sheet = arena_str(r->s->arena, o->l.grid.sheet);
	t->merged = o->l.grid.merged;
	t->hidden = o->l.grid.hidden;
	t->errors = o->l.grid.errors;
	t->rows = (int64_t)o->l.n;
	o->entry = mem_array(o->l.n + 1, sizeof(*o->entry));
	for (size_t i = 0; i < o->l.n; i++) {
		o->entry[i].row = &o->l.row[i];
		if (examine(r, o, &o->entry[i], err) != 0)
			return -1;
	}
	if (o->l.n > 1)
		qsort(o->entry, o->l.n, sizeof(*o->entry), by_content);
	return 0;
}

/* The names of the register in the places of rows without a number. */
static int
find_names(struct reading *r, struct err *err)
{
	unsigned char *wanted = mem_alloc(PLACES);
	int any = 0, ret;

	for (size_t i = 0; i < r->study->nlist; i++)
		for (size_t k = 0; k < r->one[i].l.n; k++) {
			const struct entry *e = &r->one[i].entry[k];

			if (e->fate == LIST_FATES && e->orgnr == 0)
				any = wanted[e->municipality] = 1;
		}
	ret = any ? lookup_names(r->lookup, wanted, err) : 0;
	free(wanted);
	return ret;
}

/* The key of a row that has no number. */
static const char *
local_key(const struct reading *r, const struct one *o, const struct entry *e)
{
	struct buf b = BUF(BUF_ANY);
	unsigned char sum[32];
	char hex[65];
	const char *id = e->row->field[LISTING_ID];

	if (*id != '\0')
		buf_str(&b, names_key(r->s->arena, id));
	else
		buf_printf(&b, "%s|%04d", *e->norm != '\0' ? e->norm : e->name,
		    (int)e->municipality);
	hash_sha256(buf_text(&b), b.len, sum);
	buf_free(&b);
	return arena_printf(r->s->arena, "list:%s:%s", o->list->name,
	    hash_hex(sum, 10, hex));
}

static const char *
name_key(const struct reading *r, const struct entry *e)
{
	return arena_printf(r->s->arena, "n:%s|%04d", *e->norm != '\0' ? e->norm :
	    e->name, (int)e->municipality);
}

/* The list's address beside the one there is: the study says which is used. */
static void
offer_address(struct reading *r, struct one *o, struct candidate *c,
    const char *address)
{
	if (address[0] == '\0' || (c->email_raw != NULL &&
	    strcmp(c->email_raw, address) == 0))
		return;
	if (c->email_raw == NULL) {
		c->email_raw = arena_str(r->s->arena, address);
		c->email_from = o->source;
	} else if (o->list->email_from_list && c->email_from == NULL) {
		c->email_other = c->email_raw;
		c->email_raw = arena_str(r->s->arena, address);
		c->email_from = o->source;
		o->told->address++;
	} else if (c->email_other == NULL)
		c->email_other = arena_str(r->s->arena, address);
}

/* A new unit; ${u} is what the register has of it, or NULL. */
static void
add(struct reading *r, struct one *o, const struct entry *e, const char *key,
    int32_t orgnr, const struct lookup_unit *u)
{
	struct candidate *c = selection_add(r->s);

	c->key = key;
	c->source = o->source;
	c->orgnr = orgnr;
	c->parent = u != NULL ? u->parent : 0;
	c->name = arena_str(r->s->arena, e->name);
	c->municipality = e->municipality;
	c->group = o->group;
	c->area = e->area - 1;
	if (u != NULL)
		c->email_raw = u->email;
	offer_address(r, o, c, e->row->field[LISTING_EMAIL]);
	known_put(&r->known, key, r->s->n - 1);
	known_put(&r->known, name_key(r, e), r->s->n - 1);
}

/* The unit of another kind that is the same firm and in the population, or -1. */
static long
related(const struct reading *r, const struct lookup_unit *u)
{
	char key[20];

	if (u->kind == 1 && u->parent != 0 && (r->study->units & STUDY_UNDERENHET) == 0)
		snprintf(key, sizeof(key), "%09d", (int)u->parent);
	else if (u->kind == 0 && (r->study->units & STUDY_ENHET) == 0)
		snprintf(key, sizeof(key), "p:%09d", (int)u->orgnr);
	else
		return KNOWN_NONE;
	return known_find(&r->known, key);
}

/* How a number was come by, and what then becomes of its row. */
struct found {
	enum list_fate there, is_new;
};
static const struct found by_number = { LIST_NUMBER, LIST_NEW_NUMBER },
	by_name = { LIST_NAME, LIST_NEW_NAME },
	by_decision = { LIST_DECIDED, LIST_NEW_DECIDED };

static int
take_number(struct reading *r, struct one *o, struct entry *e, int32_t orgnr,
    const struct found *how, struct err *err)
{
	const char *key = arena_printf(r->s->arena, "%09d", (int)orgnr);
	struct lookup_unit u;
	struct buf b = BUF(BUF_ANY);
	long at = known_find(&r->known, key);
	int there = lookup_orgnr(r->lookup, orgnr, &u, err), kin = 0;

	if (there < 0)
		return -1;
	/* what the other register says has a say in what the frame is */
	buf_printf(&b, "%s %d %d %09d %s\n", key, there, u.deleted, (int)u.parent,
	    u.email != NULL ? u.email : "");
	hash_add(r->sum, buf_text(&b), b.len);
	buf_free(&b);
	if (at < 0 && there && (at = related(r, &u)) >= 0)
		kin = 1;
	if (at >= 0) {
		e->fate = (size_t)at >= r->nregister ? LIST_DOUBLED :
		    kin ? LIST_RELATED : how->there;
		offer_address(r, o, &r->s->unit[at], e->row->field[LISTING_EMAIL]);
		known_put(&r->known, name_key(r, e), (size_t)at);
		return 0;
	}
	if (there && u.deleted) {
		say(r, o, e, "the register has deleted this unit: left out");
		e->fate = LIST_GONE;
		return 0;
	}
	e->fate = there ? how->is_new : how == &by_number ? LIST_NEW_UNREGISTERED :
	    how->is_new;
	add(r, o, e, key, orgnr, there ? &u : NULL);
	return 0;
}

static void
take_local(struct reading *r, struct one *o, struct entry *e, const char *key)
{
	long at = known_find(&r->known, key);

	if (at < 0 && e->row->field[LISTING_ID][0] == '\0')
		at = known_find(&r->known, name_key(r, e));
	if (at >= 0) {
		e->fate = LIST_DOUBLED;
		offer_address(r, o, &r->s->unit[at], e->row->field[LISTING_EMAIL]);
		return;
	}
	e->fate = LIST_NEW_LOCAL;
	add(r, o, e, key, 0, NULL);
}

static void
hold(struct reading *r, const struct one *o, const struct entry *e, const char *key,
    const struct lookup_unit *const *found, size_t n, size_t same)
{
	struct lists *l = r->s->lists;
	struct list_held *h;
	const char *again = arena_printf(r->s->arena, "h:%s", key);

	if (known_find(&r->known, again) >= 0)
		return;			/* the same row again */
	known_put(&r->known, again, 0);
	if (l->nheld == r->held_cap) {
		r->held_cap = r->held_cap > 0 ? 2 * r->held_cap : 16;
		l->held = mem_grow(l->held, r->held_cap, sizeof(*l->held));
	}
	h = &l->held[l->nheld++];
	*h = (struct list_held){ .told = o->told, .line = e->row->line, .key = key,
	    .name = arena_str(r->s->arena, e->name), .municipality = e->municipality,
	    .same = same, .n = n };
	for (size_t i = 0; i < n; i++)
		h->unit[i] = *found[i];
}

/* A row without a number: by what was decided, by its name, or by itself. */
static int
take_named(struct reading *r, struct one *o, struct entry *e, struct err *err)
{
	const struct lookup_unit *found[LOOKUP_FOUND];
	const char *key = local_key(r, o, e);
	size_t same, n;
	int32_t orgnr = 0;

	switch (decisions_find(o->decisions, key, &orgnr)) {
	case DECISION_UNIT:
		return take_number(r, o, e, orgnr, &by_decision, err);
	case DECISION_OUT:
		e->fate = LIST_OUT;
		return 0;
	case DECISION_NEW:
		take_local(r, o, e, key);
		return 0;
	case DECISION_NONE:
		break;
	}
	n = lookup_find(r->lookup, e->norm, e->municipality, found, &same);
	if (same == 1)
		return take_number(r, o, e, found[0]->orgnr, &by_name, err);
	/* a row with a number has the name too: it is the one */
	if (n == 0 || o->list->undecided_in || (e->row->field[LISTING_ID][0] == '\0' &&
	    same == 0 && known_find(&r->known, name_key(r, e)) >= 0)) {
		if (n > 0 && o->list->undecided_in)
			hold(r, o, e, key, found, n, same);
		take_local(r, o, e, key);
		return 0;
	}
	hold(r, o, e, key, found, n, same);
	e->fate = LIST_REVIEW;
	return 0;
}

static int
settle_one(struct reading *r, struct one *o, struct err *err)
{
	struct frame_result *c = &r->s->count;
	size_t line = 0;

	for (size_t i = 0; i < o->l.n; i++) {
		struct entry *e = &o->entry[i];

		if (e->fate == LIST_FATES && (e->orgnr != 0 ?
		    take_number(r, o, e, e->orgnr, &by_number, err) :
		    take_named(r, o, e, err)) != 0)
			return -1;
		o->told->fate[e->fate]++;
		c->listed++;
		c->listed_matched += e->fate <= LIST_DECIDED || e->fate == LIST_DOUBLED;
		c->listed_outside += e->fate >= LIST_REVIEW;
		c->listed_review += e->fate == LIST_REVIEW;
		c->listed_local += e->fate == LIST_NEW_LOCAL;
	}
	o->told->stale = decisions_stale(o->decisions, &line);
	if (o->told->stale > 0)
		talk_line(r->w->talk, "list %s: decisions about rows it does not have, the"
		    " first on line %zu: not used", o->list->name, line);
	return 0;
}

static void
know_register(struct reading *r)
{
	const struct selection *s = r->s;

	r->nregister = s->n;
	for (size_t i = 0; i < s->n; i++) {
		known_put(&r->known, s->unit[i].key, i);
		if (s->unit[i].parent != 0)
			known_put(&r->known, arena_printf(s->arena, "p:%09d",
			    (int)s->unit[i].parent), i);
	}
}

static void
close_all(struct reading *r)
{
	for (size_t i = 0; i < r->study->nlist; i++) {
		struct one *o = &r->one[i];

		if (o->is_open)
			listing_free(&o->l);
		decisions_free(o->decisions);
		free(o->entry);
	}
	free(r->one);
	known_free(&r->known);
	lookup_close(r->lookup);
}

int
lists_read(const struct world *w, const struct study *study,
    struct selection *s, struct err *err)
{
	struct reading r = { .w = w, .study = study, .s = s };
	unsigned char out[32];
	int ret = 0;

	s->lists = arena_alloc(s->arena, sizeof(*s->lists));
	if (study->nlist == 0)
		return 0;
	s->lists->ntold = study->nlist;
	s->lists->told = arena_alloc(s->arena, study->nlist * sizeof(*s->lists->told));
	if (lookup_open(w, study, s->arena, &r.lookup, err) != 0)
		return -1;
	r.one = mem_array(study->nlist, sizeof(*r.one));
	r.sum = hash_begin();
	know_register(&r);
	for (size_t i = 0; ret == 0 && i < study->nlist; i++) {
		r.one[i].list = &study->list[i];
		r.one[i].told = &s->lists->told[i];
		ret = open_one(&r, &r.one[i], err);
	}
	if (ret == 0)
		ret = find_names(&r, err);
	for (size_t i = 0; ret == 0 && i < study->nlist; i++)
		ret = settle_one(&r, &r.one[i], err);
	hash_end(r.sum, out);
	hash_hex(out, sizeof(out), s->lists_sha256);
	close_all(&r);
	return ret;
}
