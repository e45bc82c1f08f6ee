#ifndef PIPELINE_CONTACT_TOKEN_H
#define PIPELINE_CONTACT_TOKEN_H

/*
 * token -- the signed part of a return address, and the way back from it to
 * the recipient a mail was sent to.
 *
 * A mailing's envelope sender is NAME DELIMITER TOKEN "@" DOMAIN; the same
 * token stands in Message-ID, ENVID and X-Utvalg-Ref.  It holds no address and
 * no organisation number, and it is not the survey's own access token, since
 * every postmaster on the way can read it.
 *
 *	token	25 characters of a-z 2-7: a key number (a to p), then base32 of
 *		  5 octets recipient number, 2 octets day since 2020-01-01,
 *		  8 octets MAC; big-endian
 *	MAC	the first 8 octets of HMAC-SHA256(key, "utvalg-bounce-1" NUL
 *		  domain in lower case NUL key character, the 7 octets)
 *
 * Written in lower case, read in either: some servers fold.  The MAC is
 * compared in constant time.  Pure: no clock, no file, no allocation.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"

enum {
	TOKEN_LEN = 25,
	TOKEN_KEYS = 16,
	TOKEN_DAYS = 60,	/* accepted so long after the day of sending */
	TOKEN_LOCAL_MAX = 45,	/* of the whole local part */
	TOKEN_SRS = 14,		/* what SRS puts before our domain and local part */
	TOKEN_SRS_MAX = 64,	/* RFC 5321 4.5.3.1.1: of a local part */
};
#define TOKEN_RECIPIENT_MAX	(((int64_t)1 << 40) - 1)

/* A view of the keys; struct keys of the store fits:
 * { k.bounce, k.bounce_set, k.bounce_now }. */
struct token_keys {
	const unsigned char (*key)[32];		/* TOKEN_KEYS of them */
	const unsigned char *set;		/* TOKEN_KEYS flags: this one is there */
	int now;				/* the one to sign with */
};

/* Ordered: a later one is more worth knowing than an earlier one. */
enum token_state {
	TOKEN_NONE,		/* nothing of the form of a token */
	TOKEN_UNKNOWN_KEY,	/* form right, no such key: as a wrong MAC */
	TOKEN_BAD_MAC,		/* form right, not ours: noise or an attack */
	TOKEN_EXPIRED,		/* ours, sent over TOKEN_DAYS ago: marks nothing */
	TOKEN_OK,
};

struct token {
	int64_t recipient;	/* number of the mailing's recipient */
	int32_t day;		/* of sending, as in date.h */
	int key;
};

/*
 * Write the token and a NUL.  ${recipient} 0 to TOKEN_RECIPIENT_MAX, ${day} as
 * in date.h from 2020-01-01 to 2199-06-06, keys->set[keys->now]: asserted.
 */
void token_make(const struct token_keys *, const char *domain,
    int64_t recipient, int32_t day, char out[static TOKEN_LEN + 1]);

/*
 * Are these octets a token of ours?  ${today} as in date.h.  *${ret} is set for
 * TOKEN_OK and TOKEN_EXPIRED only.
 */
enum token_state token_read(const struct token_keys *, const char *domain,
    const char *text, size_t len, int32_t today, struct token *ret);

/*
 * The same for an address, a message-id or whatever came back of one: in angle
 * brackets or not, with a domain or not.  Looked at are, first that has the
 * form of a token: the local part, what stands in it behind the first
 * ${delimiter}, then the same after peeling SRS0, SRS1, prvs= and btv1== (BATV)
 * as often as they are there.  The domain of the address is never trusted:
 * ${domain} is the configured one.
 */
enum token_state token_find(const struct token_keys *, const char *domain,
    char delimiter, const char *text, size_t len, int32_t today,
    struct token *ret);

/* The stored word: ok, expired, bad-mac, unknown-key; NULL for TOKEN_NONE. */
const char *token_state_word(enum token_state);

/*
 * May NAME DELIMITER TOKEN "@" DOMAIN be used?  Local part at most
 * TOKEN_LOCAL_MAX, TOKEN_SRS + domain + local part at most TOKEN_SRS_MAX, so
 * that a forwarder's SRS still fits.  0, or -1 with EX_CONFIG.
 */
int token_fits(const char *name, const char *domain, struct err *);

#endif /* !PIPELINE_CONTACT_TOKEN_H */
