#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "pipeline/base/date.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"
#include "pipeline/register/changes.h"
#include "pipeline/register/gates.h"
#include "pipeline/register/gunzip.h"
#include "pipeline/register/load.h"
#include "pipeline/register/pump.h"
#include "pipeline/register/obtain.h"
#include "pipeline/register/relay.h"
#include "pipeline/register/reader.h"
#include "pipeline/store/erase.h"
#include "pipeline/store/store.h"

#include "pipeline/register/pull.h"

enum { TOLD = 20 };		/* unreadable records a dry run tells of */

/* The extract in force of this kind; id 0: none. */
struct in_force {
	int64_t id;
	int32_t date;
	int csv;
	char sha256[65];
	struct obtain_known known;
};

/* The extract at hand. */
struct extract {
	const struct pull_ask *ask;
	enum unit_kind kind;
	struct obtained file;
	int64_t read, dropped;
	int csv;			/* its format */
	int old_csv;			/* of that in force; -1: there is none */
	struct load_counts n;
	int64_t start;		/* where the change feed goes on from it; 0 */
	int64_t made;		/* moment: nothing in it is younger */
	const char *standard;
	struct census before;		/* of that in force; without units: none */
	int too_many_gone;
	char unlike[300];		/* what no gate lets by (gates.h), or "" */
	int older;			/* than that in force */
};

static int
find_in_force(const struct world *w, const char *kind, struct in_force *f,
    struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	memset(f, 0, sizeof(*f));
	f->date = DATE_NONE;
	if (db_prepare(w->db, "SELECT sha256, etag, id, register_date, source,"
	    " format = 'csv', bytes FROM extract WHERE kind = ?1 AND in_force = 1", &s, err) != 0)
		return -1;
	db_text(s, 1, kind);
	if ((r = db_step(s, err)) == 1) {
		snprintf(f->sha256, sizeof(f->sha256), "%s", db_col(s, 0));
		snprintf(f->known.etag, sizeof(f->known.etag), "%s", db_col(s, 1));
		f->id = sqlite3_column_int64(s, 2);
		f->date = sqlite3_column_int(s, 3);
		snprintf(f->known.source, sizeof(f->known.source), "%s", db_col(s, 4));
		f->csv = sqlite3_column_int(s, 5);
		f->known.bytes = sqlite3_column_int64(s, 6);
	}
	sqlite3_finalize(s);
	return r < 0 ? -1 : 0;
}

static void
add_to_hash(void *ctx, const void *data, size_t len)
{
	hash_add(ctx, data, len);
}

/* What the reading thread works with, and what it leaves when it is done. */
struct reading {
	const struct world *w;
	struct extract *x;
	struct relay *relay;
	struct reader *reader;
	int64_t bytes;
	char sha256[65];
};

static int
on_unit(void *ctx, const struct unit *u, struct err *err)
{
	struct reading *r = ctx;

	return relay_unit(r->relay, u, reader_line(r->reader), err);
}

static int
on_fault(void *ctx, const struct scan_fault *f, struct err *err)
{
	struct reading *r = ctx;

	return relay_fault(r->relay, f, err);
}

/* All of the file through the scanner.  On the relay's thread. */
static int
read_file(void *ctx, struct relay *relay, struct err *err)
{
	struct reading *r = ctx;
	struct extract *x = r->x;
	const struct scan_to to = { on_unit, on_fault, r };
	struct hash *h = hash_begin();
	struct gunzip *gz = gunzip_new(x->file.fd, r->w->set->max_unpacked);
	struct pump *pump = NULL;
	unsigned char sum[32];
	const char *piece;
	int64_t n = -1, in;
	int result = -1;

	r->relay = relay;
	r->reader = reader_new(x->kind, &to);
	gunzip_tap(gz, add_to_hash, h);
	if (obtain_may_be_plain(&x->file))
		gunzip_plain(gz);
	if ((pump = pump_start(gz, err)) == NULL)
		goto out;
	while ((n = pump_read(pump, &piece, &in, err)) > 0) {
		relay_at(relay, in);
		if (reader_push(r->reader, piece, (size_t)n, err) != 0)
			goto out;
	}
	if (n < 0 || reader_end(r->reader, err) != 0)
		goto out;
	x->csv = reader_format(r->reader) == READER_CSV;
	x->read = (int64_t)reader_counts(r->reader).read;
	x->dropped = (int64_t)reader_counts(r->reader).dropped;
	result = 0;
out:
	pump_stop(pump);
	r->bytes = gunzip_in(gz);
	gunzip_free(gz);
	reader_free(r->reader);
	hash_end(h, sum);
	hash_hex(sum, 32, r->sha256);
	return result;
}

