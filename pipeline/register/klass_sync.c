#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "config/settings.h"
#include "nace/klass.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/talk.h"
#include "pipeline/register/ask.h"
#include "pipeline/store/store.h"

#include "pipeline/register/klass_sync.h"

enum { SN2007_VERSION = 30 };	/* closed: it does not change its number */

/* What is asked for first; the table's id stands in the answer for SN2025. */
enum { SN2007, SN2025, COUNTIES, COUNTY_CHANGES, PLACES, PLACE_CHANGES, MAPS, ANSWERS };

static const char *const answer_name[ANSWERS] = { "SN2007", "SN2025", "counties",
	"changes of counties", "municipalities", "changes of municipalities",
	"correspondence" };
static const enum klass_kind answer_kind[ANSWERS] = { KLASS_VERSION, KLASS_VERSION,
	KLASS_CODES, KLASS_CHANGES, KLASS_CODES, KLASS_CHANGES, KLASS_MAPS };

/* The five lists as they are kept. */
enum { LIST_SN2007, LIST_SN2025, LIST_LINKS, LIST_COUNTIES, LIST_PLACES, LISTS };

static const char *const list_name[LISTS] = { "sn2007", "sn2025", "links",
	"counties", "municipalities" };

struct sync {
	const struct world *w;
	struct ask_item item[ANSWERS];
	struct klass_rows rows[ANSWERS];
	struct buf list[LISTS];
	char until[11];			/* first day that is not asked for */
	char codes[100], places[100];	/* versions */
	struct nace *nace;
	struct region *region;
	struct err *err;
};

static int
fail(struct sync *s, int i, const struct err *why)
{
	return err_set(s->err, why->status, "%s: %s", answer_name[i], why->text);
}

/* Is there an answer, and which rows does it hold? */
static int
take(struct sync *s, int i)
{
	struct ask_item *it = &s->item[i];
	struct err why = { 0, "" };

	if (it->status != 200)
		return err_set(s->err, it->status >= 400 && it->status < 500 &&
		    it->status != 408 && it->status != 429 ? EX_UNAVAILABLE :
		    EX_TEMPFAIL, "%s: %s%s", answer_name[i], it->status == 0 ? "" :
		    "not there: ", it->why[0] != '\0' ? it->why :
		    it->status == 404 ? "404" : it->status == 410 ? "410" : "no answer");
	if (klass_read(buf_text(&it->body), it->body.len, answer_kind[i], &s->rows[i],
	    &why) != 0)
		return fail(s, i, &why);
	return 0;
}

static void
address(struct sync *s, int i, const char *path, const char *more)
{
	struct ask_item *it = &s->item[i];
	size_t n = strlen(s->w->set->klass_url);

	while (n > 0 && s->w->set->klass_url[n - 1] == '/')
		n--;
	snprintf(it->url, sizeof(it->url), "%.*s/%s%s", (int)n, s->w->set->klass_url,
	    path, more);
	it->accept = "application/xml";
	it->body = (struct buf)BUF(KLASS_OCTETS);
}

static int
ask_first(struct sync *s, struct ask *ask)
{
	char range[60], version[40];

	snprintf(range, sizeof(range), "?from=2002-01-01&to=%s", s->until);
	snprintf(version, sizeof(version), "versions/%" PRId64,
	    s->w->set->klass_version);
	address(s, SN2007, "versions/30", "");
	address(s, SN2025, version, "");
	address(s, COUNTIES, "classifications/104/codes", range);
	address(s, COUNTY_CHANGES, "classifications/104/changes", range);
	address(s, PLACES, "classifications/131/codes", range);
	address(s, PLACE_CHANGES, "classifications/131/changes", range);
	if (ask_all(ask, s->item, MAPS, s->err) != 0)
		return -1;
	for (int i = 0; i < MAPS; i++)
		if (take(s, i) != 0)
			return -1;
	return 0;
}

