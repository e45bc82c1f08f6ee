#ifndef PIPELINE_TABLES_WORDS_H
#define PIPELINE_TABLES_WORDS_H

/*
 * words -- every text of the tables, in Norwegian and English.
 *
 * One row per text in words.c.  {1}, {2} ... stand for what the caller puts
 * in; a text never has to agree with a number ("antall: {1}", not "{1}
 * enheter").  The name of a note is the key it has in JSON.
 */

#include <stddef.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/talk.h"

enum word {
	/* table.c */
	WORD_NOTE_SIGNS, WORD_NOTE_SOURCE, WORD_NOTE_SOURCE_DAY, WORD_WARNING,
	WORD_SIGN_ZERO, WORD_SIGN_UNDEFINED, WORD_SIGN_MISSING, WORD_SIGN_HIDDEN,
	/* columns and rows */
	WORD_AREA, WORD_GROUP, WORD_SENT, WORD_RETURNED, WORD_NET, WORD_SUM,
	WORD_NOT_LOCATED, WORD_ALL, WORD_DELIVERED, WORD_ANSWERED, WORD_GROSS_RATE,
	WORD_ACTIVE, WORD_NET_RATE, WORD_TOTAL, WORD_STEP, WORD_CHANGE, WORD_LEFT,
	WORD_REGISTER, WORD_OUTSIDE_CODE, WORD_OUTSIDE_AREA, WORD_OUTSIDE_FILTER,
	WORD_LISTED, WORD_POPULATION, WORD_KEPT, WORD_NOT_DRAWN, WORD_DRAWN,
	WORD_NOT_SENT, WORD_SENT_LONG, WORD_RETURNS,
	WORD_NOT_LOCATED_LOSS, WORD_SILENT,
	WORD_RATE, WORD_FORMULA, WORD_NUMERATOR, WORD_DENOMINATOR, WORD_SHARE,
	/* titles */
	WORD_TITLE_NET, WORD_TITLE_RATES, WORD_TITLE_FUNNEL, WORD_TITLE_AAPOR,
	/* notes */
	WORD_DEF_SENT, WORD_DEF_RETURNED, WORD_DEF_NOT_LOCATED, WORD_DEF_NET,
	WORD_DEF_DELIVERED, WORD_DEF_ANSWERED, WORD_DEF_GROSS_RATE, WORD_DEF_ACTIVE,
	WORD_DEF_ACTIVE_SOURCE, WORD_DEF_NET_RATE, WORD_DEF_TOTAL,
	WORD_NOTE_OUR_FAULT, WORD_NOTE_REVIEW, WORD_NOTE_PARTIAL, WORD_NOTE_RR1,
	WORD_NOTE_INTERVAL, WORD_NOTE_RR3, WORD_NOTE_SENSITIVITY,
	WORD_WARN_OVER_ACTIVE, WORD_WARN_NONE_DELIVERED, WORD_NOTE_ADDS_UP,
	WORD_DEF_POPULATION, WORD_NOTE_LISTS, WORD_NOTE_NOT_YET, WORD_NOTE_K, WORD_NOTE_E,
	WORD_NOTE_E_CLASS, WORD_E_GIVEN,
	WORDS
};

/* As it stands, placeholders and all. */
const char *words_text(enum word, enum lang);
/* Stable name, "def_sent". */
const char *words_key(enum word);
/* Append with {1} ... {n} filled in; fewer than ten. */
void words_fill(struct buf *, enum word, enum lang, const char *const *arg,
    size_t n);

#endif /* !PIPELINE_TABLES_WORDS_H */
