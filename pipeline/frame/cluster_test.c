/* One invitation for each address: who speaks for it, and who gave way. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/frame/lab_test.h"

static int32_t o(int i) { return lab_orgnr(i); }

#define MOST	LAB_HEAD "[email]\nkeep = most-employees\n" LAB_GROUPS LAB_AREAS
#define PARENT	"[study]\nname = test\nstandard = SN2025\nunits = both\n[email]\n" \
		"keep = parent-first\n" LAB_GROUPS LAB_AREAS
#define BOTH	"[study]\nname = test\nstandard = SN2025\nunits = both\n" LAB_GROUPS \
		LAB_AREAS

/* Which of lab_orgnr(from) to (to) has the lowest random number. */
static int
lowest(const struct lab *l, int from, int to)
{
	int best = from;
	double least = 2;

	for (int i = from; i <= to; i++) {
		char key[16];
		double prn;

		snprintf(key, sizeof(key), "%09d", (int)o(i));
		if ((prn = prn_of(l->f.keys.salt, key)) < least) {
			least = prn;
			best = i;
		}
	}
	return best;
}

/* The one unit that is kept, by its place in lab_orgnr(). */
static int
keeper(struct lab *l)
{
	int64_t orgnr = fixture_int(&l->f, "SELECT orgnr FROM frame_unit WHERE kept = 1"
	    " AND frame = (SELECT max(id) FROM frame)");

	for (int i = 0; i < 100; i++)
		if (o(i) == orgnr)
			return i;
	return -1;
}

static void
the_lowest_random_number_speaks(void **state)
{
	struct lab l;
	int want;

	(void)state;
	lab_open(&l);
	for (int i = 0; i < 7; i++)
		lab_add(&l, (struct lab_unit){ .orgnr = o(i), .employees = 10 * i,
		    .email = i % 2 ? "post@example.no" : " Post@EXAMPLE.no" });
	lab_frame(&l);
	want = lowest(&l, 0, 6);
	assert_int_equal(keeper(&l), want);
	assert_int_equal(l.r.reason[FRAME_DUPLICATE], 6);
	assert_int_equal(l.r.clusters, 1);
	assert_int_equal(l.r.largest, 7);
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame_unit WHERE"
	    " shared = 7"), 7);
	assert_int_equal(fixture_int(&l.f, "SELECT count(DISTINCT keeper) FROM frame_unit"),
	    1);
	lab_close(&l);
}

/* Another salt, another choice: it is drawn, not the first of the list. */
static void
the_choice_is_the_salts(void **state)
{
	int seen[7] = { 0 }, different = 0;

	(void)state;
	for (int salt = 0; salt < 12; salt++) {
		struct lab l;

		lab_open(&l);
		snprintf(l.f.keys.salt, sizeof(l.f.keys.salt), "salt-%d", salt);
		for (int i = 0; i < 7; i++)
			lab_add(&l, (struct lab_unit){ .orgnr = o(i),
			    .email = "post@example.no" });
		lab_frame(&l);
		assert_int_equal(keeper(&l), lowest(&l, 0, 6));
		seen[keeper(&l)] = 1;
		lab_close(&l);
	}
	for (int i = 0; i < 7; i++)
		different += seen[i];
	assert_true(different >= 3);
}

