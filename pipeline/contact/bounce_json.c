/* bounce_json, bounce_explain -- a verdict for programs and for people. */

#include <string.h>

#include "pipeline/contact/bounce.h"

const char *
bounce_kind_word(enum bounce_kind kind)
{

	switch (kind) {
	case BOUNCE_OTHER:
		return ("other");
	case BOUNCE_FINAL:
		return ("bounce");
	case BOUNCE_DELAYED:
		return ("delayed");
	case BOUNCE_DELIVERED:
		return ("delivered");
	case BOUNCE_AUTO_REPLY:
		return ("auto-reply");
	case BOUNCE_FEEDBACK:
		return ("feedback");
	case BOUNCE_MDN:
		return ("mdn");
	case BOUNCE_CHALLENGE:
		return ("challenge");
	}
	return ("other");
}

const char *
bounce_source_word(enum bounce_source source)
{

	switch (source) {
	case BOUNCE_BY_ORIGINAL:
		return ("Original-Recipient");
	case BOUNCE_BY_FINAL:
		return ("Final-Recipient");
	case BOUNCE_BY_FAILED:
		return ("X-Failed-Recipients");
	case BOUNCE_BY_TEXT:
		return ("text");
	case BOUNCE_BY_COPY:
		return ("returned copy");
	case BOUNCE_BY_NOTHING:
		return ("nothing");
	}
	return ("nothing");
}

const char *
bounce_place_word(enum bounce_place place)
{

	switch (place) {
	case BOUNCE_AT_ENVELOPE:
		return ("envelope");
	case BOUNCE_AT_DELIVERED:
		return ("Delivered-To");
	case BOUNCE_AT_TO:
		return ("To");
	case BOUNCE_AT_ENVID:
		return ("Original-Envelope-Id");
	case BOUNCE_AT_MESSAGE_ID:
		return ("Message-ID");
	case BOUNCE_AT_REF:
		return ("X-Utvalg-Ref");
	case BOUNCE_AT_RETURN_PATH:
		return ("Return-Path");
	case BOUNCE_AT_REPLY:
		return ("In-Reply-To");
	}
	return ("");
}

static const struct { unsigned bit; const char *word; } limit_words[] = {
	{ BOUNCE_LIMIT_SIZE, "size" }, { BOUNCE_LIMIT_DEPTH, "depth" },
	{ BOUNCE_LIMIT_PARTS, "parts" }, { BOUNCE_LIMIT_HEADERS, "headers" },
	{ BOUNCE_LIMIT_TEXT, "text" }, { BOUNCE_LIMIT_RECIPIENTS, "recipients" },
};
enum { LIMITS = sizeof(limit_words) / sizeof(limit_words[0]) };

static void
recipient_json(struct json *j, const struct bounce_recipient *x)
{
	char fault[2] = { x->fault, '\0' };

	json_object(j);
	if (x->address != NULL)
		json_kstr(j, "address", x->address);
	json_kstr(j, "status", x->status);
	json_kstr(j, "reason", x->reason);
	json_kbool(j, "hard", x->hard);
	json_kstr(j, "kind", bounce_kind_word(x->kind));
	json_kstr(j, "fault", fault);
	json_kstr(j, "rule", x->rule);
	json_kstr(j, "reply", x->reply);
	json_kstr(j, "text", x->text);
	json_kstr(j, "source", bounce_source_word(x->source));
	if (x->final != NULL)
		json_kstr(j, "final", x->final);
	json_end(j);
}

/* Those delivered to are no news in a report of a failure. */
static int
is_news(const struct bounce *b, const struct bounce_recipient *x)
{

	return (x->kind != BOUNCE_DELIVERED || b->kind == BOUNCE_DELIVERED);
}

