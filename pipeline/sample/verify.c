#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/sample/draw.h"
#include "pipeline/sample/pool.h"
#include "pipeline/sample/record.h"
#include "pipeline/sample/steps.h"
#include "pipeline/store/store.h"

#include "pipeline/sample/verify.h"

enum { RECORD_MAX = 16 << 20 };

struct drawn {			/* as the database has it */
	int64_t sample, frame;
	char list[65], study[65];
};

static int
find(sqlite3 *db, int64_t study, struct drawn *d, struct err *err)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(db, "SELECT s.id, s.frame, s.list_sha256, f.study_sha256 FROM"
	    " sample s JOIN frame f ON f.id = s.frame WHERE s.study = ?1", &stmt,
	    err) != 0)
		return -1;
	db_i64(stmt, 1, study);
	if ((r = db_step(stmt, err)) == 1) {
		d->sample = sqlite3_column_int64(stmt, 0);
		d->frame = sqlite3_column_int64(stmt, 1);
		snprintf(d->list, sizeof(d->list), "%s", db_col(stmt, 2));
		snprintf(d->study, sizeof(d->study), "%s", db_col(stmt, 3));
	}
	sqlite3_finalize(stmt);
	return r;
}

static int
same_number(double a, double b)
{
	return fabs(a - b) <= 1e-12 * fmax(fabs(a), 1);
}

/* Both in the order of their frame units' keys: a walk down two lists. */
static int
compare_units(sqlite3 *db, int64_t sample, const struct pool *p,
    struct verify_result *v, struct err *err)
{
	sqlite3_stmt *stmt;
	size_t i = 0;
	int r;

	if (db_prepare(db, "SELECT f.unit_key, u.stratum, u.pi, u.weight, u.step FROM"
	    " sample_unit u JOIN frame_unit f ON f.id = u.frame_unit WHERE u.sample ="
	    " ?1 ORDER BY f.unit_key", &stmt, err) != 0)
		return -1;
	db_i64(stmt, 1, sample);
	while ((r = db_step(stmt, err)) == 1) {
		const char *key = db_col(stmt, 0);
		const struct pool_unit *u;

		v->then++;
		for (; i < p->n && strcmp(p->unit[i].key, key) < 0; i++)
			v->new += p->unit[i].drawn;
		u = &p->unit[i];
		if (i == p->n || strcmp(u->key, key) != 0 || !u->drawn) {
			v->gone++;
			continue;
		}
		v->weights += u->step != sqlite3_column_int(stmt, 4) || strcmp(p->stratum[u->stratum].name, db_col(stmt, 1)) != 0 ||
		    !same_number(u->pi, sqlite3_column_double(stmt, 2)) ||
		    !same_number((double)u->shared / u->pi,
		    sqlite3_column_double(stmt, 3));
		i++;
	}
	sqlite3_finalize(stmt);
	for (; i < p->n; i++)
		v->new += p->unit[i].drawn;
	return r;
}

static int
compare_strata(sqlite3 *db, int64_t sample, const struct pool *p,
    struct verify_result *v, struct err *err)
{
	sqlite3_stmt *stmt;
	size_t h = 0;
	int r;

	if (db_prepare(db, "SELECT stratum, frame_units, drawn_units FROM"
	    " sample_stratum WHERE sample = ?1 ORDER BY rowid", &stmt, err) != 0)
		return -1;
	db_i64(stmt, 1, sample);
	for (; (r = db_step(stmt, err)) == 1; h++)
		v->strata += h >= p->nstratum ||
		    strcmp(p->stratum[h].name, db_col(stmt, 0)) != 0 ||
		    p->stratum[h].frame_units != sqlite3_column_int64(stmt, 1) ||
		    p->stratum[h].drawn_units != sqlite3_column_int64(stmt, 2);
	sqlite3_finalize(stmt);
	v->strata += h < p->nstratum ? (int64_t)(p->nstratum - h) : 0;
	return r;
}

/* The file, octet by octet, and what the log says of it. */
static int
compare_record(const struct world *w, const struct study *s, int64_t study,
    int64_t sample, struct verify_result *v, struct err *err)
{
	struct buf is = BUF(RECORD_MAX), made = BUF(RECORD_MAX);
	char *path = record_path(w, s), hex[HASH_HEX];
	unsigned char sum[HASH_SIZE];
	sqlite3_stmt *stmt;
	int r = -1;

	v->record = VERIFY_MISSING;
	if (record_make(w, s, sample, &made, err) != 0)
		goto out;
	if (file_exists(path)) {
		if (file_read(path, RECORD_MAX, &is, err) != 0)
			goto out;
		v->record = is.len == made.len && memcmp(is.data, made.data,
		    is.len) == 0 ? VERIFY_SAME : VERIFY_OTHER;
	}
	hash_sha256(made.data, made.len, sum);
	if (db_prepare(w->db, "SELECT 1 FROM event WHERE study = ?1 AND what = 'draw'"
	    " AND instr(detail, ?2) > 0", &stmt, err) != 0)
		goto out;
	db_i64(stmt, 1, study);
	db_text(stmt, 2, hash_hex(sum, sizeof(sum), hex));
	r = db_step(stmt, err);
	sqlite3_finalize(stmt);
	v->logged = r == 1;
	r = r < 0 ? -1 : 0;
out:
	buf_free(&made);
	buf_free(&is);
	free(path);
	return r;
}

int
verify(const struct world *w, const struct study *s, int64_t study_id,
    struct verify_result *v, struct err *err)
{
	struct pool p = { 0 };
	struct draw_result strata = { 0 };
	struct drawn d = { 0 };
	char hex[HASH_HEX];
	int r;

	memset(v, 0, sizeof(*v));
	if ((r = find(w->db, study_id, &d, err)) < 0)
		return -1;
	if (r == 0)
		return err_set(err, EX_NOINPUT, "nothing has been drawn for %s", s->name);
	if (strcmp(hash_hex(s->drawn_sha256, sizeof(s->drawn_sha256), hex), d.study) != 0)
		return err_set(err, EX_DATAERR, "the study file is not the one that the "
		    "frame was made with: nothing can be said about the draw");
	r = -1;
	if (pool_read(w, s, d.frame, &p, err) != 0 ||
	    pool_start(w->db, s, d.sample, &p.start, err) != 0 ||
	    pool_choose(s, &p, err) != 0 || pool_check(s, &p, 1, err) != 0 ||
	    steps_repeat(w, s, d.sample, &p, &v->steps, &v->other_steps, err) != 0 ||
	    compare_units(w->db, d.sample, &p, v, err) != 0 ||
	    compare_strata(w->db, d.sample, &p, v, err) != 0 ||
	    compare_record(w, s, study_id, d.sample, v, err) != 0)
		goto out;
	v->frame_units = (int64_t)p.n;
	for (size_t i = 0; i < p.n; i++)
		v->now += p.unit[i].drawn;
	pool_hash(&p, hex);
	for (size_t i = 0; i < p.n; i++)
		v->erased += pool_erased(&p.unit[i]);
	v->list = strcmp(hex, d.list) == 0;
	v->same = v->gone == 0 && v->new == 0 && v->weights == 0 && v->strata == 0 &&
	    v->other_steps == 0 && (v->list || v->erased > 0) && v->record == VERIFY_SAME && v->logged;
	r = 0;
out:
	strata.stratum = p.stratum;
	strata.nstratum = p.nstratum;
	draw_result_free(&strata);
	pool_free(&p);
	return r;
}
