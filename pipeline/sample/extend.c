#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/sample/pool.h"
#include "pipeline/sample/record.h"
#include "pipeline/sample/steps.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"

#include "pipeline/sample/extend.h"

enum { RECORD_MAX = 16 << 20 };

struct drawn {			/* as the database has it, and drawn again */
	int64_t study, sample, frame, units, moment;
	char list[HASH_HEX], file[HASH_HEX];
	struct pool p;
	int64_t steps;
	int64_t replaced;	/* drawn unit, where one is to be */
};

/* ------------------------------------------------------------- as it stands -- */

static int
find(const struct world *w, const struct study *s, int64_t study,
    struct drawn *d, struct err *err)
{
	char hex[HASH_HEX];
	sqlite3_stmt *stmt;
	int r;

	d->study = study;
	if (db_prepare(w->db, "SELECT s.id, s.frame, s.units, s.drawn, s.list_sha256,"
	    " f.study_sha256 FROM sample s JOIN frame f ON f.id = s.frame WHERE"
	    " s.study = ?1", &stmt, err) != 0)
		return -1;
	db_i64(stmt, 1, study);
	if ((r = db_step(stmt, err)) == 1) {
		d->sample = sqlite3_column_int64(stmt, 0);
		d->frame = sqlite3_column_int64(stmt, 1);
		d->units = sqlite3_column_int64(stmt, 2);
		d->moment = sqlite3_column_int64(stmt, 3);
		snprintf(d->list, sizeof(d->list), "%s", db_col(stmt, 4));
		snprintf(d->file, sizeof(d->file), "%s", db_col(stmt, 5));
	}
	sqlite3_finalize(stmt);
	if (r == 0)
		return err_set(err, EX_NOINPUT, "nothing has been drawn for %s: draw "
		    "first (utvalg draw %s)", s->name, s->name);
	if (r == 1 && strcmp(hash_hex(s->drawn_sha256, sizeof(s->drawn_sha256), hex),
	    d->file) != 0)
		return err_set(err, EX_DATAERR, "the study file is not the one that was "
		    "drawn with: put it back to draw further by the same rule");
	return r < 0 ? -1 : 0;
}

/* Draw again: what comes next is next only after what the frame gives. */
static int
repeat(const struct world *w, const struct study *s, struct drawn *d,
    struct err *err)
{
	int64_t other = 0, units = 0, erased = 0;
	struct pool *p = &d->p;
	char hex[HASH_HEX];

	if (pool_read(w, s, d->frame, p, err) != 0 ||
	    pool_start(w->db, s, d->sample, &p->start, err) != 0 ||
	    pool_choose(s, p, err) != 0 || pool_check(s, p, 0, err) != 0 ||
	    steps_repeat(w, s, d->sample, p, &d->steps, &other, err) != 0)
		return -1;
	for (size_t i = 0; i < p->n; i++) {
		units += p->unit[i].drawn;
		erased += pool_erased(&p->unit[i]);
	}
	pool_hash(p, hex);
	if (other > 0 || units != d->units ||
	    (erased == 0 && strcmp(hex, d->list) != 0))
		return err_set(err, EX_DATAERR, "the sample is not what frame, study "
		    "file and salt give, so nobody is next: see utvalg verify %s",
		    s->name);
	return 0;
}

static struct pool_unit *
unit_of(struct pool *p, const char *key)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->unit[i].key, key) == 0)
			return &p->unit[i];
	return NULL;
}

/* Who came in for drawn unit d->replaced: 1 with its key. */
static int
replaced_before(const struct world *w, const struct drawn *d,
    struct draw_result *ret, struct err *err)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(w->db, "SELECT f.unit_key, u.stratum, x.step FROM sample_step x"
	    " JOIN sample_unit u ON u.sample = x.sample AND u.step = x.step JOIN"
	    " frame_unit f ON f.id = u.frame_unit WHERE x.sample = ?1 AND x.replaced"
	    " = ?2", &stmt, err) != 0)
		return -1;
	db_i64(stmt, 1, d->sample);
	db_i64(stmt, 2, d->replaced);
	if ((r = db_step(stmt, err)) == 1) {
		snprintf(ret->came, sizeof(ret->came), "%s", db_col(stmt, 0));
		snprintf(ret->place, sizeof(ret->place), "%s", db_col(stmt, 1));
		ret->step = sqlite3_column_int(stmt, 2);
	}
	sqlite3_finalize(stmt);
	return r;
}

