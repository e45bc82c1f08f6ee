#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/settings.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/talk.h"
#include "pipeline/register/fetch.h"
#include "pipeline/register/gunzip.h"
#include "pipeline/register/load.h"
#include "pipeline/register/scan.h"
#include "pipeline/store/store.h"

#include "pipeline/register/pull.h"

/* The extract at hand. */
struct extract {
	const struct pull_ask *ask;
	enum unit_kind kind;
	const char *url;	/* NULL: a local file */
	char path[4096];	/* of the file to read */
	int temporary;		/* fetched; to be kept or removed by us */
	char source[512];	/* for table extract */
	struct fetched http;
	int32_t date;
	const char *basis;
	int64_t bytes;
	char sha256[65];
	int64_t read, dropped;
	struct load_counts n;
	const char *standard;
};

static const char *
source_name(const char *from)
{
	const char *slash = strrchr(from, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : from;
}

/* The extract in force of this kind: 1 and its hash and ETag, 0, -1. */
static int
in_force(const struct world *w, const char *kind, char sha256[65],
    char *etag, size_t room, int64_t *id, int32_t *date, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(w->db, "SELECT sha256, etag, id, register_date FROM extract"
	    " WHERE kind = ?1 AND in_force = 1", &s, err) != 0)
		return -1;
	db_text(s, 1, kind);
	if ((r = db_step(s, err)) == 1) {
		snprintf(sha256, 65, "%s", db_col(s, 0));
		snprintf(etag, room, "%s", db_col(s, 1));
		*id = sqlite3_column_int64(s, 2);
		*date = sqlite3_column_int(s, 3);
	}
	sqlite3_finalize(s);
	return r;
}

static int
hash_file(struct extract *x, struct err *err)
{
	unsigned char piece[65536], sum[32];
	struct stat st;
	struct hash *h;
	ssize_t n;
	int fd = open(x->path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return err_errno(err, "open");
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(err, EX_NOINPUT, "not a regular file");
	}
	h = hash_begin();
	while ((n = read(fd, piece, sizeof(piece))) > 0) {
		hash_add(h, piece, (size_t)n);
		x->bytes += n;
	}
	hash_end(h, sum);
	close(fd);
	if (n < 0)
		return err_errno(err, "read");
	hash_hex(sum, 32, x->sha256);
	if (x->date == DATE_NONE) {
		x->date = date_of(st.st_mtime);
		x->basis = "file";
	}
	return 0;
}

static int
from_url(const struct world *w, struct extract *x, struct err *err)
{
	char dir[4000];

	snprintf(dir, sizeof(dir), "%s/extracts", w->set->state);
	if (file_mkdirs(dir, 0700, err) != 0)
		return -1;
	snprintf(x->path, sizeof(x->path), "%s/%s.part", dir, x->ask->kind);
	x->temporary = 1;
	if (fetch_file(w->set, x->url, x->ask->kind, x->path, w->talk, &x->http,
	    err) != 0) {
		x->temporary = 0;
		return -1;
	}
	if (x->date == DATE_NONE && x->http.modified != MOMENT_NONE) {
		x->date = date_of(x->http.modified);
		x->basis = "header";
	} else if (x->date == DATE_NONE) {
		x->date = date_of(w->now);
		x->basis = "clock";
		talk_line(w->talk, "the register sent no date: taken as of today");
	}
	return hash_file(x, err);
}

static void
add_to_hash(void *ctx, const void *data, size_t len)
{
	hash_add(ctx, data, len);
}

/* All of the file through the scanner into the database. */
static int
read_all(const struct world *w, struct extract *x, struct load *load,
    struct err *err)
{
	const struct scan_to to = { load_unit, load_fault, load };
	unsigned char sum[32];
	char hex[65], *piece = malloc(262144);
	struct hash *h = hash_begin();
	struct scan *scan = scan_new(x->kind, &to);
	struct gunzip *gz = NULL;
	int fd = open(x->path, O_RDONLY | O_CLOEXEC), r = -1;
	int64_t n;

	if (fd == -1 || piece == NULL) {
		err_errno(err, "open");
		goto out;
	}
	gz = gunzip_new(fd, w->set->max_unpacked);
	gunzip_tap(gz, add_to_hash, h);
	while ((n = gunzip_read(gz, piece, 262144, err)) > 0) {
		if (scan_push(scan, piece, (size_t)n, err) != 0)
			goto out;
		talk_progress(w->talk, "loading", gunzip_in(gz), x->bytes);
	}
	if (n < 0 || scan_end(scan, err) != 0)
		goto out;
	x->read = (int64_t)scan_counts(scan).read;
	x->dropped = (int64_t)scan_counts(scan).dropped;
	r = 0;
out:
	if (fd != -1)
		close(fd);
	gunzip_free(gz);
	scan_free(scan);
	free(piece);
	hash_end(h, sum);
	if (r == 0 && strcmp(hash_hex(sum, 32, hex), x->sha256) != 0)
		r = err_set(err, EX_TEMPFAIL, "the file changed while it was read");
	return r;
}

