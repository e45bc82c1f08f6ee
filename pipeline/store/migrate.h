#ifndef PIPELINE_STORE_MIGRATE_H
#define PIPELINE_STORE_MIGRATE_H

/*
 * migrate -- a database of an older version is taken forward to this one's
 * layout (migrate_N.sql, from schema N-1 to N), with all that it holds.
 *
 * First the whole of it is copied, as `utvalg backup` does, to
 *
 *	STATE/utvalg-schema-N-YYYY-MM-DD.db	its schema, and the day
 *
 * (0600; one of the same name is replaced once the new one is whole), then all
 * steps are one transaction, at whose end no more rows than before may refer to
 * what is not there.  Killed, or on a full disk, the database is as it was.
 *
 * Only commands that write take a database forward; those that read refuse it
 * (EX_CONFIG) and name `utvalg migrate`: what only looks must not change the
 * state, and the lock is not theirs.
 */

#include <sqlite3.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/base/talk.h"

/*
 * The database of ${state}, under the lock.  *${from} is the schema it had, and
 * 0 where there was nothing to do or there is no database yet; ${copy} then the
 * name of the copy in ${state}.  A newer one: EX_CONFIG; no room: EX_IOERR.
 */
enum { MIGRATE_NAME = 64 };
int migrate_state(const char *state, int64_t now, const struct talk *,
    int64_t *from, char copy[static MIGRATE_NAME], struct err *);

/* The steps from schema ${from} alone, in one transaction of its own. */
int migrate_database(sqlite3 *, int64_t from, struct err *);

#endif /* !PIPELINE_STORE_MIGRATE_H */
