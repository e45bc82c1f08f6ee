#include <stddef.h>
#include <string.h>

#include "pipeline/tables/accounts.h"

/* The source of each row is regnskapsloven § 1-2, first paragraph, unless it
 * says otherwise; forms that are not here cannot be told. */
static const struct {
	const char *form;
	enum accounts with_vat, without_vat;
} rule[] = {
	/* companies and funds: always */
	{ "AS", ACCOUNTS_OBLIGED, ACCOUNTS_OBLIGED },
	{ "ASA", ACCOUNTS_OBLIGED, ACCOUNTS_OBLIGED },
	{ "SE", ACCOUNTS_OBLIGED, ACCOUNTS_OBLIGED },
	{ "SF", ACCOUNTS_OBLIGED, ACCOUNTS_OBLIGED },
	{ "STI", ACCOUNTS_OBLIGED, ACCOUNTS_OBLIGED },
	{ "BRL", ACCOUNTS_OBLIGED, ACCOUNTS_OBLIGED },
	{ "BBL", ACCOUNTS_OBLIGED, ACCOUNTS_OBLIGED },
	{ "KS", ACCOUNTS_OBLIGED, ACCOUNTS_OBLIGED },
	/* from assets above 20 million kroner or more than 20 man-years on,
	 * which a sole proprietor hardly ever has */
	{ "ENK", ACCOUNTS_NOT, ACCOUNTS_NOT },
	/* from the same limits on; VAT shows a trade, not its size */
	{ "FLI", ACCOUNTS_UNKNOWN, ACCOUNTS_NOT },
	/* free under 5 million kroner, five man-years and five partners, all of
	 * them natural persons; out of VAT the turnover is small, or exempt */
	{ "ANS", ACCOUNTS_UNKNOWN, ACCOUNTS_UNKNOWN },
	{ "DA", ACCOUNTS_UNKNOWN, ACCOUNTS_UNKNOWN },
	/* from sales above 2 million kroner on */
	{ "SA", ACCOUNTS_UNKNOWN, ACCOUNTS_UNKNOWN },
	/* where it carries on a trade that is taxed in Norway */
	{ "NUF", ACCOUNTS_UNKNOWN, ACCOUNTS_UNKNOWN },
};

enum accounts
accounts_rule(const char *form, int vat, int sent, long long employees)
{
	enum accounts a = ACCOUNTS_UNKNOWN;

	if (sent)
		return ACCOUNTS_OBLIGED;
	if (form == NULL)
		return ACCOUNTS_UNKNOWN;
	for (size_t i = 0; i < sizeof(rule) / sizeof(rule[0]); i++)
		if (strcmp(rule[i].form, form) == 0)
			a = vat ? rule[i].with_vat : rule[i].without_vat;
	return a == ACCOUNTS_NOT && employees > ACCOUNTS_EMPLOYEES ?
	    ACCOUNTS_UNKNOWN : a;
}

const char *
accounts_key(enum accounts a)
{
	static const char *const key[] = { "obliged", "not_obliged", "unknown" };

	return key[a];
}
