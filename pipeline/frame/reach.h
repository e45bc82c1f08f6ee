#ifndef PIPELINE_FRAME_REACH_H
#define PIPELINE_FRAME_REACH_H

/*
 * reach -- can this candidate be written to?  The e-mail rules of email.h as a
 * study wants them applied to a register field.
 */

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/base/mem.h"
#include "pipeline/frame/frame.h"
#include "pipeline/frame/select.h"

struct reach;
struct reach *reach_new(const struct study *, struct err *);	/* NULL: error */
void reach_free(struct reach *);

/*
 * Fill in ${c}'s send form, key, note and detail from its raw field, and count
 * repairs and fields with several addresses.  FRAME_KEPT, FRAME_NO_EMAIL,
 * FRAME_EMAIL_UNUSABLE or FRAME_EMAIL_REVIEW.  ${decided}: what a person says
 * instead (corrections_find()); the raw field stays as it is.
 */
enum frame_reason reach_candidate(struct reach *, struct arena *,
    struct candidate *, const char *decided, struct frame_result *count);

/* The keys of the addresses that somebody wrote in a field, in the arena: how
 * many, 0 if it holds none. */
enum { REACH_KEYS = 8 };
size_t reach_keys(struct reach *, struct arena *, const char *field,
    const char *key[static REACH_KEYS]);

#endif /* !PIPELINE_FRAME_REACH_H */
