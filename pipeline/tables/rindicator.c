#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/store/store.h"
#include "pipeline/tables/hide.h"
#include "pipeline/tables/rind.h"
#include "pipeline/tables/tally.h"

#include "pipeline/tables/making.h"

/*
 * rindicator -- do the answered resemble the delivered?  R-indicator, and the
 * partial indicators of each variable and category (rind.h), from a logistic
 * model of answering among the delivered, main effects of the variables that
 * table "missing" looks at.
 *
 * A variable with one category among the delivered says nothing and is left out
 * of the model; one with too many is left out and named.
 */

static const enum var_kind looked_at[] = {
	VAR_COUNTY, VAR_GROUP, VAR_FORM, VAR_EMPLOYEES
};
enum { LOOKED_AT = sizeof(looked_at) / sizeof(looked_at[0]), CATEGORIES = 90 };

struct model {
	struct tally tally[LOOKED_AT];	/* of the variables that are in it */
	size_t levels[LOOKED_AT];
	size_t vars;
	struct rind_cell *cell;
	size_t cells;
	struct rind r;
};

static size_t
level_of(const struct tally *y, const char *key)
{
	size_t i = 0;

	while (i < y->nr && strcmp(y->rkey[i], key) != 0)
		i++;
	return i;
}

/* Delivered and answered, of the units that are alike in all variables. */
static int
read_cells(const struct making *m, struct model *o, struct err *err)
{
	struct buf sql = BUF(BUF_ANY);
	sqlite3_stmt *q = NULL;
	int r;

	buf_str(&sql, "SELECT count(*), coalesce(sum(d.sent), 0),"
	    " coalesce(sum(d.returned), 0), coalesce(sum(d.state = 'complete'), 0)");
	for (size_t v = 0; v < o->vars; v++)
		buf_printf(&sql, ", coalesce(%s, '')", var_sql(&o->tally[v].row, 1));
	buf_str(&sql, " FROM sample_unit u JOIN frame_unit f ON f.id = u.frame_unit"
	    " LEFT JOIN disposition d ON d.sample_unit = u.id WHERE u.sample = ?1"
	    " GROUP BY 5");
	for (size_t v = 1; v < o->vars; v++)
		buf_printf(&sql, ", %zu", 5 + v);
	r = db_prepare(m->w->db, buf_text(&sql), &q, err);
	buf_free(&sql);
	if (r != 0)
		return -1;
	db_i64(q, 1, m->counts.sample);
	while ((r = db_step(q, err)) == 1) {
		struct rind_cell c = { .answered = sqlite3_column_int64(q, 3) };

		c.n = sqlite3_column_int64(q, 1) - sqlite3_column_int64(q, 2);
		if (c.n < c.answered)
			c.n = c.answered;	/* an answer is a delivery */
		if (c.n == 0)
			continue;
		for (size_t v = 0; v < o->vars; v++)
			c.level[v] = level_of(&o->tally[v], var_category(m,
			    &o->tally[v].row, db_col(q, 4 + (int)v)));
		o->cell = mem_grow(o->cell, o->cells + 1, sizeof(*o->cell));
		o->cell[o->cells++] = c;
	}
	sqlite3_finalize(q);
	return r;
}

/* The variables that tell the units apart; the others are named beneath. */
static int
choose(const struct making *m, struct model *o, struct table *t,
    struct err *err)
{
	for (size_t i = 0; i < LOOKED_AT; i++) {
		struct var v = var_of(m, looked_at[i]);
		struct tally y;

		if (tally_read(m, &v, NULL, TALLY_DRAWN, &y, err) != 0)
			return -1;
		if (y.nr > 1 && y.nr <= CATEGORIES) {
			o->levels[o->vars] = y.nr;
			o->tally[o->vars++] = y;
			continue;
		}
		if (y.nr > CATEGORIES)
			table_note(t, WORD_NOTE_RIND_MANY, &v.label, 1);
		tally_free(&y);
	}
	return 0;
}

static void
add_real(struct table *t, double x)
{
	if (isnan(x))
		table_add_sign(t, ".");
	else
		table_add_ratio(t, (int64_t)llround(x * 1e9), 1000000000, 4);
}

static unsigned char *
hidden(const struct making *m, const struct rind_variable *v, int64_t all)
{
	int64_t *n = arena_alloc(m->arena, (v->levels + 1) * sizeof(*n));
	unsigned char *h = arena_alloc(m->arena, v->levels + 1);

	for (size_t k = 0; k < v->levels; k++)
		n[k] = v->level[k].answered;
	n[v->levels] = all;
	hide_mark(n, v->levels + 1, 1, m->study->small, h);
	return h;
}

