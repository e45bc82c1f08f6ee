#ifndef NACE_REGION_H
#define NACE_REGION_H

/*
 * region -- counties and municipalities of Norway since 2002, each on its day.
 *
 * Numbers are given up, given anew and used again, and a municipality's county
 * is its first two digits only on the same day.  So every look-up takes the
 * day it is for: the date of the register extract.  Days before 2002-01-01 are
 * answered as of that day; the lists have no change after 2024-01-01 and hold
 * from then on.
 *
 * Municipality numbers are four digits, 301 is "0301"; county numbers two, 3
 * is "03".  region_text() and region_county_text() write them; the numbers of
 * old Finnmark (2002 to 2030) look like years.
 *
 * Names: case is ignored, also of æ, ø, å and the Sámi letters, composed or
 * not; "&" is "og"; a trailing "fylke", "fylkeskommune" or "kommune" is left
 * out.  A name with Sámi or Kven forms ("Deatnu - Tana") is found by the whole
 * and by each part.  "Herøy (Nordland)" is found by the whole; by "Herøy" if no
 * other is in force (in the county, if one is given); the part in brackets may
 * be written for any municipality and is then its county.
 *
 * Special codes that are in the register but are no municipality have
 * ${special} set: 2100 Svalbard, 2211 Jan Mayen and the like.
 *
 * The tables are compiled in (nace/data; Statistics Norway, Klass, CC BY 4.0)
 * and read only once loaded.  Pointers live until region_free().
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/base/talk.h"

/* A county or a municipality with one name, for as long as it had it. */
struct region_county {
	int32_t number;		/* 1 to 99 */
	const char *name;	/* "Møre og Romsdal" */
	int32_t from, to;	/* days; ${to} is the first day it is not there any
				 * more; DATE_NONE: before 2002, still there */
};

struct region_place {
	int32_t number;		/* 101 to 9999 */
	int special;		/* no municipality (2100 Svalbard, ...) */
	const char *name;	/* as in Klass: "Herøy (Nordland)", "Deatnu - Tana" */
	int32_t from, to;	/* as above */
};

struct region;

/* NULL only if the compiled-in tables do not hold together (EX_SOFTWARE). */
struct region *region_load(struct err *);
void region_free(struct region *);

/* The same from other texts, in the form of nace/data (klass.h makes them); copied.
 * The special codes are those compiled in. */
struct region_texts {
	const char *counties, *municipalities;
	const char *version;	/* one line, no tab */
};
struct region *region_load_from(const struct region_texts *, struct err *);

/* Which lists these are, for storing with a frame: one line. */
const char *region_version(const struct region *);

char *region_text(int32_t municipality, char out[static 8]);	/* "0301" */
char *region_county_text(int32_t county, char out[static 8]);	/* "03" */
/* Exactly four (two) digits, outer blanks not allowed.  0 or -1; not looked up. */
int region_number(const char *s, size_t len, int32_t *ret);
int region_county_number(const char *s, size_t len, int32_t *ret);

/* By number on a day; NULL if there is none. */
const struct region_county *region_county(const struct region *, int32_t county,
    int32_t day);
const struct region_place *region_place(const struct region *,
    int32_t municipality, int32_t day);

/* The county a municipality lies in that day; NULL if the number is unknown
 * that day or special. */
const struct region_county *region_county_of(const struct region *,
    int32_t municipality, int32_t day);

/*
 * By number ("15", "1515") or name, as a study file has it.  0, or -1
 * (EX_DATAERR, *ret untouched) with a reason that helps: what the county or
 * municipality was called or numbered then, what became of it, the candidates
 * of an ambiguous name, or the nearest name.  ${county} 0: anywhere.
 */
int region_find_county(const struct region *, const char *s, int32_t day,
    const struct region_county **ret, struct err *);
int region_find_place(const struct region *, const char *s, int32_t day,
    int32_t county, const struct region_place **ret, struct err *);

/* All in force on a day, by number: returns how many; the first ${max} are in
 * ${out}.  ${county} 0: all of the country.  No special codes. */
size_t region_counties(const struct region *, int32_t day,
    const struct region_county **out, size_t max);
size_t region_places(const struct region *, int32_t county, int32_t day,
    const struct region_place **out, size_t max);

/* What became of a municipality between two days. */
enum region_fate {
	REGION_UNKNOWN,		/* no such number on the first day */
	REGION_SAME,		/* the same number, the same area */
	REGION_RENUMBERED,	/* another number, the same area */
	REGION_MERGED,		/* inside one that holds others too */
	REGION_SPLIT,		/* parts in several: no unique successor */
	REGION_FATES
};

enum { REGION_PARTS = 8 };	/* no municipality had more successors */

struct region_trace {
	enum region_fate fate;
	size_t n;		/* successors: 0 if unknown, 1, or more if split */
	const struct region_place *to[REGION_PARTS];	/* by number */
	int32_t county;		/* of all of them; 0 if they lie in several */
};

/*
 * Follow number ${municipality}, as it was on day ${from}, to day ${to}, which
 * must not be earlier.  The area is what the list says: a change of border
 * without a change of number is not in it.  All of 1507 Ålesund's
 * forerunners come out as split, since the list does not say which part is
 * which; the county is the same for both.
 */
void region_trace(const struct region *, int32_t municipality, int32_t from,
    int32_t to, struct region_trace *ret);
const char *region_fate_text(enum region_fate, enum lang);

/*
 * All that a number ("1507", "20") or a name has stood for since 2002, whatever
 * the day: by number, then by day, one for each name.  Returns how many; the
 * first ${max} are in ${out}.  0 if it is no name either.
 */
size_t region_place_history(const struct region *, const char *s,
    const struct region_place **out, size_t max);
size_t region_county_history(const struct region *, const char *s,
    const struct region_county **out, size_t max);

/* The municipalities of day ${from} that lie, wholly or in part, in
 * ${there} on day ${to} (later, and ${there} is in force on it): by number,
 * counted as above. */
size_t region_sources(const struct region *, const struct region_place *there,
    int32_t from, int32_t to, const struct region_place **out, size_t max);

/*
 * A set of municipalities of one day, such as all of a county, in the
 * municipalities of a later one.  Each heir is taken whole, because a number is
 * all that a register has: what then comes in from outside the set is named
 * with the heir.  One that was split lies in all its heirs; which unit lies in
 * which part cannot be told, and does not matter to the set, for all are in it.
 */
struct region_heir {
	const struct region_place *place;	/* of day ${to} */
	/* of day ${from}: lie in it too, wholly or in part, and are not in the
	 * set */
	const struct region_place **outside;
	size_t noutside;
};

struct region_split {
	const struct region_place *old;		/* of day ${from}, in the set */
	struct region_trace into;
};

struct region_carry {
	struct region_heir *heir;	/* by number, each once */
	size_t nheir;
	struct region_split *split;	/* in the order of the set */
	size_t nsplit;
	struct arena *arena;		/* private */
};

/* ${set}: in force on ${from}, none special; ${to} not earlier.  Never fails. */
struct region_carry *region_carry(const struct region *,
    const struct region_place *const *set, size_t n, int32_t from, int32_t to);
void region_carry_free(struct region_carry *);

/*
 * "Finnmark as of 2016-01-01" taken apart: *len octets of name, and the day;
 * DATE_NONE where there is no "as of".  -1 (EX_DATAERR) if no such day follows,
 * or one before 2002-01-01, where the lists begin, or no name stands before.
 */
int region_as_of(const char *s, size_t *len, int32_t *day, struct err *);

#endif /* !NACE_REGION_H */
