#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "nace/nace_table.h"

static const char *const fate_text[NACE_FATES][2] = {
	[NACE_SAME] = { "uendret", "same" },
	[NACE_SCOPE] = { "endret omfang", "scope changed" },
	[NACE_ONE_TO_ONE] = { "én til én", "one to one" },
	[NACE_SPLIT] = { "delt", "split" },
	[NACE_MERGED] = { "slått sammen", "merged" },
	[NACE_NOT_A_CODE] = { "ikke en kode", "not a code" },
	[NACE_NOWHERE] = { "finnes ikke", "no counterpart" },
};

const char *
nace_fate_text(enum nace_fate fate, enum lang lang)
{
	if ((int)fate < 0 || fate >= NACE_FATES)
		return "?";
	return fate_text[fate][lang == LANG_EN];
}

size_t
nace_spread(const struct nace *n, const struct nace_item *item,
    unsigned char *mark)
{
	size_t fresh = 0, nlink;

	for (size_t i = 0; i < item->nleaf; i++) {
		const struct nace_link *l = nace_links(n, item->leaf[i], &nlink);

		for (size_t k = 0; k < nlink; k++) {
			size_t at = nace_leaf_index(n,
			    nace_other_end(&l[k], item->std));

			fresh += !mark[at];
			mark[at] = 1;
		}
	}
	return fresh;
}

static int
beneath(const struct nace *n, const struct nace_item *item,
    const struct nace_item *level5)
{
	size_t first = (size_t)(item->leaf - n->leaf[item->std]);
	size_t at = nace_leaf_index(n, level5);

	return at >= first && at < first + item->nleaf;
}

/* Does nothing flow into the marked codes but what is beneath ${item}? */
static int
flows_from_here_only(const struct nace *n, const struct nace_item *item,
    const unsigned char *mark)
{
	enum nace_std to = nace_other_std(item->std);
	size_t nlink;

	for (size_t i = 0; i < n->nleaf[to]; i++) {
		const struct nace_link *l;

		if (!mark[i])
			continue;
		l = nace_links(n, n->leaf[to][i], &nlink);
		for (size_t k = 0; k < nlink; k++)
			if (!beneath(n, item, nace_other_end(&l[k], to)))
				return 0;
	}
	return 1;
}

static size_t
count(const unsigned char *mark, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		k += mark[i];
	return k;
}

/* How many of the codes beneath ${item} are marked. */
static size_t
marked(const struct nace *n, const struct nace_item *item,
    const unsigned char *mark)
{
	return count(mark + (item->leaf - n->leaf[item->std]), item->nleaf);
}

/* The entry at ${level} that the first marked code lies in. */
static const struct nace_item *
home(const struct nace *n, enum nace_std std, const unsigned char *mark, int level)
{
	const struct nace_item *it;
	size_t i = 0;

	while (!mark[i])
		i++;
	for (it = n->leaf[std][i]; it->level > level; it = it->parent)
		;
	return it;
}

enum nace_fate
nace_fate(const struct nace *n, const struct nace_item *item, enum nace_std to)
{
	const struct nace_item *same, *there;
	unsigned char *mark;
	enum nace_fate fate;
	size_t all, kept;
	int exact;

	if (item->std == to)
		return NACE_SAME;
	mark = mem_array(n->nleaf[to], 1);
	all = nace_spread(n, item, mark);
	if (all == 0) {
		free(mark);
		return NACE_NOWHERE;
	}
	exact = flows_from_here_only(n, item, mark);
	same = nace_item(n, to, item->code);
	kept = same != NULL ? marked(n, same, mark) : 0;
	there = home(n, to, mark, item->level);
	if (exact && kept == all && same->nleaf == all)
		fate = NACE_SAME;
	else if (kept > 0)
		fate = NACE_SCOPE;
	else if (exact && (all == 1 || (there->nleaf == all &&
	    marked(n, there, mark) == all)))
		fate = NACE_ONE_TO_ONE;
	else
		fate = all == 1 ? NACE_MERGED : NACE_SPLIT;
	free(mark);
	return fate;
}

/* Working space of nace_plan(): what each code on either side is to the set. */
struct work {
	const struct nace *n;
	enum nace_std to, from;
	unsigned char *in_set;		/* leaf of ${from}: written */
	unsigned char *direct;		/* leaf of ${to}: written as such */
	size_t *nfrom;			/* leaf of ${to}: how many lead to it */
	unsigned char *mark;		/* leaf of ${to}: of the step at hand */
};

