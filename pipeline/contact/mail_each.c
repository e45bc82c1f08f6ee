#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "pipeline/base/date.h"
#include "pipeline/contact/disposition.h"
#include "pipeline/contact/evidence.h"
#include "pipeline/contact/mail_failure.h"
#include "pipeline/contact/mail_pace.h"
#include "pipeline/contact/mail_refusal.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"

#include "pipeline/contact/mail_each.h"

enum { DAY = 86400, SETTLE = 500 };

struct run {
	const struct mail_each *e;
	struct reason_rules *rules;
	struct mail_pace *pace;
	struct mail_failure *failure;
	sqlite3_stmt *mark, *off;
	struct mail_unit **todo;	/* NULL where it is done */
	size_t n, at;
	int64_t clock;			/* milliseconds; never back */
	int64_t today;			/* sent within a day, before this run */
	int64_t since;			/* letters since dispositions were derived */
	int put_off;			/* in a row */
	/* the last letter, not written down yet */
	struct mail_unit *last;
	int64_t last_at;
	struct handed answer;
};

/* ------------------------------------------------------------------- time -- */

static int64_t
milliseconds(struct run *r)
{
	const struct mail_ask *ask = r->e->ask;
	int64_t t = ask->clock != NULL ? ask->clock() : r->e->w->now * 1000;

	if (t > r->clock)
		r->clock = t;
	return r->clock;
}

/* A clock that stands still has moved on by what was waited. */
static void
wait_for(struct run *r, int64_t ms)
{
	int64_t then = milliseconds(r) + ms;

	if (r->e->ask->wait != NULL)
		r->e->ask->wait(ms);
	r->clock = then;
}

static int
check_window(const struct world *w, int64_t moment, struct err *err)
{
	if (mail_window_open(w->set->window, moment))
		return 0;
	return err_set(err, EX_TEMPFAIL, "held: letters are sent from %.5s to %s "
	    "([mail] window)", w->set->window, w->set->window + 6);
}

static int
sent_today(const struct world *w, int64_t *ret, struct err *err)
{
	sqlite3_stmt *s;
	int r;

	if (db_prepare(w->db, "SELECT count(*) FROM mailing_recipient r JOIN mailing m"
	    " ON m.id = r.mailing WHERE r.sent > ?1 AND r.state <> 'planned'"
	    " AND m.out = 'smtp'", &s, err) != 0)
		return -1;
	db_i64(s, 1, w->now - DAY);
	if ((r = db_step(s, err)) == 1)
		*ret = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return r < 0 ? -1 : 0;
}

static int
check_day(const struct world *w, int64_t today, struct err *err)
{
	if (w->set->per_day == 0 || today < w->set->per_day)
		return 0;
	return err_set(err, EX_TEMPFAIL, "held: %" PRId64 " letters in 24 hours, as "
	    "many as [mail] per_day allows", today);
}

int
mail_each_open(const struct world *w, const struct mail_ask *ask,
    struct err *err)
{
	int64_t today = 0;

	if (check_window(w, ask->clock != NULL ? ask->clock() / 1000 : w->now, err) != 0 ||
	    sent_today(w, &today, err) != 0)
		return -1;
	return check_day(w, today, err);
}

/* ------------------------------------------------------------ written down -- */

static int
mark(struct run *r, const struct mail_unit *u, const char *state, int64_t at,
    const char *reply, struct err *err)
{
	db_i64(r->mark, 1, u->recipient);
	db_text(r->mark, 2, state);
	if (at != MOMENT_NONE)
		db_i64(r->mark, 3, at);
	else
		db_null(r->mark, 3);
	db_text(r->mark, 4, reply != NULL && *reply != '\0' ? reply : NULL);
	return db_run(r->mark, err);
}

