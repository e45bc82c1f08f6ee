#include <acl/libacl.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/acl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/settings.h"
#include "pipeline/base/csv.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/json.h"
#include "pipeline/store/store.h"

#include "pipeline/request_lay.h"

static const size_t MOST = (size_t)1 << 30;	/* octets of one file laid out */

int
request_allow(const char *path, uid_t uid, int enter, struct err *err)
{
	char text[120];
	acl_t acl;
	int r;

	if (uid == 0 || uid == geteuid())
		return 0;
	snprintf(text, sizeof(text), "u::rw%c,u:%lu:r-%c,g::---,m::r-%c,o::---",
	    enter ? 'x' : '-', (unsigned long)uid, enter ? 'x' : '-',
	    enter ? 'x' : '-');
	if ((acl = acl_from_text(text)) == NULL)
		return err_errno(err, "access list");
	r = acl_set_file(path, ACL_TYPE_ACCESS, acl);
	acl_free(acl);
	if (r != 0) {
		err_errno(err, "%s: access list", path);
		err->status = EX_IOERR;
		return -1;
	}
	return 0;
}

/* One file of the answer, and its hash for the record. */
struct laid {
	char sha256[HASH_HEX];
	int there;
};

static int
put(const char *dir, const char *name, uid_t asker, const struct buf *text,
    struct laid *laid, struct err *err)
{
	struct buf path = BUF(8192);
	unsigned char sum[HASH_SIZE];
	int r = -1;

	if (text->over)
		return err_set(err, EX_DATAERR, "%s: longer than %zu octets", name,
		    text->max);
	buf_printf(&path, "%s/%s", dir, name);
	if (file_write(buf_text(&path), 0600, buf_text(text), text->len, err) == 0 &&
	    request_allow(buf_text(&path), asker, 0, err) == 0)
		r = 0;
	hash_sha256(buf_text(text), text->len, sum);
	hash_hex(sum, sizeof(sum), laid->sha256);
	laid->there = 1;
	buf_free(&path);
	return r;
}

/* All rows of a query, its column names as the heading. */
static int
rows(sqlite3 *db, const char *sql, int64_t id, struct buf *out, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r, n;

	if (db_prepare(db, sql, &s, err) != 0)
		return -1;
	db_i64(s, 1, id);
	n = sqlite3_column_count(s);
	for (int i = 0; i < n; i++)
		csv_put(out, ';', i == 0, sqlite3_column_name(s, i));
	buf_str(out, "\r\n");
	while ((r = db_step(s, err)) == 1) {
		for (int i = 0; i < n; i++)
			csv_put(out, ';', i == 0, db_col(s, i));
		buf_str(out, "\r\n");
	}
	sqlite3_finalize(s);
	return r;
}

/*
 * Who is left out is shown with the reason, without an address; who asked not
 * to be written to is not shown by name either.
 */
static const char frame_sql[] =
    "SELECT unit_key, source, CASE WHEN reason IN ('suppressed', 'excluded')"
    " THEN NULL ELSE name END AS name, legal_form, CASE WHEN nace > 0 THEN"
    " printf('%02d.%03d', nace / 1000, nace % 1000) END AS nace, CASE WHEN"
    " municipality > 0 THEN printf('%04d', municipality) END AS municipality,"
    " group_name AS \"group\", area_name AS area, employees, has_employees,"
    " CASE WHEN kept = 1 THEN email END AS email, kept, reason, detail, keeper,"
    " shared FROM frame_unit WHERE frame = ?1 ORDER BY unit_key";

static const char sample_sql[] =
    "SELECT u.unit_key, u.name, u.email, u.group_name AS \"group\","
    " u.area_name AS area, s.stratum, s.pi, s.weight, s.token FROM sample_unit s"
    " JOIN frame_unit u ON u.id = s.frame_unit WHERE s.sample ="
    " (SELECT id FROM sample WHERE study = ?1) ORDER BY u.unit_key";

static void
record_served(const struct request_answer *a, sqlite3_stmt *f, sqlite3_stmt *s,
    struct json *j)
{
	char day[11], at[21];

