#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/register/unit_row.h"
#include "pipeline/store/store.h"

#include "pipeline/register/asof.h"

/* "SELECT columns, extract, until" of both tables, oldest first. */
static void
make_sql(struct buf *sql)
{
	struct buf columns = BUF(BUF_ANY);

	unit_row_columns(&columns);
	buf_printf(sql, "SELECT v.*, a.register_date, b.register_date FROM (SELECT %s"
	    " extract, until FROM unit_history WHERE orgnr = ?1 UNION ALL"
	    " SELECT %s extract, NULL FROM unit WHERE orgnr = ?1) v"
	    " JOIN extract a ON a.id = v.extract"
	    " LEFT JOIN extract b ON b.id = v.until ORDER BY v.extract",
	    buf_text(&columns), buf_text(&columns));
	buf_free(&columns);
}

static void
read_version(sqlite3_stmt *s, struct unit *u, struct asof_version *v)
{
	int n = (int)unit_fields_n;

	unit_row_read(s, u);
	v->extract = sqlite3_column_int64(s, n);
	v->until = sqlite3_column_int64(s, n + 1);
	v->from = sqlite3_column_int(s, n + 2);
	v->to = v->until != 0 ? sqlite3_column_int(s, n + 3) : DATE_NONE;
	v->unit = u;
}

/* The extract of ${kind} whose register is that of ${day}; 0: none so early. */
static int
extract_at(const struct world *w, const char *kind, int32_t day, int64_t *id,
    struct err *err)
{
	char text[11];
	sqlite3_stmt *s = NULL;
	int r;

	*id = 0;
	if (db_prepare(w->db, "SELECT id, history FROM extract WHERE kind = ?1 AND refused IS"
	    " NULL AND register_date <= ?2 ORDER BY id DESC LIMIT 1", &s, err) != 0)
		return -1;
	db_text(s, 1, kind);
	db_i64(s, 2, day);
	if ((r = db_step(s, err)) == 1) {
		*id = sqlite3_column_int64(s, 0);
		if (sqlite3_column_int(s, 1) == 0)
			r = err_set(err, EX_NOINPUT, "the register of %s is no longer kept "
			    "(register.history_days)", date_iso(day, text));
	}
	sqlite3_finalize(s);
	return r < 0 ? -1 : 0;
}

int
asof_unit(const struct world *w, int32_t orgnr, int32_t day,
    int (*fn)(void *ctx, const struct asof_version *, struct err *), void *ctx,
    struct err *err)
{
	struct buf sql = BUF(BUF_ANY);
	struct asof_version v;
	struct unit u;
	sqlite3_stmt *s = NULL;
	int64_t at[2] = { 0, 0 };
	char text[11];
	int n = 0, r = 0;

	if (day != DATE_NONE) {
		if (extract_at(w, "enhet", day, &at[UNIT_ENHET], err) != 0 ||
		    extract_at(w, "underenhet", day, &at[UNIT_UNDERENHET], err) != 0)
			return -1;
		if (at[0] == 0 && at[1] == 0)
			return err_set(err, EX_NOINPUT, "no register from %s or before is "
			    "stored", date_iso(day, text));
	}
	make_sql(&sql);
	r = db_prepare(w->db, buf_text(&sql), &s, err);
	buf_free(&sql);
	if (r != 0)
		return -1;
	db_i64(s, 1, orgnr);
	while ((r = db_step(s, err)) == 1) {
		read_version(s, &u, &v);
		if (day != DATE_NONE && (at[u.kind] == 0 || v.extract > at[u.kind] ||
		    (v.until != 0 && v.until <= at[u.kind])))
			continue;
		n++;
		if (fn(ctx, &v, err) != 0) {
			r = -1;
			break;
		}
	}
	sqlite3_finalize(s);
	return r < 0 ? -1 : n;
}
