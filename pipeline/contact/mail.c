#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/contact/disposition.h"
#include "pipeline/contact/mail_each.h"
#include "pipeline/contact/mail_out.h"
#include "pipeline/contact/mail_text.h"
#include "pipeline/contact/mail_who.h"
#include "pipeline/contact/message.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"

#include "pipeline/contact/mail.h"

struct sending {
	const struct world *w;
	int64_t study;
	const struct mail_out *out;
	char *place;			/* "KIND:/where" */
	const char *where;		/* in it */
	void *ctx;			/* of the way out */
	struct mail_wave v;
	struct mail_text text;
	struct mail_result *r;
};

/* ----------------------------------------------------------------- where -- */

static int
parse_out(struct sending *s, const char *out, struct err *err)
{
	static const struct mail_out *const ways[] = { &mail_maildir, &mail_csv,
		&mail_limesurvey, &mail_listmonk, &mail_nettskjema, &mail_qualtrics };
	struct buf b = BUF(8192);
	char *cwd = NULL;
	const char *where = NULL;

	if (strcmp(out, mail_smtp.kind) == 0) {	/* the settings say where */
		s->out = &mail_smtp;
		s->place = mem_str(out);
		s->where = "";
		return 0;
	}
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		size_t n = strlen(ways[i]->kind);

		if (strncmp(out, ways[i]->kind, n) == 0 && out[n] == ':') {
			s->out = ways[i];
			where = out + n + 1;
		}
	}
	if (where == NULL || *where == '\0')
		return err_set(err, EX_USAGE,
		    "where to? smtp, maildir:FOLDER, or csv, limesurvey, listmonk, "
		    "nettskjema or qualtrics:FILE is wanted");
	/* A mailing goes on where it began, from whatever folder that is asked. */
	if (*where != '/' && (cwd = getcwd(NULL, 0)) == NULL)
		return err_errno(err, "the current folder");
	buf_printf(&b, "%s:%s%s%s", s->out->kind, cwd != NULL ? cwd : "",
	    cwd != NULL ? "/" : "", where);
	free(cwd);
	s->place = mem_str(buf_text(&b));
	s->where = s->place + strlen(s->out->kind) + 1;
	buf_free(&b);
	return 0;
}

/* Drawn since the invitation was planned, and to be written to (extend.h). */
static int64_t
late(const struct sending *s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s->v.n; i++)
		n += s->v.unit[i].late && s->v.unit[i].why == MAIL_WRITE;
	return n;
}

/* Of a mailing that was begun. */
static int64_t
unsent(const struct sending *s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s->v.n; i++)
		n += s->v.unit[i].recipient != 0 && !s->v.unit[i].sent &&
		    !s->v.unit[i].uncertain;
	return n + late(s);
}

/* May a mailing that was begun go on this way? */
static int
check_begun(const struct sending *s, struct err *err)
{
	int64_t sent = 0, left = unsent(s);

	for (size_t i = 0; i < s->v.n; i++)
		sent += s->v.unit[i].sent;
	if (left == 0)
		return 0;
	/* a list for those alone: the first one names the others */
	if (s->out->moves && left == late(s)) {
		if (sent > 0 && file_exists(s->where))
			return err_set(err, EX_CANTCREAT, "%s is there: give another file"
			    " for the %" PRId64 " drawn since", s->where, left);
	} else if (strcmp(s->v.out, s->place) != 0 && (!s->out->moves || sent > 0 ||
	    strncmp(s->v.out, s->place, strlen(s->out->kind) + 1) != 0))
		return err_set(err, EX_DATAERR, "this mailing was begun with --out %s "
		    "and %" PRId64 " are unsent: go on there, or some would get two",
		    s->v.out, left);
	if (sent > 0 && strcmp(s->v.template_sha256, s->text.sha256) != 0)
		return err_set(err, EX_DATAERR, "the text has changed since the %"
		    PRId64 " that are sent: put it back to send the %" PRId64 " that "
		    "are not", sent, left);
	return 0;
}

