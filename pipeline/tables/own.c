#include <stdlib.h>
#include <string.h>

#include "pipeline/tables/hide.h"
#include "pipeline/tables/tally.h"

#include "pipeline/tables/making.h"

/*
 * own -- a table of those who answered, as the study file defines it (study.h,
 * struct study_table): the report's Tables 7-6 to 7-9.
 */

enum { BASE_LEAST = 20, BASE_FINE = 200, VALUES = 2000 };

struct own {
	const struct study_table *how;
	struct tally tally;		/* of raw values, by area */
	size_t nc;			/* columns: areas and all, or all */
	const char **value;		/* in printed order */
	size_t nv;
	int64_t *count;			/* [(nv + 1) * nc]; the last row is the sum */
	int64_t *none;			/* [nc] no answer */
	int64_t *answered;		/* [nc] */
	unsigned char *hidden, *base_hidden;
};

/* Is the value one that is no answer, or cannot be told? */
static int
says_nothing(const struct own *o, const char *key)
{
	return key[0] == '\0' || (o->tally.row.kind == VAR_ACCOUNTS &&
	    o->how->base == STUDY_BASE_SAID && strcmp(key, "unknown") == 0);
}

/* The next answer in a field; NULL at its end.  Outer blanks are no part. */
static const char *
next_answer(const struct making *m, const struct own *o, const char **at)
{
	const char *s = *at, *end;
	size_t n;

	if (s == NULL || *s == '\0')
		return NULL;
	end = o->how->several != NULL ? strstr(s, o->how->several) : NULL;
	n = end != NULL ? (size_t)(end - s) : strlen(s);
	*at = end != NULL ? end + strlen(o->how->several) : NULL;
	while (n > 0 && (*s == ' ' || *s == '\t')) {
		s++;
		n--;
	}
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	return n == 0 ? next_answer(m, o, at) : arena_strn(m->arena, s, n);
}

static size_t
rank(const struct own *o, const char *value)
{
	size_t i = 0;

	while (i < o->how->norder && strcmp(o->how->order[i].text, value) != 0)
		i++;
	return i;
}

static int
order(const struct making *m, const struct own *o, const char *a, const char *b)
{
	size_t x = rank(o, a), y = rank(o, b);
	int c;

	if (x != y)
		return x < y ? -1 : 1;
	c = var_order(m, &o->tally.row, a, b);
	return c != 0 ? c : strcmp(a, b);
}

/* Put a value into the list, once; -1: too many. */
static int
add_value(const struct making *m, struct own *o, const char *value)
{
	size_t i = 0;

	while (i < o->nv && order(m, o, o->value[i], value) < 0)
		i++;
	if (i < o->nv && strcmp(o->value[i], value) == 0)
		return 0;
	if (o->nv == VALUES)
		return -1;
	o->value = mem_grow(o->value, o->nv + 1, sizeof(*o->value));
	memmove(o->value + i + 1, o->value + i, (o->nv - i) * sizeof(*o->value));
	o->value[i] = value;
	o->nv++;
	return 0;
}

static int
find_values(const struct making *m, struct own *o, struct err *err)
{
	for (size_t i = 0; i < o->how->norder; i++)
		if (add_value(m, o, o->how->order[i].text) != 0)
			goto many;
	for (size_t i = 0; i < o->tally.nr; i++) {
		const char *at = o->tally.rkey[i], *v;

		if (says_nothing(o, at) || tally_row(&o->tally, i).answered == 0)
			continue;
		while ((v = next_answer(m, o, &at)) != NULL)
			if (add_value(m, o, v) != 0)
				goto many;
	}
	return 0;
many:
	return err_set(err, EX_DATAERR, "table %s has more than %d values",
	    o->how->name, VALUES);
}

/* One field's answers, each value once, into a column. */
static void
count_field(const struct making *m, struct own *o, const char *field, size_t c,
    int64_t n)
{
	unsigned char *seen = arena_alloc(m->arena, o->nv + 1);
	const char *at = field, *v;
	int said = 0;

	o->answered[c] += n;
	while (!says_nothing(o, field) && (v = next_answer(m, o, &at)) != NULL) {
		size_t i = 0;

		said = 1;
		while (strcmp(o->value[i], v) != 0)
			i++;
		if (!seen[i]) {
			o->count[i * o->nc + c] += n;
			o->count[o->nv * o->nc + c] += n;
		}
		seen[i] = 1;
	}
	if (!said)
		o->none[c] += n;
}

