#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"
#include "pipeline/contact/disposition.h"
#include "pipeline/contact/mail_failure.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"

#include "pipeline/contact/hold.h"

enum { HOUR = 3600 };

/* A mailing, as far as it has been counted. */
struct mailing {
	int64_t id, study;
	struct mail_failure *whole, *hour;
	char released[64];		/* causes not to be held for again */
	int held;
	int64_t *failed;		/* recipients that are counted, sorted but for */
	size_t nfailed, sorted, room;	/* those of the look that goes on */
};

struct hold {
	const struct world *w;
	struct mailing *mailing;
	size_t n;
};

struct hold *
hold_new(const struct world *w)
{
	struct hold *h = mem_alloc(sizeof(*h));

	h->w = w;
	return h;
}

void
hold_free(struct hold *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->n; i++) {
		mail_failure_free(h->mailing[i].whole);
		mail_failure_free(h->mailing[i].hour);
		free(h->mailing[i].failed);
	}
	free(h->mailing);
	free(h);
}

/* ------------------------------------------------------------------- count -- */

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int
is_counted(const struct mailing *m, int64_t recipient)
{
	return m->sorted > 0 && bsearch(&recipient, m->failed, m->sorted,
	    sizeof(*m->failed), compare) != NULL;
}

static int
read_earlier(struct hold *h, struct mailing *m, struct err *err)
{
	int64_t before = 0, hard = 0;
	sqlite3_stmt *s;
	int r;

	if (db_prepare(h->w->db, "SELECT g.study, (SELECT count(*) FROM"
	    " mailing_recipient r JOIN mailing o ON o.id = r.mailing WHERE o.study ="
	    " g.study AND o.id < g.id AND r.state IN ('sent', 'rejected')),"
	    " (SELECT count(DISTINCT r.id) FROM bounce b JOIN mailing_recipient r ON"
	    " r.id = b.recipient JOIN mailing o ON o.id = r.mailing WHERE o.study ="
	    " g.study AND o.id < g.id AND b.hard = 1 AND b.located = 'certain'),"
	    " coalesce((SELECT group_concat(what, ' ') FROM bounce_hold WHERE mailing"
	    " = g.id AND released IS NOT NULL), ''), EXISTS (SELECT 1 FROM"
	    " bounce_hold WHERE mailing = g.id AND released IS NULL)"
	    " FROM mailing g WHERE g.id = ?1", &s, err) != 0)
		return -1;
	db_i64(s, 1, m->id);
	if ((r = db_step(s, err)) == 1) {
		m->study = sqlite3_column_int64(s, 0);
		before = sqlite3_column_int64(s, 1);
		hard = sqlite3_column_int64(s, 2);
		snprintf(m->released, sizeof(m->released), " %s ", db_col(s, 3));
		m->held = sqlite3_column_int(s, 4);
	}
	sqlite3_finalize(s);
	m->whole = mail_failure_new(h->w->set, before, hard);
	m->hour = mail_failure_new(h->w->set, before, hard);
	return r < 0 ? -1 : 0;
}

static int
read_letters(struct hold *h, struct mailing *m, struct err *err)
{
	sqlite3_stmt *s;
	int r;

	if (db_prepare(h->w->db, "SELECT address, coalesce(sent, 0) FROM"
	    " mailing_recipient WHERE mailing = ?1 AND state IN ('sent', 'rejected')",
	    &s, err) != 0)
		return -1;
	db_i64(s, 1, m->id);
	while ((r = db_step(s, err)) == 1) {
		mail_failure_letter(m->whole, db_col(s, 0));
		if (sqlite3_column_int64(s, 1) > h->w->now - HOUR)
			mail_failure_letter(m->hour, db_col(s, 0));
	}
	sqlite3_finalize(s);
	return r;
}

static void
count(struct hold *h, struct mailing *m, sqlite3_stmt *s)
{
	struct mail_failure *f[2] = { m->whole, NULL };

	if (sqlite3_column_int64(s, 5) > h->w->now - HOUR)
		f[1] = m->hour;
	for (size_t i = 0; i < 2 && f[i] != NULL; i++)
		mail_failure_failed(f[i], db_col(s, 1), db_col(s, 2),
		    db_col(s, 3)[0], sqlite3_column_int(s, 4));
	if (m->nfailed == m->room) {
		m->room = m->room > 0 ? 2 * m->room : 256;
		m->failed = mem_grow(m->failed, m->room, sizeof(*m->failed));
	}
	m->failed[m->nfailed++] = sqlite3_column_int64(s, 0);
}

/* The last failure of each recipient: of a mailing, or of one recipient. */
#define FAILURES \
    "SELECT r.id, r.address, b.reason, b.fault, b.hard, coalesce(r.sent, 0)," \
    " max(b.id), r.mailing FROM mailing_recipient r JOIN bounce b ON b.recipient" \
    " = r.id JOIN bounce_message m ON m.id = b.message WHERE m.kind = 'bounce'" \
    " AND b.reason <> 'delivered' AND NOT (b.located = 'certain' AND" \
    " m.token_state IS 'expired') AND "

