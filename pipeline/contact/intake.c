#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "config/value.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"
#include "pipeline/contact/credential.h"
#include "pipeline/contact/mailbox.h"
#include "pipeline/contact/spool.h"
#include "pipeline/store/store.h"

#include "pipeline/contact/intake.h"

enum { NAMED = 10 };

struct intake {
	const struct world *w;
	const char *spool;
	const struct mailbox_way *way;
	void *ctx;
	struct wire_server server;
	char *url;			/* without the user */
	char *user, *folder;
	char *box;			/* by which table mailbox_mail knows it */
	struct buf password;
	enum mailbox_after after;
	struct mailbox_list list;
	sqlite3_stmt *known, *put, *understood, *settled;
};

void
mailbox_list_add(struct mailbox_list *l, const struct mailbox_mail *mail)
{
	if (l->n == l->cap) {
		l->cap = l->cap > 0 ? 2 * l->cap : 256;
		l->mail = mem_grow(l->mail, l->cap, sizeof(*l->mail));
	}
	l->mail[l->n++] = *mail;
}

void
mailbox_list_free(struct mailbox_list *l)
{
	free(l->mail);
	memset(l, 0, sizeof(*l));
}

/* ---------------------------------------------------------------- settings -- */

static char *
unescaped(const char *s, size_t len)
{
	int n = 0;
	char *out = curl_easy_unescape(NULL, s, (int)len, &n), *copy;

	copy = mem_strn(out != NULL ? out : "", out != NULL ? (size_t)n : 0);
	curl_free(out);
	return copy;
}

/* scheme://[user@]host[:port][/folder] taken apart. */
static int
take_url(struct intake *i, const char *url, struct err *err)
{
	const char *why = value_mailbox(url), *host, *slash, *at;
	struct buf plain = BUF(2048);

	if (why != NULL)
		return err_set(err, EX_USAGE, "the mailbox's URL %s", why);
	host = strstr(url, "://") + 3;
	slash = host + strcspn(host, "/");
	at = memchr(host, '@', (size_t)(slash - host));
	buf_add(&plain, url, (size_t)(host - url));
	buf_add(&plain, at != NULL ? at + 1 : host,
	    (size_t)(slash - (at != NULL ? at + 1 : host)));
	i->url = mem_str(buf_text(&plain));
	buf_free(&plain);
	i->user = at != NULL ? unescaped(host, (size_t)(at - host)) :
	    mem_str(i->w->set->mailbox_user);
	i->folder = slash[0] == '/' && slash[1] != '\0' ?
	    unescaped(slash + 1, strlen(slash + 1)) : mem_str("INBOX");
	i->way = strncmp(url, "pop3", 4) == 0 ? &mailbox_pop3 : &mailbox_imap;
	if (i->user == NULL || i->user[0] == '\0')
		return err_set(err, EX_CONFIG, "the mailbox has no user: set [bounces] "
		    "mailbox_user");
	return 0;
}

static int
take_after(struct intake *i, struct err *err)
{
	static const char *const word[] = { [MAILBOX_LEAVE] = "leave",
		[MAILBOX_SEEN] = "seen", [MAILBOX_MOVE] = "move",
		[MAILBOX_DELETE] = "delete" };
	const char *after = i->w->set->mailbox_after;

	for (enum mailbox_after a = MAILBOX_LEAVE; a <= MAILBOX_DELETE; a++)
		if (after != NULL && strcmp(after, word[a]) == 0)
			i->after = a;
	if (i->way == &mailbox_pop3 &&
	    (i->after == MAILBOX_SEEN || i->after == MAILBOX_MOVE))
		return err_set(err, EX_CONFIG, "[bounces] mailbox_after is %s: POP3 "
		    "has neither flags nor folders", word[i->after]);
	if (i->after == MAILBOX_MOVE && (i->w->set->mailbox_move_to == NULL ||
	    i->w->set->mailbox_move_to[0] == '\0'))
		return err_set(err, EX_CONFIG, "[bounces] mailbox_after is move, and "
		    "mailbox_move_to does not say where");
	return 0;
}

