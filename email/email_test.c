#define _GNU_SOURCE	/* as the fuzzer */

/* Tests of addresses.  All names are invented; the tables' last column says what
 * a row is there for. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "email/email.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/file.h"

#define SHARED	"../shared/data/email/"
#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* The promises of email_fuzz.c; aborts where one is broken. */
#define rules	fuzz_rules
#define check	fuzz_check
#define field	fuzz_field
#include "email/email_fuzz.c"
#undef rules
#undef check
#undef field

static struct email_rules *rules;

static int
make_rules(void **state)
{
	struct err err;

	(void)state;
	rules = email_rules_new(&err);
	return rules == NULL ? -1 : 0;
}

static int
drop_rules(void **state)
{
	(void)state;
	email_rules_free(rules);
	return 0;
}

/* "a*64@b.no": 64 times a.  The length. */
static size_t
expand(const char *pattern, char out[600])
{
	size_t n = 0;

	for (const char *p = pattern; *p != '\0'; p++) {
		long times = 1;
		char c = *p, *end;

		if (p[1] == '*') {
			times = strtol(p + 2, &end, 10);
			p = end - 1;
		}
		while (times-- > 0)
			out[n++] = c;
	}
	out[n] = '\0';
	return n;
}

/* --- the strict check ------------------------------------------------------------ */

static void
refused(const char *s, size_t len, enum email_reason want, const char *says)
{
	struct email e, bare;

	email_check(rules, s, len, &e);
	email_check(NULL, s, len, &bare);
	if (e.reason != want)
		fail_msg("%s: %s, wanted %s", says, email_reason_code(e.reason),
		    email_reason_code(want));
	if (want < EMAIL_SEVERAL_ADDRESSES)
		assert_int_equal(bare.reason, want);
	else
		assert_int_not_equal(bare.reason, EMAIL_OK);
	assert_string_equal(e.address, "");
	assert_string_equal(e.key, "");
}

