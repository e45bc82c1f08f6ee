#ifndef PIPELINE_SAMPLE_JOINT_TEST_H
#define PIPELINE_SAMPLE_JOINT_TEST_H

/*
 * Joint inclusion probabilities of five designs with unequal probabilities, for
 * the tests of this folder: what a variance over two units of a draw hangs on.
 * pi2[i * N + j], with pi on the diagonal.  Each is written from the design's
 * definition, for populations of a few units.
 */

#include <math.h>
#include <string.h>

#include "pipeline/sample/select.h"

enum { JOINT_MOST = 64 };

/* Sums over all subsets of m units, without ${i} and ${j} (or N), of the product
 * of their ${w}: e[0..n]. */
static inline void
joint_sums(const double *w, size_t N, size_t n, size_t i, size_t j, double *e)
{
	memset(e, 0, (n + 1) * sizeof(*e));
	e[0] = 1;
	for (size_t k = 0; k < N; k++)
		for (size_t m = n; k != i && k != j && m > 0; m--)
			e[m] += w[k] * e[m - 1];
}

static inline size_t
joint_n(const double *pik, size_t N)
{
	double n = 0;

	for (size_t k = 0; k < N; k++)
		n += pik[k];
	return (size_t)llround(n);
}

/* Sampford 1967: pi_ij = K l_i l_j sum over t = 2..n of (t - pi_i - pi_j)
 * L_{n-t}(without i, j) / n^{t-2}. */
static inline void
joint_sampford(const double *pik, size_t N, double *pi2)
{
	size_t n = joint_n(pik, N);
	double l[JOINT_MOST], e[JOINT_MOST + 1], K = 0;

	for (size_t k = 0; k < N; k++)
		l[k] = pik[k] / (double)n / (1 - pik[k]);
	joint_sums(l, N, n, N, N, e);
	for (size_t t = 1; t <= n; t++)
		K += (double)t * e[n - t] / pow((double)n, (double)t);
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < N; j++) {
			double s = 0;

			joint_sums(l, N, n, i, j, e);
			for (size_t t = 2; t <= n; t++)
				s += ((double)t - pik[i] - pik[j]) * e[n - t] /
				    pow((double)n, (double)t - 2);
			pi2[i * N + j] = i == j ? pik[i] : l[i] * l[j] * s / K;
		}
}

/* Systematic in the order given: the length of the u for which both are hit. */
static inline void
joint_systematic(const double *pik, size_t N, double *pi2)
{
	double from[JOINT_MOST], cut[2 * JOINT_MOST + 2], sum = 0;
	size_t n = 0;

	cut[n++] = 0;
	for (size_t k = 0; k < N; k++) {
		from[k] = sum;
		sum += pik[k];
		cut[n++] = sum - floor(sum);
	}
	cut[n++] = 1;
	for (size_t a = 1; a < n; a++)		/* insertion sort */
		for (size_t b = a; b > 0 && cut[b] < cut[b - 1]; b--) {
			double x = cut[b];

			cut[b] = cut[b - 1];
			cut[b - 1] = x;
		}
	memset(pi2, 0, N * N * sizeof(*pi2));
	for (size_t a = 0; a + 1 < n; a++) {
		double u = (cut[a] + cut[a + 1]) / 2, len = cut[a + 1] - cut[a];
		int hit[JOINT_MOST];

		for (size_t k = 0; k < N; k++)
			hit[k] = ceil(from[k] - u) + u < from[k] + pik[k];
		for (size_t i = 0; len > 0 && i < N; i++)
			for (size_t j = 0; j < N; j++)
				pi2[i * N + j] += hit[i] && hit[j] ? len : 0;
	}
}

/* Tille 1996: from all units down to n, one taken out at a time with probability
 * 1 - pi(k - 1) / pi(k), pi(k) being those of a sample of k. */
static inline void
joint_tille(const double *pik, size_t N, double *pi2)
{
	size_t n = joint_n(pik, N), certain;
	double more[JOINT_MOST], less[JOINT_MOST], out[JOINT_MOST];

	for (size_t i = 0; i < N * N; i++)
		pi2[i] = 1;
	for (size_t k = 0; k < N; k++)
		more[k] = 1;
	for (size_t m = N; m-- > n;) {
		select_pik(pik, N, m, less, &certain);
		for (size_t k = 0; k < N; k++)
			out[k] = 1 - less[k] / more[k];
		for (size_t i = 0; i < N; i++)
			for (size_t j = 0; j < N; j++)
				pi2[i * N + j] *= i == j ? 1 - out[i] : 1 - out[i] - out[j];
		memcpy(more, less, N * sizeof(*more));
	}
}

/* Midzuno: what Tille's leaves out where 1 - pi is drawn. */
static inline void
joint_midzuno(const double *pik, size_t N, double *pi2)
{
	double rest[JOINT_MOST];

	for (size_t k = 0; k < N; k++)
		rest[k] = 1 - pik[k];
	joint_tille(rest, N, pi2);
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < N; j++)
			pi2[i * N + j] = i == j ? pik[i] :
			    pik[i] + pik[j] - 1 + pi2[i * N + j];
}

/* Poisson given its size, with the odds that give pi: w_i = pi_i / e_{n-1}(without
 * i), again and again (Chen, Dempster and Liu 1994). */
static inline void
joint_entropy(const double *pik, size_t N, double *pi2)
{
	size_t n = joint_n(pik, N);
	double w[JOINT_MOST], next[JOINT_MOST], e[JOINT_MOST + 1], all;

	for (size_t k = 0; k < N; k++)
		w[k] = pik[k] / (1 - pik[k]);
	for (int round = 0; round < 2000; round++) {
		double sum = 0;

		for (size_t k = 0; k < N; k++) {
			joint_sums(w, N, n, k, N, e);
			next[k] = pik[k] / e[n - 1];
			sum += next[k];
		}
		for (size_t k = 0; k < N; k++)
			w[k] = next[k] / sum;
	}
	joint_sums(w, N, n, N, N, e);
	all = e[n];
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < N; j++) {
			if (n > 1)
				joint_sums(w, N, n, i, j, e);
			pi2[i * N + j] = i == j ? pik[i] : n < 2 ? 0 :
			    w[i] * w[j] * e[n - 2] / all;
		}
}

#endif /* !PIPELINE_SAMPLE_JOINT_TEST_H */
