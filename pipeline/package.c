#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/sample/record.h"
#include "pipeline/sample/weigh.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"
#include "pipeline/tables/analysis.h"
#include "pipeline/tables/coarse.h"
#include "pipeline/tables/report.h"

#include "pipeline/package_private.h"

enum { TEXT_MAX = 16 << 20, DATA_MAX = 1 << 30, WITHOUT_MAX = 1000 };

struct work {
	const struct world *w;
	const struct study *study;
	int64_t id;
	struct package_how how;
	struct package_files files;
	struct package_facts facts;
	struct package_set set[PACKAGE_SETS];
	struct analysis analysis;
	struct buf without, open_answers;
};

/* --- facts ---------------------------------------------------------------------------- */

static int
read_facts(struct work *k, struct err *err)
{
	struct package_facts *f = &k->facts;
	sqlite3_stmt *q = NULL;
	int r;

	if (db_prepare(k->w->db, "SELECT f.id, s.id, f.register_date, f.frozen,"
	    " s.drawn, f.population, f.kept, s.units, (SELECT count(*) FROM"
	    " sample_stratum t WHERE t.sample = s.id), f.extract_sha256,"
	    " f.code_version FROM sample s JOIN frame f ON f.id = s.frame"
	    " WHERE s.study = ?1", &q, err) != 0)
		return -1;
	db_i64(q, 1, k->id);
	if ((r = db_step(q, err)) == 1) {
		f->frame = sqlite3_column_int64(q, 0);
		f->sample = sqlite3_column_int64(q, 1);
		f->register_date = sqlite3_column_int(q, 2);
		f->frozen = sqlite3_column_int64(q, 3);
		f->drawn = sqlite3_column_int64(q, 4);
		f->population = sqlite3_column_int64(q, 5);
		f->kept = sqlite3_column_int64(q, 6);
		f->units = sqlite3_column_int64(q, 7);
		f->strata = sqlite3_column_int64(q, 8);
		snprintf(f->extract_sha256, sizeof(f->extract_sha256), "%s",
		    db_col(q, 9));
		snprintf(f->code_version, sizeof(f->code_version), "%s",
		    db_col(q, 10));
	}
	sqlite3_finalize(q);
	if (r == 0)
		return err_set(err, EX_NOINPUT, "study %s is not drawn yet: run utvalg"
		    " draw %s", k->study->name, k->study->name);
	if (r < 0 || tables_status(k->w, k->study, k->id, &f->status, err) != 0 ||
	    frame_risk(k->w, f->frame, f->sample, k->how.open, &f->risk,
	    err) != 0)
		return -1;
	f->study = k->study;
	f->lang = k->w->lang;
	f->open = k->how.open;
	f->open_answers = "";
	f->set = k->set;
	f->files = &k->files;
	return 0;
}

static void
leave_out(struct work *k, const char *what, const struct err *why)
{
	buf_printf(&k->without, "%s%s (%s)", k->without.len > 0 ? "; " : "", what,
	    why->text);
}

/* --- files of data -------------------------------------------------------------------- */

static int
put_set(struct work *k, const char *file, const char *nb, const char *en,
    int telling, struct dataset *d, struct err *err)
{
	struct package_set *s = &k->set[k->facts.nset++];
	struct buf b = BUF(DATA_MAX);
	int r;

	*s = (struct package_set){ file, { nb, en }, d, telling };
	(void)dataset_csv(d, 0, &b);
	r = package_put(&k->files, file, telling ? 0600 : 0644, &b, err);
	buf_free(&b);
	return r;
}

/* A format that has not the room for these data is left out, and that is said. */
static int
put_as(struct work *k, const char *file, int (*make)(const struct dataset *,
    enum lang, int32_t, struct buf *, struct err *), struct err *err)
{
	struct buf b = BUF(DATA_MAX);
	int r = make(k->analysis.data, k->w->lang, k->facts.register_date, &b, err);

	if (r == 0)
		r = package_put(&k->files, file, 0644, &b, err);
	if (r != 0 && err->status == EX_DATAERR) {
		leave_out(k, file, err);
		r = 0;
	}
	buf_free(&b);
	return r;
}

