#include <stdlib.h>
#include <sys/mman.h>

#include "pipeline/base/mem.h"

#include "pipeline/register/held.h"

enum { NUMBERS = 100000000, LEAST = 1024, WAITING = 32,
	HUGE_PAGE = 2 * 1024 * 1024 };

struct slot {
	int32_t orgnr;		/* 0: free */
	int64_t hash;
};

/*
 * Open addressing; at most three of four slots are taken.  A slot is hardly ever
 * in the processor's cache, so what is added waits, while its slot is fetched,
 * until there are some.
 */
struct held {
	struct slot *slot, waiting[WAITING];
	size_t nwaiting;
	size_t cap, n, others;
	unsigned char *met;		/* a bit for each slot: it has been shown */
	unsigned char *shown, *other;	/* NULL: none yet */
};

/* In large pages, where the system has them: an access at random then seldom
 * waits for the page to be looked up as well. */
static struct slot *
new_slots(size_t n)
{
	struct slot *s = mem_array(n, sizeof(*s));
#ifdef MADV_HUGEPAGE
	uintptr_t from = ((uintptr_t)s + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	uintptr_t to = (uintptr_t)(s + n) / HUGE_PAGE * HUGE_PAGE;

	if (from < to)		/* no more than a wish */
		(void)madvise((char *)s + (from - (uintptr_t)s), to - from,
		    MADV_HUGEPAGE);
#endif
	return s;
}

static size_t
cap_for(size_t n)
{
	return n + n / 2 + LEAST;
}

struct held *
held_new(size_t expect)
{
	struct held *h = mem_alloc(sizeof(*h));

	h->cap = cap_for(expect);
	h->slot = new_slots(h->cap);
	return h;
}

void
held_free(struct held *h)
{
	if (h == NULL)
		return;
	free(h->slot);
	free(h->met);
	free(h->shown);
	free(h->other);
	free(h);
}

/* Where the search for it begins.  The product is spread over all slots without
 * a division (its upper half, times their number). */
static size_t
home(const struct held *h, int32_t orgnr)
{
	uint32_t mixed = (uint32_t)orgnr * UINT32_C(2654435761);

	return (size_t)((uint64_t)mixed * h->cap >> 32);
}

/* Where it is, or the free slot where it would be. */
static struct slot *
find(const struct held *h, int32_t orgnr)
{
	size_t i = home(h, orgnr);

	while (h->slot[i].orgnr != 0 && h->slot[i].orgnr != orgnr)
		if (++i == h->cap)
			i = 0;
	return &h->slot[i];
}

static void
grow(struct held *h)
{
	struct slot *old = h->slot;
	size_t n = h->cap;

	h->cap = cap_for(h->n);
	h->slot = new_slots(h->cap);
	for (size_t i = 0; i < n; i++)
		if (old[i].orgnr != 0)
			*find(h, old[i].orgnr) = old[i];
	free(old);
}

static void
settle(struct held *h)
{
	for (size_t i = 0; i < h->nwaiting; i++) {
		const struct slot *w = &h->waiting[i];
		struct slot *s;

		if (h->n >= h->cap / 4 * 3)
			grow(h);
		s = find(h, w->orgnr);
		h->n += s->orgnr == 0;
		*s = *w;
	}
	h->nwaiting = 0;
}

void
held_add(struct held *h, int32_t orgnr, int64_t hash)
{
	if (h->nwaiting == WAITING)
		settle(h);
	h->waiting[h->nwaiting++] = (struct slot){ orgnr, hash };
	__builtin_prefetch(&h->slot[home(h, orgnr)], 1);
}

void
held_ready(struct held *h)
{
	settle(h);
	h->met = mem_alloc(h->cap / 8 + 1);
}

static int
bit(const unsigned char *map, int32_t orgnr)
{
	size_t i = (size_t)orgnr / 10;

	return map != NULL && (map[i / 8] >> i % 8 & 1) != 0;
}

static void
set_bit(unsigned char **map, int32_t orgnr)
{
	size_t i = (size_t)orgnr / 10;

	if (*map == NULL)	/* untouched pages of it cost nothing */
		*map = mem_alloc(NUMBERS / 8 + 1);
	(*map)[i / 8] |= (unsigned char)(1 << i % 8);
}

void
held_add_other(struct held *h, int32_t orgnr)
{
	h->others++;
	set_bit(&h->other, orgnr);
}

size_t
held_count(const struct held *h)
{
	return h->n;
}

size_t
held_others(const struct held *h)
{
	return h->others;
}

void
held_ahead(const struct held *h, int32_t orgnr)
{
	__builtin_prefetch(&h->slot[home(h, orgnr)]);
}

size_t
held_find(const struct held *h, int32_t orgnr, int64_t hash)
{
	const struct slot *s = find(h, orgnr);

	return s->orgnr != 0 && s->hash == hash ? (size_t)(s - h->slot) + 1 : 0;
}

enum held_is
held_meet_at(struct held *h, size_t found)
{
	unsigned char *met = &h->met[(found - 1) / 8];
	unsigned char mask = (unsigned char)(1 << (found - 1) % 8);

	if ((*met & mask) != 0)
		return HELD_TWICE;
	*met |= mask;
	return HELD_SAME;
}

enum held_is
held_meet(struct held *h, int32_t orgnr, int64_t hash)
{
	struct slot *s = h->n > 0 ? find(h, orgnr) : NULL;

	if (s == NULL || s->orgnr == 0) {
		if (bit(h->shown, orgnr))
			return HELD_TWICE;
		set_bit(&h->shown, orgnr);
		return bit(h->other, orgnr) ? HELD_OTHER : HELD_NEW;
	}
	if (held_meet_at(h, (size_t)(s - h->slot) + 1) == HELD_TWICE)
		return HELD_TWICE;
	return s->hash == hash ? HELD_SAME : HELD_CHANGED;
}

int
held_next_gone(const struct held *h, size_t *at, int32_t *orgnr)
{
	while (*at < h->cap) {
		size_t i = (*at)++;

		if (h->slot[i].orgnr != 0 && (h->met[i / 8] >> i % 8 & 1) == 0) {
			*orgnr = h->slot[i].orgnr;
			return 1;
		}
	}
	return 0;
}
