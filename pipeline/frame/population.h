#ifndef PIPELINE_FRAME_POPULATION_H
#define PIPELINE_FRAME_POPULATION_H

/*
 * population -- a study's codes and places in the terms of a register of a
 * given day and standard.
 *
 * Codes are prefixes in the standard they are written in and are carried over
 * to the register's standard (nace.h); [codes] decisions take targets out or
 * keep only some.  A target that two groups lead to belongs to the one whose
 * code is written first.  Counties and municipalities are looked up at the
 * register's date, or at the day that is written ("Finnmark as of 2016-01-01")
 * and carried forward to it (region_carry()).
 *
 * Every fault of the study file that only a code list can know is found here,
 * by line: unknown or retired codes, a code that is written in two groups,
 * unknown or ambiguous places, a place in two areas, an exception outside its
 * area, an "as of" after the register's date, a decision about a code that is not written or a target it does not
 * have, and a study that takes out every target of a code.
 *
 * Pure: code lists in, tables out.
 */

#include <stddef.h>
#include <stdint.h>

#include "config/study.h"
#include "nace/nace.h"
#include "nace/region.h"
#include "pipeline/base/err.h"

struct population_link {	/* from a written code to one of its targets */
	size_t target;		/* index into plan->target and target[] */
	int out;		/* taken out by the study file */
};
struct population_code {
	const char *text;	/* as written */
	int line;
	size_t group;		/* index into study.group */
	struct population_link *link;
	size_t nlink;
};
struct population_target {
	int kept;		/* some written code leads to it and keeps it */
	size_t group;
	size_t code;		/* the written code it is counted under */
};

/* A place of another day: what it has become, and with what from outside, which
 * is judged for the whole area: another such place of it is not outside. */
struct population_then {
	size_t area;		/* index into study.area */
	const char *text;	/* as written, "Finnmark as of 2016-01-01" */
	int except;		/* it is left out */
	int32_t day;
	const char *number, *name;	/* then: "20", "Finnmark" */
	const struct region_place **place;	/* municipalities then */
	size_t nplace;
	struct region_carry *carry;
};

enum { POPULATION_CODES = 100000, POPULATION_PLACES = 10000 };

struct population {
	struct arena *arena;
	enum nace_std standard;		/* of the register */
	int32_t date;
	struct nace_written *written;	/* ncode of them */
	struct population_code *code;	/* likewise, in the order written */
	size_t ncode;
	struct nace_plan *plan;		/* plan->step[i] is of code[i] */
	struct population_target *target;	/* plan->ntarget of them */
	/* [POPULATION_CODES]: register code -> 1 + group, 0: outside */
	unsigned short *group_of;
	/* [POPULATION_PLACES]: municipality -> 1 + area, 0: outside */
	unsigned short *area_of;
	struct population_then *then;	/* in the order written */
	size_t nthen;
};

/* 0; or -1 with all faults (may be NULL) and the first in *${err}. */
int population_make(const struct study *, const struct nace *,
    const struct region *, enum nace_std standard, int32_t date,
    struct population **ret, struct study_faults *faults, struct err *);
void population_free(struct population *);

#endif /* !PIPELINE_FRAME_POPULATION_H */
