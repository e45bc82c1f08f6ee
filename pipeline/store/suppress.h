#ifndef PIPELINE_STORE_SUPPRESS_H
#define PIPELINE_STORE_SUPPRESS_H

/*
 * suppress -- addresses and units that are not to be written to (table
 * suppression), as keyed hashes, so that the list survives erasure and shows
 * nobody's address.
 *
 * The hash is HMAC-SHA256 under keys.suppression of "email:" and the address's
 * key (that of duplicates and bounces), or of "orgnr:" and nine digits.
 */

#include <sqlite3.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/store/keys.h"

enum suppress_what { SUPPRESS_EMAIL, SUPPRESS_ORGNR };

/* Write the hash as 64 hex digits; returns ${out}. */
char *suppress_hash(const struct keys *, enum suppress_what, const char *value,
    char out[static 65]);

/* 1: on the list; 0: not; -1. */
int suppress_has(sqlite3 *, enum suppress_what, const char *hash, struct err *);

/*
 * 1: added; 0: was there already (the first reason stands); -1.  ${reason} is
 * opt-out, hard-bounce, manual or erased; ${study} 0: none.  Inside the
 * caller's transaction.
 */
int suppress_add(sqlite3 *, enum suppress_what, const char *hash,
    const char *reason, int64_t study, int64_t now, struct err *);

/*
 * The whole list in memory, for many questions: one read, then each look is a
 * binary search.  ${sha256} is over its lines "what hash\n" in order, so that a
 * frame can say which list it used.  suppress_free(NULL) is harmless.
 */
struct suppress;
struct suppress *suppress_load(sqlite3 *, struct err *);	/* NULL: error */
int suppress_listed(const struct suppress *, const struct keys *,
    enum suppress_what, const char *value);
const char *suppress_sha256(const struct suppress *);	/* 64 hex digits */
void suppress_free(struct suppress *);

#endif /* !PIPELINE_STORE_SUPPRESS_H */
