#ifndef CMD_EXITS_H
#define CMD_EXITS_H

/* exits -- what the exit statuses of utvalg mean: one table for utvalg(1),
 * `utvalg help exits` and the tests. */

#include <stddef.h>

struct exit_status {
	int status;
	const char *name;	/* of <sysexits.h>, "" where it has none */
	const char *text;
};

extern const struct exit_status exits[];
extern const size_t nexits;

#endif /* !CMD_EXITS_H */
