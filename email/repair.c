#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

#include "pipeline/base/utf8.h"

#include "email/private.h"

enum { ROUNDS = 16 };		/* of wrapping about wrapping that are taken off */

int
email_work_set(struct email_work *w, const struct email_rules *rules,
    const char *s, size_t len)
{
	struct buf b = BUF(EMAIL_FIELD_MAX);
	int r = 0;

	w->rules = rules;
	w->done = 0;
	w->len = 0;
	w->s[0] = '\0';
	if (len > EMAIL_FIELD_MAX || memchr(s, '\0', len) != NULL)
		return -1;
	if (!utf8_valid(s, len)) {
		utf8_from_1252(&b, s, len);
		w->done = EMAIL_ASK_CHARSET;
		s = buf_text(&b);
		len = b.len;
		r = b.over ? -1 : 0;
	}
	if (r == 0) {
		memcpy(w->s, s, len);
		w->s[len] = '\0';
		w->len = len;
	}
	buf_free(&b);
	return r;
}

/* Keep the octets from ${from} to ${end}; note ${bit} if that is not all. */
static void
keep(struct email_work *w, size_t from, size_t end, unsigned bit)
{
	if (from == 0 && end == w->len)
		return;
	memmove(w->s, w->s + from, end - from);
	w->len = end - from;
	w->s[w->len] = '\0';
	w->done |= bit;
}

size_t
email_blank(const char *s, size_t len)
{
	ucs4_t cp;
	int n;

	if (len == 0)
		return 0;
	if ((unsigned char)*s < 0x80)
		return *s == ' ' || (*s >= '\t' && *s <= '\r');
	n = u8_mbtouc(&cp, (const uint8_t *)s, len);
	return uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_Z |
	    UC_CATEGORY_MASK_Cf) ? (size_t)n : 0;
}

/* Length of the character before ${end}. */
static size_t
last_char(const char *s, size_t end)
{
	size_t n = 1;

	while (n < end && n < 4 && ((unsigned char)s[end - n] & 0xc0) == 0x80)
		n++;
	return n;
}

static void
trim(struct email_work *w)
{
	size_t from = 0, end = w->len, n;

	while (from < end && (n = email_blank(w->s + from, end - from)) > 0)
		from += n;
	while (end > from) {
		n = last_char(w->s, end);
		if (email_blank(w->s + end - n, n) == 0)
			break;
		end -= n;
	}
	keep(w, from, end, EMAIL_TRIMMED);
}

/* Soft hyphen, zero width space, word joiner and byte order mark inside; not
 * joiners and marks of direction, which may mean something. */
static void
drop_unseen(struct email_work *w)
{
	size_t o = 0;

	for (size_t i = 0; i < w->len; ) {
		const char *p = w->s + i;
		size_t left = w->len - i;

		if (left >= 2 && memcmp(p, "\xc2\xad", 2) == 0)
			i += 2;
		else if (left >= 3 && (memcmp(p, "\xe2\x80\x8b", 3) == 0 ||
		    memcmp(p, "\xe2\x81\xa0", 3) == 0 ||
		    memcmp(p, "\xef\xbb\xbf", 3) == 0))
			i += 3;
		else {
			w->s[o++] = *p;
			i++;
		}
	}
	if (o < w->len) {
		w->len = o;
		w->s[o] = '\0';
		w->done |= EMAIL_SOFT_HYPHEN;
	}
}

static void
drop_prefix(struct email_work *w)
{
	size_t from, end;

	if (!email_matches(w->rules, PAT_PREFIX, w->s, w->len, &end))
		return;
	keep(w, end, w->len, EMAIL_PREFIX);
	if (email_find(w->rules, PAT_QUERY, w->s, w->len, 0, &from, &end))
		keep(w, 0, from, EMAIL_PREFIX);
}

static char
lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* Is the address in ${inner} all that has an @ in ${front}? */
static int
repeats(const char *front, size_t nfront, const char *inner, size_t n)
{
	size_t at = 0;

	while (at < nfront && (front[at] == '"' || front[at] == '\'' ||
	    front[at] == ' '))
		at++;
	if (nfront - at < n || memchr(front + at + n, '@', nfront - at - n) != NULL)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (lower(front[at + i]) != lower(inner[i]))
			return 0;
	return 1;
}

/* "<a@b>", "Name <a@b>": what stands between the one pair of brackets. */
static void
drop_brackets(struct email_work *w)
{
	const char *open = memchr(w->s, '<', w->len);
	size_t front, n;

	if (open == NULL || w->s[w->len - 1] != '>')
		return;
	front = (size_t)(open - w->s);
	n = w->len - front - 2;
	if (memchr(open, '@', n + 1) == NULL || memchr(open + 1, '<', n) != NULL ||
	    memchr(w->s, '>', w->len - 1) != NULL)
		return;
	if (memchr(w->s, '@', front) != NULL && !repeats(w->s, front, open + 1, n))
		return;
	keep(w, front + 1, front + 1 + n, EMAIL_BRACKETS);
}

/*
 * Quotes: any at the end, where none may be; at the beginning the straight
 * ones, which a local part may begin with, only together with one at the end.
 */
static void
drop_quotes(struct email_work *w)
{
	static const char *const quote[] = { "\"", "\xe2\x80\x9c", "\xe2\x80\x9d",
		"\xe2\x80\x9e", "\xc2\xab", "\xc2\xbb", "\xe2\x80\x98", "\xe2\x80\x99",
		"\xc2\xb4", "'", "`" };
	size_t from = 0, end = w->len, n;

	for (size_t i = 0; i < sizeof(quote) / sizeof(quote[0]); i++) {
		n = strlen(quote[i]);
		if (end == w->len && w->len > n &&
		    memcmp(w->s + w->len - n, quote[i], n) == 0)
			end -= n;
	}
	for (size_t i = 0; i < sizeof(quote) / sizeof(quote[0]); i++) {
		n = strlen(quote[i]);
		if (from > 0 || n >= end || memcmp(w->s, quote[i], n) != 0)
			continue;
		if ((*quote[i] == '\'' || *quote[i] == '`') && end == w->len)
			continue;
		from = n;
	}
	keep(w, from, end, EMAIL_QUOTES);
}

static int
is_final(char c)
{
	return c == '.' || c == ';' || c == ',' || c == '/';
}

static void
drop_final(struct email_work *w)
{
	size_t end = w->len;

	while (end > 1 && is_final(w->s[end - 1]))
		end--;
	keep(w, 0, end, EMAIL_FINAL);
}

static void
drop_blank_at(struct email_work *w)
{
	size_t from, end, start = 0, o = 0;

	while (email_find(w->rules, PAT_BLANK_AT, w->s, w->len, start, &from,
	    &end)) {
		memmove(w->s + o, w->s + start, from - start);
		o += from - start;
		w->s[o++] = '@';
		start = end;
	}
	if (start == 0)
		return;
	memmove(w->s + o, w->s + start, w->len - start + 1);
	w->len = o + w->len - start;
	w->done |= EMAIL_BLANK_AT;
}

void
email_mend(struct email_work *w)
{
	size_t before;

	for (int i = 0; i < ROUNDS; i++) {
		before = w->len;
		trim(w);
		drop_prefix(w);
		drop_brackets(w);
		drop_quotes(w);
		drop_final(w);
		if (w->len == before)
			break;
	}
	drop_unseen(w);
	drop_blank_at(w);
}

int
email_work_valid(const struct email_work *w, struct email *e)
{
	email_check_strict(w->rules, w->s, w->len, e);
	return e->reason == EMAIL_OK;
}
