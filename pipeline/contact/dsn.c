/* dsn -- see dsn.h. */

#include <stdint.h>
#include <string.h>

#include "pipeline/contact/code.h"
#include "pipeline/contact/dsn.h"
#include "pipeline/contact/field.h"

#define NOBODY	SIZE_MAX

enum { FIELDS_MAX = 20000 };

static enum bounce_kind
action(const char *s)
{
	/* RFC 3464 2.3.3, then words that were seen in their place, by stem. */
	static const struct { const char *stem; enum bounce_kind kind; } table[] = {
		{ "fail", BOUNCE_FINAL }, { "undeliver", BOUNCE_FINAL },
		{ "not deliver", BOUNCE_FINAL }, { "reject", BOUNCE_FINAL },
		{ "expire", BOUNCE_FINAL }, { "error", BOUNCE_FINAL },
		{ "delay", BOUNCE_DELAYED }, { "deliver", BOUNCE_DELIVERED },
		{ "relay", BOUNCE_DELIVERED }, { "expand", BOUNCE_DELIVERED },
		{ "deliverable", BOUNCE_DELIVERED },
	};
	size_t i, len = strlen(s);

	while (len > 0 && (*s == ' ' || *s == '<' || *s == '('))
		s++, len--;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (field_starts(s, len, table[i].stem))
			return (table[i].kind);
	return (BOUNCE_OTHER);
}

static void
take_status(struct arena *mem, struct dsn_recipient *r, const char *s)
{
	size_t n, len = strlen(s);

	while (len > 0 && (*s == ' ' || *s == '<' || *s == '"'))
		s++, len--;
	n = code_status_at(s, len);
	if (n > 0) {
		r->status = arena_strn(mem, s, n);
		s += n;
	}
	while (*s == ' ' || *s == '(')
		s++;
	r->status_text = s;
}

static void
take_diagnostic(struct arena *mem, struct dsn_recipient *r, const char *s)
{
	const char *semi = strchr(s, ';');
	size_t i, n;
	char *type;

	r->type = "";
	/* A type is one word; "550 no; such user" has none. */
	if (semi != NULL && (n = (size_t)(semi - s)) < 30) {
		for (i = 0; i < n && s[i] > ' ' && s[i] < 0x7f &&
		    s[i] != '.' && s[i] != '<' && s[i] != ':'; i++)
			continue;
		while (i < n && s[i] == ' ')
			i++;
		if (i == n && n > 0 && !(s[0] >= '0' && s[0] <= '9')) {
			type = arena_strn(mem, s, n);
			for (i = 0; i < n; i++)
				type[i] = field_lower(type[i]);
			r->type = type;
			s = semi + 1;
		}
	}
	while (*s == ' ')
		s++;
	r->diagnostic = s;
}

static struct dsn_recipient *
add(struct arena *mem, struct dsn *d)
{
	struct dsn_recipient *more, *r;

	if ((d->n & (d->n - 1)) == 0) {	/* room for a power of two */
		more = arena_alloc(mem, (d->n == 0 ? 1 : 2 * d->n) *
		    sizeof(*more));
		if (d->n > 0)
			memcpy(more, d->recipient, d->n * sizeof(*more));
		d->recipient = more;
	}
	r = &d->recipient[d->n++];
	memset(r, 0, sizeof(*r));
	r->kind = BOUNCE_OTHER;
	r->diagnostic = r->type = r->status_text = "";
	return (r);
}

enum what { OTHER, ORIGINAL, FINAL, ACTION, STATUS, DIAGNOSTIC, ENVELOPE };

