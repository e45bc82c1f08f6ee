#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

/* value -- what settings and study files check in the same way. */

#include <stddef.h>

#include "pipeline/base/buf.h"

/*
 * "Did you mean": the nearest of the words offered, by the number of letters
 * added, dropped, changed or swapped (case does not count).  ${word} is NULL
 * where none is near enough to be a slip of the keyboard.
 */
struct value_near {
	const char *typed;
	const char *word;
	size_t distance;
};
void value_near(struct value_near *, const char *typed);
void value_near_offer(struct value_near *, const char *word);
/* " (did you mean 'WORD'?)", or "". */
const char *value_near_hint(const struct value_near *, char out[static 128]);

/*
 * An e-mail address that a program can be given as its own: dot-atom of at
 * most 64 octets @ domain of two labels or more, all ASCII (RFC 5321, 4.1.2).
 * NULL, or what is wrong; the address is not quoted.
 */
const char *value_address(const char *s);

/*
 * NAME@DOMAIN that returns come to as NAME, ${delimiter}, token of 25 @DOMAIN:
 * the local part at most 45 octets, and 14 + domain + local part at most 64,
 * so that a forwarder's rewriting (SRS) still fits; NAME without the delimiter
 * (0: not known here, '+').
 */
const char *value_bounce(const char *s, char delimiter);

/* Does it begin with one of these schemes ("https http") and "://", hold no
 * blank, and name something? */
int value_url(const char *s, const char *schemes);

/*
 * A mailbox on a server: imap, imaps, pop3 or pop3s://[USER@]HOST[:PORT], with
 * IMAP also /FOLDER; never a password.  NULL, or what is wrong.
 */
const char *value_mailbox(const char *s);

/*
 * Name servers: at most 8 IPv4 or IPv6 addresses, each with or without :PORT
 * (IPv6 then in brackets), blanks or commas between.  NULL, or what is wrong.
 */
const char *value_servers(const char *s);

/* Running text as mdoc: one sentence a line, no accidental request.  A word or
 * value as a macro's argument: quoted where it must be. */
void value_mdoc(struct buf *, const char *text);
void value_mdoc_word(struct buf *, const char *word);

#endif /* !CONFIG_VALUE_H */
