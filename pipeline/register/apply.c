#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"
#include "pipeline/register/unit_row.h"
#include "pipeline/store/erase.h"
#include "pipeline/store/store.h"

#include "pipeline/register/apply.h"

struct day {			/* of one register: its row of extract */
	int64_t id;		/* 0: not looked for yet */
	int64_t events, units, added, changed, gone, held;	/* since */
};

struct apply {
	const struct world *w;
	const char *source;
	struct day day[2];	/* by enum unit_kind */
	sqlite3_stmt *get, *put, *archive, *count;
};

struct apply *
apply_new(const struct world *w, const char *source, struct err *err)
{
	struct apply *a = mem_alloc(sizeof(*a));
	struct buf get = BUF(BUF_ANY), put = BUF(BUF_ANY);
	int r;

	a->w = w;
	a->source = source;
	buf_str(&get, "SELECT ");
	unit_row_columns(&get);
	buf_str(&get, "extract FROM unit WHERE orgnr = ?1");
	unit_row_sql(&put);
	r = db_prepare(w->db, buf_text(&get), &a->get, err) != 0 ||
	    db_prepare(w->db, buf_text(&put), &a->put, err) != 0 ||
	    db_prepare(w->db, "INSERT INTO unit_history SELECT ?2, * FROM unit"
	    " WHERE orgnr = ?1", &a->archive, err) != 0 ||
	    db_prepare(w->db, "UPDATE extract SET read = read + ?2, units = units + ?3,"
	    " added = added + ?4, changed = changed + ?5, gone = gone + ?6,"
	    " held = held + ?7, fetched = ?8 WHERE id = ?1", &a->count, err) != 0;
	buf_free(&get);
	buf_free(&put);
	if (r) {
		apply_free(a);
		return NULL;
	}
	return a;
}

void
apply_free(struct apply *a)
{
	if (a == NULL)
		return;
	sqlite3_finalize(a->get);
	sqlite3_finalize(a->put);
	sqlite3_finalize(a->archive);
	sqlite3_finalize(a->count);
	free(a);
}

/* The newest row of that register's: is it this day's of the feed?  Then that. */
static int
find_day(struct apply *a, const char *kind, struct day *d, int64_t *held,
    char *standard, size_t room, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(a->w->db, "SELECT id, origin = 'feed' AND register_date = ?2,"
	    " coalesce(held, -1), standard FROM extract WHERE kind = ?1 AND refused IS"
	    " NULL ORDER BY id DESC LIMIT 1", &s, err) != 0)
		return -1;
	db_text(s, 1, kind);
	db_i64(s, 2, date_of(a->w->now));
	if ((r = db_step(s, err)) == 1) {
		if (sqlite3_column_int(s, 1))
			d->id = sqlite3_column_int64(s, 0);
		*held = sqlite3_column_int64(s, 2);
		snprintf(standard, room, "%s", db_col(s, 3));
	}
	sqlite3_finalize(s);
	return r < 0 ? -1 : 0;
}

static int
begin_day(struct apply *a, enum unit_kind kind, struct err *err)
{
	struct day *d = &a->day[kind];
	const char *word = unit_kind_name(kind);
	char standard[16] = "unknown";
	sqlite3_stmt *s = NULL;
	int64_t held = -1;
	int r;

	if (d->id != 0)
		return 0;
	if (find_day(a, word, d, &held, standard, sizeof(standard), err) != 0)
		return -1;
	if (d->id != 0)
		return 0;
	if (db_prepare(a->w->db, "INSERT INTO extract (kind, source, register_date,"
	    " date_basis, fetched, bytes, sha256, standard, read, units, unreadable,"
	    " added, changed, gone, in_force, origin, held) VALUES (?1, ?2, ?3, 'clock',"
	    " ?4, 0, coalesce((SELECT sha256 FROM extract WHERE kind = ?1 AND in_force ="
	    " 1), ''), ?5, 0, 0, 0, 0, 0, 0, 0, 'feed', iif(?6 < 0, (SELECT count(*)"
	    " FROM unit WHERE kind = ?7), ?6))", &s, err) != 0)
		return -1;
	db_text(s, 1, word);
	db_text(s, 2, a->source);
	db_i64(s, 3, date_of(a->w->now));
	db_i64(s, 4, a->w->now);
	db_text(s, 5, standard);
	db_i64(s, 6, held);
	db_i64(s, 7, kind);
	r = db_run(s, err);
	sqlite3_finalize(s);
	d->id = sqlite3_last_insert_rowid(a->w->db);
	return r;
}

/* What is held of it.  Its texts are SQLite's: good until get is reset. */
struct was {
	struct unit unit;
	int64_t extract;
	int held;
};

