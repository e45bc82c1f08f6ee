/* Units that the register cannot show, and those to leave out. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/frame/lab_test.h"

static int32_t o(int i) { return lab_orgnr(i); }

#define LIST	"[list farms]\nfile = farms.csv\ngroup = food\nname = navn\n" \
		"email = epost\nmunicipality = kommune\norgnr = orgnr\n"
#define WITH(more)	LAB_HEAD LAB_GROUPS "[group food]\n" LAB_AREAS LIST more

static void
open_list(struct lab *l, const char *more, const char *csv)
{
	struct buf b = BUF(4000);

	lab_open(l);
	buf_printf(&b, WITH("%s"), more);
	lab_study(l, buf_text(&b));
	buf_free(&b);
	lab_file(l, "farms.csv", csv);
	lab_add(l, (struct lab_unit){ .orgnr = o(0), .email = "reg@example.no" });
}

static void
listed_units_are_in_the_population(void **state)
{
	struct lab l;

	(void)state;
	open_list(&l, "", "navn;epost;kommune;orgnr\n"
	    "G\xc3\xa5rd A;a@example.org;Alta;\n"
	    "G\xc3\xa5rd B;b@example.org;3312;810 000 015\n"
	    "G\xc3\xa5rd C;;Lier;\n"
	    "G\xc3\xa5rd D;ingen;5601;\n");
	lab_frame(&l);
	assert_int_equal(l.r.listed, 4);
	assert_int_equal(l.r.listed_matched, 0);
	assert_int_equal(l.r.listed_outside, 0);
	assert_int_equal(l.r.population, 5);
	assert_int_equal(l.r.kept, 3);
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame_unit WHERE"
	    " source = 'list:farms' AND group_name = 'food' AND nace = 0"), 4);
	assert_string_equal(fixture_text(&l.f, "SELECT unit_key || ' ' || orgnr || ' ' ||"
	    " area_name FROM frame_unit WHERE email = 'b@example.org'"),
	    "810000015 810000015 east");
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame_unit WHERE"
	    " unit_key LIKE 'list:farms:%' AND orgnr IS NULL"), 3);
	assert_string_equal(buf_text(&l.said), "");
	assert_int_equal(strlen(fixture_text(&l.f, "SELECT lists_sha256 FROM frame")), 64);
	lab_close(&l);
}

static void
who_is_there_already_adds_nothing(void **state)
{
	struct lab l;

	(void)state;
	open_list(&l, "", "navn;epost;kommune;orgnr\n"
	    "I registeret;x@example.org;Alta;810000007\n"
	    "G\xc3\xa5rd A;a@example.org;Alta;\n"
	    "  g\xc3\x85rd  a ;b@example.org; ALTA ;\n"
	    "G\xc3\xa5rd A;c@example.org;Lier;\n"
	    "G\xc3\xa5rd B;d@example.org;Alta;810000015\n"
	    "G\xc3\xa5rd C;e@example.org;Alta;810000015\n");
	lab_frame(&l);
	assert_int_equal(l.r.listed, 6);
	assert_int_equal(l.r.listed_matched, 3);
	assert_int_equal(l.r.population, 4);
	/* the register's own row stands, and the first of the list's */
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame_unit WHERE email"
	    " IN ('reg@example.no', 'a@example.org', 'c@example.org', 'd@example.org')"),
	    4);
	lab_close(&l);
}

static void
rows_that_cannot_be_placed_are_outside(void **state)
{
	struct lab l;

	(void)state;
	open_list(&l, "", "navn;epost;kommune;orgnr\n"
	    "G\xc3\xa5rd A;a@example.org;Oslo;\n"
	    "G\xc3\xa5rd B;b@example.org;Drammen;\n"
	    "G\xc3\xa5rd C;c@example.org;Ingensteds;\n"
	    "G\xc3\xa5rd D;d@example.org;Her\xc3\xb8y;\n"
	    "G\xc3\xa5rd E;e@example.org;;\n"
	    ";f@example.org;Alta;\n"
	    "G\xc3\xa5rd G;g@example.org;Alta;810000008\n");
	lab_frame(&l);
	assert_int_equal(l.r.listed, 7);
	assert_int_equal(l.r.listed_outside, 6);
	assert_int_equal(l.r.population, 2);
	assert_string_equal(buf_text(&l.said),
	    "list farms: line 4: municipality not known, or one of several: left out as"
	    " outside; its number would help\n"
	    "list farms: line 5: municipality not known, or one of several: left out as"
	    " outside; its number would help\n"
	    "list farms: line 6: no name or no municipality: left out as outside\n"
	    "list farms: line 7: no name or no municipality: left out as outside\n"
	    "list farms: line 8: organisation number has a wrong check digit: taken as"
	    " none\n");
	lab_close(&l);
}

