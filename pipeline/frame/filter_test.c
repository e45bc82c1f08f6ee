#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/frame/activity.h"
#include "pipeline/frame/filter.h"

#define HEAD "[study]\nname = a\nstandard = SN2025\n[group g]\ncodes = 59\n" \
	     "[area o]\ncounty = Oslo\n[filter]\n"

static const struct filter_unit plain = { "AS", "2100", "Bokmål", 7, 1, 15000, 1,
	2024, 5 };

/* What a filter says of the plain unit with one thing changed. */
static const struct {
	const char *says, *filter;
	struct filter_unit u;
	int out;
} cases[] = {
	{ "form in", "legal_form = ENK AS", { "AS", "", "", -1, -1, 1, 0, 0, 0 }, 0 },
	{ "form not in", "legal_form = ENK AS", { "DA", "", "", -1, -1, 1, 0, 0, 0 }, 1 },
	{ "no form", "legal_form = ENK", { "", "", "", -1, -1, 1, 0, 0, 0 }, 1 },
	{ "form out", "legal_form_not = DA", { "DA", "", "", -1, -1, 1, 0, 0, 0 }, 1 },
	{ "no form is not out", "legal_form_not = DA", { "", "", "", -1, -1, 1, 0, 0, 0 }, 0 },
	{ "none: none", "employees = none", { "", "", "", -1, 0, 1, 0, 0, 0 }, 0 },
	{ "none: not said", "employees = none", { "", "", "", -1, -1, 1, 0, 0, 0 }, 0 },
	{ "none: has some", "employees = none", { "", "", "", -1, 1, 1, 0, 0, 0 }, 1 },
	{ "1-4: the class", "employees = 1-4", { "", "", "", -1, 1, 1, 0, 0, 0 }, 0 },
	{ "1-4: none", "employees = 1-4", { "", "", "", -1, 0, 1, 0, 0, 0 }, 1 },
	{ "1-4: five", "employees = 1-4", { "", "", "", 5, 1, 1, 0, 0, 0 }, 1 },
	{ "2-4 is less than the class", "employees = 2-4", { "", "", "", -1, 1, 1, 0, 0, 0 }, 1 },
	{ "5-: five", "employees = 5-", { "", "", "", 5, 1, 1, 0, 0, 0 }, 0 },
	{ "-9: nine", "employees = -9", { "", "", "", 9, 1, 1, 0, 0, 0 }, 0 },
	{ "-9: ten", "employees = -9", { "", "", "", 10, 1, 1, 0, 0, 0 }, 1 },
	{ "before", "registered_before = 1970-01-03", { "", "", "", -1, -1, 1, 0, 0, 0 }, 0 },
	{ "before, that day", "registered_before = 1970-01-02", { "", "", "", -1, -1, 1, 0, 0, 0 }, 1 },
	{ "before, no day", "registered_before = 1970-01-02", { "", "", "", -1, -1, DATE_NONE, 0, 0, 0 }, 1 },
	{ "after, that day", "registered_after = 1970-01-02", { "", "", "", -1, -1, 1, 0, 0, 0 }, 1 },
	{ "after", "registered_after = 1970-01-01", { "", "", "", -1, -1, 1, 0, 0, 0 }, 0 },
	{ "VAT", "vat = yes", { "", "", "", -1, -1, 1, 1, 0, 0 }, 0 },
	{ "no VAT", "vat = yes", { "", "", "", -1, -1, 1, 0, 0, 0 }, 1 },
	{ "VAT asked away", "vat = no", { "", "", "", -1, -1, 1, 1, 0, 0 }, 1 },
	{ "no VAT asked for", "vat = no", { "", "", "", -1, -1, 1, 0, 0, 0 }, 0 },
	{ "accounts", "accounts = 2023-", { "", "", "", -1, -1, 1, 0, 2023, 0 }, 0 },
	{ "old accounts", "accounts = 2023-", { "", "", "", -1, -1, 1, 0, 2022, 0 }, 1 },
	{ "no accounts", "accounts = 2023-", { "", "", "", -1, -1, 1, 0, 0, 0 }, 1 },
	{ "up to", "accounts = -2019", { "", "", "", -1, -1, 1, 0, 2019, 0 }, 0 },
	{ "never is not up to", "accounts = -2019", { "", "", "", -1, -1, 1, 0, 0, 0 }, 1 },
	{ "never", "accounts = none", { "", "", "", -1, -1, 1, 0, 0, 0 }, 0 },
	{ "never, but has", "accounts = none", { "", "", "", -1, -1, 1, 0, 2020, 0 }, 1 },
	{ "one year", "accounts = 2020", { "", "", "", -1, -1, 1, 0, 2021, 0 }, 1 },
	{ "sector", "sector = 2100 8200", { "", "8200", "", -1, -1, 1, 0, 0, 0 }, 0 },
	{ "another sector", "sector = 2100 8200", { "", "6100", "", -1, -1, 1, 0, 0, 0 }, 1 },
	{ "sector out", "sector_not = 6100", { "", "6100", "", -1, -1, 1, 0, 0, 0 }, 1 },
	{ "no sector", "sector_not = 6100", { "", "", "", -1, -1, 1, 0, 0, 0 }, 0 },
	{ "nynorsk", "language = nynorsk", { "", "", "Nynorsk", -1, -1, 1, 0, 0, 0 }, 0 },
	{ "bokmål", "language = nynorsk", { "", "", "Bokmål", -1, -1, 1, 0, 0, 0 }, 1 },
	{ "no language", "language = bokmål", { "", "", "", -1, -1, 1, 0, 0, 0 }, 1 },
	{ "points", "activity = 3", { "", "", "", -1, -1, 1, 0, 0, 3 }, 0 },
	{ "too few points", "activity = 3", { "", "", "", -1, -1, 1, 0, 0, 2 }, 1 },
};

