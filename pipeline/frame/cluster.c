#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/frame/cluster.h"

/* Units above units: a firm's own ladder is short; a longer one is a circle. */
enum { STEPS_MAX = 20 };

/* The register gives a count from 5 up, and "has" alone for 1 to 4. */
static int64_t
employees(const struct candidate *c)
{
	if (c->employees >= 0)
		return c->employees;
	return c->has_employees == 1;
}

/* Does ${a} speak for the address rather than ${b}? */
static int
before(enum study_keeper rule, const struct candidate *a,
    const struct candidate *b)
{
	if (rule == STUDY_KEEP_MOST_EMPLOYEES && employees(a) != employees(b))
		return employees(a) > employees(b);
	if (rule == STUDY_KEEP_PARENT_FIRST && (a->parent == 0) != (b->parent == 0))
		return a->parent == 0;
	if (a->prn < b->prn || a->prn > b->prn)
		return a->prn < b->prn;
	return strcmp(a->key, b->key) < 0;
}

static int
by_address(const void *a, const void *b)
{
	const struct candidate *x = *(struct candidate *const *)a;
	const struct candidate *y = *(struct candidate *const *)b;
	int r = strcmp(x->email_key, y->email_key);

	return r != 0 ? r : strcmp(x->key, y->key);
}

static int
by_key(const void *key, const void *unit)
{
	return strcmp(key, (*(struct candidate *const *)unit)->key);
}

/* The unit above, if it has the address too; ${unit} is in order of keys. */
static struct candidate *
above(const struct candidate *c, struct candidate **unit, size_t n)
{
	struct candidate **found;
	char key[16];

	if (c->parent == 0)
		return NULL;
	snprintf(key, sizeof(key), "%09d", (int)c->parent);
	found = bsearch(key, unit, n, sizeof(*unit), by_key);
	return found != NULL ? *found : NULL;
}

/* The topmost of a firm's units with this address; NULL: the unit itself is,
 * or the register has them in a circle. */
static struct candidate *
top(const struct candidate *c, struct candidate **unit, size_t n)
{
	struct candidate *up = above(c, unit, n), *next;

	for (int i = 0; up != NULL && i < STEPS_MAX; i++, up = next)
		if ((next = above(up, unit, n)) == NULL)
			return up;
	return NULL;
}

/* A sub-unit with its main unit's address gives way to it; what is left, at the
 * front. */
static size_t
fold_firms(struct candidate **unit, size_t n)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++)
		unit[i]->keeper = top(unit[i], unit, n);
	for (size_t i = 0; i < n; i++) {
		if (unit[i]->keeper == NULL) {
			unit[left++] = unit[i];
			continue;
		}
		unit[i]->reason = FRAME_DUPLICATE;
		unit[i]->detail = "same firm";
	}
	return left;
}

static void
settle(const struct study *study, struct selection *s, struct candidate **unit,
    size_t n)
{
	struct candidate *best;

	n = fold_firms(unit, n);
	if (n < 2)
		return;
	best = unit[0];
	for (size_t i = 1; i < n; i++)
		if (before(study->keeper, unit[i], best))
			best = unit[i];
	for (size_t i = 0; i < n; i++) {
		unit[i]->shared = (int64_t)n;
		if (unit[i] == best)
			continue;
		unit[i]->reason = FRAME_DUPLICATE;
		unit[i]->detail = "shared address";
		unit[i]->keeper = best;
	}
	s->count.clusters++;
	if ((int64_t)n > s->count.largest)
		s->count.largest = (int64_t)n;
}

void
cluster_settle(const struct study *study, struct selection *s)
{
	struct candidate **unit = mem_array(s->n + 1, sizeof(*unit));
	size_t n = 0, from = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->unit[i].reason == FRAME_KEPT)
			unit[n++] = &s->unit[i];
	if (n > 0)
		qsort(unit, n, sizeof(*unit), by_address);
	for (size_t i = 1; i <= n; i++)
		if (i == n || strcmp(unit[i]->email_key, unit[from]->email_key) != 0) {
			settle(study, s, unit + from, i - from);
			from = i;
		}
	free(unit);
	/* the unit that another gave way to may itself have given way */
	for (size_t i = 0; i < s->n; i++) {
		struct candidate *c = &s->unit[i];

		while (c->keeper != NULL && c->keeper->keeper != NULL)
			c->keeper = c->keeper->keeper;
		/* of one firm (firm.h) each may have its own address */
		if (c->keeper != NULL && strcmp(c->email_key, c->keeper->email_key) == 0)
			c->shared = c->keeper->shared;
	}
}