/* The funnel of a register and lists, in a person's words. */
static void
lists_are_in_the_funnel(void **state)
{
	struct lab l;
	struct buf b = BUF(BUF_ANY);

	(void)state;
	open_list(&l, "", "navn;epost;kommune;orgnr\n"
	    "I registeret;x@example.org;Alta;810000007\n"
	    "G\xc3\xa5rd A;a@example.org;Alta;\n"
	    "G\xc3\xa5rd B;b@example.org;Alta;\n"
	    "G\xc3\xa5rd C;c@example.org;Oslo;\n");
	lab_frame(&l);
	frame_print(&l.r, LANG_EN, &b);
	assert_string_equal(buf_text(&b),
	    "Register date 2026-11-25\n"
	    "Units in the register .............................         1\n"
	    "  outside the industry codes ...................... -       0\n"
	    "  outside the areas ............................... -       0\n"
	    "  outside the filters ............................. -       0\n"
	    "Population from the register ...................... =       1\n"
	    "Rows in the lists .................................         4\n"
	    "  there already ................................... -       1\n"
	    "  outside the areas ............................... -       1\n"
	    "Population from the lists ......................... =       2\n"
	    "  of them without organisation number .............         2\n"
	    "Population ........................................ =       3\n"
	    "  bankrupt or being wound up ...................... -       0\n"
	    "  on the study's exclusion list ................... -       0\n"
	    "  opted out or suppressed ......................... -       0\n"
	    "  no e-mail address registered .................... -       0\n"
	    "  e-mail address cannot be used ................... -       0\n"
	    "  e-mail address wants a human eye ................ -       0\n"
	    "  another unit answers for the address ............ -       0\n"
	    "Kept in the frame ................................. =       3\n");
	buf_free(&b);
	lab_close(&l);
}

/* Rows moved, addresses changed: the same unit, the same key and number. */
static void
a_unit_keeps_its_key_from_list_to_list(void **state)
{
	struct lab l;
	char *key, *prn;

	(void)state;
	open_list(&l, "", "navn;epost;kommune;orgnr\nG\xc3\xa5rd A;a@example.org;Alta;\n");
	lab_frame(&l);
	key = mem_str(fixture_text(&l.f, "SELECT unit_key FROM frame_unit WHERE"
	    " source LIKE 'list:%'"));
	prn = mem_str(fixture_text(&l.f, "SELECT prn FROM frame_unit WHERE"
	    " source LIKE 'list:%'"));
	lab_file(&l, "farms.csv", "kommune,orgnr,navn,epost\n5601,,Ny,ny@example.org\n"
	    "5601,,G\xc3\x85RD  A,new@example.org\n");
	lab_frame(&l);
	assert_int_equal(l.r.again, 0);
	assert_string_equal(fixture_text(&l.f, "SELECT unit_key FROM frame_unit WHERE"
	    " email = 'new@example.org'"), key);
	assert_string_equal(fixture_text(&l.f, "SELECT prn FROM frame_unit WHERE"
	    " email = 'new@example.org'"), prn);
	assert_int_equal(l.r.population, 3);
	free(key);
	free(prn);
	lab_close(&l);
}

static void
a_lists_own_identity_is_the_key(void **state)
{
	struct lab l;
	char *key;

	(void)state;
	open_list(&l, "id = nr\n", "navn;epost;kommune;orgnr;nr\n"
	    "G\xc3\xa5rd A;a@example.org;Alta;;p-7\nG\xc3\xa5rd A;b@example.org;Alta;;p-8\n"
	    "G\xc3\xa5rd B;c@example.org;Alta;;P-7\n");
	lab_frame(&l);
	assert_int_equal(l.r.listed_matched, 1);
	key = mem_str(fixture_text(&l.f, "SELECT unit_key FROM frame_unit WHERE"
	    " email = 'a@example.org'"));
	lab_file(&l, "farms.csv", "navn;epost;kommune;orgnr;nr\n"
	    "Nytt navn;z@example.org;Lier;;p-7\n");
	lab_frame(&l);
	assert_string_equal(fixture_text(&l.f, "SELECT unit_key FROM frame_unit WHERE"
	    " email = 'z@example.org'"), key);
	free(key);
	lab_close(&l);
}

