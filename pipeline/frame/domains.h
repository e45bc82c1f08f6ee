#ifndef PIPELINE_FRAME_DOMAINS_H
#define PIPELINE_FRAME_DOMAINS_H

/*
 * domains -- which domains take mail: what is remembered (table domain), what
 * has to be asked anew (mx_ask.h), and who is left out for it.
 *
 * An answer that mail can be brought counts for seven days, one that it cannot
 * for one; "unknown" is not kept, and takes nothing away from what is.  That a
 * domain does not exist is asked again on the next day and only counts when it
 * was seen on two.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/base/mem.h"
#include "pipeline/frame/mx.h"
#include "pipeline/frame/select.h"
#include "pipeline/store/world.h"

struct domain {
	const char *name;	/* of mx_name() */
	int known;		/* the rest holds: remembered, or just asked for */
	int remembered;
	enum mx_verdict verdict;
	int twice;		/* no-domain: seen on two days */
	int64_t asked;		/* moment */
	const char *resolver;	/* "" where nobody was asked */
	const char *exchange;	/* of one just asked for: the first; or NULL */
	int64_t absent;		/* no-domain since this moment; DOMAIN_NEVER */
};
enum { DOMAIN_POSITIVE = 7 * 86400, DOMAIN_NEGATIVE = 86400 };
#define DOMAIN_NEVER	INT64_MAX

/* A letter to it comes back, for all that is known: left out. */
int domain_dead(const struct domain *);

/* Fill in what the database remembers and still counts at w->now. */
int domains_recall(const struct world *, struct domain *, size_t n,
    struct arena *, struct err *);

/* Ask for those not known, each of which must be there once; then all are
 * known.  ${give_up}: see mx_ask.h. */
int domains_ask(const struct world *, struct domain *, size_t n, int64_t give_up,
    struct arena *, struct err *);

/* Remember what was asked for, in a transaction. */
int domains_store(const struct world *, const struct domain *, size_t n,
    struct err *);

/*
 * A study with [email] mx: leave out who would be written to at a dead domain
 * (email_unusable, the verdict as detail), before shared addresses are settled.
 * ${ask}: ask for and store what is not remembered; else that is only counted
 * and said.  s->dns_sha256 is over "DOMAIN VERDICT\n" of the domains that left
 * somebody out.  More unknown than dns.max_unknown allows: EX_TEMPFAIL.
 */
int domains_settle(const struct world *, struct selection *s, int ask,
    struct err *);

#endif /* !PIPELINE_FRAME_DOMAINS_H */
