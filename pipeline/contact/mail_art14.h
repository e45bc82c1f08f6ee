#ifndef PIPELINE_CONTACT_MAIL_ART14_H
#define PIPELINE_CONTACT_MAIL_ART14_H

/*
 * mail_art14 -- does a letter say what the General Data Protection Regulation,
 * article 14, wants said to somebody whose address comes from elsewhere?  Pure.
 *
 * Wanted in the invitation: who is responsible ({controller}), whom to ask
 * ({contact}), what for ({purpose}), on what ground ({legal_basis}), where the
 * address is from (Enhetsregisteret), how long things are kept ({retention}, or
 * in words), how to object, and to whom to complain (Datatilsynet).  A field, or
 * what the study file says there word for word, or for the last four a word by
 * which it can be told; {art14} and {art14_en} say all of it.  In a reminder:
 * who, whom to ask and how to object.
 *
 * Words can be told, not whether they are true: that is the researcher's.
 */

#include "config/study.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"

/*
 * 0; -1 (EX_CONFIG) naming all that is missing in the study file or in
 * ${template}, which ${what} names: "invite.txt".  Study says "elsewhere": 0.
 */
int mail_art14_check(const struct study *, const char *template,
    const char *what, int reminder, struct err *);

/* Append the paragraph that {art14} stands for.  Nothing, where the study file
 * lacks something for it. */
void mail_art14_text(const struct study *, const char *register_date,
    int english, struct buf *);

#endif /* !PIPELINE_CONTACT_MAIL_ART14_H */
