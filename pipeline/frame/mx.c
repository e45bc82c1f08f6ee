#include <idn2.h>
#include <string.h>
#include <strings.h>

#include "pipeline/frame/mx.h"

static const struct {
	const char *code, *nb, *en;
} verdicts[MX_VERDICTS] = {
	[MX_UNKNOWN] = { "unknown", "ikke avklart: navnetjenesten svarte ikke, eller"
	    " med en feil", "not known: the name service did not answer, or with an"
	    " error" },
	[MX_MX] = { "mx", "tar imot e-post", "takes mail" },
	[MX_FALLBACK] = { "fallback", "har ingen egen e-posttjener, men en adresse"
	    " som kan nås", "names no mail server, but has an address that can be"
	    " reached" },
	[MX_NULL] = { "null-mx", "sier selv at det ikke tar imot e-post",
	    "says itself that it takes no mail" },
	[MX_NO_MAIL] = { "no-mail", "finnes, men har ingen e-posttjener",
	    "exists, but has no mail server" },
	[MX_NO_DOMAIN] = { "no-domain", "finnes ikke", "does not exist" },
};

const char *
mx_code(enum mx_verdict v)
{
	return verdicts[v].code;
}

int
mx_parse(const char *code, enum mx_verdict *ret)
{
	for (int i = 0; i < MX_VERDICTS; i++)
		if (strcmp(verdicts[i].code, code) == 0) {
			*ret = (enum mx_verdict)i;
			return 0;
		}
	return -1;
}

const char *
mx_text(enum mx_verdict v, enum lang lang)
{
	return lang == LANG_EN ? verdicts[v].en : verdicts[v].nb;
}

int
mx_dead(enum mx_verdict v)
{
	return v == MX_NULL || v == MX_NO_MAIL || v == MX_NO_DOMAIN;
}

/* "192.0.2.1", "[IPv6:...]": a mail server has a name (RFC 5321, 2.3.4). */
static int
is_literal(const char *host, size_t len)
{
	return host[0] == '[' || memchr(host, ':', len) != NULL ||
	    strspn(host, "0123456789.") >= len;
}

/* Is ${host} this name, or one under it? */
static int
is_under(const char *host, size_t len, const char *name)
{
	size_t n = strlen(name);

	return len >= n && strncasecmp(host + len - n, name, n) == 0 &&
	    (len == n || host[len - n - 1] == '.');
}

int
mx_exchange(struct mx_facts *f, const char *host)
{
	size_t len = strlen(host);

	while (len > 0 && host[len - 1] == '.')
		len--;
	if (len == 0)
		f->roots++;
	else if (is_literal(host, len) || is_under(host, len, "localhost") ||
	    is_under(host, len, "localdomain") || is_under(host, len, "invalid"))
		f->unusable++;
	else {
		f->usable++;
		return 1;
	}
	return 0;
}

struct block {
	unsigned char net[16];
	int bits;
};

/* Not to be reached from everywhere, or no single machine (IANA's registry of
 * special-purpose addresses; multicast; what is set aside). */
static const struct block special4[] = {
	{ { 0 }, 8 }, { { 10 }, 8 }, { { 100, 64 }, 10 }, { { 127 }, 8 },
	{ { 169, 254 }, 16 }, { { 172, 16 }, 12 }, { { 192, 0, 0 }, 24 },
	{ { 192, 0, 2 }, 24 }, { { 192, 88, 99 }, 24 }, { { 192, 168 }, 16 },
	{ { 198, 18 }, 15 }, { { 198, 51, 100 }, 24 }, { { 203, 0, 113 }, 24 },
	{ { 224 }, 3 },
};

/* The same within 2000::/3; of the rest, only NAT64 is anything. */
static const struct block special6[] = {
	{ { 0x20, 0x01 }, 23 }, { { 0x20, 0x01, 0x0d, 0xb8 }, 32 },
	{ { 0x3f, 0xff }, 20 },
};
static const struct block unicast6 = { { 0x20 }, 3 };
static const struct block nat64 = { { 0x00, 0x64, 0xff, 0x9b }, 96 };
static const struct block sixtofour = { { 0x20, 0x02 }, 16 };