static void
the_first_fault_gives_the_reason(void **state)
{
	static const struct {
		const char *text;
		enum email_reason want;
		const char *says;
	} row[] = {
		{ "ola\xf8@example.no", EMAIL_UTF8, "Latin-1" },
		{ "ola\xed\xa0\x80@example.no", EMAIL_UTF8, "a surrogate" },
		{ "ola\xc0\xaf@example.no", EMAIL_UTF8, "an overlong form" },
		{ "", EMAIL_EMPTY, "nothing" },
		{ "ola\t@example.no", EMAIL_CONTROL, "a tab" },
		{ "ola@example.no\x7f", EMAIL_CONTROL, "DEL" },
		{ "ola@example.no\n", EMAIL_CONTROL, "a line break" },
		{ "ola\xc2\xad@example.no", EMAIL_UNSAFE, "soft hyphen (Cf)" },
		{ "ola@example.no\xc2\xa0", EMAIL_UNSAFE, "no-break space (Zs)" },
		{ "ola\xe2\x80\xa8@example.no", EMAIL_UNSAFE, "line separator (Zl)" },
		{ "ola\xee\x80\x80@example.no", EMAIL_UNSAFE, "private use (Co)" },
		{ "ola\xcd\xb8@example.no", EMAIL_UNSAFE, "unassigned (Cn)" },
		{ "ola\xc2\x85@example.no", EMAIL_UNSAFE, "NEL (Cc)" },
		{ "\xcc\x81ola@example.no", EMAIL_UNSAFE, "a mark first in the text" },
		{ "ola@\xcc\x81" "example.no", EMAIL_UNSAFE, "a mark first in the domain" },
		{ "\"ola\"@example.no", EMAIL_QUOTED_LOCAL, "quotes" },
		{ "Ola <ola@example.no>", EMAIL_DISPLAY_NAME, "a name" },
		{ "ola@@example.no", EMAIL_MANY_AT, "two @" },
		{ "Ola Nordmann", EMAIL_NO_AT, "a name" },
		{ "ola\xef\xbc\xa0" "example", EMAIL_FULLWIDTH_AT, "full-width @" },
		{ "ola\xef\xb9\xab" "example", EMAIL_FULLWIDTH_AT, "small @" },
		{ "@example.no", EMAIL_EMPTY_LOCAL, "nothing before" },
		{ "ola:@example.no", EMAIL_LOCAL_CHAR, "a colon" },
		{ "ola,k@example.no", EMAIL_LOCAL_CHAR, "a comma" },
		{ "ola k@example.no", EMAIL_SPACE, "a blank before" },
		{ "ola(k)@example.no", EMAIL_COMMENT, "a comment before" },
		{ ".ola@example.no", EMAIL_LOCAL_DOT, "dot first" },
		{ "ola.@example.no", EMAIL_LOCAL_DOT, "dot last" },
		{ "o..la@example.no", EMAIL_LOCAL_DOT, "dot doubled" },
		{ "bj\xc3\x83\xc2\xb8rn@example.no", EMAIL_MOJIBAKE, "encoded twice" },
		{ "ola\xcd\xbe@example.no", EMAIL_LOCAL_CHAR, "U+037E becomes ;" },
		{ "ola@", EMAIL_EMPTY_DOMAIN, "nothing behind" },
		{ "ola@[192.0.2.1]", EMAIL_DOMAIN_LITERAL, "a literal" },
		{ "ola@ex_ample.no", EMAIL_DOMAIN_CHAR, "underscore" },
		{ "ola@example,no", EMAIL_DOMAIN_CHAR, "a comma behind" },
		{ "ola@exam ple.no", EMAIL_SPACE, "a blank behind" },
		{ "ola@example.no(a)", EMAIL_COMMENT, "a comment behind" },
		{ "ola@\xe2\x84\x80.no", EMAIL_DOMAIN_CHAR, "U+2100 becomes a/c" },
		{ "ola@example\xe3\x80\x82no", EMAIL_DOT_LOOKALIKE, "U+3002" },
		{ "ola@example\xef\xbc\x8eno", EMAIL_DOT_LOOKALIKE, "U+FF0E" },
		{ "ola@example\xef\xbd\xa1no", EMAIL_DOT_LOOKALIKE, "U+FF61" },
		{ "ola@example..no", EMAIL_DOMAIN_DOT, "dots doubled" },
		{ "ola@.example.no", EMAIL_DOMAIN_DOT, "a dot first" },
		{ "ola@example.no.", EMAIL_DOMAIN_DOT, "a final dot" },
		{ "ola@-example.no", EMAIL_HYPHEN, "hyphen first" },
		{ "ola@example-.no", EMAIL_HYPHEN, "hyphen last" },
		{ "ola@ab--example.no", EMAIL_HYPHEN, "hyphens third and fourth" },
		{ "ola@\xc3\xa6" "b--c.no", EMAIL_HYPHEN, "the same, in characters" },
		{ "ola@xn--a.no", EMAIL_IDN, "no A-label" },
		{ "ola@\xf0\x9f\x92\xa9.no", EMAIL_IDN, "an emoji" },
		{ "ola@example", EMAIL_DOTLESS, "one label" },
		{ "ola@example.n", EMAIL_TLD, "a suffix of one letter" },
		{ "ola@192.0.2.1", EMAIL_TLD, "a bare address" },
		{ "ola@example.localhost", EMAIL_SPECIAL_USE, "below localhost" },
		{ "ola@a.TEST", EMAIL_SPECIAL_USE, "test, in capitals" },
		/* of dirty fields */
		{ "ola@example.no;kari@example.no", EMAIL_SEVERAL_ADDRESSES, "two" },
		{ "-", EMAIL_PLACEHOLDER, "a dash" },
		{ "Ingen e-post", EMAIL_PLACEHOLDER, "none" },
		{ " Mangler E-POST. ", EMAIL_PLACEHOLDER, "missing" },
		{ "n/a", EMAIL_PLACEHOLDER, "not applicable" },
		{ "0", EMAIL_PLACEHOLDER, "nought" },
		{ "https://example.no/om", EMAIL_URL, "a page" },
		{ "www.example.no", EMAIL_URL, "a site" },
		{ "example.no", EMAIL_URL, "a domain" },
		{ "+47 22 33 44 55", EMAIL_PHONE, "a number" },
		{ "tlf. 22334455", EMAIL_PHONE, "a number and what it is" },
	};
	static const struct {
		const char *pattern;
		enum email_reason want;
		const char *says;
	} size[] = {
		{ "a*65@example.no", EMAIL_LOCAL_LONG, "65 octets" },
		{ "a*63\xc3\xa6@example.no", EMAIL_LOCAL_LONG, "64 characters, 65 octets" },
		{ "ola@b*64.no", EMAIL_LABEL_LONG, "a label of 64" },
		{ "ola@\xc3\xa6" "b*60.no", EMAIL_LABEL_LONG, "64 as an A-label" },
		{ "o@b*63.c*63.d*63.e*60.no", EMAIL_DOMAIN_LONG, "a domain of 255" },
		{ "a*64@b*63.c*63.d*59.no", EMAIL_TOO_LONG, "255 octets" },
	};
	unsigned char seen[EMAIL_REASONS] = { 0 };
	char text[600];

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		refused(row[i].text, strlen(row[i].text), row[i].want, row[i].says);
		seen[row[i].want] = 1;
	}
	refused("ola\0@example.no", 15, EMAIL_CONTROL, "NUL");
	for (size_t i = 0; i < COUNT(size); i++) {
		refused(text, expand(size[i].pattern, text), size[i].want,
		    size[i].says);
		seen[size[i].want] = 1;
	}
	for (int r = EMAIL_OK + 1; r < EMAIL_REASONS; r++)
		if (!seen[r])
			fail_msg("no row for %s",
			    email_reason_code((enum email_reason)r));
}

