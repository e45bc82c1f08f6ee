#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/mem.h"
#include "pipeline/register/reader.h"
#include "tests/extract.h"

#include "pipeline/register/csvscan.h"

struct told {
	struct buf text;		/* as in scan_test.c, and some values */
	uint64_t hash;
	size_t units;
};

static int
told_unit(void *ctx, const struct unit *u, struct err *err)
{
	struct told *t = ctx;

	(void)err;
	t->units++;
	t->hash = t->hash * 31 + (uint64_t)unit_hash(u);
	buf_printf(&t->text, "+%09d %s %s|%s|%s|%s\n", u->orgnr,
	    unit_kind_name((enum unit_kind)u->kind), u->name != NULL ? u->name : "-",
	    u->email != NULL ? u->email : "-",
	    u->postal.lines != NULL ? u->postal.lines : "-",
	    u->response_class != NULL ? u->response_class : "-");
	return 0;
}

static int
told_fault(void *ctx, const struct scan_fault *f, struct err *err)
{
	struct told *t = ctx;

	(void)err;
	buf_printf(&t->text, "%c%s %zu %zu %s: %s\n", f->dropped ? '-' : '~', f->orgnr,
	    f->line, f->number, f->field != NULL ? f->field : "-", f->why);
	return 0;
}

static int
read_as(enum unit_kind kind, const char *data, size_t len, size_t piece,
    struct told *t, struct err *err)
{
	const struct scan_to to = { told_unit, told_fault, t };
	struct reader *r = reader_new(kind, &to);
	int ret = 0;

	memset(t, 0, sizeof(*t));
	t->text = (struct buf)BUF(1 << 24);
	for (size_t at = 0, now; at < len && ret == 0; at += now) {
		now = piece > len - at ? len - at : piece;
		ret = reader_push(r, data + at, now, err);
	}
	if (ret == 0)
		ret = reader_end(r, err);
	reader_free(r);
	return ret;
}

/* In one piece, octet by octet, and in sevens. */
static void
want(enum unit_kind kind, const char *csv, const char *told)
{
	static const size_t pieces[] = { SIZE_MAX, 1, 7 };
	struct err err;
	struct told t;

	for (size_t i = 0; i < 3; i++) {
		if (read_as(kind, csv, strlen(csv), pieces[i], &t, &err) != 0)
			fail_msg("%s", err.text);
		assert_string_equal(buf_text(&t.text), told);
		buf_free(&t.text);
	}
}

static void
want_refused(enum unit_kind kind, const char *csv, const char *why)
{
	static const size_t pieces[] = { SIZE_MAX, 1, 7 };
	struct err err;
	struct told t;

	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(read_as(kind, csv, strlen(csv), pieces[i], &t, &err), -1);
		assert_int_equal(err.status, EX_DATAERR);
		assert_string_equal(err.text, why);
		buf_free(&t.text);
	}
}

static void
columns_by_name(void **state)
{
	(void)state;
	want(UNIT_ANY, "epostadresse,NAVN,tull,OrganisasjonsNummer\n"
	    "a@example.no,Vik,x,310000000\n",
	    "+310000000 enhet Vik|a@example.no|-|-\n");
	want(UNIT_ANY, "\xef\xbb\xbf\"organisasjonsnummer\",\"navn\",\"konkurs\"\r\n"
	    "\"310000000\",\"Vik\",\"\"\r\n",
	    "+310000000 enhet Vik|-|-|Enhet\n");
}

static void
quotes_and_newlines(void **state)
{
	(void)state;
	want(UNIT_ENHET, "organisasjonsnummer,navn,epostadresse,postadresse.adresse\n"
	    "310000000,\"A \"\"B\"\", C\",,\"c/o X\n\nVei 1, Y\"\n"
	    "310000019,\"\"\"\"\"\",,\"a/nb\r\nc\"\n",
	    "+310000000 enhet A \"B\", C|-|c/o X\nVei 1, Y|Enhet\n"
	    "+310000019 enhet \"\"|-|a/nb\nc|Enhet\n");
}

/* Before there were addresses of e-mail, "/n" stood for a newline. */
static void
slash_n(void **state)
{
	(void)state;
	want(UNIT_ENHET, "organisasjonsnummer,navn,postadresse.adresse\n"
	    "310000000,a/nb,c/o X/nVei 1\n",
	    "+310000000 enhet a/nb|-|c/o X\nVei 1|Enhet\n");
}

