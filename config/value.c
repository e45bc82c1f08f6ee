#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "config/value.h"

enum { NEAR_MAX = 48, TOKEN = 25, SRS = 14, SERVERS_MAX = 8 };

static int
fold(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment distance; ${m} and ${n} at most NEAR_MAX. */
static size_t
distance(const char *a, size_t m, const char *b, size_t n)
{
	size_t d[3][NEAR_MAX + 1];

	for (size_t j = 0; j <= n; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= m; i++) {
		size_t *now = d[i % 3], *up = d[(i + 2) % 3], *up2 = d[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= n; j++) {
			int same = fold(a[i - 1]) == fold(b[j - 1]);

			now[j] = least(least(up[j], now[j - 1]) + 1,
			    up[j - 1] + (same ? 0 : 1));
			if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
			    fold(a[i - 2]) == fold(b[j - 1]))
				now[j] = least(now[j], up2[j - 2] + 1);
		}
	}
	return d[m % 3][n];
}

void
value_near(struct value_near *n, const char *typed)
{
	size_t len = strlen(typed);

	n->typed = typed;
	n->word = NULL;
	n->distance = len == 0 || len > NEAR_MAX ? 0 : least(2 + len / 4, len);
}

void
value_near_offer(struct value_near *n, const char *word)
{
	size_t len = strlen(word), d;

	if (n->distance == 0 || len > NEAR_MAX)
		return;
	d = distance(n->typed, strlen(n->typed), word, len);
	if (d < n->distance) {
		n->distance = d;
		n->word = word;
	}
}

const char *
value_near_hint(const struct value_near *n, char out[static 128])
{
	out[0] = '\0';
	if (n->word != NULL)
		snprintf(out, 128, " (did you mean '%s'?)", n->word);
	return out;
}

static int
alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

static const char *
bad_domain(const char *s)
{
	size_t label = 0, labels = 1, len = strlen(s);

	if (len == 0 || len > 253)
		return "has no domain of 1 to 253 characters";
	for (size_t i = 0; i <= len; i++) {
		if (s[i] == '.' || s[i] == '\0') {
			if (label == 0 || label > 63)
				return "has a domain with an empty or overlong part";
			if (s[i - 1] == '-' || s[i - label] == '-')
				return "has a domain part that begins or ends in '-'";
			label = 0;
			labels += s[i] == '.';
		} else if (alnum(s[i]) || s[i] == '-')
			label++;
		else
			return (unsigned char)s[i] >= 0x80 ?
			    "has letters outside ASCII (write the domain as xn--...)" :
			    "has a character in its domain that cannot be there";
	}
	return labels < 2 ? "has a domain without a dot" : NULL;
}

const char *
value_address(const char *s)
{
	const char *at = strrchr(s, '@');
	size_t len;

	if (at == NULL)
		return "is no address: it has no '@'";
	len = (size_t)(at - s);
	if (len == 0 || len > 64)
		return "has no name of 1 to 64 characters before the '@'";
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)s[i] >= 0x80)
			return "has letters outside ASCII before the '@'";
		if (!alnum(s[i]) && strchr("!#$%&'*+-/=?^_`{|}~.", s[i]) == NULL)
			return "has a character before the '@' that cannot be there";
		if (s[i] == '.' && (i == 0 || i == len - 1 || s[i + 1] == '.'))
			return "has a dot in the wrong place before the '@'";
	}
	return bad_domain(at + 1);
}

const char *
value_bounce(const char *s, char delimiter)
{
	const char *why = value_address(s), *at;
	size_t local, domain;

	if (why != NULL)
		return why;
	at = strrchr(s, '@');
	if (memchr(s, delimiter != '\0' ? delimiter : '+', (size_t)(at - s)) != NULL)
		return "has the delimiter before the '@', where the token's must be the first";
	local = (size_t)(at - s) + 1 + TOKEN;
	domain = strlen(at + 1);
	if (local > 45)
		return "is too long before the '@': with delimiter and token it"
		    " passes 45 characters";
	if (SRS + domain + local > 64)
		return "is too long: 14 + domain + name with delimiter and token"
		    " passes 64 characters";
	return NULL;
}

