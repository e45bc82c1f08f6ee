#include <ctype.h>
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
#include "pipeline/store/store.h"

#include "pipeline/store/migrate.h"

#define NOW INT64_C(1793000000)		/* 2026-10-26 */
#define COPY "utvalg-schema-1-2026-10-26.db"

static char dir[64];
static struct err err;

static int
setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/utvalg-migrate.XXXXXX");
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

static sqlite3 *
open_raw(const char *name)
{
	char path[160];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	return db;
}

static void
exec(sqlite3 *db, const char *sql)
{
	if (db_exec(db, sql, &err) != 0)
		fail_msg("%s", err.text);
}

static int64_t
number(sqlite3 *db, const char *sql)
{
	int64_t n = -1;

	if (db_int(db, sql, &n, &err) != 1)
		fail_msg("%s: %s", sql, err.text);
	return n;
}

/* A database as version ${v} made it, with a little of everything in it. */
static void
make_old(int v)
{
	struct buf sql = BUF(1 << 20);
	char path[64];
	sqlite3 *db = open_raw("utvalg.db");

	snprintf(path, sizeof(path), "tests/schema/%d.sql", v);
	if (file_read(path, 1 << 20, &sql, &err) != 0)
		fail_msg("%s", err.text);
	exec(db, buf_text(&sql));
	buf_clear(&sql);
	if (file_read("tests/schema/rows.sql", 1 << 20, &sql, &err) != 0)
		fail_msg("%s", err.text);
	exec(db, buf_text(&sql));
	buf_free(&sql);
	sqlite3_close(db);
}

/* SQL without comments, quotes of names and needless blanks. */
static void
plain(const char *sql, struct buf *out)
{
	char last = ' ';
	int quoted = 0;

	for (; *sql != '\0'; sql++) {
		if (!quoted && sql[0] == '-' && sql[1] == '-') {
			sql += strcspn(sql, "\n");
			if (*sql == '\0')
				break;
		}
		if (*sql == '\'')
			quoted = !quoted;
		if (*sql == '"' && !quoted)
			continue;
		if (!quoted && isspace((unsigned char)*sql)) {
			if (last != ' ' && strchr("(),", last) == NULL)
				buf_chr(out, last = ' ');
			continue;
		}
		if (!quoted && last == ' ' && out->len > 0 &&
		    strchr("(),", *sql) != NULL)
			out->len--;
		buf_chr(out, last = *sql);
	}
}

/* All that the database consists of, a line each, in order. */
static void
layout(sqlite3 *db, struct buf *out)
{
	sqlite3_stmt *s = NULL;

	assert_int_equal(db_prepare(db, "SELECT type, name, tbl_name, sql FROM"
	    " sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name",
	    &s, &err), 0);
	while (db_step(s, &err) == 1) {
		struct buf sql = BUF(1 << 20);

		plain(db_col(s, 3), &sql);
		buf_printf(out, "%s %s %s: %s\n", db_col(s, 0), db_col(s, 1),
		    db_col(s, 2), buf_text(&sql));
		buf_free(&sql);
	}
	sqlite3_finalize(s);
}

/* The first line that the two have not in common. */
static void
same_lines(struct buf *got, struct buf *want)
{
	const char *a = buf_text(got), *b = buf_text(want);

	while (*a != '\0' || *b != '\0') {
		size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");

		if (n != m || memcmp(a, b, n) != 0)
			fail_msg("schema.sql and migrate_%d.sql do not agree:\nmigrated: "
			    "%.*s\nfresh:    %.*s", STORE_SCHEMA, (int)n, a, (int)m, b);
		a += n + (a[n] == '\n');
		b += m + (b[m] == '\n');
	}
}

