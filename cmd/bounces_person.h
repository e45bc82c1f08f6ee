#ifndef CMD_BOUNCES_PERSON_H
#define CMD_BOUNCES_PERSON_H

/*
 * bounces_person -- a person's place among returned mail: `utvalg bounces` list,
 * show, review, mark, undo, release, and --replay.
 *
 * Addresses are shown as k***@example.no unless --addresses is given.
 */

#include "cmd/cmd.h"

/* Is it one of the words? */
int bounces_person_is(const char *word);
/* What the words and options ask, before anything is made ready. */
int bounces_person_check(struct cmd_ctx *, int argc, char *argv[]);
int bounces_person_run(struct cmd_ctx *, int argc, char *argv[]);

int bounces_list(struct cmd_ctx *, int review);
int bounces_show(struct cmd_ctx *, const char *number);
int bounces_replay(struct cmd_ctx *);

#endif /* !CMD_BOUNCES_PERSON_H */
