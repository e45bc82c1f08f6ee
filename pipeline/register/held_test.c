#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/register/held.h"

/* Numbers differ in their first eight digits, as those with a check digit do. */
static int32_t
number(int i)
{
	return 310000000 + i * 10 + i % 10;
}

static void
an_extract_is_compared(void **state)
{
	struct held *h = held_new(0);
	int32_t gone;
	size_t at = 0;

	(void)state;
	held_add(h, number(1), 11);
	held_add(h, number(2), 22);
	held_add(h, number(3), 33);
	held_add_other(h, number(4));
	held_ready(h);
	assert_int_equal(held_count(h), 3);
	assert_int_equal(held_others(h), 1);
	assert_int_equal(held_find(h, number(1), 12), 0);
	assert_int_equal(held_find(h, number(4), 44), 0);
	assert_int_equal(held_find(h, number(5), 0), 0);
	assert_true(held_find(h, number(1), 11) != 0);
	assert_int_equal(held_meet_at(h, held_find(h, number(1), 11)), HELD_SAME);
	assert_int_equal(held_meet_at(h, held_find(h, number(1), 11)), HELD_TWICE);
	assert_int_equal(held_meet(h, number(2), 23), HELD_CHANGED);
	assert_int_equal(held_meet_at(h, held_find(h, number(2), 22)), HELD_TWICE);
	assert_int_equal(held_meet(h, number(4), 44), HELD_OTHER);
	assert_int_equal(held_meet(h, number(5), 55), HELD_NEW);
	for (int i = 1; i <= 5; i++)
		if (i != 3)
			assert_int_equal(held_meet(h, number(i), 11), HELD_TWICE);
	assert_int_equal(held_next_gone(h, &at, &gone), 1);
	assert_int_equal(gone, number(3));
	assert_int_equal(held_next_gone(h, &at, &gone), 0);
	held_free(h);
}

/* Far more than was expected, from the least number to the greatest. */
static void
it_grows(void **state)
{
	enum { N = 300000 };
	struct held *h = held_new(10);
	size_t at = 0;
	int64_t sum = 0, want = 0;
	int32_t gone;

	(void)state;
	for (int i = 0; i < N; i++)
		held_add(h, i * 3330 + 1, i);
	held_ready(h);
	assert_int_equal(held_count(h), N);
	for (int i = 0; i < N; i++) {
		if (i % 1000 == 7) {
			want += i * INT64_C(3330) + 1;
			continue;
		}
		assert_int_equal(held_meet(h, i * 3330 + 1, i), HELD_SAME);
	}
	while (held_next_gone(h, &at, &gone))
		sum += gone;
	assert_int_equal(sum, want);
	assert_int_equal(held_meet(h, 999999999, 1), HELD_NEW);
	assert_int_equal(held_meet(h, 999999999, 1), HELD_TWICE);
	assert_int_equal(held_meet(h, 999999989, 1), HELD_NEW);
	held_free(h);
	held_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_extract_is_compared),
		cmocka_unit_test(it_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
