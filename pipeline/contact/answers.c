#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/csv.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"
#include "pipeline/contact/answers_who.h"
#include "pipeline/contact/disposition.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"

#include "pipeline/contact/answers.h"

enum { FILE_MAX = 256 << 20 };

enum status { COMPLETE, PARTIAL, REFUSED, SCREENED, UNKNOWN };
static const char *const status_word[] = { "complete", "partial", "refused",
	"screened", "unknown" };

struct reading {
	const struct world *w;
	const struct study_answers *how;
	int64_t study;
	const char *file;		/* its name without its folder */
	struct csv csv;
	int token, email, orgnr, status, time;	/* columns; -1: not there */
	char **name;			/* of values; NULL for the columns above */
	struct answers_who *who;
	sqlite3_stmt *seen, *insert, *update, *value;
	struct answers_result *r;
};

/* ---------------------------------------------------------------- columns -- */

static int
column(struct reading *k, const char *name, int *ret, struct err *err)
{
	char names[200];

	*ret = -1;
	if (name == NULL || (*ret = csv_column(&k->csv, name)) != -1)
		return 0;
	csv_names(&k->csv, names, sizeof(names));
	return err_set(err, EX_DATAERR, "line 1: there is no column %.60s, which the "
	    "study file names under [answers]; %s", name, names);
}

/* The name to keep column ${i} under: none is empty, each is there once, and a
 * newline in a heading is a blank. */
static char *
value_name(const struct reading *k, size_t i)
{
	struct buf b = BUF(BUF_ANY);
	size_t tries = 1, j;
	char *name;

	do {
		buf_clear(&b);
		if (k->csv.head[i][0] != '\0')
			buf_str(&b, k->csv.head[i]);
		else
			buf_printf(&b, "(column %zu)", i + 1);
		if (tries > 1)
			buf_printf(&b, " (%zu)", tries);
		for (char *s = b.data; *s != '\0'; s++)
			if (*s == '\n' || *s == '\r')
				*s = ' ';
		for (j = 0; j < i; j++)
			if (k->name[j] != NULL && strcmp(k->name[j], b.data) == 0)
				break;
	} while (j < i && tries++ < CSV_FIELDS);
	name = mem_str(buf_text(&b));
	buf_free(&b);
	return name;
}

static void
name_values(struct reading *k)
{
	const int own[] = { k->token, k->email, k->orgnr, k->status, k->time };

	k->name = mem_array(k->csv.n, sizeof(*k->name));
	for (size_t i = 0; i < k->csv.n; i++) {
		int skip = 0;

		for (size_t j = 0; j < sizeof(own) / sizeof(own[0]); j++)
			skip |= own[j] == (int)i;
		if (!skip)
			k->name[i] = value_name(k, i);
	}
}

static int
find_columns(struct reading *k, struct err *err)
{
	if (column(k, k->how->col_token, &k->token, err) != 0 ||
	    column(k, k->how->col_email, &k->email, err) != 0 ||
	    column(k, k->how->col_orgnr, &k->orgnr, err) != 0 ||
	    column(k, k->how->col_status, &k->status, err) != 0 ||
	    column(k, k->how->col_time, &k->time, err) != 0)
		return -1;
	if (k->token == -1 && k->email == -1 && k->orgnr == -1)
		return err_set(err, EX_CONFIG, "the study file says under [answers] "
		    "neither token, email nor orgnr: rows cannot be tied to anybody");
	name_values(k);
	return 0;
}

/* ------------------------------------------------------------------ fields -- */

static const char *
field(const struct reading *k, int column)
{
	return column >= 0 ? k->csv.field[column] : NULL;
}

/* Same word, but for case (ASCII and the letters of Western Europe) and outer
 * blanks? */
static int
same_word(const char *value, const char *word)
{
	const unsigned char *a = (const unsigned char *)value;
	const unsigned char *b = (const unsigned char *)word;
	unsigned char x = 0, y = 0, before = 0;

	while (*a == ' ' || *a == '\t')
		a++;
	for (;; a++, b++) {
		x = *a;
		y = *b;
		if (before == 0xc3) {		/* U+00C0 to U+00DE */
			x |= x >= 0x80 && x <= 0x9e && x != 0x97 ? 0x20 : 0;
			y |= y >= 0x80 && y <= 0x9e && y != 0x97 ? 0x20 : 0;
		}
		if (x >= 'A' && x <= 'Z')
			x = (unsigned char)(x + 32);
		if (y >= 'A' && y <= 'Z')
			y = (unsigned char)(y + 32);
		if (x != y || x == '\0')
			break;
		before = x;
	}
	return y == '\0' && x != '\0' ? a[strspn((const char *)a, " \t")] == '\0' :
	    x == y;
}

