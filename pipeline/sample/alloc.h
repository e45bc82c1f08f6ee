#ifndef PIPELINE_SAMPLE_ALLOC_H
#define PIPELINE_SAMPLE_ALLOC_H

/*
 * alloc -- how many units of each stratum (rules of sampling, section 8).
 *
 * Whole numbers that sum to n and lie within [min, max] of their stratum.  A
 * stratum whose exact share lies over its cap or under its minimum is fixed
 * there and the rest is shared again, the graver side first, until none does;
 * then the largest remainders get one more, ties to the earlier stratum.
 * Rounding stratum by stratum would miss n.
 *
 * ${weight} is N_h for a proportional allocation, N_h * S_h for Neyman's.  All
 * in integers, exactly; n times the sum of weights must stay under 2^62.
 *
 * Pure: no allocation but scratch, no I/O, no globals.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"

struct alloc_stratum {
	const char *name;	/* for errors */
	int64_t weight;		/* >= 0 */
	int64_t min, max;	/* 0 <= min <= max */
	int64_t n;		/* the answer */
};

/*
 * 0; or -1 (EX_DATAERR) where the minima sum to more than ${n}, the caps to
 * less, or every stratum left has weight 0; the text names strata.
 */
int alloc_share(struct alloc_stratum *, size_t nstratum, int64_t n, struct err *);

#endif /* !PIPELINE_SAMPLE_ALLOC_H */
