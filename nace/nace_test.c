#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "pipeline/base/date.h"
#include "nace/klass_test.h"
#include "nace/nace.h"

static struct nace *nace;

static int
setup(void **state)
{
	struct err err = { 0 };

	(void)state;
	nace = nace_load(&err);
	if (nace == NULL)
		print_error("%s\n", err.text);
	return nace == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	nace_free(nace);
	nace_free(NULL);
	return 0;
}

static void
levels(void **state)
{
	static const size_t want[2][NACE_LEVELS + 1] = {
		{ 0, 21, 87, 270, 613, 820 }, { 0, 22, 87, 287, 651, 738 },
	};

	(void)state;
	for (int std = 0; std < 2; std++) {
		size_t n, got[NACE_LEVELS + 1] = { 0 }, leaves = 0;
		const struct nace_item *it = nace_items(nace, (enum nace_std)std, &n);

		for (size_t i = 0; i < n; i++) {
			got[it[i].level]++;
			assert_true(it[i].nleaf > 0);
			assert_ptr_equal(nace_item(nace, it[i].std, it[i].code), &it[i]);
			if (it[i].level == 1)
				leaves += it[i].nleaf;
			else
				assert_int_equal(it[i].parent->level, it[i].level - 1);
			if (it[i].level == 5)
				assert_ptr_equal(it[i].leaf[0], &it[i]);
			else
				assert_int_equal(it[i].number, -1);
		}
		assert_int_equal(leaves, want[std][5]);
		for (int l = 1; l <= NACE_LEVELS; l++)
			assert_int_equal(got[l], want[std][l]);
	}
}

static void
look_up(void **state)
{
	const struct nace_item *it = nace_item(nace, NACE_SN2007, "90.03");

	(void)state;
	assert_non_null(it);
	assert_string_equal(it->name, "Selvstendig kunstnerisk virksomhet");
	assert_int_equal(it->section, 'R');
	assert_int_equal(it->nleaf, 6);
	assert_string_equal(it->leaf[0]->code, "90.031");
	assert_string_equal(it->leaf[5]->code, "90.039");
	assert_string_equal(it->parent->code, "90.0");
	assert_null(it->parent->parent->parent->parent);
	/* letters moved: never carried across */
	assert_int_equal(nace_code(nace, NACE_SN2025, 90201)->section, 'S');
	assert_int_equal(nace_code(nace, NACE_SN2007, 85522)->section, 'P');
	assert_int_equal(nace_code(nace, NACE_SN2025, 85529)->section, 'Q');
	assert_null(nace_item(nace, NACE_SN2007, "90.030"));
	assert_null(nace_item(nace, NACE_SN2007, "90030"));
	assert_null(nace_item(nace, NACE_SN2007, ""));
	assert_null(nace_item(nace, NACE_SN2007, "V"));
	assert_non_null(nace_item(nace, NACE_SN2025, "V"));
	assert_null(nace_code(nace, NACE_SN2007, 90030));
	assert_null(nace_code(nace, NACE_SN2007, 0));
	assert_null(nace_code(nace, NACE_SN2007, -1));
	assert_null(nace_code(nace, NACE_SN2007, INT32_MAX));
	assert_int_equal(nace_code(nace, NACE_SN2007, 1110)->number, 1110);
	assert_string_equal(nace_code(nace, NACE_SN2007, 99000)->code, "99.000");
	assert_string_equal(nace_name(nace, NACE_SN2025, 0), "Uoppgitt");
	assert_null(nace_name(nace, NACE_SN2025, 47630));
	assert_string_equal(nace_name(nace, NACE_SN2025, 58210),
	    "Utgivelse av programvare for dataspill");
	assert_non_null(nace_name(nace, NACE_SN2025, 43223));
	assert_null(nace_name(nace, NACE_SN2025, 43220));
}

static void
numbers(void **state)
{
	static const struct { const char *s; int32_t want; } t[] = {
		{ "90.030", 90030 }, { "90030", 90030 }, { "01.110", 1110 },
		{ "00.000", 0 }, { "99999", 99999 }, { "90.03", -1 },
		{ "9003", -1 }, { "90.0300", -1 }, { "9.0030", -1 },
		{ "90-030", -1 }, { " 90030", -1 }, { "9003a", -1 }, { "", -1 },
		{ "90.03/", -1 }, { "90.03:", -1 },
	};
	char out[8];

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		int32_t got = -1;

		assert_int_equal(nace_number(t[i].s, strlen(t[i].s), &got),
		    t[i].want == -1 ? -1 : 0);
		assert_int_equal(got, t[i].want);
	}
	assert_string_equal(nace_text(90030, out), "90.030");
	assert_string_equal(nace_text(1110, out), "01.110");
	assert_string_equal(nace_text(0, out), "00.000");
	assert_string_equal(nace_text(-1, out), "");
	assert_string_equal(nace_text(100000, out), "");
}

