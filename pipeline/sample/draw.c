#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/sample/pool.h"
#include "pipeline/sample/record.h"
#include "pipeline/sample/steps.h"
#include "pipeline/store/keys.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"

#include "pipeline/sample/draw.h"

enum { RECORD_MAX = 16 << 20 };

/* ---------------------------------------------------------------- writing -- */

static void
design_text(const struct study *s, struct buf *b)
{
	static const char *const name[] = { "everyone", "simple random", "systematic",
		"probability proportional to size", "Bernoulli",
		"simple random by R", "simple random by tickets" };
	static const char *const pps[] = { "Pareto", "sequential Poisson",
		"exponential", "systematic", "Sampford", "Poisson" };
	static const char *const shared[] = { "proportional", "equal", "Neyman",
		"power", "fixed" };
	const struct { int on; const char *by; } by[] = { { s->stratify_area, "area" },
		{ s->stratify_group, "group" }, { s->stratify_form, "legal form" },
		{ s->stratify_size, "size" }, { s->stratify_activity, "activity" } };
	int n = 0;

	buf_str(b, name[s->design]);
	if (s->design == STUDY_PPS)
		buf_printf(b, " (%s)", pps[s->pps]);
	if (s->design == STUDY_BERNOULLI)
		buf_printf(b, ", share %.10g", (double)s->share_num /
		    (double)s->share_den);
	else if (s->design != STUDY_EVERYONE && s->allocation != STUDY_FIXED)
		buf_printf(b, ", %" PRId64 " units", s->size);
	if (s->design == STUDY_R_RANDOM || s->design == STUDY_TICKETS)
		buf_printf(b, ", seed %" PRId64, s->seed);
	for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++)
		if (by[i].on)
			buf_printf(b, "%s%s", n++ > 0 ? " and " : ", strata by ",
			    by[i].by);
	if (n > 0 && s->design != STUDY_EVERYONE)
		buf_printf(b, ", %s", shared[s->allocation]);
}

static int
write_sample(const struct world *w, const struct study *s, int64_t study,
    int64_t frame, double start, const struct draw_result *r, int64_t *sample,
    struct err *err)
{
	struct buf design = BUF(400);
	unsigned char sum[HASH_SIZE];
	char salt[HASH_HEX];
	sqlite3_stmt *stmt;
	int ret;

	if (db_prepare(w->db, "INSERT INTO sample (study, frame, drawn, design,"
	    " salt_sha256, units, list_sha256, start) VALUES (?1, ?2, ?3, ?4, ?5, ?6,"
	    " ?7, ?8)",
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
	db_real(stmt, 8, start);
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
write_all(const struct world *w, const struct study *s, int64_t study,
    int64_t frame, const struct pool *p, const struct draw_result *r,
    struct buf *record, struct err *err)
{
	unsigned char sum[HASH_SIZE];
	char hex[HASH_HEX];
	int64_t sample;

	if (write_sample(w, s, study, frame, p->start, r, &sample, err) != 0 ||
	    write_strata(w, sample, p, err) != 0 ||
	    steps_put_units(w, sample, p, err) != 0 ||
	    record_make(w, s, sample, record, err) != 0)
		return -1;
	talk_step("draw.2");
	hash_sha256(record->data, record->len, sum);
	return studies_event(w, study, "draw", err, "%" PRId64 " of %" PRId64
	    " units drawn, list %.12s, record %s", r->drawn, r->frame_units,
	    r->list_sha256, hash_hex(sum, sizeof(sum), hex));
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
    int64_t *id, struct err *err)
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
	*id = sample;
	return 1;
}

/* Read, choose and write, inside the transaction. */
static int
draw_new(const struct world *w, const struct study *s, int64_t study,
    int64_t frame, struct draw_result *ret, struct buf *record, struct err *err)
{
	struct pool p = { 0 };
	int r = -1;

	if (pool_read(w, s, frame, &p, err) != 0 ||
	    pool_start(w->db, s, 0, &p.start, err) != 0 ||
	    pool_choose(s, &p, err) != 0 || pool_check(s, &p, 0, err) != 0)
		goto out;
	ret->frame_units = (int64_t)p.n;
	ret->never = p.never;
	for (size_t h = 0; h < p.nstratum; h++)
		ret->drawn += p.stratum[h].drawn_units;
	pool_hash(&p, ret->list_sha256);
	talk_step("draw.1");
	r = write_all(w, s, study, frame, &p, ret, record, err);
out:
	ret->stratum = p.stratum;
	ret->nstratum = p.nstratum;
	pool_free(&p);
	return r;
}

int
draw(const struct world *w, const struct study *s, int64_t study_id,
    struct draw_result *ret, struct err *err)
{
	struct buf record = BUF(RECORD_MAX);
	char hex[HASH_HEX], of[HASH_HEX];
	int64_t frame = 0, sample = 0;
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
	if ((r = drawn_before(w->db, study_id, frame, ret, &sample,
	    err)) < 0)
		goto undo;
	hash_hex(s->drawn_sha256, sizeof(s->drawn_sha256), hex);
	if (r == 1) {
		db_rollback(w->db);
		if (w->dry_run || strcmp(hex, of) != 0 ||
		    record_again(w, s, study_id, sample, err) == 0)
			return 0;
		draw_result_free(ret);
		return -1;
	}
	if (strcmp(hex, of) != 0) {
		err_set(err, EX_DATAERR, "the study file has changed since the frame "
		    "was made: make the frame again (utvalg frame %s)", s->name);
		goto undo;
	}
	if (draw_new(w, s, study_id, frame, ret, &record, err) != 0)
		goto undo;
	talk_step("draw.3");
	if (w->dry_run) {
		db_rollback(w->db);
		buf_free(&record);
		return 0;
	}
	if (db_commit(w->db, err) != 0)
		goto undo;
	talk_step("draw.4");
	if (record_write(w, s, &record, err) != 0) {
		buf_free(&record);
		draw_result_free(ret);
		return err_context(err, "the sample is drawn; its record");
	}
	talk_step("draw.5");
	buf_free(&record);
	return 0;

undo:
	db_rollback(w->db);
	buf_free(&record);
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
