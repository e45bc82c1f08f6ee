#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "email/email.h"
#include "pipeline/base/num.h"
#include "pipeline/contact/disposition.h"
#include "pipeline/contact/reason.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"

#include "pipeline/contact/verdict.h"

#define VERDICT \
    "SELECT json_object('kind', kind, 'study', study, 'assigned', assigned," \
    " 'token_state', token_state, 'review', review, 'note', note, 'lines'," \
    " (SELECT json_group_array(json_object('address', address, 'status', status," \
    " 'reason', reason, 'hard', hard, 'fault', fault, 'rule', rule, 'text', text," \
    " 'recipient', recipient, 'located', located)) FROM (SELECT * FROM bounce" \
    " WHERE message = ?1 ORDER BY id))) FROM bounce_message WHERE id = ?1"

static const char *const sql_restore[] = {
	"UPDATE bounce_message SET (kind, study, assigned, token_state, review, note)"
	" = (SELECT json_extract(?2, '$.kind'), json_extract(?2, '$.study'),"
	" json_extract(?2, '$.assigned'), json_extract(?2, '$.token_state'),"
	" json_extract(?2, '$.review'), json_extract(?2, '$.note')) WHERE id = ?1",
	"DELETE FROM bounce WHERE message = ?1 AND ?2 IS NOT NULL",
	"INSERT INTO bounce (message, address, status, reason, hard, fault, rule,"
	" text, recipient, located) SELECT ?1, json_extract(value, '$.address'),"
	" json_extract(value, '$.status'), json_extract(value, '$.reason'),"
	" json_extract(value, '$.hard'), json_extract(value, '$.fault'),"
	" json_extract(value, '$.rule'), json_extract(value, '$.text'),"
	" json_extract(value, '$.recipient'), json_extract(value, '$.located')"
	" FROM json_each(?2, '$.lines') ORDER BY key",
};

/* A statement with a number and a text. */
static int
run(sqlite3 *db, const char *sql, int64_t n, const char *text, struct err *err)
{
	sqlite3_stmt *s;
	int r;

	if (db_prepare(db, sql, &s, err) != 0)
		return -1;
	db_i64(s, 1, n);
	if (sqlite3_bind_parameter_count(s) > 1)
		db_text(s, 2, text);
	r = db_run(s, err);
	sqlite3_finalize(s);
	return r;
}

/* The one text that it gives for a message: 1; 0; -1. */
static int
one_text(sqlite3 *db, const char *sql, int64_t message, struct buf *out,
    struct err *err)
{
	sqlite3_stmt *s;
	int r;

	if (db_prepare(db, sql, &s, err) != 0)
		return -1;
	db_i64(s, 1, message);
	buf_clear(out);
	if ((r = db_step(s, err)) == 1)
		buf_str(out, db_col(s, 0));
	sqlite3_finalize(s);
	return r;
}

int
verdict_text(sqlite3 *db, int64_t message, struct buf *out, struct err *err)
{
	int r = one_text(db, VERDICT, message, out, err);

	if (r == 0)
		return err_set(err, EX_NOINPUT, "no returned mail %" PRId64, message);
	return r < 0 ? -1 : 0;
}

int
verdict_reading(sqlite3 *db, int64_t message, struct buf *out, struct err *err)
{
	return one_text(db, "SELECT verdict FROM bounce_reading WHERE message = ?1"
	    " AND superseded = 0", message, out, err);
}

static int
keep(const struct world *w, int64_t message, const char *verdict, int superseded,
    struct err *err)
{
	sqlite3_stmt *s;
	int r;

	if (db_prepare(w->db, "INSERT INTO bounce_reading (message, kept, superseded,"
	    " verdict) VALUES (?1, ?2, ?3, ?4)", &s, err) != 0)
		return -1;
	db_i64(s, 1, message);
	db_i64(s, 2, w->now);
	db_i64(s, 3, superseded);
	db_text(s, 4, verdict);
	r = db_run(s, err);
	sqlite3_finalize(s);
	return r;
}

/* ------------------------------------------------------------------- marks -- */

