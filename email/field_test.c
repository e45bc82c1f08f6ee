/* What register fields look like, and what is done with them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "email/email.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/file.h"

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

enum { USE = EMAIL_USE, REVIEW = EMAIL_REVIEW, LEAVE = EMAIL_LEAVE,
	NONE = EMAIL_NONE };

/* The field; what comes of it; the form to send (USE, and what is valid) or
 * the suggestion; the repairs and the reason by code. */
static const struct {
	const char *says, *field;
	int use;
	const char *result, *repairs, *reason;
} cases[] = {
	{ "as it should be", "ola@firma.no", USE, "ola@firma.no", "", "ok" },
	{ "capitals", "OLA@FIRMA.NO", USE, "OLA@firma.no", "", "ok" },
	{ "nothing", "", NONE, "", "", "empty" },
	{ "blanks only", " \t ", NONE, "", "", "control" },
	{ "unseen only", "\xe2\x80\x8b", NONE, "", "", "unsafe" },

	/* safe */
	{ "blanks around", "  ola@firma.no ", USE, "ola@firma.no", "trimmed", "ok" },
	{ "no-break space behind", "ola@firma.no\xc2\xa0", USE, "ola@firma.no",
	    "trimmed", "ok" },
	{ "byte order mark before", "\xef\xbb\xbfola@firma.no", USE, "ola@firma.no",
	    "trimmed", "ok" },
	{ "zero width space behind", "ola@firma.no\xe2\x80\x8b", USE, "ola@firma.no",
	    "trimmed", "ok" },
	{ "line break behind", "ola@firma.no\r\n", USE, "ola@firma.no", "trimmed",
	    "ok" },
	{ "tab before", "\tola@firma.no", USE, "ola@firma.no", "trimmed", "ok" },
	{ "soft hyphen inside", "ola@fir\xc2\xadma.no", USE, "ola@firma.no", "unseen",
	    "ok" },
	{ "zero width space inside", "ola\xe2\x80\x8b@firma.no", USE, "ola@firma.no",
	    "unseen", "ok" },
	{ "word joiner inside", "ola\xe2\x81\xa0@firma.no", USE, "ola@firma.no",
	    "unseen", "ok" },
	{ "a quote that a local part may begin with", "'ola@firma.no ", USE,
	    "'ola@firma.no", "trimmed", "ok" },
	{ "blank before the at sign", "ola @firma.no", USE, "ola@firma.no", "blank_at",
	    "ok" },
	{ "blank behind it", "ola@ firma.no", USE, "ola@firma.no", "blank_at", "ok" },
	{ "both, and two", "ola  @  firma.no", USE, "ola@firma.no", "blank_at", "ok" },
	{ "mailto", "mailto:ola@firma.no", USE, "ola@firma.no", "prefix", "ok" },
	{ "MAILTO and a blank", "MAILTO: ola@firma.no", USE, "ola@firma.no", "prefix",
	    "ok" },
	{ "a Norwegian word", "E-post: ola@firma.no", USE, "ola@firma.no", "prefix",
	    "ok" },
	{ "a longer one", "E-postadresse : ola@firma.no", USE, "ola@firma.no",
	    "prefix", "ok" },
	{ "an English one", "Email: ola@firma.no", USE, "ola@firma.no", "prefix",
	    "ok" },
	{ "brackets", "<ola@firma.no>", USE, "ola@firma.no", "brackets", "ok" },
	{ "a name and brackets", "Ola Nordmann <ola@firma.no>", USE, "ola@firma.no",
	    "brackets", "ok" },
	{ "quotes of a CSV", "\"ola@firma.no\"", USE, "ola@firma.no", "quotes", "ok" },
	{ "single quotes", "'ola@firma.no'", USE, "ola@firma.no", "quotes", "ok" },
	{ "a final dot", "ola@firma.no.", USE, "ola@firma.no", "final", "ok" },
	{ "a final semicolon", "ola@firma.no;", USE, "ola@firma.no", "final", "ok" },
	{ "a final comma", "ola@firma.no,", USE, "ola@firma.no", "final", "ok" },
	{ "a final slash", "ola@firma.no/", USE, "ola@firma.no", "final", "ok" },
	{ "all of it at once", " E-post: \"Ola <ola @firma.no>\"; ", USE,
	    "ola@firma.no", "trimmed,blank_at,prefix,brackets,quotes,final", "ok" },

	/* only suggested */
	{ "(at)", "ola(at)firma.no", REVIEW, "ola@firma.no", "ask_at", "no_at" },
	{ "[at] and [dot]", "ola[at]firma[dot]no", REVIEW, "ola@firma.no",
	    "ask_at,ask_dot_word", "no_at" },
	{ "two at signs", "ola@@firma.no", REVIEW, "ola@firma.no", "ask_at",
	    "many_at" },
	{ "full-width at sign", "ola\xef\xbc\xa0" "firma.no", REVIEW, "ola@firma.no",
	    "ask_at", "fullwidth_at" },
	{ "a doubled dot", "ola@firma..no", REVIEW, "ola@firma.no", "ask_dots",
	    "domain_dot" },
	{ "a comma for a dot", "ola@firma,no", REVIEW, "ola@firma.no", "ask_dots",
	    "domain_char" },
	{ "an ideographic full stop", "ola@firma\xe3\x80\x82no", REVIEW,
	    "ola@firma.no", "ask_dot_word", "dot_lookalike" },
	{ "Latin-1", "bj\xf8rn@firma.no", REVIEW, "bj\xc3\xb8rn@firma.no",
	    "ask_charset", "utf8" },
	{ "UTF-8 encoded twice", "bj\xc3\x83\xc2\xb8rn@firma.no", REVIEW,
	    "bj\xc3\xb8rn@firma.no", "ask_charset", "mojibake" },
	{ "a blank inside", "ola@fir ma.no", REVIEW, "ola@firma.no", "ask_blank",
	    "space" },
	{ "a word behind a comma", "ola@firma.no, Ola", REVIEW, "ola@firma.no",
	    "ask_words", "domain_char" },
	{ "a telephone behind", "ola@firma.no tlf 22222222", REVIEW, "ola@firma.no",
	    "ask_words", "space" },
	{ "words before it", "ring meg ola@firma.no", REVIEW, "ola@firma.no",
	    "ask_words", "space" },
	{ "one of them at", "treff at ola@firma.no", REVIEW, "ola@firma.no",
	    "ask_words", "space" },
	{ "a slash and a name", "ola@firma.no/kari", REVIEW, "ola@firma.no",
	    "ask_words", "domain_char" },

	/* valid, but a person decides */
	{ "a local part of Norwegian letters", "bj\xc3\xb8rn@firma.no", REVIEW,
	    "bj\xc3\xb8rn@firma.no", "", "ok" },
	{ "a suffix that is on no list", "ola@firma.nno", REVIEW, "ola@firma.nno", "",
	    "ok" },
	{ "an address nobody reads", "noreply@firma.no", LEAVE, "noreply@firma.no", "",
	    "ok" },
	{ "the postmaster", "Postmaster@firma.no", LEAVE, "Postmaster@firma.no", "",
	    "ok" },
	{ "a mended one nobody reads", "no-reply@firma.no.", LEAVE,
	    "no-reply@firma.no", "final", "ok" },

	/* not to be used */
	{ "a hyphen", "-", LEAVE, "", "", "placeholder" },
	{ "none", "Ingen", LEAVE, "", "", "placeholder" },
	{ "n/a", "n/a", LEAVE, "", "", "placeholder" },
	{ "a sentence", "Mangler e-post", LEAVE, "", "", "placeholder" },
	{ "a nought", "0", LEAVE, "", "", "placeholder" },
	{ "a web address", "https://www.firma.no/kontakt", LEAVE, "", "", "url" },
	{ "one with an address in it", "https://firma.no/ola(at)firma.no", LEAVE, "", "",
	    "url" },
	{ "www", "www.firma.no", LEAVE, "", "", "url" },
	{ "a domain alone", "firma.no", LEAVE, "", "", "url" },
	{ "a telephone number", "22 22 22 22", LEAVE, "", "", "phone" },
	{ "with its country", "+47 22222222", LEAVE, "", "", "phone" },
	{ "with a word", "Tlf: 222 22 222", LEAVE, "", "", "phone" },
	{ "a name", "Ola Nordmann", LEAVE, "", "", "no_at" },
	{ "a header line", "ola@firma.no\r\nBcc: kari@firma.no", LEAVE, "", "",
	    "control" },
	{ "with only a line feed", "ola@firma.no\nSubject:x", LEAVE, "", "",
	    "control" },
	{ "with a blank before the colon", "ola@firma.no\nBcc : kari@firma.no", LEAVE,
	    "", "", "control" },
	{ "with a digit in its name", "ola@firma.no\rX-H2: y", LEAVE, "", "",
	    "control" },
};