static int
check_loss(const struct world *w, const struct extract *x, struct err *err)
{
	const struct load_counts *n = &x->n;

	if (n->units == 0)
		return err_set(err, EX_DATAERR, "no units in it");
	if (n->before > 0 && x->ask->accept_loss == NULL &&
	    (double)n->gone > w->set->max_loss * (double)n->before)
		return err_set(err, EX_DATAERR, "%" PRId64 " of %" PRId64 " units are "
		    "gone, more than the share of %g that register.max_loss allows: "
		    "refused (--accept-loss REASON takes it)", n->gone, n->before,
		    w->set->max_loss);
	return 0;
}

/* The standard by the codes that only one of the two has, else by the day. */
static void
tell_standard(const struct world *w, struct extract *x)
{
	enum nace_std by_day = nace_std_at(x->date), by_code = by_day;

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
	    " units, unreadable, added, changed, gone, in_force, refused) VALUES (?1,"
	    " ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
	    " ?18)", &s, err) != 0)
		return -1;
	if (id != 0)
		db_i64(s, 1, id);
	db_text(s, 2, x->ask->kind);
	db_text(s, 3, x->source);
	db_i64(s, 4, x->date);
	db_text(s, 5, x->basis);
	db_i64(s, 6, w->now);
	db_text(s, 7, x->http.etag[0] != '\0' ? x->http.etag : NULL);
	db_i64(s, 8, x->bytes);
	db_text(s, 9, x->sha256);
	db_text(s, 10, x->standard != NULL ? x->standard : "unknown");
	db_i64(s, 11, x->read);
	db_i64(s, 12, x->n.units);
	db_i64(s, 13, x->dropped + x->n.doubled);
	db_i64(s, 14, x->n.added);
	db_i64(s, 15, x->n.changed);
	db_i64(s, 16, x->n.gone);
	db_i64(s, 17, refused == NULL);
	db_text(s, 18, refused);
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

static int
note_loss(const struct world *w, const struct extract *x, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (x->ask->accept_loss == NULL)
		return 0;
	if (db_prepare(w->db, "INSERT INTO event (at, what, detail) VALUES (?1,"
	    " 'loss accepted', ?2)", &s, err) != 0)
		return -1;
	db_i64(s, 1, w->now);
	db_text(s, 2, x->ask->accept_loss);
	r = db_run(s, err);
	sqlite3_finalize(s);
	return r;
}

/* One transaction: readers see yesterday until all of today is in. */
static int
load_extract(const struct world *w, struct extract *x, int64_t *id,
    struct err *err)
{
	struct load *load = NULL;

	if (db_begin(w->db, err) != 0)
		return -1;
	talk_step("pull.2");
	if (next_id(w, id, err) != 0 || retire(w, x->ask->kind, err) != 0 ||
	    write_extract(w, x, *id, NULL, err) != 0 ||
	    (load = load_new(w->db, x->kind, *id, w->nace, err)) == NULL ||
	    read_all(w, x, load, err) != 0)
		goto undo;
	load_count(load, &x->n);
	if (check_loss(w, x, err) != 0)
		goto undo;
	tell_standard(w, x);
	if (load_close(load, err) != 0 || write_extract(w, x, *id, NULL, err) != 0 ||
	    note_loss(w, x, err) != 0)
		goto undo;
	talk_step("pull.4");
	if (w->dry_run)
		db_rollback(w->db);
	else if (db_commit(w->db, err) != 0)
		goto undo;
	load_free(load);
	talk_step("pull.5");
	return 0;

undo:
	load_free(load);
	db_rollback(w->db);
	return -1;
}

