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

/* ${more} after a draw, 0 for the draw itself. */
static int
allocate(const struct study *s, struct pool *p, int64_t more, struct err *err)
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

static double
share(const struct study *s, const struct pool *p)
{
	double more = (double)p->further / (double)p->n;

	return fmin(1, (double)s->share_num / (double)s->share_den + more);
}

/* Pareto's turns hang on how many are drawn: who is drawn stays so, first of all,
 * and the next by the new turns fill up. */
static void
pareto(const struct study *s, struct pool *p, struct stratum_units *h,
    struct select_from from)
{
	double *score = mem_array(h->N + 1, sizeof(*score));
	size_t certain;

	for (size_t k = 0; k < h->N; k++)
		score[k] = size_of(s, h->unit[k]);
	select_pik(score, h->N, h->n, h->pik, &certain);
	select_ordered(SELECT_PARETO, h->pik, h->prn, h->N, h->n, from, h->picked);
	for (size_t k = 0; p->step > 0 && k < h->N; k++)
		p->kept += h->unit[k]->drawn && !h->picked[k];
	for (size_t k = 0; p->step > 0 && k < h->N; k++)
		score[k] = h->unit[k]->drawn ? -2 : select_score(SELECT_PARETO,
		    h->pik[k], select_turn(h->prn[k], from));
	if (p->step > 0)
		select_first(score, h->N, h->n, h->picked);
	free(score);
}

static void
choose(const struct study *s, struct pool *p, struct draw_stratum *stratum,
    struct rng_mt *rng, struct stratum_units *h)
{
	struct select_from from = { p->start, SELECT_UP };
	double pi = h->N > 0 ? (double)h->n / (double)h->N : 0;

	for (size_t k = 0; k < h->N; k++) {
		h->prn[k] = h->unit[k]->prn;
		h->pik[k] = s->design == STUDY_BERNOULLI ? share(s, p) : pi;
	}
	switch (s->design) {
	case STUDY_EVERYONE:
	case STUDY_RANDOM:
		select_random(h->prn, h->N, h->n, from, h->picked);
		break;
	case STUDY_SYSTEMATIC:
		systematic(s, p, stratum->name, h);
		break;
	case STUDY_PPS:
		pareto(s, p, h, from);
		break;
	case STUDY_BERNOULLI:
		stratum->drawn_units = (int64_t)select_poisson(h->pik, h->prn, h->N,
		    from, h->picked);
		break;
	case STUDY_R_RANDOM:
		by_r(rng, h);
		break;
	}
	for (size_t k = 0; k < h->N; k++) {
		if (h->picked[k] && !h->unit[k]->drawn)
			h->unit[k]->step = p->step;
		h->unit[k]->drawn = h->picked[k];
		h->unit[k]->pi = h->pik[k];
	}
}

/* Scratch for all strata, and the units by stratum, each in order of keys. */
struct scratch {
	size_t *at;		/* where each stratum begins */
	struct pool_unit **order;
	double *prn, *pik;
	unsigned char *picked;
};

static void
scratch_make(struct scratch *x, const struct pool *p)
{
	size_t *next = mem_array(p->nstratum + 1, sizeof(*next));

	x->at = mem_array(p->nstratum + 1, sizeof(*x->at));
	x->order = mem_array(p->n, sizeof(*x->order));
	x->prn = mem_array(p->n, sizeof(*x->prn));
	x->pik = mem_array(p->n, sizeof(*x->pik));
	x->picked = mem_array(p->n, 1);
	for (size_t h = 0; h < p->nstratum; h++)
		x->at[h + 1] = x->at[h] + (size_t)p->stratum[h].frame_units;
	memcpy(next, x->at, (p->nstratum + 1) * sizeof(*next));
	for (size_t i = 0; i < p->n; i++)
		x->order[next[p->unit[i].stratum]++] = &p->unit[i];
	free(next);
}

static void
scratch_free(struct scratch *x)
{
	free(x->picked);
	free(x->pik);
	free(x->prn);
	free(x->order);
	free(x->at);
}

/* The strata from ${h} up to ${end}, each with the number it has; how many are
 * drawn in them. */
static int64_t
choose_strata(const struct study *s, struct pool *p, const struct scratch *x,
    size_t h, size_t end)
{
	struct rng_mt rng;
	int64_t drawn = 0;

	rng_mt_seed(&rng, (int32_t)s->seed);
	p->kept = 0;
	for (; h < end; h++) {
		struct stratum_units u = { x->order + x->at[h],
			(size_t)p->stratum[h].frame_units,
			(size_t)p->stratum[h].drawn_units, x->prn, x->pik, x->picked };

		choose(s, p, &p->stratum[h], &rng, &u);
		drawn += p->stratum[h].drawn_units;
	}
	return drawn;
}