	json_kstr(j, "register_date", date_iso(sqlite3_column_int(f, 0), day));
	json_kstr(j, "extract_sha256", db_col(f, 1));
	json_kstr(j, "code_version", db_col(f, 2));
	json_kstr(j, "frozen", moment_iso(sqlite3_column_int64(f, 3), at));
	json_key(j, "frame");
	frame_json(a->frame, j);
	if (s == NULL)
		return;
	json_key(j, "sample");
	json_object(j);
	json_kstr(j, "design", db_col(s, 0));
	json_kint(j, "units", sqlite3_column_int64(s, 1));
	json_kstr(j, "list_sha256", db_col(s, 2));
	json_kstr(j, "drawn", moment_iso(sqlite3_column_int64(s, 3), at));
	json_end(j);
}

static int
served_facts(const struct world *w, const struct request_answer *a,
    struct json *j, struct err *err)
{
	sqlite3_stmt *f = NULL, *s = NULL;
	int r = -1;

	if (db_prepare(w->db, "SELECT register_date, extract_sha256, code_version,"
	    " frozen FROM frame WHERE id = ?1", &f, err) != 0)
		return -1;
	db_i64(f, 1, a->frame->frame);
	if (db_step(f, err) < 0)
		goto out;
	if (a->drawn) {
		if (db_prepare(w->db, "SELECT design, units, list_sha256, drawn"
		    " FROM sample WHERE study = ?1", &s, err) != 0)
			goto out;
		db_i64(s, 1, a->study_id);
		if (db_step(s, err) < 0)
			goto out;
	}
	record_served(a, f, s, j);
	r = 0;
out:
	sqlite3_finalize(f);
	sqlite3_finalize(s);
	return r;
}

static int
record(const struct world *w, const struct request_answer *a,
    const struct laid *frame, const struct laid *sample, struct buf *out,
    struct err *err)
{
	struct json j;
	char at[21], hex[HASH_HEX];

	json_begin(&j, out, 1);
	json_object(&j);
	json_kstr(&j, "request", a->id);
	json_kint(&j, "asker", (int64_t)a->asker);
	json_kstr(&j, "handed_in", moment_iso(a->handed_in, at));
	json_kstr(&j, "state", a->why == NULL ? "served" : "refused");
	json_kstr(&j, "version", VERSION);
	if (a->study != NULL) {
		json_kstr(&j, "study", a->study->name);
		json_kstr(&j, "study_sha256", hash_hex(a->study->sha256, HASH_SIZE,
		    hex));
	}
	if (a->why != NULL) {
		json_kstr(&j, "why", a->why);
		json_key(&j, "faults");
		json_array(&j);
		for (size_t i = 0; i < a->faults->n; i++) {
			json_object(&j);
			json_kint(&j, "line", a->faults->fault[i].line);
			json_kstr(&j, "fault", a->faults->fault[i].text);
			json_end(&j);
		}
		json_end(&j);
	} else if (served_facts(w, a, &j, err) != 0)
		return -1;
	json_key(&j, "files");
	json_object(&j);
	if (frame->there)
		json_kstr(&j, "frame.csv", frame->sha256);
	if (sample->there)
		json_kstr(&j, "sample.csv", sample->sha256);
	json_end(&j);
	json_end(&j);
	buf_chr(out, '\n');
	return 0;
}

