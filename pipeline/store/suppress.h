#ifndef PIPELINE_STORE_SUPPRESS_H
#define PIPELINE_STORE_SUPPRESS_H

/*
 * suppress -- addresses and units that are not to be written to (table
 * suppression), as keyed hashes, so that the list survives erasure and shows
 * nobody's address.
 *
 * The hash is HMAC-SHA256 under keys.suppression of "email:" and the address's
 * key (that of duplicates and bounces), of "orgnr:" and nine digits, or of
 * "domain:" and a domain as it stands behind the @ of such a key.
 */

#include <sqlite3.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/store/keys.h"

enum suppress_what { SUPPRESS_EMAIL, SUPPRESS_ORGNR, SUPPRESS_DOMAIN };
enum { SUPPRESS_KINDS = 3 };

/* Write the hash as 64 hex digits; returns ${out}. */
char *suppress_hash(const struct keys *, enum suppress_what, const char *value,
    char out[static 65]);

/* 1: on the list; 0: not; -1. */
int suppress_has(sqlite3 *, enum suppress_what, const char *hash, struct err *);

/*
 * 1: added; 0: was there already (the first reason stands, but for one that would
 * have lapsed); -1.  ${reason} is opt-out, hard-bounce, manual, refused or
 * erased; ${study} 0: none.  Inside the caller's transaction.
 */
int suppress_add(sqlite3 *, enum suppress_what, const char *hash,
    const char *reason, int64_t study, int64_t now, struct err *);

/* The same with a last day that it counts (DATE_NONE: for good; a later day is
 * put in the place of an earlier one) and a ${source} in a person's words, or
 * NULL. */
int suppress_put(sqlite3 *, enum suppress_what, const char *hash,
    const char *reason, const char *source, int32_t until, int64_t now,
    struct err *);

/* 1: taken off the list; 0: was not on it; -1: EX_DATAERR for one that is there
 * for an erasure, which stays. */
int suppress_remove(sqlite3 *, enum suppress_what, const char *hash,
    struct err *);

/*
 * What is typed: nine digits are an organisation number, something with an @ in
 * it an address, "@example.no" or "example.no" a domain.  Its kind and hash; or
 * -1 with *${why}, which has nothing of the value in it.
 */
int suppress_parse(const struct keys *, const char *text,
    enum suppress_what *, char hash[static 65], const char **why);

const char *suppress_word(enum suppress_what);	/* email, orgnr, domain */

/*
 * The whole list in memory, for many questions: one read, then each look is a
 * binary search.  ${sha256} is over its lines "what hash\n" in order, so that a
 * frame can say which list it used.  What has lapsed before ${now} is not in it.
 * An address is on it by itself or by its domain.  suppress_free(NULL) is
 * harmless.
 */
struct suppress;
struct suppress *suppress_load(sqlite3 *, int64_t now, struct err *);	/* NULL: error */
/* What counted on ${day}: was added by its end and had not lapsed. */
struct suppress *suppress_load_day(sqlite3 *, int32_t day, struct err *);
int suppress_listed(const struct suppress *, const struct keys *,
    enum suppress_what, const char *value);
const char *suppress_sha256(const struct suppress *);	/* 64 hex digits */
void suppress_free(struct suppress *);

#endif /* !PIPELINE_STORE_SUPPRESS_H */
