#ifndef CMD_HELP_H
#define CMD_HELP_H

/* help -- what the tables say, as help, as completion and for the manual. */

#include "cmd/cmd.h"

/* The list of commands (NULL), or one command, to standard output. */
void help_print(const struct cmd *);
void help_exits(void);
/* completion/utvalg.bash, whole. */
void help_completion(void);
/* mdoc list items: "commands", "options", "exits", "conf", "study"; the
 * example file of settings as "example".  0 or -1. */
int help_mdoc(const char *what);

#endif /* !CMD_HELP_H */
