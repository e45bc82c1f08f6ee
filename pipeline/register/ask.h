#ifndef PIPELINE_REGISTER_ASK_H
#define PIPELINE_REGISTER_ASK_H

/*
 * ask -- small questions to the register over HTTP: pages of the change feed,
 * single units, many at once and politely (rules of the register, section 9, 10).
 *
 * At most settings.lookups_parallel in flight, and no more than
 * settings.lookups_per_second begun in a second (0: no limit).  What fails in a
 * way that may pass (no connection, stalled, cut, 408, 429, 5xx, a body that
 * ${check} does not take) is asked again, settings.lookup_tries times in all,
 * after 0.5 s, 1 s, 2 s ... of which up to half is left off by chance, so that
 * not all who were turned away come back together.  Retry-After holds for all
 * questions, and is added to what the answer's own turn would wait.
 *
 * Answers that are answers: 200, 404, 410.  Any other 4xx is not asked again.
 */

#include <stddef.h>
#include <stdint.h>

#include "config/settings.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/base/talk.h"

enum { ASK_WAIT = 300 };	/* Retry-After of more seconds ends the run */

struct ask_item {
	char url[1200];
	const char *accept;		/* media type */
	/* Is the body of a 200 whole?  0: yes.  NULL: not looked at. */
	int (*check)(void *ctx, const struct buf *body);
	void *ctx;
	struct buf body;		/* BUF(most octets): the caller's */
	long status;			/* of the answer; 0: there is none */
	char why[120];			/* why there is none, no data in it */
	/* private */
	int tries, flying;
	int64_t when;
};

struct ask;

/* ${seed}: what the chance above begins with. */
struct ask *ask_new(const struct settings *, const struct talk *, uint64_t seed,
    struct err *);
void ask_free(struct ask *);

/*
 * Ask them all.  0: each has a status or a reason; -1: nothing can be asked now,
 * EX_TEMPFAIL (the register wants to be left alone for longer than ASK_WAIT, or
 * none of the questions got any answer from it at all) or EX_CONFIG.
 */
int ask_all(struct ask *, struct ask_item *, size_t n, struct err *);

/* Milliseconds before try ${tries} + 1, from 1; ${chance} any number. */
int64_t ask_backoff(int tries, uint32_t chance);

#endif /* !PIPELINE_REGISTER_ASK_H */