/* Reserves of the stratum that came in; -1 on an error. */
static int64_t
came_in(const struct world *w, int64_t sample, const char *stratum,
    struct err *err)
{
	sqlite3_stmt *stmt;
	int64_t n = -1;

	if (db_prepare(w->db, "SELECT count(*) FROM sample_step x JOIN sample_unit u"
	    " ON u.id = x.replaced WHERE x.sample = ?1 AND (?2 IS NULL OR u.stratum ="
	    " ?2)", &stmt, err) != 0)
		return -1;
	db_i64(stmt, 1, sample);
	db_text(stmt, 2, stratum);
	if (db_step(stmt, err) == 1)
		n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

/* ---------------------------------------------------------------- the step -- */

static int
no_reserves(const struct study *s, struct err *err)
{
	return err_set(err, EX_DATAERR, "%s: the study holds no reserves ('reserves' in"
	    " [sample]); draw --more takes further units", s->file);
}

static int
drawn_id(const struct world *w, struct drawn *d, int64_t frame_unit,
    struct err *err)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(w->db, "SELECT id FROM sample_unit WHERE frame_unit = ?1", &stmt,
	    err) != 0)
		return -1;
	db_i64(stmt, 1, frame_unit);
	if ((r = db_step(stmt, err)) == 1)
		d->replaced = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return r == 1 ? 0 : -1;
}

/* 1: done, 0: nothing to do. */
static int
replace(const struct world *w, const struct study *s, const char *key,
    struct drawn *d, struct draw_result *ret, struct err *err)
{
	struct pool_unit *u = unit_of(&d->p, key);
	int64_t in;
	int r;

	if (s->reserves == 0)
		return no_reserves(s, err);
	if (u == NULL || !u->drawn)
		return err_set(err, EX_DATAERR, "that unit is not drawn: no reserve "
		    "comes in for it");
	if (drawn_id(w, d, u->frame_unit, err) != 0)
		return -1;
	if ((r = replaced_before(w, d, ret, err)) != 0)
		return r < 0 ? -1 : 0;
	if ((in = came_in(w, d->sample, d->p.stratum[u->stratum].name, err)) < 0)
		return -1;
	if (in >= s->reserves)
		return err_set(err, EX_DATAERR, "stratum %s has had its %" PRId64
		    " reserves", d->p.stratum[u->stratum].name, s->reserves);
	if (pool_next(s, &d->p, u->stratum, err) != 0)
		return -1;
	for (size_t i = 0; i < d->p.n; i++)
		if (d->p.unit[i].drawn && d->p.unit[i].step == d->p.step)
			snprintf(ret->came, sizeof(ret->came), "%s", d->p.unit[i].key);
	snprintf(ret->place, sizeof(ret->place), "%s", d->p.stratum[u->stratum].name);
	return 1;
}

/* 1: the pool holds more, 0: nothing to do. */
static int
choose(const struct world *w, const struct study *s, const struct extend_how *how,
    struct drawn *d, struct draw_result *ret, struct err *err)
{
	int64_t more = how->more;

	if (how->replace != NULL)
		return replace(w, s, how->replace, d, ret, err);
	if (how->to > 0) {
		if (s->design == STUDY_BERNOULLI)
			return err_set(err, EX_DATAERR, "with design bernoulli the number "
			    "is left to chance: ask for more, not for so many in all");
		if (how->to < d->units)
			return err_set(err, EX_DATAERR, "%" PRId64 " units are drawn "
			    "already, and who is drawn stays drawn", d->units);
		more = how->to - d->units;
	}
	if (more == 0)
		return 0;
	return pool_more(s, &d->p, more, err) != 0 ? -1 : 1;
}

/* ----------------------------------------------------------------- writing -- */

