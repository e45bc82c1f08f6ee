#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/register/gates.h"

static struct settings set;
static struct census before, now;
static struct buf say = BUF(300);

static size_t
field(const char *name)
{
	for (size_t i = 0; i < unit_fields_n; i++)
		if (strcmp(unit_fields[i].name, name) == 0)
			return i;
	fail_msg("%s", name);
	return 0;
}

static uint64_t
letters(const char *form)
{
	uint64_t n = 0;

	memcpy(&n, form, strlen(form));
	return n;
}

/* ${n} units of one county and form; of them ${mail} with an address. */
static void
add(struct census *c, int n, int county, const char *form, int mail)
{
	struct packed p = { .county = county, .form = letters(form) };

	for (int i = 0; i < n; i++) {
		size_t f = field("email");

		p.has[0] = 1;
		p.has[1] = 0;
		if (i < mail)
			p.has[f / 64] |= UINT64_C(1) << f % 64;
		census_add(c, &p);
	}
}

static int
begin(void **state)
{
	(void)state;
	memset(&before, 0, sizeof(before));
	memset(&now, 0, sizeof(now));
	set = (struct settings){ .max_county_change = 0.10, .max_form_change = 0.10,
	    .max_email_change = 0.10, .max_field_gone = 0.01, .max_duplicates = 100,
	    .min_change = 100 };
	return 0;
}

static void
want(int n, const char *text)
{
	census_close(&before);
	census_close(&now);
	assert_int_equal(gates_judge(&set, &before, &now, 0, &say), n);
	assert_string_equal(buf_text(&say), text);
}

static void
what_is_the_same_passes(void **state)
{
	(void)state;
	add(&before, 1000, 46, "AS", 260);
	add(&now, 1000, 46, "AS", 260);
	want(0, "");
}

static void
a_county_loses(void **state)
{
	(void)state;
	add(&before, 5000, 3, "AS", 0);
	add(&before, 1000, 46, "AS", 0);
	add(&now, 5000, 3, "AS", 0);
	add(&now, 900, 46, "AS", 0);
	want(0, "");			/* 10 % is not more than 10 % */
	before.county[46]++;
	want(1, "county 46: 900 units after 1001 (-10.1 %, more than the 10 % of "
	    "register.max_county_change)");
	set.min_change = 102;
	want(0, "");
}

static void
a_county_gains_and_none_is_one_too(void **state)
{
	(void)state;
	add(&before, 1000, 46, "AS", 0);
	add(&before, 9000, PACK_NO_COUNTY, "AS", 0);
	add(&now, 1300, 46, "AS", 0);
	add(&now, 8000, PACK_NO_COUNTY, "AS", 0);
	want(2, "no county: 8000 units after 9000 (-11.1 %, more than the 10 % of "
	    "register.max_county_change), and 1 more");
}

static void
a_small_one_does_not_trip_by_chance(void **state)
{
	(void)state;
	add(&before, 5000, 3, "AS", 0);
	add(&before, 60, 21, "SPA", 0);
	add(&now, 5000, 3, "AS", 0);
	want(0, "");			/* both are gone: 60 units */
	set.min_change = 60;
	want(2, "county 21: 0 units after 60 (-100.0 %, more than the 10 % of "
	    "register.max_county_change), and 1 more");
}

static void
forms_come_and_go(void **state)
{
	(void)state;
	add(&before, 5000, 3, "AS", 0);
	add(&before, 4000, 3, "ENK", 0);
	add(&now, 5000, 3, "AS", 0);
	add(&now, 3900, 3, "ENK", 0);
	add(&now, 200, 3, "IKJP", 0);
	want(1, "legal form IKJP: 200 units after 0 (new, more than the 10 % of "
	    "register.max_form_change)");
	add(&now, 500, 3, "", 0);
	want(2, "no legal form: 500 units after 0 (new, more than the 10 % of "
	    "register.max_form_change), and 1 more");
}

static void
email_is_a_share_of_a_share(void **state)
{
	(void)state;
	add(&before, 2000, 3, "AS", 1000);
	add(&now, 2000, 3, "AS", 900);
	want(0, "");
	add(&now, 2, 3, "AS", 0);
	want(1, "e-mail addresses: 45.0 % of the units have one, after 50.0 % (-10.1 "
	    "%, more than the 10 % of register.max_email_change)");
	add(&now, 198, 3, "AS", 198);
	set.max_county_change = set.max_form_change = 1;
	want(0, "");			/* and back */
	add(&now, 500, 3, "AS", 500);
	want(1, "e-mail addresses: 59.2 % of the units have one, after 50.0 % (+18.4 "
	    "%, more than the 10 % of register.max_email_change)");
}

static void
a_column_is_gone(void **state)
{
	(void)state;
	add(&before, 20000, 3, "AS", 200);
	add(&now, 20000, 3, "AS", 0);
	set.max_email_change = 1;
	want(0, "");			/* of 1 %, not more */
	before.field[field("email")] = 201;
	want(1, "field epostadresse: no unit has it, after 201 (1.0 % of them, more "
	    "than the 1 % of register.max_field_gone)");
	now.field[field("email")] = 1;
	want(0, "");
}

static void
duplicates_count_without_a_register_in_force(void **state)
{
	(void)state;
	add(&now, 1000, 3, "AS", 0);
	census_close(&now);
	assert_int_equal(gates_judge(&set, NULL, &now, 100, &say), 0);
	assert_int_equal(gates_judge(&set, NULL, &now, 101, &say), 1);
	assert_string_equal(buf_text(&say), "101 numbers came before in the same file, "
	    "more than the 100 of register.max_duplicates");
	/* before is there and empty: nothing in force either */
	assert_int_equal(gates_judge(&set, &before, &now, 0, &say), 0);
}

static void
more_forms_than_can_be_told_apart(void **state)
{
	char name[16];
	int64_t sum = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "F%d", i);
		add(&now, 1, 3, name, 0);
	}
	for (size_t i = 0; i < CENSUS_SLOTS; i++)
		sum += now.form[i].units;
	assert_int_equal(sum, CENSUS_FORMS);
	assert_int_equal(now.other_forms, 1000 - CENSUS_FORMS);
	assert_int_equal(census_form(&now, letters("F7")), 1);
	assert_int_equal(census_form(&now, letters("F999")), 0);
}

int
main(void)
{
#define T(test)	cmocka_unit_test_setup(test, begin)
	const struct CMUnitTest tests[] = {
		T(what_is_the_same_passes),
		T(a_county_loses),
		T(a_county_gains_and_none_is_one_too),
		T(a_small_one_does_not_trip_by_chance),
		T(forms_come_and_go),
		T(email_is_a_share_of_a_share),
		T(a_column_is_gone),
		T(duplicates_count_without_a_register_in_force),
		T(more_forms_than_can_be_told_apart),
	};
	int r = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&say);
	return r;
}
