#include <string.h>

#include "pipeline/store/store.h"

#include "pipeline/register/unit_row.h"

void
unit_row_columns(struct buf *sql)
{
	for (size_t i = 0; i < unit_fields_n; i++)
		buf_printf(sql, "%s, ", unit_fields[i].name);
}

void
unit_row_sql(struct buf *sql)
{
	buf_str(sql, "INSERT OR REPLACE INTO unit (");
	unit_row_columns(sql);
	buf_str(sql, "row_hash, extract) VALUES (");
	for (size_t i = 0; i < unit_fields_n + 2; i++)
		buf_printf(sql, "%s?%zu", i > 0 ? ", " : "", i + 1);
	buf_chr(sql, ')');
}

void
unit_row_bind(sqlite3_stmt *s, const struct unit *u, int64_t hash,
    int64_t extract)
{
	int n = (int)unit_fields_n;

	for (int i = 0; i < n; i++) {
		const struct unit_field *f = &unit_fields[i];
		int64_t v;
		double d;

		if (unit_is_text(f->type))
			db_text(s, i + 1, unit_text(u, f));
		else if (f->type == UNIT_REAL && unit_real(u, f, &d))
			db_real(s, i + 1, d);
		else if (f->type != UNIT_REAL && unit_int(u, f, &v))
			db_i64(s, i + 1, v);
		else
			db_null(s, i + 1);
	}
	db_i64(s, n + 1, hash);
	db_i64(s, n + 2, extract);
}

static void
read_field(struct unit *u, const struct unit_field *f, sqlite3_stmt *s, int i)
{
	char *at = (char *)u + f->offset;

	if (sqlite3_column_type(s, i) == SQLITE_NULL)
		return;
	if (unit_is_text(f->type)) {
		const char *text = db_col(s, i);

		memcpy(at, &text, sizeof(text));
	} else if (f->type == UNIT_REAL) {
		double d = sqlite3_column_double(s, i);

		memcpy(at, &d, sizeof(d));
	} else if (f->type == UNIT_INT || f->type == UNIT_COUNT) {
		int64_t v = sqlite3_column_int64(s, i);

		memcpy(at, &v, sizeof(v));
	} else {
		int32_t v = sqlite3_column_int(s, i);

		memcpy(at, &v, sizeof(v));
	}
}

void
unit_row_read(sqlite3_stmt *s, struct unit *u)
{
	unit_clear(u);
	for (size_t i = 0; i < unit_fields_n; i++)
		read_field(u, &unit_fields[i], s, (int)i);
}
