/*
 * Other people's vectors beside the project, where they are at hand: every
 * verdict of the primary oracle and of the project's own policy, every repair,
 * every normal form, and 90 % of the large typo set each way.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "email/email.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/file.h"
#include "pipeline/base/utf8.h"

enum { FIELDS = 8, TABLE_MAX = 4 << 20 };

struct table {
	struct buf text;
	char *at;
	char *field[FIELDS];	/* of the row just read; "" where there is none */
};

static void
no_table(const char *name)
{
	const char *list = getenv("SKIPS");
	FILE *f = list != NULL ? fopen(list, "a") : NULL;

	if (f != NULL) {
		fputs("no-shared\n", f);
		fclose(f);
	}
	printf("skip - %s: not at hand (no-shared)\n", name);
	fflush(stdout);
	skip();
}

static int
next(struct table *t)
{
	static char none[] = "";
	char *line = strsep(&t->at, "\n");

	if (line == NULL || *line == '\0')
		return 0;
	for (size_t i = 0; i < FIELDS; i++)
		t->field[i] = line != NULL ? strsep(&line, "\t") : none;
	return 1;
}

static void
open_table(const char *name, struct table *t)
{
	struct err err = { 0, "" };
	char path[128];

	snprintf(path, sizeof(path), "../shared/data/email/%s.tsv", name);
	if (!file_exists(path))
		no_table(name);
	*t = (struct table){ .text = BUF(TABLE_MAX) };
	assert_int_equal(file_read(path, TABLE_MAX, &t->text, &err), 0);
	t->at = t->text.data;
	assert_true(next(t));		/* the heading */
}

/* Text of a field to octets: \\ is a backslash, \xNN one octet. */
static size_t
octets(const char *s, char *out)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		if (s[0] == '\\' && s[1] == 'x') {
			char hex[3] = { s[2], s[3], '\0' };

			out[n++] = (char)strtol(hex, NULL, 16);
			s += 3;
		} else {
			s += s[0] == '\\';
			out[n++] = *s;
		}
	out[n] = '\0';
	return n;
}

static struct email_rules *rules;

static void
ask(const char *field, struct email *e)
{
	static char raw[1 << 16];
	size_t len;

	assert_true(strlen(field) < sizeof(raw));
	len = octets(field, raw);
	email_check(rules, raw, len, e);
	/* what is suggested is itself valid */
	if (e->suggestion[0] != '\0') {
		struct email again;

		email_check(rules, e->suggestion, strlen(e->suggestion), &again);
		assert_int_equal(again.reason, EMAIL_OK);
		assert_string_equal(again.address, e->suggestion);
	}
}

static int
differs(const char *what, const char *input, const char *got, const char *want)
{
	if (strcmp(got, want) == 0)
		return 0;
	print_error("%s: %s: got %s, wanted %s\n", what, input, got, want);
	return 1;
}

/* Is the address one of the policy's?  Then that decides. */
static int
in_policy(const struct table *policy, const char *address)
{
	size_t n = strlen(address);

	for (const char *s = policy->text.data; s + n < policy->text.data +
	    policy->text.len; s += strlen(s) + 1)
		if (strcmp(s, address) == 0)
			return 1;
	return 0;
}

static void
the_oracle_and_the_policy_agree(void **state)
{
	struct table oracle, policy;
	struct email e;
	int bad = 0, n = 0;

	(void)state;
	open_table("email_oracle_joshdata", &oracle);
	open_table("email_policy", &policy);
	while (next(&policy)) {
		ask(policy.field[0], &e);
		bad += differs("policy", policy.field[0], e.reason == EMAIL_OK ? "valid" :
		    "invalid", policy.field[1]);
		bad += differs("policy reason", policy.field[0],
		    email_reason_code(e.reason), policy.field[2]);
	}
	while (next(&oracle)) {
		if (in_policy(&policy, oracle.field[0]))
			continue;
		n++;
		ask(oracle.field[0], &e);
		bad += differs("oracle", oracle.field[0], e.reason == EMAIL_OK ? "valid" :
		    "invalid", oracle.field[1]);
		if (e.reason == EMAIL_OK)
			bad += differs("form", oracle.field[0], e.address,
			    oracle.field[5]);
	}
	buf_free(&oracle.text);
	buf_free(&policy.text);
	assert_int_equal(bad, 0);
	assert_true(n > 900);
}

static void
every_repair_is_suggested(void **state)
{
	struct table t;
	struct email e;
	struct email_field f;
	char raw[1000];
	int bad = 0;

	(void)state;
	open_table("email_repairs", &t);
	while (next(&t)) {
		ask(t.field[0], &e);
		bad += e.reason == EMAIL_OK;
		bad += differs("repair", t.field[0], e.suggestion, t.field[2]);
		/* and of a field the safe ones are made, the others not */
		email_field(rules, raw, octets(t.field[0], raw), 1, &f);
		bad += differs("use", t.field[0], f.use == EMAIL_USE ? "used" : "asked",
		    strcmp(t.field[1], "ask") == 0 ? "asked" : "used");
		email_field_free(&f);
	}
	buf_free(&t.text);
	assert_int_equal(bad, 0);
}

static void
every_normal_form_is_made(void **state)
{
	struct table t;
	struct email e;
	char want[1000];
	int bad = 0, n = 0;

	(void)state;
	open_table("email_normalise", &t);
	while (next(&t)) {
		int key = strcmp(t.field[2], "key") == 0;

		if (!key && strcmp(t.field[2], "send") != 0)
			continue;
		n++;
		ask(t.field[1], &e);
		octets(t.field[3], want);
		bad += differs("form", t.field[1], key ? e.key :
		    e.address[0] != '\0' ? e.address : e.suggestion, want);
	}
	buf_free(&t.text);
	assert_int_equal(bad, 0);
	assert_true(n >= 20);
}

static int
typo_right(const char *input, const char *want)
{
	struct email e;
	char text[400];
	const char *at;

	snprintf(text, sizeof(text), "%s%s", strchr(input, '@') != NULL ? "" : "kari@",
	    input);
	ask(text, &e);
	at = strrchr(e.suggestion, '@');
	return strcmp(want, "-") == 0 ? at == NULL :
	    at != NULL && strcmp(at + 1, want) == 0;
}

static void
nine_of_ten_slips_are_found(void **state)
{
	struct table t;
	int right[3] = { 0 }, all[3] = { 0 };

	(void)state;
	open_table("email_typos", &t);
	while (next(&t)) {
		int set = strstr(t.field[0], "domain_typos_valid") != NULL ? 0 :
		    strstr(t.field[0], "domain_typos_invalid") != NULL ? 1 :
		    strstr(t.field[0], "made-here") != NULL ? 2 : -1;

		if (set < 0)
			continue;
		all[set]++;
		right[set] += typo_right(t.field[1], t.field[2]);
	}
	buf_free(&t.text);
	assert_true(all[0] > 90 && right[0] * 10 >= all[0] * 9);
	assert_true(all[1] > 30 && right[1] * 10 >= all[1] * 9);
	assert_true(all[2] > 10 && right[2] == all[2]);
}

static int
setup(void **state)
{
	struct err err;

	(void)state;
	return (rules = email_rules_new(&err)) != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	email_rules_free(rules);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_oracle_and_the_policy_agree),
		cmocka_unit_test(every_repair_is_suggested),
		cmocka_unit_test(every_normal_form_is_made),
		cmocka_unit_test(nine_of_ten_slips_are_found),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
