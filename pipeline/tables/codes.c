#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "nace/nace.h"
#include "pipeline/store/store.h"

#include "pipeline/tables/making.h"

/*
 * codes -- the report's Table 7-1: each written code with what it became and
 * the units that came by it.
 *
 * The translation is computed from the study file and the code lists, the units
 * are the frame's.  A register code that several written codes lead to is
 * counted once, under the first that keeps it, as when the frame was made.
 */

struct units { int64_t population, kept; };

struct codes {
	const struct nace *nace;
	struct nace *own;		/* loaded here, or NULL */
	struct nace_written *written;
	const struct study_word **word;	/* of each */
	size_t n;
	struct nace_plan *plan;
	unsigned char **out;		/* [code][k]: target k is taken out */
	size_t *counted;		/* [target]: 1 + the code it is under */
	struct units *units;		/* [target] */
	struct units lists, elsewhere;
};

static int
write_out(const struct making *m, struct codes *c, struct err *err)
{
	const struct study *s = m->study;
	enum nace_std std = s->standard == STUDY_SN2007 ? NACE_SN2007 :
	    NACE_SN2025;
	size_t most = 0;

	for (size_t g = 0; g < s->ngroup; g++)
		most += s->group[g].ncode;
	c->written = arena_alloc(m->arena, (most + 1) * sizeof(*c->written));
	c->word = arena_alloc(m->arena, (most + 1) * sizeof(*c->word));
	for (size_t g = 0; g < s->ngroup; g++)
		for (size_t i = 0; i < s->group[g].ncode; i++) {
			c->word[c->n] = &s->group[g].code[i];
			if (nace_parse(c->nace, std, c->word[c->n]->text,
			    &c->written[c->n], err) != 0)
				return -1;
			c->n++;
		}
	c->plan = nace_plan(c->nace, nace_std_at(m->counts.register_date),
	    c->written, c->n);
	return 0;
}

/* One decision of [codes]: "no" takes a target out; the first "yes" of a code
 * takes all out, and then each "yes" back in. */
static void
decide(struct codes *c, const struct nace_item *from, const struct study_target *t,
    unsigned char *only)
{
	int32_t to;

	if (nace_number(t->to, strlen(t->to), &to) != 0)
		return;
	for (size_t i = 0; i < c->n; i++) {
		const struct nace_step *step = &c->plan->step[i];

		if (c->written[i].item != from || !step->translated)
			continue;
		if (t->keep && !only[i]) {
			only[i] = 1;
			memset(c->out[i], 1, step->ntarget);
		}
		for (size_t k = 0; k < step->ntarget; k++)
			if (c->plan->target[step->target[k]].item->number == to)
				c->out[i][k] = !t->keep;
	}
}

static void
assign(const struct making *m, struct codes *c)
{
	const struct study *s = m->study;
	unsigned char *only = arena_alloc(m->arena, c->n + 1);
	struct nace_written w;
	struct err ignored;

	c->out = arena_alloc(m->arena, (c->n + 1) * sizeof(*c->out));
	c->counted = arena_alloc(m->arena,
	    (c->plan->ntarget + 1) * sizeof(*c->counted));
	c->units = arena_alloc(m->arena,
	    (c->plan->ntarget + 1) * sizeof(*c->units));
	for (size_t i = 0; i < c->n; i++)
		c->out[i] = arena_alloc(m->arena, c->plan->step[i].ntarget + 1);
	for (size_t i = 0; i < s->ntarget; i++)
		if (nace_parse(c->nace, s->standard == STUDY_SN2007 ?
		    NACE_SN2007 : NACE_SN2025, s->target[i].from, &w,
		    &ignored) == 0)
			decide(c, w.item, &s->target[i], only);
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->plan->step[i].ntarget; k++) {
			size_t *under =
			    &c->counted[c->plan->step[i].target[k]];

			if (!c->out[i][k] && *under == 0)
				*under = 1 + i;
		}
}

static int
count(const struct making *m, struct codes *c, struct err *err)
{
	enum { CODES = 100000 };
	struct units *of = arena_alloc(m->arena, CODES * sizeof(*of));
	sqlite3_stmt *q = NULL;
	int r;

	/* no GROUP BY: sorting a million rows takes longer than reading them */
	if (db_prepare(m->w->db, "SELECT substr(source, 1, 5) = 'list:', nace, kept"
	    " FROM frame_unit NOT INDEXED WHERE frame = ?1", &q, err) != 0)
		return -1;
	db_i64(q, 1, m->counts.frame);
	while ((r = db_step(q, err)) == 1) {
		int nace = sqlite3_column_int(q, 1);
		struct units *to = sqlite3_column_int(q, 0) ? &c->lists :
		    &of[nace >= 0 && nace < CODES ? nace : 0];

		to->population++;
		to->kept += sqlite3_column_int64(q, 2);
	}
	sqlite3_finalize(q);
	for (int i = 0; r == 0 && i < CODES; i++) {
		const struct nace_target *t = of[i].population == 0 ? NULL :
		    nace_plan_find(c->plan, i);
		struct units *to = t == NULL ||
		    c->counted[t - c->plan->target] == 0 ? &c->elsewhere :
		    &c->units[t - c->plan->target];

		to->population += of[i].population;
		to->kept += of[i].kept;
	}
	return r;
}

