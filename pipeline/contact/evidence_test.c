/* From a returned mail to its rows, and to the units they are about. */

#include "tests/returns.h"

#include "pipeline/contact/disposition.h"
#include "pipeline/contact/evidence.h"
#include "pipeline/store/suppress.h"

static struct bounces_result n;

/* Take one delivery, settle, and say what was counted. */
static int
take_text(struct fixture *f, const char *text, size_t len,
    const char *envelope_to, int64_t received)
{
	struct evidence *e = evidence_new(&f->w, &f->err);
	struct evidence_of of = { .name = "navn" };
	struct buf data = BUF(64 << 20);
	char at[21];

	if (e == NULL)
		fail_msg("%s", f->err.text);
	if (envelope_to != NULL)
		buf_printf(&data, "X-Utvalg-Envelope-Received: %s\n"
		    "X-Utvalg-Envelope-Recipient: %s\nX-Utvalg-Envelope-Cut: 0\n"
		    "X-Utvalg-Envelope-End: 1\n", moment_iso(received, at),
		    envelope_to);
	buf_add(&data, text, len);
	of.data = buf_text(&data);
	of.len = data.len;
	/* as sending the mails has left it */
	if (disposition_write(&f->w, f->id, &f->err) != 0 ||
	    db_begin(f->w.db, &f->err) != 0 || evidence_take(e, &of, &n,
	    &f->err) != 0 || evidence_settle(e, &f->err) != 0 || db_commit(f->w.db, &f->err) != 0)
		fail_msg("%s", f->err.text);
	/* what was settled is what the study as a whole gives */
	f->err.status = sqlite3_total_changes(f->w.db);
	if (disposition_write(&f->w, f->id, &f->err) != 0)
		fail_msg("%s", f->err.text);
	assert_int_equal(sqlite3_total_changes(f->w.db), f->err.status);
	evidence_probe(e, of.data, of.len);
	buf_free(&data);
	evidence_free(e);
	return of.understood;
}

static int
take(struct fixture *f, const struct returned *r, const char *envelope_to)
{
	struct buf mail = BUF(1 << 20);
	int understood;

	memset(&n, 0, sizeof(n));
	returns_mail(r, &mail);
	understood = take_text(f, buf_text(&mail), mail.len, envelope_to, f->w.now);
	buf_free(&mail);
	return understood;
}

static int
take_plain(struct fixture *f, const char *text, const char *envelope_to)
{
	memset(&n, 0, sizeof(n));
	return take_text(f, text, strlen(text), envelope_to, f->w.now);
}

static const char *
envelope(struct fixture *f, int64_t recipient)
{
	return returns_text("b+%s@%s", returns_token(f, recipient), RETURNS_DOMAIN);
}

/* The last mail: kind, study, assigned, token, review; and its recipients:
 * reason, hard, recipient, located. */
static const char *
message(struct fixture *f)
{
	return fixture_text(f, "SELECT kind || ' ' || coalesce(study, '-') || ' ' ||"
	    " assigned || ' ' || coalesce(token_state, '-') || ' ' || review || ':' ||"
	    " coalesce((SELECT group_concat(' ' || reason || ' ' || hard || ' ' ||"
	    " coalesce(recipient, '-') || ' ' || located, ',') FROM bounce b WHERE"
	    " b.message = m.id), '') FROM bounce_message m ORDER BY id DESC LIMIT 1");
}

/* Units that are other than sent: number, state, our fault, review. */
static const char *
units(struct fixture *f)
{
	return fixture_text(f, "SELECT coalesce(group_concat(sample_unit || ' ' ||"
	    " state || ' ' || our_fault || review, ', '), '') FROM (SELECT * FROM"
	    " disposition WHERE state <> 'sent' OR our_fault OR review ORDER BY"
	    " sample_unit)");
}

static int
lost(struct fixture *f, int study)
{
	return (int)fixture_int(f, returns_text("SELECT count(*) FROM not_located"
	    " WHERE study = %d", study));
}

/* Each bounce stands in one of the lines that add up. */
static void
adds_up(void)
{
	assert_int_equal(n.read, n.again + n.bounce + n.delayed + n.delivered +
	    n.auto_reply + n.feedback + n.mdn + n.challenge + n.other + n.broken);
	assert_int_equal(n.bounce, n.located + n.by_address + n.not_located +
	    n.not_hard + n.ambiguous + n.unassigned + n.bad_token);
}

