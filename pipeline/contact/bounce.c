/* bounce -- see bounce.h.  Order of decision: facts of returned mail, 2. */

#include <string.h>

#include "pipeline/contact/bounce_priv.h"
#include "pipeline/contact/code.h"
#include "pipeline/contact/sns.h"

enum { TEXTS_MAX = 6, TEXT_TOTAL = 1 << 20 };

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

static const char *
head(const struct reading *r, const char *name)
{
	const char *v = field_get(&r->mime.head, name);

	return (v == NULL ? "" : v);
}

static int
says(const char *s, const char *needle)
{

	return (field_find(s, strlen(s), needle) != NULL);
}

static int
any_of(const char *s, size_t len, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (field_find(s, len, list[i]) != NULL)
			return (1);
	return (0);
}
#define ANY_OF(s, list) \
	any_of((s), strlen(s), (list), sizeof(list) / sizeof((list)[0]))

static int
starts_any(const char *s, const char *const *list, size_t n)
{
	size_t i, len = strlen(s);

	for (i = 0; i < n; i++)
		if (field_starts(s, len, list[i]))
			return (1);
	return (0);
}
#define STARTS_ANY(s, list) \
	starts_any((s), (list), sizeof(list) / sizeof((list)[0]))

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
is_daemon(const struct reading *r)
{
	static const char *const local[] = { "mailer-daemon", "postmaster",
	    "post_master", "post-master", "mdaemon", "mail-daemon",
	    "mailerdaemon", "mailer_daemon", "mail.delivery", "maildelivery",
	    "mail-delivery", "bounce", "daemon@", "mmdf@", "smtp@", "ndr@",
	    "mailadm", "mail_daemon", "microsoftexchange", "nobody@", "mailer@",
	    "delivery@", "imss@", "administrator@", "double-bounce", "mail-admin" };
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
	const char *from = head(r, "From"), *a = r->b->from, *s = head(r, "Subject");

	if (r->b->null_sender || (a != NULL && STARTS_ANY(a, local)) ||
	    ANY_OF(from, name))
		return (2);
	/* "From: <>", "From: MAILER-DAEMON", or none at all */
	if (a == NULL && (from[0] == '\0' || says(from, "<>") ||
	    STARTS_ANY(from, local)))
		return (2);
	/* the program of a mailing list */
	if (a != NULL && ANY_OF(a, list))
		return (2);
	a = head(r, "Return-Path");
	a += strspn(a, " <");
	if (field_starts(a, strlen(a), "mailer-daemon"))
		return (2);
	if (says(head(r, "Received"), "invoked for bounce"))
		return (2);
	return (!STARTS_ANY(s, answer) && ANY_OF(s, subject) ? 1 : 0);
}