static enum what
what(const char *name)
{
	static const struct { const char *name; enum what what; } table[] = {
		{ "Original-Recipient", ORIGINAL },
		{ "Final-Recipient", FINAL },
		{ "Action", ACTION },
		{ "Status", STATUS },
		{ "Diagnostic-Code", DIAGNOSTIC },
		{ "Original-Envelope-Id", ENVELOPE },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (field_same(table[i].name, name))
			return (table[i].what);
	return (OTHER);
}

/* Has this recipient that field already? Then another begins. */
static int
has(const struct dsn_recipient *r, enum what w)
{

	switch (w) {
	case ORIGINAL:
		return (r->original != NULL);
	case FINAL:
		return (r->final != NULL);
	case ACTION:
		return (r->kind != BOUNCE_OTHER);
	case STATUS:
		return (r->status != NULL);
	case DIAGNOSTIC:
		return (r->diagnostic[0] != '\0');
	case OTHER:
	case ENVELOPE:
		break;
	}
	return (0);
}

static void
take_field(struct arena *mem, struct dsn *d, size_t *now, enum what w,
    const char *value, size_t max)
{
	struct dsn_recipient *r = *now == NOBODY ? NULL : &d->recipient[*now];

	if (w == ENVELOPE) {
		if (d->envelope_id == NULL)
			d->envelope_id = field_xtext(mem, value, strlen(value));
		return;
	}
	if (r == NULL || ((w == FINAL || w == ORIGINAL) && has(r, w))) {
		if (d->n >= max) {
			d->more = 1;
			return;
		}
		r = add(mem, d);
		*now = d->n - 1;
	}
	if (has(r, w))
		return;		/* the first one stands */
	switch (w) {
	case ORIGINAL:
		r->original = field_recipient(mem, value, strlen(value));
		break;
	case FINAL:
		r->final = field_recipient(mem, value, strlen(value));
		break;
	case ACTION:
		r->kind = action(value);
		break;
	case STATUS:
		take_status(mem, r, value);
		break;
	case DIAGNOSTIC:
		take_diagnostic(mem, r, value);
		break;
	case OTHER:
	case ENVELOPE:
		break;
	}
}

/* What Action does not say, the class of the status says. */
static void
settle(struct dsn_recipient *r)
{

	if (r->kind != BOUNCE_OTHER || r->status == NULL)
		return;
	r->kind = r->status[0] == '5' ? BOUNCE_FINAL :
	    r->status[0] == '4' ? BOUNCE_DELAYED : BOUNCE_DELIVERED;
}

void
dsn_read(struct arena *mem, const char *text, size_t len, size_t max,
    struct dsn *d)
{
	size_t at = 0, i, from = d->n, now = NOBODY, last;
	struct fields block;
	enum what w;

	for (;;) {
		memset(&block, 0, sizeof(block));
		if (!field_block(mem, text, len, &at, FIELDS_MAX, &block))
			break;
		last = now;
		/* A block that names nobody goes on with the one before, if
		 * that has not said these things yet. */
		for (i = 0; i < block.n; i++) {
			w = what(block.field[i].name);
			if (w == FINAL || w == ORIGINAL || (last != NOBODY &&
			    has(&d->recipient[last], w)))
				break;
		}
		now = i == block.n ? last : NOBODY;
		for (i = 0; i < block.n; i++) {
			w = what(block.field[i].name);
			if (w != OTHER)
				take_field(mem, d, &now, w,
				    block.field[i].value, max);
		}
		if (now == NOBODY)
			now = last;
	}
	for (i = from; i < d->n; i++)
		settle(&d->recipient[i]);
}

/*
 * Sendmail makes 5.5.0 of a reply that had no code of its own.  What the other
 * server did say stands in the transcript, behind "<<<".
 */
static int
quoted_status(struct arena *mem, const char *s, const char **ret)
{
	char out[CODE_STATUS];
	const char *nl;
	size_t n;

	for (*ret = NULL; s != NULL; s = nl != NULL ? nl + 1 : NULL) {
		nl = strchr(s, '\n');
		n = nl != NULL ? (size_t)(nl - s) : strlen(s);
		if (n > 8 && strncmp(s, "<<< ", 4) == 0 &&
		    code_status(s + 4, n - 4, out) && !code_weak(out))
			*ret = arena_str(mem, out);
	}
	return (*ret != NULL);
}

const char *
dsn_status(struct arena *mem, const struct dsn_recipient *r, const char *beside,
    const char *whole)
{
	char out[CODE_STATUS];
	const char *weak = r->status, *said;
	int told = strcmp(r->type, "x-unix") != 0 &&
	    code_status(r->diagnostic, strlen(r->diagnostic), out);

	/* Failed for good: a code that says "for now" is the queue's, not the
	 * refusal's. */
	if (told && r->kind == BOUNCE_FINAL && r->status != NULL &&
	    r->status[0] == '4' && out[0] == '5')
		weak = NULL;
	else if (!told && r->status != NULL && strcmp(r->status, "5.5.0") == 0 &&
	    quoted_status(mem, whole, &said))
		return (said);
	else if (r->status != NULL && !code_weak(r->status))
		return (r->status);
	if (told) {
		if (!code_weak(out) || weak == NULL ||
		    strcmp(out, weak) == 0)
			return (arena_str(mem, out));
	}
	if (beside == NULL || beside[0] == '\0')
		beside = whole;
	if (beside != NULL && code_status(beside, strlen(beside), out)) {
		if (!code_weak(out) || weak == NULL)
			return (arena_str(mem, out));
	}
	return (weak != NULL ? weak : r->status);
}
