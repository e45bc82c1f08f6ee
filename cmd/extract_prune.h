#ifndef CMD_EXTRACT_PRUNE_H
#define CMD_EXTRACT_PRUNE_H

/* `utvalg extract prune` */

#include "cmd/cmd.h"

int extract_prune(struct cmd_ctx *);

#endif /* !CMD_EXTRACT_PRUNE_H */