static int
is_empty(const char *s)
{
	return s[strspn(s, " \t")] == '\0';
}

static enum status
status_of(const struct reading *k)
{
	const struct study_answers *h = k->how;
	const struct { const struct study_word *word; size_t n; } list[] = {
		{ h->complete, h->ncomplete }, { h->partial, h->npartial },
		{ h->refused, h->nrefused }, { h->screened, h->nscreened },
	};
	const char *value = field(k, k->status);
	enum status any = UNKNOWN;

	if (value == NULL)
		return COMPLETE;
	for (enum status s = COMPLETE; s < UNKNOWN; s++)
		for (size_t i = 0; i < list[s].n; i++) {
			const char *word = list[s].word[i].text;

			if (strcmp(word, "*") == 0)
				any = s;
			else if (strcmp(word, "\"\"") == 0 ? is_empty(value) :
			    same_word(value, word))
				return s;
		}
	return is_empty(value) ? UNKNOWN : any;
}

/* "DD.MM.YYYY ..." as moment_parse() has it; others as they are. */
static void
iso_time(const char *s, char out[static 64])
{
	size_t n;

	while (*s == ' ' || *s == '\t')
		s++;
	n = strlen(s);
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	if (n >= 64)
		n = 63;
	memcpy(out, s, n);
	out[n] = '\0';
	if (n < 10 || out[2] != '.' || out[5] != '.')
		return;
	memcpy(out, s + 6, 4);
	out[4] = out[7] = '-';
	memcpy(out + 5, s + 3, 2);
	memcpy(out + 8, s, 2);
}

/* 1: a moment; 0: none; -1: a text that is none. */
static int
time_of(const struct reading *k, int64_t *at)
{
	const char *s = field(k, k->time);
	char text[64];

	if (s == NULL || is_empty(s))
		return 0;
	iso_time(s, text);
	if (moment_parse(text, at) != 0)
		return -1;
	return date_of(*at) == 3652 ? 0 : 1;	/* 1980-01-01 */
}

/* -------------------------------------------------------------------- rows -- */

static void
note(struct reading *k, const char *what, const char *text)
{
	struct answers_result *r = k->r;
	struct buf clean = BUF(BUF_ANY);
	struct answers_note *n;
	size_t len;

	/* doubling when full: a power of two is full */
	if ((r->nnote & (r->nnote - 1)) == 0)
		r->note = mem_grow(r->note, r->nnote > 0 ? 2 * r->nnote : 1,
		    sizeof(*r->note));
	n = &r->note[r->nnote++];
	memset(n, 0, sizeof(*n));
	n->line = k->csv.line;
	n->what = what;
	utf8_clean(&clean, text, strlen(text));
	for (len = clean.len < sizeof(n->text) ? clean.len : sizeof(n->text) - 1;
	    len > 0 && len < clean.len &&
	    ((unsigned char)clean.data[len] & 0xc0) == 0x80; len--)
		;
	memcpy(n->text, buf_text(&clean), len);
	buf_free(&clean);
}

static void
hash_row(const struct reading *k, char out[static 65])
{
	unsigned char sum[HASH_SIZE];
	struct hash *h = hash_begin();

	for (size_t i = 0; i < k->csv.n; i++) {
		hash_add(h, k->csv.head[i], strlen(k->csv.head[i]) + 1);
		hash_add(h, k->csv.field[i], strlen(k->csv.field[i]) + 1);
	}
	hash_end(h, sum);
	hash_hex(sum, sizeof(sum), out);
}

struct row {
	char sha256[65];
	int64_t unit, answered;
	const char *matched, *why;
	enum status status;
	int timed, late;
};

