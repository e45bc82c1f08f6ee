/* Tests of the bounce reader, on mails that were made up for them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"
#include "pipeline/contact/bounce.h"

static struct reason_rules *rules;

static int
set_up(void **state)
{
	struct err err;

	(void)state;
	rules = reason_rules_builtin(&err);
	if (rules == NULL)
		print_error("%s\n", err.text);
	return (rules == NULL ? -1 : 0);
}

static int
tear_down(void **state)
{

	(void)state;
	reason_rules_free(rules);
	return (0);
}

static void
read_text(const char *mail, struct bounce *b)
{

	bounce_read(rules, mail, strlen(mail), NULL, NULL, b);
}

#define DAEMON	"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.org\n" \
		"To: svar+token@svar.example.no\n"
#define REPORT	DAEMON "Subject: Undelivered Mail Returned to Sender\n" \
		"Auto-Submitted: auto-replied\n" \
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
#define TEXT	"--b\nContent-Type: text/plain\n\n"
#define STATUS	"--b\nContent-Type: message/delivery-status\n\n" \
		"Reporting-MTA: dns; mx.example.org\n\n"
#define COPY	"--b\nContent-Type: message/rfc822\n\n" \
		"Return-Path: <svar+aaa@svar.example.no>\nMessage-ID: <ref@svar.example.no>\n" \
		"X-Utvalg-Ref: ref\nFrom: svar@example.no\nTo: Kari <kari@example.org>\n" \
		"Subject: Undersokelse\n\nHei\n"
#define END	"--b--\n"

/*
 * One recipient each: kind address status reason hard, "-" for none; the next
 * recipients follow after " | ".
 */