static int
describe(struct intake *i, struct err *err)
{
	const struct settings *set = i->w->set;
	struct wire_server *s = &i->server;
	struct buf box = BUF(4096);
	int tls = strncmp(i->url, "imaps:", 6) == 0 ||
	    strncmp(i->url, "pop3s:", 6) == 0;

	if (!tls && !set->mailbox_starttls && !credential_is_here(i->url))
		return err_set(err, EX_CONFIG, "[bounces] mailbox_starttls is no: the "
		    "password would be read on the way");
	if (credential_read(set->mailbox_password_file, "utvalg-mailbox",
	    "[bounces] mailbox_password_file", &i->password, err) != 0)
		return -1;
	s->url = i->url;
	s->user = i->user;
	s->password = buf_text(&i->password);
	s->ca_file = set->mailbox_ca_file != NULL ? set->mailbox_ca_file : "";
	s->starttls = !tls && set->mailbox_starttls;
	s->timeout = (long)set->mailbox_timeout;
	buf_printf(&box, "%s %s %s", i->url, i->user,
	    i->way == &mailbox_imap ? i->folder : "");
	i->box = mem_str(buf_text(&box));
	buf_free(&box);
	return 0;
}

struct intake *
intake_open(const struct world *w, const char *url, const char *spool,
    struct err *err)
{
	struct intake *i = mem_alloc(sizeof(*i));

	i->w = w;
	i->spool = spool;
	i->password = (struct buf)BUF(1024);
	if (take_url(i, url != NULL ? url : w->set->mailbox, err) != 0 ||
	    take_after(i, err) != 0 || describe(i, err) != 0 ||
	    db_prepare(w->db, "SELECT sha256, settled FROM mailbox_mail WHERE box = ?1"
	    " AND validity = ?2 AND uid = ?3", &i->known, err) != 0 ||
	    db_prepare(w->db, "INSERT INTO mailbox_mail (box, validity, uid, sha256,"
	    " fetched) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
	    &i->put, err) != 0 ||
	    db_prepare(w->db, "SELECT 1 FROM bounce_message WHERE sha256 = ?1"
	    " AND kind NOT IN ('other', 'broken')", &i->understood, err) != 0 ||
	    db_prepare(w->db, "UPDATE mailbox_mail SET settled = ?4 WHERE box = ?1"
	    " AND validity = ?2 AND uid = ?3", &i->settled, err) != 0 ||
	    i->way->open(&i->server, i->folder,
	    i->after != MAILBOX_LEAVE && !w->dry_run, &i->ctx, err) != 0) {
		intake_close(i);
		return NULL;
	}
	return i;
}

void
intake_close(struct intake *i)
{
	if (i == NULL)
		return;
	if (i->ctx != NULL)
		i->way->close(i->ctx);
	credential_wipe(&i->password);
	mailbox_list_free(&i->list);
	sqlite3_finalize(i->known);
	sqlite3_finalize(i->put);
	sqlite3_finalize(i->understood);
	sqlite3_finalize(i->settled);
	free(i->url);
	free(i->user);
	free(i->folder);
	free(i->box);
	free(i);
}

/* ------------------------------------------------------------------- fetch -- */

static void
bind_mail(const struct intake *i, sqlite3_stmt *s, const struct mailbox_mail *mail)
{
	db_text(s, 1, i->box);
	db_i64(s, 2, i->list.validity);
	db_text(s, 3, mail->uid);
}

/* 1: known, with its hash and whether it is settled; 0; -1. */
static int
is_known(struct intake *i, const struct mailbox_mail *mail, char sha256[65],
    int *settled, struct err *err)
{
	int r;

	bind_mail(i, i->known, mail);
	if ((r = db_step(i->known, err)) == 1) {
		snprintf(sha256, 65, "%s", db_col(i->known, 0));
		*settled = db_col(i->known, 1)[0] != '\0';
	}
	sqlite3_reset(i->known);
	return r;
}

/* The same mail gets the same name, however often it is fetched. */
static void
name_of(const struct intake *i, const struct mailbox_mail *mail, char out[80])
{
	struct buf b = BUF(8192);
	unsigned char sum[32];
	char hex[65];

	buf_printf(&b, "%s %" PRId64 " %s", i->box, i->list.validity, mail->uid);
	hash_sha256(buf_text(&b), b.len, sum);
	snprintf(out, 80, "mailbox_%.32s", hash_hex(sum, 32, hex));
	buf_free(&b);
}

static int
keep(struct intake *i, const struct mailbox_mail *mail, const struct buf *data,
    struct err *err)
{
	unsigned char sum[32];
	char sha256[65], name[80];
	int r;

