#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "pipeline/tables/stat.h"

static void
close_to(double got, double want, double within)
{
	if (!(fabs(got - want) <= within))
		fail_msg("got %.12g, want %.12g", got, want);
}

/* Five-per-cent points as every textbook prints them, and exact values. */
static void
the_tail_is_the_textbook_s(void **state)
{
	(void)state;
	close_to(stat_chi2_tail(3.841458820694124, 1), 0.05, 1e-12);
	close_to(stat_chi2_tail(5.991464547107979, 2), 0.05, 1e-12);
	close_to(stat_chi2_tail(18.307038053275146, 10), 0.05, 1e-12);
	close_to(stat_chi2_tail(124.34211340400407, 100), 0.05, 1e-12);
	close_to(stat_chi2_tail(6.634896601021213, 1), 0.01, 1e-12);
	/* two degrees of freedom: exp(-x/2) */
	close_to(stat_chi2_tail(1, 2), exp(-0.5), 1e-14);
	close_to(stat_chi2_tail(100, 2) / exp(-50), 1, 1e-10);
	close_to(stat_chi2_tail(0, 3), 1, 0);
	assert_true(isnan(stat_chi2_tail(-1, 3)));
	assert_true(isnan(stat_chi2_tail(1, 0)));
	assert_true(isnan(stat_chi2_tail(NAN, 1)));
}

static void
a_table_of_two_by_two(void **state)
{
	static const int64_t t[] = { 10, 20, 30, 40 };
	struct stat_chi2 s = stat_chi2(t, 2, 2);

	(void)state;
	/* n (ad - bc)^2 over the margins: 100 * 200^2 / (30 70 40 60) */
	close_to(s.chi2, 100.0 * 40000 / (30.0 * 70 * 40 * 60), 1e-12);
	assert_int_equal(s.df, 1);
	close_to(s.v, sqrt(s.chi2 / 100), 1e-12);
	close_to(s.p, erfc(sqrt(s.chi2 / 2)), 1e-12);
	assert_int_equal(s.low, 0);
}

static void
empty_rows_and_columns_are_left_out(void **state)
{
	static const int64_t t[] = { 10, 0, 20, 0, 0, 0, 30, 0, 40 };
	static const int64_t one[] = { 1, 2, 0, 0 };
	struct stat_chi2 s = stat_chi2(t, 3, 3);

	(void)state;
	assert_int_equal(s.df, 1);
	close_to(s.chi2, 100.0 * 40000 / (30.0 * 70 * 40 * 60), 1e-12);
	s = stat_chi2(one, 2, 2);
	assert_int_equal(s.df, 0);
	assert_true(isnan(s.chi2) && isnan(s.p) && isnan(s.v));
	s = stat_chi2(one, 0, 0);
	assert_true(isnan(s.p));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tail_is_the_textbook_s),
		cmocka_unit_test(a_table_of_two_by_two),
		cmocka_unit_test(empty_rows_and_columns_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
