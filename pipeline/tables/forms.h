#ifndef PIPELINE_TABLES_FORMS_H
#define PIPELINE_TABLES_FORMS_H

/* forms -- what the register's codes of legal forms stand for ("AS" is
 * Aksjeselskap), as Brønnøysundregistrene's list organisasjonsformer has them
 * (NLOD); the English names are ours where the list has none. */

#include "pipeline/base/talk.h"

/* NULL: not on the list. */
const char *forms_name(const char *code, enum lang);

#endif /* !PIPELINE_TABLES_FORMS_H */
