#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/sample/alloc.h"

#include "pipeline/sample/pool_private.h"

double
pool_size_of(const struct study *s, const struct pool_unit *u)
{
	return u->employees + (s->size_variable == STUDY_SIZE_EMPLOYEES_1 ? 1 : 0);
}

static struct alloc_stratum *
stratum_named(const struct pool *p, struct alloc_stratum *a, const char *name)
{
	for (size_t h = 0; h < p->nstratum; h++)
		if (strcmp(p->stratum[h].name, name) == 0)
			return &a[h];
	return NULL;
}

static int
no_stratum(const struct study *s, const char *key, const char *name, int line,
    struct err *err)
{
	return err_set(err, EX_DATAERR, "%s:%d: '%s': the frame has no stratum %s",
	    s->file, line, key, name);
}

/* Strata that are taken whole, and those that are given a number. */
static int
fixed(const struct study *s, const struct pool *p, struct alloc_stratum *a,
    unsigned char *named, struct err *err)
{
	for (size_t i = 0; i < s->ntake_all; i++) {
		struct alloc_stratum *h = stratum_named(p, a, s->take_all[i].text);

		if (h == NULL)
			return no_stratum(s, "take_all", s->take_all[i].text,
			    s->take_all[i].line, err);
		h->min = h->max = p->stratum[h - a].frame_units;
		named[h - a] = 1;
	}
	for (size_t i = 0; i < s->nallocate; i++) {
		struct alloc_stratum *h = stratum_named(p, a, s->allocate[i].name);
		int64_t n = (int64_t)s->allocate[i].value;

		if (h == NULL)
			return no_stratum(s, "allocate", s->allocate[i].name,
			    s->allocate[i].line, err);
		if (n > p->stratum[h - a].frame_units)
			return err_set(err, EX_DATAERR, "%s:%d: %" PRId64 " units of "
			    "stratum %s, which has %" PRId64, s->file,
			    s->allocate[i].line, n, h->name,
			    p->stratum[h - a].frame_units);
		h->min = h->max = n;
		named[h - a] = 1;
	}
	for (size_t h = 0; s->allocation == STUDY_FIXED && h < p->nstratum; h++)
		if (!named[h] && p->stratum[h].frame_units > 0)
			return err_set(err, EX_DATAERR, "%s: the allocation is fixed, "
			    "and stratum %s has no 'allocate'", s->file, a[h].name);
	return 0;
}

/* The weight of each stratum, by the study's allocation. */
static int
weigh(const struct study *s, const struct pool *p, struct alloc_stratum *a,
    const unsigned char *named, double *weight, struct err *err)
{
	double q = s->power_den > 0 ? (double)s->power_num / (double)s->power_den : 0.5;
	int spread = s->allocation == STUDY_NEYMAN || s->allocation == STUDY_POWER;

	for (size_t h = 0; h < p->nstratum; h++) {
		double N = (double)p->stratum[h].frame_units, S = -1;

		for (size_t i = 0; spread && i < s->nspread; i++)
			if (strcmp(s->spread[i].name, a[h].name) == 0)
				S = s->spread[i].value;
		if (spread && S < 0 && N > 0 && !named[h])
			return err_set(err, EX_DATAERR, "%s: stratum %s has no 'spread'",
			    s->file, a[h].name);
		S = S < 0 ? 0 : S;
		weight[h] = s->allocation == STUDY_EQUAL ? N > 0 :
		    s->allocation == STUDY_NEYMAN ? N * S :
		    s->allocation == STUDY_POWER ? alloc_power(N, S, q) : N;
	}
	for (size_t i = 0; i < s->nspread; i++)
		if (stratum_named(p, a, s->spread[i].name) == NULL)
			return no_stratum(s, "spread", s->spread[i].name,
			    s->spread[i].line, err);
	return 0;
}

/* A stratum that holds anybody gets one at least: a unit that cannot be drawn
 * can have no weight. */
static void
bounds(const struct study *s, struct pool *p, struct alloc_stratum *a)
{
	int64_t least = s->minimum > 0 ? s->minimum : 1;

	for (size_t h = 0; h < p->nstratum; h++) {
		a[h].name = p->stratum[h].name;
		a[h].max = p->stratum[h].frame_units;
	}
	p->never = 0;
	for (size_t i = 0; s->design == STUDY_PPS && i < p->n; i++)
		if (!(pool_size_of(s, &p->unit[i]) > 0)) {
			a[p->unit[i].stratum].max--;
			p->never++;
		}
	for (size_t h = 0; h < p->nstratum; h++) {
		if (s->maximum > 0 && s->maximum < a[h].max)
			a[h].max = s->maximum;
		a[h].min = least < a[h].max ? least : a[h].max;
	}
}

/* The number of a stratum can only rise after the draw, and one that was given
 * its number keeps it. */
static void
hold(const struct study *s, const struct pool *p, struct alloc_stratum *a,
    const unsigned char *named, double *weight)
{
	for (size_t h = 0; h < p->nstratum; h++) {
		int64_t n = p->stratum[h].drawn_units;

		if (s->allocation == STUDY_FIXED) {
			weight[h] = (double)n;
			a[h].min = 0;
			a[h].max = p->stratum[h].frame_units;
		} else if (named[h])
			a[h].max = n;
		a[h].min = n > a[h].min ? n : a[h].min;
		a[h].max = n > a[h].max ? n : a[h].max;
	}
}

int
pool_allocate(const struct study *s, struct pool *p, int64_t more, struct err *err)
{
	struct alloc_stratum *a = mem_array(p->nstratum, sizeof(*a));
	unsigned char *named = mem_array(p->nstratum, 1);
	double *weight = mem_array(p->nstratum, sizeof(*weight));
	int64_t n = s->size;
	int r = -1;

	bounds(s, p, a);
	if (fixed(s, p, a, named, err) != 0 ||
	    weigh(s, p, a, named, weight, err) != 0)
		goto out;
	if (s->design == STUDY_EVERYONE)
		n = (int64_t)p->n;
	else if (s->allocation == STUDY_FIXED) {
		n = 0;
		for (size_t h = 0; h < p->nstratum; h++)
			n += a[h].min;
	}
	if (more > 0) {
		hold(s, p, a, named, weight);
		n = more;
		for (size_t h = 0; h < p->nstratum; h++)
			n += p->stratum[h].drawn_units;
	}
	alloc_weights(a, weight, p->nstratum, n);
	if (alloc_share(a, p->nstratum, n, err) != 0)
		goto out;
	for (size_t h = 0; h < p->nstratum; h++)
		p->stratum[h].drawn_units = a[h].n;
	r = 0;
out:
	free(weight);
	free(named);
	free(a);
	return r;
}
