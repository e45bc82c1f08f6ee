#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/contact/arrival.h"
#include "pipeline/contact/bounce.h"
#include "pipeline/contact/disposition.h"
#include "pipeline/contact/field.h"
#include "pipeline/contact/hold.h"
#include "pipeline/contact/locate.h"
#include "pipeline/contact/reason.h"
#include "pipeline/contact/spool.h"
#include "pipeline/store/store.h"
#include "pipeline/store/suppress.h"

#include "pipeline/contact/evidence.h"

enum { RULES_MAX = 1 << 20 };

struct evidence {
	const struct world *w;
	struct reason_rules *rules;
	struct locator *locator;
	struct hold *hold;
	sqlite3_stmt *seen, *message, *bounce, *change, *clear;
	int64_t *recipient;	/* whose dispositions are to be derived anew */
	size_t nrecipient, room;
};

struct reason_rules *
evidence_rules(const struct settings *set, struct err *err)
{
	struct buf text = BUF(RULES_MAX);
	struct reason_rules *rules = NULL;

	if (set->rules == NULL || set->rules[0] == '\0')
		return reason_rules_builtin(err);
	if (file_read(set->rules, RULES_MAX, &text, err) == 0)
		rules = reason_rules_read(set->rules, buf_text(&text), text.len, err);
	else
		err->status = EX_CONFIG;	/* whatever ails it, a setting names it */
	buf_free(&text);
	/* rules that do not do what their own examples say are worse than none */
	if (rules != NULL && reason_rules_check(rules, err) != 0) {
		err_context(err, "%s", set->rules);
		reason_rules_free(rules);
		return NULL;
	}
	return rules;
}

struct evidence *
evidence_new(const struct world *w, struct err *err)
{
	struct evidence *e = mem_alloc(sizeof(*e));

	e->w = w;
	e->hold = hold_new(w);
	if ((e->rules = evidence_rules(w->set, err)) == NULL ||
	    (e->locator = locator_new(w, err)) == NULL ||
	    db_prepare(w->db, "SELECT id, kind, envelope_to FROM bounce_message WHERE sha256 = ?1",
	    &e->seen, err) != 0 ||
	    db_prepare(w->db, "INSERT INTO bounce_message (sha256, received, read,"
	    " envelope_to, kind, study, assigned, token_state, message_id, file, review,"
	    " note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
	    &e->message, err) != 0 ||
	    db_prepare(w->db, "INSERT INTO bounce (message, address, status, reason,"
	    " hard, fault, rule, text, recipient, located) VALUES (?1, ?2, ?3, ?4, ?5,"
	    " ?6, ?7, ?8, ?9, ?10)", &e->bounce, err) != 0 ||
	    db_prepare(w->db, "UPDATE bounce_message SET kind = ?5, study = ?6,"
	    " assigned = ?7, token_state = ?8, message_id = ?9, review = ?11, note ="
	    " ?12 WHERE id = ?13", &e->change, err) != 0 ||
	    db_prepare(w->db, "DELETE FROM bounce WHERE message = ?1", &e->clear,
	    err) != 0) {
		evidence_free(e);
		return NULL;
	}
	return e;
}

void
evidence_free(struct evidence *e)
{
	if (e == NULL)
		return;
	sqlite3_finalize(e->seen);
	sqlite3_finalize(e->message);
	sqlite3_finalize(e->bounce);
	sqlite3_finalize(e->change);
	sqlite3_finalize(e->clear);
	locator_free(e->locator);
	hold_free(e->hold);
	reason_rules_free(e->rules);
	free(e->recipient);
	free(e);
}

static void
concern(struct evidence *e, int64_t recipient)
{
	if (e->nrecipient > 0 && e->recipient[e->nrecipient - 1] == recipient)
		return;
	if (e->nrecipient == e->room) {
		e->room = e->room > 0 ? 2 * e->room : 512;
		e->recipient = mem_grow(e->recipient, e->room, sizeof(*e->recipient));
	}
	e->recipient[e->nrecipient++] = recipient;
}

int
evidence_settle(struct evidence *e, struct err *err)
{
	if (hold_look(e->hold, e->recipient, e->nrecipient, err) != 0)
		return -1;
	if (disposition_rewrite(e->w, e->recipient, e->nrecipient, err) != 0)
		return -1;
	e->nrecipient = 0;
	return 0;
}

