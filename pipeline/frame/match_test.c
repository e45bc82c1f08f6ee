/* Lists put together with the register: whose row it is, and what becomes of it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/frame/lab_test.h"
#include "pipeline/frame/plan.h"

#include "pipeline/frame/lists.h"

static int32_t o(int i) { return lab_orgnr(i); }

#define HEAD	"navn;epost;kommune;orgnr\n"
#define STUDY(units, more) LAB_HEAD units LAB_GROUPS "[group food]\n" LAB_AREAS \
	"[list farms]\nfile = farms.csv\ngroup = food\norgnr = orgnr\n" more

/*
 * The register: 0 in the codes, SOLBAKKEN GÅRD; 1 outside them, FJELLMAT AS; 2 and 3
 * two of the name TVILLING; 4 deleted; 5 a sub-unit of 0; 6 FJELLMAT in Lier.
 */
static void
open_with(struct lab *l, const char *study, const char *csv)
{
	lab_open(l);
	lab_study(l, study);
	lab_file(l, "farms.csv", csv);
	lab_add(l, (struct lab_unit){ .orgnr = o(0), .name = "SOLBAKKEN G\xc3\x85RD AS",
	    .email = "sol@example.no" });
	lab_add(l, (struct lab_unit){ .orgnr = o(1), .name = "FJELLMAT DA", .nace = 1110,
	    .email = "fjell@example.no" });
	lab_add(l, (struct lab_unit){ .orgnr = o(2), .name = "TVILLING AS", .nace = 1110 });
	lab_add(l, (struct lab_unit){ .orgnr = o(3), .name = "Tvilling", .nace = 1110 });
	lab_add(l, (struct lab_unit){ .orgnr = o(4), .name = "BORTE", .deleted = 20000 });
	lab_add(l, (struct lab_unit){ .orgnr = o(5), .kind = 1, .parent = o(0),
	    .name = "SOLBAKKEN UTSALG", .nace = 47111 });
	lab_add(l, (struct lab_unit){ .orgnr = o(6), .name = "FJELLMAT", .nace = 1110,
	    .place = "3312" });
}

/* "there_by_number 1 review 2 ...", those that there are. */
static const char *
fates(struct lab *l)
{
	static struct buf b = BUF(BUF_ANY);
	struct selection *s;
	int64_t sum = 0;

	buf_clear(&b);
	buf_clear(&l->said);
	if (selection_make(&l->f.w, l->study, 0, &s, &l->err) != 0)
		fail_msg("%s", l->err.text);
	for (int f = 0; f < LIST_FATES; f++) {
		sum += s->lists->told[0].fate[f];
		if (s->lists->told[0].fate[f] > 0)
			buf_printf(&b, "%s%s %d", b.len > 0 ? " " : "", list_fate_code(
			    (enum list_fate)f), (int)s->lists->told[0].fate[f]);
	}
	/* each row has one fate */
	assert_int_equal(sum, s->lists->told[0].rows);
	assert_int_equal(sum, s->count.listed);
	selection_free(s);
	return buf_text(&b);
}

static const char *
review(struct lab *l)
{
	static struct buf b = BUF(BUF_ANY);
	struct selection *s;

	buf_clear(&b);
	if (selection_make(&l->f.w, l->study, 0, &s, &l->err) != 0)
		fail_msg("%s", l->err.text);
	lists_review_csv(s->lists, 0, LANG_EN, &b);
	selection_free(s);
	return buf_text(&b);
}

static void
by_number_by_name_and_by_itself(void **state)
{
	struct lab l;

	(void)state;
	open_with(&l, STUDY("", ""), HEAD
	    "Et annet navn;;Alta;810 000 007\n"		/* 0 by number */
	    "solbakken g\xc3\xa5rd;;Alta;\n"		/* 0 by name */
	    "Fjellmat;;Alta;\n"				/* 1 by name, new */
	    "Fjellmat AS;;Lier;\n"			/* 6 */
	    "Tvilling;;Alta;\n"				/* 2 or 3 */
	    "Fjelmat;;Alta;\n"				/* nearly 1 */
	    "Nye ost;;Alta;\n"				/* nobody */
	    "NYE OST AS;;Alta;\n"			/* again */
	    "Fjellmat;;Oslo;\n");
	assert_string_equal(fates(&l), "there_by_number 1 there_by_name 1 new_by_name 2 "
	    "new_without_number 1 doubled 1 review 2 outside 1");
	lab_frame(&l);
	assert_int_equal(l.r.listed_review, 2);
	assert_int_equal(l.r.listed_local, 1);
	assert_int_equal(l.r.population, 4);
	/* who is in the register has its key and its number there */
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame_unit WHERE source ="
	    " 'list:farms' AND orgnr IS NOT NULL AND unit_key = printf('%09d', orgnr)"), 2);
	lab_close(&l);
}

