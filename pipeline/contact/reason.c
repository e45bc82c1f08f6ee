/* reason -- see reason.h. */

#define PCRE2_CODE_UNIT_WIDTH 8

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"
#include "pipeline/contact/field.h"
#include "pipeline/contact/reason.h"

extern const unsigned char embed_bounce_rules[];
extern const size_t embed_bounce_rules_len;

/* Facts of returned mail, section 5. */
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

/*
 * Machine code of PCRE2 loads whole vectors, also those that hang over an end of
 * the text: so the text begins on one and has zeros behind it.
 */
enum { AHEAD = 64, ROOM = REASON_TEXT + AHEAD };

enum { SKIP = 1, JIT_AFTER = 20, NAME = 40, WORDS = 24, WORD = 12, HITS = 40 };

struct words {			/* a condition: one of these */
	char word[WORDS][WORD];
	size_t n;
};

struct rule {
	char name[NAME];
	const char *reason;	/* of the table above */
	char fault;
	int hard;
	struct words status, reply, stage, kind;
	struct buf pattern;	/* as given, alternatives joined */
	pcre2_code *code;
	char *hit[HITS], *miss[HITS];
	size_t nhit, nmiss, line;
	unsigned used;
};

struct reason_rules {
	struct rule *rule;
	size_t n;
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

int
reason_known(const char *word, char *fault, int *hard)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(reasons[i].word, word) == 0) {
			if (fault != NULL)
				*fault = reasons[i].fault;
			if (hard != NULL)
				*hard = reasons[i].hard;
			return (1);
		}
	return (0);
}

/* --- reading the table ----------------------------------------------------- */

static int
take_words(struct words *w, const char *s, struct err *err)
{
	size_t n;

	while (*s != '\0') {
		n = strcspn(s, " ");
		if (n >= WORD || w->n == WORDS)
			return (err_set(err, EX_CONFIG,
			    "too long or too many conditions"));
		memcpy(w->word[w->n], s, n);
		w->word[w->n++][n] = '\0';
		s += n;
		s += strspn(s, " ");
	}
	return (w->n == 0 ? err_set(err, EX_CONFIG, "an empty condition") : 0);
}

static int
take_reason(struct rule *r, const char *value, struct err *err)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(reasons[i].word, value) == 0) {
			r->reason = reasons[i].word;
			r->hard = reasons[i].hard;
			if (r->fault == '\0')
				r->fault = reasons[i].fault;
			return (0);
		}
	return (err_set(err, EX_CONFIG, "unknown reason"));
}

static int
take_line(struct rule *r, const char *key, const char *value, struct err *err)
{

	if (strcmp(key, "reason") == 0)
		return (take_reason(r, value, err));
	if (strcmp(key, "fault") == 0) {
		if (value[0] == '\0' || value[1] != '\0' ||
		    strchr("ARSN-", value[0]) == NULL)
			return (err_set(err, EX_CONFIG,
			    "fault is one of A, R, S, N, -"));
		r->fault = value[0];
		return (0);
	}
	if (strcmp(key, "status") == 0)
		return (take_words(&r->status, value, err));
	if (strcmp(key, "reply") == 0)
		return (take_words(&r->reply, value, err));
	if (strcmp(key, "stage") == 0)
		return (take_words(&r->stage, value, err));
	if (strcmp(key, "kind") == 0)
		return (take_words(&r->kind, value, err));
	if (strcmp(key, "pattern") == 0) {
		buf_str(&r->pattern, r->pattern.len == 0 ? "(?:" : "|(?:");
		buf_str(&r->pattern, value);
		buf_chr(&r->pattern, ')');
		return (0);
	}
	if (strcmp(key, "hit") == 0 && r->nhit < HITS) {
		r->hit[r->nhit++] = mem_str(value);
		return (0);
	}
	if (strcmp(key, "miss") == 0 && r->nmiss < HITS) {
		r->miss[r->nmiss++] = mem_str(value);
		return (0);
	}
	return (err_set(err, EX_CONFIG, "unknown word, or too many of it"));
}

static int
finish(struct rule *r, struct err *err)
{
	PCRE2_UCHAR text[120];
	PCRE2_SIZE at;
	int code;

	if (r->reason == NULL)
		return (err_set(err, EX_CONFIG, "rule \"%s\" has no reason",
		    r->name));
	if (r->pattern.len == 0)
		return (0);
	if (r->nhit == 0 || r->nmiss == 0)
		return (err_set(err, EX_CONFIG, "rule \"%s\" needs an example "
		    "that hits and one that does not", r->name));
	r->code = pcre2_compile((PCRE2_SPTR)r->pattern.data, r->pattern.len,
	    PCRE2_CASELESS | PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &at,
	    NULL);
	if (r->code == NULL) {
		pcre2_get_error_message(code, text, sizeof(text));
		return (err_set(err, EX_CONFIG, "rule \"%s\": pattern: %s",
		    r->name, (const char *)text));
	}
	return (0);
}