static int
put_sample(struct work *k, struct err *err)
{
	struct package_facts *f = &k->facts;

	if (analysis_read(k->w, k->study, k->id, 0, &k->analysis, err) != 0 ||
	    frame_data_erased(k->w, f->sample, k->analysis.data, err) != 0)
		return -1;
	f->left_out = k->analysis.left_out;
	f->nleft_out = k->analysis.nleft_out;
	f->blotted = k->analysis.blotted;
	if (f->open)
		coarse_data(k->w->nace, f->register_date, k->analysis.data,
		    &k->open_answers);
	f->open_answers = buf_text(&k->open_answers);
	if (put_set(k, "sample.csv", "Utvalget: trukne enheter og svarene deres",
	    "The sample: drawn units and their answers", 0, k->analysis.data,
	    err) != 0 || put_as(k, "sample.sav", dataset_sav, err) != 0 ||
	    put_as(k, "sample.dta", dataset_dta, err) != 0)
		return -1;
	return 0;
}

static int
put_frame(struct work *k, struct err *err)
{
	struct dataset *d = NULL;

	if (frame_data(k->w, k->study, k->id, FRAME_ALL, &d, err) != 0)
		return -1;
	if (k->facts.open)
		coarse_data(k->w->nace, k->facts.register_date, d, &k->open_answers);
	if (put_set(k, "frame.csv", "Rammen: hver enhet, med eller utelatt med én"
	    " grunn", "The frame: each unit, kept or left out for one reason", 0, d,
	    err) != 0)
		return -1;
	if ((k->how.contact || k->how.identified) && (frame_data(k->w, k->study,
	    k->id, FRAME_CONTACT, &d, err) != 0 || put_set(k, "contact.csv",
	    "Hvem de trukne er, og hvor de nås", "Who the drawn units are, and where"
	    " they are reached", 1, d, err) != 0))
		return -1;
	if (k->how.identified && (frame_data(k->w, k->study, k->id,
	    FRAME_IDENTIFIED, &d, err) != 0 || put_set(k, "frame-identified.csv",
	    "Rammen med navn og adresser", "The frame with names and addresses", 1,
	    d, err) != 0))
		return -1;
	return 0;
}

/* --- weights -------------------------------------------------------------------------- */

static void
add_weights(struct dataset *d)
{
	dataset_add(d, "case", DATASET_WHOLE, "Løpenummer i utvalget, i tilfeldig"
	    " rekkefølge", "Running number in the sample, in random order");
	dataset_add(d, "stratum", DATASET_TEXT, "Stratum", "Stratum");
	dataset_add(d, "n_drawn", DATASET_WHOLE, "Trukket i stratumet (n_h)",
	    "Drawn in the stratum (n_h)");
	dataset_add(d, "n_frame", DATASET_WHOLE, "Enheter i stratumet (N_h)",
	    "Units in the stratum (N_h)");
	dataset_add(d, "pi", DATASET_REAL, "Trekksannsynlighet",
	    "Inclusion probability");
	dataset_add(d, "design_weight", DATASET_REAL, "Designvekt",
	    "Design weight");
	dataset_add(d, "weight", DATASET_REAL, "Vekt justert for frafall innen"
	    " stratum", "Weight adjusted for non-response within the stratum");
}

struct row { int64_t n; const struct weigh_unit *u; };

static int
by_number(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return (x->n > y->n) - (x->n < y->n);
}

/* Who answered, by the number that the unit has in the sample. */
static int
number(struct work *k, const struct weigh_result *w, struct row *row,
    struct err *err)
{
	sqlite3_stmt *q = NULL;
	size_t i = 0;
	int r;

	/* both in the order of unit keys */
	if (db_prepare(k->w->db, "SELECT f.unit_key, s.n FROM (SELECT frame_unit,"
	    " row_number() OVER (ORDER BY token) AS n FROM sample_unit WHERE sample ="
	    " ?1) s JOIN frame_unit f ON f.id = s.frame_unit ORDER BY f.unit_key", &q,
	    err) != 0)
		return -1;
	db_i64(q, 1, k->facts.sample);
	while ((r = db_step(q, err)) == 1)
		if (i < w->n && strcmp(db_col(q, 0), w->unit[i].key) == 0) {
			row[i].u = &w->unit[i];
			row[i++].n = sqlite3_column_int64(q, 1);
		}
	sqlite3_finalize(q);
	if (r == 0 && i != w->n)
		r = err_set(err, EX_SOFTWARE, "weights of units that are not drawn");
	return r;
}

