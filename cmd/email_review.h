#ifndef CMD_EMAIL_REVIEW_H
#define CMD_EMAIL_REVIEW_H

/* email_review -- `utvalg email review`: which addresses of a study should a
 * person look at? */

#include "cmd/cmd.h"

/* ${argv} is the study.  As cmd.run(). */
int email_review(struct cmd_ctx *, int argc, char *argv[]);

#endif /* !CMD_EMAIL_REVIEW_H */
