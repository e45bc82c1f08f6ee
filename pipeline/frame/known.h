#ifndef PIPELINE_FRAME_KNOWN_H
#define PIPELINE_FRAME_KNOWN_H

/* known -- keys that have been seen, each with the number it was given. */

#include <stddef.h>

struct known {
	const char **slot;
	size_t *value;
	size_t cap, n;
};

enum { KNOWN_NONE = -1 };

/* ${key} must live as long; one that is there already keeps its number. */
void known_put(struct known *, const char *key, size_t value);
/* Its number, or -1. */
long known_find(const struct known *, const char *key);
void known_free(struct known *);

#endif /* !PIPELINE_FRAME_KNOWN_H */
