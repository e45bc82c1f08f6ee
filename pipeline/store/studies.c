#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"
#include "config/study_diff.h"
#include "pipeline/store/store.h"

#include "pipeline/store/studies.h"

static int
is_path(const char *arg)
{
	size_t n = strlen(arg);

	return strchr(arg, '/') != NULL || strcmp(arg, "-") == 0 ||
	    (n > 4 && strcmp(arg + n - 4, ".ini") == 0);
}

static int
id_of(sqlite3 *db, const char *name, int64_t *id, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	*id = 0;
	if (db == NULL)
		return 0;
	if (db_prepare(db, "SELECT id FROM study WHERE name = ?1", &s, err) != 0)
		return -1;
	db_text(s, 1, name);
	if ((r = db_step(s, err)) == 1)
		*id = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return r < 0 ? -1 : 0;
}

/* Is ${study} the file that is kept?  Then it stands for what that stands for. */
static int
take_drawn(sqlite3 *db, int64_t id, struct study *study, struct err *err)
{
	sqlite3_stmt *s = NULL;
	char hex[65];
	int r;

	if (id == 0)
		return 0;
	if (db_prepare(db, "SELECT drawn_sha256 FROM study WHERE id = ?1 AND"
	    " file_sha256 = ?2 AND drawn_sha256 IS NOT NULL", &s, err) != 0)
		return -1;
	db_i64(s, 1, id);
	db_text(s, 2, hash_hex(study->sha256, 32, hex));
	r = db_step(s, err);
	if (r == 1 && hash_unhex(db_col(s, 0), study->drawn_sha256, 32) != 0)
		r = err_set(err, EX_DATAERR, "study.drawn_sha256: is no hash");
	sqlite3_finalize(s);
	return r < 0 ? -1 : 0;
}

int
studies_get(const struct world *w, int64_t id, struct study **study,
    struct err *err)
{
	struct buf path = BUF(8192);
	sqlite3_stmt *s = NULL;
	int r = -1;

	*study = NULL;
	if (db_prepare(w->db, "SELECT name, folder, file FROM study WHERE id = ?1",
	    &s, err) != 0)
		return -1;
	db_i64(s, 1, id);
	if (db_step(s, err) == 1) {
		buf_printf(&path, "%s/%s.ini", db_col(s, 1), db_col(s, 0));
		r = study_read_text(buf_text(&path), sqlite3_column_blob(s, 2),
		    (size_t)sqlite3_column_bytes(s, 2), study, NULL, err);
	} else
		err_set(err, EX_SOFTWARE, "study %lld is not in the database",
		    (long long)id);
	sqlite3_finalize(s);
	buf_free(&path);
	if (r == 0 && take_drawn(w->db, id, *study, err) != 0) {
		study_free(*study);
		*study = NULL;
		return -1;
	}
	return r;
}

/* The names there are, for a message. */
static void
known(sqlite3 *db, struct buf *b)
{
	struct err ignored;
	sqlite3_stmt *s = NULL;
	int n = 0;

	if (db != NULL && db_prepare(db, "SELECT name FROM study ORDER BY name", &s,
	    &ignored) == 0)
		while (n < 8 && db_step(s, &ignored) == 1)
			buf_printf(b, "%s%s", n++ > 0 ? ", " : "", db_col(s, 0));
	sqlite3_finalize(s);
	if (n == 0)
		buf_str(b, "none yet");
}

/* The file of a study that the administrator or this program brought: 1, 0. */
static int
shipped(const char *name, struct buf *path)
{
	static const char *const folder[] = { "/etc/utvalg/studies",
		PREFIX "/share/utvalg/studies" };

	for (size_t i = 0; i < sizeof(folder) / sizeof(folder[0]); i++) {
		buf_clear(path);
		buf_printf(path, "%s/%s.ini", folder[i], name);
		if (file_exists(buf_text(path)))
			return 1;
	}
	return 0;
}

/* 1: there is none. */
static int
find_shipped(const char *name, struct study **study, struct err *err)
{
	struct buf path = BUF(8192);
	int r = 1;

	if (shipped(name, &path))
		r = study_read(buf_text(&path), study, NULL, err);
	buf_free(&path);
	return r;
}

int
studies_find(const struct world *w, const char *arg, struct study **study,
    int64_t *id, struct err *err)
{
	struct buf names = BUF(400);
	int r;

	*study = NULL;
	*id = 0;
	if (is_path(arg)) {
		if (study_read(arg, study, NULL, err) != 0)
			return -1;
		if (id_of(w->db, (*study)->name, id, err) == 0 &&
		    take_drawn(w->db, *id, *study, err) == 0)
			return 0;
		study_free(*study);
		*study = NULL;
		return -1;
	}
	if (id_of(w->db, arg, id, err) != 0)
		return -1;
	if (*id != 0)
		return studies_get(w, *id, study, err);
	if ((r = find_shipped(arg, study, err)) != 1)
		return r;
	if (file_exists(arg))
		err_set(err, EX_NOINPUT, "no study is called %s; for the file write "
		    "./%s", arg, arg);
	else {
		known(w->db, &names);
		err_set(err, EX_NOINPUT, "no study is called %.60s (known: %s); give "
		    "its file, NAME.ini", arg, buf_text(&names));
	}
	buf_free(&names);
	return -1;
}

static int
check_owner(const struct world *w, const char *name, int64_t owner,
    struct err *err)
{
	struct buf path = BUF(8192);
	sqlite3_stmt *s = NULL;
	int r, other = 0;

