/* reason_need -- see reason_need.h. */

#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/contact/field.h"
#include "pipeline/contact/reason_need.h"

#define NOBODY	0xffffffffu

enum { DEPTH = 8, SLOTS = 4096 };

/* --- what a pattern needs --------------------------------------------------- */

struct sequence {		/* being read */
	struct need best;
	char run[NEED_LEN];	/* of plain characters, one after another */
	size_t len;
};

static size_t
shortest(const struct need *x)
{
	size_t i, n, min = NEED_LEN;

	if (x->n == 0 && !x->high)
		return (0);
	for (i = 0; i < x->n; i++)
		if ((n = strlen(x->word[i])) < min)
			min = n;
	return (x->high ? NEED_SHORTEST : min);
}

/* The need whose shortest word is longest tells most. */
static void
prefer(struct sequence *s, const struct need *x)
{
	size_t a = shortest(x), b = shortest(&s->best);

	if (a > b || (a == b && x->n < s->best.n))
		s->best = *x;
}

static void
end_run(struct sequence *s)
{
	struct need x;

	if (s->len >= NEED_SHORTEST) {
		memset(&x, 0, sizeof(x));
		memcpy(x.word[0], s->run, s->len);
		x.n = 1;
		prefer(s, &x);
	}
	s->len = 0;
}

/* Behind the "]" of the class that begins at ${i}. */
static size_t
skip_class(const char *p, size_t len, size_t i)
{

	i++;
	if (i < len && p[i] == '^')
		i++;
	if (i < len && p[i] == ']')
		i++;
	for (; i < len && p[i] != ']'; i++)
		if (p[i] == '\\')
			i++;
	return (i + 1);
}

/* Behind the ")" of the group that begins at ${i}. */
static size_t
skip_group(const char *p, size_t len, size_t i)
{
	size_t depth = 0;

	while (i < len) {
		if (p[i] == '\\')
			i += 2;
		else if (p[i] == '[')
			i = skip_class(p, len, i);
		else if (p[i] == '(') {
			depth++;
			i++;
		} else if (p[i++] == ')' && --depth == 0)
			return (i);
	}
	return (len);
}

/* A quantifier at ${i}: how many at least, and is there one?  Its end. */
static size_t
quantifier(const char *p, size_t len, size_t i, int *some, int *there)
{

	*some = 1;
	*there = i < len && (p[i] == '?' || p[i] == '*' || p[i] == '+' ||
	    p[i] == '{');
	if (!*there)
		return (i);
	*some = p[i] == '+' || (p[i] == '{' && i + 1 < len && p[i + 1] >= '1' &&
	    p[i + 1] <= '9');
	if (p[i] == '{')
		while (i < len && p[i] != '}')
			i++;
	i++;
	if (i < len && (p[i] == '?' || p[i] == '+'))
		i++;		/* lazy, possessive */
	return (i);
}

static int need_alternatives(const char *, size_t, int, struct need *);

/* The group from ${i} to ${end}; -1: of a kind that is not known here. */
static int
group(struct sequence *s, const char *p, size_t i, size_t end, int some,
    int depth)
{
	struct need x;

	i++;
	if (i < end && p[i] == '?') {
		if (i + 1 < end && strchr("!=<", p[i + 1]) != NULL)
			return (0);	/* looks, takes nothing */
		if (i + 1 >= end || p[i + 1] != ':')
			return (-1);
		i += 2;
	}
	if (some && end > i && need_alternatives(p + i, end - 1 - i, depth + 1,
	    &x) == 0)
		prefer(s, &x);
	return (0);
}

/* One plain character at ${i}, or a whole one of UTF-8. */
static size_t
plain(struct sequence *s, const char *p, size_t len, size_t i)
{
	static const struct need high = { .high = 1 };
	char c = p[i++];
	int some, there;

	if ((unsigned char)c >= 0x80) {
		/* Its other case may be other octets: only that it is one. */
		while (i < len && ((unsigned char)p[i] & 0xc0) == 0x80)
			i++;
		i = quantifier(p, len, i, &some, &there);
		end_run(s);
		if (some)
			prefer(s, &high);
		return (i);
	}
	i = quantifier(p, len, i, &some, &there);
	if (some && s->len + 1 < NEED_LEN)
		s->run[s->len++] = field_lower(c);
	else
		end_run(s);
	if (there)
		end_run(s);
	return (i);
}

static int
need_sequence(const char *p, size_t len, int depth, struct need *ret)
{
	struct sequence s;
	size_t i = 0, end, next;
	int some, there;

	memset(&s, 0, sizeof(s));
	while (i < len) {
		if (p[i] == '(') {
			end_run(&s);
			end = skip_group(p, len, i);
			next = quantifier(p, len, end, &some, &there);
			if (group(&s, p, i, end, some, depth) != 0)
				return (-1);
			i = next;
		} else if (p[i] == '[') {
			end_run(&s);
			i = quantifier(p, len, skip_class(p, len, i), &some,
			    &there);
		} else if (p[i] == '.' || p[i] == '^' || p[i] == '$') {
			end_run(&s);
			i = quantifier(p, len, i + 1, &some, &there);
		} else if (p[i] == '\\' && i + 1 < len) {
			i++;
			if ((p[i] >= 'a' && p[i] <= 'z') || (p[i] >= 'A' &&
			    p[i] <= 'Z') || (p[i] >= '0' && p[i] <= '9')) {
				if (strchr("bBdDsSwW", p[i]) == NULL)
					return (-1);
				end_run(&s);
				i = quantifier(p, len, i + 1, &some, &there);
			} else
				i = plain(&s, p, len, i);
		} else
			i = plain(&s, p, len, i);
	}
	end_run(&s);
	*ret = s.best;
	return (shortest(ret) >= NEED_SHORTEST ? 0 : -1);
}