static void
what_can_be_written_to_is_valid(void **state)
{
	static const struct { const char *text, *address; } row[] = {
		{ "ola@example.no", "ola@example.no" },
		{ "Ola@EXAMPLE.No", "Ola@example.no" },
		{ "!#$%&'*+-/=?^_`.{|}~@example.no", "!#$%&'*+-/=?^_`.{|}~@example.no" },
		{ "o'la+a/b=c&d@1example.photography", "o'la+a/b=c&d@1example.photography" },
		{ "ola@a.no", "ola@a.no" },
		{ "ola@oslo.kommune.no", "ola@oslo.kommune.no" },
		{ "ola@example.com", "ola@example.com" },
		{ "ola@bl\xc3\xa5.example.no", "ola@xn--bl-zia.example.no" },
		{ "ola@BLA\xcc\x8a.example.no", "ola@xn--bl-zia.example.no" },
		{ "ola@XN--BL-ZIA.example.no", "ola@xn--bl-zia.example.no" },
		{ "ola@stra\xc3\x9f" "e.example", "ola@xn--strae-oqa.example" },
		{ "ola@\xef\xbd\x81.example.no", "ola@a.example.no" },
		{ "bjo\xcc\x88rn@example.no", "bj\xc3\xb6rn@example.no" },
		{ "ola\xef\xbc\xa0x@example.no", "ola\xef\xbc\xa0x@example.no" },
	};
	char text[600];
	struct email e;

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		email_check(rules, row[i].text, strlen(row[i].text), &e);
		if (e.reason != EMAIL_OK)
			fail_msg("%s: %s", row[i].text, email_reason_code(e.reason));
		assert_string_equal(e.address, row[i].address);
	}
	assert_int_equal(expand("a*64@b*63.c*63.d*58.no", text), EMAIL_MAX);
	email_check(rules, text, EMAIL_MAX, &e);
	assert_int_equal(e.reason, EMAIL_OK);
	assert_string_equal(e.address, text);
}

/* --- the key -------------------------------------------------------------------- */

static void
one_mailbox_has_one_key(void **state)
{
	static const struct { const char *text, *key; } row[] = {
		{ "Post@Example.NO", "post@example.no" },
		{ "Bj\xc3\x98rn@example.no", "bj\xc3\xb8rn@example.no" },
		{ "stra\xc3\x9f" "e@example.no", "strasse@example.no" },
		{ "A\xcc\x8a@example.no", "\xc3\xa5@example.no" },
		{ "k.a.r.i+reg@GoogleMail.com", "kari@gmail.com" },
		{ "+tag@gmail.com", "+tag@gmail.com" },
		{ "+t.a+g@gmail.com", "+t.a+g@gmail.com" },
		{ "o.la+x@hotmail.no", "o.la@hotmail.no" },
		{ "ola+x@outlook.com.br", "ola@outlook.com.br" },
		{ "ola+x@live.co.uk", "ola@live.co.uk" },
		{ "ola+x@live.example.no", "ola+x@live.example.no" },
		{ "ola+x@outlook.example", "ola+x@outlook.example" },
		{ "ola+x@msn.com", "ola@msn.com" },
		{ "o.la+x@me.com", "o.la@icloud.com" },
		{ "ola+x@mac.com", "ola@icloud.com" },
		{ "o.la+x@example.no", "o.la+x@example.no" },
		{ "post@BL\xc3\x85.example.no", "post@xn--bl-zia.example.no" },
	};
	char key[EMAIL_KEY_MAX];
	struct email e;

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		email_check(rules, row[i].text, strlen(row[i].text), &e);
		assert_string_equal(e.key, row[i].key);
		assert_int_equal(email_key(row[i].text, strlen(row[i].text), key,
		    sizeof(key)), 0);
		assert_string_equal(key, row[i].key);
	}
	assert_int_equal(email_key(" <Ola@example.no>", 17, key, sizeof(key)), 0);
	assert_string_equal(key, "ola@example.no");
	assert_int_equal(email_key("ola", 3, key, sizeof(key)), -1);
	assert_int_equal(email_key("ola@example.no", 14, key, 14), -1);
}

/* --- dirty fields ----------------------------------------------------------------- */

struct dirty {
	const char *raw;
	enum email_use use;
	const char *address;	/* as sent to, or the suggestion for a review */
	unsigned repairs;
	const char *other;	/* first of the others, or NULL */
};

