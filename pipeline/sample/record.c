#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/json.h"
#include "pipeline/base/mem.h"
#include "pipeline/sample/pool.h"
#include "pipeline/store/store.h"

#include "pipeline/sample/record.h"

enum { RECORD_MAX = 16 << 20 };

/* Every column of every row of ${sql}, named as in it; ${id} is ?1.  With
 * ${array}: a list of objects, else the one row's members. */
static int
rows(sqlite3 *db, struct json *j, const char *sql, int64_t id, int array,
    struct err *err)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(db, sql, &stmt, err) != 0)
		return -1;
	db_i64(stmt, 1, id);
	while ((r = db_step(stmt, err)) == 1) {
		if (array)
			json_object(j);
		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			const char *name = sqlite3_column_name(stmt, i);

			switch (sqlite3_column_type(stmt, i)) {
			case SQLITE_INTEGER:
				json_kint(j, name, sqlite3_column_int64(stmt, i));
				break;
			case SQLITE_FLOAT:
				json_kreal(j, name, sqlite3_column_double(stmt, i));
				break;
			case SQLITE_NULL:
				json_kstr(j, name, NULL);
				break;
			default:
				json_kstr(j, name, db_col(stmt, i));
			}
		}
		if (array)
			json_end(j);
	}
	sqlite3_finalize(stmt);
	return r;
}

static int
list(sqlite3 *db, struct json *j, const char *key, const char *sql, int64_t id,
    struct err *err)
{
	int r;

	json_key(j, key);
	json_array(j);
	r = rows(db, j, sql, id, 1, err);
	json_end(j);
	return r;
}

static const char *
generator(const struct study *s)
{
	if (s->design == STUDY_EVERYONE)
		return "none";
	if (s->design == STUDY_R_RANDOM)
		return "R 3.6 or later: set.seed(seed); in each stratum, in order, "
		    "sample.int(units, drawn) of the keys sorted";
	if (s->design == STUDY_TICKETS)
		return "tickets: 0. and the decimal digits of SHA-256(hex(SHA-256(seed))"
		    " key), last first; in each stratum the smallest";
	if (s->design == STUDY_PPS && s->pps == STUDY_SAMPFORD)
		return "splitmix64, for each stratum from the first 53 bits of"
		    " SHA-256(salt:sampford:study:stratum)";
	return s->coordination == STUDY_INDEPENDENT ?
	    "first 53 bits of SHA-256(salt/study:key)" :
	    "first 53 bits of SHA-256(salt:key)";
}

static void
put_design(struct json *j, const struct study *s, double start)
{
	static const char *const design[] = { "everyone", "random", "systematic",
		"pps", "bernoulli", "r-random", "tickets" };
	static const char *const pps[] = { "pareto", "sequential", "exponential",
		"systematic", "sampford", "poisson" };
	static const char *const allocation[] = { "proportional", "equal", "neyman",
		"power", "fixed" };
	static const char *const coordination[] = { "negative", "positive", "none" };

	json_kstr(j, "method", design[s->design]);
	json_kstr(j, "generator", generator(s));
	json_kstr(j, "coordination", coordination[s->coordination]);
	json_kreal(j, "start", start);
	json_kstr(j, "direction", "up");
	if (s->design == STUDY_PPS && s->pps != STUDY_PARETO)
		json_kstr(j, "pps", pps[s->pps]);
	if (s->design == STUDY_R_RANDOM || s->design == STUDY_TICKETS)
		json_kint(j, "seed", s->seed);
	if (s->design == STUDY_BERNOULLI)
		json_kreal(j, "share", (double)s->share_num / (double)s->share_den);
	if (s->size_variable != STUDY_SIZE_NONE)
		json_kstr(j, "size_variable", s->size_variable == STUDY_SIZE_EMPLOYEES ?
		    "employees" : "employees+1");
	json_key(j, "sort");
	json_array(j);
	for (size_t i = 0; i < s->nsort; i++)
		json_str(j, s->sort[i].text);
	json_str(j, "key");
	json_end(j);
	json_kstr(j, "allocation", allocation[s->allocation]);
	json_kint(j, "minimum", s->minimum > 0 ? s->minimum : 1);
	json_key(j, "maximum");
	if (s->maximum > 0)
		json_int(j, s->maximum);
	else
		json_null(j);
	json_kstr(j, "one_address", s->keeper == STUDY_KEEP_LOWEST_PRN ?
	    "lowest-random-number" : "most-employees");
}

/* What came after the draw; the draw itself first, as it was.  A record without
 * them has no such member. */
static int
steps(sqlite3 *db, struct json *j, int64_t sample, struct err *err)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(db, "SELECT 1 FROM sample_step WHERE sample = ?1", &stmt,
	    err) != 0)
		return -1;
	db_i64(stmt, 1, sample);
	r = db_step(stmt, err);
	sqlite3_finalize(stmt);
	return r <= 0 ? r : list(db, j, "steps", "SELECT x.step AS step, x.kind AS kind,"
	    " strftime('%Y-%m-%dT%H:%M:%SZ', x.at, 'unixepoch') AS at, x.asked AS"
	    " asked, x.units AS units, x.list_sha256 AS list_sha256, u.stratum AS"
	    " stratum FROM sample_step x LEFT JOIN sample_unit u ON u.id = x.replaced"
	    " WHERE x.sample = ?1 ORDER BY x.step", sample, err);
}

int
record_make(const struct world *w, const struct study *s, int64_t sample,
    struct buf *out, struct err *err)
{
	char hex[HASH_HEX];
	double start;
	struct json j;

