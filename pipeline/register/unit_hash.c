#include <math.h>
#include <string.h>

#include "pipeline/base/date.h"

#include "pipeline/register/unit.h"

/*
 * Absent fields are told by the map of those that are there, so that only these
 * are gone through.  Each goes into one of four sums that do not wait for each
 * other, by a multiplication of 64 by 64 bits whose halves are folded (as in
 * wyhash), with a tag of its number and length, so that no two rows say the same.
 * The constants are digits of pi.
 */
enum { LANES = 4 };

/* How a field lies in struct unit. */
enum lies { AS_TEXT, AS_32, AS_DAY, AS_64, AS_REAL };

static const unsigned char lies[] = {
	[UNIT_TEXT] = AS_TEXT, [UNIT_LINES] = AS_TEXT, [UNIT_SCALAR] = AS_TEXT,
	[UNIT_NAMES] = AS_TEXT, [UNIT_INT] = AS_64, [UNIT_COUNT] = AS_64,
	[UNIT_BOOL] = AS_32, [UNIT_CODE] = AS_32, [UNIT_ORGNR] = AS_32,
	[UNIT_KIND] = AS_32, [UNIT_DATE] = AS_DAY, [UNIT_REAL] = AS_REAL
};

static const uint64_t salt[LANES] = {
	UINT64_C(0x243f6a8885a308d3), UINT64_C(0x13198a2e03707345),
	UINT64_C(0xa4093822299f31d1), UINT64_C(0x082efa98ec4e6c89)
};

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide;

static uint64_t
fold(uint64_t a, uint64_t b)
{
	wide r = (wide)a * b;

	return (uint64_t)r ^ (uint64_t)(r >> 64);
}
#else
static uint64_t
fold(uint64_t a, uint64_t b)
{
	uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
	uint64_t low = al * bl, mid = ah * bl + (low >> 32);
	uint64_t more = al * bh + (uint32_t)mid;

	return (more << 32 | (uint32_t)low) ^ (ah * bh + (mid >> 32) + (more >> 32));
}
#endif

/* Octets, the first one lowest. */
static uint64_t
eight(const char *s)
{
	uint64_t w;

	memcpy(&w, s, 8);
#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
	w = 0;
	for (int i = 0; i < 8; i++)
		w |= (uint64_t)(unsigned char)s[i] << 8 * i;
#endif
	return w;
}

static uint64_t
four(const char *s)
{
	uint64_t w = 0;

	for (int i = 0; i < 4; i++)
		w |= (uint64_t)(unsigned char)s[i] << 8 * i;
	return w;
}

static uint64_t
add(uint64_t sum, uint64_t a, uint64_t b, uint64_t tag)
{
	return fold(sum ^ a ^ salt[0], b ^ tag * salt[2] ^ salt[1]);
}

/* 16 octets at a time; the last 16 may lie over others that are in already, as
 * the first and the last eight, or four, of a short text may: the tag has its
 * length. */
static uint64_t
add_text(uint64_t sum, size_t number, const char *s)
{
	size_t len = strlen(s);
	uint64_t tag = (uint64_t)number << 56 | len, a = 0, b = 0;
	const char *end = s + len;

	for (const char *at = s; end - at > 16; at += 16)
		sum = fold(sum ^ eight(at) ^ salt[3], eight(at + 8) ^ salt[1]);
	if (len > 16) {
		a = eight(end - 16);
		b = eight(end - 8);
	} else if (len >= 8) {
		a = eight(s);
		b = eight(end - 8);
	} else if (len >= 4) {
		a = four(s) | four(end - 4) << 32;
	} else if (len > 0) {
		a = (uint64_t)(unsigned char)s[0] |
		    (uint64_t)(unsigned char)s[len / 2] << 8 |
		    (uint64_t)(unsigned char)end[-1] << 16;
	}
	return add(sum, a, b, tag);
}

/* Of field ${number}, which is there. */
static uint64_t
add_field(uint64_t sum, const struct unit *u, size_t number)
{
	const struct unit_field *f = &unit_fields[number];
	const char *at = (const char *)u + f->offset, *s;
	int32_t small;
	int64_t big;

	switch (lies[f->type]) {
	case AS_TEXT:
		memcpy(&s, at, sizeof(s));
		return add_text(sum, number, s);
	case AS_64:
	case AS_REAL:		/* its bits */
		memcpy(&big, at, sizeof(big));
		break;
	case AS_32:
	case AS_DAY:
	default:
		memcpy(&small, at, sizeof(small));
		big = small;
		break;
	}
	return add(sum, (uint64_t)big, 0, (uint64_t)number << 56);
}

static int
is_there(const struct unit *u, const struct unit_field *f)
{
	const char *at = (const char *)u + f->offset, *s;
	int32_t small;
	int64_t big;
	double real;

	switch (lies[f->type]) {
	case AS_TEXT:
		memcpy(&s, at, sizeof(s));
		return s != NULL;
	case AS_64:
		memcpy(&big, at, sizeof(big));
		return big != UNIT_NONE;
	case AS_REAL:
		memcpy(&real, at, sizeof(real));
		return !isnan(real);
	case AS_DAY:
		memcpy(&small, at, sizeof(small));
		return small != DATE_NONE;
	case AS_32:
	default:
		memcpy(&small, at, sizeof(small));
		return small != UNIT_NONE;
	}
}

void
unit_has(const struct unit *u, uint64_t has[UNIT_WORDS])
{
	for (int w = 0; w < UNIT_WORDS; w++)
		has[w] = 0;
	for (size_t i = 0; i < unit_fields_n; i++)
		has[i / 64] |= (uint64_t)is_there(u, &unit_fields[i]) << i % 64;
}

int64_t
unit_hash_of(const struct unit *u, const uint64_t has[UNIT_WORDS])
{
	uint64_t lane[LANES], sum;
	size_t n = 0;
	int64_t hash;

	for (size_t i = 0; i < LANES; i++)
		lane[i] = salt[i] ^ has[i % UNIT_WORDS];
	for (size_t w = 0; w < UNIT_WORDS; w++)
		for (uint64_t bits = has[w]; bits != 0; bits &= bits - 1, n++)
			lane[n % LANES] = add_field(lane[n % LANES], u,
			    w * 64 + (unsigned)__builtin_ctzll(bits));
	sum = fold(fold(lane[0] ^ salt[2], lane[1] ^ salt[3]) ^ salt[0],
	    fold(lane[2] ^ salt[1], lane[3] ^ salt[0]) ^ unit_fields_n);
	memcpy(&hash, &sum, sizeof(hash));
	return hash;
}

int64_t
unit_hash(const struct unit *u)
{
	uint64_t has[UNIT_WORDS];

	unit_has(u, has);
	return unit_hash_of(u, has);
}