	name_of(i, mail, name);
	if (spool_keep(i->spool, name, mail->received, buf_text(data), data->len,
	    err) != 0)
		return -1;
	talk_step("intake.1");
	hash_sha256(buf_text(data), data->len, sum);
	bind_mail(i, i->put, mail);
	db_text(i->put, 4, hash_hex(sum, 32, sha256));
	db_i64(i->put, 5, i->w->now);
	r = db_run(i->put, err);
	talk_step("intake.2");
	return r;
}

/* One mail of the list. */
static int
take(struct intake *i, const struct mailbox_mail *mail, struct buf *data,
    struct bounces_result *n, struct err *err)
{
	char sha256[65];
	int settled, r = is_known(i, mail, sha256, &settled, err);

	if (r != 0) {
		n->box_known += r == 1;
		return r < 0 ? -1 : 0;
	}
	if (mail->size > i->w->set->mailbox_max) {
		if (++n->box_large <= NAMED)
			talk_line(i->w->talk, "mailbox: mail %s has %" PRId64
			    " octets: left in place", mail->uid, mail->size);
		return 0;
	}
	if (!i->w->dry_run) {
		r = i->way->fetch(i->ctx, mail, (size_t)i->w->set->mailbox_max, data,
		    err);
		if (r == 0) {		/* somebody else took it */
			n->box_gone++;
			return 0;
		}
		if (r < 0 || keep(i, mail, data, err) != 0)
			return -1;
	}
	n->box_fetched++;
	return 0;
}

int
intake_fetch(struct intake *i, struct bounces_result *n, struct err *err)
{
	struct buf data = BUF((size_t)i->w->set->mailbox_max + 2);
	int r = i->way->list(i->ctx, &i->list, err);

	n->box_mails = (int64_t)i->list.n;
	for (size_t k = 0; r == 0 && k < i->list.n; k++) {
		r = take(i, &i->list.mail[k], &data, n, err);
		talk_progress(i->w->talk, "fetching returned mail", (int64_t)k + 1,
		    (int64_t)i->list.n);
	}
	buf_free(&data);
	n->box_unread = n->box_mails - n->box_known - n->box_fetched -
	    n->box_large - n->box_gone;
	return r != 0 ? err_context(err, "mailbox") : 0;
}

/* ------------------------------------------------------------------ settle -- */

static int
is_understood(struct intake *i, const char *sha256, struct err *err)
{
	int r;

	db_text(i->understood, 1, sha256);
	r = db_step(i->understood, err);
	sqlite3_reset(i->understood);
	return r;
}

static int
write_settled(struct intake *i, const struct mailbox_mail *mail, struct err *err)
{
	bind_mail(i, i->settled, mail);
	db_text(i->settled, 4, i->w->set->mailbox_after);
	return db_run(i->settled, err);
}

/* On the server first, then in the table: what is done twice is done once. */
static int
settle(struct intake *i, struct mailbox_mail **did, size_t *ndid, struct err *err)
{
	for (size_t k = 0; k < i->list.n; k++) {
		struct mailbox_mail *mail = &i->list.mail[k];
		char sha256[65];
		int settled = 0, r = is_known(i, mail, sha256, &settled, err);

		if (r == 1 && !settled)
			r = is_understood(i, sha256, err);
		if (r < 0)
			return -1;
		if (r == 0 || settled)
			continue;
		talk_step("intake.3");
		if (i->way->settle(i->ctx, mail, i->after,
		    i->w->set->mailbox_move_to, err) != 0)
			return -1;
		did[(*ndid)++] = mail;
	}
	return i->way->settle(i->ctx, NULL, i->after, NULL, err);
}

int
intake_settle(struct intake *i, struct bounces_result *n, struct err *err)
{
	struct mailbox_mail **did;
	size_t ndid = 0;
	int r;

	if (i->after == MAILBOX_LEAVE || i->w->dry_run)
		return 0;
	did = mem_array(i->list.n + 1, sizeof(struct mailbox_mail *));
	r = settle(i, did, &ndid, err);
	talk_step("intake.4");
	if (r == 0)
		r = db_begin(i->w->db, err);
	for (size_t k = 0; r == 0 && k < ndid; k++)
		r = write_settled(i, did[k], err);
	if (r == 0)
		r = db_commit(i->w->db, err);
	if (r == 0)
		n->box_settled = (int64_t)ndid;
	free(did);
	return r != 0 ? err_context(err, "mailbox") : 0;
}