static void
most_employees_speak(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	lab_study(&l, MOST);
	/* none, 1 to 4, none given */
	lab_add(&l, (struct lab_unit){ .orgnr = o(0), .employees = -1,
	    .email = "a@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(1), .employees = -2,
	    .email = "a@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(2), .email = "a@example.no" });
	lab_frame(&l);
	assert_int_equal(keeper(&l), 1);
	lab_add(&l, (struct lab_unit){ .orgnr = o(3), .employees = 5,
	    .email = "a@example.no" });
	lab_extract(&l, "enhet", "SN2025", 'b');
	lab_frame(&l);
	assert_int_equal(keeper(&l), 3);
	lab_add(&l, (struct lab_unit){ .orgnr = o(4), .employees = 12,
	    .email = "a@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(5), .employees = 12,
	    .email = "a@example.no" });
	lab_extract(&l, "enhet", "SN2025", 'c');
	lab_frame(&l);
	assert_int_equal(keeper(&l), lowest(&l, 4, 5));
	lab_close(&l);
}

/* An accountant's address: of six sub-units of other firms and one main unit the
 * main unit, whatever they draw; of two main units the lower number. */
static void
what_nothing_stands_above_speaks(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	lab_extract(&l, "underenhet", "SN2025", 'u');
	lab_study(&l, PARENT);
	for (int i = 0; i < 6; i++)
		lab_add(&l, (struct lab_unit){ .orgnr = o(i), .kind = 1,
		    .parent = o(30 + i), .email = "a@example.no" });
	lab_frame(&l);
	assert_int_equal(keeper(&l), lowest(&l, 0, 5));
	lab_add(&l, (struct lab_unit){ .orgnr = o(6), .email = "a@example.no" });
	lab_extract(&l, "enhet", "SN2025", 'b');
	lab_frame(&l);
	assert_int_equal(keeper(&l), 6);
	lab_add(&l, (struct lab_unit){ .orgnr = o(7), .email = "a@example.no" });
	/* of the same firm as 7: it gives way, and tells the choice's size */
	lab_add(&l, (struct lab_unit){ .orgnr = o(8), .kind = 1, .parent = o(7),
	    .email = "a@example.no" });
	lab_extract(&l, "enhet", "SN2025", 'c');
	lab_frame(&l);
	assert_int_equal(keeper(&l), lowest(&l, 6, 7));
	assert_string_equal(lab_rows(&l, "shared"), "8; 8; 8; 8; 8; 8; 8; 8; 8");
	lab_close(&l);
}

/* Only those who are kept otherwise are in a cluster. */
static void
who_is_left_out_already_shares_nothing(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	lab_add(&l, (struct lab_unit){ .orgnr = o(0), .email = "a@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(1), .bankrupt = 1,
	    .email = "a@example.no" });
	lab_frame(&l);
	assert_int_equal(keeper(&l), 0);
	assert_int_equal(l.r.clusters, 0);
	assert_string_equal(lab_rows(&l, "shared"), "1; 1");
	lab_close(&l);
}

static void
a_sub_unit_gives_way_to_its_main_unit(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	lab_extract(&l, "underenhet", "SN2025", 'u');
	lab_study(&l, BOTH);
	/* the main unit in the middle of the numbers, whatever they draw */
	lab_add(&l, (struct lab_unit){ .orgnr = o(0), .kind = 1, .parent = o(1),
	    .email = "a@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(1), .email = "a@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(2), .kind = 1, .parent = o(1),
	    .email = "A@example.no" });
	/* with an address of its own it is asked */
	lab_add(&l, (struct lab_unit){ .orgnr = o(3), .kind = 1, .parent = o(1),
	    .email = "b@example.no" });
	lab_frame(&l);
	assert_string_equal(lab_rows(&l, "kept || ' ' || coalesce(detail, '-') || ' ' ||"
	    " coalesce(keeper, '-') || ' ' || shared"),
	    "0 same firm 810000015 1; 1 - - 1; 0 same firm 810000015 1; 1 - - 1");
	assert_int_equal(l.r.clusters, 0);
	lab_close(&l);
}

/* Two firms with one accountant: one main unit is asked, and the sub-units of
 * the other name it too. */
static void
a_firm_in_a_cluster_counts_once(void **state)
{
	struct lab l;
	int64_t kept;

	(void)state;
	lab_open(&l);
	lab_extract(&l, "underenhet", "SN2025", 'u');
	lab_study(&l, BOTH);
	for (int i = 0; i < 2; i++) {
		lab_add(&l, (struct lab_unit){ .orgnr = o(10 + i),
		    .email = "a@example.no" });
		lab_add(&l, (struct lab_unit){ .orgnr = o(i), .kind = 1,
		    .parent = o(10 + i), .email = "a@example.no" });
		lab_add(&l, (struct lab_unit){ .orgnr = o(20 + i), .kind = 1,
		    .parent = o(10 + i), .email = "a@example.no" });
	}
	lab_frame(&l);
	assert_int_equal(l.r.kept, 1);
	assert_int_equal(l.r.clusters, 1);
	assert_int_equal(l.r.largest, 2);
	kept = o(keeper(&l));
	assert_int_equal(kept, o(lowest(&l, 10, 11)));
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame_unit WHERE"
	    " keeper = (SELECT unit_key FROM frame_unit WHERE kept = 1)"), 5);
	lab_close(&l);
}

