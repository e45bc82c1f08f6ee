#ifndef PIPELINE_CONTACT_ANSWERS_H
#define PIPELINE_CONTACT_ANSWERS_H

/*
 * answers -- stage 4, inward: a survey platform's export (CSV).
 *
 * Columns and status words as the study file maps them; words are compared
 * without case and outer blanks, "*" is any word that is not another's, '""'
 * an empty field.  Without a status column every row is a complete answer.
 *
 * A row is tied to a drawn unit by token, else e-mail key, else organisation
 * number: by the first of them that the row holds.  A token that is nobody's is
 * not made up for by an address beside it.  Rows that are tied to nobody,
 * doubles and late answers are kept and listed, never dropped.  Of two answers
 * of one unit the last complete one is used, else the last partial one, else
 * the last refusal, else the last screened out; those in time before late ones.
 *
 * All rows of a file in one transaction; the same file again changes nothing.
 * Where the study file has changed, reading the file again gives its rows their
 * new meaning (they count as ${again}), and a new deadline makes all answers of
 * the study late or not anew.
 *
 * A column the study file names and the file lacks, a row with another number
 * of fields: EX_DATAERR with the line, nothing read.  Nobody drawn: EX_NOINPUT.
 *
 * Times as in moment_parse(), or DD.MM.YYYY [hh:mm[:ss]]; taken as UTC.  A day
 * of 1980-01-01 is LimeSurvey's way to say none.
 *
 * Steps to be killed at: answers.1 (read, nothing written), answers.2 (rows
 * written), answers.3 (before the commit), answers.4 (after).
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

struct answers_note {
	size_t line;
	const char *what;	/* "unknown token", "unknown address", "unknown
				 * organisation number", "nobody named", "several
				 * units", "double", "late", "unknown status",
				 * "unknown time" */
	char text[120];		/* the status word and the like; no token, no address */
};
struct answers_result {
	int64_t rows, added, again;	/* rows = added + again */
	int64_t complete, partial, refused, screened, unknown_status;	/* added */
	int64_t unmatched, doubles, late;	/* of the added */
	int latin1, bom;
	char delimiter;
	struct answers_note *note;	/* answers_result_free() */
	size_t nnote;
};

int answers_read(const struct world *, const struct study *, int64_t study_id,
    const char *path, struct answers_result *, struct err *);
void answers_result_free(struct answers_result *);

#endif /* !PIPELINE_CONTACT_ANSWERS_H */
