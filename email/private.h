#ifndef EMAIL_PRIVATE_H
#define EMAIL_PRIVATE_H

/* private -- what the files of this folder share. */

#define PCRE2_CODE_UNIT_WIDTH 8
#include <libpsl.h>
#include <pcre2.h>

#include "email/email.h"
#include "pipeline/base/buf.h"

enum email_pattern { PAT_PLACEHOLDER, PAT_URL, PAT_PHONE, PAT_PREFIX, PAT_NAMED,
	PATTERNS };

struct email_rules {
	pcre2_code *pattern[PATTERNS];
	pcre2_match_context *limits;
	const psl_ctx_t *psl;		/* built in: not freed */
};

/* Does the pattern match?  A limit that was met is no match.  *${end}: where
 * the match ended; may be NULL. */
int email_matches(const struct email_rules *, enum email_pattern, const char *s,
    size_t len, size_t *end);

/* key.c: local part and lower-case domain to the key. 0 or -1. */
int email_make_key(const char *local, size_t len, const char *domain, char *out,
    size_t room);

/* flags.c */
unsigned email_flags_of(const struct email_rules *, const char *address,
    const char *key, int mixed);

/* field.c: the suggestion for what is not valid, and its repairs. */
void email_suggest(const struct email_rules *, const char *s, size_t len,
    struct email *);

/* check.c: flag and suggestion of a valid one with a slip in its domain. */
void email_add_typo(const struct email_rules *, struct email *);

/* typo.c: the lower-case domain that was probably meant: 1 and ${out}, or 0. */
int email_typo(const struct email_rules *, const char *domain, char *out,
    size_t room);

/* check.c without suggestions. */
void email_check_strict(const struct email_rules *, const char *s, size_t len,
    struct email *);

#endif /* !EMAIL_PRIVATE_H */
