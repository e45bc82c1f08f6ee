/* The file of a list: its heading, its columns, and numbers as people have them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/frame/grid_lab_test.h"
#include "pipeline/frame/lab_test.h"

#include "pipeline/frame/listing.h"

#define STUDY(more) LAB_HEAD LAB_GROUPS "[group food]\n" LAB_AREAS "[list farms]\n" \
	"file = farms.csv\ngroup = food\norgnr = Org.nr.\n" more

static void
write_octets(struct lab *l, const struct buf *b)
{
	char path[100];

	snprintf(path, sizeof(path), "%s/farms.csv", l->f.state);
	assert_int_equal(file_write(path, 0600, buf_text(b), b->len, &l->err), 0);
}

/* What reading it says, "" for nothing; the first row's fields. */
static const char *
try(struct lab *l, const char *more, const char *csv)
{
	static struct buf out = BUF(BUF_ANY);
	struct hash *sum = hash_begin();
	unsigned char ignored[32];
	struct listing list;
	struct buf b = BUF(BUF_ANY);

	buf_printf(&b, STUDY("%s"), more);
	lab_study(l, buf_text(&b));
	buf_free(&b);
	buf_clear(&out);
	if (csv != NULL)
		lab_file(l, "farms.csv", csv);
	if (listing_read(l->study, &l->study->list[0], sum, &list, &l->err) != 0) {
		assert_int_equal(l->err.status, EX_DATAERR);
		buf_str(&out, l->err.text);
	} else {
		for (size_t i = 0; i < list.n; i++) {
			buf_printf(&out, "%s %zu:", list.word, list.row[i].line);
			for (int f = 0; f <= LISTING_ID; f++)
				buf_printf(&out, "%s|", list.row[i].field[f]);
		}
		listing_free(&list);
	}
	hash_end(sum, ignored);
	return buf_text(&out);
}

static void
columns_are_found_by_name(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l);
	assert_string_equal(try(&l, "", "Annet;NAVN;e\n;;\n"), "list farms: farms.csv: "
	    "line 1: no column epost (e-mail); there are Annet, NAVN, e");
	assert_string_equal(try(&l, "", "Kommune;ORG.NR.;\xc2\xa0Navn ;Epost;annet\n"
	    "Alta;1;A;a@example.no;x\nLier;;B\xc2\xa0;;y\n"),
	    "line 2:A|a@example.no|Alta|1||line 3:B||Lier|||");
	assert_string_equal(try(&l, "email = E-post til  bedrift\n", "kommune;org.nr.;navn;"
	    "\"e-post\ntil bedrift\"\nAlta;1;A;a@example.no\n"),
	    "line 3:A|a@example.no|Alta|1||");
	assert_string_equal(try(&l, "", "navn;epost;kommune;org.nr.;Epost\na;b;c;d;e\n"),
	    "list farms: farms.csv: line 1: the column epost is there twice, again as "
	    "number 5");
	assert_string_equal(try(&l, "", "A;a@example.no;Alta;\n"), "list farms: farms.csv:"
	    " line 1: no column navn (name); the first line is no heading");
	lab_close(&l);
}

static void
headings_that_are_not_the_first_row(void **state)
{
	struct lab l;
	static const char title[] = "Produsenter;;;\n;;;\nnavn;epost;kommune;org.nr.\n"
	    "A;;Alta;\n";

	(void)state;
	lab_open(&l);
	assert_string_equal(try(&l, "", title), "list farms: farms.csv: line 1: no column"
	    " navn (name), but line 3 is the heading: heading = 3");
	assert_string_equal(try(&l, "heading = 3\n", title), "line 4:A||Alta|||");
	assert_string_equal(try(&l, "heading = 2\n", title), "list farms: farms.csv: line"
	    " 2, the heading, is empty");
	assert_string_equal(try(&l, "", "navn;epost;kommune;org.nr.\nName;E-mail;"
	    "Municipality;Org. number\nA;;Alta;\n"), "list farms: farms.csv: line 2 is a "
	    "second heading: leave one, or say which (heading = N)");
	assert_string_equal(try(&l, "", "navn;epost;kommune;org.nr.\nNAVN;epost;;\n"
	    "A;;Alta;\n"), "list farms: farms.csv: line 2 is a "
	    "second heading: leave one, or say which (heading = N)");
	/* one cell like a label is none */
	assert_string_equal(try(&l, "", "navn;epost;kommune;org.nr.\nPostgarden;;Alta;\n"),
	    "line 2:Postgarden||Alta|||");
	assert_string_equal(try(&l, "", "navn;epost;kommune;org.nr.\nGarden;har ikke "
	    "e-post;Alta;\n"), "line 2:Garden|har ikke e-post|Alta|||");
	assert_string_equal(try(&l, "sheet = Ark1\n", title), "list farms: farms.csv: CSV "
	    "has no sheet Ark1");
	lab_close(&l);
}

