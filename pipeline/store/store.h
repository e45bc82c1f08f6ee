#ifndef PIPELINE_STORE_STORE_H
#define PIPELINE_STORE_STORE_H

/*
 * store -- the one SQLite file, STATE/utvalg.db, and how it is spoken to.
 *
 * schema.sql is the data dictionary.  Opening for writing makes the state
 * folder (0700) and the file (0600) where they are missing.  A schema from a
 * newer version is refused (EX_CONFIG), and one from an older version until it
 * has been taken forward (migrate.h), as is a file that is no database or another
 * program's (EX_DATAERR); all are left as they are, octet by octet; a folder that
 * cannot be written, EX_CANTCREAT or EX_NOPERM; a full disk, EX_IOERR.
 *
 * WAL, foreign keys on, synchronous FULL, busy time-out 30 s.  Writers hold
 * the lock of lock.h, so that SQLITE_BUSY is for readers of other programs.
 */

#include <sqlite3.h>
#include <stdint.h>

#include "pipeline/base/err.h"

enum { STORE_SCHEMA = 2 };

enum store_mode {
	STORE_READ,		/* must exist; EX_NOINPUT with a hint if not */
	STORE_WRITE,		/* made where missing */
	STORE_READ_OLD,		/* the same, and an older schema is taken as it */
	STORE_WRITE_OLD,	/* is: for migrate.h and private copies */
};

int store_open(const char *state, enum store_mode mode, sqlite3 **ret,
    struct err *err);
void store_close(sqlite3 *);

/* How much of the database may be held in memory, in KiB: as a writer opens it,
 * and where much else needs room.  Making an index takes up to three times that. */
enum { STORE_CACHE = 16384, STORE_CACHE_LEAN = 4096 };
void store_cache(sqlite3 *, int kib);

/*
 * Before a transaction that fills an empty register: its pages go straight to
 * the end of the file, with a rollback journal of the few old ones, instead of
 * into the write-ahead log and from there into the file.  As safe, half the
 * octets written.  Readers wait meanwhile; there is no register to read yet.
 * Where somebody else has the database open it stays as it is.  store_bulk_end()
 * after the transaction, in any case.  A run killed between the two leaves a
 * journal that whoever opens next rolls back.
 */
void store_bulk(sqlite3 *);
void store_bulk_end(sqlite3 *);

/* Statements.  All set *${err} from the database on failure: a full disk or
 * I/O error EX_IOERR, read-only EX_CANTCREAT, busy EX_TEMPFAIL, corrupt
 * EX_DATAERR, anything else EX_SOFTWARE. */
int db_exec(sqlite3 *, const char *sql, struct err *);
int db_prepare(sqlite3 *, const char *sql, sqlite3_stmt **, struct err *);
/* 1: a row; 0: done; -1. */
int db_step(sqlite3_stmt *, struct err *);
/* Step to the end, reset, keep the bindings' statement usable.  0 or -1. */
int db_run(sqlite3_stmt *, struct err *);
int db_fail(sqlite3 *, struct err *, const char *what);	/* -1 */

/* One value of one row; *${ret} is left alone where there is no row (returns
 * 0), else 1, or -1. */
int db_int(sqlite3 *, const char *sql, int64_t *ret, struct err *);

/* IMMEDIATE: learn of a busy database here, not half-way through. */
int db_begin(sqlite3 *, struct err *);
int db_commit(sqlite3 *, struct err *);
void db_rollback(sqlite3 *);		/* harmless outside a transaction */

/* Bind by position; NULL text is NULL. Text must live until the step. */
void db_text(sqlite3_stmt *, int i, const char *s);
void db_text_copy(sqlite3_stmt *, int i, const char *s);
void db_i64(sqlite3_stmt *, int i, int64_t v);
void db_real(sqlite3_stmt *, int i, double v);
void db_null(sqlite3_stmt *, int i);
/* Column as text, "" for NULL. */
const char *db_col(sqlite3_stmt *, int i);

#endif /* !PIPELINE_STORE_STORE_H */
