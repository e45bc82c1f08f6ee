#ifndef NACE_REGION_NAME_H
#define NACE_REGION_NAME_H

/*
 * region_name -- is this name, as somebody wrote it, one of those a place goes
 * by?  For the region*.c of this folder only.
 *
 * Beyond what fold() evens out: blanks, hyphens and slashes do not count
 * ("Nord Fron", "Deatnu/Tana"), the parts of a name in several languages may
 * stand in any order or alone, and "fylke", "fylkeskommune" or "kommune" may
 * stand behind.
 */

#include <stddef.h>

/* A written name, taken apart. */
struct region_name {
	char *key;	/* folded, without "kommune" and the like */
	char *base;	/* what stands before a trailing "(...)", or NULL */
	char *inside;	/* what stands in it, or NULL */
};

/* 0, or -1 if ${s} is not UTF-8 or too long for a name. */
int region_name_read(const char *s, struct region_name *ret);
void region_name_free(struct region_name *);

/* Is folded ${name} one of the folded ${key}s (up to a NULL or ${max})? */
int region_name_is(const char *name, char *const *key, size_t max);

#endif /* !NACE_REGION_NAME_H */
