#ifndef PIPELINE_CONTACT_SPOOL_H
#define PIPELINE_CONTACT_SPOOL_H

/*
 * spool -- where returned mail waits: STATE/spool with tmp/ new/ done/ unknown/.
 *
 * spool_put() is all that utvalg-hook does: the whole of ${fd} into tmp/, every
 * short write seen, fsync, rename to new/, fsync of the folder.  A message over
 * ${max} octets is read to its end, its head is kept and that is noted.  The
 * envelope stands in front of the mail, so that one file is one delivery and
 * nothing can come apart:
 *
 *	X-Utvalg-Envelope-Received: 2026-03-03T05:30:00Z
 *	X-Utvalg-Envelope-Sender: ...
 *	X-Utvalg-Envelope-Recipient: ...
 *	X-Utvalg-Envelope-Original: ...
 *	X-Utvalg-Envelope-Extension: ...
 *	X-Utvalg-Envelope-Cut: 0
 *	X-Utvalg-Envelope-End: 1
 *
 * What is not known is left out; a value is cut at 511 octets and its control
 * characters become '?'.  What stands behind the End line is the mail, octet by
 * octet, even where it begins with such lines itself.
 *
 * Names: SECONDS.MICROSECONDS_PID_RANDOM.  Nothing here opens the database, and
 * spool_put() and spool_make() allocate nothing: running out of memory would
 * end the hook with a status that makes the mail server give up.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"

struct envelope {		/* NULL: not known */
	const char *sender, *recipient, *original, *extension;
};

enum { SPOOL_MAX = 50 << 20 };

/* The folders that are missing, 0700; the one above ${spool} must be there: a
 * file system that is not mounted is no place for mail. */
int spool_make(const char *spool, struct err *);

/* Store one mail; the folders are made where tmp/ or new/ is missing.  On failure
 * nothing is left behind but what a kill leaves in tmp/. */
int spool_put(const char *spool, int fd, const struct envelope *, size_t max,
    struct err *);

/*
 * Store a mail that is whole in memory and came at ${received} (MOMENT_NONE:
 * not known) as ${name} in new/, likewise.  What is there by that name is
 * replaced: it is the same mail.
 */
int spool_keep(const char *spool, const char *name, int64_t received,
    const char *mail, size_t len, struct err *);

/* For a signal handler that is about to _exit(): remove the unfinished file of
 * the spool_put() that was interrupted, if any.  Async-signal-safe. */
void spool_abandon(void);

/* Remove what killed hooks left in tmp/ over ${age} seconds before ${now}. */
int spool_sweep(const char *spool, int64_t now, int64_t age, struct err *);

/*
 * Split a spooled file into its envelope and the mail: ${mail} points into
 * ${data}, behind the envelope lines.  A file that does not begin with an
 * envelope, End line and all, is all mail (a maildir's).
 */
struct spooled {
	char sender[512], recipient[512], original[512], extension[512];
	int64_t received;	/* MOMENT_NONE: not known */
	int cut;		/* the mail was longer than SPOOL_MAX */
	const char *mail;
	size_t len;
};
void spool_read(const char *data, size_t len, struct spooled *);

#endif /* !PIPELINE_CONTACT_SPOOL_H */