static const struct dirty dirty[] = {
	{ "ola@example.no", EMAIL_USE, "ola@example.no", 0, NULL },
	{ " ola@example.no\xc2\xa0\xe2\x80\x8b\r\n", EMAIL_USE, "ola@example.no",
	    EMAIL_TRIMMED, NULL },
	{ "\xef\xbb\xbf\tola@example.no", EMAIL_USE, "ola@example.no",
	    EMAIL_TRIMMED, NULL },
	{ "o\xc2\xadla@exam\xe2\x80\x8bple.no", EMAIL_USE, "ola@example.no",
	    EMAIL_SOFT_HYPHEN, NULL },
	{ "ola @example.no", EMAIL_USE, "ola@example.no", EMAIL_BLANK_AT, NULL },
	{ "ola\xc2\xa0@ \t example.no", EMAIL_USE, "ola@example.no", EMAIL_BLANK_AT,
	    NULL },
	{ "mailto:ola@example.no", EMAIL_USE, "ola@example.no", EMAIL_PREFIX, NULL },
	{ "MAILTO:ola@example.no?subject=Hei", EMAIL_USE, "ola@example.no",
	    EMAIL_PREFIX, NULL },
	{ "E-post: ola@example.no", EMAIL_USE, "ola@example.no", EMAIL_PREFIX, NULL },
	{ "e\xe2\x80\x91postadresse : mailto:ola@example.no", EMAIL_USE,
	    "ola@example.no", EMAIL_PREFIX, NULL },
	{ "<ola@example.no>", EMAIL_USE, "ola@example.no", EMAIL_BRACKETS, NULL },
	{ "Ola Nordmann <ola@example.no>;", EMAIL_USE, "ola@example.no",
	    EMAIL_BRACKETS | EMAIL_FINAL, NULL },
	{ "\"Ola@example.no\" <ola@example.no>", EMAIL_USE, "ola@example.no",
	    EMAIL_BRACKETS, NULL },
	{ "\"ola@example.no\"", EMAIL_USE, "ola@example.no", EMAIL_QUOTES, NULL },
	{ "'ola@example.no'", EMAIL_USE, "ola@example.no", EMAIL_QUOTES, NULL },
	{ "\xc2\xabola@example.no\xc2\xbb", EMAIL_USE, "ola@example.no", EMAIL_QUOTES,
	    NULL },
	{ "'ola@example.no", EMAIL_USE, "'ola@example.no", 0, NULL },
	{ "ola@example.no.", EMAIL_USE, "ola@example.no", EMAIL_FINAL, NULL },
	{ "ola@example.no,/", EMAIL_USE, "ola@example.no", EMAIL_FINAL, NULL },
	/* several */
	{ "ola@example.no;kari@example.no", EMAIL_USE, "ola@example.no", 0,
	    "kari@example.no" },
	{ "ola@example.no, kari@example.no", EMAIL_USE, "ola@example.no", 0,
	    "kari@example.no" },
	{ "o/l@example.no/k/r@example.no", EMAIL_USE, "o/l@example.no", 0,
	    "k/r@example.no" },
	{ "ola@example.no kari@example.no", EMAIL_USE, "ola@example.no", 0,
	    "kari@example.no" },
	{ "ola@example.no\nkari@example.no", EMAIL_USE, "ola@example.no", 0,
	    "kari@example.no" },
	{ "ola@example og kari@example.no", EMAIL_USE, "kari@example.no", 0, NULL },
	{ "Ola <ola@example.no>, Kari <kari@example.no>", EMAIL_USE,
	    "ola@example.no", EMAIL_BRACKETS, "kari@example.no" },
	{ "noreply@example.no; kari@example.no", EMAIL_USE, "kari@example.no", 0,
	    "noreply@example.no" },
	{ "ola@example.no eller e-post: <kari@example.no>.", EMAIL_USE,
	    "ola@example.no", EMAIL_FINAL, "kari@example.no" },
	{ "ola@example.no; OLA@example.no", EMAIL_USE, "ola@example.no", 0, NULL },
	{ "ola@example.no ring kari@example.no", EMAIL_REVIEW, "ola@example.no",
	    EMAIL_ASK_WORDS, "kari@example.no" },
	/* to be asked about */
	{ "ola@example..no", EMAIL_REVIEW, "ola@example.no", EMAIL_ASK_DOTS, NULL },
	{ "ola@example,no", EMAIL_REVIEW, "ola@example.no", EMAIL_ASK_DOTS, NULL },
	{ "ola@example:no", EMAIL_REVIEW, "ola@example.no", EMAIL_ASK_DOTS, NULL },
	{ "ola,nordmann@example.no", EMAIL_REVIEW, "ola.nordmann@example.no",
	    EMAIL_ASK_DOTS, NULL },
	{ ".ola.@.example.no", EMAIL_REVIEW, "ola@example.no", EMAIL_ASK_DOTS, NULL },
	{ "ola@@example.no", EMAIL_REVIEW, "ola@example.no", EMAIL_ASK_AT, NULL },
	{ "ola(AT)example.no", EMAIL_REVIEW, "ola@example.no", EMAIL_ASK_AT, NULL },
	{ "ola { kr\xc3\xb8llalfa } example.no", EMAIL_REVIEW, "ola@example.no",
	    EMAIL_ASK_AT, NULL },
	{ "ola at example.no", EMAIL_REVIEW, "ola@example.no", EMAIL_ASK_AT, NULL },
	{ "ola&#64;example.no", EMAIL_REVIEW, "ola@example.no", EMAIL_ASK_AT, NULL },
	{ "ola\xef\xbc\xa0" "example.no", EMAIL_REVIEW, "ola@example.no",
	    EMAIL_ASK_AT, NULL },
	{ "ola[at]example[dot]no", EMAIL_REVIEW, "ola@example.no",
	    EMAIL_ASK_AT | EMAIL_ASK_DOT_WORD, NULL },
	{ "ola@example punktum no", EMAIL_REVIEW, "ola@example.no",
	    EMAIL_ASK_DOT_WORD, NULL },
	{ "ola@example\xe3\x80\x82no", EMAIL_REVIEW, "ola@example.no",
	    EMAIL_ASK_DOT_WORD, NULL },
	{ "bj\xf8rn@example.no", EMAIL_REVIEW, "bj\xc3\xb8rn@example.no",
	    EMAIL_ASK_CHARSET, NULL },
	{ "bj\xc3\x83\xc2\xb8rn@example.no", EMAIL_REVIEW, "bj\xc3\xb8rn@example.no",
	    EMAIL_ASK_CHARSET, NULL },
	{ "o\xc3\x83\xcb\x9cla@example.no", EMAIL_REVIEW,
	    "o\xc3\x83\xcb\x9cla@example.no", 0, NULL },
	{ "ola@example no", EMAIL_REVIEW, "ola@example.no", EMAIL_ASK_BLANK, NULL },
	{ "ola nordmann@example.no", EMAIL_REVIEW, "olanordmann@example.no",
	    EMAIL_ASK_BLANK, NULL },
	{ "ola@exam ple.no", EMAIL_REVIEW, "ola@example.no", EMAIL_ASK_BLANK, NULL },
	{ "(ola@example.no)", EMAIL_REVIEW, "ola@example.no", EMAIL_ASK_MARKS, NULL },
	{ "ola@#example.no?", EMAIL_REVIEW, "ola@example.no", EMAIL_ASK_MARKS, NULL },
	{ "Ola Nordmann ola@example.no", EMAIL_REVIEW, "ola@example.no",
	    EMAIL_ASK_WORDS, NULL },
	{ "e-post ola@example.no", EMAIL_REVIEW, "ola@example.no", EMAIL_ASK_WORDS,
	    NULL },
	{ "ola@example.no; www.example.no", EMAIL_REVIEW, "ola@example.no",
	    EMAIL_ASK_WORDS, NULL },
	{ "ola@example.no tlf 22334455", EMAIL_REVIEW, "ola@example.no",
	    EMAIL_ASK_WORDS, NULL },
	{ "ola@example.no@example.no", EMAIL_REVIEW, "ola@example.no",
	    EMAIL_ASK_WORDS, NULL },
	{ "bj\xc3\xb8rn@example.no", EMAIL_REVIEW, "bj\xc3\xb8rn@example.no", 0, NULL },
	{ "ola@example.nno", EMAIL_REVIEW, "ola@example.nno", 0, NULL },
	/* of no use */
	{ "noreply@example.no", EMAIL_LEAVE, "noreply@example.no", 0, NULL },
	{ "Abuse@example.no", EMAIL_LEAVE, "Abuse@example.no", 0, NULL },
	{ "ingen", EMAIL_LEAVE, "", 0, NULL },
	{ "Ola Nordmann", EMAIL_LEAVE, "", 0, NULL },
	{ "@", EMAIL_LEAVE, "", 0, NULL },
	{ "ola@example.no\r\nBcc: kari@example.no", EMAIL_LEAVE, "", 0, NULL },
	{ "ola@example.no%0ABcc:kari@example.no", EMAIL_LEAVE, "", 0, NULL },
	{ "", EMAIL_NONE, "", 0, NULL },
	{ " \xc2\xa0\r\n", EMAIL_NONE, "", 0, NULL },
};

