/* Section 3 of the rules of e-mail, as a table: what is said of each fault, and
 * which of two faults is named. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "email/email.h"

#define A10	"aaaaaaaaaa"
#define A60	A10 A10 A10 A10 A10 A10
#define L63	A60 "aaa"

static const struct {
	const char *says, *input;
	enum email_reason want;
} cases[] = {
	/* 1 */
	{ "a Latin-1 octet", "bj\xf8rn@firma.no", EMAIL_UTF8 },
	{ "an overlong slash", "a\xc0\xaf@firma.no", EMAIL_UTF8 },
	{ "a surrogate", "a\xed\xa0\x80@firma.no", EMAIL_UTF8 },
	{ "a cut character", "a@firma.no\xc3", EMAIL_UTF8 },
	{ "UTF-8 goes before control", "\x01\xff@firma.no", EMAIL_UTF8 },
	/* 2 */
	{ "nothing", "", EMAIL_EMPTY },
	/* 3 */
	{ "a tab", "a\t@firma.no", EMAIL_CONTROL },
	{ "DEL", "a\x7f@firma.no", EMAIL_CONTROL },
	{ "a line break", "a@firma.no\n", EMAIL_CONTROL },
	{ "control goes before unsafe", "\xe2\x80\x8b\x01@firma.no", EMAIL_CONTROL },
	/* 4 */
	{ "zero width space (Cf)", "a@firma\xe2\x80\x8b.no", EMAIL_UNSAFE },
	{ "soft hyphen (Cf)", "a@fir\xc2\xadma.no", EMAIL_UNSAFE },
	{ "no-break space (Zs)", "a\xc2\xa0" "b@firma.no", EMAIL_UNSAFE },
	{ "line separator (Zl)", "a\xe2\x80\xa8" "b@firma.no", EMAIL_UNSAFE },
	{ "private use (Co)", "a\xee\x80\x80@firma.no", EMAIL_UNSAFE },
	{ "unassigned (Cn)", "a\xcd\xb8@firma.no", EMAIL_UNSAFE },
	{ "C1 control (Cc)", "a\xc2\x85@firma.no", EMAIL_UNSAFE },
	{ "a mark first", "\xcc\x81" "a@firma.no", EMAIL_UNSAFE },
	{ "a mark first in the domain", "a@\xcc\x81" "firma.no", EMAIL_UNSAFE },
	{ "unsafe goes before a bracket", "<a\xe2\x80\x8b@firma.no>", EMAIL_UNSAFE },
	/* 5 */
	{ "a quoted local part", "\"ola n\"@firma.no", EMAIL_QUOTED_LOCAL },
	{ "a name before the address", "Ola <ola@firma.no>", EMAIL_DISPLAY_NAME },
	{ "a closing bracket alone", "ola@firma.no>", EMAIL_DISPLAY_NAME },
	{ "brackets go before two at signs", "<a@b@firma.no", EMAIL_DISPLAY_NAME },
	/* 6 */
	{ "two at signs", "a@b@firma.no", EMAIL_MANY_AT },
	{ "no at sign", "ola nordmann", EMAIL_NO_AT },
	{ "a full-width at sign", "ola\xef\xbc\xa0" "firma.no", EMAIL_FULLWIDTH_AT },
	{ "a small at sign", "ola\xef\xb9\xab" "firma.no", EMAIL_FULLWIDTH_AT },
	{ "the count of at signs goes before what is in the parts", "a b@@firma.no",
	    EMAIL_MANY_AT },
	/* 7 */
	{ "nothing before the at sign", "@firma.no", EMAIL_EMPTY_LOCAL },
	{ "65 octets before it", A60 "bbbbb@firma.no", EMAIL_LOCAL_LONG },
	{ "33 letters of two octets", "\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8"
	    "\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8"
	    "\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8"
	    "\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8\xc3\xb8"
	    "@firma.no", EMAIL_LOCAL_LONG },
	{ "length goes before characters", A60 "(((((@firma.no", EMAIL_LOCAL_LONG },
	{ "a comma", "a,b@firma.no", EMAIL_LOCAL_CHAR },
	{ "a colon", "a:b@firma.no", EMAIL_LOCAL_CHAR },
	{ "a backslash", "a\\b@firma.no", EMAIL_LOCAL_CHAR },
	{ "a blank", "a b@firma.no", EMAIL_SPACE },
	{ "a comment", "a(b)@firma.no", EMAIL_COMMENT },
	{ "characters go before dots", ".a,@firma.no", EMAIL_LOCAL_CHAR },
	{ "a dot first", ".a@firma.no", EMAIL_LOCAL_DOT },
	{ "a dot last", "a.@firma.no", EMAIL_LOCAL_DOT },
	{ "two dots", "a..b@firma.no", EMAIL_LOCAL_DOT },
	{ "dots go before double encoding", ".bj\xc3\x83\xc2\xb8rn@firma.no",
	    EMAIL_LOCAL_DOT },
	{ "double encoding", "bj\xc3\x83\xc2\xb8rn@firma.no", EMAIL_MOJIBAKE },
	{ "double encoding, the first of its range", "a\xc3\x82\xc2\xa7@firma.no",
	    EMAIL_MOJIBAKE },
	{ "the last of its range", "a\xc3\x85\xc2\xbf@firma.no", EMAIL_MOJIBAKE },
	{ "beyond it", "a\xc3\x86\xc2\xa1@firma.no", EMAIL_OK },
	{ "before it", "a\xc3\x81\xc2\xa1@firma.no", EMAIL_OK },
	{ "the local part goes before the domain", "a..b@firma..no",
	    EMAIL_LOCAL_DOT },
	/* 8 */
	{ "a semicolon by normalisation", "a\xcd\xbe" "b@firma.no", EMAIL_LOCAL_CHAR },
	/* 9 */
	{ "nothing behind the at sign", "a@", EMAIL_EMPTY_DOMAIN },
	{ "an address literal", "a@[192.0.2.1]", EMAIL_DOMAIN_LITERAL },
	{ "an underscore", "a@firma_bygg.no", EMAIL_DOMAIN_CHAR },
	{ "a comma in the domain", "a@firma,no", EMAIL_DOMAIN_CHAR },
	{ "a blank in the domain", "a@fir ma.no", EMAIL_SPACE },
	{ "a comment in the domain", "a@firma.no(b)", EMAIL_COMMENT },
	{ "characters go before a doubled dot", "a@fir_ma..no", EMAIL_DOMAIN_CHAR },
	/* 10 */
	{ "an ideographic full stop", "a@firma\xe3\x80\x82no", EMAIL_DOT_LOOKALIKE },
	{ "a full-width full stop", "a@firma\xef\xbc\x8eno", EMAIL_DOT_LOOKALIKE },
	{ "a half-width full stop", "a@firma\xef\xbd\xa1no", EMAIL_DOT_LOOKALIKE },
	{ "look-alikes go before dots", "a@firma..x\xe3\x80\x82no",
	    EMAIL_DOT_LOOKALIKE },
	/* 11 */
	{ "a dot first in the domain", "a@.firma.no", EMAIL_DOMAIN_DOT },
	{ "a dot last in the domain", "a@firma.no.", EMAIL_DOMAIN_DOT },
	{ "two dots in the domain", "a@firma..no", EMAIL_DOMAIN_DOT },
	{ "dots go before hyphens", "a@-firma..no", EMAIL_DOMAIN_DOT },
	/* 12 */
	{ "a hyphen first", "a@-firma.no", EMAIL_HYPHEN },
	{ "a hyphen last", "a@firma-.no", EMAIL_HYPHEN },
	{ "hyphens third and fourth", "a@ab--c.no", EMAIL_HYPHEN },
	{ "the same behind letters of two octets", "a@\xc3\xa6\xc3\xb8--c.no",
	    EMAIL_HYPHEN },
	{ "hyphens second and third", "a@\xc3\xa6--c.no", EMAIL_OK },
	{ "hyphens fourth and fifth", "a@abc--d.no", EMAIL_OK },
	{ "hyphens go before the conversion", "a@-xn--a.no", EMAIL_HYPHEN },
	/* 13 */
	{ "a false A-label", "a@xn--a.no", EMAIL_IDN },
	{ "an emoji", "a@\xf0\x9f\x98\x80.no", EMAIL_IDN },
	{ "the conversion goes before the top domain", "a@xn--a.n", EMAIL_IDN },
	/* 14 */
	{ "a label of 63", "a@" L63 ".no", EMAIL_OK },
	{ "a label of 64", "a@" L63 "a.no", EMAIL_LABEL_LONG },
	{ "a label that becomes too long", "a@\xc3\xb8" A60 "a.no", EMAIL_LABEL_LONG },
	{ "a domain of 254", "a@" L63 "." L63 "." L63 "." A60 "no", EMAIL_DOMAIN_LONG },
	{ "labels go before the top domain", "a@" L63 "a.n", EMAIL_LABEL_LONG },
	/* 15 to 17 */
	{ "one label", "a@firma", EMAIL_DOTLESS },
	{ "localhost alone", "a@localhost", EMAIL_DOTLESS },
	{ "a top domain of one letter", "a@firma.n", EMAIL_TLD },
	{ "a bare IPv4 address", "a@192.0.2.1", EMAIL_TLD },
	{ "a top domain with a digit last", "a@firma.no1", EMAIL_TLD },
	{ "arpa", "a@x.arpa", EMAIL_SPECIAL_USE },
	{ "invalid", "a@x.invalid", EMAIL_SPECIAL_USE },
	{ "local", "a@printer.local", EMAIL_SPECIAL_USE },
	{ "localhost", "a@x.localhost", EMAIL_SPECIAL_USE },
	{ "onion", "a@x.onion", EMAIL_SPECIAL_USE },
	{ "test, in capitals", "a@b.x.TEST", EMAIL_SPECIAL_USE },
	{ "a name that only ends so", "a@mytest.no", EMAIL_OK },
	/* 18 */
	{ "255 octets", A60 "aaaa@" L63 "." L63 "." A60 ".no", EMAIL_TOO_LONG },
	{ "254 octets", A60 "aaa@" L63 "." L63 "." A10 A10 A10 A10 A10 "aaaaaaaaa" ".no",
	    EMAIL_OK },
	{ "long only when sent", A60 "aaa@" L63 "." L63 "." A10 A10 A10 A10 "\xc3\xb8"
	    A10 "aa.no", EMAIL_TOO_LONG },
	/* and what must pass */
	{ "an ordinary one", "post@firma.no", EMAIL_OK },
	{ "every character of RFC 5322", "!#$%&'*+-/=?^_`{|}~@firma.no", EMAIL_OK },
	{ "64 octets", A60 "aaaa@firma.no", EMAIL_OK },
	{ "digits first", "1@4h.no", EMAIL_OK },
	{ "a new long top domain", "a@firma.photography", EMAIL_OK },
	{ "letters of Norwegian", "bl\xc3\xa5@b\xc3\xa6r.no", EMAIL_OK },
	{ "another script", "a@\xd1\x84\xd0\xb8\xd1\x80\xd0\xbc\xd0\xb0.com", EMAIL_OK },
	{ "an example domain", "a@example.org", EMAIL_OK },
	{ "an A-label top domain", "a@firma.xn--p1ai", EMAIL_OK },
};

