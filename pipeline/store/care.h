#ifndef PIPELINE_STORE_CARE_H
#define PIPELINE_STORE_CARE_H

/*
 * care -- is the state sound, and a copy of it.
 */

#include <sqlite3.h>
#include <stdint.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"

/*
 * Copy the database, while others use it, to FOLDER/utvalg.db, and the keys
 * beside it (FOLDER/keys), 0600 in a folder of 0700, and FOLDER/SHA256SUMS.
 * SQLite's backup, so that it is one moment's database and never a file beside
 * its log.  FOLDER/INCOMPLETE is there from first to last: killed, the folder
 * shows that it is no backup, and the next one into it begins by clearing away
 * what is there.  A failure clears it away at once.  A folder that holds anything
 * else: EX_CANTCREAT.
 */
int care_backup(sqlite3 *, const char *state, const char *folder,
    struct err *);

/* The database alone, while others use it, to the new file ${to} (0600; not
 * synced beyond SQLite's own commit).  A file that is there: EX_IOERR. */
int care_copy(sqlite3 *, const char *to, struct err *);

/* One thing that must hold, and whether it does. */
struct care_check {
	const char *says;	/* "drawn units are of the frame that was drawn" */
	int64_t breaches;	/* rows that break it; -1: could not be asked */
};
enum { CARE_CHECKS_MAX = 32 };

/*
 * What ought to be so, and is a warning where it is not: mail has not waited an
 * hour in the spool, a night ended well within 30 hours (where there have been
 * nights), no step of the night was cut off, the disk has room for another copy
 * of the database, no package is from before the erasure of a unit in it.  How many there are, or -1.
 */
int care_watch(sqlite3 *, const char *state, int64_t now,
    struct care_check check[static CARE_CHECKS_MAX], struct err *);

/* Ask them all; how many there are, or -1. */
int care_doctor(sqlite3 *, struct care_check check[static CARE_CHECKS_MAX],
    struct err *);

#endif /* !PIPELINE_STORE_CARE_H */
