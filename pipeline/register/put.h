#ifndef PIPELINE_REGISTER_PUT_H
#define PIPELINE_REGISTER_PUT_H

/*
 * put -- rows of table `unit`, written.
 *
 * Most columns of most units are absent, and a column that a statement does not
 * name costs nothing.  So there is a statement for each combination of groups of
 * columns (pack.h) that comes up, made when it first does: about a hundred in an
 * extract, PUT_SHAPES at most.  What comes up after that is written by one that
 * names all.
 */

#include <sqlite3.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/register/pack.h"

enum { PUT_SHAPES = 128 };

struct put;

/* Rows come to be as they are in ${extract}.  NULL: error. */
struct put *put_new(sqlite3 *, int64_t extract, struct err *);
void put_free(struct put *);

/* A unit whose number is not in the table; one whose number is. */
int put_insert(struct put *, const struct packed *, struct err *);
int put_update(struct put *, const struct packed *, struct err *);

#endif /* !PIPELINE_REGISTER_PUT_H */
