#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/store/store.h"

#include "pipeline/frame/diff.h"

enum { ENHET = 0, UNDERENHET = 1 };

/* A unit as a register had it. */
struct version {
	int there;
	int64_t hash;
	int32_t nace, parent, deleted;
	int64_t employees, has;		/* -1: none */
	char place[12], form[12];
};

struct comparing {
	const struct world *w;
	struct diff *d;
	sqlite3_stmt *version;
	size_t cap;
};

static int
read_side(const struct world *w, int64_t frame, struct diff *d,
    struct diff_side *side, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(w->db, "SELECT f.id, coalesce(f.extract_enhet, 0),"
	    " coalesce(f.extract_underenhet, 0), t.name, f.register_date, f.population,"
	    " f.kept FROM frame f JOIN study t ON t.id = f.study WHERE f.id = ?1", &s,
	    err) != 0)
		return -1;
	db_i64(s, 1, frame);
	if ((r = db_step(s, err)) == 1) {
		side->frame = sqlite3_column_int64(s, 0);
		side->enhet = sqlite3_column_int64(s, 1);
		side->underenhet = sqlite3_column_int64(s, 2);
		side->study = arena_str(d->arena, db_col(s, 3));
		side->register_date = sqlite3_column_int(s, 4);
		side->population = sqlite3_column_int64(s, 5);
		side->kept = sqlite3_column_int64(s, 6);
	}
	sqlite3_finalize(s);
	if (r == 0)
		return err_set(err, EX_NOINPUT, "there is no frame %lld: utvalg frame list",
		    (long long)frame);
	return r < 0 ? -1 : 0;
}

/* What extract ?2 had of unit ?1. */
static const char sql_version[] =
    "SELECT row_hash, nace1, parent, deleted_date, coalesce(employees, -1),"
    " coalesce(has_employees, -1), coalesce(iif(kind = 0, business_municipality,"
    " location_municipality), ''), coalesce(legal_form, '')"
    " FROM unit WHERE orgnr = ?1 AND extract <= ?2"
    " UNION ALL SELECT row_hash, nace1, parent, deleted_date,"
    " coalesce(employees, -1), coalesce(has_employees, -1), coalesce(iif(kind = 0,"
    " business_municipality, location_municipality), ''), coalesce(legal_form, '')"
    " FROM unit_history WHERE orgnr = ?1 AND extract <= ?2 AND until > ?2";

static void
copy(char *to, size_t size, const char *from)
{
	size_t n = strlen(from);

	if (n >= size)
		n = size - 1;
	memcpy(to, from, n);
	to[n] = '\0';
}

static int
read_version(struct comparing *c, int64_t orgnr, int64_t extract,
    struct version *v, struct err *err)
{
	sqlite3_stmt *s = c->version;
	int r;

	memset(v, 0, sizeof(*v));
	db_i64(s, 1, orgnr);
	db_i64(s, 2, extract);
	if ((r = db_step(s, err)) == 1) {
		v->there = 1;
		v->hash = sqlite3_column_int64(s, 0);
		v->nace = sqlite3_column_int(s, 1);
		v->parent = sqlite3_column_int(s, 2);
		v->deleted = sqlite3_column_type(s, 3) != SQLITE_NULL;
		v->employees = sqlite3_column_int64(s, 4);
		v->has = sqlite3_column_int64(s, 5);
		copy(v->place, sizeof(v->place), db_col(s, 6));
		copy(v->form, sizeof(v->form), db_col(s, 7));
	}
	sqlite3_reset(s);
	return r < 0 ? -1 : 0;
}

static int
differ(const struct version *a, const struct version *b, enum diff_why *why)
{
	if (a->nace != b->nace)
		*why = DIFF_CODE;
	else if (strcmp(a->place, b->place) != 0)
		*why = DIFF_PLACE;
	else if (strcmp(a->form, b->form) != 0)
		*why = DIFF_FORM;
	else if (a->employees != b->employees || a->has != b->has)
		*why = DIFF_EMPLOYEES;
	else if (a->hash != b->hash)
		*why = DIFF_FIELD;
	else
		return 0;
	return 1;
}

