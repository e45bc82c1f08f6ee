#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"
#include "pipeline/register/apply.h"
#include "pipeline/register/changes_answer.h"
#include "pipeline/register/feed.h"
#include "pipeline/store/erase.h"
#include "pipeline/store/store.h"

#include "pipeline/register/changes.h"

enum { PAGE_MAX = 32 << 20, DAY = 86400, REMEMBERED = 60 * DAY };
enum { FAILURES = 20 };		/* of a chunk, and half of it: nothing works */

struct run {
	const struct world *w;
	const struct changes_source *src;
	enum unit_kind kind;
	const char *word;		/* of the kind */
	int64_t extract, next;
	struct apply *apply;
	struct erased *barred;		/* erased on request */
	struct changes_result *res;
	struct changes_fold fold[CHANGES_CHUNK];
	size_t nfold;
	const struct feed_event *first;	/* of the chunk */
	size_t nevents;
	int64_t acted, nameless, nknown;	/* of the chunk's events */
	sqlite3_stmt *known, *note, *settle, *again, *move, *later;
};

/* --- where we are ---------------------------------------------------------- */

static int64_t
made_of(int64_t made, int32_t day)
{
	return made != 0 ? made : (int64_t)day * DAY;
}

/* The position of the file in force, asked for by its day where none was noted. */
static int
ask_position(struct run *r, int64_t start, int64_t made, struct err *err)
{
	struct buf body = BUF(PAGE_MAX);
	struct feed_page p = { 0 };
	int ret = 0;

	r->next = start;
	if (start == 0) {
		ret = r->src->page(r->src->ctx, r->kind, 0,
		    ((int64_t)date_of(made) - 1) * DAY, 1, &body, err);
		if (ret == 0)
			ret = feed_parse(buf_text(&body), body.len, r->kind, &p, err);
		if (ret == 0 && p.n == 0)
			ret = err_set(err, EX_TEMPFAIL, "the change feed has nothing since"
			    " the day before the file in force: its date is wrong, or the"
			    " feed is down");
		if (ret == 0)
			r->next = p.event[0].id;
	}
	feed_free(&p);
	buf_free(&body);
	return ret;
}

static int
move_to(struct run *r, int64_t next, int64_t asked, struct err *err)
{
	db_text(r->move, 1, r->word);
	db_i64(r->move, 2, r->extract);
	db_i64(r->move, 3, next);
	if (asked != 0)
		db_i64(r->move, 4, asked);
	else
		db_null(r->move, 4);
	return db_run(r->move, err);
}

static int
find_position(struct run *r, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int64_t start = 0, made = 0, next = 0;
	int ret;

	if (db_prepare(r->w->db, "SELECT e.id, coalesce(e.feed_start, 0),"
	    " coalesce(e.made, 0), e.register_date, coalesce(f.next, 0) FROM extract e"
	    " LEFT JOIN feed f ON f.kind = e.kind AND f.extract = e.id WHERE e.kind ="
	    " ?1 AND e.in_force = 1", &s, err) != 0)
		return -1;
	db_text(s, 1, r->word);
	if ((ret = db_step(s, err)) == 1) {
		r->extract = sqlite3_column_int64(s, 0);
		start = sqlite3_column_int64(s, 1);
		made = made_of(sqlite3_column_int64(s, 2), sqlite3_column_int(s, 3));
		next = sqlite3_column_int64(s, 4);
	}
	sqlite3_finalize(s);
	if (ret < 0)
		return -1;
	if (ret == 0)
		return err_set(err, EX_NOINPUT, "no register of %s is loaded: changes go on"
		    " from one (utvalg pull --kind %s)", r->word, r->word);
	if (next == 0) {
		if (ask_position(r, start, made, err) != 0)
			return -1;
		next = r->next;
		if (move_to(r, next, 0, err) != 0)
			return -1;
	}
	r->next = r->res->from = r->res->next = next;
	return 0;
}

/* Where reading begins: so far back that what came late is seen. */
static int
find_overlap(struct run *r, int64_t *from, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int ret;

	*from = r->next;
	if (r->w->set->changes_overlap == 0)
		return 0;
	if (db_prepare(r->w->db, "SELECT coalesce((SELECT max(id) + 1 FROM feed_event"
	    " WHERE kind = ?1 AND at < (SELECT max(at) FROM feed_event WHERE kind = ?1) -"
	    " ?2), f.start) FROM feed f WHERE f.kind = ?1", &s, err) != 0)
		return -1;
	db_text(s, 1, r->word);
	db_i64(s, 2, r->w->set->changes_overlap);
	if ((ret = db_step(s, err)) == 1 && sqlite3_column_int64(s, 0) < *from)
		*from = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return ret < 0 ? -1 : 0;
}

