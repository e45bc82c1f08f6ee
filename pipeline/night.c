#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "config/study.h"
#include "pipeline/base/date.h"
#include "pipeline/base/talk.h"
#include "pipeline/contact/bounces.h"
#include "pipeline/register/changes.h"
#include "pipeline/register/pull.h"
#include "pipeline/register/strip.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"
#include "pipeline/tables/tables.h"

#include "pipeline/night.h"

/*
 * A pull that ended well is not repeated the same day: the register is made
 * once a day.  Returned mail and tables are read and written anew by every
 * run, for more mail may have come; the second time changes nothing.
 *
 * The line of a step in the journal tells what the day has brought, out of the
 * database, and not what this run has done: so it is the same when a run was
 * killed between the step and its line.
 */

/* The night under way. */
struct night {
	const struct world *w;
	const char *from;	/* of units; NULL: the configured URL */
	int32_t day;
	int point;		/* number of the next point to be killed at */
	struct night_result *res;
	struct err first;	/* of the steps that failed */
};

/* One step: what it does, its line for the journal in ${text}. */
struct step {
	char name[80];		/* of its row: 'pull enhet', 'tables NAME' */
	int (*run)(struct night *, const struct step *, char *text, size_t size,
	    struct err *);
	const char *kind;	/* pull */
	int64_t study;		/* tables */
	int once;		/* not again the same day */
};

static void
point(struct night *n)
{
	char name[32];

	snprintf(name, sizeof(name), "night.%d", n->point++);
	talk_step(name);
}

/* One line from the database: the columns of the one row of ${sql}, which are
 * text, put together by it. */
static int
line(struct night *n, const char *sql, int64_t value, char *text, size_t size,
    struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(n->w->db, sql, &s, err) != 0)
		return -1;
	db_i64(s, 1, value);
	if (sqlite3_bind_parameter_count(s) > 1)
		db_i64(s, 2, n->day);
	if ((r = db_step(s, err)) == 1)
		snprintf(text, size, "%s", db_col(s, 0));
	sqlite3_finalize(s);
	return r < 0 ? -1 : 0;
}

static int
pull(struct night *n, const struct step *step, char *text, size_t size,
    struct err *err)
{
	struct pull_ask ask = { step->kind, NULL, DATE_NONE, NULL };
	struct pull_result p = { 0 };
	int64_t files;

	if (strcmp(step->kind, "enhet") == 0)
		ask.from = n->from;
	if (register_pull(n->w, &ask, &p, err) != 0 ||
	    strip_extracts(n->w, &files, err) != 0)
		return -1;
	return line(n, "SELECT date(register_date * 86400, 'unixepoch') ||"
	    " iif(fetched / 86400 = ?2, ': read ' || read || ', units ' || units ||"
	    " ', unreadable ' || unreadable || ', added ' || added || ', changed ' ||"
	    " changed || ', gone ' || gone, ': in force already, ' || units ||"
	    " ' units') FROM extract WHERE id = ?1", p.extract, text, size, err);
}

/* What happened since that file was made. */
static int
changes(struct night *n, const struct step *step, char *text, size_t size,
    struct err *err)
{
	struct changes_source src = { 0 };
	struct changes_result c = { 0 };
	enum unit_kind kind = UNIT_ENHET;
	int64_t files;
	int r;

	(void)unit_kind_parse(step->kind, &kind);
	r = changes_http(n->w, &src, err) != 0 ||
	    changes_run(n->w, kind, &src, &c, err) != 0 ||
	    strip_extracts(n->w, &files, err) != 0 ? -1 : 0;
	changes_http_free(&src);
	snprintf(text, size, "events %" PRId64 ", added %" PRId64 ", changed %" PRId64
	    ", deleted %" PRId64 ", removed %" PRId64 ", waiting %" PRId64 ", left %"
	    PRId64, c.events, c.added, c.changed, c.deleted, c.removed, c.waits,
	    c.left);
	return r;
}

static int
bounces(struct night *n, const struct step *step, char *text, size_t size,
    struct err *err)
{
	struct bounces_ask ask = { 0 };
	struct bounces_result b = { 0 };

	(void)step;
	ask.spool = 1;
	ask.mailbox = n->w->set->mailbox != NULL && n->w->set->mailbox[0] != '\0';
	if (bounces_read(n->w, &ask, &b, err) != 0)
		return -1;
	if (b.left > 0)
		return err_set(err, EX_IOERR, "%" PRId64 " files could not be read",
		    b.left);
	if (n->w->dry_run) {	/* which writes nothing to count */
		snprintf(text, size, "would read %" PRId64 ", bounces %" PRId64,
		    b.read - b.again, b.bounce);
		return 0;
	}
	return line(n, "SELECT 'read this day ' || count(*) || ', bounces ' ||"
	    " coalesce(sum(kind = 'bounce'), 0) || ', of no study ' ||"
	    " coalesce(sum(study IS NULL), 0) || ', for a person ' ||"
	    " coalesce(sum(review), 0) FROM bounce_message WHERE read / 86400 = ?1",
	    n->day, text, size, err);
}

static int
tables(struct night *n, const struct step *step, char *text, size_t size,
    struct err *err)
{
	struct study *study = NULL;
	int64_t written = 0;
	int r;

	if (studies_get(n->w, step->study, &study, err) != 0)
		return -1;
	r = tables_write(n->w, study, step->study, &written, err);
	study_free(study);
	if (r == 0)
		snprintf(text, size, "%" PRId64 " tables", written);
	return r;
}

