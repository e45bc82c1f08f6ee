#ifndef PIPELINE_REGISTER_FORGET_H
#define PIPELINE_REGISTER_FORGET_H

/*
 * forget -- what units were like long ago is forgotten
 * (settings.history_days; 0: never).
 *
 * With N days every register of the last N days can be read back, as can every
 * register that a frame in use was made from (the newest frame of a study, and
 * the one that was drawn from).  Older versions leave unit_history, and the
 * registers they belong to are marked in table extract (history 0): a question
 * about such a day is refused (asof.h) and not answered from what is left.
 */

#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

/* In a transaction of its own.  ${rows}: of unit_history, removed, or that
 * would be in a dry run, which is undone. */
int forget_history(const struct world *, int64_t *rows, struct err *);

#endif /* !PIPELINE_REGISTER_FORGET_H */
