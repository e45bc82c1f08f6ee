#include <inttypes.h>
#include <string.h>

#include "pipeline/base/csv.h"
#include "pipeline/base/num.h"

#include "pipeline/tables/table.h"

/* A figure as data: no thousands, ASCII minus, the dialect's decimal mark. */
static void
data_figure(struct buf *b, const struct table_cell *c, char mark)
{
	int64_t scale = c->value == TABLE_PERCENT ? 100 : 1, one = 1, v;
	uint64_t u;

	for (int i = 0; i < c->decimals; i++)
		one *= 10;
	v = num_ratio(c->num, c->den, scale * one);
	u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	buf_printf(b, "%s%" PRIu64, v < 0 ? "-" : "", u / (uint64_t)one);
	if (c->decimals > 0)
		buf_printf(b, "%c%0*" PRIu64, mark, c->decimals,
		    u % (uint64_t)one);
}

static size_t
text_field(struct buf *out, enum table_dialect d, int first, const char *s)
{
	char delimiter = d == TABLE_EXCEL_NB ? ';' : ',';
	struct buf b = BUF(BUF_ANY);
	size_t guarded = 0;

	if (d == TABLE_EXCEL_NB && *s != '\0' && strchr("=+-@\t\r", *s) != NULL) {
		buf_chr(&b, '\'');
		guarded = 1;
	}
	buf_str(&b, s);
	csv_put(out, delimiter, first, buf_text(&b));
	buf_free(&b);
	return guarded;
}

size_t
table_csv(const struct table *t, enum table_dialect d, struct buf *out)
{
	const char *end = d == TABLE_EXCEL_NB ? "\r\n" : "\n";
	char mark = d == TABLE_EXCEL_NB ? ',' : '.';
	struct buf b = BUF(BUF_ANY);
	size_t guarded = 0;

	if (d == TABLE_EXCEL_NB)
		buf_str(out, "\xef\xbb\xbf");
	for (size_t c = 0; c < t->ncolumn; c++)
		guarded += text_field(out, d, c == 0, t->column[c].head[0] != '\0'
		    ? t->column[c].head : t->column[c].key);
	buf_str(out, end);
	for (size_t r = 0; r < t->nrow; r++) {
		for (size_t c = 0; c < t->ncolumn; c++) {
			const struct table_cell *cell = &t->row[r].cell[c];

			if (cell->value == TABLE_TEXT) {
				guarded += text_field(out, d, c == 0, cell->text);
				continue;
			}
			buf_clear(&b);
			if (cell->value == TABLE_NUMBER ||
			    cell->value == TABLE_PERCENT)
				data_figure(&b, cell, mark);
			csv_put(out, d == TABLE_EXCEL_NB ? ';' : ',', c == 0,
			    buf_text(&b));
		}
		buf_str(out, end);
	}
	buf_free(&b);
	return guarded;
}

static void
json_cell(struct json *j, const struct table *t, size_t row, size_t column)
{
	const struct table_cell *c = &t->row[row].cell[column];
	struct buf b = BUF(BUF_ANY);

	if (c->value == TABLE_EMPTY) {
		json_null(j);
		return;
	}
	table_put_cell(&b, t, row, column);
	json_object(j);
	if (c->value == TABLE_NUMBER && c->den == 1)
		json_kint(j, "value", c->num);
	else if (c->value == TABLE_NUMBER || c->value == TABLE_PERCENT) {
		json_kreal(j, "value", (double)c->num / (double)c->den);
		json_kint(j, "num", c->num);
		json_kint(j, "den", c->den);
	} else
		json_kstr(j, "value", c->value == TABLE_TEXT ? c->text : NULL);
	json_kstr(j, "text", buf_text(&b));
	json_end(j);
	buf_free(&b);
}

void
table_json(const struct table *t, struct json *j)
{
	static const char *const kinds[] = {
		[TABLE_BODY] = "body", [TABLE_SUBTOTAL] = "subtotal",
		[TABLE_TOTAL] = "total" };

	json_kstr(j, "table", t->name);
	json_kstr(j, "lang", t->lang == LANG_EN ? "en" : "nb");
	json_kstr(j, "title", t->title);
	json_key(j, "columns");
	json_array(j);
	for (size_t c = 0; c < t->ncolumn; c++) {
		json_object(j);
		json_kstr(j, "key", t->column[c].key);
		json_kstr(j, "head", t->column[c].head);
		json_end(j);
	}
	json_end(j);
	json_key(j, "rows");
	json_array(j);
	for (size_t r = 0; r < t->nrow; r++) {
		json_object(j);
		json_kstr(j, "key", t->row[r].key);
		json_kstr(j, "kind", kinds[t->row[r].kind]);
		json_key(j, "cells");
		json_object(j);
		for (size_t c = 0; c < t->ncolumn; c++) {
			json_key(j, t->column[c].key);
			json_cell(j, t, r, c);
		}
		json_end(j);
		json_end(j);
	}
	json_end(j);
	json_key(j, "notes");
	json_array(j);
	for (size_t i = 0; i < t->nnote; i++) {
		json_object(j);
		json_kstr(j, "key", t->note[i].key);
		json_kbool(j, "warning", t->note[i].warning);
		json_kstr(j, "text", t->note[i].text);
		json_end(j);
	}
	json_end(j);
}
