#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/csv.h"
#include "pipeline/base/date.h"
#include "pipeline/base/err.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/json.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/num.h"
#include "pipeline/base/utf8.h"

static void
an_error_reads_from_the_outside_in(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(err_set(&err, EX_DATAERR, "unit %d: a\nb", 41), -1);
	assert_int_equal(err_context(&err, "load %s", "x.gz"), -1);
	assert_string_equal(err.text, "load x.gz: unit 41: a?b");
	assert_int_equal(err.status, EX_DATAERR);
	for (int i = 0; i < 300; i++)
		err_context(&err, "again");
	assert_true(strlen(err.text) < sizeof(err.text));
	assert_memory_equal(err.text, "again: again: ", 14);
}

static void
a_buf_stops_at_its_limit(void **state)
{
	struct buf b = BUF(10);

	(void)state;
	assert_string_equal(buf_text(&b), "");
	buf_str(&b, "12345");
	buf_printf(&b, "%s", "67890");
	assert_int_equal(b.over, 0);
	buf_chr(&b, 'x');
	assert_int_equal(b.over, 1);
	assert_string_equal(b.data, "1234567890");
	buf_clear(&b);
	buf_chr(&b, 'y');
	assert_string_equal(b.data, "y");
	buf_free(&b);
}

static void
days_are_days_that_exist(void **state)
{
	static const struct { const char *text; int32_t day; } good[] = {
		{ "1970-01-01", 0 }, { "2026-03-02", 20514 }, { "2000-02-29", 11016 },
		{ "1969-12-31", -1 }, { "2020-01-01", 18262 }, { "1900-03-01", -25508 },
	};
	static const char *const bad[] = { "", "2026-2-3", "2026-02-30", "2025-02-29",
		"2026-13-01", "2026-00-10", "0999-01-01", "2026-01-01 ", "2026/01/01",
		"20260101", "2026-01-0x" };
	char text[11];
	int32_t day = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(date_parse(good[i].text, strlen(good[i].text), &day), 0);
		assert_int_equal(day, good[i].day);
		assert_string_equal(date_iso(day, text), good[i].text);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (date_parse(bad[i], strlen(bad[i]), &day) == 0)
			fail_msg("taken: %s", bad[i]);
	assert_string_equal(date_iso(DATE_NONE, text), "");
}

/* Two centuries and a leap one: no day is left out, none is there twice. */
static void
days_follow_one_another(void **state)
{
	char text[40];
	int32_t day, last = -27029;		/* 1895-12-31 */

	(void)state;
	for (int y = 1896; y <= 2104; y++)
		for (int m = 0; m <= 13; m++)
			for (int d = 0; d <= 32; d++) {
				snprintf(text, sizeof(text), "%04d-%02d-%02d", y, m, d);
				if (date_parse(text, 10, &day) == 0)
					assert_int_equal(day, ++last);
			}
	assert_int_equal(last, 49307);		/* 2104-12-31 */
}

static void
the_registers_last_modified_is_read(void **state)
{
	static const struct { const char *text; const char *want; } cases[] = {
		{ "Fri Sep 11 04:27:17 CEST 2026", "2026-09-11T02:27:17Z" },
		{ "Sat Oct 03 04:30:43 CEST 2026", "2026-10-03T02:30:43Z" },
		{ "Thu Jan 01 00:30:00 CET 2026", "2025-12-31T23:30:00Z" },
		{ "Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z" },
		{ "Fri Sep 11 04:27:17 PST 2026", NULL },
		{ "Fri Sep 31 04:27:17 CEST 2026", NULL },
		{ "Fri Sep 11 24:27:17 CEST 2026", NULL },
		{ "Fri Sep 11 04:27:17 CEST 26", NULL },
		{ "2026-09-11", NULL }, { "", NULL },
	};
	char text[21];
	int64_t t;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int r = moment_http(cases[i].text, &t);

		if ((r == 0) != (cases[i].want != NULL))
			fail_msg("%s: %d", cases[i].text, r);
		if (r == 0)
			assert_string_equal(moment_iso(t, text), cases[i].want);
	}
}

