#ifndef PIPELINE_TABLES_REPORT_H
#define PIPELINE_TABLES_REPORT_H

/*
 * report -- a study as one HTML page that needs nothing else: no script, no font,
 * nothing from the net (and says so in a Content-Security-Policy).
 *
 * Pictures are inline SVG with title and description, each with the table it is
 * drawn from beneath; tables have captions and scoped headings; there are styles
 * for paper, for the dark and for narrow screens.  It is XML too.  No figure is
 * computed here: all are those of `utvalg table`, small cells hidden likewise.
 *
 * The same study and database give the same octets: no clock is asked.
 */

#include "config/study.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

/* In the world's language.  EX_NOINPUT where there is no frame yet; a study that
 * has not got further gets the parts that it has reached. */
int report_make(const struct world *, const struct study *, int64_t study_id,
    struct buf *out, struct err *);

#endif /* !PIPELINE_TABLES_REPORT_H */
