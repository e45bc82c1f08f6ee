#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "pipeline/tables/svg.h"

static void
text_is_broken_into_lines(void **state)
{
	static const struct {
		const char *says, *text;
		double width;
		size_t most;
		const char *want;
	} rows[] = {
		{ "it fits", "to ord", 200, 3, "to ord|" },
		{ "at a blank", "ett langt ord til", 100, 3, "ett langt|ord til|" },
		{ "outer blanks", "  ett  ", 100, 3, "ett|" },
		{ "a word that is too long", "Donaudampfschiff", 70, 3,
		    "Donaud|ampfsc|hiff|" },
		{ "no more lines", "en to tre fire fem seks", 60, 2,
		    "en to|tre\xe2\x80\xa6|" },
		{ "letters of two octets are whole", "øøøøøøøø", 45, 9,
		    "øøøø|øøøø|" },
		{ "narrower than a letter", "øø", 1, 9, "ø|ø|" },
		{ "a control", "a\x1b", 100, 3, "a\xef\xbf\xbd|" },
		{ "nothing", "", 100, 3, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *a = arena_new();
		const char *line[9];
		char got[200] = "";
		size_t n = svg_lines(a, rows[i].text, 15, rows[i].width,
		    rows[i].most, line);

		for (size_t k = 0; k < n; k++) {
			strcat(got, line[k]);
			strcat(got, "|");
			if (svg_width(line[k], 15) > rows[i].width && strlen(line[k]) > 3)
				fail_msg("%s: %s is too wide", rows[i].says, line[k]);
		}
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: got %s, wanted %s", rows[i].says, got,
			    rows[i].want);
		arena_free(a);
	}
}

static void
steps_of_an_axis_are_round(void **state)
{
	static const struct { double max; int whole; double want; } rows[] = {
		{ 308, 1, 100 }, { 4, 1, 1 }, { 1, 1, 1 }, { 12, 1, 5 }, { 0.3, 1, 1 },
		{ 9, 1, 2 }, { 100, 1, 20 }, { 101, 1, 25 }, { 1154000, 1, 250000 },
		{ 0.3, 0, 0.1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double got = svg_step(rows[i].max, 5, rows[i].whole);

		if (got < rows[i].want * 0.999 || got > rows[i].want * 1.001)
			fail_msg("%g: got %g, wanted %g", rows[i].max, got,
			    rows[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_broken_into_lines),
		cmocka_unit_test(steps_of_an_axis_are_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
