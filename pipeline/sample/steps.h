#ifndef PIPELINE_SAMPLE_STEPS_H
#define PIPELINE_SAMPLE_STEPS_H

/*
 * steps -- drawn units and the steps after a draw, in the database.
 *
 * A sample that was extended has a row of sample_step for the draw as it was and
 * one for each step; steps_repeat() takes them again.
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/sample/pool.h"
#include "pipeline/store/world.h"

/* Those who came in by the pool's last step, each with a token of its own. */
int steps_put_units(const struct world *, int64_t sample, const struct pool *,
    struct err *);

/*
 * From a pool just chosen to that after the last step.  *${n}: steps; *${other}:
 * those after which the units are not as many, or, where nobody in the pool has
 * been erased, their list has another hash; the draw is one of them.
 */
int steps_repeat(const struct world *, const struct study *, int64_t sample,
    struct pool *, int64_t *n, int64_t *other, struct err *);

#endif /* !PIPELINE_SAMPLE_STEPS_H */
