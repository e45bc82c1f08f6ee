/* family -- see family.h. */

#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/contact/family.h"

enum { LINES = 8192, EXCERPT = 3000, MANY = 20, EXCERPT_MANY = 400 };

/* Marks, in lower case, first found names the family.  Order: what tells most. */
static const struct mark {
	const char *name;
	const char *mark;
	enum bounce_kind kind;
	int weak;		/* people write this too: wants a daemon as sender */
} marks[] = {
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
	{ "unknown", "able to deliver", BOUNCE_FINAL, 1 },
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
	{ "unknown", "permanent error", BOUNCE_FINAL, 1 },
	{ "unknown", "fatal error", BOUNCE_FINAL, 1 },
	{ "unknown", "could not be reached", BOUNCE_FINAL, 1 },
	{ "unknown", "returned to sender", BOUNCE_FINAL, 1 },
	{ "unknown", "has been returned", BOUNCE_FINAL, 1 },
	{ "unknown", "was rejected", BOUNCE_FINAL, 1 },
	{ "unknown", "has been rejected", BOUNCE_FINAL, 1 },
	{ "unknown", "was blocked by", BOUNCE_FINAL, 1 },
	{ "unknown", "unknown user", BOUNCE_FINAL, 1 },
	{ "unknown", "user unknown", BOUNCE_FINAL, 1 },
	{ "unknown", "no such user", BOUNCE_FINAL, 1 },
	{ "unknown", "invalid final delivery userid", BOUNCE_FINAL, 1 },
	{ "unknown", "invalid user", BOUNCE_FINAL, 1 },
	{ "unknown", "mailbox is full", BOUNCE_FINAL, 1 },
	{ "unknown", "not been delivered", BOUNCE_FINAL, 1 },
	{ "unknown", "not yet been delivered", BOUNCE_DELAYED, 1 },
	{ "unknown", "has been delayed", BOUNCE_DELAYED, 1 },
	{ "unknown", "has been postponed", BOUNCE_DELAYED, 1 },
	{ "unknown", "not a member of this mailing list", BOUNCE_FINAL, 1 },
	{ "unknown", "nicht zugestellt", BOUNCE_FINAL, 1 },
	{ "unknown", "unzustellbar", BOUNCE_FINAL, 1 },
	{ "unknown", "konnte nicht", BOUNCE_FINAL, 1 },
	{ "unknown", "n'a pas pu être", BOUNCE_FINAL, 1 },
	{ "unknown", "n'a pu être", BOUNCE_FINAL, 1 },
	{ "unknown", "n'ont pas pu", BOUNCE_FINAL, 1 },
	{ "unknown", "no pudo ser entregado", BOUNCE_FINAL, 1 },
	{ "unknown", "no se pudo entregar", BOUNCE_FINAL, 1 },
	{ "unknown", "no ha podido", BOUNCE_FINAL, 1 },
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
	"mail from", "http:", "https:", "envelope-from", "sent by", "from <",
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
	"unavailable", "address:", "addresses:", "destination", "not listed",
	"delivery of", "local user", "could not", "cannot", "unable", "does not",
	"not delivered", "undelivered", "rejected", "intended for", "message to",
	"to the following", "over quota", "is full", "account", "was not",
	"an:", "til:", "till:", "destinat", "mottak", "lever", "zugestellt",
	"remis", "entregad", "recapitat", "empfänger",
};

struct line {
	const char *s;		/* without outer blanks */
	size_t len;
	size_t indent;
	const char *address;	/* in its place on this line; or NULL */
	const char *original;
	int place;		/* 3: alone or leading, 2: labelled, 0: none */
	size_t rest;		/* where the text after the address begins */
};

struct reader {
	struct arena *mem;
	struct family *f;
	struct line *line;
	size_t n;
	const char *const *own;
	size_t nown, max;
};

static int
any_of(const char *s, size_t len, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (field_find(s, len, list[i]) != NULL)
			return (1);
	return (0);
}
#define ANY_OF(s, len, list)	any_of(s, len, list, sizeof(list) / sizeof((list)[0]))

static int
is_rule(const char *s, size_t len)
{

	return (len >= 3 && (s[0] == '-' || s[0] == '=' || s[0] == '*' ||
	    s[0] == '_' || s[0] == '#') && s[1] == s[0] &&
	    (s[2] == s[0] || s[2] == ' '));
}

