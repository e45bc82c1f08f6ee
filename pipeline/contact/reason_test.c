/*
 * Replies of mail servers in many wordings, from tests/replies.tsv: reason, the
 * stage they came at ("-": not known), text.  The rules' own examples are tested
 * with bounce_test; here it is their order that is tried.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/csv.h"
#include "pipeline/base/file.h"
#include "pipeline/contact/code.h"
#include "pipeline/contact/reason.h"

static struct reason
read_reply(const struct reason_rules *rules, const char *stage, const char *text)
{
	char status[CODE_STATUS], reply[4];
	struct reason_case c = { NULL, NULL, NULL, "smtp", text, strlen(text) };

	if (code_status(text, c.len, status))
		c.status = status;
	if (code_reply(text, c.len, reply))
		c.reply = reply;
	if (c.status == NULL)
		c.status = c.reply != NULL && reply[0] == '4' ? "4.0.0" : "5.0.0";
	if (strcmp(stage, "-") != 0)
		c.stage = stage;
	return (reason_of(rules, &c));
}

static void
knows_many_wordings(void **state)
{
	struct buf text = BUF(1 << 20);
	struct reason_rules *rules;
	struct reason got;
	struct err err;
	struct csv c;
	int bad = 0, n = 0;

	(void)state;
	rules = reason_rules_builtin(&err);
	assert_non_null(rules);
	assert_int_equal(file_read("tests/replies.tsv", 1 << 20, &text, &err), 0);
	assert_int_equal(csv_open(&c, buf_text(&text), text.len, '\t', &err), 0);
	for (; csv_next(&c, &err) == 1; n++) {
		got = read_reply(rules, c.field[1], c.field[2]);
		if (strcmp(got.word, c.field[0]) == 0)
			continue;
		print_error("%s: got %s (%s), want %s\n", c.field[2], got.word,
		    got.rule, c.field[0]);
		bad++;
	}
	csv_close(&c);
	buf_free(&text);
	reason_rules_free(rules);
	assert_int_equal(bad, 0);
	assert_true(n > 500);
}

static void
tells_of_its_rules(void **state)
{
	static const char mine[] = "rule our-gateway\nreason policyviolation\n"
	    "fault R\nstage rcpt\npattern held by (the )?gateway\n"
	    "hit [- 550 rcpt] 550 Message held by gateway\nmiss 550 no\n";
	struct reason_rules *rules;
	struct reason_about a;
	struct reason got;
	struct err err;

	(void)state;
	rules = reason_rules_read("mine", mine, sizeof(mine) - 1, &err);
	assert_non_null(rules);
	reason_about(rules, 0, &a);
	assert_string_equal(a.name, "our-gateway");
	assert_string_equal(a.reason, "policyviolation");
	assert_true(a.fault == 'R' && !a.hard && !a.ours && a.line == 1 &&
	    a.patterns == 1 && a.examples == 2);
	reason_about(rules, 1, &a);
	assert_true(a.ours && a.line > 1);
	/* what the example does not say is read from the text */
	got = reason_try(rules, "550 5.7.1 held by gateway (in reply to RCPT TO)");
	assert_string_equal(got.rule, "our-gateway");
	got = reason_try(rules, "[- - data] 550 5.7.1 held by gateway");
	assert_string_not_equal(got.rule, "our-gateway");
	got = reason_try(rules, "550 5.1.1 <kari@example.no>: User unknown");
	assert_string_equal(got.word, "userunknown");
	reason_rules_free(rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_many_wordings),
		cmocka_unit_test(tells_of_its_rules),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
