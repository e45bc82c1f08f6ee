#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"

#include "pipeline/sample/alloc.h"

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The names of the strata that stand in the way, for an error. */
static int
refuse(const struct alloc_stratum *s, size_t k, int64_t n, int64_t sum,
    int minima, struct err *err)
{
	struct buf names = BUF(300);
	size_t shown = 0;

	for (size_t h = 0; h < k && !names.over && shown < 8; h++)
		if (minima ? s[h].min > 0 : s[h].max > 0) {
			buf_printf(&names, "%s%s", shown++ > 0 ? ", " : "", s[h].name);
		}
	err_set(err, EX_DATAERR, minima ?
	    "the size %" PRId64 " is less than the %" PRId64 " that the strata "
	    "must have at least (%s ...)" :
	    "the size %" PRId64 " is more than the %" PRId64 " units there are "
	    "(%s ...)", n, sum, buf_text(&names));
	buf_free(&names);
	return -1;
}

static int
feasible(const struct alloc_stratum *s, size_t k, int64_t n, struct err *err)
{
	int64_t lowest = 0, highest = 0, weight = 0;

	assert(n >= 0);
	for (size_t h = 0; h < k; h++) {
		assert(s[h].weight >= 0 && s[h].min >= 0 && s[h].min <= s[h].max);
		lowest += s[h].min;
		highest += s[h].max;
		weight += s[h].weight;
	}
	if (lowest > n)
		return refuse(s, k, n, lowest, 1, err);
	if (highest < n)
		return refuse(s, k, n, highest, 0, err);
	if (n > 0 && weight > (INT64_C(1) << 62) / n)
		return err_set(err, EX_DATAERR, "the strata are too large to share");
	return 0;
}

/*
 * Fix, among the strata that are ${open}, those that violate their bounds on
 * the graver side.  Fixing both sides at once could leave the wrong rest: what
 * the caps give back may lift the others over their minima.
 */
static int
fix(struct alloc_stratum *s, size_t k, unsigned char *open, int64_t rest,
    int64_t weight)
{
	int64_t over = 0, under = 0;
	int fixed = 0;

	for (size_t h = 0; h < k; h++) {
		int64_t share = rest * s[h].weight;	/* times ${weight} */

		if (!open[h])
			continue;
		if (share > s[h].max * weight)
			over += share - s[h].max * weight;
		else if (share < s[h].min * weight)
			under += s[h].min * weight - share;
	}
	for (size_t h = 0; h < k; h++) {
		int64_t share = rest * s[h].weight;

		if (!open[h])
			continue;
		if (over >= under && share > s[h].max * weight)
			s[h].n = s[h].max;
		else if (under >= over && share < s[h].min * weight)
			s[h].n = s[h].min;
		else
			continue;
		open[h] = 0;
		fixed++;
	}
	return fixed;
}

struct remainder {
	int64_t left;
	size_t h;
};

static int
by_remainder(const void *a, const void *b)
{
	const struct remainder *x = a, *y = b;

	if (x->left != y->left)
		return x->left < y->left ? 1 : -1;
	return x->h < y->h ? -1 : x->h > y->h;
}

/* Share ${rest} among the open strata, each of which bears its exact share. */
static void
round_off(struct alloc_stratum *s, size_t k, const unsigned char *open,
    int64_t rest, int64_t weight)
{
	struct remainder *r = mem_array(k, sizeof(*r));
	size_t n = 0;

	for (size_t h = 0; h < k; h++) {
		if (!open[h])
			continue;
		r[n].left = rest * s[h].weight % weight;
		r[n++].h = h;
	}
	for (size_t i = 0; i < n; i++)
		s[r[i].h].n = (rest * s[r[i].h].weight - r[i].left) / weight;
	for (size_t i = 0; i < n; i++)
		rest -= s[r[i].h].n;
	if (n > 0)
		qsort(r, n, sizeof(*r), by_remainder);
	for (size_t i = 0; rest > 0; i++, rest--)
		s[r[i].h].n++;
	free(r);
}

