#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/file.h"

#include "pipeline/sample/alloc.h"
#include "pipeline/sample/vectors_test.h"

enum { MANY = 16 };

static struct err err;

/* "1,2,3" into ${ret}; how many. */
static size_t
numbers(const char *s, int64_t *ret)
{
	size_t n = 0;

	while (n < MANY) {
		char *end;

		ret[n++] = strtoll(s, &end, 10);
		if (*end != ',')
			break;
		s = end + 1;
	}
	return n;
}

static void
print(const struct alloc_stratum *s, size_t k, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t h = 0; h < k; h++)
		at += (size_t)snprintf(out + at, size - at, "%s%" PRId64,
		    h > 0 ? "," : "", s[h].n);
}

static const struct {
	const char *says;
	int64_t n, min;
	const char *size, *sd;	/* sd NULL: proportional */
	const char *want;	/* NULL: refused, with ${word} */
	const char *word;
} cases[] = {
	{ "shares in proportion", 60, 0, "70,27,2,1,48,14,60,41,23,14", NULL,
	    "14,5,0,0,10,3,12,8,5,3", NULL },
	{ "gives ties to the earlier stratum", 10, 0, "10,10,10,10", NULL,
	    "3,3,2,2", NULL },
	{ "shares by size and spread, one at least", 90, 1,
	    "70,27,2,1,48,14,60,41,23,14",
	    "15264,26914,1355,0,13286,15587,11892,7814,21399,15309",
	    "21,15,1,1,13,4,14,7,10,4", NULL },
	{ "shares again what a cap gives back", 100, 1, "5,40,300,900",
	    "9000,700,60,5", "5,40,44,11", NULL },
	{ "takes everyone", 6, 0, "1,2,3", NULL, "1,2,3", NULL },
	{ "takes nobody", 0, 0, "1,2,3", NULL, "0,0,0", NULL },
	{ "leaves an empty stratum empty", 2, 0, "0,5,5", NULL, "0,1,1", NULL },
	{ "gives each one at least", 5, 1, "1000,1,1,1", NULL, "2,1,1,1", NULL },
	{ "asks nothing of an empty stratum", 3, 1, "0,9,9", NULL, "0,2,1", NULL },
	{ "refuses more than there are", 7, 0, "1,2,3", NULL, NULL,
	    "more than the 6 units" },
	{ "refuses less than the minima", 2, 1, "5,5,5", NULL, NULL,
	    "at least (a, a" },
	{ "refuses what no weight can take", 5, 0, "5,5", "0,0", NULL,
	    "no other stratum" },
	{ "is exact where doubles are not", 3, 0,
	    "900000001,900000002,900000003", NULL, "1,1,1", NULL },
};

static void
check(const char *says, int64_t n, int64_t min, const char *size,
    const char *sd, const char *want, const char *word)
{
	struct alloc_stratum s[MANY];
	int64_t N[MANY], S[MANY];
	char got[256];
	size_t k = numbers(size, N);

	memset(s, 0, sizeof(s));
	if (sd != NULL)
		assert_int_equal(numbers(sd, S), k);
	for (size_t h = 0; h < k; h++)
		s[h] = (struct alloc_stratum){ "a", sd != NULL ? N[h] * S[h] : N[h],
		    min < N[h] ? min : N[h], N[h], 0 };
	if (alloc_share(s, k, n, &err) != 0) {
		if (want != NULL)
			fail_msg("%s: refused: %s", says, err.text);
		if (err.status != EX_DATAERR || strstr(err.text, word) == NULL)
			fail_msg("%s: %s", says, err.text);
		return;
	}
	print(s, k, got, sizeof(got));
	if (want == NULL || strcmp(got, want) != 0)
		fail_msg("%s: got %s, want %s", says, got, want == NULL ?
		    "refusal" : want);
}

static void
allocates_as_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i].says, cases[i].n, cases[i].min, cases[i].size,
		    cases[i].sd, cases[i].want, cases[i].word);
}

/* Value of "key=" in "a=1;b=2;", up to ';'; NULL if it is not there. */
static char *
value(const char *text, const char *key, char out[static 256])
{
	const char *s = strstr(text, key);
	size_t n;

	if (s == NULL || (s != text && s[-1] != ';'))
		return NULL;
	s += strlen(key);
	n = strcspn(s, ";\t\n");
	if (n >= 256)
		return NULL;
	memcpy(out, s, n);
	out[n] = '\0';
	return out;
}

