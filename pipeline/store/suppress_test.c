#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/date.h"
#include "pipeline/base/hash.h"
#include "pipeline/store/store.h"

#include "pipeline/store/suppress.h"

/* The one table, so that this test needs no state folder. */
static const char table[] =
    "CREATE TABLE suppression (id INTEGER PRIMARY KEY, what TEXT NOT NULL,"
    " hash TEXT NOT NULL, reason TEXT NOT NULL, study INTEGER,"
    " added INTEGER NOT NULL, until INTEGER, source TEXT, UNIQUE (what, hash)) STRICT";

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
	s = suppress_load(db, 86400 * 100, &err);
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
	s = suppress_load(db, 86400 * 100, &err);
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

static void
put(sqlite3 *db, const char *text, int32_t until)
{
	enum suppress_what what;
	const char *why;
	char hash[65];

	assert_int_equal(suppress_parse(&keys, text, &what, hash, &why), 0);
	assert_true(suppress_put(db, what, hash, "manual", NULL, until, 1, &err) >= 0);
}

static void
what_is_typed_is_known_by_its_form(void **state)
{
	static const struct { const char *text; int what; } t[] = {
		{ "310000000", SUPPRESS_ORGNR }, { "310 000 000", SUPPRESS_ORGNR },
		{ "Ola@Example.no", SUPPRESS_EMAIL }, { "@example.no", SUPPRESS_DOMAIN },
		{ "example.no", SUPPRESS_DOMAIN }, { "310000001", -1 }, { "", -1 },
		{ "12", -1 }, { "ola@", -1 }, { "@", -1 }, { "a b", -1 },
	};
	char hash[65], same[65];
	const char *why;
	enum suppress_what what;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		int r = suppress_parse(&keys, t[i].text, &what, hash, &why);

		if ((r == 0 ? (int)what : -1) != t[i].what)
			fail_msg("%s: %d", t[i].text, r == 0 ? (int)what : -1);
		assert_true((r == 0) == (why == NULL));
	}
	assert_int_equal(suppress_parse(&keys, "@EXAMPLE.no", &what, hash, &why), 0);
	assert_string_equal(hash, suppress_hash(&keys, SUPPRESS_DOMAIN, "example.no",
	    same));
}

static void
entries_lapse_and_domains_cover(void **state)
{
	sqlite3 *db = open_list();
	struct suppress *s;
	char hash[65];

	(void)state;
	put(db, "gone@example.no", 99);
	put(db, "today@example.no", 100);
	put(db, "good@example.no", DATE_NONE);
	put(db, "@example.org", DATE_NONE);
	put(db, "longer@example.no", 99);
	put(db, "longer@example.no", 101);	/* a later day counts */
	put(db, "longer@example.no", 50);	/* an earlier one does not */
	put(db, "out@example.no", 99);
	suppress_hash(&keys, SUPPRESS_EMAIL, "out@example.no", hash);
	assert_int_equal(suppress_add(db, SUPPRESS_EMAIL, hash, "opt-out", 0, 1,
	    &err), 1);				/* for good is more than a while */
	s = suppress_load(db, 86400 * 100, &err);
	assert_int_equal(suppress_listed(s, &keys, SUPPRESS_EMAIL, "gone@example.no"), 0);
	assert_int_equal(suppress_listed(s, &keys, SUPPRESS_EMAIL, "today@example.no"), 1);
	assert_int_equal(suppress_listed(s, &keys, SUPPRESS_EMAIL, "good@example.no"), 1);
	assert_int_equal(suppress_listed(s, &keys, SUPPRESS_EMAIL, "longer@example.no"), 1);
	assert_int_equal(suppress_listed(s, &keys, SUPPRESS_EMAIL, "out@example.no"), 1);
	assert_int_equal(suppress_listed(s, &keys, SUPPRESS_EMAIL, "any@example.org"), 1);
	assert_int_equal(suppress_listed(s, &keys, SUPPRESS_EMAIL, "any@x.example.org"), 0);
	assert_int_equal(suppress_listed(s, &keys, SUPPRESS_ORGNR, "example.org"), 0);
	suppress_free(s);
	assert_int_equal(suppress_remove(db, SUPPRESS_EMAIL, hash, &err), 1);
	assert_int_equal(suppress_remove(db, SUPPRESS_EMAIL, hash, &err), 0);
	assert_int_equal(suppress_add(db, SUPPRESS_EMAIL, hash, "erased", 0, 1, &err), 1);
	assert_int_equal(suppress_remove(db, SUPPRESS_EMAIL, hash, &err), -1);
	assert_int_equal(suppress_has(db, SUPPRESS_EMAIL, hash, &err), 1);
	sqlite3_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_hmacs_of_kind_and_value),
		cmocka_unit_test(what_is_added_is_found_and_only_that),
		cmocka_unit_test(the_list_in_memory_agrees_with_the_table),
		cmocka_unit_test(what_is_typed_is_known_by_its_form),
		cmocka_unit_test(entries_lapse_and_domains_cover),
	};

	return cmocka_run_group_tests_name("suppress", tests, NULL, NULL);
}
