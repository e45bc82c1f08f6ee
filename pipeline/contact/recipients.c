/* recipients -- who a bounce is about and why; see bounce_priv.h.
 * rules of returned mail, sections 3 to 6. */

#include <string.h>

#include "pipeline/contact/bounce_priv.h"
#include "pipeline/contact/code.h"

/* All that was said about one failure. */
struct said {
	const char *status;	/* to be reported; or NULL */
	const char *diagnostic;	/* of the report; "" */
	const char *type;	/* of the diagnostic; "" */
	const char *beside;	/* text beside the address; "" */
	const char *whole;	/* the notice, where it is about nobody else; "" */
};

const char *
bounce_cut(struct arena *mem, const char *s)
{
	size_t n = strlen(s), i;
	char *out;

	if (n > BOUNCE_STRING) {
		n = BOUNCE_STRING;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
	}
	out = arena_strn(mem, s, n);
	for (i = 0; i < n; i++)
		if (out[i] == '\n')
			out[i] = ' ';
	return (out);
}

struct bounce_recipient *
recipients_add(struct reading *r)
{
	struct bounce *b = r->b;
	struct bounce_recipient *more, *x;

	if (b->nrecipient == r->room) {
		r->room = r->room == 0 ? 4 : 2 * r->room;
		more = arena_alloc(r->mem, r->room * sizeof(*more));
		if (b->nrecipient > 0)
			memcpy(more, b->recipient,
			    b->nrecipient * sizeof(*more));
		b->recipient = more;
	}
	x = &b->recipient[b->nrecipient++];
	memset(x, 0, sizeof(*x));
	x->source = BOUNCE_BY_NOTHING;
	x->kind = b->kind;
	x->reason = "undefined";
	x->fault = '-';
	x->rule = "none";
	x->text = "";
	return (x);
}

void
recipients_other(struct reading *r, const char *address, const char *reason)
{
	struct bounce_recipient *x = recipients_add(r);

	x->address = address;
	if (address != NULL)
		x->source = BOUNCE_BY_TEXT;
	x->reason = reason;
	x->rule = "kind";
	reason_known(reason, &x->fault, NULL);
}

/* One try with one text; ${by_text} if a pattern decided. */
static struct reason
try(struct reading *r, const struct said *s, const char *reply,
    const char *stage, const char *text, int *by_text)
{
	struct reason_case c = { s->status, reply, stage, NULL, text,
	    strlen(text) };
	struct reason ret;

	c.kind = strcmp(s->type, "x-unix") == 0 ? "x-unix" :
	    s->type[0] != '\0' ? "smtp" : "text";
	ret = reason_of(r->rules, &c);
	*by_text = reason_by_text(r->rules, ret.rule);
	return (ret);
}

static int
is_weak(const struct reason *x)
{

	return (strncmp(x->rule, "weak-", 5) == 0 ||
	    strcmp(x->rule, "program") == 0 ||
	    strcmp(x->rule, "none") == 0);
}

/*
 * The diagnostic first, then the text beside the address, and the whole notice
 * only where nothing better is known: it has words about everything.
 */
static void
decide(struct reading *r, struct bounce_recipient *x, const struct said *s)
{
	const char *const text[3] = { s->diagnostic, s->beside, s->whole };
	const char *stage = NULL, *reply = NULL, *on = s->diagnostic;
	struct reason best, next;
	char code[4];
	size_t i;
	int by_text;

	for (i = 0; i < 3 && stage == NULL; i++)
		stage = code_stage(text[i], strlen(text[i]));
	for (i = 0; i < 3 && reply == NULL; i++)
		if ((i > 0 || strcmp(s->type, "x-unix") != 0) &&
		    code_reply(text[i], strlen(text[i]), code))
			reply = arena_str(r->mem, code);
	best = try(r, s, reply, stage, s->diagnostic, &by_text);
	for (i = 1; i < 3 && !by_text; i++) {
		if (text[i][0] == '\0' || (i == 2 && !is_weak(&best)))
			continue;
		next = try(r, s, reply, stage, text[i], &by_text);
		if (by_text || (is_weak(&best) && !is_weak(&next)) ||
		    strcmp(best.rule, "none") == 0)
			best = next;
		if (by_text || on[0] == '\0')
			on = text[i];
	}
	/* Words without any code, which no rule knows, are no reason; no words
	 * at all are less. */
	if (strcmp(best.rule, "none") == 0 && s->status == NULL &&
	    reply == NULL && s->diagnostic[0] == '\0') {
		best.rule = "silent";
		if (strspn(s->beside, " \n") < strlen(s->beside))
			best.word = "onhold";
	}
	/* Whose delivery goes on for want of anything else. */
	if (strcmp(best.word, "undefined") == 0 ||
	    strcmp(best.word, "onhold") == 0) {
		if (x->kind == BOUNCE_DELAYED) {
			best.word = "expired";
			best.rule = "delayed";
			best.fault = 'N';
		} else
			r->b->review = 1;
	}
	x->status = s->status;
	x->reply = reply;
	x->reason = best.word;
	x->rule = best.rule;
	x->fault = best.fault;
	x->hard = best.hard && x->kind == BOUNCE_FINAL;
	x->text = bounce_cut(r->mem, on);
}

/* What the human text says beside an address. */
static const char *
text_beside(struct reading *r, const char *address, const char *other)
{
	const struct family *f = &r->family;
	size_t i;

	for (i = 0; i < f->n; i++)
		if ((address != NULL &&
		    field_same(f->failure[i].address, address)) ||
		    (other != NULL &&
		    field_same(f->failure[i].address, other)))
			return (f->failure[i].text);
	return ("");
}