static size_t
column_of(const struct making *m, const struct own *o, const char *area)
{
	size_t c = 0;

	while (c + 1 < o->nc &&
	    strcmp(m->study->area[m->study->rates_area[c]].name, area) != 0)
		c++;
	return c;
}

static void
count(const struct making *m, struct own *o)
{
	const struct tally *y = &o->tally;

	o->nc = o->how->areas ? m->study->narea + 1 : 1;
	o->count = mem_array((o->nv + 2) * o->nc, sizeof(*o->count));
	o->none = mem_array(o->nc, sizeof(*o->none));
	o->answered = mem_array(o->nc, sizeof(*o->answered));
	for (size_t i = 0; i < y->nr; i++)
		for (size_t k = 0; k < y->nc; k++) {
			int64_t n = y->cell[i * y->nc + k].answered;
			size_t c = column_of(m, o, y->ckey[k]);

			if (n > 0 && c + 1 < o->nc)
				count_field(m, o, y->rkey[i], c, n);
			if (n > 0)
				count_field(m, o, y->rkey[i], o->nc - 1, n);
		}
}

static int64_t
base(const struct own *o, size_t c)
{
	return o->answered[c] - (o->how->base == STUDY_BASE_SAID ? o->none[c] : 0);
}

/*
 * A row for no answer is a row like others to who would work out a small one,
 * and so is the row n.  Where several answers are allowed the sum of the ticks
 * is printed, and n is a row of its own.
 */
static void
hide(struct own *o)
{
	int with_none = o->how->base == STUDY_BASE_ANSWERED;
	size_t rows = o->nv + 1 + (size_t)with_none;
	int64_t *all = mem_array(rows * o->nc, sizeof(*all));
	int64_t *n = mem_array(o->nc, sizeof(*n));

	o->hidden = mem_array(rows * o->nc, 1);
	o->base_hidden = mem_array(o->nc, 1);
	memcpy(all, o->count, o->nv * o->nc * sizeof(*all));
	for (size_t c = 0; c < o->nc; c++) {
		if (with_none)
			all[o->nv * o->nc + c] = o->none[c];
		for (size_t i = 0; i + 1 < rows; i++)
			all[(rows - 1) * o->nc + c] += all[i * o->nc + c];
		n[c] = base(o, c);
	}
	hide_mark(all, rows, o->nc, o->how->small, o->hidden);
	hide_mark(n, 1, o->nc, o->how->small, o->base_hidden);
	for (size_t c = 0; c < o->nc; c++) {
		unsigned char *sum = &o->hidden[(rows - 1) * o->nc + c];

		/* a base that is not shown shows no per cent either */
		for (size_t i = 0; o->base_hidden[c] && i < rows; i++)
			o->hidden[i * o->nc + c] = 1;
		if (*sum && o->how->several == NULL)
			o->base_hidden[c] = 1;
	}
	free(all);
	free(n);
}

static void
put(struct table *t, const struct own *o, int64_t n, size_t c, int hidden)
{
	int64_t b = base(o, c);

	if (hidden)
		table_add_sign(t, ":");
	else if (o->how->decimals < 0 && b < BASE_LEAST)
		table_add_sign(t, b == 0 ? "." : "..");
	else
		table_add_percent(t, n, b, o->how->decimals < 0 ?
		    b >= BASE_FINE : o->how->decimals);
}

static const char *
label_of(const struct making *m, const struct own *o, const char *value)
{
	for (size_t i = 0; i < o->how->nvalue; i++) {
		const struct study_label *l = &o->how->value[i].label;

		if (strcmp(o->how->value[i].value, value) != 0)
			continue;
		if (m->w->lang == LANG_EN && l->en != NULL)
			return l->en;
		return l->nb != NULL ? l->nb : value;
	}
	return var_label(m, &o->tally.row, value);
}

