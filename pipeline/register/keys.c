#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/register/unit.h"

#include "pipeline/register/keys.h"

enum { SLOTS = KEYS_IDS };	/* open addressing, under a third full */

struct slot {
	const char *key;	/* inside a path; NULL: free */
	size_t len;
	int part;		/* the part it belongs to */
	struct keys_hit hit;
};

struct keys {
	struct slot slots[SLOTS];
	int parts;
};

static uint64_t
word(const char *s)
{
	uint64_t w;

	memcpy(&w, s, 8);
	return w;
}

/* The keys differ in length, in front, behind or ("Foretaks", "Stiftelses") in
 * the middle. */
static size_t
slot_of(int part, const char *key, size_t len)
{
	uint64_t h = 0;

	if (len >= 8)
		h = word(key) ^ word(key + len - 8) * 3 ^ word(key + len / 2 - 4) * 5;
	else
		for (size_t i = 0; i < len; i++)
			h = h << 8 | (unsigned char)key[i];
	h = (h ^ (uint64_t)len << 32 ^ (uint64_t)(part + 1) << 48) *
	    UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(h >> 55);	/* 0 to 511 */
}

/* The slot that holds the key, or the free one where it would stand. */
static size_t
seek(const struct keys *k, int part, const char *key, size_t len)
{
	size_t i = slot_of(part, key, len);

	while (k->slots[i].key != NULL && (k->slots[i].part != part ||
	    k->slots[i].len != len || memcmp(k->slots[i].key, key, len) != 0))
		i = (i + 1) % SLOTS;
	return i;
}

static struct slot *
add(struct keys *k, int part, const char *key, size_t len)
{
	struct slot *slot = &k->slots[seek(k, part, key, len)];

	if (slot->key == NULL)
		*slot = (struct slot){ key, len, part,
		    { KEYS_NONE, KEYS_NONE, (int)(slot - k->slots) } };
	return slot;
}

static void
add_others(struct keys *k, int part)
{
	static const char *const others[] = { "links", "_links", "beskrivelse" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		add(k, part, others[i], strlen(others[i]));
}

struct keys *
keys_new(void)
{
	struct keys *k = mem_alloc(sizeof(*k));

	assert(unit_fields_n < SLOTS / 3);
	for (size_t i = 0; i < unit_fields_n; i++) {
		const char *path = unit_fields[i].path, *dot;
		struct slot *slot;

		if (path == NULL)
			continue;
		if ((dot = strchr(path, '.')) == NULL) {
			add(k, KEYS_UNIT, path, strlen(path))->hit.field = (int)i;
			continue;
		}
		slot = add(k, KEYS_UNIT, path, (size_t)(dot - path));
		if (slot->hit.part == KEYS_NONE)
			slot->hit.part = k->parts++;
		add(k, slot->hit.part, dot + 1, strlen(dot + 1))->hit.field = (int)i;
	}
	for (int part = KEYS_UNIT; part < k->parts; part++)
		add_others(k, part);
	return k;
}

void
keys_free(struct keys *k)
{
	free(k);
}

struct keys_hit
keys_find(const struct keys *k, int part, const char *key, size_t len)
{
	const struct slot *slot = &k->slots[seek(k, part, key, len)];

	if (slot->key == NULL)
		return (struct keys_hit){ KEYS_NONE, KEYS_NONE, KEYS_NONE };
	return slot->hit;
}