static void
comments_and_blanks_do_not_count(void **state)
{
	static const struct { const char *sql, *want; } cases[] = {
		{ "CREATE TABLE \"a\" (\n  b TEXT,   -- one, 'two'\n  c INT -- three\n, d"
		  " TEXT DEFAULT '-- \"x\" ') STRICT",
		  "CREATE TABLE a(b TEXT,c INT,d TEXT DEFAULT '-- \"x\" ')STRICT" },
		{ "CREATE TABLE a (b TEXT, c INT, d TEXT DEFAULT '-- \"x\" ') STRICT",
		  "CREATE TABLE a(b TEXT,c INT,d TEXT DEFAULT '-- \"x\" ')STRICT" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF(4096);

		plain(cases[i].sql, &out);
		assert_string_equal(buf_text(&out), cases[i].want);
		buf_free(&out);
	}
}

static void
migrated_and_fresh_are_laid_out_the_same(void **state)
{
	struct buf got = BUF(1 << 20), want = BUF(1 << 20);
	char copy[MIGRATE_NAME], fresh[100];
	sqlite3 *db;
	int64_t from;

	(void)state;
	make_old(1);
	if (migrate_state(dir, NOW, NULL, &from, copy, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(from, 1);
	assert_int_equal(store_open(dir, STORE_READ, &db, &err), 0);
	assert_int_equal(number(db, "PRAGMA user_version"), STORE_SCHEMA);
	layout(db, &got);
	store_close(db);
	snprintf(fresh, sizeof(fresh), "%s/fresh", dir);
	assert_int_equal(store_open(fresh, STORE_WRITE, &db, &err), 0);
	layout(db, &want);
	store_close(db);
	assert_true(got.len > 10000);
	same_lines(&got, &want);
	buf_free(&got);
	buf_free(&want);
}

/* Of each table of the copy, the columns that both have, row by row. */
static void
rows_are_kept(const char *copy)
{
	sqlite3 *db = open_raw("utvalg.db");
	sqlite3_stmt *t = NULL;
	char sql[256];
	int tables = 0;

	snprintf(sql, sizeof(sql), "ATTACH '%s/%s' AS old", dir, copy);
	exec(db, sql);
	assert_int_equal(db_prepare(db, "SELECT name, (SELECT group_concat('\"' ||"
	    " o.name || '\"') FROM pragma_table_info(s.name, 'old') o WHERE o.name IN"
	    " (SELECT name FROM pragma_table_info(s.name, 'main'))) FROM"
	    " old.sqlite_schema s WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", &t,
	    &err), 0);
	while (db_step(t, &err) == 1) {
		struct buf q = BUF(1 << 16);
		const char *name = db_col(t, 0), *cols = db_col(t, 1);

		tables++;
		buf_printf(&q, "SELECT count(*) FROM (SELECT %s FROM old.\"%s\" EXCEPT"
		    " SELECT %s FROM main.\"%s\")", cols, name, cols, name);
		if (number(db, buf_text(&q)) != 0)
			fail_msg("%s: rows are not as they were", name);
		buf_clear(&q);
		buf_printf(&q, "SELECT (SELECT count(*) FROM old.\"%s\") > 0", name);
		if (number(db, buf_text(&q)) == 0)
			fail_msg("%s: tests/schema/rows.sql has no row for it", name);
		buf_free(&q);
	}
	sqlite3_finalize(t);
	sqlite3_close(db);
	assert_true(tables > 20);
}

static void
nothing_that_it_held_is_lost(void **state)
{
	char copy[MIGRATE_NAME], path[160];
	struct stat st;
	sqlite3 *db;
	int64_t from;

	(void)state;
	make_old(1);
	assert_int_equal(migrate_state(dir, NOW, NULL, &from, copy, &err), 0);
	assert_string_equal(copy, COPY);
	snprintf(path, sizeof(path), "%s/%s", dir, copy);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	db = open_raw(copy);
	assert_int_equal(number(db, "PRAGMA user_version"), 1);
	sqlite3_close(db);
	rows_are_kept(copy);
	assert_int_equal(store_open(dir, STORE_WRITE, &db, &err), 0);
	assert_int_equal(number(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
	assert_int_equal(number(db, "SELECT count(*) FROM pragma_integrity_check"
	    " WHERE integrity_check <> 'ok'"), 0);
	store_close(db);
	/* and once is enough */
	unlink(path);
	assert_int_equal(migrate_state(dir, NOW, NULL, &from, copy, &err), 0);
	assert_int_equal(from, 0);
	assert_string_equal(copy, "");
	assert_int_equal(access(path, F_OK), -1);
}

static void
an_older_database_is_refused_until_then(void **state)
{
	struct buf before = BUF(4 << 20), after = BUF(4 << 20);
	char path[100];
	sqlite3 *db;

	(void)state;
	make_old(1);
	snprintf(path, sizeof(path), "%s/utvalg.db", dir);
	assert_int_equal(file_read(path, 4 << 20, &before, &err), 0);
	for (int mode = STORE_READ; mode <= STORE_WRITE; mode++) {
		assert_int_equal(store_open(dir, (enum store_mode)mode, &db, &err), -1);
		assert_int_equal(err.status, EX_CONFIG);
		assert_non_null(strstr(err.text, "schema 1"));
		assert_non_null(strstr(err.text, "utvalg migrate"));
	}
	assert_int_equal(store_open(dir, STORE_READ_OLD, &db, &err), 0);
	assert_int_equal(db_exec(db, "DELETE FROM event", &err), -1);
	store_close(db);
	assert_int_equal(file_read(path, 4 << 20, &after, &err), 0);
	assert_int_equal(after.len, before.len);
	assert_memory_equal(after.data, before.data, before.len);
	buf_free(&before);
	buf_free(&after);
}

static void
a_newer_one_is_refused(void **state)
{
	char copy[MIGRATE_NAME];
	sqlite3 *db;
	int64_t from;

	(void)state;
	make_old(1);
	db = open_raw("utvalg.db");
	exec(db, "PRAGMA user_version = 99");
	sqlite3_close(db);
	assert_int_equal(migrate_state(dir, NOW, NULL, &from, copy, &err), -1);
	assert_int_equal(err.status, EX_CONFIG);
	assert_non_null(strstr(err.text, "schema 99"));
	assert_int_equal(access(copy, F_OK), -1);
}

static int
give_up(void *left)
{
	return --*(int *)left == 0;
}

static void
given_up_anywhere_all_is_as_it_was(void **state)
{
	struct buf before = BUF(1 << 20);
	int failed = 0;
	sqlite3 *db;

	(void)state;
	make_old(1);
	db = open_raw("utvalg.db");
	layout(db, &before);
	for (int after = 1; after < 100000; after += 1 + after / 8) {
		struct buf now = BUF(1 << 20);
		int left = after, r;

		sqlite3_progress_handler(db, 1, give_up, &left);
		r = migrate_database(db, 1, &err);
		sqlite3_progress_handler(db, 0, NULL, NULL);
		if (r == 0)
			break;
		failed++;
		layout(db, &now);
		assert_string_equal(buf_text(&before), buf_text(&now));
		assert_int_equal(number(db, "PRAGMA user_version"), 1);
		assert_int_equal(sqlite3_get_autocommit(db), 1);
		exec(db, "PRAGMA legacy_alter_table = OFF");
		buf_free(&now);
	}
	assert_true(failed > 3);
	assert_int_equal(number(db, "PRAGMA user_version"), STORE_SCHEMA);
	/* and another process that was faster is not overrun */
	assert_int_equal(migrate_database(db, 1, &err), -1);
	assert_int_equal(err.status, EX_TEMPFAIL);
	sqlite3_close(db);
	buf_free(&before);
}

static void
where_there_is_nothing_there_is_nothing_to_do(void **state)
{
	char copy[MIGRATE_NAME], path[100];
	int64_t from = 7;

	(void)state;
	assert_int_equal(migrate_state(dir, NOW, NULL, &from, copy, &err), 0);
	assert_int_equal(from, 0);
	snprintf(path, sizeof(path), "%s/utvalg.db", dir);
	assert_int_equal(access(path, F_OK), -1);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(comments_and_blanks_do_not_count),
		TEST(migrated_and_fresh_are_laid_out_the_same),
		TEST(nothing_that_it_held_is_lost),
		TEST(an_older_database_is_refused_until_then),
		TEST(a_newer_one_is_refused),
		TEST(given_up_anywhere_all_is_as_it_was),
		TEST(where_there_is_nothing_there_is_nothing_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
