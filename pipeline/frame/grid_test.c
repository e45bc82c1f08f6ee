/* Tables of other people's spreadsheets: the same whatever they are kept in, and
 * each thing that cannot be read said in one line. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>
#include <xlsxwriter.h>

#include "pipeline/base/file.h"
#include "pipeline/frame/grid_lab_test.h"

#include "pipeline/frame/grid.h"

/* "1:a|b 2:c": the rows of a grid. */
static const char *
rows(const struct grid *g)
{
	static struct buf b = BUF(1 << 16);

	buf_clear(&b);
	for (size_t i = 0; i < g->n; i++) {
		buf_printf(&b, "%s%zu:", i > 0 ? " " : "", g->row[i].line);
		for (size_t k = 0; k < g->row[i].n; k++)
			buf_printf(&b, "%s%s", k > 0 ? "|" : "", g->row[i].cell[k]);
	}
	return buf_text(&b);
}

static void
reads(const struct buf *b, const char *sheet, const char *want)
{
	struct grid g;
	struct err err = { 0, "" };

	if (grid_read(buf_text(b), b->len, sheet, &g, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(rows(&g), want);
	grid_free(&g);
}

static void
refuses(const struct buf *b, const char *sheet, const char *want)
{
	struct grid g;
	struct err err = { 0, "" };

	assert_int_equal(grid_read(buf_text(b), b->len, sheet, &g, &err), -1);
	assert_int_equal(err.status, EX_DATAERR);
	if (strstr(err.text, want) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", want, err.text);
}

/* What another program writes is read: text, numbers, days, formulas. */
static void
a_workbook_of_another_program(void **state)
{
	char path[] = "/tmp/utvalg-grid-XXXXXX";
	lxw_workbook *w;
	lxw_worksheet *s;
	lxw_format *day, *spaced;
	struct buf b = BUF(1 << 20);
	struct err err;

	(void)state;
	close(mkstemp(path));
	w = workbook_new(path);
	s = workbook_add_worksheet(w, "Produsenter");
	workbook_add_worksheet(w, "Tomt");
	day = workbook_add_format(w);
	format_set_num_format(day, "d. mmmm yyyy");
	spaced = workbook_add_format(w);
	format_set_num_format(spaced, "### ### ###");
	worksheet_write_string(s, 0, 0, "navn", NULL);
	worksheet_write_string(s, 0, 1, "orgnr", NULL);
	worksheet_write_string(s, 0, 2, "dato", NULL);
	worksheet_write_string(s, 2, 0, " G\xc3\xa5rd & S\xc3\xb8nn ", NULL);
	worksheet_write_number(s, 2, 1, 810000007, spaced);
	worksheet_write_number(s, 2, 2, 46351, day);
	worksheet_write_formula_str(s, 3, 0, "=A3", NULL, "G\xc3\xa5rd");
	worksheet_write_number(s, 3, 1, 0.1, NULL);
	worksheet_write_boolean(s, 3, 2, 1, NULL);
	worksheet_merge_range(s, 5, 0, 5, 2, "en merknad", NULL);
	worksheet_set_row_opt(s, 3, LXW_DEF_ROW_HEIGHT, NULL,
	    &(lxw_row_col_options){ .hidden = 1 });
	assert_int_equal(workbook_close(w), LXW_NO_ERROR);
	assert_int_equal(file_read(path, 1 << 20, &b, &err), 0);
	unlink(path);
	reads(&b, NULL, "1:navn|orgnr|dato 3:G\xc3\xa5rd & S\xc3\xb8nn|810000007|"
	    "2026-11-25 4:G\xc3\xa5rd|0.1|TRUE 6:en merknad");
	reads(&b, "Produsenter", "1:navn|orgnr|dato 3:G\xc3\xa5rd & S\xc3\xb8nn|"
	    "810000007|2026-11-25 4:G\xc3\xa5rd|0.1|TRUE 6:en merknad");
	refuses(&b, "Andre", "no sheet Andre; there are Produsenter, Tomt");
	refuses(&b, "Tomt", "the sheet is empty");
	{
		struct grid g;

		assert_int_equal(grid_read(b.data, b.len, NULL, &g, &err), 0);
		assert_string_equal(g.kind, "xlsx");
		assert_string_equal(g.sheet, "Produsenter");
		assert_int_equal(g.sheets, 2);
		assert_int_equal(g.merged, 1);
		assert_int_equal(g.hidden, 1);
		grid_free(&g);
	}
	/* cut off anywhere: an error or the same rows, never fewer */
	for (size_t n = 4; n < b.len; n += 97) {
		struct buf cut = BUF(1 << 20);

		buf_add(&cut, b.data, n);
		refuses(&cut, NULL, "");
		buf_free(&cut);
	}
	buf_free(&b);
}

#define ROW(n, cells)	"<row r='" n "'>" cells "</row>"
#define DATA(rows)	"<sheetData>" rows "</sheetData>"
#define SMALL		DATA(ROW("1", "<c r='A1'><v>1</v></c>"))

static void
cells_of_every_kind(void **state)
{
	struct buf b = BUF(1 << 20);

	(void)state;
	lab_xlsx(DATA("<row r='2'><c r='B2' t='s'><v>1</v></c><c t='s'><v>0</v></c>"
	    "<c r='E2' t='inlineStr'><is><r><t>a</t></r><r><t> b</t></r></is></c></row>"
	    "<row><c><v>9.12345678E8</v></c><c><v>974760673.0</v></c><c><v>-0.00125</v>"
	    "</c><c><v>1E+3</v></c><c t='e'><v>#N/A</v></c><c t='str'><f>x</f>"
	    "<v>y</v></c><c t='d'><v>2026-11-25T00:00:00</v></c><c t='b'><v>0</v></c>"
	    "</row>" ROW("9", "<c s='1'><v>46351</v></c><c s='2'><v>46351.5</v></c>"
	    "<c s='3'><v>46351</v></c><c s='4'><v>0.25</v></c><c s='5'><v>301</v></c>"
	    "<c s='6'><v>46351</v></c><c s='1'><v>59</v></c>")),
	    "<si><t>null</t></si><si><r><t>e</t></r><rPh><t>nei</t></rPh><r><t>n</t>"
	    "</r></si>", "<numFmts><numFmt numFmtId='164' formatCode='yyyy\\-mm\\-dd'/>"
	    "<numFmt numFmtId='165' formatCode='[Red]0&quot; dager&quot;'/><numFmt "
	    "numFmtId='166' formatCode='[h]:mm'/></numFmts><cellStyleXfs><xf "
	    "numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/><xf "
	    "numFmtId='14'/><xf numFmtId='22'/><xf numFmtId='164'/><xf numFmtId='166'/>"
	    "<xf numFmtId='165'/><xf numFmtId='165'/></cellXfs>", &b);
	reads(&b, NULL, "2:|en|null||a b 3:912345678|974760673|-0.00125|1000|#N/A|y|"
	    "2026-11-25|FALSE 9:2026-11-25|2026-11-25 12:00:00|2026-11-25|06:00:00|301|"
	    "46351|59");
	buf_free(&b);
}

#define TABLE(name, rows)	"<table:table table:name='" name "'>" rows "</table:table>"
#define TR(cells)		"<table:table-row>" cells "</table:table-row>"
#define TC(text)		"<table:table-cell office:value-type='string'><text:p>" \
				text "</text:p></table:table-cell>"

static void
an_opendocument_spreadsheet(void **state)
{
	struct buf b = BUF(1 << 20);
	struct grid g;
	struct err err = { 0, "" };
	/* what a merged area covers is not shown */
	static const char want[] = "1:navn|orgnr|dato 2:G\xc3\xa5rd  A b|912345678|"
	    "2026-11-25 3:G\xc3\xa5rd  A b|912345678|2026-11-25 4:x|x||TRUE 5:n";

	(void)state;
	lab_ods("<style:style style:name='ta2'><style:table-properties table:display="
	    "'false'/></style:style>",
	    TABLE("Skjult' table:style-name='ta2", TR(TC("hemmelig")))
	    TABLE("Ark", "<table:table-header-rows>" TR(TC("navn") TC("orgnr") TC("dato")
	    "<table:table-cell table:number-columns-repeated='16381'/>")
	    "</table:table-header-rows><table:table-row-group>"
	    "<table:table-row table:number-rows-repeated='2' table:visibility='collapse'>"
	    "<table:table-cell><office:annotation><text:p>nei</text:p></office:annotation>"
	    "<text:p>G\xc3\xa5rd<text:s text:c='2'/><text:span>A</text:span></text:p>"
	    "<text:p>b</text:p></table:table-cell><table:table-cell office:value-type="
	    "'float' office:value='912345678'><text:p>9,12E+08</text:p></table:table-cell>"
	    "<table:table-cell office:value-type='date' office:date-value="
	    "'2026-11-25T00:00:00'><text:p>25.11.26</text:p></table:table-cell>"
	    "</table:table-row></table:table-row-group>"
	    TR("<table:table-cell table:number-columns-repeated='2'><text:p>x</text:p>"
	    "</table:table-cell><table:table-cell/><table:table-cell office:value-type="
	    "'boolean' office:boolean-value='true'><text:p>SANN</text:p>"
	    "</table:table-cell>")
	    TR("<table:table-cell table:number-columns-spanned='2'><text:p>n</text:p>"
	    "</table:table-cell><table:covered-table-cell office:value-type='float' "
	    "office:value='974760673.50'/>"
	    "<table:table-cell/>")
	    "<table:table-row table:number-rows-repeated='1048571'><table:table-cell "
	    "table:number-columns-repeated='16384'/></table:table-row>"), &b);
	assert_int_equal(grid_read(b.data, b.len, NULL, &g, &err), 0);
	assert_string_equal(g.kind, "ods");
	assert_int_equal(g.merged, 1);
	assert_int_equal(g.hidden, 2);
	assert_int_equal(g.sheets, 1);
	assert_string_equal(rows(&g), want);
	grid_free(&g);
	reads(&b, "Skjult", "1:hemmelig");
	lab_ods("", TABLE("A", TR(TC("a"))) TABLE("B", TR("<table:table-cell/>"))
	    TABLE("C", TR(TC("c"))), &b);
	refuses(&b, NULL, "several sheets hold something, and the study does not say which"
	    " (sheet = NAME): A, B, C");
	reads(&b, "C", "1:c");
	lab_ods("", TABLE("A", "") TABLE("B", TR(TC("b"))), &b);
	reads(&b, NULL, "1:b");
	buf_free(&b);
	buf_str(&b, LAB_CONTENT("", TABLE("A", TR(TC("flat")))));
	reads(&b, NULL, "1:flat");
	buf_free(&b);
}

static void
csv_is_a_grid_too(void **state)
{
	struct buf b = BUF(1 << 16);

	(void)state;
	buf_str(&b, "navn;epost\n\nA\xc2\xa0;'x@example.no\n;\n\"B\nb\";\n");
	reads(&b, NULL, "1:navn|epost 3:A|x@example.no 5:B\nb");
	refuses(&b, "Ark1", "CSV has no sheet Ark1");
	buf_free(&b);
	buf_str(&b, "navn\nG\xc3\xa5rd\nG\xe5rd\n");
	refuses(&b, NULL, "UTF-8 and Windows-1252 in one file");
	buf_free(&b);
	buf_add(&b, "\xff\xfe" "n\0a\0", 6);
	refuses(&b, NULL, "UTF-16");
	buf_free(&b);
}

/* What it is is said, and what to do. */
static void
other_files_are_named(void **state)
{
	static const struct { const char *octets; size_t len; const char *want; } t[] = {
		{ "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 W\0o\0r\0k", 16,
		    "an old Excel workbook (.xls)" },
		{ "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0"
		    "k\0a\0g\0e\0", 42, "an encrypted workbook" },
		{ "%PDF-1.7", 8, "a document" },
		{ "<html><table>", 13, "a web page or XML" },
		{ " <?xml version='1.0'?><Workbook/>", 33, "a web page or XML" },
		{ "PK\003\004 nothing", 12, "broken or cut off" },
		{ "PK\005\006\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22,
		    "no workbook" },
		{ "", 0, "empty" },
	};
	struct buf b = BUF(1 << 20);

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		buf_add(&b, t[i].octets, t[i].len);
		refuses(&b, NULL, t[i].want);
		buf_clear(&b);
	}
	lab_zip((const struct lab_part[]){ { "a.txt", "x", 0, 0 }, { NULL, NULL, 0, 0 } },
	    &b);
	refuses(&b, NULL, "a zip file, but no workbook");
	lab_zip((const struct lab_part[]){ { "[Content_Types].xml", "<Types><Override "
	    "ContentType='application/vnd.openxmlformats-officedocument.wordprocessingml."
	    "document.main+xml'/></Types>", 0, 0 }, { NULL, NULL, 0, 0 } }, &b);
	refuses(&b, NULL, "a document, no workbook");
	lab_zip((const struct lab_part[]){ { "[Content_Types].xml", "<Types><Override "
	    "ContentType='application/vnd.ms-excel.sheet.macroEnabled.main+xml'/>"
	    "</Types>", 0, 0 }, { NULL, NULL, 0, 0 } }, &b);
	refuses(&b, NULL, "a workbook with macros");
	lab_zip((const struct lab_part[]){ { "[Content_Types].xml", LAB_TYPES(""), 0, 0 },
	    { "xl/vbaProject.bin", "x", 0, 0 }, { NULL, NULL, 0, 0 } }, &b);
	refuses(&b, NULL, "a workbook with macros");
	lab_zip((const struct lab_part[]){ { "[Content_Types].xml", "<Types><Override "
	    "ContentType='application/vnd.ms-excel.sheet.binary.macroEnabled.main'/>"
	    "</Types>", 0, 0 }, { NULL, NULL, 0, 0 } }, &b);
	refuses(&b, NULL, "a binary workbook");
	lab_zip((const struct lab_part[]){ { "mimetype", "application/vnd.oasis."
	    "opendocument.text", 0, 0 }, { NULL, NULL, 0, 0 } }, &b);
	refuses(&b, NULL, "a document, no spreadsheet");
	lab_zip((const struct lab_part[]){ { "mimetype", LAB_ODS_MIME, 0, 0 },
	    { "META-INF/manifest.xml", "<a><file-entry><encryption-data/></file-entry></a>",
	    0, 0 }, { "content.xml", "\xee\x80garble", 0, 0 }, { NULL, NULL, 0, 0 } }, &b);
	refuses(&b, NULL, "an encrypted workbook");
	lab_zip((const struct lab_part[]){ { "mimetype", LAB_ODS_MIME, 0, 0 },
	    { "Basic/Standard/Module1.xml", "<a/>", 0, 0 },
	    { "content.xml", "<a/>", 0, 0 }, { NULL, NULL, 0, 0 } }, &b);
	refuses(&b, NULL, "a workbook with macros");
	lab_zip((const struct lab_part[]){ { "[Content_Types].xml", LAB_TYPES(""), 0, 1 },
	    { NULL, NULL, 0, 0 } }, &b);
	refuses(&b, NULL, "an encrypted workbook");
	lab_zip((const struct lab_part[]){ { "mimetype", LAB_ODS_MIME, 0, 0 },
	    { NULL, NULL, 0, 0 } }, &b);
	refuses(&b, NULL, "no part content.xml");
	buf_free(&b);
}

/* A few octets that want to be many. */
static void
bombs_are_not_unpacked(void **state)
{
	struct buf b = BUF(1 << 20), data = BUF(BUF_ANY);

	(void)state;
	buf_str(&data, "<sheetData><row><c t='inlineStr'><is><t>");
	for (size_t i = 0; i < 30; i++) {
		for (size_t k = 0; k < 100000; k++)
			buf_chr(&data, 'a');
		buf_str(&data, "</t></is></c><c t='inlineStr'><is><t>");
	}
	buf_str(&data, "</t></is></c></row></sheetData>");
	lab_xlsx(buf_text(&data), "", "", &b);
	assert_true(b.len < 20000);
	refuses(&b, NULL, "unpacks to more than 200 times its size");
	buf_free(&data);

	lab_ods("", "<!DOCTYPE a [<!ENTITY b 'c'>]>", &b);
	refuses(&b, NULL, "not well-formed");
	lab_zip((const struct lab_part[]){ { "mimetype", LAB_ODS_MIME, 0, 0 },
	    { "content.xml", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;"
	    "</a>", 0, 0 }, { NULL, NULL, 0, 0 } }, &b);
	refuses(&b, NULL, "document type");
	lab_zip((const struct lab_part[]){ { "mimetype", LAB_ODS_MIME, 0, 0 },
	    { "content.xml", "<!DOCTYPE a><a/>", 0, 0 }, { NULL, NULL, 0, 0 } }, &b);
	refuses(&b, NULL, "document type");
	lab_ods("", TABLE("A", "<table:table-row table:number-rows-repeated='1048576'>"
	    "<table:table-cell table:number-columns-repeated='500'><text:p>x</text:p>"
	    "</table:table-cell></table:table-row>"), &b);
	refuses(&b, NULL, "row 1: repeated 1048575 times");
	lab_ods("", TABLE("A", TR("<table:table-cell table:number-columns-repeated='16384'>"
	    "<text:p>x</text:p></table:table-cell>")), &b);
	refuses(&b, NULL, "row 1: more than 512 columns");
	lab_xlsx(DATA(ROW("1", "<c r='XFD1'><v>1</v></c>")), "", "", &b);
	refuses(&b, NULL, "more than 512 columns");
	lab_xlsx(DATA(ROW("1048577", "<c><v>1</v></c>")), "", "", &b);
	refuses(&b, NULL, "more than 1048576 rows");
	lab_xlsx(DATA(ROW("2", "") ROW("2", "")), "", "", &b);
	refuses(&b, NULL, "row 2 comes after row 2");
	lab_xlsx(DATA(ROW("1", "<c t='s'><v>0</v></c>")), "", "", &b);
	refuses(&b, NULL, "a string that is not there");
	lab_xlsx(DATA(ROW("1", "<c t='inlineStr'><is><t>\xe5</t></is></c>")), "", "", &b);
	refuses(&b, NULL, "not in the encoding it names");
	{
		struct buf deep = BUF(BUF_ANY);

		for (int i = 0; i < 100; i++)
			buf_str(&deep, "<x>");
		for (int i = 0; i < 100; i++)
			buf_str(&deep, "</x>");
		lab_xlsx(buf_text(&deep), "", "", &b);
		refuses(&b, NULL, "nested too deep");
		buf_free(&deep);
	}
	lab_xlsx(SMALL, "", "", &b);
	reads(&b, NULL, "1:1");
	buf_free(&b);
}

static void
blanks_of_every_kind_go(void **state)
{
	char a[] = "\xc2\xa0 a\xc2\xa0" "b\xe2\x80\xaf\t", b[] = "'0301", c[] = " ", name[8];

	(void)state;
	assert_string_equal(grid_trim(a), "a\xc2\xa0" "b");
	assert_string_equal(grid_trim(b), "0301");
	assert_string_equal(grid_trim(c), "");
	assert_string_equal(grid_column_name(0, name), "A");
	assert_string_equal(grid_column_name(25, name), "Z");
	assert_string_equal(grid_column_name(26, name), "AA");
	assert_string_equal(grid_column_name(701, name), "ZZ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_workbook_of_another_program),
		cmocka_unit_test(cells_of_every_kind),
		cmocka_unit_test(an_opendocument_spreadsheet),
		cmocka_unit_test(csv_is_a_grid_too),
		cmocka_unit_test(other_files_are_named),
		cmocka_unit_test(bombs_are_not_unpacked),
		cmocka_unit_test(blanks_of_every_kind_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
