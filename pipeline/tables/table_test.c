#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/csv.h"
#include "pipeline/base/date.h"
#include "pipeline/tables/table.h"

#define NBSP "\xc2\xa0"
#define MINUS "\xe2\x88\x92"

static void
numbers_are_printed_in_the_language_of_the_table(void **state)
{
	static const struct {
		int64_t scaled;
		int decimals, grouped;
		const char *nb, *en;
	} t[] = {
		{ 0, 0, 0, "0", "0" },
		{ 1576, 0, 0, "1576", "1576" },
		{ 9999, 0, 0, "9999", "9999" },
		{ 10000, 0, 0, "10" NBSP "000", "10,000" },
		{ 1576, 0, 1, "1" NBSP "576", "1,576" },
		{ 999, 0, 1, "999", "999" },
		{ 1234567, 0, 0, "1" NBSP "234" NBSP "567", "1,234,567" },
		{ 150, 1, 0, "15,0", "15.0" },
		{ 5, 3, 0, "0,005", "0.005" },
		{ -5, 1, 0, MINUS "0,5", MINUS "0.5" },
		{ -12345, 0, 0, MINUS "12" NBSP "345", MINUS "12,345" },
		{ 1234567, 2, 0, "12" NBSP "345,67", "12,345.67" },
		{ INT64_MIN, 0, 0, MINUS "9" NBSP "223" NBSP "372" NBSP "036" NBSP
		    "854" NBSP "775" NBSP "808",
		    MINUS "9,223,372,036,854,775,808" },
	};
	struct buf b = BUF(200);

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		for (int l = 0; l < 2; l++) {
			buf_clear(&b);
			table_put_number(&b, t[i].scaled, t[i].decimals,
			    t[i].grouped, (enum lang)l);
			assert_string_equal(buf_text(&b),
			    l == LANG_EN ? t[i].en : t[i].nb);
		}
	buf_free(&b);
}

static void
figures_for_notes_round_once_and_half_away_from_zero(void **state)
{
	struct table *nb = table_new("t", LANG_NB), *en = table_new("t", LANG_EN);

	(void)state;
	assert_string_equal(table_percent(nb, 1, 8, 0), "13" NBSP "%");
	assert_string_equal(table_percent(en, 1, 8, 1), "12.5%");
	assert_string_equal(table_percent(nb, 1, 0, 1), ".");
	assert_string_equal(table_share(nb, 1, 5), "20" NBSP "%");
	assert_string_equal(table_share(nb, 1, 8), "12,5" NBSP "%");
	assert_string_equal(table_share(en, 1, 1), "100%");
	assert_string_equal(table_share(en, 1, 3), "33.333333%");
	assert_string_equal(table_percent(nb, 1234, 100, 0), "1234" NBSP "%");
	assert_string_equal(table_count(nb, 54), "54");
	assert_string_equal(table_real(nb, 1576, 0), "1576");
	assert_string_equal(table_real(nb, 370.45, 1), "370,5");
	assert_string_equal(table_real(en, NAN, 1), ".");
	assert_string_equal(table_real(en, 1e300, 1), ".");
	table_free(nb);
	table_free(en);
	table_free(NULL);
}

/* A table with a cell of every kind. */
static struct table *
sample(enum lang lang)
{
	struct table *t = table_new("sample", lang);
	const char *arg = "3";

	table_title(t, WORD_TITLE_NET, "Prøve");
	table_column(t, "name", "", TABLE_LEFT);
	table_column(t, "n", "Antall", TABLE_RIGHT);
	table_row(t, TABLE_BODY, "a");
	table_add_text(t, "Blåbærøl");
	table_add_count(t, 1576);
	table_row(t, TABLE_BODY, "b");
	table_add_text(t, "half");
	table_add_ratio(t, 5, 2, 0);
	table_row(t, TABLE_BODY, "c");
	table_add_text(t, "share");
	table_add_percent(t, 1, 16, 1);
	table_row(t, TABLE_BODY, "d");
	table_add_text(t, "none");
	table_add_count(t, 0);
	table_row(t, TABLE_BODY, "e");
	table_add_text(t, "undefined");
	table_add_percent(t, 1, 0, 0);
	table_row(t, TABLE_SUBTOTAL, "f");
	table_add_text(t, "minus");
	table_add_count(t, -7);
	table_row(t, TABLE_TOTAL, "g");
	table_add_text(t, "left out");
	table_note(t, WORD_NOTE_REVIEW, &arg, 1);
	table_warning(t, WORD_DEF_NET, NULL, 0);
	table_end(t, DATE_NONE);
	return t;
}

