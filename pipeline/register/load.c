#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"
#include "pipeline/register/held.h"
#include "pipeline/register/put.h"
#include "pipeline/register/rehash.h"
#include "pipeline/store/store.h"

#include "pipeline/register/load.h"

struct load {
	sqlite3 *db;
	enum unit_kind kind;
	int64_t extract;
	const struct nace *nace;
	struct held *held;
	struct put *put;
	struct numbers { int32_t *at; size_t n, cap; } keep, closing, late;
	int (*bar)(void *, int32_t);
	void *bar_ctx;
	struct buf one;		/* load_unit()'s unit, packed */
	struct buf indexes;	/* SQL that makes them again; empty: they stand */
	sqlite3_stmt *archive, *drop, *fault;
	int64_t nfaults;
	char first_fault[240];
	struct load_counts n;
	struct census census;
};

/* How many units of this kind there will be, near enough. */
static int
expected(const struct load *l, int64_t *n, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	*n = 0;
	if (db_prepare(l->db, "SELECT units FROM extract WHERE kind = ?1 AND id < ?2"
	    " AND refused IS NULL ORDER BY id DESC LIMIT 1", &s, err) != 0)
		return -1;
	db_text(s, 1, unit_kind_name(l->kind));
	db_i64(s, 2, l->extract);
	if ((r = db_step(s, err)) == 1)
		*n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return r < 0 ? -1 : 0;
}

/* In the order of the rows: these columns come first in each. */
static int
read_held(struct load *l, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int64_t n;
	int r;

	if (rehash(l->db, l->kind, l->extract, err) != 0 ||
	    expected(l, &n, err) != 0 || db_prepare(l->db,
	    "SELECT orgnr, kind, row_hash FROM unit NOT INDEXED", &s, err) != 0)
		return -1;
	l->held = held_new((size_t)n);
	while ((r = db_step(s, err)) == 1)
		if (sqlite3_column_int(s, 1) != (int)l->kind)
			held_add_other(l->held, sqlite3_column_int(s, 0));
		else
			held_add(l->held, sqlite3_column_int(s, 0),
			    sqlite3_column_int64(s, 2));
	sqlite3_finalize(s);
	held_ready(l->held);
	l->n.before = (int64_t)held_count(l->held);
	return r;
}

/*
 * A first load puts its rows in without the indexes, which are made from all of
 * them at the end: a fraction of the time, for numbers come in no order.  Inside
 * the transaction, so that nobody ever sees the table without.  Where units of
 * the other kind are there, the numbers keep theirs: it is asked for them.
 */
static int
set_indexes_aside(struct load *l, struct err *err)
{
	struct buf drop = BUF(BUF_ANY);
	sqlite3_stmt *s = NULL;
	int r;

	if (held_count(l->held) > 0)
		return 0;
	if (db_prepare(l->db, "SELECT name, sql FROM sqlite_schema WHERE type ="
	    " 'index' AND tbl_name = 'unit' AND sql IS NOT NULL AND"
	    " (?1 = 0 OR name <> 'unit_orgnr') ORDER BY rowid", &s, err) != 0)
		return -1;
	db_i64(s, 1, (int64_t)held_others(l->held));
	while ((r = db_step(s, err)) == 1) {
		buf_printf(&drop, "DROP INDEX %s;", db_col(s, 0));
		buf_printf(&l->indexes, "%s;", db_col(s, 1));
	}
	sqlite3_finalize(s);
	if (r == 0)
		r = db_exec(l->db, buf_text(&drop), err);
	buf_free(&drop);
	return r;
}

struct load *
load_new(sqlite3 *db, enum unit_kind kind, int64_t extract,
    const struct nace *nace, struct err *err)
{
	struct load *l = mem_alloc(sizeof(*l));

	l->db = db;
	l->kind = kind;
	l->extract = extract;
	l->nace = nace;
	l->one = l->indexes = (struct buf)BUF(BUF_ANY);
	if (read_held(l, err) != 0 || set_indexes_aside(l, err) != 0 ||
	    (l->put = put_new(db, extract, err)) == NULL ||
	    db_prepare(db, "INSERT INTO unit_history SELECT ?2, * FROM unit"
	    " WHERE orgnr = ?1", &l->archive, err) != 0 ||
	    db_prepare(db, "DELETE FROM unit WHERE orgnr = ?1", &l->drop, err) != 0 ||
	    db_prepare(db, "INSERT INTO extract_fault (extract, line, orgnr, reason)"
	    " VALUES (?1, ?2, ?3, ?4)", &l->fault, err) != 0) {
		load_free(l);
		return NULL;
	}
	return l;
}

void
load_free(struct load *l)
{
	if (l == NULL)
		return;
	put_free(l->put);
	free(l->keep.at);
	free(l->closing.at);
	free(l->late.at);
	sqlite3_finalize(l->archive);
	sqlite3_finalize(l->drop);
	sqlite3_finalize(l->fault);
	held_free(l->held);
	buf_free(&l->one);
	buf_free(&l->indexes);
	free(l);
}

/* ---------------------------------------------- newer than the extract ---- */

static void
add_number(struct numbers *s, int32_t orgnr)
{
	if (s->n == s->cap) {
		s->cap = s->cap > 0 ? 2 * s->cap : 64;
		s->at = mem_grow(s->at, s->cap, sizeof(*s->at));
	}
	s->at[s->n++] = orgnr;
}