/* X-Failed-Recipients, all of them. */
static size_t
failed_header(struct reading *r, const char **out, size_t max)
{
	const char *v;
	size_t n = 0, i;

	for (i = 0; n < max &&
	    (v = field_nth(&r->mime.head, "X-Failed-Recipients", i)) != NULL;
	    i++)
		n += field_addresses(r->mem, v, out + n, max - n);
	return (n);
}

/* The report names nobody: what else does? */
static void
name_it(struct reading *r, struct bounce_recipient *x)
{
	const char *one[2];

	if (failed_header(r, one, 2) == 1) {
		x->address = one[0];
		x->source = BOUNCE_BY_FAILED;
	} else if (r->family.n == 1) {
		x->address = r->family.failure[0].original != NULL ?
		    r->family.failure[0].original : r->family.failure[0].address;
		x->source = BOUNCE_BY_TEXT;
	} else if (r->b->ncopy_to == 1 && !r->copy_of_list) {
		x->address = r->b->copy_to[0];
		x->source = BOUNCE_BY_COPY;
	}
}

static int
seen(const struct bounce *b, size_t before, const char *address)
{
	size_t i;

	for (i = 0; i < before; i++)
		if (b->recipient[i].address != NULL &&
		    field_same(b->recipient[i].address, address))
			return (1);
	return (0);
}

static void
one_of_report(struct reading *r, const struct dsn_recipient *d)
{
	struct bounce_recipient *x;
	struct said s = { NULL, d->diagnostic, d->type, "", "" };
	const char *address = d->original != NULL ? d->original : d->final;

	/* The same address in several blocks: the first one tells. */
	if (address != NULL && seen(r->b, r->b->nrecipient, address))
		return;
	x = recipients_add(r);
	x->address = address;
	x->source = d->original != NULL ? BOUNCE_BY_ORIGINAL : BOUNCE_BY_FINAL;
	x->kind = d->kind != BOUNCE_OTHER ? d->kind :
	    r->family.kind == BOUNCE_DELAYED ? BOUNCE_DELAYED : BOUNCE_FINAL;
	if (d->original != NULL && d->final != NULL &&
	    !field_same(d->original, d->final))
		x->final = d->final;
	if (address == NULL) {
		x->source = BOUNCE_BY_NOTHING;
		name_it(r, x);
	}
	if (x->kind == BOUNCE_DELIVERED) {
		x->status = d->status;
		x->reason = "delivered";
		x->rule = "action";
		x->text = bounce_cut(r->mem, d->diagnostic);
		return;
	}
	s.beside = text_beside(r, x->address, d->final);
	if (r->dsn.n == 1) {
		s.whole = r->family.body != NULL ? r->family.body : "";
		if (s.beside[0] == '\0' && r->family.n == 1)
			s.beside = r->family.failure[0].text;
	}
	if (d->diagnostic[0] == '\0')
		s.diagnostic = d->status_text;
	s.status = dsn_status(r->mem, d, s.beside, s.whole);
	decide(r, x, &s);
}

void
recipients_of_report(struct reading *r)
{
	size_t i;

	for (i = 0; i < r->dsn.n; i++)
		one_of_report(r, &r->dsn.recipient[i]);
}

/* A failure told by text alone. */
static void
one_of_text(struct reading *r, const char *address, enum bounce_source source,
    const char *beside, const char *whole)
{
	struct bounce_recipient *x;
	struct said s = { NULL, "", "", beside, whole };
	char out[CODE_STATUS];

	if (address != NULL && seen(r->b, r->b->nrecipient, address))
		return;
	if (r->b->nrecipient == r->limits->recipients) {
		r->b->limits |= BOUNCE_LIMIT_RECIPIENTS;
		return;
	}
	x = recipients_add(r);
	x->address = address;
	x->source = source;
	if (code_status(beside, strlen(beside), out) ||
	    code_status(whole, strlen(whole), out))
		s.status = arena_str(r->mem, out);
	decide(r, x, &s);
}

void
recipients_of_text(struct reading *r)
{
	const struct family *f = &r->family;
	const char *whole = f->body != NULL ? f->body : "", **failed;
	const char *address, *beside;
	size_t n, i;

	failed = arena_alloc(r->mem, r->limits->recipients * sizeof(*failed));
	n = failed_header(r, failed, r->limits->recipients);
	for (i = 0; i < n; i++) {
		beside = text_beside(r, failed[i], NULL);
		if (beside[0] == '\0' && n == 1 && f->n == 1)
			beside = f->failure[0].text;
		one_of_text(r, failed[i], BOUNCE_BY_FAILED, beside,
		    n == 1 ? whole : "");
	}
	for (i = 0; n == 0 && i < f->n; i++) {
		address = f->failure[i].original != NULL ?
		    f->failure[i].original : f->failure[i].address;
		one_of_text(r, address, BOUNCE_BY_TEXT, f->failure[i].text,
		    f->n == 1 ? whole : "");
	}
	if (r->b->nrecipient > 0)
		return;
	if (r->b->ncopy_to == 1 && !r->copy_of_list)
		one_of_text(r, r->b->copy_to[0], BOUNCE_BY_COPY, "", whole);
	else
		one_of_text(r, NULL, BOUNCE_BY_NOTHING, "", whole);
}