/* Does a copy of the message begin with this line? */
static int
is_copy_line(const struct line *l)
{
	size_t i;

	if (l->len == 0 || l->len > 120)
		return (0);
	if (is_rule(l->s, l->len))
		return (ANY_OF(l->s, l->len, ruled) &&
		    field_find(l->s, l->len, "transcript") == NULL);
	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (field_starts(l->s, l->len, plain[i]))
			return (strcmp(plain[i], "the first ") != 0 ||
			    field_find(l->s, l->len, "follow") != NULL);
	return (0);
}

static int
is_header_line(const struct line *l)
{
	static const char *const names[] = { "received: ", "return-path: ",
	    "dkim-signature: ", "message-id: <", "x-google-dkim", "arc-seal: ",
	    "delivered-to: " };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (field_starts(l->s, l->len, names[i]))
			return (l->indent == 0 || i < 2);
	return (0);
}

/* Cut the text into lines up to the copy. */
static void
split(struct reader *r, const char *text, size_t len)
{
	const char *s = text, *end = text + len, *nl;
	struct line *l;
	size_t quoted = 0, room;

	for (room = 1; s < end && room < LINES; room++)
		if ((s = memchr(s, '\n', (size_t)(end - s))) == NULL ||
		    ++s == end)
			break;
	s = text;
	r->line = arena_alloc(r->mem, room * sizeof(*r->line));
	while (s < end && r->n < room) {
		nl = memchr(s, '\n', (size_t)(end - s));
		if (nl == NULL)
			nl = end;
		l = &r->line[r->n];
		l->s = s;
		l->len = (size_t)(nl - s);
		while (l->len > 0 && *l->s == ' ')
			l->s++, l->len--, l->indent++;
		while (l->len > 0 && l->s[l->len - 1] == ' ')
			l->len--;
		if (is_header_line(l) || (r->n > 0 && is_copy_line(l))) {
			r->f->copy = is_header_line(l) ? s :
			    nl < end ? nl + 1 : end;
			r->f->body = arena_strn(r->mem, text, (size_t)(s - text));
			break;
		}
		/* Quoted: somebody's answer or forward.  ">>>" is a transcript,
		 * a single "> addr" a bullet. */
		if (l->len > 1 && l->s[0] == '>' && l->s[1] != '>')
			quoted++;
		r->n++;
		s = nl < end ? nl + 1 : end;
	}
	if (r->f->copy == NULL)
		r->f->body = arena_strn(r->mem, text, (size_t)(s - text));
	if (quoted > 3)
		for (l = r->line; l < r->line + r->n; l++)
			if (l->len > 0 && l->s[0] == '>')
				l->len = 0;
}

static int
address_octet(char c)
{

	return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || strchr("!#$%&*+-/=?^_`{|}~.", c) != NULL ||
	    (unsigned char)c >= 0x80);
}

/*
 * The address around the "@" at ${at}: from *${from} to *${to}, without what
 * encloses it.  NULL if it is none.
 */
static const char *
around(struct arena *mem, const char *s, size_t len, size_t at, size_t *from,
    size_t *to)
{
	size_t a = at, b = at + 1;

	if (a > 0 && s[a - 1] == '"') {		/* "quoted local part"@ */
		for (a--; a > 0 && s[a - 1] != '"'; a--)
			continue;
		if (a > 0)
			a--;
	} else
		while (a > 0 && at - a < 254 && address_octet(s[a - 1]))
			a--;
	while (b < len && b - at < 254 && (address_octet(s[b]) || s[b] == '[' ||
	    (s[b] == ']' && memchr(s + at, '[', b - at) != NULL)))
		b++;
	/* "=" before it is a label: addr=..., RFC822=... */
	while (a < at && (s[a] == '=' && s[a + 1] != '?'))
		a++;
	if (field_starts(s + a, at - a, "smtp="))
		a += 5;
	if (field_starts(s + a, at - a, "dda:smtp="))
		a += 9;
	while (a < at && (s[a] == '*' || s[a] == '`' || s[a] == '-'))
		a++;
	while (b > at + 1 && strchr(".-*`=!?", s[b - 1]) != NULL)
		b--;
	*from = a;
	*to = b;
	return (field_address(mem, s + a, b - a));
}

/* What may stand in front of an address that is in its place. */
static int
only_bullets(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (strchr(" <>*-\"'`([:.=", s[i]) == NULL &&
		    (unsigned char)s[i] < 0x80)
			return (0);
		else if ((unsigned char)s[i] >= 0x80 && len > 8)
			return (0);
	return (1);
}

