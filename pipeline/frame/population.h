#ifndef PIPELINE_FRAME_POPULATION_H
#define PIPELINE_FRAME_POPULATION_H

/*
 * population -- a study's codes and places in the terms of a register of a
 * given day and standard.
 *
 * Codes are prefixes in the standard they are written in and are carried over
 * to the register's standard (nace.h); [codes] decisions take targets out or
 * keep only some.  Counties and municipalities are looked up at the register's
 * date.  Every fault of the study file that only a code list can know is found
 * here, by line: unknown or retired codes, unknown or ambiguous places, a
 * decision about a target that its code does not have, a code in two groups.
 */

#include <stddef.h>
#include <stdint.h>

#include "config/study.h"
#include "nace/nace.h"
#include "pipeline/base/err.h"

struct population_target {
	int code;		/* in the register's standard, 90201 */
	int out;		/* taken out by the study file */
	int over;		/* brings in units of old codes outside the set */
	int *other;		/* those old codes */
	size_t nother;
	int64_t units;		/* filled in by plan */
	int counted_before;	/* units are counted under an earlier code */
};
struct population_code {
	const char *text;	/* as written */
	int line;
	size_t group;		/* index into study.group */
	int as_group;		/* 90030 read as 90.03 */
	const char *name;
	int fate;		/* enum nace_fate */
	struct population_target *target;
	size_t ntarget;
};
struct population {
	struct arena *arena;
	enum nace_standard standard;	/* of the register */
	int32_t date;
	struct population_code *code;
	size_t ncode;
	unsigned char *group_of;	/* [100000] register code -> 1 + group, 0 */
	unsigned char *area_of;		/* [10000] municipality -> 1 + area, 0 */
	unsigned char *except;		/* [10000] left out by an area's exception */
};

/* 0; or -1 with the faults (which may be NULL) and the first in *${err}. */
int population_make(const struct study *, const struct nace *,
    enum nace_standard standard, int32_t date, struct population **ret,
    struct study_faults *faults, struct err *);
void population_free(struct population *);

#endif /* !PIPELINE_FRAME_POPULATION_H */
