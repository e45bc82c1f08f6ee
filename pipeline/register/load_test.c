#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/date.h"
#include "pipeline/base/num.h"
#include "tests/fixture.h"

#include "pipeline/register/load.h"

static struct fixture f;
static struct nace *nace;

static int
begin(void **state)
{
	(void)state;
	fixture_open(&f);
	nace = nace_load(&f.err);
	assert_non_null(nace);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	nace_free(nace);
	fixture_close(&f);
	return 0;
}

/* The ${i}th number that has a check digit; invented: the register gives out
 * none that begin with 3. */
static int32_t
number(int i)
{
	for (int32_t eight = 31000000; ; eight++) {
		int digit = num_orgnr_digit(eight);

		if (digit >= 0 && i-- == 0)
			return eight * 10 + digit;
	}
}

/* Of each extract there is a row, which faults refer to. */
static struct load *
begin_load(int64_t extract, enum unit_kind kind)
{
	struct load *l;
	char sql[400];

	snprintf(sql, sizeof(sql), "INSERT INTO extract (id, kind, source,"
	    " register_date, date_basis, fetched, bytes, sha256, standard, read,"
	    " units, unreadable, added, changed, gone, in_force) VALUES (%d, '%s',"
	    " 'x', 1, 'given', 1, 1, '', 'unknown', 0, 0, 0, 0, 0, 0, 0)",
	    (int)extract, unit_kind_name(kind));
	fixture_exec(&f, sql);
	l = load_new(f.w.db, kind, extract, nace, &f.err);
	if (l == NULL)
		fail_msg("%s", f.err.text);
	return l;
}

static void
see(struct load *l, int i, enum unit_kind kind, const char *name)
{
	struct unit u;

	unit_clear(&u);
	u.orgnr = number(i);
	u.kind = kind;
	u.name = name;
	if (load_unit(l, &u, (size_t)(10 + i), &f.err) != 0)
		fail_msg("%s", f.err.text);
}

static struct load_counts
end_load(struct load *l)
{
	struct load_counts n;

	load_count(l, &n);
	if (load_close(l, &f.err) != 0)
		fail_msg("%s", f.err.text);
	load_free(l);
	return n;
}

static void
want_counts(struct load_counts n, int before, int units, int added, int changed,
    int gone)
{
	assert_int_equal(n.before, before);
	assert_int_equal(n.units, units);
	assert_int_equal(n.added, added);
	assert_int_equal(n.changed, changed);
	assert_int_equal(n.gone, gone);
}

/* All of a table as text, to compare. */
static const char *
rows(const char *what, const char *from)
{
	char sql[300];

	snprintf(sql, sizeof(sql), "SELECT group_concat(%s, ' ') FROM (SELECT * FROM"
	    " %s ORDER BY orgnr)", what, from);
	return fixture_text(&f, sql);
}

/* --- schema and field table ------------------------------------------------ */

static const char *
column_type(enum unit_type type)
{
	return unit_is_text(type) ? "TEXT" : type == UNIT_REAL ? "REAL" : "INTEGER";
}

static void
the_columns_are_the_fields(void **state)
{
	static const char *const table[] = { "unit", "unit_history" };
	struct buf want = BUF(1 << 16);
	char sql[200];

	(void)state;
	for (size_t i = 0; i < unit_fields_n; i++)
		buf_printf(&want, "%s %s\n%s", unit_fields[i].name,
		    column_type(unit_fields[i].type),
		    i == 1 ? "row_hash INTEGER\nextract INTEGER\n" : "");
	for (size_t t = 0; t < 2; t++) {
		snprintf(sql, sizeof(sql), "SELECT group_concat(name || ' ' || type,"
		    " char(10)) || char(10) FROM pragma_table_info('%s')"
		    " WHERE name <> 'until'", table[t]);
		assert_string_equal(fixture_text(&f, sql), buf_text(&want));
	}
	assert_int_equal(fixture_int(&f, "SELECT cid FROM"
	    " pragma_table_info('unit_history') WHERE name = 'until'"), 0);
	/* a unit with its number and kind alone is a row */
	assert_string_equal(fixture_text(&f, "SELECT group_concat(name) FROM"
	    " pragma_table_info('unit') WHERE \"notnull\""),
	    "orgnr,kind,row_hash,extract");
	buf_free(&want);
}

/* Field ${i} is set to something that is its own. */
static void
set_field(struct unit *u, size_t i, char text[static 40])
{
	const struct unit_field *d = &unit_fields[i];
	char *at = (char *)u + d->offset;
	int64_t big = (int64_t)i + (INT64_C(1) << 40);
	int32_t small = (int32_t)i + 1;
	const char *s = text;
	double real = (double)i + 0.25;

	snprintf(text, 40, "felt %zu æ", i);
	if (unit_is_text(d->type))
		memcpy(at, &s, sizeof(s));
	else if (d->type == UNIT_REAL)
		memcpy(at, &real, sizeof(real));
	else if (d->type == UNIT_INT || d->type == UNIT_COUNT)
		memcpy(at, &big, sizeof(big));
	else if (d->type != UNIT_ORGNR || i > 0)
		memcpy(at, &small, sizeof(small));
}