static void
a_token_marks_its_unit(void **state)
{
	struct fixture f;
	struct returned r = { .final = "rfc822; videre@annet.example" };

	(void)state;
	returns_open(&f);
	assert_int_equal(take(&f, &r, envelope(&f, 103)), 1);
	assert_string_equal(message(&f),
	    "bounce 1 token ok 0: userunknown 1 103 certain");
	assert_string_equal(units(&f), "3 returned 00");
	assert_string_equal(fixture_text(&f, "SELECT address FROM bounce"),
	    "videre@annet.example");
	assert_int_equal(n.located, 1);
	adds_up();
	/* by the returned copy alone */
	r.copy_ref = returns_token(&f, 104);
	assert_int_equal(take(&f, &r, "noen@example.org"), 1);
	assert_string_equal(units(&f), "3 returned 00, 4 returned 00");
	/* soft, and the only mailing: returned; our fault: not */
	r.copy_ref = returns_token(&f, 105);
	r.status = "5.2.2";
	r.diagnostic = "smtp; 552 5.2.2 Mailbox full";
	take(&f, &r, NULL);
	r.copy_ref = returns_token(&f, 106);
	r.status = "5.7.1";
	r.diagnostic = "smtp; 554 5.7.1 Service unavailable; Client host [192.0.2.1]"
	    " blocked using zen.spamhaus.org";
	take(&f, &r, NULL);
	assert_string_equal(units(&f), "3 returned 00, 4 returned 00,"
	    " 5 returned 00, 6 sent 10");
	assert_int_equal(lost(&f, 1), 0);
	fixture_close(&f);
}

static void
a_token_that_does_not_hold_marks_nobody(void **state)
{
	struct fixture f;
	struct returned r = { .final = "rfc822; post3@bedrift.example" };
	const char *forged;

	(void)state;
	returns_open(&f);
	forged = returns_token_of(&f, "other.example", 0, 103, 5);
	take(&f, &r, returns_text("b+%s@%s", forged, RETURNS_DOMAIN));
	assert_string_equal(message(&f), "bounce - none bad-mac 1:"
	    " userunknown 1 - none");
	assert_int_equal(n.bad_token, 1);
	adds_up();
	r.message_id = "<2@mx.example.org>";
	take(&f, &r, returns_text("b+%s@%s", returns_token_of(&f, RETURNS_DOMAIN, 5,
	    103, 5), RETURNS_DOMAIN));
	assert_string_equal(message(&f), "bounce - none unknown-key 1:"
	    " userunknown 1 - none");
	r.message_id = "<3@mx.example.org>";
	take(&f, &r, envelope(&f, 999));
	assert_string_equal(message(&f), "bounce - none unknown-key 1:"
	    " userunknown 1 - none");
	r.message_id = "<4@mx.example.org>";
	take(&f, &r, returns_text("b+%s@%s", returns_token_of(&f, RETURNS_DOMAIN, 0,
	    103, 61), RETURNS_DOMAIN));
	assert_string_equal(message(&f), "bounce 1 token expired 0:"
	    " userunknown 1 - none");
	assert_int_equal(n.bad_token, 1);
	adds_up();
	assert_string_equal(units(&f), "");
	assert_int_equal(lost(&f, 1), 0);
	fixture_close(&f);
}

static void
a_mail_is_as_old_as_it_was_when_it_came(void **state)
{
	struct fixture f;
	struct returned r = { .final = "rfc822; post3@bedrift.example" };
	char at[40];

	(void)state;
	returns_open(&f);
	r.copy_ref = returns_token_of(&f, RETURNS_DOMAIN, 0, 103, 90);
	r.received = returns_text("by svar.example.no; %s", moment_mail(f.w.now -
	    30 * RETURNS_DAY, at));
	take(&f, &r, NULL);
	assert_string_equal(message(&f),
	    "bounce 1 token ok 0: userunknown 1 103 certain");
	assert_int_equal(fixture_int(&f, "SELECT received FROM bounce_message"),
	    f.w.now - 30 * RETURNS_DAY);
	/* the hook knows better, and nothing comes tomorrow */
	r.message_id = "<2@mx.example.org>";
	take(&f, &r, "noen@example.org");
	assert_string_equal(message(&f), "bounce 1 token expired 0:"
	    " userunknown 1 - none");
	r.received = returns_text("by svar.example.no; %s", moment_mail(f.w.now +
	    RETURNS_DAY, at));
	take(&f, &r, NULL);
	assert_int_equal(fixture_int(&f, "SELECT received FROM bounce_message"
	    " ORDER BY id DESC LIMIT 1"), f.w.now);
	fixture_close(&f);
}

