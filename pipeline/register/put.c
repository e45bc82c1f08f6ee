#include <stdlib.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"
#include "pipeline/store/store.h"

#include "pipeline/register/put.h"

enum { SLOTS = 2 * PUT_SHAPES, FIELDS = 64 * PACK_GROUP };

static const uint64_t every = UINT64_MAX;

/* A statement, and which of its parameters each field is (0: none); the first
 * two are row_hash and extract. */
struct shape {
	uint64_t groups;
	sqlite3_stmt *s;	/* NULL: free */
	unsigned char param[FIELDS];
};

/* Statements by their set of groups: open addressing, half of it used. */
struct put {
	sqlite3 *db;
	int64_t extract;
	struct shape shape[SLOTS], any, update;
	int shapes;
};

static int
has(const struct shape *h, size_t field)
{
	return (h->groups >> field / PACK_GROUP & 1) != 0;
}

/* Parameters are numbered in the order of the fields. */
static void
insert_sql(struct buf *sql, struct shape *h)
{
	unsigned char n = 2;

	buf_str(sql, "INSERT INTO unit (row_hash, extract");
	for (size_t i = 0; i < unit_fields_n; i++)
		if (has(h, i)) {
			buf_printf(sql, ", %s", unit_fields[i].name);
			h->param[i] = ++n;
		}
	buf_str(sql, ") VALUES (?1, ?2");
	for (unsigned char i = 3; i <= n; i++)
		buf_printf(sql, ", ?%d", i);
	buf_chr(sql, ')');
}

static void
update_sql(struct buf *sql, struct shape *h)
{
	buf_str(sql, "UPDATE unit SET row_hash = ?1, extract = ?2");
	for (size_t i = 0; i < unit_fields_n; i++) {
		h->param[i] = (unsigned char)(3 + i);
		if (i > 0)
			buf_printf(sql, ", %s = ?%zu", unit_fields[i].name, 3 + i);
	}
	buf_printf(sql, " WHERE %s = ?3", unit_fields[0].name);
}

static int
prepare(struct put *p, void (*make)(struct buf *, struct shape *), struct shape *h,
    uint64_t groups, struct err *err)
{
	struct buf sql = BUF(BUF_ANY);
	int r;

	h->groups = groups;
	make(&sql, h);
	r = db_prepare(p->db, buf_text(&sql), &h->s, err);
	buf_free(&sql);
	return r;
}

struct put *
put_new(sqlite3 *db, int64_t extract, struct err *err)
{
	struct put *p = mem_alloc(sizeof(*p));

	p->db = db;
	p->extract = extract;
	if (prepare(p, insert_sql, &p->any, every, err) == 0 &&
	    prepare(p, update_sql, &p->update, every, err) == 0)
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
	sqlite3_finalize(p->any.s);
	sqlite3_finalize(p->update.s);
	free(p);
}

static int
run(const struct put *p, const struct shape *h, const struct packed *u,
    struct err *err)
{
	sqlite3_clear_bindings(h->s);
	db_i64(h->s, 1, u->hash);
	db_i64(h->s, 2, p->extract);
	pack_bind(h->s, h->param, u);
	return db_run(h->s, err);
}

/* The shape of these groups, or the free slot it would have. */
static struct shape *
find(struct put *p, uint64_t groups)
{
	size_t i = (groups * UINT64_C(0x9e3779b97f4a7c15) >> 32) % SLOTS;

	while (p->shape[i].s != NULL && p->shape[i].groups != groups)
		i = (i + 1) % SLOTS;
	return &p->shape[i];
}

int
put_insert(struct put *p, const struct packed *u, struct err *err)
{
	struct shape *h = find(p, u->groups);

	if (h->s == NULL && p->shapes < PUT_SHAPES) {
		if (prepare(p, insert_sql, h, u->groups, err) != 0)
			return -1;
		p->shapes++;
	}
	return run(p, h->s != NULL ? h : &p->any, u, err);
}

int
put_update(struct put *p, const struct packed *u, struct err *err)
{
	return run(p, &p->update, u, err);
}