static void
rows(const struct making *m, struct table *t, const struct own *o)
{
	int with_none = o->how->base == STUDY_BASE_ANSWERED;
	size_t last = o->nv + (size_t)with_none;

	for (size_t i = 0; i < o->nv; i++) {
		table_row(t, TABLE_BODY, o->value[i]);
		table_add_text(t, label_of(m, o, o->value[i]));
		for (size_t c = 0; c < o->nc; c++)
			put(t, o, o->count[i * o->nc + c], c,
			    o->hidden[i * o->nc + c]);
	}
	if (with_none && o->none[o->nc - 1] > 0) {
		table_row(t, TABLE_BODY, words_key(WORD_UNANSWERED));
		table_add_text(t, words_text(WORD_UNANSWERED, t->lang));
		for (size_t c = 0; c < o->nc; c++)
			put(t, o, o->none[c], c, o->hidden[o->nv * o->nc + c]);
	}
	table_row(t, TABLE_TOTAL, words_key(WORD_ALL));
	table_add_text(t, words_text(WORD_ALL, t->lang));
	for (size_t c = 0; c < o->nc; c++)
		put(t, o, o->how->several == NULL ? base(o, c) :
		    o->count[o->nv * o->nc + c], c, o->base_hidden[c] ||
		    (o->how->several != NULL && o->hidden[last * o->nc + c]));
	table_row(t, TABLE_TOTAL, words_key(WORD_ROW_N));
	table_add_text(t, words_text(WORD_ROW_N, t->lang));
	for (size_t c = 0; c < o->nc; c++)
		if (o->base_hidden[c])
			table_add_sign(t, ":");
		else
			table_add_count(t, base(o, c));
}

static struct table *
lay_out(const struct making *m, const struct own *o)
{
	struct table *t = table_new(o->how->name, m->w->lang);
	const char *arg[2] = { making_label(m, &m->study->title),
		making_label(m, &o->how->title) };

	table_title_n(t, WORD_TITLE_OWN, arg, 2);
	table_column(t, "value", "", TABLE_LEFT);
	for (size_t c = 0; c + 1 < o->nc; c++) {
		const struct study_area *a =
		    &m->study->area[m->study->rates_area[c]];

		table_column(t, arena_printf(m->arena, "area_%s", a->name),
		    making_label(m, &a->short_label), TABLE_RIGHT);
	}
	table_column(t, words_key(WORD_ALL), words_text(WORD_ALL, m->w->lang),
	    TABLE_RIGHT);
	rows(m, t, o);
	/* left out is a count of answers too, and from n and all it follows */
	arg[0] = o->base_hidden[o->nc - 1] || (o->none[o->nc - 1] > 0 &&
	    o->none[o->nc - 1] < o->how->small) ? ":" :
	    table_count(t, o->none[o->nc - 1]);
	table_note(t, o->how->base == STUDY_BASE_SAID ? WORD_DEF_BASE_SAID :
	    WORD_DEF_BASE_ANSWERED, arg, 1);
	table_note(t, o->how->several != NULL ? WORD_DEF_SEVERAL :
	    WORD_DEF_ROUNDED, NULL, 0);
	if (o->tally.row.kind == VAR_ACCOUNTS)
		table_note(t, WORD_DEF_ACCOUNTS, NULL, 0);
	arg[0] = table_count(t, o->how->small);
	if (o->how->small > 1)
		table_note(t, WORD_DEF_SMALL, arg, 1);
	table_end(t, m->counts.register_date);
	return t;
}

int
own_make(const struct making *m, struct table **ret, struct json *j,
    struct err *err)
{
	struct var row, area = var_of(m, VAR_AREA);
	struct own o = { .nv = 0 };
	int r;

	(void)j;			/* its cells say num and den */
	*ret = NULL;
	for (size_t i = 0; i < m->study->ntable; i++)
		if (strcmp(m->study->table[i].name, m->var) == 0)
			o.how = &m->study->table[i];
	if (o.how == NULL)
		return err_set(err, EX_SOFTWARE, "the study has no such table");
	if (var_find(m, o.how->rows, 1, &row, err) != 0)
		return err_set(err, EX_CONFIG, "[table %s]: rows: %.300s",
		    o.how->name, arena_str(m->arena, err->text));
	if (tally_read(m, &row, &area, TALLY_ANSWERED, &o.tally, err) != 0)
		return -1;
	r = find_values(m, &o, err);
	if (r == 0) {
		count(m, &o);
		hide(&o);
		*ret = lay_out(m, &o);
	}
	free(o.hidden);
	free(o.base_hidden);
	free(o.count);
	free(o.none);
	free(o.answered);
	free(o.value);
	tally_free(&o.tally);
	return r;
}
