#ifndef PIPELINE_SAMPLE_VERIFY_H
#define PIPELINE_SAMPLE_VERIFY_H

/*
 * verify -- is the sample what the frame, the study file and the salt give?
 *
 * Draws again from the frame that the sample was drawn from, takes every step
 * after the draw again (extend.h), and compares unit
 * by unit; looks at the record of the draw (record.h) and at its hash in the
 * log.  Writes nothing.
 *
 * The frame itself is not made again from the extract: what it was made of
 * stands in it by hash.
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

enum verify_record { VERIFY_SAME, VERIFY_MISSING, VERIFY_OTHER };

struct verify_result {
	int64_t frame_units;
	int64_t then, now;	/* units drawn */
	int64_t gone, new;	/* then and not now; now and not then */
	int64_t weights;	/* of both: with another probability, weight,
				 * stratum or step */
	int64_t strata;		/* with other counts */
	int64_t steps, other_steps;	/* after the draw; after which the list was
				 * another, or not so long */
	int list;		/* the hash of the list is the sample's */
	int64_t erased;		/* units of the frame that have been: over 0 the
				 * list cannot be compared, and says nothing */
	enum verify_record record;	/* the file, against the database */
	int logged;		/* its hash is in the log */
	int same;		/* all of it */
};

/* EX_NOINPUT: nothing has been drawn; EX_DATAERR: the study file or the salt is
 * not the frame's, so that nothing can be said. */
int verify(const struct world *, const struct study *, int64_t study_id,
    struct verify_result *, struct err *);

#endif /* !PIPELINE_SAMPLE_VERIFY_H */
