#ifndef PIPELINE_SAMPLE_SIZE_H
#define PIPELINE_SAMPLE_SIZE_H

/*
 * size -- how many units are needed (rules of sampling, section 8).
 *
 * Of simple random samples with the normal approximation, rounded up; ${N} is
 * the population, INFINITY for one without end; ${d} half the width of the
 * interval, in the unit of what is measured.  Chance only: what bias there is
 * does not shrink with the number of answers.
 */

#include <stddef.h>
#include <stdint.h>

/* z of a two-sided interval that covers ${level}, 0 < level < 1: 0.95 gives
 * 1.959964. */
double size_z(double level);

/* For a share near ${p}, 0 <= p <= 1, d > 0: n0 = z^2 p (1 - p) / d^2, then
 * n0 / (1 + (n0 - 1) / N). */
int64_t size_proportion(double p, double d, double level, double N);
/* For a mean of something with standard deviation ${s}. */
int64_t size_mean(double s, double d, double level, double N);
/* For a mean over strata, shared in proportion to N_h or as Neyman would. */
int64_t size_strata(const double *Nh, const double *Sh, size_t k, double d,
    double level, int neyman);

/* Invitations needed for ${answers}: divided by the share that is delivered,
 * the share of it that is active and the share of those that answers, each
 * over 0 and at most 1; rounded up. */
int64_t size_gross(int64_t answers, double delivered, double active,
    double answering);

/* Half the width of the interval that ${n} answers give: the way back. */
double size_width(double p, int64_t n, double level, double N);

#endif /* !PIPELINE_SAMPLE_SIZE_H */
