#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/register/value.h"

static const struct unit_field *
field(const char *name)
{
	for (size_t i = 0; i < unit_fields_n; i++)
		if (strcmp(unit_fields[i].name, name) == 0)
			return &unit_fields[i];
	fail_msg("no field %s", name);
	return NULL;
}

#define STORED	VALUE_STORED
#define TYPE	VALUE_TYPE
#define MEANING	VALUE_MEANING
#define STR	VALUE_STRING
#define NUM	VALUE_NUMBER

static const struct {
	const char *field;
	enum value_kind kind;
	const char *text;
	enum value_ret want;
	int64_t value;
} cases[] = {
	{ "nace1", STR, "90.201", STORED, 90201 },
	{ "nace1", STR, "01.110", STORED, 1110 },
	{ "nace1", STR, "00.000", STORED, 0 },
	{ "nace1", STR, "90201", STORED, 90201 },
	{ "nace1", STR, "90.20", MEANING, 0 },
	{ "nace1", STR, "9.0201", MEANING, 0 },
	{ "nace1", STR, "90.2O1", MEANING, 0 },
	{ "nace1", STR, "90,201", MEANING, 0 },
	{ "nace1", NUM, "90.201", TYPE, 0 },
	{ "employees", NUM, "12", STORED, 12 },
	{ "employees", NUM, "0", STORED, 0 },
	{ "employees", NUM, "12.0", STORED, 12 },
	{ "employees", NUM, "1.2e1", STORED, 12 },
	{ "employees", NUM, "12.5", MEANING, 0 },
	{ "employees", NUM, "-1", MEANING, 0 },
	{ "employees", NUM, "-0", STORED, 0 },
	{ "employees", NUM, "1e30", MEANING, 0 },
	{ "employees", NUM, "99999999999999999999", MEANING, 0 },
	{ "employees", NUM, "1e999999999999", MEANING, 0 },
	{ "employees", NUM, "0e999", STORED, 0 },
	{ "employees", VALUE_TRUE, "true", TYPE, 0 },
	{ "capital_shares", NUM, "2556807512", STORED, 2556807512 },
	{ "accounts_year", STR, "2024", STORED, 2024 },
	{ "accounts_year", NUM, "2024", STORED, 2024 },
	{ "accounts_year", STR, "i fjor", TYPE, 0 },
	{ "accounts_year", STR, "99999999999999999999", MEANING, 0 },
	{ "bankrupt", VALUE_TRUE, "true", STORED, 1 },
	{ "bankrupt", VALUE_FALSE, "false", STORED, 0 },
	{ "bankrupt", STR, "true", TYPE, 0 },
	{ "bankrupt", NUM, "1", TYPE, 0 },
	{ "founded_date", STR, "1970-01-02", STORED, 1 },
	{ "founded_date", STR, "1905-06-07", STORED, -23584 },
	{ "founded_date", STR, "2023-02-29", MEANING, 0 },
	{ "founded_date", STR, "2024-02-29", STORED, 19782 },
	{ "founded_date", STR, "2024-2-9", MEANING, 0 },
	{ "founded_date", STR, "2024-01-01T00:00:00", MEANING, 0 },
	{ "founded_date", NUM, "20240101", TYPE, 0 },
	{ "orgnr", STR, "211111119", STORED, 211111119 },
	{ "orgnr", STR, "211111118", MEANING, 0 },
	{ "orgnr", STR, "21111111", MEANING, 0 },
	{ "orgnr", STR, "211 111 119", MEANING, 0 },
	{ "orgnr", NUM, "211111119", TYPE, 0 },
	{ "name", STR, "x", VALUE_TEXT, 0 },
	{ "name", NUM, "7", TYPE, 0 },
	{ "name", VALUE_TRUE, "true", TYPE, 0 },
	{ "name", VALUE_OTHER, "", TYPE, 0 },
	{ "capital_bound", NUM, "7", VALUE_TEXT, 0 },
	{ "capital_bound", VALUE_TRUE, "true", VALUE_TEXT, 0 },
	{ "capital_bound", VALUE_OTHER, "", TYPE, 0 },
	{ "activity", STR, "x", TYPE, 0 },
	{ "former_names", STR, "x", TYPE, 0 },
	{ "endorsements", NUM, "1", TYPE, 0 },
};

static void
means_what_the_register_means(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct unit_field *f = field(cases[i].field);
		struct unit u, before;
		const char *why = NULL;
		/* not NUL-terminated: reading past it is seen */
		size_t len = strlen(cases[i].text);
		char *text = malloc(len > 0 ? len : 1);
		enum value_ret got;
		int64_t n = 0;

		assert_non_null(text);
		memcpy(text, cases[i].text, len);
		unit_clear(&u);
		before = u;
		got = value_store(&u, f, cases[i].kind, text, len, &why);
		if (got != cases[i].want)
			fail_msg("%s '%s': got %d, want %d", cases[i].field,
			    cases[i].text, (int)got, (int)cases[i].want);
		assert_true((why != NULL) == (got == VALUE_MEANING));
		if (got == VALUE_STORED) {
			assert_int_equal(unit_int(&u, f, &n), 1);
			assert_true(n == cases[i].value);
		} else
			assert_true(unit_hash(&u) == unit_hash(&before));
		free(text);
	}
}

static void
reads_reals_to_the_nearest_double(void **state)
{
	static const struct { const char *text; double want; } reals[] = {
		{ "6392018780.00", 6392018780.0 }, { "0.1", 0.1 }, { "-0.5", -0.5 },
		{ "1e3", 1000 }, { "1.5E-3", 0.0015 }, { "0", 0 }, { "30000", 30000 },
		{ "0.30", 0.3 }, { "123456789.12", 123456789.12 },
	};
	double got;

	(void)state;
	for (size_t i = 0; i < sizeof(reals) / sizeof(reals[0]); i++) {
		assert_int_equal(value_real(reals[i].text, strlen(reals[i].text),
		    &got), 0);
		if (got < reals[i].want || got > reals[i].want)
			fail_msg("%s: got %.17g", reals[i].text, got);
	}
	assert_int_equal(value_real("1e23", 4, &got), -1);
	assert_int_equal(value_real("12345678901234567890", 20, &got), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(means_what_the_register_means),
		cmocka_unit_test(reads_reals_to_the_nearest_double),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
