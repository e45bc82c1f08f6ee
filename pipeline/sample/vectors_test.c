/*
 * Every row of the shared vectors of draws and weights is read by a test: here,
 * or where the table says, whose own counts are exact.  A row of a kind that
 * nobody reads fails.
 */

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

#include "pipeline/base/hash.h"
#include "pipeline/base/prn.h"
#include "pipeline/sample/calib.h"
#include "pipeline/sample/joint_test.h"
#include "pipeline/sample/sampford.h"
#include "pipeline/sample/select.h"
#include "pipeline/sample/ticket.h"
#include "pipeline/sample/vectors_test.h"
#include "pipeline/sample/weights.h"

enum { MANY = 2000, CELLS = 12 };

static struct err err;

static void
near(const char *id, double got, double want, double tolerance)
{
	if (!(fabs(got - want) <= tolerance * fmax(1, fabs(want))))
		fail_msg("%s: got %.15g, want %.15g", id, got, want);
}

/* ------------------------------------------------------------------- joint -- */

static void
joint(const char *id, const char *in, const char *out)
{
	static const struct { const char *end; void (*of)(const double *, size_t,
	    double *); } designs[] = { { "sampford", joint_sampford },
		{ "systematic", joint_systematic }, { "tille", joint_tille },
		{ "midzuno", joint_midzuno }, { "maxent", joint_entropy } };
	double pik[JOINT_MOST], pi2[JOINT_MOST * JOINT_MOST], want[JOINT_MOST];
	size_t N = vectors_list(vectors_find(in, "pik"), pik, JOINT_MOST), d = 0;

	while (strstr(id, designs[d].end) == NULL) {
		if (d == 4)
			fail_msg("%s: no such design", id);
		d++;
	}
	designs[d].of(pik, N, pi2);
	for (size_t i = 0; i < N; i++) {
		assert_int_equal(vectors_list(out, want, JOINT_MOST), N);
		for (size_t j = 0; j < N; j++)
			/* R stops looking for the odds at 1e-6 */
			near(id, pi2[i * N + j], want[j], designs[d].of ==
			    joint_entropy ? 1e-6 : 1e-12);
		out = strchr(out, '|');
		assert_int_equal(out == NULL, i + 1 == N);
		out = out == NULL ? "" : out + 1;
	}
}

/* ---------------------------------------------------- what rows say besides -- */

/* The standard error that an allocation by cost gives. */
static void
by_cost(const char *id, const char *in, const char *out)
{
	double N[16], S[16], n[16], var = 0, all = 0;
	size_t k = vectors_list(vectors_find(in, "Nh"), N, 16);

	vectors_list(vectors_find(in, "Sh"), S, 16);
	vectors_list(vectors_find(out, "nh"), n, 16);
	for (size_t h = 0; h < k; h++) {
		var += N[h] * N[h] * (1 - n[h] / N[h]) * S[h] * S[h] / n[h];
		all += N[h];
	}
	near(id, sqrt(var) / all, vectors_real(out, "se"), 1e-8);
}

static void
rounded(const char *id, const char *in, const char *out)
{
	double n[16], sum = 0;
	size_t k = vectors_list(vectors_find(out, "nh"), n, 16);

	(void)in;
	while (k-- > 0)
		sum += n[k];
	near(id, sum, vectors_real(out, "sum"), 0);
}

static void
whole_pik(const char *id, const char *in, const char *out)
{
	double size[MANY], pik[MANY], sum = 0, most = 0;
	size_t certain, all = vectors_column(VECTORS "data/frame300.csv", "size", size,
	    MANY);

	select_pik(size, all, (size_t)vectors_real(in, "n"), pik, &certain);
	for (size_t k = 0; k < all; k++) {
		sum += pik[k];
		most = pik[k] < 1 ? fmax(most, pik[k]) : most;
	}
	near(id, sum, vectors_real(out, "sum"), 1e-12);
	near(id, most, vectors_real(out, "max_noncert"), 1e-12);
}

