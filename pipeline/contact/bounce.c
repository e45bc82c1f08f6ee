/* bounce -- see bounce.h.  Order of decision: rules of returned mail, 2. */

#include <string.h>

#include "pipeline/contact/bounce_priv.h"
#include "pipeline/contact/code.h"
#include "pipeline/contact/sns.h"

static const struct bounce_limits standard = {
	.octets = 2 << 20, .depth = 20, .parts = 200, .headers = 1000,
	.text = 256 << 10, .recipients = 1000,
};

static void
fill_limits(struct bounce_limits *l, const struct bounce_limits *given)
{

	*l = standard;
	if (given == NULL)
		return;
	if (given->octets > 0)
		l->octets = given->octets;
	if (given->depth > 0)
		l->depth = given->depth;
	if (given->parts > 0)
		l->parts = given->parts;
	if (given->headers > 0)
		l->headers = given->headers;
	if (given->text > 0)
		l->text = given->text;
	if (given->recipients > 0)
		l->recipients = given->recipients;
}

/* The whole report's kind: failed before delayed before delivered. */
static enum bounce_kind
kind_of_report(const struct reading *r)
{
	enum bounce_kind kind = BOUNCE_DELIVERED, k;
	size_t i;

	for (i = 0; i < r->dsn.n; i++) {
		k = r->dsn.recipient[i].kind;
		if (k == BOUNCE_OTHER)
			k = r->family.kind == BOUNCE_DELAYED ? BOUNCE_DELAYED :
			    BOUNCE_FINAL;
		if (k == BOUNCE_FINAL)
			return (k);
		if (k == BOUNCE_DELAYED)
			kind = k;
	}
	return (kind);
}

static int
report(struct reading *r)
{
	struct dsn *d = &r->dsn;
	size_t i;

	for (i = 0; i < r->mime.npart; i++)
		if (r->mime.part[i].sort == MIME_STATUS)
			dsn_read(r->mem, r->mime.part[i].text,
			    r->mime.part[i].len, r->limits->recipients, d);
	if (d->more)
		r->b->limits |= BOUNCE_LIMIT_RECIPIENTS;
	if (d->n == 0)
		return (0);
	reading_is(r, kind_of_report(r), "report");
	recipients_of_report(r);
	return (1);
}

/* Fields of a report written into the text itself (SES, WorkMail, others). */
static int
report_in_text(struct reading *r)
{
	const char *body = r->family.body, *p, *q;

	if (!r->daemon || body == NULL)
		return (0);
	p = field_find(body, strlen(body), "reporting-mta:");
	q = field_find(body, strlen(body), "final-recipient:");
	if (q == NULL)
		return (0);
	if (p == NULL || p > q)
		p = q;
	if (p > body && p[-1] != '\n' && p[-1] != ' ')
		return (0);
	dsn_read(r->mem, p, strlen(p), r->limits->recipients, &r->dsn);
	if (r->dsn.n == 0 || (r->dsn.recipient[0].original == NULL &&
	    r->dsn.recipient[0].final == NULL)) {
		r->dsn.n = 0;
		return (0);
	}
	reading_is(r, kind_of_report(r), "report in the text");
	recipients_of_report(r);
	return (1);
}

/* A notification of a sending service; only from a robot. */
static int
notification(struct reading *r)
{
	const struct mime_part *p = reading_part(r, MIME_TEXT);
	const char *complaint = NULL;
	enum bounce_kind kind;

	if (p == NULL || !reading_is_robot(r))
		return (0);
	kind = sns_read(r->mem, p->text, p->len, r->limits->recipients, &r->dsn,
	    &complaint);
	if (kind == BOUNCE_OTHER)
		return (0);
	reading_is(r, kind, "notification of a sending service");
	if (kind == BOUNCE_FEEDBACK) {
		r->b->feedback_type = "abuse";
		r->b->feedback_rcpt = complaint;
	} else
		recipients_of_report(r);
	return (1);
}

/*
 * Nothing but its subject makes it a failure notice: people show others what
 * came back to them, and lists and newsletters write of such things.
 */
static int
only_about(const struct reading *r)
{
	const struct family *f = &r->family;

	if (r->daemon != 1 || r->has_copy)
		return (0);
	if (r->titled == 1)
		return (1);
	return (f->name != NULL && !f->weak && r->b->from != NULL &&
	    !reading_is_robot(r));
}

/* "Your mailbox is full": a system that writes to its user. */
static int
about_its_receiver(const struct reading *r)
{
	const struct family *f = &r->family;
	char code[CODE_STATUS];

	return (f->weak == 2 && f->n == 1 && f->body != NULL && !r->has_copy &&
	    r->b->to != NULL &&
	    field_same(f->failure[0].address, r->b->to) &&
	    !code_reply(f->body, strlen(f->body), code));
}

