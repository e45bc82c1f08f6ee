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

static int
prepare(const struct making *m, const struct var *row, const struct var *column,
    enum tally_units units, sqlite3_stmt **q, struct err *err)
{
	int answers = row->kind == VAR_ANSWER ||
	    (column != NULL && column->kind == VAR_ANSWER);
	struct buf sql = BUF(BUF_ANY);
	int r;

	buf_printf(&sql, "SELECT coalesce(%s, ''), coalesce(%s, ''), count(*),"
	    " coalesce(sum(d.sent), 0), coalesce(sum(d.returned), 0),"
	    " coalesce(sum(d.state = 'complete'), 0) FROM sample_unit u"
	    " JOIN frame_unit f ON f.id = u.frame_unit"
	    " JOIN frame fr ON fr.id = f.frame"
	    " LEFT JOIN disposition d ON d.sample_unit = u.id",
	    var_sql(row, 1), column != NULL ? var_sql(column, 2) : "''");
	if (answers)
		buf_str(&sql, " LEFT JOIN answer x ON x.sample_unit = u.id AND"
		    " x.used = 1 LEFT JOIN answer_value v1 ON v1.answer = x.id AND"
		    " v1.name = ?3 LEFT JOIN answer_value v2 ON v2.answer = x.id AND"
		    " v2.name = ?4");
	buf_printf(&sql, " WHERE u.sample = ?2%s GROUP BY 1, 2",
	    units == TALLY_ANSWERED ? " AND d.state = 'complete'" : "");
	r = db_prepare(m->w->db, buf_text(&sql), q, err);
	buf_free(&sql);
	if (r != 0)
		return -1;
	db_i64(*q, 2, m->counts.sample);
	if (answers) {
		db_text(*q, 3, row->name);
		db_text(*q, 4, column != NULL ? column->name : NULL);
	}
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

/* Take a pair and its counts into the list; the categories must fit. */
static int
take(const struct making *m, struct tally *t, struct raw **list, size_t *n,
    const struct raw *one, int by, struct err *err)
{
	*list = mem_grow(*list, *n + 1, sizeof(**list));
	(*list)[(*n)++] = *one;
	if (place(m, &t->row, &t->rkey, &t->nr, one->row) != 0 ||
	    place(m, by ? &t->column : &t->row, &t->ckey, &t->nc,
	    one->column) != 0 || t->nr * t->nc > 1000000)
		return err_set(err, EX_DATAERR, "%.60s has too many values for a "
		    "table", t->row.name);
	return 0;
}

static int
read_sample(const struct making *m, struct tally *t, int by,
    enum tally_units units, struct raw **ret, size_t *n, struct err *err)
{
	sqlite3_stmt *q = NULL;
	int r;

	if (prepare(m, &t->row, by ? &t->column : NULL, units, &q, err) != 0)
		return -1;
	while ((r = db_step(q, err)) == 1) {
		struct raw one = {
			.row = var_category(m, &t->row, db_col(q, 0)),
			.column = by ? var_category(m, &t->column, db_col(q, 1)) :
			    "",
			.n = { 0, sqlite3_column_int64(q, 2),
			    sqlite3_column_int64(q, 3), sqlite3_column_int64(q, 4),
			    sqlite3_column_int64(q, 5) } };

		if (take(m, t, ret, n, &one, by, err) != 0) {
			r = -1;
			break;
		}
	}
	sqlite3_finalize(q);
	return r;
}

static void
build(struct tally *t, const struct raw *raw, size_t n)
{
	t->cell = mem_array(t->nr * t->nc + 1, sizeof(*t->cell));
	for (size_t i = 0; i < n; i++)
		add(&t->cell[find(t->rkey, raw[i].row) * t->nc +
		    find(t->ckey, raw[i].column)], &raw[i].n);
}

int
tally_read(const struct making *m, const struct var *row,
    const struct var *column, enum tally_units units, struct tally *t,
    struct err *err)
{
	struct raw *raw = NULL;
	size_t n = 0;
	int r;

