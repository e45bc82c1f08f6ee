#ifndef CMD_PULL_CHANGES_H
#define CMD_PULL_CHANGES_H

/* pull_changes -- `utvalg pull --changes`. */

#include "cmd/cmd.h"
#include "pipeline/register/unit.h"

int pull_changes(struct cmd_ctx *, enum unit_kind);

#endif /* !CMD_PULL_CHANGES_H */
