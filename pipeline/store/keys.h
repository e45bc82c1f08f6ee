#ifndef PIPELINE_STORE_KEYS_H
#define PIPELINE_STORE_KEYS_H

/*
 * keys -- the secrets: STATE/keys/NAME, or $CREDENTIALS_DIRECTORY/utvalg-NAME
 * where systemd gives that.
 *
 *	salt		one line of text, the salt of permanent random numbers
 *	bounce		lines "LETTER 64-hex-digits [YYYY-MM-DD]", a to p, the last is
 *			signed with; the day it was made
 *	suppression	one line of 64 hex digits, for keyed hashes
 *
 * Made from random octets where missing (0600, whole or not at all).  A file
 * that others may read, or that does not hold what it should: EX_CONFIG.
 * Lose them and draws cannot be repeated nor returns be recognised: they
 * belong in the backup.
 */

#include <stddef.h>

#include <stdint.h>

#include "pipeline/base/err.h"

enum { KEYS_BOUNCE = 16 };

struct keys {
	char salt[129];
	unsigned char bounce[KEYS_BOUNCE][32];
	unsigned char bounce_set[KEYS_BOUNCE];	/* 1: this number is there */
	int bounce_now;				/* the number to sign with */
	int bounce_order[KEYS_BOUNCE];		/* numbers as they were made */
	int nbounce;
	int32_t bounce_made[KEYS_BOUNCE];	/* day, or DATE_NONE: not known */
	unsigned char suppression[32];
};

int keys_load(const char *state, struct keys *, struct err *);

/* Days that a key is kept after the last token signed with it has run out. */
enum { KEYS_GRACE = 30 };

/*
 * The first day on which nothing signed with key ${number} can come back any more:
 * ${token_days} + KEYS_GRACE after the day its successor was made.  DATE_NONE: it
 * signs, or that day is not known.
 */
int32_t keys_needed_until(const struct keys *, int number, int64_t token_days);

/*
 * A new key signs from now on (rules of returned mail, section 7: keys).  Those
 * that nothing can come back for are dropped, the others still accepted.  Written
 * whole or not at all, mode 0600, to ${out} or, where that is NULL, to the state;
 * ${k} is then as the file is.  The bounce keys come from systemd and ${out} is
 * NULL, or all 16 numbers are still needed: EX_CONFIG.
 */
int keys_rotate(const char *state, struct keys *k, int32_t today,
    int64_t token_days, const char *out, int *dropped, struct err *);

/* Is it a credential that systemd hands over? */
int keys_bounce_is_credential(const char *state);

#endif /* !PIPELINE_STORE_KEYS_H */
