#ifndef PIPELINE_CONTACT_REASON_PRIV_H
#define PIPELINE_CONTACT_REASON_PRIV_H

/* What reason.c (deciding) and reason_rules.c (reading) share. */

#ifndef PCRE2_CODE_UNIT_WIDTH
#define PCRE2_CODE_UNIT_WIDTH 8
#endif

#include <pcre2.h>

#include "pipeline/base/buf.h"
#include "pipeline/contact/reason.h"
#include "pipeline/contact/reason_need.h"

/*
 * Machine code of PCRE2 loads whole vectors, also those that hang over an end of
 * the text: so the text begins on one and has zeros behind it.
 */
enum { REASON_AHEAD = 64, REASON_ROOM = REASON_TEXT + REASON_AHEAD };

enum { REASON_JIT_AFTER = 20, REASON_NAME = 40, REASON_WORDS = 24,
    REASON_WORD = 12, REASON_HITS = 40, REASON_PATTERNS = 200,
    REASON_ALL = 20000 };

struct reason_words {			/* a condition: one of these */
	char word[REASON_WORDS][REASON_WORD];
	size_t n;
};

struct reason_pattern {			/* one alternative */
	char *text;
	pcre2_code *code;		/* NULL until it is needed */
	unsigned used;
	size_t need;			/* its number in the set */
};

struct reason_rule {
	char name[REASON_NAME];
	const char *reason;	/* of the table above */
	char fault;
	int hard;
	struct reason_words status, reply, stage, kind;
	struct reason_pattern *pattern;
	size_t npattern;
	char *hit[REASON_HITS], *miss[REASON_HITS];
	size_t nhit, nmiss, line;
	int ours;
};

struct reason_rules {
	struct reason_rule *rule;
	size_t n;
	size_t npattern;		/* of all rules */
	int ours;			/* being read: those compiled in */
	struct need_set *need;
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

/* The word as it stands in the table, or NULL. */
const char *reason_word(const char *word, char *fault, int *hard);
/* The text as patterns see it; its length. */
size_t reason_squeeze(const char *s, size_t len, char out[static REASON_ROOM]);
/* Compile a pattern, or say in ${err} (may be NULL) why it is none. */
int reason_compile(struct reason_pattern *, struct err *err);
/* Does the rule hold for a case whose text was squeezed into ${text}?  The set
 * of needs has walked over it. */
int reason_fits(const struct reason_rules *, struct reason_rule *,
    const struct reason_case *, const char *text, size_t len);

#endif /* !PIPELINE_CONTACT_REASON_PRIV_H */
