#ifndef PIPELINE_TABLES_ANALYSIS_H
#define PIPELINE_TABLES_ANALYSIS_H

/*
 * analysis -- the drawn sample and what was answered, as one dataset without
 * names and addresses.
 *
 * A row for each drawn unit, in the order of its random token, so that the
 * order says nothing of who it is.  Variables: the draw (stratum, probability,
 * weight), the frame (area, group, county ...), what came of it (disposition,
 * days) and each column of the survey platform's export.
 *
 * Columns of the export that tell who a unit is are left out: those that are
 * called so (firstname, email, ipaddr, token ...), those where a value is an
 * address, an organisation number or the unit's token, and those where every
 * second is the unit's name.  An address within a longer text, and a name that is
 * the whole of it, become "[@]".  All of that is counted, and the columns are
 * named, for the person who runs it.  An answer that is free text may still tell.
 */

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"
#include "pipeline/tables/dataset.h"

struct analysis {
	struct dataset *data;
	int32_t register_date;
	int64_t nleft_out, blotted;	/* columns; cells */
	const char *left_out;		/* their names, ", " between */
};

/* ${token}: with the token of the survey's link, to join other exports by.
 * EX_NOINPUT where nothing has been drawn.  analysis_free() after success. */
int analysis_read(const struct world *, const struct study *, int64_t study_id,
    int token, struct analysis *, struct err *);
void analysis_free(struct analysis *);

#endif /* !PIPELINE_TABLES_ANALYSIS_H */
