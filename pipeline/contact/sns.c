/* sns -- see sns.h.  Looks for the few keys it needs, without a JSON parser:
 * the text is a stranger's, and what it says is only an address and a code. */

#include <string.h>

#include "pipeline/contact/field.h"
#include "pipeline/contact/sns.h"

/* The text without backslashes and without blanks around colons, so that an
 * escaped object reads like a plain one. */
static char *
plain(struct arena *mem, const char *s, size_t len)
{
	char *out = arena_alloc(mem, len + 1);
	size_t i, n = 0;
	int quoted = 0;

	for (i = 0; i < len; i++) {
		if (s[i] == '\\') {
			/* \n and the like: a blank */
			if (i + 1 < len && strchr("nrt", s[i + 1]) != NULL) {
				out[n++] = ' ';
				i++;
			}
			continue;
		}
		if (s[i] == '"')
			quoted = !quoted;
		if (quoted || (s[i] != ' ' && s[i] != '\n'))
			out[n++] = s[i];
	}
	out[n] = '\0';
	return (out);
}

/* The string behind "key":, before ${end}; NULL if there is none. */
static const char *
value(struct arena *mem, const char *s, const char *end, const char *key)
{
	const char *p = field_find(s, (size_t)(end - s), key), *q;

	if (p == NULL)
		return (NULL);
	p += strlen(key);
	if (*p++ != '"')
		return (NULL);
	q = memchr(p, '"', (size_t)(end - p));
	return (q == NULL ? NULL : arena_strn(mem, p, (size_t)(q - p)));
}

/* One recipient as a block of a report, so that it is read like one. */
static void
add(struct arena *mem, struct dsn *d, size_t max, const char *address,
    const char *action, const char *status, const char *diagnostic)
{
	const char *block = arena_printf(mem, "Final-Recipient: rfc822; %s\n"
	    "Action: %s\nStatus: %s\nDiagnostic-Code: %s\n", address, action,
	    status != NULL ? status : "", diagnostic != NULL ? diagnostic : "");

	dsn_read(mem, block, strlen(block), max, d);
}

static void
bounced(struct arena *mem, const char *s, size_t max, struct dsn *d)
{
	const char *end = strchr(s, ']'), *o, *next, *address;

	if (end == NULL)
		end = s + strlen(s);
	for (o = s; o < end; o = next) {
		next = memchr(o + 1, '{', (size_t)(end - o) - 1);
		if (next == NULL)
			next = end;
		address = value(mem, o, next, "\"emailaddress\":");
		if (address != NULL)
			add(mem, d, max, address, "failed",
			    value(mem, o, next, "\"status\":"),
			    value(mem, o, next, "\"diagnosticcode\":"));
	}
}

enum bounce_kind
sns_read(struct arena *mem, const char *text, size_t len, size_t max,
    struct dsn *d, const char **complaint)
{
	const char *s, *p, *end, *type, *reply, *address;

	if (field_find(text, len, "notificationtype") == NULL &&
	    field_find(text, len, "eventtype") == NULL)
		return (BOUNCE_OTHER);
	s = plain(mem, text, len);
	end = s + strlen(s);
	type = value(mem, s, end, "\"notificationtype\":");
	if (type == NULL)
		type = value(mem, s, end, "\"eventtype\":");
	if (type == NULL)
		return (BOUNCE_OTHER);
	if (field_same(type, "Bounce") &&
	    (p = field_find(s, (size_t)(end - s), "\"bouncedrecipients\":[")) !=
	    NULL) {
		bounced(mem, p, max, d);
		return (d->n > 0 ? BOUNCE_FINAL : BOUNCE_OTHER);
	}
	if (field_same(type, "Complaint") && (p = field_find(s,
	    (size_t)(end - s), "\"complainedrecipients\":[")) != NULL) {
		*complaint = value(mem, p, end, "\"emailaddress\":");
		return (*complaint != NULL ? BOUNCE_FEEDBACK : BOUNCE_OTHER);
	}
	if (field_same(type, "Delivery") &&
	    (address = value(mem, s, end, "\"destination\":[")) != NULL) {
		reply = value(mem, s, end, "\"smtpresponse\":");
		if (reply == NULL)
			reply = "";
		if (strspn(reply, "0123456789") == 3)
			reply += 3;
		add(mem, d, max, address, "delivered",
		    reply + strspn(reply, " "), NULL);
		return (BOUNCE_DELIVERED);
	}
	return (BOUNCE_OTHER);
}