static const struct {
	const char *says, *mail, *want;
} cases[] = {
	{ "an unknown user", REPORT TEXT "Sorry.\n" STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: failed\n"
	    "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n" COPY END,
	    "bounce kari@example.org 5.1.1 userunknown 1" },
	{ "the original recipient comes before the final one", REPORT STATUS
	    "Original-Recipient: rfc822; kari@example.org\n"
	    "Final-Recipient: rfc822; kn@mail.example.com\nAction: failed\n"
	    "Status: 5.2.2\n" END,
	    "bounce kari@example.org 5.2.2 mailboxfull 0" },
	{ "X.400 is no address: the final one", REPORT STATUS
	    "Original-Recipient: x400; /c=no/a=x/\n"
	    "Final-Recipient: rfc822; kari@example.org\nAction: failed\n"
	    "Status: 5.1.1\n" END,
	    "bounce kari@example.org 5.1.1 userunknown 1" },
	{ "xtext is decoded", REPORT STATUS
	    "Original-Recipient: rfc822; kari+2Bpost@example.org\n"
	    "Action: failed\nStatus: 5.1.1\n" END,
	    "bounce kari+post@example.org 5.1.1 userunknown 1" },
	{ "a plus address that was never encoded stays", REPORT STATUS
	    "Original-Recipient: rfc822; kari+42@example.org\n"
	    "Action: failed\nStatus: 5.1.1\n" END,
	    "bounce kari+42@example.org 5.1.1 userunknown 1" },
	{ "several recipients, each with its own reason", REPORT STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: failed\n"
	    "Status: 5.1.1\n\nFinal-Recipient: rfc822; ola@example.org\n"
	    "Action: failed\nStatus: 5.0.0\n"
	    "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full\n" END,
	    "bounce kari@example.org 5.1.1 userunknown 1 | "
	    "ola@example.org 5.2.2 mailboxfull 0" },
	{ "one failed and one delivered: a bounce about the one", REPORT STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: delivered\n"
	    "Status: 2.0.0\n\nFinal-Recipient: rfc822; ola@example.org\n"
	    "Action: failed\nStatus: 5.1.1\n" END,
	    "bounce ola@example.org 5.1.1 userunknown 1" },
	{ "delayed is never hard", REPORT STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: delayed\n"
	    "Status: 4.1.1\nDiagnostic-Code: smtp; 450 User unknown\n" END,
	    "delayed kari@example.org 4.1.1 userunknown 0" },
	{ "relayed is delivered", REPORT STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: relayed\n"
	    "Status: 2.1.9\n" END,
	    "delivered kari@example.org 2.1.9 delivered 0" },
	{ "an action of one's own making, by its stem", REPORT STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: failure\n"
	    "Status: 5.1.1\n" END,
	    "bounce kari@example.org 5.1.1 userunknown 1" },
	{ "no action: the class decides", REPORT STATUS
	    "Final-Recipient: rfc822; kari@example.org\nStatus: 5.1.1\n" END,
	    "bounce kari@example.org 5.1.1 userunknown 1" },
	{ "no status anywhere: none is made up", REPORT STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: failed\n"
	    "Diagnostic-Code: smtp; 550 no such user here\n" COPY END,
	    "bounce kari@example.org - filtered 0" },
	{ "the diagnostic's code before x.0.0", REPORT STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: failed\n"
	    "Status: 5.0.0\nDiagnostic-Code: smtp; 550-5.7.26 Unauthenticated\n"
	    "  550-5.7.26 email is\n 550 5.7.26 not accepted\n" END,
	    "bounce kari@example.org 5.7.26 authfailure 0" },
	{ "addresses and versions are no codes", REPORT STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: failed\n"
	    "Status: 5.0.0\nDiagnostic-Code: smtp; host 5.4.3.2[5.1.1.9] v5.2.2a: "
	    "unknown user (in reply to RCPT TO command)\n" END,
	    "bounce kari@example.org 5.0.0 userunknown 1" },
	{ "a code beside the address, as OpenSMTPD has it", REPORT TEXT
	    "kari@example.org: 550 5.2.1 <kari@example.org> account is disabled\n"
	    STATUS "Final-Recipient: rfc822; kari@example.org\nAction: failed\n"
	    "Status: 5.0.0\n" END,
	    "bounce kari@example.org 5.2.1 suspend 0" },
	{ "an exit status is no reply", REPORT STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: failed\n"
	    "Status: 5.3.0\nDiagnostic-Code: x-unix; 550\n" END,
	    "bounce kari@example.org 5.3.0 mailererror 0" },
	{ "null MX: the domain takes no mail", REPORT STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: failed\n"
	    "Status: 5.1.10\nDiagnostic-Code: smtp; 556 5.1.10 Recipient address "
	    "has null MX\n" END,
	    "bounce kari@example.org 5.1.10 notaccept 1" },
	{ "null MX of our own domain is ours", REPORT STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: failed\n"
	    "Status: 5.7.27\nDiagnostic-Code: smtp; 550 5.7.27 Sender address has "
	    "null MX\n" END,
	    "bounce kari@example.org 5.7.27 rejected 0" },
	{ "fields in one block, without a first one, any case",
	    REPORT "--b\nContent-Type: message/delivery-status\n\n"
	    "\n\nFINAL-RECIPIENT : RFC822 ; <kari@example.org> (Kari)\n"
	    "what is this line\naction:failed\nstatus: 5.1.1 (unknown)\n" END,
	    "bounce kari@example.org 5.1.1 userunknown 1" },
	{ "a report in base64", REPORT
	    "--b\nContent-Type: message/delivery-status\n"
	    "Content-Transfer-Encoding: base64\n\n"
	    "UmVwb3J0aW5nLU1UQTogZG5zOyB4CgpGaW5hbC1SZWNpcGllbnQ6IHJmYzgyMjsga2Fy\n"
	    "aUBleGFtcGxlLm9yZwpBY3Rpb246IGZhaWxlZApTdGF0dXM6IDUuMS4xCg==\n" END,
	    "bounce kari@example.org 5.1.1 userunknown 1" },
	{ "a report in multipart/mixed", DAEMON
	    "Content-Type: multipart/mixed; boundary=b\n\n" STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: failed\n"
	    "Status: 5.1.1\n" END,
	    "bounce kari@example.org 5.1.1 userunknown 1" },
	{ "RFC 6533: UTF-8 and \\x{HEX}", REPORT
	    "--b\nContent-Type: message/global-delivery-status\n\n"
	    "Reporting-MTA: dns; x\n\nOriginal-Recipient: utf-8; "
	    "k\\x{E5}re@bl\\x{E5}b\xc3\xa6r.example.no\n"
	    "Action: failed\nStatus: 5.1.1\n" END,
	    "bounce k\xc3\xa5re@bl\xc3\xa5""b\xc3\xa6r.example.no 5.1.1 userunknown 1" },
	{ "RFC 6533: a broken escape stands as it is", REPORT
	    "--b\nContent-Type: message/global-delivery-status\n\n"
	    "Final-Recipient: utf-8; k\\x{D800}@example.no\n"
	    "Action: failed\nStatus: 5.1.1\n" END,
	    "bounce k\\x{D800}@example.no 5.1.1 userunknown 1" },
	{ "a report within the returned message is not ours", REPORT STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: failed\n"
	    "Status: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\n"
	    "From: x@example.com\nTo: kari@example.org\n"
	    "Content-Type: multipart/report; boundary=c\n\n"
	    "--c\nContent-Type: message/delivery-status\n\n"
	    "Final-Recipient: rfc822; per@example.com\nAction: failed\n"
	    "Status: 5.2.2\n\n--c--\n" END,
	    "bounce kari@example.org 5.1.1 userunknown 1" },
	{ "a person who forwards a report sends no bounce",
	    "From: Per <per@example.com>\nTo: svar@example.no\n"
	    "Subject: Fwd: Undelivered Mail\n"
	    "Content-Type: multipart/mixed; boundary=a\n\n"
	    "--a\n\nSe vedlegg\n--a\nContent-Type: message/rfc822\n\n" REPORT STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: failed\n"
	    "Status: 5.1.1\n" END "--a--\n",
	    "other" },
	{ "nor does one who quotes it",
	    "From: Per <per@example.com>\nTo: svar@example.no\n"
	    "Subject: SV: Undersokelse\n\nJeg fikk denne i retur:\n\n"
	    "> This is the mail system at host mx.example.org.\n>\n"
	    "> I'm sorry to have to inform you that your message could not\n"
	    "> be delivered.\n> <kari@example.org>: 550 5.1.1 User unknown\n",
	    "other" },
	{ "nor does a null sender alone", DAEMON
	    "Subject: Hei\n\nTakk for sist.\n",
	    "other" },
	{ "nor a list post that speaks of it",
	    "From: Per <per@example.com>\nTo: list@example.com\n"
	    "List-Id: <list.example.com>\nPrecedence: list\nSubject: mail trouble\n\n"
	    "Our users say: user unknown, mailbox is full, kari@example.org.\n",
	    "other" },
	{ "nor a person whose subject says so",
	    "From: Per <per@example.com>\nTo: svar@example.no\n"
	    "Subject: Returned mail\n\nI get \"550 5.1.1 User unknown\" when I "
	    "write to post@example.com.\n",
	    "other" },
	{ "a content filter, which names us first", DAEMON
	    "Subject: Considered unsolicited\n\n"
	    "A message from <svar+token@svar.example.no> to: <kari@example.org>\n\n"
	    "was considered unsolicited bulk e-mail (UBE).\n\n"
	    "Delivery of the email was stopped!\n",
	    "bounce kari@example.org - spamdetected 0" },
	{ "a daemon that names nobody", DAEMON
	    "Subject: Mail Delivery Problem\n\nYour mail could not be delivered: "
	    "quota exceeded.\n",
	    "bounce - - mailboxfull 0" },
	{ "X-Failed-Recipients, folded and several", DAEMON
	    "X-Failed-Recipients: kari@example.org,\n ola@example.org\n"
	    "Subject: Mail delivery failed: returning message to sender\n\n"
	    "This message was created automatically by mail delivery software.\n\n"
	    "  kari@example.org\n    SMTP error from remote mail server after RCPT TO:"
	    "<kari@example.org>:\n    host mx.example.org [192.0.2.1]: 550 5.1.1 "
	    "User unknown\n  ola@example.org\n    mailbox is full\n\n"
	    "------ This is a copy of the message, including all the headers. ------\n\n"
	    "To: kari@example.org, ola@example.org\n",
	    "bounce kari@example.org 5.1.1 userunknown 1 | "
	    "ola@example.org - mailboxfull 0" },
	{ "qmail", DAEMON "Subject: failure notice\n\n"
	    "Hi. This is the qmail-send program at mx.example.org.\n"
	    "I'm afraid I wasn't able to deliver your message to the following "
	    "addresses.\n\n<kari@example.org>:\n"
	    "Sorry, no mailbox here by that name. (#5.1.1)\n\n"
	    "--- Below this line is a copy of the message.\n\n"
	    "Return-Path: <svar@example.no>\nTo: kari@example.org\n",
	    "bounce kari@example.org 5.1.1 userunknown 1" },
	{ "Postfix without a report, expanded from what we wrote to", DAEMON
	    "Subject: Undelivered Mail Returned to Sender\n\n"
	    "This is the mail system at host mx.example.org.\n\n"
	    "<kn@mail.example.com> (expanded from <kari@example.org>): host\n"
	    "    mail.example.com[192.0.2.9] said: 550 5.1.1 no such user (in reply to\n"
	    "    RCPT TO command)\n",
	    "bounce kari@example.org 5.1.1 userunknown 1" },
	{ "sendmail of old", DAEMON "Subject: Returned mail: User unknown\n\n"
	    "   ----- The following addresses had permanent fatal errors -----\n"
	    "<kari@example.org>\n\n   ----- Transcript of session follows -----\n"
	    ">>> RCPT To:<kari@example.org>\n<<< 550 5.1.1 User unknown\n\n"
	    "   ----- Original message follows -----\n\nTo: kari@example.org\n",
	    "bounce kari@example.org 5.1.1 userunknown 1" },
	{ "Exchange, with a display name around", DAEMON
	    "Subject: Undeliverable: Undersokelse\n\n"
	    "Your message did not reach some or all of the intended recipients.\n\n"
	    "      Subject:  Undersokelse\n\n"
	    "The following recipient(s) could not be reached:\n\n"
	    "      kari@example.org on 02.03.2026 10:11\n"
	    "            The recipient name is not recognized\n",
	    "bounce kari@example.org - userunknown 1" },
	{ "Gmail of old, delayed", DAEMON
	    "Subject: Delivery Status Notification (Delay)\n\n"
	    "THIS IS A WARNING MESSAGE ONLY.\n\n"
	    "Delivery to the following recipient has been delayed:\n\n"
	    "     kari@example.org\n\nMessage will be retried for 2 more day(s)\n\n"
	    "Technical details of temporary failure:\nConnection timed out\n\n"
	    "----- Original message -----\n\nTo: kari@example.org\n",
	    "delayed kari@example.org - expired 0" },
	{ "a family nobody has met, in German", DAEMON
	    "Subject: Unzustellbar: Undersokelse\n\n"
	    "Ihre Nachricht konnte nicht zugestellt werden.\n\n"
	    "kari@example.org\n\n550 5.1.1 Benutzer unbekannt\n",
	    "bounce kari@example.org 5.1.1 userunknown 1" },
	{ "and one in Norwegian", DAEMON
	    "Subject: Ikke levert\n\nMeldingen kunne ikke leveres til:\n\n"
	    "  <kari@example.org>: Mottakeren finnes ikke\n",
	    "bounce kari@example.org - userunknown 1" },
	{ "HTML only", DAEMON "Subject: Delivery failure\n"
	    "Content-Type: text/html\n\n<html><style>p { x: y }</style><body>"
	    "<p>Delivery has failed to these recipients:</p><p>"
	    "<a href=\"mailto:kari@example.org\">kari@example.org</a></p>"
	    "<p>550 5.1.1 user &quot;kari&quot; unknown</p></body></html>\n",
	    "bounce kari@example.org 5.1.1 userunknown 1" },
	{ "fields written into the text", DAEMON
	    "Subject: Delivery Status Notification (Failure)\n\n"
	    "Technical report:\n\nReporting-MTA: dns; mx.example.org\n\n"
	    "Final-Recipient: rfc822; kari@example.org\nAction: failed\n"
	    "Status: 5.1.1\n",
	    "bounce kari@example.org 5.1.1 userunknown 1" },
	{ "a notification of a sending service",
	    "From: no-reply@sns.example.com\nTo: svar@example.no\nSubject: note\n\n"
	    "{\"Message\" : \"{\\\"notificationType\\\":\\\"Bounce\\\",\\\"bounce\\\":{"
	    "\\\"bouncedRecipients\\\":[{\\\"emailAddress\\\":\\\"kari@example.org\\\","
	    "\\\"status\\\":\\\"5.1.1\\\",\\\"diagnosticCode\\\":\\\"smtp; 550 5.1.1 "
	    "user unknown\\\"}]}}\"}\n",
	    "bounce kari@example.org 5.1.1 userunknown 1" },
	{ "a report that a gateway wrapped", DAEMON
	    "Subject: Delivery Status Notification (Failure)\n"
	    "Content-Type: multipart/mixed; boundary=a\n\n--a\n"
	    "Content-Type: message/rfc822\n\n" REPORT STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: failed\n"
	    "Status: 5.1.1\n" END "--a--\n",
	    "bounce kari@example.org 5.1.1 userunknown 1" },
	{ "an automatic reply in Norwegian",
	    "From: Kari <kari@example.org>\nTo: svar@example.no\n"
	    "Subject: =?utf-8?q?Frav=C3=A6r=3A_Unders=C3=B8kelse?=\n\n"
	    "Jeg er p\xc3\xa5 ferie til 3. august.\n",
	    "auto-reply kari@example.org - vacation 0" },
	{ "and in Nynorsk, by its header",
	    "From: kari@example.org\nTo: svar@example.no\nSubject: Takk\n"
	    "Auto-Submitted: auto-replied (vacation)\n\nEg er ikkje her.\n",
	    "auto-reply kari@example.org - vacation 0" },
	{ "an automatic reply that says the account is closed",
	    "From: kari@example.org\nTo: svar@example.no\n"
	    "Auto-Submitted: auto-replied\nSubject: Automatisk svar\n\n"
	    "This account has been disabled.\n",
	    "auto-reply kari@example.org - suspend 0" },
	{ "and one that says that she has left",
	    "From: kari@example.org\nTo: svar@example.no\n"
	    "Subject: Automatisk svar: Undersokelse\n\nKari har sluttet i bedriften.\n",
	    "auto-reply kari@example.org - hasmoved 0" },
	{ "a receipt of a case system",
	    "From: post@example.org\nTo: svar@example.no\n"
	    "X-Auto-Response-Suppress: All\nSubject: Bekreftelse: vi har mottatt e-posten\n"
	    "\nTakk.\n",
	    "auto-reply post@example.org - vacation 0" },
	{ "Auto-Submitted: no is no automatic reply",
	    "From: kari@example.org\nTo: svar@example.no\nAuto-Submitted: no\n"
	    "Subject: Svar\n\nHei\n",
	    "other" },
	{ "a list is no automatic reply",
	    "From: kari@example.org\nTo: svar@example.no\nPrecedence: bulk\n"
	    "Subject: Nyheter\n\nHei\n",
	    "other" },
	{ "a challenge",
	    "From: kari@example.org\nTo: svar@example.no\n"
	    "In-Reply-To: <ref@svar.example.no>\nSubject: Please confirm\n\n"
	    "To have your message delivered, please click on the link below.\n",
	    "challenge kari@example.org - undefined 0" },
	{ "a read receipt",
	    "From: kari@example.org\nTo: svar@example.no\nSubject: Lest: X\n"
	    "Content-Type: multipart/report; report-type=disposition-notification;"
	    " boundary=b\n\n" TEXT "Lest.\n--b\n"
	    "Content-Type: message/disposition-notification\n\n"
	    "Final-Recipient: rfc822; kari@example.org\n"
	    "Disposition: manual-action/MDN-sent-manually; displayed\n" END,
	    "mdn kari@example.org - delivered 0" },
	{ "a receipt of deletion is no failure",
	    "From: kari@example.org\nTo: svar@example.no\nSubject: Ikke lest: X\n"
	    "Content-Type: multipart/report; report-type=disposition-notification;"
	    " boundary=b\n\n" TEXT "Slettet uten at den ble lest.\n--b\n"
	    "Content-Type: message/disposition-notification\n\n"
	    "Final-Recipient: rfc822; kari@example.org\n"
	    "Disposition: automatic-action/MDN-sent-automatically; deleted\n" END,
	    "mdn kari@example.org - delivered 0" },
	{ "but one of a refusal is",
	    DAEMON "Subject: Automatically rejected mail\n"
	    "Content-Type: multipart/report; report-type=disposition-notification;"
	    " boundary=b\n\n" TEXT "Your message to <kari@example.org> was "
	    "automatically rejected:\nQuota exceeded\n--b\n"
	    "Content-Type: message/disposition-notification\n\n"
	    "Final-Recipient: rfc822; kari@example.org\n"
	    "Disposition: automatic-action/MDN-sent-automatically; deleted\n" END,
	    "bounce kari@example.org - mailboxfull 0" },
	{ "a complaint",
	    "From: feedback@example.org\nTo: svar@example.no\n"
	    "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
	    TEXT "Complaint.\n--b\nContent-Type: message/feedback-report\n\n"
	    "Feedback-Type: abuse\nVersion: 1\nOriginal-Rcpt-To: <kari@example.org>\n\n"
	    COPY END,
	    "feedback kari@example.org - feedback 0" },
	{ "nobody is named, and the copy went to one",
	    DAEMON "Subject: Undelivered Mail\n"
	    "Content-Type: multipart/mixed; boundary=b\n\n" TEXT
	    "The mail could not be delivered.\n" COPY END,
	    "bounce kari@example.org - undefined 0" },
	{ "no header", "hello\n", "other" },
	{ "nothing", "", "other" },
};