static int64_t
extract_of(const struct diff_side *side, int kind)
{
	return kind == ENHET ? side->enhet : side->underenhet;
}

/* Why a unit of side ${has} is not in the population of the other. */
static int
explain(struct comparing *c, int has, const char *source, int64_t orgnr,
    enum diff_why *why, struct err *err)
{
	const struct diff_side *here = &c->d->side[has], *there = &c->d->side[!has];
	int kind = strcmp(source, "underenhet") == 0 ? UNDERENHET : ENHET;
	struct version a, b, pa, pb;

	*why = DIFF_STUDY;
	if (orgnr < 0) {
		*why = DIFF_ERASED;
		return 0;
	}
	if (strncmp(source, "list:", 5) == 0) {
		*why = DIFF_LIST;
		return 0;
	}
	if (extract_of(there, kind) == 0) {
		*why = DIFF_KIND;
		return 0;
	}
	if (read_version(c, orgnr, extract_of(here, kind), &a, err) != 0 ||
	    read_version(c, orgnr, extract_of(there, kind), &b, err) != 0)
		return -1;
	if (!a.there)	/* erased since: what was known of it is gone */
		*why = DIFF_ERASED;
	else if (!b.there)
		*why = DIFF_REGISTER;
	else if (b.deleted)
		*why = DIFF_DELETED;
	else if (!differ(&a, &b, why) && kind == UNDERENHET && a.parent != 0 &&
	    here->enhet != 0 && there->enhet != 0) {
		if (read_version(c, a.parent, here->enhet, &pa, err) != 0 ||
		    read_version(c, b.parent, there->enhet, &pb, err) != 0)
			return -1;
		if (pa.there != pb.there || pa.hash != pb.hash)
			*why = DIFF_PARENT;
	}
	return 0;
}

static struct diff_unit *
add(struct comparing *c)
{
	struct diff *d = c->d;

	if (d->n == c->cap) {
		c->cap = c->cap > 0 ? 2 * c->cap : 256;
		d->unit = mem_grow(d->unit, c->cap, sizeof(*d->unit));
	}
	memset(&d->unit[d->n], 0, sizeof(d->unit[0]));
	return &d->unit[d->n++];
}

static const char *
col(struct comparing *c, sqlite3_stmt *s, int i)
{
	return arena_str(c->d->arena, db_col(s, i));
}

/* A unit that both frames have, where they do not say the same of it. */
static void
in_both(struct comparing *c, sqlite3_stmt *s)
{
	struct diff_unit *u = add(c);
	int was, is;

	u->key = col(c, s, 0);
	u->before = col(c, s, 3);
	u->after = col(c, s, 6);
	u->from_group = col(c, s, 4);
	u->from_area = col(c, s, 5);
	u->group = col(c, s, 7);
	u->area = col(c, s, 8);
	was = strcmp(u->before, "kept") == 0;
	is = strcmp(u->after, "kept") == 0;
	u->change = was && is ? DIFF_MOVED : is ? DIFF_CAME : was ? DIFF_WENT :
	    DIFF_OTHER;
	if (u->change == DIFF_WENT) {
		u->group = u->from_group;
		u->area = u->from_area;
	} else if (u->change != DIFF_MOVED) {
		u->from_group = u->group;
		u->from_area = u->area;
	}
	c->d->came += u->change == DIFF_CAME;
	c->d->went += u->change == DIFF_WENT;
	c->d->moved += u->change == DIFF_MOVED;
	c->d->same += u->change == DIFF_OTHER;
}

