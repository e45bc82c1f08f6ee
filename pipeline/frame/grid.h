#ifndef PIPELINE_FRAME_GRID_H
#define PIPELINE_FRAME_GRID_H

/*
 * grid -- a table that somebody made in a spreadsheet: CSV (csv.h), an Excel
 * workbook (.xlsx, ECMA-376, transitional and strict) or an OpenDocument
 * spreadsheet (.ods, also unpacked, .fods).  What it is is seen by its octets,
 * whatever it is called.
 *
 * Every cell is text: what the cell shows rather than how it is stored.  A whole
 * number is its digits, without exponent and ".0"; other numbers have a decimal
 * point; a cell that is shown as a day is YYYY-MM-DD, with "hh:mm:ss" where it
 * has one; true and false are TRUE and FALSE.  Formulas are what they came to.
 * Comments are left out.  Rows without any text are not there.
 *
 * Refused in one line, EX_DATAERR, with nothing read: encrypted workbooks, those
 * with macros, .xls, .xlsb, other documents, what is broken, cut off or unpacks
 * out of all proportion (bundle.h), XML with entities (xml.h), and more than the
 * limits below; CSV that is UTF-16, or UTF-8 and Windows-1252 in one file.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/base/mem.h"

enum { GRID_COLUMNS = 512, GRID_ROWS = 1048576, GRID_CELLS = 4 << 20,
	GRID_TEXT = 64 << 20, GRID_CELL = 1 << 17, GRID_SHEETS = 1000 };

struct grid_row {
	size_t line;		/* as the spreadsheet numbers it; CSV: the line */
	size_t n;		/* cells: the last has text */
	const char **cell;	/* never NULL */
};

struct grid {
	const char *kind;	/* "csv", "xlsx", "ods" */
	const char *sheet;	/* its name; NULL: CSV */
	size_t sheets;		/* that can be seen in the file */
	struct grid_row *row;
	size_t n;
	int64_t merged;		/* areas of cells made one: text in the first alone */
	int64_t hidden;		/* rows that are there but not shown, with text */
	int64_t errors;		/* cells that show an error (#N/A) */
	/* private */
	struct arena *arena;
	size_t cap, cells, octets;
	const char **now;	/* [GRID_COLUMNS] the row being read */
	size_t now_n, now_line;
	int now_hidden;
};

/*
 * ${sheet}: its name, or NULL: the only one of those that can be seen that has
 * text; several that have: EX_DATAERR with their names.  grid_free() after
 * success only.
 */
int grid_read(const char *data, size_t len, const char *sheet, struct grid *,
    struct err *);
void grid_free(struct grid *);

/* A text without what a spreadsheet may have around it: blanks of any kind at
 * its ends (no-break spaces too), an apostrophe in front. In place. */
char *grid_trim(char *);

/* "A", "Z", "AA" for 0, 25, 26. */
const char *grid_column_name(size_t column, char out[static 8]);

#endif /* !PIPELINE_FRAME_GRID_H */
