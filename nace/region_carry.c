#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"
#include "nace/region_table.h"

size_t
region_sources(const struct region *r, const struct region_place *there,
    int32_t from, int32_t to, const struct region_place **out, size_t max)
{
	struct region_parts p;
	size_t n = 0;

	for (size_t i = 0; i < r->nplace; i++) {
		const struct region_place_row *row = &r->place[i];

		if (row->pub.special || !region_there(row->pub.from, row->pub.to, from))
			continue;
		region_follow(r, row, to, &p);
		for (size_t k = 0; k < p.n; k++)
			if (&p.row[k]->pub == there && n++ < max)
				out[n - 1] = &row->pub;
	}
	return n;
}

static int
in_set(const struct region_place *const *set, size_t n,
    const struct region_place *place)
{
	for (size_t i = 0; i < n; i++)
		if (set[i] == place)
			return 1;
	return 0;
}

/* Put an heir in its place by number, once; ${c}->heir has room. */
static void
add_heir(struct region_carry *c, const struct region_place *place)
{
	size_t i = c->nheir;

	for (size_t k = 0; k < c->nheir; k++)
		if (c->heir[k].place == place)
			return;
	for (; i > 0 && c->heir[i - 1].place->number > place->number; i--)
		c->heir[i] = c->heir[i - 1];
	c->heir[i] = (struct region_heir){ place, NULL, 0 };
	c->nheir++;
}

/* What is in an heir, but not of the set. */
static void
name_outside(const struct region *r, struct region_carry *c, size_t heir,
    const struct region_place *const *set, size_t n, int32_t from, int32_t to)
{
	struct region_heir *h = &c->heir[heir];
	size_t most = region_sources(r, h->place, from, to, NULL, 0);
	const struct region_place **all = mem_array(most + 1, sizeof(*all));

	region_sources(r, h->place, from, to, all, most);
	h->outside = arena_alloc(c->arena, (most + 1) * sizeof(const void *));
	for (size_t i = 0; i < most; i++)
		if (!in_set(set, n, all[i]))
			h->outside[h->noutside++] = all[i];
	free(all);
}

struct region_carry *
region_carry(const struct region *r, const struct region_place *const *set,
    size_t n, int32_t from, int32_t to)
{
	struct region_carry *c = mem_alloc(sizeof(*c));
	struct region_trace t;

	c->arena = arena_new();
	c->heir = arena_alloc(c->arena, (n * REGION_PARTS + 1) * sizeof(*c->heir));
	c->split = arena_alloc(c->arena, (n + 1) * sizeof(*c->split));
	for (size_t i = 0; i < n; i++) {
		region_trace(r, set[i]->number, from, to, &t);
		for (size_t k = 0; k < t.n; k++)
			add_heir(c, t.to[k]);
		if (t.fate == REGION_SPLIT)
			c->split[c->nsplit++] = (struct region_split){ set[i], t };
	}
	for (size_t i = 0; i < c->nheir; i++)
		name_outside(r, c, i, set, n, from, to);
	return c;
}

void
region_carry_free(struct region_carry *c)
{
	if (c == NULL)
		return;
	arena_free(c->arena);
	free(c);
}

static int
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Does ${word}, in either case, stand at s[at], with blanks around it? */
static int
word_at(const char *s, size_t at, const char *word)
{
	size_t len = strlen(word);

	if (at == 0 || !is_blank(s[at - 1]))
		return 0;
	for (size_t i = 0; i < len; i++)
		if ((s[at + i] | 0x20) != word[i])
			return 0;
	return is_blank(s[at + len]) || s[at + len] == '\0';
}

int
region_as_of(const char *s, size_t *len, int32_t *day, struct err *err)
{
	size_t at, as = 0, end;

	*day = DATE_NONE;
	*len = strlen(s);
	for (at = 0; s[at] != '\0'; at++) {
		size_t of = at + 2;

		if (!word_at(s, at, "as"))
			continue;
		while (is_blank(s[of]))
			of++;
		if (word_at(s, of, "of")) {
			as = at;
			at = of + 1;
		}
	}
	if (as == 0)
		return 0;
	for (at = as + 2; is_blank(s[at]); at++)
		;
	for (at += 2; is_blank(s[at]); at++)
		;
	for (end = strlen(s); end > at && is_blank(s[end - 1]); end--)
		;
	if (date_parse(s + at, end - at, day) != 0)
		return err_set(err, EX_DATAERR, "\"as of\" is followed by a day, "
		    "YYYY-MM-DD, not by \"%.40s\"", s + at);
	if (*day < REGION_DAY_FIRST)
		return err_set(err, EX_DATAERR, "the lists of counties and "
		    "municipalities begin 2002-01-01; %.10s is before", s + at);
	for (*len = as; *len > 0 && is_blank(s[*len - 1]); --*len)
		;
	if (*len == 0)
		return err_set(err, EX_DATAERR, "no name and no number stands before "
		    "\"as of\"");
	return 0;
}
