#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/file.h"
#include "pipeline/base/mem.h"

#include "pipeline/store/store.h"

extern const unsigned char embed_schema_sql[];
extern const size_t embed_schema_sql_len;

enum { BUSY_MS = 30000 };

/* SQLite takes a schema that it could not read for a damaged one.  Is the file
 * read to its end?  By SQLite's own descriptor: to close another one would lose
 * its locks. */
static int
disk_reads(sqlite3 *db)
{
	static char piece[65536];
	sqlite3_file *f = NULL;
	sqlite3_int64 size = 0;
	int r = SQLITE_OK;

	if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &f) !=
	    SQLITE_OK || f == NULL || f->pMethods == NULL ||
	    f->pMethods->xFileSize(f, &size) != SQLITE_OK)
		return 1;
	for (sqlite3_int64 at = 0; at < size; at += (int)sizeof(piece)) {
		r = f->pMethods->xRead(f, piece, (int)sizeof(piece), at);
		if (r != SQLITE_OK && r != SQLITE_IOERR_SHORT_READ)
			return 0;
	}
	return 1;
}

int
db_fail(sqlite3 *db, struct err *err, const char *what)
{
	int code = sqlite3_errcode(db), status = EX_SOFTWARE, number;

	switch (code & 0xff) {
	case SQLITE_FULL:
	case SQLITE_IOERR:
		status = EX_IOERR;
		break;
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
		status = EX_CANTCREAT;
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		status = EX_TEMPFAIL;
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		status = EX_DATAERR;
		if (!disk_reads(db))
			return err_set(err, EX_IOERR, "%s: disk I/O error: %s", what,
			    strerror(EIO));
		break;
	default:
		break;
	}
	if ((status == EX_IOERR || status == EX_CANTCREAT) &&
	    (number = sqlite3_system_errno(db)) != 0)
		return err_set(err, status, "%s: %s: %s", what, sqlite3_errmsg(db),
		    strerror(number));
	return err_set(err, status, "%s: %s", what, sqlite3_errmsg(db));
}

int
db_exec(sqlite3 *db, const char *sql, struct err *err)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return db_fail(db, err, "database");
	return 0;
}

int
db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **stmt, struct err *err)
{
	if (sqlite3_prepare_v2(db, sql, -1, stmt, NULL) != SQLITE_OK)
		return db_fail(db, err, "database");
	return 0;
}

int
db_step(sqlite3_stmt *stmt, struct err *err)
{
	switch (sqlite3_step(stmt)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return db_fail(sqlite3_db_handle(stmt), err, "database");
	}
}

int
db_run(sqlite3_stmt *stmt, struct err *err)
{
	int r;

	while ((r = db_step(stmt, err)) == 1)
		;
	sqlite3_reset(stmt);
	return r;
}

int
db_int(sqlite3 *db, const char *sql, int64_t *ret, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int r;

	if (db_prepare(db, sql, &stmt, err) != 0)
		return -1;
	r = db_step(stmt, err);
	if (r == 1)
		*ret = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return r;
}

int
db_begin(sqlite3 *db, struct err *err)
{
	return db_exec(db, "BEGIN IMMEDIATE", err);
}

int
db_commit(sqlite3 *db, struct err *err)
{
	return db_exec(db, "COMMIT", err);
}

