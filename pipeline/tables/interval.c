#include <float.h>
#include <math.h>
#include <string.h>

#include "pipeline/tables/interval.h"

/* The end of either side: 2.5 %. */
static const double tail = .025;

/* Continued fraction of the incomplete beta function (Lentz); x < a / (a + b). */
static double
beta_fraction(double a, double b, double x)
{
	double c = 1, d = 1 - (a + b) * x / (a + 1), h;

	d = 1 / (fabs(d) < DBL_MIN ? DBL_MIN : d);
	h = d;
	for (int m = 1; m < 100000; m++) {
		double k = m, t[2];

		t[0] = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k));
		t[1] = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1));
		for (int i = 0; i < 2; i++) {
			d = 1 + t[i] * d;
			d = 1 / (fabs(d) < DBL_MIN ? DBL_MIN : d);
			c = 1 + t[i] / c;
			c = fabs(c) < DBL_MIN ? DBL_MIN : c;
			h *= c * d;
		}
		if (fabs(c * d - 1) < 4 * DBL_EPSILON)
			break;
	}
	return h;
}

/* Regularised incomplete beta function I_x(a, b); a, b > 0, 0 <= x <= 1. */
static double
beta(double a, double b, double x)
{
	double front;

	if (x <= 0 || x >= 1)
		return x <= 0 ? 0 : 1;
	front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) +
	    b * log1p(-x));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, x) / a;
	return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

/* The p at which I_p(a, b) is ${want}. */
static double
beta_inverse(double a, double b, double want)
{
	double low = 0, high = 1;

	for (int i = 0; i < 200 && high - low > DBL_EPSILON * high; i++) {
		double p = (low + high) / 2;

		if (beta(a, b, p) < want)
			low = p;
		else
			high = p;
	}
	return (low + high) / 2;
}

void
interval_wilson(double x, double n, double *low, double *high)
{
	static const double z = 1.959963984540054;
	double p, centre, half, whole;

	*low = *high = NAN;
	if (!(n > 0 && x >= 0 && x <= n))
		return;
	p = x / n;
	whole = 1 + z * z / n;
	centre = (p + z * z / (2 * n)) / whole;
	half = z / whole * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
	/* what rounding leaves of 0 and 1 at the ends is not part of the rule */
	*low = x > 0 ? centre - half : 0;
	*high = x < n ? centre + half : 1;
}

void
interval_of(enum interval_kind kind, double x, double n, double *low,
    double *high)
{
	if (kind == INTERVAL_WILSON) {
		interval_wilson(x, n, low, high);
		return;
	}
	*low = *high = NAN;
	if (!(n > 0 && x >= 0 && x <= n))
		return;
	*low = x > 0 ? beta_inverse(x, n - x + 1, tail) : 0;
	*high = x < n ? beta_inverse(x + 1, n - x, 1 - tail) : 1;
}

int
interval_parse(const char *s, enum interval_kind *ret)
{
	for (int k = INTERVAL_WILSON; k <= INTERVAL_EXACT; k++)
		if (strcmp(s, interval_name((enum interval_kind)k)) == 0) {
			*ret = (enum interval_kind)k;
			return 0;
		}
	return -1;
}

const char *
interval_name(enum interval_kind kind)
{
	return kind == INTERVAL_EXACT ? "exact" : "wilson";
}
