#ifndef PIPELINE_FRAME_FILTER_H
#define PIPELINE_FRAME_FILTER_H

/*
 * filter -- the study's [filter]: who of the units in its codes and areas is
 * asked about at all.
 *
 * A unit that does not pass is counted under the first filter that it fails, in
 * the order of enum filter, so that the counts sum to all that were lost.  A
 * value that the register does not have passes no filter that asks for one; a
 * filter that shuts values out lets it pass.
 *
 * Employees are what the register knows: a count from 5 up; "has" alone for 1 to
 * 4, which passes where the whole class does (1-4, -10, 1-); none for 0.
 *
 * Pure.
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/buf.h"
#include "pipeline/store/world.h"

enum filter {
	FILTER_FORM, FILTER_FORM_NOT, FILTER_EMPLOYEES, FILTER_REGISTERED_BEFORE,
	FILTER_REGISTERED_AFTER, FILTER_VAT, FILTER_ACCOUNTS, FILTER_SECTOR,
	FILTER_SECTOR_NOT, FILTER_LANGUAGE, FILTER_ACTIVITY, FILTERS
};

/* A unit as the filters see it; of an underenhet form, VAT, accounts, sector and
 * language are those of its enhet. */
struct filter_unit {
	const char *form, *sector, *language;	/* "" where there is none */
	int64_t employees;		/* -1: no count */
	int has_employees;		/* 0, 1, -1 */
	int32_t registered;		/* DATE_NONE */
	int vat;
	int accounts_year;		/* 0: never sent any */
	int activity;			/* points, activity.h */
};

/* The first that ${u} fails; FILTERS: it passes. */
enum filter filter_first(const struct study *, const struct filter_unit *);

int filter_set(const struct study *, enum filter);	/* does the study have it? */
const char *filter_code(enum filter);			/* its key in the study file */
const char *filter_text(enum filter, enum lang);	/* "number of employees" */
/* What the study asks for, as it would be written: "AS ENK", "1-4". */
void filter_value(const struct study *, enum filter, struct buf *);

#endif /* !PIPELINE_FRAME_FILTER_H */
