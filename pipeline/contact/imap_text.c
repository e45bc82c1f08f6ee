#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/num.h"
#include "pipeline/contact/arrival.h"

#include "pipeline/contact/imap.h"

enum { DEPTH = 20 };

struct text {
	const char *s, *end;
};

static int
same(const char *s, size_t len, const char *word)
{
	if (strlen(word) != len)
		return 0;
	for (size_t i = 0; i < len; i++) {
		char c = s[i] >= 'a' && s[i] <= 'z' ? (char)(s[i] - 32) : s[i];

		if (c != word[i])
			return 0;
	}
	return 1;
}

/* Digits at the head; -1: none, or too many. */
static int64_t
number(const char *s, size_t len)
{
	int64_t v = 0;

	if (len == 0 || len > 18)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

int64_t
imap_literal(const char *line, size_t len)
{
	size_t at = len;

	if (len < 3 || line[len - 1] != '}')
		return -1;
	while (at > 0 && line[at - 1] != '{')
		at--;
	return at == 0 ? -1 : number(line + at, len - 1 - at);
}

/* "..." at ${t}: past it.  The inside. */
static int
quoted(struct text *t, const char **in, size_t *len)
{
	const char *s = t->s + 1;

	for (*in = s; s < t->end && *s != '"'; s++)
		if (*s == '\\' && ++s == t->end)
			return -1;
	if (s >= t->end)
		return -1;
	*len = (size_t)(s - *in);
	t->s = s + 1;
	return 0;
}

/* A name or a value that is no list: to the next blank or parenthesis, what
 * stands in [] included. */
static void
atom(struct text *t, const char **in, size_t *len)
{
	int inside = 0;

	for (*in = t->s; t->s < t->end; t->s++) {
		inside += *t->s == '[';
		inside -= *t->s == ']' && inside > 0;
		if (inside == 0 && (*t->s == ' ' || *t->s == '(' || *t->s == ')'))
			break;
	}
	*len = (size_t)(t->s - *in);
}

/* A parenthesised list: past it. */
static int
list(struct text *t)
{
	const char *in;
	size_t len;
	int depth = 0;

	do {
		if (t->s >= t->end)
			return -1;
		if (*t->s == '"') {
			if (quoted(t, &in, &len) != 0)
				return -1;
			continue;
		}
		depth += *t->s == '(';
		depth -= *t->s == ')';
		t->s++;
	} while (depth > 0 && depth < DEPTH);
	return depth == 0 ? 0 : -1;
}

/* "17-Jul-1996 02:44:25 -0700" */
static int64_t
internal_date(const char *s, size_t len)
{
	char text[32];
	int64_t at;

	if (len >= sizeof(text) || len < 12)
		return MOMENT_NONE;
	memcpy(text, s, len);
	for (size_t i = 0; i < 11; i++)
		if (text[i] == '-')
			text[i] = ' ';
	return arrival_date(text[0] == ' ' ? text + 1 : text,
	    text[0] == ' ' ? len - 1 : len, &at) == 0 ? at : MOMENT_NONE;
}

static int
pair(struct text *t, struct imap_item *ret)
{
	const char *name, *value = NULL;
	size_t n, len = 0;
	int is_quoted = 0;

	atom(t, &name, &n);
	if (n == 0 || t->s >= t->end || *t->s++ != ' ' || t->s >= t->end)
		return -1;
	if (*t->s == '(')
		return list(t);
	if (*t->s == '"') {
		is_quoted = 1;
		if (quoted(t, &value, &len) != 0)
			return -1;
	} else
		atom(t, &value, &len);
	if (same(name, n, "UID"))
		ret->uid = number(value, len);
	else if (same(name, n, "RFC822.SIZE"))
		ret->size = number(value, len);
	else if (same(name, n, "INTERNALDATE") && is_quoted)
		ret->received = internal_date(value, len);
	else if (same(name, n, "BODY[]")) {
		ret->body_is_literal = !is_quoted && imap_literal(value, len) >= 0;
		ret->has_body = is_quoted || ret->body_is_literal;
		ret->body = is_quoted ? value : NULL;
		ret->body_len = is_quoted ? len : 0;
	}
	return 0;
}

int
imap_item(const char *line, size_t len, struct imap_item *ret)
{
	struct text t = { line, line + len };
	const char *word;
	size_t n;

	*ret = (struct imap_item){ -1, -1, -1, MOMENT_NONE, 0, 0, NULL, 0 };
	if (len < 2 || line[0] != '*' || line[1] != ' ')
		return 0;
	t.s += 2;
	atom(&t, &word, &n);
	if ((ret->number = number(word, n)) < 0 || t.s >= t.end || *t.s++ != ' ')
		return 0;
	atom(&t, &word, &n);
	if (!same(word, n, "FETCH"))
		return 0;
	if (t.end - t.s < 2 || t.s[0] != ' ' || t.s[1] != '(')
		return -1;
	t.s += 2;
	while (t.s < t.end && *t.s != ')') {
		if (*t.s == ' ')
			t.s++;
		else if (pair(&t, ret) != 0)
			return -1;
	}
	return t.s < t.end ? 1 : -1;
}

/* ------------------------------------------------------------------- names -- */

/* One code point of UTF-8; its length, or 0. */
static size_t
code_point(const unsigned char *s, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = s[0] < 0x80 ? 1 : (s[0] & 0xe0) == 0xc0 ? 2 :
	    (s[0] & 0xf0) == 0xe0 ? 3 : (s[0] & 0xf8) == 0xf0 ? 4 : 0;
	uint32_t c = n == 1 ? s[0] : n > 0 ? s[0] & (0x7fu >> n) : 0;

	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3fu);
	}
	if (n == 0 || c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*ret = c;
	return n;
}

struct base64 {
	struct buf *out;
	uint32_t bits;
	int have;
};

static void
put16(struct base64 *b, uint32_t unit)
{
	static const char digit[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

	b->bits = b->bits << 16 | unit;
	b->have += 16;
	while (b->have >= 6) {
		b->have -= 6;
		buf_chr(b->out, digit[b->bits >> b->have & 63]);
	}
	b->bits &= 63;
}

static void
end64(struct base64 *b)
{
	if (b->have > 0) {
		b->bits <<= 6 - b->have;
		b->have = 0;
		buf_chr(b->out, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		    "0123456789+,"[b->bits & 63]);
	}
	b->bits = 0;
}

int
imap_mailbox_name(const char *utf8, struct buf *out)
{
	const unsigned char *s = (const unsigned char *)utf8;
	struct base64 b = { out, 0, 0 };
	int inside = 0;

	buf_chr(out, '"');
	while (*s != '\0') {
		uint32_t c = 0;
		size_t n = code_point(s, &c);
		int plain = c >= 0x20 && c < 0x7f;

		if (n == 0)
			return -1;
		s += n;
		if (inside && plain) {
			end64(&b);
			buf_chr(out, '-');
		} else if (!inside && !plain)
			buf_chr(out, '&');
		inside = !plain;
		if (plain) {
			if (c == '"' || c == '\\')
				buf_chr(out, '\\');
			buf_chr(out, (char)c);
			if (c == '&')
				buf_chr(out, '-');
		} else if (c < 0x10000)
			put16(&b, c);
		else {
			put16(&b, 0xd800 + ((c - 0x10000) >> 10));
			put16(&b, 0xdc00 + ((c - 0x10000) & 0x3ff));
		}
	}
	if (inside) {
		end64(&b);
		buf_chr(out, '-');
	}
	buf_chr(out, '"');
	return 0;
}
