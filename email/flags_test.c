/* What is worth knowing of a valid address and rejects nobody. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "email/private.h"

static struct email_rules *rules;

static int
setup(void **state)
{
	struct err err;

	(void)state;
	return (rules = email_rules_new(&err)) != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	email_rules_free(rules);
	return 0;
}

static const struct {
	const char *address, *flags;
} cases[] = {
	{ "post@firma.no", "role" },
	{ "FirmaPost@firma.no", "role" },
	{ "daglig.leder@firma.no", "role" },
	{ "posten@firma.no", "" },
	{ "noreply@firma.no", "noreply" },
	{ "No-Reply@firma.no", "noreply" },
	{ "mailer-daemon@firma.no", "noreply" },
	{ "abuse@firma.no", "postmaster" },
	{ "postmaster@firma.no", "postmaster" },
	{ "kari@gmail.com", "free" },
	{ "kari@GMAIL.com", "free" },
	{ "kari@online.no", "free" },
	{ "kari@mail.gmail.com", "" },
	{ "x@mailinator.com", "disposable" },
	{ "kari.nordmann@firma.no", "named" },
	{ "k\xc3\xa5re.\xc3\xa5s@firma.no", "named,needs_smtputf8" },
	{ "kari.1@firma.no", "" },
	{ "bl\xc3\xa5@firma.no", "needs_smtputf8" },
	{ "a@fi\xd0\xb3ma.no", "mixed_script" },
	{ "a@\xd0\xb3.no", "" },
	{ "a@bl\xc3\xa5.no", "" },
	{ "a@firma.qqqq", "unlisted_suffix" },
	{ "a@firma.no", "" },
	{ "a@firma.co.uk", "" },
	{ "a@oslo.kommune.no", "" },
	{ "a@priv.no", "" },
	{ "kari@gmial.com", "typo" },
	{ "post@gmial.com", "role,typo" },
};

static void
flags_say_what_an_address_is_like(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF(1000);
		struct email e;

		email_check(rules, cases[i].address, strlen(cases[i].address), &e);
		email_codes(0, e.flags, &b);
		if (e.reason != EMAIL_OK || strcmp(buf_text(&b), cases[i].flags) != 0) {
			print_error("%s: got %s\n", cases[i].address, buf_text(&b));
			bad++;
		}
		buf_free(&b);
	}
	assert_int_equal(bad, 0);
}

static void
without_rules_only_what_sending_needs_is_said(void **state)
{
	struct email e;

	(void)state;
	email_check(NULL, "post@gmail.com", 14, &e);
	assert_int_equal(e.flags, 0);
	email_check(NULL, "bl\xc3\xa5@gmail.com", 14, &e);
	assert_int_equal(e.flags, EMAIL_SMTPUTF8);
	assert_string_equal(e.suggestion, "");
}

/* A text that makes a pattern work hard is no match, and soon. */
static void
patterns_give_up(void **state)
{
	char s[4001];

	(void)state;
	for (size_t i = 0; i < 4000; i += 2)
		memcpy(s + i, "a.", 2);
	s[4000] = '\0';
	assert_int_equal(email_matches(rules, PAT_URL, s, 4000, NULL), 0);
	assert_int_equal(email_matches(rules, PAT_NAMED, "\xff.a", 3, NULL), 0);
}

/* Where nothing may be written and run, as under systemd's
 * MemoryDenyWriteExecute, patterns are interpreted: the same answers. */
static void
without_a_compiler_the_answers_are_the_same(void **state)
{
	(void)state;
	assert_int_equal(email_matches(rules, PAT_PLACEHOLDER, "ingen", 5, NULL), 1);
	for (int i = 0; i < PATTERNS; i++) {
		uint32_t options = 0;
		pcre2_code *plain = pcre2_code_copy(rules->pattern[i]);

		/* a copy is without compiled code, as after a refusal */
		assert_non_null(plain);
		assert_int_equal(pcre2_pattern_info(plain, PCRE2_INFO_JITSIZE,
		    &(size_t){ 0 }), 0);
		assert_int_equal(pcre2_pattern_info(plain, PCRE2_INFO_ALLOPTIONS,
		    &options), 0);
		assert_true((options & PCRE2_UTF) != 0);
		pcre2_code_free(rules->pattern[i]);
		rules->pattern[i] = plain;
	}
	flags_say_what_an_address_is_like(state);
	patterns_give_up(state);
}

static void
the_version_is_a_line(void **state)
{
	struct buf b = BUF(1000);

	(void)state;
	email_version(&b);
	assert_non_null(strstr(buf_text(&b), "public suffix list of 20"));
	assert_null(strchr(buf_text(&b), '\n'));
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_say_what_an_address_is_like),
		cmocka_unit_test(without_rules_only_what_sending_needs_is_said),
		cmocka_unit_test(patterns_give_up),
		cmocka_unit_test(without_a_compiler_the_answers_are_the_same),
		cmocka_unit_test(the_version_is_a_line),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