/* The answer to the last letter, into the database and the counts. */
static int
write_answer(struct run *r, struct err *err)
{
	const struct mail_each *e = r->e;
	struct mail_unit *u = r->last;
	const struct handed *h = &r->answer;
	struct reason why;

	switch (h->end) {
	case HANDED_SENT:
		u->sent = 1;
		e->r->sent++;
		return mark(r, u, "sent", r->last_at, h->text, err);
	case HANDED_UNKNOWN:
		u->uncertain = 1;
		return mark(r, u, "uncertain", r->last_at, h->text, err);
	case HANDED_LOST:	/* not tried, as far as anybody can tell */
		return mark(r, u, u->deferred ? "deferred" : "planned", MOMENT_NONE,
		    NULL, err);
	case HANDED_LATER:
		break;
	case HANDED_REFUSED:
		why = mail_refusal_reason(r->rules, h);
		if (why.fault != 'S') {
			u->sent = 1;
			e->r->rejected++;
			if (mark(r, u, "rejected", r->last_at, h->text, err) != 0)
				return -1;
			return mail_refusal_write(e->w, e->study, u->recipient,
			    u->address, r->last_at, h, &why, err);
		}
		break;
	}
	u->deferred = 1;
	return mark(r, u, "deferred", MOMENT_NONE, h->text, err);
}

/* One step of the way: the last letter's answer and the next one's beginning,
 * either of which may be missing. */
static int
turn(struct run *r, struct mail_unit *next, int settle, struct err *err)
{
	const struct world *w = r->e->w;

	if (r->last == NULL && next == NULL && !settle)
		return 0;
	if (db_begin(w->db, err) != 0)
		return -1;
	if (r->last != NULL && write_answer(r, err) != 0)
		goto undo;
	if (next != NULL &&
	    mark(r, next, "handing", milliseconds(r) / 1000, NULL, err) != 0)
		goto undo;
	if (settle || ++r->since >= SETTLE) {
		r->since = 0;
		if (disposition_write(w, r->e->study, err) != 0)
			goto undo;
	}
	if (db_commit(w->db, err) != 0)
		goto undo;
	r->last = NULL;
	return 0;

undo:
	db_rollback(w->db);
	return -1;
}

/* Who has dropped out since the plan is taken off it. */
static int
take_off(struct run *r, struct err *err)
{
	const struct mail_wave *v = r->e->v;

	if (db_begin(r->e->w->db, err) != 0)
		return -1;
	for (size_t i = 0; i < v->n; i++) {
		struct mail_unit *u = &v->unit[i];

		if (u->recipient == 0 || u->sent || u->uncertain)
			continue;
		if (u->why == MAIL_WRITE) {
			r->todo[r->n++] = u;
			continue;
		}
		db_i64(r->off, 1, u->recipient);
		if (db_run(r->off, err) != 0) {
			db_rollback(r->e->w->db);
			return -1;
		}
	}
	return db_commit(r->e->w->db, err);
}

/* ---------------------------------------------------------- mass failure -- */

static int
read_failures(struct run *r, struct err *err)
{
	const struct mail_each *e = r->e;
	sqlite3_stmt *s = NULL;
	int64_t before = 0, hard = 0;
	int step;

	if (db_prepare(e->w->db, "SELECT count(*), coalesce(sum(EXISTS (SELECT 1 FROM"
	    " bounce b WHERE b.recipient = r.id AND b.hard = 1"
	    " AND b.located = 'certain')), 0) FROM mailing_recipient r JOIN mailing m"
	    " ON m.id = r.mailing WHERE m.study = ?1 AND m.id <> ?2"
	    " AND r.state IN ('sent', 'rejected')", &s, err) != 0)
		return -1;
	db_i64(s, 1, e->study);
	db_i64(s, 2, e->v->mailing);
	if ((step = db_step(s, err)) == 1) {
		before = sqlite3_column_int64(s, 0);
		hard = sqlite3_column_int64(s, 1);
	}
	sqlite3_finalize(s);
	if (step < 0)
		return -1;
	r->failure = mail_failure_new(e->w->set, before, hard);
	for (size_t i = 0; i < e->v->n; i++)
		if (e->v->unit[i].sent)
			mail_failure_letter(r->failure, e->v->unit[i].address);
	if (db_prepare(e->w->db, "SELECT r.address, b.reason, b.fault, b.hard,"
	    " max(b.id) FROM bounce b JOIN bounce_message m ON m.id = b.message"
	    " JOIN mailing_recipient r ON r.id = b.recipient WHERE r.mailing = ?1"
	    " AND m.kind = 'bounce' AND b.located = 'certain' GROUP BY r.id", &s,
	    err) != 0)
		return -1;
	db_i64(s, 1, e->v->mailing);
	while ((step = db_step(s, err)) == 1)
		mail_failure_failed(r->failure, db_col(s, 0), db_col(s, 1),
		    db_col(s, 2)[0], sqlite3_column_int(s, 3));
	sqlite3_finalize(s);
	return step;
}