static int
put_step(const struct world *w, const struct drawn *d, int step, const char *kind,
    int64_t at, int64_t asked, int64_t units, const char *list, const char *why,
    struct err *err)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(w->db, "INSERT INTO sample_step (sample, step, kind, at, asked,"
	    " units, list_sha256, replaced, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
	    " ?8, ?9)", &stmt, err) != 0)
		return -1;
	db_i64(stmt, 1, d->sample);
	db_i64(stmt, 2, step);
	db_text(stmt, 3, kind);
	db_i64(stmt, 4, at);
	db_i64(stmt, 5, asked);
	db_i64(stmt, 6, units);
	db_text(stmt, 7, list);
	if (why != NULL)
		db_i64(stmt, 8, d->replaced);
	db_text(stmt, 9, why);
	r = db_run(stmt, err);
	sqlite3_finalize(stmt);
	return r;
}

/* The others have new probabilities too. */
static int
put_weights(const struct world *w, const struct drawn *d, struct err *err)
{
	sqlite3_stmt *stmt;
	int r = 0;

	if (db_prepare(w->db, "UPDATE sample_unit SET pi = ?2, weight = ?3 WHERE"
	    " frame_unit = ?1", &stmt, err) != 0)
		return -1;
	for (size_t i = 0; r == 0 && i < d->p.n; i++) {
		const struct pool_unit *u = &d->p.unit[i];

		if (!u->drawn || u->step == d->p.step)
			continue;
		db_i64(stmt, 1, u->frame_unit);
		db_real(stmt, 2, u->pi);
		db_real(stmt, 3, (double)u->shared / u->pi);
		r = db_run(stmt, err);
	}
	sqlite3_finalize(stmt);
	return r;
}

static int
put_counts(const struct world *w, const struct drawn *d,
    const struct draw_result *ret, struct err *err)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(w->db, "UPDATE sample SET units = ?2, list_sha256 = ?3, start ="
	    " ?4 WHERE id = ?1", &stmt, err) != 0)
		return -1;
	db_i64(stmt, 1, d->sample);
	db_i64(stmt, 2, ret->drawn);
	db_text(stmt, 3, ret->list_sha256);
	db_real(stmt, 4, d->p.start);
	r = db_run(stmt, err);
	sqlite3_finalize(stmt);
	if (r != 0 || db_prepare(w->db, "UPDATE sample_stratum SET drawn_units = ?3"
	    " WHERE sample = ?1 AND stratum = ?2", &stmt, err) != 0)
		return -1;
	for (size_t h = 0; r == 0 && h < d->p.nstratum; h++) {
		db_i64(stmt, 1, d->sample);
		db_text(stmt, 2, d->p.stratum[h].name);
		db_i64(stmt, 3, d->p.stratum[h].drawn_units);
		r = db_run(stmt, err);
	}
	sqlite3_finalize(stmt);
	return r;
}

static int
put_event(const struct world *w, const struct drawn *d,
    const struct extend_how *how, const struct draw_result *ret,
    const struct buf *record, struct err *err)
{
	unsigned char sum[HASH_SIZE];
	char hex[HASH_HEX];

	hash_sha256(record->data, record->len, sum);
	return studies_event(w, d->study, "draw", err, "step %d: %" PRId64 " units %s,"
	    " %" PRId64 " of %" PRId64 " drawn in all, list %.12s, record %s", ret->step,
	    ret->added, how->replace != NULL ? "from the reserve" : "more", ret->drawn,
	    ret->frame_units, ret->list_sha256, hash_hex(sum, sizeof(sum), hex));
}

static int
put_all(const struct world *w, const struct study *s, const struct extend_how *how,
    const struct drawn *d, const struct draw_result *ret, struct buf *record,
    struct err *err)
{
	talk_step("more.1");
	if ((d->steps == 0 && put_step(w, d, 0, "draw", d->moment, d->units, d->units,
	    d->list, NULL, err) != 0) ||
	    put_step(w, d, ret->step, how->replace != NULL ? "reserve" : "more", w->now,
	    how->more > 0 ? how->more : how->to > 0 ? how->to - d->units : 1, ret->drawn,
	    ret->list_sha256, how->replace != NULL ? how->why : NULL, err) != 0 ||
	    put_weights(w, d, err) != 0 || put_counts(w, d, ret, err) != 0 ||
	    steps_put_units(w, d->sample, &d->p, err) != 0)
		return -1;
	talk_step("more.2");
	if (record_make(w, s, d->sample, record, err) != 0 ||
	    put_event(w, d, how, ret, record, err) != 0)
		return -1;
	talk_step("more.3");
	return 0;
}