static void
add_units(struct table *t, const struct units *u)
{
	table_add_count(t, u->population);
	table_add_count(t, u->population - u->kept);
	table_add_count(t, u->kept);
}

static const char *
remark(const struct making *m, const struct codes *c, size_t i, size_t k)
{
	size_t target = c->plan->step[i].target[k];
	size_t other = c->plan->target[target].nother;
	struct buf b = BUF(400);
	const char *s, *arg[1];

	if (c->out[i][k])
		return words_text(WORD_TAKEN_OUT, m->w->lang);
	if (c->counted[target] != 1 + i) {
		arg[0] = c->word[c->counted[target] - 1]->text;
		words_fill(&b, WORD_COUNTED_UNDER, m->w->lang, arg, 1);
	} else if (other > 0) {
		arg[0] = arena_printf(m->arena, "%zu", other);
		words_fill(&b, WORD_OVER_COVERS, m->w->lang, arg, 1);
	}
	s = arena_str(m->arena, buf_text(&b));
	buf_free(&b);
	return s;
}

static void
code_rows(const struct making *m, const struct codes *c, struct table *t, size_t i)
{
	const struct nace_step *step = &c->plan->step[i];
	const char *text = c->word[i]->text;

	for (size_t k = 0; k == 0 || k < step->ntarget; k++) {
		const struct nace_item *to = step->ntarget == 0 ? NULL :
		    c->plan->target[step->target[k]].item;

		table_row(t, TABLE_BODY, arena_printf(m->arena, "%s/%s", text,
		    to != NULL ? to->code : "-"));
		if (k == 0) {
			table_add_text(t, text);
			table_add_text(t, c->written[i].item->name);
			table_add_text(t, nace_fate_text(step->fate, m->w->lang));
		} else
			for (int e = 0; e < 3; e++)
				table_add_empty(t);
		if (to == NULL)
			continue;
		table_add_text(t, to->code);
		table_add_text(t, to->name);
		table_add_text(t, remark(m, c, i, k));
		if (c->counted[step->target[k]] == 1 + i && !c->out[i][k])
			add_units(t, &c->units[step->target[k]]);
	}
}

static void
last_row(struct table *t, enum table_kind kind, enum word w,
    const struct units *u)
{
	table_row(t, kind, words_key(w));
	table_add_text(t, words_text(w, t->lang));
	for (int e = 0; e < 5; e++)
		table_add_empty(t);
	add_units(t, u);
}

static struct table *
lay_out(const struct making *m, const struct codes *c)
{
	static const struct { enum word word; enum table_align align; } cols[] = {
		{ WORD_CODE, TABLE_LEFT }, { WORD_CODE_NAME, TABLE_LEFT },
		{ WORD_FATE, TABLE_LEFT }, { WORD_BECAME, TABLE_LEFT },
		{ WORD_BECAME_NAME, TABLE_LEFT }, { WORD_REMARK, TABLE_LEFT },
		{ WORD_POPULATION, TABLE_RIGHT }, { WORD_KEPT_OUT, TABLE_RIGHT },
		{ WORD_KEPT, TABLE_RIGHT } };
	struct table *t = table_new("codes", m->w->lang);
	struct units all = { m->counts.population, m->counts.kept };
	const char *arg[2];

	table_title(t, WORD_TITLE_CODES, making_label(m, &m->study->title));
	for (size_t i = 0; i < sizeof(cols) / sizeof(cols[0]); i++)
		table_column(t, words_key(cols[i].word),
		    words_text(cols[i].word, m->w->lang), cols[i].align);
	for (size_t i = 0; i < c->n; i++)
		code_rows(m, c, t, i);
	if (c->lists.population > 0)
		last_row(t, TABLE_SUBTOTAL, WORD_FROM_LISTS, &c->lists);
	if (c->elsewhere.population > 0) {
		last_row(t, TABLE_SUBTOTAL, WORD_OTHER_CODES, &c->elsewhere);
		table_warning(t, WORD_WARN_OTHER_CODES, NULL, 0);
	}
	last_row(t, TABLE_TOTAL, WORD_ALL, &all);
	arg[0] = nace_std_text(m->study->standard == STUDY_SN2007 ? NACE_SN2007 :
	    NACE_SN2025);
	arg[1] = nace_std_text(c->plan->to);
	table_note(t, WORD_DEF_CODES, arg, 2);
	table_note(t, WORD_DEF_POPULATION, NULL, 0);
	table_end(t, m->counts.register_date);
	return t;
}

int
codes_make(const struct making *m, struct table **ret, struct json *j,
    struct err *err)
{
	struct codes c = { .nace = m->w->nace };
	int r = 0;

	(void)j;			/* its rows say all */
	*ret = NULL;
	if (c.nace == NULL && (c.nace = c.own = nace_load(err)) == NULL)
		return -1;
	if (write_out(m, &c, err) != 0)
		r = -1;
	if (r == 0) {
		assign(m, &c);
		r = count(m, &c, err);
	}
	if (r == 0)
		*ret = lay_out(m, &c);
	nace_plan_free(c.plan);
	nace_free(c.own);
	return r;
}
