#ifndef PIPELINE_STORE_LOCK_H
#define PIPELINE_STORE_LOCK_H

/*
 * lock -- one writer at a time: flock(2) on STATE/lock, which holds who and
 * since when.  Killed holders let go by themselves.
 */

#include <stdint.h>

#include "pipeline/base/err.h"

/*
 * Take it; ${who} is the command, for the next one's message.  ${wait} seconds
 * at most (0: not at all; -1: for ever); held by another: EX_TEMPFAIL, "the
 * lock is held by PID (COMMAND) since TIME".  *${fd} is for lock_free().
 */
int lock_take(const char *state, const char *who, int64_t now, int64_t wait,
    int *fd, struct err *err);
void lock_free(int fd);

#endif /* !PIPELINE_STORE_LOCK_H */
