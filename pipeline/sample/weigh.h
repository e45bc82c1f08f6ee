#ifndef PIPELINE_SAMPLE_WEIGH_H
#define PIPELINE_SAMPLE_WEIGH_H

/*
 * weigh -- weights for those who answered a study (weights.h does the sums).
 *
 * From the sample and what became of it: complete and partial answered; refused
 * is eligible and silent; not_eligible is out; returned, sent and not sent are
 * unknown.  The steps: design weight; unknown eligibility and non-response
 * within the classes of ${by}; then the frame's totals of ${post}, or of every
 * variable of ${rake}, by raking or by linear calibration (calib.h).  A frame total counts units, those that share an
 * address with the one invited too.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/sample/weights.h"
#include "pipeline/store/world.h"

enum weigh_by { WEIGH_NONE, WEIGH_STRATUM, WEIGH_AREA, WEIGH_GROUP, WEIGH_FORM };
enum { WEIGH_RAKE = 4 };
const char *weigh_name(enum weigh_by);		/* as the command line says it */

struct weigh_how {
	enum weigh_by by;	/* classes of the adjustments; NONE: one */
	enum weigh_by post;	/* NONE: not done */
	enum weigh_by rake[WEIGH_RAKE];
	size_t nrake;
	int calibrate;		/* rake[] by linear calibration instead, */
	double low, high;	/* within these bounds of g */
	double e;		/* share of the unknown that is eligible; -1: what
				 * the known carry (weights_eligible()) */
};

struct weigh_unit {		/* who answered */
	char *key, *stratum;
	int64_t frame_units, drawn_units;	/* N_h, n_h of its stratum */
	double pi, design, adjusted, weight;	/* adjusted: before totals */
};
struct weigh_result {
	struct weigh_unit *unit;	/* in order of keys; weigh_free() */
	size_t n;
	int64_t drawn, fate[4];		/* by enum weights_fate */
	struct weights_summary design, adjusted, final;
	int rounds, met;		/* of either; 0, 1 where none was asked for */
	int64_t below;			/* with a weight under 0: calibration without
					 * bounds can give that */
};

/* EX_NOINPUT: nothing drawn; EX_DATAERR: nobody answered, or a class is empty. */
int weigh(const struct world *, int64_t study, const struct weigh_how *,
    struct weigh_result *, struct err *);
void weigh_free(struct weigh_result *);

#endif /* !PIPELINE_SAMPLE_WEIGH_H */
