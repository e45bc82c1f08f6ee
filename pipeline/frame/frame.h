#ifndef PIPELINE_FRAME_FRAME_H
#define PIPELINE_FRAME_FRAME_H

/*
 * frame -- stage 2: the population of a study, frozen.
 *
 * One row for each unit within codes, areas and filters, kept or left out for
 * exactly one reason, the first that holds of: bankrupt (or being wound up),
 * excluded, suppressed, no_email, email_unusable, email_review, duplicate.
 * What is outside is kept as counts.  register_units = outside_code +
 * outside_area + outside_filter + population - (listed units without a match).
 *
 * Frozen from the same extract, study file, lists and suppression list -- and,
 * with [email] mx, with the same domains found dead -- a frame is the same: a second run changes nothing (${again}).  Another frame
 * after the draw is refused (EX_CANTCREAT).  No register: EX_NOINPUT.  Nobody
 * left: EX_DATAERR, and nothing is written.
 */

#include <stddef.h>
#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/base/json.h"
#include "pipeline/frame/filter.h"
#include "pipeline/store/world.h"

enum frame_reason { FRAME_KEPT, FRAME_BANKRUPT, FRAME_EXCLUDED,
	FRAME_SUPPRESSED, FRAME_QUARANTINE, FRAME_NO_EMAIL, FRAME_EMAIL_UNUSABLE,
	FRAME_EMAIL_REVIEW, FRAME_ONE_FIRM, FRAME_DUPLICATE, FRAME_REASONS };

/* "bankrupt" ..., and the sentence in a language. */
const char *frame_reason_code(enum frame_reason);
const char *frame_reason_text(enum frame_reason, enum lang);

struct frame_result {
	int64_t frame;		/* id */
	int again;
	int32_t register_date;
	int64_t register_units, outside_code, outside_area, outside_filter;
	int64_t filtered[FILTERS];	/* outside_filter, by the first that was failed */
	int64_t listed, listed_matched, listed_outside, population, kept;
	int64_t listed_review;	/* of listed_outside, those that wait for a decision */
	int64_t listed_local;	/* of the population, those without a number */
	int64_t reason[FRAME_REASONS];
	int64_t repaired, several;	/* addresses mended; fields with several */
	int64_t decided, stale;	/* addresses a person decided about; about ones
				 * that the register no longer has */
	int64_t clusters, largest;	/* shared addresses; units of the largest */
	int64_t domains, dead, unknown;	/* looked up for [email] mx; of them take no
				 * mail; not answered */
};

int frame_make(const struct world *, const struct study *, int64_t owner,
    struct frame_result *, struct err *);

/*
 * The frame that would have been drawn on ${day} (select.h says what is of that
 * day and what is not; DATE_NONE: today).  It is the study's newest frame then,
 * as any other, and the one that a draw takes.
 */
int frame_make_at(const struct world *, const struct study *, int64_t owner,
    int32_t day, struct frame_result *, struct err *);

/* The funnel of a frame just made, as text or JSON. */
void frame_print(const struct frame_result *, enum lang, struct buf *);
void frame_json(const struct frame_result *, struct json *);

#endif /* !PIPELINE_FRAME_FRAME_H */
