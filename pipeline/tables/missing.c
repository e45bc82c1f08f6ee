#include <stdlib.h>

#include "pipeline/tables/hide.h"
#include "pipeline/tables/rates.h"
#include "pipeline/tables/stat.h"
#include "pipeline/tables/tally.h"

#include "pipeline/tables/making.h"

/*
 * missing -- who is missing: the frame against those drawn, delivered and
 * answered, category by category.
 *
 * The difference is per cent of the answered less per cent of the frame.  The
 * chi-square is of answered and not answered among the delivered, by category:
 * the answered are a part of the frame, so that frame against answered would be
 * no test.
 */

static const enum var_kind looked_at[] = {
	VAR_COUNTY, VAR_GROUP, VAR_FORM, VAR_EMPLOYEES
};
enum { LOOKED_AT = sizeof(looked_at) / sizeof(looked_at[0]) };

static void
put_row(const struct making *m, struct table *t, const struct tally *y, size_t i,
    int hidden)
{
	struct tally_cell n = tally_row(y, i), all = tally_all(y);
	int64_t delivered = n.sent - n.returned;
	double low, high;

	table_row(t, TABLE_BODY, arena_printf(m->arena, "%s/%s", y->row.name,
	    y->rkey[i]));
	if (i == 0)
		table_add_text(t, y->row.label);
	else
		table_add_empty(t);
	table_add_text(t, var_label(m, &y->row, y->rkey[i]));
	table_add_count(t, n.frame);
	table_add_count(t, n.drawn);
	table_add_count(t, delivered);
	if (hidden)
		table_add_sign(t, ":");
	else
		table_add_count(t, n.answered);
	table_add_percent(t, n.frame, all.frame, 1);
	table_add_percent(t, delivered, all.sent - all.returned, 1);
	if (hidden) {
		for (int c = 0; c < 5; c++)
			table_add_sign(t, ":");
		return;
	}
	table_add_percent(t, n.answered, all.answered, 1);
	/* points: 100 (a / A - f / F), exactly */
	table_add_ratio(t, 100 * (n.answered * all.frame - n.frame *
	    all.answered), all.answered * all.frame, 1);
	table_add_percent(t, n.answered, delivered < 0 ? 0 : delivered, 1);
	interval_wilson((double)n.answered, (double)delivered, &low, &high);
	table_add_share(t, low);
	table_add_share(t, high);
}

/* The answered of each category and their sum: which are not shown? */
static unsigned char *
hidden(const struct making *m, const struct tally *y)
{
	int64_t *n = arena_alloc(m->arena, (y->nr + 1) * sizeof(*n));
	unsigned char *h = arena_alloc(m->arena, y->nr + 1);

	for (size_t i = 0; i < y->nr; i++) {
		n[i] = tally_row(y, i).answered;
		n[y->nr] += n[i];
	}
	hide_mark(n, y->nr + 1, 1, m->study->small, h);
	return h;
}

static struct stat_chi2
test(const struct tally *y)
{
	int64_t *n = mem_array(2 * y->nr + 1, sizeof(*n));
	struct stat_chi2 s;

	for (size_t i = 0; i < y->nr; i++) {
		struct tally_cell c = tally_row(y, i);
		int64_t rest = c.sent - c.returned - c.answered;

		n[2 * i] = c.answered;
		n[2 * i + 1] = rest > 0 ? rest : 0;
	}
	s = stat_chi2(n, y->nr, 2);
	free(n);
	return s;
}

static void
put_test(const struct making *m, struct table *t, const struct tally *y,
    struct json *j)
{
	struct stat_chi2 s = test(y);
	const char *arg[6];

	arg[0] = y->row.label;
	arg[1] = table_real(t, s.chi2, 2);
	arg[2] = table_count(t, s.df);
	arg[3] = s.p < 0.0005 ? "< 0.001" :
	    arena_printf(m->arena, "= %s", table_real(t, s.p, 3));
	if (s.p < 0.0005 && t->lang == LANG_NB)
		arg[3] = "< 0,001";
	arg[4] = table_real(t, s.v, 3);
	arg[5] = table_count(t, s.low);
	if (s.df > 0)
		table_note(t, s.low > 0 ? WORD_NOTE_CHI2_LOW : WORD_NOTE_CHI2, arg,
		    6);
	if (j == NULL)
		return;
	json_object(j);
	json_kstr(j, "variable", y->row.name);
	json_kreal(j, "chi2", s.chi2);
	json_kint(j, "df", s.df);
	json_kreal(j, "p", s.p);
	json_kreal(j, "cramers_v", s.v);
	json_kint(j, "expected_under_5", s.low);
	json_end(j);
}

static void
heading(const struct making *m, struct table *t)
{
	static const enum word cols[] = { WORD_KEPT, WORD_DRAWN, WORD_DELIVERED,
		WORD_ANSWERED, WORD_KEPT_SHARE, WORD_DELIVERED_SHARE,
		WORD_ANSWERED_SHARE, WORD_DIFFERENCE, WORD_GROSS_RATE, WORD_FROM,
		WORD_TO };

	table_title(t, WORD_TITLE_MISSING, making_label(m, &m->study->title));
	table_column(t, words_key(WORD_VARIABLE), words_text(WORD_VARIABLE,
	    t->lang), TABLE_LEFT);
	table_column(t, words_key(WORD_CATEGORY), words_text(WORD_CATEGORY,
	    t->lang), TABLE_LEFT);
	for (size_t i = 0; i < sizeof(cols) / sizeof(cols[0]); i++)
		table_column(t, words_key(cols[i]), words_text(cols[i], t->lang),
		    TABLE_RIGHT);
}

int
missing_make(const struct making *m, struct table **ret, struct json *j,
    struct err *err)
{
	struct table *t = table_new("missing", m->w->lang);
	struct var v[LOOKED_AT];
	struct tally y[LOOKED_AT];
	const char *arg;
	size_t n;
	int r;

	*ret = NULL;
	heading(m, t);
	for (size_t i = 0; i < LOOKED_AT; i++)
		v[i] = var_of(m, looked_at[i]);
	r = tally_frame(m, v, LOOKED_AT, y, err);
	n = r == 0 ? LOOKED_AT : 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		const unsigned char *h = hidden(m, &y[i]);

		for (size_t k = 0; k < y[i].nr; k++)
			put_row(m, t, &y[i], k, h[k]);
	}
	if (r == 0) {
		table_note(t, WORD_DEF_MISSING, NULL, 0);
		table_note(t, WORD_DEF_CHI2, NULL, 0);
		arg = table_count(t, m->study->small);
		if (m->study->small > 1)
			table_note(t, WORD_DEF_SMALL, &arg, 1);
		if (j != NULL) {
			json_key(j, "tests");
			json_array(j);
		}
		for (size_t i = 0; i < n; i++)
			put_test(m, t, &y[i], j);
		if (j != NULL)
			json_end(j);
		table_end(t, m->counts.register_date);
		*ret = t;
	} else
		table_free(t);
	while (n-- > 0)
		tally_free(&y[n]);
	return r;
}
