#ifndef PIPELINE_TABLES_REPORT_WORDS_H
#define PIPELINE_TABLES_REPORT_WORDS_H

/* report_words -- what a report says beside its tables (words.h has theirs), in
 * Norwegian and English; {1} ... as there. */

#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"

enum rword {
	R_KIND, R_LEAD, R_CONTENTS, R_KEY, R_WARNING,
	R_FLOW, R_FLOW_TEXT, R_FLOW_TITLE, R_FLOW_NOTE,
	R_RATES, R_RATES_TEXT, R_DOTS_TITLE, R_DOTS_NOTE, R_BY_COUNTY, R_BY_GROUP,
	R_DAYS, R_DAYS_TEXT, R_DAYS_TITLE, R_DAYS_NOTE, R_DAYS_DAILY,
	R_RETURNS, R_RETURNS_TEXT, R_BARS_TITLE, R_BARS_NOTE,
	R_MISSING, R_MISSING_TEXT, R_ANSWERS, R_ANSWERS_TEXT, R_MORE, R_MORE_TEXT,
	R_METHOD, R_DEFINITIONS, R_METHOD_POPULATION, R_METHOD_STANDARD,
	R_METHOD_DRAWN, R_METHOD_SENT, R_METHOD_RATES,
	R_METHOD_SMALL, R_METHOD_NOT_YET, R_NUMBER, R_RATE_OF, R_NOT_SHOWN,
	R_TABLE_UNDER, R_PURPOSE, R_CONTROLLER, R_CONTACT, R_LICENCE, R_LICENCE_CODES,
	R_MADE, R_DESIGN_EVERYONE, R_DESIGN_RANDOM, R_DESIGN_SYSTEMATIC,
	R_DESIGN_PPS, R_DESIGN_BERNOULLI, R_DESIGN_R,
	RWORDS
};

const char *rword(enum rword, enum lang);
/* With {1} ... {n} filled in, in the arena. */
const char *rword_fill(struct arena *, enum rword, enum lang,
    const char *const *arg, size_t n);

#endif /* !PIPELINE_TABLES_REPORT_WORDS_H */
