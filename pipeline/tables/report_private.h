#ifndef PIPELINE_TABLES_REPORT_PRIVATE_H
#define PIPELINE_TABLES_REPORT_PRIVATE_H

/* report_private -- what the two files of report.h share. */

#include "pipeline/tables/making.h"
#include "pipeline/tables/markup.h"
#include "pipeline/tables/report_words.h"
#include "pipeline/tables/table.h"

struct report {
	struct making m;
	struct markup *html;
	enum lang lang;
	int mailed;			/* there is something to say of answers */
	int tables;			/* so far, for their ids */
	struct table *funnel, *rates;	/* rates: NULL before it is mailed */
};

/* <table> with its notes beneath, at its width or scrolled. */
void report_table(struct report *, const struct table *);
/* What was done and what the figures mean; the end of the page. */
void report_method(struct report *);
void report_foot(struct report *);

/* What stands in a row of a table, by its key and the column's: "" where there is
 * no such row. */
const char *report_figure(const struct table *, const char *row,
    const char *column);
const char *report_day(const struct report *, int32_t day);

#endif /* !PIPELINE_TABLES_REPORT_PRIVATE_H */
