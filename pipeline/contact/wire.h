#ifndef PIPELINE_CONTACT_WIRE_H
#define PIPELINE_CONTACT_WIRE_H

/*
 * wire -- a line to a server that keeps mail, in lines and octets.
 *
 * libcurl makes the connection: name, TLS or STARTTLS with a certificate that
 * holds, authentication by the best way the server offers.  What is said then
 * is said here, because libcurl 7.88 can neither read a mail without flagging
 * it \Seen nor hold a size against a limit before it reads.
 *
 * Failure is -1 with EX_TEMPFAIL where the line broke or the server is silent,
 * EX_PROTOCOL where it says what no server says; the connection is of no more
 * use then.
 */

#include <stddef.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"

struct wire_server {
	const char *url;	/* imap, imaps, pop3, pop3s://HOST[:PORT]; what follows
				 * the first '/' is left off */
	const char *user, *password;
	const char *ca_file;	/* or "" */
	int starttls;		/* imap, pop3: insist on it; 0: in the clear */
	long timeout;		/* seconds to wait for the next octet */
};

enum { WIRE_LINE_MAX = 1 << 20 };

struct wire;
/* NULL: EX_TEMPFAIL; wrong user or password: EX_NOPERM. */
struct wire *wire_open(const struct wire_server *, struct err *);
void wire_close(struct wire *);		/* NULL is harmless */

int wire_put(struct wire *, const char *data, size_t len, struct err *);
/* The next line without its end; longer than WIRE_LINE_MAX is EX_PROTOCOL. */
int wire_line(struct wire *, struct buf *line, struct err *);
/* The next ${n} octets, behind what ${out} holds. */
int wire_octets(struct wire *, size_t n, struct buf *out, struct err *);

#endif /* !PIPELINE_CONTACT_WIRE_H */
