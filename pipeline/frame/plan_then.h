#ifndef PIPELINE_FRAME_PLAN_THEN_H
#define PIPELINE_FRAME_PLAN_THEN_H

/*
 * plan_then -- what plan says of the places that an area names as of another
 * day: how many municipalities they were and are, which were split, and which
 * bring in others from outside.
 */

#include "pipeline/base/buf.h"
#include "pipeline/base/json.h"
#include "pipeline/frame/population.h"

/* Lines, none where no day is written.  ${nb}: in Norwegian. */
void plan_then_print(const struct population *, size_t area, int nb, struct buf *);

/* Key "as_of" and its array into an object that is open. */
void plan_then_json(const struct population *, size_t area, struct json *);

#endif /* !PIPELINE_FRAME_PLAN_THEN_H */
