#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "nace/nace.h"

static struct nace *nace;

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
taken(void **state)
{
	static const struct {
		enum nace_std std;
		const char *in, *want;
		int as_group;
	} t[] = {
		{ NACE_SN2007, "R", "R", 0 }, { NACE_SN2007, "r", "R", 0 },
		{ NACE_SN2007, "90", "90", 0 }, { NACE_SN2007, "90.0", "90.0", 0 },
		{ NACE_SN2007, "900", "90.0", 0 }, { NACE_SN2007, "90.03", "90.03", 0 },
		{ NACE_SN2007, "9003", "90.03", 0 }, { NACE_SN2007, "90031", "90.031", 0 },
		{ NACE_SN2007, "90.031", "90.031", 0 }, { NACE_SN2007, "01110", "01.110", 0 },
		{ NACE_SN2007, " \t90.03\r\n", "90.03", 0 },
		/* no code, but its class with a 0 behind */
		{ NACE_SN2007, "90030", "90.03", 1 }, { NACE_SN2007, "90.030", "90.03", 1 },
		{ NACE_SN2007, "46490", "46.49", 1 }, { NACE_SN2007, "43.220", "43.22", 1 },
		{ NACE_SN2025, "43.220", "43.22", 1 }, { NACE_SN2025, "01.450", "01.45", 1 },
		/* a code that really ends in 0 is itself */
		{ NACE_SN2007, "90.020", "90.020", 0 }, { NACE_SN2025, "74110", "74.110", 0 },
		{ NACE_SN2025, "V", "V", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct nace_written w;
		struct err err = { 0 };

		if (nace_parse(nace, t[i].std, t[i].in, &w, &err) == -1)
			fail_msg("%s: %s", t[i].in, err.text);
		assert_string_equal(w.item->code, t[i].want);
		assert_int_equal(w.item->std, t[i].std);
		assert_int_equal(w.as_group, t[i].as_group);
	}
}

static void
refused(void **state)
{
	static const struct {
		enum nace_std std;
		const char *in, *want;
	} t[] = {
		/* retired: the successors are named */
		{ NACE_SN2025, "47.630", "47.630 is a code of SN2007, not of SN2025; "
		    "its successors in SN2025: 47.690, 47.920 (or write 47.63" },
		{ NACE_SN2025, "96.02", "successors in SN2025: 96.210, 96.220" },
		{ NACE_SN2025, "74.102", "successors in SN2025: 74.120" },
		{ NACE_SN2025, "90.030", "90.03 is a code of SN2007, not of SN2025; "
		    "its successors in SN2025: 90.111, 90.112, 90.120, 90.130, "
		    "90.202, 90.209, 91.300" },
		/* not there yet: the forerunners are */
		{ NACE_SN2007, "74.140", "74.140 is a code of SN2025, not of SN2007; "
		    "its forerunners in SN2007: 74.101" },
		{ NACE_SN2007, "47.920", "47.220, 47.230, 47.241 and 59 more" },
		/* the new standard's newcomers come from nowhere */
		{ NACE_SN2007, "46.890", "forerunners in SN2007: none" },
		/* invented: the nearest is named */
		{ NACE_SN2007, "90.050", "90.050 is a code of neither SN2007 nor "
		    "SN2025; the nearest of SN2007 is 90.040 (Drift av lokaler" },
		{ NACE_SN2007, "90.038", "nearest of SN2007 is 90.039" },
		{ NACE_SN2025, "04", "nearest of SN2025 is 03" },
		{ NACE_SN2025, "85.51x", "\"85.51x\" is not an industry code" },
		{ NACE_SN2007, "X", "X is a code of neither" },
		{ NACE_SN2007, "00.000", "Uoppgitt" }, { NACE_SN2025, "00000", "Uoppgitt" },
		{ NACE_SN2025, "00", "Uoppgitt" },
		/* no code at all */
		{ NACE_SN2007, "", "no industry code is written here" },
		{ NACE_SN2007, "  ", "no industry code is written here" },
		{ NACE_SN2007, "9", "\"9\" is not an industry code" },
		{ NACE_SN2007, "90.", "is not an" }, { NACE_SN2007, "9.003", "is not an" },
		{ NACE_SN2007, "900.3", "is not an" }, { NACE_SN2007, "90.03.1", "is not an" },
		{ NACE_SN2007, "900301", "is not an" }, { NACE_SN2007, "90 03", "is not an" },
		{ NACE_SN2007, "90,03", "is not an" }, { NACE_SN2007, "RR", "is not an" },
		{ NACE_SN2007, "\xc3\x86", "is not an" }, { NACE_SN2007, "9\xff", "not an" },
		{ NACE_SN2007, "[", "is not an" }, { NACE_SN2007, "9:", "is not an" },
		{ NACE_SN2007, "musikk og annen kunstnerisk virksomhet", "not an industry" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct nace_written w = { NULL, 7, "x" };
		struct err err = { 0 };

		if (nace_parse(nace, t[i].std, t[i].in, &w, &err) == 0)
			fail_msg("%s was taken", t[i].in);
		if (strstr(err.text, t[i].want) == NULL)
			fail_msg("%s: %s", t[i].in, err.text);
		assert_int_equal(err.status, EX_DATAERR);
		assert_int_equal(w.as_group, 7);
	}
}

/* Every entry of both standards is taken with and without its dot. */
static void
every_code(void **state)
{
	(void)state;
	for (int std = 0; std < 2; std++) {
		size_t n;
		const struct nace_item *it = nace_items(nace, (enum nace_std)std, &n);

		for (size_t i = 0; i < n; i++) {
			struct nace_written w;
			struct err err = { 0 };
			char bare[8];
			size_t k = 0;

			for (const char *p = it[i].code; *p != '\0'; p++)
				if (*p != '.')
					bare[k++] = *p;
			bare[k] = '\0';
			assert_int_equal(nace_parse(nace, it[i].std, it[i].code, &w, &err), 0);
			assert_ptr_equal(w.item, &it[i]);
			assert_false(w.as_group);
			assert_string_equal(w.text, it[i].code);
			assert_int_equal(nace_parse(nace, it[i].std, bare, &w, &err), 0);
			assert_ptr_equal(w.item, &it[i]);
			assert_string_equal(w.text, bare);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken),
		cmocka_unit_test(refused),
		cmocka_unit_test(every_code),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