static void
an_address_alone_needs_two_mailings(void **state)
{
	struct fixture f;
	struct returned r = { .original = "rfc822; post3@bedrift.example",
	    .final = "rfc822; intern@bedrift.example" };

	(void)state;
	returns_open(&f);
	take(&f, &r, NULL);
	assert_string_equal(message(&f),
	    "bounce 1 address - 0: userunknown 1 103 address");
	assert_string_equal(units(&f), "3 sent 01");
	assert_int_equal(n.by_address, 1);
	adds_up();
	r.message_id = "<2@mx.example.org>";	/* the same mailing once more */
	take(&f, &r, NULL);
	assert_string_equal(units(&f), "3 sent 01");
	returns_mailing(&f, 3, 1, "reminder", "b@" RETURNS_DOMAIN, 300, 1);
	r.message_id = "<3@mx.example.org>";
	take(&f, &r, NULL);
	assert_string_equal(units(&f), "3 returned 00");
	/* the address it went to in the end, and the one in the returned copy */
	r.original = NULL;
	r.final = "rfc822; post4@bedrift.example";
	take(&f, &r, NULL);
	assert_string_equal(message(&f),
	    "bounce 1 address - 0: userunknown 1 304 address");
	r.final = "rfc822; ukjent@annet.example";
	r.copy_to = "Bedrift <post5@bedrift.example>";
	take(&f, &r, "b@" RETURNS_DOMAIN);
	assert_string_equal(message(&f),
	    "bounce 1 address - 0: userunknown 1 305 address");
	assert_int_equal(lost(&f, 1), 0);
	fixture_close(&f);
}

static void
two_units_with_an_address_mark_nobody(void **state)
{
	struct fixture f;
	struct returned r = { .final = "rfc822; post3@bedrift.example" };

	(void)state;
	returns_open(&f);
	fixture_exec(&f, "UPDATE mailing_recipient SET email_key ="
	    " 'post3@bedrift.example' WHERE id = 104");
	take(&f, &r, NULL);
	assert_string_equal(message(&f),
	    "bounce 1 address - 1: userunknown 1 - ambiguous");
	assert_string_equal(fixture_text(&f, "SELECT note FROM bounce_message"),
	    "address of sample units 4 and 3");
	assert_string_equal(units(&f), "");
	assert_int_equal(n.ambiguous, 1);
	adds_up();
	assert_int_equal(lost(&f, 1), 0);	/* a stranger may have written it */
	r.message_id = "<2@mx.example.org>";
	take(&f, &r, "b@" RETURNS_DOMAIN);
	assert_string_equal(message(&f),
	    "bounce 1 bounce-address - 1: userunknown 1 - ambiguous");
	assert_int_equal(n.not_located, 1);
	adds_up();
	assert_int_equal(lost(&f, 1), 1);
	/* two studies with the address: the evidence says which */
	returns_second(&f, "annen@" RETURNS_DOMAIN, 2);
	r.final = "rfc822; post5@bedrift.example";
	take(&f, &r, NULL);
	assert_string_equal(message(&f),
	    "bounce - none - 1: userunknown 1 - ambiguous");
	r.message_id = "<3@mx.example.org>";
	take(&f, &r, "b@" RETURNS_DOMAIN);
	assert_string_equal(message(&f),
	    "bounce 1 address - 0: userunknown 1 105 address");
	fixture_close(&f);
}

