#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/sample/vectors_test.h"
#include "pipeline/sample/weights.h"

enum { MANY = 1500 };

static struct err err;

static void
near(double got, double is)
{
	if (!(fabs(got - is) <= 1e-9 * fmax(1, fabs(is))))
		fail_msg("got %.12g, want %.12g", got, is);
}

static void
answers_carry_what_is_theirs(void **state)
{
	static const enum weights_fate fate[] = { WEIGHTS_ANSWERED, WEIGHTS_SILENT,
		WEIGHTS_UNKNOWN, WEIGHTS_NOT_ELIGIBLE, WEIGHTS_ANSWERED,
		WEIGHTS_UNKNOWN };
	static const size_t of[] = { 0, 0, 0, 0, 1, 1 };
	static const struct weights_by by = { of, 2, NULL };
	double w[] = { 10, 10, 10, 10, 5, 5 };

	(void)state;
	assert_int_equal(weights_eligible(w, fate, 6, &by, &err), 0);
	near(w[0], 10 * 40.0 / 30);
	near(w[2], 0);
	near(w[3], 10 * 40.0 / 30);
	near(w[4], 10);
	assert_int_equal(weights_answering(w, fate, 6, &by, 0, &err), 0);
	near(w[0], 2 * 10 * 40.0 / 30);
	near(w[1], 0);
	near(w[3], 0);
	near(w[4], 10);
}

static void
a_share_of_the_unknown_counts(void **state)
{
	static const enum weights_fate fate[] = { WEIGHTS_ANSWERED, WEIGHTS_SILENT,
		WEIGHTS_UNKNOWN };
	static const size_t of[] = { 0, 0, 0 };
	static const struct weights_by by = { of, 1, NULL };
	double w[] = { 2, 2, 2 };

	(void)state;
	assert_int_equal(weights_answering(w, fate, 3, &by, 0.25, &err), 0);
	near(w[0], 2 + 2 + 0.5);
}

static void
an_empty_class_stops_it(void **state)
{
	static const enum weights_fate fate[] = { WEIGHTS_ANSWERED, WEIGHTS_SILENT };
	static const enum weights_fate unknown[] = { WEIGHTS_ANSWERED,
		WEIGHTS_UNKNOWN };
	static const char *const name[] = { "nord", "vest" };
	static const size_t of[] = { 0, 1 };
	static const struct weights_by by = { of, 2, name };
	static const double total[] = { 5, 5 }, none[] = { 0, 5 };
	double w[] = { 3, 3 }, z[] = { 3, 0 };

	(void)state;
	assert_int_equal(weights_answering(w, fate, 2, &by, 0, &err), -1);
	assert_int_equal(err.status, EX_DATAERR);
	assert_non_null(strstr(err.text, "class vest has no answer"));
	near(w[0], 3);
	assert_int_equal(weights_eligible(w, unknown, 2, &by, &err), -1);
	assert_non_null(strstr(err.text, "class vest"));
	assert_int_equal(weights_poststratify(z, 2, &by, total, &err), -1);
	assert_non_null(strstr(err.text, "class vest"));
	assert_int_equal(weights_poststratify(w, 2, &by, none, &err), -1);
	assert_non_null(strstr(err.text, "class nord has answers"));
}

static void
margins_that_cannot_be_met_are_told(void **state)
{
	static const size_t a[] = { 0, 1 }, b[] = { 0, 1 };
	static const double ta[] = { 6, 4 }, tb[] = { 4, 6 }, tc[] = { 4, 7 };
	const struct weights_margin m[] = { { { a, 2, NULL }, ta }, { { b, 2, NULL }, tb } };
	const struct weights_margin s[] = { { { a, 2, NULL }, ta }, { { b, 2, NULL }, tc } };
	double w[] = { 1, 1 };
	int rounds, met;

	(void)state;
	assert_int_equal(weights_rake(w, 2, m, 2, &rounds, &met, &err), 0);
	assert_int_equal(met, 0);
	assert_int_equal(rounds, 200);
	assert_int_equal(weights_rake(w, 2, s, 2, &rounds, &met, &err), -1);
	assert_non_null(strstr(err.text, "margin 2"));
}

static void
sums_up_those_who_have_a_weight(void **state)
{
	static const double w[] = { 1, 0, 3 };
	struct weights_summary s = weights_summary(w, 3);

	(void)state;
	assert_int_equal(s.n, 2);
	near(s.least, 1);
	near(s.most, 3);
	near(s.mean, 2);
	near(s.deff, 2 * 10.0 / 16);
	near(s.neff, 1.6);
	assert_int_equal(weights_summary(w, 0).n, 0);
}

