#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"

#include "pipeline/frame/known.h"

/* Open addressing on strings, FNV-1a. */
static size_t
place_of(const struct known *k, const char *key)
{
	uint64_t h = 1469598103934665603u;
	size_t i;

	for (const char *s = key; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	for (i = h & (k->cap - 1); k->slot[i] != NULL; i = (i + 1) & (k->cap - 1))
		if (strcmp(k->slot[i], key) == 0)
			break;
	return i;
}

static void
grow(struct known *k)
{
	const struct known old = *k;

	k->cap = old.cap > 0 ? old.cap * 2 : 1024;
	k->slot = mem_array(k->cap, sizeof(*k->slot));
	k->value = mem_array(k->cap, sizeof(*k->value));
	for (size_t i = 0; i < old.cap; i++)
		if (old.slot[i] != NULL) {
			size_t at = place_of(k, old.slot[i]);

			k->slot[at] = old.slot[i];
			k->value[at] = old.value[i];
		}
	free(old.slot);
	free(old.value);
}

void
known_put(struct known *k, const char *key, size_t value)
{
	size_t at;

	if (k->n * 2 >= k->cap)
		grow(k);
	at = place_of(k, key);
	if (k->slot[at] != NULL)
		return;
	k->slot[at] = key;
	k->value[at] = value;
	k->n++;
}

long
known_find(const struct known *k, const char *key)
{
	size_t at;

	if (k->cap == 0)
		return KNOWN_NONE;
	at = place_of(k, key);
	return k->slot[at] != NULL ? (long)k->value[at] : KNOWN_NONE;
}

void
known_free(struct known *k)
{
	free(k->slot);
	free(k->value);
	*k = (struct known){ NULL, NULL, 0, 0 };
}
