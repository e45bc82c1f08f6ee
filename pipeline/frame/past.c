#include "pipeline/base/buf.h"
#include "pipeline/store/store.h"

#include "pipeline/frame/past.h"

/* All that select.c, lists.c and activity.c ask table unit for; what is missing
 * here is no column there, and every frame as of a day fails. */
static const char columns[] = "orgnr, kind, row_hash, extract, name, legal_form,"
    " parent, deleted_date, email, business_municipality, location_municipality,"
    " nace1, nace2, nace3, employees, has_employees, employees_date, sector,"
    " registered_date, vat, vat_entry_date, articles_date, owner_change_date,"
    " accounts_year, bankrupt, winding_up, forced_winding_up, language";

int
past_extract(sqlite3 *db, const char *kind, int32_t day, int64_t *id,
    struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	*id = 0;
	if (db_prepare(db, "SELECT id FROM extract WHERE kind = ?1 AND refused IS NULL"
	    " AND register_date <= ?2 ORDER BY id DESC LIMIT 1", &s, err) != 0)
		return -1;
	db_text(s, 1, kind);
	db_i64(s, 2, day);
	if ((r = db_step(s, err)) == 1)
		*id = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return r < 0 ? -1 : 0;
}

/* A database that is open for reading takes no statement that writes, not even
 * what is temporary: for these few it does. */
static int
temporary(sqlite3 *db, const char *sql, struct err *err)
{
	struct err ignored;
	int64_t only;
	int r;

	if (db_int(db, "PRAGMA query_only", &only, err) < 0 ||
	    (only && db_exec(db, "PRAGMA query_only = OFF", err) != 0))
		return -1;
	r = db_exec(db, sql, err);
	if (only && db_exec(db, "PRAGMA query_only = ON", r == 0 ? err : &ignored) != 0)
		r = -1;
	return r;
}

int
past_open(sqlite3 *db, int64_t enhet, int64_t underenhet, struct err *err)
{
	struct buf sql = BUF(BUF_ANY);
	int r;

	/* a number below 0 is what erasure leaves of a unit */
	buf_printf(&sql, "CREATE TEMP TABLE unit AS"
	    " SELECT %s FROM main.unit WHERE extract <= iif(kind = 0, %lld, %lld)"
	    " UNION ALL SELECT %s FROM main.unit_history WHERE orgnr > 0"
	    " AND extract <= iif(kind = 0, %lld, %lld)"
	    " AND until > iif(kind = 0, %lld, %lld);"
	    "CREATE UNIQUE INDEX temp.unit_orgnr ON unit (orgnr);"
	    "CREATE INDEX temp.unit_nace1 ON unit (nace1, kind) WHERE deleted_date"
	    " IS NULL", columns, (long long)enhet, (long long)underenhet, columns,
	    (long long)enhet, (long long)underenhet, (long long)enhet,
	    (long long)underenhet);
	r = temporary(db, buf_text(&sql), err);
	buf_free(&sql);
	return r;
}

void
past_close(sqlite3 *db)
{
	struct err ignored;

	(void)temporary(db, "DROP TABLE IF EXISTS temp.unit", &ignored);
}
