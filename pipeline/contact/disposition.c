#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "pipeline/base/mem.h"
#include "pipeline/store/store.h"

#include "pipeline/contact/disposition.h"

enum { DAY = 86400 };

/* ----------------------------------------------------------------- policy -- */

/* A mailing to the unit, and the report on it that stands. */
struct mailing {
	int64_t id;
	int sent;
	const struct unit_event *end;	/* bounce or delivered; NULL: none */
};

struct unit {
	const struct unit_event *event;
	size_t n;
	struct mailing *mailing;
	size_t nmailing;
	const struct settings *set;
};

static int
is_bounce(const struct mailing *m)
{
	return m->end != NULL && m->end->kind == EVENT_BOUNCE;
}

static struct mailing *
mailing_of(struct unit *u, int64_t id)
{
	for (size_t i = 0; i < u->nmailing; i++)
		if (u->mailing[i].id == id)
			return &u->mailing[i];
	u->mailing[u->nmailing].id = id;
	return &u->mailing[u->nmailing++];
}

static void
take_stock(struct unit *u)
{
	for (size_t i = 0; i < u->n; i++) {
		const struct unit_event *e = &u->event[i];
		struct mailing *m;

		if (e->kind != EVENT_SENT && e->kind != EVENT_BOUNCE &&
		    e->kind != EVENT_DELIVERED)
			continue;
		m = mailing_of(u, e->mailing);
		if (e->kind == EVENT_SENT)
			m->sent = 1;
		else if (m->end == NULL || e->certain || !m->end->certain)
			m->end = e;
	}
}

static int
has(const struct unit *u, enum event_kind kind)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->event[i].kind == kind)
			return 1;
	return 0;
}

/* What a standing bounce says of the address. */
enum weight { W_NONE, W_HARD, W_SUSPEND, W_SOFT };

static enum weight
weigh(const struct unit_event *e)
{
	if (e->fault == 'S')
		return W_NONE;
	if (e->hard && (e->status_class == 5 || e->status_class == 0))
		return W_HARD;
	if (e->status_class == 5 && e->reason != NULL &&
	    (strcmp(e->reason, "suspend") == 0 || strcmp(e->reason, "filtered") == 0))
		return W_SUSPEND;
	return W_SOFT;
}

/* Did something between ${from} and ${to} show that the address takes mail? */
static int
forgotten(const struct unit *u, int64_t from, int64_t to)
{
	for (size_t i = 0; i < u->n; i++) {
		const struct unit_event *e = &u->event[i];

		if (e->at <= from || e->at > to)
			continue;
		if (e->kind == EVENT_DELIVERED || e->kind == EVENT_AUTO_REPLY ||
		    e->kind == EVENT_COMPLETE || e->kind == EVENT_PARTIAL ||
		    e->kind == EVENT_LATE)
			return 1;
		if (e->kind == EVENT_SENT && to - from >= u->set->soft_reset_days * DAY)
			for (size_t k = 0; k < u->nmailing; k++)
				if (u->mailing[k].id == e->mailing &&
				    u->mailing[k].end == NULL)
					return 1;
	}
	return 0;
}

/*
 * Are there ${count} standing bounces of this weight, first and last ${days}
 * apart, with nothing between them that makes them forgotten?  Each mailing has
 * one standing report, so that they are of as many mailings.
 */
static int
repeated(const struct unit *u, enum weight weight, int64_t count, int64_t days)
{
	int64_t n = 0, first = 0, last = 0;

	for (size_t i = 0; i < u->n; i++) {
		const struct unit_event *e = &u->event[i];
		int stands = 0;

		assert(e != NULL);
		for (size_t k = 0; k < u->nmailing; k++)
			stands |= u->mailing[k].end == e;
		if (!stands || e->kind != EVENT_BOUNCE || weigh(e) != weight)
			continue;
		if (n > 0 && forgotten(u, last, e->at))
			n = 0;
		if (n++ == 0)
			first = e->at;
		last = e->at;
		if (n >= count && last - first >= days * DAY)
			return 1;
	}
	return 0;
}

/* Why the address is not to be used again; NULL: it may be. */
static const char *
hard(const struct unit *u, int *by_address)
{
	int64_t n = 0;

	for (size_t i = 0; i < u->nmailing; i++) {
		const struct mailing *m = &u->mailing[i];

		if (!is_bounce(m) || weigh(m->end) != W_HARD)
			continue;
		if (m->end->certain)
			return "hard bounce";
		n++;
	}
	*by_address = n > 0;
	if (n >= u->set->hard_by_address)
		return "hard bounces by address";
	if (repeated(u, W_SUSPEND, u->set->suspend_count, u->set->suspend_days))
		return "suspended or filtered again";
	if (repeated(u, W_SOFT, u->set->soft_count, u->set->soft_days))
		return "soft bounces again";
	return NULL;
}

