#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "pipeline/tables/chart.h"

typedef int chart(struct markup *, const char *, const struct table *);

static struct buf out = BUF(1 << 20);

static int
drawn(chart *draw, const struct table *t)
{
	struct markup *m = markup_new();
	struct err err;
	int r;

	buf_clear(&out);
	markup_open(m, "div");
	r = draw(m, "x", t);
	assert_int_equal(markup_end(m, &out, &err), 0);
	return r;
}

static void
has(const char *what)
{
	if (strstr(buf_text(&out), what) == NULL)
		fail_msg("want %s in\n%s", what, buf_text(&out));
}

static void
columns(struct table *t, const char *const *key, size_t n)
{
	for (size_t i = 0; i < n; i++)
		table_column(t, key[i], key[i], i == 0 ? TABLE_LEFT : TABLE_RIGHT);
}

static void
rate(struct table *t, enum table_kind kind, const char *label, int answered,
    int delivered, double low, double high)
{
	table_row(t, kind, label);
	table_add_text(t, label);
	table_add_count(t, delivered);
	if (answered < 0) {
		for (int i = 0; i < 4; i++)
			table_add_sign(t, ":");
		return;
	}
	table_add_count(t, answered);
	table_add_percent(t, answered, delivered, 1);
	table_add_share(t, low);
	table_add_share(t, high);
}

static void
dots_are_sorted_and_hide_what_the_table_hides(void **state)
{
	static const char *const key[] = { "category", "delivered", "answered",
		"gross_rate", "low", "high" };
	struct table *t = table_new("rates_by", LANG_EN);
	const char *first, *second, *hidden, *total;
	int dots = 0;

	(void)state;
	columns(t, key, 6);
	rate(t, TABLE_BODY, "Lav", 5, 100, 0.02, 0.11);
	rate(t, TABLE_BODY, "Skjult", -1, 7, 0, 0);
	rate(t, TABLE_BODY, "Hoy", 20, 100, 0.13, 0.29);
	rate(t, TABLE_TOTAL, "Total", 26, 207, 0.09, 0.18);
	assert_int_equal(drawn(chart_dots, t), 1);
	first = strstr(buf_text(&out), ">Hoy</text>");
	second = strstr(buf_text(&out), ">Lav</text>");
	hidden = strstr(buf_text(&out), ">Skjult</text>");
	total = strstr(buf_text(&out), ">Total</text>");
	assert_non_null(first);
	assert_true(first < second && second < hidden && hidden < total);
	has("Hoy: 20.0% (13.0%–29.0%), answered 20 of 100.");
	has("Skjult: not shown.");
	has(">not shown</text>");
	/* three dots of four, an axis of 0 to 30 per cent: 204 + 300 * 2 / 3 */
	has("<circle cx=\"404\"");
	for (const char *c = buf_text(&out); (c = strstr(c, "<circle")) != NULL; c++)
		dots++;
	assert_int_equal(dots, 3);
	has(">30%</text>");
	assert_null(strstr(buf_text(&out), ">40%</text>"));
	table_free(t);
}

static void
the_flow_has_each_level_and_each_loss(void **state)
{
	static const char *const key[] = { "step", "change", "left" };
	struct table *t = table_new("funnel", LANG_EN);

	(void)state;
	columns(t, key, 3);
	table_row(t, TABLE_BODY, "register");
	table_add_text(t, "In the register");
	table_add_empty(t);
	table_add_count(t, 1154000);
	table_row(t, TABLE_BODY, "loss");
	table_add_text(t, "a loss with a name that is so long that it wants two lines");
	table_add_count(t, -1153700);
	table_row(t, TABLE_BODY, "none");
	table_add_text(t, "nothing lost here");
	table_add_count(t, 0);
	table_row(t, TABLE_BODY, "gain");
	table_add_text(t, "a gain");
	table_add_count(t, 8);
	table_row(t, TABLE_SUBTOTAL, "answered");
	table_add_text(t, "Answered");
	table_add_empty(t);
	table_add_count(t, 308);
	assert_int_equal(drawn(chart_flow, t), 1);
	has("In the register: 1,154,000. Answered: 308. ");
	has(">\xe2\x88\x92" "1,153,700</text>");
	has(">+8</text>");
	assert_null(strstr(buf_text(&out), "nothing lost here"));
	/* the longest bar fills its box */
	has("width=\"272\"");
	table_free(t);
}

static void
day(struct table *t, const char *key, const char *wave, int answered, int so_far)
{
	table_row(t, TABLE_BODY, key);
	table_add_text(t, key);
	table_add_text(t, wave);
	table_add_count(t, answered);
	table_add_count(t, so_far);
}

static void
the_curve_marks_each_wave(void **state)
{
	static const char *const key[] = { "day", "wave", "answered", "so_far" };
	struct table *t = table_new("days", LANG_EN);

	(void)state;
	columns(t, key, 4);
	assert_int_equal(drawn(chart_days, t), 0);
	day(t, "2026-10-05", "invitation", 0, 0);
	assert_int_equal(drawn(chart_days, t), 0);
	day(t, "2026-10-06", "", 10, 10);
	day(t, "2026-10-07", "reminder", 2, 12);
	day(t, "2026-10-08", "reminder 2", 0, 12);
	day(t, "2026-10-24", "", 8, 20);
	day(t, "undated", "", 4, 24);
	assert_int_equal(drawn(chart_days, t), 1);
	has("2026-10-05 to 2026-10-24: answers 20. Letters: invitation 2026-10-05; "
	    "reminder 2026-10-07; reminder 2 2026-10-08.");
	/* a day is 32 wide; names that would meet are one above the other */
	has("x=\"60\" y=\"16\" class=\"wave\">invitation<");
	has("x=\"124\" y=\"36\" class=\"wave\">reminder<");
	has("x=\"156\" y=\"16\" class=\"wave\">reminder 2<");
	has(" H700\"");
	table_free(t);
}

static void
bars_are_the_reasons_alone(void **state)
{
	static const char *const key[] = { "part", "category", "units", "share" };
	static const struct { const char *key, *label; int n; } rows[] = {
		{ "reason/userunknown", "unknown recipient", 30 },
		{ "reason/", "Not stated", 10 }, { "domain/", "other domains", 40 } };
	struct table *t = table_new("returns", LANG_EN);

	(void)state;
	columns(t, key, 4);
	assert_int_equal(drawn(chart_bars, t), 0);
	for (size_t i = 0; i < 3; i++) {
		table_row(t, TABLE_BODY, rows[i].key);
		table_add_empty(t);
		table_add_text(t, rows[i].label);
		table_add_count(t, rows[i].n);
		table_add_percent(t, rows[i].n, 40, 1);
	}
	assert_int_equal(drawn(chart_bars, t), 1);
	has("unknown recipient: 30, 75.0%. Not stated: 10, 25.0%. ");
	has("width=\"370\"");
	has("width=\"123.3\"");
	assert_null(strstr(buf_text(&out), "other domains"));
	table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dots_are_sorted_and_hide_what_the_table_hides),
		cmocka_unit_test(the_flow_has_each_level_and_each_loss),
		cmocka_unit_test(the_curve_marks_each_wave),
		cmocka_unit_test(bars_are_the_reasons_alone),
	};
	int r = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&out);
	return r;
}
