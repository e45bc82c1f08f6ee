#ifndef PIPELINE_FRAME_MX_ASK_H
#define PIPELINE_FRAME_MX_ASK_H

/*
 * mx_ask -- asks the domain name system about many domains at once (c-ares).
 *
 * MX_FLIGHT domains are on their way at any time; a truncated answer is asked
 * for again over TCP; a server that fails is followed by the next one.  Aliases
 * are the resolver's business.  Whatever goes wrong with a question is
 * "unknown" for its domain and no error.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"
#include "pipeline/frame/mx.h"

enum { MX_FLIGHT = 50, MX_SERVERS = 8 };

struct mx_how {
	const char *servers;	/* "192.0.2.1 [2001:db8::1]:53", blanks or commas
				 * between, at most MX_SERVERS; NULL or "": the
				 * system's (resolv.conf(5)) */
	int64_t timeout;	/* seconds for the first answer, at least 1; doubles
				 * with each try */
	int64_t tries;		/* of each server, at least 1 */
	int64_t give_up;	/* more unknown than this: the rest is not asked and
				 * is unknown; -1: all are asked */
};

struct mx_query {
	const char *domain;	/* of mx_name(); the caller names each once */
	enum mx_verdict verdict;
	const char *exchange;	/* the first usable by preference, NULL: none */
	int preference;		/* of it */
};

/* Fill in ${query}; texts are in the arena.  *${resolver}: who was asked, with
 * commas between.  -1 only where it could not begin: EX_CONFIG for servers that
 * are none, EX_OSERR. */
int mx_ask(const struct mx_how *, struct mx_query *query, size_t n,
    struct arena *, const char **resolver, const struct talk *, struct err *);

#endif /* !PIPELINE_FRAME_MX_ASK_H */
