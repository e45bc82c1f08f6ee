#include <idn2.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

#include "email/private.h"

/* Each list sorted by octets. */
static const char *const role[] = { "admin", "administrasjon", "advokat",
	"ansatt", "apotek", "avdeling", "barnehage", "bestill", "bestilling",
	"billett", "booking", "butikk", "contact", "dagligleder", "daglig.leder",
	"drift", "e-post", "eiendom", "epost", "faktura", "finance", "firma",
	"firmapost", "forening", "hei", "hello", "help", "hjelp", "hotel", "hotell",
	"hovedkontor", "hr", "info", "informasjon", "invoice", "it", "jobb",
	"kafe", "klubb", "kontakt", "kontor", "kundeservice", "kundesenter",
	"leder", "mail", "marked", "marketing", "medlem", "mottak", "nettbutikk",
	"news", "office", "ordre", "order", "orders", "personal", "post",
	"postkasse", "postmottak", "presse", "redaksjon", "redaksjonen",
	"regnskap", "reception", "resepsjon", "reservasjon", "salg", "sales",
	"sekretariat", "sentralbord", "service", "servicesenter", "servicetorg",
	"shop", "styreleder", "styret", "support", "team", "utleie", "velkommen",
	"verksted", "web", "webmaster" };
static const char *const noreply[] = { "do-not-reply", "do.not.reply",
	"do_not_reply", "donotreply", "ikke-svar", "ikke.svar", "ikke_svar",
	"ikkesvar", "mailer-daemon", "no-reply", "no.reply", "no_reply",
	"noreply", "svar-ikke", "svarikke" };
static const char *const postmaster[] = { "abuse", "hostmaster", "postmaster" };
static const char *const provider[] = { "altibox.no", "aol.com", "broadpark.no",
	"c2i.net", "ebnett.no", "epost.no", "fastmail.com", "frisurf.no",
	"getmail.no", "gmail.com", "gmx.com", "gmx.net", "googlemail.com",
	"hotmail.co.uk", "hotmail.com", "hotmail.no", "hotmail.se", "icloud.com",
	"live.com", "live.no", "lyse.net", "mac.com", "mail.com", "me.com",
	"msn.com", "online.no", "outlook.com", "outlook.no", "proton.me",
	"protonmail.com", "runbox.com", "runbox.no", "start.no", "tele2.no",
	"yahoo.com", "yahoo.no", "ymail.com" };
static const char *const disposable[] = { "10minutemail.com", "discard.email",
	"dispostable.com", "emailondeck.com", "fakeinbox.com", "getairmail.com",
	"getnada.com", "grr.la", "guerrillamail.com", "guerrillamail.info",
	"guerrillamail.net", "guerrillamail.org", "inboxkitten.com", "mailcatch.com",
	"maildrop.cc", "mailinator.com", "mailinator.net", "mailnesia.com",
	"mintemail.com", "moakt.com", "mohmal.com", "mytemp.email", "nada.email",
	"sharklasers.com", "spam4.me", "spamgourmet.com", "temp-mail.org",
	"tempail.com", "tempmail.net", "tempr.email", "throwawaymail.com",
	"trashmail.com", "trashmail.de", "trashmail.net", "yopmail.com",
	"yopmail.fr", "yopmail.net" };

static int
one_of(const char *const *list, size_t n, const char *s, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (list[i][0] == s[0] && strncmp(list[i], s, len) == 0 &&
		    list[i][len] == '\0')
			return 1;
	return 0;
}
#define ONE_OF(list, s, len)	one_of(list, sizeof(list) / sizeof(list[0]), s, len)

/* Scripts that are written together: those of Japanese, Korean and Chinese. */
static int
is_east_asian(const char *script)
{
	static const char *const name[] = { "Han", "Hiragana", "Katakana", "Hangul",
		"Bopomofo" };

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		if (strcmp(script, name[i]) == 0)
			return 1;
	return 0;
}

/* Has a label of this domain (U-labels) letters of two scripts? */
static int
mixes_scripts(const char *s)
{
	const uint8_t *p = (const uint8_t *)s;
	const uc_script_t *seen = NULL;
	ucs4_t cp;

	while ((p = u8_next(&cp, p)) != NULL) {
		const uc_script_t *script = uc_script(cp);

		if (cp == '.')
			seen = NULL;
		if (script == NULL || strcmp(script->name, "Common") == 0 ||
		    strcmp(script->name, "Inherited") == 0)
			continue;
		if (seen != NULL && seen != script &&
		    !(is_east_asian(seen->name) && is_east_asian(script->name)))
			return 1;
		seen = script;
	}
	return 0;
}

static int
mixed(const char *domain)
{
	char *u = NULL;
	int r = 0;

	if (strstr(domain, "xn--") == NULL)
		return 0;
	if (idn2_to_unicode_8z8z(domain, &u, 0) == IDN2_OK && u != NULL)
		r = mixes_scripts(u);
	idn2_free(u);
	return r;
}

/* "ola.nordmann", but not "daglig.leder" or "post-oslo". */
static int
looks_named(const struct email_rules *rules, const char *s, size_t len)
{
	size_t n;

	if (memchr(s, '.', len) == NULL && memchr(s, '_', len) == NULL &&
	    memchr(s, '-', len) == NULL)
		return 0;
	for (size_t i = 0; i < len; i += n + 1) {
		for (n = 0; i + n < len && strchr("._-", s[i + n]) == NULL; )
			n++;
		if (ONE_OF(role, s + i, n) || ONE_OF(noreply, s + i, n))
			return 0;
	}
	return email_matches(rules, PAT_NAMED, s, len, NULL);
}

/* The suffixes of nearly all addresses need no look at the list. */
static int
is_common(const char *tld)
{
	return strcmp(tld, "no") == 0 || strcmp(tld, "com") == 0 ||
	    strcmp(tld, "net") == 0 || strcmp(tld, "org") == 0;
}

unsigned
email_flags_of(const struct email_rules *rules, const char *address,
    const char *key)
{
	size_t len = (size_t)(strrchr(key, '@') - key), n;
	const char *domain = strrchr(address, '@') + 1;
	const char *tld = strrchr(domain, '.') + 1;
	unsigned flags = 0;

	if (ONE_OF(role, key, len))
		flags |= EMAIL_ROLE;
	else if (ONE_OF(noreply, key, len))
		flags |= EMAIL_NOREPLY;
	else if (ONE_OF(postmaster, key, len))
		flags |= EMAIL_POSTMASTER;
	else if (looks_named(rules, key, len))
		flags |= EMAIL_NAMED;
	n = strlen(domain);
	if (ONE_OF(provider, domain, n))
		flags |= EMAIL_FREE;
	else if (ONE_OF(disposable, domain, n))
		flags |= EMAIL_DISPOSABLE;
	if (!is_common(tld) && !email_suffix_listed(rules, tld))
		flags |= EMAIL_UNLISTED;
	if (mixed(domain))
		flags |= EMAIL_MIXED_SCRIPT;
	return flags;
}
