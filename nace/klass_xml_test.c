/* Klass' answers as XML, and the lists made of them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nace/klass.h"
#include "nace/klass_test.h"

#define V(items)	"<classificationVersion><name>n</name><classificationItems>" \
	items "</classificationItems></classificationVersion>"
#define I(c, p, l, n)	"<classificationItem><code>" c "</code><parentCode>" p \
	"</parentCode><level>" l "</level><name>" n "</name></classificationItem>"
#define P(c, n, f, t)	"<codeItem><code>" c "</code><name>" n "</name>" \
	"<validFromInRequestedRange>" f "</validFromInRequestedRange>" \
	"<validToInRequestedRange>" t "</validToInRequestedRange></codeItem>"
#define C(o, n, d)	"<codeChangeItem><oldCode>" o "</oldCode><newCode>" n \
	"</newCode><changeOccurred>" d "</changeOccurred></codeChangeItem>"
#define M(s, t)		"<correspondenceMap><sourceCode>" s "</sourceCode>" \
	"<targetCode>" t "</targetCode></correspondenceMap>"

static void
reads(const char *xml, enum klass_kind kind, struct klass_rows *rows)
{
	struct err err = { 0, "" };

	if (klass_read(xml, strlen(xml), kind, rows, &err) != 0)
		fail_msg("%s", err.text);
}

static void
refuses(const char *xml, enum klass_kind kind, const char *why)
{
	struct klass_rows rows;
	struct err err = { 0, "" };

	assert_int_equal(klass_read(xml, strlen(xml), kind, &rows, &err), -1);
	assert_int_equal(err.status, EX_DATAERR);
	if (strstr(err.text, why) == NULL)
		fail_msg("%s", err.text);
	assert_null(rows.row);
	assert_int_equal(rows.n, 0);
}

/* Nothing, whichever way it is written; blanks; entities; what is not known. */
static void
fields(void **state)
{
	struct klass_rows r;

	(void)state;
	reads("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<codeList>"
	    "<codeItem><code>31</code><parentCode/><level>1</level>"
	    "<name>  \xc3\x98st\n fold &amp; &#x41; <![CDATA[<b>]]> </name><new><code>9"
	    "</code></new><notes>x<b>y</b></notes></codeItem>"
	    "<codeItem><name></name><code>32</code></codeItem><codeItem/>"
	    "<other><code>5</code></other></codeList>", KLASS_CODES, &r);
	assert_int_equal(r.n, 3);
	assert_string_equal(r.row[0].field[0], "31");
	assert_string_equal(r.row[0].field[1], "");
	assert_string_equal(r.row[0].field[3], "\xc3\x98st fold & A <b>");
	assert_string_equal(r.row[1].field[0], "32");
	assert_string_equal(r.row[1].field[3], "");
	assert_string_equal(r.row[2].field[0], "");
	klass_rows_free(&r);
	reads("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"
	    "<k:codeList xmlns:k=\"urn:x\"><k:codeItem><k:name>\xd8</k:name></k:codeItem>"
	    "</k:codeList>", KLASS_CODES, &r);
	assert_string_equal(r.row[0].field[3], "\xc3\x98");
	klass_rows_free(&r);
	reads("<codeChangeList/>", KLASS_CHANGES, &r);
	assert_int_equal(r.n, 0);
	klass_rows_free(&r);
}

static void
other_answers(void **state)
{
	struct buf b = BUF(1 << 20);

	(void)state;
	refuses("", KLASS_CODES, "0 octets");
	refuses("{\"codes\":[]}", KLASS_CODES, "not XML");
	refuses("<html><body/></html>", KLASS_CODES, "\"html\" instead of \"codeList\"");
	refuses("<problem xmlns=\"urn:ietf:rfc:7807\"/>", KLASS_MAPS, "\"problem\"");
	refuses("<!DOCTYPE html><html/>", KLASS_CODES, "document type");
	refuses("<!DOCTYPE a [<!ENTITY e \"x\">]><codeList><codeItem><code>&e;</code>"
	    "</codeItem></codeList>", KLASS_CODES, "document type");
	refuses("<codeList><codeItem><code>31</code>", KLASS_CODES, "cut off");
	refuses("<codeList><codeItem><code>31</code></codeItem></codeList><x/>",
	    KLASS_CODES, "not XML");
	refuses("<codeList><codeItem><name>\xff</name></codeItem></codeList>",
	    KLASS_CODES, "not XML");
	refuses("<codeList><codeItem><code><b>3</b></code></codeItem></codeList>",
	    KLASS_CODES, "an element where text should be");
	buf_str(&b, "<codeList><codeItem><name>");
	for (int i = 0; i <= KLASS_TEXT; i++)
		buf_chr(&b, 'x');
	buf_str(&b, "</name></codeItem></codeList>");
	refuses(buf_text(&b), KLASS_CODES, "longer");
	buf_clear(&b);
	buf_str(&b, "<codeList>");
	for (int i = 0; i <= KLASS_ROWS; i++)
		buf_str(&b, "<codeItem/>");
	buf_str(&b, "</codeList>");
	refuses(buf_text(&b), KLASS_CODES, "more rows");
	buf_free(&b);
}

