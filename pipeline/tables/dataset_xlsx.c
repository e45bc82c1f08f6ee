#include <stdio.h>
#include <string.h>

#include "pipeline/base/csv.h"
#include "pipeline/base/num.h"
#include "pipeline/base/utf8.h"
#include "pipeline/tables/xlsx.h"

#include "pipeline/tables/dataset.h"

/* The data on one sheet; what each variable and value means on another. */

enum { SHEET_ROWS = 1048575, SHEET_CHARACTERS = 32767, WIDTH_MOST = 40 };

struct formats { lxw_format *text, *bold, *whole, *real, *day; };
struct book {
	const struct dataset *d;
	enum lang lang;
	const struct dataset_page *front, *back;	/* or NULL */
};

static void
make_formats(lxw_workbook *book, struct formats *f)
{
	f->text = workbook_add_format(book);
	format_set_num_format(f->text, "@");
	f->bold = workbook_add_format(book);
	format_set_num_format(f->bold, "@");
	format_set_bold(f->bold);
	f->whole = workbook_add_format(book);
	format_set_num_format(f->whole, "0");
	f->real = workbook_add_format(book);
	format_set_num_format(f->real, "General");
	f->day = workbook_add_format(book);
	format_set_num_format(f->day, "yyyy-mm-dd");
}

static void
put_cell(lxw_worksheet *sheet, size_t row, size_t column, enum dataset_type type,
    const struct dataset_cell *c, const struct formats *f)
{
	enum { EXCEL_EPOCH = 25569 };	/* days before 1970 */
	lxw_row_t r = (lxw_row_t)row;
	lxw_col_t k = (lxw_col_t)column;

	if (c->state != DATASET_GIVEN)
		return;
	switch (type) {
	case DATASET_TEXT:
	case DATASET_CLASS:
		xlsx_text(sheet, row, column, c->text, f->text);
		break;
	case DATASET_DATE:
		(void)worksheet_write_number(sheet, r, k, c->number + EXCEL_EPOCH,
		    f->day);
		break;
	case DATASET_WHOLE:
		(void)worksheet_write_number(sheet, r, k, c->number, f->whole);
		break;
	case DATASET_REAL:
		(void)worksheet_write_number(sheet, r, k, c->number, f->real);
		break;
	}
}

static void
fill_data(lxw_worksheet *sheet, const struct dataset *d, const struct formats *f)
{
	for (size_t i = 0; i < d->nvar; i++) {
		size_t w = utf8_width(d->var[i].name);

		for (size_t r = 0; r < d->nrow; r++) {
			const struct dataset_cell *c = &d->cell[r * d->nvar + i];

			put_cell(sheet, r + 1, i, d->var[i].type, c, f);
			if (c->state == DATASET_GIVEN && c->text != NULL &&
			    utf8_width(c->text) > w)
				w = utf8_width(c->text);
		}
		(void)worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i,
		    (double)(w < 10 ? 10 : w > WIDTH_MOST ? WIDTH_MOST : w) + 2, NULL);
		xlsx_text(sheet, 0, i, d->var[i].name, f->bold);
	}
	worksheet_freeze_panes(sheet, 1, 1);
}

static void
fill_codebook(lxw_worksheet *sheet, const struct dataset *d, enum lang lang,
    const struct formats *f)
{
	static const char *const head[2][4] = {
		{ "Variabel", "Kilde", "Verdi", "Betydning" },
		{ "Variable", "Source", "Value", "Meaning" } };
	static const double width[4] = { 24, 24, 24, 70 };
	size_t row = 1;

	for (size_t i = 0; i < 4; i++) {
		xlsx_text(sheet, 0, i, head[lang][i], f->bold);
		(void)worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, width[i],
		    NULL);
	}
	for (size_t i = 0; i < d->nvar; i++) {
		const struct dataset_var *v = &d->var[i];

		xlsx_text(sheet, row, 0, v->name, f->bold);
		xlsx_text(sheet, row, 1, v->source, f->text);
		xlsx_text(sheet, row++, 3, v->label[lang], f->text);
		for (size_t k = 0; k < v->nvalue; k++) {
			xlsx_text(sheet, row, 2, v->value[k].key, f->text);
			xlsx_text(sheet, row++, 3, v->value[k].label[lang], f->text);
		}
	}
	worksheet_freeze_panes(sheet, 1, 1);
}

