#include <string.h>

#include "email/private.h"

enum { LONGEST = 40 };

/* Domains so common that another one close to them is probably they. */
static const char *const big[] = { "gmail.com", "hotmail.com", "online.no",
	"outlook.com", "yahoo.com", "icloud.com", "broadpark.no", "altibox.no" };

/* Close to those, and domains of their own (facts of e-mail, section 10). */
static const char *const real[] = { "googlemail.com", "hotmail.no", "outlook.no",
	"yahoo.no", "live.no", "live.com", "online.com", "lyse.no", "lyse.net",
	"me.com", "mac.com", "mail.com", "msn.com", "aol.com", "gmx.com", "ymail.com",
	"email.com", "hushmail.com", "fastmail.com", "zmail.com", "inmail.com",
	"hotmail.se", "hotmail.dk", "hotmail.fr", "hotmail.de", "hotmail.es",
	"hotmail.it", "hotmail.nl", "hotmail.be", "hotmail.co.uk", "hotmail.fi",
	"outlook.dk", "outlook.se", "outlook.de", "outlook.fr", "outlook.es",
	"yahoo.se", "yahoo.dk", "yahoo.de", "yahoo.fr", "yahoo.es", "yahoo.it",
	"yahoo.co.uk", "yahoo.ca", "yahoo.in", "online.de", "online.nl", "inline.no",
	"onlive.no", "mailo.com", "rocketmail.com", "netmail.no", "getmail.no" };

/* Suffixes that people mean, and those they then write. */
static const char *const suffix[] = { "no", "com", "net", "org" };
/* On the list, and yet nearly always a slip of the finger in Norway: "firma.mo". */
static const char *const slip[][2] = { { "mo", "no" }, { "cm", "com" },
	{ "om", "com" } };

static int
min3(int a, int b, int c)
{
	int m = a < b ? a : b;

	return m < c ? m : c;
}

/*
 * Damerau-Levenshtein with one transposition (optimal string alignment), as far
 * as ${most}; what is farther is most + 1.  A different length alone settles
 * nearly every pair.
 */
static int
distance(const char *a, size_t la, const char *b, size_t lb, int most)
{
	int d[LONGEST + 1][LONGEST + 1];

	if (la > LONGEST || lb > LONGEST ||
	    (la > lb ? la - lb : lb - la) > (size_t)most)
		return most + 1;
	for (; la > 0 && lb > 0 && a[0] == b[0]; a++, b++)
		la--, lb--;
	for (; la > 0 && lb > 0 && a[la - 1] == b[lb - 1]; la--)
		lb--;
	for (size_t i = 0; i <= la; i++)
		d[i][0] = (int)i;
	for (size_t k = 0; k <= lb; k++)
		d[0][k] = (int)k;
	for (size_t i = 1; i <= la; i++) {
		int least = (int)i;

		for (size_t k = 1; k <= lb; k++) {
			int change = a[i - 1] != b[k - 1];

			d[i][k] = min3(d[i - 1][k] + 1, d[i][k - 1] + 1,
			    d[i - 1][k - 1] + change);
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] &&
			    d[i - 2][k - 2] + 1 < d[i][k])
				d[i][k] = d[i - 2][k - 2] + 1;
			if (d[i][k] < least)
				least = d[i][k];
		}
		/* a transposition reaches back two rows and costs one */
		if (least > most + 1)
			return most + 1;
	}
	return d[la][lb];
}

static int
listed(const char *const *list, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], s) == 0)
			return 1;
	return 0;
}

/* A big provider two slips away, one where the name is short. */
static const char *
close_to_big(const char *domain, size_t len)
{
	const char *best = NULL;
	int least = 3;

	for (size_t i = 0; i < sizeof(big) / sizeof(big[0]); i++) {
		size_t n = strlen(big[i]), name = strcspn(big[i], ".");
		int allowed = strcmp(big[i] + name, ".com") == 0 ? 2 : 1, d;

		if (len + 2 < n)
			continue;
		/* "hotmail.com.com", "yahoo", "gmail" */
		if ((len > n && strncmp(domain, big[i], n) == 0 && domain[n] == '.' &&
		    strcmp(domain + n, big[i] + name) == 0))
			return big[i];
		d = distance(domain, len, big[i], n, allowed);
		if (d > 0 && d <= allowed && d < least) {
			least = d;
			best = big[i];
		}
	}
	return best;
}

static const char *
bare_name(const char *domain, size_t len)
{
	for (size_t i = 0; i < sizeof(big) / sizeof(big[0]); i++)
		if (strcspn(big[i], ".") == len && memcmp(big[i], domain, len) == 0)
			return big[i];
	return NULL;
}

/* The suffix that was meant, NULL if the one there is fine. */
static const char *
better_suffix(const struct email_rules *rules, const char *tld)
{
	for (size_t i = 0; i < sizeof(slip) / sizeof(slip[0]); i++)
		if (strcmp(tld, slip[i][0]) == 0)
			return slip[i][1];
	if (rules->psl == NULL || psl_is_public_suffix2(rules->psl, tld,
	    PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE))
		return NULL;
	for (size_t i = 0; i < sizeof(suffix) / sizeof(suffix[0]); i++)
		if (distance(tld, strlen(tld), suffix[i], strlen(suffix[i]), 1) == 1)
			return suffix[i];
	return NULL;
}

int
email_typo(const struct email_rules *rules, const char *domain, char *out,
    size_t room)
{
	size_t len = strlen(domain);
	const char *best, *dot = strrchr(domain, '.');

	if (listed(big, sizeof(big) / sizeof(big[0]), domain) ||
	    listed(real, sizeof(real) / sizeof(real[0]), domain))
		return 0;
	best = dot == NULL ? bare_name(domain, len) : NULL;
	if (best == NULL)
		best = close_to_big(domain, len);
	if (best != NULL && strlen(best) < room) {
		strcpy(out, best);
		return 1;
	}
	if (dot == NULL || (best = better_suffix(rules, dot + 1)) == NULL ||
	    (size_t)(dot + 1 - domain) + strlen(best) >= room)
		return 0;
	memcpy(out, domain, (size_t)(dot + 1 - domain));
	strcpy(out + (dot + 1 - domain), best);
	return 1;
}
