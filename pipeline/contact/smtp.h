#ifndef PIPELINE_CONTACT_SMTP_H
#define PIPELINE_CONTACT_SMTP_H

/*
 * smtp -- a conversation with the mail server that takes our letters.
 *
 * libcurl makes the connection: name, TLS or STARTTLS, EHLO, authentication.
 * The transactions are spoken here (RFC 5321), because libcurl 7.88 neither
 * sends the parameters of RFC 3461 nor tells which command was answered how.
 *
 * Where the server offers DSN: MAIL FROM with RET=HDRS ENVID=TOKEN, RCPT TO
 * with NOTIFY=FAILURE,DELAY ORCPT=rfc822;ADDRESS (xtext, section 4 there).
 *
 * The moment that matters is the end of the data.  Until the last octet of it
 * is on its way, the letter cannot have been taken: HANDED_LOST.  From then on
 * only an answer tells: HANDED_UNKNOWN without one.
 *
 * Steps to be killed at: smtp.1 (before the end of the data), smtp.2 (behind the
 * server's answer).
 */

#include <stddef.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/contact/mail_out.h"

enum smtp_tls { SMTP_TLS_NEVER, SMTP_TLS_TRY, SMTP_TLS_ALWAYS };

struct smtp_server {
	const char *url;	/* smtp://HOST[:PORT] or smtps://HOST[:PORT] */
	const char *helo;	/* own name, or "" */
	const char *user, *password;	/* "": none */
	const char *ca_file;	/* or "" */
	enum smtp_tls starttls;	/* try: as good as it gets, not verified */
	long timeout;		/* seconds to wait for an answer; twice that at the
				 * end of the data (RFC 5321, 4.5.3.2) */
};

struct smtp;

/*
 * Connect.  NULL: cannot be reached, TLS or its certificate fails, not the
 * password: EX_TEMPFAIL, all but the last (EX_NOPERM).  The strings of the
 * server must live as long.
 */
struct smtp *smtp_open(const struct smtp_server *, struct err *);
void smtp_close(struct smtp *);		/* with QUIT; NULL is harmless */

int smtp_offers(const struct smtp *, const char *word);	/* "DSN", "SIZE" ... */

/*
 * One letter: ${from} and ${to} as message_address(), ${envid} of letters and
 * digits, the mail with LF or CRLF.  After HANDED_LOST and HANDED_UNKNOWN, and
 * where smtp_gone() says so, the connection is of no more use.
 */
void smtp_send(struct smtp *, const char *from, const char *to,
    const char *envid, const char *mail, size_t len, struct handed *ret);
int smtp_gone(const struct smtp *);

/* Pure, for tests. */

/* An answer, complete or not: octets of it at the head of ${data}; 0: more is
 * needed; -1: it is none. */
int smtp_answer(const char *data, size_t len, struct handed *ret);
/* The mail as it is sent: CRLF, dots doubled, the end behind it. */
void smtp_stuff(const char *mail, size_t len, struct buf *);
/* RFC 3461, 4. */
void smtp_xtext(const char *, struct buf *);

#endif /* !PIPELINE_CONTACT_SMTP_H */
