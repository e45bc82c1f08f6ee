/*
 * The lines of a mail, whatever its octets: the short text is made of lines of
 * the whole one, in their order, none of them has a NUL or grows, and where
 * copies begin is a place in both.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/contact/bounce.h"
#include "pipeline/contact/sieve.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static int
wanted(const char *name, size_t len)
{

	return (len > 1 && (name[0] | 32) == 't');
}

static size_t
line(const char *s, size_t len)
{
	const char *nl = memchr(s, '\n', len);

	return (nl != NULL ? (size_t)(nl - s) + 1 : len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct bounce_limits limits = { .octets = 1 << 20, .depth = 5,
		.parts = 4, .headers = 20, .text = 1000, .recipients = 10 };
	struct arena *mem = arena_new();
	struct sieve v;
	size_t i, at = 0, n, m;

	sieve_mail(mem, (const char *)data, len, &limits, wanted, &v);
	if (v.nwhole > len + 1 || v.nshorter > v.nwhole ||
	    strlen(v.whole) != v.nwhole || strlen(v.shorter) != v.nshorter)
		abort();
	for (i = 0; i < v.nshorter; i += n) {
		n = line(v.shorter + i, v.nshorter - i);
		for (;; at += m) {
			if (at >= v.nwhole)
				abort();
			m = line(v.whole + at, v.nwhole - at);
			if (m == n && memcmp(v.whole + at, v.shorter + i, n) == 0)
				break;
		}
		at += n;
	}
	for (i = 0; i < v.ncopy; i++) {
		if (v.copy[i].in_whole > v.nwhole ||
		    v.copy[i].in_shorter > v.nshorter)
			abort();
		if (sieve_origin(&v, v.copy[i].in_shorter) > v.nwhole)
			abort();
	}
	arena_free(mem);
	return (0);
}
