#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <uninorm.h>

#include "pipeline/base/utf8.h"

#include "email/private.h"

/* Who takes what as the same mailbox (rules of e-mail, section 5). */
static const struct provider {
	const char *domain;	/* a final '.' stands for a country's or .com */
	int tag, dots;		/* drop from the first '+'; drop the dots */
	const char *as;		/* domain in the key; NULL: unchanged */
} providers[] = {
	{ "gmail.com", 1, 1, "gmail.com" },
	{ "googlemail.com", 1, 1, "gmail.com" },
	{ "outlook.", 1, 0, NULL },
	{ "hotmail.", 1, 0, NULL },
	{ "live.", 1, 0, NULL },
	{ "msn.com", 1, 0, NULL },
	{ "icloud.com", 1, 0, "icloud.com" },
	{ "me.com", 1, 0, "icloud.com" },
	{ "mac.com", 1, 0, "icloud.com" },
};

/* "no", "com", "co.uk", "com.au"; never "live.uit.no" for Microsoft. */
static int
country_suffix(const char *s)
{
	if (strncmp(s, "co.", 3) == 0)
		s += 3;
	else if (strncmp(s, "com.", 4) == 0)
		s += 4;
	else if (strcmp(s, "com") == 0)
		return 1;
	return strlen(s) == 2 && strchr(s, '.') == NULL;
}

static const struct provider *
provider_of(const char *domain)
{
	for (size_t i = 0; i < sizeof(providers) / sizeof(providers[0]); i++) {
		const char *p = providers[i].domain;
		size_t n = strlen(p);

		if (p[n - 1] == '.' ? strncmp(domain, p, n) == 0 &&
		    country_suffix(domain + n) : strcmp(domain, p) == 0)
			return &providers[i];
	}
	return NULL;
}

static size_t
apply_provider(const struct provider *p, char *local, size_t len)
{
	const char *plus = memchr(local, '+', len);
	size_t n = 0;

	if (plus == local)
		return len;		/* nothing before the tag: kept whole */
	if (p->tag && plus != NULL)
		len = (size_t)(plus - local);
	if (!p->dots)
		return len;
	for (size_t i = 0; i < len; i++)
		if (local[i] != '.')
			local[n++] = local[i];
	return n;
}

/* Case-folded, then NFC, into ${out}; the length or -1. */
static int
fold(const char *s, size_t len, char *out, size_t room)
{
	size_t n = 0;
	int ascii = 1;

	for (size_t i = 0; i < len; i++)
		ascii &= (unsigned char)s[i] < 0x80;
	if (ascii) {
		if (len >= room)
			return -1;
		for (size_t i = 0; i < len; i++)
			out[i] = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] + 32 : s[i]);
		n = len;
	} else {
		uint8_t *low = u8_casefold((const uint8_t *)s, len, NULL, UNINORM_NFC,
		    NULL, &n);

		if (low == NULL)
			return -1;
		if (n >= room) {
			free(low);
			return -1;
		}
		memcpy(out, low, n);
		free(low);
	}
	out[n] = '\0';
	return (int)n;
}

int
email_make_key(const char *local, size_t len, const char *domain, char *out,
    size_t room)
{
	const struct provider *p = provider_of(domain);
	int n = fold(local, len, out, room);
	size_t end;

	if (n < 0)
		return -1;
	end = (size_t)n;
	if (p != NULL) {
		end = apply_provider(p, out, end);
		if (p->as != NULL)
			domain = p->as;
	}
	if (end + 1 + strlen(domain) >= room)
		return -1;
	out[end] = '@';
	strcpy(out + end + 1, domain);
	return 0;
}

int
email_key(const char *s, size_t len, char *out, size_t room)
{
	struct email e;

	while (len > 0 && (*s == ' ' || *s == '<'))
		s++, len--;
	while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '>' || s[len - 1] == '.'))
		len--;
	email_check_strict(NULL, s, len, &e);
	if (e.reason != EMAIL_OK || strlen(e.key) >= room)
		return -1;
	strcpy(out, e.key);
	return 0;
}