/* The table of correspondence, by what the version says of its tables. */
static int
ask_table(struct sync *s, struct ask *ask)
{
	struct klass_rows tables;
	struct err why = { 0, "" };
	char path[60];
	long id;

	if (klass_read(buf_text(&s->item[SN2025].body), s->item[SN2025].body.len,
	    KLASS_TABLES, &tables, &why) != 0)
		return fail(s, SN2025, &why);
	id = klass_table(&tables, (long)s->w->set->klass_version, SN2007_VERSION);
	klass_rows_free(&tables);
	if (id == 0)
		return err_set(s->err, EX_DATAERR, "SN2025: version %" PRId64 " names no "
		    "table of correspondence to version %d", s->w->set->klass_version,
		    (int)SN2007_VERSION);
	snprintf(path, sizeof(path), "correspondencetables/%ld", id);
	address(s, MAPS, path, "");
	snprintf(s->codes, sizeof(s->codes), "SN2007 v%d, SN2025 v%" PRId64
	    ", correspondence %ld of Klass", (int)SN2007_VERSION,
	    s->w->set->klass_version, id);
	snprintf(s->places, sizeof(s->places), "counties (Klass 104) and municipalities"
	    " (Klass 131) of Klass");
	return ask_all(ask, &s->item[MAPS], 1, s->err) != 0 ? -1 : take(s, MAPS);
}

/* The lists, and whether they hold together. */
static int
make(struct sync *s)
{
	const struct klass_rows *r = s->rows;
	struct buf *l = s->list;
	struct err why = { 0, "" };

	if (klass_standard(&r[SN2007], "SN2007", &l[LIST_SN2007], s->err) != 0 ||
	    klass_standard(&r[SN2025], "SN2025", &l[LIST_SN2025], s->err) != 0 ||
	    klass_links(&r[SN2007], &r[SN2025], &r[MAPS], &l[LIST_LINKS], s->err) != 0 ||
	    klass_counties(&r[COUNTIES], &r[COUNTY_CHANGES], s->until,
	    &l[LIST_COUNTIES], s->err) != 0 ||
	    klass_places(&r[PLACES], &r[PLACE_CHANGES], s->until, &l[LIST_PLACES],
	    s->err) != 0)
		return -1;
	s->nace = nace_load_from(&(struct nace_texts){ buf_text(&l[LIST_SN2007]),
	    buf_text(&l[LIST_SN2025]), buf_text(&l[LIST_LINKS]), s->codes }, &why);
	if (s->nace != NULL)
		s->region = region_load_from(&(struct region_texts){
		    buf_text(&l[LIST_COUNTIES]), buf_text(&l[LIST_PLACES]), s->places },
		    &why);
	if (s->region == NULL)
		return err_set(s->err, EX_DATAERR, "the lists do not hold together: %s",
		    why.text);
	return 0;
}

/* Codes and places that somebody may have written and nobody finds any more. */
static int
refuse_losses(struct sync *s, const struct klass_diffs *d)
{
	struct buf b = BUF(300);
	size_t named = 0;

	for (size_t i = 0; i < d->n && named < 5; i++)
		if (d->diff[i].what == KLASS_GONE &&
		    strcmp(d->diff[i].list, "correspondence") != 0)
			buf_printf(&b, "%s%s %s", named++ > 0 ? ", " : "",
			    d->diff[i].list, d->diff[i].key);
	err_set(s->err, EX_DATAERR, "%zu that %s in use %s gone: %s%s; if that is right:"
	    " --accept REASON", d->gone, d->gone == 1 ? "is" : "are",
	    d->gone == 1 ? "is" : "are", buf_text(&b), d->gone > named ? " ..." : "");
	buf_free(&b);
	return -1;
}

static int
put_lists(struct sync *s, int64_t id)
{
	sqlite3_stmt *q = NULL;
	int r = db_prepare(s->w->db, "INSERT INTO klass_list (sync, name, text)"
	    " VALUES (?1, ?2, ?3)", &q, s->err);

	for (int i = 0; i < LISTS && r == 0; i++) {
		db_i64(q, 1, id);
		db_text(q, 2, list_name[i]);
		db_text(q, 3, buf_text(&s->list[i]));
		r = db_run(q, s->err);
	}
	sqlite3_finalize(q);
	return r;
}