static void
text_is_aligned_by_what_is_seen_and_ruled_off(void **state)
{
	static const char plain[] =
	    "Prøve: brutto- og nettoutvalg, antall enheter\n"
	    "\n"
	    "           Antall\n"
	    "-----------------\n"
	    "Blåbærøl     1576\n"
	    "half            3\n"
	    "share       6,3" NBSP "%\n"
	    "none            -\n"
	    "undefined       .\n"
	    "-----------------\n"
	    "minus          " MINUS "7\n"
	    "-----------------\n"
	    "left out\n"
	    "\n"
	    "Enheter med retur som venter på gjennomgang, ikke regnet som retur: 3.\n"
	    "Advarsel: Netto: sendt ut";
	static const char boxed[] =
	    "┌───────────┬────────┐\n"
	    "│           │ Antall │\n"
	    "├───────────┼────────┤\n"
	    "│ Blåbærøl  │   1576 │\n";
	static const char boxed_end[] =
	    "├───────────┼────────┤\n"
	    "│ minus     │     " MINUS "7 │\n"
	    "├───────────┼────────┤\n"
	    "│ left out  │        │\n"
	    "└───────────┴────────┘\n";
	struct table *t = sample(LANG_NB);
	struct buf b = BUF(10000);

	(void)state;
	table_text(t, 0, 0, &b);
	if (strncmp(buf_text(&b), plain, sizeof(plain) - 1) != 0)
		fail_msg("got\n%s\nwant\n%s", buf_text(&b), plain);
	buf_clear(&b);
	table_text(t, 1, 0, &b);
	if (strstr(buf_text(&b), boxed) == NULL ||
	    strstr(buf_text(&b), boxed_end) == NULL)
		fail_msg("got\n%s\nwant\n%s...%s", buf_text(&b), boxed, boxed_end);
	buf_free(&b);
	table_free(t);
}

static void
notes_are_wrapped_and_name_the_signs_that_occur(void **state)
{
	struct table *t = sample(LANG_NB);
	struct buf b = BUF(10000);
	const char *s;

	(void)state;
	assert_int_equal(t->nnote, 4);
	assert_string_equal(t->note[2].text,
	    "Tegn: - null; . kan ikke forekomme (ikke definert).");
	assert_string_equal(t->note[3].text,
	    "Kilde: Enhetsregisteret og undersøkelsens egen utsending.");
	table_text(t, 0, 40, &b);
	assert_non_null(strstr(buf_text(&b),
	    "\nEnheter med retur som venter på\n"
	    "gjennomgang, ikke regnet som retur: 3.\n"
	    "Advarsel: Netto: sendt ut minus retur; i\nalt også"));
	for (s = buf_text(&b); *s != '\0'; s++)
		if (*s == '\n')
			assert_true(s[-1] != ' ');
	buf_free(&b);
	table_free(t);

	t = table_new("t", LANG_EN);
	table_column(t, "n", "N", TABLE_RIGHT);
	table_row(t, TABLE_BODY, "a");
	table_add_sign(t, ":");
	table_end(t, 20780);
	assert_int_equal(t->nnote, 2);
	assert_string_equal(t->note[0].text, "Signs: : not shown.");
	assert_non_null(strstr(t->note[1].text, "as of 2026-11-23,"));
	table_free(t);
	t = table_new("t", LANG_NB);
	table_end(t, 20780);
	assert_int_equal(t->nnote, 1);
	assert_non_null(strstr(t->note[0].text, "slik det var 23.11.2026,"));
	table_free(t);
}

static void
the_smallest_table_is_ruled_off_too(void **state)
{
	struct table *t = table_new("t", LANG_EN);
	struct buf b = BUF(1000);
	const char *arg = "1";

	(void)state;
	table_title(t, WORD_TITLE_NET, "t");
	table_column(t, "a", "A", TABLE_RIGHT);
	table_row(t, TABLE_BODY, "1");
	table_add_count(t, 1);
	table_row(t, TABLE_TOTAL, "2");
	table_add_count(t, 1);
	table_note(t, WORD_NOTE_REVIEW, &arg, 1);
	table_text(t, 0, 0, &b);
	assert_non_null(strstr(buf_text(&b), "\n\nA\n-\n1\n-\n1\n\nUnits with a "));
	buf_free(&b);
	table_free(t);
}

