/* reading -- the mail itself and its texts, before anything is decided; see
 * bounce_priv.h. */

#include <string.h>

#include "pipeline/contact/bounce_priv.h"

enum { TEXTS_MAX = 6, TEXT_TOTAL = 1 << 20 };

const char *
reading_head(const struct reading *r, const char *name)
{
	const char *v = field_get(&r->mime.head, name);

	return (v == NULL ? "" : v);
}

int
reading_says(const char *s, const char *needle)
{

	return (field_find(s, strlen(s), needle) != NULL);
}

/* --- used by all kinds ---------------------------------------------------- */

int
reading_is(struct reading *r, enum bounce_kind kind, const char *how)
{

	r->b->kind = kind;
	r->b->how = how;
	return (1);
}

const struct mime_part *
reading_part(const struct reading *r, enum mime_sort sort)
{
	size_t i;

	for (i = 0; i < r->mime.npart; i++)
		if (r->mime.part[i].sort == sort)
			return (&r->mime.part[i]);
	return (NULL);
}

/* --- the mail itself ------------------------------------------------------- */

static const char *
address_of(struct reading *r, const char *name)
{
	const char *v = field_get(&r->mime.head, name), *a;

	if (v == NULL)
		return (NULL);
	a = field_address(r->mem, v, strlen(v));
	if (a == NULL && field_addresses(r->mem, v, &a, 1) == 0)
		a = NULL;
	return (a);
}

/* A mail system, by its address, its name or its null sender: 2; by no more
 * than its subject, which people write too: 1. */
static int
is_daemon(struct reading *r)
{
	static const char *const local[] = { "mailer-daemon", "postmaster",
	    "post_master", "post-master", "mdaemon", "mail-daemon",
	    "mailerdaemon", "mailer_daemon", "mail.delivery", "maildelivery",
	    "mail-delivery", "bounce", "daemon@", "mmdf@", "smtp@", "ndr@",
	    "mailadm", "mail_daemon", "microsoftexchange", "nobody@", "mailer@",
	    "delivery@", "imss@", "administrator@", "double-bounce", "mail-admin" };
	static const char *const both[] = { "bounce", "administrator@", "nobody@",
	    "mailadm", "mail-admin", "delivery@" };
	static const char *const list[] = { "-admin@", "-owner@", "-request@",
	    "-bounces@", "owner-" };
	static const char *const name[] = { "mail delivery", "delivery subsystem",
	    "delivery system", "mailer daemon", "mailer-daemon",
	    "system administrator", "internet mail", "mail system", "mailsystem",
	    "postmaster", "mail administrator", "delivery agent",
	    "delivery service" };
	static const char *const subject[] = { "undeliver", "failure notice",
	    "delivery fail", "delivery status", "returned mail", "mail delivery",
	    "delivery notification", "non-delivery", "nondeliver", "not delivered",
	    "delivery has failed", "delivery report", "failed mail", "mail error",
	    "failure delivery", "returning message", "could not be delivered",
	    "delivery problem", "delivery error", "delivery warning",
	    "message delayed", "delayed mail", "not yet been delivered",
	    "unzustellbar", "returned to sender", "mail failure",
	    "undelivrable", "non remis", "no entregado", "non recapitabile",
	    "mail system error", "message status", "failed delivery",
	    "user unknown", "ikke levert", "ej levererat", "kan ikke leveres" };
	static const char *const answer[] = { "re:", "fw:", "fwd:", "sv:", "vs:",
	    "aw:", "wg:", "tr:", "videresend" };
	const char *from = reading_head(r, "From"), *a = r->b->from;
	const char *s = reading_head(r, "Subject");
	int daemon;

	r->titled = !FIELD_STARTS_ANY(s, strlen(s), answer) &&
	    FIELD_ANY(s, strlen(s), subject);
	r->titled += r->titled && FIELD_STARTS_ANY(s, strlen(s), subject);
	daemon = (a != NULL && FIELD_STARTS_ANY(a, strlen(a), local)) ||
	    FIELD_ANY(from, strlen(from), name);
	/* people and newsletters write from these, too */
	r->named = daemon && (a == NULL || !FIELD_STARTS_ANY(a, strlen(a), both));
	if (r->b->null_sender || daemon)
		return (2);
	/* "From: <>", "From: MAILER-DAEMON", or none at all */
	if (a == NULL && (from[0] == '\0' || reading_says(from, "<>") ||
	    FIELD_STARTS_ANY(from, strlen(from), local)))
		return (2);
	/* the program of a mailing list */
	if (a != NULL && FIELD_ANY(a, strlen(a), list))
		return (2);
	a = reading_head(r, "Return-Path");
	a += strspn(a, " <");
	if (field_starts(a, strlen(a), "mailer-daemon"))
		return (2);
	if (reading_says(reading_head(r, "Received"), "invoked for bounce"))
		return (2);
	return (r->titled > 0);
}

