#ifndef PIPELINE_CONTACT_BOUNCE_H
#define PIPELINE_CONTACT_BOUNCE_H

/*
 * bounce -- what a mail that came back says: octets in, verdict out.
 *
 * Two questions are kept apart: did this mailing arrive (kind), and may the
 * address be used again (hard); a third, whose fault it was, says whether we
 * must act.  Who the recipient was is decided elsewhere, in the database, with
 * the evidence gathered here: bounce_token() for the token, `recipient` and
 * `copy_to` for addresses.
 *
 * Order of decision (rules of returned mail, section 2): feedback report;
 * machine-readable report (RFC 3464, 6533); a text family or
 * X-Failed-Recipients; read receipt (RFC 8098); challenge; automatic reply;
 * other.  A report inside a forwarded message makes no bounce, nor does a null
 * sender alone; but where a mail system wraps another's report and says nothing
 * of its own, the inner one is read.
 *
 * Any octets are taken: CRLF, LF or bare CR, no header, no end.  Limits cut
 * what is looked at and are noted; nothing fails.  All strings are valid UTF-8
 * without control characters, at most BOUNCE_STRING octets, and live until
 * bounce_free().  They are words of strangers: never expand, never link.
 *
 * Pure but for GMime's global tables, which bounce_read() sets up on first use.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/json.h"
#include "pipeline/base/mem.h"
#include "pipeline/contact/reason.h"
#include "pipeline/contact/token.h"

enum { BOUNCE_STRING = 500 };

enum bounce_kind {
	BOUNCE_OTHER,		/* everything else, also an answer by a respondent */
	BOUNCE_FINAL,		/* failed for good for one recipient at least */
	BOUNCE_DELAYED,		/* the sender keeps trying */
	BOUNCE_DELIVERED,	/* delivered, relayed or expanded */
	BOUNCE_AUTO_REPLY,
	BOUNCE_FEEDBACK,	/* abuse, opt-out, fraud: stop all mail to it */
	BOUNCE_MDN,		/* read receipt */
	BOUNCE_CHALLENGE,	/* asks the sender to confirm */
};

/* Where an address of a recipient was found, strongest first. */
enum bounce_source {
	BOUNCE_BY_ORIGINAL,	/* Original-Recipient */
	BOUNCE_BY_FINAL,	/* Final-Recipient */
	BOUNCE_BY_FAILED,	/* X-Failed-Recipients */
	BOUNCE_BY_TEXT,		/* a text family's own place */
	BOUNCE_BY_COPY,		/* only the To of the returned copy: a hint */
	BOUNCE_BY_NOTHING,	/* nobody is named: address is NULL */
};

struct bounce_recipient {
	const char *address;	/* the one we sent to, as far as it says; or NULL */
	const char *final;	/* Final-Recipient where it is another; or NULL */
	enum bounce_source source;
	enum bounce_kind kind;	/* BOUNCE_FINAL, BOUNCE_DELAYED, BOUNCE_DELIVERED;
				 * that of the mail for other kinds */
	const char *status;	/* "5.1.1" as it came, or NULL: never made up */
	const char *reason;	/* word of reason.h */
	int hard;
	char fault;		/* A R S N - */
	const char *rule;	/* that decided */
	const char *reply;	/* "550", or NULL */
	const char *text;	/* it decided on; "" if none */
};

/* Where a token may stand, strongest first (section 4, rows 1 to 4). */
enum bounce_place {
	BOUNCE_AT_ENVELOPE,	/* envelope recipient of the returned mail */
	BOUNCE_AT_DELIVERED,	/* Delivered-To, X-Original-To, Envelope-To of it */
	BOUNCE_AT_TO,		/* To, Cc of it */
	BOUNCE_AT_ENVID,	/* Original-Envelope-Id */
	BOUNCE_AT_MESSAGE_ID,	/* Message-ID of the returned copy */
	BOUNCE_AT_REF,		/* X-Utvalg-Ref of the returned copy */
	BOUNCE_AT_RETURN_PATH,	/* Return-Path of the returned copy */
	BOUNCE_AT_REPLY,	/* In-Reply-To, References of the returned mail: for
				 * automatic replies; weaker, anyone can write it */
};

