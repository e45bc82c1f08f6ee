#ifndef PIPELINE_SAMPLE_DRAW_H
#define PIPELINE_SAMPLE_DRAW_H

/*
 * draw -- stage 3: from the newest frame of a study to its drawn sample.
 *
 * Everyone, or simple random within strata (area, group, both or none) with
 * proportional allocation in whole numbers that sum to n (largest remainder,
 * ties to the earlier stratum; facts of sampling, section 8).  Within a
 * stratum the n smallest permanent random numbers are drawn, ties to the lower
 * key: the same frame and salt draw the same units in any order.
 *
 * One draw for each study: again with the same frame changes nothing
 * (${again}); with another frame it is refused (EX_CANTCREAT), for invitations
 * hang on the first.  No frame: EX_NOINPUT.  Nothing kept in it: EX_DATAERR.
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

struct draw_stratum {
	const char *name;
	int64_t frame_units, drawn_units;
};
struct draw_result {
	int again;
	int64_t frame_units, drawn;
	struct draw_stratum *stratum;	/* draw_result_free() */
	size_t nstratum;
	char list_sha256[65];
};

int draw(const struct world *, const struct study *, int64_t study_id,
    struct draw_result *, struct err *);
void draw_result_free(struct draw_result *);

#endif /* !PIPELINE_SAMPLE_DRAW_H */
