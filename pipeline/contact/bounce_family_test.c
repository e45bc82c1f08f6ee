/*
 * Mails in the forms of many mail systems, made up for the purpose, read from
 * tests/families.txt; and the same mails as other systems would have passed them
 * on, with other newlines.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/file.h"
#include "pipeline/contact/bounce.h"

#define CASES	"tests/families.txt"
#define MARK	"\n%%%% "

static struct reason_rules *rules;
static struct buf text = BUF(4 << 20);

static int
set_up(void **state)
{
	struct err err;

	(void)state;
	rules = reason_rules_builtin(&err);
	return (rules == NULL || file_read(CASES, 4 << 20, &text, &err) != 0 ?
	    -1 : 0);
}

static int
tear_down(void **state)
{

	(void)state;
	reason_rules_free(rules);
	buf_free(&text);
	return (0);
}

static void
describe(const struct bounce *b, struct buf *out)
{
	const struct bounce_recipient *x;
	size_t i;

	buf_str(out, bounce_kind_word(b->kind));
	for (i = 0; i < b->nrecipient; i++) {
		x = &b->recipient[i];
		buf_printf(out, "%s %s %s %s %d", i > 0 ? " |" : "",
		    x->address != NULL ? x->address : "-",
		    x->status != NULL ? x->status : "-", x->reason, x->hard);
	}
}

static int
one(const char *name, const char *mail, size_t len)
{
	const char *want = strstr(name, ": ") + 2;
	size_t n = (size_t)(mail - 1 - want);
	struct buf got = BUF(65536);
	struct bounce b;
	int same;

	bounce_read(rules, mail, len, NULL, NULL, &b);
	describe(&b, &got);
	same = got.len == n && memcmp(got.data, want, n) == 0;
	if (!same)
		print_error("%.*s\n  got %s\n", (int)(mail - 1 - name), name,
		    buf_text(&got));
	bounce_free(&b);
	buf_free(&got);
	return (same);
}

static void
reads_many_makes_of_mail(void **state)
{
	const char *s = buf_text(&text), *next, *mail;
	int bad = 0, n = 0;

	(void)state;
	for (s = strstr(s, MARK); s != NULL; s = next, n++) {
		s += strlen(MARK);
		mail = strchr(s, '\n') + 1;
		next = strstr(mail, MARK);
		bad += !one(s, mail, next != NULL ? (size_t)(next + 1 - mail) :
		    strlen(mail));
	}
	assert_int_equal(bad, 0);
	assert_true(n > 200);
}

/* A wrapper's newlines are no reason to read anything else. */
static void
reads_them_with_other_newlines(void **state)
{
	const char *s = buf_text(&text), *next, *mail, *p, *end;
	struct buf crlf = BUF(1 << 20), cr = BUF(1 << 20), plain = BUF(65536),
	    other = BUF(65536);
	struct bounce b;

	(void)state;
	for (s = strstr(s, MARK); s != NULL; s = next) {
		mail = strchr(s + 1, '\n') + 1;
		next = strstr(mail, MARK);
		end = next != NULL ? next + 1 : mail + strlen(mail);
		buf_clear(&crlf);
		buf_clear(&cr);
		for (p = mail; p < end; p++) {
			if (*p == '\n')
				buf_chr(&crlf, '\r');
			buf_chr(&crlf, *p);
			buf_chr(&cr, *p == '\n' ? '\r' : *p);
		}
		buf_clear(&plain);
		bounce_read(rules, mail, (size_t)(end - mail), NULL, NULL, &b);
		describe(&b, &plain);
		bounce_free(&b);
		buf_clear(&other);
		bounce_read(rules, crlf.data, crlf.len, NULL, NULL, &b);
		describe(&b, &other);
		bounce_free(&b);
		assert_string_equal(buf_text(&other), buf_text(&plain));
		buf_clear(&other);
		bounce_read(rules, cr.data, cr.len, NULL, NULL, &b);
		describe(&b, &other);
		bounce_free(&b);
		assert_string_equal(buf_text(&other), buf_text(&plain));
	}
	buf_free(&crlf);
	buf_free(&cr);
	buf_free(&plain);
	buf_free(&other);
}

static void
what_was_fuzzed_once_does_no_harm(void **state)
{
	struct buf mail = BUF(1 << 20);
	struct file_list list;
	struct bounce b;
	struct err err;
	char path[400];
	size_t i;

	(void)state;
	assert_int_equal(file_list("tests/corpus/bounce", &list, &err), 0);
	for (i = 0; i < list.n; i++) {
		snprintf(path, sizeof(path), "tests/corpus/bounce/%s",
		    list.name[i]);
		buf_clear(&mail);
		assert_int_equal(file_read(path, 1 << 20, &mail, &err), 0);
		bounce_read(rules, buf_text(&mail), mail.len, NULL, NULL, &b);
		assert_true(b.nrecipient > 0 || b.kind == BOUNCE_OTHER ||
		    b.kind == BOUNCE_FEEDBACK);
		bounce_free(&b);
	}
	assert_true(list.n > 0);
	file_list_free(&list);
	buf_free(&mail);
}

/* Rules are an administrator's, but read with the same care. */
static void
rules_that_were_fuzzed_once_do_none(void **state)
{
	struct buf data = BUF(1 << 20);
	struct reason_rules *r;
	struct file_list list;
	struct err err;
	char path[400];
	size_t i;

	(void)state;
	assert_int_equal(file_list("tests/corpus/reason", &list, &err), 0);
	for (i = 0; i < list.n; i++) {
		snprintf(path, sizeof(path), "tests/corpus/reason/%s",
		    list.name[i]);
		buf_clear(&data);
		assert_int_equal(file_read(path, 1 << 20, &data, &err), 0);
		r = reason_rules_read("r", buf_text(&data), data.len, &err);
		if (r == NULL)
			assert_int_equal(err.status, EX_CONFIG);
		reason_rules_free(r);
	}
	file_list_free(&list);
	buf_free(&data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_many_makes_of_mail),
		cmocka_unit_test(reads_them_with_other_newlines),
		cmocka_unit_test(what_was_fuzzed_once_does_no_harm),
		cmocka_unit_test(rules_that_were_fuzzed_once_do_none),
	};

	return (cmocka_run_group_tests(tests, set_up, tear_down));
}
