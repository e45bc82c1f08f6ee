#ifndef PIPELINE_REGISTER_PUMP_H
#define PIPELINE_REGISTER_PUMP_H

/*
 * pump -- unpacks on a thread of its own while the caller reads what has been
 * unpacked: inflating is the longer half of reading an extract.
 *
 * Between the two lie PUMP_PIECES buffers of PUMP_SIZE octets, and no more
 * memory than that however slow the reader is.  While it runs the gunzip and
 * its tap belong to the thread; they are the caller's again after pump_stop().
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/register/gunzip.h"

enum { PUMP_PIECES = 8, PUMP_SIZE = 256 * 1024 };

struct pump;

/* NULL: no thread could be started (EX_OSERR). */
struct pump *pump_start(struct gunzip *, struct err *);

/*
 * The next piece: its length, and *${data} good until the next call; 0 at the
 * good end of the file; -1 with gunzip_read()'s reason.  ${unpacked_from} is how
 * many octets of the file have been read; may be NULL.
 */
int64_t pump_read(struct pump *, const char **data, int64_t *unpacked_from,
    struct err *);

/* Waits for the thread, which stops at the next piece. NULL is harmless. */
void pump_stop(struct pump *);

#endif /* !PIPELINE_REGISTER_PUMP_H */