/* ------------------------------------------------------------------ plan -- */

static int
check_addresses(const struct mail_wave *v, struct err *err)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->unit[i].why == MAIL_WRITE && !v->unit[i].sent &&
		    !v->unit[i].uncertain &&
		    !message_address(v->unit[i].address))
			return err_set(err, EX_DATAERR, "the address of drawn unit %"
			    PRId64 " cannot stand in a mail's header",
			    v->unit[i].unit);
	return 0;
}

static int
write_mailing(struct sending *s, struct err *err)
{
	struct buf bounce = BUF(512);
	sqlite3_stmt *q;
	int r;

	if (db_prepare(s->w->db, "INSERT INTO mailing (study, wave, planned, out,"
	    " bounce, template_sha256) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
	    " ON CONFLICT (study, wave) DO UPDATE SET out = ?4,"
	    " template_sha256 = ?6", &q, err) != 0)
		return -1;
	buf_printf(&bounce, "%s@%s", s->text.name, s->text.domain);
	db_i64(q, 1, s->study);
	db_text(q, 2, s->v.name);
	db_i64(q, 3, s->text.planned);
	db_text(q, 4, s->place);
	db_text(q, 5, buf_text(&bounce));
	db_text(q, 6, s->text.sha256);
	r = db_run(q, err);
	sqlite3_finalize(q);
	buf_free(&bounce);
	if (s->v.mailing == 0)
		s->v.mailing = sqlite3_last_insert_rowid(s->w->db);
	return r;
}

static int
write_recipients(struct sending *s, int fresh, struct err *err)
{
	sqlite3_stmt *insert = NULL, *token = NULL;
	char *ref;
	int r = -1;

	if (db_prepare(s->w->db, "INSERT INTO mailing_recipient (mailing,"
	    " sample_unit, address, email_key, state) VALUES (?1, ?2, ?3, ?4,"
	    " 'planned')", &insert, err) != 0 ||
	    db_prepare(s->w->db, "UPDATE mailing_recipient SET return_token = ?2"
	    " WHERE id = ?1", &token, err) != 0)
		goto out;
	for (size_t i = 0; i < s->v.n; i++) {
		struct mail_unit *u = &s->v.unit[i];

		if (u->why != MAIL_WRITE || !(fresh || u->late))
			continue;
		u->late = 0;
		db_i64(insert, 1, s->v.mailing);
		db_i64(insert, 2, u->unit);
		db_text(insert, 3, u->address);
		db_text(insert, 4, u->key);
		if (db_run(insert, err) != 0)
			goto out;
		u->recipient = sqlite3_last_insert_rowid(s->w->db);
		u->ref = ref = arena_alloc(s->v.arena, 26);
		mail_text_token(&s->text, u, u->recipient, ref);
		db_i64(token, 1, u->recipient);
		db_text(token, 2, ref);
		if (db_run(token, err) != 0)
			goto out;
	}
	r = 0;
out:
	sqlite3_finalize(insert);
	sqlite3_finalize(token);
	return r;
}

/* Write the plan down, or take up the one there is. */
static int
plan(struct sending *s, struct err *err)
{
	int fresh = s->v.mailing == 0;

	if (!fresh && late(s) == 0 && strcmp(s->v.out, s->place) == 0 &&
	    strcmp(s->v.template_sha256, s->text.sha256) == 0)
		return 0;
	talk_step("mail.1");
	if (db_begin(s->w->db, err) != 0)
		return -1;
	if (write_mailing(s, err) != 0 || write_recipients(s, fresh, err) != 0 ||
	    disposition_write(s->w, s->study, err) != 0)
		goto undo;
	talk_step("mail.2");
	if (db_commit(s->w->db, err) != 0)
		goto undo;
	talk_step("mail.3");
	return 0;

undo:
	db_rollback(s->w->db);
	return -1;
}

/* ------------------------------------------------------------- hand over -- */

