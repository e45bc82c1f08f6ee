#ifndef PIPELINE_FRAME_SIGNED_H
#define PIPELINE_FRAME_SIGNED_H

/*
 * signed -- a CSV file of what a person decided: rows with a decision, each of
 * which says by whom and when (columns by and date, av and dato).
 *
 * The columns come in any order and beside others.  A row whose decision is empty
 * is not decided yet and passed over.
 */

#include "pipeline/base/csv.h"
#include "pipeline/base/err.h"
#include "pipeline/base/hash.h"

enum { SIGNED_COLUMNS = 8, SIGNED_NAMES = 3 };

struct signed_file {
	/* the columns that are wanted beside by and date; the first name is told
	 * where one is missing */
	const char *const (*column)[SIGNED_NAMES];
	int columns, decision;	/* how many; which of them is the decision */
	/* a signed row: ${field}[i] is column i */
	int (*row)(void *ctx, const char *const *field, size_t line, struct err *);
	void *ctx;
};

/* ${sum}: the file's octets are added.  What cannot be read, a column that is not
 * there, a decision that is not signed: EX_DATAERR naming the line; -1 of row()
 * ends it. */
int signed_read(const char *path, const struct signed_file *, struct hash *sum,
    struct err *);

#endif /* !PIPELINE_FRAME_SIGNED_H */