/* The sum of binomial chances up to m, and the p for which it is ${tail}. */
static double
binomial(int m, int n, double p)
{
	double sum = 0;

	for (int x = 0; x <= m; x++)
		sum += exp(lgamma(n + 1.0) - lgamma(x + 1.0) - lgamma(n - x + 1.0) +
		    x * log(p) + (n - x) * log1p(-p));
	return sum;
}

static void
clopper_pearson(const char *id, const char *in, const char *out)
{
	int m = (int)vectors_real(in, "m"), n = (int)vectors_real(in, "n");

	for (int upper = 0; upper < 2; upper++) {
		double low = 0, high = 1;

		for (int i = 0; i < 60; i++) {
			double p = (low + high) / 2;

			if (binomial(m - !upper, n, p) > (upper ? 0.025 : 0.975))
				low = p;
			else
				high = p;
		}
		near(id, round(low * 1000) / 1000, vectors_real(out, upper ? "hi" : "lo"),
		    1e-12);
	}
}

/* ----------------------------------------------------- an estimate by strata -- */

static void
strata_total(const char *id, const char *in, const char *out)
{
	double area[MANY], y[MANY], prn[MANY], sub[MANY], N = 0, total = 0, var = 0;
	size_t all = vectors_column(VECTORS "data/frame300.csv", "fylke", area, MANY);
	size_t n = (size_t)vectors_real(in, "nh");
	struct select_from origin = { 0, SELECT_UP };

	vectors_column(VECTORS "data/frame300.csv", "turnover", y, MANY);
	vectors_column(VECTORS "data/frame300.csv", "prn", prn, MANY);
	for (int f = 0; f < 100; f++) {
		size_t at[MANY], k = 0;
		unsigned char p[MANY];
		double mean = 0, s2 = 0;

		for (size_t i = 0; i < all; i++)
			if ((int)area[i] == f) {
				at[k] = i;
				sub[k++] = prn[i];
			}
		if (k < 10)
			continue;
		select_random(sub, k, n, origin, p);
		for (size_t i = 0; i < k; i++)
			mean += p[i] ? y[at[i]] / (double)n : 0;
		for (size_t i = 0; i < k; i++)
			s2 += p[i] ? (y[at[i]] - mean) * (y[at[i]] - mean) : 0;
		s2 /= (double)n - 1;
		N += (double)k;
		total += (double)k * mean;
		var += (double)k * (double)k * (1 - (double)n / (double)k) * s2 /
		    (double)n;
	}
	near(id, N, vectors_real(out, "N"), 0);
	near(id, total, vectors_real(out, "est"), 1e-12);
	near(id, sqrt(var), vectors_real(out, "se"), 1e-12);
	near(id, total / N, vectors_real(out, "mean"), 1e-12);
	near(id, sqrt(var) / N, vectors_real(out, "se_mean"), 1e-12);
}

/* -------------------------------------------------------------- generators -- */

/* "key=value;": the value. */
static char *
word(const char *in, const char *key)
{
	const char *s = vectors_find(in, key);

	return s == NULL ? mem_str("") : mem_strn(s, strcspn(s, ";"));
}

static void
permanent(const char *id, const char *in, const char *out)
{
	char *salt = word(in, "salt"), *key = word(in, "orgnr");

	near(id, prn_of(salt, key), strtod(out, NULL), 0);
	free(salt);
	free(key);
}

static void
block(const char *id, const char *in, const char *out)
{
	unsigned char sum[HASH_SIZE];
	char *seed = word(in, "seed"), hex[HASH_HEX];

	ticket_block(seed, (size_t)vectors_real(in, "counter"), sum);
	if (strcmp(hash_hex(sum, sizeof(sum), hex), out) != 0)
		fail_msg("%s: %s", id, hex);
	free(seed);
}

static void
between(const char *id, const char *in, const char *out)
{
	char *seed = word(in, "seed");
	double want[16];
	size_t n = vectors_list(out, want, 16), k = 0;

	assert_int_equal(n, (size_t)vectors_real(in, "n"));
	for (size_t i = 0; i < n; i++)
		near(id, (double)ticket_between(seed, &k,
		    (int64_t)vectors_real(in, "a"), (int64_t)vectors_real(in, "b")),
		    want[i], 0);
	free(seed);
}

