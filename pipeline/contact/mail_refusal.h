#ifndef PIPELINE_CONTACT_MAIL_REFUSAL_H
#define PIPELINE_CONTACT_MAIL_REFUSAL_H

/*
 * mail_refusal -- a letter that the server refuses at once is evidence like a
 * bounce: the same reasons, the same rows (rules of returned mail, section 9).
 */

#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/contact/mail_out.h"
#include "pipeline/contact/reason.h"
#include "pipeline/store/world.h"

/* Why.  A refusal before the recipient was named is ours, whatever it says. */
struct reason mail_refusal_reason(const struct reason_rules *,
    const struct handed *);

/* Its rows in bounce_message and bounce; the caller holds the transaction. */
int mail_refusal_write(const struct world *, int64_t study, int64_t recipient,
    const char *address, int64_t at, const struct handed *,
    const struct reason *, struct err *);

#endif /* !PIPELINE_CONTACT_MAIL_REFUSAL_H */
