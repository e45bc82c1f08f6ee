#ifndef PIPELINE_REGISTER_PULL_H
#define PIPELINE_REGISTER_PULL_H

/*
 * pull -- stage 1: fetch an extract, read it, take it into force.
 *
 * All or nothing: the file is obtained whole (obtain.h), then read and loaded in
 * one transaction, so readers see yesterday's register until all of today's is
 * in.  Refused whole, with yesterday's in force, EX_DATAERR: not gzip,
 * truncated, neither JSON nor CSV (reader.h), cut in the middle, no units at all;
 * and, unless ${accept_loss}: more than settings.max_loss of the units gone, too
 * unlike in its counties, legal forms, e-mail addresses or fields (gates.h), of an
 * earlier day than the one in force, or in the other format, for the CSV does
 * not hold all that the JSON does and the rows of a million units would differ
 * (csvscan.h).  Trouble in fetching: EX_TEMPFAIL or EX_UNAVAILABLE; a local file
 * that is not there: EX_NOINPUT.  A refusal for what is in the file is a row of
 * `extract` all the same.  The same file again (same ETag from the same place, or same hash)
 * changes nothing.
 *
 * A fetched file is kept in STATE/extracts once it is in force, and so is one
 * refused for its losses: the register wants to be asked once a night, and
 * whoever looks into the losses can load that very file.
 *
 * Records that are no units are counted and listed in extract_fault, as are
 * numbers that came before in the same file; they are never fatal by
 * themselves.  ${read} is ${units}, ${unreadable} and ${erased} together.
 *
 * Before the configured URL is fetched the position of the change feed is asked
 * for (changes.h), and units that have been looked up after the file was made
 * stay as they are.  world->keys may be NULL while nothing has been erased.
 */

#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

struct pull_ask {
	const char *kind;	/* "enhet" or "underenhet" */
	const char *from;	/* file, URL, "-" (standard input), or NULL: the
				 * configured URL */
	int32_t date;		/* register date, DATE_NONE: from the header, the
				 * file's time, or the clock, in this order */
	const char *accept_loss;/* reason, kept as an event where it was needed;
				 * or NULL */
};

struct pull_result {
	int64_t extract;	/* id */
	int32_t date;
	int unchanged;		/* the same file as the one in force */
	int64_t read, units, unreadable, added, changed, gone;
	int64_t erased;		/* read, and left out: erased (erase.h) */
	int64_t kept;		/* not in it, and newer than it (changes.h) */
};

int register_pull(const struct world *, const struct pull_ask *,
    struct pull_result *, struct err *);

#endif /* !PIPELINE_REGISTER_PULL_H */
