#include <string.h>

#include "pipeline/base/date.h"

#include "pipeline/frame/plan_then.h"

static void
put_places(const struct region_place *const *p, size_t n, struct buf *b)
{
	char text[8];

	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s%s %s", i > 0 ? ", " : "",
		    region_text(p[i]->number, text), p[i]->name);
}

static int
same_parts(const struct region_trace *a, const struct region_trace *b)
{
	return a->n == b->n && memcmp(a->to, b->to, a->n * sizeof(a->to[0])) == 0;
}

/* "1504 Ålesund, 1523 Ørskog: split into 1508 Ålesund, 1580 Haram; all parts are
 * in": all that went the same way in one line, told with the first of them. */
static void
print_splits(const struct population_then *t, int nb, struct buf *b)
{
	const struct region_carry *c = t->carry;
	char text[8];

	for (size_t i = 0; i < c->nsplit; i++) {
		int told = 0;

		for (size_t k = 0; k < i; k++)
			told |= same_parts(&c->split[k].into, &c->split[i].into);
		if (told)
			continue;
		buf_str(b, "      ");
		for (size_t k = i; k < c->nsplit; k++)
			if (same_parts(&c->split[k].into, &c->split[i].into))
				buf_printf(b, "%s%s %s", k > i ? ", " : "",
				    region_text(c->split[k].old->number, text),
				    c->split[k].old->name);
		buf_str(b, nb ? ": delt i " : ": split into ");
		put_places(c->split[i].into.to, c->split[i].into.n, b);
		buf_str(b, t->except ? nb ? "; alle delene er ute\n" :
		    "; all parts are out\n" : nb ? "; alle delene er med\n" :
		    "; all parts are in\n");
	}
}

/* Is an heir what the study file makes of it: in the area, or left out? */
static int
counts(const struct population *p, const struct population_then *t,
    const struct region_heir *h)
{
	return t->except || p->area_of[h->place->number] == 1 + t->area;
}

static void
print_one(const struct population *p, const struct population_then *t, int nb,
    struct buf *b)
{
	const struct region_carry *c = t->carry;
	char text[8], day[11];

	buf_printf(b, nb ? "    %s %s per %s: %zu %s, nå %zu\n" :
	    "    %s %s as of %s: %zu %s, now %zu\n", t->number, t->name,
	    date_iso(t->day, day), t->nplace, nb ? t->nplace == 1 ? "kommune" :
	    "kommuner" : t->nplace == 1 ? "municipality" : "municipalities", c->nheir);
	print_splits(t, nb, b);
	for (size_t i = 0; i < c->nheir; i++) {
		const struct region_heir *h = &c->heir[i];

		if (h->noutside == 0 || !counts(p, t, h))
			continue;
		buf_printf(b, "    ! %s %s ", region_text(h->place->number, text),
		    h->place->name);
		if (t->except)
			buf_str(b, nb ? "er ute i sin helhet, også det som var " :
			    "is left out whole, with what was ");
		else
			buf_str(b, nb ? "er med i sin helhet, også det som var " :
			    "is in whole, with what was ");
		put_places(h->outside, h->noutside, b);
		buf_chr(b, '\n');
	}
}

void
plan_then_print(const struct population *p, size_t area, int nb, struct buf *b)
{
	for (size_t i = 0; i < p->nthen; i++)
		if (p->then[i].area == area)
			print_one(p, &p->then[i], nb, b);
}

static void
json_places(struct json *j, const char *key, const struct region_place *const *p,
    size_t n)
{
	char text[8];

	json_key(j, key);
	json_array(j);
	for (size_t i = 0; i < n; i++)
		json_str(j, region_text(p[i]->number, text));
	json_end(j);
}

static void
json_one(const struct population *p, const struct population_then *t,
    struct json *j)
{
	const struct region_carry *c = t->carry;
	char text[8], day[11];

	json_object(j);
	json_kstr(j, "written", t->text);
	json_kstr(j, "day", date_iso(t->day, day));
	json_kstr(j, "number", t->number);
	json_kstr(j, "name", t->name);
	json_kbool(j, "except", t->except);
	json_places(j, "then", t->place, t->nplace);
	json_key(j, "now");
	json_array(j);
	for (size_t i = 0; i < c->nheir; i++) {
		json_object(j);
		json_kstr(j, "number", region_text(c->heir[i].place->number, text));
		json_kstr(j, "name", c->heir[i].place->name);
		json_kbool(j, "counts", counts(p, t, &c->heir[i]));
		json_places(j, "also_from", c->heir[i].outside, c->heir[i].noutside);
		json_end(j);
	}
	json_end(j);
	json_key(j, "split");
	json_array(j);
	for (size_t i = 0; i < c->nsplit; i++) {
		json_object(j);
		json_kstr(j, "number", region_text(c->split[i].old->number, text));
		json_kstr(j, "name", c->split[i].old->name);
		json_places(j, "into", c->split[i].into.to, c->split[i].into.n);
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

void
plan_then_json(const struct population *p, size_t area, struct json *j)
{
	json_key(j, "as_of");
	json_array(j);
	for (size_t i = 0; i < p->nthen; i++)
		if (p->then[i].area == area)
			json_one(p, &p->then[i], j);
	json_end(j);
}
