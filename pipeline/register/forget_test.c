#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "tests/fixture.h"
#include "pipeline/register/asof.h"
#include "pipeline/register/forget.h"

enum { TODAY = 20500, UNIT = 810000007 };
static struct fixture f;

static int
setup(void **state)
{
	(void)state;
	fixture_open(&f);
	f.w.now = (int64_t)TODAY * 86400 + 100;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

/* Ten registers, ten days apart, the last of them today's; a unit that changes
 * with each: version i came with extract i. */
static void
ten_registers(void)
{
	char sql[600];

	for (int i = 1; i <= 10; i++) {
		snprintf(sql, sizeof(sql), "INSERT INTO extract (id, kind, source,"
		    " register_date, date_basis, fetched, bytes, sha256, standard, read,"
		    " units, unreadable, added, changed, gone, in_force) VALUES (%d,"
		    " 'enhet', 'a', %d, 'file', 1, 1, 'h%d', 'SN2025', 1, 1, 0, 0, 1, 0,"
		    " %d)", i, TODAY - 10 * (10 - i), i, i == 10);
		fixture_exec(&f, sql);
		if (i < 10)
			snprintf(sql, sizeof(sql), "INSERT INTO unit_history (orgnr, kind,"
			    " name, row_hash, extract, until) VALUES (%d, 0, 'v%d', %d, %d,"
			    " %d)", UNIT, i, i, i, i + 1);
		else
			snprintf(sql, sizeof(sql), "INSERT INTO unit (orgnr, kind, name,"
			    " row_hash, extract) VALUES (%d, 0, 'v%d', %d, %d)", UNIT, i, i,
			    i);
		fixture_exec(&f, sql);
	}
}

static int
take_name(void *ctx, const struct asof_version *v, struct err *err)
{
	(void)err;
	snprintf(ctx, 16, "%.15s", v->unit->name);
	return 0;
}

static int64_t
left(void)
{
	return fixture_int(&f, "SELECT count(*) FROM unit_history");
}

static void
all_is_kept_where_nothing_is_said(void **state)
{
	int64_t rows;

	(void)state;
	ten_registers();
	assert_int_equal(forget_history(&f.w, &rows, &f.err), 0);
	assert_int_equal(rows, 0);
	assert_int_equal(left(), 9);
}

static void
each_day_within_the_limit_can_be_read_back(void **state)
{
	char name[16], want[16];
	int64_t rows;

	(void)state;
	ten_registers();
	f.set.history_days = 35;	/* from the register of the 40th day on */
	f.w.dry_run = 1;
	assert_int_equal(forget_history(&f.w, &rows, &f.err), 0);
	assert_int_equal(rows, 5);
	assert_int_equal(left(), 9);
	f.w.dry_run = 0;
	assert_int_equal(forget_history(&f.w, &rows, &f.err), 0);
	assert_int_equal(rows, 5);
	assert_int_equal(left(), 4);
	for (int ago = 0; ago <= 100; ago++) {
		int n = asof_unit(&f.w, UNIT, TODAY - ago, take_name, name, &f.err);

		if (ago > 40) {		/* forgotten, or before there was one */
			assert_int_equal(n, -1);
			assert_int_equal(f.err.status, EX_NOINPUT);
			continue;
		}
		assert_int_equal(n, 1);
		snprintf(want, sizeof(want), "v%d", 10 - (ago + 9) / 10);
		assert_string_equal(name, want);
	}
	/* and again: there is nothing more to do */
	assert_int_equal(forget_history(&f.w, &rows, &f.err), 0);
	assert_int_equal(rows, 0);
}

static void
what_a_frame_needs_stays(void **state)
{
	char name[16];
	int64_t rows;

	(void)state;
	ten_registers();
	fixture_frame(&f);
	fixture_exec(&f, "UPDATE frame SET extract_enhet = 3");
	f.set.history_days = 5;
	assert_int_equal(forget_history(&f.w, &rows, &f.err), 0);
	assert_int_equal(rows, 2);	/* gone before the third */
	assert_int_equal(asof_unit(&f.w, UNIT, TODAY - 70, take_name, name, &f.err),
	    1);
	assert_string_equal(name, "v3");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_is_kept_where_nothing_is_said,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    each_day_within_the_limit_can_be_read_back, setup, teardown),
		cmocka_unit_test_setup_teardown(what_a_frame_needs_stays, setup,
		    teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