static void
describe(const struct bounce *b, struct buf *out)
{
	const struct bounce_recipient *x;
	size_t i, n = 0;

	buf_str(out, bounce_kind_word(b->kind));
	for (i = 0; i < b->nrecipient; i++) {
		x = &b->recipient[i];
		if (x->kind == BOUNCE_DELIVERED && b->kind != BOUNCE_DELIVERED)
			continue;
		buf_printf(out, "%s %s %s %s %d", n++ > 0 ? " |" : "",
		    x->address != NULL ? x->address : "-",
		    x->status != NULL ? x->status : "-", x->reason, x->hard);
	}
}

static int
read_case(const char *says, const char *mail, size_t len, const char *want)
{
	struct buf got = BUF(65536);
	struct bounce b;
	int same;

	bounce_read(rules, mail, len, NULL, NULL, &b);
	describe(&b, &got);
	same = strcmp(buf_text(&got), want) == 0;
	if (!same)
		print_error("%s: got \"%s\", want \"%s\"\n", says,
		    buf_text(&got), want);
	bounce_free(&b);
	buf_free(&got);
	return (same);
}

static void
reads_what_mails_say(void **state)
{
	size_t i;
	int bad = 0;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		bad += !read_case(cases[i].says, cases[i].mail,
		    strlen(cases[i].mail), cases[i].want);
	assert_int_equal(bad, 0);
}