static void
want_field(size_t i, int present)
{
	const struct unit_field *d = &unit_fields[i];
	char sql[200], want[40];

	snprintf(sql, sizeof(sql), "SELECT typeof(%s) || ' ' || coalesce(%s, '')"
	    " FROM unit", d->name, d->name);
	if (!present)
		snprintf(want, sizeof(want), "null ");
	else if (unit_is_text(d->type))
		snprintf(want, sizeof(want), "text felt %zu æ", i);
	else if (d->type == UNIT_REAL)
		snprintf(want, sizeof(want), "real %zu.25", i);
	else if (d->type == UNIT_INT || d->type == UNIT_COUNT)
		snprintf(want, sizeof(want), "integer %lld",
		    (long long)i + (1LL << 40));
	else
		snprintf(want, sizeof(want), "integer %zu", i + 1);
	assert_string_equal(fixture_text(&f, sql), want);
}

static void
every_field_goes_into_its_column(void **state)
{
	struct unit u;
	struct load *l = begin_load(1, UNIT_ENHET);
	char text[200][40];

	(void)state;
	assert_true(unit_fields_n < 200 && unit_fields_n <= 64 * PACK_GROUP);
	unit_clear(&u);
	u.orgnr = number(0);
	for (size_t i = 1; i < unit_fields_n; i++)
		set_field(&u, i, text[i]);
	u.kind = UNIT_ENHET;
	assert_int_equal(load_unit(l, &u, 1, &f.err), 0);
	for (size_t i = 2; i < unit_fields_n; i++)
		want_field(i, 1);
	load_free(l);

	/* and what is absent is NULL, not 0 and not "" */
	fixture_exec(&f, "DELETE FROM unit");
	l = begin_load(2, UNIT_ENHET);
	see(l, 0, UNIT_ENHET, NULL);
	load_free(l);
	for (size_t i = 2; i < unit_fields_n; i++)
		want_field(i, 0);
	assert_int_equal(fixture_int(&f, "SELECT orgnr FROM unit"), number(0));
	assert_int_equal(fixture_int(&f, "SELECT extract FROM unit"), 2);
}

/* Is field ${i} of unit ${k} there on day ${day}?  Any rule without a pattern. */
static int
is_there(size_t i, int k, int day)
{
	uint64_t h = i * 1000003 + (uint64_t)k * 7919 + (uint64_t)day * 104729 + 1;

	h *= UINT64_C(0x9e3779b97f4a7c15);
	h ^= h >> 29;
	/* some units have little and some have nearly all */
	return (int)(h * UINT64_C(0xbf58476d1ce4e5b9) >> 58) < k % 64;
}

static void
load_day(int units, int day)
{
	struct load *l = begin_load(day, UNIT_ENHET);
	char text[200][40];
	struct unit u;

	for (int k = 0; k < units; k++) {
		unit_clear(&u);
		u.orgnr = number(k);
		u.kind = UNIT_ENHET;
		for (size_t i = 2; i < unit_fields_n; i++)
			if (is_there(i, k, day))
				set_field(&u, i, text[i]);
		assert_int_equal(load_unit(l, &u, 1, &f.err), 0);
	}
	(void)end_load(l);
	for (size_t i = 2; i < unit_fields_n; i++) {
		int64_t want = 0;
		char sql[200];

		for (int k = 0; k < units; k++)
			want += is_there(i, k, day) ? number(k) : 0;
		snprintf(sql, sizeof(sql), "SELECT coalesce(sum(orgnr), 0) FROM unit"
		    " WHERE %s IS NOT NULL", unit_fields[i].name);
		assert_int_equal(fixture_int(&f, sql), want);
	}
}

/* More of them than there are statements for; new first, then over the old. */
static void
any_fields_go_together(void **state)
{
	enum { UNITS = 400 };

	(void)state;
	load_day(UNITS, 1);
	load_day(UNITS, 2);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM unit_history"),
	    fixture_int(&f, "SELECT count(*) FROM unit WHERE extract = 2"));
	assert_true(fixture_int(&f, "SELECT count(*) FROM unit WHERE extract = 2") >
	    UNITS * 9 / 10);
}

/* --- day by day ------------------------------------------------------------ */

