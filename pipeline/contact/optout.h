#ifndef PIPELINE_CONTACT_OPTOUT_H
#define PIPELINE_CONTACT_OPTOUT_H

/*
 * optout -- somebody has said no to a person: by telephone, in a reply, on a slip.
 *
 * Written down as what it is, an answer "refused" of the drawn unit (table answer,
 * file "by hand"), from which its disposition follows; and the address and the
 * organisation number go on the list of those that are not to be written to
 * (suppress.h), for every study.  A complete answer still wins: it stays, and mail
 * stops.
 *
 * Nothing of a person is in the event that is written: counts alone.
 */

#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

struct optout_result {
	int64_t units;		/* drawn units it is about */
	int64_t noted;		/* of them noted (or taken back) now */
	int64_t listed;		/* entries new on (or taken off) the list */
};

/*
 * ${who} is an e-mail address, the token of a questionnaire, a return token or
 * return address, or nine digits of an organisation number; blanks around it are
 * nothing.  ${study} 0: of every study; an address or number goes on the list then
 * also where nobody that was drawn has it.  Adds to *${ret}.  None of these:
 * EX_USAGE; nobody found: EX_NOINPUT.  Inside the caller's transaction, and the
 * same again changes nothing.
 */
int optout_note(const struct world *, int64_t study, const char *who,
    struct optout_result *ret, struct err *);

/* It was a mistake: the note, and what it put on the list, are taken back.  What a
 * platform, a returned mail or somebody else put there stays. */
int optout_undo(const struct world *, int64_t study, const char *who,
    struct optout_result *ret, struct err *);

/* Derive the dispositions of the studies that were touched, and write the event;
 * once, behind all notes, in the same transaction. */
int optout_end(const struct world *, int64_t study, int undo, const char *reason,
    const struct optout_result *, struct err *);

#endif /* !PIPELINE_CONTACT_OPTOUT_H */