void
db_rollback(sqlite3 *db)
{
	if (!sqlite3_get_autocommit(db))
		(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
}

void
db_text(sqlite3_stmt *stmt, int i, const char *s)
{
	if (s == NULL)
		sqlite3_bind_null(stmt, i);
	else
		sqlite3_bind_text(stmt, i, s, -1, SQLITE_STATIC);
}

void
db_text_copy(sqlite3_stmt *stmt, int i, const char *s)
{
	if (s == NULL)
		sqlite3_bind_null(stmt, i);
	else
		sqlite3_bind_text(stmt, i, s, -1, SQLITE_TRANSIENT);
}

void
db_i64(sqlite3_stmt *stmt, int i, int64_t v)
{
	sqlite3_bind_int64(stmt, i, v);
}

void
db_real(sqlite3_stmt *stmt, int i, double v)
{
	sqlite3_bind_double(stmt, i, v);
}

void
db_null(sqlite3_stmt *stmt, int i)
{
	sqlite3_bind_null(stmt, i);
}

const char *
db_col(sqlite3_stmt *stmt, int i)
{
	const unsigned char *s = sqlite3_column_text(stmt, i);

	return s != NULL ? (const char *)s : "";
}

void
store_cache(sqlite3 *db, int kib)
{
	struct err ignored;
	char sql[60];

	snprintf(sql, sizeof(sql), "PRAGMA cache_size = -%d", kib);
	(void)db_exec(db, sql, &ignored);	/* cannot fail, and would not matter */
}

static int
reads(enum store_mode mode)
{
	return mode == STORE_READ || mode == STORE_READ_OLD;
}

static int
pragmas(sqlite3 *db, enum store_mode mode, struct err *err)
{
	if (reads(mode))
		return db_exec(db, "PRAGMA foreign_keys = ON;"
		    "PRAGMA query_only = ON;", err);
	/* the page size is that of a new file; one thread more sorts what an index
	 * is made of */
	store_cache(db, STORE_CACHE);
	return db_exec(db, "PRAGMA page_size = 8192; PRAGMA foreign_keys = ON;"
	    "PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
	    "PRAGMA threads = 1;", err);
}

void
store_bulk(sqlite3 *db)
{
	struct err ignored;

	/* no waiting: others go on reading, and the log will do as well */
	sqlite3_busy_timeout(db, 0);
	if (db_exec(db, "PRAGMA journal_mode = DELETE", &ignored) == 0)
		store_cache(db, STORE_CACHE_LEAN);
	sqlite3_busy_timeout(db, BUSY_MS);
}

void
store_bulk_end(sqlite3 *db)
{
	struct err ignored;

	(void)db_exec(db, "PRAGMA journal_mode = WAL", &ignored);
	store_cache(db, STORE_CACHE);
}

static int
create_schema(sqlite3 *db, struct err *err)
{
	char *sql = mem_strn((const char *)embed_schema_sql, embed_schema_sql_len);
	int r = -1;

	if (db_begin(db, err) != 0)
		goto out;
	if (db_exec(db, sql, err) != 0 || db_commit(db, err) != 0) {
		db_rollback(db);
		goto out;
	}
	r = 0;
out:
	free(sql);
	return r;
}

/* Which schema does the file have, 0: none yet?  It is left as it is here: a
 * database that is not for us must not even be turned to WAL. */
static int
read_version(sqlite3 *db, int64_t *version, struct err *err)
{
	int64_t tables = 0, ours = 0;

	sqlite3_busy_timeout(db, BUSY_MS);
	/* one look: another process may be making the schema */
	if (db_exec(db, "BEGIN", err) != 0 ||
	    db_int(db, "PRAGMA user_version", version, err) == -1 ||
	    db_int(db, "SELECT count(*) FROM sqlite_schema", &tables, err) == -1 ||
	    db_int(db, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND"
	    " name IN ('extract', 'unit', 'study')", &ours, err) == -1 ||
	    db_exec(db, "COMMIT", err) != 0)
		return -1;
	if (*version > STORE_SCHEMA)
		return err_set(err, EX_CONFIG, "the database is of a newer version "
		    "(schema %" PRId64 ", this program knows %d): use that version",
		    *version, STORE_SCHEMA);
	if (*version < 0 || (*version == 0) != (tables == 0) ||
	    (*version > 0 && ours != 3))
		return err_set(err, EX_DATAERR, "the database is another program's");
	return 0;
}

static int
check_version(int64_t version, enum store_mode mode, struct err *err)
{
	if (version == STORE_SCHEMA || (version > 0 &&
	    (mode == STORE_READ_OLD || mode == STORE_WRITE_OLD)))
		return 0;
	if (version > 0)
		return err_set(err, EX_CONFIG, "the database is of an older version "
		    "(schema %" PRId64 ", this program has %d): utvalg migrate takes it "
		    "forward and keeps a copy, as does every command that writes",
		    version, STORE_SCHEMA);
	if (reads(mode))
		return err_set(err, EX_NOINPUT, "nothing is stored yet: "
		    "load a register first (utvalg pull)");
	return 0;
}

/* What is in the way of a state folder that can be written, in words. */
static int
make_state(const char *state, struct err *err)
{
	if (file_mkdirs(state, 0700, err) != 0)
		return -1;
	if (access(state, W_OK | X_OK) != 0)
		return err_errno(err, "%s", state);
	return 0;
}

/* A folder that cannot be written, as a backup's, and no write-ahead log or
 * journal in it: there is no room for shared memory, and no need of it. */
static int
nobody_writes(const char *state)
{
	static const char *const beside[] = { "utvalg.db-wal", "utvalg.db-shm",
		"utvalg.db-journal" };
	struct buf path = BUF(4096);
	int r = access(state, W_OK) != 0;

	for (size_t i = 0; r && i < 3; i++) {
		buf_clear(&path);
		buf_printf(&path, "%s/%s", state, beside[i]);
		r = access(buf_text(&path), F_OK) != 0;
	}
	buf_free(&path);
	return r;
}

/* The file's name as SQLite is told that it will not change. */
static void
immutable(const char *path, struct buf *b)
{
	buf_str(b, "file:");
	for (; *path != '\0'; path++)
		if (strchr("%?#", *path) != NULL)
			buf_printf(b, "%%%02X", (unsigned char)*path);
		else
			buf_chr(b, *path);
	buf_str(b, "?immutable=1");
}

/* SQLite takes a schema that it could not read for a damaged one.  Is the file
 * read to its end?  (After the database is closed: to close another descriptor
 * of it would lose its locks.) */
static void
blame_disk(const char *path, struct err *err)
{
	static char piece[65536];
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return;
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		;
	if (n < 0 && errno == EIO)
		err_errno(err, "%s", path);
	close(fd);
}

int
store_open(const char *state, enum store_mode mode, sqlite3 **ret,
    struct err *err)
{
	struct buf path = BUF(4096), name = BUF(16384);
	sqlite3 *db = NULL;
	int64_t version = 0;
	int fd, flags;

	*ret = NULL;
	buf_printf(&path, "%s/utvalg.db", state);
	if (!reads(mode)) {
		if (make_state(state, err) != 0)
			goto fail;
		/* made here, so that it is never for a moment readable by others */
		fd = open(buf_text(&path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (fd == -1) {
			err_errno(err, "%s", buf_text(&path));
			goto fail;
		}
		close(fd);
	} else if (access(buf_text(&path), F_OK) != 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			err_set(err, EX_NOINPUT, "%s: nothing is stored there yet: "
			    "load a register first (utvalg pull)", state);
		else
			err_errno(err, "%s", buf_text(&path));
		goto fail;
	}
	/* Reading opens for writing too: WAL wants its shared memory. */
	flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	if (reads(mode) && nobody_writes(state)) {
		flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
		immutable(buf_text(&path), &name);
	} else
		buf_str(&name, buf_text(&path));
	if (sqlite3_open_v2(buf_text(&name), &db, flags, NULL) != SQLITE_OK) {
		db_fail(db, err, buf_text(&path));
		goto close_db;
	}
	sqlite3_extended_result_codes(db, 1);
	if (read_version(db, &version, err) != 0 ||
	    check_version(version, mode, err) != 0 || pragmas(db, mode, err) != 0 ||
	    (version == 0 && create_schema(db, err) != 0))
		goto context;
	buf_free(&path);
	buf_free(&name);
	*ret = db;
	return 0;

context:
	err_context(err, "%s", buf_text(&path));
close_db:
	sqlite3_close(db);
	if (err->status == EX_DATAERR)
		blame_disk(buf_text(&path), err);
fail:
	buf_free(&path);
	buf_free(&name);
	return -1;
}

void
store_close(sqlite3 *db)
{
	if (db != NULL)
		sqlite3_close_v2(db);
}