static void
kind_by_columns(void **state)
{
	(void)state;
	want(UNIT_ANY, "organisasjonsnummer,oppstartsdato\n310000000,\n",
	    "+310000000 underenhet -|-|-|Underenhet\n");
	want_refused(UNIT_ENHET, "organisasjonsnummer,oppstartsdato\n310000000,\n",
	    "the columns are those of underenheter, not of enheter");
	want(UNIT_ANY, "organisasjonsnummer,organisasjonsform.kode,oppstartsdato,konkurs\n"
	    "310000000,BEDR,,\n", "+310000000 underenhet -|-|-|-\n");
}

static void
faults(void **state)
{
	(void)state;
	want(UNIT_ENHET, "organisasjonsnummer,navn,konkurs,antallAnsatte,stiftelsesdato\n"
	    "310000000,\"a\nb\",kanskje,mange,2026-02-30\n"
	    "310000000,a,b\n"
	    "310000001,a,,,\n"
	    ",a,,,\n"
	    "310000019,\"a\"b,,,\n"
	    "\n"
	    "310000027,siste,,,",
	    "~310000000 2 1 konkurs: is neither true nor false\n"
	    "~310000000 2 1 antallAnsatte: is no number\n"
	    "~310000000 2 1 stiftelsesdato: is no day of the calendar\n"
	    "+310000000 enhet a\nb|-|-|Enhet\n"
	    "-310000000 4 2 -: not as many fields as the header has\n"
	    "-310000001 5 3 organisasjonsnummer: has a wrong check digit\n"
	    "- 6 4 -: no organisation number\n"
	    "-310000019 7 5 -: a quote inside a field\n"
	    "+310000027 enhet siste|-|-|Enhet\n");
}

static void
no_extract(void **state)
{
	(void)state;
	want_refused(UNIT_ANY, "navn\nx\n", "not an extract: neither an array of units "
	    "nor CSV with a column organisasjonsnummer");
	want_refused(UNIT_ANY, "organisasjonsnummer,navn,NAVN\n",
	    "not an extract: the column navn stands twice");
	want_refused(UNIT_ANY, "organisasjonsnummer,navn\n310000000,\"a\n",
	    "line 2: ends inside a quoted field");
	want_refused(UNIT_ANY, "organisasjonsnummer,navn\n310000000",
	    "line 2: ends in the middle of a record");
	want_refused(UNIT_ANY, "organisasjonsnummer,navn\n310000000,\xc3(\n",
	    "line 2: not UTF-8");
}

static void
a_quote_never_closed(void **state)
{
	struct buf b = BUF(BUF_ANY);

	(void)state;
	buf_str(&b, "organisasjonsnummer,navn\n310000000,\"");
	while (b.len < SCAN_UNIT_MAX + 100)
		buf_str(&b, "1,\n");
	want_refused(UNIT_ANY, buf_text(&b), "line 2: a record longer than 1 MiB, or a "
	    "quote that is not closed");
	buf_free(&b);
}

/* --- the same rows as from JSON --------------------------------------------- */

struct both {
	struct buf csv;
	uint64_t hash;
	size_t units;
	uint64_t seed;
};

static void
put_quoted(struct buf *b, const char *s)
{
	buf_chr(b, '"');
	for (; *s != '\0'; s++) {
		if (*s == '"')
			buf_chr(b, '"');
		buf_chr(b, *s);
	}
	buf_chr(b, '"');
}

static void
put_field(struct buf *b, const struct unit *u, const struct unit_field *f)
{
	int64_t n;
	double real;
	char day[11];

	if (unit_is_text(f->type)) {
		put_quoted(b, unit_text(u, f) != NULL ? unit_text(u, f) : "");
	} else if (f->type == UNIT_REAL) {
		if (unit_real(u, f, &real))
			buf_printf(b, "\"%.2f\"", real);
	} else if (!unit_int(u, f, &n)) {
		buf_str(b, "\"\"");
	} else if (f->type == UNIT_DATE) {
		buf_printf(b, "\"%s\"", date_iso((int32_t)n, day));
	} else if (f->type == UNIT_BOOL) {
		buf_str(b, n ? "\"true\"" : "\"false\"");
	} else if (f->type == UNIT_CODE) {
		buf_printf(b, "\"%02d.%03d\"", (int)n / 1000, (int)n % 1000);
	} else
		buf_printf(b, f->type == UNIT_ORGNR ? "%09lld" : "\"%lld\"",
		    (long long)n);
}

static int
has_column(const struct unit_field *f)
{
	return f->path != NULL && f->type != UNIT_NAMES && f->type != UNIT_COUNT &&
	    f->offset != offsetof(struct unit, response_class);
}