/* A text, a line a row. */
static void
fill_lines(lxw_worksheet *sheet, const char *text, const struct formats *f)
{
	struct buf line = BUF(BUF_ANY);
	size_t row = 0;

	(void)worksheet_set_column(sheet, 0, 0, 110, NULL);
	for (const char *s = text; *s != '\0'; row++) {
		size_t n = strcspn(s, "\n");

		buf_clear(&line);
		buf_add(&line, s, n);
		xlsx_text(sheet, row, 0, buf_text(&line), row == 0 ? f->bold :
		    f->text);
		s += n + (s[n] == '\n');
	}
	buf_free(&line);
}

/* CSV, figures as figures. */
static void
fill_rows(lxw_worksheet *sheet, const char *text, const struct formats *f)
{
	struct csv csv;
	struct err ignored;
	double v = 0;

	if (csv_open(&csv, text, strlen(text), ',', &ignored) != 0)
		return;
	for (size_t i = 0; i < csv.n; i++) {
		xlsx_text(sheet, 0, i, csv.head[i], f->bold);
		(void)worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i,
		    i == 0 ? 60 : 16, NULL);
	}
	for (size_t row = 1; csv_next(&csv, &ignored) == 1; row++)
		for (size_t i = 0; i < csv.n; i++)
			if (i > 0 && num_real(csv.field[i], -1e15, 1e15, &v) == 0)
				(void)worksheet_write_number(sheet, (lxw_row_t)row,
				    (lxw_col_t)i, v, f->real);
			else
				xlsx_text(sheet, row, i, csv.field[i], f->text);
	csv_close(&csv);
	worksheet_freeze_panes(sheet, 1, 1);
}

static int
fill(lxw_workbook *w, const void *ctx)
{
	const struct book *b = ctx;
	lxw_worksheet *data, *codebook, *front = NULL, *back = NULL;
	struct formats f;
	char name[32];

	if (b->front != NULL && (front = workbook_add_worksheet(w,
	    b->front->name)) == NULL)
		return -1;
	snprintf(name, sizeof(name), "%.31s", b->d->name);
	data = workbook_add_worksheet(w, name);
	codebook = workbook_add_worksheet(w, b->lang == LANG_EN ? "codebook" :
	    "kodebok");
	if (b->back != NULL && (back = workbook_add_worksheet(w,
	    b->back->name)) == NULL)
		return -1;
	if (data == NULL || codebook == NULL)
		return -1;
	make_formats(w, &f);
	if (front != NULL)
		fill_lines(front, b->front->text, &f);
	if (back != NULL)
		fill_rows(back, b->back->text, &f);
	fill_data(data, b->d, &f);
	fill_codebook(codebook, b->d, b->lang, &f);
	return 0;
}

int
dataset_xlsx(const struct dataset *d, enum lang lang, int32_t day,
    struct buf *out, struct err *err)
{
	return dataset_book(d, lang, day, NULL, NULL, out, err);
}

int
dataset_book(const struct dataset *d, enum lang lang, int32_t day,
    const struct dataset_page *front, const struct dataset_page *back,
    struct buf *out, struct err *err)
{
	struct book b = { d, lang, front, back };

	if (d->nrow > SHEET_ROWS)
		return err_set(err, EX_DATAERR, "%zu rows: a sheet has room for %d",
		    d->nrow, SHEET_ROWS);
	for (size_t i = 0; i < d->nrow * d->nvar; i++) {
		const char *s = d->cell[i].text;

		if (s != NULL && utf8_width(s) > SHEET_CHARACTERS)
			return err_set(err, EX_DATAERR, "%s holds a text of more than "
			    "%d characters: too many for a sheet",
			    d->var[i % d->nvar].name, SHEET_CHARACTERS);
	}
	return xlsx_make(day, fill, &b, out, err);
}