static void
what_is_wrong_with_a_row_is_counted(void **state)
{
	struct lab l;
	char csv[600];

	(void)state;
	snprintf(csv, sizeof(csv), HEAD ";;Alta;\nA;;;\nB;;Ingensteds;\nC;;Alta;%09d\n"
	    "D;;Alta;%09d\n;;;%09d\nE;;Alta;810000008\n", o(4), o(9), o(1));
	open_with(&l, STUDY("", ""), csv);
	/* 9 is in no register; 1 has name and place from it; E has a wrong number */
	assert_string_equal(fates(&l), "new_by_number 1 new_unregistered 1 "
	    "new_without_number 1 no_name 1 no_municipality 2 deleted 1");
	assert_non_null(strstr(buf_text(&l.said), "line 5: the register has deleted this "
	    "unit: left out"));
	lab_frame(&l);
	assert_string_equal(fixture_text(&l.f, "SELECT name || ' ' || municipality FROM"
	    " frame_unit WHERE orgnr = 810000015"), "FJELLMAT DA 5601");
	lab_close(&l);
}

/* A place of business and its firm are one: of whichever kind the study is. */
static void
relations_are_told_by_the_register(void **state)
{
	struct lab l;
	char csv[200];

	(void)state;
	snprintf(csv, sizeof(csv), HEAD "Utsalget;;Alta;%09d\n", o(5));
	open_with(&l, STUDY("", ""), csv);
	assert_string_equal(fates(&l), "there_by_relation 1");
	lab_close(&l);
	snprintf(csv, sizeof(csv), HEAD "Solbakken;;Alta;%09d\nFjellmat;;Alta;%09d\n", o(0),
	    o(1));
	open_with(&l, STUDY("units = underenhet\n", ""), csv);
	lab_extract(&l, "underenhet", "SN2025", 'b');
	fixture_exec(&l.f, "UPDATE unit SET nace1 = 59110 WHERE kind = 1");
	assert_string_equal(fates(&l), "there_by_relation 1 new_by_number 1");
	lab_close(&l);
}

static void
a_person_decides(void **state)
{
	struct lab l;
	static const char csv[] = HEAD "Tvilling;t@example.org;Alta;\nFjelmat;;Alta;\n"
	    "Solbaken g\xc3\xa5rd;;Alta;\nTvillling;;Alta;\n";
	struct buf file = BUF(BUF_ANY), rest = BUF(BUF_ANY);
	static const char *const what[] = { "810 000 031", "ny", "810000007", "-" };
	static const char *const who[] = { "tvilling", "fjelmat", "solbaken", "tvillling" };
	const char *text, *line;

	(void)state;
	open_with(&l, STUDY("", "decisions = decided.csv\n"), csv);
	lab_file(&l, "decided.csv", "row,decision,by,date\n");
	assert_string_equal(fates(&l), "review 4");
	text = review(&l);
	assert_non_null(strstr(text, ",farms,2,Tvilling,5601,2,810000023 TVILLING AS | "
	    "810000031 Tvilling\n"));
	assert_non_null(strstr(text, ",farms,3,Fjelmat,5601,0,810000015 FJELLMAT DA\n"));
	buf_str(&file, "rad,avgjort,av,dato,navn\n");
	for (int i = 0; i < 4; i++) {
		/* the line about it, its key in front */
		char name[40];

		snprintf(name, sizeof(name), ",%c%s", who[i][0] - 32, who[i] + 1);
		line = strstr(text, name);
		assert_non_null(line);
		while (line > text && line[-1] != '\n')
			line--;
		buf_printf(&file, "%.*s,%s,kari,2026-11-25,\n", (int)strcspn(line, ","),
		    line, what[i]);
	}
	lab_file(&l, "decided.csv", buf_text(&file));
	assert_string_equal(fates(&l), "there_by_decision 1 new_by_decision 1 "
	    "new_without_number 1 decided_out 1");
	assert_string_equal(review(&l), "row,decision,by,date,list,line,name,municipality,"
	    "same_name,candidates\n");
	/* another name is another row: the decision is stale, and it is said */
	lab_file(&l, "farms.csv", HEAD "Tvillingene;;Alta;\n");
	(void)fates(&l);
	assert_non_null(strstr(buf_text(&l.said), "list farms: decisions about rows it does"
	    " not have, the first on line 2: not used"));
	buf_printf(&rest, "%s", "row,decision,by,date\nx,810000008,kari,2026-11-25\n");
	lab_file(&l, "decided.csv", buf_text(&rest));
	assert_int_equal(lab_try(&l), -1);
	assert_string_equal(l.err.text, "list farms: decisions decided.csv: line 2: decided"
	    " is an organisation number, new, or -; this has a wrong check digit");
	lab_file(&l, "decided.csv", "row,decision,by,date\nx,-,,2026-11-25\n");
	assert_int_equal(lab_try(&l), -1);
	lab_file(&l, "decided.csv", "row,decision,by,date\nx,-,k,2026-11-25\nx,ny,k,"
	    "2026-11-25\n");
	assert_int_equal(lab_try(&l), -1);
	assert_int_equal(l.err.status, EX_DATAERR);
	buf_free(&file);
	buf_free(&rest);
	lab_close(&l);
}

