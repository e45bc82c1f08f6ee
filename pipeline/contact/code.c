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

const char *
code_stage(const char *s, size_t len)
{
	/* More telling ones first; needles in lower case. */
	static const struct { const char *needle, *stage; } table[] = {
		{ "in reply to end of data", "data" },
		{ "in reply to data", "data" },
		{ "in reply to rcpt", "rcpt" },
		{ "in reply to mail", "mail" },
		{ "in reply to ehlo", "helo" },
		{ "in reply to helo", "helo" },
		{ "after end of data", "data" },
		{ "after data", "data" },
		{ "after pipelined data", "data" },
		{ "after sending data", "data" },
		{ "after i sent the message", "data" },
		{ "after pipelined end of data", "data" },
		{ "our final data", "data" },
		{ "end of message", "data" },
		{ "after rcpt", "rcpt" },
		{ "after pipelined rcpt", "rcpt" },
		{ "our rcpt to", "rcpt" },
		{ "rcpt to response", "rcpt" },
		{ "[rcpt_to]", "rcpt" },
		{ "after mail from", "mail" },
		{ "after pipelined mail", "mail" },
		{ "our mail from", "mail" },
		{ "[mail_from]", "mail" },
		{ "[data]", "data" },
		{ "[connect]", "connect" },
		{ "[helo]", "helo" },
		{ "[ehlo]", "helo" },
		{ "after initial connection", "connect" },
		{ "refused to talk to me", "connect" },
		{ "sender was rejected", "mail" },
		{ "my name was rejected", "helo" },
		{ "does not like recipient", "rcpt" },
		{ "after helo", "helo" },
		{ "after ehlo", "helo" },
		{ "helo handshake", "helo" },
		{ "while sending mail from", "mail" },
		{ "while sending rcpt to", "rcpt" },
		{ "while sending message body", "data" },
		{ "while sending end of data", "data" },
		{ "sent: rcpt", "rcpt" },
		{ "sent: mail", "mail" },
		{ "sent: data", "data" },
		{ "smtp:rcpt", "rcpt" },
		{ "smtp:data", "data" },
		{ "smtp:mail", "mail" },
	};
	/* A transcript: the last command before the refusal. */
	static const struct { const char *needle, *stage; } sent[] = {
		{ ">>> rcpt", "rcpt" }, { "<<< rcpt", "rcpt" },
		{ ">>> mail", "mail" }, { "<<< mail", "mail" },
		{ ">>> data", "data" }, { "<<< data", "data" },
		{ ">>> .\n", "data" },
		{ ">>> helo", "helo" }, { ">>> ehlo", "helo" },
		{ "smtp command\nrcpt", "rcpt" },
		{ "smtp command\ndata", "data" },
		{ "smtp command\nmail", "mail" },
	};
	const char *p, *best = NULL, *stage = NULL;
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (field_find(s, len, table[i].needle) != NULL)
			return (table[i].stage);
	for (i = 0; i < sizeof(sent) / sizeof(sent[0]); i++) {
		p = field_find(s, len, sent[i].needle);
		if (p != NULL && (best == NULL || p > best)) {
			best = p;
			stage = sent[i].stage;
		}
	}
	return (stage);
}