/* ------------------------------------------------------------------- whole -- */

static void
result(const struct drawn *d, struct draw_result *ret)
{
	ret->frame_units = (int64_t)d->p.n;
	ret->never = d->p.never;
	ret->kept = d->p.kept;
	for (size_t i = 0; i < d->p.n; i++)
		ret->drawn += d->p.unit[i].drawn;
	ret->added = ret->drawn - d->units;
	if (!ret->again)
		ret->step = d->p.step;
	pool_hash(&d->p, ret->list_sha256);
}

static void
strata_free(struct pool *p)
{
	struct draw_result r = { .stratum = p->stratum, .nstratum = p->nstratum };

	draw_result_free(&r);
	pool_free(p);
}

int
extend(const struct world *w, const struct study *s, int64_t study_id,
    const struct extend_how *how, struct draw_result *ret, struct err *err)
{
	struct buf record = BUF(RECORD_MAX);
	struct drawn d = { 0 };
	int r = -1, done = 0;

	memset(ret, 0, sizeof(*ret));
	if (db_begin(w->db, err) != 0)
		return -1;
	if (find(w, s, study_id, &d, err) != 0 || repeat(w, s, &d, err) != 0 ||
	    (done = choose(w, s, how, &d, ret, err)) < 0)
		goto out;
	ret->again = !done;
	result(&d, ret);
	if (done)
		r = put_all(w, s, how, &d, ret, &record, err);
	else
		r = w->dry_run ? 0 : record_again(w, s, study_id, d.sample, err);
	if (r != 0 || !done || w->dry_run)
		goto out;
	if ((r = db_commit(w->db, err)) != 0)
		goto out;
	talk_step("more.4");
	if ((r = record_write(w, s, &record, err)) != 0)
		err_context(err, "the units are drawn; their record");
	talk_step("more.5");
	done = 2;
out:
	if (done != 2)
		db_rollback(w->db);
	if (r == 0) {
		ret->stratum = d.p.stratum;
		ret->nstratum = d.p.nstratum;
		d.p.stratum = NULL;
		d.p.nstratum = 0;
	} else
		memset(ret, 0, sizeof(*ret));
	strata_free(&d.p);
	buf_free(&record);
	return r;
}

/* ---------------------------------------------------------------- reserves -- */

static void
put_reserves(const struct study *s, struct pool *p, size_t h, int64_t in,
    struct extend_reserves *ret)
{
	struct pool_unit **list;
	size_t n = pool_reserves(s, p, h, (size_t)(s->reserves - in), &list);

	for (size_t i = 0; i < n; i++)
		ret->unit[ret->n++] = (struct extend_reserve){ mem_str(list[i]->key),
			mem_str(p->stratum[h].name), in + (int64_t)i + 1 };
	free(list);
}

int
extend_reserves(const struct world *w, const struct study *s, int64_t study_id,
    struct extend_reserves *ret, struct err *err)
{
	struct drawn d = { 0 };
	int64_t in;
	int r = -1;

	memset(ret, 0, sizeof(*ret));
	if (find(w, s, study_id, &d, err) != 0)
		return -1;
	if (s->reserves == 0)
		return no_reserves(s, err);
	if (repeat(w, s, &d, err) != 0 ||
	    (ret->in = came_in(w, d.sample, NULL, err)) < 0)
		goto out;
	/* in all no more than there are units */
	ret->unit = mem_array(d.p.n + 1, sizeof(*ret->unit));
	for (size_t h = 0; h < d.p.nstratum; h++) {
		if ((in = came_in(w, d.sample, d.p.stratum[h].name, err)) < 0)
			goto out;
		if (in < s->reserves)
			put_reserves(s, &d.p, h, in, ret);
	}
	r = 0;
out:
	strata_free(&d.p);
	if (r != 0)
		extend_reserves_free(ret);
	return r;
}

void
extend_reserves_free(struct extend_reserves *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free(r->unit[i].key);
		free(r->unit[i].stratum);
	}
	free(r->unit);
	memset(r, 0, sizeof(*r));
}