static void
evidence_json(struct json *j, const struct bounce *b)
{
	size_t i;

	json_key(j, "evidence");
	json_object(j);
	json_key(j, "candidates");
	json_array(j);
	for (i = 0; i < b->ncandidate; i++) {
		json_object(j);
		json_kstr(j, "place", bounce_place_word(b->candidate[i].place));
		json_kstr(j, "text", b->candidate[i].text);
		json_end(j);
	}
	json_end(j);
	json_key(j, "copy_to");
	json_array(j);
	for (i = 0; i < b->ncopy_to; i++)
		json_str(j, b->copy_to[i]);
	json_end(j);
	json_kstr(j, "copy_message_id", b->copy_message_id);
	json_kstr(j, "copy_ref", b->copy_ref);
	json_kstr(j, "auto_submitted", b->auto_submitted);
	json_kbool(j, "null_sender", b->null_sender);
	json_end(j);
}

void
bounce_json(struct json *j, const char *file, const struct bounce *b)
{
	size_t i;

	json_object(j);
	json_kstr(j, "file", file);
	json_kstr(j, "kind", bounce_kind_word(b->kind));
	json_key(j, "recipients");
	json_array(j);
	for (i = 0; i < b->nrecipient; i++)
		if (b->recipient[i].address != NULL &&
		    is_news(b, &b->recipient[i]))
			recipient_json(j, &b->recipient[i]);
	json_end(j);
	json_key(j, "unnamed");
	json_array(j);
	for (i = 0; i < b->nrecipient; i++)
		if (b->recipient[i].address == NULL)
			recipient_json(j, &b->recipient[i]);
	json_end(j);
	json_kstr(j, "how", b->how);
	json_kbool(j, "review", b->review);
	json_key(j, "limits");
	json_array(j);
	for (i = 0; i < LIMITS; i++)
		if (b->limits & limit_words[i].bit)
			json_str(j, limit_words[i].word);
	json_end(j);
	if (b->kind == BOUNCE_FEEDBACK) {
		json_kstr(j, "feedback_type", b->feedback_type);
		json_kbool(j, "feedback_dmarc", b->feedback_dmarc);
	}
	evidence_json(j, b);
	json_end(j);
}

static void
recipient_explain(struct buf *out, const struct bounce_recipient *x)
{

	buf_printf(out, "  %s\n", x->address != NULL ? x->address :
	    "(nobody is named)");
	buf_printf(out, "    named by   %s\n", bounce_source_word(x->source));
	if (x->final != NULL)
		buf_printf(out, "    passed to  %s\n", x->final);
	buf_printf(out, "    status     %s%s%s\n",
	    x->status != NULL ? x->status : "none",
	    x->reply != NULL ? ", reply " : "", x->reply != NULL ? x->reply : "");
	buf_printf(out, "    reason     %s, %s, fault %c, by rule %s\n", x->reason,
	    x->hard ? "hard" : "not hard", x->fault, x->rule);
	if (x->text[0] != '\0')
		buf_printf(out, "    text       %s\n", x->text);
}

void
bounce_explain(struct buf *out, const char *file, const struct bounce *b)
{
	size_t i;

	buf_printf(out, "%s: %s, by %s%s\n", file, bounce_kind_word(b->kind),
	    b->how, b->review ? "; for review" : "");
	for (i = 0; i < b->nrecipient; i++)
		recipient_explain(out, &b->recipient[i]);
	if (b->feedback_type != NULL)
		buf_printf(out, "  feedback     %s%s\n", b->feedback_type,
		    b->feedback_dmarc ? ", about our domain" : "");
	for (i = 0; i < b->ncandidate; i++)
		buf_printf(out, "  %-12s %s\n",
		    bounce_place_word(b->candidate[i].place),
		    b->candidate[i].text);
	for (i = 0; i < b->ncopy_to; i++)
		buf_printf(out, "  copy to      %s\n", b->copy_to[i]);
	for (i = 0; i < LIMITS; i++)
		if (b->limits & limit_words[i].bit)
			buf_printf(out, "  limit met    %s\n",
			    limit_words[i].word);
}
