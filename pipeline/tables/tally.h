#ifndef PIPELINE_TABLES_TALLY_H
#define PIPELINE_TABLES_TALLY_H

/*
 * tally -- units of the frame that was drawn from, counted by one variable or
 * by two: kept in the frame, drawn, sent, returned, answered.
 *
 * A unit is in exactly one category of each; none is a category too (key "").
 * The frame can have a million units and is gone through once for all variables
 * that are wanted of it; all else starts from the sample.
 */

#include "pipeline/tables/vars.h"

struct tally_cell { int64_t frame, drawn, sent, returned, answered; };

enum { TALLY_MAX = 5000 };		/* categories of one variable */

struct tally {
	struct var row, column;
	const char **rkey, **ckey;	/* in order; in the making's arena */
	size_t nr, nc;			/* nc is 1 without a column variable */
	struct tally_cell *cell;	/* [row * nc + column] */
};

/* What is looked at; of variables of the answers, TALLY_ANSWERED only. */
enum tally_units { TALLY_DRAWN, TALLY_ANSWERED };

/* ${column} NULL: by one; ${frame} is 0 everywhere.  tally_free() after success
 * only. */
int tally_read(const struct making *, const struct var *row,
    const struct var *column, enum tally_units, struct tally *, struct err *);
/* By each of ${n} variables of the frame, with ${frame} and categories that
 * nobody was drawn of; each to be freed after success only. */
int tally_frame(const struct making *, const struct var *v, size_t n,
    struct tally *ret, struct err *);
void tally_free(struct tally *);

/* Sums over columns, rows, all. */
struct tally_cell tally_row(const struct tally *, size_t row);
struct tally_cell tally_column(const struct tally *, size_t column);
struct tally_cell tally_all(const struct tally *);

#endif /* !PIPELINE_TABLES_TALLY_H */