/* --- a chunk: look up, then write ------------------------------------------ */

/* A removal that came late: the unit may have come back since, as an event says
 * that we have had. */
static int
see_later(struct run *r, struct err *err)
{
	for (size_t i = 0; i < r->nfold; i++) {
		struct changes_fold *f = &r->fold[i];
		int ret;

		if (f->removed == 0 || f->ask)
			continue;
		db_text(r->later, 1, r->word);
		db_i64(r->later, 2, f->orgnr);
		db_i64(r->later, 3, f->removed);
		ret = db_step(r->later, err);
		sqlite3_reset(r->later);
		if (ret < 0)
			return -1;
		f->ask = f->again = ret;
	}
	return 0;
}

static int
look_up(struct run *r, struct err *err)
{
	struct changes_look *l = mem_array(r->nfold, sizeof(*l));
	size_t n = 0;
	int ret = 0;

	for (size_t i = 0; i < r->nfold; i++)
		if (r->fold[i].ask)
			l[n++] = (struct changes_look){ .orgnr = r->fold[i].orgnr,
			    .kind = r->kind };
	if (n > 0)
		ret = r->src->look(r->src->ctx, l, n, err);
	n = 0;
	for (size_t i = 0; i < r->nfold; i++)
		if (r->fold[i].ask)
			r->fold[i].look = l[n++];
	/* not known there: perhaps it is one of the other register */
	n = 0;
	for (size_t i = 0; ret == 0 && i < r->nfold; i++)
		if (r->fold[i].ask && r->fold[i].look.status == 404)
			l[n++] = (struct changes_look){ .orgnr = r->fold[i].orgnr,
			    .kind = r->kind == UNIT_ENHET ? UNIT_UNDERENHET : UNIT_ENHET };
	if (ret == 0 && n > 0)
		ret = r->src->look(r->src->ctx, l, n, err);
	n = 0;
	for (size_t i = 0; ret == 0 && i < r->nfold; i++) {
		struct changes_fold *f = &r->fold[i];

		if (!f->ask || f->look.status != 404)
			continue;
		if (l[n].status == 200 || l[n].status == 410) {
			buf_free(&f->look.body);
			f->look = l[n];
		} else
			buf_free(&l[n].body);
		n++;
	}
	free(l);
	return ret;
}

/* The answers that are none, and whether it is worth going on. */
static int
weigh_failures(struct run *r, struct err *err)
{
	size_t failed = 0, asked = 0;
	const char *why = "";

	for (size_t i = 0; i < r->nfold; i++) {
		struct changes_fold *f = &r->fold[i];

		if (!f->ask)
			continue;
		asked++;
		changes_judge(f);
		if (f->look.status == 0) {
			failed++;
			why = f->look.why;
		}
	}
	if (failed > FAILURES && failed * 2 > asked)
		return err_set(err, EX_TEMPFAIL, "%zu of %zu units cannot be looked up: %s",
		    failed, asked, why);
	return 0;
}

static int
settle(struct run *r, const struct changes_fold *f, int64_t looked,
    struct err *err)
{
	sqlite3_stmt *s = looked != 0 ? r->settle : r->again;

	db_text(s, 1, r->word);
	db_i64(s, 2, f->orgnr);
	if (looked != 0)
		db_i64(s, 3, looked);
	else
		db_text(s, 3, f->look.why);
	return db_run(s, err);
}

static int
note_event(struct run *r, const struct feed_event *e,
    const struct changes_fold *f, struct err *err)
{
	int waits = f != NULL && f->out == CHANGES_WAITS;
	/* the event that a late removal waits for has lost its number with it */
	int gone = e->orgnr == 0 || (f != NULL && (f->out == CHANGES_REMOVED ||
	    f->out == CHANGES_BARRED || (f->removed && e->id <= f->removed &&
	    !(f->again && waits && e->id == f->removed))));

	db_text(r->note, 1, r->word);
	db_i64(r->note, 2, e->id);
	if (gone)
		db_null(r->note, 3);
	else
		db_i64(r->note, 3, e->orgnr);
	db_text(r->note, 4, e->word);
	if (e->at != MOMENT_NONE)
		db_i64(r->note, 5, e->at);
	else
		db_null(r->note, 5);
	if (waits && !gone)
		db_null(r->note, 6);
	else
		db_i64(r->note, 6, r->w->now);
	db_i64(r->note, 7, waits);
	db_text(r->note, 8, waits && !gone ? f->look.why :
	    f != NULL && f->out == CHANGES_IDLE ? "idle" : NULL);
	return db_run(r->note, err);
}

