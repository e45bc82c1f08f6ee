#include <stdlib.h>
#include <string.h>

#include "pipeline/store/store.h"
#include "pipeline/tables/accounts.h"

#include "pipeline/tables/tally.h"

/* What the database gave: a raw pair and its counts. */
struct raw {
	const char *row, *column;
	struct tally_cell n;
};

static const char sql_from[] =
    " count(*), count(u.id), coalesce(sum(d.sent), 0),"
    " coalesce(sum(d.returned), 0), coalesce(sum(d.state = 'complete'), 0)"
    " FROM frame_unit f JOIN frame fr ON fr.id = f.frame"
    " LEFT JOIN sample_unit u ON u.frame_unit = f.id AND u.sample = ?2"
    " LEFT JOIN disposition d ON d.sample_unit = u.id"
    " LEFT JOIN answer x ON x.sample_unit = u.id AND x.used = 1"
    " LEFT JOIN answer_value v1 ON v1.answer = x.id AND v1.name = ?3"
    " LEFT JOIN answer_value v2 ON v2.answer = x.id AND v2.name = ?4"
    " WHERE f.frame = ?1 AND f.kept = 1";

static int
prepare(const struct making *m, const struct var *row, const struct var *column,
    sqlite3_stmt **q, struct err *err)
{
	int answers = row->kind == VAR_ANSWER ||
	    (column != NULL && column->kind == VAR_ANSWER);
	struct buf sql = BUF(BUF_ANY);
	int r;

	buf_printf(&sql, "SELECT coalesce(%s, ''), coalesce(%s, ''),%s%s"
	    " GROUP BY 1, 2", var_sql(row, 1),
	    column != NULL ? var_sql(column, 2) : "''", sql_from,
	    answers ? " AND d.state = 'complete'" : "");
	r = db_prepare(m->w->db, buf_text(&sql), q, err);
	buf_free(&sql);
	if (r != 0)
		return -1;
	db_i64(*q, 1, m->counts.frame);
	db_i64(*q, 2, m->counts.sample);
	db_text(*q, 3, row->name);
	db_text(*q, 4, column != NULL ? column->name : NULL);
	if (sqlite3_bind_parameter_count(*q) >= 5)
		db_i64(*q, 5, ACCOUNTS_YEARS);
	return 0;
}

static void
add(struct tally_cell *to, const struct tally_cell *n)
{
	to->frame += n->frame;
	to->drawn += n->drawn;
	to->sent += n->sent;
	to->returned += n->returned;
	to->answered += n->answered;
}

/* Index of ${key}, put in where it belongs; -1: too many. */
static int
place(const struct making *m, const struct var *v, const char ***list, size_t *n,
    const char *key)
{
	size_t low = 0, high = *n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = var_order(m, v, (*list)[mid], key);

		/* an order may hold two keys equal that are not */
		if (c == 0)
			c = strcmp((*list)[mid], key);
		if (c == 0)
			return 0;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (*n == TALLY_MAX)
		return -1;
	*list = mem_grow(*list, *n + 1, sizeof(**list));
	memmove(*list + low + 1, *list + low, (*n - low) * sizeof(**list));
	(*list)[low] = key;
	++*n;
	return 0;
}

static size_t
find(const char *const *list, const char *key)
{
	size_t i = 0;

	while (strcmp(list[i], key) != 0)
		i++;
	return i;
}

static int
read_raw(const struct making *m, struct tally *t, int by, struct raw **ret,
    size_t *n, struct err *err)
{
	sqlite3_stmt *q = NULL;
	int r;

	if (prepare(m, &t->row, by ? &t->column : NULL, &q, err) != 0)
		return -1;
	while ((r = db_step(q, err)) == 1) {
		struct raw *one;

		*ret = mem_grow(*ret, *n + 1, sizeof(**ret));
		one = &(*ret)[(*n)++];
		one->row = var_category(m, &t->row, db_col(q, 0));
		one->column = by ? var_category(m, &t->column, db_col(q, 1)) : "";
		one->n = (struct tally_cell){ sqlite3_column_int64(q, 2),
			sqlite3_column_int64(q, 3), sqlite3_column_int64(q, 4),
			sqlite3_column_int64(q, 5), sqlite3_column_int64(q, 6) };
		if (place(m, &t->row, &t->rkey, &t->nr, one->row) != 0 ||
		    place(m, by ? &t->column : &t->row, &t->ckey, &t->nc,
		    one->column) != 0 || t->nr * t->nc > 1000000) {
			r = err_set(err, EX_DATAERR, "%.60s has too many values for "
			    "a table", t->row.name);
			break;
		}
	}
	sqlite3_finalize(q);
	return r;
}

int
tally_read(const struct making *m, const struct var *row,
    const struct var *column, struct tally *t, struct err *err)
{
	struct raw *raw = NULL;
	size_t n = 0;

	memset(t, 0, sizeof(*t));
	t->row = *row;
	if (column != NULL)
		t->column = *column;
	if (read_raw(m, t, column != NULL, &raw, &n, err) != 0) {
		free(raw);
		tally_free(t);
		return -1;
	}
	t->cell = mem_array(t->nr * t->nc + 1, sizeof(*t->cell));
	for (size_t i = 0; i < n; i++)
		add(&t->cell[find(t->rkey, raw[i].row) * t->nc +
		    find(t->ckey, raw[i].column)], &raw[i].n);
	free(raw);
	return 0;
}

void
tally_free(struct tally *t)
{
	free(t->rkey);
	free(t->ckey);
	free(t->cell);
	memset(t, 0, sizeof(*t));
}

struct tally_cell
tally_row(const struct tally *t, size_t row)
{
	struct tally_cell sum = { 0, 0, 0, 0, 0 };

	for (size_t k = 0; k < t->nc; k++)
		add(&sum, &t->cell[row * t->nc + k]);
	return sum;
}

struct tally_cell
tally_column(const struct tally *t, size_t column)
{
	struct tally_cell sum = { 0, 0, 0, 0, 0 };

	for (size_t i = 0; i < t->nr; i++)
		add(&sum, &t->cell[i * t->nc + column]);
	return sum;
}

struct tally_cell
tally_all(const struct tally *t)
{
	struct tally_cell sum = { 0, 0, 0, 0, 0 };

	for (size_t i = 0; i < t->nr * t->nc; i++)
		add(&sum, &t->cell[i]);
	return sum;
}
