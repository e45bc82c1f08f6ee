/* code -- see code.h. */

#include <string.h>

#include "pipeline/contact/code.h"
#include "pipeline/contact/field.h"

static int
digit(char c)
{

	return (c >= '0' && c <= '9');
}

static int
letter(char c)
{

	return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
}

size_t
code_status_at(const char *s, size_t len)
{
	size_t i = 2, n;
	int part;

	if (len < 5 || (s[0] != '2' && s[0] != '4' && s[0] != '5') ||
	    s[1] != '.')
		return (0);
	for (part = 0; part < 2; part++) {
		for (n = 0; i < len && digit(s[i]); n++)
			i++;
		if (n == 0 || n > 3)
			return (0);
		if (part == 0 && (i >= len || s[i++] != '.'))
			return (0);
	}
	if (i < len && s[i] == '.' && i + 1 < len && digit(s[i + 1]))
		return (0);
	return (i);
}

static int
is_zero(const char *s, size_t n)
{

	return (n == 5 && memcmp(s + 1, ".0.0", 4) == 0);
}

int
code_status(const char *s, size_t len, char out[static CODE_STATUS])
{
	size_t i, n;
	int found = 0;

	for (i = 0; i + 5 <= len; i++) {
		if (s[i] != '4' && s[i] != '5')
			continue;
		if (i > 0 && (digit(s[i - 1]) || letter(s[i - 1]) ||
		    s[i - 1] == '.' || s[i - 1] == '/'))
			continue;
		/* "550-5.1.1" is one, "id-5.9.3" is something else's number */
		if (i > 1 && s[i - 1] == '-' && letter(s[i - 2]))
			continue;
		n = code_status_at(s + i, len - i);
		if (n == 0)
			continue;
		if (found < 2 || !is_zero(s + i, n)) {
			memcpy(out, s + i, n);
			out[n] = '\0';
			found = is_zero(s + i, n) ? 1 : 2;
		}
		i += n;
	}
	return (found > 0);
}

int
code_weak(const char *status)
{

	return (is_zero(status, strlen(status)) || strcmp(status, "4.4.7") == 0);
}

/* Words that announce a reply. */
static int
announced(const char *s, size_t at)
{
	static const char *const words[] = { "said", "error", "code", "reply",
	    "returned", "with", "response", "smtp", "was", "failed", "got",
	    "status", "returns", "answer" };
	size_t i, n, end = at;

	while (end > 0 && s[end - 1] == ' ')
		end--;
	if (end == 0 || strchr("\n:;'\"(<>[#,", s[end - 1]) != NULL)
		return (1);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		n = strlen(words[i]);
		if (end >= n && field_starts(s + end - n, n, words[i]))
			return (1);
	}
	/* the second of "550 550", of "550-" lines that were joined */
	return (end >= 3 && digit(s[end - 1]) && digit(s[end - 2]) &&
	    (s[end - 3] == '4' || s[end - 3] == '5') &&
	    (end == 3 || !digit(s[end - 4])));
}

int
code_reply(const char *s, size_t len, char out[static 4])
{
	size_t i;
	int found = 0;

	for (i = 0; i + 3 <= len; i++) {
		if ((s[i] != '4' && s[i] != '5') || s[i + 1] > '7' ||
		    !digit(s[i + 1]) || !digit(s[i + 2]) ||
		    (i > 0 && (digit(s[i - 1]) || letter(s[i - 1]) ||
		    s[i - 1] == '.' || s[i - 1] == '-')))
			continue;
		if (i + 3 < len && strchr(" -:=>'\")\n,;", s[i + 3]) == NULL)
			continue;
		if (!announced(s, i))
			continue;
		memcpy(out, s + i, 3);
		out[3] = '\0';
		found = 1;
		i += 3;
	}
	return (found);
}

/* Words, one of which stands in front of or within each needle below: most
 * texts have few of them, and then most needles need not be looked for. */
enum gate { ANY, REPLY, AFTER, OUR, BRACKET, WHILE, SENT, SMTP, OUT, IN, GATES };

static const char *const gates[GATES] = { [ANY] = "", [REPLY] = "in reply to ",
	[AFTER] = "after ", [OUR] = "our ", [BRACKET] = "[", [WHILE] = "while sending ",
	[SENT] = "sent: ", [SMTP] = "smtp", [OUT] = ">>> ", [IN] = "<<< " };

