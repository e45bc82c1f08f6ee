#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/prn.h"
#include "pipeline/sample/alloc.h"
#include "pipeline/sample/rng_mt.h"
#include "pipeline/sample/select.h"

#include "pipeline/sample/pool.h"

/* -------------------------------------------------------------- how many ... -- */

static double
size_of(const struct study *s, const struct pool_unit *u)
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
		if (!(size_of(s, &p->unit[i]) > 0)) {
			a[p->unit[i].stratum].max--;
			p->never++;
		}
	for (size_t h = 0; h < p->nstratum; h++) {
		if (s->maximum > 0 && s->maximum < a[h].max)
			a[h].max = s->maximum;
		a[h].min = least < a[h].max ? least : a[h].max;
	}
}

static int
allocate(const struct study *s, struct pool *p, struct err *err)
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

/* ---------------------------------------------------------------- ... and who -- */

struct stratum_units {		/* one stratum, in order of keys */
	struct pool_unit **unit;
	size_t N, n;
	double *prn, *pik;
	unsigned char *picked;
};

struct sorted {
	const struct study *s;
	struct pool_unit *u;
	unsigned char *picked;	/* where the answer goes */
};

static int64_t
sort_value(const struct pool_unit *u, const char *what)
{
	if (strcmp(what, "area") == 0)
		return (int64_t)u->area;
	if (strcmp(what, "group") == 0)
		return (int64_t)u->group;
	if (strcmp(what, "size") == 0)
		return u->size;
	return strcmp(what, "activity") == 0 ? u->nace : u->municipality;
}

static int
by_study(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;

	for (size_t i = 0; i < x->s->nsort; i++) {
		const char *what = x->s->sort[i].text;
		int64_t v, w;
		int c;

		if (strcmp(what, "legal_form") == 0) {
			if ((c = strcmp(x->u->form, y->u->form)) != 0)
				return c;
			continue;
		}
		v = sort_value(x->u, what);
		w = sort_value(y->u, what);
		if (v != w)
			return v < w ? -1 : 1;
	}
	return strcmp(x->u->key, y->u->key);
}

/* The start of a systematic draw hangs on the salt, the study and the stratum:
 * secret before, the same again after. */
static void
systematic(const struct study *s, const struct pool *p, const char *stratum,
    struct stratum_units *h)
{
	struct sorted *order = mem_array(h->N + 1, sizeof(*order));
	unsigned char *picked = mem_array(h->N + 1, 1);
	char *what = arena_printf(p->arena, "systematic:%s:%s", s->name, stratum);

	for (size_t k = 0; k < h->N; k++)
		order[k] = (struct sorted){ s, h->unit[k], &h->picked[k] };
	qsort(order, h->N, sizeof(*order), by_study);
	select_systematic(h->N, h->n, (int64_t)(prn_of(p->salt, what) *
	    (double)h->N), picked);
	for (size_t k = 0; k < h->N; k++)
		*order[k].picked = picked[k];
	free(picked);
	free(order);
}

static void
by_r(struct rng_mt *rng, struct stratum_units *h)
{
	int64_t *number = mem_array(h->n + 1, sizeof(*number));

	memset(h->picked, 0, h->N);
	rng_mt_sample(rng, (int64_t)h->N, (int64_t)h->n, RNG_MT_REJECTION, number);
	for (size_t i = 0; i < h->n; i++)
		h->picked[number[i] - 1] = 1;
	free(number);
}

static void
choose(const struct study *s, const struct pool *p, struct draw_stratum *stratum,
    struct rng_mt *rng, struct stratum_units *h)
{
	struct select_from from = { p->start, SELECT_UP };
	double pi = h->N > 0 ? (double)h->n / (double)h->N : 0;
	size_t certain;

	for (size_t k = 0; k < h->N; k++) {
		h->prn[k] = h->unit[k]->prn;
		h->pik[k] = s->design == STUDY_PPS ? size_of(s, h->unit[k]) :
		    s->design == STUDY_BERNOULLI ? (double)s->share_num /
		    (double)s->share_den : pi;
	}
	switch (s->design) {
	case STUDY_EVERYONE:
	case STUDY_RANDOM:
		select_random(h->prn, h->N, h->n, from, h->picked);
		break;
	case STUDY_SYSTEMATIC:
		systematic(s, p, stratum->name, h);
		break;
	case STUDY_PPS: {
		double *size = mem_array(h->N + 1, sizeof(*size));

		memcpy(size, h->pik, h->N * sizeof(*size));
		select_pik(size, h->N, h->n, h->pik, &certain);
		select_ordered(SELECT_PARETO, h->pik, h->prn, h->N, h->n, from,
		    h->picked);
		free(size);
		break;
	}
	case STUDY_BERNOULLI:
		stratum->drawn_units = (int64_t)select_poisson(h->pik, h->prn, h->N,
		    from, h->picked);
		break;
	case STUDY_R_RANDOM:
		by_r(rng, h);
		break;
	}
	for (size_t k = 0; k < h->N; k++) {
		h->unit[k]->drawn = h->picked[k];
		h->unit[k]->pi = h->pik[k];
	}
}

int
pool_choose(const struct study *s, struct pool *p, struct err *err)
{
	size_t *at = mem_array(p->nstratum + 1, sizeof(*at));
	struct pool_unit **order = mem_array(p->n, sizeof(*order));
	double *prn = mem_array(p->n, sizeof(*prn));
	double *pik = mem_array(p->n, sizeof(*pik));
	unsigned char *picked = mem_array(p->n, 1);
	struct rng_mt rng;
	int64_t drawn = 0;
	int r = 0;

	if (s->design != STUDY_BERNOULLI && (r = allocate(s, p, err)) != 0)
		goto out;
	/* units by stratum, each in order of their keys */
	for (size_t h = 0; h < p->nstratum; h++)
		at[h + 1] = at[h] + (size_t)p->stratum[h].frame_units;
	for (size_t i = 0; i < p->n; i++)
		order[at[p->unit[i].stratum]++] = &p->unit[i];
	rng_mt_seed(&rng, (int32_t)s->seed);
	for (size_t h = 0, from = 0; h < p->nstratum; h++) {
		struct stratum_units u = { order + from,
			(size_t)p->stratum[h].frame_units,
			(size_t)p->stratum[h].drawn_units, prn, pik, picked };

		choose(s, p, &p->stratum[h], &rng, &u);
		from += u.N;
		drawn += p->stratum[h].drawn_units;
	}
	if (drawn == 0)
		r = err_set(err, EX_DATAERR, "nobody is drawn: the share is too small "
		    "for %zu units", p->n);
out:
	free(picked);
	free(pik);
	free(prn);
	free(order);
	free(at);
	return r;
}
