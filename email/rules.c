#include <stdlib.h>

#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"

#include "email/private.h"

#define BLANK	"[\\s\\x{ad}\\x{200b}\\x{2060}\\x{feff}]"

/*
 * Case does not count.  None has a repetition within a repetition of the same
 * characters, and the limits below hold whatever a field holds.
 */
static const char *const source[PATTERNS] = {
	[PAT_PLACEHOLDER] = "^(?:[-_.?*/#0]+|x+|n[./]?a\\.?|"
	    "nei|no|nope|none|null|nil|nul|tbd|ukjent|unknown|intet|blank|tom|uten|"
	    "(?:vet|har|finnes|er|stemmer)\\ ikke(?:\\ noen)?(?:\\ (?:e-?post|e-?mail|mail))?|"
	    "(?:(?:har|vi\\ har)\\ )?(?:ingen|ingenting|mangler|manglar|uten|no|without)"
	    "(?:\\ (?:e-?post|e-?mail|mail|adresse|address))*(?:\\ ?adresse)?|"
	    "ikke\\ (?:oppgitt|relevant|aktuelt?|registrert|tilgjengelig|kjent|noe)|"
	    "not\\ (?:applicable|available|known|given))[.!]?$",
	[PAT_URL] = "^(?:(?:https?|ftp)://|www\\.)\\S+$|"
	    "^[\\w-]+(?:\\.[\\w-]+)*\\.\\p{L}{2,24}(?:[/?#]\\S*)?$",
	[PAT_PHONE] = "^(?:(?:tlf|tel|telefon|mobil|mob|phone|fax|faks)\\b[.:]*\\ *)?"
	    "[+(]*[0-9](?:[\\ ()/.+-]*[0-9]){4,19}$",
	[PAT_PREFIX] = "^(?:mailto|(?:e[-\\x{2010}-\\x{2013}\\ ]?)?"
	    "(?:post|mail)(?:[-\\ ]?adr(?:esse|ess)?|\\ ?address)?)" BLANK "*[:=]"
	    "(?://)?" BLANK "*",
	[PAT_LABEL] = "^(?:e[-\\x{2010}-\\x{2013}\\ ]?(?:post|mail)|mail)"
	    "(?:[-\\ ]?adr(?:esse|ess)?|\\ address)?(?:\\ er|\\ is)?" BLANK "+",
	[PAT_QUERY] = "\\?(?:subject|cc|bcc|body|to)=.*$",
	[PAT_BLANK_AT] = BLANK "+@" BLANK "*|@" BLANK "+",
	[PAT_AT_WORD] = "\\s*(?:[\\[({<]\\s*(?:at|a|@|alfa|kr\xc3\xb8llalfa|"
	    "alfakr\xc3\xb8ll|snabel-?a)\\s*[\\])}>]|\\x{ff20}|\\x{fe6b}|"
	    "&\\#0*64;|&\\#x0*40;|&commat;|\\\\@)\\s*",
	[PAT_AT_BARE] = "\\s+(?:at|a|alfa|kr\xc3\xb8llalfa|alfakr\xc3\xb8ll)\\s+",
	[PAT_AT_TWICE] = "@(?:\\s*@)+",
	[PAT_DOT_WORD] = "\\s*(?:[\\[({<]\\s*(?:dot|punktum|punkt|prikk|\\.)\\s*[\\])}>]|"
	    "[\\x{3002}\\x{ff0e}\\x{ff61}])\\s*",
	[PAT_DOT_BARE] = "\\s+(?:dot|punktum|punkt|prikk)\\s+",
	[PAT_DOT_TWICE] = "\\.(?:\\s*\\.)+",
	[PAT_SEPARATOR] = "\\s*[;|\\r\\n\\x{b7}\\x{2022}]\\s*|"
	    "\\s(?:og|eller|samt|and|or|&|\\+|/)\\s+",
	[PAT_HEADER] = "(?:[\\r\\n]|%0[ad])\\s*[a-z][a-z0-9-]*\\s*:",
	[PAT_NAMED] = "^\\p{L}{2,20}[._-](?:\\p{L}{1,20}[._-]){0,2}\\p{L}{2,20}$",
};

struct email_rules *
email_rules_new(struct err *err)
{
	struct email_rules *r = mem_alloc(sizeof(*r));
	PCRE2_SIZE at;
	int code, i = 0;

	r->psl = psl_builtin();
	r->limits = pcre2_match_context_create(NULL);
	if (r->limits == NULL)
		goto fail;
	pcre2_set_match_limit(r->limits, 200000);
	pcre2_set_depth_limit(r->limits, 2000);
	for (; i < PATTERNS; i++) {
		r->pattern[i] = pcre2_compile((PCRE2_SPTR)source[i],
		    PCRE2_ZERO_TERMINATED, PCRE2_CASELESS | PCRE2_UTF | PCRE2_UCP |
		    PCRE2_DOLLAR_ENDONLY, &code, &at, NULL);
		if (r->pattern[i] == NULL)
			goto fail;
		/* Refused where memory may not be written and run
		 * (MemoryDenyWriteExecute): then it is interpreted. */
		(void)pcre2_jit_compile(r->pattern[i], PCRE2_JIT_COMPLETE);
	}
	return r;

fail:
	email_rules_free(r);
	err_set(err, EX_SOFTWARE, "e-mail rule %d does not compile", i);
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
	size_t from, e;

	if (!email_find(r, which, s, len, 0, &from, &e))
		return 0;
	if (end != NULL)
		*end = e;
	return 1;
}

int
email_find(const struct email_rules *r, enum email_pattern which, const char *s,
    size_t len, size_t start, size_t *from, size_t *end)
{
	pcre2_match_data *m = pcre2_match_data_create(1, NULL);
	int n;

	if (m == NULL)
		return 0;
	n = pcre2_match(r->pattern[which], (PCRE2_SPTR)s, len, start, 0, m, r->limits);
	if (n == PCRE2_ERROR_JIT_STACKLIMIT || n == PCRE2_ERROR_JIT_BADOPTION)
		n = pcre2_match(r->pattern[which], (PCRE2_SPTR)s, len, start,
		    PCRE2_NO_JIT, m, r->limits);
	if (n >= 0) {
		*from = pcre2_get_ovector_pointer(m)[0];
		*end = pcre2_get_ovector_pointer(m)[1];
	}
	pcre2_match_data_free(m);
	return n >= 0;
}

int
email_suffix_listed(const struct email_rules *r, const char *suffix)
{
	/* Without NO_STAR_RULE every single label would count as listed. */
	return r->psl == NULL || psl_is_public_suffix2(r->psl, suffix,
	    PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE);
}