static int
by_number(const void *a, const void *b)
{
	const int32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int
is_among(const struct numbers *s, int32_t orgnr)
{
	return s->n > 0 && bsearch(&orgnr, s->at, s->n, sizeof(*s->at),
	    by_number) != NULL;
}

void
load_keep(struct load *l, int32_t orgnr, int deleted)
{
	add_number(deleted ? &l->closing : &l->keep, orgnr);
}

void
load_late(struct load *l, int32_t orgnr)
{
	add_number(&l->late, orgnr);
}

void
load_bar(struct load *l, int (*bar)(void *, int32_t), void *ctx)
{
	l->bar = bar;
	l->bar_ctx = ctx;
}

/* Is a unit that is not held to be left out?  Counts it then. */
static int
left_out(struct load *l, const struct packed *u)
{
	if (is_among(&l->late, u->orgnr)) {
		census_add(&l->census, u);
		l->n.late++;
		return 1;
	}
	if (l->bar != NULL && l->bar(l->bar_ctx, u->orgnr)) {
		l->n.units--;
		l->n.barred++;
		return 1;
	}
	return 0;
}

static int
archive(struct load *l, int32_t orgnr, struct err *err)
{
	db_i64(l->archive, 1, orgnr);
	db_i64(l->archive, 2, l->extract);
	return db_run(l->archive, err);
}

static int
write_fault(struct load *l, size_t line, const char *orgnr, const char *why,
    struct err *err)
{
	if (l->nfaults++ >= LOAD_FAULTS)
		return 0;
	db_i64(l->fault, 1, l->extract);
	db_i64(l->fault, 2, (int64_t)line);
	db_text(l->fault, 3, orgnr[0] != '\0' ? orgnr : NULL);
	db_text(l->fault, 4, why);
	return db_run(l->fault, err);
}

/* Which standard do the codes speak for? */
static void
weigh_code(struct load *l, int32_t code)
{
	const struct nace_item *a, *b;

	if (l->nace == NULL || code <= 0)
		return;
	a = nace_code(l->nace, NACE_SN2007, code);
	b = nace_code(l->nace, NACE_SN2025, code);
	l->n.only_2007 += a != NULL && b == NULL;
	l->n.only_2025 += b != NULL && a == NULL;
}

static int
twice(struct load *l, const struct packed *u, struct err *err)
{
	char digits[16];

	l->n.doubled++;
	snprintf(digits, sizeof(digits), "%09d", (int)u->orgnr);
	return write_fault(l, u->line, digits, "organisation number came before", err);
}

int
load_packed(struct load *l, const struct packed *u, struct err *err)
{
	enum held_is is = u->held != 0 ? held_meet_at(l->held, u->held) :
	    held_meet(l->held, u->orgnr, u->hash);

	if (is == HELD_TWICE)
		return twice(l, u, err);
	if (++l->n.units == 1000)
		talk_step("pull.3");
	weigh_code(l, u->nace1);
	if ((is == HELD_NEW || is == HELD_OTHER) && left_out(l, u))
		return 0;
	census_add(&l->census, u);
	if (is == HELD_CHANGED && (is_among(&l->keep, u->orgnr) ||
	    is_among(&l->closing, u->orgnr)))
		return 0;
	switch (is) {
	case HELD_NEW:
		l->n.added++;
		return put_insert(l->put, u, err);
	case HELD_OTHER:
		l->n.added++;
		break;
	case HELD_CHANGED:
		l->n.changed++;
		break;
	case HELD_SAME:
	case HELD_TWICE:
	default:
		return 0;
	}
	if (archive(l, u->orgnr, err) != 0)
		return -1;
	return put_update(l->put, u, err);
}

int
load_unit(struct load *l, const struct unit *u, size_t line, struct err *err)
{
	struct packed p;
	const char *at;

	buf_clear(&l->one);
	pack_unit(&l->one, u, line, NULL);
	at = l->one.data;
	(void)pack_next(&at, at + l->one.len, &p);
	return load_packed(l, &p, err);
}

int
load_fault(struct load *l, const struct scan_fault *f, struct err *err)
{
	char why[200];

	if (!f->dropped)
		l->n.remarks++;
	snprintf(why, sizeof(why), "%s%s%s%s", f->field != NULL ? f->field : "",
	    f->field != NULL ? ": " : "", f->why,
	    f->dropped ? "" : " (taken as absent)");
	if (f->dropped && l->first_fault[0] == '\0')
		snprintf(l->first_fault, sizeof(l->first_fault), "line %zu: %s",
		    f->line, why);
	return write_fault(l, f->line, f->orgnr, why, err);
}

const char *
load_first_fault(const struct load *l)
{
	return l->first_fault;
}

const struct held *
load_held(const struct load *l)
{
	return l->n.before > 0 ? l->held : NULL;
}

void
load_count(struct load *l, struct load_counts *ret)
{
	size_t at = 0;
	int32_t orgnr;

	census_close(&l->census);
	*ret = l->n;
	ret->gone = ret->kept = 0;
	while (held_next_gone(l->held, &at, &orgnr))
		++*(is_among(&l->keep, orgnr) ? &ret->kept : &ret->gone);
}

const struct census *
load_census(const struct load *l)
{
	return &l->census;
}

int
load_close(struct load *l, struct err *err)
{
	size_t at = 0;
	int32_t orgnr;
	int r;

	while (held_next_gone(l->held, &at, &orgnr)) {
		if (is_among(&l->keep, orgnr))
			continue;
		if (archive(l, orgnr, err) != 0)
			return -1;
		db_i64(l->drop, 1, orgnr);
		if (db_run(l->drop, err) != 0)
			return -1;
	}
	if (l->indexes.len == 0)
		return 0;
	/* as much again as the cache may take, twice, is taken to sort in */
	store_cache(l->db, STORE_CACHE_LEAN);
	r = db_exec(l->db, buf_text(&l->indexes), err);
	store_cache(l->db, STORE_CACHE);
	return r;
}