/* Empty lines inside an element of a list, which the CSV cannot tell. */
static int
odd_lines(const char *s)
{
	size_t len = strlen(s);

	return strchr(s, '\r') != NULL || strstr(s, "\n\n") != NULL || s[0] == '\n' ||
	    s[len - 1] == '\n';
}

static void
leave_out_odd(struct unit *u)
{
	for (size_t i = 0; i < unit_fields_n; i++) {
		const struct unit_field *f = &unit_fields[i];

		if (f->type == UNIT_LINES && unit_text(u, f) != NULL &&
		    odd_lines(unit_text(u, f)))
			*(const char **)(void *)((char *)u + f->offset) = NULL;
	}
}

/* A unit without what a CSV does not hold goes into both. */
static int
both_unit(void *ctx, const struct unit *from, struct err *err)
{
	struct both *b = ctx;
	struct unit u = *from;

	(void)err;
	leave_out_odd(&u);
	u.former_names = NULL;
	u.endorsements = UNIT_NONE;
	u.kind = UNIT_ENHET;
	u.response_class = "Enhet";
	if (!(u.capital >= 0 && u.capital < 1e9))
		u.capital = 1234.5;
	u.capital = (double)(int64_t)u.capital;
	for (size_t i = 0; i < unit_fields_n; i++) {
		if (!has_column(&unit_fields[i]))
			continue;
		put_field(&b->csv, &u, &unit_fields[i]);
		buf_chr(&b->csv, ',');
	}
	buf_str(&b->csv, "\n");
	b->hash = b->hash * 31 + (uint64_t)unit_hash(&u);
	b->units++;
	return 0;
}

static void
same_rows_as_json(void **state)
{
	struct both b = { .csv = BUF(1 << 26) };
	const struct scan_to to = { both_unit, NULL, &b };
	struct buf json = BUF(1 << 26);
	struct extract x = { .out = &json, .seed = 20261125,
		.layout = EXTRACT_BULK };
	struct scan *s = scan_new(UNIT_ANY, &to);
	struct err err;
	struct told t;

	(void)state;
	for (size_t i = 0; i < unit_fields_n; i++)
		if (has_column(&unit_fields[i]))
			buf_printf(&b.csv, "\"%s\",", unit_fields[i].path);
	buf_str(&b.csv, "\"ny kolonne\"\n");
	extract_make(&x, 400);
	assert_int_equal(scan_push(s, json.data, json.len, &err), 0);
	assert_int_equal(scan_end(s, &err), 0);
	assert_true(b.units > 300);
	for (size_t piece = 0; piece < 2; piece++) {
		if (read_as(UNIT_ENHET, b.csv.data, b.csv.len,
		    piece == 0 ? SIZE_MAX : 4099, &t, &err) != 0)
			fail_msg("%s", err.text);
		assert_int_equal(t.units, b.units);
		assert_true(t.hash == b.hash);
		buf_free(&t.text);
	}
	scan_free(s);
	buf_free(&json);
	buf_free(&b.csv);
}

/* --- real ones, where they are ---------------------------------------------- */

static void
real_samples(void **state)
{
	static const struct { const char *name; enum unit_kind kind; } samples[] = {
		{ "enheter_rows_utla_2026.csv", UNIT_ENHET },
		{ "enheter_bulk_2024_excerpt.csv", UNIT_ENHET },
		{ "enheter_csv_header_2026_90cols.csv", UNIT_ENHET },
		{ "underenheter_bulk_2024_excerpt.csv", UNIT_UNDERENHET },
		{ "underenheter_csv_header_2026_44cols.csv", UNIT_UNDERENHET },
	};
	struct buf b = BUF(1 << 24);
	struct told t;
	struct err err;
	char path[200];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		snprintf(path, sizeof(path), "../shared/data/register/%s",
		    samples[i].name);
		buf_clear(&b);
		if (file_read(path, 1 << 24, &b, &err) != 0)
			continue;
		if (read_as(samples[i].kind, b.data, b.len, 4099, &t, &err) != 0)
			fail_msg("%s: %s", path, err.text);
		if (strchr(buf_text(&t.text), '~') != NULL ||
		    strstr(buf_text(&t.text), "\n-") != NULL)
			fail_msg("%s", buf_text(&t.text));
		assert_true(t.units > 0 || strstr(path, "header") != NULL);
		buf_free(&t.text);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_by_name),
		cmocka_unit_test(quotes_and_newlines),
		cmocka_unit_test(slash_n),
		cmocka_unit_test(kind_by_columns),
		cmocka_unit_test(faults),
		cmocka_unit_test(no_extract),
		cmocka_unit_test(a_quote_never_closed),
		cmocka_unit_test(same_rows_as_json),
		cmocka_unit_test(real_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
