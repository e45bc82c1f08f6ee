#ifndef PIPELINE_CONTACT_VERDICT_H
#define PIPELINE_CONTACT_VERDICT_H

/*
 * verdict -- what a returned mail is taken to say, as rules and persons have it.
 *
 * Tables bounce_message and bounce hold what stands today, so that whoever counts
 * need not know how it came about.  What rules said before is kept in
 * bounce_reading; what a person says is a row of bounce_mark, and stands over
 * every reading until it is undone.  Nothing is lost: undoing is done by laying
 * what is left over the reading again.
 *
 * The caller holds the transaction, and derives the dispositions of the studies
 * concerned (verdict_studies()).
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

/* What stands today as JSON: columns of bounce_message and, as "lines", its rows
 * of bounce. */
int verdict_text(sqlite3 *, int64_t message, struct buf *, struct err *);

/* The reading beneath the marks, 1; 0: there are no marks, what stands is it. */
int verdict_reading(sqlite3 *, int64_t message, struct buf *, struct err *);

/* What stands today is a new reading by rules; ${before} was the last one and
 * is kept as superseded.  Marks are laid over it. */
int verdict_supersede(const struct world *, int64_t message, const char *before,
    struct err *);

/* Lay the marks that stand over the reading. */
int verdict_restate(const struct world *, int64_t message, struct err *);

/* A person says.  ${line} 0: of all lines.  recipient: a recipient number;
 * reason: a word of reason.h; hard: "0", "1"; kind: a kind; reviewed: "". */
struct verdict_mark {
	int64_t message, line;
	const char *what, *value, *why;
	int64_t person;
};
/* EX_NOINPUT: no such mail or line; EX_DATAERR: a value that is none. */
int verdict_mark(const struct world *, const struct verdict_mark *, int64_t *id,
    struct err *);
/* EX_NOINPUT: no such mark; EX_DATAERR: undone already. */
int verdict_undo(const struct world *, int64_t mark, const char *why,
    int64_t *message, struct err *);

/* Derive the dispositions of every study that this mail is, or was, about. */
int verdict_settle(const struct world *, int64_t message, struct err *);

/*
 * The recipient that a person means by ${who}: a recipient number, or an address,
 * of the newest mailing to it before that mail came.  EX_NOINPUT: nobody;
 * EX_DATAERR: several units.
 */
int verdict_recipient(const struct world *, int64_t message, const char *who,
    int64_t *recipient, struct err *);

#endif /* !PIPELINE_CONTACT_VERDICT_H */
