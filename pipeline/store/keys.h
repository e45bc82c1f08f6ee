#ifndef PIPELINE_STORE_KEYS_H
#define PIPELINE_STORE_KEYS_H

/*
 * keys -- the secrets: STATE/keys/NAME, or $CREDENTIALS_DIRECTORY/utvalg-NAME
 * where systemd gives that.
 *
 *	salt		one line of text, the salt of permanent random numbers
 *	bounce		lines "LETTER 64-hex-digits", a to p, the last is signed with
 *	suppression	one line of 64 hex digits, for keyed hashes
 *
 * Made from random octets where missing (0600, whole or not at all).  A file
 * that others may read, or that does not hold what it should: EX_CONFIG.
 * Lose them and draws cannot be repeated nor returns be recognised: they
 * belong in the backup.
 */

#include <stddef.h>

#include "pipeline/base/err.h"

enum { KEYS_BOUNCE = 16 };

struct keys {
	char salt[129];
	unsigned char bounce[KEYS_BOUNCE][32];
	unsigned char bounce_set[KEYS_BOUNCE];	/* 1: this number is there */
	int bounce_now;				/* the number to sign with */
	unsigned char suppression[32];
};

int keys_load(const char *state, struct keys *, struct err *);

#endif /* !PIPELINE_STORE_KEYS_H */
