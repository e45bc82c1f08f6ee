/* reason_rules -- the table of rules: read, joined with ours, tested by its own
 * examples; see reason.h. */

#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"
#include "pipeline/contact/code.h"
#include "pipeline/contact/reason_priv.h"

extern const unsigned char embed_bounce_rules[];
extern const size_t embed_bounce_rules_len;

enum { SKIP = 1 };	/* new_rule(): it is there, by an administrator */

static int
take_words(struct reason_words *w, const char *s, struct err *err)
{
	size_t n;

	while (*s != '\0') {
		n = strcspn(s, " ");
		if (n >= REASON_WORD || w->n == REASON_WORDS)
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
take_reason(struct reason_rule *r, const char *value, struct err *err)
{
	char fault;

	r->reason = reason_word(value, &fault, &r->hard);
	if (r->reason == NULL)
		return (err_set(err, EX_CONFIG, "unknown reason"));
	if (r->fault == '\0')
		r->fault = fault;
	return (0);
}

/* Ours are known to compile, by their test; others are compiled at once. */
static int
take_pattern(struct reason_rules *rules, struct reason_rule *r,
    const char *value, struct err *err)
{
	struct reason_pattern *p;
	struct need need;

	if (r->npattern == REASON_PATTERNS || rules->npattern == REASON_ALL)
		return (err_set(err, EX_CONFIG, "too many patterns"));
	r->pattern = mem_grow(r->pattern, r->npattern + 1, sizeof(*r->pattern));
	p = &r->pattern[r->npattern++];
	memset(p, 0, sizeof(*p));
	p->text = mem_str(value);
	p->need = rules->npattern++;
	need_of(value, strlen(value), &need);
	need_set_add(rules->need, &need);
	if (rules->ours || reason_compile(p, err) == 0)
		return (0);
	return (err_context(err, "rule \"%s\"", r->name));
}

static int
take_line(struct reason_rules *rules, struct reason_rule *r, const char *key,
    const char *value, struct err *err)
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
	if (strcmp(key, "pattern") == 0)
		return (take_pattern(rules, r, value, err));
	if (strcmp(key, "hit") == 0 && r->nhit < REASON_HITS) {
		r->hit[r->nhit++] = mem_str(value);
		return (0);
	}
	if (strcmp(key, "miss") == 0 && r->nmiss < REASON_HITS) {
		r->miss[r->nmiss++] = mem_str(value);
		return (0);
	}
	return (err_set(err, EX_CONFIG, "unknown word, or too many of it"));
}

static int
finish(struct reason_rule *r, struct err *err)
{

	if (r->reason == NULL)
		return (err_set(err, EX_CONFIG, "rule \"%s\" has no reason",
		    r->name));
	if (r->npattern > 0 && (r->nhit == 0 || r->nmiss == 0))
		return (err_set(err, EX_CONFIG, "rule \"%s\" needs an example "
		    "that hits and one that does not", r->name));
	return (0);
}

static int
new_rule(struct reason_rules *rules, const char *name, size_t line,
    int further, struct err *err)
{
	struct reason_rule *r;
	size_t i;

	if (name[0] == '\0' || strlen(name) >= REASON_NAME ||
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
	r->ours = rules->ours;
	return (0);
}

static int
parse(struct reason_rules *rules, char *text, size_t len, size_t *line,
    int further, struct err *err)
{
	char *s = text, *end = text + len, *nl, *value;
	struct reason_rule *r = NULL;
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
		else if (take_line(rules, r, s, value, err) != 0)
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

	rules->rule = mem_array(REASON_RULES_MAX, sizeof(struct reason_rule));
	rules->need = need_set_new();
	rules->data = pcre2_match_data_create(1, NULL);
	rules->limits = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(rules->limits, 100000);
	pcre2_set_depth_limit(rules->limits, 2000);
	return (rules);
}

static int
add_builtin(struct reason_rules *rules, int further, struct err *err)
{

	rules->ours = 1;
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
	struct reason_rule *r;
	size_t i;

	if (rules == NULL)
		return;
	for (r = rules->rule; r < rules->rule + rules->n; r++) {
		for (i = 0; i < r->nhit; i++)
			free(r->hit[i]);
		for (i = 0; i < r->nmiss; i++)
			free(r->miss[i]);
		for (i = 0; i < r->npattern; i++) {
			free(r->pattern[i].text);
			pcre2_code_free(r->pattern[i].code);
		}
		free(r->pattern);
	}
	free(rules->rule);
	need_set_free(rules->need);
	pcre2_match_data_free(rules->data);
	pcre2_match_context_free(rules->limits);
	free(rules);
}

size_t
reason_rules_count(const struct reason_rules *rules)
{

	return (rules->n);
}

void
reason_about(const struct reason_rules *rules, size_t i,
    struct reason_about *ret)
{
	const struct reason_rule *r = &rules->rule[i];

	ret->name = r->name;
	ret->reason = r->reason;
	ret->fault = r->fault;
	ret->hard = r->hard;
	ret->ours = r->ours;
	ret->line = r->line;
	ret->patterns = r->npattern;
	ret->examples = r->nhit + r->nmiss;
}

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

struct reason
reason_try(const struct reason_rules *rules, const char *line)
{
	char *copy = mem_str(line), status[CODE_STATUS], reply[4];
	struct reason_case c;
	struct reason ret;

	example(copy, &c);
	if (c.status == NULL && code_status(c.text, c.len, status))
		c.status = status;
	if (c.reply == NULL && code_reply(c.text, c.len, reply))
		c.reply = reply;
	if (c.stage == NULL)
		c.stage = code_stage(c.text, c.len);
	if (c.kind == NULL)
		c.kind = c.status != NULL || c.reply != NULL ? "smtp" : "text";
	ret = reason_of(rules, &c);
	free(copy);
	return (ret);
}

static int
check(const struct reason_rules *rules, struct reason_rule *r, const char *line,
    int want, struct err *err)
{
	_Alignas(64) char text[REASON_ROOM];
	char *copy = mem_str(line);
	struct reason_case c;
	size_t len;
	int got;

	example(copy, &c);
	len = reason_squeeze(c.text, c.len, text);
	need_set_walk(rules->need, text, len);
	got = reason_fits(rules, r, &c, text, len);
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
	struct reason_rule *r;
	size_t i;

	for (r = rules->rule; r < rules->rule + rules->n; r++) {
		for (i = 0; i < r->npattern; i++)
			if (reason_compile(&r->pattern[i], err) != 0)
				return (err_context(err, "rule \"%s\"",
				    r->name));
		for (i = 0; i < r->nhit; i++)
			if (check(rules, r, r->hit[i], 1, err) != 0)
				return (-1);
		for (i = 0; i < r->nmiss; i++)
			if (check(rules, r, r->miss[i], 0, err) != 0)
				return (-1);
	}
	return (0);
}