static void
a_field_is_mended_without_a_guess_or_shown_to_a_person(void **state)
{
	struct email_field f;
	const char *got;
	unsigned seen = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(dirty); i++) {
		const struct dirty *d = &dirty[i];

		email_field(rules, d->raw, strlen(d->raw), 1, &f);
		got = f.first.reason == EMAIL_OK ? f.first.address : f.first.suggestion;
		if (f.use != d->use || strcmp(got, d->address) != 0 ||
		    f.first.repairs != d->repairs)
			fail_msg("row %zu \"%s\": use %d, \"%s\", repairs %x", i, d->raw,
			    (int)f.use, got, f.first.repairs);
		if ((d->other != NULL) != (f.nother > 0) ||
		    (d->other != NULL && strcmp(f.other[0], d->other) != 0))
			fail_msg("row %zu \"%s\": others", i, d->raw);
		seen |= f.first.repairs;
		email_field_free(&f);
	}
	for (unsigned bit = 1; bit <= EMAIL_ASK_MARKS; bit <<= 1)
		if (*email_repair_code(bit) != '\0' && (seen & bit) == 0)
			fail_msg("no row for %s", email_repair_code(bit));
}

static void
an_attack_is_called_one(void **state)
{
	static const char s[] = "ola@example.no\nSubject : hei";
	struct email e;

	(void)state;
	email_check(rules, s, strlen(s), &e);
	assert_int_equal(e.reason, EMAIL_CONTROL);
	assert_int_equal(e.flags, EMAIL_INJECTION);
	assert_string_equal(e.suggestion, "");
}

static void
all_of_many_are_counted_and_some_kept(void **state)
{
	struct buf b = BUF(EMAIL_FIELD_MAX + 100);
	struct email_field f;

	(void)state;
	for (int i = 0; i < 20; i++)
		buf_printf(&b, "ola%d@example.no; ", i);
	email_field(rules, b.data, b.len, 1, &f);
	assert_int_equal(f.use, EMAIL_USE);
	assert_string_equal(f.first.address, "ola0@example.no");
	assert_true(f.first.flags & EMAIL_MANY);
	assert_int_equal(f.n, 20);
	assert_int_equal(f.nother, EMAIL_SEVERAL - 1);
	email_field_free(&f);

	while (b.len <= EMAIL_FIELD_MAX)
		buf_chr(&b, ' ');
	email_field(rules, b.data, b.len, 1, &f);
	assert_int_equal(f.use, EMAIL_LEAVE);
	email_field_free(&f);
	buf_free(&b);
}

