#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"

#include "email/private.h"

enum { SAFE = EMAIL_ASK_DOTS - 1 };	/* all bits that are mended without a guess */

/* What a dirty field could be read as. */
struct reading {
	struct email_work work;
	struct email got;		/* valid, when ${how} says so */
	struct email_several several;
	enum { NOTHING, MENDED, SEVERAL, GUESSED } how;
	enum email_reason reason;
	int attack, blank;		/* blank: nothing but what is not seen */
};

/* Is it something else than an address?  ${as} if not. */
static enum email_reason
what_else(const struct email_work *w, enum email_reason as)
{
	if (w->len == 0 || memchr(w->s, '@', w->len) != NULL)
		return as;
	if (email_matches(w->rules, PAT_PLACEHOLDER, w->s, w->len, NULL))
		return EMAIL_PLACEHOLDER;
	if (email_matches(w->rules, PAT_PHONE, w->s, w->len, NULL))
		return EMAIL_PHONE;
	if (email_matches(w->rules, PAT_URL, w->s, w->len, NULL))
		return EMAIL_URL;
	return as;
}

/* A slip in the domain where guesses about the rest have not helped: "yahoocom". */
static int
guess_domain(struct reading *r)
{
	struct email_work *w = &r->work;
	char domain[EMAIL_DOMAIN_MAX + 1], better[EMAIL_DOMAIN_MAX + 1];
	const char *at = memchr(w->s, '@', w->len);
	size_t front, n;

	if (at == NULL)
		return 0;
	front = (size_t)(at - w->s) + 1;
	n = w->len - front;
	if (n > EMAIL_DOMAIN_MAX || memchr(at + 1, '@', n) != NULL)
		return 0;
	for (size_t i = 0; i < n; i++)
		domain[i] = (char)(at[1 + i] >= 'A' && at[1 + i] <= 'Z' ?
		    at[1 + i] + 32 : at[1 + i]);
	domain[n] = '\0';
	if (!email_typo(w->rules, domain, better, sizeof(better)) ||
	    front + strlen(better) > EMAIL_FIELD_MAX)
		return 0;
	strcpy(w->s + front, better);
	w->len = strlen(w->s);
	return email_work_valid(w, &r->got);
}

/* Read the field; ${reason} is the strict check's. */
static void
read_field(struct reading *r, const struct email_rules *rules, const char *s,
    size_t len, enum email_reason reason)
{
	struct email_work *w = &r->work;

	r->how = NOTHING;
	r->reason = reason;
	r->attack = r->blank = 0;
	if (email_work_set(w, rules, s, len) != 0)
		return;
	if (email_matches(rules, PAT_HEADER, w->s, w->len, NULL)) {
		r->attack = 1;
		r->reason = EMAIL_CONTROL;
		return;
	}
	email_mend(w);
	r->blank = w->len == 0;
	r->reason = what_else(w, reason);
	if (email_work_valid(w, &r->got))
		r->how = (w->done & ~(unsigned)SAFE) == 0 ? MENDED : GUESSED;
	else if (email_several(w, &r->several)) {
		r->how = SEVERAL;
		r->several.ask |= w->done & ~(unsigned)SAFE;
		r->got = r->several.found[0];
		r->reason = EMAIL_SEVERAL_ADDRESSES;
	} else if (r->several.nfound == 1) {
		r->how = GUESSED;	/* one address, and another @ */
		r->got = r->several.found[0];
		w->done |= EMAIL_ASK_WORDS;
	} else if (r->reason == reason &&
	    (email_guess(w, &r->got) || guess_domain(r)))
		r->how = GUESSED;
}

/* ${e}, not valid, gets what the reading says. */
static void
tell(const struct reading *r, struct email *e)
{
	e->reason = r->reason;
	if (r->attack)
		e->flags |= EMAIL_INJECTION;
	if (r->how == NOTHING)
		return;
	e->repairs = r->how == SEVERAL ? r->got.repairs | r->several.ask : r->work.done;
	if (r->how != GUESSED || !email_typo_of(r->work.rules, r->got.address,
	    e->suggestion))
		strcpy(e->suggestion, r->got.address);
	else
		e->flags |= EMAIL_TYPO;
}

void
email_suggest(const struct email_rules *rules, const char *s, size_t len,
    struct email *e)
{
	struct reading *r;

	if (len == 0)
		return;
	r = mem_alloc(sizeof(*r));
	read_field(r, rules, s, len, e->reason);
	tell(r, e);
	free(r);
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

/* The full verdict on a valid address that the field was mended to. */
static void
take(const struct email_rules *rules, const struct email *e, unsigned repairs,
    struct email *ret)
{
	email_check(rules, e->address, strlen(e->address), ret);
	ret->repairs |= repairs;
}

/* Take the first usable one of several; the others are kept in their order. */
static void
take_several(const struct email_rules *rules, const struct email_several *s,
    int noreply_out, struct email_field *f)
{
	size_t best = 0;
	enum email_use use;

	f->use = use_of(&s->found[0], noreply_out);
	for (size_t i = 1; i < s->nfound; i++) {
		use = use_of(&s->found[i], noreply_out);
		if (use < f->use) {
			f->use = use;
			best = i;
		}
	}
	take(rules, &s->found[best], s->found[best].repairs | s->ask, &f->first);
	if (s->n > 1)
		f->first.flags |= EMAIL_MANY;
	if (s->ask != 0 && f->use == EMAIL_USE)
		f->use = EMAIL_REVIEW;
	f->n = s->n;
	for (size_t i = 0; i < s->nfound; i++)
		if (i != best)
			f->other[f->nother++] = mem_str(s->found[i].address);
}

void
email_field(const struct email_rules *rules, const char *raw, size_t len,
    int noreply_out, struct email_field *f)
{
	struct reading *r;

	memset(f, 0, sizeof(*f));
	f->n = 1;
	email_check(NULL, raw, len, &f->first);
	if (f->first.reason == EMAIL_OK) {
		email_check(rules, raw, len, &f->first);
		f->use = use_of(&f->first, noreply_out);
		return;
	}
	r = mem_alloc(sizeof(*r));
	read_field(r, rules, raw, len, f->first.reason);
	if (r->how == MENDED) {
		take(rules, &r->got, r->work.done, &f->first);
		f->use = use_of(&f->first, noreply_out);
	} else if (r->how == SEVERAL)
		take_several(rules, &r->several, noreply_out, f);
	else {
		tell(r, &f->first);
		f->use = r->how == GUESSED ? EMAIL_REVIEW : EMAIL_LEAVE;
		if (r->blank) {
			f->use = EMAIL_NONE;
			f->n = 0;
		}
	}
	free(r);
}

void
email_field_free(struct email_field *f)
{
	for (size_t i = 0; i < f->nother; i++)
		free(f->other[i]);
	f->nother = 0;
}