static void
put_variable(const struct making *m, struct table *t, const struct model *o,
    size_t i)
{
	const struct rind_variable *v = &o->r.var[i];
	const struct tally *y = &o->tally[i];
	const unsigned char *h = hidden(m, v, o->r.answered);
	int any = 0;

	for (size_t k = 0; k < v->levels; k++) {
		const struct rind_level *l = &v->level[k];

		if (l->n == 0)
			continue;
		table_row(t, TABLE_BODY, arena_printf(m->arena, "%s/%s",
		    y->row.name, y->rkey[k]));
		if (any++ == 0)
			table_add_text(t, y->row.label);
		else
			table_add_empty(t);
		table_add_text(t, var_label(m, &y->row, y->rkey[k]));
		table_add_count(t, l->n);
		if (h[k]) {
			for (int c = 0; c < 4; c++)
				table_add_sign(t, ":");
			continue;
		}
		table_add_count(t, l->answered);
		table_add_percent(t, l->answered, l->n, 1);
		add_real(t, l->unconditional);
		add_real(t, l->conditional);
	}
	table_row(t, TABLE_SUBTOTAL, y->row.name);
	table_add_text(t, y->row.label);
	table_add_text(t, words_text(WORD_ALL, t->lang));
	table_add_count(t, o->r.n);
	table_add_count(t, o->r.answered);
	table_add_percent(t, o->r.answered, o->r.n, 1);
	add_real(t, v->unconditional);
	add_real(t, v->conditional);
}

static void
put_whole(struct table *t, const struct model *o, struct json *j)
{
	const struct rind *r = &o->r;
	const char *arg[4];

	table_row(t, TABLE_TOTAL, "rindicator");
	table_add_text(t, words_text(WORD_RIND, t->lang));
	table_add_empty(t);
	table_add_count(t, r->n);
	table_add_count(t, r->answered);
	table_add_percent(t, r->answered, r->n, 1);
	table_add_empty(t);
	table_add_empty(t);
	add_real(t, r->r);
	arg[0] = table_real(t, r->r, 3);
	arg[1] = table_real(t, r->r_unadjusted, 3);
	arg[2] = table_real(t, r->cv, 3);
	arg[3] = table_real(t, r->cv_unadjusted, 3);
	table_note(t, WORD_NOTE_RIND, arg, 4);
	if (r->model == RIND_LINEAR)
		table_note(t, WORD_NOTE_RIND_LINEAR, NULL, 0);
	if (j == NULL)
		return;
	json_key(j, "rindicator");
	json_object(j);
	json_kreal(j, "r", r->r);
	json_kreal(j, "r_unadjusted", r->r_unadjusted);
	json_kreal(j, "cv", r->cv);
	json_kreal(j, "cv_unadjusted", r->cv_unadjusted);
	json_kreal(j, "bias_factor", r->factor);
	json_kreal(j, "mean_propensity", r->mean);
	json_kint(j, "units", r->n);
	json_kint(j, "answered", r->answered);
	json_kstr(j, "model", r->model == RIND_LINEAR ? "linear" : "logistic");
	json_end(j);
}

static void
heading(const struct making *m, struct table *t)
{
	static const enum word cols[] = { WORD_DELIVERED, WORD_ANSWERED,
		WORD_GROSS_RATE, WORD_RIND_ALONE, WORD_RIND_BESIDE, WORD_RIND_R };

	table_title(t, WORD_TITLE_RIND, making_label(m, &m->study->title));
	table_column(t, words_key(WORD_VARIABLE), words_text(WORD_VARIABLE,
	    t->lang), TABLE_LEFT);
	table_column(t, words_key(WORD_CATEGORY), words_text(WORD_CATEGORY,
	    t->lang), TABLE_LEFT);
	for (size_t i = 0; i < sizeof(cols) / sizeof(cols[0]); i++)
		table_column(t, words_key(cols[i]), words_text(cols[i], t->lang),
		    TABLE_RIGHT);
}

int
rindicator_make(const struct making *m, struct table **ret, struct json *j,
    struct err *err)
{
	struct table *t = table_new("rindicator", m->w->lang);
	struct model o;
	const char *arg;
	int r;

	memset(&o, 0, sizeof(o));
	*ret = NULL;
	heading(m, t);
	r = choose(m, &o, t, err);
	if (r == 0 && o.vars > 0)
		r = read_cells(m, &o, err);
	if (r == 0 && (o.vars == 0 || rind_compute(&o.r, o.cell, o.cells, o.levels,
	    o.vars, RIND_LOGISTIC) != 0))
		table_warning(t, WORD_WARN_NO_RIND, NULL, 0);
	else if (r == 0) {
		for (size_t i = 0; i < o.vars; i++)
			put_variable(m, t, &o, i);
		put_whole(t, &o, j);
		rind_free(&o.r);
	}
	if (r == 0) {
		table_note(t, WORD_DEF_RIND, NULL, 0);
		table_note(t, WORD_DEF_RIND_PARTIAL, NULL, 0);
		arg = table_count(t, m->study->small);
		if (m->study->small > 1)
			table_note(t, WORD_DEF_SMALL, &arg, 1);
		table_end(t, m->counts.register_date);
		*ret = t;
	} else
		table_free(t);
	while (o.vars-- > 0)
		tally_free(&o.tally[o.vars]);
	free(o.cell);
	return r;
}
