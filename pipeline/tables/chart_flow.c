#include <math.h>
#include <string.h>

#include "pipeline/tables/report_words.h"
#include "pipeline/tables/svg.h"

#include "pipeline/tables/chart.h"

/*
 * The flow diagram, as CONSORT has it: levels in a column on the left, between
 * two of them an arrow, and beside the arrow a box with each loss.
 */

enum {
	LEVEL_WIDTH = 300, LEVEL_HEIGHT = 52, PAD = 14, GAP = 30,
	SIDE_X = 348, SIDE_WIDTH = SVG_WIDTH - SIDE_X - 1, SIDE_LINE = 20,
	TEXT = 15, SMALL = 14, LINES = 3, LOSSES = 40,
};

/* A loss in its lines. */
struct loss { const char *line[LINES], *units; size_t n; };

static int
is_level(const struct table *t, size_t row)
{
	return t->row[row].cell[1].value == TABLE_EMPTY;
}

/* The losses between the level at ${row} and the next that are not nothing. */
static size_t
losses(const struct table *t, size_t row, struct loss *ret)
{
	size_t n = 0;

	for (row++; row < t->nrow && !is_level(t, row); row++) {
		const struct table_cell *c = &t->row[row].cell[1];
		struct loss *one = &ret[n];

		if (c->num == 0 || n == LOSSES)
			continue;
		one->units = chart_shown(t, row, t->column[1].key);
		if (c->num > 0)
			one->units = arena_printf(t->arena, "+%s", one->units);
		one->n = svg_lines(t->arena, t->row[row].cell[0].text, SMALL,
		    SIDE_WIDTH - 2 * PAD - svg_width(one->units, SMALL) - PAD,
		    LINES, one->line);
		n++;
	}
	return n;
}

static double
side_height(const struct loss *l, size_t n)
{
	size_t lines = 0;

	for (size_t i = 0; i < n; i++)
		lines += l[i].n;
	return n == 0 ? 0 : (double)lines * SIDE_LINE + 2 * PAD - 6;
}

static double
most(const struct table *t)
{
	double m = 1;

	for (size_t i = 0; i < t->nrow; i++)
		if (is_level(t, i) && chart_value(t, i, t->column[2].key) > m)
			m = chart_value(t, i, t->column[2].key);
	return m;
}

static void
put_level(struct markup *m, const struct table *t, size_t row, double y)
{
	double n = chart_value(t, row, t->column[2].key);
	double bar = (LEVEL_WIDTH - 2 * PAD) * log10(n + 1) / log10(most(t) + 1);

	svg_box(m, 1, y, LEVEL_WIDTH, LEVEL_HEIGHT, "level");
	svg_text(m, 1 + PAD, y + 25, SVG_START, "strong",
	    t->row[row].cell[0].text);
	svg_text(m, 1 + LEVEL_WIDTH - PAD, y + 25, SVG_END, "strong",
	    chart_shown(t, row, t->column[2].key));
	if (bar > 0)
		svg_box(m, 1 + PAD, y + LEVEL_HEIGHT - 14, bar, 5, "bar");
}

static void
put_side(struct markup *m, const struct loss *l, size_t n, double y)
{
	double at = y + PAD + 10;

	svg_box(m, SIDE_X, y, SIDE_WIDTH, side_height(l, n), "side");
	for (size_t i = 0; i < n; i++) {
		svg_text(m, SIDE_X + SIDE_WIDTH - PAD, at, SVG_END, "", l[i].units);
		for (size_t k = 0; k < l[i].n; k++, at += SIDE_LINE)
			svg_text(m, SIDE_X + PAD, at, SVG_START, "", l[i].line[k]);
	}
}

static void
put_arrow(struct markup *m, double from, double to, int side)
{
	double x = 1 + LEVEL_WIDTH / 2.0, mid = (from + to) / 2;

	svg_line(m, x, from, x, to - 7, "rule");
	markup_open(m, "path");
	markup_attrf(m, "d", "M%d %d l5 -8 h-10 z", (int)x, (int)to);
	markup_attr(m, "class", "head");
	markup_void(m);
	if (side)
		svg_line(m, x, mid, SIDE_X, mid, "rule");
}

/* From one level to the next: how far down. */
static double
step(const struct loss *l, size_t n)
{
	double side = side_height(l, n);

	return LEVEL_HEIGHT + (side + 16 > GAP ? side + 16 : GAP);
}

static const char *
described(const struct table *t)
{
	struct buf b = BUF(BUF_ANY);
	const char *ret;

	for (size_t i = 0; i < t->nrow; i++)
		if (is_level(t, i))
			buf_printf(&b, "%s: %s. ", t->row[i].cell[0].text,
			    chart_shown(t, i, t->column[2].key));
	buf_str(&b, rword(R_TABLE_UNDER, t->lang));
	ret = arena_str(t->arena, buf_text(&b));
	buf_free(&b);
	return ret;
}

int
chart_flow(struct markup *m, const char *id, const struct table *t)
{
	struct loss l[LOSSES];
	double y = 1, height = 1 + LEVEL_HEIGHT + 1;
	size_t last = 0, n;

	if (t->nrow == 0)
		return 0;
	for (size_t i = 0; i < t->nrow; i++)
		if (is_level(t, i)) {
			height += i > 0 ? step(l, losses(t, last, l)) : 0;
			last = i;
		}
	svg_begin(m, id, height, rword(R_FLOW_TITLE, t->lang), described(t));
	for (size_t i = 0; i < t->nrow; i++) {
		double next;

		if (!is_level(t, i))
			continue;
		put_level(m, t, i, y);
		if (i == last)
			break;
		n = losses(t, i, l);
		next = y + step(l, n);
		put_arrow(m, y + LEVEL_HEIGHT, next, n > 0);
		if (n > 0)
			put_side(m, l, n, (y + LEVEL_HEIGHT + next) / 2 -
			    side_height(l, n) / 2);
		y = next;
	}
	markup_close(m);
	return 1;
}
