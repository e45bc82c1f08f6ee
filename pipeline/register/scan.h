#ifndef PIPELINE_REGISTER_SCAN_H
#define PIPELINE_REGISTER_SCAN_H

/*
 * scan -- the units of a register extract, one after another.
 *
 * An extract is one JSON array of units (rules of the register's bulk files):
 * octets are pushed in pieces of any size and each unit is handed over as soon
 * as it has been read.  Layout, order of keys, unknown keys and HAL links make
 * no difference.  Memory is bounded: one unit of at most SCAN_UNIT_MAX octets.
 *
 * Two kinds of trouble:
 *
 * - The JSON is broken (lex.h): scan_push() or scan_end() returns -1.  What was
 *   handed over before must not count: an extract is whole or nothing.  It is
 *   whole only when scan_end() has returned 0.
 *
 * - A unit cannot be read as one: it is told to ${fault} with ${dropped} 1, and
 *   reading goes on.  No organisation number or a wrong one, a value of another
 *   JSON type than the register's, a key twice, text that no Unicode text can
 *   hold, longer than SCAN_UNIT_MAX, of the other kind than asked for.
 *   A value of the right type that means nothing (a day that does not exist, a
 *   code without five digits) costs only itself: ${fault} with ${dropped} 0,
 *   the field absent, the unit handed over behind it.  At most
 *   SCAN_REMARKS of these are told for a unit.
 */

#include <stddef.h>

#include "pipeline/base/err.h"
#include "pipeline/register/unit.h"

enum { SCAN_UNIT_MAX = 1 << 20, SCAN_REMARKS = 8 };

struct scan_fault {
	size_t line;		/* line the unit begins on, from 1 */
	size_t number;		/* its place in the file, from 1 */
	const char *orgnr;	/* as written, made printable, cut; "" if none */
	const char *field;	/* key concerned, register's name, or NULL */
	const char *why;	/* English, no data in it */
	int dropped;		/* the unit is not handed over */
};

struct scan_to {
	/* Both return 0, or -1 with ${err} set to stop.  What they are shown
	 * is gone when they return.  ${fault} may be NULL. */
	int (*unit)(void *ctx, const struct unit *, struct err *);
	int (*fault)(void *ctx, const struct scan_fault *, struct err *);
	void *ctx;
};

struct scan;

/* ${kind}: units of the other kind are faults; UNIT_ANY takes both.  What a
 * unit is: its respons_klasse, else its legal form (BEDR and AAFY are sub-units),
 * else ${kind}, else a legal unit. */
struct scan *scan_new(enum unit_kind kind, const struct scan_to *);
void scan_free(struct scan *);

/* After -1 there is only scan_free(). */
int scan_push(struct scan *, const void *data, size_t len, struct err *);
int scan_end(struct scan *, struct err *);

/* So far: elements of the array read to their end, handed over, dropped. */
struct scan_counts { size_t read, units, dropped; };
struct scan_counts scan_counts(const struct scan *);
/* The line that the unit handed over began on, for ${unit} to ask. */
size_t scan_line(const struct scan *);

/*
 * The same for what a look-up brings: one unit (also a deleted one, also the
 * three keys of a removed one), a search answer (the units in
 * _embedded.enheter or _embedded.underenheter; none is no fault), or an array.
 */
int scan_one(const char *data, size_t len, enum unit_kind kind,
    const struct scan_to *, struct err *);

#endif /* !PIPELINE_REGISTER_SCAN_H */
