/* reason -- the deciding part; see reason.h. */

#include <string.h>

#include "pipeline/base/utf8.h"
#include "pipeline/contact/reason_priv.h"

/* Rules of returned mail, section 5. */
static const struct { const char *word; int hard; char fault; } reasons[] = {
	{ "userunknown", 1, 'A' }, { "hostunknown", 1, 'A' },
	{ "hasmoved", 1, 'A' }, { "notaccept", 1, 'A' },
	{ "mailboxfull", 0, 'R' }, { "suspend", 0, 'R' },
	{ "filtered", 0, 'R' }, { "emailtoolarge", 0, 'S' },
	{ "authfailure", 0, 'S' }, { "requireptr", 0, 'S' },
	{ "badreputation", 0, 'S' }, { "blocked", 0, 'S' },
	{ "rejected", 0, 'S' }, { "spamdetected", 0, 'S' },
	{ "virusdetected", 0, 'S' }, { "contenterror", 0, 'S' },
	{ "notcompliantrfc", 0, 'S' }, { "policyviolation", 0, 'S' },
	{ "securityerror", 0, 'S' }, { "norelaying", 0, 'S' },
	{ "ratelimited", 0, 'S' }, { "syntaxerror", 0, 'S' },
	{ "suppressed", 0, 'S' }, { "failedstarttls", 0, 'N' },
	{ "networkerror", 0, 'N' }, { "expired", 0, 'N' },
	{ "systemerror", 0, 'N' }, { "systemfull", 0, 'N' },
	{ "mailererror", 0, 'N' }, { "onhold", 0, '-' },
	{ "undefined", 0, '-' }, { "delivered", 0, '-' },
	{ "feedback", 0, '-' }, { "vacation", 0, '-' },
};

const char *
reason_word(const char *word, char *fault, int *hard)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(reasons[i].word, word) == 0) {
			if (fault != NULL)
				*fault = reasons[i].fault;
			if (hard != NULL)
				*hard = reasons[i].hard;
			return (reasons[i].word);
		}
	return (NULL);
}

int
reason_known(const char *word, char *fault, int *hard)
{

	return (reason_word(word, fault, hard) != NULL);
}

/* One of the prefixes?  "none" for a value that is not known; words with "!"
 * in front all say what it must not be. */
static int
holds(const struct reason_words *w, const char *value, int prefix)
{
	size_t i, n;
	int unless = 0, same;
	const char *word;

	for (i = 0; i < w->n; i++) {
		word = w->word[i];
		unless = word[0] == '!';
		word += unless;
		n = strlen(word);
		if (value == NULL)
			same = strcmp(word, "none") == 0;
		else if (!prefix)
			same = strcmp(word, value) == 0;
		else	/* "5.1" is a prefix of "5.1.1", not of "5.10.1" */
			same = strncmp(word, value, n) == 0 &&
			    (value[n] == '\0' || value[n] == '.' ||
			    word[n - 1] == '.' || strchr(word, '.') == NULL);
		if (same)
			return (!unless);
	}
	return (w->n == 0 || unless);
}

static int
address_octet(char c)
{

	return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c != '\0' && strchr(".-_+=%", c) != NULL));
}

/*
 * What the patterns see: one blank for several, and "a@b" for every address, so
 * that spam@virus.example is no verdict.  Returns the length.
 */
size_t
reason_squeeze(const char *s, size_t len, char out[static REASON_ROOM])
{
	size_t i, n = 0;
	char c;

	for (i = 0; i < len && n < REASON_TEXT; i++) {
		c = s[i] == '\n' || s[i] == '\t' || s[i] == '\r' ? ' ' : s[i];
		if (c == '@' && n > 0 && address_octet(out[n - 1])) {
			while (n > 0 && address_octet(out[n - 1]))
				n--;
			while (i + 1 < len && address_octet(s[i + 1]))
				i++;
			if (n + 3 > REASON_TEXT)
				break;
			out[n++] = 'a';
			out[n++] = '@';
			out[n++] = 'b';
			/* a full stop of the sentence, not of the address */
			if (s[i] == '.' && n < REASON_TEXT)
				out[n++] = '.';
			continue;
		}
		if (c != ' ' || (n > 0 && out[n - 1] != ' '))
			out[n++] = c;
	}
	/* Do not cut a character in two: PCRE2 is told that this is UTF-8. */
	if (n == REASON_TEXT)
		while (n > 0 && ((unsigned char)out[n - 1] & 0xc0) == 0x80)
			n--;
	if (n > 0 && (unsigned char)out[n - 1] >= 0xc0)
		n--;
	memset(out + n, 0, REASON_AHEAD);
	return (n);
}

