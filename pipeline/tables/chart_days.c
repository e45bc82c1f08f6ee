#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/tables/report_words.h"
#include "pipeline/tables/svg.h"

#include "pipeline/tables/chart.h"

/* Answers so far as steps, answers of a day as bars, waves as dashed lines with
 * their names above, in as many rows as keep them apart. */

enum {
	PLOT_X = 60, PLOT_WIDTH = 640, PLOT_HEIGHT = 230, LANE = 20, LANES = 8,
	SMALL = 14, STEPS = 5, MARKS = 40, BELOW = 46, DATE_WIDTH = 70,
};

struct wave { int32_t day; double x; const char *text; int lane; };
struct days {
	const struct table *t;
	int32_t first, last;
	double most, step, top, y;	/* of the axis; y of its foot */
	struct wave wave[MARKS];
	size_t nwave;
	int lanes;
};

/* The day of a row; DATE_NONE for those that are none. */
static int32_t
day_of(const struct table *t, size_t row)
{
	const char *key = t->row[row].key;
	int32_t day = DATE_NONE;

	return date_parse(key, strlen(key), &day) == 0 ? day : DATE_NONE;
}

/* "12.10." or "12 Oct". */
static const char *
short_day(const struct table *t, int32_t day)
{
	static const char *const month[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	int y, m, d;

	date_civil(day, &y, &m, &d);
	return t->lang == LANG_EN ? arena_printf(t->arena, "%d %s", d,
	    month[m - 1]) : arena_printf(t->arena, "%d.%d.", d, m);
}

static double
place(const struct days *d, double day)
{
	/* a day has its width: the last one too */
	return PLOT_X + PLOT_WIDTH * (day - d->first) /
	    (double)(d->last - d->first + 1);
}

static double
height(const struct days *d, double n)
{
	return PLOT_HEIGHT * n / d->top;
}

/* The lowest lane where nothing is in the way. */
static int
free_lane(const struct days *d, double from, double to)
{
	for (int lane = 0; lane < LANES; lane++) {
		int taken = 0;

		for (size_t i = 0; i < d->nwave; i++) {
			double w = svg_width(d->wave[i].text, SMALL);

			taken |= d->wave[i].lane == lane && d->wave[i].x < to + 8 &&
			    d->wave[i].x + w + 8 > from;
		}
		if (!taken)
			return lane;
	}
	return -1;
}

static void
add_wave(struct days *d, int32_t day, const char *names)
{
	const char *line[1];
	double x = place(d, day), w;
	struct wave one;
	int lane;

	if (names[0] == '\0' || d->nwave == MARKS)
		return;
	(void)svg_lines(d->t->arena, names, SMALL, 260, 1, line);
	w = svg_width(line[0], SMALL);
	if (x + w > SVG_WIDTH)
		x = SVG_WIDTH - w;
	lane = free_lane(d, x, x + w);
	one = (struct wave){ day, x, line[0], lane };
	if (lane < 0)
		return;
	d->wave[d->nwave++] = one;
	if (lane + 1 > d->lanes)
		d->lanes = lane + 1;
}

static int
read_days(struct days *d, const struct table *t)
{
	d->t = t;
	d->first = d->last = DATE_NONE;
	for (size_t i = 0; i < t->nrow; i++) {
		int32_t day = day_of(t, i);

		if (day == DATE_NONE)
			continue;
		if (d->first == DATE_NONE)
			d->first = day;
		d->last = day;
		if (chart_value(t, i, "so_far") > d->most)
			d->most = chart_value(t, i, "so_far");
	}
	if (d->first == DATE_NONE || d->most <= 0)
		return 0;
	for (size_t i = 0; i < t->nrow; i++)
		if (day_of(t, i) != DATE_NONE)
			add_wave(d, day_of(t, i), chart_shown(t, i, "wave"));
	d->step = svg_step(d->most, STEPS, 1);
	d->top = ceil(d->most / d->step) * d->step;
	d->y = 18 + d->lanes * LANE + PLOT_HEIGHT;
	return 1;
}

static void
put_axes(struct markup *m, const struct days *d)
{
	static const int every[] = { 1, 2, 7, 14, 28, 56, 91, 182, 365, 1826 };
	int span = d->last - d->first + 1, step = 1;
	size_t k = 0;

	for (int i = 0; i * d->step <= d->top + 0.5; i++) {
		double y = d->y - height(d, i * d->step);

		svg_line(m, PLOT_X, y, SVG_WIDTH, y, i == 0 ? "rule" : "grid");
		svg_text(m, PLOT_X - 10, y + 5, SVG_END, "muted",
		    chart_number(d->t, i * d->step, 0));
	}
	while (k + 1 < sizeof(every) / sizeof(every[0]) &&
	    (double)every[k] * PLOT_WIDTH / span < DATE_WIDTH)
		k++;
	step = every[k];
	for (int32_t day = d->first; day <= d->last; day += step) {
		double x = place(d, day);

		/* one that would stick out is left out */
		if (x + DATE_WIDTH / 2.0 - 14 > SVG_WIDTH)
			break;
		svg_line(m, x, d->y, x, d->y + 6, "rule");
		svg_text(m, x, d->y + 22, SVG_MIDDLE, "muted",
		    short_day(d->t, day));
	}
}

static void
put_curve(struct markup *m, const struct days *d)
{
	struct buf path = BUF(BUF_ANY);
	double day = (double)PLOT_WIDTH / (d->last - d->first + 1);

	buf_printf(&path, "M%d %d", PLOT_X, (int)d->y);
	for (size_t i = 0; i < d->t->nrow; i++) {
		int32_t at = day_of(d->t, i);
		double n, so_far;

		if (at == DATE_NONE)
			continue;
		n = chart_value(d->t, i, "answered");
		so_far = chart_value(d->t, i, "so_far");
		if (n > 0)
			svg_box(m, place(d, at) + day * 0.1, d->y - height(d, n),
			    day * 0.8 < 1 ? 1 : day * 0.8, height(d, n), "pale");
		buf_printf(&path, " H%d V%d", (int)lround(place(d, at)),
		    (int)lround(d->y - height(d, so_far)));
	}
	buf_printf(&path, " H%d", (int)lround(place(d, d->last + 1)));
	markup_open(m, "path");
	markup_attr(m, "d", buf_text(&path));
	markup_attr(m, "class", "curve");
	markup_void(m);
	buf_free(&path);
}

/* All lines before all names, which have an edge of paper around them. */
static void
put_waves(struct markup *m, const struct days *d)
{
	for (size_t i = 0; i < d->nwave; i++) {
		double x = place(d, d->wave[i].day);

		svg_line(m, x, 21 + d->wave[i].lane * LANE, x, d->y, "mark");
	}
	for (size_t i = 0; i < d->nwave; i++)
		svg_text(m, d->wave[i].x, 16 + d->wave[i].lane * LANE, SVG_START,
		    "wave", d->wave[i].text);
}

static const char *
described(const struct days *d)
{
	struct buf waves = BUF(BUF_ANY);
	const char *arg[4], *ret;
	char iso[11];

	for (size_t i = 0; i < d->t->nrow; i++)
		if (day_of(d->t, i) != DATE_NONE &&
		    chart_shown(d->t, i, "wave")[0] != '\0')
			buf_printf(&waves, "%s%s %s", waves.len > 0 ? "; " : "",
			    chart_shown(d->t, i, "wave"), d->t->row[i].key);
	arg[0] = arena_str(d->t->arena, date_iso(d->first, iso));
	arg[1] = arena_str(d->t->arena, date_iso(d->last, iso));
	arg[2] = chart_number(d->t, d->most, 0);
	arg[3] = waves.len > 0 ? arena_str(d->t->arena, buf_text(&waves)) : "-";
	ret = arena_printf(d->t->arena, "%s %s", rword_fill(d->t->arena,
	    R_DAYS_DAILY, d->t->lang, arg, 4), rword(R_TABLE_UNDER, d->t->lang));
	buf_free(&waves);
	return ret;
}

int
chart_days(struct markup *m, const char *id, const struct table *t)
{
	struct days d = { .most = 0 };

	if (!read_days(&d, t))
		return 0;
	svg_begin(m, id, d.y + BELOW - 16, rword(R_DAYS_TITLE, t->lang),
	    described(&d));
	put_axes(m, &d);
	put_waves(m, &d);
	put_curve(m, &d);
	markup_close(m);
	return 1;
}
