#ifndef PIPELINE_TABLES_TABLES_H
#define PIPELINE_TABLES_TABLES_H

/*
 * tables -- stage 5: what the database says about a study, as printed tables
 * and as counts.
 *
 * Everything one table says is read in one transaction.
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/base/talk.h"
#include "pipeline/store/world.h"

enum tables_format {
	TABLES_TEXT,
	TABLES_CSV,		/* comma, point, LF: R, Python, Stata */
	TABLES_JSON,
	TABLES_MD,
	TABLES_EXCEL,		/* semicolon, comma, CRLF: Norwegian Excel */
	TABLES_LATEX,		/* booktabs */
	TABLES_XLSX,		/* a workbook; not text */
};

/* Which table: its name; for "cross" the variable ${var}, and for it and
 * "rates" the variable ${by} or NULL. */
struct tables_ask {
	const char *table, *var, *by;
	const char *e;		/* "aapor": "register", "activity", or as `utvalg rates --e` */
};

/*
 * Table ${which} ("net", "rates", "funnel", "codes", "returns", "missing",
 * "rindicator", "days", "aapor", and those of the study file) into ${out}.
 * ${box}: with lines, for a terminal.  Unknown name: EX_USAGE naming the known ones; a stage that
 * has not run yet: EX_NOINPUT saying which command is due (the funnel wants a
 * frame only, and ends where the study has got to).
 */
int tables_make(const struct world *, const struct study *, int64_t study_id,
    const char *which, enum tables_format, int box, struct buf *out,
    struct err *);
int tables_ask(const struct world *, const struct study *, int64_t study_id,
    const struct tables_ask *, enum tables_format, int box, struct buf *out,
    struct err *);

/*
 * All tables of a study into STATE/tables/NAME/, each file whole: WHICH.txt,
 * .csv, .json, .md, .tex, .xlsx and WHICH-excel.csv.  A table whose stage has not run yet is
 * passed over.  ${written}: tables, not files.
 */
int tables_write(const struct world *, const struct study *, int64_t study_id,
    int64_t *written, struct err *);

/* The ${i}-th table there is, the study file's own last; NULL after them. */
const char *tables_name(const struct study *, size_t i);

/*
 * For `utvalg status`; zeros where a stage has not run.  returned is without
 * the not located; the rates are of the whole, with them.  NaN: undefined.
 */
struct tables_status {
	int64_t frame, drawn, sent, returned, not_located, answered, review,
	    our_fault;
	double gross_rate, net_rate;
};
int tables_status(const struct world *, const struct study *, int64_t study_id,
    struct tables_status *, struct err *);

#endif /* !PIPELINE_TABLES_TABLES_H */
