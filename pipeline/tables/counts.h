#ifndef PIPELINE_TABLES_COUNTS_H
#define PIPELINE_TABLES_COUNTS_H

/*
 * counts -- what the database says about a study, as numbers for the builders.
 *
 * Reads only.  The caller holds one transaction around all of it, so that the
 * figures of one table are of one moment.
 */

#include <stddef.h>
#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/base/talk.h"
#include "pipeline/store/world.h"
#include "pipeline/tables/funnel.h"

enum { COUNTS_REASONS = 9 };

struct counts_cell {		/* units of one area and group */
	int64_t drawn, sent, returned, answered, partial, our_fault, review,
	    late;
};

struct counts {
	int64_t frame;		/* id; 0: no frame yet, all else is 0 */
	int64_t sample;		/* id; 0: nothing drawn yet */
	int mailed;		/* the invitation has begun */
	int32_t register_date;	/* DATE_NONE without a frame */
	int64_t register_units, outside_code, outside_area, outside_filter;
	int64_t listed, listed_matched, listed_outside, population, kept;
	int64_t reason[COUNTS_REASONS];
	int64_t not_located;
	struct counts_cell *cell;	/* [area * ngroup + group], by the study */
	struct counts_cell all;
};

/*
 * The frame is the one that was drawn from, else the newest.  EX_DATAERR where
 * the sample holds an area or group that the study file has not, since a unit
 * that no line counts must not vanish, or does not have the units that the
 * draw wrote down.  counts_free() after either outcome.
 */
int counts_read(const struct world *, const struct study *, int64_t study_id,
    struct counts *, struct err *);
void counts_free(struct counts *);

/* Reasons in their order, with their texts, for a funnel. */
void counts_reasons(const struct counts *, enum lang,
    struct funnel_loss ret[static COUNTS_REASONS]);

#endif /* !PIPELINE_TABLES_COUNTS_H */