static void
only_differences_are_written(void **state)
{
	struct load *l = begin_load(1, UNIT_ENHET);
	struct load_counts n;
	int changes;

	(void)state;
	see(l, 0, UNIT_ENHET, "A");
	see(l, 1, UNIT_ENHET, "B");
	see(l, 2, UNIT_ENHET, "C");
	want_counts(end_load(l), 0, 3, 3, 0, 0);
	assert_string_equal(rows("name || extract", "unit"), "A1 B1 C1");
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM unit_history"), 0);
	fixture_exec(&f, "CREATE TEMP TABLE old AS SELECT * FROM unit");

	/* in another order, B has changed, A is gone, D is new */
	l = begin_load(2, UNIT_ENHET);
	see(l, 3, UNIT_ENHET, "D");
	see(l, 2, UNIT_ENHET, "C");
	see(l, 1, UNIT_ENHET, "b");
	n = end_load(l);
	want_counts(n, 3, 3, 1, 1, 1);
	assert_string_equal(rows("name || extract", "unit"), "b2 C1 D2");
	assert_string_equal(rows("name || extract || until", "unit_history"),
	    "A12 B12");

	assert_string_equal(fixture_text(&f, "PRAGMA integrity_check"), "ok");

	/* history holds the rows as they were, every column */
	fixture_exec(&f, "CREATE TEMP TABLE past AS SELECT * FROM unit_history;"
	    "ALTER TABLE past DROP COLUMN until");
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM (SELECT * FROM past"
	    " EXCEPT SELECT * FROM old)"), 0);

	/* the same again: not one row is touched */
	l = begin_load(3, UNIT_ENHET);
	changes = sqlite3_total_changes(f.w.db);
	see(l, 1, UNIT_ENHET, "b");
	see(l, 2, UNIT_ENHET, "C");
	see(l, 3, UNIT_ENHET, "D");
	want_counts(end_load(l), 3, 3, 0, 0, 0);
	assert_int_equal(sqlite3_total_changes(f.w.db), changes);

	/* who comes back is new again, and its earlier life stays */
	l = begin_load(4, UNIT_ENHET);
	see(l, 0, UNIT_ENHET, "A");
	see(l, 1, UNIT_ENHET, "B");
	see(l, 2, UNIT_ENHET, "C");
	want_counts(end_load(l), 3, 3, 1, 1, 1);
	assert_string_equal(rows("name || extract", "unit"), "A4 B4 C1");
	assert_string_equal(rows("name || extract || until", "unit_history"),
	    "A12 B12 b24 D24");
}

static void
the_first_of_two_stands(void **state)
{
	struct load *l = begin_load(1, UNIT_ENHET);
	struct load_counts n;

	(void)state;
	see(l, 5, UNIT_ENHET, "first");
	see(l, 5, UNIT_ENHET, "second");
	see(l, 6, UNIT_ENHET, "other");
	n = end_load(l);
	want_counts(n, 0, 2, 2, 0, 0);
	assert_int_equal(n.doubled, 1);
	assert_string_equal(rows("name", "unit"), "first other");
	assert_string_equal(rows("line || ': ' || reason", "extract_fault"),
	    "15: organisation number came before");
	assert_int_equal(fixture_int(&f, "SELECT orgnr FROM extract_fault"),
	    number(5));

	/* of one that is in force already, too */
	l = begin_load(2, UNIT_ENHET);
	see(l, 5, UNIT_ENHET, "changed");
	see(l, 5, UNIT_ENHET, "first");
	see(l, 6, UNIT_ENHET, "other");
	n = end_load(l);
	want_counts(n, 2, 2, 0, 1, 0);
	assert_int_equal(n.doubled, 1);
	assert_string_equal(rows("name", "unit"), "changed other");
}

static void
all_faults_count_and_the_first_thousand_are_listed(void **state)
{
	struct scan_fault fault = { .orgnr = "", .why = "no organisation number",
		.dropped = 1 };
	struct load *l = begin_load(1, UNIT_ENHET);
	struct load_counts n;

	(void)state;
	assert_string_equal(load_first_fault(l), "");
	for (size_t i = 1; i <= LOAD_FAULTS + 5; i++) {
		fault.line = 2 * i;
		assert_int_equal(load_fault(l, &fault, &f.err), 0);
	}
	assert_string_equal(load_first_fault(l), "line 2: no organisation number");
	n = end_load(l);
	want_counts(n, 0, 0, 0, 0, 0);
	assert_int_equal(n.remarks, 0);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM extract_fault"
	    " WHERE extract = 1 AND orgnr IS NULL"), LOAD_FAULTS);
	assert_int_equal(fixture_int(&f, "SELECT max(line) FROM extract_fault"),
	    2 * LOAD_FAULTS);
}