struct bounce_candidate {
	enum bounce_place place;
	const char *text;	/* address or identifier, as it came */
};

enum {				/* limits that were met, in `limits` */
	BOUNCE_LIMIT_SIZE = 1,
	BOUNCE_LIMIT_DEPTH = 2,
	BOUNCE_LIMIT_PARTS = 4,
	BOUNCE_LIMIT_HEADERS = 8,
	BOUNCE_LIMIT_TEXT = 16,
	BOUNCE_LIMIT_RECIPIENTS = 32,
};

struct bounce {
	enum bounce_kind kind;
	const char *how;	/* what decided: "report", "text: qmail", "header
				 * Auto-Submitted", ...; static */
	int review;		/* a person should look at it */
	unsigned limits;

	struct bounce_recipient *recipient;	/* of bounce, delayed, delivered: one
				 * at least; others: those they name */
	size_t nrecipient;

	/* evidence of whose it is; empty lists are NULL, 0 */
	struct bounce_candidate *candidate;	/* in order of place */
	size_t ncandidate;
	const char **copy_to;	/* addresses in To of the returned copy */
	size_t ncopy_to;
	const char *copy_message_id;	/* without <>; or NULL */
	const char *copy_ref;		/* X-Utvalg-Ref; or NULL */
	const char *copy_from;		/* address; or NULL */

	/* the mail itself; NULL where it has none */
	const char *from;		/* address */
	const char *to;			/* first address */
	const char *subject;
	const char *message_id;
	const char *auto_submitted;
	int null_sender;		/* Return-Path: <> */

	/* of a feedback report (RFC 5965); NULL where it has none */
	const char *feedback_type;	/* lower case: abuse, opt-out, fraud, ... */
	const char *feedback_agent;
	const char *feedback_rcpt;	/* Original-Rcpt-To: who complained */
	const char *feedback_from;	/* Original-Mail-From: our return address */
	int feedback_dmarc;		/* about us, not by a recipient: log only */

	struct arena *mem;		/* private */
};

/* What the mail server said; NULL: not known. */
struct bounce_envelope {
	const char *sender, *recipient, *original;
};

/* 0 in a field: the default (section 11). */
struct bounce_limits {
	size_t octets;		/* parsed, 2 MiB */
	size_t depth;		/* of parts, 20 */
	size_t parts;		/* 200 */
	size_t headers;		/* 1000 */
	size_t text;		/* octets of one part, 256 KiB */
	size_t recipients;	/* 1000 */
};

/* Read a mail.  ${envelope} and ${limits} may be NULL.  The verdict holds no
 * pointer into ${mail} or ${rules} but static strings and names of rules: free
 * it before the rules. */
void bounce_read(const struct reason_rules *rules, const char *mail, size_t len,
    const struct bounce_envelope *envelope, const struct bounce_limits *limits,
    struct bounce *ret);
void bounce_free(struct bounce *);

/*
 * The best token among the candidates, rows 1 to 4 of section 4: the first that
 * is TOKEN_OK, else the state most worth knowing (see enum token_state).
 * *${place} says where it was found; both may be NULL.  BOUNCE_AT_REPLY is
 * looked at only for automatic replies and other kinds that are no delivery
 * report.
 */
enum token_state bounce_token(const struct bounce *, const struct token_keys *,
    const char *domain, char delimiter, int32_t today, struct token *ret,
    enum bounce_place *place);

const char *bounce_kind_word(enum bounce_kind);	/* "bounce", "auto-reply", ... */
const char *bounce_place_word(enum bounce_place);
const char *bounce_source_word(enum bounce_source);

/* One JSON object: file, kind, recipients [address, status, reason, hard,
 * fault, rule, reply, text, source], and the evidence.  Recipients without
 * address are under "unnamed". */
void bounce_json(struct json *, const char *file, const struct bounce *);
/* The same for a person, several lines. */
void bounce_explain(struct buf *, const char *file, const struct bounce *);

#endif /* !PIPELINE_CONTACT_BOUNCE_H */