/* Sub-units of one firm, where main units are not asked, are a cluster. */
static void
sub_units_alone_are_a_cluster(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	lab_extract(&l, "underenhet", "SN2025", 'u');
	lab_study(&l, "[study]\nname = test\nstandard = SN2025\nunits = underenhet\n"
	    LAB_GROUPS LAB_AREAS);
	lab_add(&l, (struct lab_unit){ .orgnr = o(9), .email = "a@example.no" });
	for (int i = 0; i < 3; i++)
		lab_add(&l, (struct lab_unit){ .orgnr = o(i), .kind = 1, .parent = o(9),
		    .email = "a@example.no" });
	lab_frame(&l);
	assert_int_equal(l.r.kept, 1);
	assert_int_equal(l.r.largest, 3);
	lab_close(&l);
}

/* Public bodies stand above one another: the topmost with the address is
 * asked, in whatever order the numbers are. */
static void
a_ladder_leads_to_its_top(void **state)
{
	static const int order[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 0, 2 },
		{ 1, 2, 0 }, { 0, 2, 1 }, { 2, 0, 1 } };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		const int *at = order[i];
		struct lab l;

		lab_open(&l);
		lab_add(&l, (struct lab_unit){ .orgnr = o(at[0]),
		    .email = "a@example.no" });
		lab_add(&l, (struct lab_unit){ .orgnr = o(at[1]), .parent = o(at[0]),
		    .email = "a@example.no" });
		lab_add(&l, (struct lab_unit){ .orgnr = o(at[2]), .parent = o(at[1]),
		    .email = "a@example.no" });
		/* and a stranger in between */
		lab_add(&l, (struct lab_unit){ .orgnr = o(3), .email = "b@example.no" });
		lab_frame(&l);
		assert_int_equal(l.r.kept, 2);
		assert_int_equal(l.r.clusters, 0);
		assert_int_equal(fixture_int(&l.f, "SELECT orgnr FROM frame_unit WHERE"
		    " kept = 1 AND email_key LIKE 'a%'"), o(at[0]));
		assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame_unit d"
		    " JOIN frame_unit k ON k.unit_key = d.keeper WHERE k.kept = 1"), 2);
		lab_close(&l);
	}
}

/* A register that has units above themselves is wrong; the frame is made. */
static void
a_circle_ends(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	lab_add(&l, (struct lab_unit){ .orgnr = o(0), .parent = o(0),
	    .email = "a@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(1), .parent = o(2),
	    .email = "b@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(2), .parent = o(1),
	    .email = "b@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(3), .parent = o(2),
	    .email = "b@example.no" });
	lab_frame(&l);
	assert_int_equal(l.r.kept, 2);
	assert_int_equal(l.r.largest, 3);
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame_unit d JOIN"
	    " frame_unit k ON k.unit_key = d.keeper WHERE k.kept = 1"), 2);
	lab_close(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lowest_random_number_speaks),
		cmocka_unit_test(the_choice_is_the_salts),
		cmocka_unit_test(most_employees_speak),
		cmocka_unit_test(what_nothing_stands_above_speaks),
		cmocka_unit_test(who_is_left_out_already_shares_nothing),
		cmocka_unit_test(a_sub_unit_gives_way_to_its_main_unit),
		cmocka_unit_test(a_firm_in_a_cluster_counts_once),
		cmocka_unit_test(sub_units_alone_are_a_cluster),
		cmocka_unit_test(a_ladder_leads_to_its_top),
		cmocka_unit_test(a_circle_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