/* What a mark does to the rows; ?1 the message, ?2 the value, ?3 the line. */
#define LINE \
    " WHERE message = ?1 AND (?3 = 0 OR id = (SELECT id FROM bounce WHERE" \
    " message = ?1 ORDER BY id LIMIT 1 OFFSET ?3 - 1))"

static const struct {
	const char *what, *lines, *message;
} effects[] = {
	{ "recipient", "UPDATE bounce SET recipient = CAST(?2 AS INTEGER),"
	    " located = 'certain'" LINE,
	    "UPDATE bounce_message SET review = 0, assigned = 'person',"
	    " token_state = NULL, study = (SELECT m.study FROM mailing_recipient r"
	    " JOIN mailing m ON m.id = r.mailing WHERE r.id = CAST(?2 AS INTEGER))"
	    " WHERE id = ?1" },
	{ "reason", NULL, "UPDATE bounce_message SET review = 0 WHERE id = ?1" },
	{ "hard", "UPDATE bounce SET hard = CAST(?2 AS INTEGER), rule = 'person'"
	    LINE, "UPDATE bounce_message SET review = 0 WHERE id = ?1" },
	{ "kind", "UPDATE bounce SET hard = CASE WHEN ?2 = 'bounce' THEN hard ELSE 0"
	    " END" LINE,
	    "UPDATE bounce_message SET review = 0, kind = ?2 WHERE id = ?1" },
	{ "reviewed", NULL, "UPDATE bounce_message SET review = 0 WHERE id = ?1" },
};

static int
apply(sqlite3 *db, const char *sql, int64_t message, const char *value,
    int64_t line, struct err *err)
{
	sqlite3_stmt *s;
	int r, n;

	if (db_prepare(db, sql, &s, err) != 0)
		return -1;
	n = sqlite3_bind_parameter_count(s);
	db_i64(s, 1, message);
	if (n > 1)
		db_text(s, 2, value);
	if (n > 2)
		db_i64(s, 3, line);
	r = db_run(s, err);
	sqlite3_finalize(s);
	return r;
}

/* A reason brings its hardness and fault, of which the status has a say. */
static int
apply_reason(sqlite3 *db, int64_t message, const char *value, int64_t line,
    struct err *err)
{
	static const char *const sql[2][2] = {
		{ "UPDATE bounce SET reason = ?2, rule = 'person', hard = 0" LINE,
		  "UPDATE bounce SET reason = ?2, rule = 'person', hard = status IS NULL"
		  " OR status NOT LIKE '4%'" LINE },
		{ "UPDATE bounce SET fault = ?2" LINE, NULL },
	};
	char fault, word[2] = "-";
	int hard;

	if (!reason_known(value, &fault, &hard))
		return err_set(err, EX_DATAERR, "no such reason: %.40s", value);
	word[0] = fault;
	if (apply(db, sql[0][hard != 0], message, value, line, err) != 0)
		return -1;
	return apply(db, sql[1][0], message, word, line, err);
}

static int
apply_mark(sqlite3 *db, int64_t message, const char *what, const char *value,
    int64_t line, struct err *err)
{
	for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++) {
		if (strcmp(effects[i].what, what) != 0)
			continue;
		if (strcmp(what, "reason") == 0 &&
		    apply_reason(db, message, value, line, err) != 0)
			return -1;
		if (effects[i].lines != NULL &&
		    apply(db, effects[i].lines, message, value, line, err) != 0)
			return -1;
		return apply(db, effects[i].message, message, value, line, err);
	}
	return err_set(err, EX_SOFTWARE, "no such mark: %.20s", what);
}

