#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/prn.h"
#include "pipeline/sample/ticket.h"
#include "pipeline/store/keys.h"
#include "pipeline/store/store.h"

#include "pipeline/sample/pool.h"

static const char *const size_names[] = { "0", "1-4", "5-9", "10-19", "20-49",
	"50-99", "100-249", "250+", "unknown" };

/* The register hides counts of 1 to 4: only that there are some. */
static int
size_class(int known, int64_t employees, int has)
{
	static const int64_t from[] = { 1, 5, 10, 20, 50, 100, 250 };
	int c = 0;

	if (!known)
		return has < 0 ? 8 : has;
	while (c < 7 && employees >= from[c])
		c++;
	return c;
}

static int
sorts_by(const struct study *s, const char *what)
{
	for (size_t i = 0; i < s->nsort; i++)
		if (strcmp(s->sort[i].text, what) == 0)
			return 1;
	return 0;
}

static int
place(const struct study *s, struct pool_unit *u, const char *area,
    const char *group, struct err *err)
{
	if (s->stratify_area || sorts_by(s, "area"))
		u->area = study_area_at(s, area);
	if (s->stratify_group || sorts_by(s, "group"))
		u->group = study_group_at(s, group);
	if (u->area != 0 && u->area == s->narea)
		return err_set(err, EX_DATAERR, "the frame has an area %s that the "
		    "study file has not: make the frame again", area);
	if (u->group != 0 && u->group == s->ngroup)
		return err_set(err, EX_DATAERR, "the frame has a group %s that the "
		    "study file has not: make the frame again", group);
	return 0;
}

/* ------------------------------------------------------------------ strata -- */

static int
by_unit(const struct study *s)
{
	return s->stratify_form || s->stratify_size || s->stratify_activity;
}

static void
name_part(struct buf *b, const char *part)
{
	if (b->len > 0)
		buf_chr(b, '/');
	buf_str(b, part);
}

static char *
stratum_name(const struct study *s, size_t area, size_t group,
    const struct pool_unit *u)
{
	struct buf b = BUF(512);
	char digits[16], *name;

	if (s->stratify_area)
		name_part(&b, s->area[area].name);
	if (s->stratify_group)
		name_part(&b, s->group[group].name);
	if (s->stratify_form)
		name_part(&b, *u->form != '\0' ? u->form : "none");
	if (s->stratify_size)
		name_part(&b, size_names[u->size]);
	if (s->stratify_activity) {
		snprintf(digits, sizeof(digits), "%02d", u->nace / 1000);
		name_part(&b, digits);
	}
	name = mem_str(b.len > 0 ? buf_text(&b) : "all");
	buf_free(&b);
	return name;
}

/* All strata in the order of the study file, those without units too. */
static void
strata_of_study(const struct study *s, struct pool *p)
{
	size_t na = s->stratify_area ? s->narea : 1;
	size_t ng = s->stratify_group ? s->ngroup : 1;

	p->nstratum = na * ng;
	p->stratum = mem_array(p->nstratum, sizeof(*p->stratum));
	for (size_t i = 0; i < p->nstratum; i++)
		p->stratum[i].name = stratum_name(s, i / ng, i % ng, NULL);
	for (size_t i = 0; i < p->n; i++) {
		struct pool_unit *u = &p->unit[i];

		u->stratum = (s->stratify_area ? u->area : 0) * ng +
		    (s->stratify_group ? u->group : 0);
	}
}

/* What sorts and tells strata apart; by the study's order first. */
struct place {
	size_t area, group;
	const char *form;
	int size, activity;
	struct pool_unit *u;
};

static int
by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int c;

	if (x->area != y->area)
		return x->area < y->area ? -1 : 1;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if ((c = strcmp(x->form, y->form)) != 0)
		return c;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return (x->activity > y->activity) - (x->activity < y->activity);
}