struct returns {
	int sent, back;		/* mailings handed over; of them came back */
	int certain;		/* of those, located by token */
	int ours, unknown;	/* standing bounces of fault S; of unknown fault */
	int failed;		/* standing bounces in all */
};

static struct returns
count(const struct unit *u)
{
	struct returns r = { 0, 0, 0, 0, 0, 0 };

	for (size_t i = 0; i < u->nmailing; i++) {
		const struct mailing *m = &u->mailing[i];

		r.sent += m->sent;
		if (!is_bounce(m))
			continue;
		r.failed++;
		r.back += m->sent;
		r.certain += m->end->certain;
		r.ours += m->end->fault == 'S';
		r.unknown += m->end->fault == '-';
	}
	return r;
}

/* A unit that has not answered, refused or left the population. */
static void
judge_returns(const struct unit *u, struct disposition *d)
{
	struct returns r = count(u);
	int by_address = 0, all = r.sent > 0 && r.back == r.sent;
	const char *why = hard(u, &by_address);
	int thin = r.certain == 0 && r.failed < u->set->hard_by_address;

	d->our_fault = r.failed > 0 && r.ours == r.failed;
	if (why != NULL) {
		d->returned = 1;
		d->why = why;
	} else if (all && !d->our_fault && !thin) {
		d->returned = 1;
		d->why = DISPOSITION_SOFT;
		d->review = r.unknown > 0;
	} else {
		d->review = by_address || r.unknown > 0 ||
		    (all && !d->our_fault && thin);
		d->why = d->our_fault ? "our sending failed" :
		    d->review ? "a return in review" : "no answer";
	}
	if (d->returned) {
		d->state = "returned";
		d->aapor = "3.30";
	} else if (d->our_fault && all)
		d->aapor = "3.11";	/* no invitation got out, by our fault */
}

static const struct {
	enum event_kind kind;
	const char *state, *aapor, *why;
} final[] = {	/* the first that there is stands */
	{ EVENT_COMPLETE, "complete", "1.1", "answered" },
	{ EVENT_PARTIAL, "partial", "1.2", "answered in part" },
	{ EVENT_REFUSED, "refused", "2.111", "refused" },
	{ EVENT_FEEDBACK, "refused", "2.111", "opted out" },
	{ EVENT_SCREENED, "not_eligible", "4.10", "screened out" },
};

struct disposition
disposition_of(const struct unit_event *event, size_t n,
    const struct settings *set)
{
	struct unit u = { event, n, mem_array(n, sizeof(struct mailing)), 0, set };
	struct disposition d = { .state = "not_sent", .aapor = "3.11",
	    .why = "not sent" };

	take_stock(&u);
	if (has(&u, EVENT_SENT)) {
		d.sent = 1;
		d.state = "sent";
		d.aapor = "3.19";
		d.why = "no answer";
	}
	for (size_t i = 0; i < sizeof(final) / sizeof(final[0]); i++)
		if (has(&u, final[i].kind)) {
			d.state = final[i].state;
			d.aapor = final[i].aapor;
			d.why = final[i].why;
			goto out;
		}
	if (has(&u, EVENT_LATE)) {
		d.late = 1;
		d.aapor = "2.27";
		d.why = "answered late";
		goto out;
	}
	if (u.nmailing > 0)
		judge_returns(&u, &d);
out:
	free(u.mailing);
	return d;
}

/* ---------------------------------------------------------------- evidence -- */

/* Three ordered reads, merged unit by unit with the list of drawn units: of a
 * whole study, or of one unit at a time ("%s" is which). */
enum source { SENT, BOUNCES, ANSWERS, SOURCES };

static const char *const of_study[SOURCES] = { [SENT] = "m.study = ?1",
	[BOUNCES] = "m.study = ?1", [ANSWERS] = "a.study = ?1" };
static const char *const of_unit[SOURCES] = { [SENT] = "r.sample_unit = ?1",
	[BOUNCES] = "r.sample_unit = ?1", [ANSWERS] = "a.sample_unit = ?1" };

