#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"

#include "email/work.h"

struct work *
work_start(const struct email_rules *rules, const char *s, size_t len)
{
	struct work *w;

	if (len > EMAIL_FIELD_MAX || memchr(s, '\0', len) != NULL)
		return NULL;
	w = mem_alloc(sizeof(*w));
	w->rules = rules;
	work_set(w, s, len);
	return w;
}

void
work_set(struct work *w, const char *s, size_t len)
{
	memmove(w->s, s, len);
	w->s[len] = '\0';
	w->len = len;
}

void
work_cut(struct work *w, size_t at, size_t n)
{
	memmove(w->s + at, w->s + at + n, w->len - at - n + 1);
	w->len -= n;
}

int
work_begins(const char *s, size_t len, const char *with)
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
		if (work_begins(s, len, wide[i]))
			return strlen(wide[i]);
	return 0;
}

static void
trim(struct work *w)
{
	size_t n;

	while ((n = blank_at(w->s, w->len)) > 0) {
		work_cut(w, 0, n);
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

		if (n > 0 && !work_begins(w->s + i, w->len - i, "\xc2\xa0") &&
		    !work_begins(w->s + i, w->len - i, "\xe3\x80\x80")) {
			work_cut(w, i, n);
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
		work_cut(w, 0, end);
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
	work_set(w, open + 1, (size_t)(close - open) - 1);
	w->done |= EMAIL_BRACKETS;
}

static void
drop_quotes(struct work *w)
{
	if (w->len > 2 && (w->s[0] == '"' || w->s[0] == '\'') &&
	    w->s[w->len - 1] == w->s[0]) {
		work_set(w, w->s + 1, w->len - 2);
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
			work_cut(w, (size_t)(at - w->s) + 1, 1);
			w->done |= EMAIL_BLANK_AT;
		}
		while (at > w->s && at[-1] == ' ') {
			work_cut(w, (size_t)(at - w->s) - 1, 1);
			at--;
			w->done |= EMAIL_BLANK_AT;
		}
	}
}

/* Everything that needs no guess, until nothing changes any more. */
void
work_mend(struct work *w)
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

int
work_valid(struct work *w, struct email *e)
{
	email_check_strict(w->rules, w->s, w->len, e);
	return e->reason == EMAIL_OK;
}

static int
header_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '_';
}

int
work_attack(const char *s, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		size_t k = i + 1;

		if (s[i] != '\n' && s[i] != '\r')
			continue;
		while (k < len && header_char(s[k]))
			k++;
		if (k == i + 1)
			continue;
		while (k < len && (s[k] == ' ' || s[k] == '\t'))
			k++;
		if (k < len && s[k] == ':')
			return 1;
	}
	return 0;
}
