#ifndef PIPELINE_CONTACT_SIEVE_H
#define PIPELINE_CONTACT_SIEVE_H

/*
 * sieve -- the lines of a mail that a MIME parser is to see.
 *
 * One kind of newline, whatever came: CRLF, LF, or bare CR where there is no LF.
 * No NUL, and no more header lines in a run, octets in a header, and lines like
 * boundaries than anybody needs: GMime takes its time for each and has no limits
 * of its own.  That is the whole text.
 *
 * The short text is the same without what nobody asks of a mail and what takes
 * the parser longest: header fields that are not wanted, and the body of a
 * returned message, of which only the head is read.  Lines that may be
 * boundaries stay.  Both are linear in the mail.
 */

#include <stddef.h>

#include "pipeline/base/mem.h"

struct bounce_limits;

enum { SIEVE_COPIES = 32, SIEVE_HEADER = 65536 };

struct sieve {
	char *whole, *shorter;		/* in the arena */
	size_t nwhole, nshorter;
	struct {			/* returned messages, in their order */
		size_t in_whole, in_shorter;	/* where they begin */
	} copy[SIEVE_COPIES];
	size_t ncopy;
	unsigned limits;		/* BOUNCE_LIMIT_... that were met */
};

/* ${wanted}: is this header field asked for?  Its name is not NUL-terminated. */
void sieve_mail(struct arena *, const char *mail, size_t len,
    const struct bounce_limits *, int (*wanted)(const char *name, size_t len),
    struct sieve *);

/* Where in the whole text the returned message begins whose first field stands
 * at ${at} of the short one; 0: it is none of those that were noted. */
size_t sieve_origin(const struct sieve *, size_t at);

#endif /* !PIPELINE_CONTACT_SIEVE_H */