/* The id of a table, as an element, in a link's attribute or in its text. */
static void
tables(void **state)
{
	struct klass_rows r;

	(void)state;
	reads("<classificationVersion><id>3218</id><correspondenceTables>"
	    "<correspondenceTable><id>1</id><sourceId>3218</sourceId><targetId>71</targetId>"
	    "</correspondenceTable><correspondenceTable><sourceId>30</sourceId>"
	    "<targetId>3218</targetId><links><link href=\"https://x/correspondencetables/2"
	    "?x=1\"/></links></correspondenceTable><correspondenceTable><sourceId>3218"
	    "</sourceId><targetId>30</targetId><self>/correspondencetables/2919</self>"
	    "</correspondenceTable></correspondenceTables></classificationVersion>",
	    KLASS_TABLES, &r);
	assert_int_equal(r.n, 3);
	assert_int_equal(klass_table(&r, 3218, 71), 1);
	assert_int_equal(klass_table(&r, 30, 3218), 2);
	assert_int_equal(klass_table(&r, 3218, 30), 2919);
	assert_int_equal(klass_table(&r, 3218, 31), 0);
	klass_rows_free(&r);
}

static void
standards(void **state)
{
	static const struct { const char *xml, *tsv, *why; } t[] = {
		{ V(I("01", "A", "2", "b") I("01.1", "01", "3", "c") I("02", "A", "2", "d")
		  I("A", "", "1", "a")), "A\ta\n01\tb\n01.1\tc\n02\td\n", NULL },
		{ V(""), NULL, "lie in no section" },
		{ V(I("A", "", "1", "a") I("01.1", "01", "3", "c")), NULL, "of 2 codes 1" },
		{ V(I("A", "", "1", "a") I("A", "", "1", "b")), NULL, "A is there twice" },
		{ V(I("A", "A", "1", "a")), NULL, "of 1 codes 1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct klass_rows r;
		struct buf b = BUF(1000);
		struct err err = { 0, "" };

		reads(t[i].xml, KLASS_VERSION, &r);
		assert_int_equal(klass_standard(&r, "SN", &b, &err),
		    t[i].tsv != NULL ? 0 : -1);
		if (t[i].tsv != NULL)
			assert_string_equal(buf_text(&b), t[i].tsv);
		else if (strstr(err.text, t[i].why) == NULL)
			fail_msg("%s", err.text);
		buf_free(&b);
		klass_rows_free(&r);
	}
}

/* The table has changed codes alone, and is the other way round. */
static void
links(void **state)
{
	static const struct { const char *maps, *tsv, *why; } t[] = {
		{ M("01.200", "01.110") M("01.300", "01.110") M("01.200", "01.110")
		  M("01.2", "01.1"), "01.110\t01.200\n01.110\t01.300\n01.120\t01.120\n",
		  NULL },
		{ M("01.200", "01.999"), NULL, "in no list" },
		{ M("01.999", "01.110"), NULL, "in no list" },
		{ M("01.200", "01.120"), NULL, "01.110 of SN2007 is neither" },
		{ "", NULL, "no five-digit codes" },
	};
	struct klass_rows old, new, maps;

	(void)state;
	reads(V(I("01.110", "", "5", "a") I("01.120", "", "5", "b")), KLASS_VERSION, &old);
	reads(V(I("01.120", "", "5", "a") I("01.200", "", "5", "b")
	    I("01.300", "", "5", "b")), KLASS_VERSION, &new);
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct buf b = BUF(1000), xml = BUF(4000);
		struct err err = { 0, "" };

		buf_printf(&xml, "<correspondenceTable>%s</correspondenceTable>", t[i].maps);
		reads(buf_text(&xml), KLASS_MAPS, &maps);
		assert_int_equal(klass_links(&old, &new, &maps, &b, &err),
		    t[i].tsv != NULL ? 0 : -1);
		if (t[i].tsv != NULL)
			assert_string_equal(buf_text(&b), t[i].tsv);
		else if (strstr(err.text, t[i].why) == NULL)
			fail_msg("%s", err.text);
		klass_rows_free(&maps);
		buf_free(&xml);
		buf_free(&b);
	}
	klass_rows_free(&old);
	klass_rows_free(&new);
}

