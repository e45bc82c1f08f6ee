#include <string.h>

#include "pipeline/base/utf8.h"

/* Length of the well-formed character at ${s}, 0 if there is none. */
static size_t
one(const char *s, size_t len, uint32_t *ret)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t n;
	uint32_t cp;

	if (len == 0)
		return 0;
	if (p[0] < 0x80) {
		*ret = p[0];
		return 1;
	}
	n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || len < n)
		return 0;
	cp = p[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (p[i] & 0x3fu);
	}
	if ((n == 3 && cp < 0x800) || (n == 4 && cp < 0x10000) ||
	    cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	*ret = cp;
	return n;
}

/* Eight octets of ASCII at a time; and most of the rest are of two octets. */
int
utf8_valid(const char *s, size_t len)
{
	const unsigned char *p = (const unsigned char *)s, *end;
	uint64_t eight;
	uint32_t cp;
	size_t n;

	if (len == 0)
		return 1;		/* which may have no place at all */
	end = p + len;
	for (;;) {
		while (end - p >= 8) {
			memcpy(&eight, p, 8);
			if ((eight & UINT64_C(0x8080808080808080)) != 0)
				break;
			p += 8;
		}
		while (p < end && *p < 0x80)
			p++;
		if (p == end)
			return 1;
		if (*p >= 0xc2 && *p <= 0xdf && end - p >= 2 && (p[1] & 0xc0) == 0x80)
			n = 2;
		else if ((n = one((const char *)p, (size_t)(end - p), &cp)) == 0)
			return 0;
		p += n;
	}
}

size_t
utf8_length(const char *s, size_t len)
{
	uint32_t cp;
	size_t n, count = 0;

	for (; len > 0; s += n, len -= n, count++)
		if ((n = one(s, len, &cp)) == 0)
			n = 1;
	return count;
}

static int
is_mark(uint32_t cp)
{
	return (cp >= 0x300 && cp <= 0x36f) || (cp >= 0x1ab0 && cp <= 0x1aff) ||
	    (cp >= 0x20d0 && cp <= 0x20ff) || (cp >= 0xfe20 && cp <= 0xfe2f) ||
	    cp == 0x200b || cp == 0xad;
}

size_t
utf8_width(const char *s)
{
	size_t len = strlen(s), n, width = 0;
	uint32_t cp;

	for (; len > 0; s += n, len -= n) {
		if ((n = one(s, len, &cp)) == 0)
			n = 1, cp = 0xfffd;
		if (!is_mark(cp))
			width++;
	}
	return width;
}

void
utf8_put(struct buf *b, uint32_t cp)
{
	char o[4];
	size_t n;

	if (cp < 0x80) {
		o[0] = (char)cp;
		n = 1;
	} else if (cp < 0x800) {
		o[0] = (char)(0xc0 | cp >> 6);
		n = 2;
	} else if (cp < 0x10000) {
		o[0] = (char)(0xe0 | cp >> 12);
		n = 3;
	} else {
		o[0] = (char)(0xf0 | cp >> 18);
		n = 4;
	}
	for (size_t i = n; i-- > 1; cp >>= 6)
		o[i] = (char)(0x80 | (cp & 0x3f));
	buf_add(b, o, n);
}

void
utf8_from_1252(struct buf *b, const char *s, size_t len)
{
	static const uint32_t high[32] = {
		0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
		0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
		0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
		0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
	};

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		utf8_put(b, c >= 0x80 && c < 0xa0 ? high[c - 0x80] : c);
	}
}

static int
unsafe(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) ||
	    (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) ||
	    cp == 0x200e || cp == 0x200f || cp == 0x2028 || cp == 0x2029 ||
	    cp == 0xfeff;
}

static void
replace(struct buf *b, const char *s, size_t len, int controls_too)
{
	uint32_t cp;
	size_t n;

	for (; len > 0; s += n, len -= n) {
		n = one(s, len, &cp);
		if (n == 0 || (controls_too && unsafe(cp))) {
			utf8_put(b, 0xfffd);
			if (n == 0)
				n = 1;
		} else
			buf_add(b, s, n);
	}
}

void
utf8_repair(struct buf *b, const char *s, size_t len)
{
	replace(b, s, len, 0);
}

void
utf8_clean(struct buf *b, const char *s, size_t len)
{
	replace(b, s, len, 1);
}
