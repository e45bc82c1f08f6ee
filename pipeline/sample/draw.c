#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/prn.h"
#include "pipeline/sample/alloc.h"
#include "pipeline/store/keys.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"

#include "pipeline/sample/draw.h"

enum { TOKEN_OCTETS = 16 };	/* 128 bits: 26 letters of base32 */

struct candidate {		/* a kept unit of the frame */
	int64_t frame_unit;
	const char *key;
	double prn;
	int64_t shared;
	size_t stratum;
	int drawn;
};

struct pool {
	struct arena *arena;
	struct candidate *unit;	/* in order of their keys */
	size_t n, cap;
	struct draw_stratum *stratum;
	size_t nstratum;
};

/* ---------------------------------------------------------------- reading -- */

/* The number of a name in the study; ${n} if it is not there. */
static size_t
area_of(const struct study *s, const char *name)
{
	size_t i = 0;

	while (i < s->narea && strcmp(s->area[i].name, name) != 0)
		i++;
	return i;
}

static size_t
group_of(const struct study *s, const char *name)
{
	size_t i = 0;

	while (i < s->ngroup && strcmp(s->group[i].name, name) != 0)
		i++;
	return i;
}

/* All strata in the order of the study file, those without units too. */
static void
make_strata(const struct study *s, struct pool *p)
{
	size_t na = s->stratify_area ? s->narea : 1;
	size_t ng = s->stratify_group ? s->ngroup : 1;
	struct buf name = BUF(256);

	p->nstratum = na * ng;
	p->stratum = mem_array(p->nstratum, sizeof(*p->stratum));
	for (size_t i = 0; i < p->nstratum; i++) {
		buf_clear(&name);
		if (s->stratify_area)
			buf_str(&name, s->area[i / ng].name);
		if (s->stratify_area && s->stratify_group)
			buf_chr(&name, '/');
		if (s->stratify_group)
			buf_str(&name, s->group[i % ng].name);
		p->stratum[i].name = mem_str(name.len > 0 ? buf_text(&name) : "all");
	}
	buf_free(&name);
}

static int
place(const struct study *s, const char *area, const char *group, size_t *ret,
    struct err *err)
{
	size_t a = s->stratify_area ? area_of(s, area) : 0;
	size_t g = s->stratify_group ? group_of(s, group) : 0;

	if (s->stratify_area && a == s->narea)
		return err_set(err, EX_DATAERR, "the frame has an area %s that the "
		    "study file has not: make the frame again", area);
	if (s->stratify_group && g == s->ngroup)
		return err_set(err, EX_DATAERR, "the frame has a group %s that the "
		    "study file has not: make the frame again", group);
	*ret = a * (s->stratify_group ? s->ngroup : 1) + g;
	return 0;
}

static int
take(struct pool *p, const struct study *s, sqlite3_stmt *row, struct err *err)
{
	struct candidate *c;

	if (p->n == p->cap) {
		p->cap = p->cap > 0 ? 2 * p->cap : 1024;
		p->unit = mem_grow(p->unit, p->cap, sizeof(*p->unit));
	}
	c = &p->unit[p->n];
	memset(c, 0, sizeof(*c));
	c->frame_unit = sqlite3_column_int64(row, 0);
	c->key = arena_str(p->arena, db_col(row, 1));
	c->prn = sqlite3_column_double(row, 2);
	c->shared = sqlite3_column_int64(row, 3);
	if (place(s, db_col(row, 4), db_col(row, 5), &c->stratum, err) != 0)
		return -1;
	p->stratum[c->stratum].frame_units++;
	p->n++;
	return 0;
}

static int
read_frame(const struct world *w, const struct study *s, int64_t frame,
    struct pool *p, struct err *err)
{
	sqlite3_stmt *stmt;
	int r;

