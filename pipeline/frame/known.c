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
	struct known more = { NULL, NULL, k->cap > 0 ? k->cap * 2 : 1024, k->n };

	more.slot = mem_array(more.cap, sizeof(*more.slot));
	more.value = mem_array(more.cap, sizeof(*more.value));
	for (size_t i = 0; i < k->cap; i++)
		if (k->slot[i] != NULL) {
			size_t at = place_of(&more, k->slot[i]);

			more.slot[at] = k->slot[i];
			more.value[at] = k->value[i];
		}
	known_free(k);
	*k = more;
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