/* Where units bring a part of the name, the strata are those there are. */
static void
strata_of_units(const struct study *s, struct pool *p)
{
	struct place *q = mem_array(p->n, sizeof(*q));
	size_t cap = 0;

	for (size_t i = 0; i < p->n; i++) {
		struct pool_unit *u = &p->unit[i];

		q[i].area = s->stratify_area ? u->area : 0;
		q[i].group = s->stratify_group ? u->group : 0;
		q[i].form = s->stratify_form ? u->form : "";
		q[i].size = s->stratify_size ? u->size : 0;
		q[i].activity = s->stratify_activity ? u->nace / 1000 : 0;
		q[i].u = u;
	}
	qsort(q, p->n, sizeof(*q), by_place);
	for (size_t i = 0; i < p->n; i++) {
		if (i == 0 || by_place(&q[i - 1], &q[i]) != 0) {
			if (p->nstratum == cap) {
				cap = cap > 0 ? 2 * cap : 64;
				p->stratum = mem_grow(p->stratum, cap,
				    sizeof(*p->stratum));
			}
			memset(&p->stratum[p->nstratum], 0, sizeof(*p->stratum));
			p->stratum[p->nstratum++].name = stratum_name(s, q[i].area,
			    q[i].group, q[i].u);
		}
		q[i].u->stratum = p->nstratum - 1;
	}
	free(q);
}

/* ----------------------------------------------------------------- reading -- */

static int
take(struct pool *p, const struct study *s, sqlite3_stmt *row, struct err *err)
{
	struct pool_unit *u;
	int known, has;

	if (p->n == p->cap) {
		p->cap = p->cap > 0 ? 2 * p->cap : 1024;
		p->unit = mem_grow(p->unit, p->cap, sizeof(*p->unit));
	}
	u = &p->unit[p->n];
	memset(u, 0, sizeof(*u));
	u->frame_unit = sqlite3_column_int64(row, 0);
	u->key = arena_str(p->arena, db_col(row, 1));
	u->prn = sqlite3_column_double(row, 2);
	u->shared = sqlite3_column_int64(row, 3);
	u->form = "";
	if (s->stratify_form || sorts_by(s, "legal_form"))
		u->form = arena_str(p->arena, db_col(row, 6));
	known = sqlite3_column_type(row, 7) != SQLITE_NULL;
	has = sqlite3_column_type(row, 8) == SQLITE_NULL ? -1 :
	    sqlite3_column_int(row, 8) != 0;
	u->size = size_class(known, sqlite3_column_int64(row, 7), has);
	u->employees = known ? sqlite3_column_double(row, 7) : has > 0 ? 1 : 0;
	u->nace = sqlite3_column_int(row, 9);
	u->municipality = sqlite3_column_int(row, 10);
	if (place(s, u, db_col(row, 4), db_col(row, 5), err) != 0)
		return -1;
	p->n++;
	return 0;
}

int
pool_erased(const struct pool_unit *u)
{
	return strncmp(u->key, "erased:", 7) == 0;
}

static int
check_salt(const struct pool *p, const struct pool_unit *u, struct err *err)
{
	/* Its number stays, what it was made of does not (erase.h). */
	if (pool_erased(u))
		return 0;
	/* A database that went through text may have lost a last digit. */
	if (fabs(prn_of(p->salt, u->key) - u->prn) <= 1e-12)
		return 0;
	return err_set(err, EX_DATAERR, "the frame was made with another salt: make "
	    "the frame again");
}

static int
own_numbers(const struct study *s)
{
	return s->coordination == STUDY_INDEPENDENT || s->design == STUDY_TICKETS;
}

int
pool_check(const struct study *s, const struct pool *p, int all, struct err *err)
{
	for (size_t i = 0; i < p->n; i++)
		if ((all || i % 64 == 0 || p->unit[i].drawn) &&
		    !own_numbers(s) &&
		    check_salt(p, &p->unit[i], err) != 0)
			return -1;
	return 0;
}

/* Numbers of the study's own: the frame's are looked at while they are there. */
static int
number(const struct study *s, struct pool *p, struct err *err)
{
	char *own = arena_printf(p->arena, "%s/%s", p->salt, s->name);
	char *seed = arena_printf(p->arena, "%" PRId64, s->seed);

	for (size_t i = 0; i < p->n; i++) {
		if (check_salt(p, &p->unit[i], err) != 0)
			return -1;
		if (pool_erased(&p->unit[i]))
			return err_set(err, EX_DATAERR, "the study draws with numbers of"
			    " its own, and units have been erased since its frame was"
			    " made: it cannot be drawn again");
		p->unit[i].prn = s->design == STUDY_TICKETS ?
		    ticket_of(seed, p->unit[i].key, NULL) :
		    prn_of(own, p->unit[i].key);
	}
	return 0;
}