/* 1: the step ended well this day already; 0; -1. */
static int
ended_well(struct night *n, const char *step, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(n->w->db, "SELECT 1 FROM run WHERE night = ?1 AND step = ?2"
	    " AND status = 0", &s, err) != 0)
		return -1;
	db_i64(s, 1, n->day);
	db_text(s, 2, step);
	r = db_step(s, err);
	sqlite3_finalize(s);
	return r;
}

/* Its row: begun (status -1) or ended. */
static int
journal(struct night *n, const char *step, int status, const char *text,
    struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (n->w->dry_run)
		return 0;
	if (db_prepare(n->w->db, status < 0 ?
	    "INSERT INTO run (night, step, started) VALUES (?1, ?2, ?3)"
	    " ON CONFLICT (night, step) DO UPDATE SET started = excluded.started,"
	    " ended = NULL, status = NULL, text = NULL" :
	    "UPDATE run SET ended = ?3, status = ?4, text = ?5"
	    " WHERE night = ?1 AND step = ?2", &s, err) != 0)
		return -1;
	db_i64(s, 1, n->day);
	db_text(s, 2, step);
	db_i64(s, 3, n->w->now);
	if (status >= 0) {
		db_i64(s, 4, status);
		db_text(s, 5, text);
	}
	r = db_run(s, err);
	sqlite3_finalize(s);
	return r;
}

/*
 * Do one step and write down how it went.  A step that fails is a result; -1
 * only where the journal itself cannot be written.
 */
static int
do_step(struct night *n, const struct step *step, struct err *err)
{
	struct err why = { 0 };
	char text[480] = "";
	int r;

	n->res->steps++;
	point(n);
	if (step->once) {
		if ((r = ended_well(n, step->name, err)) < 0)
			return -1;
		if (r == 1) {
			n->res->skipped++;
			talk_line(n->w->talk, "%s: done before, this day%s%s", step->name,
			    n->from != NULL ? "; not read: " : "",
			    n->from != NULL ? n->from : "");
			return 0;
		}
	}
	if (journal(n, step->name, -1, NULL, err) != 0)
		return -1;
	point(n);
	r = step->run(n, step, text, sizeof(text), &why);
	point(n);
	if (r != 0) {
		db_rollback(n->w->db);
		err_context(&why, "%s", step->name);
		talk_line(n->w->talk, "%s", why.text);
		if (n->res->failed++ == 0)
			n->first = why;
		return journal(n, step->name, why.status, why.text, err);
	}
	n->res->done++;
	talk_line(n->w->talk, "%s: %s", step->name, text);
	return journal(n, step->name, 0, text, err);
}

/* Is a new file due?  1; 0: the one in force is younger than night.pull_days. */
static int
is_due(struct night *n, const char *kind, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (n->w->set->pull_days <= 1 || (n->from != NULL &&
	    strcmp(kind, "enhet") == 0))
		return 1;
	if (db_prepare(n->w->db, "SELECT 1 FROM extract WHERE kind = ?1 AND in_force = 1"
	    " AND fetched / 86400 > ?2 AND fetched / 86400 < ?3", &s, err) != 0)
		return -1;
	db_text(s, 1, kind);
	db_i64(s, 2, n->day - n->w->set->pull_days);
	db_i64(s, 3, n->day);	/* one of today: the step is known to be done */
	r = db_step(s, err);
	sqlite3_finalize(s);
	return r < 0 ? -1 : !r;
}

static int
do_pull(struct night *n, const char *kind, struct err *err)
{
	struct step step = { .run = pull, .kind = kind, .once = 1 };
	struct step since = { .run = changes, .kind = kind };
	int due = is_due(n, kind, err);

	snprintf(step.name, sizeof(step.name), "pull %s", kind);
	snprintf(since.name, sizeof(since.name), "changes %s", kind);
	if (due < 0 || (due && do_step(n, &step, err) != 0))
		return -1;
	return n->w->set->changes ? do_step(n, &since, err) : 0;
}

static int
do_tables(struct night *n, struct err *err)
{
	struct step step = { .run = tables };
	sqlite3_stmt *s = NULL;
	int64_t *ids = NULL;
	size_t count = 0;
	int r = -1;

	/* a study without a frame has nothing to be shown yet */
	if (studies_all(n->w->db, &ids, &count, err) != 0 ||
	    db_prepare(n->w->db, "SELECT name FROM study WHERE id = ?1 AND EXISTS"
	    " (SELECT 1 FROM frame WHERE study = ?1)", &s, err) != 0)
		goto out;
	for (size_t i = 0; i < count; i++) {
		db_i64(s, 1, ids[i]);
		if ((r = db_step(s, err)) < 0)
			goto out;
		snprintf(step.name, sizeof(step.name), "tables %s", db_col(s, 0));
		step.study = ids[i];
		sqlite3_reset(s);
		if (r == 1 && do_step(n, &step, err) != 0) {
			r = -1;
			goto out;
		}
	}
	r = 0;
out:
	sqlite3_finalize(s);
	free(ids);
	return r;
}

int
night_run(const struct world *w, const char *from_enhet,
    struct night_result *res, struct err *err)
{
	struct night n = { .w = w, .from = from_enhet, .point = 1, .res = res };
	struct step read = { .name = "bounces", .run = bounces };

	memset(res, 0, sizeof(*res));
	n.day = date_of(w->now);
	if ((w->set->pull || from_enhet != NULL) && do_pull(&n, "enhet", err) != 0)
		return -1;
	if (w->set->pull_underenhet && do_pull(&n, "underenhet", err) != 0)
		return -1;
	if (do_step(&n, &read, err) != 0 || do_tables(&n, err) != 0)
		return -1;
	if (res->failed > 0) {
		*err = n.first;
		return -1;
	}
	return 0;
}