static void
undecided_rows_may_be_in(void **state)
{
	struct lab l;
	int lines = 0;

	(void)state;
	open_with(&l, STUDY("", "undecided = in\n"), HEAD "Tvilling;;Alta;\nFjelmat;;Alta;\n"
	    "Tvilling;;Alta;\n");
	assert_string_equal(fates(&l), "new_without_number 2 doubled 1");
	/* and are still asked about, once each */
	for (const char *p = review(&l); *p != '\0'; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 3);
	lab_close(&l);
}

static void
which_address_is_used(void **state)
{
	struct lab l;
	static const char csv[] = HEAD "S;ny@example.org;Alta;810000007\nFjellmat;f@"
	    "example.org;Alta;\nTo;to@example.org;Alta;810000023\n";
	static const char rows[] = "SELECT group_concat(email_raw || ' ' || email_from ||"
	    " ' ' || coalesce(email_other, '-'), '; ') FROM (SELECT * FROM frame_unit WHERE"
	    " frame = (SELECT max(id) FROM frame) ORDER BY unit_key)";

	(void)state;
	open_with(&l, STUDY("", ""), csv);
	lab_frame(&l);
	assert_string_equal(fixture_text(&l.f, rows), "sol@example.no register "
	    "ny@example.org; fjell@example.no register f@example.org; to@example.org "
	    "list:farms -");
	lab_close(&l);
	open_with(&l, STUDY("", "email_from = list\n"), csv);
	lab_frame(&l);
	assert_string_equal(fixture_text(&l.f, rows), "ny@example.org list:farms "
	    "sol@example.no; f@example.org list:farms fjell@example.no; to@example.org "
	    "list:farms -");
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame_unit WHERE email ="
	    " 'ny@example.org'"), 1);
	/* of two that the list has, the first stays */
	lab_file(&l, "farms.csv", HEAD "S;ny@example.org;Alta;810000007\nT;to@example.org;"
	    "Alta;810000007\n");
	lab_frame(&l);
	assert_string_equal(fixture_text(&l.f, rows), "ny@example.org list:farms "
	    "sol@example.no");
	lab_close(&l);
}

/* Without a municipality the postcode says it, where it can. */
static void
postcodes_say_where(void **state)
{
	struct lab l;

	(void)state;
	open_with(&l, STUDY("", "postcode = Postnr\n"), "navn;epost;orgnr;postnr\n"
	    "Ny ost;;;9510 ALTA\nNytt kj\xc3\xb8tt;;;9999\nFjellmat;;;9510\nDelt;;;9600\n");
	fixture_exec(&l.f, "UPDATE unit SET business_postcode = '9510' WHERE orgnr IN"
	    " (810000007, 810000015, 810000023)");
	fixture_exec(&l.f, "UPDATE unit SET business_postcode = '9600' WHERE"
	    " business_postcode IS NULL AND kind = 0");
	assert_string_equal(fates(&l), "new_by_name 1 new_without_number 1 "
	    "no_municipality 2");
	lab_close(&l);
	/* asked for by name it must be there */
	open_with(&l, STUDY("", "postcode = postnr\nmunicipality = sted\n"),
	    "navn;epost;orgnr;postnr\n");
	assert_int_equal(lab_try(&l), -1);
	assert_non_null(strstr(l.err.text, "no column sted (municipality)"));
	lab_close(&l);
}

