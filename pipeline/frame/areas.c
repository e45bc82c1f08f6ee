#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"

#include "pipeline/frame/areas.h"

enum {
	MOST = 1000,		/* municipalities of a day */
	LEFT = -1
};

struct areas {
	const struct study *study;
	const struct region *region;
	struct population *p;
	struct study_faults *faults;
	size_t area;		/* the one being read */
	/* [POPULATION_PLACES] where it is written; 0: not in it; LEFT: left out as
	 * what a place of another day became, which others may have become too */
	int *line;
};

/* A place as it is written: its name, and the day that the name is of. */
struct written {
	const struct study_word *word;
	char *name;
	int32_t day;
	int then;		/* a day is written */
};

/* 0, or -1 with a fault. */
static int
read_written(struct areas *a, const struct study_word *word, struct written *w)
{
	struct err why;
	size_t len;
	char day[11];

	if (region_as_of(word->text, &len, &w->day, &why) != 0) {
		study_fault(a->faults, word->line, "%s", why.text);
		return -1;
	}
	w->word = word;
	w->name = arena_strn(a->p->arena, word->text, len);
	w->then = w->day != DATE_NONE;
	if (!w->then)
		w->day = a->p->date;
	if (w->day > a->p->date) {
		study_fault(a->faults, word->line, "%s: places are followed forward, "
		    "and the register is of %s", word->text,
		    date_iso(a->p->date, day));
		return -1;
	}
	return 0;
}

/* What is no county any more can be written as of its last day: how, into
 * ${out}, or nothing. */
static void
hint(const struct areas *a, const struct written *w, char *out, size_t size)
{
	const struct region_county *was[MOST];
	size_t n = region_county_history(a->region, w->name, was, MOST);
	char day[11];

	*out = '\0';
	for (size_t i = 0; i < n && i < MOST && !w->then; i++)
		if (was[i]->to != DATE_NONE && was[i]->to <= w->day)
			snprintf(out, size, "; as it was: \"%.80s as of %s\"", w->name,
			    date_iso(was[i]->to - 1, day));
}

/* Note what a set of another day has become; its heirs are the caller's too. */
static const struct region_carry *
carry(struct areas *a, const struct written *w, int except, const char *number,
    const char *name, const struct region_place *const *set, size_t n)
{
	struct population_then *t = &a->p->then[a->p->nthen++];

	t->area = a->area;
	t->text = w->word->text;
	t->except = except;
	t->day = w->day;
	t->number = arena_str(a->p->arena, number);
	t->name = name;
	t->place = arena_alloc(a->p->arena, (n + 1) * sizeof(const void *));
	memcpy(t->place, set, n * sizeof(const void *));
	t->nplace = n;
	t->carry = region_carry(a->region, set, n, w->day, a->p->date);
	return t->carry;
}

/* All of a county, marked; its number, 0 with a fault or of another day. */
static int32_t
mark_county(struct areas *a, const struct study_word *word)
{
	const struct region_place *place[MOST];
	const struct region_county *county;
	const struct region_carry *c;
	struct written w;
	struct err why;
	char more[128], text[8];
	size_t n;

	if (read_written(a, word, &w) != 0)
		return 0;
	if (region_find_county(a->region, w.name, w.day, &county, &why) != 0) {
		hint(a, &w, more, sizeof(more));
		study_fault(a->faults, word->line, "%s%s", why.text, more);
		return 0;
	}
	n = region_places(a->region, county->number, w.day, place, MOST);
	if (n > MOST)
		n = MOST;
	if (!w.then) {
		for (size_t i = 0; i < n; i++)
			a->line[place[i]->number] = word->line;
		return county->number;
	}
	c = carry(a, &w, 0, region_county_text(county->number, text), county->name,
	    place, n);
	for (size_t i = 0; i < c->nheir; i++)
		a->line[c->heir[i].place->number] = word->line;
	return 0;
}

/*
 * A municipality by name or number, in ${county} (0: anywhere): marked with
 * ${line}, all it has become if it is of another day.  An exception must be in
 * the area.
 */
