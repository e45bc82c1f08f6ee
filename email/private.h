#ifndef EMAIL_PRIVATE_H
#define EMAIL_PRIVATE_H

/* private -- what the files of this folder share. */

#define PCRE2_CODE_UNIT_WIDTH 8
#include <libpsl.h>
#include <pcre2.h>
#include <stdint.h>

#include "email/email.h"
#include "pipeline/base/buf.h"

/* The text rules, in words; the patterns stand in rules.c. */
enum email_pattern {
	PAT_PLACEHOLDER,	/* the whole says: there is none */
	PAT_URL,		/* the whole is a web address */
	PAT_PHONE,		/* the whole is a telephone number */
	PAT_PREFIX,		/* "mailto:", "E-post:" in front */
	PAT_LABEL,		/* "e-post", "tlf" in front, without a colon */
	PAT_QUERY,		/* "?subject=..." behind */
	PAT_BLANK_AT,		/* the @ and blanks about it */
	PAT_AT_WORD,		/* "(at)" */
	PAT_AT_BARE,		/* " at " */
	PAT_AT_TWICE,		/* "@@" */
	PAT_DOT_WORD,		/* "[dot]", full-width full stop */
	PAT_DOT_BARE,		/* " dot " */
	PAT_DOT_TWICE,		/* ".." */
	PAT_SEPARATOR,		/* between two addresses: ";", " og " */
	PAT_HEADER,		/* a line break and a header line */
	PAT_NAMED,		/* a local part like a person's name */
	PATTERNS
};

struct email_rules {
	pcre2_code *pattern[PATTERNS];
	pcre2_match_context *limits;
	const psl_ctx_t *psl;		/* built in: not freed */
};

/* rules.c */

/* Does the pattern match?  A limit that was met is no match.  *${end}: where
 * the match ended; may be NULL. */
int email_matches(const struct email_rules *, enum email_pattern, const char *s,
    size_t len, size_t *end);
/* The first match from ${start} on: 1, *${from} and *${end}; or 0. */
int email_find(const struct email_rules *, enum email_pattern, const char *s,
    size_t len, size_t start, size_t *from, size_t *end);

/* key.c: local part (NFC) and lower-case domain to the key.  0 or -1. */
int email_make_key(const char *local, size_t len, const char *domain, char *out,
    size_t room);

/* flags.c */
unsigned email_flags_of(const struct email_rules *, const char *address,
    const char *key);
/* Is this suffix on the public suffix list? */
int email_suffix_listed(const struct email_rules *, const char *suffix);

/* typo.c: the domain that was probably meant: 1 and ${out}, or 0.  ${domain}
 * is any text without upper-case ASCII. */
int email_typo(const struct email_rules *, const char *domain, char *out,
    size_t room);
/* ${e->address} with the domain that was probably meant, as a suggestion. */
int email_typo_of(const struct email_rules *, const char *address,
    char out[EMAIL_MAX + 1]);

/* check.c: without suggestions and without the reasons of dirty fields. */
void email_check_strict(const struct email_rules *, const char *s, size_t len,
    struct email *);

/*
 * repair.c: a text at work.  ${s} is always well-formed UTF-8 and
 * NUL-terminated at ${len}; ${done} holds the repairs made so far.
 */
struct email_work {
	const struct email_rules *rules;
	char s[EMAIL_FIELD_MAX + 1];
	size_t len;
	unsigned done;
};

/* 0, or -1 where the text is too long to be worked on or has a NUL in it: a
 * part of a field is never mended. */
int email_work_set(struct email_work *, const struct email_rules *, const char *s,
    size_t len);
/* Everything that needs no guess. */
void email_mend(struct email_work *);
/* Is it valid as it stands now?  The strict check's verdict in ${e}. */
int email_work_valid(const struct email_work *, struct email *e);
/* Length of the blank, seen or unseen, at ${s}; 0 if there is none. */
size_t email_blank(const char *s, size_t len);

/* guess.c: what needs a person's nod, until it is valid: 1 and ${e}, or 0. */
int email_guess(struct email_work *, struct email *e);
/* The stretch of local part, @ and domain about the @ at ${at}, not before
 * ${low}. */
void email_stretch(const struct email_work *, size_t at, size_t low, size_t *from,
    size_t *end);
/* UTF-8 that was read as Windows-1252 and encoded again: 1 and mended, or 0. */
int email_decode_twice(struct email_work *);

/* several.c: the addresses of a text with more than one @. */
struct email_several {
	struct email found[EMAIL_SEVERAL];	/* valid ones, different keys */
	size_t nfound;
	size_t n;		/* addresses there, valid or not */
	unsigned ask;		/* EMAIL_ASK_WORDS: there was more than addresses */
};
/* 1 if the text holds several addresses, one of them valid; else 0. */
int email_several(const struct email_work *, struct email_several *);

/* field.c: what ${s} may have meant and the reason of a dirty field. */
void email_suggest(const struct email_rules *, const char *s, size_t len,
    struct email *);

#endif /* !EMAIL_PRIVATE_H */
