/* Each unit of the population in one row, kept or left out for one reason. */

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/frame/lab_test.h"

static int32_t o(int i) { return lab_orgnr(i); }

static char *
digits(int i)
{
	static char text[16];

	snprintf(text, sizeof(text), "%09d", (int)lab_orgnr(i));
	return text;
}

/* Everybody who can be left out for something, one each, and one kept. */
static void
one_of_each(struct lab *l)
{
	lab_add(l, (struct lab_unit){ .orgnr = o(0), .email = "kept@example.no" });
	lab_add(l, (struct lab_unit){ .orgnr = o(1), .email = "a1@example..no", .bankrupt = 1 });
	lab_add(l, (struct lab_unit){ .orgnr = o(2), .email = "a2@example.no", .winding_up = 1 });
	lab_add(l, (struct lab_unit){ .orgnr = o(3), .email = "a3@example.no", .forced = 1 });
	lab_add(l, (struct lab_unit){ .orgnr = o(4), .email = "a4@example.no" });
	lab_add(l, (struct lab_unit){ .orgnr = o(5), .email = "a5@example.no" });
	lab_add(l, (struct lab_unit){ .orgnr = o(6) });
	lab_add(l, (struct lab_unit){ .orgnr = o(7), .email = "ingen" });
	lab_add(l, (struct lab_unit){ .orgnr = o(8), .email = "a8@example..no" });
	lab_add(l, (struct lab_unit){ .orgnr = o(9), .email = "KEPT@example.no " });
	lab_study(l, LAB_HEAD "[filter]\nexclude = out.csv\n" LAB_GROUPS LAB_AREAS);
	lab_file(l, "out.csv", "epost\na4@example.no\n");
	lab_suppress(l, SUPPRESS_EMAIL, "a5@example.no");
}

static const char each_reason[] = "duplicate shared address; bankrupt ; bankrupt ; bankrupt ; "
    "excluded ; suppressed ; no_email ; email_unusable placeholder; "
    "email_review domain_dot; kept ";

static void
each_reason_has_its_unit(void **state)
{
	struct lab l;
	const char *got;

	(void)state;
	lab_open(&l);
	one_of_each(&l);
	lab_frame(&l);
	got = lab_rows(&l, "coalesce(reason, 'kept') || ' ' || coalesce(detail, '')");
	assert_string_equal(got, each_reason);
	assert_int_equal(l.r.kept, 1);
	for (int i = FRAME_BANKRUPT; i < FRAME_REASONS; i++)
		assert_int_equal(l.r.reason[i], i == FRAME_BANKRUPT ? 3 :
		    i != FRAME_QUARANTINE && i != FRAME_ONE_FIRM);
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame_unit WHERE"
	    " (reason = 'duplicate') <> (keeper IS NOT NULL)"), 0);
	lab_close(&l);
}

/* One that deserves all of them: take away the first, the next shows. */
static void
the_first_reason_is_the_one(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	lab_study(&l, LAB_HEAD "[filter]\nexclude = out.csv\n" LAB_GROUPS LAB_AREAS);
	lab_file(&l, "out.csv", "orgnr\n810000007\n");
	lab_suppress(&l, SUPPRESS_ORGNR, digits(0));
	lab_add(&l, (struct lab_unit){ .orgnr = o(0), .bankrupt = 1 });
	lab_add(&l, (struct lab_unit){ .orgnr = o(1), .email = "other@example.no" });
	lab_frame(&l);
	assert_int_equal(l.r.reason[FRAME_BANKRUPT], 1);
	fixture_exec(&l.f, "UPDATE unit SET bankrupt = NULL");
	lab_extract(&l, "enhet", "SN2025", 'b');
	lab_frame(&l);
	assert_int_equal(l.r.reason[FRAME_EXCLUDED], 1);
	lab_file(&l, "out.csv", "orgnr\n");
	lab_frame(&l);
	assert_int_equal(l.r.reason[FRAME_SUPPRESSED], 1);
	fixture_exec(&l.f, "DELETE FROM suppression");
	lab_frame(&l);
	assert_int_equal(l.r.reason[FRAME_NO_EMAIL], 1);
	lab_close(&l);
}

