/* Which other text is the same mailbox? */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "email/email.h"

static const struct {
	const char *says, *input, *key;	/* key NULL: none */
} cases[] = {
	{ "folds case", "Kari.Nordmann@Firma.NO", "kari.nordmann@firma.no" },
	{ "folds Norwegian letters", "BJ\xc3\x98RN@firma.no", "bj\xc3\xb8rn@firma.no" },
	{ "folds fully", "STRASSE@firma.no", "strasse@firma.no" },
	{ "folds sharp s to two", "stra\xc3\x9f" "e@firma.no", "strasse@firma.no" },
	{ "folds and composes again", "\xce\x90@firma.no", "\xce\x90@firma.no" },
	{ "composes", "a\xcc\x8ase@firma.no", "\xc3\xa5se@firma.no" },
	{ "keeps the tag of a domain of its own", "a+b@firma.no", "a+b@firma.no" },
	{ "keeps dots likewise", "a.b@firma.no", "a.b@firma.no" },
	{ "drops tag and dots of Gmail", "K.a.r.i+x+y@gmail.com", "kari@gmail.com" },
	{ "knows Gmail's other name", "k.ari@GoogleMail.com", "kari@gmail.com" },
	{ "keeps a tag with nothing before it", "+x@gmail.com", "+x@gmail.com" },
	{ "drops the tag of Outlook, keeps dots", "k.ari+x@outlook.com",
	    "k.ari@outlook.com" },
	{ "with any country", "kari+x@hotmail.no", "kari@hotmail.no" },
	{ "or two-part country", "kari+x@hotmail.co.uk", "kari@hotmail.co.uk" },
	{ "and in Australia", "kari+x@live.com.au", "kari@live.com.au" },
	{ "but not a firm's own name", "kari+x@live.uit.no", "kari+x@live.uit.no" },
	{ "nor one that only begins so", "kari+x@outlook.firma.com",
	    "kari+x@outlook.firma.com" },
	{ "nor a longer one", "kari+x@liveband.no", "kari+x@liveband.no" },
	{ "nor one beneath it", "kari+x@mail.gmail.com", "kari+x@mail.gmail.com" },
	{ "msn.com has a tag", "kari+x@msn.com", "kari@msn.com" },
	{ "me.com is iCloud", "k.ari+x@me.com", "k.ari@icloud.com" },
	{ "so is mac.com", "kari@mac.com", "kari@icloud.com" },
	{ "Yahoo's hyphen may be a name's", "kari-x@yahoo.com", "kari-x@yahoo.com" },
	{ "takes the blanks of a header", " <Kari@firma.no> ", "kari@firma.no" },
	{ "takes a final dot", "kari@firma.no.", "kari@firma.no" },
	{ "the domain as A-labels", "a@BL\xc3\x85.no", "a@xn--bl-zia.no" },
	{ "none for a name", "Kari Nordmann", NULL },
	{ "none for nothing", "", NULL },
	{ "none for blanks and brackets", " <> ", NULL },
	{ "none for two", "a@firma.no, b@firma.no", NULL },
};

static void
the_key_is_the_mailbox(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char key[EMAIL_KEY_MAX] = "-";
		int r = email_key(cases[i].input, strlen(cases[i].input), key,
		    sizeof(key));

		if (cases[i].key == NULL ? r == -1 && strcmp(key, "-") == 0 :
		    r == 0 && strcmp(key, cases[i].key) == 0)
			continue;
		print_error("%s: got %s\n", cases[i].says, key);
		bad++;
	}
	assert_int_equal(bad, 0);
}

static void
check_and_key_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct email e;

		email_check(NULL, cases[i].input, strlen(cases[i].input), &e);
		if (e.reason == EMAIL_OK)
			assert_string_equal(e.key, cases[i].key);
	}
}

/* What does not fit leaves the answer alone. */
static void
no_room_is_no_key(void **state)
{
	char key[14] = "-";

	(void)state;
	assert_int_equal(email_key("kari@firma.no", 13, key, 13), -1);
	assert_string_equal(key, "-");
	assert_int_equal(email_key("kari@firma.no", 13, key, 14), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_key_is_the_mailbox),
		cmocka_unit_test(check_and_key_agree),
		cmocka_unit_test(no_room_is_no_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