static int
row_fails(size_t i)
{
	struct email_field f;
	struct buf repairs = BUF(1000);
	const char *got;
	int bad;

	email_field(rules, cases[i].field, strlen(cases[i].field), 1, &f);
	email_codes(f.first.repairs, 0, &repairs);
	got = f.first.reason == EMAIL_OK ? f.first.address : f.first.suggestion;
	bad = (int)f.use != cases[i].use || strcmp(got, cases[i].result) != 0 ||
	    strcmp(buf_text(&repairs), cases[i].repairs) != 0 ||
	    strcmp(email_reason_code(f.first.reason), cases[i].reason) != 0 ||
	    f.n != (f.use == EMAIL_NONE ? 0 : 1) || f.nother != 0;
	if (bad)
		print_error("%s: got use %d, %s, repairs %s, reason %s, n %zu\n",
		    cases[i].says, (int)f.use, got, buf_text(&repairs),
		    email_reason_code(f.first.reason), f.n);
	buf_free(&repairs);
	email_field_free(&f);
	return bad;
}

static void
a_field_is_mended_asked_about_or_left(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		bad += row_fails(i);
	assert_int_equal(bad, 0);
}

/* The strict check mends nothing: what a field needs is a suggestion there. */
static void
what_is_mended_in_a_field_is_a_suggestion_of_the_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct email e;

		if (cases[i].use != USE || cases[i].repairs[0] == '\0')
			continue;
		email_check(rules, cases[i].field, strlen(cases[i].field), &e);
		assert_int_not_equal(e.reason, EMAIL_OK);
		assert_string_equal(e.suggestion, cases[i].result);
	}
}

