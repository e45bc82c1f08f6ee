#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "nace/tsv.h"

static void
rows_and_comments(void **state)
{
	char text[] = "# a comment\n1\tone\n\n2\t\n# another\n3\tthree";
	struct tsv t = { "t", text, 0 };
	struct err err = { 0 };
	char *f[TSV_FIELDS];

	(void)state;
	assert_int_equal(tsv_count(&t), 3);
	assert_int_equal(tsv_next(&t, f, 2, &err), 1);
	assert_string_equal(f[0], "1");
	assert_string_equal(f[1], "one");
	assert_int_equal(t.line, 2);
	assert_int_equal(tsv_count(&t), 2);
	assert_int_equal(tsv_next(&t, f, 2, &err), 1);
	assert_string_equal(f[0], "2");
	assert_string_equal(f[1], "");
	assert_int_equal(tsv_next(&t, f, 2, &err), 1);
	assert_string_equal(f[1], "three");
	assert_int_equal(t.line, 6);
	assert_int_equal(tsv_next(&t, f, 2, &err), 0);
	assert_int_equal(tsv_next(&t, f, 2, &err), 0);
}

static void
wrong_number_of_fields(void **state)
{
	static const char *const bad[] = { "a", "a\tb\tc", "a\tb\t" };
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[32], *f[TSV_FIELDS];
		struct tsv t = { "t.tsv", text, 0 };

		memset(&err, 0, sizeof(err));
		strcpy(text, bad[i]);
		assert_int_equal(tsv_next(&t, f, 2, &err), -1);
		assert_int_equal(err.status, EX_SOFTWARE);
		assert_non_null(strstr(err.text, "t.tsv: line 1 has "));
	}
}

static void
empty_text(void **state)
{
	char text[] = "", *f[TSV_FIELDS];
	struct tsv t = { "t", text, 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(tsv_count(&t), 0);
	assert_int_equal(tsv_next(&t, f, 1, &err), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_and_comments),
		cmocka_unit_test(wrong_number_of_fields),
		cmocka_unit_test(empty_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
