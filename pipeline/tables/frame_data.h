#ifndef PIPELINE_TABLES_FRAME_DATA_H
#define PIPELINE_TABLES_FRAME_DATA_H

/*
 * frame_data -- the frame of a study as a dataset, one row for each unit of the
 * population.
 *
 * Rows: the drawn ones first, with the number that analysis.h gives them, then
 * the others in the order of their random numbers, so that the order says nothing
 * of who a unit is.  Of a unit that has been erased, that asked not to be written to,
 * or that is on the study's list of those to leave out, nothing is told but group,
 * area and what became of it.
 *
 * Identified: with number, name and, of those who are kept, address too.
 */

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"
#include "pipeline/tables/dataset.h"

enum frame_rows {
	FRAME_ALL,		/* without what tells who a unit is */
	FRAME_IDENTIFIED,	/* with it */
	FRAME_CONTACT,		/* drawn units alone: number, token, name, address */
};

/* EX_NOINPUT where there is no frame, or nothing is drawn for FRAME_CONTACT;
 * dataset_free() after success. */
int frame_data(const struct world *, const struct study *, int64_t study_id,
    enum frame_rows, struct dataset **ret, struct err *);

/*
 * What can be told of a unit by who has the register too.  ${alone}: drawn units
 * that no other of the frame is like in municipality, industry code, legal form and
 * class of employees, or coarse (coarse.h): in county, two digits of the code, form
 * and class; ${erased}: units of the frame that have been erased.
 */
struct frame_risk { int64_t drawn, alone, erased; };
int frame_risk(const struct world *, int64_t frame, int64_t sample, int coarse,
    struct frame_risk *, struct err *);

/* In the dataset of analysis.h: of units that have been erased, the variables that
 * frame_data() leaves out are left out too. */
int frame_data_erased(const struct world *, int64_t sample, struct dataset *,
    struct err *);

#endif /* !PIPELINE_TABLES_FRAME_DATA_H */
