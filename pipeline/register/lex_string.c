#include <string.h>

#include "pipeline/base/utf8.h"

#include "pipeline/register/lex_private.h"

static int
is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\' && c < 0x80;
}

#define ONES	UINT64_C(0x0101010101010101)
#define HIGHS	UINT64_C(0x8080808080808080)

/* Which octets of a word are not plain: the high bit of each, in the order of
 * memory from the lowest on.  The sums cannot miss one; they may see one too
 * many, but only behind a true one, whose borrow it is. */
static uint64_t
not_plain(const unsigned char *p)
{
	uint64_t w, quote, slash;

	memcpy(&w, p, 8);
	quote = w ^ ONES * '"';
	slash = w ^ ONES * '\\';
	return (w | (w - ONES * 0x20) | (quote - ONES) | (slash - ONES)) & HIGHS;
}

/* The first octet from ${p} on that is not plain. */
static const unsigned char *
plain(const unsigned char *p, const unsigned char *end)
{
	for (; end - p >= 8; p += 8) {
		uint64_t hits = not_plain(p);

		if (hits == 0)
			continue;
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		return p + (__builtin_ctzll(hits) >> 3);
#else
		break;
#endif
	}
	while (p < end && is_plain(*p))
		p++;
	return p;
}

static void
put(struct lex *l, const void *data, size_t len)
{
	if (l->is_key) {
		size_t room = sizeof(l->buf) - l->len;

		if (len > room)
			len = room;
		memcpy(l->buf + l->len, data, len);
		l->len += len;
	} else if (l->text != NULL)
		buf_add(l->text, data, len);
}

static void
put_code_point(struct lex *l, uint32_t cp)
{
	char room[8];
	struct buf b = { room, 0, sizeof(room), sizeof(room) - 1, 0 };

	utf8_put(&b, cp);
	put(l, b.data, b.len);
}

/* The first half of a pair was not followed by the second. */
static void
widow(struct lex *l)
{
	if (l->high == 0)
		return;
	l->high = 0;
	l->flaws |= LEX_SURROGATE;
	put_code_point(l, 0xfffd);
}

/* The first octet of a character beyond ASCII: how many follow, and the bounds
 * of the first of them (RFC 3629, section 4).  -1: no such octet. */
static int
utf8_first(struct lex *l, unsigned char c)
{
	l->low = 0x80;
	l->top = 0xbf;
	if (c >= 0xc2 && c <= 0xdf) {
		l->more = 1;
	} else if (c >= 0xe0 && c <= 0xef) {
		l->more = 2;
		if (c == 0xe0)
			l->low = 0xa0;
		if (c == 0xed)
			l->top = 0x9f;
	} else if (c >= 0xf0 && c <= 0xf4) {
		l->more = 3;
		if (c == 0xf0)
			l->low = 0x90;
		if (c == 0xf4)
			l->top = 0x8f;
	} else
		return -1;
	return 0;
}

static int
string_done(struct lex *l)
{
	int ret;

	widow(l);
	l->token = T_NONE;
	if (l->is_key) {
		l->want = W_COLON;
		ret = l->to->key(l->to->ctx, l->buf, l->len);
		l->is_key = 0;
		l->len = 0;
		return ret;
	}
	l->text = NULL;
	l->want = l->depth == 0 ? W_NOTHING : W_NEXT;
	return l->to->string_end(l->to->ctx, l->flaws);
}

const unsigned char *
lex_string_whole(struct lex *l, const unsigned char *p, const unsigned char *end)
{
	const unsigned char *q = plain(p, end);
	size_t len = (size_t)(q - p);
	int ret;

	if (q == end || *q != '"')
		return p;
	l->token = T_NONE;
	if (l->is_key) {
		l->is_key = 0;
		l->want = W_COLON;
		ret = l->to->key(l->to->ctx, (const char *)p,
		    len < LEX_KEY ? len : LEX_KEY);
	} else {
		if (l->text != NULL)
			buf_add(l->text, p, len);
		l->text = NULL;
		l->want = l->depth == 0 ? W_NOTHING : W_NEXT;
		ret = l->to->string_end(l->to->ctx, 0);
	}
	return ret == 0 ? q + 1 : NULL;
}

const unsigned char *
lex_string(struct lex *l, const unsigned char *p, const unsigned char *end,
    struct err *err)
{
	const unsigned char *run = p;

	for (;;) {
		if (l->more == 0)
			p = plain(p, end);
		if (p == end) {
			break;
		} else if (l->more > 0) {
			if (*p < l->low || *p > l->top) {
				lex_bad(l, err, "malformed UTF-8");
				return NULL;
			}
			l->low = 0x80;
			l->top = 0xbf;
			l->more--;
		} else if (*p == '"' || *p == '\\') {
			break;
		} else if (*p < 0x20) {
			lex_bad(l, err, "a control character in a string");
			return NULL;
		} else if (utf8_first(l, *p) != 0) {
			lex_bad(l, err, "malformed UTF-8");
			return NULL;
		}
		p++;
	}
	if (p > run) {
		widow(l);
		put(l, run, (size_t)(p - run));
	}
	if (p == end)
		return p;
	if (*p == '"')
		return string_done(l) == 0 ? p + 1 : NULL;
	l->token = T_ESCAPE;
	return p + 1;
}

int
lex_escape(struct lex *l, unsigned char c, struct err *err)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *f;

	if (c == 'u') {
		l->token = T_HEX;
		l->hex = 0;
		l->hexes = 0;
		return 0;
	}
	if (c == '\0' || (f = strchr(from, c)) == NULL)
		return lex_bad(l, err, "an escape that is none");
	widow(l);
	put(l, &to[f - from], 1);
	l->token = T_STRING;
	return 0;
}

/* Four digits of \u are there. */
static void
escaped(struct lex *l, uint32_t cp)
{
	l->token = T_STRING;
	if (cp >= 0xdc00 && cp <= 0xdfff && l->high != 0) {
		put_code_point(l, 0x10000 + ((l->high - 0xd800) << 10) + (cp - 0xdc00));
		l->high = 0;
		return;
	}
	widow(l);
	if (cp >= 0xd800 && cp <= 0xdbff) {
		l->high = cp;
	} else if (cp >= 0xdc00 && cp <= 0xdfff) {
		l->high = cp;	/* a second half alone: as good as widowed */
		widow(l);
	} else if (cp == 0) {
		l->flaws |= LEX_NUL;
		put_code_point(l, 0xfffd);
	} else
		put_code_point(l, cp);
}

int
lex_hex(struct lex *l, unsigned char c, struct err *err)
{
	uint32_t v;

	if (c >= '0' && c <= '9')
		v = c - '0';
	else if (c >= 'a' && c <= 'f')
		v = c - 'a' + 10u;
	else if (c >= 'A' && c <= 'F')
		v = c - 'A' + 10u;
	else
		return lex_bad(l, err, "an escape that is none");
	l->hex = l->hex << 4 | v;
	if (++l->hexes == 4)
		escaped(l, l->hex);
	return 0;
}
