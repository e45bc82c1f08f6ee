#ifndef PIPELINE_CONTACT_REPLAY_H
#define PIPELINE_CONTACT_REPLAY_H

/*
 * replay -- the archive of returned mail, read again with the rules of today.
 *
 * Every mail that is kept (done/ and unknown/ of the spool) is read, located and
 * judged as if it came now for the first time, at the moment it came.  What
 * changes is told line by line; with ${apply} it is written in one transaction:
 * the old reading is kept as superseded, marks of persons are laid over the new
 * one, and dispositions follow.  Without, everything is done and rolled back, so
 * that what is shown is what would be.
 *
 * A mail that broke the reader once is not read again, nor is one whose file is
 * gone or is not the same: counted.
 *
 * Steps to be killed at: replay.1 (before the first), replay.2 (before the end of
 * the transaction), replay.3 (behind it).
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/base/mem.h"
#include "pipeline/store/world.h"

struct replay_change {
	const char *study;	/* name; "" of none */
	int64_t message;	/* 0: a disposition */
	const char *what;	/* kind, study, status, reason, hard, fault, recipient,
				 * disposition */
	const char *was, *is;	/* "" where there is none */
	int64_t n;		/* units, of a disposition */
};

struct replay {
	int64_t mails, kept, same, changed, gone, broken;	/* mails = kept +
				 * gone + broken; kept = same + changed */
	struct replay_change *change;	/* by study, what, was, is, message */
	size_t nchange;
	struct arena *arena;
};

int replay_run(const struct world *, int apply, struct replay *, struct err *);
void replay_free(struct replay *);

#endif /* !PIPELINE_CONTACT_REPLAY_H */
