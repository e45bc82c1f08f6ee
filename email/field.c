#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"

#include "email/work.h"

/* --- several addresses in one field ------------------------------------------ */

static int
separates(const char *s, size_t len, size_t *n)
{
	static const char *const word[] = { " og ", " and ", " eller ", " & ", " / " };

	for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
		if (work_begins(s, len, word[i])) {
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
			piece->done = whole->done;
			work_set(piece, whole->s + from, i - from);
			work_mend(piece);
			if (*nfound < max && work_valid(piece, &found[*nfound])) {
				found[*nfound].repairs = piece->done;
				(*nfound)++;
			}
		}
		if (i < whole->len)
			i += n - 1;
		from = i + 1;
	}
	free(piece);
	return with_at;
}

/* --- the two ways in ---------------------------------------------------------- */

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
	return work_valid(w, e);
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

/* Words around one address: "post@firma.no, ring heller". */
static int
one_of_words(struct work *w, struct email *got)
{
	struct email found[EMAIL_SEVERAL];
	size_t n;

	if (split(w, found, EMAIL_SEVERAL, &n) != 1 || n != 1)
		return 0;
	*got = found[0];
	w->done = found[0].repairs | EMAIL_ASK_WORDS;
	return 1;
}

/* The best that can be made of it: 1 and *${got}, its repairs in w->done. */
static int
make_best(struct work *w, struct email *got, enum email_reason *reason)
{
	struct email found[EMAIL_SEVERAL];
	char mended[EMAIL_FIELD_MAX + 1];
	size_t n;
	unsigned safe;

	work_mend(w);
	*reason = what_else(w->rules, w, *reason);
	if (work_valid(w, got))
		return 1;
	if (split(w, found, EMAIL_SEVERAL, &n) > 1 && n > 0) {
		*got = found[0];
		w->done = found[0].repairs;
		*reason = EMAIL_SEVERAL_ADDRESSES;
		return 1;
	}
	memcpy(mended, w->s, w->len + 1);
	safe = w->done;
	work_guess(w);
	/* a suffix nobody knows is rather a word that stood behind */
	if (work_valid(w, got) && (got->flags & EMAIL_UNLISTED) == 0)
		return 1;
	work_set(w, mended, strlen(mended));
	w->done = safe;
	if (one_of_words(w, got))
		return 1;
	work_guess(w);
	if (work_valid(w, got))
		return 1;
	work_set(w, mended, strlen(mended));
	w->done = safe;
	return guess_domain(w, got);
}

void
email_suggest(const struct email_rules *rules, const char *s, size_t len,
    struct email *e)
{
	struct work *w;
	struct email got;

	if (work_attack(s, len)) {
		e->reason = EMAIL_CONTROL;
		return;
	}
	if ((w = work_start(rules, s, len)) == NULL)
		return;
	if (make_best(w, &got, &e->reason)) {
		/* one suggestion, no chains: a slip in the domain goes with it */
		email_add_typo(rules, &got);
		e->repairs = w->done;
		e->flags |= got.flags & EMAIL_TYPO;
		strcpy(e->suggestion, got.suggestion[0] != '\0' ? got.suggestion :
		    got.address);
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

/* Is this the one that was taken, or the same mailbox as one before it? */
static int
seen_before(const struct email *found, size_t i, size_t best)
{
	if (strcmp(found[i].key, found[best].key) == 0)
		return 1;
	for (size_t k = 0; k < i; k++)
		if (strcmp(found[i].key, found[k].key) == 0)
			return 1;
	return 0;
}

/* Take the first usable one of several; the others are kept in their order. */
static void
take_several(const struct email_rules *rules, struct email_field *f,
    const struct email *found, size_t n, int noreply_out)
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
	f->first.repairs &= WORK_SAFE;
	email_add_typo(rules, &f->first);
	for (size_t i = 0; i < n; i++)
		if (!seen_before(found, i, best))
			f->other[f->nother++] = mem_str(found[i].address);
}

/* f->first is the strict verdict, which stands where nothing can be mended. */
static void
mended_field(const struct email_rules *rules, const char *raw, size_t len,
    int noreply_out, struct email_field *f)
{
	struct email found[EMAIL_SEVERAL], got;
	struct work *w = work_start(rules, raw, len);
	size_t n, with_at;

	if (w == NULL) {
		f->use = EMAIL_LEAVE;
		return;
	}
	work_mend(w);
	if (w->len == 0) {
		f->use = EMAIL_NONE;
		f->n = 0;
	} else if (work_valid(w, &got)) {
		f->first = got;
		f->first.repairs = w->done & WORK_SAFE;
		email_add_typo(rules, &f->first);
		f->use = use_of(&got, noreply_out);
	} else if ((with_at = split(w, found, EMAIL_SEVERAL, &n)) > 1 && n > 0) {
		f->n = with_at;
		take_several(rules, f, found, n, noreply_out);
	} else
		f->use = f->first.suggestion[0] != '\0' ? EMAIL_REVIEW : EMAIL_LEAVE;
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
	} else if (work_attack(raw, len))
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
