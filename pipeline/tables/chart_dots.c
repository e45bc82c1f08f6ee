#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/tables/report_words.h"
#include "pipeline/tables/svg.h"

#include "pipeline/tables/chart.h"

/* Values on the left, dots with their intervals, figures on the right. */

enum {
	LABEL_WIDTH = 190, PLOT_X = 204, PLOT_WIDTH = 300, FIGURE_X = 522,
	TOP = 30, LINE = 19, TEXT = 14, LINES = 3, STEPS = 5, ROWS = 60,
};

struct dot {
	size_t row;
	double rate, low, high;		/* shares; -1: not shown */
	const char *line[LINES];
	size_t n;
};

struct dots {
	const struct table *t;
	struct dot dot[ROWS];
	size_t n;
	double step, top;		/* of the axis, shares */
};

static int
by_rate(const void *a, const void *b)
{
	const struct dot *x = a, *y = b;

	if (x->rate > y->rate || x->rate < y->rate)
		return x->rate > y->rate ? -1 : 1;
	return x->row < y->row ? -1 : 1;
}

static void
read_dots(struct dots *d, const struct table *t)
{
	double most = 0.01;

	d->t = t;
	for (size_t i = 0; i < t->nrow && d->n < ROWS; i++) {
		struct dot *one = &d->dot[d->n++];

		one->row = i;
		one->rate = chart_value(t, i, "gross_rate");
		one->low = chart_value(t, i, "low");
		one->high = chart_value(t, i, "high");
		one->n = svg_lines(t->arena, t->row[i].cell[0].text, TEXT,
		    LABEL_WIDTH, LINES, one->line);
		if (one->high > most)
			most = one->high;
	}
	/* the total is last, and stays there */
	if (d->n > 1)
		qsort(d->dot, d->n - 1, sizeof(d->dot[0]), by_rate);
	d->step = svg_step(most * 100, STEPS, 1) / 100;
	d->top = ceil(most / d->step - 1e-9) * d->step;
	if (d->top > 1)
		d->top = 1;
}

static double
place(const struct dots *d, double share)
{
	return PLOT_X + PLOT_WIDTH * share / d->top;
}

static double
height_of(const struct dot *one)
{
	return (double)(one->n < 2 ? 1 : one->n) * LINE + 9;
}

/* "8,1 % (6,4-10,1)" and "60 av 743". */
static void
put_figures(struct markup *m, const struct dots *d, const struct dot *one,
    double y)
{
	const struct table *t = d->t;
	const char *class = one->row + 1 == t->nrow ? "strong" : "";

	if (one->rate < 0) {
		svg_text(m, FIGURE_X, y, SVG_START, "muted",
		    rword(R_NOT_SHOWN, t->lang));
		return;
	}
	svg_text(m, FIGURE_X + 70, y, SVG_END, class,
	    chart_shown(t, one->row, "gross_rate"));
	svg_text(m, SVG_WIDTH - 1, y, SVG_END, "muted", arena_printf(t->arena,
	    "%s / %s", chart_shown(t, one->row, "answered"),
	    chart_shown(t, one->row, "delivered")));
}

static void
put_dot(struct markup *m, const struct dots *d, const struct dot *one, double y)
{
	int total = one->row + 1 == d->t->nrow;
	double mid = y + height_of(one) / 2, at = mid + 5;

	for (size_t k = 0; k < one->n; k++)
		svg_text(m, PLOT_X - 14, at + ((double)k - (double)(one->n - 1) / 2) *
		    LINE, SVG_END, total ? "strong" : "", one->line[k]);
	put_figures(m, d, one, at);
	if (one->rate < 0)
		return;
	if (one->low >= 0 && one->high >= 0)
		svg_line(m, place(d, one->low), mid, place(d, one->high), mid,
		    "interval");
	markup_open(m, "circle");
	markup_real(m, "cx", place(d, one->rate));
	markup_real(m, "cy", mid);
	markup_real(m, "r", 5.5);
	markup_attr(m, "class", total ? "dot total" : "dot");
	markup_void(m);
}

static void
put_axis(struct markup *m, const struct dots *d, double bottom)
{
	int decimals = d->step * 100 < 1;
	enum lang lang = d->t->lang;

	svg_text(m, SVG_WIDTH - 1, TOP - 14, SVG_END, "muted", arena_printf(
	    d->t->arena, "%s / %s", words_text(WORD_ANSWERED, lang),
	    words_text(WORD_DELIVERED, lang)));
	for (int i = 0; i * d->step <= d->top + 1e-9; i++) {
		double x = place(d, i * d->step);

		svg_line(m, x, TOP - 6, x, bottom, "grid");
		svg_text(m, x, TOP - 14, SVG_MIDDLE, "muted", arena_printf(
		    d->t->arena, "%s%s", chart_number(d->t, i * d->step * 100,
		    decimals), lang == LANG_EN ? "%" : "\xc2\xa0%"));
	}
}

static const char *
described(const struct dots *d)
{
	const struct table *t = d->t;
	struct buf b = BUF(BUF_ANY);
	const char *ret;

	for (size_t i = 0; i < d->n; i++) {
		size_t row = d->dot[i].row;
		const char *arg[] = { t->row[row].cell[0].text,
			chart_shown(t, row, "gross_rate"), chart_shown(t, row, "low"),
			chart_shown(t, row, "high"), chart_shown(t, row, "answered"),
			chart_shown(t, row, "delivered") };
		const char *hidden[] = { arg[0], rword(R_NOT_SHOWN, t->lang) };

		if (d->dot[i].rate < 0)
			buf_str(&b, rword_fill(t->arena, R_NUMBER, t->lang, hidden, 2));
		else
			buf_str(&b, rword_fill(t->arena, R_RATE_OF, t->lang, arg, 6));
		buf_str(&b, ". ");
	}
	buf_str(&b, rword(R_TABLE_UNDER, t->lang));
	ret = arena_str(t->arena, buf_text(&b));
	buf_free(&b);
	return ret;
}

int
chart_dots(struct markup *m, const char *id, const struct table *t)
{
	struct dots d = { .n = 0 };
	const char *by = t->ncolumn > 0 ? t->column[0].head : "";
	double y = TOP, total;

	if (t->nrow < 2 || t->nrow > ROWS)
		return 0;
	read_dots(&d, t);
	for (size_t i = 0; i < d.n; i++)
		y += height_of(&d.dot[i]);
	svg_begin(m, id, y + 6, rword_fill(t->arena, R_DOTS_TITLE, t->lang, &by, 1),
	    described(&d));
	put_axis(m, &d, y);
	total = d.dot[d.n - 1].rate;
	if (total >= 0)
		svg_line(m, place(&d, total), TOP - 6, place(&d, total), y, "mark");
	svg_line(m, 0, y - height_of(&d.dot[d.n - 1]), SVG_WIDTH,
	    y - height_of(&d.dot[d.n - 1]), "rule");
	y = TOP;
	for (size_t i = 0; i < d.n; i++) {
		put_dot(m, &d, &d.dot[i], y);
		y += height_of(&d.dot[i]);
	}
	markup_close(m);
	return 1;
}
