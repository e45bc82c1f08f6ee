#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/mem.h"
#include "pipeline/store/care.h"
#include "pipeline/store/store.h"

#include "pipeline/store/migrate.h"

extern const unsigned char embed_migrate_2_sql[];
extern const size_t embed_migrate_2_sql_len;

/* Step i takes schema i + 1 to i + 2. */
static const struct { const unsigned char *sql; const size_t *len; } steps[] = {
	{ embed_migrate_2_sql, &embed_migrate_2_sql_len },
};
_Static_assert(sizeof(steps) / sizeof(steps[0]) == STORE_SCHEMA - 1,
    "a step for each schema but the first");

/* Rows that refer to what is not there. */
static int
count_orphans(sqlite3 *db, int64_t *n, struct err *err)
{
	return db_int(db, "SELECT count(*) FROM pragma_foreign_key_check", n, err) < 0 ?
	    -1 : 0;
}

static int
do_steps(sqlite3 *db, int64_t from, struct err *err)
{
	int64_t before = 0, after = 0;
	char pragma[64];

	if (count_orphans(db, &before, err) != 0)
		return -1;
	/* steps[i] leads from version i + 1 */
	for (int64_t i = from > 0 ? from - 1 : 0; i < STORE_SCHEMA - 1; i++) {
		char *sql = mem_strn((const char *)steps[i].sql, *steps[i].len);
		int r = db_exec(db, sql, err);

		free(sql);
		if (r != 0)
			return err_context(err, "from schema %" PRId64 " to %" PRId64,
			    i + 1, i + 2);
		talk_step("migrate.2");
	}
	if (count_orphans(db, &after, err) != 0)
		return -1;
	if (after > before)
		return err_set(err, EX_SOFTWARE, "%" PRId64 " rows would refer to what is "
		    "not there", after - before);
	snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d", STORE_SCHEMA);
	return db_exec(db, pragma, err);
}

int
migrate_database(sqlite3 *db, int64_t from, struct err *err)
{
	struct err ignored;
	int64_t now = 0;
	int r = -1;

	/* Tables are made anew by name: nothing that refers to them may follow
	 * them out of the way.  Neither pragma works inside a transaction. */
	if (db_exec(db, "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON",
	    err) != 0)
		return -1;
	if (db_begin(db, err) == 0 &&
	    db_int(db, "PRAGMA user_version", &now, err) == 1) {
		if (now != from)
			err_set(err, EX_TEMPFAIL, "another process changes the database");
		else if (do_steps(db, from, err) == 0) {
			talk_step("migrate.3");
			r = db_commit(db, err);
		}
	}
	db_rollback(db);
	if (db_exec(db, "PRAGMA legacy_alter_table = OFF; PRAGMA foreign_keys = ON",
	    r == 0 ? err : &ignored) != 0)
		r = -1;
	talk_step("migrate.4");
	return r;
}

/* A copy beside it, whole or not at all; what a killed run left goes first. */
static int
keep_copy(sqlite3 *db, const char *state, const char *name, struct err *err)
{
	static const char *const left[] = { "utvalg-schema.tmp-journal",
		"utvalg-schema.tmp" };
	struct buf part = BUF(8192), to = BUF(8192);
	int r = -1;

	for (size_t i = 0; i < 2; i++) {
		buf_clear(&part);
		buf_printf(&part, "%s/%s", state, left[i]);
		unlink(buf_text(&part));
	}
	buf_printf(&to, "%s/%s", state, name);
	if (care_copy(db, buf_text(&part), err) == 0) {
		talk_step("migrate.1");
		if (rename(buf_text(&part), buf_text(&to)) != 0)
			err_errno(err, "%s", buf_text(&to));
		else
			r = file_sync_dir(state, err);
	}
	if (r != 0)
		unlink(buf_text(&part));
	buf_free(&part);
	buf_free(&to);
	return r;
}

int
migrate_state(const char *state, int64_t now, const struct talk *talk,
    int64_t *from, char copy[static MIGRATE_NAME], struct err *err)
{
	struct buf path = BUF(8192);
	sqlite3 *db = NULL;
	int64_t old = 0;
	char day[11];
	int r = 0;

	*from = 0;
	copy[0] = '\0';
	buf_printf(&path, "%s/utvalg.db", state);
	if (access(buf_text(&path), F_OK) != 0 && errno == ENOENT)
		goto out;
	if ((r = store_open(state, STORE_WRITE_OLD, &db, err)) != 0)
		goto out;
	if (db_int(db, "PRAGMA user_version", &old, err) < 0) {
		r = -1;
		goto out;
	}
	if (old == 0 || old == STORE_SCHEMA)
		goto out;
	snprintf(copy, MIGRATE_NAME, "utvalg-schema-%" PRId64 "-%s.db", old,
	    date_iso(date_of(now), day));
	if ((r = keep_copy(db, state, copy, err)) != 0)
		err_context(err, "the copy that is kept before the database is changed");
	else
		r = migrate_database(db, old, err);
	if (r != 0) {
		err_context(err, "the database stays at schema %" PRId64, old);
		goto out;
	}
	*from = old;
	talk_line(talk, "the database was taken from schema %" PRId64 " to %d; as it was "
	    "it is kept as %s/%s", old, STORE_SCHEMA, state, copy);
out:
	store_close(db);
	buf_free(&path);
	return r;
}
