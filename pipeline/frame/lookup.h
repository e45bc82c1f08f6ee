#ifndef PIPELINE_FRAME_LOOKUP_H
#define PIPELINE_FRAME_LOOKUP_H

/*
 * lookup -- units of the register that a row of a list may be: by organisation
 * number, and by name within a municipality.
 */

#include <stddef.h>
#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/base/mem.h"
#include "pipeline/frame/names.h"
#include "pipeline/store/world.h"

struct lookup_unit {
	int32_t orgnr, parent;	/* parent 0: none */
	int kind;		/* 0 enhet, 1 underenhet */
	int deleted;
	int32_t municipality;	/* 0: none */
	const char *name, *key;	/* names.h; key only where found by name */
	struct names_letters letters;	/* of the key */
	const char *email;	/* NULL: none; only where found by number */
};

struct lookup;
int lookup_open(const struct world *, const struct study *, struct arena *,
    struct lookup **ret, struct err *);
void lookup_close(struct lookup *);

/* A unit of any kind, also one that is gone. 1: there; 0; -1. */
int lookup_orgnr(struct lookup *, int32_t orgnr, struct lookup_unit *, struct err *);

/*
 * The municipality that at least 19 of 20 live units of the register with a
 * postcode are in; 0 where there is none; -1.  Reads all of them the first time.
 */
int lookup_postcode(struct lookup *, int postcode, int32_t *municipality,
    struct err *);

/* Read the names of live units of the kinds the study reads, in the municipalities
 * with ${wanted}[number] set. */
int lookup_names(struct lookup *, const unsigned char *wanted, struct err *);

/*
 * Those with that name (names.h) in the municipality: *${same} of them, then
 * those that are close, at most LOOKUP_FOUND in all, by number.  A unit and its
 * own sub-units of that name count as the unit.
 */
enum { LOOKUP_FOUND = 8 };
size_t lookup_find(const struct lookup *, const char *key, int32_t municipality,
    const struct lookup_unit *found[static LOOKUP_FOUND], size_t *same);

#endif /* !PIPELINE_FRAME_LOOKUP_H */