int
pool_choose(const struct study *s, struct pool *p, struct err *err)
{
	struct scratch x;
	int r = 0;

	if (s->design != STUDY_BERNOULLI && allocate(s, p, 0, err) != 0)
		return -1;
	scratch_make(&x, p);
	if (choose_strata(s, p, &x, 0, p->nstratum) == 0)
		r = err_set(err, EX_DATAERR, "nobody is drawn: the share is too small "
		    "for %zu units", p->n);
	scratch_free(&x);
	return r;
}

/* -------------------------------------------------------------- and who next -- */

static int
has_next(const struct study *s, const struct pool *p, struct err *err)
{
	switch (s->design) {
	case STUDY_EVERYONE:
		return err_set(err, EX_DATAERR, "everyone is drawn: there is nobody "
		    "more");
	case STUDY_SYSTEMATIC:
		return err_set(err, EX_DATAERR, "a systematic sample has no next unit: "
		    "with more of them every step would be another");
	case STUDY_R_RANDOM:
		if (p->nstratum > 1)
			return err_set(err, EX_DATAERR, "design r-random in %zu strata "
			    "cannot be extended: what R draws in a stratum hangs on how "
			    "many it drew in those before", p->nstratum);
		break;
	case STUDY_RANDOM:
	case STUDY_PPS:
	case STUDY_BERNOULLI:
		break;
	}
	return 0;
}

int
pool_more(const struct study *s, struct pool *p, int64_t more, struct err *err)
{
	struct scratch x;

	if (has_next(s, p, err) != 0)
		return -1;
	if (s->design == STUDY_BERNOULLI) {
		if (share(s, p) >= 1)
			return err_set(err, EX_DATAERR, "everyone is drawn: there is "
			    "nobody more");
		p->further += more;
	} else if (allocate(s, p, more, err) != 0)
		return -1;
	p->step++;
	scratch_make(&x, p);
	choose_strata(s, p, &x, 0, p->nstratum);
	scratch_free(&x);
	return 0;
}

static int
able(const struct study *s, const struct pool *p, size_t stratum)
{
	int64_t n = p->stratum[stratum].frame_units;

	for (size_t i = 0; s->design == STUDY_PPS && i < p->n; i++)
		n -= p->unit[i].stratum == stratum && !(size_of(s, &p->unit[i]) > 0);
	return p->stratum[stratum].drawn_units < n;
}

int
pool_next(const struct study *s, struct pool *p, size_t stratum, struct err *err)
{
	struct scratch x;

	if (has_next(s, p, err) != 0)
		return -1;
	if (s->design == STUDY_BERNOULLI)
		return err_set(err, EX_DATAERR, "design bernoulli has no reserves: each "
		    "unit is drawn for itself");
	if (!able(s, p, stratum))
		return err_set(err, EX_DATAERR, "stratum %s has nobody left",
		    p->stratum[stratum].name);
	p->stratum[stratum].drawn_units++;
	p->step++;
	scratch_make(&x, p);
	choose_strata(s, p, &x, stratum, stratum + 1);
	scratch_free(&x);
	return 0;
}

/* A step after the other, and back. */
size_t
pool_reserves(const struct study *s, struct pool *p, size_t stratum, size_t n,
    struct pool_unit ***ret)
{
	struct pool_unit **list = mem_array(n + 1, sizeof(struct pool_unit *));
	int64_t was = p->stratum[stratum].drawn_units, kept = p->kept;
	struct err none;
	struct scratch x;
	size_t got = 0;
	int step = p->step;

	*ret = list;
	if (s->design == STUDY_BERNOULLI || has_next(s, p, &none) != 0)
		return 0;
	scratch_make(&x, p);
	while (got < n && able(s, p, stratum)) {
		p->stratum[stratum].drawn_units++;
		p->step++;
		choose_strata(s, p, &x, stratum, stratum + 1);
		for (size_t k = x.at[stratum]; k < x.at[stratum + 1]; k++)
			if (x.order[k]->drawn && x.order[k]->step == p->step)
				list[got++] = x.order[k];
	}
	for (size_t i = 0; i < got; i++)
		list[i]->drawn = list[i]->step = 0;
	p->stratum[stratum].drawn_units = was;
	p->step = step;
	/* pi as it was; nobody comes in, those who are drawn are kept */
	choose_strata(s, p, &x, stratum, stratum + 1);
	p->kept = kept;
	scratch_free(&x);
	return got;
}
