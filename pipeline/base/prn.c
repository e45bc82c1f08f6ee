#include <stdint.h>
#include <string.h>

#include "pipeline/base/hash.h"

#include "pipeline/base/prn.h"

double
prn_of(const char *salt, const char *key)
{
	unsigned char sum[HASH_SIZE];
	struct hash *h = hash_begin();
	uint64_t v = 0;

	hash_add(h, salt, strlen(salt));
	hash_add(h, ":", 1);
	hash_add(h, key, strlen(key));
	hash_end(h, sum);
	for (int i = 0; i < 8; i++)
		v = v << 8 | sum[i];
	/* 53 bits: every one of them fits a double, so nothing is rounded. */
	return (double)(v >> 11) * 0x1p-53;
}