/* Mark in w->mark what one written code leads to. */
static void
lead(const struct work *w, const struct nace_item *item)
{
	memset(w->mark, 0, w->n->nleaf[w->to]);
	if (item->std == w->to)
		memset(w->mark + (item->leaf - w->n->leaf[w->to]), 1, item->nleaf);
	else
		nace_spread(w->n, item, w->mark);
}

/* First pass: which codes are in the set, and how often each is led to. */
static void
gather(const struct work *w, const struct nace_written *written, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct nace_item *it = written[i].item;
		size_t first = (size_t)(it->leaf - w->n->leaf[it->std]);

		memset((it->std == w->to ? w->direct : w->in_set) + first, 1,
		    it->nleaf);
		lead(w, it);
		for (size_t k = 0; k < w->n->nleaf[w->to]; k++)
			w->nfrom[k] += w->mark[k];
	}
}

/* What flows into a target from outside the set. */
static void
over_cover(const struct work *w, struct nace_plan *p, struct nace_target *t)
{
	const struct nace_item **other;
	const struct nace_link *l;
	size_t nlink;

	if (w->direct[nace_leaf_index(w->n, t->item)])
		return;
	l = nace_links(w->n, t->item, &nlink);
	other = arena_alloc(p->arena, nlink * sizeof(struct nace_item *));
	for (size_t k = 0; k < nlink; k++) {
		const struct nace_item *it = nace_other_end(&l[k], w->to);

		if (!w->in_set[nace_leaf_index(w->n, it)])
			other[t->nother++] = it;
	}
	t->other = other;
}

/* Second pass: the targets, each once, in the order of their codes. */
static void
list_targets(const struct work *w, struct nace_plan *p)
{
	size_t leaves = w->n->nleaf[w->to];

	for (size_t k = 0; k < leaves; k++)
		p->ntarget += w->nfrom[k] > 0;
	p->target = arena_alloc(p->arena, p->ntarget * sizeof(*p->target));
	for (size_t k = 0, at = 0; k < leaves; k++) {
		if (w->nfrom[k] == 0)
			continue;
		p->target[at].item = w->n->leaf[w->to][k];
		over_cover(w, p, &p->target[at]);
		at++;
	}
}

/* Third pass: tie each written code to its targets and each target back. */
static void
tie(const struct work *w, struct nace_plan *p, const struct nace_written *written)
{
	size_t **from = arena_alloc(p->arena, p->ntarget * sizeof(size_t *));

	for (size_t t = 0; t < p->ntarget; t++) {
		from[t] = arena_alloc(p->arena, w->nfrom[nace_leaf_index(w->n,
		    p->target[t].item)] * sizeof(size_t));
		p->target[t].from = from[t];
	}
	for (size_t i = 0; i < p->nstep; i++) {
		const struct nace_item *it = written[i].item;
		struct nace_step *s = &p->step[i];
		size_t *list;

		s->translated = it->std != w->to;
		s->fate = written[i].as_group ? NACE_NOT_A_CODE :
		    nace_fate(w->n, it, w->to);
		lead(w, it);
		s->target = list = arena_alloc(p->arena,
		    count(w->mark, w->n->nleaf[w->to]) * sizeof(size_t));
		for (size_t t = 0; t < p->ntarget; t++) {
			if (!w->mark[nace_leaf_index(w->n, p->target[t].item)])
				continue;
			list[s->ntarget++] = t;
			from[t][p->target[t].nfrom++] = i;
		}
	}
}

struct nace_plan *
nace_plan(const struct nace *n, enum nace_std to,
    const struct nace_written *written, size_t nwritten)
{
	struct nace_plan *p = mem_alloc(sizeof(*p));
	struct work w = { n, to, nace_other_std(to), NULL, NULL, NULL, NULL };

	w.in_set = mem_array(n->nleaf[w.from], 1);
	w.direct = mem_array(n->nleaf[to], 1);
	w.nfrom = mem_array(n->nleaf[to], sizeof(size_t));
	w.mark = mem_array(n->nleaf[to], 1);
	p->arena = arena_new();
	p->to = to;
	p->nstep = nwritten;
	p->step = arena_alloc(p->arena, nwritten * sizeof(*p->step));
	gather(&w, written, nwritten);
	list_targets(&w, p);
	tie(&w, p, written);
	free(w.in_set);
	free(w.direct);
	free(w.nfrom);
	free(w.mark);
	return p;
}

void
nace_plan_free(struct nace_plan *p)
{
	if (p == NULL)
		return;
	arena_free(p->arena);
	free(p);
}

const struct nace_target *
nace_plan_find(const struct nace_plan *p, int32_t number)
{
	for (size_t i = 0; i < p->ntarget; i++)
		if (p->target[i].item->number == number)
			return &p->target[i];
	return NULL;
}
