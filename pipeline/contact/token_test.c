/* Tests of the signed return address; the vector is of the rules, section 7. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/date.h"
#include "pipeline/contact/token.h"

#define DOMAIN	"svar.example.no"
#define VECTOR	"aaadvxtivbdggabzx3jizat6z"

static unsigned char key[TOKEN_KEYS][32];
static unsigned char set[TOKEN_KEYS];
static struct token_keys keys = { (const unsigned char (*)[32])key, set, 0 };

static int32_t
day(const char *s)
{
	int32_t d;

	assert_int_equal(date_parse(s, strlen(s), &d), 0);
	return (d);
}

static int
make_keys(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 32; i++) {
		key[0][i] = (unsigned char)i;
		key[3][i] = (unsigned char)(100 + i);
	}
	set[0] = set[3] = 1;
	return (0);
}

static void
makes_the_vector(void **state)
{
	char out[TOKEN_LEN + 1];

	(void)state;
	keys.now = 0;
	token_make(&keys, DOMAIN, 123456789, day("2026-03-02"), out);
	assert_string_equal(out, VECTOR);
	token_make(&keys, "SVAR.Example.NO", 123456789, day("2026-03-02"), out);
	assert_string_equal(out, VECTOR);
}

static void
reads_back_what_it_made(void **state)
{
	static const int64_t number[] = { 0, 1, 255, 256, 123456789,
	    TOKEN_RECIPIENT_MAX };
	static const char *const when[] = { "2020-01-01", "2026-03-02",
	    "2199-06-06" };
	char out[TOKEN_LEN + 1];
	struct token t;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(number) / sizeof(number[0]); i++)
		for (j = 0; j < sizeof(when) / sizeof(when[0]); j++) {
			keys.now = j == 1 ? 3 : 0;
			token_make(&keys, DOMAIN, number[i], day(when[j]), out);
			assert_int_equal(strlen(out), TOKEN_LEN);
			assert_int_equal(token_read(&keys, DOMAIN, out,
			    TOKEN_LEN, day(when[j]), &t), TOKEN_OK);
			assert_true(t.recipient == number[i]);
			assert_int_equal(t.day, day(when[j]));
			assert_int_equal(t.key, keys.now);
		}
	keys.now = 0;
}

static void
a_changed_character_is_no_token_of_ours(void **state)
{
	char s[TOKEN_LEN + 1];
	struct token t = { -7, -7, -7 };
	int i;

	(void)state;
	for (i = 0; i < TOKEN_LEN; i++) {
		memcpy(s, VECTOR, sizeof(s));
		s[i] = s[i] == 'b' ? 'c' : 'b';
		assert_int_equal(token_read(&keys, DOMAIN, s, TOKEN_LEN,
		    day("2026-03-03"), &t),
		    i == 0 ? TOKEN_UNKNOWN_KEY : TOKEN_BAD_MAC);
	}
	/* a key that is there, but another */
	memcpy(s, VECTOR, sizeof(s));
	s[0] = 'd';
	assert_int_equal(token_read(&keys, DOMAIN, s, TOKEN_LEN,
	    day("2026-03-03"), &t), TOKEN_BAD_MAC);
	/* another domain */
	assert_int_equal(token_read(&keys, "svar.example.org", VECTOR,
	    TOKEN_LEN, day("2026-03-03"), &t), TOKEN_BAD_MAC);
	assert_int_equal((int)t.recipient, -7);
}

static void
expires_after_sixty_days(void **state)
{
	struct token t;

	(void)state;
	assert_int_equal(token_read(&keys, DOMAIN, VECTOR, TOKEN_LEN,
	    day("2026-03-02") + 60, &t), TOKEN_OK);
	assert_int_equal(token_read(&keys, DOMAIN, VECTOR, TOKEN_LEN,
	    day("2026-03-02") + 61, &t), TOKEN_EXPIRED);
	assert_int_equal((int)t.recipient, 123456789);
}