/* Keep what was fetched under its day and hash, and only so many of them. */
static int
keep_file(const struct world *w, struct extract *x, struct err *err)
{
	struct file_list l;
	char dir[4000], to[8300], day[11], front[40];
	int64_t n = 0;

	snprintf(dir, sizeof(dir), "%s/extracts", w->set->state);
	snprintf(to, sizeof(to), "%s/%s-%s-%.12s.json.gz", dir, x->ask->kind,
	    date_iso(x->date, day), x->sha256);
	if (rename(x->path, to) != 0)
		return err_errno(err, "keep the extract");
	x->temporary = 0;
	if (file_sync_dir(dir, err) != 0 || file_list(dir, &l, err) != 0)
		return -1;
	snprintf(front, sizeof(front), "%s-", x->ask->kind);
	for (size_t i = l.n; i-- > 0; ) {	/* the newest day comes last */
		if (strncmp(l.name[i], front, strlen(front)) != 0 ||
		    n++ <= w->set->keep_extracts)
			continue;
		snprintf(to, sizeof(to), "%s/%s", dir, l.name[i]);
		unlink(to);
	}
	file_list_free(&l);
	return 0;
}

static void
report(const struct extract *x, int64_t id, struct pull_result *ret)
{
	ret->extract = id;
	ret->date = x->date;
	ret->read = x->read;
	ret->units = x->n.units;
	ret->unreadable = x->dropped + x->n.doubled;
	ret->added = x->n.added;
	ret->changed = x->n.changed;
	ret->gone = x->n.gone;
}

/* Refused: said in the database too, with yesterday's register in force.  The
 * first failure is what the caller hears of. */
static void
write_refusal(const struct world *w, const struct extract *x,
    const struct err *why)
{
	struct err ignored;
	int64_t id;

	if (w->dry_run || why->status != EX_DATAERR || x->sha256[0] == '\0')
		return;
	if (next_id(w, &id, &ignored) == 0)
		(void)write_extract(w, x, id, why->text, &ignored);
}

static int
set_up(const struct world *w, const struct pull_ask *ask, struct extract *x,
    struct err *err)
{
	const char *from = ask->from;

	memset(x, 0, sizeof(*x));
	x->ask = ask;
	x->date = ask->date;
	x->basis = "given";
	x->http.modified = MOMENT_NONE;
	if (unit_kind_parse(ask->kind, &x->kind) != 0)
		return err_set(err, EX_USAGE, "kind is enhet or underenhet, not %.20s",
		    ask->kind);
	if (from == NULL)
		from = x->kind == UNIT_ENHET ? w->set->url_enhet : w->set->url_underenhet;
	if (strncmp(from, "file://", 7) == 0)
		from += 7;
	if (strstr(from, "://") != NULL) {
		x->url = from;
		snprintf(x->source, sizeof(x->source), "%s", from);
		return 0;
	}
	if (strlen(from) >= sizeof(x->path))
		return err_set(err, EX_USAGE, "the file's name is too long");
	snprintf(x->path, sizeof(x->path), "%s", from);
	snprintf(x->source, sizeof(x->source), "%s", source_name(from));
	return 0;
}

/* What a killed run had fetched in part. */
static void
remove_part(const struct world *w, const char *kind)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/extracts/%s.part", w->set->state, kind);
	unlink(path);
}

/* Has the register a new file at all?  1: no. */
static int
same_etag(const struct world *w, const struct extract *x, const char *etag,
    struct err *err)
{
	struct fetched head;

	if (x->url == NULL || etag[0] == '\0')
		return 0;
	if (fetch_head(w->set, x->url, x->ask->kind, &head, err) != 0)
		return -1;
	return strcmp(head.etag, etag) == 0;
}

int
register_pull(const struct world *w, const struct pull_ask *ask,
    struct pull_result *ret, struct err *err)
{
	struct extract x;
	char sha256[65] = "", etag[200] = "";
	int64_t id = 0;
	int32_t date = DATE_NONE;
	int r = -1, same;

	memset(ret, 0, sizeof(*ret));
	if (set_up(w, ask, &x, err) != 0)
		return -1;
	if (!w->dry_run)
		remove_part(w, ask->kind);
	if (in_force(w, ask->kind, sha256, etag, sizeof(etag), &id, &date, err) < 0)
		return -1;
	if ((same = same_etag(w, &x, etag, err)) < 0)
		goto out;
	if (!same && (x.url != NULL ? from_url(w, &x, err) : hash_file(&x, err)) != 0)
		goto out;
	talk_step("pull.1");
	if (same || strcmp(x.sha256, sha256) == 0) {
		ret->unchanged = 1;
		ret->extract = id;
		ret->date = date;
		r = 0;
		goto out;
	}
	if (load_extract(w, &x, &id, err) != 0) {
		write_refusal(w, &x, err);
		goto out;
	}
	report(&x, id, ret);
	r = 0;
	if (x.temporary && !w->dry_run)
		r = keep_file(w, &x, err);
out:
	if (x.temporary)
		unlink(x.path);
	return r == 0 ? 0 : err_context(err, "pull %s", x.source);
}
