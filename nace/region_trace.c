#include <stddef.h>

#include "pipeline/base/date.h"
#include "nace/region_table.h"

static const char *const fate_text[REGION_FATES][2] = {
	[REGION_UNKNOWN] = { "ukjent", "unknown" },
	[REGION_SAME] = { "uendret", "same" },
	[REGION_RENUMBERED] = { "nytt nummer", "renumbered" },
	[REGION_MERGED] = { "slått sammen", "merged" },
	[REGION_SPLIT] = { "delt", "split" },
};

const char *
region_fate_text(enum region_fate fate, enum lang lang)
{
	if ((int)fate < 0 || fate >= REGION_FATES)
		return "?";
	return fate_text[fate][lang == LANG_EN];
}

/* Put a row in its place by number, once. */
static void
add(struct region_parts *p, const struct region_place_row *row)
{
	size_t i = p->n;

	for (size_t k = 0; k < p->n; k++)
		if (p->row[k] == row)
			return;
	if (p->n == REGION_PARTS)
		return;
	for (; i > 0 && p->row[i - 1]->pub.number > row->pub.number; i--)
		p->row[i] = p->row[i - 1];
	p->row[i] = row;
	p->n++;
}

/*
 * Follow a row to ${day}: take a part that has ended and put in its place those
 * that took over that day, until none is left.  Every step goes forward in
 * time, so it ends.
 */
void
region_follow(const struct region *r, const struct region_place_row *row,
    int32_t day, struct region_parts *ret)
{
	ret->n = 0;
	add(ret, row);
	for (;;) {
		const struct region_place_row *old = NULL;
		struct region_parts p = { { NULL }, 0 };

		for (size_t i = 0; i < ret->n; i++)
			if (ret->row[i]->pub.to != DATE_NONE &&
			    ret->row[i]->pub.to <= day)
				old = ret->row[i];
		if (old == NULL)
			return;
		for (size_t i = 0; i < ret->n; i++)
			if (ret->row[i] != old)
				add(&p, ret->row[i]);
		for (size_t i = 0; i < REGION_PARTS && old->next[i] != 0; i++) {
			const struct region_place_row *next =
			    region_place_row(r, old->next[i], old->pub.to);

			if (next != NULL)
				add(&p, next);
		}
		*ret = p;
	}
}

/* Did anything else that was there on ${from} end up in ${there} on ${to}? */
static int
holds_others(const struct region *r, const struct region_place_row *there,
    const struct region_place_row *self, int32_t from, int32_t to)
{
	struct region_parts p;

	for (size_t i = 0; i < r->nplace; i++) {
		const struct region_place_row *row = &r->place[i];

		if (row == self || row->pub.special ||
		    !region_there(row->pub.from, row->pub.to, from))
			continue;
		region_follow(r, row, to, &p);
		for (size_t k = 0; k < p.n; k++)
			if (p.row[k] == there)
				return 1;
	}
	return 0;
}

void
region_trace(const struct region *r, int32_t municipality, int32_t from,
    int32_t to, struct region_trace *ret)
{
	const struct region_place_row *row = region_place_row(r, municipality, from);
	struct region_parts p = { { NULL }, 0 };

	*ret = (struct region_trace){ REGION_UNKNOWN, 0, { NULL }, 0 };
	if (row != NULL)
		region_follow(r, row, to, &p);
	if (p.n == 0)
		return;
	ret->n = p.n;
	for (size_t i = 0; i < p.n; i++) {
		int32_t county = p.row[i]->pub.number / 100;

		ret->to[i] = &p.row[i]->pub;
		ret->county = i == 0 || ret->county == county ? county : 0;
	}
	if (row->pub.special)
		ret->county = 0;
	if (p.n > 1)
		ret->fate = REGION_SPLIT;
	else if (holds_others(r, p.row[0], row, from, to))
		ret->fate = REGION_MERGED;
	else if (p.row[0]->pub.number != municipality)
		ret->fate = REGION_RENUMBERED;
	else
		ret->fate = REGION_SAME;
}
