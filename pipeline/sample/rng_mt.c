#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "pipeline/base/mem.h"

#include "pipeline/sample/rng_mt.h"

enum { N = 624, M = 397 };

void
rng_mt_seed(struct rng_mt *r, int32_t seed)
{
	uint32_t s = (uint32_t)seed;

	/* 50 rounds of scrambling, and one number that R keeps for the index */
	for (int i = 0; i < 51; i++)
		s = 69069 * s + 1;
	for (size_t i = 0; i < N; i++) {
		s = 69069 * s + 1;
		r->state[i] = s;
	}
	r->at = N;
}

static void
turn(struct rng_mt *r)
{
	uint32_t *s = r->state;

	for (size_t i = 0; i < N; i++) {
		uint32_t y = (s[i] & 0x80000000U) | (s[(i + 1) % N] & 0x7fffffffU);

		s[i] = s[(i + M) % N] ^ (y >> 1) ^ ((y & 1) != 0 ? 0x9908b0dfU : 0);
	}
	r->at = 0;
}

uint32_t
rng_mt_next(struct rng_mt *r)
{
	uint32_t y;

	if (r->at >= N)
		turn(r);
	y = r->state[r->at++];
	y ^= y >> 11;
	y ^= (y << 7) & 0x9d2c5680U;
	y ^= (y << 15) & 0xefc60000U;
	return y ^ (y >> 18);
}

double
rng_mt_real(struct rng_mt *r)
{
	const double edge = 2.328306437080797e-10;	/* 1 / (2^32 - 1) */
	double x = rng_mt_next(r) * 2.3283064365386963e-10;

	if (x <= 0)
		return edge / 2;
	return 1 - x <= 0 ? 1 - edge / 2 : x;
}

static int
bits_of(int64_t n)
{
	int bits = 0;

	while (bits < 62 && (INT64_C(1) << bits) < n)
		bits++;
	return bits;
}

int64_t
rng_mt_index(struct rng_mt *r, int64_t n, enum rng_mt_kind kind)
{
	int bits = bits_of(n);
	uint64_t v;

	assert(n > 0);
	if (kind == RNG_MT_ROUNDING)
		return (int64_t)floor((double)n * rng_mt_real(r));
	do {
		v = 0;
		for (int i = 0; i <= bits; i += 16)
			v = 65536 * v + (uint64_t)floor(65536 * rng_mt_real(r));
		v &= (UINT64_C(1) << bits) - 1;
	} while (v >= (uint64_t)n);
	return (int64_t)v;
}

void
rng_mt_sample(struct rng_mt *r, int64_t n, int64_t k, enum rng_mt_kind kind,
    int64_t *ret)
{
	int64_t *x;

	assert(k >= 0 && k <= n && n <= RNG_MT_MOST);
	x = mem_array((size_t)n + 1, sizeof(*x));
	for (int64_t i = 0; i < n; i++)
		x[i] = i + 1;
	for (int64_t i = 0; i < k; i++) {
		int64_t j = rng_mt_index(r, n, kind);

		ret[i] = x[j];
		x[j] = x[--n];
	}
	free(x);
}
