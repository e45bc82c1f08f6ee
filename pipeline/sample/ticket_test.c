#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/sample/select.h"
#include "pipeline/sample/ticket.h"

static void
digits_are_the_number_backwards(void **state)
{
	unsigned char hash[32] = { 0 };
	char out[TICKET_DIGITS + 1], want[65];

	(void)state;
	ticket_digits(hash, out);
	memset(want, '0', 64);
	want[64] = '\0';
	assert_string_equal(out, want);
	hash[30] = 1;			/* 256 + 44 */
	hash[31] = 44;
	ticket_digits(hash, out);
	want[2] = '3';
	assert_string_equal(out, want);
	memset(hash, 0xff, 32);		/* 2^256 - 1, 78 digits */
	ticket_digits(hash, out);
	assert_string_equal(out, "53993692131970048575493046504656648996235870978680"
	    "0589075324591613732980297511");
}

static void
numbers_are_uniform(void **state)
{
	enum { UNITS = 20000, CELLS = 20 };
	int count[CELLS] = { 0 };
	double x2 = 0;
	char key[16];

	(void)state;
	for (int i = 0; i < UNITS; i++) {
		double t;

		snprintf(key, sizeof(key), "%09d", 800000000 + i);
		t = ticket_of("314159", key, NULL);
		assert_true(t >= 0 && t < 1);
		count[(int)(t * CELLS)]++;
	}
	for (int c = 0; c < CELLS; c++)
		x2 += pow(count[c] - UNITS / CELLS, 2) / (UNITS / CELLS);
	assert_true(x2 < 65);		/* 19 degrees, p < 1e-6 */
}

static void
whole_numbers_are_uniform(void **state)
{
	int count[6] = { 0 };
	size_t k = 0;
	double x2 = 0;

	(void)state;
	for (int i = 0; i < 600; i++) {
		int64_t n = ticket_between("77", &k, 1, 7);

		assert_true(n >= 1 && n <= 6);
		count[n - 1]++;
	}
	assert_int_equal(k, 600);
	for (int c = 0; c < 6; c++)
		x2 += pow(count[c] - 100, 2) / 100;
	assert_true(x2 < 36);		/* 5 degrees, p < 1e-6 */
}

/* The three smallest tickets of ten units, over many seeds: each unit as often
 * (rules of sampling, section 14).  56.4: chi square 9, p = 7e-9. */
static void
every_unit_is_as_likely(void **state)
{
	enum { UNITS = 10, ROUNDS = 6000 };
	int count[UNITS] = { 0 };
	double x2 = 0, f = 3.0 / UNITS;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		double t[UNITS];
		unsigned char p[UNITS];
		char seed[16], key[16];

		snprintf(seed, sizeof(seed), "%d", i);
		for (int k = 0; k < UNITS; k++) {
			snprintf(key, sizeof(key), "%d", 810000000 + k);
			t[k] = ticket_of(seed, key, NULL);
		}
		assert_int_equal(select_first(t, UNITS, 3, p), 3);
		for (int k = 0; k < UNITS; k++)
			count[k] += p[k];
	}
	for (int k = 0; k < UNITS; k++)
		x2 += pow(count[k] - ROUNDS * f, 2) / (ROUNDS * f * (1 - f));
	x2 *= (UNITS - 1.0) / UNITS;
	assert_true(x2 < 56.4 && x2 > 0.05);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digits_are_the_number_backwards),
		cmocka_unit_test(numbers_are_uniform),
		cmocka_unit_test(whole_numbers_are_uniform),
		cmocka_unit_test(every_unit_is_as_likely),
	};

	return cmocka_run_group_tests_name("ticket", tests, NULL, NULL);
}