static void
a_value_left_out_is_a_remark(void **state)
{
	struct scan_fault fault = { .line = 7, .orgnr = "311111119",
		.field = "konkursdato", .why = "is no day", .dropped = 0 };
	struct load *l = begin_load(1, UNIT_ENHET);
	struct load_counts n;

	(void)state;
	assert_int_equal(load_fault(l, &fault, &f.err), 0);
	assert_string_equal(load_first_fault(l), "");
	n = end_load(l);
	assert_int_equal(n.remarks, 1);
	assert_string_equal(rows("line || orgnr || reason", "extract_fault"),
	    "7311111119konkursdato: is no day (taken as absent)");
}

/* --- two kinds ------------------------------------------------------------- */

static void
the_kinds_live_side_by_side(void **state)
{
	struct load *l = begin_load(1, UNIT_ENHET);

	(void)state;
	see(l, 0, UNIT_ENHET, "A");
	see(l, 2, UNIT_ENHET, "B");
	end_load(l);
	l = begin_load(2, UNIT_UNDERENHET);
	see(l, 1, UNIT_UNDERENHET, "a");
	want_counts(end_load(l), 0, 1, 1, 0, 0);
	l = begin_load(3, UNIT_ENHET);
	see(l, 2, UNIT_ENHET, "B");
	want_counts(end_load(l), 2, 1, 0, 0, 1);
	assert_string_equal(rows("name || kind", "unit"), "a1 B0");
	assert_string_equal(rows("name || kind || until", "unit_history"), "A03");
}

/* The same number, now of the other kind, whichever file comes first. */
static void
a_number_that_changes_kind_keeps_its_history(void **state)
{
	struct load *l = begin_load(1, UNIT_ENHET);

	(void)state;
	see(l, 0, UNIT_ENHET, "A");
	see(l, 1, UNIT_ENHET, "B");
	end_load(l);
	/* A: its new file first */
	l = begin_load(2, UNIT_UNDERENHET);
	see(l, 0, UNIT_UNDERENHET, "A");
	want_counts(end_load(l), 0, 1, 1, 0, 0);
	l = begin_load(3, UNIT_ENHET);
	see(l, 1, UNIT_ENHET, "B");
	want_counts(end_load(l), 1, 1, 0, 0, 0);
	assert_string_equal(rows("name || kind || extract", "unit"), "A12 B01");
	assert_string_equal(rows("name || kind || until", "unit_history"), "A02");
	/* B: its old file first */
	l = begin_load(4, UNIT_ENHET);
	see(l, 2, UNIT_ENHET, "C");
	want_counts(end_load(l), 1, 1, 1, 0, 1);
	l = begin_load(5, UNIT_UNDERENHET);
	see(l, 0, UNIT_UNDERENHET, "A");
	see(l, 1, UNIT_UNDERENHET, "B");
	want_counts(end_load(l), 1, 2, 1, 0, 0);
	assert_string_equal(rows("name || kind || extract", "unit"), "A12 B15 C04");
	assert_string_equal(rows("name || kind || until", "unit_history"),
	    "A02 B04");
}

/* --- codes ----------------------------------------------------------------- */

static void
codes_speak_for_their_standard(void **state)
{
	/* what the tables say of each code is what is counted */
	static const int32_t codes[] = { 90031, 90201, 62010, 62100, 0, 99999,
		UNIT_NONE, 56101 };
	struct load *l = begin_load(1, UNIT_ENHET);
	int64_t old = 0, new = 0;
	struct load_counts n;

	(void)state;
	for (int i = 0; i < 8; i++) {
		const int in_old = codes[i] > 0 &&
		    nace_code(nace, NACE_SN2007, codes[i]) != NULL;
		const int in_new = codes[i] > 0 &&
		    nace_code(nace, NACE_SN2025, codes[i]) != NULL;
		struct unit u;

		unit_clear(&u);
		u.orgnr = number(i);
		u.kind = UNIT_ENHET;
		u.nace1 = codes[i];
		assert_int_equal(load_unit(l, &u, 1, &f.err), 0);
		old += in_old && !in_new;
		new += in_new && !in_old;
	}
	n = end_load(l);
	assert_true(old > 0 && new > 0);
	assert_int_equal(n.only_2007, old);
	assert_int_equal(n.only_2025, new);
}

int
main(void)
{
#define T(fn)	cmocka_unit_test_setup_teardown(fn, begin, end)
	const struct CMUnitTest tests[] = {
		T(the_columns_are_the_fields),
		T(every_field_goes_into_its_column),
		T(any_fields_go_together),
		T(only_differences_are_written),
		T(the_first_of_two_stands),
		T(all_faults_count_and_the_first_thousand_are_listed),
		T(a_value_left_out_is_a_remark),
		T(the_kinds_live_side_by_side),
		T(a_number_that_changes_kind_keeps_its_history),
		T(codes_speak_for_their_standard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
