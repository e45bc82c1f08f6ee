#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"

#include "pipeline/tables/rind.h"

enum { ROUNDS = 60 };

/* A model of p parameters: constant first, then each variable's categories but
 * its first. */
struct fit {
	const struct rind_cell *cell;
	size_t n, p, vars;
	size_t first[RIND_VARS];	/* parameter of a variable's second category */
	double *a;			/* p by p: normal matrix, then its inverse */
	double *b, *beta;
	double *rho, *weight, *target;	/* of each cell */
	char *dropped;			/* columns that others say already */
};

/* Parameters that are 1 in cell ${i}, constant included. */
static size_t
columns(const struct fit *f, size_t i, size_t *ret)
{
	size_t k = 0;

	ret[k++] = 0;
	for (size_t v = 0; v < f->vars; v++)
		if (f->cell[i].level[v] > 0)
			ret[k++] = f->first[v] + f->cell[i].level[v] - 1;
	return k;
}

/* Cholesky in place (lower half); a column without anything of its own is
 * dropped, as R does with it. */
static void
factorise(struct fit *f)
{
	size_t p = f->p;

	for (size_t j = 0; j < p; j++) {
		double *row = f->a + j * p, own = row[j], d = own;

		for (size_t k = 0; k < j; k++)
			d -= row[k] * row[k];
		f->dropped[j] = !(d > own * 1e-10);
		row[j] = f->dropped[j] ? 1 : sqrt(d);
		for (size_t i = j + 1; i < p; i++) {
			double *r = f->a + i * p, s = r[j];

			for (size_t k = 0; k < j; k++)
				s -= r[k] * row[k];
			r[j] = f->dropped[j] ? 0 : s / row[j];
		}
		if (f->dropped[j])
			memset(row, 0, j * sizeof(*row));
	}
}

/* x := A^-1 x by the factor. */
static void
solve(const struct fit *f, double *x)
{
	size_t p = f->p;

	for (size_t i = 0; i < p; i++) {
		if (f->dropped[i])
			x[i] = 0;
		for (size_t k = 0; k < i; k++)
			x[i] -= f->a[i * p + k] * x[k];
		x[i] = f->dropped[i] ? 0 : x[i] / f->a[i * p + i];
	}
	for (size_t i = p; i-- > 0; ) {
		for (size_t k = i + 1; k < p; k++)
			x[i] -= f->a[k * p + i] * x[k];
		x[i] = f->dropped[i] ? 0 : x[i] / f->a[i * p + i];
	}
}

/* Weighted least squares of target; the factor stays in a. */
static void
regress(struct fit *f)
{
	size_t c[RIND_VARS + 1], k;

	memset(f->a, 0, f->p * f->p * sizeof(*f->a));
	memset(f->b, 0, f->p * sizeof(*f->b));
	for (size_t i = 0; i < f->n; i++) {
		k = columns(f, i, c);
		for (size_t x = 0; x < k; x++) {
			f->b[c[x]] += f->weight[i] * f->target[i];
			for (size_t y = 0; y < k; y++)
				f->a[c[x] * f->p + c[y]] += f->weight[i];
		}
	}
	factorise(f);
	memcpy(f->beta, f->b, f->p * sizeof(*f->b));
	solve(f, f->beta);
}

static double
predict(const struct fit *f, size_t i)
{
	size_t c[RIND_VARS + 1], k = columns(f, i, c);
	double eta = 0;

	while (k-- > 0)
		eta += f->beta[c[k]];
	return eta;
}

/* Within what a double can tell from 0 and 1, twice over. */
static double
inside(double p)
{
	return p < 1e-10 ? 1e-10 : p > 1 - 1e-10 ? 1 - 1e-10 : p;
}

static double
deviance(const struct rind_cell *c, double p)
{
	double y = (double)c->answered, rest = (double)(c->n - c->answered), d = 0;

	if (y > 0)
		d += y * log(y / (double)c->n / p);
	if (rest > 0)
		d += rest * log(rest / (double)c->n / (1 - p));
	return 2 * d;
}

/* Newton's rounds; 0 when they have settled, which is where R's glm() says so.
 * Going on would lose the columns of a category in which nobody or everybody
 * answered: their weights come to nothing. */
