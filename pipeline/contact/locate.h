#ifndef PIPELINE_CONTACT_LOCATE_H
#define PIPELINE_CONTACT_LOCATE_H

/*
 * locate -- whose returned mail is it?  (rules of returned mail, section 4)
 *
 * By signed token: certain.  Else, for reports only, by the address that
 * failed, matched by key to recipients of mailings of the last
 * settings.address_days: located by address; two units with it: ambiguous.
 * Else by evidence that it belongs to a study: that study's bounce address, or
 * a Message-ID of ours.  Where several studies share such an address or domain,
 * it is the one of them that has written to anybody in the last address_days;
 * if that leaves more than one, it is nobody's.
 *
 * A token that is forged, or ours but too old, never falls through to a weaker
 * row.
 */

#include <stdint.h>

#include "email/email.h"
#include "pipeline/base/err.h"
#include "pipeline/contact/bounce.h"
#include "pipeline/store/world.h"

enum located { LOCATED_NONE, LOCATED_AMBIGUOUS, LOCATED_ADDRESS, LOCATED_CERTAIN };

struct location {
	int64_t study;		/* 0: unassigned */
	const char *assigned;	/* token, address, bounce-address, message-id, none */
	const char *token_state;/* as token_state_word(), NULL: none seen */
	int64_t recipient;	/* of the token; 0: none */
	char email_key[EMAIL_KEY_MAX];	/* of that recipient */
	int32_t orgnr;		/* of that recipient; 0: none */
	int shared;		/* evidence, but of more than one study */
};

struct locator;
struct locator *locator_new(const struct world *, struct err *);	/* NULL */
void locator_free(struct locator *);

/* The mail as a whole, which came at that moment. */
int locate(struct locator *, const struct bounce *, int64_t received,
    struct location *, struct err *);

/* Whose address it is. */
struct address_match {
	enum located how;	/* none, ambiguous, address */
	int64_t recipient;	/* of the newest mailing to it before the mail came;
				 * 0 unless LOCATED_ADDRESS */
	int64_t study;		/* of that mailing; where ambiguous: the one that all
				 * its units are of, or 0 */
	int64_t unit[2];	/* where ambiguous: two of the sample's units */
};
/* ${within}: look in this study only, 0: in all. */
int locate_address(struct locator *, const char *address, int64_t received,
    int64_t within, struct address_match *, struct err *);

/* What locate() does without the database, and forget it. */
void locate_probe(const struct locator *, const struct bounce *);

const char *located_word(enum located);	/* none ambiguous address certain */

#endif /* !PIPELINE_CONTACT_LOCATE_H */
