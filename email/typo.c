#include <string.h>

#include "email/private.h"

/*
 * Slips in domains (rules of e-mail, section 10): compared with the big
 * providers by edits, name and suffix apart, one edit in each, two in a name of
 * eight letters and more or where only the order is wrong.  A domain that is
 * known to be one of its own gets no suggestion.
 */

enum { LONGEST = 32 };		/* octets of a name that is compared */

static const struct big {
	const char *name, *suffix;
	int alone;		/* the name means this provider with any suffix */
} big[] = {
	{ "gmail", "com", 1 },
	{ "hotmail", "com", 1 },
	{ "outlook", "com", 1 },
	{ "yahoo", "com", 1 },
	{ "icloud", "com", 1 },
	{ "googlemail", "com", 1 },
	{ "protonmail", "com", 1 },
	{ "online", "no", 0 },
	{ "broadpark", "no", 0 },
	{ "altibox", "no", 0 },
	{ "frisurf", "no", 0 },
	{ "getmail", "no", 0 },
};
#define NBIG	(sizeof(big) / sizeof(big[0]))

/* Domains of their own that are close to one above; name, then its suffixes. */
static const struct own {
	const char *name, *suffixes;	/* NULL: any */
} own[] = {
	{ "protonmail", "ch" },
	{ "hotmail", "no se dk fi fr de it es nl be ch at gr hu cz ca co.uk "
	    "co.nz co.jp co.kr co.th co.id co.il co.in co.za com.au com.br com.ar "
	    "com.mx com.tr com.tw com.hk com.vn sg my ph lt lv rs" },
	{ "outlook", "no se dk de fr es it pt cz sk hu gr ie be at cl in jp kr "
	    "lv my ph sa sg co.id co.il co.th co.nz co.uk com.au com.br com.ar "
	    "com.gr com.tr com.vn" },
	{ "yahoo", "no se dk fi fr de it es nl be ch at gr ie ro pl pt hu cz ca "
	    "in co.uk co.in co.jp co.id co.kr co.nz co.th co.za com.br com.ar com.mx "
	    "com.au com.sg com.hk com.tw com.vn com.ph com.my com.co com.tr com.cn" },
	{ "online", "com de nl fr ie ru be net org" },
	{ "inline", NULL }, { "onlive", NULL }, { "olline", NULL },
	{ "mail", NULL }, { "email", NULL }, { "ymail", NULL }, { "gail", NULL },
	{ "cloud", NULL }, { "mailo", NULL }, { "netmail", NULL },
	{ "webmail", NULL }, { "jetmail", NULL }, { "hushmail", NULL },
	{ "fastmail", NULL }, { "rocketmail", NULL }, { "postmail", NULL },
	{ "rediffmail", NULL }, { "lookout", NULL },
};

/* Suffixes that people mean, the likelier first. */
static const char *const suffix[] = { "no", "com", "net", "org", "se", "dk", "eu",
	"info" };
/* On the list, and yet nearly always a slip of the finger in Norway: "firma.mo". */
static const char *const slip[][2] = { { "mo", "no" }, { "cm", "com" },
	{ "om", "com" } };

static int
min3(int a, int b, int c)
{
	int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Damerau-Levenshtein, no edit of what was edited (optimal string alignment). */
static int
distance(const char *a, size_t la, const char *b, size_t lb)
{
	int d[LONGEST + 1][LONGEST + 1];

	if (la > LONGEST || lb > LONGEST)
		return LONGEST;
	for (size_t i = 0; i <= la; i++)
		d[i][0] = (int)i;
	for (size_t k = 0; k <= lb; k++)
		d[0][k] = (int)k;
	for (size_t i = 1; i <= la; i++)
		for (size_t k = 1; k <= lb; k++) {
			int change = a[i - 1] != b[k - 1];

			d[i][k] = min3(d[i - 1][k] + 1, d[i][k - 1] + 1,
			    d[i - 1][k - 1] + change);
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] &&
			    d[i - 2][k - 2] + 1 < d[i][k])
				d[i][k] = d[i - 2][k - 2] + 1;
		}
	return d[la][lb];
}

/*
 * No more than ${most} edits (1 or 2)?  Nearly all pairs are told apart by
 * length and by the letters that only one of them has: an edit brings in or
 * takes away two letters at most.
 */
static int
within(int most, const char *a, size_t la, const char *b, size_t lb)
{
	uint32_t in_a = 0, in_b = 0, odd;
	int n = 0;

	if (la > lb + (size_t)most || lb > la + (size_t)most)
		return 0;
	for (size_t i = 0; i < la; i++)
		in_a |= 1u << (a[i] & 31);
	for (size_t i = 0; i < lb; i++)
		in_b |= 1u << (b[i] & 31);
	for (odd = in_a ^ in_b; odd != 0; odd &= odd - 1)
		n++;
	return n <= 2 * most && distance(a, la, b, lb) <= most;
}

static int
equal(const char *s, size_t len, const char *word)
{
	return strncmp(s, word, len) == 0 && word[len] == '\0';
}