static void
mark_place(struct areas *a, const struct study_word *word, int32_t county,
    int except)
{
	const struct region_place *place, *one[1];
	const struct region_carry *c;
	struct written w;
	struct err why;
	char text[8];
	int in = 0;

	if (read_written(a, word, &w) != 0)
		return;
	if (region_find_place(a->region, w.name, w.day, w.then ? 0 : county, &place,
	    &why) != 0) {
		study_fault(a->faults, word->line, "%s", why.text);
		return;
	}
	if (!w.then) {
		in = a->line[place->number] > 0;
		a->line[place->number] = except ? 0 : word->line;
	} else {
		one[0] = place;
		c = carry(a, &w, except, region_text(place->number, text), place->name,
		    one, 1);
		for (size_t i = 0; i < c->nheir; i++) {
			in |= a->line[c->heir[i].place->number] != 0;
			a->line[c->heir[i].place->number] = except ? LEFT : word->line;
		}
	}
	if (except && !in)
		study_fault(a->faults, word->line, "%s is not in area %s anyway",
		    word->text, a->study->area[a->area].name);
}

/* Give the marked municipalities to the area that none has yet. */
static void
claim(struct areas *a)
{
	char text[8];

	for (int32_t i = 0; i < POPULATION_PLACES; i++) {
		unsigned short *of = &a->p->area_of[i];

		if (a->line[i] <= 0)
			continue;
		if (*of != 0) {
			study_fault(a->faults, a->line[i], "municipality %s is in area %s "
			    "already", region_text(i, text),
			    a->study->area[*of - 1].name);
			return;
		}
		*of = (unsigned short)(1 + a->area);
	}
}

static int
is_written(const struct areas *a, size_t first, const struct region_place *place)
{
	for (size_t i = first; i < a->p->nthen; i++)
		for (size_t k = 0; k < a->p->then[i].nplace; k++)
			if (!a->p->then[i].except && a->p->then[i].place[k] == place)
				return 1;
	return 0;
}

/* What one place of another day lacks, another of the area, from number
 * ${first} on, may bring: that is not outside. */
static void
join(struct areas *a, size_t first)
{
	for (size_t i = first; i < a->p->nthen; i++) {
		struct region_carry *c = a->p->then[i].carry;

		for (size_t k = 0; k < c->nheir && !a->p->then[i].except; k++) {
			struct region_heir *h = &c->heir[k];
			size_t n = 0;

			for (size_t o = 0; o < h->noutside; o++)
				if (!is_written(a, first, h->outside[o]))
					h->outside[n++] = h->outside[o];
			h->noutside = n;
		}
	}
}

/* Exceptions first, claims last: what an area leaves out another may have,
 * whichever stands first in the file. */
static void
read_area(struct areas *a)
{
	const struct study_area *area = &a->study->area[a->area];
	size_t first = a->p->nthen;
	int32_t county = 0;

	a->line = mem_array(POPULATION_PLACES, sizeof(*a->line));
	for (size_t i = 0; i < area->ncounty; i++)
		county = mark_county(a, &area->county[i]);
	if (area->ncounty > 1)
		county = 0;
	for (size_t i = 0; i < area->nmunicipality; i++)
		mark_place(a, &area->municipality[i], 0, 0);
	for (size_t i = 0; i < area->nexcept; i++)
		mark_place(a, &area->except[i], county, 1);
	join(a, first);
	claim(a);
	free(a->line);
}

void
areas_read(const struct study *study, const struct region *region,
    struct population *p, struct study_faults *faults)
{
	struct areas a = { study, region, p, faults, 0, NULL };
	size_t words = 0;

	for (size_t i = 0; i < study->narea; i++)
		words += study->area[i].ncounty + study->area[i].nmunicipality +
		    study->area[i].nexcept;
	p->then = arena_alloc(p->arena, (words + 1) * sizeof(*p->then));
	for (a.area = 0; a.area < study->narea; a.area++)
		read_area(&a);
}
