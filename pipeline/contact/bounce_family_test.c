/*
 * Mails in the forms of many mail systems, made up for the purpose, read from
 * tests/families.txt; and the same mails as other systems would have passed them
 * on, with other newlines.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_many_makes_of_mail),
		cmocka_unit_test(reads_them_with_other_newlines),
	};

	return (cmocka_run_group_tests(tests, set_up, tear_down));
}