/* The answer just had: is it time to stop? */
static int
look_at(struct run *r, struct err *err)
{
	const struct handed *h = &r->answer;
	struct reason why;

	if (h->end == HANDED_SENT || h->end == HANDED_REFUSED)
		mail_failure_letter(r->failure, r->last->address);
	r->put_off = h->end == HANDED_LATER ? r->put_off + 1 : 0;
	if (r->put_off >= r->e->w->set->failure_put_off)
		return err_set(err, EX_TEMPFAIL, "held: the mail server puts off one "
		    "letter after the other (%.80s)", h->text);
	if (h->end != HANDED_REFUSED)
		return 0;
	why = mail_refusal_reason(r->rules, h);
	mail_failure_failed(r->failure, r->last->address, why.word, why.fault, why.hard);
	return r->e->ask->anyway ? 0 : mail_failure_check(r->failure, err);
}

/* ------------------------------------------------------------------- whole -- */

/* The next letter whose domain may be written to, and what is to be waited
 * for it. */
static struct mail_unit **
next(struct run *r, int64_t *ms)
{
	struct mail_unit **best = NULL;
	int64_t now = milliseconds(r);

	*ms = 0;
	while (r->at < r->n && r->todo[r->at] == NULL)
		r->at++;
	for (size_t i = r->at; i < r->n; i++) {
		int64_t wait;

		if (r->todo[i] == NULL)
			continue;
		wait = mail_pace_wait(r->pace, r->todo[i]->address, now);
		if (best == NULL || wait < *ms) {
			best = &r->todo[i];
			*ms = wait;
		}
		if (wait == 0 || r->e->w->set->domain_per_minute == 0)
			break;
	}
	return best;
}

static int
hand(struct run *r, struct mail_unit *u, struct err *err)
{
	struct arena *arena = arena_new();
	struct letter l;
	int stop;

	stop = mail_text_letter(r->e->text, u, u->recipient, arena, &l, err);
	memset(&r->answer, 0, sizeof(r->answer));
	r->answer.end = HANDED_LOST;
	talk_step("smtp.3");
	if (stop == 0)
		stop = r->e->out->hand(r->e->ctx, &l, &r->answer, err);
	talk_step("smtp.4");
	r->last = u;
	r->last_at = milliseconds(r) / 1000;
	arena_free(arena);
	return stop != 0 ? -1 : look_at(r, err);
}

static int
step(struct run *r, struct err *err)
{
	const struct mail_each *e = r->e;
	struct mail_unit **place, *u;
	int64_t ms;

	place = next(r, &ms);
	if (ms > 0) {
		/* what is known is written down before anything is waited for */
		if (turn(r, NULL, 0, err) != 0)
			return -1;
		wait_for(r, ms);
	}
	if (check_window(e->w, milliseconds(r) / 1000, err) != 0 ||
	    check_day(e->w, r->today + e->r->sent + (r->last != NULL), err) != 0)
		return -1;
	u = *place;
	*place = NULL;
	if (turn(r, u, 0, err) != 0)
		return -1;
	mail_pace_goes(r->pace, u->address, milliseconds(r));
	return hand(r, u, err);
}