static int
new_rule(struct reason_rules *rules, const char *name, size_t line,
    int further, struct err *err)
{
	struct rule *r;
	size_t i;

	if (name[0] == '\0' || strlen(name) >= NAME ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(name))
		return (err_set(err, EX_CONFIG, "not a rule's name"));
	for (i = 0; i < rules->n; i++)
		if (strcmp(rules->rule[i].name, name) == 0)
			return (further ? SKIP : err_set(err, EX_CONFIG,
			    "rule \"%s\" is there twice", name));
	if (rules->n == REASON_RULES_MAX)
		return (err_set(err, EX_CONFIG, "over %d rules",
		    REASON_RULES_MAX));
	r = &rules->rule[rules->n++];
	memcpy(r->name, name, strlen(name) + 1);
	r->line = line;
	r->pattern.max = 16384;
	return (0);
}

static int
parse(struct reason_rules *rules, char *text, size_t len, size_t *line,
    int further, struct err *err)
{
	char *s = text, *end = text + len, *nl, *value;
	struct rule *r = NULL;
	int got, skip = 0;

	for (*line = 1; s < end; s = nl + 1, ++*line) {
		nl = memchr(s, '\n', (size_t)(end - s));
		if (nl == NULL)
			nl = end;
		*nl = '\0';
		if (nl > s && nl[-1] == '\r')
			nl[-1] = '\0';
		if (strlen(s) > REASON_TEXT)
			return (err_set(err, EX_CONFIG, "a line is too long"));
		if (*s == '#' || s[strspn(s, " \t")] == '\0')
			continue;
		value = s + strcspn(s, " \t");
		if (*value != '\0')
			*value++ = '\0';
		value += strspn(value, " \t");
		if (strcmp(s, "rule") == 0) {
			if (r != NULL && finish(r, err) != 0)
				return (-1);
			got = new_rule(rules, value, *line, further, err);
			if (got < 0)
				return (-1);
			skip = got == SKIP;
			r = skip ? NULL : &rules->rule[rules->n - 1];
		} else if (skip)
			continue;
		else if (r == NULL)
			return (err_set(err, EX_CONFIG,
			    "the first word must be \"rule\""));
		else if (take_line(r, s, value, err) != 0)
			return (-1);
	}
	if (r != NULL)
		return (finish(r, err));
	return (rules->n > 0 ? 0 : err_set(err, EX_CONFIG, "no rules"));
}

static int
add_text(struct reason_rules *rules, const char *name, const char *data,
    size_t len, int further, struct err *err)
{
	char *text;
	size_t line = 1;
	int bad;

	if (memchr(data, '\0', len) != NULL || !utf8_valid(data, len))
		return (err_set(err, EX_CONFIG, "%s: not UTF-8 text", name));
	text = mem_strn(data, len);
	bad = parse(rules, text, len, &line, further, err);
	free(text);
	return (bad ? err_context(err, "%s:%zu", name, line) : 0);
}

static struct reason_rules *
new_rules(void)
{
	struct reason_rules *rules = mem_alloc(sizeof(*rules));

	rules->rule = mem_array(REASON_RULES_MAX, sizeof(struct rule));
	rules->data = pcre2_match_data_create(1, NULL);
	rules->limits = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(rules->limits, 100000);
	pcre2_set_depth_limit(rules->limits, 2000);
	return (rules);
}

static int
add_builtin(struct reason_rules *rules, int further, struct err *err)
{

	return (add_text(rules, "bounce.rules", (const char *)embed_bounce_rules,
	    embed_bounce_rules_len, further, err));
}

struct reason_rules *
reason_rules_read(const char *name, const char *data, size_t len,
    struct err *err)
{
	struct reason_rules *rules = new_rules();

	if (add_text(rules, name, data, len, 0, err) != 0 ||
	    add_builtin(rules, 1, err) != 0) {
		reason_rules_free(rules);
		return (NULL);
	}
	return (rules);
}

struct reason_rules *
reason_rules_builtin(struct err *err)
{
	struct reason_rules *rules = new_rules();

	if (add_builtin(rules, 0, err) != 0) {
		reason_rules_free(rules);
		return (NULL);
	}
	return (rules);
}

void
reason_rules_free(struct reason_rules *rules)
{
	struct rule *r;
	size_t i;

	if (rules == NULL)
		return;
	for (r = rules->rule; r < rules->rule + rules->n; r++) {
		for (i = 0; i < r->nhit; i++)
			free(r->hit[i]);
		for (i = 0; i < r->nmiss; i++)
			free(r->miss[i]);
		buf_free(&r->pattern);
		pcre2_code_free(r->code);
	}
	free(rules->rule);
	pcre2_match_data_free(rules->data);
	pcre2_match_context_free(rules->limits);
	free(rules);
}