/* Write down what became of a group, in one transaction. */
static int
settle(struct sending *s, struct mail_unit *const *group, size_t n, int last,
    struct err *err)
{
	sqlite3_stmt *sent = NULL, *off = NULL;
	int64_t all = 0;

	if (db_begin(s->w->db, err) != 0)
		return -1;
	if (db_prepare(s->w->db, "UPDATE mailing_recipient SET state = 'sent',"
	    " sent = ?2 WHERE id = ?1 AND state = 'planned'", &sent, err) != 0 ||
	    db_prepare(s->w->db, "DELETE FROM mailing_recipient WHERE id = ?1"
	    " AND state = 'planned'", &off, err) != 0)
		goto undo;
	for (size_t i = 0; i < n; i++) {
		sqlite3_stmt *q = group[i]->sent ? sent : off;

		db_i64(q, 1, group[i]->recipient);
		if (group[i]->sent)
			db_i64(q, 2, s->w->now);
		if (db_run(q, err) != 0)
			goto undo;
	}
	sqlite3_finalize(sent);
	sqlite3_finalize(off);
	sent = off = NULL;
	for (size_t i = 0; last && i < s->v.n; i++)
		all += s->v.unit[i].sent;
	if (disposition_write(s->w, s->study, err) != 0 ||
	    (last && studies_event(s->w, s->study, "mail", err,
	    "%s: all %" PRId64 " are sent", s->v.name, all) != 0) ||
	    db_commit(s->w->db, err) != 0)
		goto undo;
	talk_step("mail.6");
	return 0;

undo:
	sqlite3_finalize(sent);
	sqlite3_finalize(off);
	db_rollback(s->w->db);
	return -1;
}

/* Hand over a group: who is there already counts as sent, who has dropped out
 * since the plan is taken off it, the others get their letter now. */
static int
send_group(struct sending *s, struct mail_unit *const *group, size_t n,
    int last, struct err *err)
{
	struct letter *letter = mem_array(n, sizeof(*letter));
	struct arena *arena = arena_new();
	size_t letters = 0;
	int r = -1;

	for (size_t i = 0; i < n; i++) {
		struct mail_unit *u = group[i];

		u->sent = 1;
		if (s->out->there(s->ctx, u->recipient))
			continue;
		if (u->why != MAIL_WRITE)
			u->sent = 0;
		else if (mail_text_letter(&s->text, u, u->recipient, arena,
		    &letter[letters++], err) != 0)
			goto out;
	}
	if (letters > 0 && s->out->put(s->ctx, letter, letters, err) != 0)
		goto out;
	talk_step("mail.5");
	r = settle(s, group, n, last, err);
out:
	arena_free(arena);
	free(letter);
	return r;
}

static int
hand_over(struct sending *s, int64_t *sent, struct err *err)
{
	struct mail_unit **todo = mem_array(s->v.n, sizeof(*todo));
	size_t n = 0, most = s->out->group;
	int r = 0;

	for (size_t i = 0; i < s->v.n; i++)
		if (s->v.unit[i].recipient != 0 && !s->v.unit[i].sent &&
		    !s->v.unit[i].uncertain)
			todo[n++] = &s->v.unit[i];
	for (size_t at = 0, k; r == 0 && at < n; at += k) {
		k = most > 0 && n - at > most ? most : n - at;
		r = send_group(s, todo + at, k, at + k == n, err);
		talk_progress(s->w->talk, s->v.name, (int64_t)(at + k), (int64_t)n);
	}
	*sent = 0;
	for (size_t i = 0; i < n; i++)
		*sent += todo[i]->sent;
	free(todo);
	return r;
}

/* ----------------------------------------------------------------- whole -- */

/* The letters to the first of those who are (1) or are not (0) written to. */
static int
show_some(struct sending *s, const struct mail_ask *ask, int sent, int *n,
    struct err *err)
{
	struct arena *arena = arena_new();
	int r = 0;

