#ifndef PIPELINE_FRAME_QUARANTINE_H
#define PIPELINE_FRAME_QUARANTINE_H

/*
 * quarantine -- who has been written to lately, by any study, and is left in
 * peace ([filter] quarantine, in months).
 *
 * A unit is in it by its number, and everybody who shares an address that was
 * written to by that address.  A letter counts from when it went, also one of
 * which nobody knows whether it did; a study's own letters count too, which
 * concerns a frame made anew after a mailing.
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

struct quarantine;

/* As it was at the end of ${day}; DATE_NONE: as it is.  NULL: error.  A study
 * without the key has an empty one. */
struct quarantine *quarantine_load(const struct world *, const struct study *,
    int32_t day, struct err *);
void quarantine_free(struct quarantine *);	/* NULL is harmless */

int quarantine_has(const struct quarantine *, const char *unit_key,
    const char *email_key);			/* NULL: none */

/* The first day whose letters count: ${months} months before ${now}, or the
 * last day of that month where it is shorter. */
int32_t quarantine_from(int64_t now, int64_t months);

/* Over its keys in order, a line each. */
void quarantine_sha256(const struct quarantine *, unsigned char out[static 32]);

#endif /* !PIPELINE_FRAME_QUARANTINE_H */
