#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"

#include "email/private.h"

#define SAFE	(EMAIL_ASK_DOTS - 1)	/* all bits that are mended without a guess */

/* A field at work: the octets that are left of it, and what was done to them. */
struct work {
	const struct email_rules *rules;
	char s[EMAIL_FIELD_MAX + 1];
	size_t len;
	unsigned done;
};

static void
set(struct work *w, const char *s, size_t len)
{
	memmove(w->s, s, len);
	w->s[len] = '\0';
	w->len = len;
}

static void
cut(struct work *w, size_t at, size_t n)
{
	memmove(w->s + at, w->s + at + n, w->len - at - n + 1);
	w->len -= n;
}

static int
begins(const char *s, size_t len, const char *with)
{
	size_t n = strlen(with);

	return len >= n && memcmp(s, with, n) == 0;
}

/* Length of the blank (seen or unseen) at ${s}, 0 if there is none. */
static size_t
blank_at(const char *s, size_t len)
{
	static const char *const wide[] = { "\xc2\xa0", "\xe2\x80\x8b", "\xef\xbb\xbf",
		"\xe2\x80\x8c", "\xe2\x80\x8d", "\xe2\x80\xaf", "\xe2\x80\x89",
		"\xe3\x80\x80", "\xe2\x81\xa0", "\xc2\xad" };

	if (len > 0 && (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n'))
		return 1;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (begins(s, len, wide[i]))
			return strlen(wide[i]);
	return 0;
}

static void
trim(struct work *w)
{
	size_t n;

	while ((n = blank_at(w->s, w->len)) > 0) {
		cut(w, 0, n);
		w->done |= EMAIL_TRIMMED;
	}
	for (int again = 1; again; ) {
		again = 0;
		for (size_t k = 1; k <= 3 && k <= w->len; k++)
			if (blank_at(w->s + w->len - k, k) == k) {
				w->s[w->len -= k] = '\0';
				w->done |= EMAIL_TRIMMED;
				again = 1;
				break;
			}
	}
}

/* Soft hyphens and the like, wherever they hide. */
static void
drop_unseen(struct work *w)
{
	for (size_t i = 0; i < w->len; ) {
		size_t n = (unsigned char)w->s[i] >= 0x80 ? blank_at(w->s + i, w->len - i) : 0;

		if (n > 0 && !begins(w->s + i, w->len - i, "\xc2\xa0") &&
		    !begins(w->s + i, w->len - i, "\xe3\x80\x80")) {
			cut(w, i, n);
			w->done |= EMAIL_SOFT_HYPHEN;
		} else
			i++;
	}
}

static void
drop_prefix(struct work *w)
{
	size_t end;

	if (email_matches(w->rules, PAT_PREFIX, w->s, w->len, &end) && end > 0) {
		cut(w, 0, end);
		w->done |= EMAIL_PREFIX;
	}
}

/* "<a@b>", "Name <a@b>": what stands between the one pair of brackets. */
static void
drop_brackets(struct work *w)
{
	char *open = memchr(w->s, '<', w->len), *close;

	if (open == NULL || (close = strchr(open, '>')) == NULL ||
	    strchr(open + 1, '<') != NULL || close[1] != '\0')
		return;
	if (memchr(w->s, '@', (size_t)(open - w->s)) != NULL)
		return;
	set(w, open + 1, (size_t)(close - open) - 1);
	w->done |= EMAIL_BRACKETS;
}

static void
drop_quotes(struct work *w)
{
	if (w->len > 2 && (w->s[0] == '"' || w->s[0] == '\'') &&
	    w->s[w->len - 1] == w->s[0]) {
		set(w, w->s + 1, w->len - 2);
		w->done |= EMAIL_QUOTES;
	}
}

static void
drop_final(struct work *w)
{
	while (w->len > 1 && strchr(".;,/", w->s[w->len - 1]) != NULL) {
		w->s[--w->len] = '\0';
		w->done |= EMAIL_FINAL;
	}
}

static void
drop_blank_at(struct work *w)
{
	char *at;

	for (char *from = w->s; (at = strchr(from, '@')) != NULL; from = at + 1) {
		while (at[1] == ' ') {
			cut(w, (size_t)(at - w->s) + 1, 1);
			w->done |= EMAIL_BLANK_AT;
		}
		while (at > w->s && at[-1] == ' ') {
			cut(w, (size_t)(at - w->s) - 1, 1);
			at--;
			w->done |= EMAIL_BLANK_AT;
		}
	}
}

/* Everything that needs no guess, until nothing changes any more. */
static void
mend(struct work *w)
{
	size_t before;

	do {
		before = w->len;
		trim(w);
		drop_unseen(w);
		drop_prefix(w);
		drop_brackets(w);
		drop_quotes(w);
		drop_final(w);
	} while (w->len != before);
	drop_blank_at(w);
}

static int
valid(struct work *w, struct email *e)
{
	email_check_strict(w->rules, w->s, w->len, e);
	return e->reason == EMAIL_OK;
}

/* A line break and a header line behind it: somebody tries something. */
static int
is_attack(const char *s, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		size_t k = i + 1;

		if (s[i] != '\n' && s[i] != '\r')
			continue;
		while (k < len && ((s[k] | 0x20) >= 'a' ? (s[k] | 0x20) <= 'z' : s[k] == '-'))
			k++;
		if (k > i + 1 && k < len && s[k] == ':')
			return 1;
	}
	return 0;
}

/* Put ${to} for every ${from}; how often. */
static int
replace(struct work *w, const char *from, const char *to)
{
	size_t nf = strlen(from), nt = strlen(to);
	int n = 0;

	for (size_t i = 0; i + nf <= w->len; ) {
		if (memcmp(w->s + i, from, nf) != 0) {
			i++;
			continue;
		}
		memmove(w->s + i + nt, w->s + i + nf, w->len - i - nf + 1);
		memcpy(w->s + i, to, nt);	/* ${to} is never the longer one */
		w->len = w->len - nf + nt;
		i += nt;
		n++;
	}
	return n;
}

/* "bjÃ¸rn" back to "bjørn". */
static int
decode_twice(struct work *w)
{
	int n = 0;

	for (size_t i = 0; i + 3 < w->len; i++) {
		unsigned char *p = (unsigned char *)w->s + i;

		if (p[0] != 0xc3 || p[1] < 0x82 || p[1] > 0x85 || p[2] != 0xc2)
			continue;
		p[0] = (unsigned char)(p[1] + 0x40);
		p[1] = p[3];
		cut(w, i + 2, 2);
		n++;
	}
	return n;
}

static void
note(struct work *w, int n, unsigned bit)
{
	if (n > 0)
		w->done |= bit;
}

static void
decode_1252(struct work *w)
{
	struct buf b = BUF(EMAIL_FIELD_MAX);

	if (utf8_valid(w->s, w->len))
		return;
	utf8_from_1252(&b, w->s, w->len);
	if (!b.over) {
		set(w, buf_text(&b), b.len);
		w->done |= EMAIL_ASK_CHARSET;
	}
	buf_free(&b);
}

/* What needs a person's nod. */
static void
guess(struct work *w)
{
	static const char *const at[] = { "(at)", "[at]", "{at}", "(AT)", "[AT]",
		"(alfakrøll)", " at ", " (a) ", "(a)" };
	static const char *const dot[] = { "[dot]", "(dot)", "[punktum]", "(punktum)",
		" dot ", "[DOT]", "(DOT)", "\xe3\x80\x82", "\xef\xbc\x8e", "\xef\xbd\xa1" };
	char *domain;

	decode_1252(w);
	note(w, decode_twice(w), EMAIL_ASK_CHARSET);
	if (memchr(w->s, '@', w->len) == NULL)
		for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++)
			note(w, replace(w, at[i], "@"), EMAIL_ASK_AT);
	note(w, replace(w, "\xef\xbc\xa0", "@"), EMAIL_ASK_AT);
	note(w, replace(w, "\xef\xb9\xab", "@"), EMAIL_ASK_AT);
	while (replace(w, "@@", "@") > 0)
		w->done |= EMAIL_ASK_AT;
	for (size_t i = 0; i < sizeof(dot) / sizeof(dot[0]); i++)
		note(w, replace(w, dot[i], "."), EMAIL_ASK_DOT_WORD);
	while (replace(w, "..", ".") > 0)
		w->done |= EMAIL_ASK_DOTS;
	mend(w);
	domain = strchr(w->s, '@');
	if (domain != NULL)
		for (char *p = domain; *p != '\0'; p++)
			if (*p == ',') {
				*p = '.';
				w->done |= EMAIL_ASK_DOTS;
			}
	note(w, replace(w, " ", ""), EMAIL_ASK_BLANK);
}

