/* Names of firms, as lists and the register have them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/buf.h"

#include "pipeline/frame/names.h"

static void
one_firm_has_one_key(void **state)
{
	static const char *const t[][2] = {
		{ "G\xc3\xa5rdsmat & S\xc3\xb8nner AS", "g\xc3\xa5rdsmat og s\xc3\xb8nner" },
		{ "GA\xcc\x8aRDSMAT  OG S\xc3\x98NNER A/S", "g\xc3\xa5rdsmat og s\xc3\xb8nner" },
		{ "G\xc3\xa5rdsmat og S\xc3\xb8nner, A.S.", "g\xc3\xa5rdsmat og s\xc3\xb8nner" },
		{ "AS Norsk Mat", "norsk mat" },
		{ "Ola's Ysteri ENK", "olas ysteri" },
		{ "Ola\xe2\x80\x99s\xc2\xa0Ysteri", "olas ysteri" },
		{ "Nord-Troms (Mat) DA", "nord troms mat" },
		{ "AS", "as" },			/* something is left */
		{ "Asen g\xc3\xa5rd", "asen g\xc3\xa5rd" },
		{ " ", "" },
	};
	struct arena *a = arena_new();
	char longer[400];

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		assert_string_equal(names_key(a, t[i][0]), t[i][1]);
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_string_equal(names_key(a, longer), "");
	/* more words than are told apart: nothing is lost */
	assert_int_equal(strlen(names_key(a, "a a a a a a a a a a a a a a a a a a a a a a a"
	    " a a a a a a a a a a a a a a a a a b")), 81);
	arena_free(a);
}

static void
what_is_close(void **state)
{
	static const struct { const char *a, *b; int close; } t[] = {
		{ "solbakken g\xc3\xa5rd", "solbakken gard", 1 },
		{ "solbakken", "solbaken", 1 },
		{ "solbakken", "solbekkan", 0 },	/* two of nine */
		{ "solbakkene", "solbekkane", 1 },	/* two of ten */
		{ "moen", "mohn", 0 },			/* too short */
		{ "solbakken", "solbakken", 0 },	/* the same */
		{ "ola hansen ysteri", "ysteri ola hansen", 1 },
		{ "ola hansen", "ola hansen ysteri", 1 },
		{ "ola hansen", "ola nilsen ysteri", 0 },
		{ "ola ola", "ola ysteri", 0 },
		{ "ysteri", "ola ysteri", 0 },
		{ "", "ola", 0 },
	};
	struct names_letters x, y;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_int_equal(names_close(t[i].a, t[i].b), t[i].close);
		assert_int_equal(names_close(t[i].b, t[i].a), t[i].close);
		/* what is passed over by its letters is not close */
		names_letters(t[i].a, &x);
		names_letters(t[i].b, &y);
		if (t[i].close)
			assert_true(names_may_be_close(&x, &y));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_firm_has_one_key),
		cmocka_unit_test(what_is_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
