/* notice -- see notice.h.  Rules of returned mail, section 8. */

#include <string.h>

#include "pipeline/contact/field.h"
#include "pipeline/contact/notice.h"
#include "pipeline/contact/reason_need.h"

/* Marks, in lower case, first found names the family.  Order: what tells most. */
static const struct notice_mark marks[] = {
	{ "qmail", "this is the qmail-send program", BOUNCE_FINAL, 0 },
	{ "qmail", "i'm afraid i wasn't able to deliver", BOUNCE_FINAL, 0 },
	{ "postfix", "this is the mail system at host", BOUNCE_FINAL, 0 },
	{ "postfix", "program at host", BOUNCE_FINAL, 0 },
	{ "opensmtpd", "this is the mailer-daemon, please do not reply",
	    BOUNCE_FINAL, 0 },
	{ "dragonfly", "this is the dragonfly mail agent", BOUNCE_FINAL, 0 },
	{ "dragonfly", "there was an error delivering your mail to",
	    BOUNCE_FINAL, 0 },
	{ "courier", "running the courier mail server", BOUNCE_FINAL, 0 },
	{ "courier", "undeliverable mail\n", BOUNCE_FINAL, 0 },
	{ "exim", "this message was created automatically by mail delivery software",
	    BOUNCE_FINAL, 0 },
	{ "exim", "a message that you sent could not be delivered",
	    BOUNCE_FINAL, 0 },
	{ "exim", "was rejected by the local scanning code", BOUNCE_FINAL, 0 },
	{ "sendmail", "the following addresses had", BOUNCE_FINAL, 0 },
	{ "sendmail", "transcript of session", BOUNCE_FINAL, 0 },
	{ "sendmail", "transcript follows", BOUNCE_FINAL, 0 },
	{ "exchange", "did not reach the following recipient", BOUNCE_FINAL, 0 },
	{ "exchange", "did not reach some or all of the intended recipients",
	    BOUNCE_FINAL, 0 },
	{ "exchange", "diagnostic information for administrators",
	    BOUNCE_FINAL, 0 },
	{ "exchange", "delivery has failed to these recipients",
	    BOUNCE_FINAL, 0 },
	{ "exchange", "diagnoseinformasjon for administratorer",
	    BOUNCE_FINAL, 0 },
	{ "exchange", "diagnostisk information till administratörer",
	    BOUNCE_FINAL, 0 },
	{ "exchange", "diagnoseinformationen für administratoren",
	    BOUNCE_FINAL, 0 },
	{ "exchange", "informations de diagnostic pour les administrateurs",
	    BOUNCE_FINAL, 0 },
	{ "notes", "------- failure reasons", BOUNCE_FINAL, 0 },
	{ "google", "technical details of permanent failure", BOUNCE_FINAL, 0 },
	{ "google", "technical details of temporary failure", BOUNCE_DELAYED, 0 },
	{ "notice", "delivery to the following recipient", BOUNCE_FINAL, 0 },
	{ "google", "** address not found **", BOUNCE_FINAL, 0 },
	{ "google", "** message not delivered **", BOUNCE_FINAL, 0 },
	{ "google", "** message blocked **", BOUNCE_FINAL, 0 },
	{ "google", "** delivery incomplete **", BOUNCE_DELAYED, 0 },
	{ "google groups", "groups.google.com/support", BOUNCE_FINAL, 1 },
	{ "yahoo", "we were unable to deliver your message to the following",
	    BOUNCE_FINAL, 0 },
	{ "yahoo", "unable to deliver message to the following address",
	    BOUNCE_FINAL, 0 },
	{ "ses", "an error occurred while trying to deliver the mail",
	    BOUNCE_FINAL, 0 },
	{ "gateway", "automated alert notification", BOUNCE_FINAL, 0 },
	{ "gateway", "the following recipients were affected", BOUNCE_FINAL, 0 },
	{ "report in text", "\nreporting-mta:", BOUNCE_FINAL, 0 },
	{ "report in text", "\nfinal-recipient:", BOUNCE_FINAL, 0 },
	/* words that any family may use, and people quoting one */
	{ "unknown", "non-delivery report", BOUNCE_FINAL, 1 },
	{ "unknown", "not be delivered", BOUNCE_FINAL, 1 },
	{ "unknown", "cannot be delivered", BOUNCE_FINAL, 1 },
	{ "unknown", "not delivered", BOUNCE_FINAL, 1 },
	{ "unknown", "undeliver", BOUNCE_FINAL, 1 },
	{ "unknown", "unable to deliver", BOUNCE_FINAL, 1 },
	{ "unknown", "able to deliver", BOUNCE_FINAL, 2 },
	{ "unknown", "failed to deliver", BOUNCE_FINAL, 1 },
	{ "unknown", "address(es) failed", BOUNCE_FINAL, 1 },
	{ "unknown", "following addresses failed", BOUNCE_FINAL, 1 },
	{ "unknown", "following recipients was rejected", BOUNCE_FINAL, 1 },
	{ "unknown", "following recipients did not receive", BOUNCE_FINAL, 1 },
	{ "unknown", "couldn't be delivered", BOUNCE_FINAL, 1 },
	{ "unknown", "could not deliver", BOUNCE_FINAL, 1 },
	{ "unknown", "did not receive a copy", BOUNCE_FINAL, 1 },
	{ "unknown", "delivery fail", BOUNCE_FINAL, 1 },
	{ "unknown", "delivery has failed", BOUNCE_FINAL, 1 },
	{ "unknown", "delivery to the following", BOUNCE_FINAL, 1 },
	{ "unknown", "delivery problem", BOUNCE_FINAL, 1 },
	{ "unknown", "delivery error", BOUNCE_FINAL, 1 },
	{ "unknown", "failed permanently", BOUNCE_FINAL, 1 },
	{ "unknown", "permanent failure", BOUNCE_FINAL, 1 },
	{ "unknown", "permanent error", BOUNCE_FINAL, 2 },
	{ "unknown", "fatal error", BOUNCE_FINAL, 2 },
	{ "unknown", "could not be reached", BOUNCE_FINAL, 2 },
	{ "unknown", "returned to sender", BOUNCE_FINAL, 1 },
	{ "unknown", "has been returned", BOUNCE_FINAL, 1 },
	{ "unknown", "was rejected", BOUNCE_FINAL, 2 },
	{ "unknown", "has been rejected", BOUNCE_FINAL, 2 },
	{ "unknown", "was blocked by", BOUNCE_FINAL, 2 },
	{ "unknown", "unknown user", BOUNCE_FINAL, 2 },
	{ "unknown", "user unknown", BOUNCE_FINAL, 2 },
	{ "unknown", "no such user", BOUNCE_FINAL, 2 },
	{ "unknown", "invalid final delivery userid", BOUNCE_FINAL, 1 },
	{ "unknown", "invalid user", BOUNCE_FINAL, 2 },
	{ "unknown", "mailbox is full", BOUNCE_FINAL, 2 },
	{ "unknown", "not been delivered", BOUNCE_FINAL, 1 },
	{ "unknown", "delivery of the email was stopped", BOUNCE_FINAL, 1 },
	{ "unknown", "delivery was stopped", BOUNCE_FINAL, 1 },
	{ "unknown", "被退回", BOUNCE_FINAL, 1 },
	{ "unknown", "not yet been delivered", BOUNCE_DELAYED, 1 },
	{ "unknown", "has been delayed", BOUNCE_DELAYED, 1 },
	{ "unknown", "has been postponed", BOUNCE_DELAYED, 1 },
	{ "unknown", "not a member of this mailing list", BOUNCE_FINAL, 1 },
	{ "unknown", "nicht zugestellt", BOUNCE_FINAL, 1 },
	{ "unknown", "unzustellbar", BOUNCE_FINAL, 1 },
	{ "unknown", "konnte nicht", BOUNCE_FINAL, 2 },
	{ "unknown", "n'a pas pu être", BOUNCE_FINAL, 1 },
	{ "unknown", "n'a pu être", BOUNCE_FINAL, 1 },
	{ "unknown", "n'ont pas pu", BOUNCE_FINAL, 2 },
	{ "unknown", "no pudo ser entregado", BOUNCE_FINAL, 1 },
	{ "unknown", "no se pudo entregar", BOUNCE_FINAL, 1 },
	{ "unknown", "no ha podido", BOUNCE_FINAL, 2 },
	{ "unknown", "não pôde ser", BOUNCE_FINAL, 1 },
	{ "unknown", "nao pode ser", BOUNCE_FINAL, 1 },
	{ "unknown", "non è stato possibile", BOUNCE_FINAL, 1 },
	{ "unknown", "impossibile recapitare", BOUNCE_FINAL, 1 },
	{ "unknown", "kunne ikke leveres", BOUNCE_FINAL, 1 },
	{ "unknown", "kunne ikkje leverast", BOUNCE_FINAL, 1 },
	{ "unknown", "gruppene mislyktes", BOUNCE_FINAL, 1 },
	{ "unknown", "fehler bei der nachrichtenzustellung", BOUNCE_FINAL, 1 },
	{ "unknown", "chec de la remise", BOUNCE_FINAL, 1 },
	{ "unknown", "levering mislyk", BOUNCE_FINAL, 1 },
	{ "unknown", "ble ikke levert", BOUNCE_FINAL, 1 },
	{ "unknown", "ikke leveres", BOUNCE_FINAL, 1 },
	{ "unknown", "kunde inte levereras", BOUNCE_FINAL, 1 },
	{ "unknown", "kan inte levereras", BOUNCE_FINAL, 1 },
	{ "unknown", "niet worden afgeleverd", BOUNCE_FINAL, 1 },
	{ "unknown", "niet worden bezorgd", BOUNCE_FINAL, 1 },
	{ "unknown", "ei voitu toimittaa", BOUNCE_FINAL, 1 },
	{ "unknown", "nie może zostać dostarczon", BOUNCE_FINAL, 1 },
	{ "unknown", "не может быть доставлен", BOUNCE_FINAL, 1 },
	{ "unknown", "невозможно доставить", BOUNCE_FINAL, 1 },
	/* "could not be sent/delivered", Japanese; "cannot deliver", Chinese */
	{ "unknown", "送信できません", BOUNCE_FINAL, 1 },
	{ "unknown", "送信に失敗", BOUNCE_FINAL, 1 },
	{ "unknown", "配信できません", BOUNCE_FINAL, 1 },
	{ "unknown", "无法递送",
	    BOUNCE_FINAL, 1 },
	{ "unknown", "无法投递",
	    BOUNCE_FINAL, 1 },
	{ "unknown", "退信", BOUNCE_FINAL, 1 },
	{ "unknown", "配信に失敗", BOUNCE_FINAL, 1 },
	{ "unknown", "配送できません", BOUNCE_FINAL, 1 },
	{ "unknown", "未送达", BOUNCE_FINAL, 1 },
	{ "unknown", "無法傳遞", BOUNCE_FINAL, 1 },
	{ "unknown", "전송하지 못", BOUNCE_FINAL, 1 },
	{ "unknown", "배달하지 못", BOUNCE_FINAL, 1 },
	{ "unknown", "не удалось доставить", BOUNCE_FINAL, 1 },
	{ "unknown", "не было доставлено", BOUNCE_FINAL, 1 },
	{ "unknown", "не доставлено", BOUNCE_FINAL, 1 },
	{ "unknown", "nie mogła zostać dostarczon", BOUNCE_FINAL, 1 },
	{ "unknown", "nie powiodło się", BOUNCE_FINAL, 2 },
	{ "unknown", "nie została dostarczon", BOUNCE_FINAL, 1 },
	{ "unknown", "nemohla být doručena", BOUNCE_FINAL, 1 },
	{ "unknown", "nelze doručit", BOUNCE_FINAL, 1 },
	{ "unknown", "nem kézbesíthető", BOUNCE_FINAL, 1 },
	{ "unknown", "teslim edilemedi", BOUNCE_FINAL, 1 },
	{ "unknown", "nu a putut fi livrat", BOUNCE_FINAL, 1 },
	{ "unknown", "ekki afhent", BOUNCE_FINAL, 1 },
	{ "unknown", "ei saa toimittaa", BOUNCE_FINAL, 1 },
	{ "unknown", "epäonnistui", BOUNCE_FINAL, 2 },
	{ "unknown", "failed addresses follow", BOUNCE_FINAL, 1 },
	{ "unknown", "error delivering your m", BOUNCE_FINAL, 1 },
	{ "unknown", "not deliverable", BOUNCE_FINAL, 1 },
	{ "unknown", "delivery is delayed", BOUNCE_DELAYED, 1 },
	{ "unknown", "leveringen er forsinket", BOUNCE_DELAYED, 1 },
	{ "unknown", "leveransen är försenad", BOUNCE_DELAYED, 1 },
	{ "unknown", "meldingen er forsinket", BOUNCE_DELAYED, 1 },
	{ "unknown", "ikke levert", BOUNCE_FINAL, 2 },
	{ "unknown", "ikkje levert", BOUNCE_FINAL, 2 },
	{ "google groups", "support.google.com/a/", BOUNCE_FINAL, 2 },
	/* Exchange's "did not reach", by language */
	{ "exchange", "nådde ikke frem til", BOUNCE_FINAL, 1 },
	{ "exchange", "nådde ikkje fram til", BOUNCE_FINAL, 1 },
	{ "exchange", "nåede ikke frem til", BOUNCE_FINAL, 1 },
	{ "exchange", "nådde inte fram till", BOUNCE_FINAL, 1 },
	{ "exchange", "empfänger nicht erreicht", BOUNCE_FINAL, 1 },
	{ "exchange", "n'est pas parvenu", BOUNCE_FINAL, 1 },
	{ "exchange", "no llegó a", BOUNCE_FINAL, 1 },
	{ "exchange", "non ha raggiunto", BOUNCE_FINAL, 1 },
	{ "exchange", "niet bereikt", BOUNCE_FINAL, 1 },
	{ "exchange", "kan ikke nås", BOUNCE_FINAL, 1 },
	{ "unknown", "ble returnert til avsender", BOUNCE_FINAL, 1 },
	{ "unknown", "kom i retur", BOUNCE_FINAL, 2 },
	{ "unknown", "was automatically rejected", BOUNCE_FINAL, 1 },
	{ "unknown", "we had trouble delivering", BOUNCE_FINAL, 1 },
	{ "unknown", "non-deliverable", BOUNCE_FINAL, 1 },
	{ "unknown", "could not be sent", BOUNCE_FINAL, 2 },
};

