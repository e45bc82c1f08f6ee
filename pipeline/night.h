#ifndef PIPELINE_NIGHT_H
#define PIPELINE_NIGHT_H

/*
 * night -- what is due, in its order: pull (enhet, underenhet as set), a whole
 * file every night.pull_days days, with night.changes then what the change feed
 * says; then for each study bounces and fresh tables.  This file alone knows the
 * order.
 *
 * Each step is a row of `run`, keyed by the night's day: begun, ended, with
 * its status and one line.  Killed anywhere and run again the same day, steps
 * that ended well are not repeated and the end state is the same.  A refused
 * pull stops nothing after it; the night then ends with its status.
 */

#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

struct night_result {
	int64_t steps, done, skipped, failed;
};

/* 0; or -1, *${err} the first failed step's, after all others were tried. */
int night_run(const struct world *, const char *from_enhet,
    struct night_result *, struct err *);

#endif /* !PIPELINE_NIGHT_H */
