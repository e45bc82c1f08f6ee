#ifndef PIPELINE_TABLES_TABLE_H
#define PIPELINE_TABLES_TABLE_H

/*
 * table -- one table as values, and the ways to write it.
 *
 * A builder (net.h, rates_table.h, funnel.h) fills a table row by row, cell by
 * cell; cells that a row does not get are empty.  A cell holds the exact
 * fraction, never a rounded figure: rounding (half away from zero, once,
 * in integers) is the writers'.  Strings are copied into the table.
 *
 * How figures are printed (text and Markdown), never through the locale:
 *
 *			nb		en
 *	decimal mark	,		.
 *	thousands	U+00A0		,	from 10 000 on; 1576 is 1576, but
						for a column that has such figures
 *	per cent	7 U+00A0 %	7%
 *	minus		U+2212		U+2212
 *
 * Signs as in Norwegian tables, explained beneath where one occurs: "-" exactly
 * nothing, "." not defined, ".." missing, ":" not shown; "0" is less than half
 * a unit.  CSV and JSON have 0 for nothing and empty or null for the others.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/base/json.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"
#include "pipeline/tables/words.h"

enum table_align { TABLE_LEFT, TABLE_RIGHT };
enum table_kind {
	TABLE_BODY,
	TABLE_SUBTOTAL,		/* ruled off from what is above */
	TABLE_TOTAL,		/* the same */
};
enum table_value {
	TABLE_EMPTY,
	TABLE_TEXT,
	TABLE_NUMBER,		/* num / den */
	TABLE_PERCENT,		/* 100 * num / den */
	TABLE_SIGN,		/* text is the sign */
};

struct table_cell {
	enum table_value value;
	const char *text;
	int64_t num, den;	/* den > 0 */
	int decimals;		/* printed; 0 to 6 */
};
struct table_column {
	const char *key;	/* stable, for JSON; CSV where head is "" */
	const char *head;
	enum table_align align;
	int grouped;		/* has a figure of 10 000 or more */
};
struct table_row {
	enum table_kind kind;
	const char *key;
	struct table_cell *cell;	/* as many as there are columns */
	size_t filled;
};
struct table_note {
	const char *key, *text;
	int warning;
};
struct table {
	struct arena *arena;
	enum lang lang;
	const char *name, *title;
	struct table_column *column;
	size_t ncolumn;
	struct table_row *row;
	size_t nrow;
	struct table_note *note;
	size_t nnote;
};

struct table *table_new(const char *name, enum lang);
void table_free(struct table *);		/* NULL is harmless */

/* All columns come before the first row. */
void table_title(struct table *, enum word, const char *arg);
void table_title_n(struct table *, enum word, const char *const *arg, size_t n);
void table_column(struct table *, const char *key, const char *head,
    enum table_align);

/* A row, then its cells from the left. */
void table_row(struct table *, enum table_kind, const char *key);
void table_add_empty(struct table *);
void table_add_text(struct table *, const char *);
void table_add_count(struct table *, int64_t);
/* den = 0: the sign "." */
void table_add_ratio(struct table *, int64_t num, int64_t den, int decimals);
void table_add_percent(struct table *, int64_t num, int64_t den, int decimals);
/* A share known as a double only, as per cent with one decimal; NaN: ".". */
void table_add_share(struct table *, double share);
/* ".", "..", ":" */
void table_add_sign(struct table *, const char *sign);

/* A paragraph beneath the table, with {1} ... filled in. */
void table_note(struct table *, enum word, const char *const *arg, size_t n);
void table_warning(struct table *, enum word, const char *const *arg, size_t n);
/* The signs that occur, where one does. */
void table_signs(struct table *);
/* The last notes: the signs that occur, and where the figures come from
 * (DATE_NONE: no day). */
void table_end(struct table *, int32_t register_date);

/* Figures for notes, in the table's arena. */
const char *table_count(struct table *, int64_t);
const char *table_percent(struct table *, int64_t num, int64_t den, int decimals);
/* A share as per cent with as many decimals as it has, at most six: "20 %". */
const char *table_share(struct table *, int64_t num, int64_t den);
/* A real rounded to decimals; NaN: ".". */
const char *table_real(struct table *, double, int decimals);

/* Append a number that is ${scaled} / 10^${decimals}, with its thousands set
 * apart from 10 000 on, with ${grouped} from 1000 on; and a cell, as printed. */
void table_put_number(struct buf *, int64_t scaled, int decimals, int grouped,
    enum lang);
void table_put_cell(struct buf *, const struct table *, size_t row,
    size_t column);

/* Text for people.  ${box}: lines around the cells, for a terminal.  Notes are
 * wrapped at ${width} columns (0: 80); the table itself is as wide as it is. */
void table_text(const struct table *, int box, size_t width, struct buf *);
/* GitHub's tables; everything that could be markup is escaped. */
void table_md(const struct table *, struct buf *);
/* LaTeX for \input, with booktabs; everything TeX would act on is escaped. */
void table_latex(const struct table *, struct buf *);

/*
 * A workbook of one sheet: title, heading, rows, notes.  Text is text, also
 * where it looks like a number ("0301") or a formula; figures are numbers with
 * a format.  ${day} is its date of creation (DATE_NONE: 1970-01-02), so that
 * the same table is the same octets.  -1: EX_CANTCREAT, EX_IOERR ...; a
 * temporary file is needed and taken away again.
 */
int table_xlsx(const struct table *, int32_t day, struct buf *, struct err *);

enum table_dialect {
	TABLE_PLAIN,		/* , and . LF, no byte order mark: R, Python, Stata */
	TABLE_EXCEL_NB,		/* ; and , CRLF, byte order mark */
};
/*
 * Heading and rows, no title and no notes: each row has as many fields as the
 * heading.  Figures are rounded as printed, without thousands, sign for per
 * cent or U+2212.  In TABLE_EXCEL_NB a text beginning with = + - @ tab or CR
 * gets a leading apostrophe, since Excel would run it.  Returns the number of
 * texts that got one.
 */
size_t table_csv(const struct table *, enum table_dialect, struct buf *);

/*
 * Members into an object that the caller has opened: table, lang, title,
 * columns [{key, head}], rows [{key, kind, cells: {KEY: {value, num, den,
 * text}}}], notes [{key, warning, text}].  value is exact as far as a double
 * goes, a per cent as a share; null where there is none.
 */
void table_json(const struct table *, struct json *);

#endif /* !PIPELINE_TABLES_TABLE_H */
