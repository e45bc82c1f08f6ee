#ifndef PIPELINE_CONTACT_MAIL_TRIAL_H
#define PIPELINE_CONTACT_MAIL_TRIAL_H

/*
 * mail_trial -- the first letters of a wave to ourselves, to see how they arrive.
 *
 * Names and texts are those of the first who would be written to, or were.  What
 * could do harm is not: the access token is an invented one that opens nobody's
 * questionnaire, the return address is the sender's, so that no bounce counts
 * against anybody, and nothing is written down.
 */

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

/* *${sent} letters, at most ${most}, went to the mail server of the settings.
 * As mail_send(); an address that cannot stand in a header is EX_USAGE; the
 * server's refusal EX_UNAVAILABLE, or EX_TEMPFAIL. */
int mail_trial(const struct world *, const struct study *, int64_t study_id,
    const char *wave, const char *to, int most, int *sent, struct err *);

#endif /* !PIPELINE_CONTACT_MAIL_TRIAL_H */