static const struct {
	const char *says, *text;
	char delimiter;
	enum token_state want;
} finds[] = {
	{ "bare", VECTOR, '+', TOKEN_OK },
	{ "as a local part", VECTOR "@svar.example.no", '+', TOKEN_OK },
	{ "behind the name", "svar+" VECTOR "@svar.example.no", '+', TOKEN_OK },
	{ "in brackets", "<svar+" VECTOR "@svar.example.no>", '+', TOKEN_OK },
	{ "in upper case", "SVAR+AAADVXTIVBDGGABZX3JIZAT6Z@SVAR.EXAMPLE.NO", '+',
	    TOKEN_OK },
	{ "in mixed case", "b+AaAdVxTiVbDgGaBzX3jIzAt6Z@svar.example.no", '+',
	    TOKEN_OK },
	{ "behind a hyphen", "svar-" VECTOR "@svar.example.no", '-', TOKEN_OK },
	{ "not behind the other delimiter", "svar-" VECTOR "@svar.example.no",
	    '+', TOKEN_NONE },
	{ "at another domain: it is the configured one that is signed",
	    "svar+" VECTOR "@example.org", '+', TOKEN_OK },
	{ "SRS0", "SRS0=HHHH=TT=svar.example.no=svar+" VECTOR "@example.org", '+',
	    TOKEN_OK },
	{ "SRS0 with a plus", "SRS0+HHHH=TT=svar.example.no=svar+" VECTOR
	    "@example.org", '+', TOKEN_OK },
	{ "SRS0 with a hyphen, hyphen as delimiter",
	    "srs0-HHHH=TT=svar.example.no=svar-" VECTOR "@example.org", '-',
	    TOKEN_OK },
	{ "SRS0 with the delimiter in its hash",
	    "SRS0=a+bc=TT=svar.example.no=svar+" VECTOR "@example.org", '+',
	    TOKEN_OK },
	{ "SRS1", "SRS1=HHH=example.com==HHHH=TT=svar.example.no=svar+" VECTOR
	    "@example.org", '+', TOKEN_OK },
	{ "SRS1, hyphens", "SRS1-HHH=example.com=-HH-H=TT=svar.example.no=svar-"
	    VECTOR "@example.org", '-', TOKEN_OK },
	{ "SRS1 around a bare token",
	    "SRS1=HHH=example.com==HHHH=TT=svar.example.no=" VECTOR
	    "@example.org", '+', TOKEN_OK },
	{ "BATV", "prvs=0123456789=" VECTOR "@svar.example.no", '+', TOKEN_OK },
	{ "BATV, delimiter", "prvs=0123456789=svar+" VECTOR "@svar.example.no",
	    '+', TOKEN_OK },
	{ "btv1", "btv1==123456789ab==svar-" VECTOR "@svar.example.no", '-',
	    TOKEN_OK },
	{ "BATV in SRS0 in SRS1",
	    "SRS1=H=example.com==HHHH=TT=svar.example.no=prvs=0123456789=" VECTOR
	    "@example.org", '+', TOKEN_OK },
	{ "forged", "svar+aaadvxtivbdggabzx3jizat6a@svar.example.no", '+',
	    TOKEN_BAD_MAC },
	{ "unknown key", "svar+paadvxtivbdggabzx3jizat6z@svar.example.no", '+',
	    TOKEN_UNKNOWN_KEY },
	{ "no key number", "svar+zaadvxtivbdggabzx3jizat6z@svar.example.no", '+',
	    TOKEN_NONE },
	{ "too short", "svar+aaadvxtivbdggabzx3jizat6@svar.example.no", '+',
	    TOKEN_NONE },
	{ "too long", "svar+" VECTOR "a@svar.example.no", '+', TOKEN_NONE },
	{ "a digit outside the alphabet",
	    "svar+aaadvxtivbdggabzx3jizat61@svar.example.no", '+', TOKEN_NONE },
	{ "nothing", "", '+', TOKEN_NONE },
	{ "brackets alone", "<>", '+', TOKEN_NONE },
	{ "an at-sign alone", "@", '+', TOKEN_NONE },
	{ "a broken SRS", "SRS0=", '+', TOKEN_NONE },
	{ "a broken SRS1", "SRS1=a=b==", '+', TOKEN_NONE },
	{ "a broken BATV", "prvs=", '+', TOKEN_NONE },
};

static void
finds_it_in_addresses(void **state)
{
	struct token t;
	enum token_state got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(finds) / sizeof(finds[0]); i++) {
		got = token_find(&keys, DOMAIN, finds[i].delimiter,
		    finds[i].text, strlen(finds[i].text), day("2026-03-10"), &t);
		if (got != finds[i].want)
			print_error("%s: got %d, want %d\n", finds[i].says,
			    (int)got, (int)finds[i].want);
		assert_int_equal(got, finds[i].want);
		if (got == TOKEN_OK)
			assert_int_equal((int)t.recipient, 123456789);
	}
}

static void
a_nul_in_an_address_ends_nothing(void **state)
{
	static const char s[] = "svar+\0" VECTOR "@svar.example.no";
	struct token t;

	(void)state;
	assert_int_equal(token_find(&keys, DOMAIN, '+', s, sizeof(s) - 1,
	    day("2026-03-10"), &t), TOKEN_NONE);
}

static void
the_address_must_fit_a_forwarder(void **state)
{
	struct err err;

	(void)state;
	/* 14 + 15 + (4 + 1 + 25) = 59 */
	assert_int_equal(token_fits("svar", "svar.example.no", &err), 0);
	/* 14 + 15 + 35 = 64, and one more */
	assert_int_equal(token_fits("svarsvars", "svar.example.no", &err), 0);
	assert_int_equal(token_fits("svarsvarsv", "svar.example.no", &err), -1);
	assert_int_equal(err.status, EX_CONFIG);
	/* local part 45, and one more, on a domain of 5 */
	assert_int_equal(token_fits("nineteen-characters", "ab.no", &err), 0);
	assert_int_equal(token_fits("twenty-characters-xx", "ab.no", &err), -1);
	assert_int_equal(token_fits("", "svar.example.no", &err), -1);
	assert_int_equal(token_fits("svar", "", &err), -1);
}

static void
states_have_words(void **state)
{

	(void)state;
	assert_null(token_state_word(TOKEN_NONE));
	assert_string_equal(token_state_word(TOKEN_OK), "ok");
	assert_string_equal(token_state_word(TOKEN_EXPIRED), "expired");
	assert_string_equal(token_state_word(TOKEN_BAD_MAC), "bad-mac");
	assert_string_equal(token_state_word(TOKEN_UNKNOWN_KEY), "unknown-key");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_the_vector),
		cmocka_unit_test(reads_back_what_it_made),
		cmocka_unit_test(a_changed_character_is_no_token_of_ours),
		cmocka_unit_test(expires_after_sixty_days),
		cmocka_unit_test(finds_it_in_addresses),
		cmocka_unit_test(a_nul_in_an_address_ends_nothing),
		cmocka_unit_test(the_address_must_fit_a_forwarder),
		cmocka_unit_test(states_have_words),
	};

	return (cmocka_run_group_tests(tests, make_keys, NULL));
}