void
reading_mail(struct reading *r)
{
	struct bounce *b = r->b;
	const char *v;

	b->limits = r->mime.limits;
	b->from = address_of(r, "From");
	b->to = address_of(r, "To");
	b->subject = bounce_cut(r->mem, reading_head(r, "Subject"));
	v = field_get(&r->mime.head, "Auto-Submitted");
	b->auto_submitted = v != NULL ? bounce_cut(r->mem, v) : NULL;
	v = field_get(&r->mime.head, "Message-ID");
	b->message_id = v != NULL ? bounce_cut(r->mem, v) : NULL;
	v = field_get(&r->mime.head, "Return-Path");
	b->null_sender = v != NULL && v[strspn(v, " <>")] == '\0';
	r->daemon = is_daemon(r);
	r->own[r->nown++] = b->from;
	r->own[r->nown++] = b->to;
	r->own[r->nown++] = address_of(r, "Return-Path");
}

/* Nobody reads answers there. */
int
reading_is_robot(const struct reading *r)
{
	static const char *const local[] = { "no-reply", "noreply", "no_reply",
	    "donotreply", "do-not-reply", "ikke-svar", "ikkesvar", "robot@",
	    "system@", "notification" };
	const char *v = r->b->auto_submitted;

	return ((r->b->from != NULL &&
	    FIELD_STARTS_ANY(r->b->from, strlen(r->b->from), local)) ||
	    (v != NULL && !field_starts(v, strlen(v), "no")));
}

/* --- texts ----------------------------------------------------------------- */

/* Does this reading tell more than that one? */
static int
better(const struct family *a, const struct family *b)
{
	int x = (a->name != NULL ? 4 : 0) + (a->name != NULL && !a->weak ? 2 : 0) +
	    (a->n > 0 ? 3 : 0);
	int y = (b->name != NULL ? 4 : 0) + (b->name != NULL && !b->weak ? 2 : 0) +
	    (b->n > 0 ? 3 : 0);

	return (b->body == NULL || x > y);
}

void
reading_texts(struct reading *r)
{
	const struct mime_part *p;
	struct family f;
	size_t i, n = 0, total = 0;
	int html;

	for (html = 0; html < 2; html++)
		for (i = 0; i < r->mime.npart; i++) {
			p = &r->mime.part[i];
			if (p->sort != (html ? MIME_HTML : MIME_TEXT) ||
			    p->len == 0 || n == TEXTS_MAX ||
			    total + p->len > TEXT_TOTAL)
				continue;
			/* The same as HTML adds nothing to a text that told. */
			if (html && r->family.name != NULL && r->family.n > 0)
				return;
			family_read(r->mem, p->text, p->len, r->own, r->nown,
			    r->limits->recipients, &f);
			if (better(&f, &r->family))
				r->family = f;
			total += p->len;
			n++;
		}
	if (r->family.more)
		r->b->limits |= BOUNCE_LIMIT_RECIPIENTS;
}