static void
any_newline_will_do(void **state)
{
	struct buf crlf = BUF(BUF_ANY), cr = BUF(BUF_ANY);
	const char *s;
	size_t i;
	int bad = 0;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_clear(&crlf);
		buf_clear(&cr);
		for (s = cases[i].mail; *s != '\0'; s++) {
			if (*s == '\n')
				buf_chr(&crlf, '\r');
			buf_chr(&crlf, *s);
			buf_chr(&cr, *s == '\n' ? '\r' : *s);
		}
		bad += !read_case(cases[i].says, buf_text(&crlf), crlf.len,
		    cases[i].want);
		bad += !read_case(cases[i].says, buf_text(&cr), cr.len,
		    cases[i].want);
	}
	buf_free(&crlf);
	buf_free(&cr);
	assert_int_equal(bad, 0);
}

/* Cut anywhere, a mail is still read. */
static void
a_mail_may_end_anywhere(void **state)
{
	struct bounce b;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (n = 0; n < strlen(cases[i].mail); n += 41) {
			bounce_read(rules, cases[i].mail, n, NULL, NULL, &b);
			bounce_free(&b);
		}
}

static void
every_rule_does_what_its_examples_say(void **state)
{
	struct err err;

	(void)state;
	if (reason_rules_check(rules, &err) != 0)
		fail_msg("%s", err.text);
	assert_in_range(reason_rules_count(rules), 50, REASON_RULES_MAX);
}