static struct changes_fold *
fold_of(struct run *r, int32_t orgnr)
{
	for (size_t i = 0; i < r->nfold; i++)
		if (r->fold[i].orgnr == orgnr)
			return &r->fold[i];
	return NULL;
}

static void
count_unit(struct changes_result *res, const struct changes_fold *f)
{
	int64_t *const to[] = {
		[CHANGES_SAME] = &res->same, [CHANGES_ADDED] = &res->added,
		[CHANGES_CHANGED] = &res->changed, [CHANGES_DELETED] = &res->deleted,
		[CHANGES_ABSENT] = &res->absent, [CHANGES_REMOVED] = &res->removed,
		[CHANGES_WAITS] = &res->waiting, [CHANGES_IDLE] = &res->idle,
		[CHANGES_BARRED] = &res->barred,
	};
	int two = f->removed != 0 && f->ask && !f->again;

	/* it was removed, and what is there now has its own event */
	++*to[f->again ? CHANGES_REMOVED : f->out];
	res->removed += two;
	res->folded += (int64_t)f->n - 1 - two;
}

/* Units, events and position. */
static int
write_chunk(struct run *r, int waiting, struct err *err)
{
	int64_t units = 0;

	for (size_t i = 0; i < r->nfold; i++) {
		struct changes_fold *f = &r->fold[i];

		if (changes_act(r->w, r->apply, r->kind, f, r->barred, err) != 0)
			return -1;
		if (f->out == CHANGES_ADDED || f->out == CHANGES_CHANGED ||
		    f->out == CHANGES_SAME)
			units++;
		if (f->out != CHANGES_WAITS && f->out != CHANGES_IDLE &&
		    settle(r, f, r->w->now, err) != 0)
			return -1;
		if (waiting && f->out == CHANGES_WAITS && settle(r, f, 0, err) != 0)
			return -1;
	}
	for (size_t i = 0; i < r->nevents; i++) {
		const struct feed_event *e = &r->first[i];

		if (!e->known && note_event(r, e, fold_of(r, e->orgnr), err) != 0)
			return -1;
		if (e->id >= r->next)
			r->next = e->id + 1;
	}
	return move_to(r, r->next, 0, err) == 0 && apply_count(r->apply, r->kind,
	    r->acted, units, err) == 0 ? 0 : -1;
}

static void
tally(struct run *r, int waiting)
{
	struct changes_result *res = r->res;

	for (size_t i = 0; i < r->nfold; i++) {
		if (!waiting)
			count_unit(res, &r->fold[i]);
		else
			res->settled += r->fold[i].out != CHANGES_WAITS;
	}
	res->events += r->acted;
	res->nameless += r->nameless;
	res->known += r->nknown;
	res->next = r->next;
}

static void
next_chunk(struct run *r)
{
	for (size_t i = 0; i < r->nfold; i++)
		buf_free(&r->fold[i].look.body);
	r->nfold = r->nevents = 0;
	r->acted = r->nameless = r->nknown = 0;
}

/* ${waiting}: not of a page, but what could not be looked up before. */
static int
flush(struct run *r, int waiting, struct err *err)
{
	int ret = -1, erased = 0;

	if (r->nfold == 0 && r->nevents == 0)
		return 0;
	if (see_later(r, err) != 0 || look_up(r, err) != 0 ||
	    weigh_failures(r, err) != 0)
		goto out;
	talk_step("changes.2");
	if (db_begin(r->w->db, err) != 0)
		goto out;
	if (write_chunk(r, waiting, err) != 0)
		goto undo;
	talk_step("changes.3");
	if (db_commit(r->w->db, err) != 0)
		goto undo;
	talk_step("changes.4");
	tally(r, waiting);
	for (size_t i = 0; i < r->nfold; i++)
		erased |= r->fold[i].removed != 0 || r->fold[i].out == CHANGES_REMOVED;
	ret = erased ? erase_sweep(r->w, err) : 0;
	goto out;
undo:
	db_rollback(r->w->db);
	apply_forget(r->apply);
out:
	next_chunk(r);
	return ret;
}

/* --- what waits ------------------------------------------------------------- */

