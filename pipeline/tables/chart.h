#ifndef PIPELINE_TABLES_CHART_H
#define PIPELINE_TABLES_CHART_H

/*
 * chart -- the pictures of a report, drawn from tables and from nothing else,
 * so that a figure in a picture is the one in the table under it.  What a table
 * does not show (":"), a picture does not.
 *
 * Each is one <svg>.  ${id} begins its ids; the table must be of the named
 * kind.  0: nothing to be drawn, and nothing was written; else 1.
 */

#include "pipeline/tables/markup.h"
#include "pipeline/tables/table.h"

/* funnel: a box for each level, at its side what was lost before the next. */
int chart_flow(struct markup *, const char *id, const struct table *funnel);
/* rates --by: a dot with its interval for each value, highest first; the total
 * as a line. */
int chart_dots(struct markup *, const char *id, const struct table *rates_by);
/* days: answers so far, answers a day, a mark for each wave. */
int chart_days(struct markup *, const char *id, const struct table *days);
/* returns: a bar for each reason. */
int chart_bars(struct markup *, const char *id, const struct table *returns);

/* --- for the four of them ------------------------------------------------------- */

/* A cell by the keys of its row's place and its column; NULL: no such column. */
const struct table_cell *chart_cell(const struct table *, size_t row,
    const char *column);
/* As printed, in the table's arena; "" where there is no such column. */
const char *chart_shown(const struct table *, size_t row, const char *column);
/* A figure; -1 where it is none. */
double chart_value(const struct table *, size_t row, const char *column);
/* A number for an axis, as the table's language writes it. */
const char *chart_number(const struct table *, double, int decimals);

#endif /* !PIPELINE_TABLES_CHART_H */
