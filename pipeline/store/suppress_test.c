#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/hash.h"
#include "pipeline/store/store.h"

#include "pipeline/store/suppress.h"

/* The one table, so that this test needs no state folder. */
static const char table[] =
    "CREATE TABLE suppression (id INTEGER PRIMARY KEY, what TEXT NOT NULL,"
    " hash TEXT NOT NULL, reason TEXT NOT NULL, study INTEGER,"
    " added INTEGER NOT NULL, UNIQUE (what, hash)) STRICT";

static struct keys keys;
static struct err err;

static sqlite3 *
open_list(void)
{
	sqlite3 *db;

	for (size_t i = 0; i < sizeof(keys.suppression); i++)
		keys.suppression[i] = (unsigned char)i;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(db_exec(db, table, &err), 0);
	return db;
}

static void
hashes_are_hmacs_of_kind_and_value(void **state)
{
	unsigned char mac[32];
	char want[65], got[65];

	(void)state;
	sqlite3_close(open_list());
	hash_hmac(keys.suppression, 32, "email:post@example.no", 21, mac);
	assert_string_equal(suppress_hash(&keys, SUPPRESS_EMAIL,
	    "post@example.no", got), hash_hex(mac, 32, want));
	hash_hmac(keys.suppression, 32, "orgnr:974760673", 15, mac);
	assert_string_equal(suppress_hash(&keys, SUPPRESS_ORGNR, "974760673",
	    got), hash_hex(mac, 32, want));
}

static void
what_is_added_is_found_and_only_that(void **state)
{
	sqlite3 *db = open_list();
	char hash[65], other[65];

	(void)state;
	suppress_hash(&keys, SUPPRESS_EMAIL, "a@example.no", hash);
	suppress_hash(&keys, SUPPRESS_EMAIL, "b@example.no", other);
	assert_int_equal(suppress_has(db, SUPPRESS_EMAIL, hash, &err), 0);
	assert_int_equal(suppress_add(db, SUPPRESS_EMAIL, hash, "opt-out", 0, 5,
	    &err), 1);
	assert_int_equal(suppress_add(db, SUPPRESS_EMAIL, hash, "manual", 0, 6,
	    &err), 0);
	assert_int_equal(suppress_has(db, SUPPRESS_EMAIL, hash, &err), 1);
	assert_int_equal(suppress_has(db, SUPPRESS_EMAIL, other, &err), 0);
	assert_int_equal(suppress_has(db, SUPPRESS_ORGNR, hash, &err), 0);
	sqlite3_close(db);
}

static void
the_list_in_memory_agrees_with_the_table(void **state)
{
	sqlite3 *db = open_list();
	struct suppress *s;
	char hash[65], value[32], empty[65];

	(void)state;
	s = suppress_load(db, &err);
	assert_non_null(s);
	snprintf(empty, sizeof(empty), "%s", suppress_sha256(s));
	assert_int_equal(suppress_listed(s, &keys, SUPPRESS_ORGNR, "800000000"), 0);
	suppress_free(s);
	for (int i = 0; i < 300; i += 3) {
		snprintf(value, sizeof(value), "%09d", 800000000 + i);
		suppress_hash(&keys, SUPPRESS_ORGNR, value, hash);
		assert_int_equal(suppress_add(db, SUPPRESS_ORGNR, hash, "manual",
		    0, 1, &err), 1);
	}
	s = suppress_load(db, &err);
	assert_non_null(s);
	for (int i = 0; i < 300; i++) {
		snprintf(value, sizeof(value), "%09d", 800000000 + i);
		assert_int_equal(suppress_listed(s, &keys, SUPPRESS_ORGNR, value),
		    i % 3 == 0);
		assert_int_equal(suppress_listed(s, &keys, SUPPRESS_EMAIL, value), 0);
	}
	assert_string_not_equal(suppress_sha256(s), empty);
	assert_int_equal(strlen(suppress_sha256(s)), 64);
	suppress_free(s);
	suppress_free(NULL);
	sqlite3_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_hmacs_of_kind_and_value),
		cmocka_unit_test(what_is_added_is_found_and_only_that),
		cmocka_unit_test(the_list_in_memory_agrees_with_the_table),
	};

	return cmocka_run_group_tests_name("suppress", tests, NULL, NULL);
}
