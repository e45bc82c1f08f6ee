/* Which domain was probably meant? */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "email/private.h"

static const struct {
	const char *says, *domain, *want;	/* "-": nothing is suggested */
} cases[] = {
	{ "the right one", "gmail.com", "-" },
	{ "a transposition", "gmial.com", "gmail.com" },
	{ "a letter too few", "gmal.com", "gmail.com" },
	{ "a letter too many", "gmaill.com", "gmail.com" },
	{ "another letter", "gmaul.com", "gmail.com" },
	{ "a slip in the name and one in the suffix", "gmial.con", "gmail.com" },
	{ "a first letter", "otmail.com", "hotmail.com" },
	{ "a doubled suffix", "hotmail.com.com", "hotmail.com" },
	{ "no suffix", "hotmail", "hotmail.com" },
	{ "a part of the name alone", "gmai", "-" },
	{ "a slip in a Norwegian one", "onlne.no", "online.no" },
	{ "two slips in a Norwegian one", "onlnee.no", "-" },
	{ "one of its own, close by", "hotmail.no", "-" },
	{ "the same", "online.com", "-" },
	{ "and in other countries", "yahoo.co.uk", "-" },
	{ "two edits in a long name", "hotmailxx.com", "hotmail.com" },
	{ "a word of its own with another suffix", "online.fi", "-" },
	{ "nothing like any", "verkstedet.no", "-" },
	{ "a suffix that is none", "firma.nno", "firma.no" },
	{ "another", "firma.con", "firma.com" },
	{ "a letter missing in it", "firma.ogr", "firma.org" },
	{ "Macau", "firma.mo", "firma.no" },
	{ "Cameroon", "firma.cm", "firma.com" },
	{ "a real one that is close", "firma.nu", "-" },
	{ "too far from any", "firma.qqqq", "-" },
	{ "a subdomain keeps its names", "post.firma.nno", "post.firma.no" },
	{ "longer than is compared",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.no", "-" },
	{ "nothing", "", "-" },
	{ "a dot", ".", "-" },
};

static void
a_slip_leads_to_one_suggestion(void **state)
{
	struct email_rules *rules = email_rules_new(&(struct err){ 0 });
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char out[EMAIL_DOMAIN_MAX + 1] = "-";

		email_typo(rules, cases[i].domain, out, sizeof(out));
		if (strcmp(out, cases[i].want) != 0) {
			print_error("%s: got %s\n", cases[i].says, out);
			bad++;
		}
	}
	email_rules_free(rules);
	assert_int_equal(bad, 0);
}

/* What is suggested is right: no chain of suggestions. */
static void
a_suggestion_needs_no_other(void **state)
{
	struct email_rules *rules = email_rules_new(&(struct err){ 0 });

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char out[EMAIL_DOMAIN_MAX + 1];

		if (strcmp(cases[i].want, "-") != 0)
			assert_int_equal(email_typo(rules, cases[i].want, out,
			    sizeof(out)), 0);
	}
	email_rules_free(rules);
}

static void
what_does_not_fit_is_not_suggested(void **state)
{
	struct email_rules *rules = email_rules_new(&(struct err){ 0 });
	char out[10] = "-";

	(void)state;
	assert_int_equal(email_typo(rules, "gmial.com", out, 9), 0);
	assert_int_equal(email_typo(rules, "firma.nno", out, 8), 0);
	assert_string_equal(out, "-");
	assert_int_equal(email_typo(rules, "gmial.com", out, 10), 1);
	email_rules_free(rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slip_leads_to_one_suggestion),
		cmocka_unit_test(a_suggestion_needs_no_other),
		cmocka_unit_test(what_does_not_fit_is_not_suggested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