/* Says that the sender keeps trying; unless one of the other list stands too. */
static const char *const still_trying[] = {
	"warning message only", "this is a warning", "is a warning only",
	"just a warning", "not yet been delivered", "has been delayed",
	"is delayed for more than", "temporary failure report", "be retried",
	"will continue to t", "will continue to attempt", "will continue trying",
	"still being retried", "has been postponed", "advisory-only",
	"no action is required", "delivery attempts will continue",
	"we will keep trying", "is still awaiting delivery",
	"do not need to resend", "delivery incomplete",
	"will be attempted again", "wird weiter versucht",
	"this is a temporary error", "address(es) deferred", "will retry",
	"will try again", "is being delayed", "delivery is delayed",
	"forsinket", "försena", "fortsetter å prøve", "fortset med",
	"will continue to be", "keep trying to deliver", "verzögert", "est retardé", "ha sido retrasad",
	"har ikke blitt levert ennå", "noch nicht zugestellt",
	"pas encore été", "aún no se ha", "viene riprovat", "задерживается",
};
static const char *const given_up[] = {
	"giving up", "given up", "gave up", "not going to try again",
	"permanent error", "failed permanently", "permanent failure",
	"permanent fatal", "no longer be retried", "not be retried",
	"no further", "returned to sender", "has been removed from",
};

