#include <stdio.h>
#include <string.h>

#include "email/email.h"
#include "pipeline/base/date.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/talk.h"
#include "pipeline/frame/select.h"
#include "pipeline/store/keys.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"

#include "pipeline/frame/frame.h"

static void
code_version(const struct world *w, struct buf *b)
{
	buf_printf(b, "%s; %s; ", nace_version(w->nace),
	    region_version(w->region));
	email_version(b);
}

/* The newest frame of the study and whether it was frozen from the same. */
struct newest {
	int64_t id;
	int same;		/* made of the same register, study and lists */
	int drawn;		/* a sample hangs on one of the study's frames */
};

static const char sql_newest[] =
    "SELECT f.id, f.extract_sha256 = ?2 AND f.study_sha256 = ?3 AND"
    " f.lists_sha256 = ?4 AND f.suppression_sha256 = ?5 AND f.code_version = ?6"
    " AND f.dns_sha256 = ?7,"
    " EXISTS (SELECT 1 FROM sample s WHERE s.study = f.study)"
    " FROM frame f WHERE f.study = ?1 ORDER BY f.id DESC LIMIT 1";

static int
find_newest(sqlite3 *db, int64_t study_id, const struct study *study,
    const struct selection *s, const char *version, struct newest *ret,
    struct err *err)
{
	sqlite3_stmt *q = NULL;
	char hex[65];
	int r;

	memset(ret, 0, sizeof(*ret));
	if (db_prepare(db, sql_newest, &q, err) != 0)
		return -1;
	db_i64(q, 1, study_id);
	db_text(q, 2, s->extract_sha256);
	db_text(q, 3, hash_hex(study->drawn_sha256, 32, hex));
	db_text(q, 4, s->lists_sha256);
	db_text(q, 5, s->suppression_sha256);
	db_text(q, 6, version);
	db_text(q, 7, s->dns_sha256);
	if ((r = db_step(q, err)) == 1) {
		ret->id = sqlite3_column_int64(q, 0);
		ret->same = sqlite3_column_int(q, 1);
		ret->drawn = sqlite3_column_int(q, 2);
	}
	sqlite3_finalize(q);
	return r < 0 ? -1 : 0;
}

static void
bind_id(sqlite3_stmt *q, int i, int64_t id)
{
	if (id != 0)
		db_i64(q, i, id);
	else
		db_null(q, i);
}

static int
write_frame(const struct world *w, int64_t study_id, const struct study *study,
    const struct selection *s, const char *version, int64_t *id,
    struct err *err)
{
	const struct frame_result *c = &s->count;
	sqlite3_stmt *q = NULL;
	char hex[65];
	int r;

	if (db_prepare(w->db, "INSERT INTO frame (study, frozen, extract_enhet,"
	    " extract_underenhet, register_date, extract_sha256, study_sha256,"
	    " lists_sha256, suppression_sha256, code_version, register_units,"
	    " outside_code, outside_area, outside_filter, listed, listed_matched,"
	    " listed_outside, population, kept, dns_sha256, listed_review,"
	    " listed_local) VALUES (?1, ?2, ?3, ?4,"
	    " ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,"
	    " ?20, ?21, ?22)", &q,
	    err) != 0)
		return -1;
	db_i64(q, 1, study_id);
	db_i64(q, 2, w->now);
	bind_id(q, 3, s->extract_enhet);
	bind_id(q, 4, s->extract_underenhet);
	db_i64(q, 5, c->register_date);
	db_text(q, 6, s->extract_sha256);
	db_text(q, 7, hash_hex(study->drawn_sha256, 32, hex));
	db_text(q, 8, s->lists_sha256);
	db_text(q, 9, s->suppression_sha256);
	db_text(q, 10, version);
	db_i64(q, 11, c->register_units);
	db_i64(q, 12, c->outside_code);
	db_i64(q, 13, c->outside_area);
	db_i64(q, 14, c->outside_filter);
	db_i64(q, 15, c->listed);
	db_i64(q, 16, c->listed_matched);
	db_i64(q, 17, c->listed_outside);
	db_i64(q, 18, c->population);
	db_i64(q, 19, c->kept);
	db_text(q, 20, s->dns_sha256);
	db_i64(q, 21, c->listed_review);
	db_i64(q, 22, c->listed_local);
	r = db_run(q, err);
	sqlite3_finalize(q);
	*id = sqlite3_last_insert_rowid(w->db);
	return r;
}