static int
put_weights(struct work *k, struct err *err)
{
	struct weigh_how how = { .by = WEIGH_STRATUM, .e = -1 };
	struct weigh_result w;
	struct dataset *d;
	struct row *row;
	int r;

	if (weigh(k->w, k->id, &how, &w, err) != 0) {
		if (err->status != EX_DATAERR && err->status != EX_NOINPUT)
			return -1;
		leave_out(k, "weights.csv", err);
		return 0;
	}
	row = mem_array(w.n + 1, sizeof(*row));
	d = dataset_new("weights", k->study->title.nb, k->study->title.en);
	add_weights(d);
	r = number(k, &w, row, err);
	qsort(row, r == 0 ? w.n : 0, sizeof(*row), by_number);
	for (size_t i = 0; r == 0 && i < w.n; i++) {
		const struct weigh_unit *u = row[i].u;

		dataset_row(d);
		dataset_put_number(d, 0, (double)row[i].n);
		dataset_put_text(d, 1, u->stratum);
		dataset_put_number(d, 2, (double)u->drawn_units);
		dataset_put_number(d, 3, (double)u->frame_units);
		dataset_put_number(d, 4, u->pi);
		dataset_put_number(d, 5, u->design);
		dataset_put_number(d, 6, u->weight);
	}
	if (r == 0)
		r = put_set(k, "weights.csv", "Vekter for dem som svarte",
		    "Weights of those who answered", 0, d, err);
	else
		dataset_free(d);
	free(row);
	weigh_free(&w);
	return r;
}

/* --- files of text -------------------------------------------------------------------- */

static int
put_table(struct work *k, const char *name, struct err *err)
{
	static const struct { enum tables_format format; const char *end; } f[] = {
		{ TABLES_CSV, "csv" }, { TABLES_MD, "md" } };
	struct buf b = BUF(TEXT_MAX), path = BUF(400);
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(f) / sizeof(f[0]); i++) {
		buf_clear(&path);
		buf_printf(&path, "tables/%s.%s", name, f[i].end);
		r = tables_make(k->w, k->study, k->id, name, f[i].format, 0, &b, err);
		if (r == 0)
			r = package_put(&k->files, buf_text(&path), 0644, &b, err);
	}
	/* EX_CONFIG: a table of answers that nobody has given yet */
	if (r != 0 && (err->status == EX_NOINPUT || err->status == EX_DATAERR ||
	    err->status == EX_CONFIG)) {
		buf_clear(&path);
		buf_printf(&path, "tables/%s", name);
		leave_out(k, buf_text(&path), err);
		r = 0;
	}
	buf_free(&b);
	buf_free(&path);
	return r;
}

static int
put_tables(struct work *k, struct err *err)
{
	const char *name;
	int r = 0;

	for (size_t i = 0; r == 0 && (name = tables_name(k->study, i)) != NULL; i++)
		r = put_table(k, name, err);
	return r;
}

static int
put_text(struct work *k, const char *name, struct buf *b, struct err *err)
{
	int r = package_put(&k->files, name, 0644, b, err);

	buf_free(b);
	return r;
}

/* Where a sheet has not the room for these data the workbook is left out. */
static int
put_workbook(struct work *k, const struct buf *readme, const struct buf *funnel,
    struct err *err)
{
	struct dataset_page front = { "README", buf_text(readme) };
	struct dataset_page back = { package_say(&k->facts, "trakt", "funnel"),
		buf_text(funnel) };
	struct buf b = BUF(DATA_MAX);
	int r = dataset_book(k->analysis.data, k->w->lang, k->facts.register_date,
	    &front, &back, &b, err);

	if (r == 0)
		r = put_text(k, "sample.xlsx", &b, err);
	else if (err->status == EX_DATAERR) {
		leave_out(k, "sample.xlsx", err);
		r = 0;
	}
	buf_free(&b);
	return r;
}

