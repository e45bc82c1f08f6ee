#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/file.h"
#include "pipeline/store/keys.h"
#include "pipeline/store/lock.h"
#include "pipeline/store/store.h"

static char dir[64];

static int
setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/utvalg-store.XXXXXX");
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	char cmd[100];

	(void)state;
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	return system(cmd);
}

static void
put(const char *name, const char *text, mode_t mode)
{
	struct buf path = BUF(200);
	struct err err;

	buf_printf(&path, "%s/%s", dir, name);
	assert_int_equal(file_write(buf_text(&path), mode, text, strlen(text), &err), 0);
	buf_free(&path);
}

static void
a_database_is_made_and_opened_again(void **state)
{
	sqlite3 *db;
	struct err err;
	struct stat st;
	char path[100];
	int64_t n = -1;

	(void)state;
	assert_int_equal(store_open(dir, STORE_WRITE, &db, &err), 0);
	assert_int_equal(db_exec(db, "INSERT INTO event (at, what, detail)"
	    " VALUES (1, 'test', '')", &err), 0);
	store_close(db);
	snprintf(path, sizeof(path), "%s/utvalg.db", dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(store_open(dir, STORE_READ, &db, &err), 0);
	assert_int_equal(db_int(db, "SELECT count(*) FROM event", &n, &err), 1);
	assert_int_equal(n, 1);
	/* reading cannot write */
	assert_int_equal(db_exec(db, "DELETE FROM event", &err), -1);
	store_close(db);
}

static void
want_journal(sqlite3 *db, const char *mode)
{
	struct err err;
	sqlite3_stmt *s;

	assert_int_equal(db_prepare(db, "PRAGMA journal_mode", &s, &err), 0);
	assert_int_equal(db_step(s, &err), 1);
	assert_string_equal(db_col(s, 0), mode);
	sqlite3_finalize(s);
}

/* A first load writes into the file itself, and all is as before after it. */
static void
bulk_needs_the_database_for_itself(void **state)
{
	static const char add[] = "INSERT INTO event (at, what, detail) VALUES (1,"
	    " 'x', 'y')";
	sqlite3 *db, *reader;
	struct err err;
	int64_t n = -1;

	(void)state;
	assert_int_equal(store_open(dir, STORE_WRITE, &db, &err), 0);
	store_bulk(db);
	want_journal(db, "delete");
	assert_int_equal(db_begin(db, &err), 0);
	assert_int_equal(db_exec(db, add, &err), 0);
	db_rollback(db);
	assert_int_equal(db_exec(db, add, &err), 0);
	store_bulk_end(db);
	want_journal(db, "wal");
	assert_int_equal(db_int(db, "SELECT count(*) FROM event", &n, &err), 1);
	assert_int_equal(n, 1);

	/* somebody reads: it stays as it is, at once, and the reader reads on */
	assert_int_equal(store_open(dir, STORE_READ, &reader, &err), 0);
	assert_int_equal(db_exec(reader, "BEGIN", &err), 0);
	assert_int_equal(db_int(reader, "SELECT count(*) FROM event", &n, &err), 1);
	store_bulk(db);
	want_journal(db, "wal");
	assert_int_equal(db_begin(db, &err), 0);
	assert_int_equal(db_exec(db, add, &err), 0);
	assert_int_equal(db_commit(db, &err), 0);
	assert_int_equal(db_int(reader, "SELECT count(*) FROM event", &n, &err), 1);
	assert_int_equal(n, 1);
	store_bulk_end(db);
	store_close(reader);
	store_close(db);
}

static void
reading_what_is_not_there_says_what_to_do(void **state)
{
	sqlite3 *db;
	struct err err;

	(void)state;
	assert_int_equal(store_open(dir, STORE_READ, &db, &err), -1);
	assert_int_equal(err.status, EX_NOINPUT);
	assert_non_null(strstr(err.text, "utvalg pull"));
	assert_null(db);
}

static void
a_newer_schema_is_refused_and_left_alone(void **state)
{
	sqlite3 *db;
	struct err err;
	int64_t v = 0;

	(void)state;
	assert_int_equal(store_open(dir, STORE_WRITE, &db, &err), 0);
	assert_int_equal(db_exec(db, "PRAGMA user_version = 99", &err), 0);
	assert_int_equal(db_int(db, "PRAGMA user_version", &v, &err), 1);
	store_close(db);
	for (int mode = STORE_READ; mode <= STORE_WRITE; mode++) {
		assert_int_equal(store_open(dir, (enum store_mode)mode, &db, &err), -1);
		assert_int_equal(err.status, EX_CONFIG);
		assert_non_null(strstr(err.text, "schema 99"));
	}
}

static void
a_file_that_is_no_database_is_refused(void **state)
{
	sqlite3 *db;
	struct err err;

	(void)state;
	put("utvalg.db", "this is a letter to my grandmother, and a long one: "
	    "......................................................", 0600);
	assert_int_equal(store_open(dir, STORE_WRITE, &db, &err), -1);
	assert_int_equal(err.status, EX_DATAERR);
}

/* Refused in both modes with ${status}, and the same octets afterwards. */
static void
left_alone(const char *sql, int status)
{
	struct buf path = BUF(200), before = BUF(1 << 20), after = BUF(1 << 20);
	sqlite3 *db;
	struct err err;

	buf_printf(&path, "%s/utvalg.db", dir);
	unlink(buf_text(&path));
	assert_int_equal(sqlite3_open(buf_text(&path), &db), SQLITE_OK);
	assert_int_equal(db_exec(db, sql, &err), 0);
	sqlite3_close(db);
	assert_int_equal(file_read(buf_text(&path), 1 << 20, &before, &err), 0);
	for (int mode = STORE_READ; mode <= STORE_WRITE; mode++) {
		assert_int_equal(store_open(dir, (enum store_mode)mode, &db, &err), -1);
		assert_int_equal(err.status, status);
		buf_clear(&after);
		assert_int_equal(file_read(buf_text(&path), 1 << 20, &after, &err), 0);
		assert_int_equal(after.len, before.len);
		assert_memory_equal(after.data, before.data, before.len);
	}
	buf_free(&path);
	buf_free(&before);
	buf_free(&after);
}

static void
a_database_that_is_not_for_us_is_left_alone(void **state)
{
	(void)state;
	left_alone("CREATE TABLE unit (x); PRAGMA user_version = 99", EX_CONFIG);
	left_alone("CREATE TABLE unit (x); PRAGMA user_version = 2", EX_DATAERR);
	left_alone("CREATE TABLE unit (x); CREATE TABLE extract (x); CREATE TABLE study (x);"
	    "PRAGMA user_version = 1", EX_CONFIG);
	left_alone("CREATE TABLE letter (x)", EX_DATAERR);
	left_alone("PRAGMA user_version = 1", EX_DATAERR);
	left_alone("CREATE TABLE unit (x); PRAGMA user_version = -1", EX_DATAERR);
}

static void
the_lock_is_held_by_one(void **state)
{
	struct err err;
	int one, two;

	(void)state;
	assert_int_equal(lock_take(dir, "pull", 0, 0, &one, &err), 0);
	assert_int_equal(lock_take(dir, "frame", 0, 0, &two, &err), -1);
	assert_int_equal(err.status, EX_TEMPFAIL);
	assert_non_null(strstr(err.text, "utvalg pull"));
	assert_non_null(strstr(err.text, "1970-01-01T00:00:00Z"));
	lock_free(one);
	assert_int_equal(lock_take(dir, "frame", 0, 0, &two, &err), 0);
	lock_free(two);
}

static void
keys_are_made_once_and_read_again(void **state)
{
	struct keys a, b;
	struct err err;
	struct stat st;
	char path[100];

	(void)state;
	assert_int_equal(keys_load(dir, &a, &err), 0);
	assert_int_equal(keys_load(dir, &b, &err), 0);
	assert_memory_equal(&a, &b, sizeof(a));
	assert_int_equal(strlen(a.salt), 64);
	assert_int_equal(a.bounce_now, 0);
	assert_int_equal(a.bounce_set[0], 1);
	snprintf(path, sizeof(path), "%s/keys/bounce", dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
keys_that_others_can_read_or_nobody_can_are_refused(void **state)
{
	static const struct { const char *says, *file, *text; mode_t mode; } cases[] = {
		{ "readable by others", "keys/salt", "2026-001\n", 0644 },
		{ "empty salt", "keys/salt", "\n", 0600 },
		{ "a key number twice", "keys/bounce",
		  "a 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
		  "a 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", 0600 },
		{ "a short key", "keys/bounce", "a 0001\n", 0600 },
		{ "no key", "keys/bounce", "# none\n", 0600 },
		{ "a number beyond p", "keys/bounce",
		  "q 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", 0600 },
		{ "not hex", "keys/suppression", "secret\n", 0600 },
	};
	struct keys k;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(keys_load(dir, &k, &err), 0);
		put(cases[i].file, cases[i].text, cases[i].mode);
		if (keys_load(dir, &k, &err) != -1 || err.status != EX_CONFIG)
			fail_msg("%s: taken", cases[i].says);
		teardown(NULL);
		setup(NULL);
	}
}

static void
the_second_key_signs_and_the_first_still_reads(void **state)
{
	struct keys k;
	struct err err;

	(void)state;
	assert_int_equal(keys_load(dir, &k, &err), 0);
	put("keys/bounce",
	    "a 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
	    "b 100102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", 0600);
	assert_int_equal(keys_load(dir, &k, &err), 0);
	assert_int_equal(k.bounce_now, 1);
	assert_int_equal(k.bounce_set[0] && k.bounce_set[1], 1);
	assert_int_equal(k.bounce[1][0], 0x10);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_database_is_made_and_opened_again),
		TEST(bulk_needs_the_database_for_itself),
		TEST(reading_what_is_not_there_says_what_to_do),
		TEST(a_newer_schema_is_refused_and_left_alone),
		TEST(a_file_that_is_no_database_is_refused),
		TEST(a_database_that_is_not_for_us_is_left_alone),
		TEST(the_lock_is_held_by_one),
		TEST(keys_are_made_once_and_read_again),
		TEST(keys_that_others_can_read_or_nobody_can_are_refused),
		TEST(the_second_key_signs_and_the_first_still_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
