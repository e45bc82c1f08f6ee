#ifndef PIPELINE_CONTACT_EVIDENCE_H
#define PIPELINE_CONTACT_EVIDENCE_H

/*
 * evidence -- what one returned mail says, written down.
 *
 * evidence_take() reads a mail, finds whose it is, and adds its rows to
 * bounce_message and bounce; a mail that is there already (by the hash of its
 * octets without the spool's envelope lines) adds none.  A complaint about a
 * mail whose token is good is an opt-out at once; one without goes to a person,
 * since anybody could have written it.  evidence_settle() derives the
 * dispositions of the units concerned.  The caller holds the transaction.
 *
 * Further rules for the wording of returned mail are read from settings.rules,
 * in front of those compiled in (reason.h): a file that is missing, wrong, or
 * does not do what its own examples say is EX_CONFIG.
 */

#include <stddef.h>

#include "pipeline/base/err.h"
#include "pipeline/contact/bounces.h"
#include "pipeline/store/world.h"

struct reason_rules;
struct settings;
struct reason_rules *evidence_rules(const struct settings *, struct err *);	/* NULL */

struct evidence;
struct evidence *evidence_new(const struct world *, struct err *);	/* NULL */
void evidence_free(struct evidence *);

struct evidence_of {
	const char *name;	/* of the file, for table bounce_message */
	const char *data;	/* with or without the spool's envelope lines */
	size_t len;
	int cut;		/* it was longer than SPOOL_MAX */
	int broken;		/* do not read it: it breaks the reader */
	int64_t message;	/* of evidence_again(): the row of bounce_message ... */
	int64_t received;	/* ... and the moment it came, as written down then */
	int understood;		/* result: no person need look at the file */
};
int evidence_take(struct evidence *, struct evidence_of *,
    struct bounces_result *, struct err *);
int evidence_settle(struct evidence *, struct err *);

/*
 * Read a mail again that is message ${of.message}: its rows are replaced by what
 * the rules of today say.  The caller keeps what they were (verdict.h), and
 * derives the dispositions.
 */
int evidence_again(struct evidence *, struct evidence_of *, struct err *);
/* Is that file the mail of this hash? */
int evidence_is(const char *data, size_t len, const char *sha256);

/* Read a mail, look for its token, and forget it, without the database: may
 * crash or take for ever, that is what it is for. */
void evidence_probe(const struct evidence *, const char *data, size_t len);

#endif /* !PIPELINE_CONTACT_EVIDENCE_H */