static void
standards(void **state)
{
	static const char *const good[] = { "SN2007", "sn2007", "SN 2007", "sn-2007" };
	static const char *const bad[] = { "", "S", "SN", "SN2008", "2007", "SN20077",
	    "XN2007", "SX2007", "SN  2007" };
	enum nace_std std;
	int32_t day;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		std = NACE_SN2025;
		assert_int_equal(nace_std_parse(good[i], &std), 0);
		assert_int_equal(std, NACE_SN2007);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(nace_std_parse(bad[i], &std), -1);
	assert_int_equal(nace_std_parse("sn2025", &std), 0);
	assert_int_equal(std, NACE_SN2025);
	assert_string_equal(nace_std_text(NACE_SN2007), "SN2007");
	assert_string_equal(nace_std_text(NACE_SN2025), "SN2025");
	date_parse("2025-08-31", 10, &day);
	assert_int_equal(nace_std_at(day), NACE_SN2007);
	date_parse("2025-09-01", 10, &day);
	assert_int_equal(nace_std_at(day), NACE_SN2025);
	assert_int_equal(nace_std_at(DATE_NONE), NACE_SN2025);
	assert_null(strchr(nace_version(nace), '\n'));
}

static void
flows(void **state)
{
	const struct nace_link *l;
	size_t n, none = 0;
	const struct nace_item *it = nace_items(nace, NACE_SN2007, &n);
	size_t links = 0;

	(void)state;
	/* every five-digit code of SN2007 goes somewhere */
	for (size_t i = 0; i < n; i++) {
		size_t k;

		l = nace_links(nace, &it[i], &k);
		if (it[i].level < 5) {
			assert_null(l);
			assert_int_equal(k, 0);
			continue;
		}
		assert_true(k > 0);
		for (size_t j = 0; j < k; j++)
			assert_ptr_equal(l[j].old, &it[i]);
		links += k;
	}
	assert_int_equal(links, 1251);
	/* and all but three of SN2025 come from somewhere */
	it = nace_items(nace, NACE_SN2025, &n);
	for (size_t i = 0; i < n; i++) {
		size_t k;

		l = nace_links(nace, &it[i], &k);
		for (size_t j = 0; j < k; j++) {
			assert_ptr_equal(l[j].new, &it[i]);
			assert_true(j == 0 || l[j - 1].old->number < l[j].old->number);
		}
		links -= k;
		if (it[i].level == 5 && k == 0) {
			none++;
			assert_true(it[i].number == 46890 || it[i].number == 98100 ||
			    it[i].number == 98200);
		}
	}
	assert_int_equal(links, 0);
	assert_int_equal(none, 3);
	l = nace_links(nace, nace_code(nace, NACE_SN2007, 74101), &n);
	assert_int_equal(n, 2);
	assert_string_equal(l[0].new->code, "74.110");
	assert_string_equal(l[1].new->code, "74.140");
	assert_string_equal(l[0].kind, "1:n");
	l = nace_links(nace, nace_code(nace, NACE_SN2025, 85529), &n);
	assert_int_equal(n, 2);
	assert_string_equal(l[0].old->code, "85.522");
	assert_string_equal(l[0].kind, "n:n");
	assert_string_equal(l[1].kind, "identity+merge");
}

static void
kinds(void **state)
{
	static const struct { const char *kind; size_t want; } t[] = {
		{ "identity", 301 }, { "identity+merge", 74 }, { "1:1", 74 },
		{ "n:1", 151 }, { "1:n", 124 }, { "n:n", 527 },
	};
	size_t n, got[6] = { 0 };
	const struct nace_item *it = nace_items(nace, NACE_SN2007, &n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		size_t out;
		const struct nace_link *l = nace_links(nace, &it[i], &out);

		for (size_t j = 0; j < out; j++)
			for (size_t k = 0; k < 6; k++)
				got[k] += strcmp(t[k].kind, l[j].kind) == 0;
	}
	for (size_t k = 0; k < 6; k++)
		assert_int_equal(got[k], t[k].want);
}

static void
search(void **state)
{
	static const struct {
		enum nace_std std;
		const char *words;
		size_t want;
		const char *first;
	} t[] = {
		{ NACE_SN2007, "90.03", 7, "90.03" },
		{ NACE_SN2007, "9003", 7, "90.03" },
		{ NACE_SN2007, "90.", 17, "90" },
		{ NACE_SN2007, "r", 1, "R" },
		{ NACE_SN2007, "FOTOGRAFvirksomhet", 3, "74.2" },
		{ NACE_SN2007, "utøvende MUSIKK", 1, "90.011" },
		{ NACE_SN2007, "musikk  utøvende", 1, "90.011" },
		{ NACE_SN2025, "dataspill", 2, "58.21" },
		{ NACE_SN2025, "9003", 0, NULL },
		{ NACE_SN2025, "", 0, NULL },
		{ NACE_SN2025, "  ", 0, NULL },
		{ NACE_SN2025, "\xff", 0, NULL },
		{ NACE_SN2025, "xyzzy", 0, NULL },
		{ NACE_SN2025, ".", 0, NULL },
	};
	const struct nace_item *out[20];

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		size_t got = nace_search(nace, t[i].std, t[i].words, out, 20);

		if (got != t[i].want)
			print_error("%s: %zu\n", t[i].words, got);
		assert_int_equal(got, t[i].want);
		if (got > 0)
			assert_string_equal(out[0]->code, t[i].first);
	}
	out[1] = NULL;
	assert_int_equal(nace_search(nace, NACE_SN2007, "9003", out, 1), 7);
	assert_null(out[1]);
}