/* sha256_uniform(text): the ticket's number without the hash of a seed. */
static void
uniform(const char *id, const char *in, const char *out)
{
	unsigned char sum[HASH_SIZE];
	const char *s = strchr(in, '(') + 1;
	char digits[TICKET_DIGITS + 1];

	hash_sha256(s, strcspn(s, ")"), sum);
	ticket_digits(sum, digits);
	if (strcmp(digits, out + 2) != 0)
		fail_msg("%s: 0.%s", id, digits);
}

static void
tickets(const char *id, const char *in, const char *out)
{
	char *seed = word(in, "seed"), *ids = word(in, "ids"), *s = NULL, *got;
	char digits[16][TICKET_DIGITS + 1];
	const char *key[16];
	size_t n = 0, left;

	for (char *t = strtok_r(ids, ",", &s); t != NULL && n < 16;
	    t = strtok_r(NULL, ",", &s)) {
		key[n] = t;
		near(id, ticket_of(seed, t, digits[n]), ticket_of(seed, t, NULL), 0);
		n++;
	}
	left = vectors_find(in, "take") != NULL ? (size_t)vectors_real(in, "take") : n;
	got = mem_str(out);
	for (char *t = strtok_r(got, ",", &s); t != NULL; t = strtok_r(NULL, ",", &s)) {
		size_t first = 0;

		for (size_t i = 1; i < n; i++)
			if (strcmp(digits[i], digits[first]) < 0)
				first = i;
		if (strcmp(key[first], t) != 0)
			fail_msg("%s: %s, want %s", id, key[first], t);
		digits[first][0] = '~';		/* taken */
		left--;
	}
	assert_int_equal(left, 0);
	free(got);
	free(ids);
	free(seed);
}

static void
splitmix(const char *id, const char *in, const char *out)
{
	uint64_t state = (uint64_t)vectors_real(in, "seed");
	char *end;

	for (int i = 0; i < (int)vectors_real(in, "n"); i++) {
		uint64_t got = splitmix_next(&state), want = strtoull(out, &end, 10);

		if (got != want)
			fail_msg("%s: %" PRIu64, id, got);
		out = end + (*end == ',');
	}
	assert_int_equal(*out, '\0');
}

/* ----------------------------------------------------------------- weights -- */

struct cells {
	double w[MANY], ta[8], tb[8], pop[CELLS];
	size_t a[MANY], b[MANY], cell[MANY], n, A, B;
};

static void
fill(struct cells *c, const double *counts, size_t A, size_t B, double base)
{
	memset(c, 0, sizeof(*c));
	c->A = A;
	c->B = B;
	for (size_t i = 0; i < A * B; i++)
		for (size_t k = 0; k < (size_t)counts[i]; k++) {
			c->w[c->n] = base;
			c->a[c->n] = i % A;
			c->b[c->n] = i / A;
			c->cell[c->n++] = i;
		}
}

static void
weigh(const char *id, struct cells *c)
{
	const struct weights_by cell = { c->cell, c->A * c->B, NULL };
	const struct weights_margin m[] = { { { c->a, c->A, NULL }, c->ta },
		{ { c->b, c->B, NULL }, c->tb } };
	int rounds, met = 1, r;

	if (strcmp(id, "kalton_poststrat") == 0)
		r = weights_poststratify(c->w, c->n, &cell, c->pop, &err);
	else if (strcmp(id, "cells_poststrat") == 0)
		r = weights_poststratify(c->w, c->n, &m[0].by, c->ta, &err);
	else if (strcmp(id, "kalton_linear") == 0)
		r = calib_linear(c->w, c->n, m, 2, -INFINITY, INFINITY, &rounds, &met,
		    &err);
	else if (strcmp(id, "kalton_trunclinear") == 0)
		r = calib_linear(c->w, c->n, m, 2, 0.5, 2.2, &rounds, &met, &err);
	else
		r = weights_rake(c->w, c->n, m, 2, &rounds, &met, &err);
	if (r != 0)
		fail_msg("%s: %s", id, err.text);
	assert_int_equal(met, 1);
}

