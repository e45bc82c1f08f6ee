#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"

#include "email/private.h"

static const char *const role[] = { "admin", "booking", "bestilling", "firmapost",
	"hei", "hello", "hjelp", "info", "kontakt", "kontor", "kundeservice",
	"contact", "mail", "office", "ordre", "post", "postmottak", "regnskap",
	"resepsjon", "salg", "sales", "service", "sentralbord", "styret", "support",
	"faktura", "epost", "e-post", "leder", "daglig.leder", "dagligleder",
	"butikk", "webmaster" };
static const char *const noreply[] = { "noreply", "no-reply", "no.reply",
	"no_reply", "donotreply", "do-not-reply", "ikkesvar", "ikke-svar",
	"ikke.svar", "mailer-daemon" };
static const char *const postmaster[] = { "abuse", "postmaster", "hostmaster" };
static const char *const provider[] = { "gmail.com", "googlemail.com",
	"hotmail.com", "hotmail.no", "outlook.com", "outlook.no", "live.no",
	"live.com", "msn.com", "yahoo.com", "yahoo.no", "icloud.com", "me.com",
	"mac.com", "online.no", "broadpark.no", "getmail.no", "frisurf.no",
	"lyse.net", "altibox.no", "ebnett.no", "proton.me", "protonmail.com",
	"aol.com", "gmx.com", "gmx.net", "mail.com", "hotmail.se", "hotmail.co.uk",
	"start.no", "c2i.net", "epost.no", "runbox.com", "runbox.no" };
static const char *const disposable[] = { "mailinator.com", "guerrillamail.com",
	"10minutemail.com", "yopmail.com", "trashmail.com", "tempmail.net",
	"temp-mail.org", "sharklasers.com", "getnada.com", "dispostable.com",
	"maildrop.cc", "throwawaymail.com", "fakeinbox.com", "mintemail.com" };

static int
one_of(const char *const *list, size_t n, const char *s, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) == len && memcmp(list[i], s, len) == 0)
			return 1;
	return 0;
}
#define ONE_OF(list, s, len)	one_of(list, sizeof(list) / sizeof(list[0]), s, len)

unsigned
email_flags_of(const struct email_rules *rules, const char *address,
    const char *key, int mixed)
{
	const char *at = strrchr(key, '@'), *domain, *tld;
	size_t len = (size_t)(at - key);
	unsigned flags = mixed ? EMAIL_MIXED_SCRIPT : 0;

	if (ONE_OF(role, key, len))
		flags |= EMAIL_ROLE;
	if (ONE_OF(noreply, key, len))
		flags |= EMAIL_NOREPLY;
	if (ONE_OF(postmaster, key, len))
		flags |= EMAIL_POSTMASTER;
	if ((flags & EMAIL_ROLE) == 0 &&
	    email_matches(rules, PAT_NAMED, key, len, NULL))
		flags |= EMAIL_NAMED;
	domain = strrchr(address, '@') + 1;
	if (ONE_OF(provider, domain, strlen(domain)))
		flags |= EMAIL_FREE;
	if (ONE_OF(disposable, domain, strlen(domain)))
		flags |= EMAIL_DISPOSABLE;
	tld = strrchr(domain, '.') + 1;
	if (rules->psl != NULL && !psl_is_public_suffix2(rules->psl, tld,
	    PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE))
		flags |= EMAIL_UNLISTED;
	return flags;
}

/* Texts that a field or a local part may be, all anchored or bounded. */
static const char *const source[PATTERNS] = {
	[PAT_PLACEHOLDER] = ("^(?:-+|\\.+|0+|x+|\\?+|n/?a|nei|no|none|null|ingen(?: e-?post"
	    "(?:adresse)?)?|mangler(?: e-?post(?:adresse)?)?|ukjent|har ikke(?: e-?post)?|"
	    "ikke (?:oppgitt|relevant|aktuelt)|uten|tbd)$"),
	[PAT_URL] = ("^(?:https?://|www\\.)\\S+$|^[a-z0-9æøå-]+(?:\\.[a-z0-9æøå-]+)*\\."
	    "(?:no|com|net|org)/?\\S*$"),
	[PAT_PHONE] = ("^(?:tlf\\.?:?|tel\\.?:?|mob\\.?:?|\\+)?[ 0-9()/.+-]{5,24}$"),
	[PAT_PREFIX] = ("^(?:mailto:|(?:e-?post|e-?mail|mail)(?:[ -]?ad(?:resse|dress))?"
	    "\\s*[:=])\\s*"),
	[PAT_NAMED] = ("^\\p{L}{2,20}[._-](?:\\p{L}{1,20}[._-])?\\p{L}{2,20}$"),
};

struct email_rules *
email_rules_new(struct err *err)
{
	struct email_rules *r = mem_alloc(sizeof(*r));

	r->psl = psl_builtin();
	r->limits = pcre2_match_context_create(NULL);
	if (r->limits == NULL)
		goto fail;
	pcre2_set_match_limit(r->limits, 100000);
	pcre2_set_depth_limit(r->limits, 1000);
	for (int i = 0; i < PATTERNS; i++) {
		PCRE2_SIZE at;
		int code;

		r->pattern[i] = pcre2_compile((PCRE2_SPTR)source[i],
		    PCRE2_ZERO_TERMINATED, PCRE2_CASELESS | PCRE2_UTF | PCRE2_UCP, &code,
		    &at, NULL);
		if (r->pattern[i] == NULL)
			goto fail;
		/* Refused under MemoryDenyWriteExecute: then without. */
		(void)pcre2_jit_compile(r->pattern[i], PCRE2_JIT_COMPLETE);
	}
	return r;

fail:
	email_rules_free(r);
	err_set(err, EX_SOFTWARE, "the e-mail rules do not compile");
	return NULL;
}

void
email_version(struct buf *b)
{
	char day[11];

	/* raise the number with any change of what is accepted, mended or keyed */
	buf_printf(b, "e-mail rules 1, public suffix list of %s",
	    date_iso(date_of((int64_t)psl_builtin_file_time()), day));
}

void
email_rules_free(struct email_rules *r)
{
	if (r == NULL)
		return;
	for (int i = 0; i < PATTERNS; i++)
		pcre2_code_free(r->pattern[i]);
	pcre2_match_context_free(r->limits);
	free(r);
}

int
email_matches(const struct email_rules *r, enum email_pattern which,
    const char *s, size_t len, size_t *end)
{
	pcre2_match_data *m = pcre2_match_data_create(1, NULL);
	int n;

	if (m == NULL)
		return 0;
	n = pcre2_match(r->pattern[which], (PCRE2_SPTR)s, len, 0, 0, m, r->limits);
	if (n == PCRE2_ERROR_JIT_STACKLIMIT || n == PCRE2_ERROR_JIT_BADOPTION)
		n = pcre2_match(r->pattern[which], (PCRE2_SPTR)s, len, 0, PCRE2_NO_JIT, m,
		    r->limits);
	if (n >= 0 && end != NULL)
		*end = pcre2_get_ovector_pointer(m)[1];
	pcre2_match_data_free(m);
	return n >= 0;
}
