#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/prn.h"

static void
equals_the_published_vectors(void **state)
{
	static const struct { const char *salt, *key; double want; } vector[] = {
		{ "2026-001", "974760673", 0.46725774133724352 },
		{ "2026-001", "971526920", 0.011398641673549315 },
		{ "2026-002", "974760673", 0.75481179531224996 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vector) / sizeof(vector[0]); i++) {
		double got = prn_of(vector[i].salt, vector[i].key);

		if (got != vector[i].want)
			fail_msg("%s:%s got %.17g, want %.17g", vector[i].salt,
			    vector[i].key, got, vector[i].want);
	}
}

static void
is_uniform_on_the_unit_interval(void **state)
{
	enum { N = 20000, CELLS = 20 };
	int count[CELLS] = { 0 };
	double chi = 0;
	char key[16];

	(void)state;
	for (int i = 0; i < N; i++) {
		double p;

		snprintf(key, sizeof(key), "%09d", 800000000 + i);
		p = prn_of("a salt", key);
		assert_true(p >= 0 && p < 1);
		count[(int)(p * CELLS)]++;
	}
	for (int i = 0; i < CELLS; i++) {
		double d = count[i] - (double)N / CELLS;

		chi += d * d / ((double)N / CELLS);
	}
	assert_true(chi < 60);	/* chi square, 19 degrees: p under 1e-5 */
}

static void
depends_on_the_whole_of_salt_and_key(void **state)
{
	(void)state;
	assert_true(prn_of("a", "b") != prn_of("a", "c"));
	assert_true(prn_of("a", "b") != prn_of("c", "b"));
	assert_true(prn_of("a", "list:mat:x") != prn_of("a", "list:mat:y"));
	assert_true(prn_of("s", "1") == prn_of("s", "1"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equals_the_published_vectors),
		cmocka_unit_test(is_uniform_on_the_unit_interval),
		cmocka_unit_test(depends_on_the_whole_of_salt_and_key),
	};

	return cmocka_run_group_tests_name("prn", tests, NULL, NULL);
}
