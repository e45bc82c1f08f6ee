#ifndef PIPELINE_SAMPLE_DRAW_H
#define PIPELINE_SAMPLE_DRAW_H

/*
 * draw -- stage 3: from the newest frame of a study to its drawn sample.
 *
 * By the design of the study file: everyone; simple random (the n smallest
 * permanent random numbers from the start); systematic in the study's order;
 * probability proportional to size (Pareto); Bernoulli; or what R's sample()
 * draws.  Within strata (area, group, legal form, size, activity, or none) that
 * share n by the study's allocation in whole numbers that sum to n (rules of
 * sampling, section 8).  A stratum that holds anybody gets one at least, unless
 * the study gives it none: a unit that cannot be drawn can have no weight.
 * Ties go to the lower key: the same frame and salt draw the same units in any
 * order.  Strata stand in the order of the study file.
 *
 * One draw for each study: again with the same frame changes nothing
 * (${again}); with another frame it is refused (EX_CANTCREAT), for invitations
 * hang on the first.  No frame: EX_NOINPUT.  Nothing kept in it, a size over
 * the units kept or under the number of strata, a study file or a salt that is
 * not the frame's: EX_DATAERR.
 *
 * weight = 1/pi, times the units that share the address: who was invited
 * stands for them (rules of sampling, section 10).
 *
 * All in one transaction.  Its record (record.h) goes to disk after it; where
 * that failed, drawing again writes it.  Steps to be killed at: draw.1 (read,
 * nothing written), draw.2 (units written), draw.3 (before the commit), draw.4
 * (after), draw.5 (the record is there).
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

struct draw_stratum {
	const char *name;	/* "AREA", "GROUP", "AREA/GROUP", or "all" */
	int64_t frame_units, drawn_units;
};
struct draw_result {
	int again;
	int64_t frame_units, drawn;
	struct draw_stratum *stratum;	/* draw_result_free() */
	size_t nstratum;
	char list_sha256[65];
	int64_t never;		/* units the design cannot draw: no size */
	/* of a step after the draw (extend.h); else 0 */
	int step;
	int64_t added;		/* units that came in */
	int64_t kept;		/* stand by an earlier turn (pool.h) */
	char came[128];		/* key of the reserve that came in, else "" */
	char place[128];	/* its stratum */
};

int draw(const struct world *, const struct study *, int64_t study_id,
    struct draw_result *, struct err *);
void draw_result_free(struct draw_result *);

#endif /* !PIPELINE_SAMPLE_DRAW_H */
