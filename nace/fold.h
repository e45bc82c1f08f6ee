#ifndef NACE_FOLD_H
#define NACE_FOLD_H

/*
 * fold -- when are two names the same name?
 *
 * Folded text is lower case in all scripts, in composed form (a file from a Mac
 * may hold "å" as two code points), with "&" as "og" and with every run of
 * blanks, of any kind, as one blank and none at the ends.
 */

#include <stddef.h>

enum { FOLD_MAX = 255 };	/* octets that are folded; longer is refused */

/* The folded text, to be freed; NULL if ${s} is not UTF-8 or too long. */
char *fold(const char *s);

/* How many code points must be put in, taken out or changed to make one
 * folded text the other; never more than the longer has (at most FOLD_MAX). */
size_t fold_distance(const char *a, const char *b);

/* Near enough to be a slip of the pen: a quarter of its letters, but one. */
int fold_near(const char *a, const char *b);

#endif /* !NACE_FOLD_H */