/* Listed or not: bankrupt, suppressed, one address. */
static void
listed_units_have_the_same_reasons(void **state)
{
	struct lab l;

	(void)state;
	open_list(&l, "", "navn;epost;kommune;orgnr\n"
	    "G\xc3\xa5rd A;a@example.org;Alta;810000015\n"
	    "G\xc3\xa5rd B;b@example.org;Alta;\n"
	    "G\xc3\xa5rd C;REG@example.no;Alta;\n"
	    "G\xc3\xa5rd D;d@example.org;Alta;810000023\n");
	lab_add(&l, (struct lab_unit){ .orgnr = o(1), .nace = 1110, .bankrupt = 1,
	    .form = "ENK" });
	lab_add(&l, (struct lab_unit){ .orgnr = o(2), .nace = 1110, .kind = 1,
	    .parent = o(1) });
	lab_suppress(&l, SUPPRESS_EMAIL, "b@example.org");
	lab_frame(&l);
	assert_int_equal(l.r.reason[FRAME_BANKRUPT], 1);
	assert_int_equal(l.r.reason[FRAME_SUPPRESSED], 1);
	assert_int_equal(l.r.reason[FRAME_DUPLICATE], 1);
	assert_string_equal(fixture_text(&l.f, "SELECT legal_form FROM frame_unit WHERE"
	    " orgnr = 810000015"), "ENK");
	/* a sub-unit's main unit counts where the study reads sub-units */
	lab_extract(&l, "underenhet", "SN2025", 'u');
	lab_study(&l, "[study]\nname = test\nstandard = SN2025\nunits = both\n"
	    LAB_GROUPS "[group food]\n" LAB_AREAS LIST);
	lab_frame(&l);
	assert_int_equal(l.r.reason[FRAME_BANKRUPT], 2);
	lab_close(&l);
}

/* The file; status; what is said. */
static const struct {
	const char *says, *csv;
	int status;
	const char *has;
} broken[] = {
	{ "a missing file", NULL, EX_NOINPUT, "list farms: " },
	{ "a column that is missing", "navn;epost;orgnr\nA;a@example.org;\n", EX_DATAERR,
	    "list farms: farms.csv: line 1: no column kommune" },
	{ "the columns that there are", "navn;epost\n", EX_DATAERR,
	    "no column kommune (municipality); there are navn, epost" },
	{ "people instead of a heading", "A;a@example.no\n", EX_DATAERR,
	    "the first line is no heading" },
	{ "a column of numbers that is missing", "navn;epost;kommune\n", EX_DATAERR,
	    "no column orgnr" },
	{ "a row that is too short", "navn;epost;kommune;orgnr\nA;a@example.org;Alta\n",
	    EX_DATAERR, "line 2" },
	{ "a quote that is not closed", "navn;epost;kommune;orgnr\n\"A;a;Alta;\n",
	    EX_DATAERR, "farms.csv" },
	{ "an empty file", "", EX_DATAERR, "farms.csv" },
};

static void
a_broken_list_stops_the_frame(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct lab l;

		open_list(&l, "", broken[i].csv != NULL ? broken[i].csv : "x");
		if (broken[i].csv == NULL) {
			char path[100];

			snprintf(path, sizeof(path), "%s/farms.csv", l.f.state);
			assert_int_equal(unlink(path), 0);
		}
		assert_int_equal(lab_try(&l), -1);
		if (l.err.status != broken[i].status ||
		    strstr(l.err.text, broken[i].has) == NULL)
			fail_msg("%s: %d, %s", broken[i].says, l.err.status, l.err.text);
		assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame"), 0);
		lab_close(&l);
	}
}

