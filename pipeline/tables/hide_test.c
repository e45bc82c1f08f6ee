#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "pipeline/tables/hide.h"

enum { CELLS = 64 };

/* Counts without sums in; the marks as text, "." shown and ":" hidden. */
static const char *
marks(const int64_t *inner, size_t r, size_t c, int small)
{
	static char text[CELLS + 1];
	int64_t n[CELLS] = { 0 };
	unsigned char hidden[CELLS];
	size_t rows = r + 1, columns = c + 1;

	for (size_t i = 0; i < r; i++)
		for (size_t k = 0; k < c; k++) {
			int64_t v = inner[i * c + k];

			n[i * columns + k] = v;
			n[i * columns + c] += v;
			n[r * columns + k] += v;
			n[r * columns + c] += v;
		}
	hide_mark(n, rows, columns, small, hidden);
	for (size_t i = 0; i < rows * columns; i++)
		text[i] = hidden[i] ? ':' : '.';
	text[rows * columns] = '\0';
	return text;
}

static void
a_small_cell_takes_others_with_it(void **state)
{
	static const int64_t t[] = { 2, 10, 20,  30, 40, 50,  60, 7, 80 };

	(void)state;
	/* its row: 10; the columns of both: 30 and 7; their rows: 40 and 60 */
	assert_string_equal(marks(t, 3, 3, 3), "::.." "::.." "::.." "....");
	assert_string_equal(marks(t, 3, 3, 0), "................");
}

static void
two_ones_are_not_hidden_by_each_other(void **state)
{
	static const int64_t t[] = { 1, 1, 20 };

	(void)state;
	/* their sum, 2, would tell */
	assert_string_equal(marks(t, 1, 3, 3)  , ":::." ":::.");
}

static void
nothing_small_hides_nothing(void **state)
{
	static const int64_t t[] = { 0, 3, 4, 0 };

	(void)state;
	assert_string_equal(marks(t, 2, 2, 3), ".........");
}

/*
 * Slow and obvious: no other table of counts that prints the same may be
 * missing; that is, for every hidden count there is another filling of all
 * hidden cells with the same sums in which it is another.
 */
struct search {
	int64_t inner[9], got[9];
	unsigned char hidden[16];
	size_t r, c;
	int64_t low[9], high[9];
};

static int
fits(const struct search *s)
{
	int64_t all = 0, whole = 0;

	for (size_t i = 0; i < s->r; i++) {
		int64_t a = 0, b = 0;

		for (size_t k = 0; k < s->c; k++) {
			a += s->got[i * s->c + k];
			b += s->inner[i * s->c + k];
		}
		if (!s->hidden[i * (s->c + 1) + s->c] && a != b)
			return 0;
		all += a;
		whole += b;
	}
	for (size_t k = 0; k < s->c; k++) {
		int64_t a = 0, b = 0;

		for (size_t i = 0; i < s->r; i++) {
			a += s->got[i * s->c + k];
			b += s->inner[i * s->c + k];
		}
		if (!s->hidden[s->r * (s->c + 1) + k] && a != b)
			return 0;
	}
	return s->hidden[s->r * (s->c + 1) + s->c] || all == whole;
}

static void
fill(struct search *s, size_t at)
{
	size_t n = s->r * s->c;

	if (at == n) {
		if (!fits(s))
			return;
		for (size_t i = 0; i < n; i++) {
			if (s->got[i] < s->low[i])
				s->low[i] = s->got[i];
			if (s->got[i] > s->high[i])
				s->high[i] = s->got[i];
		}
		return;
	}
	if (!s->hidden[at / s->c * (s->c + 1) + at % s->c]) {
		s->got[at] = s->inner[at];
		fill(s, at + 1);
		return;
	}
	for (int64_t v = 0; v <= 8; v++) {
		s->got[at] = v;
		fill(s, at + 1);
	}
}

static void
no_small_count_can_be_worked_out(void **state)
{
	uint32_t seed = 1;
	int looked = 0;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct search s = { .r = 2, .c = 3 };
		const char *m;

		for (size_t i = 0; i < 6; i++) {
			seed = seed * 1103515245 + 12345;
			s.inner[i] = (seed >> 16) % 8;
			s.low[i] = 99;
			s.high[i] = -1;
		}
		m = marks(s.inner, s.r, s.c, 3);
		for (size_t i = 0; i < 12; i++)
			s.hidden[i] = m[i] == ':';
		fill(&s, 0);
		for (size_t i = 0; i < 6; i++)
			if (s.inner[i] > 0 && s.inner[i] < 3) {
				looked++;
				if (s.low[i] == s.high[i])
					fail_msg("round %d: cell %zu is %d and can "
					    "be told from %s", round, i,
					    (int)s.inner[i], m);
			}
	}
	assert_true(looked > 300);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_cell_takes_others_with_it),
		cmocka_unit_test(two_ones_are_not_hidden_by_each_other),
		cmocka_unit_test(nothing_small_hides_nothing),
		cmocka_unit_test(no_small_count_can_be_worked_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
