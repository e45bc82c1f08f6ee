/* Tests of what patterns need: a word too many would lose a hit. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/contact/reason_need.h"

static void
takes_the_words_a_pattern_cannot_do_without(void **state)
{
	/* pattern, its words; "*" for any octet over 127, "" for nothing known */
	static const struct { const char *pattern, *want; } cases[] = {
		{ "user unknown", "user unknown" },
		{ "User Unknown", "user unknown" },
		{ "\\bspf\\b", "spf" },
		{ "couldn't find", "couldn't find" },
		{ "over ?quota", "quota" },		/* "over" is shorter */
		{ "disks? full", " full" },
		{ "ab+cdef", "cdef" },
		{ "spam-?score", "score" },
		{ "x{0,3}spam", "spam" },
		{ "spa{1,3}mmer", "mmer" },
		{ "(a|b) listed", " listed" },
		{ "(foo|barbaz) x", "foo barbaz" },
		{ "(foo|barbaz)? is x", " is x" },
		{ "(foo|(?:one|two) x) y", "foo one two" },
		{ "foo|barbaz", "foo barbaz" },
		{ "foo|b", "" },
		{ "(?<!not )listed(?! here)", "listed" },
		{ "[a-z]listed[^]x]mails", "listed" },
		{ "a\\.b\\(c", "a.b(c" },
		{ "\\d+", "" }, { ".*", "" }, { "", "" }, { "no", "" },
		{ "\\x41bcdef", "" }, { "(?i)spam", "" }, { "(?>spam)", "" },
		{ "bo[i\xc3\xae]te", "" },
		{ "\xd0\xb0\xd0\xb4\xd1\x80", "*" },
		{ "ukjent|\xc3\xa5pen", "ukjent*" },
		{ "(", "" }, { "[", "" }, { "\\", "" }, { "a{", "" },
	};
	char got[NEED_WORDS * (NEED_LEN + 1) + 4];
	struct need x;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		need_of(cases[i].pattern, strlen(cases[i].pattern), &x);
		got[0] = '\0';
		for (k = 0; k < x.n; k++) {
			if (k > 0)
				strcat(got, " ");
			strcat(got, x.word[k]);
		}
		if (x.high)
			strcat(got, "*");
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: got \"%s\"", cases[i].pattern, got);
	}
}

static void
one_walk_tells_which_patterns_may_hit(void **state)
{
	static const char *const pattern[] = { "user unknown", "\\bspam\\b", ".*",
	    "quota|full", "\xd0\xb0\xd0\xb4\xd1\x80", "wn" };
	static const struct { const char *text, *may; } cases[] = {
		{ "550 User Unknown", "101001" },
		{ "SPAMMER", "011001" },
		{ "mailbox is full", "001101" },
		{ "\xd0\x90\xd0\x94\xd0\xa0", "001011" },
		{ "", "001001" }, { "us", "001001" },
		{ "user unknow", "001001" },
	};
	struct need_set *set = need_set_new();
	struct need x;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(pattern) / sizeof(pattern[0]); i++) {
		need_of(pattern[i], strlen(pattern[i]), &x);
		need_set_add(set, &x);
	}
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		need_set_walk(set, cases[i].text, strlen(cases[i].text));
		for (k = 0; k < sizeof(pattern) / sizeof(pattern[0]); k++)
			if (need_set_has(set, k) != (cases[i].may[k] == '1'))
				fail_msg("\"%s\" and %s", cases[i].text,
				    pattern[k]);
	}
	need_set_free(set);
	need_set_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_the_words_a_pattern_cannot_do_without),
		cmocka_unit_test(one_walk_tells_which_patterns_may_hit),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
