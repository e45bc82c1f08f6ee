#ifndef PIPELINE_TABLES_XLSX_H
#define PIPELINE_TABLES_XLSX_H

/* xlsx -- a workbook as octets, and text in it that stays text. */

#include <stddef.h>
#include <stdint.h>

#include <xlsxwriter.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"

/* Makes the sheets.  0, or -1 where the library could not. */
typedef int xlsx_fill(lxw_workbook *, const void *ctx);

/*
 * A workbook with ${day} as its date of creation (DATE_NONE: 1970-01-02), so
 * that the same sheets are the same octets.  -1: EX_CANTCREAT, EX_IOERR ...; a
 * temporary file is needed and taken away again.
 */
int xlsx_make(int32_t day, xlsx_fill *fill, const void *ctx, struct buf *out,
    struct err *err);

/* Text as text, whatever it looks like; XML has no room for controls. */
void xlsx_text(lxw_worksheet *, size_t row, size_t column, const char *,
    lxw_format *);

#endif /* !PIPELINE_TABLES_XLSX_H */
