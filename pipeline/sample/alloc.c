#include <assert.h>
#include <inttypes.h>
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
