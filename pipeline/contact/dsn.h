#ifndef PIPELINE_CONTACT_DSN_H
#define PIPELINE_CONTACT_DSN_H

/*
 * dsn -- the fields of a delivery report (RFC 3464, RFC 6533).
 *
 * Blocks parted by empty lines: one per message, then one per recipient.
 * Tolerated: a missing first block, more empty lines, lines without colon,
 * several recipients in one block, a recipient's fields in two blocks.
 */

#include <stddef.h>

#include "pipeline/base/mem.h"
#include "pipeline/contact/bounce.h"

struct dsn_recipient {
	const char *original, *final;	/* addresses, or NULL */
	enum bounce_kind kind;	/* FINAL, DELAYED, DELIVERED: Action, else the
				 * class of the status, else OTHER: not known */
	const char *status;	/* as in `Status`, or NULL: missing, broken */
	const char *diagnostic;	/* without its type; "" if none */
	const char *type;	/* of the diagnostic, lower case: smtp, x-unix; "" */
	const char *status_text;	/* what stands behind the status */
};

struct dsn {
	const char *envelope_id;	/* Original-Envelope-Id, decoded; or NULL */
	struct dsn_recipient *recipient;
	size_t n;
	int more;		/* there were more than ${max} */
};

/* Add what this text says; *${dsn} is zero at first. */
void dsn_read(struct arena *, const char *text, size_t len, size_t max,
    struct dsn *);

/*
 * Which status to report (rules of returned mail, section 3): the field unless
 * it is weak, then the diagnostic's, then that of the text ${beside} the
 * recipient or, if that is empty, of the ${whole} text, then the weak one; NULL:
 * none.  For a 5.5.0 that the reporter made up the transcript in ${whole} comes
 * first.  Both texts may be NULL.
 */
const char *dsn_status(struct arena *, const struct dsn_recipient *,
    const char *beside, const char *whole);

#endif /* !PIPELINE_CONTACT_DSN_H */
