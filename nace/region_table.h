#ifndef NACE_REGION_TABLE_H
#define NACE_REGION_TABLE_H

/* The inside of region: for the region*.c of this folder only. */

#include "nace/region.h"

enum {
	REGION_DAY_FIRST = 11688,	/* 2002-01-01: where the lists begin */
	REGION_KEYS = 4,		/* ways to say a name, at most */
	REGION_COUNTY_PARTS = 4,
};

/* A row of a list: what is given out, what it is found by, what came after. */
struct region_county_row {
	struct region_county pub;	/* first, so that a row is found by it */
	char *key[REGION_KEYS];		/* folded names, NULL at the end */
	int32_t next[REGION_COUNTY_PARTS];	/* 0 at the end */
};

struct region_place_row {
	struct region_place pub;
	char *key[REGION_KEYS];		/* whole name, then its parts */
	int32_t next[REGION_PARTS];	/* who took over on pub.to; 0 at the end */
};

struct region {
	struct region_county_row *county;	/* by number, then day */
	size_t ncounty;
	struct region_place_row *place;		/* by number, then day */
	size_t nplace;
	char *text[3];
	char *version;
};

/* Is something that lasts [from, to) there on ${day}? */
int region_there(int32_t from, int32_t to, int32_t day);

/* The rows, one or several, that hold a row's area on a later day. */
struct region_parts {
	const struct region_place_row *row[REGION_PARTS];
	size_t n;
};

void region_follow(const struct region *, const struct region_place_row *,
    int32_t day, struct region_parts *ret);

/* The row of a number on a day, or NULL. */
const struct region_place_row *region_place_row(const struct region *,
    int32_t municipality, int32_t day);

#endif /* !NACE_REGION_TABLE_H */