/* The line that parts the notice from the copy: with a rule of dashes ... */
static const char *const ruled[] = {
	"copy of", "original message", "original mail", "returned message",
	"returned mail", "message header", "header of", "unsent message",
	"message follow", "headers follow", "forwarded message",
	"below this line", "mensaje original", "message original",
	"ursprüngliche nachricht", "rejected message", "begin message",
	"message body", "start of message", "message content", "bounced message",
	"undelivered message", "opprinnelig melding", "original email",
	"this line", "the header",
};
/* ... or plain, at the beginning of a line. */
static const char *const plain[] = {
	"original message follow", "the original message follow",
	"original message:", "original message headers", "message headers follow",
	"message header follow", "message headers:", "below is a copy",
	"here is a copy", "a copy of the original message", "included is a copy",
	"your message reads", "the first ", "original message attached",
	"copy of your message", "copy of the message", "the message headers",
	"original mail as follow", "headers of the original",
	"headers of the message", "the headers of", "your original message",
	"message text follows", "original email", "original mail:",
	"returned message follow", "the body of the message", "message body",
	"header of the original", "your message header", "rejected message",
	"begin message", "ursprungliga meddelande",
	"original message header", "message header:", "mail header",
	"the attached message", "attached is your message",
	"la cabecera del mensaje", "en-têtes du message",
	"kopfzeilen der", "begin headers", "begin of original",
};