static int
put_changes(struct sync *s, int64_t id, const struct klass_diffs *d)
{
	sqlite3_stmt *q = NULL;
	int r = db_prepare(s->w->db, "INSERT INTO klass_change (sync, number, list, code,"
	    " what, field, was, is_now) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", &q,
	    s->err);

	for (size_t i = 0; i < d->n && r == 0; i++) {
		db_i64(q, 1, id);
		db_i64(q, 2, (int64_t)i + 1);
		db_text(q, 3, d->diff[i].list);
		db_text(q, 4, d->diff[i].key);
		db_text(q, 5, klass_what_text(d->diff[i].what));
		db_text(q, 6, d->diff[i].field);
		db_text(q, 7, d->diff[i].was);
		db_text(q, 8, d->diff[i].is);
		r = db_run(q, s->err);
	}
	sqlite3_finalize(q);
	return r;
}

/* A text kept for people: why losses were right. */
static int
put_event(struct sync *s, const char *accept)
{
	sqlite3_stmt *q = NULL;
	int r = db_prepare(s->w->db, "INSERT INTO event (at, what, detail) VALUES"
	    " (?1, 'klass accepted', ?2)", &q, s->err);

	if (r == 0) {
		db_i64(q, 1, s->w->now);
		db_text(q, 2, accept);
		r = db_run(q, s->err);
	}
	sqlite3_finalize(q);
	return r;
}

/* New lists, or the day that the old ones were looked at. */
static int
put_sync(struct sync *s, int unchanged, int64_t *id)
{
	sqlite3_stmt *q = NULL;
	int64_t newest = 0;
	int r;

	if (db_int(s->w->db, "SELECT id FROM klass_sync ORDER BY id DESC LIMIT 1",
	    &newest, s->err) < 0)
		return -1;
	unchanged = unchanged && newest != 0;
	r = db_prepare(s->w->db, unchanged ? "UPDATE klass_sync SET checked = ?1 WHERE"
	    " id = ?5" : "INSERT INTO klass_sync (fetched, checked, url, codes, places)"
	    " VALUES (?1, ?1, ?2, ?3, ?4)", &q, s->err);
	if (r == 0) {
		db_i64(q, 1, s->w->now);
		if (unchanged)
			db_i64(q, 5, newest);
		else {
			db_text(q, 2, s->w->set->klass_url);
			db_text(q, 3, s->codes);
			db_text(q, 4, s->places);
		}
		r = db_run(q, s->err);
	}
	sqlite3_finalize(q);
	*id = unchanged ? 0 : sqlite3_last_insert_rowid(s->w->db);
	return r;
}

static int
keep(struct sync *s, const char *accept, struct klass_result *ret)
{
	int64_t id;

	if (db_begin(s->w->db, s->err) != 0)
		return -1;
	if (put_sync(s, ret->unchanged, &id) != 0 ||
	    (id != 0 && (put_lists(s, id) != 0 ||
	    put_changes(s, id, &ret->diffs) != 0)) ||
	    (ret->diffs.gone > 0 && put_event(s, accept) != 0))
		goto err_undo;
	talk_step("klass.1");
	if (db_commit(s->w->db, s->err) == 0)
		return 0;
err_undo:
	db_rollback(s->w->db);
	return -1;
}

static int
run(struct sync *s, const char *accept, struct klass_result *ret)
{
	struct ask *ask = ask_new(s->w->set, s->w->talk, (uint64_t)s->w->now, s->err);
	int r = -1;

	if (ask == NULL)
		return -1;
	if (ask_first(s, ask) == 0 && ask_table(s, ask) == 0 && make(s) == 0)
		r = 0;
	ask_free(ask);
	if (r != 0)
		return -1;
	klass_diff(s->w->nace, s->w->region, s->nace, s->region, &ret->diffs);
	ret->unchanged = ret->diffs.n == 0;
	if (ret->diffs.gone > 0 && accept == NULL)
		return refuse_losses(s, &ret->diffs);
	return keep(s, accept, ret);
}

