#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "config/settings.h"
#include "email/email.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/num.h"
#include "pipeline/store/store.h"

#include "pipeline/store/audit.h"

enum { FILE_MAX = 256 << 20, DEPTH = 8, PATH_SIZE = 4400 };

struct audit {
	const struct world *w;
	const struct erased *erased;
	audit_found found;
	void *ctx;
	int64_t last;		/* erasure */
};

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Of an address: what stands about an @ without a gap. */
static int
in_address(char c)
{
	return (unsigned char)c > ' ' && strchr("<>\",;:()[]'|=\\", c) == NULL;
}

static int
is_address(const struct audit *a, const char *text, size_t len, size_t at)
{
	size_t from = at, to = at;
	char key[EMAIL_KEY_MAX];

	while (from > 0 && at - from < 64 && in_address(text[from - 1]))
		from--;
	while (to < len && to - at < 255 && in_address(text[to]))
		to++;
	return from < at && to > at + 1 &&
	    email_key(text + from, to - from, key, sizeof(key)) == 0 &&
	    erased_has_email(a->erased, a->w, key);
}

static int64_t
look(const struct audit *a, const char *text, size_t len)
{
	int64_t n = 0;
	int32_t orgnr;
	const char *why;

	for (size_t i = 0; i < len; ) {
		size_t k = i;

		while (k < len && is_digit(text[k]))
			k++;
		if (k - i == 9 && num_orgnr(text + i, 9, &orgnr, &why) == 0)
			n += erased_has(a->erased, a->w, orgnr);
		if (k == i) {
			n += text[i] == '@' && is_address(a, text, len, i);
			k++;
		}
		i = k;
	}
	return n;
}

int64_t
audit_text(const struct world *w, const struct erased *erased, const char *text,
    size_t len)
{
	const struct audit a = { .w = w, .erased = erased };

	return look(&a, text, len);
}

/* --- the database ------------------------------------------------------------ */

static int
column(struct audit *a, const char *table, const char *name, struct err *err)
{
	char sql[1000], where[300];
	sqlite3_stmt *s = NULL;
	int64_t n = 0;
	int r;

	snprintf(sql, sizeof(sql), "SELECT \"%s\" FROM \"%s\" WHERE typeof(\"%s\") IN"
	    " ('text', 'blob') OR (typeof(\"%s\") = 'integer' AND \"%s\" BETWEEN"
	    " 100000000 AND 999999999)", name, table, name, name, name);
	if (db_prepare(a->w->db, sql, &s, err) != 0)
		return -1;
	while ((r = db_step(s, err)) == 1) {
		const char *text = sqlite3_column_blob(s, 0);
		int len;

		if (sqlite3_column_type(s, 0) == SQLITE_INTEGER)
			text = (const char *)sqlite3_column_text(s, 0);
		len = sqlite3_column_bytes(s, 0);
		if (text != NULL && len > 0)
			n += look(a, text, (size_t)len);
	}
	sqlite3_finalize(s);
	snprintf(where, sizeof(where), "%s.%s", table, name);
	return r < 0 || (n > 0 && a->found(a->ctx, where, n) != 0) ? -1 : 0;
}

static int
database(struct audit *a, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(a->w->db, "SELECT t.name, c.name FROM pragma_table_list t JOIN"
	    " pragma_table_info(t.name) c WHERE t.schema = 'main' AND t.type = 'table'"
	    " AND t.name NOT LIKE 'sqlite_%' AND NOT (t.name IN ('unit', 'unit_history')"
	    " AND c.name = 'parent')", &s, err) != 0)
		return -1;
	while ((r = db_step(s, err)) == 1) {
		char table[100], name[100];

		snprintf(table, sizeof(table), "%s", db_col(s, 0));
		snprintf(name, sizeof(name), "%s", db_col(s, 1));
		if (column(a, table, name, err) != 0) {
			r = -1;
			break;
		}
	}
	sqlite3_finalize(s);
	return r;
}

/* --- the files ---------------------------------------------------------------- */

static int
one_file(struct audit *a, const char *path, const char *under,
    const struct stat *st, struct err *err)
{
	struct buf text = BUF(FILE_MAX);
	int64_t n;
	int r = 0;

	if (strncmp(under, "utvalg.db", 9) == 0) {
		if (strcmp(under, "utvalg.db") == 0 || strcmp(under, "utvalg.db-wal") == 0 ||
		    strcmp(under, "utvalg.db-shm") == 0 || st->st_mtime > a->last)
			return 0;
		return a->found(a->ctx, under, 1);
	}
	if (file_read(path, FILE_MAX, &text, err) != 0)
		r = -1;
	else if ((n = look(a, buf_text(&text), text.len)) > 0)
		r = a->found(a->ctx, under, n);
	buf_free(&text);
	return r;
}

static int
folder(struct audit *a, const char *under, int depth, struct err *err)
{
	struct file_list l;
	char path[PATH_SIZE], next[PATH_SIZE];
	struct stat st;
	int r = 0;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", a->w->set->state, under) >=
	    sizeof(path))
		return 0;
	if (file_list(path, &l, err) != 0)
		return -1;
	for (size_t i = 0; r == 0 && i < l.n; i++) {
		if ((size_t)snprintf(next, sizeof(next), "%s%s%s", under,
		    *under != '\0' ? "/" : "", l.name[i]) >= sizeof(next) ||
		    (size_t)snprintf(path, sizeof(path), "%s/%s", a->w->set->state,
		    next) >= sizeof(path) || lstat(path, &st) != 0)
			continue;
		/* keys are secret; extracts are the register stage's */
		if (strcmp(next, "keys") == 0 || strcmp(next, "extracts") == 0)
			continue;
		if (S_ISDIR(st.st_mode) && depth < DEPTH)
			r = folder(a, next, depth + 1, err);
		else if (S_ISREG(st.st_mode))
			r = one_file(a, path, next, &st, err);
	}
	file_list_free(&l);
	return r;
}

int
audit_left(const struct world *w, audit_found found, void *ctx, struct err *err)
{
	struct audit a = { .w = w, .found = found, .ctx = ctx };
	struct erased *erased = erased_load(w->db, MOMENT_NONE, err);
	int r;

	if (erased == NULL)
		return -1;
	a.erased = erased;
	r = erased_count(erased) == 0 ? 0 :
	    db_int(w->db, "SELECT max(erased) FROM tombstone", &a.last, err) < 0 ||
	    database(&a, err) != 0 || folder(&a, "", 0, err) != 0 ? -1 : 0;
	erased_free(erased);
	return r;
}
