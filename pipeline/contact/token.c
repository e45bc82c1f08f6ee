/* token -- see token.h.  Rules of returned mail, section 7. */

#include <assert.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/hash.h"
#include "pipeline/contact/token.h"

#define EPOCH	18262		/* 2020-01-01 as a day of date.h */
#define TAG	"utvalg-bounce-1"

enum { BODY = 7, MAC = 8, DOMAIN_MAX = 255, PEELS = 8 };

static char
lower(char c)
{

	return ((c >= 'A' && c <= 'Z') ? (char)(c - 'A' + 'a') : c);
}

static int
starts(const char *s, size_t len, const char *prefix)
{
	size_t i;

	for (i = 0; prefix[i] != '\0'; i++)
		if (i >= len || lower(s[i]) != prefix[i])
			return (0);
	return (1);
}

/* Is it written like a token? */
static int
has_form(const char *s, size_t len)
{
	size_t i;
	char c;

	if (len != TOKEN_LEN)
		return (0);
	for (i = 0; i < len; i++) {
		c = lower(s[i]);
		if (!((c >= 'a' && c <= 'z') || (c >= '2' && c <= '7')))
			return (0);
	}
	c = lower(s[0]);
	return (c >= 'a' && c < 'a' + TOKEN_KEYS);
}

static void
sign(const unsigned char key[32], const char *domain, char letter,
    const unsigned char body[BODY], unsigned char mac[MAC])
{
	unsigned char text[sizeof(TAG) + DOMAIN_MAX + 2 + BODY], sum[32];
	size_t n = 0, i;

	memcpy(text, TAG, sizeof(TAG));	/* with its NUL */
	n = sizeof(TAG);
	for (i = 0; i < DOMAIN_MAX && domain[i] != '\0'; i++)
		text[n++] = (unsigned char)lower(domain[i]);
	text[n++] = '\0';
	text[n++] = (unsigned char)letter;
	memcpy(text + n, body, BODY);
	n += BODY;
	hash_hmac(key, 32, text, n, sum);
	memcpy(mac, sum, MAC);
}

void
token_make(const struct token_keys *k, const char *domain, int64_t recipient,
    int32_t day, char out[static TOKEN_LEN + 1])
{
	unsigned char raw[BODY + MAC];
	int32_t since = day - EPOCH;
	int i;

	assert(k->now >= 0 && k->now < TOKEN_KEYS && k->set[k->now]);
	assert(recipient >= 0 && recipient <= TOKEN_RECIPIENT_MAX);
	assert(since >= 0 && since <= 0xffff);
	for (i = 0; i < 5; i++)
		raw[i] = (unsigned char)(recipient >> (8 * (4 - i)) & 0xff);
	raw[5] = (unsigned char)(since >> 8);
	raw[6] = (unsigned char)(since & 0xff);
	out[0] = (char)('a' + k->now);
	sign(k->key[k->now], domain, out[0], raw, raw + BODY);
	hash_base32(raw, sizeof(raw), out + 1);
}

enum token_state
token_read(const struct token_keys *k, const char *domain, const char *text,
    size_t len, int32_t today, struct token *ret)
{
	unsigned char raw[BODY + MAC], mac[MAC];
	struct token t = { 0, 0, 0 };
	char letter;
	int i;

	if (!has_form(text, len) ||
	    hash_unbase32(text + 1, TOKEN_LEN - 1, raw, sizeof(raw)) != 0)
		return (TOKEN_NONE);
	letter = lower(text[0]);
	t.key = letter - 'a';
	if (!k->set[t.key])
		return (TOKEN_UNKNOWN_KEY);
	sign(k->key[t.key], domain, letter, raw, mac);
	if (!hash_equal(mac, raw + BODY, MAC))
		return (TOKEN_BAD_MAC);
	for (i = 0; i < 5; i++)
		t.recipient = t.recipient << 8 | raw[i];
	t.day = EPOCH + (raw[5] << 8 | raw[6]);
	*ret = t;
	return (today > t.day + TOKEN_DAYS ? TOKEN_EXPIRED : TOKEN_OK);
}