static void
bad_rules_are_refused_by_line(void **state)
{
	static const struct { const char *text, *want; } bad[] = {
		{ "", "r:1: no rules" },
		{ "reason spamdetected\n", "r:1: the first word must be \"rule\"" },
		{ "rule A\n", "r:1: not a rule's name" },
		{ "rule a\nreason nonsense\n", "r:2: unknown reason" },
		{ "rule a\nreason expired\nfault X\n",
		    "r:3: fault is one of A, R, S, N, -" },
		{ "rule a\nreason expired\npattern x\n",
		    "r:4: rule \"a\" needs an example that hits and one that does not" },
		{ "rule a\nreason expired\nrule a\n", "r:3: rule \"a\" is there twice" },
		{ "rule a\nreason expired\nnonsense x\n",
		    "r:3: unknown word, or too many of it" },
		{ "rule a\nreason expired\npattern (\nhit x\nmiss y\n", NULL },
		{ "rule a\nstatus 5\n", "r:3: rule \"a\" has no reason" },
	};
	struct reason_rules *r;
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r = reason_rules_read("r", bad[i].text, strlen(bad[i].text), &err);
		assert_null(r);
		assert_int_equal(err.status, EX_CONFIG);
		if (bad[i].want != NULL)
			assert_string_equal(err.text, bad[i].want);
	}
}

