#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"

#include "pipeline/sample/calib.h"

enum { ROUNDS = 200 };

struct system {			/* one unknown for each class but those that the
				 * first margin's sum already says */
	const struct weights_margin *m;
	size_t nmargin, n;
	size_t *first;		/* column of class 0 of each margin; for margins
				 * after the first, of class 1 */
	double *A, *b, *x;
};

/* n: not in it. */
static size_t
column(const struct system *s, size_t k, size_t class)
{
	if (k == 0)
		return class;
	return class == 0 ? s->n : s->first[k] + class - 1;
}

/* Gauss with the largest pivot of the column; an unknown that nothing says
 * anything of stays 0. */
static void
solve(struct system *s)
{
	double most = 0;

	for (size_t i = 0; i < s->n; i++)
		most = fmax(most, fabs(s->A[i * s->n + i]));
	for (size_t i = 0; i < s->n; i++) {
		double p = s->A[i * s->n + i];

		if (fabs(p) <= 1e-12 * most)
			continue;
		for (size_t r = 0; r < s->n; r++) {
			double f = s->A[r * s->n + i] / p;

			if (r == i || (f >= 0 && f <= 0))
				continue;
			for (size_t c = i; c < s->n; c++)
				s->A[r * s->n + c] -= f * s->A[i * s->n + c];
			s->b[r] -= f * s->b[i];
		}
	}
	for (size_t i = 0; i < s->n; i++) {
		double p = s->A[i * s->n + i];

		s->x[i] += fabs(p) <= 1e-12 * most ? 0 : s->b[i] / p;
	}
}

static double
factor(const struct system *s, size_t i, double low, double high, int *held)
{
	double g = 1;

	for (size_t k = 0; k < s->nmargin; k++) {
		size_t c = column(s, k, s->m[k].by.of[i]);

		g += c < s->n ? s->x[c] : 0;
	}
	*held = g < low || g > high;
	return fmin(fmax(g, low), high);
}

/* What is missing in every column, and how it changes; the largest miss. */
static double
build(struct system *s, const double *w, size_t n, double low, double high)
{
	double off = 0;

	memset(s->A, 0, s->n * s->n * sizeof(*s->A));
	for (size_t k = 0; k < s->nmargin; k++)
		for (size_t c = 0; c < s->m[k].by.n; c++)
			if (column(s, k, c) < s->n)
				s->b[column(s, k, c)] = s->m[k].total[c];
	for (size_t i = 0; i < n; i++) {
		int held = 0;
		double g = w[i] > 0 ? factor(s, i, low, high, &held) : 0;

		for (size_t k = 0; w[i] > 0 && k < s->nmargin; k++) {
			size_t r = column(s, k, s->m[k].by.of[i]);

			if (r == s->n)
				continue;
			s->b[r] -= w[i] * g;
			for (size_t l = 0; !held && l < s->nmargin; l++) {
				size_t c = column(s, l, s->m[l].by.of[i]);

				if (c < s->n)
					s->A[r * s->n + c] += w[i];
			}
		}
	}
	for (size_t k = 0; k < s->nmargin; k++)
		for (size_t c = 0; c < s->m[k].by.n; c++)
			if (column(s, k, c) < s->n && s->m[k].total[c] > 0)
				off = fmax(off, fabs(s->b[column(s, k, c)]) /
				    s->m[k].total[c]);
	return off;
}

static void
system_make(struct system *s, const struct weights_margin *m, size_t nmargin)
{
	memset(s, 0, sizeof(*s));
	s->m = m;
	s->nmargin = nmargin;
	s->first = mem_array(nmargin + 1, sizeof(*s->first));
	for (size_t k = 0; k < nmargin; k++) {
		s->first[k] = s->n;
		s->n += m[k].by.n - (k > 0);
	}
	s->A = mem_array(s->n * s->n + 1, sizeof(*s->A));
	s->b = mem_array(s->n + 1, sizeof(*s->b));
	s->x = mem_array(s->n + 1, sizeof(*s->x));
}

int
calib_linear(double *w, size_t n, const struct weights_margin *m, size_t nmargin,
    double low, double high, int *rounds, int *met, struct err *err)
{
	struct system s;
	int held;

	assert(low <= 1 && high >= 1);
	*rounds = *met = 0;
	if (weights_margins(w, n, m, nmargin, err) != 0)
		return -1;
	system_make(&s, m, nmargin);
	while (*rounds < ROUNDS && !*met) {
		*met = build(&s, w, n, low, high) < 1e-10;
		if (!*met) {
			solve(&s);
			++*rounds;
		}
	}
	for (size_t i = 0; i < n; i++)
		w[i] = w[i] > 0 ? w[i] * factor(&s, i, low, high, &held) : 0;
	free(s.first);
	free(s.A);
	free(s.b);
	free(s.x);
	return 0;
}
