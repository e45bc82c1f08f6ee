#ifndef PIPELINE_FRAME_DECISIONS_H
#define PIPELINE_FRAME_DECISIONS_H

/*
 * decisions -- what a person decided about rows of a list, in a file that the
 * study names ([list NAME] decisions).
 *
 * A CSV file with the columns row (the key that `utvalg list review` prints),
 * decision, by and date, in any order and beside others; Norwegian names (rad,
 * avgjort, av, dato) do as well.  decision is the organisation number of the unit
 * that is meant, "new" ("ny") for one that the register does not have, "-" to
 * leave the row out, or empty: not decided.  A decision says who made it, and
 * when.  It holds for the row's name and municipality (or its own identity): with
 * another name it is another row.
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/base/hash.h"

enum decision { DECISION_NONE, DECISION_UNIT, DECISION_NEW, DECISION_OUT };

struct decisions;
/* ${sum}: the file's octets are added.  A file that cannot be read, a row that is
 * twice there, a decision that is none or not signed: EX_DATAERR naming the
 * line.  A list without such a file: nothing is decided. */
int decisions_read(const struct study *, const struct study_list *,
    struct hash *sum, struct decisions **ret, struct err *);
void decisions_free(struct decisions *);

/* What was decided about a row; *${orgnr} with DECISION_UNIT. */
enum decision decisions_find(struct decisions *, const char *key, int32_t *orgnr);

/* Decisions that were not asked for: of rows that the list no longer has.  Their
 * first line in *${line}. */
int64_t decisions_stale(const struct decisions *, size_t *line);

#endif /* !PIPELINE_FRAME_DECISIONS_H */
