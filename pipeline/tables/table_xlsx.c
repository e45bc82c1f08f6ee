#include <stdio.h>

#include "pipeline/base/utf8.h"
#include "pipeline/tables/xlsx.h"

#include "pipeline/tables/table.h"

enum { WIDTH_LEAST = 8, WIDTH_MOST = 60, FIRST = 2 };

/* Formats that cells share: text, whole, and 0 to 6 decimals. */
struct formats {
	lxw_format *text, *bold, *number[7], *percent[7];
};

static void
make_formats(lxw_workbook *book, struct formats *f)
{
	char figure[16], share[16];

	f->text = workbook_add_format(book);
	format_set_num_format(f->text, "@");
	f->bold = workbook_add_format(book);
	format_set_num_format(f->bold, "@");
	format_set_bold(f->bold);
	for (int d = 0; d <= 6; d++) {
		snprintf(figure, sizeof(figure), "#,##0%s%.*s", d > 0 ? "." : "", d,
		    "000000");
		snprintf(share, sizeof(share), "0%s%.*s%%", d > 0 ? "." : "", d,
		    "000000");
		f->number[d] = workbook_add_format(book);
		format_set_num_format(f->number[d], figure);
		f->percent[d] = workbook_add_format(book);
		format_set_num_format(f->percent[d], share);
	}
}

static void
put_cell(lxw_worksheet *sheet, const struct table *t, size_t r, size_t c,
    const struct formats *f)
{
	const struct table_cell *cell = &t->row[r].cell[c];
	lxw_row_t row = (lxw_row_t)(r + FIRST + 1);
	lxw_col_t column = (lxw_col_t)c;
	double v = cell->den > 0 ? (double)cell->num / (double)cell->den : 0;

	switch (cell->value) {
	case TABLE_EMPTY:
		break;
	case TABLE_TEXT:
	case TABLE_SIGN:
		xlsx_text(sheet, row, column, cell->text, t->row[r].kind ==
		    TABLE_BODY ? f->text : f->bold);
		break;
	case TABLE_NUMBER:
		(void)worksheet_write_number(sheet, row, column, v,
		    f->number[cell->decimals]);
		break;
	case TABLE_PERCENT:
		(void)worksheet_write_number(sheet, row, column, v,
		    f->percent[cell->decimals]);
		break;
	}
}

static void
set_widths(lxw_worksheet *sheet, const struct table *t)
{
	struct buf b = BUF(BUF_ANY);

	for (size_t c = 0; c < t->ncolumn; c++) {
		size_t w, width = utf8_width(t->column[c].head);

		for (size_t r = 0; r < t->nrow; r++) {
			buf_clear(&b);
			table_put_cell(&b, t, r, c);
			if ((w = utf8_width(buf_text(&b))) > width)
				width = w;
		}
		if (width < WIDTH_LEAST)
			width = WIDTH_LEAST;
		if (width > WIDTH_MOST)
			width = WIDTH_MOST;
		(void)worksheet_set_column(sheet, (lxw_col_t)c, (lxw_col_t)c,
		    (double)width + 2, NULL);
	}
	buf_free(&b);
}

static void
fill(lxw_worksheet *sheet, const struct table *t, const struct formats *f)
{
	lxw_row_t row;

	set_widths(sheet, t);
	xlsx_text(sheet, 0, 0, t->title, f->bold);
	for (size_t c = 0; c < t->ncolumn; c++)
		xlsx_text(sheet, FIRST, (lxw_col_t)c, t->column[c].head, f->bold);
	for (size_t r = 0; r < t->nrow; r++)
		for (size_t c = 0; c < t->ncolumn; c++)
			put_cell(sheet, t, r, c, f);
	worksheet_freeze_panes(sheet, FIRST + 1, 1);
	row = (lxw_row_t)(t->nrow + FIRST + 2);
	for (size_t i = 0; i < t->nnote; i++) {
		struct buf b = BUF(BUF_ANY);

		buf_printf(&b, "%s%s", t->note[i].warning ?
		    words_text(WORD_WARNING, t->lang) : "", t->note[i].text);
		xlsx_text(sheet, row++, 0, buf_text(&b), f->text);
		buf_free(&b);
	}
}

/* A sheet is called by 31 characters at most, none of []:*?/\ (and ours are
 * words of letters, digits, - and _). */
static int
fill_book(lxw_workbook *book, const void *ctx)
{
	const struct table *t = ctx;
	lxw_worksheet *sheet;
	struct formats f;
	char name[32];

	snprintf(name, sizeof(name), "%.31s", t->name);
	sheet = workbook_add_worksheet(book, name);
	if (sheet == NULL)
		return -1;
	make_formats(book, &f);
	fill(sheet, t, &f);
	return 0;
}

int
table_xlsx(const struct table *t, int32_t day, struct buf *out, struct err *err)
{
	return xlsx_make(day, fill_book, t, out, err);
}