int
klass_sync(const struct world *w, const char *accept, struct klass_result *ret,
    struct err *err)
{
	struct sync s = { .w = w, .err = err };
	int r;

	*ret = (struct klass_result){ 0, { NULL, 0, 0, NULL } };
	date_iso(date_of(w->now) + 1, s.until);
	for (int i = 0; i < LISTS; i++)
		s.list[i] = (struct buf)BUF(KLASS_OCTETS);
	r = run(&s, accept, ret);
	for (int i = 0; i < ANSWERS; i++) {
		buf_free(&s.item[i].body);
		klass_rows_free(&s.rows[i]);
	}
	for (int i = 0; i < LISTS; i++)
		buf_free(&s.list[i]);
	nace_free(s.nace);
	region_free(s.region);
	return r;
}

/* ---- and back ---------------------------------------------------------------- */

/* One list of a sync, to be freed; empty where it is not there. */
static int
get_list(sqlite3 *db, int64_t id, int list, struct buf *b, struct err *err)
{
	sqlite3_stmt *q = NULL;
	int r = db_prepare(db, "SELECT text FROM klass_list WHERE sync = ?1 AND name = ?2",
	    &q, err);

	if (r == 0) {
		db_i64(q, 1, id);
		db_text(q, 2, list_name[list]);
		if ((r = db_step(q, err)) == 1)
			buf_str(b, db_col(q, 0));
	}
	sqlite3_finalize(q);
	return r < 0 ? -1 : 0;
}

static int
load(sqlite3 *db, int64_t id, const char *codes, const char *places,
    struct nace **nace, struct region **region, struct err *err)
{
	struct buf b[LISTS];
	struct err why = { 0, "" };
	int r = 0;

	for (int i = 0; i < LISTS; i++)
		b[i] = (struct buf)BUF(KLASS_OCTETS);
	for (int i = 0; i < LISTS && r == 0; i++)
		r = get_list(db, id, i, &b[i], err);
	if (r == 0) {
		*nace = nace_load_from(&(struct nace_texts){ buf_text(&b[LIST_SN2007]),
		    buf_text(&b[LIST_SN2025]), buf_text(&b[LIST_LINKS]), codes }, &why);
		if (*nace != NULL)
			*region = region_load_from(&(struct region_texts){
			    buf_text(&b[LIST_COUNTIES]), buf_text(&b[LIST_PLACES]),
			    places }, &why);
		if (*region == NULL) {
			nace_free(*nace);
			*nace = NULL;
			r = err_set(err, EX_DATAERR, "the code lists in the database do "
			    "not hold together: %s", why.text);
		}
	}
	for (int i = 0; i < LISTS; i++)
		buf_free(&b[i]);
	return r;
}

int
klass_in_use(sqlite3 *db, struct nace **nace, struct region **region,
    int64_t *fetched, struct err *err)
{
	sqlite3_stmt *q = NULL;
	char codes[160], places[160], day[11];
	int r = db_prepare(db, "SELECT id, fetched, codes, places FROM klass_sync"
	    " ORDER BY id DESC LIMIT 1", &q, err);

	*nace = NULL;
	*region = NULL;
	if (r == 0 && (r = db_step(q, err)) == 1) {
		date_iso(date_of(sqlite3_column_int64(q, 1)), day);
		snprintf(codes, sizeof(codes), "%s as of %s", db_col(q, 2), day);
		snprintf(places, sizeof(places), "%s as of %s", db_col(q, 3), day);
		if (fetched != NULL)
			*fetched = sqlite3_column_int64(q, 1);
		r = load(db, sqlite3_column_int64(q, 0), codes, places, nace, region,
		    err) == 0 ? 1 : -1;
	}
	sqlite3_finalize(q);
	return r;
}