static void
bind_unit(sqlite3_stmt *q, const struct study *study, const struct candidate *c)
{
	db_text(q, 2, c->key);
	db_text(q, 3, c->source);
	bind_id(q, 4, c->orgnr);
	bind_id(q, 5, c->parent);
	db_text(q, 6, c->name);
	db_text(q, 7, c->legal_form);
	db_i64(q, 8, c->nace);
	db_i64(q, 9, c->municipality);
	db_i64(q, 10, c->municipality / 100);
	db_text(q, 11, study->group[c->group].name);
	db_text(q, 12, study->area[c->area].name);
	if (c->employees >= 0)
		db_i64(q, 13, c->employees);
	else
		db_null(q, 13);
	if (c->has_employees >= 0)
		db_i64(q, 14, c->has_employees);
	else
		db_null(q, 14);
	db_text(q, 15, c->email_raw);
	db_text(q, 16, c->email);
	db_text(q, 17, c->email_key);
	db_text(q, 18, c->note);
	db_real(q, 19, c->prn);
	db_i64(q, 20, c->reason == FRAME_KEPT);
	db_text(q, 21, c->reason == FRAME_KEPT ? NULL : frame_reason_code(c->reason));
	db_text(q, 22, c->detail);
	db_text(q, 23, c->keeper != NULL ? c->keeper->key : NULL);
	db_i64(q, 24, c->shared);
	if (c->activity >= 0)
		db_i64(q, 25, c->activity);
	else
		db_null(q, 25);
	db_text(q, 26, c->email_raw == NULL ? NULL : c->email_from != NULL ?
	    c->email_from : "register");
	db_text(q, 27, c->email_other);
}

static int
write_units(const struct world *w, const struct study *study,
    const struct selection *s, int64_t frame, struct err *err)
{
	sqlite3_stmt *q = NULL;
	int r = 0;

	if (db_prepare(w->db, "INSERT INTO frame_unit (frame, unit_key, source, orgnr,"
	    " parent, name, legal_form, nace, municipality, county, group_name,"
	    " area_name, employees, has_employees, email_raw, email, email_key,"
	    " email_note, prn, kept, reason, detail, keeper, shared, activity,"
	    " email_from, email_other) VALUES (?1, ?2,"
	    " ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
	    " ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)", &q, err) != 0)
		return -1;
	db_i64(q, 1, frame);
	for (size_t i = 0; r == 0 && i < s->n; i++) {
		bind_unit(q, study, &s->unit[i]);
		r = db_run(q, err);
		if (i == s->n / 2)
			talk_step("frame.3");
		talk_progress(w->talk, "freezing", (int64_t)i, (int64_t)s->n);
	}
	sqlite3_finalize(q);
	return r;
}

/* The transaction's inside: 0 and ret->frame, ret->again. */
static int
freeze(const struct world *w, const struct study *study, int64_t owner,
    const struct selection *s, struct frame_result *ret, struct err *err)
{
	struct buf version = BUF(1000);
	struct newest newest;
	int64_t id;
	int r = -1;

	code_version(w, &version);
	if (studies_put(w, study, owner, &id, err) != 0)
		goto out;
	talk_step("frame.2");
	if (find_newest(w->db, id, study, s, buf_text(&version), &newest, err) != 0)
		goto out;
	if (newest.id != 0 && newest.same) {
		ret->frame = newest.id;
		ret->again = 1;
		r = 0;
		goto out;
	}
	if (newest.drawn) {
		err_set(err, EX_CANTCREAT, "study %s has been drawn from frame %lld, and "
		    "register, study file, lists, opt-outs or domains have changed since: a "
		    "new frame would not be the one that was drawn; give the study another "
		    "name (for texts, letters and tables alone there is utvalg study "
		    "renew)",
		    study->name, (long long)newest.id);
		goto out;
	}
	if (write_frame(w, id, study, s, buf_text(&version), &ret->frame, err) != 0 ||
	    write_units(w, study, s, ret->frame, err) != 0)
		goto out;
	r = studies_event(w, id, "frame", err, "frame %lld: population %lld, kept %lld",
	    (long long)ret->frame, (long long)s->count.population,
	    (long long)s->count.kept);
out:
	buf_free(&version);
	return r;
}

int
frame_make(const struct world *w, const struct study *study, int64_t owner,
    struct frame_result *ret, struct err *err)
{
	return frame_make_at(w, study, owner, DATE_NONE, ret, err);
}

int
frame_make_at(const struct world *w, const struct study *study, int64_t owner,
    int32_t day, struct frame_result *ret, struct err *err)
{
	struct selection *s;
	int r = -1;

	memset(ret, 0, sizeof(*ret));
	if (selection_make_at(w, study, day, 1, &s, err) != 0)
		return -1;
	*ret = s->count;
	if (s->count.kept == 0) {
		err_set(err, EX_DATAERR, "study %s: nobody is left in the frame "
		    "(population %lld): see utvalg plan", study->name,
		    (long long)s->count.population);
		goto free_selection;
	}
	talk_step("frame.1");
	if (db_begin(w->db, err) != 0)
		goto free_selection;
	if (freeze(w, study, owner, s, ret, err) != 0)
		goto rollback;
	talk_step("frame.4");
	if (w->dry_run)
		db_rollback(w->db);
	else if (db_commit(w->db, err) != 0)
		goto rollback;
	talk_step("frame.5");
	r = 0;
	goto free_selection;

rollback:
	db_rollback(w->db);
free_selection:
	selection_free(s);
	return r;
}
