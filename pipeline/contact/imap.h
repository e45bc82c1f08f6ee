#ifndef PIPELINE_CONTACT_IMAP_H
#define PIPELINE_CONTACT_IMAP_H

/*
 * imap -- a mailbox over IMAP4rev1 (RFC 3501; mailbox_imap of mailbox.h).
 *
 * Mails are read with BODY.PEEK[], so that nobody's unread mail turns read.  A
 * mail is moved with MOVE (RFC 6851), else COPY and a deletion; deleted with
 * UID EXPUNGE (UIDPLUS, RFC 4315) only: a plain EXPUNGE would take what others
 * have marked.
 *
 * Beneath it, pure: the words of a response.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buf.h"

/* A FETCH response, "* 12 FETCH (UID 5 RFC822.SIZE 99 ...)", as one text in
 * which "{N}" stands for a literal.  What it does not say is -1, MOMENT_NONE. */
struct imap_item {
	int64_t number, uid, size, received;
	int has_body;		/* BODY[] is there and is no NIL */
	int body_is_literal;
	const char *body;	/* where it is a quoted string: inside the quotes, with
				 * its backslashes; else NULL */
	size_t body_len;
};
/* 1: it is one; 0: another response; -1: a FETCH that cannot be understood. */
int imap_item(const char *line, size_t len, struct imap_item *);

/* Octets of the literal that this line ends with, "... {123}"; -1: none. */
int64_t imap_literal(const char *line, size_t len);

/* A mailbox's name as IMAP writes it: quoted, modified UTF-7 (RFC 3501 5.1.3).
 * 0, or -1 for what is no UTF-8. */
int imap_mailbox_name(const char *utf8, struct buf *out);

#endif /* !PIPELINE_CONTACT_IMAP_H */