static int
put_words(struct work *k, struct err *err)
{
	struct package_facts *f = &k->facts;
	struct buf b = BUF(DATA_MAX), readme = BUF(TEXT_MAX), funnel = BUF(TEXT_MAX);
	int r = -1;

	buf_add(&b, k->study->text, k->study->len);
	if (put_text(k, "job.ini", &b, err) != 0 ||
	    record_make(k->w, k->study, f->sample, &b, err) != 0 ||
	    put_text(k, "manifest.json", &b, err) != 0)
		goto out;
	if (report_make(k->w, k->study, k->id, &b, err) != 0 ||
	    put_text(k, "report.html", &b, err) != 0)
		goto out;
	package_codebook(f, &b);
	if (put_text(k, "codebook.csv", &b, err) != 0 ||
	    package_ddi(f, &b, err) != 0 ||
	    put_text(k, "codebook.xml", &b, err) != 0)
		goto out;
	f->without = buf_text(&k->without);
	package_readme(f, &readme);
	buf_add(&b, buf_text(&readme), readme.len);
	if (put_text(k, "README.txt", &b, err) != 0 ||
	    tables_make(k->w, k->study, k->id, "funnel", TABLES_CSV, 0, &funnel,
	    err) != 0 || put_workbook(k, &readme, &funnel, err) != 0)
		goto out;
	package_datapackage(f, &b);
	r = put_text(k, "datapackage.json", &b, err);
out:
	buf_free(&b);
	buf_free(&readme);
	buf_free(&funnel);
	return r;
}

/* --- all of it ------------------------------------------------------------------------ */

/* Everything of one moment. */
static int
make(struct work *k, struct err *err)
{
	struct err ignored;
	int r;

	if (db_exec(k->w->db, "SAVEPOINT package", err) != 0)
		return -1;
	r = read_facts(k, err) == 0 && put_sample(k, err) == 0 &&
	    put_frame(k, err) == 0 && put_weights(k, err) == 0 &&
	    put_tables(k, err) == 0 && put_words(k, err) == 0 ? 0 : -1;
	(void)db_exec(k->w->db, "RELEASE package", &ignored);
	return r == 0 ? package_seal(&k->files, err) : -1;
}

/* The folder as the database names it: from the root, without a slash behind. */
static int
whole_path(const char *dir, struct buf *ret, struct err *err)
{
	char here[4096];
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		n--;
	if (dir[0] != '/') {
		if (getcwd(here, sizeof(here)) == NULL)
			return err_errno(err, "the folder we are in");
		buf_printf(ret, "%s/", here);
	}
	buf_add(ret, dir, n);
	if (n == 0 || ret->over || strcmp(buf_text(ret), "/") == 0)
		return err_set(err, EX_USAGE, "that is no folder for a package");
	return 0;
}

/* Does it stand there already, word for word? */
static int
written_down(struct work *k, const char *path, const char *sha256,
    struct err *err)
{
	sqlite3_stmt *q = NULL;
	int r;

	if (db_prepare(k->w->db, "SELECT 1 FROM package WHERE path = ?1 AND frame ="
	    " ?2 AND sums_sha256 = ?3 AND zip >= ?4 AND stale IS NULL", &q, err) != 0)
		return -1;
	db_text(q, 1, path);
	db_i64(q, 2, k->facts.frame);
	db_text(q, 3, sha256);
	db_i64(q, 4, k->how.zip);
	r = db_step(q, err);
	sqlite3_finalize(q);
	return r;
}

/* Before it lies there: an erasure then names one too many, and never one too
 * few. */
static int
write_down(struct work *k, const char *path, const char *sha256, struct err *err)
{
	const struct package_how *how = &k->how;
	sqlite3_stmt *q = NULL;
	int r;

	if ((r = written_down(k, path, sha256, err)) != 0)
		return r < 0 ? -1 : 0;
	if (db_begin(k->w->db, err) != 0)
		return -1;
	r = db_prepare(k->w->db, "INSERT INTO package (study, frame, path, identified,"
	    " zip, made, sums_sha256) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT"
	    " (path) DO UPDATE SET study = ?1, frame = ?2, identified = ?4, zip ="
	    " max(zip, ?5), made = ?6, sums_sha256 = ?7, stale = NULL", &q, err);
	if (r == 0) {
		db_i64(q, 1, k->id);
		db_i64(q, 2, k->facts.frame);
		db_text(q, 3, path);
		db_i64(q, 4, how->contact || how->identified);
		db_i64(q, 5, how->zip);
		db_i64(q, 6, k->w->now);
		db_text(q, 7, sha256);
		r = db_run(q, err);
	}
	sqlite3_finalize(q);
	if (r == 0)
		r = studies_event(k->w, k->id, "packaged", err, "%zu files%s, %s",
		    k->files.n, how->open ? ", open" : how->identified ? ", identified" : how->contact ?
		    ", with contact.csv" : "", sha256);
	if (r == 0)
		r = db_commit(k->w->db, err);
	if (r != 0)
		db_rollback(k->w->db);
	return r;
}