static void
a_column_with_ten_thousand_sets_all_its_thousands_apart(void **state)
{
	struct table *t = table_new("t", LANG_EN);
	struct buf b = BUF(1000);

	(void)state;
	table_column(t, "a", "A", TABLE_RIGHT);
	table_column(t, "b", "B", TABLE_RIGHT);
	table_column(t, "c", "C", TABLE_RIGHT);
	table_row(t, TABLE_BODY, "1");
	table_add_count(t, 1576);
	table_add_count(t, 1576);
	table_add_count(t, 1576);
	table_row(t, TABLE_BODY, "2");
	table_add_count(t, 10000);
	table_add_count(t, 9999);
	table_add_count(t, -10000);
	for (size_t c = 0; c < 3; c++) {
		table_put_cell(&b, t, 0, c);
		buf_chr(&b, ' ');
	}
	assert_string_equal(buf_text(&b), "1,576 1576 1,576 ");
	buf_free(&b);
	table_free(t);
}

static void
markdown_holds_nothing_but_the_table(void **state)
{
	static const char want[] =
	    "**a\\|b\\*\\<i\\>\\_\\`\\[x\\]\\\\ \\&amp; R & D: gross and net sample, "
	    "number of units**\n"
	    "\n"
	    "| A\\|B | N |\n"
	    "| --- | ---: |\n"
	    "| \xef\xbf\xbdx | 15.5% |\n"
	    "\n"
	    "- Warning: Units with a return that waits for review, not counted as "
	    "returned: 4.\n";
	struct table *t = table_new("t", LANG_EN);
	struct buf b = BUF(10000);
	const char *arg = "4";

	(void)state;
	table_title(t, WORD_TITLE_NET, "a|b*<i>_`[x]\\ &amp; R & D");
	table_column(t, "a", "A|B", TABLE_LEFT);
	table_column(t, "n", "N", TABLE_RIGHT);
	table_row(t, TABLE_BODY, "1");
	table_add_text(t, "\nx");
	table_add_percent(t, 155, 1000, 1);
	table_warning(t, WORD_NOTE_REVIEW, &arg, 1);
	table_md(t, &b);
	assert_string_equal(buf_text(&b), want);
	buf_free(&b);
	table_free(t);
}

static void
a_label_cannot_steer_the_terminal(void **state)
{
	struct table *t = table_new("t", LANG_NB);
	struct buf b = BUF(10000);

	(void)state;
	table_title(t, WORD_TITLE_NET, "\033[2J");
	table_column(t, "a", "\033]0;x\007", TABLE_LEFT);
	table_row(t, TABLE_BODY, "1");
	table_add_text(t, "a\r\nb\x9b\xff");
	table_text(t, 1, 0, &b);
	assert_null(strchr(buf_text(&b), '\033'));
	assert_null(strchr(buf_text(&b), '\007'));
	assert_null(strchr(buf_text(&b), '\r'));
	assert_null(strstr(buf_text(&b), "\xff"));
	buf_free(&b);
	table_free(t);
}

static void
csv_has_figures_and_no_decoration(void **state)
{
	static const char plain[] =
	    "name,Antall\nBlåbærøl,1576\nhalf,3\nshare,6.3\nnone,0\nundefined,\n"
	    "minus,-7\nleft out,\n";
	static const char excel[] =
	    "\xef\xbb\xbfname;Antall\r\nBlåbærøl;1576\r\nhalf;3\r\nshare;6,3\r\n"
	    "none;0\r\nundefined;\r\nminus;-7\r\nleft out;\r\n";
	struct table *t = sample(LANG_NB);
	struct buf b = BUF(10000);
	struct csv c;
	struct err err;

	(void)state;
	assert_int_equal(table_csv(t, TABLE_PLAIN, &b), 0);
	assert_string_equal(buf_text(&b), plain);
	assert_int_equal(csv_open(&c, buf_text(&b), b.len, 0, &err), 0);
	for (int i = 0; i < 7; i++)
		assert_int_equal(csv_next(&c, &err), 1);
	assert_int_equal(csv_next(&c, &err), 0);
	csv_close(&c);
	buf_clear(&b);
	assert_int_equal(table_csv(t, TABLE_EXCEL_NB, &b), 0);
	assert_string_equal(buf_text(&b), excel);
	buf_free(&b);
	table_free(t);
}

static void
csv_keeps_the_decimals_that_are_printed(void **state)
{
	struct table *t = table_new("t", LANG_NB);
	struct buf b = BUF(1000);

	(void)state;
	table_column(t, "a", "A", TABLE_RIGHT);
	table_row(t, TABLE_BODY, "1");
	table_add_ratio(t, 100005, 1000, 2);
	table_row(t, TABLE_BODY, "2");
	table_add_percent(t, -1, 3000, 3);
	table_csv(t, TABLE_PLAIN, &b);
	table_csv(t, TABLE_EXCEL_NB, &b);
	assert_string_equal(buf_text(&b), "A\n100.01\n-0.033\n"
	    "\xef\xbb\xbf" "A\r\n100,01\r\n-0,033\r\n");
	buf_free(&b);
	table_free(t);
}

