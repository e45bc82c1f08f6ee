#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <readstat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/tables/dataset.h"

enum { LONG = 3000 };

static char longtext[LONG + 1];

static struct dataset *
example(void)
{
	struct dataset *d = dataset_new("data", "Små bedrifter", "Small firms");

	memset(longtext, 'x', LONG);
	memcpy(longtext + LONG - 2, "ø", 2);
	dataset_add(d, "Næring og ærfugl", DATASET_TEXT, "Næring", "Industry");
	dataset_add_value(d, "0301", "0301 Oslo", "0301 Oslo");
	dataset_add(d, "n", DATASET_WHOLE, "Antall", "Number");
	dataset_add(d, "w", DATASET_REAL, "Vekt", "Weight");
	dataset_add(d, "day", DATASET_DATE, "Dag", "Day");
	dataset_add(d, "svar", DATASET_CLASS, "Svår", "Answer")->asked = 1;
	dataset_add_value(d, "ja", "Ja, på øya", "Yes");
	dataset_add_value(d, "nei", "Nei", "No");
	dataset_add(d, "lang", DATASET_TEXT, "Lang", "Long");
	dataset_row(d);
	dataset_put_text(d, 0, "0301");
	dataset_put_number(d, 1, 7);
	dataset_put_number(d, 2, 0.1);
	dataset_put_number(d, 3, 20000);
	dataset_put_class(d, 4, "nei");
	dataset_put_text(d, 5, longtext);
	dataset_row(d);
	dataset_put_text(d, 0, "=Bø");
	dataset_put_blank(d, 4);
	dataset_row(d);
	dataset_put_class(d, 4, "kanskje");
	dataset_put_text(d, 5, "kort");
	return d;
}

static void
names_fit_all_programs(void **state)
{
	static const struct { const char *says, *source, *want; } rows[] = {
		{ "as it is", "alder", "alder" },
		{ "the same but for case", "Alder", "Alder_2" },
		{ "and once more", "ALDER", "ALDER_3" },
		{ "Norwegian letters", "Størst på øya", "Storst_pa_oya" },
		{ "a digit first", "1. jobb", "v1_jobb" },
		{ "reserved in SPSS", "NOT", "NOT_2" },
		{ "a type of Stata", "str20", "str20_2" },
		{ "nothing left", "??", "v" },
		{ "nothing left, twice", "???", "v_2" },
		{ "too long", "en_to_tre_fire_fem_seks_sju_aatte_ni_ti",
		    "en_to_tre_fire_fem_seks_sju_aatt" },
		{ "too long, twice", "en_to_tre_fire_fem_seks_sju_aatte_ni_tolv",
		    "en_to_tre_fire_fem_seks_sju_aa_2" },
	};
	struct dataset *d = dataset_new("data", "a", "b");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		dataset_add(d, rows[i].source, DATASET_TEXT, "", "");
		if (strcmp(d->var[i].name, rows[i].want) != 0)
			fail_msg("%s: got %s, wanted %s", rows[i].says, d->var[i].name,
			    rows[i].want);
	}
	dataset_free(d);
}

static void
csv_in_two_dialects(void **state)
{
	struct dataset *d = example();
	struct buf b = BUF(1 << 20);

	(void)state;
	d->cell[5].text = "lang";
	assert_int_equal(dataset_csv(d, 0, &b), 0);
	assert_string_equal(buf_text(&b), "Naering_og_aerfugl,n,w,day,svar,lang\n"
	    "0301,7,0.1,2024-10-04,nei,lang\n=Bø,,,,,\n,,,,,kort\n");
	buf_clear(&b);
	assert_int_equal(dataset_csv(d, 1, &b), 1);
	assert_string_equal(buf_text(&b), "\xef\xbb\xbf"
	    "Naering_og_aerfugl;n;w;day;svar;lang\r\n"
	    "0301;7;0,1;2024-10-04;nei;lang\r\n'=Bø;;;;;\r\n;;;;;kort\r\n");
	buf_free(&b);
	dataset_free(d);
}

/* --- read back by ReadStat ------------------------------------------------------- */

static struct buf seen = BUF(1 << 20);

static int
on_variable(int index, readstat_variable_t *v, const char *labels, void *ctx)
{
	(void)index;
	(void)ctx;
	buf_printf(&seen, "%s|%s|%s|%d missing\n", readstat_variable_get_name(v),
	    readstat_variable_get_label(v), labels != NULL ? "labelled" : "",
	    readstat_variable_get_missing_ranges_count(v));
	return READSTAT_HANDLER_OK;
}

static int
on_value(int row, readstat_variable_t *v, readstat_value_t value, void *ctx)
{
	(void)ctx;
	buf_printf(&seen, "%d %s=", row, readstat_variable_get_name(v));
	if (readstat_value_is_tagged_missing(value))
		buf_printf(&seen, ".%c\n", readstat_value_tag(value));
	else if (readstat_value_is_system_missing(value))
		buf_str(&seen, ".\n");
	else if (readstat_value_type(value) == READSTAT_TYPE_STRING) {
		const char *s = readstat_string_value(value);

		if (s != NULL && strlen(s) > 40)
			buf_printf(&seen, "%zu octets\n", strlen(s));
		else
			buf_printf(&seen, "%s\n", s == NULL ? "" : s);
	} else
		buf_printf(&seen, "%.15g\n", readstat_double_value(value));
	return READSTAT_HANDLER_OK;
}

