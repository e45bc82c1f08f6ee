#ifndef PIPELINE_REGISTER_KLASS_SYNC_H
#define PIPELINE_REGISTER_KLASS_SYNC_H

/*
 * klass_sync -- code lists from Klass into the database, and back from there.
 *
 * sync() asks settings.klass_url for both standards, the table between them
 * (its id changes: it is looked up in the version of SN2025), counties and
 * municipalities since 2002 and their changes; over HTTP as the change feed does
 * (ask.h: time-outs, tries, User-Agent, certificates by the [register]
 * settings).  All of it is taken or nothing: an answer that is refused by klass.h,
 * lists that do not hold together, EX_DATAERR; codes, pairs of which only the
 * code counts, or places in use that are no more, EX_DATAERR unless ${accept}
 * says why that is right, which becomes an event.  No answer: EX_TEMPFAIL; 4xx:
 * EX_UNAVAILABLE.  What is different from the lists in use (world->nace, ->region)
 * is given out and kept in klass_change.  Where nothing is different, nothing is
 * written but the day it was looked at, and no frame becomes another.
 *
 * in_use() is for who opens a database: its newest lists, instead of those
 * compiled in.
 */

#include <sqlite3.h>
#include <stdint.h>

#include "nace/nace.h"
#include "nace/region.h"
#include "pipeline/base/err.h"
#include "pipeline/register/klass_diff.h"
#include "pipeline/store/world.h"

struct klass_result {
	int unchanged;
	struct klass_diffs diffs;	/* klass_diffs_free(), also after -1 */
};

int klass_sync(const struct world *, const char *accept, struct klass_result *,
    struct err *);

/* 1 with both and the moment they were fetched (may be NULL); 0: none in there;
 * -1. */
int klass_in_use(sqlite3 *, struct nace **, struct region **, int64_t *fetched,
    struct err *);

#endif /* !PIPELINE_REGISTER_KLASS_SYNC_H */