/* Lines whose address is a helper or the sender, not a failed one. */
static const char *const aside[] = {
	"postmaster", "contact", "assistance", "please send", "please e-mail",
	"please mail", "abuse@", "from:", "sender:", "reply-to:", "return-path",
	"mail from", "http:", "https:", "envelope-from", "sent by",
	"your message to me", "reporting-mta", "message-id", "helpdesk",
	"support@", "original sender", "queue-id", "your mail server",
	"x-postfix-sender", "administrator", "the mail system",
};

/* Words that make an address on their line a failed one. */
static const char *const label[] = {
	"recipient", "undeliverable", "unknown user", "user unknown",
	"unknown address", "invalid", "delivery fail", "deliver to", "delivered to",
	"deliver message to", "deliver mail to", "delivering your mail to",
	"delivery to", "addressed to", "mailbox", "rcpt to", "not exist",
	"original address", "failed", "failure", "error", "no such", "not found",
	"unavailable", "unreachable", "not reachable", "timed out", "deferred",
	"address:", "addresses:", "destination", "not listed",
	"delivery of", "local user", "could not", "cannot", "unable", "does not",
	"not delivered", "undelivered", "rejected", "intended for", "message to",
	"to the following", "over quota", "is full", "account", "was not",
	"an:", "til:", "till:", "destinat", "mottak", "lever", "zugestellt",
	"remis", "доставл", "전송", "teslim", "entregad", "recapitat", "to: <", "收件人", "宛先", "受信者", "empfänger",
};

