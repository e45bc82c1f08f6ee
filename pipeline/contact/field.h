#ifndef PIPELINE_CONTACT_FIELD_H
#define PIPELINE_CONTACT_FIELD_H

/*
 * field -- header fields as text (RFC 5322 2.2), and the addresses in them.
 *
 * The blocks of a delivery report, a feedback report or a returned header are
 * of this form.  What comes from outside is often not quite: lines without a
 * colon are skipped, blanks before the colon are allowed, a value may be
 * folded, empty or missing.  Values are unfolded, outer blanks gone.
 */

#include <stddef.h>

#include "pipeline/base/mem.h"

struct field {
	const char *name;	/* as written */
	const char *value;	/* never NULL */
};

struct fields {
	struct field *field;
	size_t n, room;
};

void field_add(struct arena *, struct fields *, const char *name,
    size_t namelen, const char *value, size_t valuelen);

/*
 * Read one block: from *${at} to an empty line or ${len}; leading empty lines
 * are passed over, *${at} is left behind the block.  1, or 0 where nothing but
 * empty lines were left.  No more than ${max} fields are kept.
 */
int field_block(struct arena *, const char *text, size_t len, size_t *at,
    size_t max, struct fields *);

/* The first of that name (ASCII case folded), or NULL; the ${i}th, from 0. */
const char *field_get(const struct fields *, const char *name);
const char *field_nth(const struct fields *, const char *name, size_t i);

/*
 * One address out of a field's value or a piece of text: "Name" <a@b>, a@b
 * (comment), 'a@b', <@x,@y:a@b>, with or without "rfc822;" before it.  What is
 * left must be LOCAL "@" DOMAIN without blanks, at most 254 octets, the domain
 * made of letters, digits, "-", "." or octets over 127, or a literal in [].
 * NULL for anything else: X.400, "undisclosed", a bare name.
 */
const char *field_address(struct arena *, const char *s, size_t len);

/*
 * The same for Original-Recipient and Final-Recipient (RFC 3464 2.3.1, RFC
 * 3461 xtext, RFC 6533 utf-8): the type before ";" is optional, "+XX" and
 * "\x{HEX}" are decoded unless they are broken.
 */
const char *field_recipient(struct arena *, const char *s, size_t len);

/* xtext decoded (RFC 3461 4), or a copy as it stands where it is none. */
const char *field_xtext(struct arena *, const char *s, size_t len);

/* All addresses of a list (To, X-Failed-Recipients), at most ${max}. */
size_t field_addresses(struct arena *, const char *s, const char **out,
    size_t max);

/* ASCII, without locale */
char field_lower(char c);
int field_starts(const char *s, size_t len, const char *prefix);
int field_same(const char *a, const char *b);
/* Where ${needle} (lower case) stands in s, case folded; NULL if nowhere. */
const char *field_find(const char *s, size_t len, const char *needle);

/* Does one of ${n} needles (lower case) stand in s; does s begin with one? */
int field_any(const char *s, size_t len, const char *const *list, size_t n);
int field_starts_any(const char *s, size_t len, const char *const *list,
    size_t n);
#define FIELD_ANY(s, len, list) \
	field_any((s), (len), (list), sizeof(list) / sizeof((list)[0]))
#define FIELD_STARTS_ANY(s, len, list) \
	field_starts_any((s), (len), (list), sizeof(list) / sizeof((list)[0]))

#endif /* !PIPELINE_CONTACT_FIELD_H */
