#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "pipeline/base/mem.h"

#include "pipeline/tables/stat.h"

enum { ROUNDS = 100000 };

/* Lower regularised gamma by its series; good for x < a + 1. */
static double
gamma_series(double a, double x)
{
	double term = 1 / a, sum = term;

	for (int n = 1; n < ROUNDS && term > sum * DBL_EPSILON; n++) {
		term *= x / (a + n);
		sum += term;
	}
	return sum * exp(a * log(x) - x - lgamma(a));
}

/* Upper regularised gamma by its continued fraction (Lentz); for the others. */
static double
gamma_fraction(double a, double x)
{
	double b = x + 1 - a, c = 1 / DBL_MIN, d = 1 / b, h = d, delta;

	for (int n = 1; n < ROUNDS; n++) {
		double an = -n * (n - a);

		b += 2;
		d = an * d + b;
		if (fabs(d) < DBL_MIN)
			d = DBL_MIN;
		c = b + an / c;
		if (fabs(c) < DBL_MIN)
			c = DBL_MIN;
		d = 1 / d;
		delta = d * c;
		h *= delta;
		if (fabs(delta - 1) < DBL_EPSILON)
			break;
	}
	return h * exp(a * log(x) - x - lgamma(a));
}

double
stat_chi2_tail(double x, double df)
{
	double a = df / 2, half = x / 2;

	if (!(x >= 0) || !(df > 0))
		return NAN;
	if (half <= 0)
		return 1;
	return half < a + 1 ? 1 - gamma_series(a, half) : gamma_fraction(a, half);
}

struct stat_chi2
stat_chi2(const int64_t *count, size_t rows, size_t columns)
{
	struct stat_chi2 ret = { NAN, NAN, NAN, 0, 0 };
	double *row = mem_array(rows + 1, sizeof(*row));
	double *column = mem_array(columns + 1, sizeof(*column));
	double n = 0, chi2 = 0;
	int64_t nr = 0, nc = 0, least;

	for (size_t i = 0; i < rows; i++)
		for (size_t k = 0; k < columns; k++) {
			double v = (double)count[i * columns + k];

			row[i] += v;
			column[k] += v;
			n += v;
		}
	for (size_t i = 0; i < rows; i++)
		nr += row[i] > 0;
	for (size_t k = 0; k < columns; k++)
		nc += column[k] > 0;
	if (nr >= 2 && nc >= 2) {
		for (size_t i = 0; i < rows; i++)
			for (size_t k = 0; k < columns; k++) {
				double want = row[i] * column[k] / n;
				double off = (double)count[i * columns + k] - want;

				if (want <= 0)
					continue;
				chi2 += off * off / want;
				ret.low += want < 5;
			}
		least = (nr < nc ? nr : nc) - 1;
		ret.df = (nr - 1) * (nc - 1);
		ret.chi2 = chi2;
		ret.p = stat_chi2_tail(chi2, (double)ret.df);
		ret.v = sqrt(chi2 / (n * (double)least));
	}
	free(row);
	free(column);
	return ret;
}