int
value_url(const char *s, const char *schemes)
{
	const char *sep = strstr(s, "://");

	if (sep == NULL || sep[3] == '\0')
		return 0;
	if (sep[3] == '/' && strncmp(s, "file:", 5) != 0)
		return 0;		/* no host */
	for (const char *p = s; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return 0;
	for (const char *w = schemes; *w != '\0'; ) {
		size_t n = strcspn(w, " ");

		if (n == (size_t)(sep - s) && strncmp(w, s, n) == 0)
			return 1;
		w += n + (w[n] == ' ');
	}
	return 0;
}

/* ":53", or nothing; ${s} to ${end}. */
static int
is_port(const char *s, const char *end)
{
	long n = 0;

	if (s == end)
		return 1;
	if (*s++ != ':' || s == end || end - s > 5)
		return 0;
	for (; s < end; s++) {
		if (*s < '0' || *s > '9')
			return 0;
		n = n * 10 + (*s - '0');
	}
	return n >= 1 && n <= 65535;
}

static int
is_ip(int family, const char *s, size_t len)
{
	unsigned char octets[16];
	char text[INET6_ADDRSTRLEN];

	if (len >= sizeof(text))
		return 0;
	memcpy(text, s, len);
	text[len] = '\0';
	return inet_pton(family, text, octets) == 1;
}

static int
is_server(const char *s, size_t len)
{
	const char *end = s + len, *close, *colon;

	if (s[0] == '[') {
		close = memchr(s, ']', len);
		return close != NULL && is_ip(AF_INET6, s + 1, (size_t)(close - s) - 1) &&
		    is_port(close + 1, end);
	}
	if (is_ip(AF_INET6, s, len))
		return 1;
	colon = memchr(s, ':', len);
	if (colon == NULL)
		colon = end;
	return is_ip(AF_INET, s, (size_t)(colon - s)) && is_port(colon, end);
}

const char *
value_servers(const char *s)
{
	int n = 0;

	for (s += strspn(s, " \t,"); *s != '\0'; s += strspn(s, " \t,")) {
		size_t len = strcspn(s, " \t,");

		if (++n > SERVERS_MAX)
			return "has more than 8 servers";
		if (!is_server(s, len))
			return "is no list of IP addresses such as 192.0.2.1 or"
			    " [2001:db8::1]:53";
		s += len;
	}
	return NULL;
}

static void
mdoc_chr(struct buf *b, char c, int first)
{
	if (c == '\\')
		buf_str(b, "\\e");
	else if (c == '"')
		buf_str(b, "\\(dq");
	else {
		if (first && (c == '.' || c == '\''))
			buf_str(b, "\\&");	/* no request */
		buf_chr(b, c);
	}
}

void
value_mdoc(struct buf *b, const char *text)
{
	size_t column = 0;

	for (const char *w = text; *w != '\0'; ) {
		size_t n = strcspn(w, " ");

		if (column > 0) {
			int end = w >= text + 2 && w[-2] == '.' && w[0] != '.';

			buf_chr(b, end || column + 1 + n > 78 ? '\n' : ' ');
			column = end || column + 1 + n > 78 ? 0 : column + 1;
		}
		for (size_t i = 0; i < n; i++)
			mdoc_chr(b, w[i], column == 0 && i == 0);
		column += n;
		w += n + strspn(w + n, " ");
	}
	buf_chr(b, '\n');
}

void
value_mdoc_word(struct buf *b, const char *word)
{
	buf_chr(b, '"');
	buf_str(b, "\\&");	/* "+" and the like are no delimiters here */
	for (size_t i = 0; word[i] != '\0'; i++)
		mdoc_chr(b, word[i], 0);
	buf_chr(b, '"');
}

const char *
value_mailbox(const char *s)
{
	const char *host, *slash, *at;
	int pop;

	if (!value_url(s, "imap imaps pop3 pop3s"))
		return "begins with none of imap://, imaps://, pop3:// and pop3s://";
	pop = strncmp(s, "pop3", 4) == 0;
	host = strstr(s, "://") + 3;
	slash = host + strcspn(host, "/");
	at = memchr(host, '@', (size_t)(slash - host));
	if (at != NULL && memchr(host, ':', (size_t)(at - host)) != NULL)
		return "holds a password: that belongs in a file of its own"
		    " ([bounces] mailbox_password_file)";
	if ((at != NULL ? at + 1 : host) == slash || strpbrk(s, "?#\\") != NULL)
		return "names no host, or holds ?, # or \\";
	if (pop && slash[0] == '/' && slash[1] != '\0')
		return "names a folder, and POP3 has none";
	return NULL;
}
