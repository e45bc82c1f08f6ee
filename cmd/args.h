#ifndef CMD_ARGS_H
#define CMD_ARGS_H

/* args -- from the words of the command line to options and operands. */

#include "cmd/cmd.h"

/*
 * Read all of ${argv}.  0 with ctx->cmd (NULL where no command was named), the
 * options in ctx, and the operands in ${operand} (room for argc + 1), the
 * command's name first; or -1 with EX_USAGE.
 */
int args_read(struct cmd_ctx *, int argc, char *argv[], char **operand, int *n);

/* Are they as many as the command takes, and the first of its words?  0 or -1. */
int args_count(struct cmd_ctx *, int n, char *operand[]);

#endif /* !CMD_ARGS_H */
