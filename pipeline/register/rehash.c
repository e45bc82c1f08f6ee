#include "pipeline/base/buf.h"
#include "pipeline/register/unit_row.h"
#include "pipeline/store/store.h"

#include "pipeline/register/rehash.h"

/* 1: they have another sum. */
static int
is_due(sqlite3 *db, enum unit_kind kind, int64_t extract, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r, due = 1;

	if (db_prepare(db, "SELECT unit_hash FROM extract WHERE kind = ?1 AND id < ?2"
	    " AND refused IS NULL AND origin = 'file' ORDER BY id DESC LIMIT 1",
	    &s, err) != 0)
		return -1;
	db_text(s, 1, unit_kind_name(kind));
	db_i64(s, 2, extract);
	if ((r = db_step(s, err)) == 1)
		due = sqlite3_column_int64(s, 0) != UNIT_HASH;
	sqlite3_finalize(s);
	return r < 0 ? -1 : due;
}

/* Rows keep their place, and no index has the sum: they can be written while
 * they are gone through. */
static int
sum_rows(sqlite3_stmt *get, sqlite3_stmt *put, struct err *err)
{
	struct unit u;
	int r;

	while ((r = db_step(get, err)) == 1) {
		unit_row_read(get, &u);
		db_i64(put, 1, sqlite3_column_int64(get, (int)unit_fields_n));
		db_i64(put, 2, unit_hash(&u));
		if (db_run(put, err) != 0)
			return -1;
	}
	return r;
}

int
rehash(sqlite3 *db, enum unit_kind kind, int64_t extract, struct err *err)
{
	struct buf text = BUF(BUF_ANY);
	sqlite3_stmt *get = NULL, *put = NULL;
	int r = is_due(db, kind, extract, err);

	if (r != 1)
		return r;
	buf_str(&text, "SELECT ");
	unit_row_columns(&text);
	buf_str(&text, "rowid FROM unit NOT INDEXED WHERE kind = ?1");
	r = db_prepare(db, buf_text(&text), &get, err) != 0 ||
	    db_prepare(db, "UPDATE unit SET row_hash = ?2 WHERE rowid = ?1",
	    &put, err) != 0 ? -1 : 0;
	buf_free(&text);
	if (r == 0) {
		db_i64(get, 1, kind);
		r = sum_rows(get, put, err);
	}
	sqlite3_finalize(get);
	sqlite3_finalize(put);
	return r;
}
