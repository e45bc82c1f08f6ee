#ifndef PIPELINE_METRICS_H
#define PIPELINE_METRICS_H

/*
 * metrics -- how it stands, as a text file for Prometheus' node_exporter
 * (collector textfile; exposition format 0.0.4).
 *
 * The file (setting store.metrics) is written beside itself and renamed, 0644:
 * the exporter sees the old one or the new one.  Nothing in it names a person,
 * an address or a study.  When a stage last ended, and how, comes from the file
 * as it was: a file that is lost begins anew.
 */

#include <stdint.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

/* What has just ended. */
struct metrics_end {
	const char *stage;	/* 'pull', 'night': [a-z_-] */
	int status;		/* exit status, 0: well */
	double seconds;		/* it took */
};

/*
 * The text into ${out}; ${old} is the file as it was, "" for none.  A line of
 * the old file that is not understood is left out.
 */
int metrics_text(const struct world *, const struct metrics_end *,
    const char *old, struct buf *out, struct err *);

/* Read the file of the setting, and write it.  Nothing where it is not set. */
int metrics_write(const struct world *, const struct metrics_end *,
    struct err *);

#endif /* !PIPELINE_METRICS_H */