static void
workbooks_are_read_whatever_they_are_called(void **state)
{
	struct lab l;
	struct buf b = BUF(BUF_ANY);

	(void)state;
	lab_open(&l);
	lab_xlsx("<sheetData><row r='3'><c t='s'><v>0</v></c><c t='s'><v>1</v></c><c t='s'>"
	    "<v>2</v></c><c t='s'><v>3</v></c></row><row r='7'><c t='inlineStr'><is><t>"
	    "G\xc3\xa5rd</t></is></c><c/><c><v>301</v></c><c><v>8.10000007E8</v></c></row>"
	    "</sheetData>", "<si><t>navn</t></si><si><t>epost</t></si><si><t>Kommune</t>"
	    "</si><si><t>Org.nr.</t></si>", "", &b);
	write_octets(&l, &b);
	assert_string_equal(try(&l, "", NULL), "row 7:G\xc3\xa5rd||301|810000007||");
	assert_string_equal(try(&l, "id = Nr\n", NULL), "list farms: farms.csv: row 3: no "
	    "column Nr (identity); there are navn, epost, Kommune, Org.nr.");
	lab_ods("", "<table:table table:name='A'><table:table-row><table:table-cell><text:p>"
	    "navn</text:p></table:table-cell><table:table-cell table:number-columns-"
	    "repeated='2'><text:p>epost</text:p></table:table-cell></table:table-row>"
	    "</table:table>", &b);
	write_octets(&l, &b);
	assert_string_equal(try(&l, "", NULL), "list farms: farms.csv: row 1: the column "
	    "epost is there twice, again in C");
	buf_free(&b);
	lab_close(&l);
}

static void
numbers_as_people_write_them(void **state)
{
	static const struct { const char *text; int r; int32_t v; const char *why; } t[] = {
		{ "810000007", 1, 810000007, NULL },
		{ " 810 000 007", 1, 810000007, NULL },
		{ "810\xc2\xa0" "000\xe2\x80\xaf" "007", 1, 810000007, NULL },
		{ "NO 810 000 007 MVA", 1, 810000007, NULL },
		{ "810.000.007", 1, 810000007, NULL },
		{ "Org.nr: 810000007", 1, 810000007, NULL },
		{ "8,10000007E8", 1, 810000007, NULL },
		{ "8.10000007E+08", 1, 810000007, NULL },
		{ "810000007.0", 1, 810000007, NULL },
		{ "8,1E+08", -1, 0, "was rounded by a spreadsheet" },
		{ "810000008", -1, 0, "has a wrong check digit" },
		{ "81000000", -1, 0, "has 8 digits" },
		{ "ukjent", -1, 0, NULL },
		{ "", 0, 0, NULL }, { " ", 0, 0, NULL }, { "-", 0, 0, NULL },
	};
	char place[20];

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		const char *why = "";
		int32_t v = 0;

		assert_int_equal(listing_orgnr(t[i].text, &v, &why), t[i].r);
		if (t[i].r == 1)
			assert_int_equal(v, t[i].v);
		if (t[i].why != NULL)
			assert_string_equal(why, t[i].why);
	}
	assert_int_equal(listing_postcode("9510 Alta"), 9510);
	assert_int_equal(listing_postcode("150"), 150);
	assert_int_equal(listing_postcode("95100"), -1);
	assert_int_equal(listing_postcode("N-9510"), -1);
	listing_place("301", place, sizeof(place));
	assert_string_equal(place, "0301");
	listing_place("5601 Alta", place, sizeof(place));
	assert_string_equal(place, "5601");
	listing_place("Alta", place, sizeof(place));
	assert_string_equal(place, "Alta");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_found_by_name),
		cmocka_unit_test(headings_that_are_not_the_first_row),
		cmocka_unit_test(workbooks_are_read_whatever_they_are_called),
		cmocka_unit_test(numbers_as_people_write_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
