#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/tables/forms.h"

/* Every one is found, and so the table is in its order. */
static void
test_all(void **state)
{
	static const char *const code[] = { "AAFY", "ADOS", "ANNA", "ANS", "AS", "ASA",
		"BA", "BBL", "BEDR", "BO", "BRL", "DA", "ENK", "EOFG", "ESEK", "FKF",
		"FLI", "FYLK", "GFS", "IKJP", "IKS", "KBO", "KF", "KIRK", "KOMM", "KS",
		"KTRF", "NUF", "OPMV", "ORGL", "PERS", "PK", "PRE", "SA", "SAM", "SE",
		"SF", "SPA", "STAT", "STI", "SÆR", "TVAM", "UTBG", "UTLA", "VIFE",
		"VPFO" };

	(void)state;
	for (size_t i = 0; i < sizeof(code) / sizeof(code[0]); i++) {
		assert_non_null(forms_name(code[i], LANG_NB));
		assert_non_null(forms_name(code[i], LANG_EN));
	}
	assert_string_equal(forms_name("AS", LANG_NB), "Aksjeselskap");
	assert_string_equal(forms_name("ENK", LANG_EN), "Sole proprietorship");
	assert_null(forms_name("", LANG_NB));
	assert_null(forms_name("as", LANG_NB));
	assert_null(forms_name("ZZZ", LANG_NB));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_all) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