	for (size_t i = 0; i < s->v.n && *n < ask->preview; i++) {
		const struct mail_unit *u = &s->v.unit[i];
		struct letter l;

		if (u->sent != sent || (!sent && u->why != MAIL_WRITE) ||
		    (s->v.mailing != 0 && u->recipient == 0))
			continue;
		r = mail_text_letter(&s->text, u, u->recipient, arena, &l, err);
		if (r != 0)
			break;
		if ((*n)++ > 0)
			buf_str(ask->shown, "\n--------\n\n");
		buf_add(ask->shown, l.message, l.len);
	}
	arena_free(arena);
	return r;
}

static int
show(struct sending *s, const struct mail_ask *ask, struct err *err)
{
	int n = 0;

	s->text.show = 1;
	if (show_some(s, ask, 0, &n, err) != 0)
		return -1;
	if (n > 0)
		return 0;
	if (show_some(s, ask, 1, &n, err) != 0)
		return -1;
	talk_line(s->w->talk, n > 0 ? "all are sent already; with the texts of "
	    "now they would read:" : "there is nobody to write to: no letter");
	return 0;
}

/* A list that is gone is written again, with the same tokens: it names nobody
 * anew.  A maildir is emptied by who sends it, and is left alone. */
static int
again(struct sending *s, struct err *err)
{
	struct letter *letter;
	struct arena *arena;
	size_t n = 0;
	int r = 0;

	if (!s->out->moves || strcmp(s->v.out, s->place) != 0 ||
	    file_exists(s->where))
		return 0;
	if (s->out->open(s->where, s->text.study->name, &s->ctx, err) != 0)
		return -1;
	letter = mem_array(s->v.n, sizeof(*letter));
	arena = arena_new();
	for (size_t i = 0; r == 0 && i < s->v.n; i++) {
		const struct mail_unit *u = &s->v.unit[i];

		if (u->sent && u->why == MAIL_WRITE)
			r = mail_text_letter(&s->text, u, u->recipient, arena,
			    &letter[n++], err);
	}
	if (r == 0 && n > 0 && (r = s->out->put(s->ctx, letter, n, err)) == 0)
		talk_line(s->w->talk, "the list was gone: written again for the %zu "
		    "who may still be written to", n);
	s->out->close(s->ctx);
	arena_free(arena);
	free(letter);
	return r;
}

/* One by one; "all are sent" is an event of its own. */
static int
hand_over_each(struct sending *s, const struct mail_ask *ask, struct err *err)
{
	const struct mail_each each = { .w = s->w, .study = s->study, .ask = ask,
	    .out = s->out, .ctx = s->ctx, .v = &s->v, .text = &s->text, .r = s->r };
	int64_t all = 0;

	if (mail_each(&each, err) != 0)
		return -1;
	for (size_t i = 0; i < s->v.n; i++) {
		const struct mail_unit *u = &s->v.unit[i];

		all += u->sent;
		if (u->recipient != 0 && !u->sent && u->why == MAIL_WRITE)
			return 0;
	}
	return studies_event(s->w, s->study, "mail", err, "%s: all %" PRId64
	    " are sent", s->v.name, all);
}

static int
carry_out(struct sending *s, const struct mail_ask *ask, struct err *err)
{
	int64_t before, sent, rejected;
	int r;

	if (check_begun(s, err) != 0 || check_addresses(&s->v, err) != 0)
		return -1;
	mail_wave_count(&s->v, s->r);
	before = s->r->before;
	if (s->v.mailing != 0 ? unsent(s) == 0 : s->r->planned == 0) {
		/* nothing to do; whoever names another place must not think so */
		if (s->v.mailing != 0 && strcmp(s->v.out, s->place) != 0)
			talk_line(s->w->talk, "this wave went to %s: nothing is "
			    "written to %s", s->v.out, s->place);
		return s->v.mailing != 0 ? again(s, err) : 0;
	}
	if (s->out->connect != NULL ? mail_each_open(s->w, ask, err) != 0 ||
	    s->out->connect(s->w->set, &s->ctx, err) != 0 :
	    s->out->open(s->where, s->text.study->name, &s->ctx, err) != 0)
		return -1;
	r = plan(s, err);
	if (r == 0)
		r = s->out->hand != NULL ? hand_over_each(s, ask, err) :
		    hand_over(s, &s->r->sent, err);
	s->out->close(s->ctx);
	if (r != 0)
		return -1;
	/* as it is now: some were found handed over, some were taken off */
	sent = s->r->sent;
	rejected = s->r->rejected;
	mail_wave_count(&s->v, s->r);
	s->r->before = before;
	s->r->sent = sent;
	s->r->rejected = rejected;
	return 0;
}

