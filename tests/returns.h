#ifndef TESTS_RETURNS_H
#define TESTS_RETURNS_H

/*
 * returns -- on top of fixture.h, a study that has written to six units five
 * days ago, and mails that come back.  Recipient 101 is unit 1,
 * post1@bedrift.example, and so on; returns come to b@svar.example.no.
 */

#include "pipeline/base/date.h"
#include "pipeline/contact/token.h"
#include "tests/fixture.h"

#define RETURNS_DOMAIN	"svar.example.no"
#define RETURNS_DAY	86400

__attribute__((format(printf, 2, 3))) static inline void
returns_sql(struct fixture *f, const char *fmt, ...)
{
	char sql[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sql, sizeof(sql), fmt, ap);
	va_end(ap);
	fixture_exec(f, sql);
}

/* A mailing of a study to its units, ids from ${first}, sent so long ago. */
static inline void
returns_mailing(struct fixture *f, int id, int study, const char *wave,
    const char *bounce, int first, int days)
{
	long long at = (long long)f->w.now - (long long)days * RETURNS_DAY;

	returns_sql(f, "INSERT INTO mailing (id, study, wave, planned, out, bounce,"
	    " template_sha256) VALUES (%d, %d, '%s', %lld, 'csv:/x', '%s', '')", id,
	    study, wave, at, bounce);
	returns_sql(f, "INSERT INTO mailing_recipient (id, mailing, sample_unit,"
	    " address, email_key, state, sent) SELECT %d + u.id %% 1000, %d, u.id,"
	    " f.email, f.email_key, 'sent', %lld FROM sample_unit u JOIN sample s ON"
	    " s.id = u.sample JOIN frame_unit f ON f.id = u.frame_unit WHERE"
	    " s.study = %d", first, id, at, study);
}

/* Draw the six units for a study, sample units from ${first} + 1. */
static inline void
returns_draw(struct fixture *f, int study, int first)
{
	fixture_frame(f);
	returns_sql(f, "UPDATE frame SET study = %d WHERE id = %lld", study,
	    (long long)f->frame);
	returns_sql(f, "INSERT INTO sample (id, study, frame, drawn, design,"
	    " salt_sha256, units, list_sha256) VALUES (%d, %d, %lld, 1, '', '', 6,"
	    " '')", study, study, (long long)f->frame);
	for (int i = 1; i <= 6; i++) {
		char key[16], email[64];

		snprintf(key, sizeof(key), "%09d", 810000000 + i);
		snprintf(email, sizeof(email), "post%d@bedrift.example", i);
		returns_sql(f, "INSERT INTO sample_unit (id, sample, frame_unit,"
		    " stratum, pi, weight, token) VALUES (%d, %d, %lld, 'all', 1, 1,"
		    " 't%d')", first + i, study, (long long)fixture_unit(f, key, "nord",
		    "mat", "Bedrift", email, 1, 1), first + i);
	}
}

static inline void
returns_open(struct fixture *f)
{
	static char plus[] = "+", none[] = "";

	fixture_open(f);
	f->set.delimiter = plus;
	f->set.rules = none;
	returns_draw(f, 1, 0);
	returns_mailing(f, 1, 1, "invite", "b@" RETURNS_DOMAIN, 100, 5);
}

/* Another study with the same six units, written to as recipients 201 to 206. */
static inline void
returns_second(struct fixture *f, const char *bounce, int days)
{
	returns_sql(f, "INSERT INTO study (id, name, file, folder, file_sha256,"
	    " created) VALUES (2, 'stor', x'', '', '', 1)");
	returns_draw(f, 2, 1000);
	returns_mailing(f, 2, 2, "invite", bounce, 200, days);
}

/* The token of a recipient, sent so long ago; the same few buffers in turn. */
static inline const char *
returns_token_of(struct fixture *f, const char *domain, int key,
    int64_t recipient, int days)
{
	static char out[4][TOKEN_LEN + 1];
	static int turn;
	unsigned char set[KEYS_BOUNCE];
	struct token_keys keys = { NULL, set, key };

	keys.key = (const unsigned char (*)[32])f->keys.bounce;
	memset(set, 1, sizeof(set));	/* also one that the reader has lost */
	turn = (turn + 1) % 4;
	token_make(&keys, domain, recipient, date_of(f->w.now) - days, out[turn]);
	return out[turn];
}

static inline const char *
returns_token(struct fixture *f, int64_t recipient)
{
	return returns_token_of(f, RETURNS_DOMAIN, 0, recipient, 5);
}

__attribute__((format(printf, 1, 2))) static inline const char *
returns_text(const char *fmt, ...)
{
	static char out[32][400];
	static int turn;
	va_list ap;

	turn = (turn + 1) % 32;
	va_start(ap, fmt);
	vsnprintf(out[turn], sizeof(out[turn]), fmt, ap);
	va_end(ap);
	return out[turn];
}

/* A delivery status notification; NULL: that field is not there. */
struct returned {
	const char *to, *delivered, *message_id, *received;	/* of the mail */
	const char *envid, *original, *final, *action, *status, *diagnostic;
	const char *copy_path, *copy_to, *copy_id, *copy_ref;	/* of the copy */
};

static inline void
returns_field(struct buf *b, const char *name, const char *value)
{
	if (value != NULL)
		buf_printf(b, "%s: %s\n", name, value);
}

static inline void
returns_mail(const struct returned *r, struct buf *b)
{
	const char *dash = "--grense\n";

	buf_clear(b);
	returns_field(b, "Delivered-To", r->delivered);
	returns_field(b, "Received", r->received);
	returns_field(b, "Message-ID", r->message_id);
	buf_printf(b, "From: Mail Delivery System <MAILER-DAEMON@mx.example.org>\n"
	    "To: %s\nSubject: Undelivered Mail Returned to Sender\n"
	    "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
	    "Content-Type: multipart/report; report-type=delivery-status;\n"
	    "\tboundary=\"grense\"\n\n%sContent-Type: text/plain\n\n"
	    "This is the mail system at host mx.example.org.\n\n%s"
	    "Content-Type: message/delivery-status\n\n"
	    "Reporting-MTA: dns; mx.example.org\n",
	    r->to != NULL ? r->to : "someone@example.org", dash, dash);
	returns_field(b, "Original-Envelope-Id", r->envid);
	buf_str(b, "\n");
	returns_field(b, "Original-Recipient", r->original);
	returns_field(b, "Final-Recipient", r->final);
	returns_field(b, "Action", r->action != NULL ? r->action : "failed");
	returns_field(b, "Status", r->status != NULL ? r->status : "5.1.1");
	returns_field(b, "Diagnostic-Code", r->diagnostic != NULL ?
	    r->diagnostic : "smtp; 550 5.1.1 User unknown");
	if (r->copy_path != NULL || r->copy_to != NULL || r->copy_id != NULL ||
	    r->copy_ref != NULL) {
		buf_printf(b, "\n%sContent-Type: text/rfc822-headers\n\n", dash);
		returns_field(b, "Return-Path", r->copy_path);
		buf_str(b, "From: Studie <studie@example.no>\n");
		returns_field(b, "To", r->copy_to);
		returns_field(b, "Message-ID", r->copy_id);
		returns_field(b, "X-Utvalg-Ref", r->copy_ref);
		buf_str(b, "Subject: Noen spørsmål\n");
	}
	buf_str(b, "\n--grense--\n");
}

#endif /* !TESTS_RETURNS_H */
