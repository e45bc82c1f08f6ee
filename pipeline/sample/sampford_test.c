#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/sample/joint_test.h"
#include "pipeline/sample/sampford.h"

enum { N = 7, ROUNDS = 40000 };

static const double size[N] = { 1.8, 2, 3.2, 2.9, 1.5, 2, 2.2 };

/* x' A^-1 x by elimination. */
static double
quadratic(double A[N - 1][N - 1], const double *x)
{
	double b[N - 1], sum = 0;

	memcpy(b, x, sizeof(b));
	for (int i = 0; i < N - 1; i++)
		for (int r = i + 1; r < N - 1; r++) {
			double f = A[r][i] / A[i][i];

			for (int c = i; c < N - 1; c++)
				A[r][c] -= f * A[i][c];
			b[r] -= f * b[i];
		}
	for (int i = N - 2; i >= 0; i--) {
		for (int c = i + 1; c < N - 1; c++)
			b[i] -= A[i][c] * b[c];
		b[i] /= A[i][i];
		sum += b[i] * x[i];
	}
	return sum;
}

/* Fixed size and unequal probabilities (rules of sampling, section 14): (c - R pi)'
 * (R Delta)^- (c - R pi), of chi-square with N - 1 = 6 degrees; the last unit follows
 * from the others.  Over 38.3 with probability 1e-6. */
static double
wald(size_t n, void (*pairs)(const double *, size_t, double *), uint64_t seed)
{
	double pik[N], pi2[N * N], A[N - 1][N - 1], off[N - 1], c[N] = { 0 };
	unsigned char picked[N];
	size_t certain;

	select_pik(size, N, n, pik, &certain);
	pairs(pik, N, pi2);
	for (int r = 0; r < ROUNDS; r++) {
		assert_int_equal(sampford(pik, N, &seed, picked), (int64_t)n);
		for (int k = 0; k < N; k++)
			c[k] += picked[k];
	}
	for (int i = 0; i < N - 1; i++) {
		off[i] = c[i] - ROUNDS * pik[i];
		for (int j = 0; j < N - 1; j++)
			A[i][j] = ROUNDS * (pi2[i * N + j] - pik[i] * pik[j]);
	}
	return quadratic(A, off);
}

static void
frequencies_are_exactly_those_claimed(void **state)
{
	(void)state;
	for (size_t n = 2; n < 5; n++) {
		double x2 = wald(n, joint_sampford, n);

		/* both tails: too near is as wrong */
		if (!(x2 > 0.03 && x2 < 38.3))
			fail_msg("n %zu: %.2f", n, x2);
	}
}

/* Pairs too: the share of the samples that hold both. */
static void
pairs_are_those_of_the_formula(void **state)
{
	double pik[N], pi2[N * N], c[N][N] = { { 0 } };
	unsigned char picked[N];
	size_t certain;
	uint64_t seed = 7;

	(void)state;
	select_pik(size, N, 3, pik, &certain);
	joint_sampford(pik, N, pi2);
	for (int r = 0; r < ROUNDS; r++) {
		sampford(pik, N, &seed, picked);
		for (int i = 0; i < N; i++)
			for (int j = 0; j < N; j++)
				c[i][j] += picked[i] && picked[j];
	}
	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			double p = pi2[i * N + j];

			assert_true(fabs(c[i][j] / ROUNDS - p) < 5.5 * sqrt(p * (1 - p) /
			    ROUNDS));
		}
}

static void
certain_units_are_in_and_zeros_never(void **state)
{
	static const double pik[] = { 0, 1, 0.5, 0.5, 1, 0 };
	unsigned char picked[6];
	uint64_t seed = 3;

	(void)state;
	for (int r = 0; r < 200; r++) {
		assert_int_equal(sampford(pik, 6, &seed, picked), 3);
		assert_true(picked[1] && picked[4] && !picked[0] && !picked[5]);
		assert_int_equal(picked[2] + picked[3], 1);
	}
	assert_int_equal(sampford(pik, 2, &seed, picked), 1);
	assert_int_equal(sampford(pik, 0, &seed, picked), 0);
}

static void
gives_up_where_all_are_hardly_ever_different(void **state)
{
	static double pik[2000];
	static unsigned char picked[2000];
	uint64_t seed = 3;

	(void)state;
	for (int k = 0; k < 2000; k++)
		pik[k] = 0.5;
	assert_int_equal(sampford(pik, 2000, &seed, picked), -1);
}

/* Vigna's first numbers from 0. */
static void
splitmix_is_splitmix(void **state)
{
	uint64_t seed = 0;
	double sum = 0;

	(void)state;
	assert_true(splitmix_next(&seed) == 16294208416658607535U);
	assert_true(splitmix_next(&seed) == 7960286522194355700U);
	for (int i = 0; i < 10000; i++) {
		double u = splitmix_real(&seed);

		assert_true(u >= 0 && u < 1);
		sum += u;
	}
	assert_true(fabs(sum / 10000 - 0.5) < 4.9 / sqrt(12 * 10000.0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frequencies_are_exactly_those_claimed),
		cmocka_unit_test(pairs_are_those_of_the_formula),
		cmocka_unit_test(certain_units_are_in_and_zeros_never),
		cmocka_unit_test(gives_up_where_all_are_hardly_ever_different),
		cmocka_unit_test(splitmix_is_splitmix),
	};

	return cmocka_run_group_tests_name("sampford", tests, NULL, NULL);
}
