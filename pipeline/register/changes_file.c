#include "pipeline/register/changes.h"
#include "pipeline/store/store.h"

/* changes.h: what the feed has to do with a file that is loaded. */

/* What was looked up since: "why" says that it was not. */
int
changes_newer(const struct world *w, enum unit_kind kind, int64_t made,
    struct load *load, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(w->db, "SELECT DISTINCT e.orgnr, u.kind, u.deleted_date IS NOT"
	    " NULL FROM feed_event e LEFT JOIN unit u ON u.orgnr = e.orgnr WHERE"
	    " e.looked > ?1 AND e.why IS NULL AND e.orgnr IS NOT NULL ORDER BY 1", &s,
	    err) != 0)
		return -1;
	db_i64(s, 1, made);
	while ((r = db_step(s, err)) == 1) {
		int32_t orgnr = sqlite3_column_int(s, 0);

		if (sqlite3_column_type(s, 1) == SQLITE_NULL)
			load_late(load, orgnr);
		else if (sqlite3_column_int(s, 1) == (int)kind)
			load_keep(load, orgnr, sqlite3_column_int(s, 2));
	}
	sqlite3_finalize(s);
	return r;
}

static int
forget_older(const struct world *w, enum unit_kind kind, int64_t made,
    int64_t start, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	/* a removal acts once; what waits goes on waiting */
	if (db_prepare(w->db, "DELETE FROM feed_event WHERE kind = ?1 AND looked <= ?2"
	    " AND id >= ?3 AND orgnr IS NOT NULL", &s, err) != 0)
		return -1;
	db_text(s, 1, unit_kind_name(kind));
	db_i64(s, 2, made);
	db_i64(s, 3, start);
	r = db_run(s, err);
	sqlite3_finalize(s);
	return r;
}

int
changes_loaded(const struct world *w, enum unit_kind kind, int64_t id,
    int64_t made, int64_t start, const struct load_counts *n,
    struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (forget_older(w, kind, made, start, err) != 0 ||
	    /* the file that was kept holds them */
	    (n->barred > 0 && db_exec(w->db, "UPDATE tombstone SET files = 0",
	    err) != 0) ||
	    db_prepare(w->db, "UPDATE extract SET made = ?2, feed_start = nullif(?3, 0),"
	    " held = iif(?4 <> 0, units + ?4, NULL), erased = ?5 WHERE id = ?1", &s,
	    err) != 0)
		return -1;
	db_i64(s, 4, n->kept - n->late);
	db_i64(s, 5, n->barred);
	db_i64(s, 1, id);
	db_i64(s, 2, made);
	db_i64(s, 3, start);
	r = db_run(s, err);
	sqlite3_finalize(s);
	if (r != 0 || db_prepare(w->db, start != 0 ?
	    "INSERT OR REPLACE INTO feed (kind, extract, start, next) VALUES (?1, ?2,"
	    " ?3, ?3)" :
	    "DELETE FROM feed WHERE kind = ?1", &s, err) != 0)
		return -1;
	db_text(s, 1, unit_kind_name(kind));
	if (start != 0) {
		db_i64(s, 2, id);
		db_i64(s, 3, start);
	}
	r = db_run(s, err);
	sqlite3_finalize(s);
	return r;
}