	if (owner < 0)
		return 0;
	/* the name would be found before the administrator's file */
	other = shipped(name, &path);
	buf_free(&path);
	if (other)
		return err_set(err, EX_NOPERM, "study %s is the administrator's: choose "
		    "another name", name);
	if (db_prepare(w->db, "SELECT 1 FROM study WHERE name = ?1 AND owner IS NOT ?2",
	    &s, err) != 0)
		return -1;
	db_text(s, 1, name);
	db_i64(s, 2, owner);
	if ((r = db_step(s, err)) == 1)
		other = 1;
	sqlite3_finalize(s);
	if (r < 0)
		return -1;
	if (other)
		return err_set(err, EX_NOPERM, "study %s belongs to somebody else: "
		    "choose another name", name);
	return 0;
}

int
studies_put(const struct world *w, const struct study *study, int64_t owner,
    int64_t *id, struct err *err)
{
	sqlite3_stmt *s = NULL;
	/* as it is found from anywhere: the next command may be typed elsewhere */
	char hex[65], *folder = realpath(study->folder[0] != '\0' ?
	    study->folder : ".", NULL);
	int r = -1;

	if (check_owner(w, study->name, owner, err) != 0)
		goto out;
	if (db_prepare(w->db, "INSERT INTO study (name, owner, file, folder,"
	    " file_sha256, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
	    " ON CONFLICT (name) DO UPDATE SET file = excluded.file,"
	    " folder = excluded.folder, file_sha256 = excluded.file_sha256,"
	    " drawn_sha256 = iif(file_sha256 = excluded.file_sha256, drawn_sha256,"
	    " NULL)"
	    " WHERE file_sha256 <> excluded.file_sha256"
	    " OR folder <> excluded.folder", &s, err) != 0)
		goto out;
	db_text(s, 1, study->name);
	if (owner >= 0)
		db_i64(s, 2, owner);
	sqlite3_bind_blob64(s, 3, study->text, study->len, SQLITE_STATIC);
	db_text(s, 4, folder != NULL ? folder : study->folder);
	db_text(s, 5, hash_hex(study->sha256, 32, hex));
	db_i64(s, 6, w->now);
	if (db_run(s, err) != 0 || id_of(w->db, study->name, id, err) != 0)
		goto out;
	r = 0;
out:
	sqlite3_finalize(s);
	free(folder);
	return r;
}

/* The transaction's inside. */
static int
write_renewed(const struct world *w, int64_t id, const struct study *now,
    const struct study *was, const char *keys, struct err *err)
{
	char *folder = realpath(now->folder[0] != '\0' ? now->folder : ".", NULL);
	char hex[65], drawn[65];
	sqlite3_stmt *s = NULL;
	int r = -1;

	if (db_prepare(w->db, "UPDATE study SET file = ?2, folder = ?3, file_sha256 ="
	    " ?4, drawn_sha256 = ?5 WHERE id = ?1", &s, err) == 0) {
		db_i64(s, 1, id);
		sqlite3_bind_blob64(s, 2, now->text, now->len, SQLITE_STATIC);
		db_text(s, 3, folder != NULL ? folder : now->folder);
		db_text(s, 4, hash_hex(now->sha256, 32, hex));
		db_text(s, 5, hash_hex(was->drawn_sha256, 32, drawn));
		r = db_run(s, err);
	}
	sqlite3_finalize(s);
	free(folder);
	if (r != 0)
		return -1;
	talk_step("renew.2");
	return studies_event(w, id, "renew", err, "study file %.12s, drawn with %.12s: "
	    "%s", hex, drawn, keys);
}

int
studies_renew(const struct world *w, int64_t id, const struct study *now,
    struct buf *keys, struct err *err)
{
	struct buf fixed = BUF(4000);
	struct study *was = NULL;
	int r = -1;

	if (studies_get(w, id, &was, err) != 0)
		return -1;
	study_compare(was, now, &fixed, keys);
	if (fixed.len > 0) {
		err_set(err, EX_DATAERR, "%s is not renewed: population or draw would "
		    "be others (%.300s); give the study another name", now->name,
		    buf_text(&fixed));
		goto out;
	}
	talk_step("renew.1");
	if (db_begin(w->db, err) != 0)
		goto out;
	if (write_renewed(w, id, now, was, keys->len > 0 ? buf_text(keys) :
	    "comments and layout", err) == 0 && db_commit(w->db, err) == 0) {
		talk_step("renew.3");
		r = 0;
	} else
		db_rollback(w->db);
out:
	study_free(was);
	buf_free(&fixed);
	return r;
}

int
studies_all(sqlite3 *db, int64_t **ids, size_t *n, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	*ids = NULL;
	*n = 0;
	if (db_prepare(db, "SELECT id FROM study ORDER BY name", &s, err) != 0)
		return -1;
	while ((r = db_step(s, err)) == 1) {
		*ids = mem_grow(*ids, *n + 1, sizeof(**ids));
		(*ids)[(*n)++] = sqlite3_column_int64(s, 0);
	}
	sqlite3_finalize(s);
	return r;
}

int
studies_event(const struct world *w, int64_t study, const char *what,
    struct err *err, const char *fmt, ...)
{
	sqlite3_stmt *s = NULL;
	char text[400];
	va_list ap;
	int r;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (db_prepare(w->db, "INSERT INTO event (at, study, what, detail)"
	    " VALUES (?1, ?2, ?3, ?4)", &s, err) != 0)
		return -1;
	db_i64(s, 1, w->now);
	if (study > 0)
		db_i64(s, 2, study);
	db_text(s, 3, what);
	db_text(s, 4, text);
	r = db_run(s, err);
	sqlite3_finalize(s);
	return r;
}