/* Rows of a, columns of b: "x,y,z|x,y,z". */
static void
kalton(const char *id, const char *in, const char *out)
{
	static struct cells c;
	double counts[CELLS], pop[CELLS], want[CELLS];

	assert_int_equal(vectors_list(vectors_find(in, "sample"), counts, CELLS), 12);
	assert_int_equal(vectors_list(vectors_find(in, "pop"), pop, CELLS), 12);
	fill(&c, counts, 4, 3, 1);
	for (size_t i = 0; i < 12; i++) {
		c.pop[i] = pop[i];
		c.ta[i % 4] += pop[i];
		c.tb[i / 4] += pop[i];
	}
	weigh(id, &c);
	for (size_t a = 0; a < 4; a++) {
		assert_int_equal(vectors_list(out, want + 3 * a, 3), 3);
		out = strchr(out, '|');
		out = out == NULL ? "" : out + 1;
	}
	for (size_t i = 0; i < c.n; i++)
		near(id, c.w[i], want[c.a[i] * 3 + c.b[i]], 1e-9);
}

static void
cells(const char *id, const char *in, const char *out)
{
	static const char *const name[] = { "E.No", "H.No", "M.No", "E.Yes", "H.Yes",
		"M.Yes" };
	static const double given[] = { 12, 3, 8, 132, 11, 17 };
	static struct cells c;
	double counts[6];
	int post = strcmp(id, "cells_poststrat") == 0;

	for (int i = 0; i < 6; i++)
		counts[i] = strcmp(id, "cells_rake") == 0 && strstr(in, name[i]) != NULL ?
		    strtod(strstr(in, name[i]) + strlen(name[i]) + 1, NULL) : given[i];
	fill(&c, counts, 3, 2, 33.846996307373);
	memcpy(c.ta, (double[]){ 4421, 755, 1018 }, 3 * sizeof(double));
	memcpy(c.tb, (double[]){ 1072, 5122 }, 2 * sizeof(double));
	weigh(id, &c);
	if (strcmp(id, "cells_kish") == 0) {
		struct weights_summary s = weights_summary(c.w, c.n);

		near(id, s.deff, vectors_real(out, "deff"), 1e-10);
		near(id, s.neff, vectors_real(out, "neff"), 1e-10);
		return;
	}
	for (size_t i = 0; i < c.n; i++) {
		char one[2] = { name[c.cell[i]][0], '\0' };

		near(id, c.w[i], vectors_real(out, post ? one : name[c.cell[i]]), 1e-9);
	}
}

/* ------------------------------------------------------------------- table -- */

struct kind {
	const char *begins;
	int rows;
	void (*check)(const char *id, const char *in, const char *out);
	const char *where;	/* the test that reads what is not read here */
	int seen;
};

static struct kind sampling[] = {
	{ "alloc_prop_prac", 1, NULL, "alloc_test", 0 },
	{ "alloc_neyman_prac", 1, NULL, "alloc_test", 0 },
	{ "alloc_totcost_", 1, by_cost, "alloc_test", 0 },
	{ "alloc_totvar_", 1, NULL, "alloc_test", 0 },
	{ "alloc_prop_samplingbook", 1, rounded, "alloc_test", 0 },
	{ "alloc_opt_samplingbook", 1, rounded, "alloc_test", 0 },
	{ "size_strata_", 2, NULL, "size_test", 0 },
	{ "ssb_alloc_", 6, NULL, "alloc_test", 0 },
	{ "pik_", 3, NULL, "select_test", 0 },
	{ "pi2_", 5, joint, NULL, 0 },
	{ "sys_toy_", 5, NULL, "select_test", 0 },
	{ "sizes_", 4, NULL, "size_test", 0 },
	{ "ci_prop_cp", 1, clopper_pearson, NULL, 0 },
	{ "made_pik", 1, whole_pik, "select_test", 0 },
	{ "made_sys_u", 2, NULL, "select_test", 0 },
	{ "made_order_", 2, NULL, "select_test", 0 },
	{ "made_poisson_", 1, NULL, "select_test", 0 },
	{ "made_srs_", 3, NULL, "select_test", 0 },
	{ "made_syseq_", 2, NULL, "select_test", 0 },
	{ "made_strat_prn3", 1, NULL, "select_test", 0 },
	{ "made_alloc_", 4, NULL, "alloc_test", 0 },
	{ "made_strat_total", 1, strata_total, NULL, 0 },
	{ NULL, 49, NULL, NULL, 0 }
};
static struct kind rng[] = {
	{ "r_", 15, NULL, "rng_mt_test", 0 },
	{ "sha256prng_block", 2, block, NULL, 0 },
	{ "sha256prng_randint", 1, between, NULL, 0 },
	{ "ticket_abc", 1, uniform, NULL, 0 },
	{ "ticket_order", 2, tickets, NULL, 0 },
	{ "prn_", 3, permanent, NULL, 0 },
	{ "splitmix64_", 1, splitmix, NULL, 0 },
	{ NULL, 25, NULL, NULL, 0 }
};
static struct kind weight[] = {
	{ "kalton_", 4, kalton, NULL, 0 },
	{ "cells_", 3, cells, NULL, 0 },
	{ NULL, 7, NULL, NULL, 0 }
};

