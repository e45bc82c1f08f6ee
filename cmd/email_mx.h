#ifndef CMD_EMAIL_MX_H
#define CMD_EMAIL_MX_H

/* email_mx -- `utvalg email mx`: which of these domains take mail? */

#include "cmd/cmd.h"

/* ${argv} are the domains, "-" for a line each from standard input.  As
 * cmd.run(): 1 where one that was typed takes no mail. */
int email_mx(struct cmd_ctx *, int argc, char *argv[]);

#endif /* !CMD_EMAIL_MX_H */
