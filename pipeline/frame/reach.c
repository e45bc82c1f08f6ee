#include <stdlib.h>
#include <string.h>

#include "email/email.h"
#include "pipeline/base/buf.h"

#include "pipeline/frame/reach.h"

struct reach {
	struct email_rules *rules;
	int noreply_out;
};

struct reach *
reach_new(const struct study *study, struct err *err)
{
	struct reach *r = mem_alloc(sizeof(*r));

	r->noreply_out = study->noreply_out;
	if ((r->rules = email_rules_new(err)) == NULL) {
		free(r);
		return NULL;
	}
	return r;
}

void
reach_free(struct reach *r)
{
	if (r == NULL)
		return;
	email_rules_free(r->rules);
	free(r);
}

/* Why a valid address is not used all the same, in a word. */
static const char *
flag_detail(const struct email *e)
{
	static const unsigned why[] = { EMAIL_NOREPLY, EMAIL_POSTMASTER, EMAIL_SMTPUTF8,
		EMAIL_UNLISTED };

	for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++)
		if ((e->flags & why[i]) != 0)
			return email_flag_code(why[i]);
	return email_reason_code(e->reason);
}

enum frame_reason
reach_candidate(struct reach *r, struct arena *a, struct candidate *c,
    const char *decided, struct frame_result *count)
{
	const char *text = decided != NULL ? decided : c->email_raw;
	struct buf note = BUF(400);
	struct email_field f;
	enum frame_reason reason = FRAME_KEPT;

	if (decided != NULL && decided[0] == '\0') {
		c->detail = "decided";
		return FRAME_EMAIL_UNUSABLE;
	}
	if (text == NULL)
		return FRAME_NO_EMAIL;
	email_field(r->rules, text, strlen(text), decided == NULL && r->noreply_out,
	    &f);
	if (f.first.reason == EMAIL_OK) {
		c->email = arena_str(a, f.first.address);
		c->email_key = arena_str(a, f.first.key);
	}
	email_codes(f.first.repairs, f.first.flags, &note);
	if (decided != NULL) {
		/* a person has looked at it: what would be asked is answered */
		if (f.first.reason == EMAIL_OK)
			f.use = EMAIL_USE;
		buf_str(&note, note.len > 0 ? ",decided" : "decided");
	}
	if (note.len > 0)
		c->note = arena_str(a, buf_text(&note));
	switch (f.use) {
	case EMAIL_USE:
		count->repaired += f.first.repairs != 0;
		count->several += f.nother > 0;
		break;
	case EMAIL_REVIEW:
		reason = FRAME_EMAIL_REVIEW;
		break;
	case EMAIL_LEAVE:
		reason = FRAME_EMAIL_UNUSABLE;
		break;
	case EMAIL_NONE:
		reason = FRAME_NO_EMAIL;
		break;
	}
	if (reason == FRAME_EMAIL_REVIEW || reason == FRAME_EMAIL_UNUSABLE)
		c->detail = f.first.reason != EMAIL_OK ?
		    email_reason_code(f.first.reason) : flag_detail(&f.first);
	buf_free(&note);
	email_field_free(&f);
	return reason;
}

_Static_assert((int)REACH_KEYS >= (int)EMAIL_SEVERAL, "all of a field's addresses");

size_t
reach_keys(struct reach *r, struct arena *a, const char *field,
    const char *key[static REACH_KEYS])
{
	struct email_field f;
	char more[EMAIL_KEY_MAX];
	size_t n = 0;

	email_field(r->rules, field, strlen(field), 0, &f);
	if (f.first.reason == EMAIL_OK)
		key[n++] = arena_str(a, f.first.key);
	for (size_t i = 0; i < f.nother && n < REACH_KEYS; i++)
		if (email_key(f.other[i], strlen(f.other[i]), more, sizeof(more)) == 0)
			key[n++] = arena_str(a, more);
	email_field_free(&f);
	return n;
}
