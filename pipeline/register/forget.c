#include "config/settings.h"
#include "pipeline/base/date.h"
#include "pipeline/store/store.h"

#include "pipeline/register/forget.h"

/* The oldest extract of a kind that must be told from all later ones: that of
 * the day ?2, or that of a frame in use; NULL where there is none so old. */
static const char sql_cut[] =
    "SELECT min(id) FROM (SELECT max(id) AS id FROM extract WHERE kind = ?1 AND"
    " refused IS NULL AND register_date <= ?2 UNION ALL"
    " SELECT CASE ?1 WHEN 'enhet' THEN f.extract_enhet ELSE f.extract_underenhet"
    " END FROM frame f WHERE f.id IN (SELECT frame FROM sample) OR"
    " f.id = (SELECT max(id) FROM frame n WHERE n.study = f.study))"
    " WHERE EXISTS (SELECT 1 FROM extract WHERE kind = ?1 AND refused IS NULL AND"
    " register_date <= ?2)";

static int
cut_of(const struct world *w, const char *kind, int64_t *cut, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	*cut = 0;
	if (db_prepare(w->db, sql_cut, &s, err) != 0)
		return -1;
	db_text(s, 1, kind);
	db_i64(s, 2, date_of(w->now) - w->set->history_days);
	if ((r = db_step(s, err)) == 1)
		*cut = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return r < 0 ? -1 : 0;
}

/* ${sql} with the kind as ?1 or its number, and the cut as ?2. */
static int
change(const struct world *w, const char *sql, const char *kind, int number,
    int64_t cut, int64_t *rows, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(w->db, sql, &s, err) != 0)
		return -1;
	if (kind != NULL)
		db_text(s, 1, kind);
	else
		db_i64(s, 1, number);
	db_i64(s, 2, cut);
	r = db_step(s, err);
	sqlite3_finalize(s);
	if (r >= 0)
		*rows = sqlite3_changes(w->db);
	return r < 0 ? -1 : 0;
}

static int
forget_kind(const struct world *w, const char *kind, int number, int64_t *rows,
    struct err *err)
{
	int64_t cut, marked = 0, n = 0;

	if (cut_of(w, kind, &cut, err) != 0)
		return -1;
	if (cut == 0)
		return 0;
	if (change(w, "UPDATE extract SET history = 0 WHERE kind = ?1 AND id < ?2 AND"
	    " history = 1", kind, 0, cut, &marked, err) != 0)
		return -1;
	/* a version is gone for good when nothing from ${cut} on had it */
	if (marked > 0 && change(w, "DELETE FROM unit_history WHERE kind = ?1 AND"
	    " until <= ?2", NULL, number, cut, &n, err) != 0)
		return -1;
	*rows += n;
	return 0;
}

int
forget_history(const struct world *w, int64_t *rows, struct err *err)
{
	*rows = 0;
	if (w->set->history_days <= 0)
		return 0;
	if (db_begin(w->db, err) != 0)
		return -1;
	if (forget_kind(w, "enhet", 0, rows, err) != 0 ||
	    forget_kind(w, "underenhet", 1, rows, err) != 0) {
		db_rollback(w->db);
		return -1;
	}
	if (w->dry_run) {
		db_rollback(w->db);
		return 0;
	}
	return db_commit(w->db, err);
}
