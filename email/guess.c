#include <stdint.h>
#include <string.h>
#include <unistr.h>

#include "pipeline/base/utf8.h"

#include "email/private.h"

static int
is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static int
is_letter(char c)
{
	return is_word(c) && !(c >= '0' && c <= '9');
}

static int
is_local(char c)
{
	return is_word(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL);
}

static int
is_domain(char c)
{
	return is_word(c) || c == '-' || c == '.';
}

/* ${to} for every match; ${bit} is noted if there was one. */
static int
replace(struct email_work *w, enum email_pattern which, const char *to,
    unsigned bit)
{
	struct buf b = BUF(EMAIL_FIELD_MAX);
	size_t from, end, start = 0;

	while (email_find(w->rules, which, w->s, w->len, start, &from, &end) &&
	    end > start) {
		buf_add(&b, w->s + start, from - start);
		buf_str(&b, to);
		start = end;
	}
	if (start > 0)
		buf_add(&b, w->s + start, w->len - start);
	if (start > 0 && !b.over) {
		memcpy(w->s, buf_text(&b), b.len);
		w->len = b.len;
		w->s[w->len] = '\0';
		w->done |= bit;
	}
	buf_free(&b);
	return start > 0;
}

static void
cut(struct email_work *w, size_t from, size_t end, unsigned bit)
{
	if (from == end)
		return;
	memmove(w->s + from, w->s + end, w->len - end + 1);
	w->len -= end - from;
	w->done |= bit;
}

static size_t
count(const struct email_work *w, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < w->len; i++)
		n += w->s[i] == c;
	return n;
}

/* Where the one @ is; ${w->len} unless there is exactly one. */
static size_t
one_at(const struct email_work *w)
{
	const char *at = memchr(w->s, '@', w->len);

	return at == NULL || count(w, '@') != 1 ? w->len : (size_t)(at - w->s);
}

/* --- letters ------------------------------------------------------------------ */

/* The octet that Windows-1252 shows as ${cp}, or 0. */
static unsigned
octet_1252(ucs4_t cp)
{
	static const uint16_t high[32] = { 0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026,
		0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0,
		0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122,
		0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178 };

	if (cp >= 0x80 && cp <= 0xbf)
		return (unsigned)cp;
	for (unsigned i = 0; i < 32; i++)
		if (cp != 0 && high[i] == cp)
			return 0x80 + i;
	return 0;
}

/* "bjÃ¸rn": U+00C2 to U+00C5 and what a following octet looks like. */
int
email_decode_twice(struct email_work *w)
{
	struct buf b = BUF(EMAIL_FIELD_MAX);
	int n = 0;

	for (size_t i = 0; i < w->len; ) {
		const uint8_t *p = (const uint8_t *)w->s + i;
		ucs4_t lead, next = 0;
		int len = u8_mbtouc(&lead, p, w->len - i), more = 0;
		unsigned octet = 0;

		if (lead >= 0xc2 && lead <= 0xc5 && i + (size_t)len < w->len) {
			more = u8_mbtouc(&next, p + len, w->len - i - (size_t)len);
			octet = octet_1252(next);
		}
		if (octet != 0) {
			utf8_put(&b, ((uint32_t)lead & 0x1f) << 6 | (octet & 0x3f));
			len += more;
			n++;
		} else
			buf_add(&b, p, (size_t)len);
		i += (size_t)len;
	}
	if (n > 0 && !b.over) {
		memcpy(w->s, buf_text(&b), b.len);
		w->len = b.len;
		w->s[w->len] = '\0';
		w->done |= EMAIL_ASK_CHARSET;
	}
	buf_free(&b);
	return n > 0;
}

/* --- @ and dot ----------------------------------------------------------------- */

static void
guess_at(struct email_work *w)
{
	replace(w, PAT_AT_WORD, "@", EMAIL_ASK_AT);
	if (count(w, '@') == 0)
		replace(w, PAT_AT_BARE, "@", EMAIL_ASK_AT);
	replace(w, PAT_AT_TWICE, "@", EMAIL_ASK_AT);
	replace(w, PAT_DOT_WORD, ".", EMAIL_ASK_DOT_WORD);
	replace(w, PAT_DOT_BARE, ".", EMAIL_ASK_DOT_WORD);
}

/* Doubled dots, and dots that stand next to the @ or first. */
static void
guess_dots(struct email_work *w)
{
	size_t at, n;

	replace(w, PAT_DOT_TWICE, ".", EMAIL_ASK_DOTS);
	for (n = 0; n < w->len && w->s[n] == '.'; )
		n++;
	cut(w, 0, n, EMAIL_ASK_DOTS);
	if ((at = one_at(w)) == w->len)
		return;
	for (n = at + 1; n < w->len && w->s[n] == '.'; )
		n++;
	cut(w, at + 1, n, EMAIL_ASK_DOTS);
	for (n = at; n > 0 && w->s[n - 1] == '.'; )
		n--;
	cut(w, n, at, EMAIL_ASK_DOTS);
}