/* "SMTP:", "rfc822;", "To:", a display name in quotes before <addr>. */
static int
only_label(const char *s, size_t len)
{

	if (len > 5 && field_starts(s + len - 5, 5, "smtp="))
		return (1);

	while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '<' ||
	    s[len - 1] == '"' || s[len - 1] == '\'' || s[len - 1] == '['))
		len--;
	return (len >= 4 && len < 40 && (field_starts(s + len - 5 + (len < 5),
	    5, "smtp:") || field_starts(s, len, "rfc822")));
}

static int
is_own(const struct reader *r, const char *address)
{
	size_t i;

	for (i = 0; i < r->nown; i++)
		if (r->own[i] != NULL && field_same(r->own[i], address))
			return (1);
	return (field_starts(address, strlen(address), "postmaster@") ||
	    field_starts(address, strlen(address), "mailer-daemon@") ||
	    field_starts(address, strlen(address), "abuse@"));
}

/* "(expanded from <a@b>)", "(generated from a@b)", "(was addressed to a@b)". */
static const char *
expanded(struct arena *mem, const char *s, size_t len)
{
	static const char *const words[] = { "expanded from", "generated from",
	    "was addressed to", "originally addressed to", "generated by",
	    "original address:" };
	const char *p, *at;
	size_t i, from, to, n;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		p = field_find(s, len, words[i]);
		if (p == NULL)
			continue;
		n = len - (size_t)(p - s);
		at = memchr(p, '@', n);
		if (at == NULL || at - p > 120)
			continue;
		return (around(mem, p, n, (size_t)(at - p), &from, &to));
	}
	return (NULL);
}

/* What may stand behind an address in its place. */
static int
good_rest(const char *s, size_t len)
{

	return (len == 0 || s[0] == ':' || s[0] == ',' || s[0] == ';' ||
	    s[0] == '.' || s[0] == '(' || s[0] == '<' || s[0] == '-' ||
	    s[0] == '\t' || s[0] == '[' ||
	    field_starts(s, len, "on ") || field_starts(s, len, "... "));
}

/* "550 ...", "<<< 550 ...": a line of a transcript. */
static int
is_reply(const char *s, size_t len)
{

	if (field_starts(s, len, "<<< "))
		s += 4, len -= 4;
	return (len > 4 && (s[0] == '4' || s[0] == '5') && s[1] >= '0' &&
	    s[1] <= '7' && s[2] >= '0' && s[2] <= '9' &&
	    (s[3] == ' ' || s[3] == '-'));
}

static void
look(struct reader *r, struct line *l)
{
	const char *p = l->s, *end = l->s + l->len, *a = NULL;
	size_t from, to, lead;

	if (l->len < 4 || l->len > 1000)
		return;
	while ((p = memchr(p, '@', (size_t)(end - p))) != NULL) {
		a = around(r->mem, l->s, l->len, (size_t)(p - l->s), &from, &to);
		if (a != NULL)
			break;
		p++;
	}
	if (a == NULL)
		return;
	l->original = expanded(r->mem, l->s, l->len);
	lead = from;
	l->rest = to;
	while (l->rest < l->len && strchr("\">'])", l->s[l->rest]) != NULL)
		l->rest++;
	while (l->rest < l->len && l->s[l->rest] == ' ')
		l->rest++;
	l->address = a;
	if (field_starts(l->s, l->len, "(expanded") ||
	    field_starts(l->s, l->len, "(generated") ||
	    field_starts(l->s, l->len, "generated by") ||
	    field_starts(l->s, l->len, "(ultimately") ||
	    field_starts(l->s, l->len, "(was addressed")) {
		l->address = NULL;	/* belongs to the line above */
		return;
	}
	if ((only_bullets(l->s, lead) &&
	    good_rest(l->s + l->rest, l->len - l->rest)) ||
	    (only_label(l->s, lead) &&
	    good_rest(l->s + l->rest, l->len - l->rest)) ||
	    /* "Name" <addr> alone */
	    (lead > 1 && l->s[lead - 1] == '<' && l->s[0] == '"' &&
	    l->rest == l->len))
		l->place = 3;
	else if (is_reply(l->s, l->len) || (ANY_OF(l->s, l->len, label) &&
	    !ANY_OF(l->s, lead, aside)))
		l->place = 2;
	else
		l->address = NULL;
}

/* The text beside and beneath line ${i}: to the next failed address, or to an
 * empty line that is not followed by an indented one. */
