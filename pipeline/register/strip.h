#ifndef PIPELINE_REGISTER_STRIP_H
#define PIPELINE_REGISTER_STRIP_H

/*
 * strip -- kept extract files without the units that have been erased.
 *
 * Each file of STATE/extracts that holds one is written anew without it, whole
 * or not at all, under its name and with its time; its hash is then no longer
 * that of extract.sha256.  One that cannot be rewritten (a CSV extract) is
 * removed.  Tombstones are marked when all files are done (tombstone.files), so
 * that a run that was stopped is begun again.
 */

#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

/* *${files}: rewritten or removed.  Nothing to do: nothing is read. */
int strip_extracts(const struct world *, int64_t *files, struct err *);

/* Units of the erased in a kept extract; -1.  ${name} in STATE/extracts. */
int64_t strip_count(const struct world *, const char *name, struct err *);

#endif /* !PIPELINE_REGISTER_STRIP_H */
