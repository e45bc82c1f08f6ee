#ifndef PIPELINE_FRAME_NAMES_H
#define PIPELINE_FRAME_NAMES_H

/*
 * names -- when do a list and the register mean the same firm by a name?
 *
 * names_key(): the name folded (fold.h: case, "&" as "og", blanks), without
 * apostrophes and full stops, with other punctuation as blanks, and without the
 * legal form at its ends ("AS", "A/S", "DA", "ENK" ...).  Equal keys are the same
 * name; names_close() says which others a person should look at.
 */

#include "pipeline/base/mem.h"

/* In the arena; "" for a name that has nothing in it or is longer than a name. */
const char *names_key(struct arena *, const char *name);

/*
 * Keys that may be one name: at most one letter of difference (two from ten letters
 * on), the same words in another order, or, of at least two words, all of the
 * shorter one's in the longer one.  Equal ones are not close.
 */
int names_close(const char *a, const char *b);

/* How often a key has each letter (of 32 kinds), and whether keys with those
 * letters can be close or equal: cheap enough to be asked of every unit of a city. */
struct names_letters {
	unsigned char n[32];
};
void names_letters(const char *key, struct names_letters *);
int names_may_be_close(const struct names_letters *, const struct names_letters *);

#endif /* !PIPELINE_FRAME_NAMES_H */