static const char *
beneath(struct reader *r, size_t i, size_t *next)
{
	struct buf b = BUF(r->f->n < MANY ? EXCERPT : EXCERPT_MANY);
	struct line *l = &r->line[i];
	const char *ret, *address = l->address;
	char *lower;
	size_t j;
	int any = 0;

	address = lower = arena_str(r->mem, address);
	for (j = 0; lower[j] != '\0'; j++)
		lower[j] = field_lower(lower[j]);
	if (l->place == 3)
		buf_add(&b, l->s + l->rest, l->len - l->rest);
	else
		buf_add(&b, l->s, l->len);
	any = b.len > 3;
	for (j = i + 1; j < r->n; j++) {
		l = &r->line[j];
		if (l->place == 3 && (l->indent <= r->line[i].indent ||
		    r->line[i].place != 3))
			break;
		if (l->place == 2 && r->line[i].place == 2 &&
		    !field_same(l->address, r->line[i].address))
			break;
		if (l->len == 0) {
			if (any && (j + 1 >= r->n || r->line[j + 1].indent == 0))
				break;
			continue;
		}
		/* A transcript goes on with others. */
		if (r->line[i].place == 2 && (is_reply(l->s, l->len) ||
		    field_starts(l->s, l->len, ">>> ")) && any &&
		    field_find(l->s, l->len, address) == NULL)
			break;
		any = 1;
		buf_chr(&b, '\n');
		if (b.len + l->len > b.max)
			break;
		buf_add(&b, l->s, l->len);
	}
	*next = j;
	ret = arena_strn(r->mem, buf_text(&b), b.len);
	buf_free(&b);
	return (ret);
}

static void
add_failure(struct reader *r, size_t i)
{
	struct family *f = r->f;
	struct family_failure *x;
	size_t j, next;
	const char *text = beneath(r, i, &next);

	for (j = 0; j < f->n; j++)
		if (field_same(f->failure[j].address, r->line[i].address)) {
			/* Said again: keep both texts, in one. */
			if (strlen(f->failure[j].text) + strlen(text) < EXCERPT)
				f->failure[j].text = arena_printf(r->mem,
				    "%s\n%s", f->failure[j].text, text);
			return;
		}
	if (f->n == r->max) {
		f->more = 1;
		return;
	}
	x = &f->failure[f->n++];
	f->placed = f->placed || r->line[i].place == 3;
	x->address = r->line[i].address;
	x->text = text;
	x->original = r->line[i].original;
	for (j = i + 1; j < next && x->original == NULL; j++)
		if (r->line[j].len > 0 && r->line[j].address == NULL)
			x->original = expanded(r->mem, r->line[j].s,
			    r->line[j].len);
}

/* Failed addresses of the strongest place there is, own ones last. */
static void
collect(struct reader *r)
{
	size_t i, count = 0;
	int place, own;

	for (i = 0; i < r->n; i++) {
		look(r, &r->line[i]);
		count += r->line[i].address != NULL;
	}
	if (count == 0)
		return;
	if (count > r->max)
		count = r->max;
	r->f->failure = arena_alloc(r->mem, count * sizeof(*r->f->failure));
	for (own = 0; own < 2 && r->f->n == 0; own++)
		for (place = 3; place >= 2 && r->f->n == 0; place--)
			for (i = 0; i < r->n; i++)
				if (r->line[i].place == place &&
				    is_own(r, r->line[i].address) == own)
					add_failure(r, i);
}

static void
recognise(struct family *f, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (field_find(s, len, marks[i].mark) != NULL) {
			f->name = marks[i].name;
			f->kind = marks[i].kind;
			f->weak = marks[i].weak;
			break;
		}
	if (f->name == NULL)
		return;
	if (ANY_OF(s, len, still_trying) && !ANY_OF(s, len, given_up))
		f->kind = BOUNCE_DELAYED;
}

void
family_read(struct arena *mem, const char *text, size_t len,
    const char *const *own, size_t nown, size_t max, struct family *ret)
{
	struct reader r = { mem, ret, NULL, 0, own, nown, max };
	struct buf b = BUF(len + LINES + 2);
	size_t i;

	memset(ret, 0, sizeof(*ret));
	ret->body = "";
	split(&r, text, len);
	/* The marks are looked for in what is left: no copy, nothing quoted,
	 * lines joined as they stand. */
	buf_chr(&b, '\n');
	for (i = 0; i < r.n; i++) {
		buf_add(&b, r.line[i].s, r.line[i].len);
		buf_chr(&b, '\n');
	}
	recognise(ret, buf_text(&b), b.len);
	buf_free(&b);
	collect(&r);
}