static int
is_rule(const char *s, size_t len)
{

	return (len >= 3 && (s[0] == '-' || s[0] == '=' || s[0] == '*' ||
	    s[0] == '_' || s[0] == '#') && s[1] == s[0] &&
	    (s[2] == s[0] || s[2] == ' '));
}

int
notice_is_copy_line(const char *s, size_t len)
{
	size_t i;

	if (len == 0 || len > 120)
		return (0);
	if (is_rule(s, len))
		return (FIELD_ANY(s, len, ruled) &&
		    field_find(s, len, "transcript") == NULL);
	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (field_starts(s, len, plain[i]))
			return (strcmp(plain[i], "the first ") != 0 ||
			    field_find(s, len, "follow") != NULL);
	return (0);
}

enum {
	MARKS = sizeof(marks) / sizeof(marks[0]),
	TRYING = sizeof(still_trying) / sizeof(still_trying[0]),
	GIVEN = sizeof(given_up) / sizeof(given_up[0]),
};

/* The beginnings of all these words, so that one walk over a text tells which
 * of them are worth looking for. */
static struct need_set *
beginnings(void)
{
	static struct need_set *set;
	size_t i;

	if (set != NULL)
		return (set);
	set = need_set_new();
	for (i = 0; i < MARKS; i++)
		need_set_word(set, marks[i].mark);
	for (i = 0; i < TRYING; i++)
		need_set_word(set, still_trying[i]);
	for (i = 0; i < GIVEN; i++)
		need_set_word(set, given_up[i]);
	return (set);
}

static int
one_of(const struct need_set *set, size_t first, const char *s, size_t len,
    const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (need_set_has(set, first + i) &&
		    field_find(s, len, list[i]) != NULL)
			return (1);
	return (0);
}

const struct notice_mark *
notice_recognise(const char *s, size_t len, enum bounce_kind *kind)
{
	struct need_set *set = beginnings();
	size_t i;

	need_set_walk(set, s, len);
	for (i = 0; i < MARKS; i++)
		if (need_set_has(set, i) &&
		    field_find(s, len, marks[i].mark) != NULL)
			break;
	if (i == MARKS)
		return (NULL);
	*kind = marks[i].kind;
	if (one_of(set, MARKS, s, len, still_trying, TRYING) &&
	    !one_of(set, MARKS + TRYING, s, len, given_up, GIVEN))
		*kind = BOUNCE_DELAYED;
	return (&marks[i]);
}

int
notice_is_label(const char *s, size_t len)
{

	return (FIELD_ANY(s, len, label));
}

int
notice_is_aside(const char *s, size_t len)
{

	return (FIELD_ANY(s, len, aside));
}