/* A unit and its own place of business of the same name are one, not two. */
static void
a_unit_and_its_own_sub_unit_are_one(void **state)
{
	struct lab l;

	(void)state;
	open_with(&l, STUDY("units = both\n", ""), HEAD "Solbakken g\xc3\xa5rd;;Alta;\n");
	lab_extract(&l, "underenhet", "SN2025", 'b');
	fixture_exec(&l.f, "UPDATE unit SET name = 'SOLBAKKEN G\xc3\x85RD' WHERE kind = 1");
	assert_string_equal(fates(&l), "there_by_name 1");
	lab_close(&l);
}

/* However a list is sorted, the frame is the same. */
static void
the_order_of_rows_does_not_matter(void **state)
{
	static const char *const row[] = { "Nye ost;b@example.org;Alta;",
		"NYE OST AS;a@example.org;Alta;", "Ost og sm\xc3\xb8r;;5601;810000058",
		"ost & sm\xc3\xb8r;o@example.org;Alta;", "Tvilling;;Alta;", "Fjelmat;x@example.org;Alta;",
		"Fjellmat;y@example.org;Alta;", "Fjellmat DA;z@example.org;Alta;",
		"Solbakken g\xc3\xa5rd;s@example.org;Alta;", ";;Alta;", "B;;Oslo;",
		"Solbakken;q@example.org;Alta;810000007", "Et bruk;;Lier;810000066",
		"Et annet bruk;;Lier;810000066" };
	enum { ROWS = sizeof(row) / sizeof(row[0]) };
	static const char columns[] = "unit_key || name || ifnull(email, '') ||"
	    " ifnull(email_other, '') || ifnull(reason, '') || group_name || prn";
	size_t at[ROWS];
	unsigned seed = 20261125;
	char *first = NULL, *told = NULL;
	struct lab l;

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		at[i] = i;
	open_with(&l, STUDY("", "email_from = list\n"), HEAD);
	for (int turn = 0; turn < 60; turn++) {
		struct buf b = BUF(BUF_ANY);

		buf_str(&b, HEAD);
		for (size_t i = 0; i < ROWS; i++)
			buf_printf(&b, "%s\n", row[at[i]]);
		lab_file(&l, "farms.csv", buf_text(&b));
		buf_free(&b);
		lab_frame(&l);
		if (first == NULL) {
			first = mem_str(lab_rows(&l, columns));
			told = mem_str(fates(&l));
		}
		assert_string_equal(lab_rows(&l, columns), first);
		assert_string_equal(fates(&l), told);
		for (size_t i = ROWS - 1; i > 0; i--) {
			size_t k, swap = at[i];

			seed = seed * 1103515245u + 12345u;
			k = (seed >> 16) % (i + 1);
			at[i] = at[k];
			at[k] = swap;
		}
	}
	free(first);
	free(told);
	lab_close(&l);
}

static void
the_plan_tells_of_each_list(void **state)
{
	struct lab l;
	struct buf b = BUF(BUF_ANY);

	(void)state;
	open_with(&l, STUDY("", ""), HEAD "S;;Alta;810000007\nTvilling;;Alta;\nNy;;Alta;1\n");
	l.f.w.lang = LANG_EN;
	assert_int_equal(plan_make(&l.f.w, l.study, 0, &b, &l.err), 0);
	assert_non_null(strstr(buf_text(&b), "\nLists\n"
	    "  farms: farms.csv (csv)\n"
	    "  rows ............................................         3\n"
	    "    there already, by organisation number ......... -       1\n"
	    "    to be decided by a person ..................... -       1\n"
	    "    new, without organisation number .............. +       1\n"
	    "    1 organisation numbers are wrong and taken as none\n"));
	buf_clear(&b);
	assert_int_equal(plan_make(&l.f.w, l.study, 1, &b, &l.err), 0);
	assert_non_null(strstr(buf_text(&b), "\"review\": 1"));
	buf_free(&b);
	lab_close(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_number_by_name_and_by_itself),
		cmocka_unit_test(what_is_wrong_with_a_row_is_counted),
		cmocka_unit_test(relations_are_told_by_the_register),
		cmocka_unit_test(a_person_decides),
		cmocka_unit_test(undecided_rows_may_be_in),
		cmocka_unit_test(which_address_is_used),
		cmocka_unit_test(postcodes_say_where),
		cmocka_unit_test(a_unit_and_its_own_sub_unit_are_one),
		cmocka_unit_test(the_order_of_rows_does_not_matter),
		cmocka_unit_test(the_plan_tells_of_each_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