static void
the_bankrupt_may_be_wanted(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	one_of_each(&l);
	lab_study(&l, LAB_HEAD "[filter]\nbankrupt = in\n[email]\nnoreply = in\n"
	    LAB_GROUPS LAB_AREAS);
	lab_add(&l, (struct lab_unit){ .orgnr = o(10), .email = "noreply@example.no" });
	lab_frame(&l);
	assert_int_equal(l.r.reason[FRAME_BANKRUPT], 0);
	assert_int_equal(l.r.kept, 5);
	lab_close(&l);
}

/* A list that has been read says what it leaves out, whatever the case. */
static void
suppression_stops_an_address_and_a_number(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	lab_add(&l, (struct lab_unit){ .orgnr = o(0), .email = "Post@Example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(1), .email = "two@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(2), .email = "three@example.no" });
	lab_suppress(&l, SUPPRESS_EMAIL, "post@example.no");
	lab_suppress(&l, SUPPRESS_ORGNR, digits(1));
	lab_frame(&l);
	assert_string_equal(lab_rows(&l, "coalesce(reason, 'kept')"),
	    "suppressed; suppressed; kept");
	lab_close(&l);
}

static void
what_is_outside_is_counted_only(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	lab_add(&l, (struct lab_unit){ .orgnr = o(0), .email = "a@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(1), .nace = 55300, .place = "3312",
	    .email = "b@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(2), .nace = 1110 });
	lab_add(&l, (struct lab_unit){ .orgnr = o(3), .nace = 60100 });
	lab_add(&l, (struct lab_unit){ .orgnr = o(4), .place = "0301" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(5), .place = "3301" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(6), .place = "" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(7), .deleted = 20000 });
	lab_add(&l, (struct lab_unit){ .orgnr = o(8), .kind = 1, .parent = o(0) });
	fixture_exec(&l.f, "UPDATE unit SET nace1 = NULL WHERE nace1 = 60100");
	lab_frame(&l);
	assert_int_equal(l.r.register_units, 7);
	assert_int_equal(l.r.outside_code, 2);
	assert_int_equal(l.r.outside_area, 3);
	assert_int_equal(l.r.outside_filter, 0);
	assert_int_equal(l.r.population, 2);
	assert_int_equal(l.r.register_date, LAB_DAY);
	assert_string_equal(lab_rows(&l, "group_name || ' ' || area_name || ' ' || nace "
	    "|| ' ' || municipality || ' ' || county || ' ' || source || ' ' || shared"),
	    "film north 59110 5601 56 enhet 1; camping east 55300 3312 33 enhet 1");
	lab_close(&l);
}

/* Filter lines; which of the units 0 to 9 of ten_to_filter() pass. */
static const struct {
	const char *filter, *want;
} filters[] = {
	{ "", "0123456789" },
	{ "legal_form = AS", "0145" },
	{ "legal_form = AS ENK", "012345" },
	{ "legal_form_not = AS", "236789" },
	{ "legal_form = AS ENK\nlegal_form_not = ENK", "0145" },
	{ "employees = none", "0268" },
	{ "employees = 1-4", "37" },
	{ "employees = -4", "023678" },
	{ "employees = 5-", "1459" },
	{ "employees = 5-9", "14" },
	{ "employees = 1-", "134579" },
	{ "employees = 10-", "59" },
	{ "employees = -9", "01234678" },
	/* 1 to 4 are one class: what cuts through it leaves it out */
	{ "employees = 2-", "1459" },
	{ "employees = -3", "0268" },
	{ "registered_before = 2010-01-04", "8" },
	{ "registered_before = 2010-01-05", "012345678" },
	{ "registered_after = 2010-01-04", "9" },
	{ "registered_after = 2010-01-03", "012345679" },
	{ "registered_after = 2010-01-03\nregistered_before = 2010-01-05", "01234567" },
};

static void
ten_to_filter(struct lab *l)
{
	static const struct lab_unit u[] = {
		{ .form = "AS" }, { .form = "AS", .employees = 5 },
		{ .form = "ENK" }, { .form = "ENK", .employees = -2 },
		{ .form = "AS", .employees = 9 }, { .form = "AS", .employees = 10 },
		{ .form = "DA", .employees = -1 }, { .form = "DA", .employees = -2 },
		{ .form = "ANS", .registered = 14612 },
		{ .form = "ANS", .registered = 14614, .employees = 200 } };

	for (int i = 0; i < 10; i++) {
		struct lab_unit one = u[i];
		char email[30];

		snprintf(email, sizeof(email), "u%d@example.no", i);
		one.orgnr = o(i);
		one.email = email;
		lab_add(l, one);
	}
}

static void
filters_let_through_what_they_say(void **state)
{
	struct lab l;
	int bad = 0;

	(void)state;
	lab_open(&l);
	ten_to_filter(&l);
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		struct buf b = BUF(4000);
		char got[40] = "";
		size_t n = 0;

		buf_printf(&b, LAB_HEAD "[filter]\n%s\n" LAB_GROUPS LAB_AREAS,
		    filters[i].filter);
		lab_study(&l, buf_text(&b));
		buf_free(&b);
		lab_frame(&l);
		for (int k = 0; k < 10; k++) {
			char sql[200];

			snprintf(sql, sizeof(sql), "SELECT count(*) FROM frame_unit WHERE"
			    " frame = (SELECT max(id) FROM frame) AND orgnr = %d",
			    (int)o(k));
			if (fixture_int(&l.f, sql) == 1)
				got[n++] = (char)('0' + k);
		}
		got[n] = '\0';
		if (strcmp(got, filters[i].want) != 0) {
			print_error("%s: got %s\n", filters[i].filter, got);
			bad++;
		}
		assert_int_equal(l.r.outside_filter, 10 - (int)n);
	}
	lab_close(&l);
	assert_int_equal(bad, 0);
}

/* No date where one is asked for: not in. */
static void
without_a_date_nobody_is_early_or_late(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	lab_add(&l, (struct lab_unit){ .orgnr = o(0), .email = "a@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(1), .email = "b@example.no" });
	fixture_exec(&l.f, "UPDATE unit SET registered_date = NULL WHERE email LIKE 'b%'");
	lab_study(&l, LAB_HEAD "[filter]\nregistered_before = 2030-01-01\n"
	    LAB_GROUPS LAB_AREAS);
	lab_frame(&l);
	assert_int_equal(l.r.kept, 1);
	lab_study(&l, LAB_HEAD "[filter]\nregistered_after = 1900-01-01\n"
	    LAB_GROUPS LAB_AREAS);
	lab_frame(&l);
	assert_int_equal(l.r.kept, 1);
	lab_close(&l);
}

#define LAB_BOTH	"[study]\nname = test\nstandard = SN2025\nunits = both\n" \
			LAB_GROUPS LAB_AREAS
#define LAB_SUB		"[study]\nname = test\nstandard = SN2025\n" \
			"units = underenhet\n" LAB_GROUPS LAB_AREAS

static void
a_sub_unit_has_its_main_units_form_and_fate(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	lab_extract(&l, "underenhet", "SN2025", 'u');
	lab_add(&l, (struct lab_unit){ .orgnr = o(0), .form = "ENK", .bankrupt = 1, .nace = 1110 });
	lab_add(&l, (struct lab_unit){ .orgnr = o(1), .kind = 1, .parent = o(0),
	    .email = "a@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(2), .form = "AS", .nace = 1110 });
	lab_add(&l, (struct lab_unit){ .orgnr = o(3), .kind = 1, .parent = o(2),
	    .email = "b@example.no" });
	lab_study(&l, LAB_SUB);
	lab_frame(&l);
	assert_string_equal(lab_rows(&l, "legal_form || ' ' || source || ' ' ||"
	    " coalesce(reason, 'kept')"), "ENK underenhet bankrupt; AS underenhet kept");
	assert_int_equal(l.r.register_units, 2);
	assert_string_equal(buf_text(&l.said), "");
	/* so it leans on both extracts: a new one of main units is a new frame */
	assert_string_equal(fixture_text(&l.f, "SELECT extract_sha256 FROM frame"),
	    "a+u");
	lab_extract(&l, "enhet", "SN2025", 'b');
	lab_frame(&l);
	assert_int_equal(l.r.again, 0);
	/* and says so where there is none */
	fixture_exec(&l.f, "UPDATE extract SET in_force = 0 WHERE kind = 'enhet'");
	lab_frame(&l);
	assert_non_null(strstr(buf_text(&l.said), "bankruptcy"));
	lab_close(&l);
}

static void
both_kinds_want_both_registers(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	lab_add(&l, (struct lab_unit){ .orgnr = o(0), .email = "a@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(1), .kind = 1, .parent = o(0), .place = "5603",
	    .email = "b@example.no" });
	lab_study(&l, LAB_BOTH);
	assert_int_equal(lab_try(&l), -1);
	assert_int_equal(l.err.status, EX_NOINPUT);
	assert_non_null(strstr(l.err.text, "utvalg pull --kind underenhet"));
	lab_extract(&l, "underenhet", "SN2007", 'u');
	assert_int_equal(lab_try(&l), -1);
	assert_int_equal(l.err.status, EX_DATAERR);
	lab_extract(&l, "underenhet", "SN2025", 'u');
	lab_frame(&l);
	assert_int_equal(l.r.register_units, 2);
	assert_int_equal(l.r.population, 2);
	assert_int_equal(l.r.kept, 1);		/* they are one firm (firm.h) */
	lab_close(&l);
}

static void
a_register_of_before_the_change_is_read_in_its_standard(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	lab_extract(&l, "enhet", "SN2007", 'o');
	lab_add(&l, (struct lab_unit){ .orgnr = o(0), .nace = 74101, .email = "a@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(1), .nace = 74110, .email = "b@example.no" });
	lab_study(&l, "[study]\nname = test\nstandard = SN2007\n"
	    "[group design]\ncodes = 74101\n" LAB_AREAS);
	lab_frame(&l);
	assert_string_equal(lab_rows(&l, "nace"), "74101");
	lab_extract(&l, "enhet", "SN2025", 'n');
	lab_frame(&l);
	assert_string_equal(lab_rows(&l, "nace"), "74110");
	/* a standard that the extract does not know is that of its day */
	lab_extract(&l, "enhet", "unknown", 'm');
	lab_frame(&l);
	assert_string_equal(lab_rows(&l, "nace"), "74110");
	lab_close(&l);
}

static void
no_register_is_said(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	fixture_exec(&l.f, "DELETE FROM extract");
	assert_int_equal(lab_try(&l), -1);
	assert_int_equal(l.err.status, EX_NOINPUT);
	assert_non_null(strstr(l.err.text, "utvalg pull"));
	lab_close(&l);
}

/* The largest is the largest, wherever it stands. */
static void
clusters_are_counted(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	for (int i = 0; i < 9; i++)
		lab_add(&l, (struct lab_unit){ .orgnr = o(i), .email = i < 3 ?
		    "m@example.no" : i < 7 ? "a@example.no" : "z@example.no" });
	lab_frame(&l);
	assert_int_equal(l.r.clusters, 3);
	assert_int_equal(l.r.largest, 4);
	lab_close(&l);
}

static int64_t
writes(struct lab *l)
{
	return fixture_int(&l->f, "SELECT (SELECT count(*) FROM frame) + (SELECT count(*)"
	    " FROM frame_unit) + (SELECT count(*) FROM event) + (SELECT count(*) FROM"
	    " study WHERE name = 'test')");
}

static void
an_empty_frame_writes_nothing(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	lab_add(&l, (struct lab_unit){ .orgnr = o(0) });
	assert_int_equal(lab_try(&l), -1);
	assert_int_equal(l.err.status, EX_DATAERR);
	assert_non_null(strstr(l.err.text, "nobody is left"));
	assert_int_equal(writes(&l), 0);
	lab_close(&l);
}

static void
a_dry_run_writes_nothing(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	one_of_each(&l);
	l.f.w.dry_run = 1;
	lab_frame(&l);
	assert_int_equal(l.r.kept, 1);
	assert_int_equal(writes(&l), 0);
	lab_close(&l);
}

static void
the_same_again_changes_nothing(void **state)
{
	struct lab l;
	int64_t first, before;

	(void)state;
	lab_open(&l);
	one_of_each(&l);
	lab_frame(&l);
	assert_int_equal(l.r.again, 0);
	first = l.r.frame;
	before = writes(&l);
	l.f.w.now += 86400;
	lab_frame(&l);
	assert_int_equal(l.r.again, 1);
	assert_int_equal(l.r.frame, first);
	assert_int_equal(writes(&l), before);
	lab_close(&l);
}

/* Each thing that a frame is frozen from, changed: another frame. */
static void
what_it_was_made_of_is_remembered(void **state)
{
	struct lab l;
	int64_t frames = 1;

	(void)state;
	lab_open(&l);
	one_of_each(&l);
	lab_frame(&l);
	lab_extract(&l, "enhet", "SN2025", 'b');
	lab_frame(&l);
	assert_int_equal(l.r.frame, ++frames);
	/* what the change feed brought since, and more of it the same day */
	fixture_exec(&l.f, "INSERT INTO extract (kind, source, register_date,"
	    " date_basis, fetched, bytes, sha256, standard, read, units, unreadable,"
	    " added, changed, gone, in_force, origin) SELECT kind, source,"
	    " register_date + 1, 'clock', fetched, 0, sha256, standard, 1, 1, 0, 0, 1,"
	    " 0, 0, 'feed' FROM extract WHERE in_force = 1 AND kind = 'enhet'");
	lab_frame(&l);
	assert_int_equal(l.r.frame, ++frames);
	lab_frame(&l);
	assert_int_equal(l.r.again, 1);
	fixture_exec(&l.f, "UPDATE extract SET changed = 2 WHERE origin = 'feed'");
	lab_frame(&l);
	assert_int_equal(l.r.frame, ++frames);
	lab_file(&l, "out.csv", "epost\na4@example.no\na1@example.no\n");
	lab_frame(&l);
	assert_int_equal(l.r.frame, ++frames);
	lab_suppress(&l, SUPPRESS_EMAIL, "nobody@example.no");
	lab_frame(&l);
	assert_int_equal(l.r.frame, ++frames);
	lab_study(&l, LAB_HEAD "# seen again\n[filter]\nexclude = out.csv\n" LAB_GROUPS
	    LAB_AREAS);
	lab_frame(&l);
	assert_int_equal(l.r.frame, ++frames);
	fixture_exec(&l.f, "UPDATE frame SET code_version = 'of another day'");
	lab_frame(&l);
	assert_int_equal(l.r.frame, ++frames);
	assert_non_null(strstr(fixture_text(&l.f, "SELECT code_version FROM frame"
	    " ORDER BY id DESC"), "public suffix list of"));
	lab_frame(&l);
	assert_int_equal(l.r.again, 1);
	lab_close(&l);
}

static void
after_the_draw_only_the_same_frame_is_had(void **state)
{
	struct lab l;
	int64_t before;

	(void)state;
	lab_open(&l);
	one_of_each(&l);
	lab_frame(&l);
	fixture_exec(&l.f, "INSERT INTO sample (study, frame, drawn, design, salt_sha256,"
	    " units, list_sha256) SELECT study, id, 1, 'everyone', '', 1, '' FROM frame");
	lab_frame(&l);
	assert_int_equal(l.r.again, 1);
	before = writes(&l);
	lab_extract(&l, "enhet", "SN2025", 'b');
	assert_int_equal(lab_try(&l), -1);
	assert_int_equal(l.err.status, EX_CANTCREAT);
	assert_non_null(strstr(l.err.text, "drawn"));
	assert_int_equal(writes(&l), before);
	lab_close(&l);
}

static void
another_owners_study_is_refused(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	one_of_each(&l);
	assert_int_equal(frame_make(&l.f.w, l.study, 1001, &l.r, &l.err), 0);
	lab_extract(&l, "enhet", "SN2025", 'b');
	assert_int_equal(frame_make(&l.f.w, l.study, 1002, &l.r, &l.err), -1);
	assert_int_equal(l.err.status, EX_NOPERM);
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame"), 1);
	lab_close(&l);
}

/* What was known of a unit stands in its row, and nothing that was not. */
static void
a_row_holds_what_was_known(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	lab_add(&l, (struct lab_unit){ .orgnr = o(0), .parent = o(5), .form = "ORGL",
	    .name = "ET KONTOR", .employees = 12, .email = " post@Example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(1), .employees = -1 });
	lab_add(&l, (struct lab_unit){ .orgnr = o(2), .employees = -2 });
	lab_add(&l, (struct lab_unit){ .orgnr = o(3) });
	lab_frame(&l);
	assert_int_equal(fixture_int(&l.f, "SELECT frozen FROM frame"), l.f.w.now);
	assert_int_equal(fixture_int(&l.f, "SELECT extract_enhet = (SELECT id FROM"
	    " extract) AND extract_underenhet IS NULL FROM frame"), 1);
	assert_string_equal(fixture_text(&l.f, "SELECT unit_key || '|' || orgnr || '|' ||"
	    " parent || '|' || name || '|' || legal_form || '|' || employees || '|' ||"
	    " email_raw || '|' || email || '|' || email_key || '|' || email_note FROM"
	    " frame_unit WHERE kept = 1"), "810000007|810000007|810000066|ET KONTOR|ORGL|"
	    "12| post@Example.no|post@example.no|post@example.no|trimmed,role");
	assert_string_equal(lab_rows(&l, "coalesce(employees, '-') || coalesce("
	    "has_employees, '-') || coalesce(parent, '-')"), "121810000066; -0-; -1-; ---");
	lab_close(&l);
}

/* Fifty units of all sorts, from a small generator; ${order} shuffles them. */
static void
a_crowd(struct lab *l, unsigned order)
{
	static const char *const email[] = { "post@example.no", NULL, "x%d@example.no",
		"y%d@example.no", " z%d@example.no.", "-", "q%d@example..no",
		"felles@example.org", "v%d@example.no; w%d@example.no" };
	static const char *const place[] = { "5601", "3312", "0301", "3301", "5603" };
	int at[50];

	for (int i = 0; i < 50; i++)
		at[i] = i;
	for (int i = 49; order != 0 && i > 0; i--) {
		int k = (int)((order = order * 1103515245u + 12345u) / 65536u % 50u) % (i + 1);
		int v = at[i];

		at[i] = at[k];
		at[k] = v;
	}
	for (int k = 0; k < 50; k++) {
		int i = at[k];
		struct lab_unit u = { .orgnr = o(i), .place = place[i % 5],
		    .nace = i % 7 == 6 ? 1110 : i % 3 == 2 ? 55300 : 59110,
		    .bankrupt = i % 11 == 10, .employees = i };
		struct buf b = BUF(400);

		if (email[i % 9] != NULL) {
			for (const char *p = email[i % 9]; *p != '\0'; p++)
				if (p[0] == '%' && ++p)
					buf_printf(&b, "%d", i);
				else
					buf_chr(&b, *p);
			u.email = buf_text(&b);
		}
		lab_add(l, u);
		buf_free(&b);
	}
}

#define ALL_COLUMNS "unit_key || '|' || source || '|' || group_name || '|' || area_name" \
	" || '|' || coalesce(email_raw, '') || '|' || coalesce(email, '') || '|' ||" \
	" coalesce(email_key, '') || '|' || coalesce(email_note, '') || '|' || prn ||" \
	" '|' || kept || '|' || coalesce(reason, '') || '|' || coalesce(detail, '') ||" \
	" '|' || coalesce(keeper, '') || '|' || shared"

static void
the_order_of_the_register_changes_nothing(void **state)
{
	char *want = NULL;

	(void)state;
	for (unsigned order = 0; order < 4; order++) {
		struct lab l;

		lab_open(&l);
		a_crowd(&l, order);
		lab_frame(&l);
		assert_true(l.r.population > 20 && l.r.kept > 5 && l.r.clusters > 0);
		if (want == NULL)
			want = mem_str(lab_rows(&l, ALL_COLUMNS));
		else
			assert_string_equal(lab_rows(&l, ALL_COLUMNS), want);
		lab_close(&l);
	}
	free(want);
}

static void
a_stranger_changes_nobody_else(void **state)
{
	struct lab l;
	char *want;

	(void)state;
	lab_open(&l);
	a_crowd(&l, 0);
	lab_frame(&l);
	want = mem_str(lab_rows(&l, ALL_COLUMNS));
	lab_add(&l, (struct lab_unit){ .orgnr = o(60), .email = "stranger@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(61), .place = "0301", .email = "post@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(62), .nace = 1110, .email = "post@example.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(63), .bankrupt = 1, .email = "post@example.no" });
	lab_extract(&l, "enhet", "SN2025", 'b');
	lab_frame(&l);
	fixture_exec(&l.f, "DELETE FROM frame_unit WHERE unit_key IN (SELECT orgnr FROM"
	    " unit WHERE email LIKE 'stranger%' OR bankrupt = 1 AND email LIKE 'post%')"
	    " AND frame = 2 AND unit_key > '810000500'");
	assert_string_equal(lab_rows(&l, ALL_COLUMNS), want);
	free(want);
	lab_close(&l);
}

/* Each unit of the population once, nobody else at all. */
static void
every_unit_stands_in_one_row(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	a_crowd(&l, 0);
	lab_frame(&l);
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame_unit"),
	    l.r.population);
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM unit u WHERE"
	    " (nace1 <> 1110 AND business_municipality IN ('5601', '5603', '3312')) <>"
	    " (SELECT count(*) FROM frame_unit f WHERE f.orgnr = u.orgnr)"), 0);
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame_unit WHERE"
	    " kept = (reason IS NOT NULL)"), 0);
	/* an address is invited once, and its duplicates name a unit that is kept */
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) - count(DISTINCT email_key)"
	    " FROM frame_unit WHERE kept = 1"), 0);
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame_unit d WHERE"
	    " d.reason = 'duplicate' AND NOT EXISTS (SELECT 1 FROM frame_unit k WHERE"
	    " k.unit_key = d.keeper AND k.kept = 1 AND k.email_key = d.email_key)"), 0);
	assert_true(l.r.repaired > 0 && l.r.several > 0);
	lab_close(&l);
}

static void
the_funnel_is_printed_and_adds_up(void **state)
{
	struct lab l;
	struct buf nb = BUF(100000), en = BUF(100000), text = BUF(100000);
	struct json j;

	(void)state;
	lab_open(&l);
	a_crowd(&l, 0);
	lab_frame(&l);
	frame_print(&l.r, LANG_NB, &nb);
	frame_print(&l.r, LANG_EN, &en);
	assert_non_null(strstr(buf_text(&nb), "Registerdato 2026-11-25\n"));
	assert_non_null(strstr(buf_text(&en), "Register date 2026-11-25\n"));
	assert_null(strstr(buf_text(&nb), "listene"));
	json_begin(&j, &text, 0);
	frame_json(&l.r, &j);
	assert_non_null(strstr(buf_text(&text), "\"left_out\": {\"bankrupt\": "));
	for (int i = 0; i < FRAME_REASONS; i++) {
		enum frame_reason r = (enum frame_reason)i;

		/* said where it took anybody: most studies do not ask for it */
		assert_int_equal(strstr(buf_text(&nb), frame_reason_text(r, LANG_NB)) !=
		    NULL, r != FRAME_QUARANTINE && r != FRAME_ONE_FIRM);
		assert_int_equal(strstr(buf_text(&en), frame_reason_text(r, LANG_EN)) !=
		    NULL, r != FRAME_QUARANTINE && r != FRAME_ONE_FIRM);
		assert_non_null(strstr(buf_text(&text), frame_reason_code(r)));
		assert_string_not_equal(frame_reason_text(r, LANG_NB),
		    frame_reason_text(r, LANG_EN));
	}
	buf_free(&nb);
	buf_free(&en);
	buf_free(&text);
	lab_close(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_reason_has_its_unit),
		cmocka_unit_test(the_first_reason_is_the_one),
		cmocka_unit_test(the_bankrupt_may_be_wanted),
		cmocka_unit_test(suppression_stops_an_address_and_a_number),
		cmocka_unit_test(what_is_outside_is_counted_only),
		cmocka_unit_test(filters_let_through_what_they_say),
		cmocka_unit_test(without_a_date_nobody_is_early_or_late),
		cmocka_unit_test(a_sub_unit_has_its_main_units_form_and_fate),
		cmocka_unit_test(both_kinds_want_both_registers),
		cmocka_unit_test(a_register_of_before_the_change_is_read_in_its_standard),
		cmocka_unit_test(no_register_is_said),
		cmocka_unit_test(clusters_are_counted),
		cmocka_unit_test(an_empty_frame_writes_nothing),
		cmocka_unit_test(a_dry_run_writes_nothing),
		cmocka_unit_test(the_same_again_changes_nothing),
		cmocka_unit_test(what_it_was_made_of_is_remembered),
		cmocka_unit_test(after_the_draw_only_the_same_frame_is_had),
		cmocka_unit_test(another_owners_study_is_refused),
		cmocka_unit_test(a_row_holds_what_was_known),
		cmocka_unit_test(the_order_of_the_register_changes_nothing),
		cmocka_unit_test(a_stranger_changes_nobody_else),
		cmocka_unit_test(every_unit_stands_in_one_row),
		cmocka_unit_test(the_funnel_is_printed_and_adds_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
