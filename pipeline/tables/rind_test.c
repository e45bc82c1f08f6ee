#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/csv.h"
#include "pipeline/base/file.h"
#include "pipeline/tables/rind.h"
#include "pipeline/tables/stat.h"

enum { MANY = 64 };

/* "A=36:27,B=45:34" as cells of one variable. */
struct counts { struct rind_cell cell[MANY]; char name[MANY][16]; size_t n; };

static void
counts_of(struct counts *c, const char *text)
{
	char *copy = strdup(text), *s = copy, *one;

	memset(c, 0, sizeof(*c));
	while ((one = strsep(&s, ",")) != NULL) {
		char *value = strchr(one, '='), *second;

		*value++ = '\0';
		snprintf(c->name[c->n], sizeof(c->name[0]), "%s", one);
		c->cell[c->n].n = strtol(value, &second, 10);
		assert_int_equal(*second, ':');
		c->cell[c->n].answered = strtol(second + 1, NULL, 10);
		c->cell[c->n].level[0] = c->n;
		c->n++;
	}
	free(copy);
}

static void
near(const char *what, double got, double want, double within)
{
	if (!(fabs(got - want) <= within * fmax(fabs(want), 1)))
		fail_msg("%s: %.12g, not %.12g", what, got, want);
}

static double
named(const char *text, const char *name)
{
	size_t k = strlen(name);

	for (const char *s = text; s != NULL; s = strchr(s, ';')) {
		s += *s == ';';
		if (strncmp(s, name, k) == 0 && s[k] == '=')
			return strtod(s + k + 1, NULL);
	}
	fail_msg("no %s in \"%s\"", name, text);
	return NAN;
}

static void
whole(const struct rind *r, const char *want)
{
	/* R's glm() ends its rounds at 1e-8 of the deviance, and we later */
	near("R", r->r, named(want, "R"), 1e-7);
	near("R_unadj", r->r_unadjusted, named(want, "R_unadj"), 1e-11);
	near("CV", r->cv, named(want, "CV"), 1e-7);
	near("CV_unadj", r->cv_unadjusted, named(want, "CV_unadj"), 1e-11);
	near("mean", r->mean, named(want, "mean"), 1e-10);
	near("bias_factor", r->factor, named(want, "bias_factor"), 1e-7);
}

/* One row of the vectors, ours or the shared ones. */
static void
row(const char *operation, const char *input, const char *want)
{
	struct counts c;
	struct rind r;

	counts_of(&c, strrchr(input, ' ') + 1);
	assert_int_equal(rind_compute(&r, c.cell, c.n, &c.n, 1,
	    strstr(operation, "linear") != NULL ? RIND_LINEAR : RIND_LOGISTIC), 0);
	if (strncmp(operation, "R-indicator,", 12) == 0)
		whole(&r, want);
	else if (strncmp(operation, "unconditional partial, by category", 34) == 0)
		for (size_t i = 0; i < c.n; i++)
			near(c.name[i], r.var[0].level[i].unconditional,
			    named(want, c.name[i]), 1e-9);
	else if (strncmp(operation, "unconditional partial of variable", 33) == 0) {
		near("partial", r.var[0].unconditional, strtod(want, NULL), 1e-9);
		/* with one variable, alone and beside the others are the same */
		near("conditional", r.var[0].conditional, r.var[0].unconditional,
		    1e-12);
	} else if (strncmp(operation, "Pearson chi2", 12) == 0) {
		int64_t n[2 * MANY];
		struct stat_chi2 s;

		for (size_t i = 0; i < c.n; i++) {
			n[2 * i] = c.cell[i].answered;
			n[2 * i + 1] = c.cell[i].n - c.cell[i].answered;
		}
		s = stat_chi2(n, c.n, 2);
		near("X2", s.chi2, named(want, "X2"), 1e-9);
		near("df", (double)s.df, named(want, "df"), 0);
		near("log p", log(s.p), log(named(want, "p")), 1e-9);
	} else if (strncmp(operation, "gross / net", 11) == 0)
		for (size_t i = 0; i < c.n; i++) {
			char text[64];

			snprintf(text, sizeof(text), "%s:%lld:%lld", c.name[i],
			    (long long)r.var[0].level[i].n,
			    (long long)r.var[0].level[i].answered);
			assert_non_null(strstr(want, text));
		}
	else
		fail_msg("what is \"%s\"?", operation);
	rind_free(&r);
}

/* By hand: 40 of 100 and 60 of 100, p = .5, S^2 = 2 / 199, one coefficient more
 * than the constant: B = (.4 .6 + .6 .4) / 200. */
static void
two_halves(void **state)
{
	struct rind_cell c[2] = { { 100, 40, { 0 } }, { 100, 60, { 1 } } };
	size_t levels = 2;
	double s = sqrt(2.0 / 199), factor = 1 - .48 / 200 / (2.0 / 199);
	struct rind r;

	(void)state;
	assert_int_equal(rind_compute(&r, c, 2, &levels, 1, RIND_LOGISTIC), 0);
	near("R_unadj", r.r_unadjusted, 1 - 2 * s, 1e-12);
	near("factor", r.factor, factor, 1e-6);
	near("R", r.r, 1 - 2 * s * sqrt(factor), 1e-6);
	near("first", r.var[0].level[0].unconditional, -sqrt(.5) * .1, 1e-9);
	near("variable", r.var[0].unconditional, .1, 1e-9);
	rind_free(&r);
}

/* The second variable repeats the first: it adds nothing, and neither does the
 * first beside it. */