static int
logistic(struct fit *f)
{
	double before = INFINITY;

	for (size_t i = 0; i < f->n; i++)
		f->rho[i] = ((double)f->cell[i].answered + .5) /
		    ((double)f->cell[i].n + 1);
	for (int round = 0; round < ROUNDS; round++) {
		double now = 0;

		for (size_t i = 0; i < f->n; i++) {
			const struct rind_cell *c = &f->cell[i];
			double p = f->rho[i], v = p * (1 - p);

			f->weight[i] = (double)c->n * v;
			f->target[i] = c->n == 0 ? 0 : log(p / (1 - p)) +
			    ((double)c->answered / (double)c->n - p) / v;
		}
		regress(f);
		for (size_t i = 0; i < f->n; i++) {
			f->rho[i] = inside(1 / (1 + exp(-predict(f, i))));
			now += deviance(&f->cell[i], f->rho[i]);
		}
		if (fabs(now - before) < 1e-8 * (fabs(now) + .1))
			return 0;
		before = now;
	}
	return -1;
}

/* Sum of z'Vz over the units. */
static double
too_large(struct fit *f, enum rind_model model, double variance)
{
	double sum = 0, *x = mem_array(f->p, sizeof(*x));
	size_t c[RIND_VARS + 1], k;

	for (size_t i = 0; i < f->n; i++) {
		double q = 0, slope = model == RIND_LINEAR ? 1 :
		    f->rho[i] * (1 - f->rho[i]);

		memset(x, 0, f->p * sizeof(*x));
		k = columns(f, i, c);
		for (size_t y = 0; y < k; y++)
			x[c[y]] = 1;
		solve(f, x);
		for (size_t y = 0; y < k; y++)
			q += x[c[y]];
		sum += (double)f->cell[i].n * slope * slope * q;
	}
	free(x);
	return model == RIND_LINEAR ? sum * variance : sum;
}

/* Least squares, with the residual variance for V. */
static double
linear(struct fit *f)
{
	double left = 0;
	int64_t n = 0;
	size_t p = 0;

	for (size_t i = 0; i < f->n; i++) {
		const struct rind_cell *c = &f->cell[i];

		f->weight[i] = (double)c->n;
		f->target[i] = c->n == 0 ? 0 : (double)c->answered / (double)c->n;
		n += c->n;
	}
	regress(f);
	for (size_t i = 0; i < f->p; i++)
		p += !f->dropped[i];
	for (size_t i = 0; i < f->n; i++) {
		const struct rind_cell *c = &f->cell[i];
		double r = f->rho[i] = predict(f, i);

		left += (double)c->answered * (1 - r) * (1 - r) +
		    (double)(c->n - c->answered) * r * r;
	}
	return n > (int64_t)p ? left / (double)(n - (int64_t)p) : 0;
}

/* --- partial indicators ------------------------------------------------------ */

/* Cells beside each other that are alike but for variable [0] of the order. */
struct sorted { const struct rind_cell *cell; double rho; size_t apart, vars; };

static int
alike(const struct sorted *x, const struct sorted *y)
{
	for (size_t v = 0; v < x->vars; v++)
		if (v != x->apart && x->cell->level[v] != y->cell->level[v])
			return x->cell->level[v] < y->cell->level[v] ? -1 : 1;
	return 0;
}

static int
by_others(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	int c = alike(x, y);

	if (c != 0)
		return c;
	return x->cell < y->cell ? -1 : x->cell > y->cell;
}

static void
conditional(struct rind *r, size_t v, struct sorted *s, size_t n)
{
	struct rind_variable *var = &r->var[v];
	double all = 0;

	for (size_t i = 0; i < n; i++)
		s[i].apart = v;
	qsort(s, n, sizeof(*s), by_others);
	for (size_t i = 0, next; i < n; i = next) {
		double units = 0, sum = 0;

		for (next = i; next < n && alike(&s[i], &s[next]) == 0; next++) {
			units += (double)s[next].cell->n;
			sum += (double)s[next].cell->n * s[next].rho;
		}
		for (size_t k = i; k < next && units > 0; k++) {
			double off = s[k].rho - sum / units;
			double d = (double)s[k].cell->n * off * off;

			var->level[s[k].cell->level[v]].conditional += d;
			all += d;
		}
	}
	for (size_t k = 0; k < var->levels; k++)
		var->level[k].conditional =
		    sqrt(var->level[k].conditional / (double)r->n);
	var->conditional = sqrt(all / (double)r->n);
}

