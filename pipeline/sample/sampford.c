#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"

#include "pipeline/sample/sampford.h"

uint64_t
splitmix_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15U;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

double
splitmix_real(uint64_t *state)
{
	return (double)(splitmix_next(state) >> 11) * 0x1p-53;
}

/* The first unit whose cumulated share lies over ${u} of them all. */
static size_t
find(const double *sum, size_t n, double u)
{
	size_t low = 0, high = n - 1;

	u *= sum[n - 1];
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (sum[mid] > u)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

struct urn {
	size_t *unit;		/* of those that are left to chance */
	double *once, *again;	/* cumulated: pi; pi / (1 - pi) */
	size_t N, n;
};

/* 1: all different; each is marked in ${picked}, or none. */
static int
try(const struct urn *u, uint64_t *state, size_t *got, unsigned char *picked,
    int64_t *numbers)
{
	size_t k;

	for (k = 0; k < u->n; k++) {
		size_t i = u->unit[find(k == 0 ? u->once : u->again, u->N,
		    splitmix_real(state))];

		++*numbers;
		if (picked[i])
			break;
		picked[i] = 1;
		got[k] = i;
	}
	if (k == u->n)
		return 1;
	while (k > 0)
		picked[got[--k]] = 0;
	return 0;
}

int64_t
sampford(const double *pik, size_t N, uint64_t *state, unsigned char *picked)
{
	struct urn u = { mem_array(N + 1, sizeof(size_t)),
		mem_array(N + 1, sizeof(double)), mem_array(N + 1, sizeof(double)), 0,
		0 };
	double once = 0, again = 0;
	int64_t certain = 0, numbers = 0;
	size_t *got = NULL;
	int done = 0;

	memset(picked, 0, N);
	for (size_t k = 0; k < N; k++) {
		if (pik[k] >= 1) {
			picked[k] = 1;
			certain++;
		} else if (pik[k] > 0) {
			u.unit[u.N] = k;
			u.once[u.N] = once += pik[k];
			u.again[u.N++] = again += pik[k] / (1 - pik[k]);
		}
	}
	u.n = (size_t)llround(once);
	got = mem_array(u.n + 1, sizeof(*got));
	done = u.n == 0;
	while (!done && numbers < SAMPFORD_MOST)
		done = try(&u, state, got, picked, &numbers);
	free(got);
	free(u.unit);
	free(u.once);
	free(u.again);
	return done ? certain + (int64_t)u.n : -1;
}
