#ifndef PIPELINE_SAMPLE_RECORD_H
#define PIPELINE_SAMPLE_RECORD_H

/*
 * record -- how a sample was drawn, as JSON beside it: STATE/samples/STUDY.json
 * (rules of sampling, section 13).
 *
 * Versions, hash of the study file, the extracts, counts after every step,
 * reasons, strata, generator, the hash of the salt, start and direction, and
 * the hash of the list: enough to draw again and see that it is the same.
 * Made from the database alone, so that it can be made again to the octet; its
 * SHA-256 stands in the event of the draw, and anew in that of every step after
 * it (extend.h).  No unit is in it.
 */

#include "config/study.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

/* The record of sample ${sample}, within the caller's transaction. */
int record_make(const struct world *, const struct study *, int64_t sample,
    struct buf *out, struct err *);
/*
 * A run that was killed between the commit and the record left none, or the one
 * of the step before, whose hash is in the log: write it.  A file that the log
 * does not know was changed by somebody, and is left for verify.h to tell.
 */
int record_again(const struct world *, const struct study *, int64_t study_id,
    int64_t sample, struct err *);
/* Onto the disk, whole or not at all. */
int record_write(const struct world *, const struct study *, const struct buf *,
    struct err *);
/* Where it is; free(). */
char *record_path(const struct world *, const struct study *);

#endif /* !PIPELINE_SAMPLE_RECORD_H */