/* Of a dry run no list is left to look into. */
static void
tell_fault(const struct world *w, const struct scan_fault *f, int *told)
{
	if (w->dry_run && (*told)++ < TOLD)
		talk_line(w->talk, "line %zu: %s%s%s%s%s", f->line, f->orgnr,
		    f->orgnr[0] != '\0' ? ": " : "",
		    f->field != NULL ? f->field : "", f->field != NULL ? ": " : "",
		    f->why);
}

/* Is what was read what was obtained?  Its hash is known now in any case. */
static int
check_whole(const struct reading *r, struct obtained *file, struct err *err)
{
	if (r->bytes != file->bytes || (file->sha256[0] != '\0' &&
	    strcmp(r->sha256, file->sha256) != 0))
		return err_set(err, EX_TEMPFAIL, "the file changed while it was read");
	memcpy(file->sha256, r->sha256, sizeof(file->sha256));
	return 0;
}

/* All of the file into the database, read by two other threads meanwhile. */
static int
read_all(const struct world *w, struct extract *x, struct load *load,
    struct err *err)
{
	struct reading reading = { .w = w, .x = x };
	struct relay *relay = relay_start(read_file, &reading, load_held(load), err);
	struct relay_item item;
	int64_t at = -1;
	int told = 0, r;

	if (relay == NULL)
		return -1;
	while ((r = relay_next(relay, &item, err)) == 1) {
		if (item.at != at)
			talk_progress(w->talk, "loading", at = item.at, x->file.bytes);
		if (!item.is_unit)
			tell_fault(w, &item.fault, &told);
		if ((item.is_unit ? load_packed(load, &item.unit, err) :
		    load_fault(load, &item.fault, err)) != 0) {
			r = -1;
			break;
		}
	}
	relay_stop(relay);
	return r == 0 ? check_whole(&reading, &x->file, err) : -1;
}

/* Text of several lines, earlier names and endorsements differ in the other
 * format (csvscan.h): a million changes that nobody made. */
static int
check_format(const struct extract *x, struct err *err)
{
	if (x->old_csv == -1 || x->old_csv == x->csv || x->ask->accept_loss != NULL)
		return 0;
	return err_set(err, EX_DATAERR, "%s, where the extract in force is %s: what "
	    "only one of them holds would count as changed: refused (--accept-loss "
	    "REASON takes it)", x->csv ? "CSV" : "JSON", x->csv ? "JSON" : "CSV");
}

static int
check_loss(const struct world *w, struct extract *x, const char *first_fault,
    struct err *err)
{
	const struct load_counts *n = &x->n;

	if (n->units == 0 && x->read > 0)
		return err_set(err, EX_DATAERR, "no units in it, but %" PRId64
		    " other records: %s", x->read, first_fault);
	if (n->units == 0)
		return err_set(err, EX_DATAERR, "no units in it");
	/* 29 of 100 are not more than 29 %, though 0.29 * 100 is less than 29 */
	x->too_many_gone = (double)n->gone - w->set->max_loss * (double)n->before >
	    1e-6;
	if (x->too_many_gone && x->ask->accept_loss == NULL)
		return err_set(err, EX_DATAERR, "%" PRId64 " of %" PRId64 " units are "
		    "gone, more than the share of %g that register.max_loss allows: "
		    "refused (--accept-loss REASON takes it)", n->gone, n->before,
		    w->set->max_loss);
	return 0;
}

/* What the register in force had when it was loaded; an older utvalg did not
 * keep it. */
static int
read_before(const struct world *w, struct extract *x, int64_t old, struct err *err)
{
	int r = old != 0 ? census_read(w->db, old, &x->before, err) : 1;

	return r != 0 ? (r < 0 ? -1 : 0) : census_units(w->db, x->kind, &x->before, err);
}

static int
check_gates(const struct world *w, struct extract *x, const struct census *now,
    struct err *err)
{
	struct buf say = BUF(sizeof(x->unlike));
	int n = gates_judge(w->set, &x->before, now, x->n.doubled, &say);

