#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/sample/rng_mt.h"
#include "pipeline/sample/vectors_test.h"

/* What R 4.2 prints. */
static const struct {
	int32_t seed;
	double runif;
	int64_t n, sample[5], before[5];	/* sample.int(n, 5) of 3.6, 3.5 */
} rows[] = {
	{ 1, 0.26550866314209998, 100, { 68, 39, 1, 34, 87 }, { 27, 37, 57, 89, 20 } },
	{ 42, 0.91480604349635541, 100, { 49, 65, 25, 74, 18 }, { 92, 93, 29, 81, 62 } },
	{ 20261123, 0.6369495983235538, 100, { 16, 20, 49, 69, 88 },
	    { 64, 47, 48, 82, 5 } },
};

static void
draws_what_r_draws(void **state)
{
	struct rng_mt r;
	int64_t got[10];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rng_mt_seed(&r, rows[i].seed);
		assert_true(fabs(rng_mt_real(&r) - rows[i].runif) < 1e-16);
		rng_mt_seed(&r, rows[i].seed);
		rng_mt_sample(&r, rows[i].n, 5, RNG_MT_REJECTION, got);
		for (int k = 0; k < 5; k++)
			assert_int_equal(got[k], rows[i].sample[k]);
		rng_mt_seed(&r, rows[i].seed);
		rng_mt_sample(&r, rows[i].n, 5, RNG_MT_ROUNDING, got);
		for (int k = 0; k < 5; k++)
			assert_int_equal(got[k], rows[i].before[k]);
	}
	rng_mt_sample(&r, 1, 1, RNG_MT_REJECTION, got);
	assert_int_equal(got[0], 1);
	rng_mt_sample(&r, 0, 0, RNG_MT_REJECTION, got);
}

static void
agrees_with_the_shared_vectors(void **state)
{
	struct vectors v;
	int seen = 0;

	(void)state;
	if (!vectors_open(&v, VECTORS "rng_vectors.tsv"))
		return;
	while (vectors_next(&v)) {
		const char *id = v.field[0], *in = v.field[1], *call;
		struct rng_mt r;
		double is[16];
		int64_t got[16], n, k;
		size_t want;

		if (strncmp(id, "r_", 2) != 0)
			continue;
		want = vectors_list(v.field[2], is, 16);
		rng_mt_seed(&r, (int32_t)strtol(strstr(in, "set.seed(") + 9, NULL, 10));
		if (strstr(in, "runif") != NULL) {
			for (size_t i = 0; i < want; i++)
				assert_true(fabs(rng_mt_real(&r) - is[i]) < 1e-16);
		} else {
			char *end;

			call = strstr(in, "sample.int(") + 11;
			n = strtoll(call, &end, 10);
			k = *end == ',' ? strtoll(end + 1, NULL, 10) : n;
			assert_int_equal(k, want);
			rng_mt_sample(&r, n, k, strstr(in, "Rounding") != NULL ?
			    RNG_MT_ROUNDING : RNG_MT_REJECTION, got);
			for (size_t i = 0; i < want; i++)
				if (got[i] != (int64_t)is[i])
					fail_msg("%s: %" PRId64, id, got[i]);
		}
		seen++;
	}
	assert_int_equal(seen, 15);
}

/* X2 of section 14: 9 degrees; 56.4: p = 7e-9. */
static void
every_number_is_as_likely(void **state)
{
	struct rng_mt r;
	int c[10] = { 0 };
	double x2 = 0, f = 0.3, rounds = 20000;

	(void)state;
	rng_mt_seed(&r, 4);
	for (int i = 0; i < (int)rounds; i++) {
		int64_t got[3];

		rng_mt_sample(&r, 10, 3, RNG_MT_REJECTION, got);
		for (int k = 0; k < 3; k++)
			c[got[k] - 1]++;
	}
	for (int k = 0; k < 10; k++)
		x2 += pow(c[k] - rounds * f, 2) / (rounds * f * (1 - f));
	assert_true(x2 * 9 / 10 < 56.4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_what_r_draws),
		cmocka_unit_test(agrees_with_the_shared_vectors),
		cmocka_unit_test(every_number_is_as_likely),
	};

	return cmocka_run_group_tests_name("rng_mt", tests, NULL, NULL);
}