static void
own_rules_come_first(void **state)
{
	static const char own[] = "rule moon\nreason policyviolation\n"
	    "pattern wrong moon\nhit the wrong moon\nmiss no moon\n\n"
	    "rule code-mailboxfull\nreason expired\nstatus 5.2.2\n";
	struct reason_case c = { "5.1.1", NULL, NULL, NULL, "wrong  MOON", 11 };
	struct reason_rules *r;
	struct reason got;
	struct err err;

	(void)state;
	r = reason_rules_read("r", own, sizeof(own) - 1, &err);
	assert_non_null(r);
	assert_int_equal(reason_rules_check(r, &err), 0);
	got = reason_of(r, &c);
	assert_string_equal(got.word, "policyviolation");
	assert_string_equal(got.rule, "moon");
	c.status = "5.2.2";	/* takes the place of ours */
	c.text = "";
	c.len = 0;
	assert_string_equal(reason_of(r, &c).word, "expired");
	c.status = "5.1.6";	/* the others are still there */
	assert_string_equal(reason_of(r, &c).word, "hasmoved");
	reason_rules_free(r);
}

static void
an_address_is_no_reason(void **state)
{
	struct reason_case c = { "5.1.1", "550", "rcpt", "smtp",
	    "550 5.1.1 <spam@virus.example.org>: no such user", 47 };

	(void)state;
	assert_string_equal(reason_of(rules, &c).word, "userunknown");
}

static void
not_accepting_for_now_is_not_hard(void **state)
{
	struct reason_case c = { "5.3.2", NULL, NULL, NULL, "null MX", 7 };

	(void)state;
	assert_int_equal(reason_of(rules, &c).hard, 1);
	c.status = "4.3.2";
	assert_int_equal(reason_of(rules, &c).hard, 0);
}

/* --- evidence --------------------------------------------------------------- */

static const char token_text[] = "aaadvxtivbdggabzx3jizat6z";
static unsigned char key[TOKEN_KEYS][32], set[TOKEN_KEYS] = { 1 };
static const struct token_keys keys = { (const unsigned char (*)[32])key, set, 0 };
#define TODAY	(18262 + 2260)

static void
finds_the_token_wherever_it_stands(void **state)
{
	static const struct { const char *says, *mail; enum bounce_place place; }
	    places[] = {
		{ "in Delivered-To", "Delivered-To: svar+%s@svar.example.no\n"
		    "From: MAILER-DAEMON@x\nTo: x@example.no\n\nx\n",
		    BOUNCE_AT_DELIVERED },
		{ "in the second Delivered-To", "Delivered-To: x@example.no\n"
		    "Delivered-To: SVAR+%s@svar.example.no\n\nx\n",
		    BOUNCE_AT_DELIVERED },
		{ "in To", "To: x@example.no, <svar+%s@svar.example.no>\n\nx\n",
		    BOUNCE_AT_TO },
		{ "in Original-Envelope-Id", REPORT
		    "--b\nContent-Type: message/delivery-status\n\n"
		    "Original-Envelope-Id: %s\n\nFinal-Recipient: rfc822;a@b.no\n"
		    "Action: failed\n" END, BOUNCE_AT_ENVID },
		{ "in the copy's Message-ID", REPORT TEXT "x\n--b\n"
		    "Content-Type: text/rfc822-headers\n\n"
		    "Message-ID: <%s@svar.example.no>\n" END,
		    BOUNCE_AT_MESSAGE_ID },
		{ "in the copy's X-Utvalg-Ref", REPORT TEXT "x\n--b\n"
		    "Content-Type: message/rfc822\n\nX-Utvalg-Ref: %s\n\nx\n" END,
		    BOUNCE_AT_REF },
		{ "in the copy's Return-Path", REPORT TEXT "x\n--b\n"
		    "Content-Type: message/rfc822\n\n"
		    "Return-Path: <svar+%s@svar.example.no>\n\nx\n" END,
		    BOUNCE_AT_RETURN_PATH },
		{ "behind the copy line of a text", DAEMON
		    "Subject: failure notice\n\nThis is the qmail-send program\n\n"
		    "<kari@example.org>:\nno such user\n\n"
		    "--- Below this line is a copy of the message.\n\n"
		    "Return-Path: <svar+%s@svar.example.no>\n",
		    BOUNCE_AT_RETURN_PATH },
		{ "in what an automatic reply answers",
		    "From: kari@example.org\nSubject: Automatisk svar\n"
		    "In-Reply-To: <%s@svar.example.no>\n\nx\n", BOUNCE_AT_REPLY },
	};
	struct buf mail = BUF(BUF_ANY);
	enum bounce_place place;
	struct bounce b;
	struct token t;
	const char *p;
	size_t i;
	int j;

	(void)state;
	for (j = 0; j < 32; j++)
		key[0][j] = (unsigned char)j;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		buf_clear(&mail);
		p = strstr(places[i].mail, "%s");
		buf_add(&mail, places[i].mail, (size_t)(p - places[i].mail));
		buf_str(&mail, token_text);
		buf_str(&mail, p + 2);
		read_text(buf_text(&mail), &b);
		place = BOUNCE_AT_ENVELOPE;
		if (bounce_token(&b, &keys, "svar.example.no", '+', TODAY, &t,
		    &place) != TOKEN_OK || place != places[i].place)
			fail_msg("%s: not found there", places[i].says);
		assert_int_equal((int)t.recipient, 123456789);
		bounce_free(&b);
	}
	buf_free(&mail);
}

