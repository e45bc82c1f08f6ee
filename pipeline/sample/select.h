#ifndef PIPELINE_SAMPLE_SELECT_H
#define PIPELINE_SAMPLE_SELECT_H

/*
 * select -- which units, given random numbers (rules of sampling, section 7).
 *
 * Every function fills picked[0..N-1] with 0 or 1 and says how many it picked.
 * Units come in the order of their keys: equal scores go to the earlier unit,
 * so that the draw does not hang on the order of a file.  Numbers ${prn} are
 * in [0, 1), probabilities ${pik} in [0, 1]; a probability of 1 is a certainty
 * unit and picked whatever its number, of 0 never.
 *
 * Pure: no allocation but scratch, no I/O, no globals.
 */

#include <stddef.h>
#include <stdint.h>

/* From which number, and which way, the units are taken. */
enum select_way { SELECT_UP, SELECT_DOWN };
struct select_from {
	double start;		/* [0, 1) */
	enum select_way way;
};

/* How far a number lies from the start, the way that is gone: [0, 1).  Up:
 * (prn - start) mod 1; down: (start - prn) mod 1. */
double select_turn(double prn, struct select_from);

/* The ${n} smallest of ${score}; n <= N. */
size_t select_first(const double *score, size_t N, size_t n,
    unsigned char *picked);

/* Simple random without replacement: the n nearest to the start. */
size_t select_random(const double *prn, size_t N, size_t n, struct select_from,
    unsigned char *picked);

/* Systematic with equal probabilities in the order given: unit k, from 0, iff
 * floor(((k + 1) n + r) / N) > floor((k n + r) / N), in integers; always n.
 * 0 <= r < N; n N < 2^63. */
size_t select_systematic(size_t N, size_t n, int64_t r, unsigned char *picked);

/* Systematic with unequal probabilities in the order given: certainty units are
 * set aside; of the rest, cumulated to C, unit k iff some integer m has
 * C(k - 1) <= m + u < C(k).  0 < u < 1. */
size_t select_systematic_pps(const double *pik, size_t N, double u,
    unsigned char *picked);

/*
 * Order sampling: certainty units and of the others the smallest
 *	SELECT_PARETO		u (1 - pi) / (pi (1 - u))
 *	SELECT_SEQUENTIAL	u / pi			(sequential Poisson)
 *	SELECT_EXPONENTIAL	ln(1 - u) / ln(1 - pi)
 * ${n} in all, or fewer where fewer have a probability over 0.  u is
 * select_turn() of the number.
 */
enum select_order { SELECT_PARETO, SELECT_SEQUENTIAL, SELECT_EXPONENTIAL };
double select_score(enum select_order, double pik, double u);
size_t select_ordered(enum select_order, const double *pik, const double *prn,
    size_t N, size_t n, struct select_from, unsigned char *picked);

/* Poisson (Bernoulli where all are alike): each for itself, iff its turn is
 * under its probability; the size is random, with mean the sum of ${pik}. */
size_t select_poisson(const double *pik, const double *prn, size_t N,
    struct select_from, unsigned char *picked);

/*
 * Inclusion probabilities in proportion to size: n x / sum(x); those of 1 or
 * more become 1 and leave, and the rest is shared again until none does.  Size
 * 0 gets 0.  How many have a probability over 0: fewer than n, and n cannot be
 * drawn.  Sizes are finite and >= 0.  *${certain}: units with 1.
 */
size_t select_pik(const double *size, size_t N, size_t n, double *pik,
    size_t *certain);

#endif /* !PIPELINE_SAMPLE_SELECT_H */
