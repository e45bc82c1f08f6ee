#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"

#include "pipeline/sample/select.h"

double
select_turn(double prn, struct select_from f)
{
	double x = f.way == SELECT_UP ? prn - f.start : f.start - prn;

	if (x < 0)
		x += 1;
	/* A hair below the start is the far end of the turn, not past it. */
	return x < 1 ? x : nextafter(1, 0);
}

/* ------------------------------------------------------ the smallest scores -- */

/* Does unit a come after unit b? */
static int
after(const double *score, size_t a, size_t b)
{
	if (score[a] > score[b] || score[a] < score[b])
		return score[a] > score[b];
	return a > b;
}

static void
sift(size_t *heap, size_t n, const double *score)
{
	size_t at = 0, unit = heap[0];

	for (;;) {
		size_t c = 2 * at + 1;

		if (c >= n)
			break;
		if (c + 1 < n && after(score, heap[c + 1], heap[c]))
			c++;
		if (!after(score, heap[c], unit))
			break;
		heap[at] = heap[c];
		at = c;
	}
	heap[at] = unit;
}

static void
rise(size_t *heap, size_t at, const double *score)
{
	size_t unit = heap[at];

	while (at > 0 && after(score, unit, heap[(at - 1) / 2])) {
		heap[at] = heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	heap[at] = unit;
}

/* A heap of the n smallest so far, the last of them on top: most units of a
 * large frame are turned away by one comparison. */
size_t
select_first(const double *score, size_t N, size_t n, unsigned char *picked)
{
	size_t *heap;

	assert(n <= N);
	memset(picked, 0, N);
	if (n == 0)
		return 0;
	heap = mem_array(n, sizeof(*heap));
	for (size_t i = 0; i < n; i++) {
		heap[i] = i;
		rise(heap, i, score);
	}
	for (size_t i = n; i < N; i++)
		if (after(score, heap[0], i)) {
			heap[0] = i;
			sift(heap, n, score);
		}
	for (size_t i = 0; i < n; i++)
		picked[heap[i]] = 1;
	free(heap);
	return n;
}

size_t
select_random(const double *prn, size_t N, size_t n, struct select_from from,
    unsigned char *picked)
{
	double *score = mem_array(N + 1, sizeof(*score));

	for (size_t i = 0; i < N; i++)
		score[i] = select_turn(prn[i], from);
	select_first(score, N, n, picked);
	free(score);
	return n;
}

/* -------------------------------------------------------------- systematic -- */

size_t
select_systematic(size_t N, size_t n, int64_t r, unsigned char *picked)
{
	int64_t all = (int64_t)N, sum = r;
	size_t got = 0;

	assert(n <= N && r >= 0 && (r < all || all == 0));
	for (size_t k = 0; k < N; k++) {
		sum += (int64_t)n;
		picked[k] = sum >= all;
		if (picked[k]) {
			sum -= all;
			got++;
		}
	}
	return got;
}

size_t
select_systematic_pps(const double *pik, size_t N, double u,
    unsigned char *picked)
{
	double sum = 0, all = 0;
	size_t got = 0;

	for (size_t k = 0; k < N; k++)
		all += pik[k] < 1 ? pik[k] : 0;
	for (size_t k = 0; k < N; k++) {
		double next = sum + pik[k];

		picked[k] = 0;
		if (pik[k] >= 1) {
			picked[k] = 1;
			got++;
			continue;
		}
		/* The sum of what is n misses n by a rounding error; the last
		 * unit must not. */
		if (fabs(next - all) < 1e-12 && fabs(next - round(next)) < 1e-9)
			next = round(next);
		if (ceil(sum - u) + u < next) {
			picked[k] = 1;
			got++;
		}
		sum = next;
	}
	return got;
}

/* ------------------------------------------------------------------- order -- */

double
select_score(enum select_order order, double pik, double u)
{
	if (pik >= 1)
		return -1;
	if (pik <= 0)
		return INFINITY;
	switch (order) {
	case SELECT_PARETO:
		return u * (1 - pik) / (pik * (1 - u));
	case SELECT_SEQUENTIAL:
		return u / pik;
	case SELECT_EXPONENTIAL:
		return log1p(-u) / log1p(-pik);
	}
	return INFINITY;
}

size_t
select_ordered(enum select_order order, const double *pik, const double *prn,
    size_t N, size_t n, struct select_from from, unsigned char *picked)
{
	double *score = mem_array(N + 1, sizeof(*score));
	size_t able = 0;

	for (size_t k = 0; k < N; k++) {
		score[k] = select_score(order, pik[k], select_turn(prn[k], from));
		able += pik[k] > 0;
	}
	if (n > able)
		n = able;
	select_first(score, N, n, picked);
	free(score);
	return n;
}

size_t
select_poisson(const double *pik, const double *prn, size_t N,
    struct select_from from, unsigned char *picked)
{
	size_t got = 0;

	for (size_t k = 0; k < N; k++) {
		picked[k] = select_turn(prn[k], from) < pik[k];
		got += picked[k];
	}
	return got;
}

/* ----------------------------------------------------------- probabilities -- */

size_t
select_pik(const double *size, size_t N, size_t n, double *pik, size_t *certain)
{
	size_t able = 0, more;

	*certain = 0;
	for (size_t k = 0; k < N; k++) {
		assert(isfinite(size[k]) && size[k] >= 0);
		pik[k] = 0;
		able += size[k] > 0;
	}
	do {
		double sum = 0, rest = n > *certain ? (double)(n - *certain) : 0;

		more = 0;
		for (size_t k = 0; k < N; k++)
			sum += pik[k] < 1 ? size[k] : 0;
		for (size_t k = 0; k < N && sum > 0; k++) {
			if (pik[k] >= 1 || size[k] <= 0)
				continue;
			pik[k] = rest * size[k] / sum;
			if (pik[k] >= 1 - 1e-12) {
				pik[k] = 1;
				more++;
			}
		}
		*certain += more;
	} while (more > 0);
	return able;
}
