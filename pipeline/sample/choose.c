#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/prn.h"
#include "pipeline/sample/rng_mt.h"
#include "pipeline/sample/sampford.h"
#include "pipeline/sample/select.h"

#include "pipeline/sample/pool_private.h"

/* -------------------------------------------------------------- a stratum -- */

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
	double pik;
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
static double
chance(const struct study *s, const struct pool *p, const char *way,
    const char *stratum)
{
	return prn_of(p->salt, arena_printf(p->arena, "%s:%s:%s", way, s->name,
	    stratum));
}

static void
systematic(const struct study *s, const struct pool *p, const char *stratum,
    struct stratum_units *h)
{
	struct sorted *order = mem_array(h->N + 1, sizeof(*order));
	unsigned char *picked = mem_array(h->N + 1, 1);
	double *pik = mem_array(h->N + 1, sizeof(*pik));
	double u = chance(s, p, "systematic", stratum);

	for (size_t k = 0; k < h->N; k++)
		order[k] = (struct sorted){ s, h->unit[k], &h->picked[k], h->pik[k] };
	qsort(order, h->N, sizeof(*order), by_study);
	for (size_t k = 0; k < h->N; k++)
		pik[k] = order[k].pik;
	if (s->design == STUDY_PPS)
		select_systematic_pps(pik, h->N, u > 0 ? u : 0x1p-54, picked);
	else
		select_systematic(h->N, h->n, (int64_t)(u * (double)h->N), picked);
	for (size_t k = 0; k < h->N; k++)
		*order[k].picked = picked[k];
	free(pik);
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

/* Turns that hang on how many are drawn: who is drawn stays so, first of all, and
 * the next by the new turns fill up. */
static void
by_order(enum select_order order, struct pool *p, struct stratum_units *h,
    struct select_from from)
{
	double *score;

	select_ordered(order, h->pik, h->prn, h->N, h->n, from, h->picked);
	if (p->step == 0)
		return;
	score = mem_array(h->N + 1, sizeof(*score));
	for (size_t k = 0; k < h->N; k++) {
		p->kept += h->unit[k]->drawn && !h->picked[k];
		score[k] = h->unit[k]->drawn ? -2 : select_score(order, h->pik[k],
		    select_turn(h->prn[k], from));
	}
	select_first(score, h->N, h->n, h->picked);
	free(score);
}

static int
by_size(const struct study *s, struct pool *p, struct draw_stratum *stratum,
    struct stratum_units *h, struct err *err)
{
	static const enum select_order order[] = { SELECT_PARETO, SELECT_SEQUENTIAL,
		SELECT_EXPONENTIAL };
	struct select_from from = { p->start, SELECT_UP };
	double *size = mem_array(h->N + 1, sizeof(*size));
	uint64_t state;
	size_t certain;

