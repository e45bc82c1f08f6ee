#ifndef PIPELINE_CONTACT_REASON_NEED_H
#define PIPELINE_CONTACT_REASON_NEED_H

/*
 * reason_need -- what a text must hold for a pattern to hit it.
 *
 * Most rules miss most texts, and say so by words that are not there.  From a
 * pattern the words are taken without one of which it cannot hit; one walk over
 * a text then tells which patterns are worth trying.  A pattern whose words are
 * not found out is always tried, so that a mistake to that side costs time
 * only; patterns are PCRE2's, caseless.
 */

#include <stddef.h>
#include <stdint.h>

enum { NEED_WORDS = 40, NEED_LEN = 24, NEED_SHORTEST = 3 };

/* Any of these words, in lower case; n == 0: nothing is known. */
struct need {
	char word[NEED_WORDS][NEED_LEN];
	size_t n;
	int high;		/* or any octet over 127 */
};

void need_of(const char *pattern, size_t len, struct need *);

struct need_set;

struct need_set *need_set_new(void);
void need_set_free(struct need_set *);
/* Add a pattern's need; patterns are numbered from 0 in order of adding. */
void need_set_add(struct need_set *, const struct need *);
/* The same for plain words, three octets at least, in lower case; of a long one
 * its beginning is looked for. */
void need_set_word(struct need_set *, const char *word);
/* Walk over a text; then need_set_has() tells of each pattern whether it may
 * hit.  Linear in the text. */
void need_set_walk(struct need_set *, const char *text, size_t len);
int need_set_has(const struct need_set *, size_t pattern);

#endif /* !PIPELINE_CONTACT_REASON_NEED_H */