static void
the_first_fault_gives_the_reason(void **state)
{
	struct email_rules *rules = email_rules_new(&(struct err){ 0 });
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int with = 0; with < 2; with++) {
			struct email e;

			email_check(with ? rules : NULL, cases[i].input,
			    strlen(cases[i].input), &e);
			if (e.reason == cases[i].want &&
			    (e.reason == EMAIL_OK) == (e.address[0] != '\0') &&
			    (e.reason == EMAIL_OK) == (e.key[0] != '\0'))
				continue;
			print_error("%s: got %s, wanted %s\n", cases[i].says,
			    email_reason_code(e.reason),
			    email_reason_code(cases[i].want));
			bad++;
		}
	email_rules_free(rules);
	assert_int_equal(bad, 0);
}

/* Every reason of the strict check stands in the table above. */
static void
every_reason_has_a_row(void **state)
{
	(void)state;
	for (int r = EMAIL_OK; r <= EMAIL_TOO_LONG; r++) {
		int found = 0;

		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
			found |= (int)cases[i].want == r;
		if (!found)
			fail_msg("no row for %s", email_reason_code((enum email_reason)r));
	}
}

static const struct {
	const char *input, *address;
} forms[] = {
	{ "Kari.Nordmann@Firma.NO", "Kari.Nordmann@firma.no" },
	{ "post@bl\xc3\xa5" "b\xc3\xa6rg\xc3\xa5rden.no", "post@xn--blbrgrden-62adj.no" },
	{ "post@bla\xcc\x8a" "b\xc3\xa6rg\xc3\xa5rden.no", "post@xn--blbrgrden-62adj.no" },
	{ "post@XN--BLBRGRDEN-62ADJ.no", "post@xn--blbrgrden-62adj.no" },
	{ "A\xcc\x8ase@firma.no", "\xc3\x85se@firma.no" },
	{ "a@stra\xc3\x9f" "e.de", "a@xn--strae-oqa.de" },
};