static int
on_label(const char *set, readstat_value_t value, const char *label, void *ctx)
{
	(void)ctx;
	(void)set;
	if (readstat_value_type(value) == READSTAT_TYPE_STRING)
		buf_printf(&seen, "%s -> %s\n", readstat_string_value(value), label);
	else if (readstat_value_is_tagged_missing(value))
		buf_printf(&seen, ".%c -> %s\n", readstat_value_tag(value), label);
	else
		buf_printf(&seen, "%.15g -> %s\n", readstat_double_value(value),
		    label);
	return READSTAT_HANDLER_OK;
}

static void
read_back(const struct buf *b, int stata)
{
	readstat_parser_t *p = readstat_parser_init();
	char path[] = "/tmp/dataset_test-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, b->data, b->len), 0);
	buf_clear(&seen);
	readstat_set_variable_handler(p, on_variable);
	readstat_set_value_handler(p, on_value);
	readstat_set_value_label_handler(p, on_label);
	assert_int_equal(stata ? readstat_parse_dta(p, path, NULL) :
	    readstat_parse_sav(p, path, NULL), READSTAT_OK);
	readstat_parser_free(p);
	(void)remove(path);
}

static void
holds(const char *text)
{
	if (strstr(buf_text(&seen), text) == NULL)
		fail_msg("not there: %s, but\n%s", text, buf_text(&seen));
}

static void
spss_reads_it(void **state)
{
	struct dataset *d = example();
	struct buf b = BUF(1 << 20), again = BUF(1 << 20);
	struct err err;

	(void)state;
	assert_int_equal(dataset_sav(d, LANG_NB, 20000, &b, &err), 0);
	read_back(&b, 0);
	holds("Naering_og_aerfugl|Næring|labelled|0 missing\n");
	holds("svar|Svår|labelled|1 missing\n");
	holds("0301 -> 0301 Oslo\n");
	holds("1 -> Ja, på øya\n2 -> Nei\n-1 -> Ubesvart\n");
	holds("0 Naering_og_aerfugl=0301\n0 n=7\n0 w=0.1\n0 day=13947379200\n"
	    "0 svar=2\n0 lang=3000 octets\n");
	holds("1 Naering_og_aerfugl==Bø\n1 n=.\n1 w=.\n1 day=.\n1 svar=-1\n");
	holds("2 svar=.\n2 lang=kort\n");
	/* in another time zone, in English */
	setenv("TZ", "Asia/Tokyo", 1);
	assert_int_equal(dataset_sav(d, LANG_NB, 20000, &again, &err), 0);
	unsetenv("TZ");
	assert_int_equal(again.len, b.len);
	assert_memory_equal(again.data, b.data, b.len);
	buf_clear(&again);
	assert_int_equal(dataset_sav(d, LANG_EN, 20000, &again, &err), 0);
	read_back(&again, 0);
	holds("2 -> No\n-1 -> No answer\n");
	buf_free(&again);
	buf_free(&b);
	dataset_free(d);
}

static void
stata_reads_it(void **state)
{
	struct dataset *d = example();
	struct buf b = BUF(1 << 20), again = BUF(1 << 20);
	struct err err;

	(void)state;
	assert_int_equal(dataset_dta(d, LANG_NB, 20000, &b, &err), 0);
	assert_non_null(strstr(b.data, "<release>118</release>"));
	read_back(&b, 1);
	holds("svar|Svår|labelled|0 missing\n");
	holds("1 -> Ja, på øya\n2 -> Nei\n.a -> Ubesvart\n");
	holds("0 Naering_og_aerfugl=0301\n0 n=7\n0 w=0.1\n0 day=23653\n0 svar=2\n"
	    "0 lang=3000 octets\n");
	holds("1 Naering_og_aerfugl==Bø\n1 n=.\n1 w=.\n1 day=.\n1 svar=.a\n");
	holds("2 svar=.\n2 lang=kort\n");
	setenv("TZ", "America/New_York", 1);
	assert_int_equal(dataset_dta(d, LANG_NB, 20000, &again, &err), 0);
	unsetenv("TZ");
	assert_int_equal(again.len, b.len);
	assert_memory_equal(again.data, b.data, b.len);
	buf_free(&again);
	buf_free(&b);
	dataset_free(d);
}

static void
too_long_a_text_is_an_error(void **state)
{
	struct dataset *d = dataset_new("data", "a", "b");
	char *text = mem_alloc(40000);
	struct buf b = BUF(1 << 20);
	struct err err;

	(void)state;
	memset(text, 'x', 39999);
	dataset_add(d, "essay", DATASET_TEXT, "", "");
	dataset_row(d);
	dataset_put_text(d, 0, text);
	assert_int_equal(dataset_sav(d, LANG_NB, 1, &b, &err), -1);
	assert_int_equal(err.status, EX_DATAERR);
	assert_non_null(strstr(err.text, "essay"));
	assert_int_equal(dataset_xlsx(d, LANG_NB, 1, &b, &err), -1);
	assert_int_equal(err.status, EX_DATAERR);
	buf_free(&b);
	free(text);
	dataset_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_fit_all_programs),
		cmocka_unit_test(csv_in_two_dialects),
		cmocka_unit_test(spss_reads_it),
		cmocka_unit_test(stata_reads_it),
		cmocka_unit_test(too_long_a_text_is_an_error),
	};
	int r = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&seen);
	return r;
}
