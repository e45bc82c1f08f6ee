/* A code and two sentences for everything, and the shape of the JSON. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "email/email.h"
#include "pipeline/base/utf8.h"

static void
is_code(const char *s)
{
	assert_non_null(s);
	assert_true(*s != '\0');
	assert_int_equal(strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(s));
}

static void
is_sentence(const char *s)
{
	assert_non_null(s);
	assert_true(strlen(s) > 5 && s[strlen(s) - 1] == '.');
	assert_true(utf8_valid(s, strlen(s)));
}

static void
two_sentences(const char *nb, const char *en)
{
	is_sentence(nb);
	is_sentence(en);
	assert_string_not_equal(nb, en);
}

static void
every_reason_has_a_code_and_two_sentences(void **state)
{
	(void)state;
	for (int i = 0; i < EMAIL_REASONS; i++) {
		enum email_reason r = (enum email_reason)i;

		is_code(email_reason_code(r));
		two_sentences(email_reason_text(r, LANG_NB), email_reason_text(r, LANG_EN));
		for (int k = 0; k < i; k++)
			assert_string_not_equal(email_reason_code(r),
			    email_reason_code((enum email_reason)k));
	}
}

static void
every_repair_and_flag_too(void **state)
{
	unsigned repairs[] = { EMAIL_TRIMMED, EMAIL_SOFT_HYPHEN, EMAIL_BLANK_AT,
		EMAIL_PREFIX, EMAIL_BRACKETS, EMAIL_QUOTES, EMAIL_FINAL, EMAIL_ASK_DOTS,
		EMAIL_ASK_AT, EMAIL_ASK_DOT_WORD, EMAIL_ASK_CHARSET, EMAIL_ASK_BLANK,
		EMAIL_ASK_WORDS, EMAIL_ASK_MARKS };

	(void)state;
	for (size_t i = 0; i < sizeof(repairs) / sizeof(repairs[0]); i++) {
		is_code(email_repair_code(repairs[i]));
		two_sentences(email_repair_text(repairs[i], LANG_NB),
		    email_repair_text(repairs[i], LANG_EN));
		/* what only a person may do is called so */
		assert_int_equal(strncmp(email_repair_code(repairs[i]), "ask_", 4) == 0,
		    repairs[i] >= EMAIL_ASK_DOTS);
	}
	for (unsigned bit = EMAIL_ROLE; bit <= EMAIL_INJECTION; bit <<= 1) {
		is_code(email_flag_code(bit));
		two_sentences(email_flag_text(bit, LANG_NB), email_flag_text(bit, LANG_EN));
	}
	assert_string_equal(email_flag_code(1u << 30), "");
	assert_string_equal(email_repair_text(1u << 30, LANG_NB), "");
}

static void
codes_are_joined_by_commas(void **state)
{
	struct buf b = BUF(1000);

	(void)state;
	email_codes(0, 0, &b);
	assert_string_equal(buf_text(&b), "");
	email_codes(EMAIL_TRIMMED | EMAIL_FINAL, EMAIL_FREE, &b);
	assert_string_equal(buf_text(&b), "trimmed,final,free");
	buf_free(&b);
}

static void
says(const char *input, size_t len, const char *want)
{
	struct email_rules *rules = email_rules_new(&(struct err){ 0 });
	struct buf b = BUF(10000);
	struct email e;
	struct json j;

	email_check(rules, input, len, &e);
	json_begin(&j, &b, 0);
	email_json(&j, input, len, &e);
	assert_string_equal(buf_text(&b), want);
	buf_free(&b);
	email_rules_free(rules);
}

static void
the_json_has_its_shape(void **state)
{
	(void)state;
	says("Post@Firma.no", 13, "{\"input\": \"Post@Firma.no\", \"valid\": true, "
	    "\"address\": \"Post@firma.no\", \"key\": \"post@firma.no\", \"reason\": null, "
	    "\"suggestion\": null, \"repairs\": [], \"flags\": [\"role\"]}");
	says("ola@firma..no", 13, "{\"input\": \"ola@firma..no\", \"valid\": false, "
	    "\"address\": null, \"key\": null, \"reason\": \"domain_dot\", "
	    "\"suggestion\": \"ola@firma.no\", \"repairs\": [\"ask_dots\"], \"flags\": []}");
	says("kari@gmial.com", 14, "{\"input\": \"kari@gmial.com\", \"valid\": true, "
	    "\"address\": \"kari@gmial.com\", \"key\": \"kari@gmial.com\", "
	    "\"reason\": null, \"suggestion\": \"kari@gmail.com\", \"repairs\": [], "
	    "\"flags\": [\"typo\"]}");
	says("", 0, "{\"input\": \"\", \"valid\": false, \"address\": null, "
	    "\"key\": null, \"reason\": \"empty\", \"suggestion\": null, "
	    "\"repairs\": [], \"flags\": []}");
	says("\"\n\xff", 3, "{\"input\": \"\\\"\\n\xef\xbf\xbd\", \"valid\": false, "
	    "\"address\": null, \"key\": null, \"reason\": \"utf8\", "
	    "\"suggestion\": null, \"repairs\": [], \"flags\": []}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_has_a_code_and_two_sentences),
		cmocka_unit_test(every_repair_and_flag_too),
		cmocka_unit_test(codes_are_joined_by_commas),
		cmocka_unit_test(the_json_has_its_shape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
