#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/utf8.h"
#include "nace/fold.h"

/*
 * What Norwegian names are nearly all made of: ASCII and the letters of U+00C0 to
 * U+00FF but sharp s, which are composed as they stand and have their small form
 * 0x20 on.  Folded, to be freed; NULL for a text with anything else in it.
 */
static uint8_t *
plain(const char *s, size_t len)
{
	uint8_t *low = malloc(len + 1);

	for (size_t i = 0; low != NULL && i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x80) {
			low[i] = (uint8_t)(c >= 'A' && c <= 'Z' ? c + 0x20 : c);
			continue;
		}
		if (c != 0xc3 || (unsigned char)s[i + 1] == 0x9f) {
			free(low);
			return NULL;
		}
		low[i++] = c;
		c = (unsigned char)s[i];
		low[i] = (uint8_t)(c <= 0x9e && c != 0x97 ? c + 0x20 : c);
	}
	return low;
}

static int
is_blank(ucs4_t c)
{
	return c < 0x80 ? c == ' ' || (c >= '\t' && c <= '\r') :
	    uc_is_property_white_space(c);
}

char *
fold(const char *s)
{
	size_t len = strlen(s), n = 0;
	struct buf b = BUF(BUF_ANY);
	uint8_t *low;
	int blank = 0;

	if (len > FOLD_MAX || !utf8_valid(s, len))
		return NULL;
	/* NULL for the language: nothing of the user's locale comes in. */
	if ((low = plain(s, len)) != NULL)
		n = len;
	else
		low = u8_casefold((const uint8_t *)s, len, NULL, UNINORM_NFKC, NULL,
		    &n);
	if (low == NULL)
		return NULL;
	for (size_t i = 0; i < n;) {
		ucs4_t c;
		int k = u8_mbtouc(&c, low + i, n - i);

		i += (size_t)k;
		if (c == '&') {
			buf_str(&b, b.len > 0 ? " og" : "og");
			blank = 1;
		} else if (is_blank(c)) {
			blank = 1;
		} else {
			if (blank && b.len > 0)
				buf_chr(&b, ' ');
			blank = 0;
			buf_add(&b, low + i - k, (size_t)k);
		}
	}
	free(low);
	if (b.data == NULL)
		buf_str(&b, "");
	return b.data;
}

/* Code points of ${s} into ${out}; how many. */
static size_t
points(const char *s, ucs4_t out[static FOLD_MAX])
{
	size_t len = strlen(s), n = 0;

	while (len > 0 && n < FOLD_MAX) {
		int k = u8_mbtouc(&out[n++], (const uint8_t *)s, len);

		s += k;
		len -= (size_t)k;
	}
	return n;
}

size_t
fold_distance(const char *a, const char *b)
{
	ucs4_t p[FOLD_MAX], q[FOLD_MAX];
	size_t m = points(a, p), n = points(b, q), row[FOLD_MAX + 1];

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; i <= m; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t best = corner + (p[i - 1] != q[j - 1]);

			corner = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[n];
}

int
fold_near(const char *a, const char *b)
{
	size_t limit = utf8_length(a, strlen(a)) / 4;

	return fold_distance(a, b) <= (limit > 0 ? limit : 1);
}