	memset(t, 0, sizeof(*t));
	t->row = *row;
	if (column != NULL)
		t->column = *column;
	r = read_sample(m, t, column != NULL, units, &raw, &n, err);
	if (r == 0)
		build(t, raw, n);
	else
		tally_free(t);
	free(raw);
	return r;
}

/* --- the frame --------------------------------------------------------------- */

/* Counts by raw value: open addressing, at most half full. */
struct counter {
	struct { char *raw; int64_t n; } *slot;
	size_t room, used, last;
};

static size_t
slot_of(const struct counter *c, const char *raw)
{
	uint32_t h = 2166136261u;

	for (const char *p = raw; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	for (size_t i = h & (c->room - 1); ; i = (i + 1) & (c->room - 1))
		if (c->slot[i].raw == NULL || strcmp(c->slot[i].raw, raw) == 0)
			return i;
}

static void
count_raw(struct counter *c, const char *raw)
{
	size_t i;

	if (c->room > 0 && c->slot[c->last].raw != NULL &&
	    strcmp(c->slot[c->last].raw, raw) == 0) {
		c->slot[c->last].n++;	/* often the same as the one before */
		return;
	}
	if (2 * (c->used + 1) > c->room) {
		struct counter bigger = { .room = c->room > 0 ? 2 * c->room : 64,
			.used = c->used };

		bigger.slot = mem_array(bigger.room, sizeof(*bigger.slot));
		for (size_t k = 0; k < c->room; k++)
			if (c->slot[k].raw != NULL)
				bigger.slot[slot_of(&bigger, c->slot[k].raw)] =
				    c->slot[k];
		free(c->slot);
		*c = bigger;
	}
	i = slot_of(c, raw);
	if (c->slot[i].raw == NULL) {
		c->slot[i].raw = mem_str(raw);
		c->used++;
	}
	c->slot[i].n++;
	c->last = i;
}

static void
counter_free(struct counter *c)
{
	for (size_t i = 0; i < c->room; i++)
		free(c->slot[i].raw);
	free(c->slot);
}

/* Without GROUP BY: sorting a million rows takes longer than reading them.  And
 * without the index, which would fetch each row by itself. */
static int
scan_frame(const struct making *m, const struct var *v, size_t n,
    struct counter *c, struct err *err)
{
	struct buf sql = BUF(BUF_ANY);
	sqlite3_stmt *q = NULL;
	int r;

	buf_str(&sql, "SELECT ");
	for (size_t i = 0; i < n; i++)
		buf_printf(&sql, "%s%s", i > 0 ? ", " : "", var_sql(&v[i], 1));
	buf_str(&sql, " FROM frame_unit f NOT INDEXED");
	if (strstr(buf_text(&sql), "fr.") != NULL)	/* a row of its own, each time */
		buf_str(&sql, " CROSS JOIN frame fr ON fr.id = f.frame");
	buf_str(&sql, " WHERE f.frame = ?1 AND f.kept = 1");
	r = db_prepare(m->w->db, buf_text(&sql), &q, err);
	buf_free(&sql);
	if (r != 0)
		return -1;
	db_i64(q, 1, m->counts.frame);
	if (sqlite3_bind_parameter_count(q) >= 5)
		db_i64(q, 5, ACCOUNTS_YEARS);
	while ((r = db_step(q, err)) == 1)
		for (size_t i = 0; i < n; i++)
			count_raw(&c[i], db_col(q, (int)i));
	sqlite3_finalize(q);
	return r;
}

static int
one_frame(const struct making *m, const struct var *v, const struct counter *c,
    struct tally *t, struct err *err)
{
	struct raw *raw = NULL;
	size_t n = 0;
	int r = 0;

	memset(t, 0, sizeof(*t));
	t->row = *v;
	for (size_t i = 0; r == 0 && i < c->room; i++) {
		struct raw one = { .column = "" };

		if (c->slot[i].raw == NULL)
			continue;
		one.row = var_category(m, v, c->slot[i].raw);
		one.n.frame = c->slot[i].n;
		r = take(m, t, &raw, &n, &one, 0, err);
	}
	if (r == 0)
		r = read_sample(m, t, 0, TALLY_DRAWN, &raw, &n, err);
	if (r == 0)
		build(t, raw, n);
	else
		tally_free(t);
	free(raw);
	return r;
}

int
tally_frame(const struct making *m, const struct var *v, size_t n,
    struct tally *ret, struct err *err)
{
	struct counter *c = mem_array(n + 1, sizeof(*c));
	size_t done = 0;
	int r = scan_frame(m, v, n, c, err);

	for (; r == 0 && done < n; done += r == 0)
		r = one_frame(m, &v[done], &c[done], &ret[done], err);
	for (size_t i = 0; i < n; i++)
		counter_free(&c[i]);
	free(c);
	if (r != 0)
		while (done > 0)
			tally_free(&ret[--done]);
	return r;
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
