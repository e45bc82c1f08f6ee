#ifndef PIPELINE_TABLES_ACCOUNTS_H
#define PIPELINE_TABLES_ACCOUNTS_H

/*
 * accounts -- is a unit obliged to keep accounts (regnskapspliktig)?
 *
 * No register field says so.  The rule is a table (accounts.c) by legal form,
 * with and without VAT registration, after the Accounting Act (regnskapsloven
 * of 17 July 1998 no. 56) section 1-2; what the act makes depend on turnover,
 * balance or man-years, which the register does not show, "cannot be told".
 * Accounts sent in for one of the last ACCOUNTS_YEARS years before the
 * register's decide before the form: who sends them in keeps them.
 */

#include "pipeline/base/talk.h"

enum accounts { ACCOUNTS_OBLIGED, ACCOUNTS_NOT, ACCOUNTS_UNKNOWN };

enum { ACCOUNTS_YEARS = 3, ACCOUNTS_EMPLOYEES = 20 };

/*
 * ${form} NULL or "": cannot be told.  ${vat} and ${sent} (accounts sent in
 * lately) 0 or 1; ${employees} 0 where the register has no count: above
 * ACCOUNTS_EMPLOYEES a "not" cannot be told either, as the act counts
 * man-years.
 */
enum accounts accounts_rule(const char *form, int vat, int sent,
    long long employees);

/* "obliged", "not_obliged", "unknown". */
const char *accounts_key(enum accounts);

#endif /* !PIPELINE_TABLES_ACCOUNTS_H */
