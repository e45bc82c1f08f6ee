#ifndef PIPELINE_SAMPLE_RNG_MT_H
#define PIPELINE_SAMPLE_RNG_MT_H

/*
 * rng_mt -- the numbers R gives after set.seed(), so that a draw can be done
 * again in R (rules of sampling, section 6; R's RNG.c, Mersenne Twister).
 *
 * A researcher sets the seed; with 32 bits of it this is for repeating, not for
 * secrecy.
 */

#include <stddef.h>
#include <stdint.h>

struct rng_mt {
	uint32_t state[624];
	size_t at;
};

/* set.seed(seed): R's 32 bits, negative ones as R takes them. */
void rng_mt_seed(struct rng_mt *, int32_t seed);
uint32_t rng_mt_next(struct rng_mt *);
/* unif_rand(): over 0 and under 1. */
double rng_mt_real(struct rng_mt *);

/* Below ${n}, from 0: the way of R since 3.6 (rejection), or before it. */
enum rng_mt_kind { RNG_MT_REJECTION, RNG_MT_ROUNDING };
int64_t rng_mt_index(struct rng_mt *, int64_t n, enum rng_mt_kind);

/*
 * sample.int(n, k) without replacement into ret[0..k-1], numbers from 1, in
 * the order R gives them.  k <= n <= RNG_MT_MOST (above it R may go another
 * way).
 */
enum { RNG_MT_MOST = 10000000 };
void rng_mt_sample(struct rng_mt *, int64_t n, int64_t k, enum rng_mt_kind,
    int64_t *ret);

#endif /* !PIPELINE_SAMPLE_RNG_MT_H */