static void
noreply_stays_where_the_study_says_so(void **state)
{
	struct email_field f;

	(void)state;
	email_field(rules, "noreply@example.no", 18, 0, &f);
	assert_int_equal(f.use, EMAIL_USE);
	email_field_free(&f);
}

/* --- flags and slips ---------------------------------------------------------------- */

static void
flags_reject_nobody(void **state)
{
	static const struct { const char *text; unsigned want; } row[] = {
		{ "ola@example.no", 0 },
		{ "Post@example.no", EMAIL_ROLE },
		{ "daglig.leder@example.no", EMAIL_ROLE },
		{ "ikke-svar@example.no", EMAIL_NOREPLY },
		{ "Mailer-Daemon@example.no", EMAIL_NOREPLY },
		{ "hostmaster@example.no", EMAIL_POSTMASTER },
		{ "ola.nordmann@example.no", EMAIL_NAMED },
		{ "kari-anne.nordmann@example.no", EMAIL_NAMED },
		{ "post.oslo@example.no", 0 },
		{ "ola2.x@example.no", 0 },
		{ "ola@online.no", EMAIL_FREE },
		{ "ola@mailinator.com", EMAIL_DISPOSABLE },
		{ "\xc3\xb8la@example.no", EMAIL_SMTPUTF8 },
		{ "ola@fi\xd0\xb3ma.no", EMAIL_MIXED_SCRIPT },
		{ "ola@\xd1\x84\xd0\xb8\xd1\x80\xd0\xbc\xd0\xb0.no", 0 },
		{ "ola@\xe6\x97\xa5\xe3\x81\xae.no", 0 },
		{ "ola@xn--fima-m4d.no", EMAIL_MIXED_SCRIPT },
		{ "ola@example.qqq", EMAIL_UNLISTED },
		{ "ola@example.xn--p1ai", 0 },
		{ "ola@gamil.com", EMAIL_TYPO },
	};
	struct email e;

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		email_check(rules, row[i].text, strlen(row[i].text), &e);
		assert_int_equal(e.reason, EMAIL_OK);
		if (e.flags != row[i].want)
			fail_msg("%s: flags %x, wanted %x", row[i].text, e.flags,
			    row[i].want);
	}
}

static void
a_slip_in_a_domain_is_suggested_and_no_other_domain(void **state)
{
	static const struct { const char *domain, *want; } row[] = {
		{ "gmial.com", "gmail.com" }, { "gmail.co", "gmail.com" },
		{ "gmail.no", "gmail.com" }, { "gmailcom", "gmail.com" },
		{ "gmail.com.com", "gmail.com" }, { "hotmial.con", "hotmail.com" },
		{ "hotmaiil.com", "hotmail.com" }, { "hotmail", "hotmail.com" },
		{ "yaooh.com", "yahoo.com" }, { "outlok.com", "outlook.com" },
		{ "onlien.no", "online.no" }, { "broadprak.no", "broadpark.no" },
		{ "example.nno", "example.no" }, { "example.on", "example.no" },
		{ "example.n0", "example.no" }, { "example.mo", "example.no" },
		{ "example.con", "example.com" }, { "a.b.example.ogr", "a.b.example.org" },
		{ "gmail.com", NULL }, { "hotmail.no", NULL }, { "outlook.dk", NULL },
		{ "yahoo.co.uk", NULL }, { "online.no", NULL }, { "online.com", NULL },
		{ "live.no", NULL }, { "mail.com", NULL }, { "email.no", NULL },
		{ "cloud.com", NULL }, { "telia.no", NULL }, { "example.no", NULL },
		{ "example.qqq", NULL }, { "gma", NULL }, { "example", NULL },
	};
	char text[100];
	struct email e;

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		snprintf(text, sizeof(text), "Ola.x@%s", row[i].domain);
		email_check(rules, text, strlen(text), &e);
		snprintf(text, sizeof(text), "%s%s", row[i].want != NULL ? "Ola.x@" : "",
		    row[i].want != NULL ? row[i].want : "");
		if (strcmp(e.suggestion, text) != 0)
			fail_msg("%s: \"%s\"", row[i].domain, e.suggestion);
	}
}

static void
letters_encoded_twice_are_suggested_where_they_are_allowed(void **state)
{
	static const char s[] = "o\xc3\x83\xcb\x9cla@example.no";
	struct email e;

	(void)state;
	email_check(rules, s, strlen(s), &e);
	assert_int_equal(e.reason, EMAIL_OK);
	assert_string_equal(e.suggestion, "o\xc3\x98la@example.no");
	assert_int_equal(e.repairs, 0);
}

/* --- words ------------------------------------------------------------------------- */

