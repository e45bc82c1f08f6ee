#ifndef PIPELINE_FRAME_MX_H
#define PIPELINE_FRAME_MX_H

/*
 * mx -- does this domain take mail?  What the answers of the domain name
 * system mean (RFC 5321, section 5.1; RFC 7505), without asking for them:
 * mx_ask.h asks, domains.h remembers.
 *
 * A domain is asked for MX first, then, where it has none, for A and AAAA, and
 * only as long as that can still change the verdict: mx_next().
 *
 *	mx		it names a mail server
 *	fallback	it names none, but has an address that all can reach: that
 *			is its mail server
 *	null-mx		it says that it takes no mail (RFC 7505)
 *	no-mail		it exists, and there is nowhere to bring mail
 *	no-domain	it does not exist
 *	unknown		not answered, or answered with trouble: says nothing about
 *			the domain, and nobody is left out for it
 *
 * The root among other exchanges does not count; localhost and what is written
 * as an address is no exchange.  Whether an exchange has an address, or listens,
 * is not asked.  Pure.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/talk.h"

enum mx_verdict { MX_UNKNOWN, MX_MX, MX_FALLBACK, MX_NULL, MX_NO_MAIL,
	MX_NO_DOMAIN, MX_VERDICTS };

/* "null-mx" ..., the other way (-1: none of them), and a sentence. */
const char *mx_code(enum mx_verdict);
int mx_parse(const char *code, enum mx_verdict *ret);
const char *mx_text(enum mx_verdict, enum lang);

/* null-mx, no-mail, no-domain: a letter to it comes back. */
int mx_dead(enum mx_verdict);

/* What one question brought. */
enum mx_status { MX_UNASKED, MX_RECORDS, MX_NODATA, MX_NXDOMAIN,
	MX_TROUBLE /* SERVFAIL, REFUSED, silence, a packet that is none ... */ };

/* What is known of a domain.  Starts zeroed; the caller adds each answer. */
struct mx_facts {
	enum mx_status mx, a, aaaa;
	int roots, usable, unusable;	/* exchanges */
	int reachable;			/* A or AAAA that all can reach */
};

/* One exchange of an MX answer ("" or ".": the root), 1: it is usable; one
 * address. */
int mx_exchange(struct mx_facts *, const char *host);
void mx_address4(struct mx_facts *, const unsigned char octets[static 4]);
void mx_address6(struct mx_facts *, const unsigned char octets[static 16]);

/* What is still to be asked; at MX_ASK_NOTHING the verdict is in. */
enum mx_ask_for { MX_ASK_NOTHING, MX_ASK_MX, MX_ASK_A, MX_ASK_AAAA };
enum mx_ask_for mx_next(const struct mx_facts *, enum mx_verdict *verdict);

/* Can an address be reached from everywhere (RFC 6890 and its registries)? */
int mx_global4(const unsigned char octets[static 4]);
int mx_global6(const unsigned char octets[static 16]);

/*
 * A domain as typed -- or the address it stands in, behind the last '@' -- as
 * it is asked for: lower case, A-labels (RFC 5891), without the final dot.  -1
 * if it cannot be one.  One label is enough here.
 */
enum { MX_NAME = 254 };
int mx_name(const char *typed, char out[static MX_NAME]);

#endif /* !PIPELINE_FRAME_MX_H */