static void
count_kind(struct bounces_result *n, enum bounce_kind kind)
{
	int64_t *const of[] = {
		[BOUNCE_OTHER] = &n->other, [BOUNCE_FINAL] = &n->bounce,
		[BOUNCE_DELAYED] = &n->delayed, [BOUNCE_DELIVERED] = &n->delivered,
		[BOUNCE_AUTO_REPLY] = &n->auto_reply, [BOUNCE_FEEDBACK] = &n->feedback,
		[BOUNCE_MDN] = &n->mdn, [BOUNCE_CHALLENGE] = &n->challenge,
	};

	(*of[kind])++;
}

/* What a person should know who looks at the mail: what a reading left out,
 * and why it is nobody's. */
static void
write_note(const struct bounce *b, int cut, const struct location *at,
    const struct address_match *doubt, struct buf *note)
{
	static const struct { unsigned bit; const char *word; } words[] = {
		{ BOUNCE_LIMIT_SIZE, "size" }, { BOUNCE_LIMIT_DEPTH, "depth" },
		{ BOUNCE_LIMIT_PARTS, "parts" }, { BOUNCE_LIMIT_HEADERS, "headers" },
		{ BOUNCE_LIMIT_TEXT, "text" }, { BOUNCE_LIMIT_RECIPIENTS, "recipients" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if ((b->limits & words[i].bit) != 0)
			buf_printf(note, "%s%s", note->len > 0 ? " " : "limit: ",
			    words[i].word);
	if (cut)
		buf_printf(note, "%sstored in part", note->len > 0 ? "; " : "");
	if (at->shared)
		buf_printf(note, "%sevidence of more than one study",
		    note->len > 0 ? "; " : "");
	if (doubt->how == LOCATED_AMBIGUOUS)
		buf_printf(note, "%saddress of sample units %" PRId64 " and %" PRId64,
		    note->len > 0 ? "; " : "", doubt->unit[0], doubt->unit[1]);
}

/* The row of a mail; its id. */
struct message_row {
	const char *sha256, *kind, *assigned, *token_state, *message_id, *file, *note;
	const char *envelope_to;
	int64_t received, study;
	int64_t again;			/* id of the row there is; 0: a new one */
	int review;
};

static int
write_message(struct evidence *e, const struct message_row *m, int64_t *id,
    struct err *err)
{
	sqlite3_stmt *s = m->again != 0 ? e->change : e->message;

	if (m->again != 0)
		db_i64(s, 13, m->again);
	else {
		db_text(s, 1, m->sha256);
		db_i64(s, 2, m->received);
		db_i64(s, 3, e->w->now);
		db_text(s, 4, m->envelope_to != NULL && m->envelope_to[0] != '\0' ?
		    m->envelope_to : NULL);
		db_text(s, 10, m->file);
	}
	db_text(s, 5, m->kind);
	if (m->study != 0)
		db_i64(s, 6, m->study);
	else
		db_null(s, 6);
	db_text(s, 7, m->assigned);
	db_text(s, 8, m->token_state);
	db_text(s, 9, m->message_id);
	db_i64(s, 11, m->review);
	db_text(s, 12, m->note != NULL && m->note[0] != '\0' ? m->note : NULL);
	if (db_run(s, err) != 0)
		return -1;
	*id = m->again != 0 ? m->again : sqlite3_last_insert_rowid(e->w->db);
	if (m->again != 0) {
		db_i64(e->clear, 1, m->again);
		if (db_run(e->clear, err) != 0)
			return -1;
	}
	return 0;
}

/* When it came: by the hook's record, else by our own server's line in it, else
 * now. */
static int64_t
came(const struct evidence *e, const struct spooled *s)
{
	int64_t at;

	if (s->received != MOMENT_NONE)
		return s->received;
	at = arrival_of(s->mail, s->len);
	return at != MOMENT_NONE && at < e->w->now ? at : e->w->now;
}

/* One recipient as reported and as located. */
struct finding {
	const struct bounce_recipient *of;	/* NULL: the mail names none */
	int64_t recipient;
	enum located how;
};

static int
write_finding(struct evidence *e, int64_t message, const struct bounce *b,
    const struct finding *f, struct err *err)
{
	static const struct bounce_recipient nobody = { .reason = "undefined",
	    .fault = '-', .rule = "none" };
	const struct bounce_recipient *r = f->of != NULL ? f->of : &nobody;
	const char *reason = r->reason;
	char fault[2] = { r->fault, '\0' };
	sqlite3_stmt *s = e->bounce;

	if (f->of == NULL && b->kind == BOUNCE_AUTO_REPLY)
		reason = "vacation";
	if (f->of == NULL && b->kind == BOUNCE_FEEDBACK)
		reason = "feedback";
	db_i64(s, 1, message);
	db_text(s, 2, r->address);
	db_text(s, 3, r->status);
	db_text(s, 4, reason);
	db_i64(s, 5, r->hard && r->kind == BOUNCE_FINAL && b->kind == BOUNCE_FINAL);
	db_text(s, 6, fault);
	db_text(s, 7, r->rule);
	db_text(s, 8, r->text != NULL && r->text[0] != '\0' ? r->text : NULL);
	if (f->recipient != 0) {
		db_i64(s, 9, f->recipient);
		concern(e, f->recipient);
	} else
		db_null(s, 9);
	db_text(s, 10, located_word(f->how));
	return db_run(s, err);
}

/* Feedback that is about us or is no complaint (RFC 6430): written down only. */
static int
is_complaint(const struct bounce *b)
{
	return b->kind == BOUNCE_FEEDBACK && !b->feedback_dmarc &&
	    (b->feedback_type == NULL || strcmp(b->feedback_type, "not-spam") != 0);
}

/* The bounce as one of the lines that add up to all bounces; as view
 * not_located has it. */
static void
count_bounce(struct bounces_result *n, const struct location *at,
    const struct finding *f, size_t many)
{
	enum located best = LOCATED_NONE;
	int hard = 0;

	for (size_t i = 0; i < many; i++) {
		if (f[i].how > best)
			best = f[i].how;
		hard |= f[i].of != NULL && f[i].of->hard &&
		    f[i].of->kind == BOUNCE_FINAL;
	}
	if (best == LOCATED_CERTAIN)
		n->located++;
	else if (best == LOCATED_ADDRESS)
		n->by_address++;
	else if (at->token_state != NULL)
		n->bad_token++;
	else if (at->study == 0 || strcmp(at->assigned, "address") == 0)
		*(best == LOCATED_AMBIGUOUS ? &n->ambiguous : &n->unassigned) += 1;
	else
		*(hard ? &n->not_located : &n->not_hard) += 1;
}

/* One recipient of a report by the addresses that it gives for him: the one we
 * sent to, the one it went to in the end, the one in the returned copy. */
static int
find_one(struct evidence *e, const struct bounce *b, struct location *at,
    int64_t received, struct finding *f, struct address_match *doubt,
    struct err *err)
{
	const char *const address[] = { f->of != NULL ? f->of->address : NULL,
	    f->of != NULL ? f->of->final : NULL,
	    b->nrecipient <= 1 && b->ncopy_to == 1 ? b->copy_to[0] : NULL };
	struct address_match m = { .how = LOCATED_NONE };

	for (size_t i = 0; i < 3 && m.how == LOCATED_NONE; i++)
		if (address[i] != NULL && locate_address(e->locator, address[i],
		    received, at->study, &m, err) != 0)
			return -1;
	f->how = m.how;
	f->recipient = m.recipient;
	if (m.how == LOCATED_AMBIGUOUS && doubt->how == LOCATED_NONE)
		*doubt = m;
	if (m.study != 0 && (at->study == 0 || m.how == LOCATED_ADDRESS)) {
		at->study = m.study;
		at->assigned = "address";
	}
	return 0;
}

/* The token says who, for all that the report names; without one each address
 * is looked for, in the study that the mail shows evidence of. */
static int
find_all(struct evidence *e, const struct bounce *b, struct location *at,
    int64_t received, struct finding *f, size_t many,
    struct address_match *doubt, struct err *err)
{
	int report = b->kind == BOUNCE_FINAL || b->kind == BOUNCE_DELAYED ||
	    b->kind == BOUNCE_DELIVERED;

	if (b->kind == BOUNCE_FEEDBACK && !is_complaint(b))
		at->recipient = 0;
	for (size_t i = 0; i < many; i++) {
		f[i].of = b->nrecipient > 0 ? &b->recipient[i] : NULL;
		f[i].recipient = at->recipient;
		f[i].how = at->recipient != 0 ? LOCATED_CERTAIN : LOCATED_NONE;
		if (at->token_state == NULL && report &&
		    find_one(e, b, at, received, &f[i], doubt, err) != 0)
			return -1;
	}
	return 0;
}

/*
 * The mail that the List-Unsubscribe of our letters asks for (RFC 2369 3.2), as
 * mail programs write it: that subject, to the address that holds the token.
 */
static int
asks_off(const struct bounce *b, const struct location *at)
{
	return (b->kind == BOUNCE_OTHER || b->kind == BOUNCE_AUTO_REPLY) &&
	    at->recipient != 0 && b->subject != NULL &&
	    field_same(b->subject, "unsubscribe");
}

/* Stop all mail to who complained: in every study, at once. */
static int
opt_out(struct evidence *e, const struct bounce *b, const struct location *at,
    struct err *err)
{
	char hash[65], digits[16];

	if (!is_complaint(b) || at->recipient == 0)
		return 0;
	suppress_hash(e->w->keys, SUPPRESS_EMAIL, at->email_key, hash);
	if (suppress_add(e->w->db, SUPPRESS_EMAIL, hash, "opt-out", at->study,
	    e->w->now, err) < 0)
		return -1;
	if (at->orgnr == 0)
		return 0;
	snprintf(digits, sizeof(digits), "%09d", (int)at->orgnr);
	suppress_hash(e->w->keys, SUPPRESS_ORGNR, digits, hash);
	return suppress_add(e->w->db, SUPPRESS_ORGNR, hash, "opt-out", at->study,
	    e->w->now, err) < 0 ? -1 : 0;
}

static int
wants_review(const struct bounce *b, const struct location *at,
    const struct finding *f, size_t n)
{
	int review = b->review || b->kind == BOUNCE_OTHER ||
	    b->kind == BOUNCE_CHALLENGE || at->shared ||
	    (at->token_state != NULL && at->study == 0) ||
	    (b->limits & BOUNCE_LIMIT_RECIPIENTS) != 0 ||
	    (is_complaint(b) && at->recipient == 0);

	for (size_t i = 0; i < n; i++)
		review |= f[i].how == LOCATED_AMBIGUOUS || (f[i].of != NULL &&
		    b->kind == BOUNCE_FINAL && strcmp(f[i].of->reason, "undefined") == 0);
	return review;
}

/* Reports with the same Message-ID are one: an empty one is none. */
static int
is_id(const char *id)
{
	return id != NULL && id[strspn(id, "<> \t")] != '\0';
}

static int
record(struct evidence *e, struct evidence_of *of, const struct spooled *s,
    struct bounce *b, const char *sha256, struct bounces_result *n,
    struct err *err)
{
	size_t many = b->nrecipient > 0 ? b->nrecipient : 1;
	int64_t received = of->message != 0 ? of->received : came(e, s), id;
	struct finding *f = mem_array(many, sizeof(*f));
	struct address_match doubt = { .how = LOCATED_NONE };
	struct buf note = BUF(400);
	struct location at;
	struct message_row m = { .sha256 = sha256,
	    .message_id = is_id(b->message_id) ? b->message_id : NULL,
	    .file = of->name, .envelope_to = s->recipient, .received = received,
	    .again = of->message };
	int r = -1;

	if (locate(e->locator, b, received, &at, err) != 0)
		goto out;
	if (asks_off(b, &at)) {
		b->kind = BOUNCE_FEEDBACK;
		b->feedback_type = "opt-out";
		b->review = 0;
	}
	of->understood = b->kind != BOUNCE_OTHER;
	m.kind = bounce_kind_word(b->kind);
	if (find_all(e, b, &at, received, f, many, &doubt, err) != 0)
		goto out;
	write_note(b, s->cut || of->cut, &at, &doubt, &note);
	m.assigned = at.assigned;
	m.token_state = at.token_state;
	m.note = buf_text(&note);
	m.study = at.study;
	m.review = wants_review(b, &at, f, many);
	if (write_message(e, &m, &id, err) != 0)
		goto out;
	for (size_t i = 0; i < many; i++)
		if (write_finding(e, id, b, &f[i], err) != 0)
			goto out;
	if (b->kind == BOUNCE_FINAL)
		count_bounce(n, &at, f, many);
	count_kind(n, b->kind);
	r = opt_out(e, b, &at, err);
out:
	buf_free(&note);
	free(f);
	return r;
}

/* 1: the mail is known, ${understood} as then; 2: its octets are, but they came
 * to another return address; 0; -1. */
static int
known(struct evidence *e, const char *sha256, const char *envelope_to,
    int *understood, struct err *err)
{
	int r;

	db_text(e->seen, 1, sha256);
	if ((r = db_step(e->seen, err)) == 1) {
		const char *then = db_col(e->seen, 2);

		if (then[0] != '\0' && envelope_to[0] != '\0' &&
		    strcmp(then, envelope_to) != 0)
			r = 2;
		*understood = strcmp(db_col(e->seen, 1), "other") != 0 &&
		    strcmp(db_col(e->seen, 1), "broken") != 0;
	}
	sqlite3_reset(e->seen);
	return r;
}

/*
 * The hash that a delivery is known by: of the mail alone, so that it does not
 * matter how it came in; and of return address and mail where the same octets
 * have come to another one.
 */
static int
identify(struct evidence *e, const struct spooled *s, char sha256[static 65],
    int *understood, struct err *err)
{
	unsigned char sum[32];
	struct hash *h;
	int r;

	hash_sha256(s->mail, s->len, sum);
	hash_hex(sum, 32, sha256);
	if ((r = known(e, sha256, s->recipient, understood, err)) != 2)
		return r;
	h = hash_begin();
	hash_add(h, s->recipient, strlen(s->recipient) + 1);
	hash_add(h, s->mail, s->len);
	hash_end(h, sum);
	hash_hex(sum, 32, sha256);
	return known(e, sha256, s->recipient, understood, err);
}

static void
read_mail(const struct evidence *e, const struct spooled *s, struct bounce *b)
{
	const struct bounce_envelope envelope = {
		.sender = s->sender[0] != '\0' ? s->sender : NULL,
		.recipient = s->recipient[0] != '\0' ? s->recipient : NULL,
		.original = s->original[0] != '\0' ? s->original : NULL,
	};

	bounce_read(e->rules, s->mail, s->len, &envelope, NULL, b);
}

int
evidence_take(struct evidence *e, struct evidence_of *of,
    struct bounces_result *n, struct err *err)
{
	struct spooled s;
	struct bounce b;
	char sha256[65];
	int64_t id;
	int r;

	spool_read(of->data, of->len, &s);
	n->read++;
	if ((r = identify(e, &s, sha256, &of->understood, err)) != 0) {
		n->again += r == 1;
		return r < 0 ? -1 : 0;
	}
	if (of->broken) {
		struct message_row m = { .sha256 = sha256, .kind = "broken",
		    .assigned = "none", .file = of->name, .review = 1,
		    .envelope_to = s.recipient,
		    .received = came(e, &s),
		    .note = "broke the reader" };

		n->broken++;
		return write_message(e, &m, &id, err);
	}
	read_mail(e, &s, &b);
	r = record(e, of, &s, &b, sha256, n, err);
	bounce_free(&b);
	return r;
}

int
evidence_again(struct evidence *e, struct evidence_of *of, struct err *err)
{
	struct bounces_result ignored;
	struct spooled s;
	struct bounce b;
	int r;

	memset(&ignored, 0, sizeof(ignored));
	spool_read(of->data, of->len, &s);
	read_mail(e, &s, &b);
	r = record(e, of, &s, &b, NULL, &ignored, err);
	bounce_free(&b);
	return r;
}

int
evidence_is(const char *data, size_t len, const char *sha256)
{
	unsigned char sum[32];
	char hex[65];
	struct spooled s;
	struct hash *h;

	spool_read(data, len, &s);
	hash_sha256(s.mail, s.len, sum);
	if (strcmp(hash_hex(sum, 32, hex), sha256) == 0)
		return 1;
	h = hash_begin();
	hash_add(h, s.recipient, strlen(s.recipient) + 1);
	hash_add(h, s.mail, s.len);
	hash_end(h, sum);
	return strcmp(hash_hex(sum, 32, hex), sha256) == 0;
}

void
evidence_probe(const struct evidence *e, const char *data, size_t len)
{
	struct spooled s;
	struct bounce b;

	spool_read(data, len, &s);
	read_mail(e, &s, &b);
	locate_probe(e->locator, &b);
	bounce_free(&b);
}
