#include <math.h>

#include "pipeline/tables/hide.h"
#include "pipeline/tables/rates.h"
#include "pipeline/tables/stat.h"
#include "pipeline/tables/tally.h"

#include "pipeline/tables/making.h"

/*
 * cross -- those who answered, by one variable or by two; and response rates by
 * one variable of the frame.
 *
 * No per cent under a base of BASE_LEAST; one decimal from BASE_FINE on.
 */

enum { BASE_LEAST = 20, BASE_FINE = 200, COLUMNS = 60 };

static void
put_percent(struct table *t, int64_t n, int64_t base)
{
	if (base < BASE_LEAST)
		table_add_sign(t, base == 0 ? "." : "..");
	else
		table_add_percent(t, n, base, base >= BASE_FINE);
}

static void
put_pair(struct table *t, int64_t n, int64_t base, int hidden, int base_hidden)
{
	if (hidden)
		table_add_sign(t, ":");
	else
		table_add_count(t, n);
	/* of a per cent and its count the sum follows */
	if (hidden || base_hidden)
		table_add_sign(t, ":");
	else
		put_percent(t, n, base);
}

/* The counts with their sums: [(nr + 1) * (nc + 1)], or * 1 without columns. */
struct grid {
	int64_t *n;
	unsigned char *hidden;
	size_t rows, columns;
};

static struct grid
grid_of(const struct making *m, const struct tally *y)
{
	struct grid g = { .rows = y->nr + 1,
		.columns = y->column.label != NULL ? y->nc + 1 : 1 };

	g.n = arena_alloc(m->arena, g.rows * g.columns * sizeof(*g.n));
	g.hidden = arena_alloc(m->arena, g.rows * g.columns);
	for (size_t i = 0; i < y->nr; i++) {
		for (size_t k = 0; k + 1 < g.columns; k++)
			g.n[i * g.columns + k] = y->cell[i * y->nc + k].answered;
		g.n[(i + 1) * g.columns - 1] = tally_row(y, i).answered;
	}
	for (size_t i = 0; i < y->nr; i++)
		for (size_t k = 0; k < g.columns; k++)
			g.n[y->nr * g.columns + k] += g.n[i * g.columns + k];
	hide_mark(g.n, g.rows, g.columns, m->study->small, g.hidden);
	return g;
}

static void
cross_heading(const struct making *m, struct table *t, const struct tally *y)
{
	const char *title[3] = { making_label(m, &m->study->title), y->row.label,
		y->column.label };

	table_title_n(t, y->column.label != NULL ? WORD_TITLE_CROSS_BY :
	    WORD_TITLE_CROSS, title, 3);
	table_column(t, "category", y->row.label, TABLE_LEFT);
	for (size_t k = 0; y->column.label != NULL && k < y->nc; k++) {
		const char *label = var_label(m, &y->column, y->ckey[k]);

		table_column(t, arena_printf(m->arena, "n_%s", y->ckey[k]), label,
		    TABLE_RIGHT);
		table_column(t, arena_printf(m->arena, "pc_%s", y->ckey[k]),
		    arena_printf(m->arena, "%s %%", label), TABLE_RIGHT);
	}
	table_column(t, "n", words_text(WORD_ALL, t->lang), TABLE_RIGHT);
	table_column(t, "pc", arena_printf(m->arena, "%s %%",
	    words_text(WORD_ALL, t->lang)), TABLE_RIGHT);
}

static void
cross_rows(const struct making *m, struct table *t, const struct tally *y)
{
	struct grid g = grid_of(m, y);
	const int64_t *base = g.n + y->nr * g.columns;
	const unsigned char *base_hidden = g.hidden + y->nr * g.columns;
	const char *arg[1];

	for (size_t i = 0; i < g.rows; i++) {
		if (i < y->nr && tally_row(y, i).answered == 0)
			continue;
		table_row(t, i < y->nr ? TABLE_BODY : TABLE_TOTAL, i < y->nr ?
		    y->rkey[i] : words_key(WORD_ALL));
		table_add_text(t, i < y->nr ? var_label(m, &y->row, y->rkey[i]) :
		    words_text(WORD_ALL, t->lang));
		for (size_t k = 0; k < g.columns; k++)
			put_pair(t, g.n[i * g.columns + k], base[k],
			    g.hidden[i * g.columns + k], base_hidden[k]);
	}
	arg[0] = table_count(t, m->study->small);
	if (m->study->small > 1)
		table_note(t, WORD_DEF_SMALL, arg, 1);
}

/* Left out where a cell is hidden: with the other cells it would tell. */
static void
cross_test(const struct making *m, struct table *t, const struct tally *y,
    struct json *j)
{
	int64_t *n = arena_alloc(m->arena, (y->nr * y->nc + 1) * sizeof(*n));
	struct grid g = grid_of(m, y);
	struct stat_chi2 s;
	const char *arg[4];

	for (size_t i = 0; i < y->nr * y->nc; i++)
		n[i] = y->cell[i].answered;
	s = stat_chi2(n, y->nr, y->nc);
	for (size_t i = 0; i < g.rows * g.columns; i++)
		if (g.hidden[i])
			s = (struct stat_chi2){ NAN, NAN, NAN, 0, 0 };
	arg[0] = table_real(t, s.chi2, 2);
	arg[1] = table_count(t, s.df);
	arg[2] = table_real(t, s.p, 3);
	arg[3] = table_real(t, s.v, 3);
	if (s.df > 0)
		table_note(t, WORD_NOTE_CROSS_CHI2, arg, 4);
	if (j == NULL)
		return;
	json_key(j, "test");
	json_object(j);
	json_kreal(j, "chi2", s.chi2);
	json_kint(j, "df", s.df);
	json_kreal(j, "p", s.p);
	json_kreal(j, "cramers_v", s.v);
	json_end(j);
}