static void
what_another_variable_says_already_adds_nothing(void **state)
{
	struct rind_cell c[2] = { { 100, 40, { 0, 0 } }, { 100, 60, { 1, 1 } } };
	size_t levels[2] = { 2, 2 };
	struct rind r;

	(void)state;
	assert_int_equal(rind_compute(&r, c, 2, levels, 2, RIND_LOGISTIC), 0);
	assert_int_equal(r.model, RIND_LOGISTIC);
	near("unconditional", r.var[1].unconditional, .1, 1e-9);
	near("conditional", r.var[0].conditional, 0, 1e-9);
	near("conditional", r.var[1].conditional, 0, 1e-9);
	near("factor", r.factor, 1 - .48 / 200 / (2.0 / 199), 1e-6);
	rind_free(&r);
}

/* Only the first of two crossed variables matters. */
static void
a_variable_that_does_not_matter(void **state)
{
	struct rind_cell c[4] = { { 50, 20, { 0, 0 } }, { 50, 20, { 0, 1 } },
		{ 50, 30, { 1, 0 } }, { 50, 30, { 1, 1 } } };
	size_t levels[2] = { 2, 2 };
	struct rind r;

	(void)state;
	assert_int_equal(rind_compute(&r, c, 4, levels, 2, RIND_LOGISTIC), 0);
	near("first", r.var[0].conditional, .1, 1e-9);
	near("second", r.var[1].conditional, 0, 1e-9);
	near("a category", r.var[0].level[1].conditional, .1 * sqrt(.5), 1e-9);
	rind_free(&r);
}

/* As lists give them: nobody of two rare forms answered, and one group is all
 * that has no number of employees. */
static void
categories_that_separate_settle(void **state)
{
	struct rind_cell c[] = { { 45, 4, { 0, 0, 0 } }, { 470, 27, { 0, 1, 0 } },
		{ 210, 14, { 0, 1, 1 } }, { 37, 5, { 1, 0, 0 } },
		{ 339, 15, { 1, 1, 0 } }, { 133, 7, { 1, 1, 1 } },
		{ 51, 25, { 2, 2, 2 } }, { 10, 0, { 2, 0, 2 } },
		{ 2, 0, { 2, 3, 2 } }, { 1, 0, { 2, 4, 2 } } };
	size_t levels[3] = { 3, 5, 3 };
	struct rind r;

	(void)state;
	assert_int_equal(rind_compute(&r, c, sizeof(c) / sizeof(c[0]), levels, 3,
	    RIND_LOGISTIC), 0);
	assert_int_equal(r.model, RIND_LOGISTIC);
	near("mean", r.mean, (double)r.answered / (double)r.n, 1e-7);
	near("a form", r.var[1].level[1].rate, 63.0 / 1152, 1e-7);
	near("a rare form", r.var[1].level[3].rate, 0, 1e-5);
	rind_free(&r);
}

static void
none_or_all_of_a_category(void **state)
{
	struct rind_cell c[3] = { { 30, 0, { 0 } }, { 30, 30, { 1 } },
		{ 0, 0, { 2 } } };
	size_t levels = 3;
	struct rind r;

	(void)state;
	assert_int_equal(rind_compute(&r, c, 3, &levels, 1, RIND_LOGISTIC), 0);
	near("R_unadj", r.r_unadjusted, 1 - 2 * sqrt(60 * .25 / 59), 1e-6);
	assert_true(isnan(r.var[0].level[2].rate));
	assert_true(r.var[0].level[2].unconditional == 0);
	near("mean", r.mean, .5, 1e-9);
	rind_free(&r);
}

static void
nothing_to_say(void **state)
{
	struct rind_cell one = { 1, 1, { 0 } };
	struct rind_cell same[2] = { { 10, 5, { 0 } }, { 10, 5, { 1 } } };
	size_t levels = 2, many = RIND_PARAMETERS + 1;
	struct rind r;

	(void)state;
	assert_int_equal(rind_compute(&r, &one, 1, &levels, 1, RIND_LOGISTIC), -1);
	assert_int_equal(rind_compute(&r, same, 2, &many, 1, RIND_LOGISTIC), -1);
	/* all alike: what S^2 has is less than its bias */
	assert_int_equal(rind_compute(&r, same, 2, &levels, 1, RIND_LOGISTIC), 0);
	near("R", r.r, 1, 1e-12);
	near("factor", r.factor, 0, 0);
	rind_free(&r);
}

static void
the_shared_vectors(void **state)
{
	static const char path[] = "../shared/data/sampling/rindicator_vectors.tsv";
	struct buf b = BUF(1 << 20);
	struct csv c;
	struct err err;
	size_t n = 0;

	(void)state;
	if (!file_exists(path))
		return;			/* the vectors are not part of the project */
	assert_int_equal(file_read(path, b.max, &b, &err), 0);
	assert_int_equal(csv_open(&c, buf_text(&b), b.len, '\t', &err), 0);
	for (; csv_next(&c, &err) == 1; n++)
		row(c.field[csv_column(&c, "operation")],
		    c.field[csv_column(&c, "input")],
		    c.field[csv_column(&c, "expected")]);
	assert_true(n >= 6);
	csv_close(&c);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_halves),
		cmocka_unit_test(what_another_variable_says_already_adds_nothing),
		cmocka_unit_test(a_variable_that_does_not_matter),
		cmocka_unit_test(categories_that_separate_settle),
		cmocka_unit_test(none_or_all_of_a_category),
		cmocka_unit_test(nothing_to_say),
		cmocka_unit_test(the_shared_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