static void
moments_are_read_and_written(void **state)
{
	char text[40];
	int64_t t;

	(void)state;
	assert_int_equal(moment_parse("2026-03-02T05:06:07Z", &t), 0);
	assert_string_equal(moment_iso(t, text), "2026-03-02T05:06:07Z");
	assert_string_equal(moment_mail(t, text), "Mon, 02 Mar 2026 05:06:07 +0000");
	assert_int_equal(moment_parse("2026-03-02 05:06", &t), 0);
	assert_string_equal(moment_iso(t, text), "2026-03-02T05:06:00Z");
	assert_int_equal(moment_parse("2026-03-02 05:06:07.123", &t), 0);
	assert_int_equal(moment_parse("2026-03-02", &t), 0);
	assert_int_equal(moment_parse("2026-03-02 5:06", &t), -1);
	assert_int_equal(moment_parse("2026-03-02T05:06:07+01", &t), -1);
	assert_int_equal(moment_parse("tomorrow", &t), -1);
	assert_int_equal(date_of(-1), -1);
	assert_int_equal(date_of(86399), 0);
}

static void
organisation_numbers_have_a_check_digit(void **state)
{
	static const struct { const char *text, *why; } cases[] = {
		{ "974760673", NULL }, { "923609016", NULL }, { "999999999", NULL },
		{ "974760674", "has a wrong check digit" },
		{ "97476067", "has 8 digits" }, { "9747606730", "has more than 9 digits" },
		{ "", "is empty" }, { "97476067x", "is not a number" },
		{ " 974760673", "is not a number" },
	};
	const char *why;
	int32_t v;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int r = num_orgnr(cases[i].text, strlen(cases[i].text), &v, &why);

		assert_int_equal(r, cases[i].why == NULL ? 0 : -1);
		if (r != 0)
			assert_string_equal(why, cases[i].why);
	}
	/* a remainder of 1 leaves no digit */
	assert_int_equal(num_orgnr_digit(97476067), 3);
	assert_int_equal(num_orgnr_digit(20000003), -1);
}

static void
numbers_are_whole_and_in_range(void **state)
{
	int64_t v = 7;
	double d = 7;
	int b = 7;

	(void)state;
	assert_int_equal(num_int("-12", -20, 20, &v), 0);
	assert_int_equal(v, -12);
	assert_int_equal(num_int("9223372036854775807", 0, INT64_MAX, &v), 0);
	assert_int_equal(num_int("9223372036854775808", 0, INT64_MAX, &v), -1);
	assert_int_equal(num_int("-9223372036854775808", INT64_MIN, 0, &v), 0);
	assert_int_equal(v, INT64_MIN);
	assert_int_equal(num_int("", 0, 9, &v), -1);
	assert_int_equal(num_int("-", -9, 9, &v), -1);
	assert_int_equal(num_int("1 ", 0, 9, &v), -1);
	assert_int_equal(num_int("21", 0, 20, &v), -1);
	assert_int_equal(num_real("0,25", 0, 1, &d), 0);
	assert_true(d > 0.2499999 && d < 0.2500001);
	assert_int_equal(num_real(".5", 0, 1, &d), -1);
	assert_int_equal(num_real("5.", 0, 9, &d), -1);
	assert_int_equal(num_real("1e3", 0, 9999, &d), -1);
	assert_int_equal(num_share("10 %", &d), 0);
	assert_true(d > 0.0999999 && d < 0.1000001);
	assert_int_equal(num_share("101%", &d), -1);
	assert_int_equal(num_share("1.5", &d), -1);
	assert_int_equal(num_size("10M", &v), 0);
	assert_int_equal(v, 10 << 20);
	assert_int_equal(num_size("M", &v), -1);
	assert_int_equal(num_span("60d", &v), 0);
	assert_int_equal(v, 60 * 86400);
	assert_int_equal(num_bool("no", &b), 0);
	assert_int_equal(b, 0);
	assert_int_equal(num_bool("maybe", &b), -1);
}