static void
excel_is_given_no_formulas_and_others_are_given_the_text(void **state)
{
	static const char *const nasty[] = { "=1+1", "+1", "-1", "@SUM(A1)",
		"\tx", "\rx" };
	static const char *const fine[] = { "a=1", "1-1", "", "'x", "é@x" };
	struct buf b = BUF(10000);
	struct csv c;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(nasty) / sizeof(nasty[0]) +
	    sizeof(fine) / sizeof(fine[0]); i++) {
		size_t m = sizeof(nasty) / sizeof(nasty[0]);
		const char *text = i < m ? nasty[i] : fine[i - m];

		for (int d = TABLE_PLAIN; d <= TABLE_EXCEL_NB; d++) {
			struct table *t = table_new("t", LANG_NB);
			size_t want = i < m && d == TABLE_EXCEL_NB;
			const char *got;

			table_column(t, "a", "A", TABLE_LEFT);
			table_column(t, "b", text, TABLE_RIGHT);
			table_row(t, TABLE_BODY, "1");
			table_add_text(t, text);
			table_add_count(t, -1);
			buf_clear(&b);
			assert_int_equal(table_csv(t, (enum table_dialect)d, &b),
			    2 * want);
			assert_int_equal(csv_open(&c, buf_text(&b), b.len, 0,
			    &err), 0);
			assert_int_equal(csv_next(&c, &err), 1);
			got = c.field[0];
			if (want) {
				assert_int_equal(got[0], '\'');
				got++;
			}
			assert_string_equal(got, text);
			assert_string_equal(c.field[1], "-1");
			csv_close(&c);
			table_free(t);
		}
	}
	buf_free(&b);
}

static void
json_holds_the_exact_figure_and_the_printed_one(void **state)
{
	static const char *const want[] = {
		"{\"table\": \"sample\", \"lang\": \"nb\", \"title\": \"Prøve: ",
		"\"columns\": [{\"key\": \"name\", \"head\": \"\"}, "
		    "{\"key\": \"n\", \"head\": \"Antall\"}]",
		"{\"key\": \"a\", \"kind\": \"body\", \"cells\": {\"name\": "
		    "{\"value\": \"Blåbærøl\", \"text\": \"Blåbærøl\"}, \"n\": "
		    "{\"value\": 1576, \"text\": \"1576\"}}}",
		"\"n\": {\"value\": 2.5, \"num\": 5, \"den\": 2, \"text\": \"3\"}",
		"\"n\": {\"value\": 0.0625, \"num\": 1, \"den\": 16, \"text\": "
		    "\"6,3" NBSP "%\"}",
		"\"n\": {\"value\": 0, \"text\": \"-\"}",
		"\"n\": {\"value\": null, \"text\": \".\"}",
		"{\"key\": \"f\", \"kind\": \"subtotal\"",
		"{\"key\": \"g\", \"kind\": \"total\", \"cells\": {\"name\": "
		    "{\"value\": \"left out\", \"text\": \"left out\"}, \"n\": null}}",
		"{\"key\": \"review\", \"warning\": false, \"text\": \"Enheter med",
		"{\"key\": \"def_net\", \"warning\": true, \"text\": \"Netto: ",
	};
	struct table *t = sample(LANG_NB);
	struct buf b = BUF(10000);
	struct json j;

	(void)state;
	json_begin(&j, &b, 0);
	json_object(&j);
	table_json(t, &j);
	json_end(&j);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		if (strstr(buf_text(&b), want[i]) == NULL)
			fail_msg("want %s\nin %s", want[i], buf_text(&b));
	buf_free(&b);
	table_free(t);
}

static void
every_text_is_there_in_both_languages(void **state)
{
	(void)state;
	for (int w = 0; w < WORDS; w++) {
		const char *nb = words_text((enum word)w, LANG_NB);
		const char *en = words_text((enum word)w, LANG_EN);
		const char *key = words_key((enum word)w);

		if (nb == NULL || en == NULL || key == NULL)
			fail_msg("word %d is missing", w);
		/* the same places to fill in */
		for (char place[] = "{1}"; place[1] <= '9'; place[1]++)
			if ((strstr(nb, place) == NULL) != (strstr(en, place) == NULL))
				fail_msg("%s: %s in one language only", key, place);
	}
}