/* The field; first and others with a blank between. */
static const struct {
	const char *field, *want;
	size_t n;
} several[] = {
	{ "ola@firma.no;kari@firma.no", "ola@firma.no kari@firma.no", 2 },
	{ "ola@firma.no, kari@firma.no", "ola@firma.no kari@firma.no", 2 },
	{ "ola@firma.no / kari@firma.no", "ola@firma.no kari@firma.no", 2 },
	{ "ola@firma.no/kari@firma.no", "ola@firma.no kari@firma.no", 2 },
	{ "ola@firma.no og kari@firma.no", "ola@firma.no kari@firma.no", 2 },
	{ "ola@firma.no kari@firma.no", "ola@firma.no kari@firma.no", 2 },
	{ "ola@firma.no\nkari@firma.no", "ola@firma.no kari@firma.no", 2 },
	{ "ola@firma.no\r\nkari@firma.no", "ola@firma.no kari@firma.no", 2 },
	{ "ola@firma.no|kari@firma.no", "ola@firma.no kari@firma.no", 2 },
	{ "a@firma.no; b@firma.no; c@firma.no", "a@firma.no b@firma.no c@firma.no", 3 },
	{ "a@firma.no; A@firma.no; b@firma.no", "a@firma.no b@firma.no", 3 },
	{ "a@firma; b@firma.no", "b@firma.no", 2 },
	{ "noreply@firma.no; b@firma.no", "b@firma.no noreply@firma.no", 2 },
	{ "Ola <a@firma.no>, Kari <b@firma.no>", "a@firma.no b@firma.no", 2 },
};

static void
of_several_the_first_usable_one_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(several) / sizeof(several[0]); i++) {
		struct email_field f;
		struct buf got = BUF(4000);

		email_field(rules, several[i].field, strlen(several[i].field), 1, &f);
		buf_str(&got, f.first.address);
		for (size_t k = 0; k < f.nother; k++)
			buf_printf(&got, " %s", f.other[k]);
		assert_string_equal(buf_text(&got), several[i].want);
		assert_int_equal(f.use, EMAIL_USE);
		assert_int_equal(f.n, several[i].n);
		assert_true((f.first.flags & EMAIL_MANY) != 0);
		buf_free(&got);
		email_field_free(&f);
	}
}

static void
the_repairs_of_one_of_several_are_known(void **state)
{
	struct email_field f;

	(void)state;
	email_field(rules, "Ola <a@firma.no>, Kari <b@firma.no>", 35, 1, &f);
	assert_int_equal(f.first.repairs, EMAIL_BRACKETS);
	email_field_free(&f);
	email_field(rules, "a@firma.no; b@firma.no", 22, 1, &f);
	assert_int_equal(f.first.repairs, 0);
	email_field_free(&f);
}

static void
no_more_than_eight_are_kept(void **state)
{
	struct email_field f;
	struct buf b = BUF(4000);

	(void)state;
	for (int i = 0; i < 20; i++)
		buf_printf(&b, "a%d@firma.no;", i);
	email_field(rules, b.data, b.len, 1, &f);
	assert_int_equal(f.n, 20);
	assert_int_equal(f.nother, EMAIL_SEVERAL - 1);
	assert_string_equal(f.first.address, "a0@firma.no");
	email_field_free(&f);
	buf_free(&b);
}

