#ifndef PIPELINE_CONTACT_ANSWERS_H
#define PIPELINE_CONTACT_ANSWERS_H

/*
 * answers -- stage 4, inward: a survey platform's export (CSV).
 *
 * Columns and status words as the study file maps them.  A row is tied to a
 * drawn unit by token, else e-mail key, else organisation number.  Rows that
 * are tied to nobody, doubles and late answers are kept and listed, never
 * dropped.  Of two answers of one unit the last complete one is used, else the
 * last partial one.  All rows of a file in one transaction; the same file
 * again changes nothing.  A column the study file names and the file lacks, a
 * row with another number of fields: EX_DATAERR with the line, nothing read.
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

struct answers_note {
	size_t line;
	const char *what;	/* "unknown token", "double", "late", "unknown status" */
	char text[120];		/* the status word and the like; no token, no address */
};
struct answers_result {
	int64_t rows, added, again;
	int64_t complete, partial, refused, screened, unknown_status;
	int64_t unmatched, doubles, late;
	int latin1, bom;
	char delimiter;
	struct answers_note *note;	/* answers_result_free() */
	size_t nnote;
};

int answers_read(const struct world *, const struct study *, int64_t study_id,
    const char *path, struct answers_result *, struct err *);
void answers_result_free(struct answers_result *);

#endif /* !PIPELINE_CONTACT_ANSWERS_H */
