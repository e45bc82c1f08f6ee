#ifndef PIPELINE_REGISTER_LOAD_H
#define PIPELINE_REGISTER_LOAD_H

/*
 * load -- units into table `unit`, differences only.
 *
 * What is in force is held in memory as (organisation number, row hash: held.h);
 * each unit of the extract is compared with it, so that a unit that did not change
 * costs no write, and what the extract does not have any more is known at the
 * end.  What changes or leaves goes to unit_history first, and so does a unit of
 * the other kind whose number turns up in this one.  Everything happens inside
 * the caller's transaction.
 */

#include <sqlite3.h>
#include <stdint.h>

#include "nace/nace.h"
#include "pipeline/base/err.h"
#include "pipeline/register/pack.h"
#include "pipeline/register/scan.h"
#include "pipeline/register/census.h"
#include "pipeline/register/unit.h"

enum { LOAD_FAULTS = 1000 };	/* listed in extract_fault; all are counted */

struct load;

struct load_counts {
	int64_t before;		/* units of the kind in force before */
	int64_t units, added, changed, gone;
	int64_t kept;		/* of load_keep(), and not in the extract */
	int64_t late;		/* of units, left out: see load_late() */
	int64_t barred;		/* not of units: see load_bar() */
	int64_t doubled;	/* numbers that came twice: the first stands */
	int64_t remarks;	/* values that meant nothing, see scan.h */
	int64_t only_2007, only_2025;	/* codes that only that standard has */
};

/* For extract ${extract}, whose row is there.  NULL: error. */
struct load *load_new(sqlite3 *, enum unit_kind, int64_t extract,
    const struct nace *, struct err *);
void load_free(struct load *);

/*
 * What is known to be newer than the extract, each in order of their numbers:
 * one that is held stays as it is, whatever the extract says (where it is
 * ${deleted}, unless the extract does not have it any more); one that is not
 * held has gone since, and is not taken in.
 */
void load_keep(struct load *, int32_t orgnr, int deleted);
void load_late(struct load *, int32_t orgnr);
/* Asked about each unit that is not held: 1, and it is left out. */
void load_bar(struct load *, int (*bar)(void *ctx, int32_t orgnr), void *ctx);

/* What the scanner tells (scan.h); ${line} is the one the unit begins on. */
int load_unit(struct load *, const struct unit *, size_t line, struct err *);
int load_packed(struct load *, const struct packed *, struct err *);
int load_fault(struct load *, const struct scan_fault *, struct err *);

/* The first record that was no unit, "line N: why", or "". */
const char *load_first_fault(const struct load *);

/* What is in force, for another thread to ask held_find() of meanwhile; NULL:
 * nothing of its kind is, and all of it will be written. */
const struct held *load_held(const struct load *);
/* The units of the extract by county, form and field, after load_count(). */
const struct census *load_census(const struct load *);

/* Count what the extract does not have (load_count()), and take it out. */
void load_count(struct load *, struct load_counts *);
int load_close(struct load *, struct err *);

#endif /* !PIPELINE_REGISTER_LOAD_H */
