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

#include "pipeline/base/date.h"
#include "pipeline/base/file.h"

#include "pipeline/store/keys.h"

static char state[64], path[128];

static int
begin(void **unused)
{
	(void)unused;
	snprintf(state, sizeof(state), "/tmp/utvalg-keys-XXXXXX");
	assert_non_null(mkdtemp(state));
	snprintf(path, sizeof(path), "%s/keys/bounce", state);
	unsetenv("CREDENTIALS_DIRECTORY");
	return 0;
}

static int
end(void **unused)
{
	static const char *const name[] = { "keys/bounce", "keys/salt",
		"keys/suppression", "keys", "out", "utvalg-bounce", "" };
	char file[160];

	(void)unused;
	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		snprintf(file, sizeof(file), "%s/%s", state, name[i]);
		remove(file);
	}
	return 0;
}

static void
load(struct keys *k)
{
	struct err err;

	if (keys_load(state, k, &err) != 0)
		fail_msg("%s", err.text);
}

static void
a_new_key_signs_and_old_ones_are_accepted(void **unused)
{
	enum { DAY0 = 20000, TOKEN = 60, OUT = TOKEN + KEYS_GRACE };
	struct keys first, k;
	struct stat st;
	struct err err;
	int dropped;

	(void)unused;
	load(&first);		/* an old file: its day is not known */
	assert_int_equal(first.nbounce, 1);
	assert_int_equal(first.bounce_made[0], DATE_NONE);
	k = first;
	assert_int_equal(keys_rotate(state, &k, DAY0, TOKEN, NULL, &dropped, &err), 0);
	assert_int_equal(dropped, 0);
	assert_int_equal(k.bounce_now, 1);
	assert_memory_equal(k.bounce[0], first.bounce[0], 32);
	assert_memory_not_equal(k.bounce[1], first.bounce[0], 32);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	load(&first);		/* what is read is what was written */
	assert_memory_equal(&first, &k, sizeof(k));
	assert_int_equal(keys_needed_until(&k, 0, TOKEN), DAY0 + OUT + 1);
	assert_int_equal(keys_needed_until(&k, 1, TOKEN), DATE_NONE);

	/* on the last day the first is still accepted, on the next it goes */
	assert_int_equal(keys_rotate(state, &k, DAY0 + OUT, TOKEN, NULL, &dropped,
	    &err), 0);
	assert_int_equal(dropped, 0);
	assert_int_equal(k.nbounce, 3);
	assert_int_equal(keys_rotate(state, &k, DAY0 + OUT + 1, TOKEN, NULL, &dropped,
	    &err), 0);
	assert_int_equal(dropped, 1);
	assert_int_equal(k.bounce_set[0], 0);
	assert_int_equal(k.nbounce, 3);
	assert_int_equal(k.bounce_now, 3);
	load(&first);
	assert_int_equal(first.nbounce, 3);
	assert_int_equal(first.bounce_now, 3);
	assert_int_equal(first.bounce_set[0], 0);
}

static void
sixteen_are_enough(void **unused)
{
	struct keys k, before;
	struct err err;
	int dropped;

	(void)unused;
	load(&k);
	for (int i = 1; i < KEYS_BOUNCE; i++)
		assert_int_equal(keys_rotate(state, &k, 20000, 60, NULL, &dropped, &err),
		    0);
	before = k;
	assert_int_equal(keys_rotate(state, &k, 20090, 60, NULL, &dropped, &err), -1);
	assert_int_equal(err.status, EX_CONFIG);
	assert_memory_equal(&k, &before, sizeof(k));
	/* later the first numbers are free, and used again */
	assert_int_equal(keys_rotate(state, &k, 20091, 60, NULL, &dropped, &err), 0);
	assert_int_equal(dropped, 15);
	assert_int_equal(k.bounce_now, 0);
	assert_int_equal(k.nbounce, 2);
	load(&k);
	assert_int_equal(k.bounce_now, 0);
}

static void
a_credential_is_not_written_over(void **unused)
{
	struct buf b = BUF(65536);
	struct keys k;
	struct err err;
	char file[160];
	int dropped;

	(void)unused;
	load(&k);
	assert_int_equal(file_read(path, 65536, &b, &err), 0);
	snprintf(file, sizeof(file), "%s/utvalg-bounce", state);
	assert_int_equal(file_write(file, 0600, b.data, b.len, &err), 0);
	setenv("CREDENTIALS_DIRECTORY", state, 1);
	assert_int_equal(keys_bounce_is_credential(state), 1);
	assert_int_equal(keys_rotate(state, &k, 20000, 60, NULL, &dropped, &err), -1);
	assert_non_null(strstr(err.text, "--out FILE"));
	snprintf(file, sizeof(file), "%s/out", state);
	assert_int_equal(keys_rotate(state, &k, 20000, 60, file, &dropped, &err), 0);
	buf_clear(&b);
	assert_int_equal(file_read(file, 65536, &b, &err), 0);
	assert_non_null(strstr(b.data, "\nb "));
	assert_non_null(strstr(b.data, " 2024-10-04\n"));
	unsetenv("CREDENTIALS_DIRECTORY");
	buf_free(&b);
}

static void
a_broken_file_is_refused(void **unused)
{
#define HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	static const char *const bad[] = { "", "# nothing\n", "a " HEX " today\n",
		"a " HEX " 2026-02-30\n", "q " HEX "\n", "a" HEX "\n", "a " HEX "0\n",
		"a " HEX "\na " HEX "\n", "a " HEX "  2026-01-01\n" };
	struct keys k;
	struct err err;

	(void)unused;
	load(&k);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(file_write(path, 0600, bad[i], strlen(bad[i]), &err), 0);
		if (keys_load(state, &k, &err) != -1 || err.status != EX_CONFIG)
			fail_msg("taken: %s", bad[i]);
		assert_null(strstr(err.text, "0001"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_new_key_signs_and_old_ones_are_accepted,
		    begin, end),
		cmocka_unit_test_setup_teardown(sixteen_are_enough, begin, end),
		cmocka_unit_test_setup_teardown(a_credential_is_not_written_over, begin,
		    end),
		cmocka_unit_test_setup_teardown(a_broken_file_is_refused, begin, end),
	};

	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
