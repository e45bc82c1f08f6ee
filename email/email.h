#ifndef EMAIL_EMAIL_H
#define EMAIL_EMAIL_H

/*
 * email -- can this text be written to, how is it sent, and which other text
 * is the same mailbox?
 *
 * The rules are those of public Internet delivery (RFC 5321, 6531, 5890; not
 * comments, quoted or obsolete forms, literals or dotless domains), in the
 * order of the rules of e-mail, section 3: the first fault gives the
 * reason.  Nothing is trimmed and nothing asked of the network; whether the
 * mailbox exists nobody knows before a bounce or an answer.
 *
 * A register field is another matter: people type blanks, "mailto:", two
 * addresses.  email_field() mends what can be mended without a guess, says so,
 * and suggests the rest.
 *
 * Three forms of one address are kept: raw, as registered; address, as sent
 * (local part as written, NFC; domain as lower-case A-labels); key, for
 * duplicates, suppression and bounces (local part case-folded, provider rules).
 * A local part's case is the receiver's business: folding is right for a key
 * and wrong for sending.
 *
 * Pure: octets in, values out; no locale, no network, no clock.
 */

#include <stddef.h>

#include "pipeline/base/err.h"
#include "pipeline/base/json.h"
#include "pipeline/base/talk.h"

enum {
	EMAIL_MAX = 254,		/* RFC 5321 4.5.3.1.3, without "<" and ">" */
	EMAIL_LOCAL_MAX = 64,		/* octets of UTF-8 */
	EMAIL_LABEL_MAX = 63,
	EMAIL_DOMAIN_MAX = 253,
	EMAIL_KEY_MAX = 800,		/* folding can make text longer */
	EMAIL_FIELD_MAX = 4096,		/* octets of a field; a longer one, or one with
					 * a NUL in it, is never mended */
	EMAIL_SEVERAL = 8,		/* addresses of one field that are kept */
};

enum email_reason {
	EMAIL_OK,
	EMAIL_UTF8, EMAIL_EMPTY, EMAIL_CONTROL, EMAIL_UNSAFE, EMAIL_QUOTED_LOCAL,
	EMAIL_DISPLAY_NAME, EMAIL_MANY_AT, EMAIL_NO_AT, EMAIL_FULLWIDTH_AT,
	EMAIL_EMPTY_LOCAL, EMAIL_LOCAL_LONG, EMAIL_LOCAL_CHAR, EMAIL_SPACE,
	EMAIL_COMMENT, EMAIL_LOCAL_DOT, EMAIL_MOJIBAKE, EMAIL_EMPTY_DOMAIN,
	EMAIL_DOMAIN_LITERAL, EMAIL_DOMAIN_CHAR, EMAIL_DOT_LOOKALIKE,
	EMAIL_DOMAIN_DOT, EMAIL_HYPHEN, EMAIL_IDN, EMAIL_LABEL_LONG,
	EMAIL_DOMAIN_LONG, EMAIL_DOTLESS, EMAIL_TLD, EMAIL_SPECIAL_USE,
	EMAIL_TOO_LONG,
	/* of dirty fields */
	EMAIL_SEVERAL_ADDRESSES, EMAIL_PLACEHOLDER, EMAIL_URL, EMAIL_PHONE,
	EMAIL_REASONS
};

/* What has been mended, or could be.  Bits. */
enum email_repair {
	EMAIL_TRIMMED = 1 << 0,		/* blanks and invisible octets at the edges */
	EMAIL_SOFT_HYPHEN = 1 << 1,	/* soft hyphen, zero width inside */
	EMAIL_BLANK_AT = 1 << 2,	/* blank next to the @ */
	EMAIL_PREFIX = 1 << 3,		/* mailto:, E-post: */
	EMAIL_BRACKETS = 1 << 4,	/* <...>, Name <...> */
	EMAIL_QUOTES = 1 << 5,		/* quotes around it */
	EMAIL_FINAL = 1 << 6,		/* . ; , / at the end */
	/* from here on only suggested */
	EMAIL_ASK_DOTS = 1 << 8,	/* doubled dot, comma for dot */
	EMAIL_ASK_AT = 1 << 9,		/* doubled @, (at), full-width @ */
	EMAIL_ASK_DOT_WORD = 1 << 10,	/* [dot], ideographic full stop */
	EMAIL_ASK_CHARSET = 1 << 11,	/* Latin-1, UTF-8 encoded twice */
	EMAIL_ASK_BLANK = 1 << 12,	/* a blank elsewhere */
	EMAIL_ASK_WORDS = 1 << 13,	/* words beside the address */
	EMAIL_ASK_MARKS = 1 << 14,	/* marks about it: "(...)", "#", "?" */
};

