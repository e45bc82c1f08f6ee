#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/sample/calib.h"
#include "pipeline/store/store.h"

#include "pipeline/sample/weigh.h"

/* Names, columns of the queries below, and how the frame is asked. */
static const struct {
	const char *name;
	int column;
	const char *frame;
} variables[] = {
	[WEIGH_NONE] = { "none", -1, NULL },
	[WEIGH_STRATUM] = { "stratum", 3, NULL },
	[WEIGH_AREA] = { "area", 4, "f.area_name" },
	[WEIGH_GROUP] = { "group", 5, "f.group_name" },
	[WEIGH_FORM] = { "form", 6, "ifnull(f.legal_form, '')" },
};
enum { VARIABLES = 5 };

struct drawn {			/* everyone drawn */
	struct arena *arena;
	size_t n, cap;
	const char **key;
	double *pi, *w;
	int64_t *N, *nh;
	enum weights_fate *fate;
	const char **value[VARIABLES];
};

/* The classes of one variable: names in order of first sight. */
struct classes {
	size_t *of;
	const char **name;
	size_t n;
	double *total;
};

const char *
weigh_name(enum weigh_by by)
{
	return variables[by].name;
}

/* ----------------------------------------------------------------- reading -- */

static enum weights_fate
fate_of(const char *state)
{
	if (strcmp(state, "complete") == 0 || strcmp(state, "partial") == 0)
		return WEIGHTS_ANSWERED;
	if (strcmp(state, "refused") == 0)
		return WEIGHTS_SILENT;
	return strcmp(state, "not_eligible") == 0 ? WEIGHTS_NOT_ELIGIBLE :
	    WEIGHTS_UNKNOWN;
}

static void
grow(struct drawn *d)
{
	if (d->n < d->cap)
		return;
	d->cap = d->cap > 0 ? 2 * d->cap : 1024;
	d->key = mem_grow(d->key, d->cap, sizeof(*d->key));
	d->pi = mem_grow(d->pi, d->cap, sizeof(*d->pi));
	d->w = mem_grow(d->w, d->cap, sizeof(*d->w));
	d->N = mem_grow(d->N, d->cap, sizeof(*d->N));
	d->nh = mem_grow(d->nh, d->cap, sizeof(*d->nh));
	d->fate = mem_grow(d->fate, d->cap, sizeof(*d->fate));
	for (int v = WEIGH_STRATUM; v < VARIABLES; v++)
		d->value[v] = mem_grow(d->value[v], d->cap, sizeof(*d->value[v]));
}

static int
read_drawn(sqlite3 *db, int64_t study, struct drawn *d, struct err *err)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(db, "SELECT f.unit_key, u.pi, u.weight, u.stratum, f.area_name,"
	    " f.group_name, ifnull(f.legal_form, ''), h.frame_units, h.drawn_units,"
	    " ifnull(d.state, '') FROM sample s JOIN sample_unit u ON u.sample = s.id"
	    " JOIN frame_unit f ON f.id = u.frame_unit JOIN sample_stratum h ON"
	    " h.sample = s.id AND h.stratum = u.stratum LEFT JOIN disposition d ON"
	    " d.sample_unit = u.id WHERE s.study = ?1 ORDER BY f.unit_key", &stmt,
	    err) != 0)
		return -1;
	db_i64(stmt, 1, study);
	while ((r = db_step(stmt, err)) == 1) {
		size_t i = d->n;

		grow(d);
		d->key[i] = arena_str(d->arena, db_col(stmt, 0));
		d->pi[i] = sqlite3_column_double(stmt, 1);
		d->w[i] = sqlite3_column_double(stmt, 2);
		for (int v = WEIGH_STRATUM; v < VARIABLES; v++)
			d->value[v][i] = arena_str(d->arena, db_col(stmt,
			    variables[v].column));
		d->N[i] = sqlite3_column_int64(stmt, 7);
		d->nh[i] = sqlite3_column_int64(stmt, 8);
		d->fate[i] = fate_of(db_col(stmt, 9));
		d->n++;
	}
	sqlite3_finalize(stmt);
	return r;
}

static void
drawn_free(struct drawn *d)
{
	for (int v = WEIGH_STRATUM; v < VARIABLES; v++)
		free(d->value[v]);
	free(d->fate);
	free(d->nh);
	free(d->N);
	free(d->w);
	free(d->pi);
	free(d->key);
	arena_free(d->arena);
}

/* ----------------------------------------------------------------- classes -- */

static size_t
class_of(struct classes *c, const char *name)
{
	size_t k = 0;

	/* neighbours are often alike; classes are few */
	while (k < c->n && strcmp(c->name[k], name) != 0)
		k++;
	if (k == c->n) {
		c->name = mem_grow(c->name, c->n + 1, sizeof(*c->name));
		c->total = mem_grow(c->total, c->n + 1, sizeof(*c->total));
		c->total[c->n] = 0;
		c->name[c->n++] = name;
	}
	return k;
}

static struct weights_by
classes_make(const struct drawn *d, enum weigh_by by, struct classes *c)
{
	c->of = mem_array(d->n + 1, sizeof(*c->of));
	for (size_t i = 0; i < d->n; i++)
		c->of[i] = class_of(c, by == WEIGH_NONE ? "all" : d->value[by][i]);
	return (struct weights_by){ c->of, c->n, c->name };
}

static void
classes_free(struct classes *c)
{
	free(c->of);
	free(c->name);
	free(c->total);
}

/* What the frame has in every class; classes nobody was drawn of come along,
 * and are then found empty. */
