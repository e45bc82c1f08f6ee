#ifndef PIPELINE_REGISTER_RELAY_H
#define PIPELINE_REGISTER_RELAY_H

/*
 * relay -- units from a thread that reads an extract to the one that loads it.
 *
 *	file --> pump's thread --> relay's thread --> the caller
 *	           unpacks            reads            loads
 *
 * Between the last two lie RELAY_PIECES buffers of about RELAY_SIZE octets, and
 * no more memory than that (and one large unit each) however slow the caller
 * is.  What is handed over comes out in the order it went in.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/register/pack.h"
#include "pipeline/register/scan.h"
#include "pipeline/register/unit.h"

enum { RELAY_PIECES = 8, RELAY_SIZE = 128 * 1024 };

struct relay;

/* Runs on the thread: reads to the end, handing over what it finds with
 * relay_unit() and relay_fault().  0, or -1 with ${err} set. */
typedef int relay_read(void *ctx, struct relay *, struct err *);

/* ${held}: what the thread holds units against, so that of those in force no more
 * is handed over than that (pack.h); NULL: nothing.  NULL: no thread could be
 * started (EX_OSERR). */
struct relay *relay_start(relay_read *read, void *ctx, const struct held *held,
    struct err *err);

/* For the thread.  -1: nobody listens any more.  Nothing of what is shown is
 * kept.  ${line} is the one the unit begins on. */
int relay_unit(struct relay *, const struct unit *, size_t line, struct err *);
int relay_fault(struct relay *, const struct scan_fault *, struct err *);
/* How far it is, in whatever the caller counts in. */
void relay_at(struct relay *, int64_t at);

/* What came out: a unit, or a fault. */
struct relay_item {
	int is_unit;
	struct packed unit;
	struct scan_fault fault;
	int64_t at;		/* relay_at() by then, about */
};

/* 1: the next, good until the next call; 0: the thread has returned 0; -1: it
 * has returned -1, and this is its ${err}. */
int relay_next(struct relay *, struct relay_item *, struct err *);

/* Waits for the thread, which hears at its next unit that nobody listens.  What
 * it has written to its ctx is the caller's after that.  NULL is harmless. */
void relay_stop(struct relay *);

#endif /* !PIPELINE_REGISTER_RELAY_H */
