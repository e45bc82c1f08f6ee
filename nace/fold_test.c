#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "nace/fold.h"

static void
same_name(void **state)
{
	static const struct { const char *says, *in, *want; } t[] = {
		{ "case of ASCII", "OSLO", "oslo" },
		{ "case of Norwegian letters", "ÆØÅ Ål", "æøå ål" },
		{ "case of Sámi letters", "GÁIVUOTNA Čáhcesuolu ŠŊŦŽĐ", "gáivuotna čáhcesuolu šŋŧžđ" },
		{ "composed", "A\xcc\x8al", "ål" },
		{ "ampersand", "Møre & Romsdal", "møre og romsdal" },
		{ "ampersand without blanks", "Møre&Romsdal", "møre og romsdal" },
		{ "ampersand first", "& Romsdal", "og romsdal" },
		{ "ampersand last", "Møre &", "møre og" },
		{ "blanks", " \tNord \xc2\xa0 Fron\n", "nord fron" },
		{ "nothing", "", "" },
		{ "only blanks", "  ", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		char *got = fold(t[i].in);

		if (got == NULL || strcmp(got, t[i].want) != 0)
			print_error("%s: got \"%s\"\n", t[i].says, got ? got : "NULL");
		assert_non_null(got);
		assert_string_equal(got, t[i].want);
		free(got);
	}
}

/* The short way through ASCII and Latin-1 is the long one: each letter between
 * two others, capital and small. */
static void
each_letter_is_unicodes(void **state)
{
	(void)state;
	for (unsigned c = 1; c < 0x250; c++) {
		char text[16], *got;
		size_t n = 0, len = 0;
		uint8_t *want;

		text[n++] = 'A';
		if (c < 0x80)
			text[n++] = (char)c;
		else {
			text[n++] = (char)(0xc0 | c >> 6);
			text[n++] = (char)(0x80 | (c & 0x3f));
		}
		text[n++] = 'b';
		text[n] = '\0';
		want = u8_casefold((const uint8_t *)text, n, NULL, UNINORM_NFKC, NULL,
		    &len);
		got = fold(text);
		assert_non_null(want);
		assert_non_null(got);
		if (c == '&')
			assert_string_equal(got, "a og b");
		else if (len == 3 && uc_is_property_white_space(want[1]))
			assert_string_equal(got, "a b");
		else if (c == 0x85)
			assert_string_equal(got, "a b");
		else if (strlen(got) != len || memcmp(got, want, len) != 0)
			fail_msg("U+%04X: \"%s\", not \"%.*s\"", c, got, (int)len, want);
		free(want);
		free(got);
	}
}

static void
refused(void **state)
{
	char s[FOLD_MAX + 2];

	(void)state;
	assert_null(fold("\xff"));
	assert_null(fold("\xc3"));
	assert_null(fold("M\xf8re"));
	memset(s, 'x', sizeof(s));
	s[sizeof(s) - 1] = '\0';
	assert_null(fold(s));
	s[FOLD_MAX] = '\0';
	char *ok = fold(s);
	assert_non_null(ok);
	free(ok);
}

static void
distance(void **state)
{
	static const struct { const char *a, *b; size_t want; } t[] = {
		{ "", "", 0 }, { "a", "", 1 }, { "", "abc", 3 },
		{ "drammen", "drammen", 0 }, { "drammen", "dramen", 1 },
		{ "tromsø", "tromso", 1 }, { "kitten", "sitting", 3 },
		{ "ab", "ba", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_int_equal(fold_distance(t[i].a, t[i].b), t[i].want);
		assert_int_equal(fold_distance(t[i].b, t[i].a), t[i].want);
	}
}

static void
near(void **state)
{
	(void)state;
	assert_true(fold_near("ås", "ål"));
	assert_false(fold_near("ås", "bø"));
	assert_true(fold_near("finmark", "finnmark"));
	assert_true(fold_near("kristiannsannd", "kristiansand"));
	assert_false(fold_near("sandefjord", "sarpsborg"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_name),
		cmocka_unit_test(each_letter_is_unicodes),
		cmocka_unit_test(refused),
		cmocka_unit_test(distance),
		cmocka_unit_test(near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