int
mail_send(const struct world *w, const struct study *study, int64_t study_id,
    const struct mail_ask *ask, struct mail_result *ret, struct err *err)
{
	struct sending s = { .w = w, .study = study_id, .r = ret };
	int r = -1;

	memset(ret, 0, sizeof(*ret));
	s.text.template = s.text.html = s.text.art14 = s.text.art14_en =
	    (struct buf)BUF(0);
	if ((!w->dry_run && ask->preview <= 0 &&
	    mail_recover(w, study_id, err) != 0) ||
	    mail_wave_read(w, study_id, ask->wave, &s.v, err) != 0 ||
	    (ask->preview <= 0 && (parse_out(&s, ask->out, err) != 0 ||
	    mail_wave_due(w, study, study_id, &s.v, err) != 0)) ||
	    mail_text_load(w, study, &s.v, ask->preview > 0 || s.out->message,
	    s.v.bounce, &s.text, err) != 0)
		goto out;
	if (ask->preview > 0)
		r = show(&s, ask, err);
	else if (w->dry_run) {
		mail_wave_count(&s.v, ret);
		r = 0;
	} else
		r = carry_out(&s, ask, err);
	ret->reminder = s.v.reminder;
out:
	mail_text_free(&s.text);
	mail_wave_free(&s.v);
	free(s.place);
	return r;
}

int
mail_count(const struct world *w, const struct study *study, int64_t study_id,
    const char *wave, struct mail_result *ret, struct err *err)
{
	struct mail_wave v;
	int r = mail_wave_read(w, study_id, wave, &v, err);

	memset(ret, 0, sizeof(*ret));
	if (r == 0) {
		mail_wave_count(&v, ret);
		r = mail_wave_when(w, study, study_id, &v, &ret->due, err);
		ret->too_many = v.reminder > study->reminders && v.mailing == 0;
	}
	ret->reminder = v.reminder;
	mail_wave_free(&v);
	return r;
}

int
mail_resolve(const struct world *w, int64_t study_id, const char *wave,
    int sent, int64_t *n, struct err *err)
{
	char name[MAIL_WAVE_NAME];
	sqlite3_stmt *s;
	int reminder, r;

	if (mail_recover(w, study_id, err) != 0 ||
	    mail_wave_which(w, study_id, wave, &reminder, err) != 0 ||
	    db_begin(w->db, err) != 0)
		return -1;
	mail_wave_name(reminder, name);
	r = db_prepare(w->db, "UPDATE mailing_recipient SET state = ?3, sent ="
	    " iif(?3 = 'sent', sent, NULL) WHERE state = 'uncertain' AND mailing IN"
	    " (SELECT id FROM mailing WHERE study = ?1 AND wave = ?2)", &s, err);
	if (r == 0) {
		db_i64(s, 1, study_id);
		db_text(s, 2, name);
		db_text(s, 3, sent ? "sent" : "planned");
		r = db_run(s, err);
		*n = sqlite3_changes(w->db);
		sqlite3_finalize(s);
	}
	if (r == 0 && *n > 0)
		r = studies_event(w, study_id, "mail", err, "%s: %" PRId64
		    " uncertain: %s", name, *n, sent ? "they were sent" :
		    "they are written to again");
	if (r == 0)
		r = disposition_write(w, study_id, err);
	if (r == 0)
		return db_commit(w->db, err);
	db_rollback(w->db);
	return -1;
}
