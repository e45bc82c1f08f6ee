#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "pipeline/base/prn.h"
#include "pipeline/sample/select.h"
#include "pipeline/sample/vectors_test.h"

enum { MANY = 400 };

static const struct select_from origin = { 0, SELECT_UP };

/* Are exactly these, numbered from 1, picked? */
static void
want(const char *says, const unsigned char *picked, size_t N, const char *list)
{
	double w[MANY];
	size_t n = vectors_list(list, w, MANY), at = 0;

	for (size_t k = 0; k < N; k++)
		if (picked[k]) {
			if (at == n || (size_t)w[at] != k + 1)
				fail_msg("%s: unit %zu is picked", says, k + 1);
			at++;
		}
	if (at != n)
		fail_msg("%s: %zu picked, want %zu", says, at, n);
}

static void
near(const char *says, double got, double is)
{
	if (!(fabs(got - is) <= 1e-9 * fmax(1, fabs(is))))
		fail_msg("%s: got %.15g, want %.15g", says, got, is);
}

static void
turns_from_the_start_either_way(void **state)
{
	static const struct { double prn, start; enum select_way way; double want; } t[] = {
		{ 0.25, 0, SELECT_UP, 0.25 }, { 0.25, 0.5, SELECT_UP, 0.75 },
		{ 0.5, 0.5, SELECT_UP, 0 }, { 0.25, 0.5, SELECT_DOWN, 0.25 },
		{ 0.75, 0.5, SELECT_DOWN, 0.75 }, { 0, 0, SELECT_DOWN, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		near("turn", select_turn(t[i].prn, (struct select_from){ t[i].start,
		    t[i].way }), t[i].want);
	assert_true(select_turn(0.1, (struct select_from){ nextafter(0.1, 1),
	    SELECT_UP }) < 1);
}

static void
picks_the_first_and_ties_by_order(void **state)
{
	static const double s[] = { 3, 1, 2, 1, 1, 0.5 };
	unsigned char p[6];

	(void)state;
	assert_int_equal(select_first(s, 6, 0, p), 0);
	want("none", p, 6, "");
	select_first(s, 6, 3, p);
	want("ties", p, 6, "2,4,6");
	select_first(s, 6, 6, p);
	want("all", p, 6, "1,2,3,4,5,6");
}

static void
shares_probabilities_by_size(void **state)
{
	static const double x[] = { 10, 9, 8, 1, 1, 1, 1 };
	static const double zero[] = { 0, 5, 0, 5 };
	double pik[7];
	size_t certain;

	(void)state;
	assert_int_equal(select_pik(x, 7, 5, pik, &certain), 7);
	assert_int_equal(certain, 3);
	for (size_t k = 0; k < 7; k++)
		near("second round", pik[k], k < 3 ? 1 : 0.5);
	assert_int_equal(select_pik(zero, 4, 1, pik, &certain), 2);
	assert_int_equal(certain, 0);
	near("zero", pik[0], 0);
	near("half", pik[1], 0.5);
	assert_int_equal(select_pik(zero, 4, 3, pik, &certain), 2);
	assert_int_equal(certain, 2);
	assert_int_equal(select_pik(zero, 4, 0, pik, &certain), 2);
	near("nobody", pik[1], 0);
}

static void
systematic_takes_n_whatever_the_start(void **state)
{
	unsigned char p[60];

	(void)state;
	for (size_t N = 1; N < 60; N += 7)
		for (size_t n = 0; n <= N; n++)
			for (size_t r = 0; r < N; r++) {
				size_t sum = 0;

				assert_int_equal(select_systematic(N, n, (int64_t)r, p), n);
				for (size_t k = 0; k < N; k++) {
					assert_int_equal(p[k], ((k + 1) * n + r) / N >
					    (k * n + r) / N);
					sum += p[k];
				}
				assert_int_equal(sum, n);
			}
	/* a half of six: every other */
	select_systematic(6, 3, 0, p);
	want("half", p, 6, "2,4,6");
}

static void
certainty_units_are_always_in_and_zeros_never(void **state)
{
	static const double pik[] = { 0.5, 1, 0, 0.25, 0.25, 1 };
	static const double prn[] = { 0.9, 0.99, 0, 0.8, 0.7, 0.95 };
	unsigned char p[6];

	(void)state;
	for (int o = SELECT_PARETO; o <= SELECT_EXPONENTIAL; o++) {
		assert_int_equal(select_ordered((enum select_order)o, pik, prn, 6, 3,
		    origin, p), 3);
		assert_true(p[1] && p[5] && !p[2]);
		assert_int_equal(select_ordered((enum select_order)o, pik, prn, 6, 6,
		    origin, p), 5);
		assert_false(p[2]);
	}
	assert_int_equal(select_poisson(pik, prn, 6, origin, p), 2);
	want("poisson", p, 6, "2,6");
	for (double u = 0.05; u < 1; u += 0.1) {
		assert_int_equal(select_systematic_pps(pik, 6, u, p), 3);
		assert_true(p[1] && p[5] && !p[2]);
	}
}

/* ----------------------------------------------------- realised frequencies -- */

/* splitmix64, so that rounds are independent of what is tested */
static double
uniform(uint64_t *x)
{
	uint64_t z = *x += 0x9e3779b97f4a7c15U;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

enum { N = 10, ROUNDS = 20000 };

/* Without replacement and alike: X2 with the finite correction has N - 1
 * degrees (rules of sampling, section 14). 56.4: chi square 9, p = 7e-9. */
static void
every_unit_is_as_likely(void **state)
{
	(void)state;
	for (int how = 0; how < 3; how++) {
		uint64_t x = 20261125;
		double x2 = 0, f = 3.0 / N;
		int c[N] = { 0 };

		for (int i = 0; i < ROUNDS; i++) {
			unsigned char p[N];
			double u[N];

			for (int k = 0; k < N; k++)
				u[k] = uniform(&x);
			if (how == 0)
				select_random(u, N, 3, origin, p);
			else if (how == 1)
				select_random(u, N, 3, (struct select_from){ 0.35,
				    SELECT_DOWN }, p);
			else
				select_systematic(N, 3, (int64_t)(u[0] * N), p);
			for (int k = 0; k < N; k++)
				c[k] += p[k];
		}
		for (int k = 0; k < N; k++)
			x2 += pow(c[k] - ROUNDS * f, 2) / (ROUNDS * f * (1 - f));
		x2 *= (N - 1.0) / N;
		/* systematic samples are clusters: fewer degrees, larger steps */
		assert_true(x2 < (how == 2 ? 120 : 56.4));
		assert_true(x2 > 0.05);
	}
}

/* All C(6, 2) samples equally often: 14 degrees; 67: p = 7e-9. */
static void
every_sample_is_as_likely(void **state)
{
	uint64_t x = 7;
	int c[64] = { 0 };
	double x2 = 0;

	(void)state;
	for (int i = 0; i < 15000; i++) {
		unsigned char p[6];
		double u[6];
		unsigned bits = 0;

		for (int k = 0; k < 6; k++)
			u[k] = uniform(&x);
		select_random(u, 6, 2, origin, p);
		for (unsigned k = 0; k < 6; k++)
			bits |= (unsigned)p[k] << k;
		c[bits]++;
	}
	for (unsigned b = 0; b < 64; b++) {
		if (__builtin_popcount(b) == 2)
			x2 += pow(c[b] - 1000.0, 2) / 1000;
		else
			assert_int_equal(c[b], 0);
	}
	assert_true(x2 < 67);
}

/* Unequal: each count within 5.5 standard errors of a binomial; of order
 * sampling also within what its approximation is known to miss (Pareto 1.0 %,
 * exponential 3.1 %, sequential Poisson 6.7 % of this very case). */
static void
probabilities_are_what_is_claimed(void **state)
{
	static const double size[7] = { 1.8, 2, 3.2, 2.9, 1.5, 2, 2.2 };
	static const double off[] = { 0.010, 0.067, 0.031, 0, 0 };
	double pik[7];
	size_t certain;

	(void)state;
	select_pik(size, 7, 2, pik, &certain);
	for (int how = 0; how < 5; how++) {
		uint64_t x = 99;
		int c[7] = { 0 };
		double all = 0, all2 = 0, var = 0;

		for (int i = 0; i < ROUNDS; i++) {
			unsigned char p[7];
			double u[7];
			size_t n;

			for (int k = 0; k < 7; k++)
				u[k] = uniform(&x);
			n = how < 3 ? select_ordered((enum select_order)how, pik, u, 7,
			    2, origin, p) : how == 3 ? select_systematic_pps(pik, 7,
			    u[0], p) : select_poisson(pik, u, 7, origin, p);
			if (how < 4)
				assert_int_equal(n, 2);
			all += (double)n;
			all2 += (double)(n * n);
			for (int k = 0; k < 7; k++)
				c[k] += p[k];
		}
		for (int k = 0; k < 7; k++) {
			double se = sqrt(ROUNDS * pik[k] * (1 - pik[k]));

			var += pik[k] * (1 - pik[k]);
			if (fabs(c[k] - ROUNDS * pik[k]) > 5.5 * se + off[how] * ROUNDS *
			    pik[k])
				fail_msg("method %d, unit %d: %d of %d, want %.4f", how, k,
				    c[k], ROUNDS, pik[k]);
		}
		if (how == 4) {		/* its size: mean and variance */
			double m = all / ROUNDS;

			assert_true(fabs(m - 2) < 5.5 * sqrt(var / ROUNDS));
			assert_true(fabs(all2 / ROUNDS - m * m - var) < 0.1);
		}
	}
}

/* The mean of Horvitz and Thompson's estimates is the total. */
static void
estimates_are_on_the_mark(void **state)
{
	static const double y[7] = { 5, 1, 9, 7, 3, 2, 4 };
	static const double size[7] = { 4, 2, 6, 5, 3, 2, 4 };
	double pik[7], sum = 0, sum2 = 0, se;
	uint64_t x = 5;
	size_t certain;

	(void)state;
	select_pik(size, 7, 3, pik, &certain);
	for (int i = 0; i < ROUNDS; i++) {
		unsigned char p[7];
		double e = 0;

		select_systematic_pps(pik, 7, uniform(&x), p);
		for (int k = 0; k < 7; k++)
			e += p[k] ? y[k] / pik[k] : 0;
		sum += e;
		sum2 += e * e;
	}
	sum /= ROUNDS;
	se = sqrt((sum2 / ROUNDS - sum * sum) / ROUNDS);
	assert_true(fabs(sum - 31) < 4 * se);
}

/* A unit's lot does not hang on who else is there, or in what order. */
static void
the_draw_stands_when_units_come_and_go(void **state)
{
	enum { MORE = 200 };
	double prn[MORE], back[MORE];
	unsigned char a[MORE], b[MORE];
	char key[16];

	(void)state;
	for (int k = 0; k < MORE; k++) {
		snprintf(key, sizeof(key), "%09d", 310000000 + k);
		prn[k] = prn_of("2026-001", key);
		back[MORE - 1 - k] = prn[k];
	}
	select_random(prn, MORE, 20, origin, a);
	select_random(back, MORE, 20, origin, b);
	for (int k = 0; k < MORE; k++)
		assert_int_equal(a[k], b[MORE - 1 - k]);
	select_random(prn, MORE, 30, origin, b);	/* more: the same and others */
	for (int k = 0; k < MORE; k++)
		assert_true(b[k] >= a[k]);
	/* another start, n/N further on: nobody twice */
	select_random(prn, MORE, 20, (struct select_from){ 0.5, SELECT_UP }, b);
	for (int k = 0; k < MORE; k++)
		assert_false(a[k] && b[k]);
}

/* ------------------------------------------------------------------ vectors -- */

static void
vector_pik(const char *id, const char *in, const char *out)
{
	double size[MANY], pik[MANY], is[MANY];
	size_t n = (size_t)vectors_real(in, "n"), certain, all, k;

	if (strncmp(in, "data/", 5) == 0) {
		all = vectors_column(VECTORS "data/frame300.csv", "size", size, MANY);
		select_pik(size, all, n, pik, &certain);
		assert_int_equal(certain, (size_t)vectors_real(out, "certainty"));
		k = vectors_list(vectors_find(out, "first10"), is, MANY);
	} else {
		all = vectors_list(vectors_find(in, "size"), size, MANY);
		select_pik(size, all, n, pik, &certain);
		k = vectors_list(vectors_find(out, "pik"), is, MANY);
		assert_int_equal(k, all);
	}
	assert_true(k > 0);
	while (k-- > 0)
		near(id, pik[k], is[k]);
}

static void
vector_select(const char *id, const char *in, const char *out)
{
	double size[MANY], pik[MANY], prn[MANY];
	unsigned char p[MANY];
	const char *list = vectors_find(out, "selected"), *dir = vectors_find(in, "dir");
	size_t n = (size_t)vectors_real(in, "n"), certain;
	size_t all = vectors_column(VECTORS "data/frame300.csv", "size", size, MANY);
	struct select_from from = { vectors_real(in, "start"),
	    dir != NULL && *dir == 'D' ? SELECT_DOWN : SELECT_UP };

	assert_int_equal(vectors_column(VECTORS "data/frame300.csv", "prn", prn, MANY),
	    all);
	select_pik(size, all, n, pik, &certain);
	if (strncmp(id, "sys_toy", 7) == 0) {
		all = vectors_list(vectors_find(in, "pik"), pik, MANY);
		select_systematic_pps(pik, all, vectors_real(in, "u"), p);
	} else if (strncmp(id, "made_sys_u", 10) == 0)
		select_systematic_pps(pik, all, vectors_real(in, "u"), p);
	else if (strncmp(id, "made_syseq", 10) == 0)
		select_systematic(all, n, (int64_t)vectors_real(in, "r"), p);
	else if (strcmp(id, "made_order_pareto") == 0)
		select_ordered(SELECT_PARETO, pik, prn, all, n, from, p);
	else if (strcmp(id, "made_order_uniform") == 0)
		select_ordered(SELECT_SEQUENTIAL, pik, prn, all, n, from, p);
	else if (strncmp(id, "made_poisson", 12) == 0)
		select_poisson(pik, prn, all, from, p);
	else
		select_random(prn, all, n, from, p);
	want(id, p, all, list);
}

static void
vector_strata(const char *id, const char *in, const char *out)
{
	double area[MANY], prn[MANY], sub[MANY];
	unsigned char p[MANY], q[MANY];
	size_t all = vectors_column(VECTORS "data/frame300.csv", "fylke", area, MANY);

	(void)in;
	vectors_column(VECTORS "data/frame300.csv", "prn", prn, MANY);
	memset(p, 0, sizeof(p));
	for (int f = 0; f < 100; f++) {
		size_t at[MANY], n = 0;

		for (size_t k = 0; k < all; k++)
			if ((int)area[k] == f) {
				at[n] = k;
				sub[n++] = prn[k];
			}
		select_random(sub, n, n < 3 ? n : 3, origin, q);
		for (size_t k = 0; k < n; k++)
			p[at[k]] = q[k];
	}
	want(id, p, all, vectors_find(out, "selected"));
}

static void
agrees_with_the_shared_vectors(void **state)
{
	static const char *const draws[] = { "sys_toy_", "made_sys_u", "made_order_",
	    "made_poisson_", "made_srs_", "made_syseq_" };
	struct vectors v;
	int pik = 0, drawn = 0;

	(void)state;
	if (!vectors_open(&v, VECTORS "sampling_vectors.tsv"))
		return;
	while (vectors_next(&v)) {
		const char *id = v.field[0], *in = v.field[2], *out = v.field[3];

		if (out == NULL)
			continue;
		if (strncmp(id, "pik_", 4) == 0 || strcmp(id, "made_pik") == 0) {
			vector_pik(id, in, out);
			pik++;
		} else if (strcmp(id, "made_strat_prn3") == 0) {
			vector_strata(id, in, out);
			drawn++;
		}
		for (size_t i = 0; i < sizeof(draws) / sizeof(draws[0]); i++)
			if (strncmp(id, draws[i], strlen(draws[i])) == 0) {
				vector_select(id, in, out);
				drawn++;
			}
	}
	assert_int_equal(pik, 4);
	assert_int_equal(drawn, 16);
}

/* Samples drawn by the R package prnsamplr, stratum by stratum: columns of its
 * file.  How many units it drew, by simple random sampling. */
enum { PRN_COLUMNS = 8, PRN_UNITS = 40000 };

static size_t
agree_with_prnsamplr(const char *file, double *const col[PRN_COLUMNS])
{
	static const char *const name[PRN_COLUMNS] = { "nsample", "npopul", "rands",
		"sizeM", "srs_sampled", "srs_U02_sampled", "pps_lambda",
		"pps_sampled" };
	const double *n = col[0], *of = col[1], *prn = col[2], *size = col[3];
	unsigned char *p = mem_alloc(PRN_UNITS);
	double *pik = mem_array(PRN_UNITS, sizeof(*pik));
	size_t all = 0, drawn = 0, certain;

	for (size_t c = 0; c < PRN_COLUMNS; c++)
		all = vectors_column(file, name[c], col[c], PRN_UNITS);
	for (size_t at = 0; at < all; at += (size_t)of[at]) {
		size_t N1 = (size_t)of[at], n1 = (size_t)n[at];

		drawn += select_random(prn + at, N1, n1, origin, p);
		for (size_t k = 0; k < N1; k++)
			assert_int_equal(p[k], (int)col[4][at + k]);
		select_random(prn + at, N1, n1, (struct select_from){ 0.2, SELECT_UP }, p);
		for (size_t k = 0; k < N1; k++)
			assert_int_equal(p[k], (int)col[5][at + k]);
		select_pik(size + at, N1, n1, pik, &certain);
		select_ordered(SELECT_PARETO, pik, prn + at, N1, n1, origin, p);
		for (size_t k = 0; k < N1; k++) {
			near("lambda", pik[k], col[6][at + k]);
			assert_int_equal(p[k], (int)col[7][at + k]);
		}
	}
	free(p);
	free(pik);
	return drawn;
}

/* ${from} unpacked into ${to}; 0 where it is not there. */
static int
unpack(const char *from, char *to)
{
	gzFile in = gzopen(from, "rb");
	int fd, n = 0;

	if (in == NULL)
		return 0;
	fd = mkstemp(to);
	assert_true(fd != -1);
	for (char piece[65536]; (n = gzread(in, piece, sizeof(piece))) > 0; )
		assert_int_equal(write(fd, piece, (size_t)n), n);
	assert_int_equal(n, 0);
	gzclose(in);
	close(fd);
	return 1;
}

static void
agrees_with_prnsamplr(void **state)
{
	char whole[] = "/tmp/prnsamplr.XXXXXX";
	double *col[PRN_COLUMNS];

	(void)state;
	for (size_t c = 0; c < PRN_COLUMNS; c++)
		col[c] = mem_array(PRN_UNITS + 1, sizeof(*col[c]));
	(void)agree_with_prnsamplr(VECTORS "data/prnsamplr_small_expected.csv", col);
	if (unpack(VECTORS "data/prnsamplr_ExampleData_expected.csv.gz", whole)) {
		assert_int_equal(agree_with_prnsamplr(whole, col), 21001);
		unlink(whole);
	}
	for (size_t c = 0; c < PRN_COLUMNS; c++)
		free(col[c]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turns_from_the_start_either_way),
		cmocka_unit_test(picks_the_first_and_ties_by_order),
		cmocka_unit_test(shares_probabilities_by_size),
		cmocka_unit_test(systematic_takes_n_whatever_the_start),
		cmocka_unit_test(certainty_units_are_always_in_and_zeros_never),
		cmocka_unit_test(every_unit_is_as_likely),
		cmocka_unit_test(every_sample_is_as_likely),
		cmocka_unit_test(probabilities_are_what_is_claimed),
		cmocka_unit_test(estimates_are_on_the_mark),
		cmocka_unit_test(the_draw_stands_when_units_come_and_go),
		cmocka_unit_test(agrees_with_the_shared_vectors),
		cmocka_unit_test(agrees_with_prnsamplr),
	};

	return cmocka_run_group_tests_name("select", tests, NULL, NULL);
}
