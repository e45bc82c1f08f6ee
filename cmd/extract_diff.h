#ifndef CMD_EXTRACT_DIFF_H
#define CMD_EXTRACT_DIFF_H

/* extract_diff -- `utvalg extract diff A B`. */

#include "cmd/cmd.h"

int extract_diff(struct cmd_ctx *, const char *from, const char *to);

#endif /* !CMD_EXTRACT_DIFF_H */