static void
places_are_filled_in_and_what_was_filled_in_is_left_alone(void **state)
{
	const char *arg[] = { "{2}", "b" };
	struct buf b = BUF(1000);

	(void)state;
	words_fill(&b, WORD_NOTE_K, LANG_EN, arg, 2);
	assert_string_equal(buf_text(&b), "K = I + P + R + NC + O = {2}; "
	    "U = UH + UR + UO = b. LOC1 and LOC2 are not AAPOR's.");
	buf_free(&b);
}

/* A table of what could go wrong: marks of TeX, a code with a nought first, a
 * formula, a control character. */
static struct table *
awkward(void)
{
	struct table *t = table_new("rates_by x", LANG_NB);

	table_title(t, WORD_TITLE_AAPOR, NULL);
	table_column(t, "a", "[50 % & #1_{x}", TABLE_LEFT);
	table_column(t, "b", "~^\\", TABLE_RIGHT);
	table_row(t, TABLE_BODY, "1");
	table_add_text(t, "0301");
	table_add_percent(t, 1, 3, 1);
	table_row(t, TABLE_TOTAL, "2");
	table_add_text(t, "=1+1\x01<b>");
	table_add_count(t, -12345);
	table_end(t, DATE_NONE);
	return t;
}

static void
latex_escapes_what_tex_would_act_on(void **state)
{
	struct table *t = awkward();
	struct buf b = BUF(10000);

	(void)state;
	table_latex(t, &b);
	assert_non_null(strstr(buf_text(&b), "\\label{tab:rates-by-x}\n"
	    "\\begin{tabular}{lr}\n\\toprule\n{}[50 \\% \\& \\#1\\_\\{x\\} & "
	    "\\textasciitilde{}\\textasciicircum{}\\textbackslash{} \\\\\n"
	    "\\midrule\n0301 & 33,3~\\% \\\\\n\\midrule\n=1+1"));
	assert_non_null(strstr(buf_text(&b), "\\textless{}b\\textgreater{} & "
	    "$-$12~345 \\\\\n\\bottomrule\n"));
	assert_null(strchr(buf_text(&b), '\x01'));
	buf_free(&b);
	table_free(t);
}

static void
a_workbook_is_the_same_octets_each_time(void **state)
{
	struct table *t = awkward();
	struct buf one = BUF(1 << 20), two = BUF(1 << 20), small = BUF(10);
	struct err err;

	(void)state;
	assert_int_equal(table_xlsx(t, 20780, &one, &err), 0);
	assert_int_equal(table_xlsx(t, 20780, &two, &err), 0);
	assert_true(one.len > 1000 && one.len == two.len);
	assert_memory_equal(one.data, two.data, one.len);
	assert_memory_equal(one.data, "PK\x03\x04", 4);
	buf_clear(&two);
	assert_int_equal(table_xlsx(t, DATE_NONE, &two, &err), 0);
	assert_int_equal(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
	assert_int_equal(table_xlsx(t, 20780, &small, &err), -1);
	assert_non_null(strstr(err.text, "temporary file"));
	unsetenv("TMPDIR");
	buf_free(&one);
	buf_free(&two);
	buf_free(&small);
	table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_printed_in_the_language_of_the_table),
		cmocka_unit_test(figures_for_notes_round_once_and_half_away_from_zero),
		cmocka_unit_test(text_is_aligned_by_what_is_seen_and_ruled_off),
		cmocka_unit_test(notes_are_wrapped_and_name_the_signs_that_occur),
		cmocka_unit_test(the_smallest_table_is_ruled_off_too),
		cmocka_unit_test(a_column_with_ten_thousand_sets_all_its_thousands_apart),
		cmocka_unit_test(markdown_holds_nothing_but_the_table),
		cmocka_unit_test(a_label_cannot_steer_the_terminal),
		cmocka_unit_test(csv_has_figures_and_no_decoration),
		cmocka_unit_test(csv_keeps_the_decimals_that_are_printed),
		cmocka_unit_test(excel_is_given_no_formulas_and_others_are_given_the_text),
		cmocka_unit_test(json_holds_the_exact_figure_and_the_printed_one),
		cmocka_unit_test(every_text_is_there_in_both_languages),
		cmocka_unit_test(places_are_filled_in_and_what_was_filled_in_is_left_alone),
		cmocka_unit_test(latex_escapes_what_tex_would_act_on),
		cmocka_unit_test(a_workbook_is_the_same_octets_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