/* Made first, where a full disk shows; then written down; then it lies there. */
static int
lay(struct work *k, const char *path, struct package_result *ret,
    struct err *err)
{
	int64_t moment = (int64_t)k->facts.register_date * 86400;
	struct buf zip = BUF(0x7fffffff);
	struct err ignored;
	int r = 0;

	if (k->how.zip)
		r = package_zip(&k->files, strrchr(path, '/') + 1, moment, &zip, err);
	if (r == 0)
		r = package_prepare(ret->again ? NULL : &k->files, path, moment,
		    k->how.zip ? &zip : NULL, k->how.contact || k->how.identified ?
		    0600 : 0644, err);
	buf_free(&zip);
	if (r != 0)
		return -1;
	talk_step("package.1");
	if (write_down(k, path, ret->sha256, err) != 0) {
		(void)package_sweep(path, &ignored);
		return -1;
	}
	talk_step("package.2");
	return package_lay(path, err);
}

/* A zip file of ours is made again with the folder: it holds the same units. */
static int
look_zip(struct work *k, const char *path, struct err *err)
{
	struct buf name = BUF(8192);
	sqlite3_stmt *q = NULL;
	int r, there, ours;

	buf_printf(&name, "%s.zip", path);
	there = file_exists(buf_text(&name));
	buf_free(&name);
	if (db_prepare(k->w->db, "SELECT 1 FROM package WHERE path = ?1 AND zip = 1",
	    &q, err) != 0)
		return -1;
	db_text(q, 1, path);
	r = ours = db_step(q, err);
	sqlite3_finalize(q);
	if (r < 0)
		return -1;
	if (there && k->how.zip && !ours && !k->how.force)
		return err_set(err, EX_CANTCREAT, "%s.zip is there already: --force"
		    " replaces it", path);
	if (there && ours)
		k->how.zip = 1;
	return 0;
}

static int
look(struct work *k, const char *path, struct package_result *ret,
    struct err *err)
{
	enum package_there there;

	if (package_look(&k->files, path, &there, err) != 0)
		return -1;
	if (there == PACKAGE_OTHER)
		return err_set(err, EX_CANTCREAT, "%s holds something else than a whole"
		    " package: it is left as it is", path);
	if (there == PACKAGE_EARLIER && !k->how.force)
		return err_set(err, EX_CANTCREAT, "%s holds another package: --force"
		    " replaces it", path);
	ret->again = there == PACKAGE_SAME;
	return look_zip(k, path, err);
}

int
package(const struct world *w, const struct study *s, int64_t study_id,
    const char *dir, const struct package_how *how, struct package_result *ret,
    struct err *err)
{
	struct work k = { .w = w, .study = s, .id = study_id, .how = *how };
	unsigned char sum[HASH_SIZE];
	struct buf path = BUF(4096);
	int r;

	memset(ret, 0, sizeof(*ret));
	k.without = k.open_answers = (struct buf)BUF(WITHOUT_MAX);
	r = whole_path(dir, &path, err);
	if (r == 0)
		r = make(&k, err);
	if (r == 0) {
		const struct package_file *f = package_get(&k.files, "SHA256SUMS");

		hash_sha256(buf_text(&f->text), f->text.len, sum);
		hash_hex(sum, sizeof(sum), ret->sha256);
		ret->files = k.files.n;
		ret->drawn = k.facts.risk.drawn;
		ret->alone = k.facts.risk.alone;
		ret->erased = k.facts.risk.erased;
		ret->small = s->small;
		ret->left_out = k.facts.nleft_out;
		snprintf(ret->without, sizeof(ret->without), "%s",
		    buf_text(&k.without));
		r = look(&k, buf_text(&path), ret, err);
	}
	if (r == 0 && !w->dry_run)
		r = lay(&k, buf_text(&path), ret, err);
	for (size_t i = 0; i < k.facts.nset; i++)
		if (k.set[i].data != k.analysis.data)
			dataset_free(k.set[i].data);
	if (k.analysis.data != NULL)
		analysis_free(&k.analysis);
	package_files_free(&k.files);
	buf_free(&k.without);
	buf_free(&k.open_answers);
	buf_free(&path);
	return r;
}