static void
ratios_round_half_away_from_zero_once(void **state)
{
	(void)state;
	assert_int_equal(num_ratio(1, 2, 1), 1);
	assert_int_equal(num_ratio(-1, 2, 1), -1);
	assert_int_equal(num_ratio(1, 3, 100), 33);
	assert_int_equal(num_ratio(2, 3, 100), 67);
	assert_int_equal(num_ratio(121, 1852, 100), 7);
	assert_int_equal(num_ratio(INT64_C(4000000000000000), 3, 1000),
	    INT64_C(1333333333333333333));
}

static void
hashes_agree_with_published_vectors(void **state)
{
	unsigned char key[32], sum[32], back[15];
	char text[65];
	struct hash *h = hash_begin();

	(void)state;
	hash_sha256("abc", 3, sum);		/* FIPS 180-4 */
	assert_string_equal(hash_hex(sum, 32, text),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	hash_add(h, "a", 1);
	hash_add(h, "bc", 2);
	hash_end(h, key);
	assert_int_equal(hash_equal(key, sum, 32), 1);
	key[31] ^= 1;
	assert_int_equal(hash_equal(key, sum, 32), 0);
	memset(key, 0x0b, 20);			/* RFC 4231, case 1 */
	hash_hmac(key, 20, "Hi There", 8, sum);
	assert_string_equal(hash_hex(sum, 32, text),
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	assert_string_equal(hash_base32((const unsigned char *)"foobar", 6, text),
	    "mzxw6ytboi");			/* RFC 4648 */
	assert_int_equal(hash_unbase32("MZXW6ytboi", 10, back, 6), 0);
	assert_memory_equal(back, "foobar", 6);
	assert_int_equal(hash_unbase32("mzxw6ytbo1", 10, back, 6), -1);
	assert_int_equal(hash_unbase32("mzxw6ytboj", 10, back, 6), -1);
	assert_int_equal(hash_unhex("0g", back, 1), -1);
}

static void
utf8_is_told_from_what_only_looks_like_it(void **state)
{
	static const struct { const char *s; size_t len; int valid; } cases[] = {
		{ "bl\xc3\xa5", 4, 1 }, { "", 0, 1 }, { "\xf0\x9f\x98\x80", 4, 1 },
		{ "\xc0\xaf", 2, 0 }, { "\xed\xa0\x80", 3, 0 }, { "\xf4\x90\x80\x80", 4, 0 },
		{ "\xe2\x82", 2, 0 }, { "\x80", 1, 0 }, { "\xe0\x80\x80", 3, 0 },
		{ "\xf5\x80\x80\x80", 4, 0 }, { "a\0b", 3, 1 },
	};
	struct buf b = BUF(100);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(utf8_valid(cases[i].s, cases[i].len), cases[i].valid);
	/* wherever it stands in what is looked at eight octets at a time */
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t before = 0; before < 20; before++)
			for (size_t after = 0; after < 20; after++) {
				char text[50];

				memset(text, 'a', sizeof(text));
				memcpy(text + before, cases[i].s, cases[i].len);
				assert_int_equal(utf8_valid(text, before +
				    cases[i].len + after), cases[i].valid);
			}
	utf8_clean(&b, "a\x1b[31m\xff\xc3\xa5", 9);
	assert_string_equal(b.data, "a\xef\xbf\xbd[31m\xef\xbf\xbd\xc3\xa5");
	buf_clear(&b);
	utf8_from_1252(&b, "\xe5\x80", 2);
	assert_string_equal(b.data, "\xc3\xa5\xe2\x82\xac");
	assert_int_equal(utf8_width("M\xc3\xb8re"), 4);
	assert_int_equal(utf8_width("a\xcc\x8a"), 1);
	buf_free(&b);
}

/* Read a whole table; rows joined with '/', fields with '|'. */
static const char *
read_csv(const char *text, size_t len, struct buf *out, struct csv *csv,
    struct err *err)
{
	int r;

	buf_clear(out);
	if (csv_open(csv, text, len, 0, err) != 0)
		return NULL;
	while ((r = csv_next(csv, err)) == 1) {
		for (size_t i = 0; i < csv->n; i++)
			buf_printf(out, "%s%s", i > 0 ? "|" : "", csv->field[i]);
		buf_chr(out, '/');
	}
	return r == 0 ? buf_text(out) : NULL;
}

static void
tables_are_read_as_people_write_them(void **state)
{
	static const struct { const char *says, *text, *want; } cases[] = {
		{ "semicolons and CRLF", "a;b\r\n1;2\r\n", "1|2/" },
		{ "a byte order mark", "\xef\xbb\xbf" "a;b\n1;2\n", "1|2/" },
		{ "a comma inside quotes does not decide", "\"a,b,c\";d\n1;2\n", "1|2/" },
		{ "newline in quotes", "a,b\n\"x\ny\",2\n", "x\ny|2/" },
		{ "doubled quotes", "a,b\n\"x \"\"y\"\"\",2\n", "x \"y\"|2/" },
		{ "tabs", "a\tb\n1\t2", "1|2/" },
		{ "no newline at the end", "a;b\n1;2", "1|2/" },
		{ "empty lines between", "a;b\n\n1;2\n\n\n3;4\n", "1|2/3|4/" },
		{ "an empty last field", "a;b\n1;\n", "1|/" },
		{ "Latin-1", "a;b\nbl\xe5;2\n", "bl\xc3\xa5|2/" },
		{ "heading alone", "a;b\n", "" },
		{ "too few fields", "a;b\n1\n", NULL },
		{ "too many fields", "a;b\n1;2;3\n", NULL },
		{ "an open quote", "a;b\n\"1;2\n", NULL },
		{ "text behind a quote", "a;b\n\"1\"x;2\n", NULL },
		{ "nothing", "", NULL },
	};
	struct buf out = BUF(BUF_ANY);
	struct csv csv;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = read_csv(cases[i].text, strlen(cases[i].text), &out,
		    &csv, &err);

		if ((got == NULL) != (cases[i].want == NULL) ||
		    (got != NULL && strcmp(got, cases[i].want) != 0))
			fail_msg("%s: got %s", cases[i].says, got != NULL ? got : err.text);
		if (got == NULL)
			assert_int_equal(err.status, EX_DATAERR);
		csv_close(&csv);
	}
	assert_null(read_csv("a;b\n1;\0", 7, &out, &csv, &err));
	csv_close(&csv);
	buf_free(&out);
}

