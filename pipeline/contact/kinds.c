/* kinds -- mails that are no delivery reports: complaints, receipts, challenges,
 * automatic replies.  Rules of returned mail, section 2. */

#include <string.h>

#include "pipeline/contact/bounce_priv.h"

/* A DMARC aggregate: a compressed file and a subject of RFC 7489, 7.2.1.1. */
static int
is_dmarc(const struct reading *r)
{
	const char *s = reading_head(r, "Subject");
	size_t i;

	if (!reading_says(s, "report domain:") && !reading_says(s, "report-id:"))
		return (0);
	for (i = 0; i < r->mime.npart; i++)
		if (reading_says(r->mime.part[i].type, "zip") ||
		    reading_says(r->mime.part[i].name, ".xml"))
			return (1);
	return (0);
}

int
kinds_feedback(struct reading *r)
{
	const struct mime_part *p = reading_part(r, MIME_FEEDBACK);
	struct bounce *b = r->b;
	struct fields f = { NULL, 0, 0 };
	const char *v;
	char *type;
	size_t at = 0, i;

	if (p == NULL && !field_same(r->mime.report_type, "feedback-report")) {
		if (is_dmarc(r)) {
			b->feedback_dmarc = 1;
			return (reading_is(r, BOUNCE_FEEDBACK,
			    "DMARC aggregate report"));
		}
		/* Microsoft's older loop (JMRP): a complaint without report. */
		if (r->has_copy && field_starts(reading_head(r, "Subject"),
		    strlen(reading_head(r, "Subject")), "complaint about message from")) {
			b->feedback_type = "abuse";
			b->feedback_rcpt = b->ncopy_to == 1 ? b->copy_to[0] : NULL;
			return (reading_is(r, BOUNCE_FEEDBACK, "complaint with copy"));
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
	b->feedback_rcpt = v != NULL ? field_recipient(r->mem, v, strlen(v)) :
	    NULL;
	v = field_get(&f, "Original-Mail-From");
	b->feedback_from = v != NULL ? field_address(r->mem, v, strlen(v)) : NULL;
	return (reading_is(r, BOUNCE_FEEDBACK, "feedback report"));
}

int
kinds_receipt(struct reading *r)
{
	const struct mime_part *p = reading_part(r, MIME_MDN);
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
	if (disposition != NULL && reading_says(disposition, "deleted") &&
	    r->family.body != NULL && (reading_says(r->family.body,
	    "automatically rejected") || reading_says(r->family.body, "quota"))) {
		reading_is(r, BOUNCE_FINAL, "receipt of a refusal");
		recipients_of_text(r);
		if (who != NULL) {
			r->b->nrecipient = 1;
			r->b->recipient[0].address = who;
			r->b->recipient[0].source = BOUNCE_BY_FINAL;
			if (strcmp(r->b->recipient[0].reason, "undefined") == 0) {
				r->b->recipient[0].reason = "filtered";
				r->b->recipient[0].fault = 'R';
			}
		}
		return (1);
	}
	reading_is(r, BOUNCE_MDN, "read receipt");
	recipients_other(r, who, "delivered");
	return (1);
}

int
kinds_challenge(struct reading *r)
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
		"to my guest list", "to the guest list", "awaiting your confirmation",
		"waiting for your confirmation", "you are not on my list of",
		"first time you have sent", "one-time verification",
		"held because your address", "para que sua mensagem seja encaminhada",
		"add you to my allowed senders",
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

	if (body == NULL || (!FIELD_ANY(body, strlen(body), words) &&
	    !reading_says(reading_head(r, "Subject"), "sender verification") &&
	    !reading_says(reading_head(r, "Subject"), "please confirm your message")))
		return (0);
	/* It must come of itself and answer something. */
	if (!reading_says(body, "automat") &&
	    !reading_says(reading_head(r, "Subject"), "please confirm your message") &&
	    field_get(&r->mime.head, "Auto-Submitted") == NULL && !r->daemon &&
	    field_get(&r->mime.head, "In-Reply-To") == NULL &&
	    field_get(&r->mime.head, "X-Autoreply") == NULL &&
	    field_get(&r->mime.head, "Precedence") == NULL)
		return (0);
	reading_is(r, BOUNCE_CHALLENGE, "asks for a confirmation");
	recipients_other(r, r->b->from, "undefined");
	return (1);
}

static int
auto_reply_header(const struct reading *r)
{
	static const char *const names[] = { "X-Autoreply", "X-Autorespond",
	    "X-Auto-Reply", "X-Autoresponder", "X-Mail-Autoreply",
	    "X-Vacation", "X-Autogenerated", "X-Auto-Response-From" };
	const char *v = reading_head(r, "Auto-Submitted");
	size_t i;

	v += strspn(v, " ");
	if (v[0] != '\0' && !field_starts(v, strlen(v), "no"))
		return (1);
	if (reading_says(reading_head(r, "Precedence"), "auto_reply") ||
	    reading_says(reading_head(r, "Precedence"), "auto-reply") ||
	    reading_says(reading_head(r, "X-Precedence"), "auto_reply"))
		return (1);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		v = field_get(&r->mime.head, names[i]);
		if (v != NULL && !field_same(v, "no"))
			return (1);
	}
	return (0);
}

int
kinds_auto_reply(struct reading *r)
{
	/* Subjects of the programs people here write with, and their kin. */
	static const char *const subjects[] = {
		"automatisk svar", "autosvar", "automatisk respons", "fravær",
		"fraværsmelding", "ikke på kontoret", "ikkje på kontoret",
		"ikke til stede", "ikkje til stades", "ute av kontoret",
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
		"odpowiedź automatyczna", "sjálfvirkt svar", "je suis absent",
		"[auto-reply]", "[autoreply]", "[auto reply]", "automatic response",
		"permisjon", "foreldrepermisjon", "i permisjon", "sommerferie",
		"juleferie", "vinterferie", "påskeferie", "ferieavvikling",
		"semester", "föräldraledig", "nicht im büro", "ich bin nicht im",
		"wiadomość automatyczna", "otomatik yanıt", "automatikus válasz",
		"răspuns automat", "자동 회신", "자동 응답", "自動応答", "不在",
		"автоответ", "автоматический ответ", "自動返信",
		"自动回复",
		"自动答复",
	};
	const char *subject = reading_head(r, "Subject"), *how, *word = "vacation";
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
	else if (FIELD_STARTS_ANY(subject, strlen(subject), subjects) ||
	    field_same(subject, "ferie"))
		how = "subject of an automatic reply";
	else if (field_get(&r->mime.head, "X-Auto-Response-Suppress") != NULL &&
	    (FIELD_ANY(subject, strlen(subject), subjects) ||
	    FIELD_ANY(subject, strlen(subject), receipts)))
		how = "subject of an automatic reply";
	else
		return (0);
	reading_is(r, BOUNCE_AUTO_REPLY, how);
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