int
cross_make(const struct making *m, struct table **ret, struct json *j,
    struct err *err)
{
	struct var row, column = { .label = NULL };
	struct tally y;
	struct table *t;

	*ret = NULL;
	if (m->var == NULL)
		return err_set(err, EX_USAGE, "cross wants a variable: utvalg table "
		    "%s cross VAR [--by VAR]", m->study->name);
	if (var_find(m, m->var, 1, &row, err) != 0 || (m->by != NULL &&
	    var_find(m, m->by, 1, &column, err) != 0) ||
	    tally_read(m, &row, m->by != NULL ? &column : NULL, TALLY_ANSWERED,
	    &y, err) != 0)
		return -1;
	if (m->by != NULL && y.nc > COLUMNS) {
		tally_free(&y);
		return err_set(err, EX_DATAERR, "%.60s has more than %d values: too "
		    "many columns", column.name, COLUMNS);
	}
	t = table_new("cross", m->w->lang);
	cross_heading(m, t, &y);
	cross_rows(m, t, &y);
	table_note(t, WORD_DEF_CROSS, NULL, 0);
	if (row.kind == VAR_ACCOUNTS || column.kind == VAR_ACCOUNTS)
		table_note(t, WORD_DEF_ACCOUNTS, NULL, 0);
	if (m->by != NULL)
		cross_test(m, t, &y, j);
	table_end(t, m->counts.register_date);
	tally_free(&y);
	*ret = t;
	return 0;
}

/* --- rates --by -------------------------------------------------------------- */

static int
rates_row(const struct making *m, struct table *t, enum table_kind kind,
    const char *key, const char *label, const struct tally_cell *n,
    int64_t not_located, int hidden, struct err *err)
{
	struct rates_line line = { n->sent, n->returned, not_located, n->answered,
		m->active.num, m->active.den };
	struct rates_study s;
	const char *arg[1] = { label };

	if (rates_study(&line, &s, err) != 0)
		return -1;
	table_row(t, kind, key);
	table_add_text(t, label);
	table_add_count(t, n->sent);
	table_add_count(t, n->returned + not_located);
	table_add_count(t, s.delivered);
	if (hidden) {
		for (int i = 0; i < 5; i++)
			table_add_sign(t, ":");
		return 0;
	}
	table_add_count(t, n->answered);
	table_add_percent(t, s.gross_num, s.gross_den, 1);
	table_add_share(t, s.gross_low);
	table_add_share(t, s.gross_high);
	if (m->active.num == 0)
		table_add_sign(t, "..");
	else
		table_add_percent(t, s.net_num, s.net_den, 1);
	if (s.flags & RATES_OVER_ACTIVE)
		table_warning(t, WORD_WARN_BY_OVER, arg, 1);
	return 0;
}

static void
rates_heading(const struct making *m, struct table *t, const struct var *v)
{
	static const enum word cols[] = { WORD_SENT, WORD_RETURNED, WORD_DELIVERED,
		WORD_ANSWERED, WORD_GROSS_RATE, WORD_FROM, WORD_TO,
		WORD_NET_RATE };
	const char *title[2] = { making_label(m, &m->study->title), v->label };

	table_title_n(t, WORD_TITLE_RATES_BY, title, 2);
	table_column(t, "category", v->label, TABLE_LEFT);
	for (size_t i = 0; i < sizeof(cols) / sizeof(cols[0]); i++)
		table_column(t, words_key(cols[i]), words_text(cols[i], t->lang),
		    TABLE_RIGHT);
}

int
rates_by_make(const struct making *m, struct table **ret, struct json *j,
    struct err *err)
{
	struct var v;
	struct tally y;
	struct tally_cell all;
	struct table *t;
	const char *arg[1];
	struct grid g;
	int r = 0;

	(void)j;
	*ret = NULL;
	if (var_find(m, m->by, 0, &v, err) != 0 ||
	    tally_read(m, &v, NULL, TALLY_DRAWN, &y, err) != 0)
		return -1;
	t = table_new("rates_by", m->w->lang);
	rates_heading(m, t, &v);
	all = tally_all(&y);
	g = grid_of(m, &y);
	for (size_t i = 0; r == 0 && i < y.nr; i++) {
		struct tally_cell n = tally_row(&y, i);

		if (n.drawn > 0)
			r = rates_row(m, t, TABLE_BODY, y.rkey[i],
			    var_label(m, &v, y.rkey[i]), &n, 0, g.hidden[i],
			    err);
	}
	if (r == 0)
		r = rates_row(m, t, TABLE_TOTAL, words_key(WORD_TOTAL),
		    words_text(WORD_TOTAL, t->lang), &all,
		    m->counts.not_located, g.hidden[y.nr], err);
	tally_free(&y);
	if (r != 0) {
		table_free(t);
		return -1;
	}
	arg[0] = table_count(t, m->counts.not_located);
	table_note(t, WORD_DEF_DELIVERED, arg, 1);
	table_note(t, WORD_DEF_ANSWERED, NULL, 0);
	table_note(t, WORD_DEF_GROSS_RATE, NULL, 0);
	table_note(t, WORD_DEF_BY_INTERVAL, NULL, 0);
	arg[0] = table_count(t, m->study->small);
	if (m->study->small > 1)
		table_note(t, WORD_DEF_SMALL, arg, 1);
	if (v.kind == VAR_ACCOUNTS)
		table_note(t, WORD_DEF_ACCOUNTS, NULL, 0);
	table_end(t, m->counts.register_date);
	*ret = t;
	return 0;
}