static void
addresses_nobody_reads_may_be_wanted(void **state)
{
	struct email_field f;

	(void)state;
	email_field(rules, "noreply@firma.no", 16, 0, &f);
	assert_int_equal(f.use, EMAIL_USE);
	email_field_free(&f);
}

/* A field that was cut off is not mended: who knows what stood behind. */
static void
a_field_that_is_too_long_is_left(void **state)
{
	struct email_field f;
	char *s = malloc(EMAIL_FIELD_MAX + 1);

	(void)state;
	assert_non_null(s);
	memset(s, ' ', EMAIL_FIELD_MAX + 1);
	memcpy(s, "ola@firma.no", 12);
	email_field(rules, s, EMAIL_FIELD_MAX, 1, &f);
	assert_int_equal(f.use, EMAIL_USE);
	email_field_free(&f);
	email_field(rules, s, EMAIL_FIELD_MAX + 1, 1, &f);
	assert_int_equal(f.use, EMAIL_LEAVE);
	assert_string_equal(f.first.suggestion, "");
	email_field_free(&f);
	email_field(rules, "<a@firma.no>\0b", 14, 1, &f);
	assert_int_equal(f.use, EMAIL_LEAVE);
	email_field_free(&f);
	free(s);
}

/* A slip in the domain is flagged, mended or not, and never replaced. */
static void
a_slip_is_flagged_and_kept(void **state)
{
	static const char *const fields[] = { "kari@gmial.com", " kari@gmial.com",
		"kari@gmial.com; b@firma.no" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct email_field f;

		email_field(rules, fields[i], strlen(fields[i]), 1, &f);
		assert_int_equal(f.use, EMAIL_USE);
		assert_string_equal(f.first.address, "kari@gmial.com");
		assert_string_equal(f.first.suggestion, "kari@gmail.com");
		assert_true((f.first.flags & EMAIL_TYPO) != 0);
		email_field_free(&f);
	}
}

/* What needs no guess is suggested as it stands then, slip and all. */
static void
a_safe_suggestion_keeps_the_slip(void **state)
{
	struct email e;

	(void)state;
	email_check(rules, " kari@gmial.com", 15, &e);
	assert_string_equal(e.suggestion, "kari@gmial.com");
	assert_int_equal(e.flags & EMAIL_TYPO, 0);
	email_check(rules, "kari(at)gmial.com", 17, &e);
	assert_string_equal(e.suggestion, "kari@gmail.com");
	assert_true((e.flags & EMAIL_TYPO) != 0);
}

/* The fuzzer's seeds: what is used or suggested is valid and stays as it is. */
static void
the_seeds_keep_the_promises(void **state)
{
	struct file_list list;
	struct err err = { 0, "" };

	(void)state;
	assert_int_equal(file_list("tests/corpus/email", &list, &err), 0);
	assert_true(list.n > 10);
	for (size_t i = 0; i < list.n; i++) {
		struct buf b = BUF(EMAIL_FIELD_MAX);
		struct email_field f;
		struct email e;
		char path[200];
		const char *s;

		snprintf(path, sizeof(path), "tests/corpus/email/%s", list.name[i]);
		assert_int_equal(file_read(path, EMAIL_FIELD_MAX, &b, &err), 0);
		email_field(rules, buf_text(&b), b.len, 1, &f);
		s = f.use == EMAIL_USE ? f.first.address : f.first.suggestion;
		if (*s != '\0') {
			email_check(rules, s, strlen(s), &e);
			assert_int_equal(e.reason, EMAIL_OK);
			assert_string_equal(e.address, s);
		}
		assert_false(f.use == EMAIL_USE && f.first.repairs >= EMAIL_ASK_DOTS);
		email_field_free(&f);
		buf_free(&b);
	}
	file_list_free(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_is_mended_asked_about_or_left),
		cmocka_unit_test(what_is_mended_in_a_field_is_a_suggestion_of_the_check),
		cmocka_unit_test(of_several_the_first_usable_one_is_taken),
		cmocka_unit_test(the_repairs_of_one_of_several_are_known),
		cmocka_unit_test(no_more_than_eight_are_kept),
		cmocka_unit_test(addresses_nobody_reads_may_be_wanted),
		cmocka_unit_test(a_field_that_is_too_long_is_left),
		cmocka_unit_test(a_slip_is_flagged_and_kept),
		cmocka_unit_test(the_seeds_keep_the_promises),
		cmocka_unit_test(a_safe_suggestion_keeps_the_slip),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
