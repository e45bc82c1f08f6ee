#ifndef PIPELINE_REGISTER_APPLY_H
#define PIPELINE_REGISTER_APPLY_H

/*
 * apply -- what a look-up said of a unit, into table `unit`.
 *
 * The versions that the change feed brings belong to a row of `extract` of their
 * own (origin feed), one for each register and day: so unit_history and any past
 * day (asof.h) are exact to the day, and a unit that changes twice in a day has
 * the version that the day ended with.  A file that is loaded the same day begins
 * a new one.
 *
 * Everything happens inside the caller's transaction.
 */

#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/register/unit.h"
#include "pipeline/store/world.h"

struct apply;

enum applied { APPLY_SAME, APPLY_ADDED, APPLY_CHANGED, APPLY_DELETED,
	APPLY_ABSENT };

/* ${source}: where the feed is, without user and password. */
struct apply *apply_new(const struct world *, const char *source, struct err *);
void apply_free(struct apply *);

/*
 * A unit as it is now.  One with deleted_date is marked as deleted (the short
 * answer never replaces what was known of it); one that is not held is left out
 * then: APPLY_ABSENT.
 */
int apply_unit(struct apply *, const struct unit *, enum applied *,
    struct err *);

/* The register says that it was deleted that day, and nothing else. */
int apply_deleted(struct apply *, int32_t orgnr, enum unit_kind, int32_t day,
    enum applied *, struct err *);

/* It is not to be kept any longer (erase.h).  *${was}: it was held. */
int apply_removed(struct apply *, int32_t orgnr, enum unit_kind feed, int *was,
    struct err *);

/* So many events of a feed are in: written into its row of `extract`. */
int apply_count(struct apply *, enum unit_kind, int64_t events, int64_t units,
    struct err *);

/* After a rollback: nothing of what was counted since the commit is true. */
void apply_forget(struct apply *);

#endif /* !PIPELINE_REGISTER_APPLY_H */