/* ${in}: which field the input is. */
static void
read_all(const char *file, struct kind *kinds, int in)
{
	struct vectors v;
	struct kind *k;
	int all = 0, line = 0;

	if (!vectors_open(&v, file))
		return;		/* own rows beneath, and in the tests named */
	while (vectors_next(&v)) {
		if (line++ == 0)
			continue;
		for (k = kinds; k->begins != NULL; k++)
			if (strncmp(v.field[0], k->begins, strlen(k->begins)) == 0)
				break;
		if (k->begins == NULL)
			fail_msg("%s: nobody reads %s", file, v.field[0]);
		k->seen++;
		all++;
		if (k->check != NULL)
			k->check(v.field[0], v.field[in], v.field[in + 1]);
		assert_true(k->check != NULL || k->where != NULL);
	}
	for (k = kinds; k->begins != NULL; k++)
		if (k->seen != k->rows)
			fail_msg("%s: %d rows of %s, not %d", file, k->seen, k->begins,
			    k->rows);
	assert_int_equal(all, k->rows);
}

static void
every_row_is_read(void **state)
{
	(void)state;
	read_all(VECTORS "sampling_vectors.tsv", sampling, 2);
	read_all(VECTORS "rng_vectors.tsv", rng, 1);
	read_all(VECTORS "weights_vectors.tsv", weight, 2);
}

/* Rows worked out by hand, or with the tools of a shell. */
static void
own_rows(void **state)
{
	static const char third[] = "pik=0.66666666666666663,0.66666666666666663,"
	    "0.66666666666666663";
	static const char pairs[] = "0.66666666666666663,0.33333333333333331,"
	    "0.33333333333333331|0.33333333333333331,0.66666666666666663,"
	    "0.33333333333333331|0.33333333333333331,0.33333333333333331,"
	    "0.66666666666666663";

	(void)state;
	joint("sampford", third, pairs);
	joint("systematic", third, pairs);
	joint("tille", third, pairs);
	joint("midzuno", third, pairs);
	joint("maxent", third, pairs);
	/* two of four: the first is always with one of the others */
	joint("systematic", "pik=0.5,0.5,0.5,0.5", "0.5,0,0.5,0|0,0.5,0,0.5|0.5,0,0.5,0|"
	    "0,0.5,0,0.5");
	clopper_pearson("ten of twenty, to three decimals", "m=10;n=20",
	    "lo=0.272;hi=0.728");
	/* sha256sum of "7," and of "7,\0" */
	block("k 0", "seed=7;counter=0",
	    "58ceeac666a2c1f8d25fcebdf807d13baa7270caf3bd3606f2ba3cc4dd9cc857");
	block("k 1", "seed=7;counter=1",
	    "fab84af5e954c80f825c07b6569bc92d37179386e79bc3caefbbf03a5eddce5d");
	splitmix("from 0", "seed=0;n=2", "16294208416658607535,7960286522194355700");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_read),
		cmocka_unit_test(own_rows),
	};

	return cmocka_run_group_tests_name("vectors", tests, NULL, NULL);
}