	snprintf(x->unlike, sizeof(x->unlike), "%s", buf_text(&say));
	buf_free(&say);
	if (n == 0 || x->ask->accept_loss != NULL)
		return 0;
	return err_set(err, EX_DATAERR, "%s: refused (--accept-loss REASON takes it)",
	    x->unlike);
}

/* The standard by the codes that only one of the two has, else by the day. */
static void
tell_standard(const struct world *w, struct extract *x)
{
	enum nace_std by_day = nace_std_at(x->file.date), by_code = by_day;

	if (x->n.only_2007 != x->n.only_2025)
		by_code = x->n.only_2007 > x->n.only_2025 ? NACE_SN2007 : NACE_SN2025;
	x->standard = nace_std_text(by_code);
	if (by_code != by_day)
		talk_line(w->talk, "the register of that day should use %s, its codes "
		    "are of %s: the codes are believed", nace_std_text(by_day),
		    nace_std_text(by_code));
	if (x->n.only_2007 > 0 && x->n.only_2025 > 0)
		talk_line(w->talk, "%" PRId64 " units have codes that only SN2007 has, %"
		    PRId64 " codes that only SN2025 has", x->n.only_2007, x->n.only_2025);
}

/* The row of this extract; ${refused} NULL: taken into force. */
static int
write_extract(const struct world *w, const struct extract *x, int64_t id,
    const char *refused, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(w->db, "INSERT OR REPLACE INTO extract (id, kind, source,"
	    " register_date, date_basis, fetched, etag, bytes, sha256, standard, read,"
	    " units, unreadable, added, changed, gone, in_force, refused, format,"
	    " unit_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
	    " ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)", &s, err) != 0)
		return -1;
	if (id != 0)
		db_i64(s, 1, id);
	db_text(s, 2, x->ask->kind);
	db_text(s, 3, x->file.source);
	db_i64(s, 4, x->file.date);
	db_text(s, 5, x->file.basis);
	db_i64(s, 6, w->now);
	db_text(s, 7, x->file.http.etag[0] != '\0' ? x->file.http.etag : NULL);
	db_i64(s, 8, x->file.bytes);
	db_text(s, 9, x->file.sha256);
	db_text(s, 10, x->standard != NULL ? x->standard : "unknown");
	db_i64(s, 11, x->read);
	db_i64(s, 12, x->n.units);
	db_i64(s, 13, x->dropped + x->n.doubled);
	db_i64(s, 14, x->n.added);
	db_i64(s, 15, x->n.changed);
	db_i64(s, 16, x->n.gone);
	db_i64(s, 17, refused == NULL);
	db_text(s, 18, refused);
	db_text(s, 19, x->csv ? "csv" : "json");
	db_i64(s, 20, UNIT_HASH);
	r = db_run(s, err);
	sqlite3_finalize(s);
	return r;
}

static int
next_id(const struct world *w, int64_t *id, struct err *err)
{
	*id = 1;
	return db_int(w->db, "SELECT coalesce(max(id), 0) + 1 FROM extract", id,
	    err) < 0 ? -1 : 0;
}

/* Out of force with the old one, inside the transaction. */
static int
retire(const struct world *w, const char *kind, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(w->db, "UPDATE extract SET in_force = 0 WHERE kind = ?1 AND"
	    " in_force = 1", &s, err) != 0)
		return -1;
	db_text(s, 1, kind);
	r = db_run(s, err);
	sqlite3_finalize(s);
	return r;
}

/* One line in the journal for each thing that the reason was needed for. */
static int
note_one(const struct world *w, const struct extract *x, const char *what,
    struct err *err)
{
	sqlite3_stmt *s = NULL;
	char detail[1000];
	int r;

	snprintf(detail, sizeof(detail), "%s: %s: %s", x->ask->kind, what,
	    x->ask->accept_loss);
	if (db_prepare(w->db, "INSERT INTO event (at, what, detail) VALUES (?1,"
	    " 'loss accepted', ?2)", &s, err) != 0)
		return -1;
	db_i64(s, 1, w->now);
	db_text(s, 2, detail);
	r = db_run(s, err);
	sqlite3_finalize(s);
	return r;
}