	for (size_t k = 0; k < h->N; k++)
		size[k] = pool_size_of(s, h->unit[k]);
	select_pik(size, h->N, h->n, h->pik, &certain);
	free(size);
	switch (s->pps) {
	case STUDY_PARETO:
	case STUDY_SEQUENTIAL:
	case STUDY_EXPONENTIAL:
		by_order(order[s->pps], p, h, from);
		break;
	case STUDY_PPS_SYSTEMATIC:
		systematic(s, p, stratum->name, h);
		break;
	case STUDY_POISSON:
		stratum->drawn_units = (int64_t)select_poisson(h->pik, h->prn, h->N,
		    from, h->picked);
		break;
	case STUDY_SAMPFORD:
		state = (uint64_t)(chance(s, p, "sampford", stratum->name) * 0x1p53);
		if (sampford(h->pik, h->N, &state, h->picked) < 0)
			return err_set(err, EX_DATAERR, "stratum %s: %zu units by Sampford"
			    " are hardly ever all different: take pps pareto, or smaller"
			    " strata", stratum->name, h->n);
		break;
	}
	return 0;
}

static int
choose(const struct study *s, struct pool *p, struct draw_stratum *stratum,
    struct rng_mt *rng, struct stratum_units *h, struct err *err)
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
	case STUDY_TICKETS:
		select_random(h->prn, h->N, h->n, from, h->picked);
		break;
	case STUDY_SYSTEMATIC:
		systematic(s, p, stratum->name, h);
		break;
	case STUDY_PPS:
		if (by_size(s, p, stratum, h, err) != 0)
			return -1;
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
	return 0;
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
 * drawn in them, or -1. */
static int64_t
choose_strata(const struct study *s, struct pool *p, const struct scratch *x,
    size_t h, size_t end, struct err *err)
{
	struct rng_mt rng;
	int64_t drawn = 0;

	rng_mt_seed(&rng, (int32_t)s->seed);
	p->kept = 0;
	for (; h < end; h++) {
		struct stratum_units u = { x->order + x->at[h],
			(size_t)p->stratum[h].frame_units,
			(size_t)p->stratum[h].drawn_units, x->prn, x->pik, x->picked };

		if (choose(s, p, &p->stratum[h], &rng, &u, err) != 0)
			return -1;
		drawn += p->stratum[h].drawn_units;
	}
	return drawn;
}

int
pool_choose(const struct study *s, struct pool *p, struct err *err)
{
	struct scratch x;
	int64_t drawn;

	if (s->design != STUDY_BERNOULLI && pool_allocate(s, p, 0, err) != 0)
		return -1;
	scratch_make(&x, p);
	drawn = choose_strata(s, p, &x, 0, p->nstratum, err);
	scratch_free(&x);
	if (drawn == 0)
		err_set(err, EX_DATAERR, "nobody is drawn: the share is too small "
		    "for %zu units", p->n);
	return drawn > 0 ? 0 : -1;
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
	case STUDY_PPS:
		if (s->pps >= STUDY_PPS_SYSTEMATIC)
			return err_set(err, EX_DATAERR, "this way of design pps has no "
			    "next unit: take pps pareto, sequential or exponential");
		break;
	case STUDY_RANDOM:
	case STUDY_TICKETS:
	case STUDY_BERNOULLI:
		break;
	}
	return 0;
}

int
pool_more(const struct study *s, struct pool *p, int64_t more, struct err *err)
{
	struct scratch x;
	int64_t drawn;

	if (has_next(s, p, err) != 0)
		return -1;
	if (s->design == STUDY_BERNOULLI) {
		if (share(s, p) >= 1)
			return err_set(err, EX_DATAERR, "everyone is drawn: there is "
			    "nobody more");
		p->further += more;
	} else if (pool_allocate(s, p, more, err) != 0)
		return -1;
	p->step++;
	scratch_make(&x, p);
	drawn = choose_strata(s, p, &x, 0, p->nstratum, err);
	scratch_free(&x);
	return drawn < 0 ? -1 : 0;
}

static int
able(const struct study *s, const struct pool *p, size_t stratum)
{
	int64_t n = p->stratum[stratum].frame_units;

	for (size_t i = 0; s->design == STUDY_PPS && i < p->n; i++)
		n -= p->unit[i].stratum == stratum && !(pool_size_of(s, &p->unit[i]) > 0);
	return p->stratum[stratum].drawn_units < n;
}

int
pool_next(const struct study *s, struct pool *p, size_t stratum, struct err *err)
{
	struct scratch x;
	int64_t drawn;

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
	drawn = choose_strata(s, p, &x, stratum, stratum + 1, err);
	scratch_free(&x);
	return drawn < 0 ? -1 : 0;
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
		choose_strata(s, p, &x, stratum, stratum + 1, &none);
		for (size_t k = x.at[stratum]; k < x.at[stratum + 1]; k++)
			if (x.order[k]->drawn && x.order[k]->step == p->step)
				list[got++] = x.order[k];
	}
	for (size_t i = 0; i < got; i++)
		list[i]->drawn = list[i]->step = 0;
	p->stratum[stratum].drawn_units = was;
	p->step = step;
	/* pi as it was; nobody comes in, those who are drawn are kept */
	choose_strata(s, p, &x, stratum, stratum + 1, &none);
	p->kept = kept;
	scratch_free(&x);
	return got;
}