static int
find(struct apply *a, int32_t orgnr, struct was *was, struct err *err)
{
	int r, n = (int)unit_fields_n;

	db_i64(a->get, 1, orgnr);
	was->held = r = db_step(a->get, err);
	if (r == 1) {
		unit_row_read(a->get, &was->unit);
		was->extract = sqlite3_column_int64(a->get, n);
	}
	return r < 0 ? -1 : 0;
}

/* Yesterday's version to the history; one of today's was nobody's for a day. */
static int
put(struct apply *a, const struct unit *u, const struct was *was,
    struct err *err)
{
	int64_t id = a->day[u->kind].id;

	if (was->held && was->extract != id) {
		db_i64(a->archive, 1, u->orgnr);
		db_i64(a->archive, 2, id);
		if (db_run(a->archive, err) != 0)
			return -1;
	}
	unit_row_bind(a->put, u, unit_hash(u), id);
	return db_run(a->put, err);
}

static void
count(struct apply *a, const struct unit *u, const struct was *was)
{
	struct day *d = &a->day[u->kind];

	if (was->held && was->unit.kind == u->kind) {
		d->changed++;
		return;
	}
	d->added++;
	d->held++;
	if (was->held)
		a->day[was->unit.kind].held--;
}

static int
delete(struct apply *a, const struct unit *u, struct was *was,
    enum applied *ret, struct err *err)
{
	struct unit now = was->unit;

	*ret = was->held ? APPLY_SAME : APPLY_ABSENT;
	if (!was->held || now.deleted_date == u->deleted_date)
		return 0;
	*ret = APPLY_DELETED;
	now.deleted_date = u->deleted_date;
	if (u->response_class != NULL)
		now.response_class = u->response_class;
	if (u->closed_date != DATE_NONE)
		now.closed_date = u->closed_date;
	a->day[now.kind].gone++;
	return put(a, &now, was, err);
}

int
apply_unit(struct apply *a, const struct unit *u, enum applied *ret,
    struct err *err)
{
	struct was was = { .held = 0 };
	enum unit_kind kind = (enum unit_kind)u->kind;
	int r;

	if (begin_day(a, kind, err) != 0 || find(a, u->orgnr, &was, err) != 0)
		return -1;
	if (was.held && was.unit.kind != u->kind &&
	    begin_day(a, (enum unit_kind)was.unit.kind, err) != 0) {
		sqlite3_reset(a->get);
		return -1;
	}
	if (u->deleted_date != DATE_NONE) {
		r = delete(a, u, &was, ret, err);
	} else if (was.held && unit_hash(&was.unit) == unit_hash(u)) {
		*ret = APPLY_SAME;
		r = 0;
	} else {
		*ret = was.held ? APPLY_CHANGED : APPLY_ADDED;
		count(a, u, &was);
		r = put(a, u, &was, err);
	}
	sqlite3_reset(a->get);
	return r;
}

int
apply_deleted(struct apply *a, int32_t orgnr, enum unit_kind kind, int32_t day,
    enum applied *ret, struct err *err)
{
	struct unit u;

	unit_clear(&u);
	u.orgnr = orgnr;
	u.kind = kind;
	u.deleted_date = day;
	return apply_unit(a, &u, ret, err);
}

int
apply_removed(struct apply *a, int32_t orgnr, enum unit_kind feed, int *was,
    struct err *err)
{
	struct erase_counts n;
	struct was old = { .held = 0 };

	if (begin_day(a, feed, err) != 0 || find(a, orgnr, &old, err) != 0)
		return -1;
	sqlite3_reset(a->get);
	*was = old.held;
	/* erase_unit() counts it off the newest row, which is the day's */
	if (old.held && begin_day(a, (enum unit_kind)old.unit.kind, err) != 0)
		return -1;
	a->day[old.held ? old.unit.kind : (int32_t)feed].gone += old.held;
	return erase_unit(a->w, orgnr, ERASE_REMOVED, &n, err);
}

static int
write_day(struct apply *a, struct day *d, struct err *err)
{
	if (d->id == 0)
		return 0;
	db_i64(a->count, 1, d->id);
	db_i64(a->count, 2, d->events);
	db_i64(a->count, 3, d->units);
	db_i64(a->count, 4, d->added);
	db_i64(a->count, 5, d->changed);
	db_i64(a->count, 6, d->gone);
	db_i64(a->count, 7, d->held);
	db_i64(a->count, 8, a->w->now);
	if (db_run(a->count, err) != 0)
		return -1;
	*d = (struct day){ .id = d->id };
	return 0;
}

int
apply_count(struct apply *a, enum unit_kind kind, int64_t events, int64_t units,
    struct err *err)
{
	if (begin_day(a, kind, err) != 0)
		return -1;
	a->day[kind].events += events;
	a->day[kind].units += units;
	return write_day(a, &a->day[0], err) != 0 ||
	    write_day(a, &a->day[1], err) != 0 ? -1 : 0;
}

void
apply_forget(struct apply *a)
{
	memset(a->day, 0, sizeof(a->day));
}
