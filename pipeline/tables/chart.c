#include <math.h>
#include <string.h>

#include "pipeline/tables/chart.h"

static size_t
column_at(const struct table *t, const char *key)
{
	size_t i = 0;

	while (i < t->ncolumn && strcmp(t->column[i].key, key) != 0)
		i++;
	return i;
}

const struct table_cell *
chart_cell(const struct table *t, size_t row, const char *column)
{
	size_t c = column_at(t, column);

	return c < t->ncolumn ? &t->row[row].cell[c] : NULL;
}

const char *
chart_shown(const struct table *t, size_t row, const char *column)
{
	struct buf b = BUF(BUF_ANY);
	size_t c = column_at(t, column);
	const char *ret;

	if (c == t->ncolumn)
		return "";
	table_put_cell(&b, t, row, c);
	ret = arena_str(t->arena, buf_text(&b));
	buf_free(&b);
	return ret;
}

double
chart_value(const struct table *t, size_t row, const char *column)
{
	const struct table_cell *c = chart_cell(t, row, column);

	if (c == NULL || (c->value != TABLE_NUMBER && c->value != TABLE_PERCENT))
		return -1;
	return (double)c->num / (double)c->den;
}

const char *
chart_number(const struct table *t, double v, int decimals)
{
	struct buf b = BUF(BUF_ANY);
	const char *ret;

	table_put_number(&b, llround(v * (decimals == 0 ? 1 : decimals == 1 ? 10 :
	    100)), decimals, 0, t->lang);
	ret = arena_str(t->arena, buf_text(&b));
	buf_free(&b);
	return ret;
}
