#ifndef PIPELINE_SAMPLE_SAMPFORD_H
#define PIPELINE_SAMPLE_SAMPFORD_H

/*
 * sampford -- probabilities in proportion to size, exactly (Sampford 1967; rules
 * of sampling, section 7).
 *
 * The first unit by pi / n, n - 1 more with replacement in proportion to
 * pi / (1 - pi), and all of it again where one came twice.  What it gives is
 * exact, and its joint probabilities are known; but many units of a small
 * population are hardly ever all different, and then it gives up.
 *
 * The numbers are those of splitmix64 (Vigna 2015), a generator anybody can write
 * down again from its seed.
 */

#include <stddef.h>
#include <stdint.h>

uint64_t splitmix_next(uint64_t *state);
double splitmix_real(uint64_t *state);	/* [0, 1): the first 53 bits */

/* Units with probability 1 are set aside, 0 are never drawn.  The sum of ${pik} is
 * whole.  How many were picked; or -1, after SAMPFORD_MOST numbers in vain. */
enum { SAMPFORD_MOST = 50000000 };
int64_t sampford(const double *pik, size_t N, uint64_t *state,
    unsigned char *picked);

#endif /* !PIPELINE_SAMPLE_SAMPFORD_H */