/* Behind the ${n}th ${c}, or NULL. */
static const char *
behind(const char *s, const char *end, char c, int n)
{

	for (; s != NULL && n > 0; n--) {
		s = memchr(s, c, (size_t)(end - s));
		if (s != NULL)
			s++;
	}
	return (s);
}

/*
 * Take one wrapping off [*s, *end): 1 if there was one.
 *
 *	SRS1=HHH=host==rest		rest is what followed SRS0, or all of it
 *	SRS0=HHHH=TT=domain=local
 *	prvs=KDDDSSSSSS=local
 *	btv1==tag==local
 */
static int
peel(const char **s, const char **end)
{
	const char *p = *s, *e = *end, *q;
	size_t len = (size_t)(e - p);

	if (starts(p, len, "srs0") && len > 5 && strchr("=+-", p[4]) != NULL) {
		q = behind(p + 5, e, '=', 3);
	} else if (starts(p, len, "srs1") && len > 5 &&
	    strchr("=+-", p[4]) != NULL) {
		/* Behind the host stand two "=", or "=+", "=-": the first ends
		 * the host, the second was the separator of the SRS0 address. */
		q = behind(p + 5, e, '=', 2);
		if (q != NULL && q < e && strchr("=+-", *q) != NULL) {
			q++;
			/* what follows is HHHH=TT=domain=local, SRS0 gone */
			if (!starts(q, (size_t)(e - q), "srs0"))
				q = behind(q, e, '=', 3);
		}
	} else if (starts(p, len, "prvs=")) {
		q = behind(p + 5, e, '=', 1);
	} else if (starts(p, len, "btv1==")) {
		q = behind(p + 6, e, '=', 2);
	} else
		return (0);
	if (q == NULL || q >= e)
		return (0);
	*s = q;
	return (1);
}

enum token_state
token_find(const struct token_keys *k, const char *domain, char delimiter,
    const char *text, size_t len, int32_t today, struct token *ret)
{
	const char *s = text, *end = text + len, *at, *p;
	int i;

	assert(text != NULL);
	while (s < end && (*s == ' ' || *s == '\t' || *s == '<' || *s == '"'))
		s++;
	/* The last "@": a quoted local part may hold others. */
	for (at = end; at > s && at[-1] != '@'; at--)
		continue;
	if (at > s)
		end = at - 1;
	while (end > s && (end[-1] == ' ' || end[-1] == '\t' ||
	    end[-1] == '>' || end[-1] == '"'))
		end--;
	for (i = 0; i < PEELS; i++) {
		if (has_form(s, (size_t)(end - s)))
			return (token_read(k, domain, s, (size_t)(end - s),
			    today, ret));
		p = behind(s, end, delimiter, 1);
		if (p != NULL && has_form(p, (size_t)(end - p)))
			return (token_read(k, domain, p, (size_t)(end - p),
			    today, ret));
		if (!peel(&s, &end))
			break;
	}
	return (TOKEN_NONE);
}

const char *
token_state_word(enum token_state state)
{

	switch (state) {
	case TOKEN_NONE:
		return (NULL);
	case TOKEN_UNKNOWN_KEY:
		return ("unknown-key");
	case TOKEN_BAD_MAC:
		return ("bad-mac");
	case TOKEN_EXPIRED:
		return ("expired");
	case TOKEN_OK:
		return ("ok");
	}
	return (NULL);
}

int
token_fits(const char *name, const char *domain, struct err *err)
{
	size_t local = strlen(name) + 1 + TOKEN_LEN, host = strlen(domain);

	if (name[0] == '\0' || host == 0)
		return (err_set(err, EX_CONFIG,
		    "the return address has no name or no domain"));
	if (local > TOKEN_LOCAL_MAX)
		return (err_set(err, EX_CONFIG, "the return address's name has "
		    "%zu characters, with the token %zu are too many (%d)",
		    strlen(name), local, TOKEN_LOCAL_MAX));
	if (TOKEN_SRS + host + local > TOKEN_SRS_MAX)
		return (err_set(err, EX_CONFIG, "the return address is too long "
		    "to be forwarded: name %zu and domain %zu characters, "
		    "together at most %d", strlen(name), host,
		    TOKEN_SRS_MAX - TOKEN_SRS - 1 - TOKEN_LEN));
	return (0);
}