int
verdict_restate(const struct world *w, int64_t message, struct err *err)
{
	struct buf reading = BUF(1 << 26);
	sqlite3_stmt *s = NULL;
	int r = verdict_reading(w->db, message, &reading, err);

	if (r != 1) {
		buf_free(&reading);
		return r;
	}
	r = 0;
	for (size_t i = 0; r == 0 && i < sizeof(sql_restore) / sizeof(char *); i++)
		r = run(w->db, sql_restore[i], message, buf_text(&reading), err);
	if (r != 0 || db_prepare(w->db, "SELECT what, value, coalesce(line, 0) FROM"
	    " bounce_mark WHERE message = ?1 AND undone IS NULL ORDER BY id", &s,
	    err) != 0) {
		buf_free(&reading);
		return -1;
	}
	db_i64(s, 1, message);
	while ((r = db_step(s, err)) == 1 && apply_mark(w->db, message, db_col(s, 0),
	    db_col(s, 1), sqlite3_column_int64(s, 2), err) == 0)
		;
	sqlite3_finalize(s);
	buf_free(&reading);
	return r == 0 ? 0 : -1;
}

int
verdict_supersede(const struct world *w, int64_t message, const char *before,
    struct err *err)
{
	struct buf old = BUF(1 << 26), now = BUF(1 << 26);
	int marked = verdict_reading(w->db, message, &old, err), r = -1;

	if (marked >= 0 && keep(w, message, before, 1, err) == 0)
		r = 0;
	if (r == 0 && marked == 1 && (r = verdict_text(w->db, message, &now,
	    err)) == 0)
		r = run(w->db, "UPDATE bounce_reading SET verdict = ?2 WHERE message ="
		    " ?1 AND superseded = 0", message, buf_text(&now), err);
	if (r == 0 && marked == 1)
		r = verdict_restate(w, message, err);
	buf_free(&old);
	buf_free(&now);
	return r;
}

static int
check_line(sqlite3 *db, const struct verdict_mark *m, struct err *err)
{
	char sql[128];
	int64_t lines = 0;

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM bounce WHERE message = %"
	    PRId64, m->message);
	if (db_int(db, sql, &lines, err) < 0)
		return -1;
	if (m->line > lines)
		return err_set(err, EX_NOINPUT, "returned mail %" PRId64 " reports on %"
		    PRId64 " recipients, not %" PRId64, m->message, lines, m->line);
	if (lines == 0 && strcmp(m->what, "reviewed") != 0 &&
	    strcmp(m->what, "kind") != 0)
		return err_set(err, EX_DATAERR, "returned mail %" PRId64 " could not be "
		    "read: only its kind can be said", m->message);
	return 0;
}

int
verdict_mark(const struct world *w, const struct verdict_mark *m, int64_t *id,
    struct err *err)
{
	struct buf now = BUF(1 << 26), reading = BUF(1 << 26);
	sqlite3_stmt *s = NULL;
	int r = verdict_text(w->db, m->message, &now, err), marked;

	if (r == 0 && (marked = verdict_reading(w->db, m->message, &reading,
	    err)) != 1)
		r = marked < 0 ? -1 : keep(w, m->message, buf_text(&now), 0, err);
	buf_free(&now);
	buf_free(&reading);
	if (r != 0 || check_line(w->db, m, err) != 0 ||
	    db_prepare(w->db, "INSERT INTO bounce_mark (message, line, what, value,"
	    " why, at, person) VALUES (?1, nullif(?2, 0), ?3, ?4, ?5, ?6, ?7)", &s,
	    err) != 0)
		return -1;
	db_i64(s, 1, m->message);
	db_i64(s, 2, m->line);
	db_text(s, 3, m->what);
	db_text(s, 4, m->value);
	db_text(s, 5, m->why);
	db_i64(s, 6, w->now);
	db_i64(s, 7, m->person);
	r = db_run(s, err);
	*id = sqlite3_last_insert_rowid(w->db);
	sqlite3_finalize(s);
	if (r != 0 || verdict_restate(w, m->message, err) != 0)
		return -1;
	/* the reason stays in bounce_mark: a person may have written a name there */
	return studies_event(w, 0, "bounce mark", err, "mark %" PRId64 " of returned "
	    "mail %" PRId64 ": %s%s%s", *id, m->message, m->what,
	    m->value[0] != '\0' ? " " : "", m->value);
}