int
reason_compile(struct reason_pattern *p, struct err *err)
{
	PCRE2_UCHAR text[120];
	PCRE2_SIZE at;
	int code;

	if (p->code != NULL)
		return (0);
	p->code = pcre2_compile((PCRE2_SPTR)p->text, PCRE2_ZERO_TERMINATED,
	    PCRE2_CASELESS | PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &at,
	    NULL);
	if (p->code != NULL)
		return (0);
	pcre2_get_error_message(code, text, sizeof(text));
	return (err == NULL ? -1 : err_set(err, EX_CONFIG, "pattern: %s",
	    (const char *)text));
}

/*
 * A program that reads one mail would spend more time on compiling than on
 * matching: so a pattern is compiled when a text holds its words, and machine
 * code made of it after some uses.  Where the kernel forbids that the
 * interpreter does the same, slower.
 */
static int
hits(const struct reason_rules *rules, const struct reason_rule *r,
    const char *text, size_t len)
{
	struct reason_pattern *p;
	size_t i;

	for (i = 0; i < r->npattern; i++) {
		p = &r->pattern[i];
		if (!need_set_has(rules->need, p->need) ||
		    reason_compile(p, NULL) != 0)
			continue;
		if (++p->used == REASON_JIT_AFTER)
			(void)pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE);
		if (pcre2_match(p->code, (PCRE2_SPTR)text, len, 0,
		    PCRE2_NO_UTF_CHECK, rules->data, rules->limits) >= 0)
			return (1);
	}
	return (0);
}

int
reason_fits(const struct reason_rules *rules, struct reason_rule *r,
    const struct reason_case *c, const char *text, size_t len)
{

	return (holds(&r->status, c->status, 1) && holds(&r->reply, c->reply, 1) &&
	    holds(&r->stage, c->stage, 0) && holds(&r->kind, c->kind, 0) &&
	    (r->npattern == 0 || hits(rules, r, text, len)));
}

static struct reason
answer(const struct reason_rule *r, const struct reason_case *c)
{
	struct reason ret = { r->reason, r->name, r->fault, r->hard };

	/* A host that takes no mail today may take some tomorrow. */
	if (ret.hard && strcmp(ret.word, "notaccept") == 0 &&
	    ((c->status != NULL && c->status[0] == '4') ||
	    (c->status == NULL && c->reply != NULL && c->reply[0] == '4')))
		ret.hard = 0;
	return (ret);
}

struct reason
reason_of(const struct reason_rules *rules, const struct reason_case *c)
{
	static const struct reason nothing = { "undefined", "none", '-', 0 };
	_Alignas(64) char text[REASON_ROOM];
	size_t len = 0, i;

	text[0] = '\0';
	if (c->text != NULL && utf8_valid(c->text, c->len))
		len = reason_squeeze(c->text, c->len, text);
	need_set_walk(rules->need, text, len);
	for (i = 0; i < rules->n; i++)
		if (reason_fits(rules, &rules->rule[i], c, text, len))
			return (answer(&rules->rule[i], c));
	return (nothing);
}

int
reason_by_text(const struct reason_rules *rules, const char *name)
{
	size_t i;

	for (i = 0; i < rules->n; i++)
		if (strcmp(rules->rule[i].name, name) == 0)
			return (rules->rule[i].npattern > 0);
	return (0);
}

int
reason_speaks(const struct reason_rules *rules, const char *s, size_t len)
{
	_Alignas(64) char text[REASON_ROOM];
	size_t n, i;

	if (!utf8_valid(s, len))
		return (0);
	n = reason_squeeze(s, len, text);
	need_set_walk(rules->need, text, n);
	for (i = 0; i < rules->n; i++)
		if (hits(rules, &rules->rule[i], text, n))
			return (1);
	return (0);
}