struct stage { enum gate gate; const char *needle, *stage; };

/* More telling ones first; needles in lower case. */
static const struct stage told[] = {
	{ REPLY, "in reply to end of data", "data" },
	{ REPLY, "in reply to data", "data" },
	{ REPLY, "in reply to rcpt", "rcpt" },
	{ REPLY, "in reply to mail", "mail" },
	{ REPLY, "in reply to ehlo", "helo" },
	{ REPLY, "in reply to helo", "helo" },
	{ AFTER, "after end of data", "data" },
	{ AFTER, "after data", "data" },
	{ AFTER, "after pipelined data", "data" },
	{ AFTER, "after sending data", "data" },
	{ AFTER, "after i sent the message", "data" },
	{ AFTER, "after pipelined end of data", "data" },
	{ OUR, "our final data", "data" },
	{ ANY, "end of message", "data" },
	{ AFTER, "after rcpt", "rcpt" },
	{ AFTER, "after pipelined rcpt", "rcpt" },
	{ OUR, "our rcpt to", "rcpt" },
	{ ANY, "rcpt to response", "rcpt" },
	{ BRACKET, "[rcpt_to]", "rcpt" },
	{ AFTER, "after mail from", "mail" },
	{ AFTER, "after pipelined mail", "mail" },
	{ OUR, "our mail from", "mail" },
	{ BRACKET, "[mail_from]", "mail" },
	{ BRACKET, "[data]", "data" },
	{ BRACKET, "[connect]", "connect" },
	{ BRACKET, "[helo]", "helo" },
	{ BRACKET, "[ehlo]", "helo" },
	{ AFTER, "after initial connection", "connect" },
	{ ANY, "refused to talk to me", "connect" },
	{ ANY, "sender was rejected", "mail" },
	{ ANY, "my name was rejected", "helo" },
	{ ANY, "does not like recipient", "rcpt" },
	{ AFTER, "after helo", "helo" },
	{ AFTER, "after ehlo", "helo" },
	{ ANY, "helo handshake", "helo" },
	{ WHILE, "while sending mail from", "mail" },
	{ WHILE, "while sending rcpt to", "rcpt" },
	{ WHILE, "while sending message body", "data" },
	{ WHILE, "while sending end of data", "data" },
	{ SENT, "sent: rcpt", "rcpt" },
	{ SENT, "sent: mail", "mail" },
	{ SENT, "sent: data", "data" },
	{ SMTP, "smtp:rcpt", "rcpt" },
	{ SMTP, "smtp:data", "data" },
	{ SMTP, "smtp:mail", "mail" },
	/* Gmail as it was: the command by number */
	{ ANY, "(state 14)", "rcpt" },
	{ ANY, "(state 15)", "data" },
	{ ANY, "(state 17)", "data" },
	{ ANY, "(state 18)", "data" },
};

/* A transcript: the last command before the refusal. */
static const struct stage transcript[] = {
	{ OUT, ">>> rcpt", "rcpt" }, { IN, "<<< rcpt", "rcpt" },
	{ OUT, ">>> mail", "mail" }, { IN, "<<< mail", "mail" },
	{ OUT, ">>> data", "data" }, { IN, "<<< data", "data" },
	{ OUT, ">>> .\n", "data" },
	{ OUT, ">>> helo", "helo" }, { OUT, ">>> ehlo", "helo" },
	{ SMTP, "smtp command\nrcpt", "rcpt" },
	{ SMTP, "smtp command\ndata", "data" },
	{ SMTP, "smtp command\nmail", "mail" },
};

const char *
code_stage(const char *s, size_t len)
{
	const char *p, *best = NULL, *stage = NULL, *from[GATES];
	const struct stage *x;
	size_t i;

	if (len == 0)
		return (NULL);
	for (i = 0; i < GATES; i++)
		from[i] = field_find(s, len, gates[i]);
	for (i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		x = &told[i];
		p = from[x->gate];
		if (p != NULL && field_find(p, len - (size_t)(p - s),
		    x->needle) != NULL)
			return (x->stage);
	}
	for (i = 0; i < sizeof(transcript) / sizeof(transcript[0]); i++) {
		x = &transcript[i];
		p = from[x->gate];
		if (p != NULL)
			p = field_find(p, len - (size_t)(p - s), x->needle);
		if (p != NULL && (best == NULL || p > best)) {
			best = p;
			stage = x->stage;
		}
	}
	return (stage);
}