static void
every_code_has_a_sentence_in_both_languages(void **state)
{
	struct buf b = BUF(2000);

	(void)state;
	for (int r = EMAIL_OK; r < EMAIL_REASONS; r++) {
		enum email_reason reason = (enum email_reason)r;

		assert_true(strlen(email_reason_code(reason)) > 1);
		assert_true(strlen(email_reason_text(reason, LANG_NB)) > 10);
		assert_string_not_equal(email_reason_text(reason, LANG_NB),
		    email_reason_text(reason, LANG_EN));
	}
	for (unsigned bit = 1; bit <= EMAIL_ASK_MARKS; bit <<= 1)
		if (bit != 1 << 7) {
			assert_true(strlen(email_repair_code(bit)) > 1);
			assert_string_not_equal(email_repair_text(bit, LANG_NB),
			    email_repair_text(bit, LANG_EN));
		}
	for (unsigned bit = 1; bit <= EMAIL_INJECTION; bit <<= 1) {
		assert_true(strlen(email_flag_code(bit)) > 1);
		assert_string_not_equal(email_flag_text(bit, LANG_NB),
		    email_flag_text(bit, LANG_EN));
	}
	email_version(&b);
	assert_non_null(strstr(buf_text(&b), "public suffix list of 20"));
	buf_clear(&b);
	email_codes(EMAIL_TRIMMED | EMAIL_FINAL, EMAIL_ROLE, &b);
	assert_string_equal(buf_text(&b), "trimmed,final,role");
	buf_free(&b);
}

static void
the_answer_is_an_object(void **state)
{
	static const struct { const char *text, *want; } row[] = {
		{ "Ola@example.no", "{\"input\": \"Ola@example.no\", \"valid\": true, "
		    "\"address\": \"Ola@example.no\", \"key\": \"ola@example.no\", "
		    "\"reason\": null, \"suggestion\": null, \"repairs\": [], "
		    "\"flags\": []}" },
		{ "<post@example.no>", "{\"input\": \"<post@example.no>\", "
		    "\"valid\": false, \"address\": null, \"key\": null, "
		    "\"reason\": \"display_name\", \"suggestion\": "
		    "\"post@example.no\", \"repairs\": [\"brackets\"], \"flags\": []}" },
	};
	struct buf b = BUF(4000);
	struct json j;
	struct email e;

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		buf_clear(&b);
		email_check(rules, row[i].text, strlen(row[i].text), &e);
		json_begin(&j, &b, 0);
		email_json(&j, row[i].text, strlen(row[i].text), &e);
		assert_string_equal(buf_text(&b), row[i].want);
	}
	buf_free(&b);
}

/* --- promises ------------------------------------------------------------------------ */

static void
the_corpus_keeps_the_promises(void **state)
{
	struct file_list list;
	struct err err;
	struct buf b = BUF(1 << 16);
	char path[300];

	(void)state;
	assert_int_equal(file_list("tests/corpus/email", &list, &err), 0);
	assert_true(list.n >= 10);
	for (size_t i = 0; i < list.n; i++) {
		snprintf(path, sizeof(path), "tests/corpus/email/%s", list.name[i]);
		buf_clear(&b);
		assert_int_equal(file_read(path, 1 << 16, &b, &err), 0);
		LLVMFuzzerTestOneInput((const uint8_t *)b.data, b.len);
	}
	file_list_free(&list);
	buf_free(&b);
}

/* Every text above with one octet changed, left out or doubled. */
static void
mutants_keep_the_promises(void **state)
{
	static const char with[] = "@.,; <>\"-+(\n\0\xc3\xb8\xff";
	uint8_t text[300];

	(void)state;
	for (size_t i = 0; i < COUNT(dirty); i += 2) {
		size_t len = strlen(dirty[i].raw);

		for (size_t at = 0; at < len; at++) {
			memcpy(text, dirty[i].raw, len);
			text[at] = (uint8_t)with[(at + i) % (sizeof(with) - 1)];
			LLVMFuzzerTestOneInput(text, len);
			memcpy(text + at, dirty[i].raw + at + 1, len - at);
			LLVMFuzzerTestOneInput(text, len - 1);
		}
	}
}

static void
a_field_of_any_size_ends_soon(void **state)
{
	static const char *const unit[] = { " ", "@", "<", "(at) ", "a@b.no ", "\"",
		".,", "\xc3\x83\xc2\xb8", "mailto:", "\xc2\xad", "a.", "; " };
	struct buf b = BUF(1 << 20);

	(void)state;
	for (size_t i = 0; i < COUNT(unit); i++)
		for (size_t n = 4000; n <= 1000000; n *= 250) {
			buf_clear(&b);
			while (b.len + strlen(unit[i]) <= n)
				buf_str(&b, unit[i]);
			LLVMFuzzerTestOneInput((const uint8_t *)b.data, b.len);
		}
	buf_free(&b);
}

/* As under systemd's MemoryDenyWriteExecute: no memory that is written and run. */
static void
without_a_compiler_for_patterns_the_answers_are_the_same(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct err err;
		struct email_rules *r;
		struct email e;
		int ok = 0;

#ifdef PR_SET_MDWE
		(void)prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0);
#else
		(void)prctl(65, 1, 0, 0, 0);