static int
in_words(const char *words, const char *s)
{
	size_t n = strlen(s), w;

	for (const char *p = words; *p != '\0'; p += w + (p[w] == ' ')) {
		w = strcspn(p, " ");
		if (w == n && memcmp(p, s, n) == 0)
			return 1;
	}
	return 0;
}

/* The same letters in another order: "yaooh". */
static int
reordered(const char *a, size_t la, const char *b, size_t lb)
{
	signed char n[32] = { 0 };

	if (la != lb)
		return 0;
	for (size_t i = 0; i < la; i++) {
		n[a[i] & 31]++;
		n[b[i] & 31]--;
	}
	for (int i = 0; i < 32; i++)
		if (n[i] != 0)
			return 0;
	return distance(a, la, b, lb) <= 2;
}

static int
is_own(const char *name, size_t len, const char *rest)
{
	for (size_t i = 0; i < NBIG; i++)
		if (equal(name, len, big[i].name) && strcmp(rest, big[i].suffix) == 0)
			return 1;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (equal(name, len, own[i].name) &&
		    (own[i].suffixes == NULL ? strchr(rest, '.') == NULL :
		    in_words(own[i].suffixes, rest)))
			return 1;
	return 0;
}

/* The provider that was meant by ${name}.${rest}, or NULL. */
static const struct big *
provider(const char *name, size_t len, const char *rest)
{
	size_t nrest = strlen(rest), n;

	for (size_t i = 0; i < NBIG; i++) {
		const struct big *b = &big[i];

		if (b->alone && equal(name, len, b->name))
			return b;
	}
	for (size_t i = 0; i < NBIG; i++) {
		const struct big *b = &big[i];

		n = strlen(b->name);
		if ((within(len >= 8 && n >= 7 ? 2 : 1, name, len, b->name, n) ||
		    reordered(name, len, b->name, n)) &&
		    within(1, rest, nrest, b->suffix, strlen(b->suffix)))
			return b;
	}
	return NULL;
}

/* "gmailcom", "gmailc.om": one edit in the whole. */
static const struct big *
run_together(const char *domain, size_t len)
{
	char whole[LONGEST];

	for (size_t i = 0; i < NBIG; i++) {
		size_t n = strlen(big[i].name), s = strlen(big[i].suffix);

		memcpy(whole, big[i].name, n);
		whole[n] = '.';
		memcpy(whole + n + 1, big[i].suffix, s);
		if (within(1, domain, len, whole, n + 1 + s))
			return &big[i];
	}
	return NULL;
}

/* The suffix that was meant, NULL if the one there is fine. */
static const char *
better_suffix(const struct email_rules *rules, const char *tld)
{
	for (size_t i = 0; i < sizeof(slip) / sizeof(slip[0]); i++)
		if (strcmp(tld, slip[i][0]) == 0)
			return slip[i][1];
	for (size_t i = 0; i < sizeof(suffix) / sizeof(suffix[0]); i++)
		if (strcmp(tld, suffix[i]) == 0)
			return NULL;
	if (*tld == '\0' || email_suffix_listed(rules, tld))
		return NULL;
	for (size_t i = 0; i < sizeof(suffix) / sizeof(suffix[0]); i++)
		if (within(1, tld, strlen(tld), suffix[i], strlen(suffix[i])))
			return suffix[i];
	return NULL;
}

int
email_typo(const struct email_rules *rules, const char *domain, char *out,
    size_t room)
{
	size_t len = strlen(domain), name = strcspn(domain, "."), n;
	const char *rest = domain[name] == '.' ? domain + name + 1 : "";
	const char *dot = strrchr(domain, '.'), *tld;
	const struct big *b;

	if (is_own(domain, name, rest))
		return 0;
	b = provider(domain, name, rest);
	if (b == NULL)
		b = run_together(domain, len);
	if (b != NULL) {
		n = strlen(b->name);
		if (n + 1 + strlen(b->suffix) >= room)
			return 0;
		memcpy(out, b->name, n);
		out[n] = '.';
		strcpy(out + n + 1, b->suffix);
		return 1;
	}
	if (dot == NULL || dot == domain ||
	    (tld = better_suffix(rules, dot + 1)) == NULL)
		return 0;
	n = (size_t)(dot + 1 - domain);
	if (n + strlen(tld) >= room)
		return 0;
	memcpy(out, domain, n);
	strcpy(out + n, tld);
	return 1;
}

int
email_typo_of(const struct email_rules *rules, const char *address,
    char out[EMAIL_MAX + 1])
{
	char better[EMAIL_DOMAIN_MAX + 1];
	const char *domain = strrchr(address, '@') + 1;
	size_t front = (size_t)(domain - address);

	if (!email_typo(rules, domain, better, sizeof(better)) ||
	    front + strlen(better) > EMAIL_MAX)
		return 0;
	memcpy(out, address, front);
	strcpy(out + front, better);
	return 1;
}
