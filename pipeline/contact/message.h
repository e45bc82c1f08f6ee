#ifndef PIPELINE_CONTACT_MESSAGE_H
#define PIPELINE_CONTACT_MESSAGE_H

/*
 * message -- from a template and a recipient to the octets of a mail.
 *
 * Names come from a register and a researcher's lists: they may hold newlines,
 * commas, quotes, anything.  Whatever a field holds, it stays inside its header
 * or its paragraph.  Pure: no clock, no file, no locale.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"

/* What a template may name as {NAME}; ${value} NULL: known, but not set here. */
struct message_field {
	const char *name, *value;
};

/*
 * Append ${template} with its fields filled in; "{{" and "}}" are braces.
 * Control characters of a value become blanks.  A field that is not known or
 * not set, a brace that is not closed: -1, EX_CONFIG, "line N: what", with the
 * fields there are; the text appended is then of no use.
 */
int message_expand(const char *template, const struct message_field *,
    size_t nfield, struct buf *, struct err *);
/* The same for a template that is HTML: a value is text there, & < > " ' of it
 * are written as entities, in attributes too. */
int message_expand_html(const char *template, const struct message_field *,
    size_t nfield, struct buf *, struct err *);

/* Can this stand as an address in headers and envelope?  Visible ASCII, one
 * "@" with something on either side, and nothing that structures a header. */
int message_address(const char *);

struct message {
	const char *return_path;	/* envelope sender */
	const char *from, *from_name;	/* name NULL or "": none */
	const char *to, *to_name;
	const char *subject, *body;	/* UTF-8; the body with LF or CRLF */
	const char *html;		/* the same as HTML, or NULL */
	int64_t date;			/* moment */
	const char *message_id;		/* without <> */
	const char *ref;		/* X-Utvalg-Ref */
	const char *unsubscribe;	/* URI, or NULL */
	const char *one_click;		/* https URI that takes a POST, or NULL */
};

/*
 * Append the mail, RFC 5322 with LF as line end, the envelope sender first as
 * Return-Path (a maildir has no other place for it), quoted-printable (RFC
 * 2045 6.7), names and subject as encoded words where they must be (RFC 2047).
 * With html: multipart/alternative (RFC 2046 5.1.4), the text first, for the last
 * that a reader can show is shown; both parts UTF-8 and quoted-printable.
 * No line is over 76 octets, but for an address that is longer itself.
 * Auto-Submitted: auto-generated (RFC 3834), so that nobody answers by robot.
 * List-Unsubscribe (RFC 2369), and with one_click List-Unsubscribe-Post (RFC
 * 8058).
 * -1 (EX_DATAERR) where an address cannot be written.
 */
int message_build(const struct message *, struct buf *, struct err *);

/* Append what a reader of the mail sees: from, to, subject, the text, and the HTML
 * as it is written; UTF-8 as it is and in no transfer encoding.  Not to be sent. */
void message_show(const struct message *, struct buf *);

#endif /* !PIPELINE_CONTACT_MESSAGE_H */