/* A unit that only side ${has} has. */
static int
in_one(struct comparing *c, int has, sqlite3_stmt *s, struct err *err)
{
	const char *state = db_col(s, 3);
	enum diff_why why;
	struct diff_unit *u;

	if (explain(c, has, db_col(s, 1), sqlite3_column_int64(s, 2), &why, err) != 0)
		return -1;
	c->d->went_population += has == 0;
	c->d->came_population += has == 1;
	u = add(c);
	u->key = col(c, s, 0);
	u->group = u->from_group = col(c, s, 4);
	u->area = u->from_area = col(c, s, 5);
	u->before = has == 0 ? col(c, s, 3) : "absent";
	u->after = has == 1 ? col(c, s, 3) : "absent";
	u->why = why;
	u->change = DIFF_OTHER;
	if (strcmp(state, "kept") == 0) {
		u->change = has == 0 ? DIFF_WENT : DIFF_CAME;
		c->d->went += has == 0;
		c->d->came += has == 1;
	}
	return 0;
}

/* Rows of ?1 with what ?2 says of the same unit. */
static const char sql_sides[] =
    "SELECT a.unit_key, a.source, a.orgnr, coalesce(a.reason, 'kept'),"
    " a.group_name, a.area_name, iif(b.id IS NULL, NULL, coalesce(b.reason,"
    " 'kept')), b.group_name, b.area_name FROM frame_unit a LEFT JOIN frame_unit b"
    " ON b.frame = ?2 AND b.unit_key = a.unit_key WHERE a.frame = ?1 AND (b.id IS"
    " NULL OR (?3 AND (a.reason IS NOT b.reason OR (a.kept = 1 AND (a.group_name <>"
    " b.group_name OR a.area_name <> b.area_name)))))";

static int
compare(struct comparing *c, int has, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(c->w->db, sql_sides, &s, err) != 0)
		return -1;
	db_i64(s, 1, c->d->side[has].frame);
	db_i64(s, 2, c->d->side[!has].frame);
	db_i64(s, 3, has == 0);
	while ((r = db_step(s, err)) == 1) {
		if (sqlite3_column_type(s, 6) != SQLITE_NULL)
			in_both(c, s);
		else if (in_one(c, has, s, err) != 0) {
			r = -1;
			break;
		}
	}
	sqlite3_finalize(s);
	return r;
}

static int
by_change(const void *a, const void *b)
{
	const struct diff_unit *x = a, *y = b;

	if (x->change != y->change)
		return x->change < y->change ? -1 : 1;
	return strcmp(x->key, y->key);
}

int
diff_make(const struct world *w, int64_t first, int64_t second,
    struct diff **ret, struct err *err)
{
	struct diff *d = mem_alloc(sizeof(*d));
	struct comparing c = { w, d, NULL, 0 };
	int r = -1;

	*ret = NULL;
	d->arena = arena_new();
	if (read_side(w, first, d, &d->side[0], err) != 0 ||
	    read_side(w, second, d, &d->side[1], err) != 0 ||
	    db_prepare(w->db, sql_version, &c.version, err) != 0)
		goto out;
	if (compare(&c, 0, err) != 0 || compare(&c, 1, err) != 0)
		goto out;
	if (d->n > 0)
		qsort(d->unit, d->n, sizeof(*d->unit), by_change);
	if (d->side[0].kept + d->came - d->went != d->side[1].kept ||
	    d->side[0].population + d->came_population - d->went_population !=
	    d->side[1].population) {
		err_set(err, EX_DATAERR, "frames %lld and %lld do not add up with their "
		    "rows: utvalg doctor", (long long)first, (long long)second);
		goto out;
	}
	*ret = d;
	d = NULL;
	r = 0;
out:
	sqlite3_finalize(c.version);
	diff_free(d);
	return r;
}

void
diff_free(struct diff *d)
{
	if (d == NULL)
		return;
	free(d->unit);
	arena_free(d->arena);
	free(d);
}

int
diff_newest(const struct world *w, const char *study, int skip, int64_t *id,
    struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	*id = 0;
	if (db_prepare(w->db, "SELECT f.id FROM frame f JOIN study t ON t.id = f.study"
	    " WHERE t.name = ?1 ORDER BY f.id DESC LIMIT 1 OFFSET ?2", &s, err) != 0)
		return -1;
	db_text(s, 1, study);
	db_i64(s, 2, skip);
	if ((r = db_step(s, err)) == 1)
		*id = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return r < 0 ? -1 : 0;
}
