#ifndef PIPELINE_REQUEST_LAY_H
#define PIPELINE_REQUEST_LAY_H

/*
 * request_lay -- the answer to a request: a folder RESULTS/ID that only the
 * asker's account and its owner can read, whole or not there.
 *
 * It is built as RESULTS/.tmp-ID and renamed.  The same request against the
 * same frame gives the same octets: no clock, only what the database and the
 * request itself hold.
 */

#include <stdint.h>
#include <sys/types.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/frame/frame.h"
#include "pipeline/store/world.h"

struct request_answer {
	const char *id;
	uid_t asker;
	int64_t handed_in;		/* moment */
	const struct study *study;	/* NULL where it could not be read */
	/* refused */
	const struct study_faults *faults;
	const char *why;		/* NULL: it was served */
	/* served */
	const struct frame_result *frame;
	int64_t study_id;
	int drawn;			/* the sample is part of the answer */
};

int request_lay(const struct world *, const struct request_answer *,
    struct err *);

/*
 * Let ${uid} read ${path} too, ${enter} if it is a folder, and nobody else but
 * its owner.  Nothing to do for root and for the running account.
 */
int request_allow(const char *path, uid_t uid, int enter, struct err *);

#endif /* !PIPELINE_REQUEST_LAY_H */