static void
not_located_is_hard_and_ours_and_nobody(void **state)
{
	struct fixture f;
	struct returned r = { .final = "rfc822; boks@ukjent.example",
	    .message_id = "<1@mx.example.org>" };

	(void)state;
	returns_open(&f);
	returns_second(&f, "annen@svar.example.org", 5);
	take(&f, &r, "b@" RETURNS_DOMAIN);
	assert_string_equal(message(&f),
	    "bounce 1 bounce-address - 0: userunknown 1 - none");
	assert_int_equal(n.not_located, 1);
	adds_up();
	assert_int_equal(lost(&f, 1), 1);
	assert_int_equal(lost(&f, 2), 0);
	/* the same report once more, by another way */
	r.delivered = "b@" RETURNS_DOMAIN;
	take(&f, &r, NULL);
	assert_int_equal(n.again, 0);
	assert_int_equal(lost(&f, 1), 1);
	r.delivered = NULL;
	/* an empty Message-ID makes no two reports one */
	r.message_id = "<>";
	take(&f, &r, "b@" RETURNS_DOMAIN);
	r.final = "rfc822; boks2@ukjent.example";
	take(&f, &r, "b@" RETURNS_DOMAIN);
	assert_int_equal(lost(&f, 1), 3);
	fixture_exec(&f, "DELETE FROM bounce WHERE message > 2;"
	    " DELETE FROM bounce_message WHERE id > 2");
	/* soft: not counted */
	r.message_id = "<2@mx.example.org>";
	r.status = "4.2.2";
	r.diagnostic = "smtp; 452 4.2.2 Over quota";
	take(&f, &r, "b@" RETURNS_DOMAIN);
	assert_int_equal(n.not_hard, 1);
	adds_up();
	assert_int_equal(lost(&f, 1), 1);
	/* a Message-ID of ours */
	r.status = r.diagnostic = NULL;
	r.message_id = "<3@mx.example.org>";
	r.copy_id = "<brev@svar.example.org>";
	take(&f, &r, NULL);
	assert_string_equal(message(&f),
	    "bounce 2 message-id - 0: userunknown 1 - none");
	assert_int_equal(lost(&f, 2), 1);
	/* a stranger's */
	r.message_id = "<4@mx.example.org>";
	r.copy_id = "<brev@fremmed.example>";
	take(&f, &r, NULL);
	assert_string_equal(message(&f), "bounce - none - 0: userunknown 1 - none");
	assert_int_equal(n.unassigned, 1);
	adds_up();
	assert_int_equal(lost(&f, 1) + lost(&f, 2), 2);
	assert_string_equal(units(&f), "");
	fixture_close(&f);
}

static const char feedback[] =
    "From: <fbl@isp.example>\nSubject: FW: klage\nMIME-Version: 1.0\n"
    "Content-Type: multipart/report; report-type=feedback-report;\n"
    "\tboundary=\"g\"\n\n--g\nContent-Type: text/plain\n\nAn abuse report.\n\n--g\n"
    "Content-Type: message/feedback-report\n\nFeedback-Type: %s\n"
    "User-Agent: X/1\nVersion: 1\n\n--g\nContent-Type: message/rfc822\n\n"
    "Return-Path: <b+%s@svar.example.no>\nFrom: a@example.no\nSubject: x\n\nx\n"
    "--g--\n";

static void
a_complaint_is_an_opt_out_in_every_study(void **state)
{
	struct fixture f;
	char text[2000], hash[65];

	(void)state;
	returns_open(&f);
	snprintf(text, sizeof(text), feedback, "auth-failure", returns_token(&f, 102));
	take_plain(&f, text, NULL);
	assert_string_equal(message(&f), "feedback 1 token ok 0: feedback 0 - none");
	snprintf(text, sizeof(text), feedback, "not-spam", returns_token(&f, 102));
	take_plain(&f, text, NULL);
	assert_string_equal(message(&f), "feedback 1 token ok 0: feedback 0 - none");
	assert_string_equal(units(&f), "");
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM suppression"), 0);
	/* nobody's: a person */
	snprintf(text, sizeof(text), feedback, "abuse", "x");
	take_plain(&f, text, NULL);
	assert_string_equal(message(&f), "feedback - none - 1: feedback 0 - none");
	snprintf(text, sizeof(text), feedback, "abuse", returns_token(&f, 103));
	take_plain(&f, text, NULL);
	assert_string_equal(message(&f), "feedback 1 token ok 0:"
	    " feedback 0 103 certain");
	assert_string_equal(units(&f), "3 refused 00");
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM suppression WHERE"
	    " reason = 'opt-out' AND study = 1"), 2);
	suppress_hash(&f.keys, SUPPRESS_EMAIL, "post3@bedrift.example", hash);
	assert_int_equal(suppress_has(f.w.db, SUPPRESS_EMAIL, hash, &f.err), 1);
	suppress_hash(&f.keys, SUPPRESS_ORGNR, "810000003", hash);
	assert_int_equal(suppress_has(f.w.db, SUPPRESS_ORGNR, hash, &f.err), 1);
	snprintf(text, sizeof(text), feedback, "opt-out", returns_token(&f, 103));
	take_plain(&f, text, NULL);	/* twice is once */
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM suppression"), 2);
	fixture_close(&f);
}

