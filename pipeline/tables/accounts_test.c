#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pipeline/tables/accounts.h"

static void
form_vat_and_accounts_decide(void **state)
{
	static const struct {
		const char *says, *form;
		int vat, sent;
		long long employees;
		enum accounts want;
	} t[] = {
		{ "a company", "AS", 0, 0, 0, ACCOUNTS_OBLIGED },
		{ "a sole proprietor", "ENK", 1, 0, 3, ACCOUNTS_NOT },
		{ "one that sends accounts in", "ENK", 0, 1, 0, ACCOUNTS_OBLIGED },
		{ "one of 20", "ENK", 0, 0, 20, ACCOUNTS_NOT },
		{ "one of 21", "ENK", 0, 0, 21, ACCOUNTS_UNKNOWN },
		{ "an association", "FLI", 0, 0, 0, ACCOUNTS_NOT },
		{ "an association with VAT", "FLI", 1, 0, 0, ACCOUNTS_UNKNOWN },
		{ "a partnership", "DA", 0, 0, 0, ACCOUNTS_UNKNOWN },
		{ "a partnership that sends them in", "DA", 0, 1, 0,
		    ACCOUNTS_OBLIGED },
		{ "a form nobody knows", "XX", 1, 0, 0, ACCOUNTS_UNKNOWN },
		{ "no form", "", 0, 0, 0, ACCOUNTS_UNKNOWN },
		{ "no form at all", NULL, 0, 0, 0, ACCOUNTS_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if (accounts_rule(t[i].form, t[i].vat, t[i].sent,
		    t[i].employees) != t[i].want)
			fail_msg("%s", t[i].says);
	assert_string_equal(accounts_key(ACCOUNTS_NOT), "not_obliged");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(form_vat_and_accounts_decide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
