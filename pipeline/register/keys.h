#ifndef PIPELINE_REGISTER_KEYS_H
#define PIPELINE_REGISTER_KEYS_H

/*
 * keys -- which field of a unit does a key of the register's JSON stand for?
 *
 * Built from the paths of unit_fields[]: a key of the unit itself is a field
 * ("navn") or a part ("postadresse"), a key of a part is a field
 * ("kommunenummer").  A part is a number, KEYS_UNIT the unit itself.  Keys that
 * are no fields, but in every extract ("links"), are known as such.
 */

#include <stddef.h>

enum { KEYS_NONE = -1, KEYS_UNIT = -1, KEYS_IDS = 512 };

struct keys_hit {
	int field;		/* index in unit_fields[], KEYS_NONE */
	int part;		/* KEYS_NONE */
	int id;			/* below KEYS_IDS, another for each key and part
				 * that is known; KEYS_NONE */
};

struct keys;
struct keys *keys_new(void);
void keys_free(struct keys *);
struct keys_hit keys_find(const struct keys *, int part, const char *key,
    size_t len);

#endif /* !PIPELINE_REGISTER_KEYS_H */
