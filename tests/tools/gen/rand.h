#ifndef TESTS_TOOLS_GEN_RAND_H
#define TESTS_TOOLS_GEN_RAND_H

/* rand -- splitmix64, so that a seed means the same everywhere, and what the
 * parts of gen.c share. Everything here is static: gen is one program. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "pipeline/base/err.h"

struct rng { uint64_t s; };

static inline uint64_t
rng_next(struct rng *r)
{
	uint64_t z = (r->s += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* 0 to n - 1 (n is small: the bias is beneath notice) */
static inline size_t
rng_below(struct rng *r, size_t n)
{
	return (size_t)(rng_next(r) % n);
}

/* One time in a hundred: ${percent} times. */
static inline int
rng_chance(struct rng *r, unsigned percent)
{
	return rng_below(r, 100) < percent;
}

#define PICK(r_, table_)	(&(table_)[rng_below(r_, sizeof(table_) / sizeof((table_)[0]))])

_Noreturn static inline void
die(const struct err *err)
{
	fprintf(stderr, "gen: %s\n", err->text);
	exit(err->status);
}

/* Plainly: nothing depends on it after a crash. */
static inline void
put_file(const char *path, const void *data, size_t len)
{
	struct err err;
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(data, 1, len, f) != len || fclose(f) != 0) {
		err_errno(&err, "%s", path);
		die(&err);
	}
}

#endif /* !TESTS_TOOLS_GEN_RAND_H */
