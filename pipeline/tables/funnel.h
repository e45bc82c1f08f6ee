#ifndef PIPELINE_TABLES_FUNNEL_H
#define PIPELINE_TABLES_FUNNEL_H

/*
 * funnel -- from the register's units to the answers, each level being the one
 * above with every loss (and, from lists, gain) between them.
 *
 * Nothing is made up to fit: levels come from what was stored as levels,
 * losses from what was counted as losses, and where they do not meet there is
 * no table but an error that names the level and both figures.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/base/talk.h"
#include "pipeline/tables/table.h"

struct funnel_loss {
	const char *key, *label;	/* code and printed text of a reason */
	int64_t units;
	int seldom;			/* not printed where nobody was lost */
};

struct funnel {
	const char *study;		/* title */
	int32_t register_date;		/* DATE_NONE: not said */
	int64_t register_units;
	int64_t outside_code, outside_area, outside_filter;
	/* rows of the lists: found in the register's population, outside the
	 * areas, the rest added */
	int64_t listed, listed_matched, listed_outside;
	int64_t population;
	const struct funnel_loss *reason;	/* population to kept */
	size_t nreason;
	int64_t kept;
	/* -1: not reached; then those that follow are not looked at */
	int64_t drawn, sent;
	int64_t returned, not_located, delivered, answered;
	int64_t our_fault, review;
};

/* 0 with *${ret} (table_free()); -1, *${ret} NULL, EX_DATAERR. */
int funnel_table(const struct funnel *, enum lang, struct table **ret,
    struct err *);

#endif /* !PIPELINE_TABLES_FUNNEL_H */
