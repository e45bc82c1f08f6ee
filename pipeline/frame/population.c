#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"

#include "pipeline/frame/areas.h"
#include "pipeline/frame/population.h"

/* What the making of a population needs at hand. */
struct making {
	const struct study *study;
	const struct nace *nace;
	struct population *p;
	struct study_faults *faults;
	int *seen_group;	/* [POPULATION_CODES] 1 + group, of written leaves */
};

static enum nace_std
written_standard(const struct study *study)
{
	return study->standard == STUDY_SN2007 ? NACE_SN2007 : NACE_SN2025;
}

/* A leaf of the written standard that stands in two groups. */
static void
check_groups(struct making *m, const struct nace_written *w, size_t group,
    int line)
{
	for (size_t i = 0; i < w->item->nleaf; i++) {
		int *seen = &m->seen_group[w->item->leaf[i]->number];

		if (*seen != 0 && *seen != 1 + (int)group) {
			study_fault(m->faults, line, "code %s (%s) is in group %s "
			    "already", w->text, w->item->leaf[i]->code,
			    m->study->group[*seen - 1].name);
			return;
		}
		*seen = 1 + (int)group;
	}
}

static void
read_codes(struct making *m)
{
	struct population *p = m->p;
	struct err why;
	size_t n = 0;

	for (size_t g = 0; g < m->study->ngroup; g++)
		n += m->study->group[g].ncode;
	p->written = arena_alloc(p->arena, (n + 1) * sizeof(*p->written));
	p->code = arena_alloc(p->arena, (n + 1) * sizeof(*p->code));
	for (size_t g = 0; g < m->study->ngroup; g++)
		for (size_t i = 0; i < m->study->group[g].ncode; i++) {
			const struct study_word *word = &m->study->group[g].code[i];
			struct population_code *c = &p->code[p->ncode];

			if (nace_parse(m->nace, written_standard(m->study), word->text,
			    &p->written[p->ncode], &why) != 0) {
				study_fault(m->faults, word->line, "%s", why.text);
				continue;
			}
			c->text = word->text;
			c->line = word->line;
			c->group = g;
			check_groups(m, &p->written[p->ncode], g, word->line);
			p->ncode++;
		}
}

/* What a decision is about; NULL if that is no code. */
static const struct nace_item *
decided_item(const struct making *m, const char *from)
{
	struct nace_written w;
	struct err ignored;

	return nace_parse(m->nace, written_standard(m->study), from, &w, &ignored) == 0 ?
	    w.item : NULL;
}

static struct population_link *
find_link(const struct making *m, size_t code, const char *to)
{
	struct population_code *c = &m->p->code[code];
	int32_t number;

	if (nace_number(to, strlen(to), &number) != 0)
		return NULL;
	for (size_t i = 0; i < c->nlink; i++)
		if (m->p->plan->target[c->link[i].target].item->number == number)
			return &c->link[i];
	return NULL;
}

/* One decision about one written code. ${only}: it has had a "yes" already. */
static void
decide_code(struct making *m, const struct study_target *t, size_t code,
    unsigned char *only)
{
	struct population_code *c = &m->p->code[code];
	struct population_link *l;

	if (!m->p->plan->step[code].translated)
		return;
	if ((l = find_link(m, code, t->to)) == NULL) {
		study_fault(m->faults, t->line, "%s does not become %s", t->from, t->to);
		return;
	}
	if (t->keep && !*only) {
		*only = 1;
		for (size_t k = 0; k < c->nlink; k++)
			c->link[k].out = 1;
	}
	l->out = !t->keep;
}

/*
 * [codes]: "no" takes one target out; the first "yes" of a code takes all out
 * and then each "yes" back in.  Decisions are about the register they were
 * written for: with one in the written standard, where nothing is translated,
 * they have nothing to decide.
 */
static void
decide(struct making *m)
{
	struct population *p = m->p;
	unsigned char *only = mem_array(p->ncode + 1, 1);

	for (size_t i = 0; i < m->study->ntarget; i++) {
		const struct study_target *t = &m->study->target[i];
		const struct nace_item *item = decided_item(m, t->from);
		int found = 0;

		for (size_t c = 0; item != NULL && c < p->ncode; c++)
			if (p->written[c].item == item) {
				decide_code(m, t, c, &only[c]);
				found = 1;
			}
		if (!found)
			study_fault(m->faults, t->line, "code %s is in no group", t->from);
	}
	free(only);
}

static void
link_targets(struct making *m)
{
	struct population *p = m->p;

	for (size_t i = 0; i < p->ncode; i++) {
		const struct nace_step *step = &p->plan->step[i];
		struct population_code *c = &p->code[i];

		c->nlink = step->ntarget;
		c->link = arena_alloc(p->arena, (c->nlink + 1) * sizeof(*c->link));
		for (size_t k = 0; k < c->nlink; k++)
			c->link[k].target = step->target[k];
	}
	decide(m);
	p->target = arena_alloc(p->arena, (p->plan->ntarget + 1) * sizeof(*p->target));
	for (size_t i = 0; i < p->ncode; i++) {
		size_t kept = 0;

		for (size_t k = 0; k < p->code[i].nlink; k++) {
			struct population_target *t = &p->target[p->code[i].link[k].target];

			if (p->code[i].link[k].out)
				continue;
			kept++;
			if (t->kept)
				continue;
			t->kept = 1;
			t->group = p->code[i].group;
			t->code = i;
		}
		if (kept == 0 && p->code[i].nlink > 0)
			study_fault(m->faults, p->code[i].line, "code %s: every target "
			    "is taken out: leave the code out instead", p->code[i].text);
	}
	for (size_t t = 0; t < p->plan->ntarget; t++)
		if (p->target[t].kept)
			p->group_of[p->plan->target[t].item->number] =
			    (unsigned short)(1 + p->target[t].group);
}

int
population_make(const struct study *study, const struct nace *nace,
    const struct region *region, enum nace_std standard, int32_t date,
    struct population **ret, struct study_faults *faults, struct err *err)
{
	struct study_faults own = { NULL, 0 };
	struct making m = { study, nace, NULL, NULL, NULL };
	size_t before;

	*ret = NULL;
	m.faults = faults != NULL ? faults : &own;
	before = m.faults->n;
	m.p = mem_alloc(sizeof(*m.p));
	m.p->arena = arena_new();
	m.p->standard = standard;
	m.p->date = date;
	m.p->group_of = arena_alloc(m.p->arena,
	    POPULATION_CODES * sizeof(*m.p->group_of));
	m.p->area_of = arena_alloc(m.p->arena,
	    POPULATION_PLACES * sizeof(*m.p->area_of));
	m.seen_group = mem_array(POPULATION_CODES, sizeof(*m.seen_group));

	read_codes(&m);
	m.p->plan = nace_plan(nace, standard, m.p->written, m.p->ncode);
	link_targets(&m);
	areas_read(study, region, m.p, m.faults);
	free(m.seen_group);

	if (m.faults->n == before) {
		*ret = m.p;
		return 0;
	}
	err_set(err, EX_CONFIG, "%s:%d: %s", study->file,
	    m.faults->fault[before].line, m.faults->fault[before].text);
	population_free(m.p);
	study_faults_free(&own);
	return -1;
}

void
population_free(struct population *p)
{
	if (p == NULL)
		return;
	nace_plan_free(p->plan);
	for (size_t i = 0; i < p->nthen; i++)
		region_carry_free(p->then[i].carry);
	arena_free(p->arena);
	free(p);
}
