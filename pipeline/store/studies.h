#ifndef PIPELINE_STORE_STUDIES_H
#define PIPELINE_STORE_STUDIES_H

/*
 * studies -- from what is typed on the command line to a study.
 *
 * ${arg} with a '/' or ending in ".ini" is a file; otherwise the name of a
 * study that the database knows (its file as last used), else of a file NAME.ini
 * in /etc/utvalg/studies or PREFIX/share/utvalg/studies.
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

/*
 * 0 with *${study} (study_free()) and *${id}, 0 where the database does not
 * know it yet (or there is no database: world->db NULL).  Unknown name:
 * EX_NOINPUT, naming the known ones.
 */
int studies_find(const struct world *, const char *arg, struct study **study,
    int64_t *id, struct err *);

/*
 * Write down ${study} as last used; *${id}.  Inside the caller's transaction.
 * ${owner} is a user id, -1 for the administrator; a study of another owner is
 * refused (EX_NOPERM).
 */
int studies_put(const struct world *, const struct study *, int64_t owner,
    int64_t *id, struct err *);

/*
 * A study that is framed or drawn gets a new file that says the same of population
 * and draw (study_diff.h): texts, letters, answers and tables may be others.  Frame
 * and draw go on to name the file that they were made with.  What changed is
 * appended to ${keys}, "[mail] subject, ..."; empty: comments alone.  Says it
 * another thing of population or draw: EX_DATAERR, naming the keys, and nothing is
 * changed.  A transaction of its own, with an event.
 */
int studies_renew(const struct world *, int64_t id, const struct study *,
    struct buf *keys, struct err *);

/* Ids of all studies in order of their names; free(). */
int studies_all(sqlite3 *, int64_t **ids, size_t *n, struct err *);

/* The study as last used, by id. */
int studies_get(const struct world *, int64_t id, struct study **study,
    struct err *);

/* What happened, for people (table event). Never a name, address or token. */
int studies_event(const struct world *, int64_t study, const char *what,
    struct err *, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif /* !PIPELINE_STORE_STUDIES_H */
