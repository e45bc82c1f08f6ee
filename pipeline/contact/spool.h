#ifndef PIPELINE_CONTACT_SPOOL_H
#define PIPELINE_CONTACT_SPOOL_H

/*
 * spool -- where returned mail waits: STATE/spool with tmp/ new/ done/ unknown/.
 *
 * spool_put() is all that utvalg-hook does: the whole of ${fd} into tmp/, every
 * short write seen, fsync, rename to new/, fsync of the folder.  A message over
 * ${max} octets is read to its end, its head is kept and that is noted.  The
 * envelope stands in front of the mail, in lines "X-Utvalg-Envelope-...:", so
 * that one file is one delivery and nothing can come apart.
 *
 * Names: SECONDS.MICROSECONDS_PID_RANDOM.  Nothing here opens the database.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"

struct envelope {		/* NULL: not known */
	const char *sender, *recipient, *original, *extension;
};

enum { SPOOL_MAX = 50 << 20 };

int spool_make(const char *spool, struct err *);	/* the folders, 0700 */
int spool_put(const char *spool, int fd, const struct envelope *, size_t max,
    struct err *);

/*
 * Split a spooled file into its envelope and the mail: *${mail} points behind
 * the envelope lines.  The strings are written into ${room} (at least 2048
 * octets).  A file without such lines (a maildir's) has an empty envelope.
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
