#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/hash.h"

#include "pipeline/sample/ticket.h"

/* Long division by ten: the remainders come last digit first, as they are wanted.
 * The number is padded to 64 digits, and has at most 78. */
void
ticket_digits(const unsigned char hash[static 32],
    char out[static TICKET_DIGITS + 1])
{
	unsigned char n[32];

	memcpy(n, hash, sizeof(n));
	for (size_t d = 0; d < TICKET_DIGITS; d++) {
		unsigned rest = 0, all = 0;

		for (size_t i = 0; i < sizeof(n); i++)
			all |= n[i];
		if (all == 0 && d >= 64) {
			out[d] = '\0';
			return;
		}
		for (size_t i = 0; i < sizeof(n); i++) {
			rest = rest << 8 | n[i];
			n[i] = (unsigned char)(rest / 10);
			rest %= 10;
		}
		out[d] = (char)('0' + rest);
	}
	out[TICKET_DIGITS] = '\0';
}

double
ticket_of(const char *seed, const char *key, char *digits)
{
	unsigned char sum[HASH_SIZE];
	char hex[HASH_HEX], all[TICKET_DIGITS + 1], number[24] = "0.";
	struct hash *h;

	hash_sha256(seed, strlen(seed), sum);
	hash_hex(sum, sizeof(sum), hex);
	h = hash_begin();
	hash_add(h, hex, strlen(hex));
	hash_add(h, key, strlen(key));
	hash_end(h, sum);
	ticket_digits(sum, all);
	memcpy(number + 2, all, 17);
	number[19] = '\0';
	if (digits != NULL)
		memcpy(digits, all, sizeof(all));
	return strtod(number, NULL);
}

void
ticket_block(const char *seed, size_t k, unsigned char out[static 32])
{
	static const unsigned char zero[64];
	struct hash *h = hash_begin();

	hash_add(h, seed, strlen(seed));
	hash_add(h, ",", 1);
	for (; k > sizeof(zero); k -= sizeof(zero))
		hash_add(h, zero, sizeof(zero));
	hash_add(h, zero, k);
	hash_end(h, out);
}

int64_t
ticket_between(const char *seed, size_t *k, int64_t a, int64_t b)
{
	unsigned char sum[HASH_SIZE];
	uint64_t range, rest = 0;

	assert(b > a && b - a <= INT64_MAX >> 8);
	range = (uint64_t)(b - a);
	ticket_block(seed, (*k)++, sum);
	for (size_t i = 0; i < sizeof(sum); i++)
		rest = (rest << 8 | sum[i]) % range;
	return a + (int64_t)rest;
}