static void
unconditional(struct rind *r, size_t v, const struct sorted *s, size_t n)
{
	struct rind_variable *var = &r->var[v];
	double all = 0;

	for (size_t i = 0; i < n; i++) {
		struct rind_level *l = &var->level[s[i].cell->level[v]];

		l->n += s[i].cell->n;
		l->answered += s[i].cell->answered;
		l->rate += (double)s[i].cell->n * s[i].rho;
	}
	for (size_t k = 0; k < var->levels; k++) {
		struct rind_level *l = &var->level[k];
		double share = (double)l->n / (double)r->n;

		l->rate = l->n > 0 ? l->rate / (double)l->n : NAN;
		if (l->n == 0)
			continue;
		l->unconditional = sqrt(share) * (l->rate - r->mean);
		all += l->unconditional * l->unconditional;
	}
	var->unconditional = sqrt(all);
}

/* --- all together ------------------------------------------------------------ */

static int
lay_out(struct fit *f, struct rind *r, const struct rind_cell *cell, size_t n,
    const size_t *levels, size_t vars)
{
	memset(f, 0, sizeof(*f));
	f->cell = cell;
	f->n = n;
	f->vars = vars;
	f->p = 1;
	for (size_t v = 0; v < vars; v++) {
		f->first[v] = f->p;
		f->p += levels[v] > 0 ? levels[v] - 1 : 0;
		if (f->p > RIND_PARAMETERS)
			return -1;
	}
	for (size_t i = 0; i < n; i++) {
		r->n += cell[i].n;
		r->answered += cell[i].answered;
	}
	return r->n < 2 ? -1 : 0;
}

static void
describe(struct rind *r, struct fit *f, double variance)
{
	double square = 0, s, bias;

	for (size_t i = 0; i < f->n; i++)
		r->mean += (double)f->cell[i].n * f->rho[i];
	r->mean /= (double)r->n;
	for (size_t i = 0; i < f->n; i++)
		square += (double)f->cell[i].n * (f->rho[i] - r->mean) *
		    (f->rho[i] - r->mean);
	square /= (double)(r->n - 1);
	bias = too_large(f, r->model, variance) / (double)r->n;
	s = sqrt(square);
	r->factor = square > bias ? 1 - bias / square : 0;
	r->r_unadjusted = 1 - 2 * s;
	r->r = 1 - 2 * s * sqrt(r->factor);
	r->cv_unadjusted = r->mean > 0 ? s / r->mean : NAN;
	r->cv = r->cv_unadjusted * sqrt(r->factor);
}

int
rind_compute(struct rind *r, const struct rind_cell *cell, size_t n,
    const size_t *levels, size_t vars, enum rind_model model)
{
	struct fit f;
	struct sorted *s;
	double variance = 0;

	memset(r, 0, sizeof(*r));
	if (vars > RIND_VARS || lay_out(&f, r, cell, n, levels, vars) != 0)
		return -1;
	f.a = mem_array(f.p * f.p, sizeof(*f.a));
	f.b = mem_array(f.p, sizeof(*f.b));
	f.beta = mem_array(f.p, sizeof(*f.beta));
	f.dropped = mem_array(f.p, 1);
	f.rho = mem_array(n, sizeof(*f.rho));
	f.weight = mem_array(n, sizeof(*f.weight));
	f.target = mem_array(n, sizeof(*f.target));
	r->model = model == RIND_LOGISTIC && logistic(&f) == 0 ? RIND_LOGISTIC :
	    RIND_LINEAR;
	if (r->model == RIND_LINEAR)
		variance = linear(&f);
	describe(r, &f, variance);

	r->vars = vars;
	s = mem_array(n, sizeof(*s));
	for (size_t i = 0; i < n; i++)
		s[i] = (struct sorted){ &cell[i], f.rho[i], 0, vars };
	for (size_t v = 0; v < vars; v++) {
		r->var[v].levels = levels[v];
		r->var[v].level = mem_array(levels[v] + 1,
		    sizeof(*r->var[v].level));
		unconditional(r, v, s, n);
		conditional(r, v, s, n);
	}
	free(s);
	free(f.a);
	free(f.b);
	free(f.beta);
	free(f.dropped);
	free(f.rho);
	free(f.weight);
	free(f.target);
	return 0;
}

void
rind_free(struct rind *r)
{
	for (size_t v = 0; v < r->vars; v++)
		free(r->var[v].level);
	memset(r, 0, sizeof(*r));
}