static const char *const queries[SOURCES] = {
	[SENT] = "SELECT r.sample_unit, r.mailing, r.sent FROM mailing_recipient r"
	    " JOIN mailing m ON m.id = r.mailing WHERE %s"
	    " AND (r.state IN ('sent', 'rejected')"
	    /* of whom nobody knew: what came back shows that it went */
	    "  OR r.state IN ('uncertain', 'handing') AND EXISTS (SELECT 1 FROM"
	    "  bounce b WHERE b.recipient = r.id AND b.located = 'certain'))"
	    " ORDER BY r.sample_unit, r.id",
	/* a token that has run out is written down and marks nothing; in a mail
	 * that reports a failure, one recipient's success does not undo it */
	[BOUNCES] = "SELECT r.sample_unit, r.mailing, b.received, b.kind, x.hard,"
	    " x.status, x.reason, x.fault, x.located FROM bounce x"
	    " JOIN bounce_message b ON b.id = x.message"
	    " JOIN mailing_recipient r ON r.id = x.recipient"
	    " JOIN mailing m ON m.id = r.mailing WHERE %s"
	    " AND b.kind IN ('bounce', 'delivered', 'auto-reply', 'feedback')"
	    " AND NOT (x.located = 'certain' AND b.token_state IS 'expired')"
	    " AND NOT (b.kind = 'bounce' AND x.reason = 'delivered')"
	    /* mass failure: kept, and marks nobody until a person has looked */
	    " AND NOT (b.kind = 'bounce' AND EXISTS (SELECT 1 FROM bounce_hold h"
	    "  WHERE h.mailing = r.mailing AND h.released IS NULL"
	    "  AND b.read >= h.since))"
	    " ORDER BY r.sample_unit, b.received, x.id",
	[ANSWERS] = "SELECT a.sample_unit, 0, coalesce(a.answered, a.read),"
	    " a.status, a.late FROM answer a WHERE %s"
	    " AND a.sample_unit IS NOT NULL AND a.status <> 'unknown'"
	    " ORDER BY a.sample_unit, 3, a.id",
};

struct gather {
	sqlite3_stmt *stmt[SOURCES];
	int64_t unit[SOURCES];		/* of the row that waits; -1: none */
	struct unit_event *event;
	size_t n, cap;
	struct arena *arena;		/* of the reasons */
};

static enum event_kind
bounce_kind(const char *kind)
{
	return strcmp(kind, "bounce") == 0 ? EVENT_BOUNCE :
	    strcmp(kind, "delivered") == 0 ? EVENT_DELIVERED :
	    strcmp(kind, "feedback") == 0 ? EVENT_FEEDBACK : EVENT_AUTO_REPLY;
}

static enum event_kind
answer_kind(const char *status, int late)
{
	if (strcmp(status, "refused") == 0)
		return EVENT_REFUSED;
	if (strcmp(status, "screened") == 0)
		return EVENT_SCREENED;
	if (late)
		return EVENT_LATE;
	return strcmp(status, "complete") == 0 ? EVENT_COMPLETE : EVENT_PARTIAL;
}

/* The waiting row as an event, in its place by time. */
static void
add(struct gather *g, enum source s)
{
	sqlite3_stmt *row = g->stmt[s];
	struct unit_event e = { .kind = EVENT_SENT };
	size_t i;

	e.mailing = sqlite3_column_int64(row, 1);
	e.at = sqlite3_column_int64(row, 2);
	if (s == BOUNCES) {
		const char *status = db_col(row, 5);

		e.kind = bounce_kind(db_col(row, 3));
		e.hard = sqlite3_column_int(row, 4);
		e.status_class = *status == '2' || *status == '4' || *status == '5' ?
		    *status - '0' : 0;
		e.reason = arena_str(g->arena, db_col(row, 6));
		e.fault = *db_col(row, 7);
		e.certain = strcmp(db_col(row, 8), "certain") == 0;
	} else if (s == ANSWERS)
		e.kind = answer_kind(db_col(row, 3), sqlite3_column_int(row, 4));
	if (g->n == g->cap) {
		g->cap = g->cap > 0 ? 2 * g->cap : 16;
		g->event = mem_grow(g->event, g->cap, sizeof(*g->event));
	}
	/* each source comes in order: near the end is where it goes */
	for (i = g->n++; i > 0 && g->event[i - 1].at > e.at; i--)
		g->event[i] = g->event[i - 1];
	g->event[i] = e;
}

static int
advance(struct gather *g, enum source s, struct err *err)
{
	int r = db_step(g->stmt[s], err);

	g->unit[s] = r == 1 ? sqlite3_column_int64(g->stmt[s], 0) : -1;
	return r < 0 ? -1 : 0;
}

/* The events of ${unit}; units are asked for in rising order. */
static int
collect(struct gather *g, int64_t unit, struct err *err)
{
	g->n = 0;
	for (enum source s = 0; s < SOURCES; s++)
		while (g->unit[s] != -1 && g->unit[s] <= unit) {
			if (g->unit[s] == unit)
				add(g, s);
			if (advance(g, s, err) != 0)
				return -1;
		}
	return 0;
}