static void
read_mail(struct reading *r)
{
	struct bounce *b = r->b;
	const char *v;

	b->limits = r->mime.limits;
	b->from = address_of(r, "From");
	b->to = address_of(r, "To");
	b->subject = bounce_cut(r->mem, head(r, "Subject"));
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

static void
read_texts(struct reading *r)
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

/* --- kinds ----------------------------------------------------------------- */

static int
is(struct reading *r, enum bounce_kind kind, const char *how)
{

	r->b->kind = kind;
	r->b->how = how;
	return (1);
}

static const struct mime_part *
part_of(const struct reading *r, enum mime_sort sort)
{
	size_t i;

	for (i = 0; i < r->mime.npart; i++)
		if (r->mime.part[i].sort == sort)
			return (&r->mime.part[i]);
	return (NULL);
}

/* A DMARC aggregate: a compressed file and a subject of RFC 7489, 7.2.1.1. */
static int
is_dmarc(const struct reading *r)
{
	const char *s = head(r, "Subject");
	size_t i;

	if (!says(s, "report domain:") && !says(s, "report-id:"))
		return (0);
	for (i = 0; i < r->mime.npart; i++)
		if (says(r->mime.part[i].type, "zip") ||
		    says(r->mime.part[i].name, ".xml"))
			return (1);
	return (0);
}

static int
feedback(struct reading *r)
{
	const struct mime_part *p = part_of(r, MIME_FEEDBACK);
	struct bounce *b = r->b;
	struct fields f = { NULL, 0, 0 };
	const char *v;
	char *type;
	size_t at = 0, i;

	if (p == NULL && !field_same(r->mime.report_type, "feedback-report")) {
		if (is_dmarc(r)) {
			b->feedback_dmarc = 1;
			return (is(r, BOUNCE_FEEDBACK, "DMARC aggregate report"));
		}
		/* Microsoft's older loop (JMRP): a complaint without report. */
		if (r->has_copy && field_starts(head(r, "Subject"),
		    strlen(head(r, "Subject")), "complaint about message from")) {
			b->feedback_type = "abuse";
			b->feedback_rcpt = b->ncopy_to == 1 ? b->copy_to[0] : NULL;
			return (is(r, BOUNCE_FEEDBACK, "complaint with copy"));
		}
		return (0);
	}
	if (p != NULL)
		while (field_block(r->mem, p->text, p->len, &at,
		    r->limits->headers, &f))
			continue;
	v = field_get(&f, "Feedback-Type");
	type = arena_str(r->mem, v != NULL ? bounce_cut(r->mem, v) : "abuse");
	for (i = 0; type[i] != '\0'; i++)
		type[i] = field_lower(type[i]);
	b->feedback_type = type;
	b->feedback_dmarc = strncmp(type, "auth-failure", 12) == 0;
	v = field_get(&f, "User-Agent");
	b->feedback_agent = v != NULL ? bounce_cut(r->mem, v) : NULL;
	v = field_get(&f, "Original-Rcpt-To");
	if (v == NULL)
		v = field_get(&f, "Removal-Recipient");
	b->feedback_rcpt = v != NULL ? field_address(r->mem, v, strlen(v)) : NULL;
	v = field_get(&f, "Original-Mail-From");
	b->feedback_from = v != NULL ? field_address(r->mem, v, strlen(v)) : NULL;
	return (is(r, BOUNCE_FEEDBACK, "feedback report"));
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
	is(r, kind_of_report(r), "report");
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
	is(r, kind_of_report(r), "report in the text");
	recipients_of_report(r);
	return (1);
}

/* Nobody reads answers there. */
static int
is_robot(const struct reading *r)
{
	static const char *const local[] = { "no-reply", "noreply", "no_reply",
	    "donotreply", "do-not-reply", "ikke-svar", "ikkesvar", "robot@",
	    "system@", "notification" };
	const char *v = r->b->auto_submitted;

	return ((r->b->from != NULL && STARTS_ANY(r->b->from, local)) ||
	    (v != NULL && !field_starts(v, strlen(v), "no")));
}

/* A notification of a sending service; only from a robot. */
static int
notification(struct reading *r)
{
	const struct mime_part *p = part_of(r, MIME_TEXT);
	const char *complaint = NULL;
	enum bounce_kind kind;

	if (p == NULL || !is_robot(r))
		return (0);
	kind = sns_read(r->mem, p->text, p->len, r->limits->recipients, &r->dsn,
	    &complaint);
	if (kind == BOUNCE_OTHER)
		return (0);
	is(r, kind, "notification of a sending service");
	if (kind == BOUNCE_FEEDBACK) {
		r->b->feedback_type = "abuse";
		r->b->feedback_rcpt = complaint;
	} else
		recipients_of_report(r);
	return (1);
}

/* A text that tells of a failure; see the rules in family.h. */
static int
text(struct reading *r)
{
	const struct family *f = &r->family;
	const char *body = f->body == NULL ? "" : f->body;
	char code[CODE_STATUS];
	int failed = field_get(&r->mime.head, "X-Failed-Recipients") != NULL;
	int reply, reason;

	if (report_in_text(r))
		return (1);
	if (failed) {
		is(r, f->name != NULL ? f->kind : BOUNCE_FINAL,
		    "header X-Failed-Recipients");
		recipients_of_text(r);
		return (1);
	}
	if (!r->daemon && (f->name == NULL || !r->has_copy ||
	    (f->weak && (f->n == 0 || !is_robot(r)))))
		return (0);
	reply = code_status(body, strlen(body), code) ||
	    code_reply(body, strlen(body), code);
	if (f->name != NULL && !f->weak)
		;		/* its own words are enough */
	else if (r->daemon == 1 && !r->has_copy && !f->placed)
		return (0);
	else if (f->name != NULL && (f->n > 0 || r->has_copy || reply))
		r->b->review = f->n == 0;
	else if (f->n > 0 && (r->has_copy || reply)) {
		reason = reason_speaks(r->rules, body, strlen(body));
		if (!reason && !reply)
			return (0);
	} else
		return (0);
	is(r, f->name != NULL ? f->kind : BOUNCE_FINAL,
	    f->name == NULL ? "text: unknown family" :
	    arena_printf(r->mem, "text: %s", f->name));
	recipients_of_text(r);
	return (1);
}

static int
receipt(struct reading *r)
{
	const struct mime_part *p = part_of(r, MIME_MDN);
	struct fields f = { NULL, 0, 0 };
	const char *v, *who, *disposition;
	size_t at = 0;

	if (p == NULL)
		return (0);
	while (field_block(r->mem, p->text, p->len, &at, r->limits->headers, &f))
		continue;
	v = field_get(&f, "Original-Recipient");
	who = v != NULL ? field_recipient(r->mem, v, strlen(v)) : NULL;
	v = field_get(&f, "Final-Recipient");
	if (who == NULL && v != NULL)
		who = field_recipient(r->mem, v, strlen(v));
	disposition = field_get(&f, "Disposition");
	if (disposition != NULL && says(disposition, "deleted") &&
	    r->family.body != NULL && (says(r->family.body,
	    "automatically rejected") || says(r->family.body, "quota"))) {
		is(r, BOUNCE_FINAL, "receipt of a refusal");
		recipients_of_text(r);
		if (who != NULL) {
			r->b->nrecipient = 1;
			r->b->recipient[0].address = who;
			r->b->recipient[0].source = BOUNCE_BY_FINAL;
			if (strcmp(r->b->recipient[0].reason, "undefined") == 0)
				r->b->recipient[0].reason = "filtered";
		}
		return (1);
	}
	is(r, BOUNCE_MDN, "read receipt");
	recipients_other(r, who, "delivered");
	return (1);
}

static int
challenge(struct reading *r)
{
	static const char *const words[] = {
		"confirm your message", "confirm that you sent",
		"confirm delivery of your", "verify that you are a",
		"verify your e-mail to me", "verify your email to me",
		"release your message", "to deliver your message, please",
		"so that your message can be delivered",
		"so that your e-mail can be delivered",
		"so your message will be delivered",
		"click on the link below to deliver", "to have your message delivered",
		"to have your mail delivered", "to release your message for delivery",
		"list of approved senders", "senders i have approved",
		"to my guest list", "para que sua mensagem seja encaminhada", "add you to my allowed senders",
		"you have been added to my allowed", "prove that you are human",
		"prove you are human", "challenge/response",
		"sender verification required", "spamarrest", "boxbe",
		"is protected by a challenge", "please reply to this message to confirm",
		"approved senders list", "approved sender list",
		"to be added to my", "before your message can be delivered",
		"held until you confirm", "confirm that you are a real person",
		"before i can receive your", "bekreft at du er et menneske",
		"bekreft avsender", "for at meldingen skal bli levert",
		"bekræft at du", "damit ihre nachricht zugestellt",
		"pour que votre message soit",
	};
	const char *body = r->family.body;

	if (body == NULL || (!ANY_OF(body, words) &&
	    !says(head(r, "Subject"), "sender verification") &&
	    !says(head(r, "Subject"), "please confirm your message")))
		return (0);
	/* It must come of itself and answer something. */
	if (!says(body, "automat") &&
	    !says(head(r, "Subject"), "please confirm your message") &&
	    field_get(&r->mime.head, "Auto-Submitted") == NULL && !r->daemon &&
	    field_get(&r->mime.head, "In-Reply-To") == NULL &&
	    field_get(&r->mime.head, "X-Autoreply") == NULL &&
	    field_get(&r->mime.head, "Precedence") == NULL)
		return (0);
	is(r, BOUNCE_CHALLENGE, "asks for a confirmation");
	recipients_other(r, r->b->from, "undefined");
	return (1);
}

static int
auto_reply_header(const struct reading *r)
{
	static const char *const names[] = { "X-Autoreply", "X-Autorespond",
	    "X-Auto-Reply", "X-Autoresponder", "X-Mail-Autoreply",
	    "X-Vacation" };
	const char *v = head(r, "Auto-Submitted");
	size_t i;

	v += strspn(v, " ");
	if (v[0] != '\0' && !field_starts(v, strlen(v), "no"))
		return (1);
	if (says(head(r, "Precedence"), "auto_reply") ||
	    says(head(r, "Precedence"), "auto-reply") ||
	    says(head(r, "X-Precedence"), "auto_reply"))
		return (1);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		v = field_get(&r->mime.head, names[i]);
		if (v != NULL && !field_same(v, "no"))
			return (1);
	}
	return (0);
}