/* Where the alternative that begins at ${i} ends. */
static size_t
alternative(const char *p, size_t len, size_t i)
{

	while (i < len && p[i] != '|') {
		if (p[i] == '\\')
			i += 2;
		else if (p[i] == '[')
			i = skip_class(p, len, i);
		else if (p[i] == '(')
			i = skip_group(p, len, i);
		else
			i++;
	}
	return (i < len ? i : len);
}

/* All words of all alternatives; -1 if one of them needs nothing known. */
static int
need_alternatives(const char *p, size_t len, int depth, struct need *ret)
{
	struct need x;
	size_t i, end, k;

	memset(ret, 0, sizeof(*ret));
	if (depth > DEPTH)
		return (-1);
	for (i = 0; i <= len; i = end + 1) {
		end = alternative(p, len, i);
		if (need_sequence(p + i, end - i, depth, &x) != 0 ||
		    ret->n + x.n > NEED_WORDS)
			return (-1);
		for (k = 0; k < x.n; k++)
			memcpy(ret->word[ret->n++], x.word[k], NEED_LEN);
		ret->high |= x.high;
	}
	return (0);
}

void
need_of(const char *pattern, size_t len, struct need *ret)
{

	if (need_alternatives(pattern, len, 0, ret) != 0)
		memset(ret, 0, sizeof(*ret));
}

/* --- many patterns ---------------------------------------------------------- */

struct need_word {
	char text[NEED_LEN];
	uint32_t len, pattern, next;
};

struct need_set {
	struct need_word *word;
	size_t nword, room;
	uint32_t *high;		/* patterns that any octet over 127 will do for */
	size_t nhigh, high_room;
	uint32_t *stamp;	/* of the last walk that found a word of it */
	size_t npattern, pattern_room;
	uint32_t walk;
	uint32_t slot[SLOTS];	/* words by their first three octets */
};

static size_t
slot_of(const unsigned char *s)
{

	return ((s[0] * 961u + s[1] * 31u + s[2]) % SLOTS);
}

struct need_set *
need_set_new(void)
{
	struct need_set *set = mem_alloc(sizeof(*set));
	size_t i;

	for (i = 0; i < SLOTS; i++)
		set->slot[i] = NOBODY;
	return (set);
}

void
need_set_free(struct need_set *set)
{

	if (set == NULL)
		return;
	free(set->word);
	free(set->high);
	free(set->stamp);
	free(set);
}

static void
add_word(struct need_set *set, const char *text)
{
	struct need_word *w;
	size_t at = slot_of((const unsigned char *)text);

	if (set->nword == set->room) {
		set->room = set->room == 0 ? 2048 : 2 * set->room;
		set->word = mem_grow(set->word, set->room, sizeof(*set->word));
	}
	w = &set->word[set->nword];
	memcpy(w->text, text, NEED_LEN);
	w->len = (uint32_t)strlen(text);
	w->pattern = (uint32_t)set->npattern;
	w->next = set->slot[at];
	set->slot[at] = (uint32_t)set->nword++;
}

void
need_set_add(struct need_set *set, const struct need *x)
{
	size_t i;

	if (set->npattern == set->pattern_room) {
		set->pattern_room = set->pattern_room == 0 ? 1024 :
		    2 * set->pattern_room;
		set->stamp = mem_grow(set->stamp, set->pattern_room,
		    sizeof(*set->stamp));
	}
	if (x->high) {
		if (set->nhigh == set->high_room) {
			set->high_room = set->high_room == 0 ? 64 :
			    2 * set->high_room;
			set->high = mem_grow(set->high, set->high_room,
			    sizeof(*set->high));
		}
		set->high[set->nhigh++] = (uint32_t)set->npattern;
	}
	for (i = 0; i < x->n; i++)
		add_word(set, x->word[i]);
	set->stamp[set->npattern++] = x->n == 0 && !x->high ? NOBODY : 0;
}

void
need_set_word(struct need_set *set, const char *word)
{
	struct need x;
	size_t n = strlen(word);

	memset(&x, 0, sizeof(x));
	memcpy(x.word[0], word, n < NEED_LEN ? n : NEED_LEN - 1);
	x.n = 1;
	need_set_add(set, &x);
}

void
need_set_walk(struct need_set *set, const char *text, size_t len)
{
	unsigned char low[3] = { 0, 0, 0 };
	const struct need_word *w;
	uint32_t at;
	size_t i, k;
	int high = 0;

	if (++set->walk == NOBODY) {		/* begin again */
		for (i = 0; i < set->npattern; i++)
			if (set->stamp[i] != NOBODY)
				set->stamp[i] = 0;
		set->walk = 1;
	}
	for (i = 0; i < len; i++) {
		low[0] = low[1];
		low[1] = low[2];
		low[2] = (unsigned char)field_lower(text[i]);
		high |= low[2] >= 0x80;
		if (i < 2)
			continue;
		for (at = set->slot[slot_of(low)]; at != NOBODY; at = w->next) {
			w = &set->word[at];
			if (set->stamp[w->pattern] == set->walk ||
			    len - (i - 2) < w->len)
				continue;
			for (k = 0; k < w->len && field_lower(text[i - 2 + k]) ==
			    w->text[k]; k++)
				continue;
			if (k == w->len)
				set->stamp[w->pattern] = set->walk;
		}
	}
	for (i = 0; high && i < set->nhigh; i++)
		set->stamp[set->high[i]] = set->walk;
}

int
need_set_has(const struct need_set *set, size_t pattern)
{

	return (set->stamp[pattern] == NOBODY ||
	    set->stamp[pattern] == set->walk);
}