/* ---- against the lists themselves, where they are at hand ------------------ */

static void
klass_codes(void **state)
{
	struct csv c;
	struct err err = { 0 };
	size_t rows = 0, n;

	(void)state;
	klass_open("sn2025_current_2026.csv", &c);
	for (; csv_next(&c, &err) == 1; rows++) {
		const struct nace_item *it = nace_item(nace, NACE_SN2025, c.field[0]);

		assert_non_null(it);
		assert_string_equal(it->name, c.field[3]);
		assert_int_equal(it->level, c.field[2][0] - '0');
		assert_string_equal(it->parent ? it->parent->code : "", c.field[1]);
	}
	csv_close(&c);
	assert_string_equal(err.text, "");
	nace_items(nace, NACE_SN2025, &n);
	assert_int_equal(rows, n);
}

/* The list of SN2007 as Statistics Norway gives it out: all five levels. */
static void
klass_old_codes(void **state)
{
	struct csv c;
	struct err err = { 0 };
	size_t rows = 0, n;

	(void)state;
	klass_open("sn2007_version30.csv", &c);
	for (; csv_next(&c, &err) == 1; rows++) {
		const struct nace_item *it = nace_item(nace, NACE_SN2007, c.field[0]);
		const char *name = c.field[3];

		assert_non_null(it);
		while (*name == ' ')
			name++;
		assert_memory_equal(it->name, name, strlen(it->name));
		assert_true(strspn(name + strlen(it->name), " ") ==
		    strlen(name + strlen(it->name)));
		assert_int_equal(it->level, c.field[2][0] - '0');
		assert_string_equal(it->parent ? it->parent->code : "", c.field[1]);
	}
	csv_close(&c);
	assert_string_equal(err.text, "");
	nace_items(nace, NACE_SN2007, &n);
	assert_int_equal(rows, n);
}

/* With or without those lists: every code of SN2007 went somewhere; which of
 * them went into several, or into a wider one, is told by its fate and links. */
static void
nothing_goes_nowhere(void **state)
{
	size_t n, codes = 0, several = 0;
	const struct nace_item *it = nace_items(nace, NACE_SN2007, &n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct nace_link *l;
		size_t k;

		if (it[i].level < 5)
			continue;
		codes++;
		l = nace_links(nace, &it[i], &k);
		assert_true(k > 0);
		several += k > 1;
		for (size_t j = 0; j < k; j++) {
			size_t from;

			assert_ptr_equal(nace_code(nace, NACE_SN2025, l[j].new->number),
			    l[j].new);
			nace_links(nace, l[j].new, &from);
			assert_int_equal(strcmp(l[j].kind, "n:n") == 0 ||
			    strcmp(l[j].kind, "1:n") == 0, k > 1);
			assert_int_equal(strcmp(l[j].kind, "n:n") == 0 ||
			    strcmp(l[j].kind, "n:1") == 0 ||
			    strcmp(l[j].kind, "identity+merge") == 0, from > 1);
		}
	}
	assert_int_equal(codes, 820);
	assert_true(several > 100);
}

static void
klass_flows(void **state)
{
	struct csv c;
	struct err err = { 0 };
	size_t rows = 0;

	(void)state;
	klass_open("sn2007_to_sn2025_full_level5.csv", &c);
	for (; csv_next(&c, &err) == 1; rows++) {
		const struct nace_item *old = nace_item(nace, NACE_SN2007, c.field[0]);
		const struct nace_link *l;
		size_t n, hits = 0;

		assert_non_null(old);
		l = nace_links(nace, old, &n);
		for (size_t i = 0; i < n; i++)
			if (strcmp(l[i].new->code, c.field[2]) == 0) {
				/* one pair is wrong there: two codes lead to 43.222 */
				if (old->number != 43990 || l[i].new->number != 43222)
					assert_string_equal(l[i].kind, c.field[4]);
				hits++;
			}
		assert_int_equal(hits, 1);
	}
	csv_close(&c);
	assert_string_equal(err.text, "");
	assert_int_equal(rows, 1251);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels),
		cmocka_unit_test(look_up),
		cmocka_unit_test(numbers),
		cmocka_unit_test(standards),
		cmocka_unit_test(flows),
		cmocka_unit_test(kinds),
		cmocka_unit_test(search),
		cmocka_unit_test(nothing_goes_nowhere),
		cmocka_unit_test(klass_codes),
		cmocka_unit_test(klass_old_codes),
		cmocka_unit_test(klass_flows),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
