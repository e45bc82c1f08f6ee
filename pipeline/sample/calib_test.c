#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/sample/calib.h"

static struct err err;

static void
near(double got, double want)
{
	if (!(fabs(got - want) <= 1e-9 * fmax(1, fabs(want))))
		fail_msg("got %.15g, want %.15g", got, want);
}

static const size_t a[] = { 0, 0, 0, 1, 1, 1 }, b[] = { 0, 1, 1, 0, 0, 1 };

/* One margin: no other way to meet it than post-stratification's. */
static void
one_margin_is_post_stratification(void **state)
{
	static const double total[] = { 30, 12 };
	const struct weights_margin m = { { a, 2, NULL }, total };
	double w[] = { 2, 3, 5, 1, 2, 3 }, v[] = { 2, 3, 5, 1, 2, 3 };
	int rounds, met;

	(void)state;
	assert_int_equal(calib_linear(w, 6, &m, 1, -INFINITY, INFINITY, &rounds, &met,
	    &err), 0);
	assert_int_equal(met, 1);
	assert_int_equal(rounds, 1);
	assert_int_equal(weights_poststratify(v, 6, &m.by, total, &err), 0);
	for (int i = 0; i < 6; i++)
		near(w[i], v[i]);
}

static void
sums(const double *w, double *A, double *B)
{
	memset(A, 0, 2 * sizeof(*A));
	memset(B, 0, 2 * sizeof(*B));
	for (int i = 0; i < 6; i++) {
		A[a[i]] += w[i];
		B[b[i]] += w[i];
	}
}

static void
two_margins_are_met_and_bounds_kept(void **state)
{
	static const double ta[] = { 14, 10 }, tb[] = { 9, 15 };
	const struct weights_margin m[] = { { { a, 2, NULL }, ta },
		{ { b, 2, NULL }, tb } };
	static const double bounds[][2] = { { -INFINITY, INFINITY }, { 0.5, 2.6 } };
	double free[6] = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		double w[] = { 2, 2, 2, 2, 2, 2 }, A[2], B[2];
		int rounds, met, at = 0;

		assert_int_equal(calib_linear(w, 6, m, 2, bounds[i][0], bounds[i][1],
		    &rounds, &met, &err), 0);
		assert_int_equal(met, 1);
		sums(w, A, B);
		near(A[0], 14);
		near(A[1], 10);
		near(B[0], 9);
		near(B[1], 15);
		for (int k = 0; k < 6; k++) {
			assert_true(w[k] / 2 >= bounds[i][0] - 1e-12 &&
			    w[k] / 2 <= bounds[i][1] + 1e-12);
			at += i == 1 && fabs(w[k] - free[k]) > 1e-6;
			free[k] = w[k];
		}
		assert_true(i == 0 || at > 0);
	}
}

static void
says_when_it_cannot(void **state)
{
	static const double far[] = { 60, 2 }, none[] = { 30, 0 }, less[] = { 9, 6 };
	struct weights_margin m[] = { { { a, 2, NULL }, far }, { { b, 2, NULL }, less } };
	double w[] = { 2, 2, 2, 2, 2, 2 };
	int rounds, met;

	(void)state;
	assert_int_equal(calib_linear(w, 6, m, 1, 0.5, 2, &rounds, &met, &err), 0);
	assert_int_equal(met, 0);
	for (int i = 0; i < 6; i++)
		assert_true(w[i] >= 1 && w[i] <= 4);
	assert_int_equal(calib_linear(w, 6, m, 2, 0.5, 2, &rounds, &met, &err), -1);
	assert_non_null(strstr(err.text, "margin 2"));
	m[0].total = none;
	assert_int_equal(calib_linear(w, 6, m, 1, 0.5, 2, &rounds, &met, &err), -1);
}

/* Who has left stays out, and two margins that say the same are one. */
static void
leaves_out_and_repeats(void **state)
{
	static const double total[] = { 12, 12 };
	const struct weights_margin m[] = { { { a, 2, NULL }, total },
		{ { a, 2, NULL }, total } };
	double w[] = { 2, 0, 2, 2, 2, 2 };
	int rounds, met;

	(void)state;
	assert_int_equal(calib_linear(w, 6, m, 2, -INFINITY, INFINITY, &rounds, &met,
	    &err), 0);
	assert_int_equal(met, 1);
	near(w[0], 6);
	near(w[1], 0);
	near(w[3], 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_margin_is_post_stratification),
		cmocka_unit_test(two_margins_are_met_and_bounds_kept),
		cmocka_unit_test(says_when_it_cannot),
		cmocka_unit_test(leaves_out_and_repeats),
	};

	return cmocka_run_group_tests_name("calib", tests, NULL, NULL);
}
