#ifndef PIPELINE_SAMPLE_WEIGHTS_H
#define PIPELINE_SAMPLE_WEIGHTS_H

/*
 * weights -- from design weights to weights of those who answered (rules of
 * sampling, section 10).
 *
 * Every step multiplies w[i] in place; a unit that has left (out of scope, did
 * not answer) has w = 0.  Classes and cells are numbers from 0.  A class that
 * holds weight to hand over and nobody to take it stops the run (EX_DATAERR,
 * naming the class by ${name}): it must be merged by whoever knows which is its
 * neighbour.  Nothing is ever divided by 0, and on failure w is as it was.
 *
 * Pure: no allocation but scratch, no I/O, no globals.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"

/* What became of a unit. */
enum weights_fate {
	WEIGHTS_ANSWERED,	/* eligible respondent */
	WEIGHTS_SILENT,		/* eligible, did not answer */
	WEIGHTS_NOT_ELIGIBLE,	/* known not to belong to the population */
	WEIGHTS_UNKNOWN		/* nobody knows whether it does */
};

/* The classes of one variable. */
struct weights_by {
	const size_t *of;	/* class of each unit, < n */
	size_t n;
	const char *const *name;	/* n of them, for errors; or NULL */
};

/*
 * Unknown eligibility: within its class every known unit takes over what the
 * unknown have, a1 = sum of all / sum of known; then the unknown leave.  Those
 * known not to be eligible keep theirs until weights_answering().
 */
int weights_eligible(double *w, const enum weights_fate *, size_t n,
    const struct weights_by *, struct err *);

/*
 * Non-response: within its class those who answered take over what the silent
 * have, a2 = sum of eligible / sum of answered; all others leave.  With unknown
 * ones still there, the share ${e} (0 to 1) of them counts as eligible.
 */
int weights_answering(double *w, const enum weights_fate *, size_t n,
    const struct weights_by *, double e, struct err *);

/* Post-stratification: w N_c / sum of w in cell c.  A cell with total[c] > 0
 * and no weight is empty; one with weight and total 0 contradicts itself: both
 * are refused. */
int weights_poststratify(double *w, size_t n, const struct weights_by *,
    const double *total, struct err *);

/*
 * Raking: post-stratification by one margin after the other until every margin
 * is met, max |sum of w - T| / T < 1e-10, or 200 rounds are done: then *${met}
 * is 0 and w is what came of it.  Margins whose totals do not sum to the same
 * (to 1e-9) can never be met: EX_DATAERR.
 */
struct weights_margin {
	struct weights_by by;
	const double *total;
};
/* Can the margins be met: no cell empty, the same sum? */
int weights_margins(const double *w, size_t n, const struct weights_margin *,
    size_t nmargin, struct err *);
int weights_rake(double *w, size_t n, const struct weights_margin *, size_t nmargin,
    int *rounds, int *met, struct err *);

/* Over those with w > 0.  deff = n sum w^2 / (sum w)^2, after Kish: what unequal
 * weights cost; n_eff = n / deff.  All 0 where nobody has a weight. */
struct weights_summary {
	int64_t n;
	double sum, least, most, mean, deff, neff;
};
struct weights_summary weights_summary(const double *w, size_t n);

#endif /* !PIPELINE_SAMPLE_WEIGHTS_H */