/* The cells of a table of counts: one unit each. */
struct cells {
	double w[MANY], total[MANY];
	size_t a[MANY], b[MANY], cell[MANY], n;
	double ta[20], tb[20];
};

/* ${counts} of A x B, a fastest; ${base} weight of a unit. */
static void
spread(struct cells *c, const double *counts, size_t A, size_t B, double base)
{
	c->n = 0;
	for (size_t i = 0; i < A * B; i++)
		for (size_t k = 0; k < (size_t)counts[i]; k++) {
			c->w[c->n] = base;
			c->a[c->n] = i % A;
			c->b[c->n] = i / A;
			c->cell[c->n++] = i;
		}
}

/* Kalton and Flores-Cervantes 2003, table A and B, as R's survey has them. */
static void
agrees_with_a_published_example(void **state)
{
	static const double counts[] = { 20, 50, 100, 30, 40, 140, 50, 100, 40, 310, 50,
		70 }, pop[] = { 80, 60, 170, 55, 40, 150, 60, 165, 55, 340, 200, 125 };
	/* by a, then b */
	static const double post[] = { 4, 1, 1.375, 1.2, 1.07142857143, 1.09677419355,
		1.7, 1.2, 4, 1.83333333333, 1.65, 1.78571428571 };
	static const double rake[] = { 1.81080509319, 1.45282194483, 2.01677550859,
		1.08356444406, 0.869351543627, 1.20681471517, 2.1960890996,
		1.76193807313, 2.44588372732, 1.83322553243, 1.47081002443,
		2.04174616553 };
	static struct cells c;
	struct weights_by cell = { c.cell, 12, NULL };
	struct weights_margin m[] = { { { c.a, 4, NULL }, c.ta },
		{ { c.b, 3, NULL }, c.tb } };
	int rounds, met;

	(void)state;
	spread(&c, counts, 4, 3, 1);
	for (size_t i = 0; i < 12; i++) {
		c.ta[i % 4] += pop[i];
		c.tb[i / 4] += pop[i];
	}
	assert_int_equal(weights_poststratify(c.w, c.n, &cell, pop, &err), 0);
	for (size_t i = 0; i < c.n; i++)
		near(c.w[i], post[c.a[i] * 3 + c.b[i]]);
	spread(&c, counts, 4, 3, 1);
	assert_int_equal(weights_rake(c.w, c.n, m, 2, &rounds, &met, &err), 0);
	assert_int_equal(met, 1);
	for (size_t i = 0; i < c.n; i++)
		near(c.w[i], rake[c.a[i] * 3 + c.b[i]]);
}

/* R's survey on cells of its api data: by one variable, by two, and Kish. */
static void
agrees_with_cells_of_another(void **state)
{
	static const double counts[] = { 12, 3, 8, 132, 11, 17 };	/* E H M x No Yes */
	static const double rake[] = { 39.8392362469, 67.1255292413, 49.0690721641,
		29.8706754926, 50.3294011162, 36.7910248644 };
	static const double post[] = { 30.7013888889, 53.9285714286, 40.72 };
	static const double ta[] = { 4421, 755, 1018 }, tb[] = { 1072, 5122 };
	static struct cells c;
	struct weights_margin m[] = { { { c.a, 3, NULL }, ta }, { { c.b, 2, NULL }, tb } };
	struct weights_summary s;
	int rounds, met;

	(void)state;
	spread(&c, counts, 3, 2, 33.846996307373);
	assert_int_equal(weights_rake(c.w, c.n, m, 2, &rounds, &met, &err), 0);
	assert_int_equal(met, 1);
	for (size_t i = 0; i < c.n; i++)
		near(c.w[i], rake[c.cell[i]]);
	s = weights_summary(c.w, c.n);
	near(s.deff, 1.0516566956);
	near(s.neff, 174.011158551);
	spread(&c, counts, 3, 2, 33.846996307373);
	assert_int_equal(weights_poststratify(c.w, c.n, &m[0].by, ta, &err), 0);
	for (size_t i = 0; i < c.n; i++)
		near(c.w[i], post[c.a[i]]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_carry_what_is_theirs),
		cmocka_unit_test(a_share_of_the_unknown_counts),
		cmocka_unit_test(an_empty_class_stops_it),
		cmocka_unit_test(margins_that_cannot_be_met_are_told),
		cmocka_unit_test(sums_up_those_who_have_a_weight),
		cmocka_unit_test(agrees_with_a_published_example),
		cmocka_unit_test(agrees_with_cells_of_another),
	};

	return cmocka_run_group_tests_name("weights", tests, NULL, NULL);
}