static void
a_table_says_what_it_saw_and_where(void **state)
{
	static const char text[] = "\xef\xbb\xbf Token ;\"E-post\"\r\n"
	    "\"a\nb\";c\r\nx\r\n";
	struct csv csv;
	struct err err;

	(void)state;
	assert_int_equal(csv_open(&csv, text, strlen(text), 0, &err), 0);
	assert_int_equal(csv.bom, 1);
	assert_int_equal(csv.delimiter, ';');
	assert_int_equal(csv_column(&csv, "TOKEN"), 0);
	assert_int_equal(csv_column(&csv, "e-post"), 1);
	assert_int_equal(csv_column(&csv, "epost"), -1);
	assert_int_equal(csv_next(&csv, &err), 1);
	assert_int_equal(csv.line, 2);
	assert_int_equal(csv_next(&csv, &err), -1);
	assert_non_null(strstr(err.text, "line 4"));
	csv_close(&csv);
}

static void
what_is_written_as_csv_reads_back(void **state)
{
	static const char *const field[] = { "plain", "a;b", "say \"x\"", "two\nlines",
		" blank ", "" };
	struct buf b = BUF(BUF_ANY), out = BUF(BUF_ANY);
	struct csv csv;
	struct err err;

	(void)state;
	for (int row = 0; row < 2; row++) {
		for (size_t i = 0; i < 6; i++)
			csv_put(&b, ';', i == 0, row == 0 ? "h" : field[i]);
		buf_chr(&b, '\n');
	}
	assert_string_equal(read_csv(b.data, b.len, &out, &csv, &err),
	    "plain|a;b|say \"x\"|two\nlines| blank |/");
	csv_close(&csv);
	buf_free(&b);
	buf_free(&out);
}