static int
within(const unsigned char *octets, const struct block *b)
{
	size_t whole = (size_t)b->bits / 8;
	int rest = b->bits % 8;

	if (memcmp(octets, b->net, whole) != 0)
		return 0;
	return rest == 0 || ((octets[whole] ^ b->net[whole]) >> (8 - rest)) == 0;
}

int
mx_global4(const unsigned char octets[static 4])
{
	for (size_t i = 0; i < sizeof(special4) / sizeof(special4[0]); i++)
		if (within(octets, &special4[i]))
			return 0;
	return 1;
}

int
mx_global6(const unsigned char octets[static 16])
{
	/* these hold an IPv4 address, and are as good as it is */
	if (within(octets, &nat64))
		return mx_global4(octets + 12);
	if (within(octets, &sixtofour))
		return mx_global4(octets + 2);
	if (!within(octets, &unicast6))
		return 0;
	for (size_t i = 0; i < sizeof(special6) / sizeof(special6[0]); i++)
		if (within(octets, &special6[i]))
			return 0;
	return 1;
}

void
mx_address4(struct mx_facts *f, const unsigned char octets[static 4])
{
	f->reachable += mx_global4(octets);
}

void
mx_address6(struct mx_facts *f, const unsigned char octets[static 16])
{
	f->reachable += mx_global6(octets);
}

/* The name was there when MX was asked for: that it is not any more is
 * trouble, not an answer. */
static int
is_trouble(enum mx_status s)
{
	return s == MX_TROUBLE || s == MX_NXDOMAIN;
}

enum mx_ask_for
mx_next(const struct mx_facts *f, enum mx_verdict *verdict)
{
	*verdict = MX_UNKNOWN;
	switch (f->mx) {
	case MX_UNASKED:
		return MX_ASK_MX;
	case MX_TROUBLE:
		return MX_ASK_NOTHING;
	case MX_NXDOMAIN:
		*verdict = MX_NO_DOMAIN;
		return MX_ASK_NOTHING;
	case MX_RECORDS:
		if (f->usable > 0)
			*verdict = MX_MX;
		else if (f->unusable > 0)
			*verdict = MX_NO_MAIL;
		else if (f->roots > 0)
			*verdict = MX_NULL;
		return MX_ASK_NOTHING;
	case MX_NODATA:
		break;
	}
	if (f->reachable > 0) {
		*verdict = MX_FALLBACK;
		return MX_ASK_NOTHING;
	}
	if (f->a == MX_UNASKED)
		return MX_ASK_A;
	if (f->aaaa == MX_UNASKED)
		return MX_ASK_AAAA;
	if (!is_trouble(f->a) && !is_trouble(f->aaaa))
		*verdict = MX_NO_MAIL;
	return MX_ASK_NOTHING;
}

/* Letters, digits, '-' and '_' in labels of 1 to 63: what c-ares takes as it
 * stands. */
static int
is_name(const char *s)
{
	size_t label = 0;

	for (;; s++) {
		if (*s == '.' || *s == '\0') {
			if (label == 0 || label > 63)
				return 0;
			if (*s == '\0')
				return 1;
			label = 0;
			continue;
		}
		if ((*s < 'a' || *s > 'z') && (*s < '0' || *s > '9') && *s != '-' &&
		    *s != '_')
			return 0;
		label++;
	}
}

static int
is_ascii(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s >= 0x80)
			return 0;
	return 1;
}

int
mx_name(const char *typed, char out[static MX_NAME])
{
	const char *at = strrchr(typed, '@'), *name = at != NULL ? at + 1 : typed;
	uint8_t *ascii = NULL;
	size_t len;
	int r = -1;

	if (strlen(name) > 1000)
		return -1;
	if (!is_ascii(name)) {
		if (idn2_lookup_u8((const uint8_t *)name, &ascii,
		    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
			return -1;
		name = (const char *)ascii;
	}
	len = strlen(name);
	if (len > 0 && name[len - 1] == '.')
		len--;
	if (len > 0 && len < MX_NAME) {
		for (size_t i = 0; i < len; i++)
			out[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ?
			    name[i] - 'A' + 'a' : name[i]);
		out[len] = '\0';
		r = is_name(out) ? 0 : -1;
	}
	idn2_free(ascii);
	return r;
}
