#ifndef PIPELINE_FRAME_PAST_H
#define PIPELINE_FRAME_PAST_H

/*
 * past -- the register of a past day, where the frame stage looks for today's.
 *
 * past_open() makes a temporary table `unit`, which hides the register's for the
 * connection until past_close(): what unit and unit_history had in force at the
 * extracts of that day (asof.h of the register stage tells one unit's story by
 * the same rule), with the columns that a population is made of.  So the frame
 * stage asks both by the same words.  The table lies where SQLite keeps what is
 * temporary: a file without a name, which nobody else can open.
 *
 * Units that have been erased since are not in it: they are nowhere any more.
 */

#include <sqlite3.h>
#include <stdint.h>

#include "pipeline/base/err.h"

/*
 * The extract of ${kind} ("enhet", "underenhet") whose register was that of
 * ${day}: the last one taken into force whose register date is not after it; a
 * day that the change feed brought counts.  *${id} 0: none so early.
 */
int past_extract(sqlite3 *, const char *kind, int32_t day, int64_t *id,
    struct err *);

int past_open(sqlite3 *, int64_t enhet, int64_t underenhet, struct err *);
void past_close(sqlite3 *);	/* harmless where nothing is open */

#endif /* !PIPELINE_FRAME_PAST_H */