static void
the_envelope_comes_first(void **state)
{
	struct bounce_envelope e = { "",
	    "SRS0=HHHH=TT=svar.example.no=svar+aaadvxtivbdggabzx3jizat6z@example.org",
	    NULL };
	static const char mail[] = "To: svar+aaaaaaaaaaaaaaaaaaaaaaaaa@svar.example.no\n\nx";
	enum bounce_place place = BOUNCE_AT_REPLY;
	struct bounce b;
	struct token t;

	(void)state;
	bounce_read(rules, mail, strlen(mail), &e, NULL, &b);
	assert_int_equal(bounce_token(&b, &keys, "svar.example.no", '+', TODAY,
	    &t, &place), TOKEN_OK);
	assert_int_equal(place, BOUNCE_AT_ENVELOPE);
	bounce_free(&b);
	/* alone, the forged one is told of */
	read_text(mail, &b);
	assert_int_equal(bounce_token(&b, &keys, "svar.example.no", '+', TODAY,
	    &t, &place), TOKEN_BAD_MAC);
	bounce_free(&b);
}

static void
a_bounce_is_not_tied_by_what_it_answers(void **state)
{
	static const char mail[] = REPORT STATUS
	    "Final-Recipient: rfc822; kari@example.org\nAction: failed\n" END;
	struct buf m = BUF(BUF_ANY);
	struct bounce b;
	struct token t;

	(void)state;
	buf_printf(&m, "In-Reply-To: <%s@svar.example.no>\n%s", token_text, mail);
	read_text(buf_text(&m), &b);
	assert_int_equal(b.kind, BOUNCE_FINAL);
	assert_int_equal(bounce_token(&b, &keys, "svar.example.no", '+', TODAY,
	    &t, NULL), TOKEN_NONE);
	bounce_free(&b);
	buf_free(&m);
}

static void
tells_what_the_copy_holds(void **state)
{
	struct bounce b;

	(void)state;
	read_text(REPORT TEXT "x\n" STATUS "Final-Recipient: rfc822;a@b.no\n"
	    "Action: failed\n\n" COPY END, &b);
	assert_string_equal(b.copy_message_id, "ref@svar.example.no");
	assert_string_equal(b.copy_ref, "ref");
	assert_string_equal(b.copy_from, "svar@example.no");
	assert_int_equal(b.ncopy_to, 1);
	assert_string_equal(b.copy_to[0], "kari@example.org");
	assert_int_equal(b.null_sender, 1);
	assert_string_equal(b.auto_submitted, "auto-replied");
	bounce_free(&b);
}

static void
dmarc_reports_are_about_us(void **state)
{
	struct bounce b;

	(void)state;
	read_text("From: x@example.org\nContent-Type: multipart/report; "
	    "report-type=feedback-report; boundary=b\n\n--b\n"
	    "Content-Type: message/feedback-report\n\n"
	    "Feedback-Type: auth-failure\nVersion: 1\n" END, &b);
	assert_int_equal(b.kind, BOUNCE_FEEDBACK);
	assert_int_equal(b.feedback_dmarc, 1);
	bounce_free(&b);
	read_text("From: x@example.org\nSubject: Report Domain: example.no "
	    "Submitter: x Report-ID: <1>\n"
	    "Content-Type: application/zip; name=a.zip\n\nPK\n", &b);
	assert_int_equal(b.kind, BOUNCE_FEEDBACK);
	assert_int_equal(b.feedback_dmarc, 1);
	bounce_free(&b);
}

/* --- limits ----------------------------------------------------------------- */