/* Splits, land that came in, new names, days cut to the request. */
static void
places(void **state)
{
	static const struct { const char *codes, *changes, *tsv, *why; } t[] = {
		{ P("0102", "B", "2010-01-01", "2030-01-02")
		  P("0101", "A", "2002-01-01", "2020-01-01")
		  P("0103", "C", "2020-01-01", "2030-01-02") P("9999", "?", "", ""),
		  C("0101", "0102", "2020-01-01") C("0101", "0103", "2020-01-01")
		  C("0102", "0102", "2020-01-01") C("0102", "0102", "2002-01-01"),
		  "0101\tA\t\t2020-01-01\t0102,0103\n0102\tB\t2010-01-01\t2020-01-01\t0102\n"
		  "0102\tB\t2020-01-01\t\t\n0103\tC\t2020-01-01\t\t\n", NULL },
		{ P("0101", "A", "2002-01-01", "2005-01-01")
		  P("0101", "AA", "2005-01-01", "2030-01-02"), "",
		  "0101\tA\t\t2005-01-01\t0101\n0101\tAA\t2005-01-01\t\t\n", NULL },
		{ P("0101", "A", "2002-01-01", "2005-01-01"), "", NULL, "went nowhere" },
		{ P("0101", "A", "2002-01-01", "2005-01-01"), C("0101", "", "2005-01-01"),
		  NULL, "went nowhere" },
		{ P("101", "A", "2002-01-01", "2005-01-01"), "", NULL, "not a number" },
		{ P("0101", "A", "2002-02-30", "2005-01-01"), "", NULL, "two days" },
		{ P("0101", "", "2002-01-01", "2005-01-01"), "", NULL, "a name" },
		{ P("0101", "A", "2002-01-01", ""), C("0101", "0102", "x"), NULL,
		  "a day" },
		{ "", "", NULL, "there are none" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct buf b = BUF(4000), one = BUF(4000), two = BUF(4000);
		struct klass_rows codes, changes;
		struct err err = { 0, "" };

		buf_printf(&one, "<codeList>%s</codeList>", t[i].codes);
		buf_printf(&two, "<codeChangeList>%s</codeChangeList>", t[i].changes);
		reads(buf_text(&one), KLASS_CODES, &codes);
		reads(buf_text(&two), KLASS_CHANGES, &changes);
		assert_int_equal(klass_places(&codes, &changes, "2030-01-02", &b, &err),
		    t[i].tsv != NULL ? 0 : -1);
		if (t[i].tsv != NULL)
			assert_string_equal(buf_text(&b), t[i].tsv);
		else if (strstr(err.text, t[i].why) == NULL)
			fail_msg("%s", err.text);
		klass_rows_free(&codes);
		klass_rows_free(&changes);
		buf_free(&one);
		buf_free(&two);
		buf_free(&b);
	}
}

/* A county that takes another name is the same; its names are told apart. */
static void
counties(void **state)
{
	struct klass_rows codes, changes;
	struct buf b = BUF(4000);
	struct err err = { 0, "" };

	(void)state;
	reads("<codeList>" P("16", "S", "2002-01-01", "2018-01-01")
	    P("50", "T", "2018-01-01", "2020-01-01")
	    P("50", "T - U - V", "2020-01-01", "2030-01-02") P("99", "?", "", "")
	    "</codeList>", KLASS_CODES, &codes);
	reads("<codeChangeList>" C("16", "50", "2018-01-01") C("50", "50", "2020-01-01")
	    "</codeChangeList>", KLASS_CHANGES, &changes);
	assert_int_equal(klass_counties(&codes, &changes, "2030-01-02", &b, &err), 0);
	assert_string_equal(buf_text(&b), "16\tS\t\t\t2018-01-01\t50\n"
	    "50\tT\tU,V\t2018-01-01\t\t\n");
	klass_rows_free(&codes);
	klass_rows_free(&changes);
	buf_free(&b);
}

/* An answer beside the project, where it is at hand. */
static void
constructed(void **state)
{
	static const char path[] = "../shared/data/klass/api_104_codesAt_constructed.xml";
	struct klass_rows r;
	struct buf b = BUF(1 << 20);
	struct err err = { 0, "" };

	(void)state;
	if (!file_exists(path))
		klass_skip(path);
	assert_int_equal(file_read(path, 1 << 20, &b, &err), 0);
	reads(buf_text(&b), KLASS_CODES, &r);
	assert_int_equal(r.n, 2);
	assert_string_equal(r.row[0].field[0], "31");
	assert_string_equal(r.row[0].field[1], "");
	assert_string_equal(r.row[0].field[3], "\xc3\x98stfold");
	assert_string_equal(r.row[0].field[4], "");
	klass_rows_free(&r);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
		cmocka_unit_test(other_answers),
		cmocka_unit_test(tables),
		cmocka_unit_test(standards),
		cmocka_unit_test(links),
		cmocka_unit_test(places),
		cmocka_unit_test(counties),
		cmocka_unit_test(constructed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
