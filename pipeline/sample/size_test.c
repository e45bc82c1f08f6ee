#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/sample/size.h"
#include "pipeline/sample/vectors_test.h"

static void
knows_the_quantiles(void **state)
{
	(void)state;
	assert_true(fabs(size_z(0.95) - 1.959963984540054) < 1e-12);
	assert_true(fabs(size_z(0.99) - 2.5758293035489004) < 1e-12);
	assert_true(fabs(size_z(0.90) - 1.6448536269514722) < 1e-12);
}

static void
sizes_of_proportions_and_means(void **state)
{
	(void)state;
	assert_int_equal(size_proportion(0.5, 0.05, 0.95, 300), 169);
	assert_int_equal(size_proportion(0.5, 0.01, 0.95, INFINITY), 9604);
	assert_int_equal(size_proportion(0.39, 0.01, 0.95, INFINITY), 9139);
	assert_int_equal(size_mean(10, 4, 0.95, 300), 23);
	/* never more than there are, never less than nothing */
	assert_int_equal(size_proportion(0.5, 0.0001, 0.95, 50), 50);
	assert_int_equal(size_proportion(0, 0.05, 0.95, 50), 0);
	assert_int_equal(size_mean(1, 10, 0.95, 1), 1);
}

static void
sizes_over_strata(void **state)
{
	static const double N[] = { 100000, 300000, 600000 }, S[] = { 1, 2, 3 };

	(void)state;
	assert_int_equal(size_strata(N, S, 3, 0.1, 0.95, 0), 2568);
	assert_int_equal(size_strata(N, S, 3, 0.1, 0.95, 1), 2395);
}

static void
invitations_for_so_many_answers(void **state)
{
	(void)state;
	assert_int_equal(size_gross(308, 0.8, 0.2, 0.4), 4813);	/* 4812.5 */
	assert_int_equal(size_gross(300, 1, 1, 1), 300);
	assert_int_equal(size_gross(3, 0.1, 1, 1), 30);	/* not 31 for 30.000...4 */
	assert_int_equal(size_gross(0, 0.1, 1, 1), 0);
}

static void
the_way_back_is_no_wider(void **state)
{
	(void)state;
	for (int N = 50; N < 5000; N += 333)
		for (int d = 1; d < 10; d++) {
			int64_t n = size_proportion(0.3, d / 100.0, 0.95, N);

			assert_true(size_width(0.3, n, 0.95, N) <= d / 100.0 + 1e-9);
		}
}

static void
agrees_with_the_shared_vectors(void **state)
{
	struct vectors v;
	int seen = 0;

	(void)state;
	if (!vectors_open(&v, VECTORS "sampling_vectors.tsv"))
		return;
	while (vectors_next(&v)) {
		const char *id = v.field[0], *in = v.field[2];
		double e, level, N, Nh[9], Sh[9];
		int64_t got;
		size_t k;

		if (v.field[3] == NULL || strncmp(id, "size", 4) != 0)
			continue;
		e = vectors_real(in, "e");
		level = vectors_real(in, "level");
		N = vectors_real(in, "N");
		k = vectors_list(vectors_find(in, "Nh"), Nh, 9);
		vectors_list(vectors_find(in, "Sh"), Sh, 9);
		if (strncmp(id, "size_strata_", 12) == 0)
			got = size_strata(Nh, Sh, k, e, level, id[12] == 'o');
		else if (vectors_find(in, "P") != NULL)
			got = size_proportion(vectors_real(in, "P"), e, level, N);
		else
			got = size_mean(vectors_real(in, "S"), e, level, N);
		if (got != (int64_t)vectors_real(v.field[3], "n"))
			fail_msg("%s: %d", id, (int)got);
		seen++;
	}
	assert_int_equal(seen, 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_quantiles),
		cmocka_unit_test(sizes_of_proportions_and_means),
		cmocka_unit_test(sizes_over_strata),
		cmocka_unit_test(invitations_for_so_many_answers),
		cmocka_unit_test(the_way_back_is_no_wider),
		cmocka_unit_test(agrees_with_the_shared_vectors),
	};

	return cmocka_run_group_tests_name("size", tests, NULL, NULL);
}
