#ifndef CMD_READY_H
#define CMD_READY_H

/*
 * ready -- what a command needs, made ready and put away again (cmd_ready() of
 * cmd.h is here too).
 *
 * With --dry-run the database is a private copy that vanishes: nothing is
 * locked, nobody waits, nothing is made, also where there is no state yet.
 */

#include "cmd/cmd.h"

void cmd_finish(struct cmd_ctx *);

#endif /* !CMD_READY_H */
