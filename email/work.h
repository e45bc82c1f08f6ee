#ifndef EMAIL_WORK_H
#define EMAIL_WORK_H

/* work -- a dirty field at work: the octets that are left of it, and what was
 * done to them.  repair.c mends what needs no guess, guess.c the rest, field.c
 * knows when to do which. */

#include "email/private.h"

enum { WORK_SAFE = EMAIL_ASK_DOTS - 1 };	/* all bits that are no guess */

struct work {
	const struct email_rules *rules;
	char s[EMAIL_FIELD_MAX + 1];	/* NUL-terminated, no NUL inside */
	size_t len;
	unsigned done;
};

/* free(); NULL: too long, or with a NUL in it: a part of a field is never
 * mended. */
struct work *work_start(const struct email_rules *, const char *s, size_t len);
void work_set(struct work *, const char *s, size_t len);
void work_cut(struct work *, size_t at, size_t n);
int work_begins(const char *s, size_t len, const char *with);

void work_mend(struct work *);		/* until nothing changes any more */
void work_guess(struct work *);		/* what needs a person's nod */
int work_valid(struct work *, struct email *);	/* the strict check of it */

/* A line break and a header line behind it: somebody tries something. */
int work_attack(const char *s, size_t len);

#endif /* !EMAIL_WORK_H */