/* --- several addresses in one field ------------------------------------------ */

static int
separates(const char *s, size_t len, size_t *n)
{
	static const char *const word[] = { " og ", " and ", " eller ", " & ", " / " };

	for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
		if (begins(s, len, word[i])) {
			*n = strlen(word[i]);
			return 1;
		}
	*n = 1;
	return len > 0 && strchr(";,/ \t\r\n|", *s) != NULL;
}

/*
 * Cut the field at its separators and mend each piece with an @ in it.  The
 * number of pieces with an @; the valid ones are in ${found}, ${nfound}.
 */
static size_t
split(const struct work *whole, struct email *found, size_t max, size_t *nfound)
{
	struct work *piece = mem_alloc(sizeof(*piece));
	size_t with_at = 0, from = 0, n = 1;

	*nfound = 0;
	for (size_t i = 0; i <= whole->len; i++) {
		if (i < whole->len && !separates(whole->s + i, whole->len - i, &n))
			continue;
		if (memchr(whole->s + from, '@', i - from) != NULL) {
			with_at++;
			piece->rules = whole->rules;
			piece->done = 0;
			set(piece, whole->s + from, i - from);
			mend(piece);
			if (*nfound < max && valid(piece, &found[*nfound]))
				(*nfound)++;
		}
		if (i < whole->len)
			i += n - 1;
		from = i + 1;
	}
	free(piece);
	return with_at;
}

