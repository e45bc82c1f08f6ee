#ifndef PIPELINE_SAMPLE_TICKET_H
#define PIPELINE_SAMPLE_TICKET_H

/*
 * ticket -- random numbers that anybody can make again from a published seed
 * (rules of sampling, section 6): Rivest's consistent_sampler, and the hashes of
 * cryptorandom.
 *
 * A ticket is a unit's own number: "0." and the 64 to 78 decimal digits of
 * SHA-256(hex(SHA-256(seed)) key), from the last to the first.  Those with the
 * smallest tickets are drawn.
 */

#include <stddef.h>
#include <stdint.h>

enum { TICKET_DIGITS = 78 };

/* The digits after "0.", and a NUL; ${hash} of 32 octets as a number from its
 * highest octet on.  */
void ticket_digits(const unsigned char hash[static 32],
    char out[static TICKET_DIGITS + 1]);

/* As a number: the first 17 digits.  ${digits}: all of them, or NULL. */
double ticket_of(const char *seed, const char *key, char *digits);

/* Block ${k} of cryptorandom: SHA-256(seed "," and k octets 0). */
void ticket_block(const char *seed, size_t k, unsigned char out[static 32]);

/* a + block mod (b - a), with one block a number: ${k} is moved on. */
int64_t ticket_between(const char *seed, size_t *k, int64_t a, int64_t b);

#endif /* !PIPELINE_SAMPLE_TICKET_H */