static void
an_unsubscribe_mail_is_an_opt_out(void **state)
{
	static const char text[] = "From: Post <post3@bedrift.example>\n"
	    "Subject: Unsubscribe\n\n";
	struct fixture f;

	(void)state;
	returns_open(&f);
	/* from nobody we know, or with more to say: for a person */
	assert_int_equal(take_plain(&f, text, "b@" RETURNS_DOMAIN), 0);
	assert_int_equal(take_plain(&f, "From: Post <post3@bedrift.example>\n"
	    "Subject: Re: unsubscribe?\n\nHva er dette?\n", envelope(&f, 103)), 0);
	assert_int_equal(n.other, 1);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM suppression"), 0);
	assert_int_equal(take_plain(&f, text, envelope(&f, 103)), 1);
	assert_int_equal(n.feedback, 1);
	assert_string_equal(message(&f), "feedback 1 token ok 0:"
	    " feedback 0 103 certain");
	assert_string_equal(units(&f), "3 refused 00");
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM suppression WHERE"
	    " reason = 'opt-out' AND study = 1"), 2);
	assert_int_equal(take_plain(&f, text, envelope(&f, 103)), 1);
	assert_int_equal(n.again, 1);
	fixture_close(&f);
}

static void
other_kinds_mark_nothing(void **state)
{
	struct fixture f;
	struct returned r = { .action = "delayed", .status = "4.4.1",
	    .diagnostic = "smtp; 451 4.4.1 Connection timed out",
	    .final = "rfc822; post3@bedrift.example" };

	(void)state;
	returns_open(&f);
	assert_int_equal(take(&f, &r, envelope(&f, 103)), 1);
	assert_int_equal(n.delayed, 1);
	r.action = "delivered";
	r.status = "2.0.0";
	r.diagnostic = "smtp; 250 2.0.0 ok";
	assert_int_equal(take(&f, &r, envelope(&f, 103)), 1);
	assert_int_equal(n.delivered, 1);
	assert_int_equal(take_plain(&f, "From: Post <post3@bedrift.example>\n"
	    "Subject: Automatisk svar: Noen sporsmal\nAuto-Submitted: auto-replied\n\n"
	    "Jeg er tilbake mandag.\n", envelope(&f, 103)), 1);
	assert_int_equal(n.auto_reply, 1);
	assert_string_equal(message(&f), "auto-reply 1 token ok 0:"
	    " vacation 0 103 certain");
	assert_int_equal(take_plain(&f, "From: <post3@bedrift.example>\nSubject: Read\n"
	    "MIME-Version: 1.0\nContent-Type: multipart/report;"
	    " report-type=disposition-notification; boundary=g\n\n--g\n"
	    "Content-Type: text/plain\n\nRead.\n\n--g\n"
	    "Content-Type: message/disposition-notification\n\n"
	    "Final-Recipient: rfc822; post3@bedrift.example\n"
	    "Disposition: manual-action/MDN-sent-manually; displayed\n\n--g--\n",
	    envelope(&f, 103)), 1);
	assert_int_equal(n.mdn, 1);
	assert_int_equal(take_plain(&f, "From: <post3@bedrift.example>\nSubject: Hei\n\n"
	    "Hva gjelder dette?\n", envelope(&f, 103)), 0);
	assert_int_equal(n.other, 1);
	assert_string_equal(fixture_text(&f, "SELECT review FROM bounce_message"
	    " ORDER BY id DESC LIMIT 1"), "1");
	assert_string_equal(units(&f), "");
	assert_int_equal(lost(&f, 1), 0);
	/* delivered after all */
	r.action = r.status = r.diagnostic = NULL;
	take(&f, &r, envelope(&f, 103));
	assert_string_equal(units(&f), "3 returned 00");
	fixture_close(&f);
}