static int
read_failures(struct hold *h, struct mailing *m, struct err *err)
{
	sqlite3_stmt *s;
	int r;

	if (db_prepare(h->w->db, FAILURES "r.mailing = ?1 GROUP BY r.id ORDER BY"
	    " r.id", &s, err) != 0)
		return -1;
	db_i64(s, 1, m->id);
	while ((r = db_step(s, err)) == 1)
		count(h, m, s);
	sqlite3_finalize(s);
	m->sorted = m->nfailed;
	return r;
}

/* NULL: no such mailing was read yet. */
static struct mailing *
known(struct hold *h, int64_t id)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->mailing[i].id == id)
			return &h->mailing[i];
	return NULL;
}

static int
read_mailing(struct hold *h, int64_t id, struct err *err)
{
	struct mailing *m;

	h->mailing = mem_grow(h->mailing, h->n + 1, sizeof(*h->mailing));
	m = &h->mailing[h->n++];
	memset(m, 0, sizeof(*m));
	m->id = id;
	return read_earlier(h, m, err) != 0 || read_letters(h, m, err) != 0 ||
	    read_failures(h, m, err) != 0 ? -1 : 0;
}

static int
count_one(struct hold *h, sqlite3_stmt *s, int64_t recipient, struct err *err)
{
	struct mailing *m;
	int r;

	db_i64(s, 1, recipient);
	if ((r = db_step(s, err)) == 1) {
		m = known(h, sqlite3_column_int64(s, 7));
		if (m == NULL)
			r = read_mailing(h, sqlite3_column_int64(s, 7), err);
		else if (!is_counted(m, recipient))
			count(h, m, s);
	}
	sqlite3_reset(s);
	return r < 0 ? -1 : 0;
}

/* Those of these recipients that are not counted yet, each once. */
static int
count_new(struct hold *h, const int64_t *recipient, size_t n, struct err *err)
{
	int64_t *sorted = mem_array(n + 1, sizeof(*sorted));
	sqlite3_stmt *s = NULL;
	int r = db_prepare(h->w->db, FAILURES "r.id = ?1 GROUP BY r.id", &s, err);

	if (n > 0)
		memcpy(sorted, recipient, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (i == 0 || sorted[i] != sorted[i - 1])
			r = count_one(h, s, sorted[i], err);
	sqlite3_finalize(s);
	free(sorted);
	for (size_t i = 0; i < h->n; i++) {
		struct mailing *m = &h->mailing[i];

		if (m->sorted < m->nfailed)
			qsort(m->failed, m->nfailed, sizeof(*m->failed), compare);
		m->sorted = m->nfailed;
	}
	return r;
}

/* -------------------------------------------------------------------- hold -- */

static int
put(struct hold *h, struct mailing *m, const char *what, const char *text,
    struct err *err)
{
	sqlite3_stmt *s;
	int r;

	if (db_prepare(h->w->db, "INSERT INTO bounce_hold (mailing, since, what, text)"
	    " VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING", &s, err) != 0)
		return -1;
	db_i64(s, 1, m->id);
	db_i64(s, 2, h->w->now);
	db_text(s, 3, what);
	db_text(s, 4, text);
	r = db_run(s, err);
	sqlite3_finalize(s);
	if (r != 0)
		return -1;
	m->held = 1;
	talk_line(h->w->talk, "mass failure: %s; its returns are kept and mark nobody "
	    "until a person has looked (utvalg bounces release)", text);
	if (studies_event(h->w, m->study, "bounces held", err, "mailing %" PRId64
	    ": %s", m->id, text) != 0)
		return -1;
	/* those of this run that have marked somebody already */
	return disposition_write(h->w, m->study, err);
}

int
hold_look(struct hold *h, const int64_t *recipient, size_t n, struct err *err)
{
	if (count_new(h, recipient, n, err) != 0)
		return -1;
	for (size_t i = 0; i < h->n; i++) {
		struct mailing *m = &h->mailing[i];
		struct mail_failure *const f[] = { m->whole, m->hour };

		for (size_t k = 0; k < 2 && !m->held; k++) {
			struct err text = { 0 };
			const char *what;

			if (mail_failure_find(f[k], m->released, &what, &text) != 0 &&
			    put(h, m, what, text.text, err) != 0)
				return -1;
		}
	}
	return 0;
}

int
hold_release(const struct world *w, int64_t study, const char *why, int64_t *n,
    struct err *err)
{
	sqlite3_stmt *s;
	int r;

	if (db_prepare(w->db, "UPDATE bounce_hold SET released = ?2, released_why = ?3"
	    " WHERE released IS NULL AND mailing IN (SELECT id FROM mailing WHERE"
	    " study = ?1)", &s, err) != 0)
		return -1;
	db_i64(s, 1, study);
	db_i64(s, 2, w->now);
	db_text(s, 3, why);
	r = db_run(s, err);
	*n = sqlite3_changes(w->db);
	sqlite3_finalize(s);
	if (r != 0)
		return -1;
	if (*n == 0)
		return err_set(err, EX_NOINPUT, "nothing is held of that study");
	if (disposition_write(w, study, err) != 0)
		return -1;
	return studies_event(w, study, "bounces released", err, "%" PRId64
	    " causes", *n);
}