static struct study *
study_of(const char *filter)
{
	struct study *s;
	struct err err;
	char text[500];

	snprintf(text, sizeof(text), HEAD "%s\n", filter);
	if (study_read_text("a.ini", text, strlen(text), &s, NULL, &err) != 0)
		fail_msg("%s: %s", filter, err.text);
	return s;
}

static void
each_filter_by_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct study *s = study_of(cases[i].filter);
		enum filter f = filter_first(s, &cases[i].u);
		struct buf value = BUF(1000);

		if ((f != FILTERS) != cases[i].out)
			fail_msg("%s (%s)", cases[i].says, cases[i].filter);
		for (int k = 0; k < FILTERS; k++)
			assert_int_equal(filter_set(s, (enum filter)k),
			    strncmp(filter_code((enum filter)k), cases[i].filter,
			    strcspn(cases[i].filter, " ")) == 0 &&
			    filter_code((enum filter)k)[strcspn(cases[i].filter, " ")] == '\0');
		if (f != FILTERS) {	/* and is told as it was written */
			filter_value(s, f, &value);
			assert_string_equal(buf_text(&value),
			    strchr(cases[i].filter, '=') + 2);
		}
		buf_free(&value);
		study_free(s);
	}
}

static void
the_first_that_fails_is_counted(void **state)
{
	struct study *s = study_of("sector = 6100\nlegal_form = ENK\nvat = no");

	(void)state;
	assert_int_equal(filter_first(s, &plain), FILTER_FORM);
	study_free(s);
	s = study_of("");
	assert_int_equal(filter_first(s, &plain), FILTERS);
	study_free(s);
}

static void
what_is_no_range_is_refused(void **state)
{
	static const char *const bad[] = { "accounts = 2023-2020", "accounts = 23-",
		"accounts = -", "accounts = x", "vat = 1", "language = samisk",
		"activity = 0", "employees = 4-1" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct study *s;
		struct err err;
		char text[500];

		snprintf(text, sizeof(text), HEAD "%s\n", bad[i]);
		assert_int_equal(study_read_text("a.ini", text, strlen(text), &s, NULL,
		    &err), -1);
		assert_int_equal(err.status, EX_CONFIG);
	}
}

static void
points_add_up(void **state)
{
	const int32_t day = 20782;	/* 2026-11-25 */
	static const struct {
		const char *says;
		struct activity a;
		int points;
	} table[] = {
		{ "nothing", { 0, 0, 0, 0, 0 }, 0 },
		{ "employees", { 1, 0, 0, 0, 0 }, 3 },
		{ "VAT", { 0, 1, 0, 0, 0 }, 2 },
		{ "accounts of the year before last", { 0, 0, 2024, 0, 0 }, 2 },
		{ "older ones", { 0, 0, 2023, 0, 0 }, 0 },
		{ "noted within a year", { 0, 0, 0, 20782 - 364, 0 }, 1 },
		{ "a year ago", { 0, 0, 0, 20782 - 365, 0 }, 0 },
		{ "today", { 0, 0, 0, 20782, 0 }, 1 },
		{ "a day to come", { 0, 0, 0, 20783, 0 }, 0 },
		{ "all", { 1, 1, 2025, 20700, 0 }, ACTIVITY_MOST },
		{ "all, and bankrupt", { 1, 1, 2025, 20700, 1 }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (activity_points(&table[i].a, day) != table[i].points)
			fail_msg("%s: %d", table[i].says, activity_points(&table[i].a, day));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_filter_by_itself),
		cmocka_unit_test(the_first_that_fails_is_counted),
		cmocka_unit_test(what_is_no_range_is_refused),
		cmocka_unit_test(points_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