/* Marks at the edges and at the beginning of the domain. */
static void
guess_marks(struct email_work *w)
{
	size_t from = 0, end = w->len, at;

	while (end > 0 && !is_word(w->s[end - 1]))
		end--;
	cut(w, end, w->len, EMAIL_ASK_MARKS);
	while (from < w->len && !is_word(w->s[from]) && w->s[from] != '_')
		from++;
	cut(w, 0, from, EMAIL_ASK_MARKS);
	if ((at = one_at(w)) == w->len)
		return;
	for (end = at + 1; end < w->len && !is_word(w->s[end]); )
		end++;
	cut(w, at + 1, end, EMAIL_ASK_MARKS);
}

/* A comma, colon or semicolon between two letters of the domain, a comma
 * between two of the local part. */
static void
guess_comma(struct email_work *w)
{
	size_t at = one_at(w);

	for (size_t i = 1; i + 1 < w->len; i++) {
		const char *dots = i > at ? ",:;" : ",";

		if (strchr(dots, w->s[i]) == NULL || w->s[i] == '\0' ||
		    !is_word(w->s[i - 1]) || !is_word(w->s[i + 1]))
			continue;
		w->s[i] = '.';
		w->done |= EMAIL_ASK_DOTS;
	}
}

/* --- blanks and other words ------------------------------------------------------ */

void
email_stretch(const struct email_work *w, size_t at, size_t low, size_t *from,
    size_t *end)
{
	*from = at;
	while (*from > low && is_local(w->s[*from - 1]))
		(*from)--;
	while (*from < at && !is_word(w->s[*from]) && w->s[*from] != '_')
		(*from)++;
	*end = at + 1;
	while (*end < w->len && is_domain(w->s[*end]))
		(*end)++;
	while (*end > at + 1 && !is_word(w->s[*end - 1]))
		(*end)--;
}

/*
 * Is what stands before the address other words, and not its beginning?  "Ola
 * Nordmann ola@" is, "first last@" is not, "ola,nordmann@" has a comma for a dot.
 */
static int
front_is_other(const struct email_work *w, size_t from)
{
	size_t words = 0, i, end;

	if (from == 0)
		return 1;
	if (email_matches(w->rules, PAT_LABEL, w->s, w->len, &end) &&
	    end == from)
		return 1;
	if (w->s[from - 1] == ',') {
		for (i = from - 1; i > 0 && is_letter(w->s[i - 1]); )
			i--;
		return i > 0;
	}
	end = from;
	while (end > 0 && email_blank(w->s + end - 1, 1) > 0)
		end--;
	if (end == from || (end > 0 && !is_letter(w->s[end - 1])))
		return 1;
	for (i = 0; i < end; i++)
		words += is_word(w->s[i]) && (i == 0 || !is_word(w->s[i - 1]));
	return words > 1 || (w->s[0] >= 'A' && w->s[0] <= 'Z');
}

/* An address, and other words: take the address. */
static int
guess_extra(struct email_work *w)
{
	size_t at = one_at(w), from, end;
	struct email e;

	if (at == w->len)
		return 0;
	email_stretch(w, at, 0, &from, &end);
	if ((from == 0 && end == w->len) || !front_is_other(w, from))
		return 0;
	email_check_strict(w->rules, w->s + from, end - from, &e);
	if (e.reason != EMAIL_OK)
		return 0;
	cut(w, end, w->len, EMAIL_ASK_WORDS);
	cut(w, 0, from, EMAIL_ASK_WORDS);
	return 1;
}

/* Without its blanks (it has some); the first one of the domain as ${c}, unless
 * that is 0. */
static void
drop_blanks(struct email_work *w, char c)
{
	size_t o = 0, n, at = one_at(w);

	for (size_t i = 0; i < w->len; ) {
		if ((n = email_blank(w->s + i, w->len - i)) == 0) {
			w->s[o++] = w->s[i++];
			continue;
		}
		if (i > at && c != '\0') {
			w->s[o++] = c;
			c = '\0';
		}
		i += n;
	}
	w->done |= EMAIL_ASK_BLANK;
	w->len = o;
	w->s[o] = '\0';
}

static int
guess_blank(struct email_work *w, struct email *e)
{
	static const char as[] = { '\0', '.' };
	static struct email_work const none;
	struct email_work before = none;

	for (size_t i = 0; i < w->len; i++)
		if (email_blank(w->s + i, w->len - i) > 0) {
			before = *w;
			break;
		}
	if (before.rules == NULL)
		return 0;
	for (size_t i = 0; i < sizeof(as); i++) {
		*w = before;
		drop_blanks(w, as[i]);
		guess_dots(w);
		guess_comma(w);
		if (email_work_valid(w, e))
			return 1;
	}
	return 0;
}

/*
 * One guess after the other, the likelier first, each on top of those before,
 * until the text is valid.
 */
int
email_guess(struct email_work *w, struct email *e)
{
	static void (*const step[])(struct email_work *) = { guess_at, guess_dots,
		guess_marks };

	email_decode_twice(w);
	for (size_t i = 0; i < sizeof(step) / sizeof(step[0]); i++) {
		step[i](w);
		email_mend(w);
		if (email_work_valid(w, e))
			return 1;
	}
	if (guess_extra(w) && email_work_valid(w, e))
		return 1;
	guess_comma(w);
	if (email_work_valid(w, e))
		return 1;
	return guess_blank(w, e);
}
