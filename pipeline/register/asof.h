#ifndef PIPELINE_REGISTER_ASOF_H
#define PIPELINE_REGISTER_ASOF_H

/*
 * asof -- what a unit was on a day, from `unit` and `unit_history`.
 *
 * A version holds from the register date of the extract that brought it to that
 * of the first extract that no longer had it.  The register of a day is that of
 * the last extract taken into force whose register date is not after it, so
 * that it agrees with loading that day's extract alone.
 */

#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/register/unit.h"
#include "pipeline/store/world.h"

struct asof_version {
	int64_t extract;	/* that brought it */
	int64_t until;		/* first that no longer has it; 0: in force */
	int32_t from, to;	/* days; ${to} DATE_NONE: in force */
	const struct unit *unit;
};

/*
 * Show each version of ${orgnr} to ${fn}, oldest first; with ${day} not
 * DATE_NONE only the one of that day.  How many there were, or -1; ${fn}
 * returns 0, or -1 to stop.  A day before the first register, or one that is
 * forgotten (forget.h): EX_NOINPUT.
 */
int asof_unit(const struct world *, int32_t orgnr, int32_t day,
    int (*fn)(void *ctx, const struct asof_version *, struct err *), void *ctx,
    struct err *);

#endif /* !PIPELINE_REGISTER_ASOF_H */
