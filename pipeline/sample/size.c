#include <assert.h>
#include <math.h>

#include "pipeline/sample/size.h"

double
size_z(double level)
{
	double low = 0, high = 40;

	assert(level > 0 && level < 1);
	/* erfc() is falling: halve until the numbers stand still. */
	for (int i = 0; i < 200; i++) {
		double z = (low + high) / 2;

		if (erfc(z / sqrt(2)) > 1 - level)
			low = z;
		else
			high = z;
	}
	return (low + high) / 2;
}

/* Up to a whole number, but not for a rounding error. */
static int64_t
up(double x)
{
	if (!(x < 9e15))
		return INT64_C(9000000000000000);
	return (int64_t)ceil(x * (1 - 1e-12));
}

static double
finite_population(double n0, double N)
{
	double n = isinf(N) ? n0 : n0 / (1 + (n0 - 1) / N);

	/* an n0 under 1 would be corrected upwards, past N */
	return n0 < 1 ? n0 : n < N ? n : N;
}

int64_t
size_proportion(double p, double d, double level, double N)
{
	double z = size_z(level);

	assert(p >= 0 && p <= 1 && d > 0 && N > 0);
	return up(finite_population(z * z * p * (1 - p) / (d * d), N));
}

int64_t
size_mean(double s, double d, double level, double N)
{
	double z = size_z(level);

	assert(s >= 0 && d > 0 && N > 0);
	return up(finite_population(z * z * s * s / (d * d), N));
}

int64_t
size_strata(const double *Nh, const double *Sh, size_t k, double d, double level,
    int neyman)
{
	double z = size_z(level), N = 0, ws = 0, ws2 = 0;

	for (size_t h = 0; h < k; h++)
		N += Nh[h];
	for (size_t h = 0; h < k; h++) {
		ws += Nh[h] / N * Sh[h];
		ws2 += Nh[h] / N * Sh[h] * Sh[h];
	}
	return up(z * z * (neyman ? ws * ws : ws2) / (d * d + z * z * ws2 / N));
}

int64_t
size_gross(int64_t answers, double delivered, double active, double answering)
{
	assert(answers >= 0 && delivered > 0 && active > 0 && answering > 0);
	return up((double)answers / (delivered * active * answering));
}

double
size_width(double p, int64_t n, double level, double N)
{
	double fpc = isinf(N) ? 1 : N > 1 && (double)n < N ?
	    (N - (double)n) / (N - 1) : 0;

	assert(n > 0);
	return size_z(level) * sqrt(p * (1 - p) / (double)n * fpc);
}
