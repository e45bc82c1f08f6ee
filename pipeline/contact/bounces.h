#ifndef PIPELINE_CONTACT_BOUNCES_H
#define PIPELINE_CONTACT_BOUNCES_H

/*
 * bounces -- stage 4, inward: from returned mail to evidence.
 *
 * Each mail is read (bounce.h), tied to a recipient by signed token first, by
 * address second (rules of returned mail, section 4), written down with what
 * it says, and only then moved out of new/.  Killed anywhere and run again, the
 * same mail is the same row.  What is not understood goes to unknown/ and is
 * counted; a mail that breaks the reader is kept, marked and skipped.
 *
 * Not located (Ikke lokalisert), per study: kind bounce, reason hard, no
 * recipient, but evidence that it is ours.  Without such evidence a bounce is
 * unassigned, outside every study.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

struct bounces_ask {
	const char *maildir, *mbox;	/* read in place, nothing is moved; or NULL */
	char *const *file;		/* further files; read in place */
	size_t nfile;
	int spool;			/* read STATE/spool (default without others) */
};
struct bounces_result {
	int64_t read, again;		/* mails; of them seen before */
	int64_t bounce, delayed, delivered, auto_reply, feedback, mdn, challenge,
	    other, broken;		/* of the new ones; sum = read - again */
	int64_t located, by_address, ambiguous, not_located, unassigned,
	    bad_token;			/* of the bounces' recipients */
	int64_t left;			/* files that could not be read at all */
};

int bounces_read(const struct world *, const struct bounces_ask *,
    struct bounces_result *, struct err *);

#endif /* !PIPELINE_CONTACT_BOUNCES_H */