static void
bind(sqlite3_stmt *s, const struct reading *k, const struct row *w)
{
	db_i64(s, 1, k->study);
	db_text(s, 2, w->sha256);
	if (w->unit != 0)
		db_i64(s, 3, w->unit);
	else
		db_null(s, 3);
	db_text(s, 4, w->matched);
	db_text(s, 5, status_word[w->status]);
	if (w->timed == 1)
		db_i64(s, 6, w->answered);
	else
		db_null(s, 6);
}

/* A row that was read before: what it means may have changed since. */
static int
known(struct reading *k, const struct row *w, struct err *err)
{
	k->r->again++;
	bind(k->update, k, w);
	return db_run(k->update, err);
}

static int
write_row(struct reading *k, const struct row *w, struct err *err)
{
	int64_t id;

	bind(k->insert, k, w);
	db_i64(k->insert, 7, (int64_t)k->csv.line);
	db_text(k->insert, 8, k->file);
	db_i64(k->insert, 9, k->w->now);
	if (db_run(k->insert, err) != 0)
		return -1;
	id = sqlite3_last_insert_rowid(k->w->db);
	for (size_t i = 0; i < k->csv.n; i++) {
		if (k->name[i] == NULL || k->csv.field[i][0] == '\0')
			continue;
		db_i64(k->value, 1, id);
		db_text(k->value, 2, k->name[i]);
		db_text(k->value, 3, k->csv.field[i]);
		if (db_run(k->value, err) != 0)
			return -1;
	}
	return 0;
}

/* Count a new row, and list what a person should look at. */
static void
count(struct reading *k, const struct row *w)
{
	int64_t *const of[] = { &k->r->complete, &k->r->partial, &k->r->refused,
		&k->r->screened, &k->r->unknown_status };
	char when[21];

	k->r->added++;
	++*of[w->status];
	if (w->status == UNKNOWN)
		note(k, "unknown status", field(k, k->status));
	if (w->timed == -1)
		note(k, "unknown time", field(k, k->time));
	if (w->unit == 0) {
		k->r->unmatched++;
		note(k, w->why, "");
	} else if (answers_who_again(k->who, w->unit)) {
		k->r->doubles++;
		note(k, "double", status_word[w->status]);
	}
	if (w->late) {
		k->r->late++;
		note(k, "late", moment_iso(w->answered, when));
	}
}

static int
take_row(struct reading *k, struct err *err)
{
	struct row w = { .answered = 0 };
	int r;

	k->r->rows++;
	hash_row(k, w.sha256);
	w.status = status_of(k);
	w.timed = time_of(k, &w.answered);
	w.late = w.timed == 1 && k->how->deadline != MOMENT_NONE &&
	    w.answered > k->how->deadline;
	w.unit = answers_who_find(k->who, field(k, k->token), field(k, k->email),
	    field(k, k->orgnr), &w.matched, &w.why);
	db_i64(k->seen, 1, k->study);
	db_text(k->seen, 2, w.sha256);
	r = db_step(k->seen, err);
	sqlite3_reset(k->seen);
	if (r < 0)
		return -1;
	if (r == 1)
		return known(k, &w, err);
	if (write_row(k, &w, err) != 0)
		return -1;
	count(k, &w);
	return 0;
}

/* ----------------------------------------------------------------- derived -- */

/* In time before late, complete before partial ..., the last before others. */
static const char sql_used[] =
    "WITH best AS (SELECT id FROM (SELECT id, row_number() OVER ("
    " PARTITION BY sample_unit ORDER BY late, CASE status WHEN 'complete' THEN 1"
    " WHEN 'partial' THEN 2 WHEN 'refused' THEN 3 ELSE 4 END,"
    " coalesce(answered, read) DESC, id DESC) AS n FROM answer"
    " WHERE study = ?1 AND sample_unit IS NOT NULL AND status <> 'unknown')"
    " WHERE n = 1)"
    " UPDATE answer SET used = NOT used WHERE study = ?1"
    " AND used <> (id IN best)";