/* What is worth knowing and rejects nobody.  Bits. */
enum email_flag {
	EMAIL_ROLE = 1 << 0,		/* post@, firmapost@, info@ */
	EMAIL_NOREPLY = 1 << 1,
	EMAIL_POSTMASTER = 1 << 2,	/* abuse, postmaster, hostmaster */
	EMAIL_FREE = 1 << 3,		/* mailbox at a big provider */
	EMAIL_DISPOSABLE = 1 << 4,
	EMAIL_NAMED = 1 << 5,		/* looks like a person's name */
	EMAIL_SMTPUTF8 = 1 << 6,	/* local part outside ASCII */
	EMAIL_MIXED_SCRIPT = 1 << 7,
	EMAIL_UNLISTED = 1 << 8,	/* suffix not on the public suffix list */
	EMAIL_TYPO = 1 << 9,		/* looks like another domain misspelt */
	EMAIL_MANY = 1 << 10,		/* one of several in its field */
	EMAIL_INJECTION = 1 << 11,	/* not valid: a header line behind a line
					 * break, an attack and not a slip */
};

struct email {
	enum email_reason reason;	/* EMAIL_OK: valid */
	unsigned flags;			/* of a valid one; EMAIL_TYPO of a suggestion,
					 * EMAIL_INJECTION */
	unsigned repairs;		/* that ${suggestion} or the field needed */
	char address[EMAIL_MAX + 1];	/* send form, "" if not valid */
	char key[EMAIL_KEY_MAX];	/* "" if not valid */
	char suggestion[EMAIL_MAX + 1];	/* "" if none; itself valid */
};

struct email_rules;			/* compiled texts and tables; read only */
struct email_rules *email_rules_new(struct err *);	/* NULL: EX_SOFTWARE */
void email_rules_free(struct email_rules *);

/* Which rules these are, and the day of the public suffix list: one line, for
 * storing with a frame. */
void email_version(struct buf *);

/*
 * The strict check.  ${rules} may be NULL: then there are no suggestions, no
 * flags but EMAIL_SMTPUTF8 and no reasons of dirty fields.
 *
 * A suggestion is itself valid.  What needs no guess to be mended is suggested
 * as it stands then; where a guess was needed, a slip in the domain is mended
 * with it.  A valid address gets one only for a slip in its domain (EMAIL_TYPO)
 * or letters encoded twice.  Never applied by itself: gmail.no is a domain of
 * its own.
 */
void email_check(const struct email_rules *, const char *s, size_t len,
    struct email *ret);

/* Key of an address as mail programs write it, blanks, brackets and a final dot
 * about it: 0, or -1 if there is none; ${room} at least EMAIL_KEY_MAX. */
int email_key(const char *s, size_t len, char *out, size_t room);

enum email_use {
	EMAIL_USE,		/* first.address may be written to */
	EMAIL_REVIEW,		/* a person decides; first.suggestion perhaps */
	EMAIL_LEAVE,		/* cannot be used */
	EMAIL_NONE,		/* nothing there */
};

struct email_field {
	enum email_use use;
	struct email first;	/* the first usable one, else the field's verdict */
	size_t n;		/* addresses in the field, at least 1 with one */
	char *other[EMAIL_SEVERAL];	/* send forms of the others, in order, each
				 * mailbox once; email_field_free() */
	size_t nother;
};

/*
 * A register field: repairs that need no guess are applied and recorded
 * (first.repairs), those that need one make it EMAIL_REVIEW, as do a local part
 * outside ASCII and a suffix that is not listed.  Of several addresses the
 * first usable one is taken.  EMAIL_LEAVE: first.reason says why; or it is
 * EMAIL_OK and ${noreply_out} leaves no-reply, abuse and postmaster addresses
 * out.
 */
void email_field(const struct email_rules *, const char *raw, size_t len,
    int noreply_out, struct email_field *ret);
void email_field_free(struct email_field *);

/* Stable code and sentence of each reason, repair (one bit), flag (one bit). */
const char *email_reason_code(enum email_reason);
const char *email_reason_text(enum email_reason, enum lang);
const char *email_repair_code(unsigned bit);
const char *email_repair_text(unsigned bit, enum lang);
const char *email_flag_code(unsigned bit);
const char *email_flag_text(unsigned bit, enum lang);

/* Codes of all bits set, commas between, into ${out}. */
void email_codes(unsigned repairs, unsigned flags, struct buf *out);

/* {"input":, "valid":, "address":, "key":, "reason":, "suggestion":, ...} */
void email_json(struct json *, const char *input, size_t len,
    const struct email *);

#endif /* !EMAIL_EMAIL_H */