static int
note_loss(const struct world *w, const struct extract *x, struct err *err)
{
	char what[100];

	snprintf(what, sizeof(what), "%" PRId64 " of %" PRId64 " units", x->n.gone,
	    x->n.before);
	if (x->too_many_gone && note_one(w, x, what, err) != 0)
		return -1;
	if (x->older && note_one(w, x, "older than the one in force", err) != 0)
		return -1;
	snprintf(what, sizeof(what), "from %s to %s", x->old_csv ? "CSV" : "JSON",
	    x->csv ? "CSV" : "JSON");
	if (x->old_csv != -1 && x->old_csv != x->csv && note_one(w, x, what, err) != 0)
		return -1;
	return x->unlike[0] != '\0' ? note_one(w, x, x->unlike, err) : 0;
}

/* Who may not be loaded from this file. */
struct bar {
	const struct world *w;
	struct erased *erased;
};

static int
is_barred(void *ctx, int32_t orgnr)
{
	const struct bar *b = ctx;

	return erased_has(b->erased, b->w, orgnr);
}

static int
set_bar(struct bar *b, const struct extract *x, struct load *load,
    struct err *err)
{
	if ((b->erased = erased_load(b->w->db, x->made, err)) == NULL)
		return -1;
	if (erased_count(b->erased) == 0)
		return 0;
	if (b->w->keys == NULL)
		return err_set(err, EX_SOFTWARE, "units have been erased and there is no"
		    " key to know them by");
	load_bar(load, is_barred, b);
	return 0;
}

/* In the transaction; undone by whoever began it. */
static int
load_in(const struct world *w, struct extract *x, int64_t old, int64_t *id,
    struct err *err)
{
	struct bar bar = { .w = w };
	struct load *load = NULL;
	int r = -1;

	talk_step("pull.2");
	if (read_before(w, x, old, err) != 0 ||
	    next_id(w, id, err) != 0 || retire(w, x->ask->kind, err) != 0 ||
	    write_extract(w, x, *id, NULL, err) != 0 ||
	    (load = load_new(w->db, x->kind, *id, w->nace, err)) == NULL ||
	    set_bar(&bar, x, load, err) != 0 ||
	    changes_newer(w, x->kind, x->made, load, err) != 0 ||
	    read_all(w, x, load, err) != 0)
		goto out;
	load_count(load, &x->n);
	if (check_format(x, err) != 0 ||
	    check_loss(w, x, load_first_fault(load), err) != 0 ||
	    check_gates(w, x, load_census(load), err) != 0)
		goto out;
	tell_standard(w, x);
	if (load_close(load, err) != 0 || write_extract(w, x, *id, NULL, err) != 0 ||
	    census_save(w->db, *id, load_census(load), err) != 0 ||
	    changes_loaded(w, x->kind, *id, x->made, x->start, &x->n, err) != 0 ||
	    note_loss(w, x, err) != 0)
		goto out;
	talk_step("pull.4");
	r = 0;
out:
	load_free(load);
	erased_free(bar.erased);
	return r;
}

/* One transaction: readers see yesterday until all of today is in. */
static int
load_extract(const struct world *w, struct extract *x, int64_t old, int64_t *id,
    struct err *err)
{
	int64_t any = 0;
	int r;

	if (db_int(w->db, "SELECT EXISTS (SELECT 1 FROM unit)", &any, err) < 0)
		return -1;
	if (!any)
		store_bulk(w->db);
	r = db_begin(w->db, err);
	if (r == 0)
		r = load_in(w, x, old, id, err);
	if (r == 0 && !w->dry_run)
		r = db_commit(w->db, err);
	if (r != 0 || w->dry_run)
		db_rollback(w->db);
	if (!any)
		store_bulk_end(w->db);
	if (r == 0)
		talk_step("pull.5");
	return r;
}

/* Where only the day is known it may have been made at the end of it. */
static int64_t
made_at(const struct world *w, const struct extract *x)
{
	int64_t end = (int64_t)(x->file.date + 1) * 86400 - 1;

	if (x->file.http.modified != MOMENT_NONE &&
	    date_of(x->file.http.modified) == x->file.date)
		return x->file.http.modified;
	return end < w->now ? end : w->now;
}

static void
report(const struct extract *x, int64_t id, struct pull_result *ret)
{
	ret->extract = id;
	ret->date = x->file.date;
	ret->read = x->read;
	ret->units = x->n.units;
	ret->unreadable = x->dropped + x->n.doubled;
	ret->erased = x->n.barred;
	ret->kept = x->n.kept;
	ret->added = x->n.added;
	ret->changed = x->n.changed;
	ret->gone = x->n.gone;
}

