#ifndef PIPELINE_TABLES_VARS_H
#define PIPELINE_TABLES_VARS_H

/*
 * vars -- what units can be told apart by: variables of the frame (area, group,
 * legal_form, county, municipality, nace, employees, accounts) and of the
 * answers (columns of the survey platform's export).
 *
 * "accounts" is accounts.h's rule, from the register as it was when the frame
 * was made.  A name that is both means the frame's; "answer:NAME" is always
 * the answers'.  As in facts, so here: the value is raw text in SQL, a category
 * in C.
 */

#include <sqlite3.h>

#include "pipeline/tables/making.h"

enum var_kind {
	VAR_AREA, VAR_GROUP, VAR_FORM, VAR_COUNTY, VAR_MUNICIPALITY, VAR_NACE,
	VAR_EMPLOYEES, VAR_ACCOUNTS, VAR_ANSWER
};

struct var {
	enum var_kind kind;
	const char *name;	/* as in SQL's answer_value, or the frame's word */
	const char *label;	/* for a heading */
};

/* EX_USAGE naming the variables there are; ${answers} 0: the frame's only. */
int var_find(const struct making *, const char *name, int answers,
    struct var *ret, struct err *);
/* One that is known to be there. */
struct var var_of(const struct making *, enum var_kind);

/* The SQL expression of its raw value, in the words of tally.c; ${column} 1 or
 * 2 says which answer_value is joined. */
const char *var_sql(const struct var *, int column);

/* Category of a raw value ("" for none): a stable key in the arena. */
const char *var_category(const struct making *, const struct var *,
    const char *raw);
/* The ${i}-th category of an area, group, class of employees or obligation to
 * keep accounts, in their order, whether it occurs or not; NULL after the last
 * and for other variables. */
const char *var_key(const struct making *, enum var_kind, size_t i);
/* What is printed for it. */
const char *var_label(const struct making *, const struct var *,
    const char *key);
/* What a codebook says of it: as printed, and of a legal form its name. */
const char *var_meaning(const struct making *, const struct var *,
    const char *key);
/* <0, 0, >0: the order of two categories; none ("") last. */
int var_order(const struct making *, const struct var *, const char *a,
    const char *b);

#endif /* !PIPELINE_TABLES_VARS_H */