/* --- the two ways in ---------------------------------------------------------- */

static void
start(struct work *w, const struct email_rules *rules, const char *s, size_t len)
{
	w->rules = rules;
	w->done = 0;
	set(w, s, len > EMAIL_FIELD_MAX ? EMAIL_FIELD_MAX : len);
}

/* A name of a domain with a slip in it, where all else is right. */
static int
guess_domain(struct work *w, struct email *e)
{
	char domain[EMAIL_DOMAIN_MAX + 1], better[EMAIL_DOMAIN_MAX + 1];
	char *at = strrchr(w->s, '@');
	size_t n;

	if (at == NULL || at == w->s || (n = strlen(at + 1)) > EMAIL_DOMAIN_MAX)
		return 0;
	for (size_t i = 0; i <= n; i++)
		domain[i] = (char)(at[1 + i] >= 'A' && at[1 + i] <= 'Z' ?
		    at[1 + i] + 32 : at[1 + i]);
	if (!email_typo(w->rules, domain, better, sizeof(better)) ||
	    (size_t)(at - w->s) + 1 + strlen(better) > EMAIL_FIELD_MAX)
		return 0;
	strcpy(at + 1, better);
	w->len = strlen(w->s);
	return valid(w, e);
}

static enum email_reason
what_else(const struct email_rules *rules, const struct work *w,
    enum email_reason reason)
{
	if (memchr(w->s, '@', w->len) != NULL || reason == EMAIL_EMPTY)
		return reason;
	if (email_matches(rules, PAT_PLACEHOLDER, w->s, w->len, NULL))
		return EMAIL_PLACEHOLDER;
	if (email_matches(rules, PAT_PHONE, w->s, w->len, NULL))
		return EMAIL_PHONE;
	if (email_matches(rules, PAT_URL, w->s, w->len, NULL))
		return EMAIL_URL;
	return reason;
}

/* The best that can be made of it: 1 and *${got}, its repairs in w->done. */
static int
make_best(struct work *w, struct email *got, enum email_reason *reason)
{
	struct email found[EMAIL_SEVERAL];
	char mended[EMAIL_FIELD_MAX + 1];
	size_t n;
	unsigned safe;

	mend(w);
	*reason = what_else(w->rules, w, *reason);
	if (valid(w, got))
		return 1;
	if (split(w, found, EMAIL_SEVERAL, &n) > 1 && n > 0) {
		*got = found[0];
		*reason = EMAIL_SEVERAL_ADDRESSES;
		return 1;
	}
	memcpy(mended, w->s, w->len + 1);
	safe = w->done;
	guess(w);
	if (valid(w, got))
		return 1;
	set(w, mended, strlen(mended));
	w->done = safe;
	return guess_domain(w, got);
}

