#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "nace/klass_test.h"
#include "nace/nace.h"

static struct nace *nace;

/* The industry codes of the report, as printed (table 7-1). */
static const char *const printed[] = {
	"18200", "32120", "32130", "32400", "46433", "47594", "47630", "47914",
	"55300", "58210", "59110", "59120", "59130", "59140", "59200", "74101",
	"74102", "74103", "74200", "74903", "79902", "79903", "79909", "85522",
	"85529", "90011", "90012", "90019", "90020", "90030", "90040", "93291",
};

enum { PRINTED = sizeof(printed) / sizeof(printed[0]) };

static int
setup(void **state)
{
	struct err err = { 0 };

	(void)state;
	nace = nace_load(&err);
	return nace == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	nace_free(nace);
	return 0;
}

static void
write_codes(enum nace_std std, const char *const *s, size_t n,
    struct nace_written *w)
{
	struct err err = { 0 };

	for (size_t i = 0; i < n; i++)
		if (nace_parse(nace, std, s[i], &w[i], &err) == -1)
			fail_msg("%s: %s", s[i], err.text);
}

static void
fates(void **state)
{
	static const struct {
		enum nace_std std;
		const char *code;
		enum nace_fate want;
	} t[] = {
		{ NACE_SN2007, "18.200", NACE_SAME },
		{ NACE_SN2007, "79.902", NACE_SAME },
		{ NACE_SN2007, "85.529", NACE_SCOPE },	/* takes in */
		{ NACE_SN2007, "93.291", NACE_SCOPE },
		{ NACE_SN2007, "74.200", NACE_SCOPE },	/* gives away */
		{ NACE_SN2007, "74.102", NACE_ONE_TO_ONE },
		{ NACE_SN2007, "90.020", NACE_ONE_TO_ONE },
		{ NACE_SN2007, "74.101", NACE_SPLIT },	/* exact */
		{ NACE_SN2007, "47.594", NACE_SPLIT },	/* wider */
		{ NACE_SN2007, "46.433", NACE_MERGED },
		{ NACE_SN2007, "90.012", NACE_MERGED },
		/* numbers that changed places: one to one, not the same */
		{ NACE_SN2007, "69.201", NACE_ONE_TO_ONE },
		{ NACE_SN2007, "69.202", NACE_ONE_TO_ONE },
		{ NACE_SN2007, "94.991", NACE_ONE_TO_ONE },
		/* ... inside a class that did not change */
		{ NACE_SN2007, "69.20", NACE_SAME },
		/* ... and one whose code the new standard widened from nothing */
		{ NACE_SN2007, "46.32", NACE_SCOPE },
		/* the whole of one, whole in another of the same level */
		{ NACE_SN2007, "K", NACE_ONE_TO_ONE },
		{ NACE_SN2007, "25.6", NACE_ONE_TO_ONE },
		{ NACE_SN2007, "85.60", NACE_ONE_TO_ONE },
		/* ... but in a part of it, or with others */
		{ NACE_SN2007, "46.7", NACE_SPLIT },
		{ NACE_SN2007, "82.11", NACE_MERGED },
		/* more than one code, seen as one */
		{ NACE_SN2007, "90.03", NACE_SPLIT },
		{ NACE_SN2007, "90", NACE_SCOPE },
		{ NACE_SN2007, "90.01", NACE_SPLIT },
		/* backwards */
		{ NACE_SN2025, "18.200", NACE_SAME },
		{ NACE_SN2025, "74.120", NACE_ONE_TO_ONE },
		{ NACE_SN2025, "74.110", NACE_MERGED },
		{ NACE_SN2025, "47.920", NACE_SPLIT },
		{ NACE_SN2025, "46.890", NACE_NOWHERE },
		{ NACE_SN2025, "98.1", NACE_NOWHERE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		const struct nace_item *it = nace_item(nace, t[i].std, t[i].code);
		enum nace_std other = t[i].std == NACE_SN2007 ? NACE_SN2025 : NACE_SN2007;
		enum nace_fate got;

		assert_non_null(it);
		got = nace_fate(nace, it, other);
		if (got != t[i].want)
			fail_msg("%s: %s", it->code, nace_fate_text(got, LANG_EN));
		assert_int_equal(nace_fate(nace, it, t[i].std), NACE_SAME);
	}
	for (int f = 0; f < NACE_FATES; f++) {
		assert_string_not_equal(nace_fate_text((enum nace_fate)f, LANG_NB), "?");
		assert_string_not_equal(nace_fate_text((enum nace_fate)f, LANG_EN),
		    nace_fate_text((enum nace_fate)f, LANG_NB));
	}
	assert_string_equal(nace_fate_text(NACE_SCOPE, LANG_EN), "scope changed");
	assert_string_equal(nace_fate_text(NACE_MERGED, LANG_NB), "slått sammen");
}

/* The 32 printed codes: how many of each fate, as counted by hand. */
static void
report_fates(void **state)
{
	struct nace_written w[PRINTED];
	struct nace_plan *p;
	size_t got[NACE_FATES] = { 0 };

	(void)state;
	write_codes(NACE_SN2007, printed, PRINTED, w);
	p = nace_plan(nace, NACE_SN2025, w, PRINTED);
	for (size_t i = 0; i < p->nstep; i++) {
		assert_true(p->step[i].translated);
		assert_true(p->step[i].ntarget > 0);
		got[p->step[i].fate]++;
	}
	nace_plan_free(p);
	assert_int_equal(got[NACE_SAME], 12);
	assert_int_equal(got[NACE_SCOPE], 3);
	assert_int_equal(got[NACE_ONE_TO_ONE], 5);
	assert_int_equal(got[NACE_MERGED], 4);
	assert_int_equal(got[NACE_SPLIT], 7);
	assert_int_equal(got[NACE_NOT_A_CODE], 1);
}

static void
report_targets(void **state)
{
	static const struct { int32_t code; size_t nother; const char *other; } over[] = {
		{ 47920, 64, NULL }, { 47790, 12, NULL }, { 47400, 6, NULL },
		{ 46490, 6, NULL },
		{ 52320, 5, "49.320 52.214 52.292 52.293 79.110" },
		{ 47690, 4, "47.789 47.890 47.919 47.990" },
		{ 74990, 3, "74.901 74.902 74.909" },
		{ 47540, 3, "47.540 47.890 47.990" },
		{ 18120, 2, "18.120 82.190" }, { 77510, 2, "79.110 82.990" },
		{ 91300, 2, "33.190 41.200" }, { 93291, 2, "82.300 93.190" },
		{ 55400, 1, "79.110" }, { 56400, 1, "79.901" },
		{ 82400, 1, "82.990" }, { 85521, 1, "85.521" },
	};
	struct nace_written w[PRINTED];
	struct nace_plan *p;
	size_t exact = 0, old = 0;

	(void)state;
	write_codes(NACE_SN2007, printed, PRINTED, w);
	for (size_t i = 0; i < PRINTED; i++)
		old += w[i].item->nleaf;
	assert_int_equal(old, 37);
	p = nace_plan(nace, NACE_SN2025, w, PRINTED);
	assert_int_equal(p->ntarget, 44);
	for (size_t i = 0; i < p->ntarget; i++) {
		exact += p->target[i].nother == 0;
		assert_true(i == 0 || p->target[i - 1].item->number <
		    p->target[i].item->number);
	}
	assert_int_equal(exact, 28);
	for (size_t i = 0; i < sizeof(over) / sizeof(over[0]); i++) {
		const struct nace_target *t = nace_plan_find(p, over[i].code);
		struct buf b = BUF(1000);

		assert_non_null(t);
		for (size_t k = 0; k < t->nother; k++)
			buf_printf(&b, "%s%s", k > 0 ? " " : "", t->other[k]->code);
		if (t->nother != over[i].nother)
			print_error("%s: %s\n", t->item->code, buf_text(&b));
		assert_int_equal(t->nother, over[i].nother);
		if (over[i].other != NULL)
			assert_string_equal(buf_text(&b), over[i].other);
		buf_free(&b);
	}
	assert_null(nace_plan_find(p, 47630));
	nace_plan_free(p);
}

/* Artistic work together is all of division 90 and a bit of 91.300. */
static void
artistic_work(void **state)
{
	static const char *const all[] = { "90.01", "90.02", "90.03", "90.04" };
	static const char *const whole[] = { "90" };
	struct nace_written w[4];
	struct nace_plan *p;

	(void)state;
	for (int k = 0; k < 2; k++) {
		size_t n = k == 0 ? 4 : 1;

		write_codes(NACE_SN2007, k == 0 ? all : whole, n, w);
		p = nace_plan(nace, NACE_SN2025, w, n);
		assert_int_equal(p->ntarget, 10);
		for (size_t i = 0; i < 9; i++) {
			assert_int_equal(p->target[i].item->number / 1000, 90);
			assert_int_equal(p->target[i].nother, 0);
		}
		assert_string_equal(p->target[9].item->code, "91.300");
		assert_int_equal(p->target[9].nother, 2);
		nace_plan_free(p);
	}
}

/* Whether a target over-covers hangs on the whole set. */
static void
set_matters(void **state)
{
	static const char *const one[] = { "85529" };
	static const char *const two[] = { "85529", "85522" };
	struct nace_written w[3];
	const struct nace_target *t;
	struct nace_plan *p;

	(void)state;
	write_codes(NACE_SN2007, one, 1, w);
	p = nace_plan(nace, NACE_SN2025, w, 1);
	assert_int_equal(p->ntarget, 1);
	assert_int_equal(p->target[0].nother, 1);
	assert_string_equal(p->target[0].other[0]->code, "85.522");
	nace_plan_free(p);

	write_codes(NACE_SN2007, two, 2, w);
	p = nace_plan(nace, NACE_SN2025, w, 2);
	t = nace_plan_find(p, 85529);
	assert_int_equal(t->nother, 0);
	assert_int_equal(t->nfrom, 2);
	assert_int_equal(t->from[0], 0);
	assert_int_equal(t->from[1], 1);
	assert_int_equal(p->step[0].ntarget, 1);
	assert_int_equal(p->step[1].ntarget, 2);
	assert_string_equal(p->target[p->step[1].target[0]].item->code, "85.521");
	assert_string_equal(p->target[p->step[1].target[1]].item->code, "85.529");
	nace_plan_free(p);

	/* what is also written in the register's own standard is meant */
	write_codes(NACE_SN2007, one, 1, w);
	write_codes(NACE_SN2025, one, 1, w + 1);
	p = nace_plan(nace, NACE_SN2025, w, 2);
	assert_int_equal(p->ntarget, 1);
	assert_int_equal(p->target[0].nother, 0);
	assert_int_equal(p->target[0].nfrom, 2);
	assert_int_equal(p->step[0].fate, NACE_SCOPE);
	assert_int_equal(p->step[1].fate, NACE_SAME);
	assert_false(p->step[1].translated);
	nace_plan_free(p);
}

static void
no_translation(void **state)
{
	static const char *const old[] = { "47.630", "90030", "R" };
	struct nace_written w[3];
	struct nace_plan *p;

	(void)state;
	write_codes(NACE_SN2007, old, 3, w);
	p = nace_plan(nace, NACE_SN2007, w, 3);
	assert_int_equal(p->ntarget, 1 + w[2].item->nleaf);
	assert_int_equal(p->step[0].fate, NACE_SAME);
	assert_false(p->step[0].translated);
	assert_int_equal(p->step[1].fate, NACE_NOT_A_CODE);
	assert_int_equal(p->step[1].ntarget, 6);
	for (size_t i = 0; i < p->ntarget; i++)
		assert_int_equal(p->target[i].nother, 0);
	assert_int_equal(nace_plan_find(p, 90031)->nfrom, 2);
	nace_plan_free(p);
	p = nace_plan(nace, NACE_SN2025, NULL, 0);
	assert_int_equal(p->ntarget, 0);
	assert_int_equal(p->nstep, 0);
	nace_plan_free(p);
	nace_plan_free(NULL);
}

static void
backwards(void **state)
{
	static const char *const new[] = { "74.140", "46.890" };
	struct nace_written w[2];
	struct nace_plan *p;

	(void)state;
	write_codes(NACE_SN2025, new, 2, w);
	p = nace_plan(nace, NACE_SN2007, w, 2);
	assert_int_equal(p->ntarget, 1);
	assert_string_equal(p->target[0].item->code, "74.101");
	assert_int_equal(p->target[0].item->std, NACE_SN2007);
	assert_int_equal(p->target[0].nother, 1);
	assert_string_equal(p->target[0].other[0]->code, "74.110");
	assert_int_equal(p->step[1].fate, NACE_NOWHERE);
	assert_int_equal(p->step[1].ntarget, 0);
	nace_plan_free(p);
}

/* 494 of the 820 old strings are in the new standard too, and 33 of those stand
 * for something else there: never the same, whatever the digits say. */
static void
same_digits(void **state)
{
	size_t n, both = 0, reused = 0;
	const struct nace_item *it = nace_items(nace, NACE_SN2007, &n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct nace_item *there = nace_item(nace, NACE_SN2025, it[i].code);
		size_t k, self = 0;
		const struct nace_link *l = nace_links(nace, &it[i], &k);
		enum nace_fate fate;

		if (it[i].level < 5 || there == NULL)
			continue;
		both++;
		for (size_t j = 0; j < k; j++)
			self += l[j].new == there;
		fate = nace_fate(nace, &it[i], NACE_SN2025);
		assert_int_equal(fate == NACE_SAME || fate == NACE_SCOPE, self == 1);
		reused += self == 0;
	}
	assert_int_equal(both, 494);
	assert_int_equal(reused, 33);
}

/* Slow and obvious: every target and every other code, by hand from the flows. */
static void
second_opinion(void **state)
{
	(void)state;
	for (size_t from = 0; from + 3 < PRINTED; from++) {
		struct nace_written w[3];
		struct nace_plan *p;
		size_t n;
		const struct nace_item *it = nace_items(nace, NACE_SN2025, &n);

		write_codes(NACE_SN2007, printed + from, 3, w);
		p = nace_plan(nace, NACE_SN2025, w, 3);
		for (size_t i = 0; i < n; i++) {
			const struct nace_target *t = nace_plan_find(p, it[i].number);
			size_t k, in = 0, out = 0;
			const struct nace_link *l = nace_links(nace, &it[i], &k);

			if (it[i].level < 5)
				continue;
			for (size_t j = 0; j < k; j++) {
				int inside = 0;

				for (size_t q = 0; q < 3; q++)
					inside |= strncmp(l[j].old->code, w[q].item->code,
					    strlen(w[q].item->code)) == 0;
				in += inside != 0;
				out += !inside;
			}
			assert_int_equal(t != NULL, in > 0);
			if (t != NULL)
				assert_int_equal(t->nother, out);
		}
		nace_plan_free(p);
	}
}

/* ---- against the lists themselves, where they are at hand ------------------ */

/* Strings used again for something else are never taken for the same. */
static void
reused_strings(void **state)
{
	struct csv c;
	struct err err = { 0 };
	size_t rows = 0;

	(void)state;
	klass_open("sn2007_codes_reused_in_sn2025.csv", &c);
	for (; csv_next(&c, &err) == 1; rows++) {
		const struct nace_item *old = nace_item(nace, NACE_SN2007, c.field[0]);
		const struct nace_item *new = nace_item(nace, NACE_SN2025, c.field[0]);
		enum nace_fate fate;
		struct buf b = BUF(1000);
		size_t n;
		const struct nace_link *l;

		assert_non_null(old);
		assert_non_null(new);
		assert_string_equal(new->name, c.field[2]);
		fate = nace_fate(nace, old, NACE_SN2025);
		assert_true(fate != NACE_SAME && fate != NACE_SCOPE);
		l = nace_links(nace, old, &n);
		for (size_t i = 0; i < n; i++) {
			assert_ptr_not_equal(l[i].new, new);
			buf_printf(&b, "%s%s", i > 0 ? " " : "", l[i].new->code);
		}
		assert_string_equal(buf_text(&b), c.field[3]);
		buf_free(&b);
	}
	csv_close(&c);
	assert_int_equal(rows, 33);
}

/* Each printed code on its own: successors and what else lands in them. */
static void
target32(void **state)
{
	struct csv c;
	struct err err = { 0 };
	size_t rows = 0;

	(void)state;
	klass_open("target32_sn2007_sn2025.csv", &c);
	for (; csv_next(&c, &err) == 1; rows++) {
		const char *code = c.field[0];
		struct nace_written w;
		struct nace_plan *p;
		struct buf b = BUF(1000);

		write_codes(NACE_SN2007, &code, 1, &w);
		assert_int_equal(w.as_group, strcmp(c.field[2], "no") == 0);
		p = nace_plan(nace, NACE_SN2025, &w, 1);
		for (size_t i = 0; i < p->ntarget; i++)
			buf_printf(&b, "%s%s", i > 0 ? " " : "",
			    p->target[i].item->code);
		assert_string_equal(buf_text(&b), c.field[6]);
		buf_clear(&b);
		/* for 90.03 that table counts its own six codes as others */
		for (size_t i = 0; i < p->ntarget && !w.as_group; i++) {
			buf_printf(&b, "%s%s<-", i > 0 ? " " : "",
			    p->target[i].item->code);
			for (size_t k = 0; k < p->target[i].nother; k++)
				buf_printf(&b, "%s%s", k > 0 ? "," : "",
				    p->target[i].other[k]->code);
		}
		if (!w.as_group)
			assert_string_equal(buf_text(&b), c.field[7]);
		buf_free(&b);
		nace_plan_free(p);
	}
	csv_close(&c);
	assert_int_equal(rows, 32);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fates),
		cmocka_unit_test(report_fates),
		cmocka_unit_test(report_targets),
		cmocka_unit_test(artistic_work),
		cmocka_unit_test(set_matters),
		cmocka_unit_test(no_translation),
		cmocka_unit_test(backwards),
		cmocka_unit_test(same_digits),
		cmocka_unit_test(second_opinion),
		cmocka_unit_test(reused_strings),
		cmocka_unit_test(target32),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