static int
put(sqlite3_stmt *stmt, int64_t unit, const struct disposition *d,
    struct err *err)
{
	db_i64(stmt, 1, unit);
	db_text(stmt, 2, d->state);
	db_i64(stmt, 3, d->sent);
	db_i64(stmt, 4, d->returned);
	db_i64(stmt, 5, d->our_fault);
	db_i64(stmt, 6, d->review);
	db_i64(stmt, 7, d->late);
	db_text(stmt, 8, d->aapor);
	db_text(stmt, 9, d->why);
	return db_run(stmt, err);
}

static int
write_units(const struct world *w, struct gather *g, sqlite3_stmt *units,
    sqlite3_stmt *out, struct err *err)
{
	int r;

	while ((r = db_step(units, err)) == 1) {
		int64_t unit = sqlite3_column_int64(units, 0);
		struct disposition d;

		if (collect(g, unit, err) != 0)
			return -1;
		d = disposition_of(g->event, g->n, w->set);
		if (put(out, unit, &d, err) != 0)
			return -1;
	}
	return r;
}

/* Open the reads of a study or of one unit, and the way to write. */
static int
open_reads(const struct world *w, const char *const which[SOURCES],
    struct gather *g, sqlite3_stmt **out, struct err *err)
{
	struct buf sql = BUF(4096);
	int r;

	/* what has not changed is not written */
	r = db_prepare(w->db, "INSERT INTO disposition (sample_unit, state, sent,"
	    " returned, our_fault, review, late, aapor, why) VALUES (?1, ?2, ?3,"
	    " ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (sample_unit) DO UPDATE SET"
	    " state = ?2, sent = ?3, returned = ?4, our_fault = ?5, review = ?6,"
	    " late = ?7, aapor = ?8, why = ?9 WHERE (state, sent, returned,"
	    " our_fault, review, late, aapor, why) IS NOT (?2, ?3, ?4, ?5, ?6, ?7,"
	    " ?8, ?9)", out, err);
	for (enum source s = 0; r == 0 && s < SOURCES; s++) {
		const char *at = strstr(queries[s], "%s");

		buf_clear(&sql);
		buf_add(&sql, queries[s], (size_t)(at - queries[s]));
		buf_str(&sql, which[s]);
		buf_str(&sql, at + 2);
		r = db_prepare(w->db, buf_text(&sql), &g->stmt[s], err);
	}
	buf_free(&sql);
	return r;
}

/* Set the reads to a study or unit. */
static int
start(struct gather *g, int64_t which, struct err *err)
{
	for (enum source s = 0; s < SOURCES; s++) {
		sqlite3_reset(g->stmt[s]);
		db_i64(g->stmt[s], 1, which);
		if (advance(g, s, err) != 0)
			return -1;
	}
	return 0;
}

static void
close_reads(struct gather *g)
{
	for (enum source s = 0; s < SOURCES; s++)
		sqlite3_finalize(g->stmt[s]);
	free(g->event);
	arena_free(g->arena);
}

int
disposition_write(const struct world *w, int64_t study_id, struct err *err)
{
	struct gather g = { .arena = arena_new() };
	sqlite3_stmt *units = NULL, *out = NULL;
	int r = -1;

	if (db_prepare(w->db, "SELECT u.id FROM sample_unit u JOIN sample s ON"
	    " s.id = u.sample WHERE s.study = ?1 ORDER BY u.id", &units, err) == 0 &&
	    open_reads(w, of_study, &g, &out, err) == 0 &&
	    start(&g, study_id, err) == 0) {
		db_i64(units, 1, study_id);
		r = write_units(w, &g, units, out, err);
	}
	sqlite3_finalize(units);
	sqlite3_finalize(out);
	close_reads(&g);
	return r;
}

int
disposition_rewrite(const struct world *w, const int64_t *recipient, size_t n,
    struct err *err)
{
	struct gather g = { .arena = arena_new() };
	sqlite3_stmt *who = NULL, *out = NULL;
	struct disposition d;
	int64_t unit, before = -1;
	int r;

	r = db_prepare(w->db, "SELECT sample_unit FROM mailing_recipient WHERE"
	    " id = ?1", &who, err);
	if (r == 0)
		r = open_reads(w, of_unit, &g, &out, err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		db_i64(who, 1, recipient[i]);
		if ((r = db_step(who, err)) < 0)
			break;
		unit = r == 1 ? sqlite3_column_int64(who, 0) : before;
		sqlite3_reset(who);
		r = 0;
		if (unit == before)
			continue;
		before = unit;
		if (start(&g, unit, err) != 0 || collect(&g, unit, err) != 0) {
			r = -1;
			break;
		}
		d = disposition_of(g.event, g.n, w->set);
		r = put(out, unit, &d, err);
	}
	sqlite3_finalize(who);
	sqlite3_finalize(out);
	close_reads(&g);
	return r;
}