void
email_suggest(const struct email_rules *rules, const char *s, size_t len,
    struct email *e)
{
	struct work *w;
	struct email got;
	char better[EMAIL_DOMAIN_MAX + 1];
	const char *at;

	if (is_attack(s, len)) {
		e->reason = EMAIL_CONTROL;
		return;
	}
	w = mem_alloc(sizeof(*w));
	start(w, rules, s, len);
	if (make_best(w, &got, &e->reason)) {
		e->repairs = w->done;
		strcpy(e->suggestion, got.address);
		/* one suggestion, no chains: a slip in the domain goes with it */
		at = strrchr(e->suggestion, '@') + 1;
		if (email_typo(rules, at, better, sizeof(better)) &&
		    (size_t)(at - e->suggestion) + strlen(better) <= EMAIL_MAX) {
			strcpy(e->suggestion + (at - e->suggestion), better);
			e->flags |= EMAIL_TYPO;
		}
	}
	free(w);
}

/* Is it to be written to, looked at, or left alone?  For a valid address. */
static enum email_use
use_of(const struct email *e, int noreply_out)
{
	if (noreply_out && (e->flags & (EMAIL_NOREPLY | EMAIL_POSTMASTER)) != 0)
		return EMAIL_LEAVE;
	return (e->flags & (EMAIL_SMTPUTF8 | EMAIL_UNLISTED)) != 0 ? EMAIL_REVIEW :
	    EMAIL_USE;
}

/* Take the first usable one of several; the others are kept in their order. */
static void
take_several(struct email_field *f, const struct email *found, size_t n,
    int noreply_out)
{
	size_t best = 0;

	for (size_t i = 0; i < n; i++)
		if (use_of(&found[i], noreply_out) == EMAIL_USE) {
			best = i;
			break;
		}
	f->first = found[best];
	f->first.flags |= EMAIL_MANY;
	f->use = use_of(&found[best], noreply_out);
	for (size_t i = 0; i < n; i++)
		if (i != best)
			f->other[f->nother++] = mem_str(found[i].address);
}

static void
mended_field(const struct email_rules *rules, const char *raw, size_t len,
    int noreply_out, struct email_field *f)
{
	struct email found[EMAIL_SEVERAL], got;
	struct work *w = mem_alloc(sizeof(*w));
	enum email_reason reason = f->first.reason;
	size_t n;

	start(w, rules, raw, len);
	mend(w);
	if (w->len == 0)
		f->use = EMAIL_NONE;
	else if (valid(w, &got)) {
		f->first = got;
		f->first.repairs = w->done & SAFE;
		f->use = use_of(&got, noreply_out);
	} else if ((f->n = split(w, found, EMAIL_SEVERAL, &n)) > 1 && n > 0)
		take_several(f, found, n, noreply_out);
	else {
		email_check(rules, raw, len, &f->first);
		if (f->first.reason == EMAIL_OK)	/* cannot be */
			f->first.reason = reason;
		f->use = f->first.suggestion[0] != '\0' ? EMAIL_REVIEW : EMAIL_LEAVE;
	}
	if (f->n == 0)
		f->n = 1;
	free(w);
}

void
email_field(const struct email_rules *rules, const char *raw, size_t len,
    int noreply_out, struct email_field *f)
{
	memset(f, 0, sizeof(*f));
	email_check(rules, raw, len, &f->first);
	f->n = 1;
	if (f->first.reason == EMAIL_OK)
		f->use = use_of(&f->first, noreply_out);
	else if (f->first.reason == EMAIL_EMPTY) {
		f->use = EMAIL_NONE;
		f->n = 0;
	} else if (is_attack(raw, len))
		f->use = EMAIL_LEAVE;
	else
		mended_field(rules, raw, len, noreply_out, f);
}

void
email_field_free(struct email_field *f)
{
	for (size_t i = 0; i < f->nother; i++)
		free(f->other[i]);
	f->nother = 0;
}