static void
agrees_with_the_shared_vectors(void **state)
{
	struct buf b = BUF(1 << 20);
	char *line, *save = NULL, *id, *op, *in, *out;
	char n[256], min[256], size[256], sd[256], want[256];
	int seen = 0;

	(void)state;
	if (!file_exists("../shared/data/sampling/sampling_vectors.tsv"))
		return;		/* the same cases stand above */
	assert_int_equal(file_read("../shared/data/sampling/sampling_vectors.tsv",
	    1 << 20, &b, &err), 0);
	for (line = strtok_r(b.data, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save)) {
		char *s2 = NULL;

		id = strtok_r(line, "\t", &s2);
		op = strtok_r(NULL, "\t", &s2);
		in = strtok_r(NULL, "\t", &s2);
		out = strtok_r(NULL, "\t", &s2);
		if (out == NULL || strncmp(id, "made_alloc_", 11) != 0 || op == NULL)
			continue;
		assert_non_null(value(in, "n=", n));
		assert_non_null(value(in, "Nh=", size));
		assert_non_null(value(out, "nh=", want));
		check(id, strtoll(n, NULL, 10), value(in, "min=", min) != NULL ?
		    strtoll(min, NULL, 10) : 0, size, value(in, "Sh=", sd), want,
		    NULL);
		seen++;
	}
	assert_true(seen >= 4);
	buf_free(&b);
}

/* The answer is clamp(k * weight) for some k, to within one unit. */
static void
keeps_bounds_sum_and_proportion(void **state)
{
	uint32_t x = 12345;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct alloc_stratum s[MANY];
		size_t k;
		int64_t low = 0, high = 0, sum = 0, n;

		x = x * 1664525 + 1013904223;
		k = 1 + (x >> 16) % (MANY - 1);
		for (size_t h = 0; h < k; h++) {
			x = x * 1664525 + 1013904223;
			s[h].name = "a";
			s[h].weight = 1 + (x >> 16) % 500;
			s[h].min = (x >> 8) % 4;
			s[h].max = s[h].min + (x >> 20) % 60;
			low += s[h].min;
			high += s[h].max;
		}
		x = x * 1664525 + 1013904223;
		n = low + (int64_t)(x >> 4) % (high - low + 1);
		assert_int_equal(alloc_share(s, k, n, &err), 0);
		for (size_t h = 0; h < k; h++) {
			assert_true(s[h].n >= s[h].min && s[h].n <= s[h].max);
			sum += s[h].n;
		}
		assert_int_equal(sum, n);
		/* nobody who may give has over one unit more per weight than
		 * somebody who may take */
		for (size_t a = 0; a < k; a++)
			for (size_t b = 0; b < k; b++)
				if (s[a].n > s[a].min && s[b].n < s[b].max)
					assert_true((s[a].n - 1) * s[b].weight <=
					    (s[b].n + 1) * s[a].weight);
	}
}

/* ---------------------------------------------- weights that are not whole -- */

static void
shares_of_weights_that_are_not_whole(void **state)
{
	static const double w[] = { 0.1, 0.2, 0.3, 0 }, tie[] = { 10, 10, 10, 10 };
	struct alloc_stratum s[4];
	char got[256];

	(void)state;
	for (size_t h = 0; h < 4; h++)
		s[h] = (struct alloc_stratum){ "a", 0, 0, 1000, 0 };
	alloc_weights(s, w, 4, 60);
	assert_int_equal(alloc_share(s, 4, 60, &err), 0);
	print(s, 4, got, sizeof(got));
	assert_string_equal(got, "10,20,30,0");
	for (size_t h = 0; h < 4; h++)
		s[h].max = 10;
	alloc_weights(s, tie, 4, 10);
	assert_int_equal(alloc_share(s, 4, 10, &err), 0);
	print(s, 4, got, sizeof(got));
	assert_string_equal(got, "3,3,2,2");
}

static void
power_goes_from_equal_spread_to_neyman(void **state)
{
	(void)state;
	assert_true(fabs(alloc_power(100, 0.5, 0) - 0.5) < 1e-12);
	assert_true(fabs(alloc_power(100, 0.5, 1) - 50) < 1e-12);
	assert_true(fabs(alloc_power(100, 0.5, 0.5) - 5) < 1e-12);
	assert_true(fabs(alloc_power(0, 0.5, 0)) < 1e-12);
}

static const struct {
	const char *says, *N, *X, *want;
	int64_t n, min, max, all;	/* ${all}: stratum taken whole, from 1 */
} bisections[] = {
	{ "in proportion to X", "15,40,80,300,600", "1000,70000,250000,400000,500000",
	    "0,6,20,33,41", 100, 0, 0, 0 },
	{ "two at least", "15,40,80,300,600", "0,70000,250000,400000,500000",
	    "2,6,20,32,40", 100, 2, 0, 0 },
	{ "a stratum that is full", "55,610,2900,25,1850",
	    "85000,100000,250000,5000,200000", "55,80,201,4,160", 500, 0, 0, 0 },
	{ "a cap and a stratum taken whole", "55,610,2900,25,1850",
	    "85000,100000,250000,5000,200000", "55,76,191,25,153", 500, 0, 200, 4 },
	{ "a leap over n, given to the first", "58,610,2900,15,1850",
	    "88000,100000,250000,50000,200000", "27,29,72,14,58", 200, 0, 0, 0 },
};