static void
the_same_mail_twice_is_one(void **state)
{
	struct fixture f;
	struct returned r = { .final = "rfc822; post3@bedrift.example" };

	(void)state;
	returns_open(&f);
	take(&f, &r, envelope(&f, 103));
	assert_int_equal(take(&f, &r, envelope(&f, 103)), 1);
	assert_int_equal(n.again, 1);
	assert_int_equal(n.bounce, 0);
	adds_up();
	assert_int_equal(take(&f, &r, NULL), 1);	/* the same from a maildir */
	assert_int_equal(n.again, 1);
	/* the same octets to another return address are another delivery */
	take(&f, &r, envelope(&f, 104));
	assert_int_equal(n.bounce, 1);
	take(&f, &r, envelope(&f, 104));
	assert_int_equal(n.again, 1);
	assert_string_equal(units(&f), "3 returned 00, 4 returned 00");
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM bounce_message"), 2);
	fixture_close(&f);
}

static void
anything_is_taken(void **state)
{
	struct fixture f;
	struct buf text = BUF(64 << 20);

	(void)state;
	returns_open(&f);
	assert_int_equal(take_plain(&f, "", envelope(&f, 103)), 0);
	assert_int_equal(take_text(&f, "a\0b\0\n\0", 6, NULL, f.w.now), 0);
	for (int i = 0; i < 3000; i++)
		buf_printf(&text, "Content-Type: multipart/mixed; boundary=\"b%d\"\n\n"
		    "--b%d\n", i, i);
	take_text(&f, buf_text(&text), text.len, NULL, f.w.now);
	assert_string_equal(fixture_text(&f, "SELECT note FROM bounce_message ORDER BY"
	    " id DESC LIMIT 1"), "limit: depth parts");
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM bounce_message"), 3);
	buf_free(&text);
	fixture_close(&f);
}

static void
further_rules_stand_in_front(void **state)
{
	static const struct { const char *says, *text, *error; } bad[] = {
		{ "no rule", "what is this\n", "regler.rules:1: " },
		{ "no such reason", "rule a\nreason nothing\n", "regler.rules:2: " },
		{ "a hit that misses", "rule a\nreason suspend\npattern abc\nhit x\n"
		    "miss y\n", "regler.rules: " },
	};
	static const char good[] = "rule stengt\nreason hasmoved\npattern butikken er"
	    " stengt\nhit 550 Butikken er stengt\nmiss 550 user unknown\n";
	struct fixture f;
	struct returned r = { .status = "5.0.0",
	    .diagnostic = "smtp; 550 Butikken er stengt" };
	char path[100];

	(void)state;
	returns_open(&f);
	snprintf(path, sizeof(path), "%s/regler.rules", f.state);
	f.set.rules = path;
	assert_null(evidence_new(&f.w, &f.err));
	assert_int_equal(f.err.status, EX_CONFIG);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(file_write(path, 0600, bad[i].text,
		    strlen(bad[i].text), &f.err), 0);
		assert_null(evidence_new(&f.w, &f.err));
		assert_int_equal(f.err.status, EX_CONFIG);
		if (strstr(f.err.text, bad[i].error) == NULL)
			fail_msg("%s: %s", bad[i].says, f.err.text);
	}
	assert_int_equal(file_write(path, 0600, good, sizeof(good) - 1, &f.err), 0);
	take(&f, &r, envelope(&f, 103));
	assert_string_equal(message(&f), "bounce 1 token ok 0: hasmoved 1 103 certain");
	assert_string_equal(fixture_text(&f, "SELECT rule FROM bounce"), "stengt");
	fixture_close(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_marks_its_unit),
		cmocka_unit_test(a_token_that_does_not_hold_marks_nobody),
		cmocka_unit_test(a_mail_is_as_old_as_it_was_when_it_came),
		cmocka_unit_test(an_address_alone_needs_two_mailings),
		cmocka_unit_test(two_units_with_an_address_mark_nobody),
		cmocka_unit_test(not_located_is_hard_and_ours_and_nobody),
		cmocka_unit_test(a_complaint_is_an_opt_out_in_every_study),
		cmocka_unit_test(an_unsubscribe_mail_is_an_opt_out),
		cmocka_unit_test(other_kinds_mark_nothing),
		cmocka_unit_test(the_same_mail_twice_is_one),
		cmocka_unit_test(anything_is_taken),
		cmocka_unit_test(further_rules_stand_in_front),
	};

	return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