static int
give_up(struct run *r, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int ret;

	if (db_prepare(r->w->db, "UPDATE feed_event SET looked = ?2 WHERE kind = ?1 AND"
	    " looked IS NULL AND tries >= ?3 AND coalesce(at, 0) < ?4", &s, err) != 0)
		return -1;
	db_text(s, 1, r->word);
	db_i64(s, 2, r->w->now);
	db_i64(s, 3, CHANGES_TRIES);
	db_i64(s, 4, r->w->now - (int64_t)CHANGES_DAYS * DAY);
	ret = db_run(s, err);
	r->res->given_up += sqlite3_changes(r->w->db);
	sqlite3_finalize(s);
	return ret;
}

/* Once through all that waits, by number. */
static int
try_again(struct run *r, struct err *err)
{
	int64_t after = 0;
	int ret;

	do {
		sqlite3_stmt *s = NULL;

		if (db_prepare(r->w->db, "SELECT orgnr, max(id), what, coalesce(at, ?4)"
		    " FROM feed_event WHERE kind = ?1 AND looked IS NULL AND orgnr > ?2"
		    " GROUP BY orgnr ORDER BY orgnr LIMIT ?3", &s, err) != 0)
			return -1;
		db_text(s, 1, r->word);
		db_i64(s, 2, after);
		db_i64(s, 3, CHANGES_CHUNK);
		db_i64(s, 4, r->w->now);
		while ((ret = db_step(s, err)) == 1) {
			struct changes_fold *f = &r->fold[r->nfold++];

			memset(f, 0, sizeof(*f));
			f->orgnr = sqlite3_column_int(s, 0);
			f->ask = 1;
			f->n = 1;
			f->deleted = strcmp(db_col(s, 2), feed_word(FEED_DELETED)) == 0;
			f->day = date_of(sqlite3_column_int64(s, 3));
			after = f->orgnr;
		}
		sqlite3_finalize(s);
		if (ret < 0)
			return -1;
		ret = r->nfold == CHANGES_CHUNK;
		if (flush(r, 1, err) != 0)
			return -1;
	} while (ret == 1);
	return give_up(r, err);
}

/* --- pages ------------------------------------------------------------------ */

static int
is_known(struct run *r, int64_t id, struct err *err)
{
	int ret;

	db_text(r->known, 1, r->word);
	db_i64(r->known, 2, id);
	ret = db_step(r->known, err);
	sqlite3_reset(r->known);
	return ret;
}

/* Of a page read twice an event stands twice. */
static void
drop_repeats(struct feed_page *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (n == 0 || p->event[n - 1].id != p->event[i].id)
			p->event[n++] = p->event[i];
	p->n = n;
}

static void
note_kind(struct changes_result *res, const struct feed_event *e)
{
	size_t n = strlen(res->kinds);

	if (e->what != FEED_OTHER)
		return;
	res->unknown_kinds++;
	if (strstr(res->kinds, e->word) == NULL)
		snprintf(res->kinds + n, sizeof(res->kinds) - n, "%s%s",
		    n > 0 ? ", " : "", e->word);
}

static int
take_page(struct run *r, struct feed_page *p, struct err *err)
{
	for (size_t i = 0; i < p->n; i++) {
		struct feed_event *e = &p->event[i];
		struct changes_fold *f;
		int known = is_known(r, e->id, err);

		if (known < 0)
			return -1;
		f = known || e->orgnr == 0 ? NULL : fold_of(r, e->orgnr);
		if (!known && e->orgnr != 0 && f == NULL) {
			if (r->nfold == CHANGES_CHUNK && flush(r, 0, err) != 0)
				return -1;
			f = &r->fold[r->nfold++];
			changes_fold(f, e);
		} else if (f != NULL)
			changes_fold_more(f, e);
		if (r->nevents++ == 0)
			r->first = e;
		e->known = known;
		r->nknown += known;
		r->acted += !known;
		r->nameless += !known && e->orgnr == 0;
		if (!known)
			note_kind(r->res, e);
	}
	return flush(r, 0, err);
}

static int
read_page(struct run *r, int64_t from, struct feed_page *p, struct err *err)
{
	struct buf body = BUF(PAGE_MAX);
	int ret = r->src->page(r->src->ctx, r->kind, from, MOMENT_NONE,
	    r->w->set->changes_page, &body, err);

	if (ret == 0)
		ret = feed_parse(buf_text(&body), body.len, r->kind, p, err);
	if (ret == 0)
		drop_repeats(p);
	buf_free(&body);
	return ret;
}