static void
words(const struct world *w, const struct request_answer *a, struct buf *out)
{
	int nb = w->lang == LANG_NB;
	char at[21];

	buf_printf(out, "%s %s, %s %s\n", nb ? "Forespørsel" : "Request", a->id,
	    nb ? "levert" : "handed in", moment_iso(a->handed_in, at));
	if (a->study != NULL)
		buf_printf(out, "%s: %s (%s)\n", nb ? "Studie" : "Study",
		    a->study->name, nb ? a->study->title.nb : a->study->title.en);
	if (a->why == NULL) {
		buf_str(out, nb ? "\nUtført.\n\n"
		    "frame.csv    rammen: hver enhet, tatt med eller utelatt med én grunn\n" :
		    "\nDone.\n\n"
		    "frame.csv    the frame: each unit, kept or left out for one reason\n");
		if (a->drawn)
			buf_str(out, nb ?
			    "sample.csv   utvalget: trukne enheter med vekt og nøkkel\n" :
			    "sample.csv   the sample: drawn units with weight and token\n");
		buf_str(out, nb ?
		    "funnel.txt   fra registeret til dem som kan nås\n"
		    "record.json  hva dette er laget av: register, kodeliste, summer\n\n" :
		    "funnel.txt   from the register to those who can be reached\n"
		    "record.json  what this was made of: register, code lists, sums\n\n");
		frame_print(a->frame, w->lang, out);
		return;
	}
	buf_printf(out, "\n%s\n\n", nb ? "Avvist; ingenting er gjort." :
	    "Refused; nothing has been done.");
	for (size_t i = 0; i < a->faults->n; i++)
		buf_printf(out, "%s %d: %s\n", nb ? "linje" : "line",
		    a->faults->fault[i].line, a->faults->fault[i].text);
	if (a->faults->n == 0)
		buf_printf(out, "%s\n", a->why);
}

/* A half-built answer of a run that was killed. */
static int
sweep(const char *dir, struct err *err)
{
	struct buf path = BUF(8192);
	struct file_list l;

	if (file_list(dir, &l, err) != 0)
		return err->status == EX_NOINPUT ? 0 : -1;
	for (size_t i = 0; i < l.n; i++) {
		buf_clear(&path);
		buf_printf(&path, "%s/%s", dir, l.name[i]);
		unlink(buf_text(&path));
	}
	buf_free(&path);
	file_list_free(&l);
	if (rmdir(dir) != 0)
		return err_errno(err, "%s", dir);
	return 0;
}

static int
fill(const struct world *w, const char *dir, const struct request_answer *a,
    struct err *err)
{
	struct buf b = { NULL, 0, 0, MOST, 0 };
	struct laid frame = { "", 0 }, sample = { "", 0 }, other = { "", 0 };
	int r = -1;

	if (a->why == NULL) {
		if (rows(w->db, frame_sql, a->frame->frame, &b, err) != 0 ||
		    put(dir, "frame.csv", a->asker, &b, &frame, err) != 0)
			goto out;
		buf_clear(&b);
		frame_print(a->frame, w->lang, &b);
		if (put(dir, "funnel.txt", a->asker, &b, &other, err) != 0)
			goto out;
	}
	if (a->why == NULL && a->drawn) {
		buf_clear(&b);
		if (rows(w->db, sample_sql, a->study_id, &b, err) != 0 ||
		    put(dir, "sample.csv", a->asker, &b, &sample, err) != 0)
			goto out;
	}
	buf_clear(&b);
	if (record(w, a, &frame, &sample, &b, err) != 0 ||
	    put(dir, "record.json", a->asker, &b, &other, err) != 0)
		goto out;
	buf_clear(&b);
	words(w, a, &b);
	if (put(dir, "answer.txt", a->asker, &b, &other, err) != 0)
		goto out;
	r = 0;
out:
	buf_free(&b);
	return r;
}

int
request_lay(const struct world *w, const struct request_answer *a,
    struct err *err)
{
	struct buf tmp = BUF(8192), end = BUF(8192);
	int r = -1;

	buf_printf(&tmp, "%s/.tmp-%s", w->set->results, a->id);
	buf_printf(&end, "%s/%s", w->set->results, a->id);
	if (sweep(buf_text(&tmp), err) != 0)
		goto out;
	if (mkdir(buf_text(&tmp), 0700) != 0) {
		err_errno(err, "%s", buf_text(&tmp));
		err->status = EX_IOERR;
		goto out;
	}
	if (fill(w, buf_text(&tmp), a, err) != 0 ||
	    request_allow(buf_text(&tmp), a->asker, 1, err) != 0 ||
	    file_sync_dir(buf_text(&tmp), err) != 0)
		goto out;
	talk_step("request.lay");
	if (rename(buf_text(&tmp), buf_text(&end)) != 0) {
		err_errno(err, "%s", buf_text(&end));
		err->status = EX_IOERR;
		goto out;
	}
	r = file_sync_dir(w->set->results, err);
out:
	buf_free(&tmp);
	buf_free(&end);
	return r;
}
