/* whose -- whose mail it was: what bounce.h promises to whoever looks in the
 * database.  Rules of returned mail, section 4. */

#include <string.h>

#include "pipeline/contact/bounce_priv.h"

enum { COPY_TO_MAX = 50, CANDIDATES_MAX = 100, COPY_FIELDS = 1000 };

static void
candidate(struct reading *r, enum bounce_place place, const char *text)
{
	struct bounce *b = r->b;

	if (text == NULL || text[0] == '\0')
		return;
	if (b->candidate == NULL)
		b->candidate = arena_alloc(r->mem,
		    CANDIDATES_MAX * sizeof(*b->candidate));
	if (b->ncandidate == CANDIDATES_MAX)
		return;
	b->candidate[b->ncandidate].place = place;
	b->candidate[b->ncandidate++].text = bounce_cut(r->mem, text);
}

/* Each address of each field of that name. */
static void
candidates(struct reading *r, const struct fields *f, enum bounce_place place,
    const char *name)
{
	const char *a[20], *v;
	size_t i, j, n;

	for (i = 0; i < 20 && (v = field_nth(f, name, i)) != NULL; i++) {
		n = field_addresses(r->mem, v, a, 20);
		for (j = 0; j < n; j++)
			candidate(r, place, a[j]);
	}
}

/* Each <identifier> of a field. */
static void
identifiers(struct reading *r, const struct fields *f, enum bounce_place place,
    const char *name)
{
	const char *v = field_get(f, name), *gt;
	int n;

	for (n = 0; v != NULL && n < 30 && (v = strchr(v, '<')) != NULL; n++) {
		gt = strchr(++v, '>');
		if (gt == NULL)
			return;
		candidate(r, place, arena_strn(r->mem, v, (size_t)(gt - v)));
		v = gt;
	}
}

static const char *
identifier(struct reading *r, const struct fields *f, const char *name)
{
	const char *v = field_get(f, name), *gt;

	if (v == NULL)
		return (NULL);
	while (*v == ' ' || *v == '<')
		v++;
	gt = strpbrk(v, "> ");
	return (bounce_cut(r->mem, gt == NULL ? v :
	    arena_strn(r->mem, v, (size_t)(gt - v))));
}

static const char *
first_address(struct reading *r, const struct fields *f, const char *name)
{
	const char *v = field_get(f, name), *a;

	if (v == NULL)
		return (NULL);
	a = field_address(r->mem, v, strlen(v));
	if (a == NULL && field_addresses(r->mem, v, &a, 1) == 0)
		return (NULL);
	return (a);
}

void
whose_copy(struct reading *r)
{
	struct bounce *b = r->b;
	const char *v;
	size_t i, at = 0;

	for (i = 0; i < r->mime.npart && r->copy.n == 0; i++)
		if (r->mime.part[i].sort == MIME_COPY) {
			r->has_copy = 1;
			r->copy = r->mime.part[i].head;
		}
	if (r->copy.n == 0 && r->family.copy != NULL) {
		r->has_copy = 1;
		field_block(r->mem, r->family.copy, strlen(r->family.copy), &at,
		    COPY_FIELDS, &r->copy);
	}
	r->copy_of_list = field_get(&r->copy, "List-Id") != NULL ||
	    field_get(&r->copy, "List-Post") != NULL ||
	    field_get(&r->copy, "List-Help") != NULL ||
	    field_get(&r->copy, "X-BeenThere") != NULL;
	b->copy_to = arena_alloc(r->mem, COPY_TO_MAX * sizeof(*b->copy_to));
	v = field_get(&r->copy, "To");
	if (v != NULL)
		b->ncopy_to = field_addresses(r->mem, v, b->copy_to, COPY_TO_MAX);
	if (b->ncopy_to == 0)
		b->copy_to = NULL;
	b->copy_message_id = identifier(r, &r->copy, "Message-ID");
	b->copy_from = first_address(r, &r->copy, "From");
	v = field_get(&r->copy, "X-Utvalg-Ref");
	b->copy_ref = v != NULL ? bounce_cut(r->mem, v) : NULL;
}

void
whose_gather(struct reading *r, const struct bounce_envelope *e)
{
	static const char *const delivered[] = { "Delivered-To",
	    "X-Original-To", "Envelope-To", "X-Envelope-To" };
	const struct fields *h = &r->mime.head;
	size_t i;

	if (e != NULL) {
		candidate(r, BOUNCE_AT_ENVELOPE, e->recipient);
		candidate(r, BOUNCE_AT_ENVELOPE, e->original);
	}
	for (i = 0; i < sizeof(delivered) / sizeof(delivered[0]); i++)
		candidates(r, h, BOUNCE_AT_DELIVERED, delivered[i]);
	candidates(r, h, BOUNCE_AT_TO, "To");
	candidates(r, h, BOUNCE_AT_TO, "Cc");
	candidate(r, BOUNCE_AT_ENVID, r->dsn.envelope_id);
	candidate(r, BOUNCE_AT_MESSAGE_ID, r->b->copy_message_id);
	candidate(r, BOUNCE_AT_REF, r->b->copy_ref);
	candidates(r, &r->copy, BOUNCE_AT_RETURN_PATH, "Return-Path");
	if (r->b->feedback_from != NULL)
		candidate(r, BOUNCE_AT_RETURN_PATH, r->b->feedback_from);
	identifiers(r, h, BOUNCE_AT_REPLY, "In-Reply-To");
	identifiers(r, h, BOUNCE_AT_REPLY, "References");
}

enum token_state
bounce_token(const struct bounce *b, const struct token_keys *keys,
    const char *domain, char delimiter, int32_t today, struct token *ret,
    enum bounce_place *place)
{
	enum token_state best = TOKEN_NONE, s;
	const struct bounce_candidate *c;
	struct token t = { 0, 0, 0 };
	size_t i;

	for (i = 0; i < b->ncandidate && best != TOKEN_OK; i++) {
		c = &b->candidate[i];
		if (c->place == BOUNCE_AT_REPLY && (b->kind == BOUNCE_FINAL ||
		    b->kind == BOUNCE_DELAYED || b->kind == BOUNCE_DELIVERED ||
		    b->kind == BOUNCE_FEEDBACK))
			continue;
		s = token_find(keys, domain, delimiter, c->text, strlen(c->text),
		    today, &t);
		if (s <= best)
			continue;
		best = s;
		if (ret != NULL && (s == TOKEN_OK || s == TOKEN_EXPIRED))
			*ret = t;
		if (place != NULL)
			*place = c->place;
	}
	return (best);
}
