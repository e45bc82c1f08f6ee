#include <stdlib.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"
#include "pipeline/store/store.h"

#include "pipeline/register/put.h"

enum { SLOTS = 2 * PUT_SHAPES };

static const uint32_t every = UINT32_MAX;

/* Statements by their set of groups: open addressing, half of it used. */
struct put {
	sqlite3 *db;
	int64_t extract;
	struct shape {
		uint32_t groups;
		sqlite3_stmt *s;	/* NULL: free */
	} shape[SLOTS];
	int shapes;
	sqlite3_stmt *any, *update;
};

/* Parameter i + 1 is field i; row_hash and extract are behind them all. */
static void
insert_sql(struct buf *sql, uint32_t groups)
{
	int n = (int)unit_fields_n;

	buf_str(sql, "INSERT INTO unit (row_hash, extract");
	for (int i = 0; i < n; i++)
		if (groups >> i / PACK_GROUP & 1)
			buf_printf(sql, ", %s", unit_fields[i].name);
	buf_printf(sql, ") VALUES (?%d, ?%d", n + 1, n + 2);
	for (int i = 0; i < n; i++)
		if (groups >> i / PACK_GROUP & 1)
			buf_printf(sql, ", ?%d", i + 1);
	buf_chr(sql, ')');
}

static void
update_sql(struct buf *sql)
{
	int n = (int)unit_fields_n;

	buf_printf(sql, "UPDATE unit SET row_hash = ?%d, extract = ?%d", n + 1, n + 2);
	for (int i = 1; i < n; i++)
		buf_printf(sql, ", %s = ?%d", unit_fields[i].name, i + 1);
	buf_printf(sql, " WHERE %s = ?1", unit_fields[0].name);
}

static int
prepare(struct put *p, const struct buf *sql, sqlite3_stmt **ret, struct err *err)
{
	return db_prepare(p->db, buf_text(sql), ret, err);
}

struct put *
put_new(sqlite3 *db, int64_t extract, struct err *err)
{
	struct put *p = mem_alloc(sizeof(*p));
	struct buf sql = BUF(BUF_ANY);
	int r;

	p->db = db;
	p->extract = extract;
	insert_sql(&sql, every);
	r = prepare(p, &sql, &p->any, err);
	buf_clear(&sql);
	update_sql(&sql);
	if (r == 0)
		r = prepare(p, &sql, &p->update, err);
	buf_free(&sql);
	if (r == 0)
		return p;
	put_free(p);
	return NULL;
}

void
put_free(struct put *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		sqlite3_finalize(p->shape[i].s);
	sqlite3_finalize(p->any);
	sqlite3_finalize(p->update);
	free(p);
}

static int
run(struct put *p, sqlite3_stmt *s, const struct packed *u, struct err *err)
{
	int n = (int)unit_fields_n;

	sqlite3_clear_bindings(s);
	pack_bind(s, u);
	db_i64(s, n + 1, u->hash);
	db_i64(s, n + 2, p->extract);
	return db_run(s, err);
}

/* The shape of these groups, or the free slot it would have. */
static struct shape *
find(struct put *p, uint32_t groups)
{
	size_t i = (groups * UINT32_C(2654435761) >> 16) % SLOTS;

	while (p->shape[i].s != NULL && p->shape[i].groups != groups)
		i = (i + 1) % SLOTS;
	return &p->shape[i];
}

int
put_insert(struct put *p, const struct packed *u, struct err *err)
{
	struct shape *at = find(p, u->groups);

	if (at->s == NULL && p->shapes < PUT_SHAPES) {
		struct buf sql = BUF(BUF_ANY);
		int r;

		at->groups = u->groups;
		insert_sql(&sql, u->groups);
		r = prepare(p, &sql, &at->s, err);
		buf_free(&sql);
		if (r != 0)
			return -1;
		p->shapes++;
	}
	return run(p, at->s != NULL ? at->s : p->any, u, err);
}

int
put_update(struct put *p, const struct packed *u, struct err *err)
{
	return run(p, p->update, u, err);
}