size_t
reason_rules_count(const struct reason_rules *rules)
{

	return (rules->n);
}

/* --- deciding -------------------------------------------------------------- */

/* One of the prefixes?  "none" for a value that is not known; words with "!"
 * in front all say what it must not be. */
static int
holds(const struct words *w, const char *value, int prefix)
{
	size_t i, n;
	int not = 0, same;
	const char *word;

	for (i = 0; i < w->n; i++) {
		word = w->word[i];
		not = word[0] == '!';
		word += not;
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
			return (!not);
	}
	return (w->n == 0 || not);
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
static size_t
squeeze(const char *s, size_t len, char out[static ROOM])
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
			memcpy(out + n, "a@b", 3);
			n += 3;
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
	memset(out + n, 0, AHEAD);
	return (n);
}

/*
 * A program that reads one mail would spend more time on making machine code
 * than on matching, so that comes after some uses.  Where the kernel forbids it
 * the interpreter does the same, slower.
 */
static int
hits(const struct reason_rules *rules, struct rule *r, const char *text,
    size_t len)
{

	if (r->code != NULL && ++r->used == JIT_AFTER)
		(void)pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE);
	return (r->code != NULL && pcre2_match(r->code, (PCRE2_SPTR)text, len, 0,
	    PCRE2_NO_UTF_CHECK, rules->data, rules->limits) >= 0);
}

static int
fits(const struct reason_rules *rules, struct rule *r,
    const struct reason_case *c, const char *text, size_t len)
{

	return (holds(&r->status, c->status, 1) && holds(&r->reply, c->reply, 1) &&
	    holds(&r->stage, c->stage, 0) && holds(&r->kind, c->kind, 0) &&
	    (r->code == NULL || hits(rules, r, text, len)));
}

static struct reason
answer(const struct rule *r, const struct reason_case *c)
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
	_Alignas(64) char text[ROOM];
	size_t len = 0, i;

	text[0] = '\0';
	if (c->text != NULL && utf8_valid(c->text, c->len))
		len = squeeze(c->text, c->len, text);
	for (i = 0; i < rules->n; i++)
		if (fits(rules, &rules->rule[i], c, text, len))
			return (answer(&rules->rule[i], c));
	return (nothing);
}

int
reason_by_text(const struct reason_rules *rules, const char *name)
{
	size_t i;

	for (i = 0; i < rules->n; i++)
		if (strcmp(rules->rule[i].name, name) == 0)
			return (rules->rule[i].code != NULL);
	return (0);
}

int
reason_speaks(const struct reason_rules *rules, const char *s, size_t len)
{
	_Alignas(64) char text[ROOM];
	size_t n, i;

	if (!utf8_valid(s, len))
		return (0);
	n = squeeze(s, len, text);
	for (i = 0; i < rules->n; i++)
		if (hits(rules, &rules->rule[i], text, n))
			return (1);
	return (0);
}

/* --- checking -------------------------------------------------------------- */

/* "[status reply stage kind] text": the conditions of an example. */
static void
example(char *s, struct reason_case *c)
{
	const char **part[4] = { &c->status, &c->reply, &c->stage, &c->kind };
	char *end;
	size_t i;

	memset(c, 0, sizeof(*c));
	if (s[0] == '[' && (end = strchr(s, ']')) != NULL && end[1] == ' ') {
		*end = '\0';
		s++;
		for (i = 0; i < 4 && *s != '\0'; i++) {
			*part[i] = s;
			s += strcspn(s, " ");
			if (*s != '\0')
				*s++ = '\0';
			if (strcmp(*part[i], "-") == 0)
				*part[i] = NULL;
		}
		s = end + 2;
	}
	c->text = s;
	c->len = strlen(s);
}

static int
check(const struct reason_rules *rules, struct rule *r, const char *line,
    int want, struct err *err)
{
	_Alignas(64) char text[ROOM];
	char *copy = mem_str(line);
	struct reason_case c;
	size_t len;
	int got;

	example(copy, &c);
	len = squeeze(c.text, c.len, text);
	got = fits(rules, r, &c, text, len);
	free(copy);
	if (got != want)
		return (err_set(err, EX_CONFIG, "rule \"%s\" (line %zu): %s: %s",
		    r->name, r->line, want ? "does not hit" : "must not hit",
		    line));
	return (0);
}

int
reason_rules_check(const struct reason_rules *rules, struct err *err)
{
	struct rule *r;
	size_t i;

	for (r = rules->rule; r < rules->rule + rules->n; r++) {
		for (i = 0; i < r->nhit; i++)
			if (check(rules, r, r->hit[i], 1, err) != 0)
				return (-1);
		for (i = 0; i < r->nmiss; i++)
			if (check(rules, r, r->miss[i], 0, err) != 0)
				return (-1);
	}
	return (0);
}
