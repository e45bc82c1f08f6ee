#ifndef PIPELINE_REGISTER_UNIT_ROW_H
#define PIPELINE_REGISTER_UNIT_ROW_H

/*
 * unit_row -- a unit as a row of `unit` and `unit_history`: from the field table
 * to SQL, to what is bound, and back.
 */

#include <sqlite3.h>

#include "pipeline/base/buf.h"
#include "pipeline/register/unit.h"

/* The columns, ", " behind each. */
void unit_row_columns(struct buf *);

/* "INSERT OR REPLACE INTO unit (...) VALUES (?1 ... ?n)", n - 1 the row's hash and
 * n its extract; and the values for it. */
void unit_row_sql(struct buf *);
void unit_row_bind(sqlite3_stmt *, const struct unit *, int64_t hash,
    int64_t extract);

/* The columns of unit_row_columns(), which come first in the row.  Text is
 * SQLite's: good until the next step. */
void unit_row_read(sqlite3_stmt *, struct unit *);

#endif /* !PIPELINE_REGISTER_UNIT_ROW_H */