static void
the_form_to_send_keeps_case_before_the_at_sign(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct email e;

		email_check(NULL, forms[i].input, strlen(forms[i].input), &e);
		assert_string_equal(e.address, forms[i].address);
	}
}

/* A NUL is a control character, not an end. */
static void
a_nul_is_no_end(void **state)
{
	struct email_rules *rules = email_rules_new(&(struct err){ 0 });
	static const char text[] = "<a@firma.no>\0, b";
	struct email e;

	(void)state;
	email_check(rules, "a@firma.no\0", 11, &e);
	assert_int_equal(e.reason, EMAIL_CONTROL);
	email_check(rules, text, sizeof(text) - 1, &e);
	assert_int_equal(e.reason, EMAIL_CONTROL);
	assert_string_equal(e.suggestion, "");
	email_rules_free(rules);
}

static void
a_long_line_takes_no_long_time(void **state)
{
	struct email_rules *rules = email_rules_new(&(struct err){ 0 });
	enum { LEN = 1 << 20 };
	char *s = malloc(LEN);
	struct email e;

	(void)state;
	assert_non_null(s);
	for (size_t i = 2; i + 1 < LEN; i += 2)
		memcpy(s + i, "\xc3\xb8", 2);
	memcpy(s, "a@", 2);
	email_check(rules, s, LEN, &e);
	assert_int_equal(e.reason, EMAIL_DOMAIN_LONG);
	memset(s, '"', LEN);
	email_check(rules, s, LEN, &e);
	assert_int_equal(e.reason, EMAIL_QUOTED_LOCAL);
	free(s);
	email_rules_free(rules);
}

