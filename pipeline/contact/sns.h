#ifndef PIPELINE_CONTACT_SNS_H
#define PIPELINE_CONTACT_SNS_H

/*
 * sns -- notifications of a sending service as JSON in a mail (Amazon SES by
 * SNS): {"notificationType":"Bounce","bounce":{"bouncedRecipients":[
 * {"emailAddress":...,"action":...,"status":...,"diagnosticCode":...}]}}.
 * The object may stand escaped in a string of another.
 */

#include <stddef.h>

#include "pipeline/base/mem.h"
#include "pipeline/contact/dsn.h"

/*
 * BOUNCE_FINAL with the recipients added to *${dsn}, BOUNCE_DELIVERED likewise,
 * BOUNCE_FEEDBACK with the address in *${complaint}; BOUNCE_OTHER: no such text.
 */
enum bounce_kind sns_read(struct arena *, const char *text, size_t len,
    size_t max, struct dsn *, const char **complaint);

#endif /* !PIPELINE_CONTACT_SNS_H */
