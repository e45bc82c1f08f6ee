#include <string.h>

#include "pipeline/tables/report_words.h"
#include "pipeline/tables/svg.h"

#include "pipeline/tables/chart.h"

enum {
	LABEL_WIDTH = 190, PLOT_X = 204, PLOT_WIDTH = 370, LINE = 19, TEXT = 14,
	LINES = 3, ROWS = 40, BAR = 16,
};

/* Rows of the part "reason", without its total. */
static int
is_reason(const struct table_row *r)
{
	static const char part[] = "reason/";

	return r->kind == TABLE_BODY &&
	    strncmp(r->key, part, sizeof(part) - 1) == 0;
}

static const char *
described(const struct table *t)
{
	struct buf b = BUF(BUF_ANY);
	const char *ret;

	for (size_t i = 0; i < t->nrow; i++)
		if (is_reason(&t->row[i]))
			buf_printf(&b, "%s: %s, %s. ", t->row[i].cell[1].text,
			    chart_shown(t, i, "units"), chart_shown(t, i, "share"));
	buf_str(&b, rword(R_TABLE_UNDER, t->lang));
	ret = arena_str(t->arena, buf_text(&b));
	buf_free(&b);
	return ret;
}

static void
put_bar(struct markup *m, const struct table *t, size_t row, double most,
    const char *const *line, size_t n, double y, double height)
{
	double mid = y + height / 2;
	double width = PLOT_WIDTH * chart_value(t, row, "units") / most;

	for (size_t k = 0; k < n; k++)
		svg_text(m, PLOT_X - 14, mid + 5 + ((double)k -
		    (double)(n - 1) / 2) * LINE, SVG_END, "", line[k]);
	svg_box(m, PLOT_X, mid - BAR / 2.0, width < 1 ? 1 : width, BAR, "bar");
	svg_text(m, PLOT_X + width + 8, mid + 5, SVG_START, "", arena_printf(
	    t->arena, "%s (%s)", chart_shown(t, row, "units"),
	    chart_shown(t, row, "share")));
}

int
chart_bars(struct markup *m, const char *id, const struct table *t)
{
	const char *line[ROWS][LINES];
	size_t row[ROWS], lines[ROWS], n = 0;
	double most = 0, height = 4, y = 2;

	for (size_t i = 0; i < t->nrow && n < ROWS; i++) {
		if (!is_reason(&t->row[i]))
			continue;
		row[n] = i;
		lines[n] = svg_lines(t->arena, t->row[i].cell[1].text, TEXT,
		    LABEL_WIDTH, LINES, line[n]);
		height += (double)lines[n] * LINE + 9;
		if (chart_value(t, i, "units") > most)
			most = chart_value(t, i, "units");
		n++;
	}
	if (n == 0 || most <= 0)
		return 0;
	svg_begin(m, id, height, rword(R_BARS_TITLE, t->lang), described(t));
	svg_line(m, PLOT_X, 0, PLOT_X, height, "rule");
	for (size_t i = 0; i < n; i++) {
		double h = (double)lines[i] * LINE + 9;

		put_bar(m, t, row[i], most, line[i], lines[i], y, h);
		y += h;
	}
	markup_close(m);
	return 1;
}