static int
loop(struct run *r, struct err *err)
{
	const struct mail_each *e = r->e;
	struct err later;
	size_t done = 0;
	int stop = 0;

	while (stop == 0 && done < r->n) {
		stop = step(r, err);
		talk_progress(e->w->talk, e->ask->wave, (int64_t)++done,
		    (int64_t)r->n);
	}
	/* what stopped it is the error; what is known is written down in any case */
	if (turn(r, NULL, 1, stop == 0 ? err : &later) != 0)
		return -1;
	talk_step("smtp.5");
	return stop;
}

static void
say_uncertain(const struct mail_each *e)
{
	int n = 0;

	for (size_t i = 0; i < e->v->n; i++) {
		if (!e->v->unit[i].uncertain || n++ >= 10)
			continue;
		talk_line(e->w->talk, "nobody knows whether <%s@%s> went: look for "
		    "that Message-ID in the mail server's log, then --resolve sent or "
		    "--resolve again", e->v->unit[i].ref, e->text->domain);
	}
	if (n > 10)
		talk_line(e->w->talk, "... and %d more", n - 10);
}

int
mail_each(const struct mail_each *e, struct err *err)
{
	struct run r = { .e = e };
	int ret = -1;

	r.todo = mem_array(e->v->n, sizeof(struct mail_unit *));
	r.pace = mail_pace_new(e->w->set->per_minute, e->w->set->domain_per_minute);
	if ((r.rules = evidence_rules(e->w->set, err)) == NULL ||
	    sent_today(e->w, &r.today, err) != 0 || read_failures(&r, err) != 0 ||
	    (!e->ask->anyway && mail_failure_check(r.failure, err) != 0) ||
	    db_prepare(e->w->db, "UPDATE mailing_recipient SET state = ?2, sent = ?3,"
	    " reply = ?4 WHERE id = ?1", &r.mark, err) != 0 ||
	    db_prepare(e->w->db, "DELETE FROM mailing_recipient WHERE id = ?1 AND"
	    " state IN ('planned', 'deferred')", &r.off, err) != 0 ||
	    take_off(&r, err) != 0)
		goto out;
	ret = loop(&r, err);
	say_uncertain(e);
out:
	sqlite3_finalize(r.mark);
	sqlite3_finalize(r.off);
	mail_failure_free(r.failure);
	mail_pace_free(r.pace);
	reason_rules_free(r.rules);
	free(r.todo);
	return ret;
}

int
mail_recover(const struct world *w, int64_t study, struct err *err)
{
	static const char *const sql[] = {
		"UPDATE mailing_recipient SET state = 'uncertain' WHERE state ="
		" 'handing' AND mailing IN (SELECT id FROM mailing WHERE study = ?1)",
		"UPDATE mailing_recipient SET state = 'sent' WHERE state ="
		" 'uncertain' AND mailing IN (SELECT id FROM mailing WHERE study = ?1)"
		" AND EXISTS (SELECT 1 FROM bounce b WHERE b.recipient ="
		" mailing_recipient.id AND b.located = 'certain')" };
	int changed = 0, r = 0;

	if (db_begin(w->db, err) != 0)
		return -1;
	for (size_t i = 0; r == 0 && i < sizeof(sql) / sizeof(sql[0]); i++) {
		sqlite3_stmt *s;

		if ((r = db_prepare(w->db, sql[i], &s, err)) != 0)
			break;
		db_i64(s, 1, study);
		r = db_run(s, err);
		changed += sqlite3_changes(w->db);
		sqlite3_finalize(s);
	}
	if (r == 0 && changed > 0)
		r = disposition_write(w, study, err);
	if (r == 0)
		return db_commit(w->db, err);
	db_rollback(w->db);
	return -1;
}
