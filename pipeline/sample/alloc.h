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
 * alloc_weights() makes such weights of numbers that are not whole.
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

/*
 * Weights that are not whole, finite and >= 0, scaled to whole ones: to 9
 * digits or better of the largest, and small enough for alloc_share() with
 * ${n}.  Whole weights that fit are kept as they are, so that ties stay ties.
 */
void alloc_weights(struct alloc_stratum *, const double *weight, size_t nstratum,
    int64_t n);

/* The exact shares n w_h / sum(w), without bounds and before rounding. */
void alloc_exact(const double *weight, size_t nstratum, double n, double *ret);

/* Weight of the power allocation, X^q CV (section 8); 0 where X is. */
double alloc_power(double x, double cv, double q);

/* n_h for the least variance where ${cost} may be spent and a unit of stratum h
 * costs c_h; and for the least cost where the variance of the total may be at
 * most ${var}.  Not rounded. */
void alloc_for_cost(const double *N, const double *S, const double *c,
    size_t nstratum, double cost, double *ret);
void alloc_for_variance(const double *N, const double *S, const double *c,
    size_t nstratum, double var, double *ret);

/*
 * As Statistics Norway's struktuR does it: the k, by bisection, for which
 * round-half-away(k X_h), held within [min, max], sums to n.  Where the sum
 * leaps over n it is the k just before, and the first strata with room get one
 * more each: the answer then hangs on their order.  ${weight} is X_h.  Errors
 * as alloc_share().
 */
int alloc_bisect(struct alloc_stratum *, const double *x, size_t nstratum,
    int64_t n, struct err *);

#endif /* !PIPELINE_SAMPLE_ALLOC_H */
