#ifndef PIPELINE_CONTACT_ANSWERS_WHO_H
#define PIPELINE_CONTACT_ANSWERS_WHO_H

/* answers_who -- from what a row says of itself to a drawn unit. */

#include <sqlite3.h>
#include <stdint.h>

#include "pipeline/base/err.h"

struct answers_who;

/* The drawn units of a study; NULL: error.  free(NULL) is harmless. */
struct answers_who *answers_who_load(sqlite3 *, int64_t study_id, struct err *);
void answers_who_free(struct answers_who *);

/*
 * The unit of the first of the three that is not NULL or blank; 0: nobody, with
 * *${why} what to list.  *${matched} is the word of table answer.
 */
int64_t answers_who_find(const struct answers_who *, const char *token,
    const char *email, const char *orgnr, const char **matched,
    const char **why);

/* Note an answer of the unit; was there one before? */
int answers_who_again(struct answers_who *, int64_t unit);

#endif /* !PIPELINE_CONTACT_ANSWERS_WHO_H */