/* Refused: said in the database too, with yesterday's register in force.  The
 * first failure is what the caller hears of. */
static void
write_refusal(const struct world *w, struct extract *x, const struct err *why)
{
	struct err ignored;
	int64_t id;

	if (w->dry_run || why->status != EX_DATAERR)
		return;
	if (obtain_hash(&x->file, &ignored) == 0 && next_id(w, &id, &ignored) == 0)
		(void)write_extract(w, x, id, why->text, &ignored);
}

/* The same octets, perhaps from another place or under a new ETag: remember
 * those, so that tomorrow the ETag alone will do. */
static int
note_source(const struct world *w, const struct extract *x,
    const struct in_force *old, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (w->dry_run || x->file.http.etag[0] == '\0')
		return 0;
	if (db_prepare(w->db, "UPDATE extract SET source = ?1, etag = ?2"
	    " WHERE id = ?3", &s, err) != 0)
		return -1;
	db_text(s, 1, x->file.source);
	db_text(s, 2, x->file.http.etag);
	db_i64(s, 3, old->id);
	r = db_run(s, err);
	sqlite3_finalize(s);
	return r;
}

/* A file that is not the one in force. */
static int
take(const struct world *w, struct extract *x, const struct in_force *old,
    struct pull_result *ret, struct err *err)
{
	int64_t id = 0;

	x->old_csv = old->id != 0 ? old->csv : -1;
	/* by the clock alone nobody knows how old it is */
	x->older = old->date != DATE_NONE && x->file.date < old->date &&
	    strcmp(x->file.basis, "clock") != 0;
	if (x->older && x->ask->accept_loss == NULL) {
		char day[11], old_day[11];

		(void)err_set(err, EX_DATAERR, "of %s, older than the one in force, of "
		    "%s: refused (--accept-loss REASON takes it)",
		    date_iso(x->file.date, day), date_iso(old->date, old_day));
		write_refusal(w, x, err);
		goto forget;
	}
	x->made = made_at(w, x);
	if (obtain_keep(w, &x->file, err) != 0)
		goto forget;
	if (load_extract(w, x, old->id, &id, err) == 0) {
		report(x, id, ret);
		return 0;
	}
	write_refusal(w, x, err);
	if (x->too_many_gone || x->unlike[0] != '\0') {
		if (obtain_kept(&x->file)[0] != '\0')
			talk_line(w->talk, "the refused extract is kept as "
			    "extracts/%s",
			    obtain_kept(&x->file));
		return -1;
	}
forget:
	obtain_forget(w, &x->file);
	return -1;
}

/* Where the feed goes on from the file that is about to be fetched. */
struct begin {
	const struct world *w;
	struct extract *x;
	const char *url;
};

static void
note_position(void *ctx, int64_t modified)
{
	const struct begin *b = ctx;

	changes_begin(b->w, b->x->kind, b->url, modified, &b->x->start);
}

int
register_pull(const struct world *w, const struct pull_ask *ask,
    struct pull_result *ret, struct err *err)
{
	struct extract x = { .ask = ask };
	struct in_force old;
	const char *from = ask->from;
	struct begin begin;
	int r;

	memset(ret, 0, sizeof(*ret));
	if (unit_kind_parse(ask->kind, &x.kind) != 0)
		return err_set(err, EX_USAGE, "kind is enhet or underenhet, not %.20s",
		    ask->kind);
	if (from == NULL)
		from = x.kind == UNIT_ENHET ? w->set->url_enhet : w->set->url_underenhet;
	if (find_in_force(w, ask->kind, &old, err) != 0)
		return -1;
	begin = (struct begin){ w, &x, from };
	if (ask->from == NULL) {
		old.known.before = note_position;
		old.known.ctx = &begin;
	}
	r = obtain(w, from, ask->kind, ask->date, &old.known, &x.file, err);
	talk_step("pull.1");
	if (r == 0 && (x.file.same || (old.id != 0 &&
	    strcmp(x.file.sha256, old.sha256) == 0))) {
		ret->unchanged = 1;
		ret->extract = old.id;
		ret->date = old.date;
		r = note_source(w, &x, &old, err);
	} else if (r == 0) {
		r = take(w, &x, &old, ret, err);
	}
	obtain_prune(w, &x.file);
	obtain_close(w, &x.file);
	return r == 0 ? 0 : err_context(err, "pull %s", x.file.source);
}
