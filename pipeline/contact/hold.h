#ifndef PIPELINE_CONTACT_HOLD_H
#define PIPELINE_CONTACT_HOLD_H

/*
 * hold -- mass failure among returned mail (rules of returned mail, section 9).
 *
 * Before returns mark anybody, the mailing they are of is looked at, and those
 * of its letters that went in the last hour: do they fail by our sending, does a
 * provider know none of its users any more, are more addresses dead than is to be
 * believed (mail_failure.h)?  Then returns read from now on are kept and mark
 * nobody (bounce_hold) until a person has looked and releases them.  What was
 * released once is not held again for the same cause.
 *
 * Letters and failures are counted as they come, so that a run of ten thousand
 * reads each mailing once.  The caller holds the transaction.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

struct hold;
struct hold *hold_new(const struct world *);
void hold_free(struct hold *);		/* NULL is harmless */

/* These recipients had reports, their rows are written.  Mailings that are to be
 * held get their row, an event and a line of talk; the dispositions of their
 * studies are derived anew. */
int hold_look(struct hold *, const int64_t *recipient, size_t n, struct err *);

/* Release all of a study, *${n} of them, and derive its dispositions.
 * EX_NOINPUT: there are none. */
int hold_release(const struct world *, int64_t study, const char *why, int64_t *n,
    struct err *);

#endif /* !PIPELINE_CONTACT_HOLD_H */