static int
derive(struct reading *k, struct err *err)
{
	sqlite3_stmt *s;
	int r;

	if (db_prepare(k->w->db, "UPDATE answer SET late = NOT late WHERE study = ?1"
	    " AND late <> coalesce(answered > ?2, 0)", &s, err) != 0)
		return -1;
	db_i64(s, 1, k->study);
	db_i64(s, 2, k->how->deadline != MOMENT_NONE ? k->how->deadline : INT64_MAX);
	r = db_run(s, err);
	sqlite3_finalize(s);
	if (r != 0 || db_prepare(k->w->db, sql_used, &s, err) != 0)
		return -1;
	db_i64(s, 1, k->study);
	r = db_run(s, err);
	sqlite3_finalize(s);
	return r != 0 ? -1 : disposition_write(k->w, k->study, err);
}

static int
prepare(struct reading *k, struct err *err)
{
	sqlite3 *db = k->w->db;

	if (db_prepare(db, "SELECT 1 FROM answer WHERE study = ?1 AND"
	    " row_sha256 = ?2", &k->seen, err) != 0 ||
	    db_prepare(db, "INSERT INTO answer (study, row_sha256, sample_unit,"
	    " matched, status, answered, line, file, read) VALUES (?1, ?2, ?3, ?4,"
	    " ?5, ?6, ?7, ?8, ?9)", &k->insert, err) != 0 ||
	    db_prepare(db, "UPDATE answer SET sample_unit = ?3, matched = ?4,"
	    " status = ?5, answered = ?6 WHERE study = ?1 AND row_sha256 = ?2 AND"
	    " (sample_unit, matched, status, answered) IS NOT (?3, ?4, ?5, ?6)",
	    &k->update, err) != 0 ||
	    db_prepare(db, "INSERT INTO answer_value (answer, name, value)"
	    " VALUES (?1, ?2, ?3)", &k->value, err) != 0)
		return -1;
	return 0;
}

/* All rows, and what follows from them, inside the transaction. */
static int
read_rows(struct reading *k, struct err *err)
{
	int r;

	if ((k->who = answers_who_load(k->w->db, k->study, err)) == NULL ||
	    prepare(k, err) != 0)
		return -1;
	while ((r = csv_next(&k->csv, err)) == 1)
		if (take_row(k, err) != 0)
			return -1;
	if (r != 0)
		return -1;
	talk_step("answers.2");
	if (derive(k, err) != 0)
		return -1;
	if (k->r->added > 0 && studies_event(k->w, k->study, "answers", err,
	    "%" PRId64 " rows added, %" PRId64 " complete", k->r->added,
	    k->r->complete) != 0)
		return -1;
	talk_step("answers.3");
	return 0;
}

static void
done(struct reading *k)
{
	for (size_t i = 0; k->name != NULL && i < k->csv.n; i++)
		free(k->name[i]);
	free(k->name);
	sqlite3_finalize(k->seen);
	sqlite3_finalize(k->insert);
	sqlite3_finalize(k->update);
	sqlite3_finalize(k->value);
	answers_who_free(k->who);
	csv_close(&k->csv);
}

int
answers_read(const struct world *w, const struct study *study, int64_t study_id,
    const char *path, struct answers_result *ret, struct err *err)
{
	struct reading k = { .w = w, .how = &study->answers, .study = study_id,
	    .r = ret };
	const char *slash = strrchr(path, '/');
	struct buf text = BUF(FILE_MAX);
	int r = -1;

	memset(ret, 0, sizeof(*ret));
	k.file = slash != NULL ? slash + 1 : path;
	if (file_read(path, FILE_MAX, &text, err) != 0)
		goto out;
	if (csv_open(&k.csv, buf_text(&text), text.len, 0, err) != 0 ||
	    find_columns(&k, err) != 0)
		goto context;
	ret->bom = k.csv.bom;
	ret->latin1 = k.csv.latin1;
	ret->delimiter = k.csv.delimiter;
	talk_step("answers.1");
	if (db_begin(w->db, err) != 0)
		goto out;
	if (read_rows(&k, err) != 0) {
		db_rollback(w->db);
		goto context;
	}
	if (w->dry_run)
		db_rollback(w->db);
	else if (db_commit(w->db, err) != 0) {
		db_rollback(w->db);
		goto out;
	}
	talk_step("answers.4");
	r = 0;
	goto out;

context:
	err_context(err, "%s", k.file);
out:
	done(&k);
	buf_free(&text);
	if (r != 0)
		answers_result_free(ret);
	return r;
}

void
answers_result_free(struct answers_result *r)
{
	free(r->note);
	memset(r, 0, sizeof(*r));
}
