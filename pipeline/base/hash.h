#ifndef PIPELINE_BASE_HASH_H
#define PIPELINE_BASE_HASH_H

/* hash -- SHA-256 (FIPS 180-4), HMAC (RFC 2104), base32, random octets. */

#include <stddef.h>
#include <stdint.h>

enum { HASH_SIZE = 32, HASH_HEX = 65 };

void hash_sha256(const void *data, size_t len, unsigned char out[static 32]);
void hash_hmac(const unsigned char *key, size_t keylen, const void *data,
    size_t len, unsigned char out[static 32]);
char *hash_hex(const unsigned char *octets, size_t len, char *out);	/* 2*len+1 */
int hash_unhex(const char *hex, unsigned char *out, size_t len);	/* 0 or -1 */

/* A sum over data that comes in pieces. hash_end() frees. */
struct hash;
struct hash *hash_begin(void);
void hash_add(struct hash *, const void *data, size_t len);
void hash_end(struct hash *, unsigned char out[static 32]);

/* Equal?  Takes the same time whatever the octets are. */
int hash_equal(const void *a, const void *b, size_t len);

/* Octets nobody can guess (getrandom(2)). */
void hash_random(void *out, size_t len);

/* RFC 4648 base32, lower case, no padding; ${out} has room for
 * (len * 8 + 4) / 5 + 1.  Decoding takes either case, only whole octets. */
char *hash_base32(const unsigned char *in, size_t len, char *out);
int hash_unbase32(const char *in, size_t inlen, unsigned char *out, size_t outlen);

#endif /* !PIPELINE_BASE_HASH_H */
