#include "pipeline/base/num.h"
#include "tests/fixture.h"

#include "pipeline/register/load.h"
#include "pipeline/register/rehash.h"

static struct fixture f;

static int
begin(void **state)
{
	(void)state;
	fixture_open(&f);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

enum { UNITS = 500 };

/* An extract of numbers that begin with 3, of which ${other} has another name. */
static struct load_counts
load(int extract, enum unit_kind kind, int version, int other)
{
	struct load_counts n;
	struct load *l;
	char sql[400];
	int i = 0;

	snprintf(sql, sizeof(sql), "INSERT INTO extract (id, kind, source,"
	    " register_date, date_basis, fetched, bytes, sha256, standard, read,"
	    " units, unreadable, added, changed, gone, in_force, unit_hash) VALUES (%d,"
	    " '%s', 'x', 1, 'given', 1, 1, '', 'unknown', 0, 0, 0, 0, 0, 0, 0, %d)",
	    extract, unit_kind_name(kind), version);
	fixture_exec(&f, sql);
	l = load_new(f.w.db, kind, extract, NULL, &f.err);
	assert_non_null(l);
	for (int32_t eight = 31000000 + (int32_t)kind * 100000; i < UNITS; eight++) {
		int digit = num_orgnr_digit(eight);
		struct unit u;

		if (digit < 0)
			continue;
		unit_clear(&u);
		u.orgnr = eight * 10 + digit;
		u.kind = (int32_t)kind;
		u.name = i == other ? "EN ANNEN" : "EKSEMPEL";
		u.capital = 1.5;
		u.employees = i % 3 == 0 ? UNIT_NONE : i;
		u.founded_date = -400;
		assert_int_equal(load_unit(l, &u, 1, &f.err), 0);
		i++;
	}
	load_count(l, &n);
	assert_int_equal(load_close(l, &f.err), 0);
	load_free(l);
	return n;
}

static const char sums[] = "SELECT count(*) || ' ' || sum(row_hash % 1000003)"
    " FROM unit";

/* Rows of an older utvalg: no unit has changed but the one that did. */
static void
the_first_night_writes_no_history(void **state)
{
	struct load_counts n;
	char *before;

	(void)state;
	load(1, UNIT_ENHET, UNIT_HASH, -1);
	load(2, UNIT_UNDERENHET, UNIT_HASH, -1);
	before = strdup(fixture_text(&f, sums));
	fixture_exec(&f, "UPDATE unit SET row_hash = orgnr * 7 WHERE kind = 0");
	fixture_exec(&f, "UPDATE extract SET unit_hash = 1 WHERE id = 1");
	n = load(3, UNIT_ENHET, UNIT_HASH, -1);
	assert_int_equal(n.before, UNITS);
	assert_int_equal(n.changed, 0);
	assert_string_equal(fixture_text(&f, sums), before);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM unit_history"), 0);
	assert_int_equal(fixture_int(&f, "SELECT max(extract) FROM unit WHERE kind = 0"),
	    1);
	fixture_exec(&f, "UPDATE unit SET row_hash = orgnr * 7 WHERE kind = 0");
	fixture_exec(&f, "UPDATE extract SET unit_hash = 1 WHERE id = 3");
	n = load(4, UNIT_ENHET, UNIT_HASH, 77);
	assert_int_equal(n.changed, 1);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM unit_history"), 1);
	free(before);
}

/* Sums of this utvalg are believed, and those of the other kind left alone. */
static void
sums_of_today_stand(void **state)
{
	static const char odd[] = "SELECT count(*) FROM unit WHERE row_hash = 5";

	(void)state;
	load(1, UNIT_ENHET, UNIT_HASH, -1);
	load(2, UNIT_UNDERENHET, 1, -1);
	fixture_exec(&f, "UPDATE unit SET row_hash = 5");
	assert_int_equal(rehash(f.w.db, UNIT_ENHET, 3, &f.err), 0);
	assert_int_equal(fixture_int(&f, odd), 2 * UNITS);
	assert_int_equal(rehash(f.w.db, UNIT_UNDERENHET, 3, &f.err), 0);
	assert_int_equal(fixture_int(&f, odd), UNITS);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM unit WHERE row_hash = 5"
	    " AND kind = 0"), UNITS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_first_night_writes_no_history,
		    begin, end),
		cmocka_unit_test_setup_teardown(sums_of_today_stand, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