static int
read_feed(struct run *r, struct err *err)
{
	int64_t from, total = -1;

	if (find_overlap(r, &from, err) != 0)
		return -1;
	for (;;) {
		struct feed_page p = { 0 };
		int64_t last;
		int ret;

		if (read_page(r, from, &p, err) != 0) {
			feed_free(&p);
			return -1;
		}
		if (p.n == 0) {
			feed_free(&p);
			return move_to(r, r->next, r->w->now, err);
		}
		last = p.event[p.n - 1].id;
		if (total < 0)
			total = p.total;
		if (last < from)
			ret = err_set(err, EX_TEMPFAIL, "the change feed goes back: asked"
			    " from id %" PRId64 ", it ends at %" PRId64, from, last);
		else
			ret = take_page(r, &p, err);
		if (ret == 0 && r->res->events >= r->w->set->changes_max &&
		    p.total > (int64_t)p.n)
			r->res->left = p.total - (int64_t)p.n;
		feed_free(&p);
		if (ret != 0 || r->res->left > 0)
			return ret;
		talk_progress(r->w->talk, "changes", r->res->events, total);
		from = last + 1;
	}
}

/* --- all of it -------------------------------------------------------------- */

static int
prepare(struct run *r, struct err *err)
{
	sqlite3 *db = r->w->db;

	return db_prepare(db, "SELECT 1 FROM feed_event WHERE kind = ?1 AND id = ?2",
	    &r->known, err) == 0 &&
	    db_prepare(db, "SELECT 1 FROM feed_event WHERE kind = ?1 AND orgnr = ?2 AND"
	    " id > ?3", &r->later, err) == 0 &&
	    db_prepare(db, "INSERT OR REPLACE INTO feed_event (kind, id, orgnr, what,"
	    " at, looked, tries, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	    &r->note, err) == 0 &&
	    db_prepare(db, "UPDATE feed_event SET looked = ?3, why = NULL WHERE orgnr ="
	    " ?2 AND kind = ?1 AND looked IS NULL", &r->settle, err) == 0 &&
	    db_prepare(db, "UPDATE feed_event SET tries = tries + 1, why = ?3 WHERE"
	    " orgnr = ?2 AND kind = ?1 AND looked IS NULL", &r->again, err) == 0 &&
	    db_prepare(db, "INSERT INTO feed (kind, extract, start, next, asked) VALUES"
	    " (?1, ?2, ?3, ?3, ?4) ON CONFLICT (kind) DO UPDATE SET extract = excluded.extract, next"
	    " = excluded.next, asked = coalesce(excluded.asked, asked)", &r->move,
	    err) == 0 ? 0 : -1;
}

static int
finish(struct run *r, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int ret;

	if (db_prepare(r->w->db, "DELETE FROM feed_event WHERE kind = ?1 AND at < ?2"
	    " AND looked IS NOT NULL AND orgnr IS NOT NULL", &s, err) != 0)
		return -1;
	db_text(s, 1, r->word);
	db_i64(s, 2, r->w->now - REMEMBERED);
	ret = db_run(s, err);
	sqlite3_finalize(s);
	if (ret != 0 || db_prepare(r->w->db, "SELECT count(*) FROM feed_event WHERE kind"
	    " = ?1 AND looked IS NULL", &s, err) != 0)
		return -1;
	db_text(s, 1, r->word);
	if ((ret = db_step(s, err)) == 1)
		r->res->waits = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return ret < 0 ? -1 : 0;
}

int
changes_run(const struct world *w, enum unit_kind kind,
    const struct changes_source *src, struct changes_result *res,
    struct err *err)
{
	struct run *r = mem_alloc(sizeof(*r));
	int ret = -1;

	memset(res, 0, sizeof(*res));
	r->w = w;
	r->src = src;
	r->kind = kind;
	r->word = unit_kind_name(kind);
	r->res = res;
	if (prepare(r, err) != 0 ||
	    (r->barred = erased_load(w->db, INT64_MAX, err)) == NULL ||
	    (r->apply = apply_new(w, src->where, err)) == NULL ||
	    erase_sweep(w, err) != 0 || find_position(r, err) != 0)
		goto out;
	talk_step("changes.1");
	if (try_again(r, err) == 0 && read_feed(r, err) == 0 && finish(r, err) == 0) {
		talk_step("changes.5");
		ret = 0;
	}
out:
	next_chunk(r);
	apply_free(r->apply);
	erased_free(r->barred);
	sqlite3_finalize(r->known);
	sqlite3_finalize(r->note);
	sqlite3_finalize(r->settle);
	sqlite3_finalize(r->again);
	sqlite3_finalize(r->move);
	sqlite3_finalize(r->later);
	free(r);
	return ret;
}