	make_strata(s, p);
	if (db_prepare(w->db, "SELECT id, unit_key, prn, shared, area_name,"
	    " group_name FROM frame_unit WHERE frame = ?1 AND kept = 1"
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
	/* The sample says which salt it was drawn with; let that be true.  (A
	 * database that went through text may have lost a last digit.) */
	for (size_t i = 0; i < p->n; i++)
		if (fabs(prn_of(w->keys->salt, p->unit[i].key) -
		    p->unit[i].prn) > 1e-12)
			return err_set(err, EX_DATAERR, "the frame was made with "
			    "another salt: make the frame again");
	return 0;
}

/* --------------------------------------------------------------- choosing -- */

static int
by_prn(const void *a, const void *b)
{
	const struct candidate *x = *(struct candidate *const *)a;
	const struct candidate *y = *(struct candidate *const *)b;

	if (x->stratum != y->stratum)
		return x->stratum < y->stratum ? -1 : 1;
	if (x->prn < y->prn || x->prn > y->prn)
		return x->prn < y->prn ? -1 : 1;
	return strcmp(x->key, y->key);
}

static int
allocate(const struct study *s, struct pool *p, struct err *err)
{
	struct alloc_stratum *a = mem_array(p->nstratum, sizeof(*a));
	int r;

	for (size_t h = 0; h < p->nstratum; h++) {
		a[h].name = p->stratum[h].name;
		a[h].weight = a[h].max = p->stratum[h].frame_units;
		a[h].min = a[h].max > 0;
	}
	r = alloc_share(a, p->nstratum, s->design == STUDY_EVERYONE ?
	    (int64_t)p->n : s->size, err);
	for (size_t h = 0; r == 0 && h < p->nstratum; h++)
		p->stratum[h].drawn_units = a[h].n;
	free(a);
	return r;
}

/* Mark the drawn_units smallest random numbers of each stratum. */
static void
choose(struct pool *p)
{
	struct candidate **order = mem_array(p->n, sizeof(*order));
	size_t at = 0;

	for (size_t i = 0; i < p->n; i++)
		order[i] = &p->unit[i];
	qsort(order, p->n, sizeof(*order), by_prn);
	for (size_t h = 0; h < p->nstratum; h++) {
		for (int64_t i = 0; i < p->stratum[h].drawn_units; i++)
			order[at + (size_t)i]->drawn = 1;
		at += (size_t)p->stratum[h].frame_units;
	}
	free(order);
}

static void
list_hash(const struct pool *p, char out[static 65])
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

/* ---------------------------------------------------------------- writing -- */

static void
design_text(const struct study *s, struct buf *b)
{
	const char *by = s->stratify_area && s->stratify_group ?
	    ", strata by area and group" : s->stratify_area ? ", strata by area" :
	    s->stratify_group ? ", strata by group" : "";

	if (s->design == STUDY_EVERYONE)
		buf_printf(b, "everyone%s", by);
	else
		buf_printf(b, "simple random, %" PRId64 " units%s%s", s->size, by,
		    *by != '\0' ? ", proportional" : "");
}

static int
write_sample(const struct world *w, const struct study *s, int64_t study,
    int64_t frame, const struct draw_result *r, int64_t *sample, struct err *err)
{
	struct buf design = BUF(200);
	unsigned char sum[HASH_SIZE];
	char salt[HASH_HEX];
	sqlite3_stmt *stmt;
	int ret;

	if (db_prepare(w->db, "INSERT INTO sample (study, frame, drawn, design,"
	    " salt_sha256, units, list_sha256) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	    &stmt, err) != 0)
		return -1;
	hash_sha256(w->keys->salt, strlen(w->keys->salt), sum);
	design_text(s, &design);
	db_i64(stmt, 1, study);
	db_i64(stmt, 2, frame);
	db_i64(stmt, 3, w->now);
	db_text(stmt, 4, buf_text(&design));
	db_text(stmt, 5, hash_hex(sum, sizeof(sum), salt));
	db_i64(stmt, 6, r->drawn);
	db_text(stmt, 7, r->list_sha256);
	ret = db_run(stmt, err);
	sqlite3_finalize(stmt);
	buf_free(&design);
	*sample = sqlite3_last_insert_rowid(w->db);
	return ret;
}

static int
write_strata(const struct world *w, int64_t sample, const struct pool *p,
    struct err *err)
{
	sqlite3_stmt *stmt;
	int r = 0;

	if (db_prepare(w->db, "INSERT INTO sample_stratum (sample, stratum,"
	    " frame_units, drawn_units) VALUES (?1, ?2, ?3, ?4)", &stmt, err) != 0)
		return -1;
	for (size_t h = 0; r == 0 && h < p->nstratum; h++) {
		db_i64(stmt, 1, sample);
		db_text(stmt, 2, p->stratum[h].name);
		db_i64(stmt, 3, p->stratum[h].frame_units);
		db_i64(stmt, 4, p->stratum[h].drawn_units);
		r = db_run(stmt, err);
	}
	sqlite3_finalize(stmt);
	return r;
}

static int
write_units(const struct world *w, int64_t sample, const struct pool *p,
    struct err *err)
{
	unsigned char octets[TOKEN_OCTETS];
	char token[27];
	sqlite3_stmt *stmt;
	int r = 0;

	if (db_prepare(w->db, "INSERT INTO sample_unit (sample, frame_unit,"
	    " stratum, pi, weight, token) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", &stmt,
	    err) != 0)
		return -1;
	for (size_t i = 0; r == 0 && i < p->n; i++) {
		const struct candidate *c = &p->unit[i];
		const struct draw_stratum *h = &p->stratum[c->stratum];
		double N = (double)h->frame_units, n = (double)h->drawn_units;

		if (!c->drawn)
			continue;
		hash_random(octets, sizeof(octets));
		db_i64(stmt, 1, sample);
		db_i64(stmt, 2, c->frame_unit);
		db_text(stmt, 3, h->name);
		db_real(stmt, 4, n / N);
		db_real(stmt, 5, N / n * (double)c->shared);
		db_text(stmt, 6, hash_base32(octets, sizeof(octets), token));
		r = db_run(stmt, err);
	}
	sqlite3_finalize(stmt);
	return r;
}

static int
write_all(const struct world *w, const struct study *s, int64_t study,
    int64_t frame, const struct pool *p, const struct draw_result *r,
    struct err *err)
{
	int64_t sample;

	if (write_sample(w, s, study, frame, r, &sample, err) != 0 ||
	    write_strata(w, sample, p, err) != 0 ||
	    write_units(w, sample, p, err) != 0)
		return -1;
	talk_step("draw.2");
	return studies_event(w, study, "draw", err, "%" PRId64 " of %" PRId64
	    " units drawn, list %.12s", r->drawn, r->frame_units, r->list_sha256);
}

/* ------------------------------------------------------------------ whole -- */

/* The frame in use: 1, 0 where there is none. */
static int
newest_frame(sqlite3 *db, int64_t study, int64_t *frame, char sha256[static 65],
    struct err *err)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(db, "SELECT id, study_sha256 FROM frame WHERE study = ?1"
	    " ORDER BY id DESC LIMIT 1", &stmt, err) != 0)
		return -1;
	db_i64(stmt, 1, study);
	if ((r = db_step(stmt, err)) == 1) {
		*frame = sqlite3_column_int64(stmt, 0);
		snprintf(sha256, 65, "%s", db_col(stmt, 1));
	}
	sqlite3_finalize(stmt);
	return r;
}

/* The draw there is already: 1 with ${ret} filled, 0 where there is none. */
static int
drawn_before(sqlite3 *db, int64_t study, int64_t frame, struct draw_result *ret,
    struct err *err)
{
	sqlite3_stmt *stmt;
	int64_t sample = 0, of = 0;
	size_t cap = 0;
	int r;

	if (db_prepare(db, "SELECT id, frame, units, list_sha256 FROM sample"
	    " WHERE study = ?1", &stmt, err) != 0)
		return -1;
	db_i64(stmt, 1, study);
	if ((r = db_step(stmt, err)) == 1) {
		sample = sqlite3_column_int64(stmt, 0);
		of = sqlite3_column_int64(stmt, 1);
		ret->drawn = sqlite3_column_int64(stmt, 2);
		snprintf(ret->list_sha256, sizeof(ret->list_sha256), "%s",
		    db_col(stmt, 3));
	}
	sqlite3_finalize(stmt);
	if (r != 1)
		return r;
	if (of != frame)
		return err_set(err, EX_CANTCREAT, "the sample was drawn from an "
		    "earlier frame and invitations may hang on it: a study is drawn "
		    "once");
	if (db_prepare(db, "SELECT stratum, frame_units, drawn_units FROM"
	    " sample_stratum WHERE sample = ?1 ORDER BY rowid", &stmt, err) != 0)
		return -1;
	db_i64(stmt, 1, sample);
	while ((r = db_step(stmt, err)) == 1) {
		struct draw_stratum *h;

		if (ret->nstratum == cap) {
			cap = cap > 0 ? 2 * cap : 16;
			ret->stratum = mem_grow(ret->stratum, cap, sizeof(*h));
		}
		h = &ret->stratum[ret->nstratum++];
		h->name = mem_str(db_col(stmt, 0));
		h->frame_units = sqlite3_column_int64(stmt, 1);
		h->drawn_units = sqlite3_column_int64(stmt, 2);
		ret->frame_units += h->frame_units;
	}
	sqlite3_finalize(stmt);
	if (r != 0)
		return -1;
	ret->again = 1;
	return 1;
}

/* Read, choose and write, inside the transaction. */
static int
draw_new(const struct world *w, const struct study *s, int64_t study,
    int64_t frame, struct draw_result *ret, struct err *err)
{
	struct pool p = { .arena = arena_new() };
	int r = -1;

	if (read_frame(w, s, frame, &p, err) != 0 || allocate(s, &p, err) != 0)
		goto out;
	choose(&p);
	ret->frame_units = (int64_t)p.n;
	for (size_t h = 0; h < p.nstratum; h++)
		ret->drawn += p.stratum[h].drawn_units;
	list_hash(&p, ret->list_sha256);
	talk_step("draw.1");
	r = write_all(w, s, study, frame, &p, ret, err);
out:
	ret->stratum = p.stratum;
	ret->nstratum = p.nstratum;
	free(p.unit);
	arena_free(p.arena);
	return r;
}

int
draw(const struct world *w, const struct study *s, int64_t study_id,
    struct draw_result *ret, struct err *err)
{
	char hex[HASH_HEX], of[HASH_HEX];
	int64_t frame = 0;
	int r;

	memset(ret, 0, sizeof(*ret));
	if (db_begin(w->db, err) != 0)
		return -1;
	if ((r = newest_frame(w->db, study_id, &frame, of, err)) < 0)
		goto undo;
	if (r == 0) {
		err_set(err, EX_NOINPUT, "there is no frame to draw from: "
		    "make one first (utvalg frame %s)", s->name);
		goto undo;
	}
	if ((r = drawn_before(w->db, study_id, frame, ret, err)) < 0)
		goto undo;
	if (r == 1) {
		db_rollback(w->db);
		return 0;
	}
	if (strcmp(hash_hex(s->sha256, sizeof(s->sha256), hex), of) != 0) {
		err_set(err, EX_DATAERR, "the study file has changed since the frame "
		    "was made: make the frame again (utvalg frame %s)", s->name);
		goto undo;
	}
	if (draw_new(w, s, study_id, frame, ret, err) != 0)
		goto undo;
	talk_step("draw.3");
	if (w->dry_run) {
		db_rollback(w->db);
		return 0;
	}
	if (db_commit(w->db, err) != 0)
		goto undo;
	talk_step("draw.4");
	return 0;

undo:
	db_rollback(w->db);
	draw_result_free(ret);
	return -1;
}

void
draw_result_free(struct draw_result *r)
{
	for (size_t h = 0; h < r->nstratum; h++)
		free((void *)(uintptr_t)r->stratum[h].name);
	free(r->stratum);
	memset(r, 0, sizeof(*r));
}
