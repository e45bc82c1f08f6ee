#ifndef PIPELINE_CONTACT_MIME_H
#define PIPELINE_CONTACT_MIME_H

/*
 * mime -- the parts of a mail that say what became of another (GMime).
 *
 * A flat list in order of the mail: texts (HTML as text), machine-readable
 * parts, and the headers of returned messages.  What is inside a returned or
 * forwarded message is not in the list, so that its reports are never taken
 * for ours.  A message that came base64 or quoted-printable, against RFC 2046,
 * is read all the same.
 *
 * Texts are UTF-8 whatever they were, without control characters but LF; tabs
 * are blanks.  Unlabelled octets are read as UTF-8, else Windows-1252.
 */

#include <stddef.h>

#include "pipeline/base/mem.h"
#include "pipeline/contact/field.h"

struct bounce_limits;

enum mime_sort {
	MIME_TEXT,		/* text/plain, or a part of no known type's preamble */
	MIME_HTML,		/* as text */
	MIME_STATUS,		/* message/delivery-status, global-delivery-status */
	MIME_FEEDBACK,		/* message/feedback-report */
	MIME_MDN,		/* message/disposition-notification */
	MIME_COPY,		/* a message, or text/rfc822-headers: its header */
	MIME_DATA,		/* anything else: type only */
};

struct mime_part {
	enum mime_sort sort;
	const char *type;	/* "text/plain", lower case */
	const char *name;	/* file name, or "" */
	const char *text;	/* TEXT, HTML, STATUS, FEEDBACK, MDN; else "" */
	size_t len;
	struct fields head;	/* COPY */
	size_t at;		/* COPY: where it begins in the mail's text, or 0 */
};

struct mime {
	struct fields head;	/* of the mail: those that bounce.c asks for */
	const char *type;	/* "multipart/report", lower case */
	const char *report_type;	/* parameter, or "" */
	struct mime_part *part;
	size_t npart;
	unsigned limits;	/* BOUNCE_LIMIT_... that were met */
	const char *raw;	/* the mail with LF, as far as it was read */
	size_t rawlen;
};

/* Everything lives in the arena.  ${limits} has no zeros. */
void mime_read(struct arena *, const char *mail, size_t len,
    const struct bounce_limits *limits, struct mime *);

/* HTML to text, at most as long as it was (and a bit): tags gone, block ends
 * to newlines, entities decoded. Returns a string in the arena. */
const char *mime_untag(struct arena *, const char *html, size_t len);

#endif /* !PIPELINE_CONTACT_MIME_H */
