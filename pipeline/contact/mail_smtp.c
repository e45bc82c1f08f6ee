#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"
#include "pipeline/contact/credential.h"
#include "pipeline/contact/smtp.h"

#include "pipeline/contact/mail_out.h"

enum { FAILURES = 2 };

struct way {
	struct smtp_server server;
	struct buf password;
	struct smtp *smtp;		/* NULL: to be connected */
	int failures;			/* lost in a row */
};

static int
describe(const struct settings *set, struct way *w, struct err *err)
{
	struct smtp_server *s = &w->server;

	s->url = set->smtp;
	s->helo = set->helo;
	s->user = set->user;
	s->password = "";
	s->ca_file = set->mail_ca_file;
	s->timeout = (long)set->mail_timeout;
	s->starttls = strcmp(set->starttls, "always") == 0 ? SMTP_TLS_ALWAYS :
	    strcmp(set->starttls, "never") == 0 ? SMTP_TLS_NEVER : SMTP_TLS_TRY;
	if (*s->url == '\0')
		return err_set(err, EX_CONFIG, "no mail server: set [mail] smtp");
	if (*s->user == '\0')
		return 0;
	if (!credential_is_here(s->url) && strncmp(s->url, "smtps:", 6) != 0) {
		if (s->starttls == SMTP_TLS_NEVER)
			return err_set(err, EX_CONFIG, "[mail] starttls is never: the "
			    "password would be read on the way");
		s->starttls = SMTP_TLS_ALWAYS;
	}
	if (credential_read(set->password_file, "utvalg-smtp",
	    "[mail] password_file", &w->password, err) != 0)
		return -1;
	s->password = buf_text(&w->password);
	return 0;
}

/* -------------------------------------------------------------------- way -- */

static void
way_close(void *ctx)
{
	struct way *w = ctx;

	smtp_close(w->smtp);
	credential_wipe(&w->password);
	free(w);
}

static int
way_connect(const struct settings *set, void **ctx, struct err *err)
{
	struct way *w = mem_alloc(sizeof(*w));

	w->password = (struct buf)BUF(1024);
	if (describe(set, w, err) != 0 ||
	    (w->smtp = smtp_open(&w->server, err)) == NULL) {
		way_close(w);
		return -1;
	}
	*ctx = w;
	return 0;
}

/* The mail without its first line: Return-Path is the receiving end's to write
 * (RFC 5321, 4.4). */
static const char *
without_path(const struct letter *l, size_t *len)
{
	const char *end = memchr(l->message, '\n', l->len);

	*len = l->len;
	if (strncmp(l->message, "Return-Path:", 12) != 0 || end == NULL)
		return l->message;
	*len = l->len - (size_t)(end + 1 - l->message);
	return end + 1;
}

/* The token in the return address. */
static void
envid(const struct letter *l, char out[static 64])
{
	const char *at = strchr(l->return_address, '@');
	const char *from = at;
	size_t n;

	while (from != NULL && from > l->return_address && from[-1] != '+' &&
	    from[-1] != '-')
		from--;
	n = from != NULL ? (size_t)(at - from) : 0;
	n = n < 63 ? n : 63;
	if (n > 0)
		memcpy(out, from, n);
	out[n] = '\0';
}

static int
way_hand(void *ctx, const struct letter *l, struct handed *ret, struct err *err)
{
	struct way *w = ctx;
	char token[64];
	size_t len;
	const char *mail = without_path(l, &len);

	envid(l, token);
	/* An idle server hangs up: what is lost is tried once more. */
	for (int try = 0; try < 2; try++) {
		memset(ret, 0, sizeof(*ret));
		ret->end = HANDED_LOST;
		ret->stage = "connect";
		if (w->smtp == NULL && (w->smtp = smtp_open(&w->server, err)) == NULL)
			return -1;
		smtp_send(w->smtp, l->return_address, l->address, token, mail, len,
		    ret);
		if (smtp_gone(w->smtp)) {
			smtp_close(w->smtp);
			w->smtp = NULL;
		}
		if (ret->end != HANDED_LOST)
			break;
	}
	if (ret->end != HANDED_LOST && ret->end != HANDED_UNKNOWN) {
		w->failures = 0;
		return 0;
	}
	if (ret->end == HANDED_LOST || ++w->failures >= FAILURES)
		return err_set(err, EX_TEMPFAIL, "the mail server: %s",
		    ret->end == HANDED_LOST ? ret->text :
		    "takes letters without an answer");
	return 0;
}

const struct mail_out mail_smtp = {
	.kind = "smtp",
	.message = 1,
	.connect = way_connect,
	.hand = way_hand,
	.close = way_close,
};