/* As spreadsheets in Norway write it. */
static void
a_list_may_be_latin_1_with_semicolons(void **state)
{
	struct lab l;

	(void)state;
	open_list(&l, "", "Navn;Epost;Kommune;Orgnr\r\n"
	    "\"G\xe5rd; A\";a@example.org;S\xf8r-Varanger;\r\n");
	lab_frame(&l);
	assert_string_equal(fixture_text(&l.f, "SELECT name FROM frame_unit WHERE"
	    " municipality = 5605"), "G\xc3\xa5rd; A");
	lab_close(&l);
}

/* --- exclusions ---------------------------------------------------------------- */

static void
open_excluded(struct lab *l, const char *csv)
{
	lab_open(l);
	lab_study(l, LAB_HEAD "[filter]\nexclude = out.csv\n" LAB_GROUPS LAB_AREAS);
	lab_file(l, "out.csv", csv);
	lab_add(l, (struct lab_unit){ .orgnr = o(0), .email = "A.b@example.no" });
	lab_add(l, (struct lab_unit){ .orgnr = o(1), .email = "two@example.no" });
	lab_add(l, (struct lab_unit){ .orgnr = o(2), .email = "three@example.no" });
	lab_add(l, (struct lab_unit){ .orgnr = o(3), .email = "four@example.no" });
}

static const struct {
	const char *csv, *want, *said;
} excluded[] = {
	{ "orgnr\n810000007\n810 000 023\n", "excluded; kept; excluded; kept", "" },
	{ "epost\na.B@EXAMPLE.no\n <two@example.no> \n", "excluded; excluded; kept; kept",
	    "" },
	{ "email,orgnr\ntwo@example.no,810000031\n,\n", "kept; excluded; kept; excluded",
	    "" },
	{ "Organisasjonsnummer;E-post\n810000007;\n;three@example.no\n",
	    "excluded; kept; excluded; kept", "" },
	{ "epost\n\"two@example.no; three@example.no\"\n",
	    "kept; excluded; excluded; kept", "" },
	{ "orgnr,epost\n81000000,x\n", "kept; kept; kept; kept",
	    "out.csv: line 2: no organisation number: nobody is left out by it\n"
	    "out.csv: line 2: no e-mail address: nobody is left out by it\n" },
};

static void
the_exclusion_list_leaves_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(excluded) / sizeof(excluded[0]); i++) {
		struct lab l;

		open_excluded(&l, excluded[i].csv);
		lab_frame(&l);
		assert_string_equal(lab_rows(&l, "coalesce(reason, 'kept')"),
		    excluded[i].want);
		assert_string_equal(buf_text(&l.said), excluded[i].said);
		lab_close(&l);
	}
}

static void
a_broken_exclusion_list_stops_the_frame(void **state)
{
	static const char *const csv[] = { "navn\nA\n", "orgnr;epost\n1\n", "" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct lab l;

		open_excluded(&l, csv[i]);
		assert_int_equal(lab_try(&l), -1);
		assert_int_equal(l.err.status, EX_DATAERR);
		assert_int_equal(strncmp(l.err.text, "exclusion list out.csv: ", 24), 0);
		lab_close(&l);
	}
}

static void
a_missing_exclusion_list_stops_the_frame(void **state)
{
	struct lab l;
	char path[100];

	(void)state;
	open_excluded(&l, "orgnr\n");
	snprintf(path, sizeof(path), "%s/out.csv", l.f.state);
	unlink(path);
	assert_int_equal(lab_try(&l), -1);
	assert_int_equal(l.err.status, EX_NOINPUT);
	lab_close(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listed_units_are_in_the_population),
		cmocka_unit_test(who_is_there_already_adds_nothing),
		cmocka_unit_test(rows_that_cannot_be_placed_are_outside),
		cmocka_unit_test(lists_are_in_the_funnel),
		cmocka_unit_test(a_unit_keeps_its_key_from_list_to_list),
		cmocka_unit_test(a_lists_own_identity_is_the_key),
		cmocka_unit_test(listed_units_have_the_same_reasons),
		cmocka_unit_test(a_broken_list_stops_the_frame),
		cmocka_unit_test(a_list_may_be_latin_1_with_semicolons),
		cmocka_unit_test(the_exclusion_list_leaves_out),
		cmocka_unit_test(a_broken_exclusion_list_stops_the_frame),
		cmocka_unit_test(a_missing_exclusion_list_stops_the_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
