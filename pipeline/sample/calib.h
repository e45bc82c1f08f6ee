#ifndef PIPELINE_SAMPLE_CALIB_H
#define PIPELINE_SAMPLE_CALIB_H

/*
 * calib -- weights that meet margins and lie as near as can be to what they were
 * (linear calibration, Deville and Särndal 1992; the weights of the generalised
 * regression estimator).
 *
 * Each weight is multiplied by g = 1 + the sum of a number for each of its
 * classes, held within [${low}, ${high}] of bounds: least sum of w (g - 1)^2.
 * Unlike raking it can go below 0 where nothing holds it, and unlike raking it can
 * be held.
 */

#include <stddef.h>

#include "pipeline/base/err.h"
#include "pipeline/sample/weights.h"

/*
 * Until every margin is met, max |sum of w - T| / T < 1e-10, or 200 rounds are
 * done: then *${met} is 0 and w as near as it came.  Without bounds: -INFINITY and
 * INFINITY; else low <= 1 <= high.  Margins are refused as weights_rake() does.
 */
int calib_linear(double *w, size_t n, const struct weights_margin *, size_t nmargin,
    double low, double high, int *rounds, int *met, struct err *);

#endif /* !PIPELINE_SAMPLE_CALIB_H */
