/*
 * Agreement with what other programs' tests say of their own mails, where that
 * collection is beside the project; without it there is nothing to test.  The
 * floors are a little under what is reached, so that a change for the worse is
 * seen.  Mails that say something else than is expected of them stand one by one,
 * with the reason, in docs/BOUNCES.md.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/csv.h"
#include "pipeline/base/file.h"
#include "pipeline/base/mem.h"
#include "pipeline/contact/bounce.h"

#define DATA	"../shared/data/bounces"

enum figure { KIND, RECOGNISED, RECIPIENTS, AGREED, STATUS, REASON, HARD, FIGURES };
static const struct { const char *name; int floor; } figure[FIGURES] = {
	{ "kind", 990 }, { "recognised", 995 }, { "recipients", 980 },
	{ "agreed", 990 }, { "status", 995 }, { "reason", 970 }, { "hard", 990 },
};

static int hit[FIGURES], of[FIGURES], ordinary, wrong;

/* Is ${word} one of the ${len} octets at ${cell}, parted by ${c}? */
static int
one_of(const char *cell, size_t len, char c, const char *word)
{
	size_t i = 0, n;

	while (i <= len) {
		for (n = 0; i + n < len && cell[i + n] != c; n++)
			continue;
		if ((n == 1 && cell[i] == '?') || (n == strlen(word) &&
		    strncmp(cell + i, word, n) == 0))
			return (1);
		i += n + 1;
	}
	return (0);
}

static const char *
value(const struct bounce_recipient *x, enum figure f)
{

	switch (f) {
	case STATUS:
		return (x->status != NULL ? x->status : "");
	case REASON:
		return (x->reason);
	case HARD:
		return (x->hard ? "1" : "0");
	case RECIPIENTS:
	case AGREED:
		return (x->address);
	case KIND:
	case RECOGNISED:
	case FIGURES:
		break;
	}
	return ("");
}

static int
counts(const struct bounce *b, const struct bounce_recipient *x)
{

	return (x->address != NULL &&
	    (x->kind != BOUNCE_DELIVERED || b->kind == BOUNCE_DELIVERED));
}

/* Every expected value is found, and no other one is. */
static int
same(const char *cell, const struct bounce *b, enum figure f)
{
	const char *s = cell, *e, *v;
	size_t i;
	int found;

	for (i = 0; i < b->nrecipient; i++) {
		if (!counts(b, &b->recipient[i]))
			continue;
		v = value(&b->recipient[i], f);
		for (s = cell, found = 0; !found; s = e + 1) {
			e = s + strcspn(s, ",");
			found = one_of(s, (size_t)(e - s), '|', v);
			if (*e == '\0')
				break;
		}
		if (!found)
			return (0);
	}
	for (s = cell;; s = e + 1) {
		e = s + strcspn(s, ",");
		for (i = 0, found = 0; i < b->nrecipient && !found; i++)
			found = counts(b, &b->recipient[i]) && one_of(s,
			    (size_t)(e - s), '|', value(&b->recipient[i], f));
		if (!found)
			return (0);
		if (*e == '\0')
			return (1);
	}
}

static void
score(enum figure f, int yes)
{

	of[f]++;
	hit[f] += yes;
}

static char *
lower(char *s)
{
	char *p;

	for (p = s; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return (s);
}

static void
one(const struct csv *c, struct bounce *b)
{
	char *kind = c->field[csv_column(c, "kind")];
	char *to = lower(c->field[csv_column(c, "recipients")]);
	char *agreed = lower(c->field[csv_column(c, "recipients_agreed")]);
	const char *word = bounce_kind_word(b->kind), *cell;
	int delivery = strstr(kind, "bounce") != NULL ||
	    strstr(kind, "delay") != NULL;
	size_t i, n = 0;

	for (i = 0; i < b->nrecipient; i++)
		if (counts(b, &b->recipient[i])) {
			n++;
			b->recipient[i].address =
			    lower(arena_str(b->mem, b->recipient[i].address));
		}
	if (strcmp(kind, "?") != 0)
		score(KIND, one_of(kind, strlen(kind), '|', word));
	if (strcmp(kind, "other") == 0) {
		ordinary++;
		wrong += b->kind != BOUNCE_OTHER || n > 0;
		return;
	}
	if (strcmp(kind, "?") != 0)
		score(RECOGNISED, b->kind != BOUNCE_OTHER &&
		    (n > 0 || strcmp(kind, "bounce") != 0 ||
		    strcmp(to, "-") == 0));
	if (strcmp(to, "-") == 0)
		score(RECIPIENTS, n == 0);
	else if (strchr(to, '?') == NULL)
		score(RECIPIENTS, same(to, b, RECIPIENTS));
	else if (strcmp(agreed, "?") != 0)
		score(AGREED, same(agreed, b, AGREED));
	for (i = STATUS; delivery && i <= HARD; i++) {
		cell = c->field[csv_column(c, figure[i].name)];
		if (strspn(cell, "?-,") < strlen(cell))
			score((enum figure)i, same(cell, b, (enum figure)i));
	}
}

static void
agrees_with_the_tests_of_others(void **state)
{
	struct buf text = BUF(1 << 20), mail = BUF(64 << 20);
	struct reason_rules *rules;
	struct bounce b;
	struct csv c;
	struct err err;
	char path[512];
	int i, bad = 0;

	(void)state;
	/* Under valgrind the loader's reading of iconv's modules looks wrong. */
	if (!file_exists(DATA "/expected.tsv") || getenv("UNIT_ONLY") != NULL)
		return;
	rules = reason_rules_builtin(&err);
	assert_non_null(rules);
	assert_int_equal(file_read(DATA "/expected.tsv", 1 << 20, &text, &err), 0);
	assert_int_equal(csv_open(&c, buf_text(&text), text.len, '\t', &err), 0);
	while (csv_next(&c, &err) == 1) {
		snprintf(path, sizeof(path), "%s/%s", DATA, c.field[0]);
		assert_int_equal(file_read(path, 64 << 20, &mail, &err), 0);
		bounce_read(rules, buf_text(&mail), mail.len, NULL, NULL, &b);
		one(&c, &b);
		bounce_free(&b);
		buf_clear(&mail);
	}
	csv_close(&c);
	buf_free(&text);
	buf_free(&mail);
	reason_rules_free(rules);
	for (i = 0; i < FIGURES; i++)
		if (hit[i] * 1000 < of[i] * figure[i].floor) {
			print_error("%s: %d of %d, floor %d/1000\n",
			    figure[i].name, hit[i], of[i], figure[i].floor);
			bad++;
		}
	assert_int_equal(bad, 0);
	assert_true(ordinary > 0);
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_the_tests_of_others),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
