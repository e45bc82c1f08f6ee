#include <errno.h>
#include <nettle/hmac.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>
#include <unistd.h>

#include "pipeline/base/mem.h"

#include "pipeline/base/hash.h"

struct hash {
	struct sha256_ctx ctx;
};

struct hash *
hash_begin(void)
{
	struct hash *h = mem_alloc(sizeof(*h));

	sha256_init(&h->ctx);
	return h;
}

void
hash_add(struct hash *h, const void *data, size_t len)
{
	if (len > 0)
		sha256_update(&h->ctx, len, data);
}

void
hash_end(struct hash *h, unsigned char out[static 32])
{
	sha256_digest(&h->ctx, SHA256_DIGEST_SIZE, out);
	free(h);
}

void
hash_sha256(const void *data, size_t len, unsigned char out[static 32])
{
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	if (len > 0)
		sha256_update(&ctx, len, data);
	sha256_digest(&ctx, SHA256_DIGEST_SIZE, out);
}

void
hash_hmac(const unsigned char *key, size_t keylen, const void *data,
    size_t len, unsigned char out[static 32])
{
	struct hmac_sha256_ctx ctx;

	hmac_sha256_set_key(&ctx, keylen, key);
	if (len > 0)
		hmac_sha256_update(&ctx, len, data);
	hmac_sha256_digest(&ctx, SHA256_DIGEST_SIZE, out);
}

char *
hash_hex(const unsigned char *octets, size_t len, char *out)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = hex[octets[i] >> 4];
		out[2 * i + 1] = hex[octets[i] & 15];
	}
	out[2 * len] = '\0';
	return out;
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int
hash_unhex(const char *hex, unsigned char *out, size_t len)
{
	if (strlen(hex) != 2 * len)
		return -1;
	for (size_t i = 0; i < len; i++) {
		int a = nibble(hex[2 * i]), b = nibble(hex[2 * i + 1]);

		if (a < 0 || b < 0)
			return -1;
		out[i] = (unsigned char)(a << 4 | b);
	}
	return 0;
}

int
hash_equal(const void *a, const void *b, size_t len)
{
	const volatile unsigned char *x = a, *y = b;
	unsigned char differ = 0;

	for (size_t i = 0; i < len; i++)
		differ |= x[i] ^ y[i];
	return differ == 0;
}

void
hash_random(void *out, size_t len)
{
	unsigned char *p = out;

	while (len > 0) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			static const char text[] = "no random numbers\n";
			ssize_t w = write(STDERR_FILENO, text, sizeof(text) - 1);

			(void)w;
			_exit(EX_OSERR);
		}
		p += n;
		len -= (size_t)n;
	}
}

char *
hash_base32(const unsigned char *in, size_t len, char *out)
{
	static const char digit[] = "abcdefghijklmnopqrstuvwxyz234567";
	unsigned bits = 0;
	int have = 0;
	char *p = out;

	for (size_t i = 0; i < len; i++) {
		bits = (bits << 8 | in[i]) & 0xffff;
		have += 8;
		while (have >= 5) {
			have -= 5;
			*p++ = digit[bits >> have & 31];
		}
	}
	if (have > 0)
		*p++ = digit[bits << (5 - have) & 31];
	*p = '\0';
	return out;
}

static int
digit32(char c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= '2' && c <= '7')
		return c - '2' + 26;
	return -1;
}

int
hash_unbase32(const char *in, size_t inlen, unsigned char *out, size_t outlen)
{
	unsigned bits = 0;
	int have = 0;
	size_t n = 0;

	if ((inlen * 5) / 8 != outlen || (outlen * 8 + 4) / 5 != inlen)
		return -1;
	for (size_t i = 0; i < inlen; i++) {
		int d = digit32(in[i]);

		if (d < 0)
			return -1;
		bits = (bits << 5 | (unsigned)d) & 0xffff;
		have += 5;
		if (have >= 8) {
			have -= 8;
			out[n++] = (unsigned char)(bits >> have);
		}
	}
	return (bits & ((1U << have) - 1)) == 0 ? 0 : -1;
}
