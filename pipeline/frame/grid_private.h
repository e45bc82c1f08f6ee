#ifndef PIPELINE_FRAME_GRID_PRIVATE_H
#define PIPELINE_FRAME_GRID_PRIVATE_H

/*
 * Inside of grid.h: filling a grid (grid.c), the two kinds of workbook
 * (grid_xlsx.c and grid_xlsx_sheet.c; grid_ods.c), and what numbers become
 * (grid_value.c).
 */

#include "pipeline/frame/grid.h"
#include "pipeline/frame/bundle.h"
#include "pipeline/frame/xml.h"

/* A row begins, behind those there are; its cells, in any order; its end. */
int grid_begin(struct grid *, size_t line, int hidden, struct err *);
int grid_cell(struct grid *, size_t column, const char *text, size_t len,
    struct err *);
void grid_end(struct grid *);
/* The same row again, ${times} more, on the lines after it. */
int grid_again(struct grid *, size_t times, struct err *);
/* Forget the rows: another sheet is tried. */
void grid_clear(struct grid *);

int grid_xlsx(struct bundle *, const char *sheet, struct grid *, struct err *);
int grid_ods(struct bundle *, const char *sheet, struct grid *, struct err *);

/* Sheets by name, to choose from. */
struct grid_names {
	struct buf text;	/* "a, b, c" */
	size_t n, hidden;
};
int grid_no_sheet(const char *wanted, const struct grid_names *, struct err *);
int grid_which_sheet(const struct grid_names *, struct err *);

/* --- grid_xlsx_sheet.c: the parts of an .xlsx --- */

struct xlsx_book {
	const char **shared;	/* strings, in ${arena} */
	size_t nshared;
	unsigned char *format;	/* of a style: XLSX_DAY, XLSX_TIME */
	size_t nformat;
	int from_1904;
	struct arena *arena;
};
enum { XLSX_DAY = 1, XLSX_TIME = 2, XLSX_SHARED = 1 << 20, XLSX_STYLES = 1 << 16 };

int xlsx_shared(struct xml *, struct xlsx_book *, struct err *);
int xlsx_styles(struct xml *, struct xlsx_book *, struct err *);
int xlsx_sheet(struct xml *, const struct xlsx_book *, struct grid *,
    struct err *);

/* --- grid_ods.c: content.xml, of a file or of memory --- */

/* ${seen} (may be NULL): the sheets there are. 1: the wanted one was there, or
 * with NULL the first that has text; 0: none; 2: a second one has text too. */
int ods_content(struct xml *, const char *sheet, struct grid *,
    struct grid_names *seen, struct err *);

/* --- grid_value.c --- */

/* "9.12345678E8" -> "912345678", "1.50" -> "1.5"; what is no number as it is. */
void grid_number(const char *, struct buf *out);
/* Days (and part of one) since Excel's day 0; ${format} as above.  What is not
 * a day it can be is the number. */
void grid_day(const char *number, int format, int from_1904, struct buf *out);
/* What a number format shows, of its code ("d. mmm yyyy") or its built-in id. */
int grid_format(const char *code);
int grid_format_of(int id);
/* "BC12" -> 54; -1 if it does not begin with a column. */
long grid_column_of(const char *reference);

#endif /* !PIPELINE_FRAME_GRID_PRIVATE_H */