static void
bisect(const char *says, const double *N, const double *X, size_t k, int64_t n,
    int64_t min, int64_t max, const double *all, const double *want)
{
	struct alloc_stratum s[MANY];

	for (size_t h = 0; h < k; h++) {
		int64_t cap = (int64_t)N[h];

		s[h] = (struct alloc_stratum){ "a", 0, min < cap ? min : cap,
		    max > 0 && max < cap ? max : cap, 0 };
		if (all[h] > 0)
			s[h].min = s[h].max = cap;
	}
	if (alloc_bisect(s, X, k, n, &err) != 0)
		fail_msg("%s: %s", says, err.text);
	for (size_t h = 0; h < k; h++)
		if (s[h].n != (int64_t)want[h])
			fail_msg("%s: stratum %zu: %" PRId64 ", want %g", says, h + 1,
			    s[h].n, want[h]);
}

static void
bisects_as_statistics_norway(void **state)
{
	double N[MANY], X[MANY], want[MANY];

	(void)state;
	for (size_t i = 0; i < sizeof(bisections) / sizeof(bisections[0]); i++) {
		double all[MANY] = { 0 };
		size_t k = vectors_list(bisections[i].N, N, MANY);

		vectors_list(bisections[i].X, X, MANY);
		vectors_list(bisections[i].want, want, MANY);
		if (bisections[i].all > 0)
			all[bisections[i].all - 1] = 1;
		bisect(bisections[i].says, N, X, k, bisections[i].n, bisections[i].min,
		    bisections[i].max, all, want);
	}
}

static void
agree(const char *id, const double *got, const char *list, size_t k)
{
	double want[MANY];

	assert_int_equal(vectors_list(list, want, MANY), k);
	for (size_t h = 0; h < k; h++)
		if (fabs(got[h] - want[h]) > 1e-9 * fmax(1, want[h]))
			fail_msg("%s: got %.15g, want %.15g", id, got[h], want[h]);
}

static void
agrees_with_the_other_shared_vectors(void **state)
{
	struct vectors v;
	int seen = 0;

	(void)state;
	if (!vectors_open(&v, VECTORS "sampling_vectors.tsv"))
		return;
	while (vectors_next(&v)) {
		const char *id = v.field[0], *in = v.field[2], *out = v.field[3];
		double N[MANY], S[MANY], c[MANY], x[MANY] = { 0 }, got[MANY];
		double n, cv;
		size_t k;

		if (out == NULL || (strncmp(id, "alloc_", 6) != 0 &&
		    strncmp(id, "ssb_alloc_", 10) != 0))
			continue;
		n = vectors_real(in, "n");
		k = vectors_list(vectors_find(in, "Nh"), N, MANY);
		vectors_list(vectors_find(in, "Sh"), S, MANY);
		vectors_list(vectors_find(in, "ch"), c, MANY);
		for (size_t h = 0; h < k; h++)
			x[h] = vectors_find(in, "Sh") != NULL ? N[h] * S[h] : N[h];
		if (id[0] == 's') {
			k = vectors_list(vectors_find(in, "N"), N, MANY);
			vectors_list(vectors_find(in, "X"), S, MANY);
			vectors_list(vectors_find(in, "take_all"), x, MANY);
			assert_int_equal(vectors_list(vectors_find(out, "n_adjusted"), got,
			    MANY), k);
			bisect(id, N, S, k, (int64_t)vectors_real(in, "totn"),
			    (int64_t)vectors_real(in, "min_n"),
			    (int64_t)vectors_real(in, "max_n"), x, got);
		} else if (strcmp(id, "alloc_totcost_prac") == 0) {
			alloc_for_cost(N, S, c, k, vectors_real(in, "cost"), got);
			agree(id, got, vectors_find(out, "nh"), k);
		} else if (strcmp(id, "alloc_totvar_prac") == 0) {
			double all = 0;

			for (size_t h = 0; h < k; h++)
				all += N[h];
			cv = vectors_real(in, "CV0") * vectors_real(in, "ybarU") * all;
			alloc_for_variance(N, S, c, k, cv * cv, got);
			agree(id, got, vectors_find(out, "nh"), k);
		} else {
			alloc_exact(x, k, n, got);
			/* samplingbook rounds stratum by stratum: not our rule */
			for (size_t h = 0; strstr(id, "samplingbook") != NULL && h < k; h++)
				got[h] = round(got[h]);
			agree(id, got, vectors_find(out, "nh"), k);
		}
		seen++;
	}
	assert_int_equal(seen, 12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_of_weights_that_are_not_whole),
		cmocka_unit_test(power_goes_from_equal_spread_to_neyman),
		cmocka_unit_test(bisects_as_statistics_norway),
		cmocka_unit_test(agrees_with_the_other_shared_vectors),
		cmocka_unit_test(allocates_as_the_table_says),
		cmocka_unit_test(agrees_with_the_shared_vectors),
		cmocka_unit_test(keeps_bounds_sum_and_proportion),
	};

	return cmocka_run_group_tests_name("alloc", tests, NULL, NULL);
}