int
pool_read(const struct world *w, const struct study *s, int64_t frame,
    struct pool *p, struct err *err)
{
	sqlite3_stmt *stmt;
	int r;

	p->arena = arena_new();
	p->salt = w->keys->salt;
	/* A million units: what nothing asks for is not unpacked. */
	if (db_prepare(w->db, by_unit(s) || s->nsort > 0 || s->design == STUDY_PPS ?
	    "SELECT id, unit_key, prn, shared, area_name, group_name, legal_form,"
	    " employees, has_employees, nace, municipality FROM frame_unit WHERE frame"
	    " = ?1 AND kept = 1 ORDER BY unit_key" :
	    "SELECT id, unit_key, prn, shared, area_name, group_name, NULL, NULL,"
	    " NULL, NULL, NULL FROM frame_unit WHERE frame = ?1 AND kept = 1"
	    " ORDER BY unit_key", &stmt, err) != 0)
		return -1;
	db_i64(stmt, 1, frame);
	while ((r = db_step(stmt, err)) == 1)
		if (take(p, s, stmt, err) != 0) {
			r = -1;
			break;
		}
	sqlite3_finalize(stmt);
	if (r != 0)
		return -1;
	if (p->n == 0)
		return err_set(err, EX_DATAERR,
		    "the frame keeps nobody: there is no one to draw");
	if (by_unit(s))
		strata_of_units(s, p);
	else
		strata_of_study(s, p);
	for (size_t i = 0; i < p->n; i++)
		p->stratum[p->unit[i].stratum].frame_units++;
	return own_numbers(s) ? number(s, p, err) : 0;
}

int
pool_start(sqlite3 *db, const struct study *s, int64_t before, double *start,
    struct err *err)
{
	sqlite3_stmt *stmt;
	int r;

	*start = 0;
	if (before != 0) {
		if (db_prepare(db, "SELECT start FROM sample WHERE id = ?1 AND start IS"
		    " NOT NULL", &stmt, err) != 0)
			return -1;
		db_i64(stmt, 1, before);
		if ((r = db_step(stmt, err)) == 1)
			*start = sqlite3_column_double(stmt, 0);
		sqlite3_finalize(stmt);
		if (r != 0)
			return r < 0 ? -1 : 0;
	}
	if (s->coordination != STUDY_NEGATIVE || s->design == STUDY_EVERYONE ||
	    s->design == STUDY_TICKETS)
		return 0;
	if (db_prepare(db, "SELECT max(1.0 * h.drawn_units / h.frame_units) FROM"
	    " sample s JOIN sample_stratum h ON h.sample = s.id WHERE h.frame_units"
	    " > 0 AND (?1 = 0 OR s.id < ?1) AND s.design NOT LIKE 'everyone%'"
	    " GROUP BY s.id ORDER BY s.id", &stmt, err) != 0)
		return -1;
	db_i64(stmt, 1, before);
	while ((r = db_step(stmt, err)) == 1)
		*start += sqlite3_column_double(stmt, 0);
	sqlite3_finalize(stmt);
	*start -= floor(*start);
	return r;
}

void
pool_hash(const struct pool *p, char out[static 65])
{
	unsigned char sum[HASH_SIZE];
	struct hash *h = hash_begin();

	for (size_t i = 0; i < p->n; i++)
		if (p->unit[i].drawn) {
			hash_add(h, p->unit[i].key, strlen(p->unit[i].key));
			hash_add(h, "\n", 1);
		}
	hash_end(h, sum);
	hash_hex(sum, sizeof(sum), out);
}

void
pool_free(struct pool *p)
{
	free(p->unit);
	arena_free(p->arena);
	p->unit = NULL;
	p->arena = NULL;
}