/* A suggestion that would be too long is none. */
static void
a_suggestion_is_never_too_long(void **state)
{
	static const char *const text[] = {
	    A60 "aa@" L63 "." L63 "." A10 A10 A10 A10 A10 "aaaaaaaaa.cm",
	    A60 "aaa@" L63 "." L63 "." A10 A10 A10 A10 A10 "aaaaaaaaa.cm" };
	struct email_rules *rules = email_rules_new(&(struct err){ 0 });
	struct email e;

	(void)state;
	email_check(rules, text[0], strlen(text[0]), &e);
	assert_int_equal(e.reason, EMAIL_OK);
	assert_true(e.suggestion[0] != '\0');
	assert_int_equal(strlen(text[1]), EMAIL_MAX);
	email_check(rules, text[1], strlen(text[1]), &e);
	assert_int_equal(e.reason, EMAIL_OK);
	assert_string_equal(e.suggestion, "");
	email_rules_free(rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_fault_gives_the_reason),
		cmocka_unit_test(every_reason_has_a_row),
		cmocka_unit_test(the_form_to_send_keeps_case_before_the_at_sign),
		cmocka_unit_test(a_nul_is_no_end),
		cmocka_unit_test(a_suggestion_is_never_too_long),
		cmocka_unit_test(a_long_line_takes_no_long_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
