#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"
#include "pipeline/store/store.h"

#include "pipeline/register/load.h"

struct held {			/* one unit in force */
	int32_t orgnr;
	unsigned char seen;
	int64_t hash;
};

struct load {
	sqlite3 *db;
	enum unit_kind kind;
	int64_t extract;
	const struct nace *nace;
	struct held *held;	/* by orgnr */
	size_t nheld;
	int others;		/* units of the other kind are there */
	int32_t *added;		/* open addressing; 0: free */
	size_t nadded, cap;
	struct buf indexes;	/* SQL that makes them again; empty: they stand */
	sqlite3_stmt *put, *archive, *drop, *fault;
	int64_t nfaults;
	char first_fault[240];
	struct load_counts n;
};

static int
read_held(struct load *l, struct err *err)
{
	sqlite3_stmt *s = NULL;
	size_t cap = 0;
	int r;

	if (db_prepare(l->db, "SELECT orgnr, row_hash, kind FROM unit ORDER BY orgnr",
	    &s, err) != 0)
		return -1;
	while ((r = db_step(s, err)) == 1) {
		if (sqlite3_column_int(s, 2) != (int)l->kind) {
			l->others = 1;
			continue;
		}
		if (l->nheld == cap) {
			cap = cap > 0 ? cap + cap / 2 : 4096;
			l->held = mem_grow(l->held, cap, sizeof(*l->held));
		}
		l->held[l->nheld].orgnr = sqlite3_column_int(s, 0);
		l->held[l->nheld].hash = sqlite3_column_int64(s, 1);
		l->held[l->nheld++].seen = 0;
	}
	sqlite3_finalize(s);
	l->n.before = (int64_t)l->nheld;
	return r;
}

/* "INSERT OR REPLACE INTO unit VALUES (?1, ..., ?n)" from the field table. */
static int
prepare_put(struct load *l, struct err *err)
{
	struct buf sql = BUF(BUF_ANY);
	int r;

	buf_str(&sql, "INSERT OR REPLACE INTO unit (");
	for (size_t i = 0; i < unit_fields_n; i++)
		buf_printf(&sql, "%s, ", unit_fields[i].name);
	buf_str(&sql, "row_hash, extract) VALUES (");
	for (size_t i = 0; i < unit_fields_n + 2; i++)
		buf_printf(&sql, "%s?%zu", i > 0 ? ", " : "", i + 1);
	buf_chr(&sql, ')');
	r = db_prepare(l->db, buf_text(&sql), &l->put, err);
	buf_free(&sql);
	return r;
}

/*
 * A first load puts its rows in without the indexes, which are made from all of
 * them at the end: a third of the time, for rows come in no order.  Inside the
 * transaction, so that nobody ever sees the table without.
 */
static int
set_indexes_aside(struct load *l, struct err *err)
{
	struct buf drop = BUF(BUF_ANY);
	sqlite3_stmt *s = NULL;
	int r;

	if (l->nheld > 0)
		return 0;
	if (db_prepare(l->db, "SELECT name, sql FROM sqlite_schema WHERE type ="
	    " 'index' AND tbl_name = 'unit' AND sql IS NOT NULL", &s, err) != 0)
		return -1;
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
	l->indexes = (struct buf)BUF(BUF_ANY);
	if (read_held(l, err) != 0 || set_indexes_aside(l, err) != 0 ||
	    prepare_put(l, err) != 0 ||
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
	sqlite3_finalize(l->put);
	sqlite3_finalize(l->archive);
	sqlite3_finalize(l->drop);
	sqlite3_finalize(l->fault);
	buf_free(&l->indexes);
	free(l->held);
	free(l->added);
	free(l);
}

static struct held *
find(const struct load *l, int32_t orgnr)
{
	size_t low = 0, high = l->nheld;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->held[mid].orgnr == orgnr)
			return &l->held[mid];
		if (l->held[mid].orgnr < orgnr)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static size_t
slot_of(const int32_t *slot, size_t cap, int32_t orgnr)
{
	size_t i = (uint32_t)orgnr * 2654435761u & (cap - 1);

	while (slot[i] != 0 && slot[i] != orgnr)
		i = (i + 1) & (cap - 1);
	return i;
}

/* Remember a number that is new; 0 if it came before in this extract. */
static int
is_new(struct load *l, int32_t orgnr)
{
	size_t at;

	if (l->nadded * 2 >= l->cap) {
		size_t cap = l->cap > 0 ? l->cap * 2 : 4096;
		int32_t *more = mem_array(cap, sizeof(*more));

		for (size_t i = 0; i < l->cap; i++)
			if (l->added[i] != 0)
				more[slot_of(more, cap, l->added[i])] = l->added[i];
		free(l->added);
		l->added = more;
		l->cap = cap;
	}
	at = slot_of(l->added, l->cap, orgnr);
	if (l->added[at] == orgnr)
		return 0;
	l->added[at] = orgnr;
	l->nadded++;
	return 1;
}

static int
archive(struct load *l, int32_t orgnr, struct err *err)
{
	db_i64(l->archive, 1, orgnr);
	db_i64(l->archive, 2, l->extract);
	return db_run(l->archive, err);
}

static int
put(struct load *l, const struct unit *u, int64_t hash, struct err *err)
{
	int n = (int)unit_fields_n;

	for (int i = 0; i < n; i++) {
		const struct unit_field *f = &unit_fields[i];
		int64_t v;
		double d;

		if (unit_is_text(f->type))
			db_text(l->put, i + 1, unit_text(u, f));
		else if (f->type == UNIT_REAL && unit_real(u, f, &d))
			db_real(l->put, i + 1, d);
		else if (f->type != UNIT_REAL && unit_int(u, f, &v))
			db_i64(l->put, i + 1, v);
		else
			db_null(l->put, i + 1);
	}
	db_i64(l->put, n + 1, hash);
	db_i64(l->put, n + 2, l->extract);
	return db_run(l->put, err);
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

int
load_unit(struct load *l, const struct unit *u, size_t line, struct err *err)
{
	struct held *h = find(l, u->orgnr);
	int64_t hash = unit_hash(u);
	char digits[16];

	if (h != NULL ? h->seen : !is_new(l, u->orgnr)) {
		l->n.doubled++;
		snprintf(digits, sizeof(digits), "%09d", (int)u->orgnr);
		return write_fault(l, line, digits, "organisation number came before",
		    err);
	}
	l->n.units++;
	if (l->n.units == 1000)
		talk_step("pull.3");
	weigh_code(l, u->nace1);
	if (h == NULL) {
		l->n.added++;
		/* its number may have been one of the other kind until now */
		if (l->others && archive(l, u->orgnr, err) != 0)
			return -1;
		return put(l, u, hash, err);
	}
	h->seen = 1;
	if (h->hash == hash)
		return 0;
	l->n.changed++;
	if (archive(l, u->orgnr, err) != 0)
		return -1;
	return put(l, u, hash, err);
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

void
load_count(const struct load *l, struct load_counts *ret)
{
	*ret = l->n;
	ret->gone = 0;
	for (size_t i = 0; i < l->nheld; i++)
		ret->gone += !l->held[i].seen;
}

int
load_close(struct load *l, struct err *err)
{
	for (size_t i = 0; i < l->nheld; i++) {
		if (l->held[i].seen)
			continue;
		if (archive(l, l->held[i].orgnr, err) != 0)
			return -1;
		db_i64(l->drop, 1, l->held[i].orgnr);
		if (db_run(l->drop, err) != 0)
			return -1;
	}
	return db_exec(l->db, buf_text(&l->indexes), err);
}