#endif
		if ((r = email_rules_new(&err)) != NULL) {
			email_check(r, "Ola (at) example.no", 19, &e);
			ok = strcmp(e.suggestion, "Ola@example.no") == 0;
			email_check(r, "ingen e-post", 12, &e);
			ok &= e.reason == EMAIL_PLACEHOLDER;
		}
		email_rules_free(r);
		_exit(ok ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* --- second opinion --------------------------------------------------------------------- */

/* The text of a field, "\xNN" and "\\" undone, in place; its length. */
static size_t
unescape(char *s)
{
	size_t o = 0;
	unsigned octet;

	for (size_t i = 0; s[i] != '\0'; ) {
		if (s[i] != '\\')
			s[o++] = s[i++];
		else if (s[i + 1] == 'x' && sscanf(s + i + 2, "%2x", &octet) == 1) {
			s[o++] = (char)octet;
			i += 4;
		} else {
			s[o++] = '\\';
			i += 2;
		}
	}
	s[o] = '\0';
	return o;
}

/* Lines of a table behind its head, cut at their tabs: calls ${row}. */
static size_t
table(const char *name, void (*row)(char **cell, size_t n, void *), void *ctx)
{
	struct buf b = BUF(8 << 20);
	struct err err;
	char path[200], *line, *next, *cell[12];
	size_t n = 0, c;

	snprintf(path, sizeof(path), SHARED "%s", name);
	if (!file_exists(path))
		return 0;
	assert_int_equal(file_read(path, 8 << 20, &b, &err), 0);
	line = strchr(b.data, '\n') + 1;
	for (; *line != '\0'; line = next, n++) {
		next = line + strcspn(line, "\n");
		if (*next != '\0')
			*next++ = '\0';
		for (c = 0; c < COUNT(cell) && line != NULL; c++) {
			cell[c] = line;
			if ((line = strchr(line, '\t')) != NULL)
				*line++ = '\0';
		}
		row(cell, c, ctx);
	}
	buf_free(&b);
	return n;
}

struct agreement { char stricter[10][600]; size_t nstricter, of, good, form; };

static void
note_stricter(char **cell, size_t n, void *ctx)
{
	struct agreement *a = ctx;

	assert_true(n >= 2 && a->nstricter < 10);
	snprintf(a->stricter[a->nstricter++], 600, "%s", cell[0]);
}

static void
compare(char **cell, size_t n, void *ctx)
{
	struct agreement *a = ctx;
	int want = strcmp(cell[1], "valid") == 0;
	struct email e;
	size_t len;

	assert_true(n >= 6);
	for (size_t i = 0; i < a->nstricter; i++)
		if (strcmp(a->stricter[i], cell[0]) == 0)
			want = 0;
	len = unescape(cell[0]);
	email_check(rules, cell[0], len, &e);
	a->of++;
	a->good += (e.reason == EMAIL_OK) == want;
	if (want && strcmp(e.address, cell[5]) != 0)
		a->form++;
	LLVMFuzzerTestOneInput((const uint8_t *)cell[0], len);
}

static void
agrees_with_another_checker(void **state)
{
	struct agreement a;

	(void)state;
	memset(&a, 0, sizeof(a));
	table("email_policy.tsv", note_stricter, &a);
	if (table("email_oracle_joshdata.tsv", compare, &a) == 0)
		return;		/* the vectors are not part of the project */
	assert_int_equal(a.form, 0);
	if (a.good * 1000 < a.of * 995)
		fail_msg("%zu of %zu", a.good, a.of);
}

static void
compare_repair(char **cell, size_t n, void *ctx)
{
	struct email e;
	size_t len = unescape(cell[0]);

	(void)ctx;
	assert_true(n >= 3);
	email_check(rules, cell[0], len, &e);
	assert_int_not_equal(e.reason, EMAIL_OK);
	assert_string_equal(e.suggestion, cell[2]);
	assert_int_equal(strcmp(cell[1], "ask") == 0,
	    (e.repairs & ~(unsigned)(EMAIL_ASK_DOTS - 1)) != 0);
	assert_int_equal(strcmp(cell[1], "several") == 0,
	    e.reason == EMAIL_SEVERAL_ADDRESSES);
}

static void
mends_what_the_vectors_mend(void **state)
{
	(void)state;
	(void)table("email_repairs.tsv", compare_repair, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_fault_gives_the_reason),
		cmocka_unit_test(what_can_be_written_to_is_valid),
		cmocka_unit_test(one_mailbox_has_one_key),
		cmocka_unit_test(a_field_is_mended_without_a_guess_or_shown_to_a_person),
		cmocka_unit_test(an_attack_is_called_one),
		cmocka_unit_test(all_of_many_are_counted_and_some_kept),
		cmocka_unit_test(noreply_stays_where_the_study_says_so),
		cmocka_unit_test(flags_reject_nobody),
		cmocka_unit_test(a_slip_in_a_domain_is_suggested_and_no_other_domain),
		cmocka_unit_test(letters_encoded_twice_are_suggested_where_they_are_allowed),
		cmocka_unit_test(every_code_has_a_sentence_in_both_languages),
		cmocka_unit_test(the_answer_is_an_object),
		cmocka_unit_test(the_corpus_keeps_the_promises),
		cmocka_unit_test(mutants_keep_the_promises),
		cmocka_unit_test(a_field_of_any_size_ends_soon),
		cmocka_unit_test(without_a_compiler_for_patterns_the_answers_are_the_same),
		cmocka_unit_test(agrees_with_another_checker),
		cmocka_unit_test(mends_what_the_vectors_mend),
	};

	return cmocka_run_group_tests(tests, make_rules, drop_rules);
}
