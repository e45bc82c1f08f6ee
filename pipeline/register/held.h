#ifndef PIPELINE_REGISTER_HELD_H
#define PIPELINE_REGISTER_HELD_H

/*
 * held -- what is in force, as numbers and row hashes, and which of it a new
 * extract has shown.
 *
 * At most 32 octets for each unit in force.  Numbers that are not in force cost
 * nothing each: those the extract has shown, and those of units of the other
 * kind, are one bit in a map of all numbers, 12.5 MB at most however many come.
 * (The last digit is a check digit, so the first eight tell two numbers apart.)
 */

#include <stddef.h>
#include <stdint.h>

struct held;

enum held_is {
	HELD_NEW,		/* was not in force */
	HELD_OTHER,		/* was in force as a unit of the other kind */
	HELD_SAME,		/* with the same hash */
	HELD_CHANGED,		/* with another */
	HELD_TWICE		/* has been shown before */
};

/* ${expect}: units that will be added, or a guess; it grows. */
struct held *held_new(size_t expect);
void held_free(struct held *);

/* In force; a number of the other kind. */
void held_add(struct held *, int32_t orgnr, int64_t hash);
void held_add_other(struct held *, int32_t orgnr);
/* All has been added: before anything below. */
void held_ready(struct held *);
size_t held_count(const struct held *);		/* held_add()ed */
size_t held_others(const struct held *);

/* The extract will show this unit soon: what is known of it is fetched into the
 * processor's cache.  Changes nothing. */
void held_ahead(const struct held *, int32_t orgnr);

/* Where the unit is, if it is in force with this hash, for held_meet_at(); else
 * 0.  Changes nothing, so that one thread may ask while another meets. */
size_t held_find(const struct held *, int32_t orgnr, int64_t hash);

/* The extract shows a unit; one that held_find() found: HELD_SAME, HELD_TWICE. */
enum held_is held_meet(struct held *, int32_t orgnr, int64_t hash);
enum held_is held_meet_at(struct held *, size_t found);

/* The next unit in force that was not shown, from ${*at} (0 at first): 1, or 0
 * when there is none. */
int held_next_gone(const struct held *, size_t *at, int32_t *orgnr);

#endif /* !PIPELINE_REGISTER_HELD_H */
