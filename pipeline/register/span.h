#ifndef PIPELINE_REGISTER_SPAN_H
#define PIPELINE_REGISTER_SPAN_H

/*
 * span -- SPAN octets of a JSON string looked at together: is there one that
 * ends the run (quote, backslash, control character), and is what lies before
 * it UTF-8?
 *
 * SSE2 belongs to every x86-64; elsewhere, and where SPAN_PORTABLE is defined (a
 * test does), eight octets are looked at in a word.  Both say the same, but for
 * ${odd}: the portable one leaves everything beyond ASCII to be looked at again,
 * the other what is not of two octets (RFC 3629: C2..DF, 80..BF).
 */

#include <stdint.h>
#include <string.h>

struct span {
	uint64_t carry;		/* the last octet before was the first of two */
	int odd;		/* the octets must be validated one by one */
};

/* Little end first, on every machine. */
static inline uint64_t
span_word(const unsigned char *p)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	uint64_t w;

	memcpy(&w, p, 8);
	return w;
#else
	uint64_t w = 0;

	for (int i = 7; i >= 0; i--)
		w = w << 8 | p[i];
	return w;
#endif
}

#if defined(__SSE2__) && !defined(SPAN_PORTABLE)

#include <emmintrin.h>

enum { SPAN = 16 };

/*
 * How many octets from ${p} on belong to the run, SPAN if all do; if ${copy},
 * they are put at ${out}, which has room for SPAN octets whatever is returned.
 */
static inline unsigned
span_run(struct span *s, const unsigned char *p, char *out, int copy)
{
	const __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
	const __m128i stops = _mm_or_si128(
	    _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('"')),
	    _mm_cmpeq_epi8(x, _mm_set1_epi8('\\'))),
	    _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1f)), x));
	const uint32_t stop = (uint32_t)_mm_movemask_epi8(stops) | 1u << SPAN;
	const uint32_t within = stop ^ (stop - 1);	/* to the stop, included */
	const uint32_t high = (uint32_t)_mm_movemask_epi8(x) & within;

	if (copy)
		_mm_storeu_si128((__m128i *)(void *)out, x);
	if ((high | s->carry) != 0) {
		/* as signed octets: 80..BF below -64, C2..DF -62 to -33 */
		const __m128i next = _mm_cmplt_epi8(x, _mm_set1_epi8(-64));
		const __m128i two = _mm_and_si128(
		    _mm_cmpgt_epi8(x, _mm_set1_epi8(-63)),
		    _mm_cmplt_epi8(x, _mm_set1_epi8(-32)));
		const uint32_t nexts = (uint32_t)_mm_movemask_epi8(next) & within;
		const uint32_t twos = (uint32_t)_mm_movemask_epi8(two) & within;
		const uint32_t due = twos << 1 | (uint32_t)s->carry;

		s->odd |= (due & within & 0xffff) != nexts ||
		    (twos | nexts) != high;
		s->carry = due >> SPAN;
	}
	return (unsigned)__builtin_ctz(stop);
}

#else

enum { SPAN = 8 };

#define SPAN_ONES	UINT64_C(0x0101010101010101)
#define SPAN_HIGHS	UINT64_C(0x8080808080808080)

static inline unsigned
span_run(struct span *s, const unsigned char *p, char *out, int copy)
{
	const uint64_t w = span_word(p);
	const uint64_t quote = w ^ SPAN_ONES * '"', slash = w ^ SPAN_ONES * '\\';
	/* The lowest hit is right; those above may be borrows of it. */
	uint64_t stop = (((quote - SPAN_ONES) & ~quote) |
	    ((slash - SPAN_ONES) & ~slash) |
	    ((w - SPAN_ONES * 0x20) & ~w)) & SPAN_HIGHS;
	unsigned n = 0;

	if (copy)
		memcpy(out, p, 8);
	if (stop == 0)
		n = 8;
	else
		for (; (stop & 0xff) == 0; stop >>= 8)
			n++;
	if ((n < 8 ? w & ((UINT64_C(1) << 8 * n) - 1) & SPAN_HIGHS :
	    w & SPAN_HIGHS) != 0)
		s->odd = 1;
	return n;
}

#endif

#endif /* !PIPELINE_REGISTER_SPAN_H */
