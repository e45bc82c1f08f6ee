#ifndef PIPELINE_TABLES_ANALYSIS_PRIVATE_H
#define PIPELINE_TABLES_ANALYSIS_PRIVATE_H

/* analysis_private -- what the two files of analysis.h share. */

#include "pipeline/tables/analysis.h"
#include "pipeline/tables/vars.h"

enum { ANALYSIS_FRAME = VAR_ACCOUNTS + 1 };	/* variables of the frame */

/* A drawn unit.  ${name}, ${email} and ${orgnr} are only held against the
 * answers. */
struct analysis_unit {
	int64_t id;
	const char *token, *name, *email, *orgnr;
	const char *stratum, *source, *state, *aapor;
	double pi, weight;
	int64_t shared, sent, returned, late;
	int32_t sent_day, answered_day;		/* DATE_NONE */
	const char *frame[ANALYSIS_FRAME];	/* categories, by enum var_kind */
	int answers;				/* it has an answer that counts */
};

/* A column of the export. */
struct analysis_column {
	const char *name;
	const char **value;		/* by unit; NULL: none */
	int left_out;
	const struct study_table *how;	/* that describes it, or NULL */
	size_t first;			/* its first variable */
	const char **key;		/* of CLASS and of several answers */
	size_t nkey;
};
struct analysis_answers {
	struct analysis_column *column;
	size_t n;
	int64_t blotted;
};

/* What was answered, by columns, without what tells who a unit is.  ${unit} is
 * in the order of the dataset, and gets ${answers}. */
int analysis_answers(const struct making *, struct analysis_unit *unit, size_t n,
    struct analysis_answers *, struct err *);
/* Their variables, and their cells in the row just added. */
void analysis_answers_vars(const struct making *, struct analysis_answers *,
    size_t nunit, struct dataset *);
void analysis_answers_put(const struct analysis_answers *,
    const struct analysis_unit *, size_t at, struct dataset *);
void analysis_answers_free(struct analysis_answers *);

#endif /* !PIPELINE_TABLES_ANALYSIS_PRIVATE_H */