static void
a_thousand_recipients_and_no_more(void **state)
{
	struct buf m = BUF(BUF_ANY);
	struct bounce b;
	int i;

	(void)state;
	buf_str(&m, REPORT STATUS);
	for (i = 0; i < 1200; i++)
		buf_printf(&m, "Final-Recipient: rfc822; a%d@example.org\n"
		    "Action: failed\nStatus: 5.1.1\n\n", i);
	buf_str(&m, END);
	read_text(buf_text(&m), &b);
	assert_int_equal(b.nrecipient, 1000);
	assert_string_equal(b.recipient[999].address, "a999@example.org");
	assert_true(b.limits & BOUNCE_LIMIT_RECIPIENTS);
	assert_int_equal(b.review, 1);
	bounce_free(&b);
	buf_free(&m);
}

static void
limits_cut_and_are_noted(void **state)
{
	static const char *const head = DAEMON
	    "Content-Type: multipart/mixed; boundary=b0\n\n";
	struct buf m = BUF(BUF_ANY);
	struct bounce b;
	int i;

	(void)state;
	buf_str(&m, head);
	for (i = 0; i < 3000; i++)
		buf_printf(&m, "--b%d\nContent-Type: multipart/mixed; "
		    "boundary=b%d\n\n", i, i + 1);
	read_text(buf_text(&m), &b);
	assert_true(b.limits & BOUNCE_LIMIT_DEPTH);
	bounce_free(&b);

	buf_clear(&m);
	buf_str(&m, head);
	for (i = 0; i < 300; i++)
		buf_str(&m, "--b0\n\nx\n");
	read_text(buf_text(&m), &b);
	assert_true(b.limits & BOUNCE_LIMIT_PARTS);
	bounce_free(&b);

	buf_clear(&m);
	for (i = 0; i < 5000; i++)
		buf_str(&m, "Received: from a by b\n");
	buf_str(&m, head);
	read_text(buf_text(&m), &b);
	assert_true(b.limits & BOUNCE_LIMIT_HEADERS);
	bounce_free(&b);

	buf_clear(&m);
	buf_str(&m, DAEMON "\n");
	for (i = 0; i < 60000; i++)
		buf_str(&m, "a line of sixty characters or so, and nothing in it at all\n");
	read_text(buf_text(&m), &b);
	assert_true(b.limits & BOUNCE_LIMIT_SIZE);
	assert_true(b.limits & BOUNCE_LIMIT_TEXT);
	bounce_free(&b);
	buf_free(&m);
}

/* Whatever stands in the mail, what comes out can be shown. */
static void
what_comes_out_is_clean(void **state)
{
	static const char mail[] = "From: \xff\x01\x1b[2J<mailer-daemon@x>\n"
	    "Subject: \x07 failure notice \xed\xa0\x80\nTo: a\x00" "b@example.no\n\n"
	    "This is the qmail-send program\n\n<kari@example.org>:\n"
	    "\x1b[31m550 5.1.1 \xe2\x80\xae no such user \x00 \xc3\x28\n";
	struct buf out = BUF(BUF_ANY), text = BUF(BUF_ANY);
	struct bounce b;
	struct json j;
	size_t i;

	(void)state;
	bounce_read(rules, mail, sizeof(mail) - 1, NULL, NULL, &b);
	assert_int_equal(b.kind, BOUNCE_FINAL);
	json_begin(&j, &out, 0);
	bounce_json(&j, "a\"b", &b);
	bounce_explain(&text, "a", &b);
	assert_true(utf8_valid(out.data, out.len));
	assert_true(utf8_valid(text.data, text.len));
	for (i = 0; i < out.len; i++)
		assert_true((unsigned char)out.data[i] >= ' ');
	for (i = 0; i < text.len; i++)
		assert_true((unsigned char)text.data[i] >= ' ' ||
		    text.data[i] == '\n');
	assert_non_null(strstr(out.data, "\"reason\": \"userunknown\""));
	assert_non_null(strstr(text.data, "userunknown"));
	bounce_free(&b);
	buf_free(&out);
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_mails_say),
		cmocka_unit_test(any_newline_will_do),
		cmocka_unit_test(a_mail_may_end_anywhere),
		cmocka_unit_test(every_rule_does_what_its_examples_say),
		cmocka_unit_test(bad_rules_are_refused_by_line),
		cmocka_unit_test(own_rules_come_first),
		cmocka_unit_test(an_address_is_no_reason),
		cmocka_unit_test(not_accepting_for_now_is_not_hard),
		cmocka_unit_test(finds_the_token_wherever_it_stands),
		cmocka_unit_test(the_envelope_comes_first),
		cmocka_unit_test(a_bounce_is_not_tied_by_what_it_answers),
		cmocka_unit_test(tells_what_the_copy_holds),
		cmocka_unit_test(dmarc_reports_are_about_us),
		cmocka_unit_test(a_thousand_recipients_and_no_more),
		cmocka_unit_test(limits_cut_and_are_noted),
		cmocka_unit_test(what_comes_out_is_clean),
	};

	return (cmocka_run_group_tests(tests, set_up, tear_down));
}