int
alloc_share(struct alloc_stratum *s, size_t k, int64_t n, struct err *err)
{
	unsigned char *open;
	int64_t rest, weight;
	int r = 0;

	if (feasible(s, k, n, err) != 0)
		return -1;
	open = mem_array(k, 1);
	for (size_t h = 0; h < k; h++) {
		s[h].max = least(s[h].max, n);	/* bounds the products of fix() */
		s[h].n = 0;
		open[h] = 1;
	}
	do {
		rest = n;
		weight = 0;
		for (size_t h = 0; h < k; h++) {
			rest -= open[h] ? 0 : s[h].n;
			weight += open[h] ? s[h].weight : 0;
		}
	} while (weight > 0 && fix(s, k, open, rest, weight) > 0);
	if (weight > 0)
		round_off(s, k, open, rest, weight);
	else {
		for (size_t h = 0; h < k; h++)
			if (open[h])
				rest -= s[h].n = s[h].min;
		if (rest != 0)
			r = err_set(err, EX_DATAERR, "%" PRId64 " units are left "
			    "over: no other stratum has a weight", rest);
	}
	free(open);
	return r;
}

/* -------------------------------------------------- weights that are not whole -- */

void
alloc_weights(struct alloc_stratum *s, const double *weight, size_t k, int64_t n)
{
	double most = 0x1p60 / (double)(n > 0 ? n : 1), sum = 0;
	int whole = 1;

	for (size_t h = 0; h < k; h++) {
		assert(isfinite(weight[h]) && weight[h] >= 0);
		sum += weight[h];
		whole = whole && floor(weight[h]) >= weight[h];
	}
	/* doubles are whole numbers only up to 2^53 */
	most = most < 0x1p52 ? most : 0x1p52;
	for (size_t h = 0; h < k; h++) {
		double w = whole && sum <= most ? weight[h] :
		    weight[h] / sum * most;

		s[h].weight = (int64_t)floor(w);
		if (weight[h] > 0 && s[h].weight == 0)
			s[h].weight = 1;
	}
}

void
alloc_exact(const double *weight, size_t k, double n, double *ret)
{
	double sum = 0;

	for (size_t h = 0; h < k; h++)
		sum += weight[h];
	for (size_t h = 0; h < k; h++)
		ret[h] = sum > 0 ? n * weight[h] / sum : 0;
}

double
alloc_power(double x, double cv, double q)
{
	return x > 0 ? pow(x, q) * cv : 0;
}

void
alloc_for_cost(const double *N, const double *S, const double *c, size_t k,
    double cost, double *ret)
{
	double sum = 0;

	for (size_t h = 0; h < k; h++)
		sum += N[h] * S[h] * sqrt(c[h]);
	for (size_t h = 0; h < k; h++)
		ret[h] = cost * N[h] * S[h] / sqrt(c[h]) / sum;
}

void
alloc_for_variance(const double *N, const double *S, const double *c, size_t k,
    double var, double *ret)
{
	double sum = 0, own = 0;

	for (size_t h = 0; h < k; h++) {
		sum += N[h] * S[h] * sqrt(c[h]);
		own += N[h] * S[h] * S[h];
	}
	for (size_t h = 0; h < k; h++)
		ret[h] = N[h] * S[h] / sqrt(c[h]) * sum / (var + own);
}

static int64_t
bisected(struct alloc_stratum *s, const double *x, size_t k, double factor)
{
	int64_t sum = 0;

	for (size_t h = 0; h < k; h++) {
		double r = round(factor * x[h]);

		s[h].n = r >= (double)s[h].max ? s[h].max :
		    r <= (double)s[h].min ? s[h].min : (int64_t)r;
		sum += s[h].n;
	}
	return sum;
}

int
alloc_bisect(struct alloc_stratum *s, const double *x, size_t k, int64_t n,
    struct err *err)
{
	double low = 0, high = 1;
	int64_t sum, before = -1;

	alloc_weights(s, x, k, n);
	if (feasible(s, k, n, err) != 0)
		return -1;
	/* up to where everyone who can be is taken */
	while ((sum = bisected(s, x, k, high)) < n && high < 0x1p500) {
		low = high;
		high *= 2;
	}
	if (sum < n)
		return err_set(err, EX_DATAERR, "%" PRId64 " units are left over: "
		    "no other stratum has a weight", n - sum);
	for (int i = 0; i < 1100 && sum != n; i++) {
		double mid = (low + high) / 2;

		sum = bisected(s, x, k, mid);
		if (sum < n)
			low = mid;
		else
			high = mid;
	}
	if (sum == n)
		return 0;
	before = bisected(s, x, k, low);
	while (before < n)
		for (size_t h = 0; h < k && before < n; h++)
			if (s[h].n < s[h].max && x[h] > 0) {
				s[h].n++;
				before++;
			}
	return 0;
}