static int
auto_reply(struct reading *r)
{
	/* Subjects of the programs people here write with, and their kin. */
	static const char *const subjects[] = {
		"automatisk svar", "autosvar", "automatisk respons", "fravær",
		"fraværsmelding", "ikke på kontoret", "ikkje på kontoret", "ikke til stede", "ikkje til stades", "ute av kontoret",
		"på ferie", "feriefravær", "ferie:", "automatisk melding",
		"automatisk e-post", "automatisk tilbakemelding", "auto:",
		"autosvar:", "frånvaro", "frånvarande", "autosvar",
		"automatiskt svar", "jag är på semester",
		"automatisk besvarelse", "ikke til stede",
		"out of office", "out of the office", "automatic reply",
		"auto reply", "auto-reply", "autoreply", "auto response",
		"auto-response", "autoresponse", "automated reply",
		"automated response", "vacation", "on vacation", "away from",
		"abwesenheit", "automatische antwort", "abwesend", "urlaub",
		"réponse automatique", "absence du bureau", "absence",
		"absent", "réponse d'absence", "automaattinen vastaus",
		"poissa", "lomalla", "poissaolo",
		"respuesta automática", "fuera de la oficina",
		"risposta automatica", "fuori sede", "fuori ufficio",
		"resposta automática", "ausente", "automatisch antwoord",
		"afwezig", "automatische beantwoording",
		"automatická odpov", "autodpowied", "automatyczna odpowied",
		"автоответ", "自動返信",
		"自动回复",
		"自动答复",
	};
	const char *subject = head(r, "Subject"), *how, *word = "vacation";
	const char *body = r->family.body == NULL ? "" : r->family.body;
	struct reason_case c = { NULL, NULL, NULL, "text", body, strlen(body) };
	struct reason why;

	static const char *const receipts[] = {
		"mottatt", "mottatt:", "bekreftelse", "kvittering", "motteke",
		"takk for", "din henvendelse", "saksnummer", "received",
		"thank you for", "thanks for", "confirmation", "receipt",
		"eingangsbestätigung", "vielen dank", "accusé", "bekräftelse",
		"bekræftelse", "tack för", "tak for", "[ticket", "ticket #",
	};

	if (auto_reply_header(r))
		how = "header of an automatic reply";
	else if (STARTS_ANY(subject, subjects))
		how = "subject of an automatic reply";
	else if (field_get(&r->mime.head, "X-Auto-Response-Suppress") != NULL &&
	    (ANY_OF(subject, subjects) || ANY_OF(subject, receipts)))
		how = "subject of an automatic reply";
	else
		return (0);
	is(r, BOUNCE_AUTO_REPLY, how);
	/* It takes mail, unless it says that nobody reads it any more. */
	why = reason_of(r->rules, &c);
	if (strcmp(why.word, "suspend") == 0 ||
	    strcmp(why.word, "hasmoved") == 0 ||
	    strcmp(why.word, "userunknown") == 0) {
		word = strcmp(why.word, "userunknown") == 0 ? "suspend" :
		    why.word;
		r->b->review = 1;
	}
	recipients_other(r, r->b->from, word);
	return (1);
}

/* Everything but the evidence. */
static void
decide(struct reading *r, const char *mail, size_t len)
{

	r->b->kind = BOUNCE_OTHER;
	r->b->how = "nothing that says otherwise";
	mime_read(r->mem, mail, len, r->limits, &r->mime);
	read_mail(r);
	read_texts(r);
	whose_copy(r);
	(void)(feedback(r) || report(r) || notification(r) || text(r) ||
	    receipt(r) || challenge(r) || auto_reply(r));
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
