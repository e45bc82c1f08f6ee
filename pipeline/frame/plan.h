#ifndef PIPELINE_FRAME_PLAN_H
#define PIPELINE_FRAME_PLAN_H

/*
 * plan -- what a study would find, before anything is frozen: each written
 * code, what it became, its fate, the units of each target and which targets
 * over-cover; areas; the funnel.  Without a register (world->db NULL, or
 * nothing loaded) codes and places alone.
 *
 * explain() is `utvalg study check`: the study in words.
 */

#include "config/study.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/base/json.h"
#include "pipeline/store/world.h"

int plan_make(const struct world *, const struct study *, int as_json,
    struct buf *out, struct err *);
/* By the register of ${day} (select.h); DATE_NONE: today's. */
int plan_make_at(const struct world *, const struct study *, int32_t day,
    int as_json, struct buf *out, struct err *);
/* Its members alone, into an object that the caller has opened. */
int plan_members(const struct world *, const struct study *, int32_t day,
    struct json *, struct err *);

/* Faults that need code lists too; 0 with the words in ${out}. */
int plan_explain(const struct world *, const struct study *,
    struct study_faults *, struct buf *out, struct err *);

#endif /* !PIPELINE_FRAME_PLAN_H */