	if (pool_start(w->db, s, sample, &start, err) != 0)
		return -1;
	json_begin(&j, out, 1);
	json_object(&j);
	json_kstr(&j, "record", "draw of a sample");
	json_kstr(&j, "program", "utvalg " VERSION);
	json_kstr(&j, "study", s->name);
	json_kstr(&j, "study_file_sha256", hash_hex(s->drawn_sha256,
	    sizeof(s->drawn_sha256), hex));
	if (rows(w->db, &j, "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', s.drawn,"
	    " 'unixepoch') AS drawn, t.owner AS user, s.design AS design, s.units AS"
	    " units, s.list_sha256 AS list_sha256, s.salt_sha256 AS salt_sha256 FROM"
	    " sample s JOIN study t ON t.id = s.study WHERE s.id = ?1", sample, 0,
	    err) != 0)
		return -1;
	put_design(&j, s, start);
	if (list(w->db, &j, "register", "SELECT e.kind AS kind, e.source AS file,"
	    " date(e.register_date * 86400, 'unixepoch') AS date, e.bytes AS bytes,"
	    " e.sha256 AS sha256, e.read AS rows, e.units AS units, e.standard AS"
	    " standard FROM sample s JOIN frame f ON f.id = s.frame JOIN extract e ON"
	    " e.id IN (f.extract_enhet, f.extract_underenhet) WHERE s.id = ?1 ORDER BY"
	    " e.id", sample, err) != 0)
		return -1;
	json_key(&j, "frame");
	json_object(&j);
	if (rows(w->db, &j, "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', f.frozen,"
	    " 'unixepoch') AS frozen, f.code_version AS rules, f.lists_sha256 AS"
	    " lists_sha256, f.suppression_sha256 AS suppression_sha256,"
	    " f.register_units AS register_units, f.outside_code AS outside_code,"
	    " f.outside_area AS outside_area, f.outside_filter AS outside_filter,"
	    " f.listed AS listed, f.listed_matched AS listed_matched,"
	    " f.listed_outside AS listed_outside, f.population AS population, f.kept"
	    " AS kept FROM sample s JOIN frame f ON f.id = s.frame WHERE s.id = ?1",
	    sample, 0, err) != 0 ||
	    list(w->db, &j, "left_out", "SELECT u.reason AS reason, count(*) AS units"
	    " FROM sample s JOIN frame_unit u ON u.frame = s.frame WHERE s.id = ?1 AND"
	    " u.kept = 0 GROUP BY u.reason ORDER BY u.reason", sample, err) != 0)
		return -1;
	json_end(&j);
	if (list(w->db, &j, "strata", "SELECT stratum, frame_units AS units,"
	    " drawn_units AS drawn FROM sample_stratum WHERE sample = ?1 ORDER BY"
	    " rowid", sample, err) != 0)
		return -1;
	if (steps(w->db, &j, sample, err) != 0)
		return -1;
	json_end(&j);
	buf_chr(out, '\n');
	if (out->over)
		return err_set(err, EX_DATAERR, "the record of the draw is too long");
	return 0;
}

static char *
path_of(const struct world *w, const char *name, const char *end)
{
	struct buf b = BUF(4096);
	char *path;

	buf_printf(&b, "%s/samples%s%s%s", w->set->state, *name != '\0' ? "/" : "",
	    name, end);
	path = mem_str(buf_text(&b));
	buf_free(&b);
	return path;
}

char *
record_path(const struct world *w, const struct study *s)
{
	return path_of(w, s->name, ".json");
}

int
record_write(const struct world *w, const struct study *s, const struct buf *b,
    struct err *err)
{
	char *folder = path_of(w, "", ""), *path = record_path(w, s);
	int r = file_mkdirs(folder, 0700, err);

	if (r == 0)
		r = file_write(path, 0600, b->data, b->len, err);
	free(path);
	free(folder);
	return r;
}

static int
in_log(const struct world *w, int64_t study, const struct buf *file,
    struct err *err)
{
	unsigned char sum[HASH_SIZE];
	char hex[HASH_HEX];
	sqlite3_stmt *stmt;
	int r;

	hash_sha256(file->data, file->len, sum);
	if (db_prepare(w->db, "SELECT 1 FROM event WHERE study = ?1 AND what = 'draw'"
	    " AND instr(detail, ?2) > 0", &stmt, err) != 0)
		return -1;
	db_i64(stmt, 1, study);
	db_text(stmt, 2, hash_hex(sum, sizeof(sum), hex));
	r = db_step(stmt, err);
	sqlite3_finalize(stmt);
	return r;
}

int
record_again(const struct world *w, const struct study *s, int64_t study_id,
    int64_t sample, struct err *err)
{
	struct buf record = BUF(RECORD_MAX), is = BUF(RECORD_MAX);
	char *path = record_path(w, s);
	int r = record_make(w, s, sample, &record, err), write = 1;

	if (r == 0 && file_exists(path)) {
		r = file_read(path, RECORD_MAX, &is, err);
		write = 0;
		if (r == 0 && (is.len != record.len ||
		    memcmp(is.data, record.data, is.len) != 0)) {
			r = in_log(w, study_id, &is, err);
			write = r == 1;
			r = r < 0 ? -1 : 0;
		}
	}
	if (r == 0 && write)
		r = record_write(w, s, &record, err);
	buf_free(&is);
	buf_free(&record);
	free(path);
	return r;
}