static void
json_is_well_formed_whatever_is_put_in(void **state)
{
	struct buf b = BUF(BUF_ANY);
	struct json j;

	(void)state;
	json_begin(&j, &b, 0);
	json_object(&j);
	json_kstr(&j, "a\"b", "x\n\x01\xff");
	json_key(&j, "list");
	json_array(&j);
	json_int(&j, -1);
	json_real(&j, 0.1);
	json_real(&j, 1.0 / 3);
	json_null(&j);
	json_object(&j);
	json_end(&j);
	json_bool(&j, 1);
	json_end(&j);
	json_kstr(&j, "none", NULL);
	json_end(&j);
	assert_string_equal(b.data, "{\"a\\\"b\": \"x\\n\\u0001\xef\xbf\xbd\", "
	    "\"list\": [-1, 0.1, 0.3333333333333333, null, {}, true], \"none\": null}");
	buf_free(&b);
}

static void
a_file_is_written_whole_or_not_at_all(void **state)
{
	char dir[] = "/tmp/utvalg-base.XXXXXX", path[80], other[100];
	struct buf b = BUF(100);
	struct stat st;
	struct err err;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/x", dir);
	assert_int_equal(file_write(path, 0600, "hello", 5, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(file_read(path, 100, &b, &err), 0);
	assert_string_equal(b.data, "hello");
	buf_clear(&b);
	assert_int_equal(file_read(path, 4, &b, &err), -1);
	assert_int_equal(err.status, EX_DATAERR);
	snprintf(other, sizeof(other), "%s/no/such", dir);
	assert_int_equal(file_write(other, 0600, "x", 1, &err), -1);
	assert_int_equal(err.status, EX_CANTCREAT);
	assert_int_equal(file_read(other, 4, &b, &err), -1);
	assert_int_equal(err.status, EX_NOINPUT);
	assert_int_equal(file_read(dir, 4, &b, &err), -1);
	snprintf(other, sizeof(other), "%s/a/b/c", dir);
	assert_int_equal(file_mkdirs(other, 0700, &err), 0);
	assert_int_equal(file_mkdirs(other, 0700, &err), 0);
	buf_free(&b);
	snprintf(other, sizeof(other), "rm -rf '%s'", dir);
	assert_int_equal(system(other), 0);
}

static void
an_arena_gives_what_is_asked_for(void **state)
{
	struct arena *a = arena_new();
	char *big = arena_alloc(a, 1 << 20);

	(void)state;
	memset(big, 'x', 1 << 20);
	assert_string_equal(arena_printf(a, "%d-%s", 5, "y"), "5-y");
	assert_string_equal(arena_strn(a, "abcdef", 3), "abc");
	assert_int_equal((uintptr_t)arena_alloc(a, 1) % _Alignof(max_align_t), 0);
	arena_free(a);
	arena_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_reads_from_the_outside_in),
		cmocka_unit_test(a_buf_stops_at_its_limit),
		cmocka_unit_test(days_are_days_that_exist),
		cmocka_unit_test(days_follow_one_another),
		cmocka_unit_test(the_registers_last_modified_is_read),
		cmocka_unit_test(moments_are_read_and_written),
		cmocka_unit_test(organisation_numbers_have_a_check_digit),
		cmocka_unit_test(numbers_are_whole_and_in_range),
		cmocka_unit_test(ratios_round_half_away_from_zero_once),
		cmocka_unit_test(hashes_agree_with_published_vectors),
		cmocka_unit_test(utf8_is_told_from_what_only_looks_like_it),
		cmocka_unit_test(tables_are_read_as_people_write_them),
		cmocka_unit_test(a_table_says_what_it_saw_and_where),
		cmocka_unit_test(what_is_written_as_csv_reads_back),
		cmocka_unit_test(json_is_well_formed_whatever_is_put_in),
		cmocka_unit_test(a_file_is_written_whole_or_not_at_all),
		cmocka_unit_test(an_arena_gives_what_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