int
verdict_undo(const struct world *w, int64_t mark, const char *why,
    int64_t *message, struct err *err)
{
	sqlite3_stmt *s;
	int r, undone = 0;

	if (db_prepare(w->db, "SELECT message, undone IS NOT NULL FROM bounce_mark"
	    " WHERE id = ?1", &s, err) != 0)
		return -1;
	db_i64(s, 1, mark);
	if ((r = db_step(s, err)) == 1) {
		*message = sqlite3_column_int64(s, 0);
		undone = sqlite3_column_int(s, 1);
	}
	sqlite3_finalize(s);
	if (r < 0)
		return -1;
	if (r == 0)
		return err_set(err, EX_NOINPUT, "no mark %" PRId64, mark);
	if (undone)
		return err_set(err, EX_DATAERR, "mark %" PRId64 " is undone already",
		    mark);
	if (db_prepare(w->db, "UPDATE bounce_mark SET undone = ?2, undone_why = ?3"
	    " WHERE id = ?1", &s, err) != 0)
		return -1;
	db_i64(s, 1, mark);
	db_i64(s, 2, w->now);
	db_text(s, 3, why);
	r = db_run(s, err);
	sqlite3_finalize(s);
	if (r != 0 || verdict_restate(w, *message, err) != 0)
		return -1;
	return studies_event(w, 0, "bounce undo", err, "mark %" PRId64
	    " of returned mail %" PRId64 " undone", mark, *message);
}

int
verdict_settle(const struct world *w, int64_t message, struct err *err)
{
	sqlite3_stmt *s;
	int r;

	/* whoever it has ever been said to be about */
	if (db_prepare(w->db, "SELECT g.study FROM mailing_recipient r JOIN mailing g"
	    " ON g.id = r.mailing WHERE r.id IN (SELECT recipient FROM bounce WHERE"
	    " message = ?1 UNION SELECT json_extract(j.value, '$.recipient') FROM"
	    " bounce_reading k, json_each(k.verdict, '$.lines') j WHERE k.message ="
	    " ?1 UNION SELECT CAST(value AS INTEGER) FROM bounce_mark WHERE message ="
	    " ?1 AND what = 'recipient') GROUP BY 1", &s, err) != 0)
		return -1;
	db_i64(s, 1, message);
	while ((r = db_step(s, err)) == 1)
		if (disposition_write(w, sqlite3_column_int64(s, 0), err) != 0) {
			r = -1;
			break;
		}
	sqlite3_finalize(s);
	return r;
}

/* --------------------------------------------------------------- recipient -- */

int
verdict_recipient(const struct world *w, int64_t message, const char *who,
    int64_t *recipient, struct err *err)
{
	char key[EMAIL_KEY_MAX] = "";
	int64_t number = 0, unit = 0;
	sqlite3_stmt *s;
	int r, several = 0, found = 0;

	if (num_int(who, 1, INT64_MAX, &number) != 0 &&
	    email_key(who, strlen(who), key, sizeof(key)) != 0)
		return err_set(err, EX_DATAERR,
		    "a recipient is a recipient number or an address");
	if (db_prepare(w->db, "SELECT r.id, r.sample_unit FROM mailing_recipient r"
	    " WHERE (r.id = ?1 OR r.email_key = ?2) AND coalesce(r.sent, 0) <="
	    " (SELECT received FROM bounce_message WHERE id = ?3)"
	    " ORDER BY r.id DESC", &s, err) != 0)
		return -1;
	db_i64(s, 1, number);
	db_text(s, 2, key[0] != '\0' ? key : NULL);
	db_i64(s, 3, message);
	while ((r = db_step(s, err)) == 1) {
		if (!found) {
			*recipient = sqlite3_column_int64(s, 0);
			unit = sqlite3_column_int64(s, 1);
		}
		several |= found && sqlite3_column_int64(s, 1) != unit;
		found = 1;
	}
	sqlite3_finalize(s);
	if (r < 0)
		return -1;
	if (!found)
		return err_set(err, EX_NOINPUT,
		    "nobody was written to there before that mail came");
	return several ? err_set(err, EX_DATAERR, "several units have that address: "
	    "give the recipient number") : 0;
}