static int
totals(sqlite3 *db, int64_t study, enum weigh_by by, struct drawn *d,
    struct classes *c, struct weights_by *w, struct err *err)
{
	char sql[400];
	sqlite3_stmt *stmt;
	int r;

	if (by == WEIGH_STRATUM)	/* by the draw: who is in it is there */
		return err_set(err, EX_USAGE, "frame totals are by area, group or form");
	snprintf(sql, sizeof(sql), "SELECT %s, sum(f.shared) FROM sample s JOIN"
	    " frame_unit f ON f.frame = s.frame AND f.kept = 1 WHERE s.study = ?1"
	    " GROUP BY 1 ORDER BY 1", variables[by].frame);
	if (db_prepare(db, sql, &stmt, err) != 0)
		return -1;
	db_i64(stmt, 1, study);
	while ((r = db_step(stmt, err)) == 1) {
		size_t k = class_of(c, arena_str(d->arena, db_col(stmt, 0)));

		c->total[k] = sqlite3_column_double(stmt, 1);
	}
	sqlite3_finalize(stmt);
	*w = (struct weights_by){ c->of, c->n, c->name };
	return r;
}

/* ------------------------------------------------------------------- steps -- */

static int
adjust(struct drawn *d, const struct weigh_how *how, struct err *err)
{
	struct classes c = { 0 };
	struct weights_by by = classes_make(d, how->by, &c);
	int r = 0;

	if (how->e < 0)
		r = weights_eligible(d->w, d->fate, d->n, &by, err);
	if (r == 0)
		r = weights_answering(d->w, d->fate, d->n, &by, how->e < 0 ? 0 :
		    how->e, err);
	classes_free(&c);
	return r == 0 ? 0 : err_context(err, "non-response by %s",
	    weigh_name(how->by));
}

static int
to_totals(sqlite3 *db, int64_t study, struct drawn *d, const struct weigh_how *how,
    struct weigh_result *ret, struct err *err)
{
	struct classes c[WEIGH_RAKE] = { { 0 } };
	struct weights_margin m[WEIGH_RAKE];
	size_t n = how->post != WEIGH_NONE ? 1 : how->nrake;
	int r = 0;

	for (size_t k = 0; r == 0 && k < n; k++) {
		enum weigh_by by = how->post != WEIGH_NONE ? how->post : how->rake[k];

		m[k].by = classes_make(d, by, &c[k]);
		r = totals(db, study, by, d, &c[k], &m[k].by, err);
		m[k].total = c[k].total;
	}
	if (r == 0 && how->post != WEIGH_NONE)
		r = weights_poststratify(d->w, d->n, &m[0].by, m[0].total, err);
	else if (r == 0 && n > 0 && how->calibrate)
		r = calib_linear(d->w, d->n, m, n, how->low, how->high, &ret->rounds,
		    &ret->met, err);
	else if (r == 0 && n > 0)
		r = weights_rake(d->w, d->n, m, n, &ret->rounds, &ret->met, err);
	for (size_t k = 0; k < n; k++)
		classes_free(&c[k]);
	return r == 0 ? 0 : err_context(err, "frame totals");
}

/* Those who answered, with the weight they have before totals. */
static void
answered(const struct drawn *d, const double *design, struct weigh_result *ret)
{
	ret->unit = mem_array((size_t)ret->fate[WEIGHTS_ANSWERED] + 1,
	    sizeof(*ret->unit));
	for (size_t i = 0; i < d->n; i++)
		if (d->fate[i] == WEIGHTS_ANSWERED)
			ret->unit[ret->n++] = (struct weigh_unit){ mem_str(d->key[i]),
			    mem_str(d->value[WEIGH_STRATUM][i]), d->N[i], d->nh[i],
			    d->pi[i], design[i], d->w[i], d->w[i] };
}

int
weigh(const struct world *w, int64_t study, const struct weigh_how *how,
    struct weigh_result *ret, struct err *err)
{
	struct drawn d = { .arena = arena_new() };
	double *design = NULL;
	int r = -1;

	memset(ret, 0, sizeof(*ret));
	ret->met = 1;
	if (read_drawn(w->db, study, &d, err) != 0)
		goto out;
	if (d.n == 0) {
		err_set(err, EX_NOINPUT, "nothing has been drawn");
		goto out;
	}
	ret->drawn = (int64_t)d.n;
	for (size_t i = 0; i < d.n; i++)
		ret->fate[d.fate[i]]++;
	if (ret->fate[WEIGHTS_ANSWERED] == 0) {
		err_set(err, EX_DATAERR, "nobody has answered: there is no one to weigh");
		goto out;
	}
	design = mem_array(d.n, sizeof(*design));
	memcpy(design, d.w, d.n * sizeof(*design));
	ret->design = weights_summary(d.w, d.n);
	if (adjust(&d, how, err) != 0)
		goto out;
	ret->adjusted = weights_summary(d.w, d.n);
	answered(&d, design, ret);
	if (to_totals(w->db, study, &d, how, ret, err) != 0)
		goto out;
	ret->final = weights_summary(d.w, d.n);
	for (size_t i = 0, k = 0; i < d.n; i++)
		if (d.fate[i] == WEIGHTS_ANSWERED) {
			ret->below += d.w[i] < 0;
			ret->unit[k++].weight = d.w[i];
		}
	r = 0;
out:
	free(design);
	drawn_free(&d);
	if (r != 0)
		weigh_free(ret);
	return r;
}

void
weigh_free(struct weigh_result *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free(r->unit[i].key);
		free(r->unit[i].stratum);
	}
	free(r->unit);
	memset(r, 0, sizeof(*r));
}