/* A text that tells of a failure; see the rules in family.h. */
static int
text(struct reading *r)
{
	const struct family *f = &r->family;
	const char *body = f->body == NULL ? "" : f->body;
	char code[CODE_STATUS];
	int failed = field_get(&r->mime.head, "X-Failed-Recipients") != NULL;
	enum bounce_kind kind = BOUNCE_FINAL;
	int reply, reason;

	if (report_in_text(r))
		return (1);
	if (failed) {
		reading_is(r, f->name != NULL ? f->kind : BOUNCE_FINAL,
		    "header X-Failed-Recipients");
		recipients_of_text(r);
		return (1);
	}
	if (!r->daemon && (f->name == NULL || !r->has_copy ||
	    (f->weak && (f->n == 0 || !reading_is_robot(r)))))
		return (0);
	reply = code_status(body, strlen(body), code) ||
	    code_reply(body, strlen(body), code);
	if (only_about(r))
		return (0);
	if (about_its_receiver(r))
		return (0);
	if (f->name != NULL && !f->weak)
		;		/* its own words are enough */
	else if (r->daemon == 1 && !r->has_copy && !f->placed)
		return (0);
	else if (f->name != NULL && (f->n > 0 || r->has_copy || reply ||
	    (r->daemon == 2 && f->weak < 2)))
		r->b->review = f->n == 0;
	else if (f->n > 0 && (r->has_copy || reply)) {
		reason = reason_speaks(r->rules, body, strlen(body));
		if (!reason && !reply)
			return (0);
	} else if (r->named && f->placed && f->n > 0 &&
	    reason_speaks(r->rules, body, strlen(body)))
		r->b->review = 1;	/* a system's words, of no known form */
	else if (r->named && r->titled && r->has_copy) {
		/* or none that can be read, but our message and a subject */
		r->b->review = 1;
		if (reading_says(r->b->subject, "delay") ||
		    reading_says(r->b->subject, "warning"))
			kind = BOUNCE_DELAYED;
	} else
		return (0);
	reading_is(r, f->name != NULL ? f->kind : kind,
	    f->name == NULL ? "text: unknown family" :
	    arena_printf(r->mem, "text: %s", f->name));
	recipients_of_text(r);
	return (1);
}

/* Everything but the evidence. */
static void
decide(struct reading *r, const char *mail, size_t len)
{

	r->b->kind = BOUNCE_OTHER;
	r->b->how = "nothing that says otherwise";
	mime_read(r->mem, mail, len, r->limits, &r->mime);
	reading_mail(r);
	reading_texts(r);
	whose_copy(r);
	(void)(kinds_feedback(r) || report(r) || notification(r) ||
	    kinds_receipt(r) || text(r) || kinds_challenge(r) ||
	    kinds_auto_reply(r));
}

/* Does it name somebody by more than the returned copy? */
static int
names_somebody(const struct bounce *b)
{
	size_t i;

	for (i = 0; i < b->nrecipient; i++)
		if (b->recipient[i].source < BOUNCE_BY_COPY)
			return (1);
	return (0);
}

/*
 * A gateway that wraps the report it was given: a daemon's mail that says
 * nothing itself, with a daemon's mail in it that does.  Then the inner one is
 * read in its place; once, not deeper.  A person who forwards a report is no
 * daemon.
 */
static void
unwrap(struct reading *r)
{
	struct reading in;
	struct bounce b;
	const char *mail = NULL;
	size_t i, len = 0;

	if (!r->daemon || (r->b->kind != BOUNCE_OTHER &&
	    r->b->kind != BOUNCE_FINAL) || names_somebody(r->b))
		return;
	for (i = 0; i < r->mime.npart && mail == NULL; i++)
		if (r->mime.part[i].sort == MIME_COPY && r->mime.part[i].at > 0) {
			mail = r->mime.raw + r->mime.part[i].at;
			len = r->mime.rawlen - r->mime.part[i].at;
		}
	if (mail == NULL && r->family.copy != NULL) {
		mail = r->family.copy;
		len = strlen(mail);
	}
	if (mail == NULL)
		return;
	memset(&in, 0, sizeof(in));
	memset(&b, 0, sizeof(b));
	in.mem = b.mem = r->mem;
	in.rules = r->rules;
	in.limits = r->limits;
	in.b = &b;
	decide(&in, mail, len);
	if (!in.daemon || (b.kind != BOUNCE_FINAL && b.kind != BOUNCE_DELAYED) ||
	    !names_somebody(&b))
		return;
	/* The mail itself stays the outer one. */
	r->dsn = in.dsn;
	r->copy = in.copy;
	b.from = r->b->from;
	b.to = r->b->to;
	b.subject = r->b->subject;
	b.auto_submitted = r->b->auto_submitted;
	b.message_id = r->b->message_id;
	b.null_sender = r->b->null_sender;
	b.limits |= r->b->limits;
	b.how = arena_printf(r->mem, "%s, wrapped in another", b.how);
	*r->b = b;
}

void
bounce_read(const struct reason_rules *rules, const char *mail, size_t len,
    const struct bounce_envelope *envelope, const struct bounce_limits *given,
    struct bounce *ret)
{
	struct bounce_limits limits;
	struct reading r;

	fill_limits(&limits, given);
	memset(ret, 0, sizeof(*ret));
	memset(&r, 0, sizeof(r));
	ret->mem = r.mem = arena_new();
	r.rules = rules;
	r.limits = &limits;
	r.b = ret;
	decide(&r, mail, len);
	unwrap(&r);
	if (ret->kind == BOUNCE_FEEDBACK && ret->feedback_rcpt != NULL)
		recipients_other(&r, ret->feedback_rcpt, "feedback");
	if (ret->limits & (unsigned)BOUNCE_LIMIT_RECIPIENTS)
		ret->review = 1;
	whose_gather(&r, envelope);
}

void
bounce_free(struct bounce *b)
{

	arena_free(b->mem);
	memset(b, 0, sizeof(*b));
}
