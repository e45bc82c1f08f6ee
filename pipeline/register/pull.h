#ifndef PIPELINE_REGISTER_PULL_H
#define PIPELINE_REGISTER_PULL_H

/*
 * pull -- stage 1: fetch an extract, read it, take it into force.
 *
 * All or nothing: the file is fetched to STATE/extracts/NAME.part, hashed,
 * synced and renamed; then read and loaded in one transaction, so readers see
 * yesterday's register until all of today's is in.  Refused whole, with
 * yesterday's in force, EX_DATAERR: not gzip, truncated, not JSON, cut in the
 * middle, no units at all, more than settings.max_loss of the units gone
 * (unless ${accept_loss}).  Trouble in fetching: EX_TEMPFAIL or EX_UNAVAILABLE;
 * a local file that is not there: EX_NOINPUT.  A refusal is a row of `extract`
 * all the same.  The same file again (same hash) changes nothing.
 *
 * Records that are no units are counted and listed in extract_fault; they are
 * never fatal by themselves.
 */

#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

struct pull_ask {
	const char *kind;	/* "enhet" or "underenhet" */
	const char *from;	/* file, URL, or NULL: the configured URL */
	int32_t date;		/* register date, DATE_NONE: from the header, the
				 * file's time, or the clock, in this order */
	const char *accept_loss;/* reason, or NULL */
};

struct pull_result {
	int64_t extract;	/* id */
	int32_t date;
	int unchanged;		/* the same file as the one in force */
	int64_t read, units, unreadable, added, changed, gone;
};

int register_pull(const struct world *, const struct pull_ask *,
    struct pull_result *, struct err *);

#endif /* !PIPELINE_REGISTER_PULL_H */
