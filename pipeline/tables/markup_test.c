#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <libxml/parser.h>
#include <string.h>

#include "pipeline/tables/markup.h"

static void
text_is_escaped_and_whole(void **state)
{
	static const struct { const char *says, *text, *want; } rows[] = {
		{ "letters", "Bø", "<p title=\"B&#xF8;\">Bø</p>" },
		{ "marks", "a<b&c\"", "<p title=\"a&lt;b&amp;c&quot;\">"
		    "a&lt;b&amp;c&quot;</p>" },
		{ "a control", "a\x01z", "<p title=\"a&#xFFFD;z\">a\xef\xbf\xbdz</p>" },
		{ "no UTF-8", "a\xff", "<p title=\"a&#xFFFD;\">a\xef\xbf\xbd</p>" },
		{ "U+FFFF, which XML has not", "\xef\xbf\xbf",
		    "<p title=\"&#xFFFD;\">\xef\xbf\xbd</p>" },
		{ "the end of a section", "]]>", "<p title=\"]]&gt;\">]]&gt;</p>" },
		{ "nothing", "", "<p title=\"\"></p>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct markup *m = markup_new();
		struct buf b = BUF(1 << 16);
		struct err err;
		xmlDocPtr doc;

		markup_open(m, "p");
		markup_attr(m, "title", rows[i].text);
		markup_text(m, rows[i].text);
		markup_close(m);
		assert_int_equal(markup_end(m, &b, &err), 0);
		if (strstr(buf_text(&b), rows[i].want) == NULL)
			fail_msg("%s: got %s", rows[i].says, buf_text(&b));
		doc = xmlReadMemory(b.data, (int)b.len, NULL, "UTF-8",
		    XML_PARSE_NONET | XML_PARSE_NOERROR);
		if (doc == NULL)
			fail_msg("%s: no XML: %s", rows[i].says, buf_text(&b));
		xmlFreeDoc(doc);
		buf_free(&b);
	}
}

static void
lengths_have_a_tenth(void **state)
{
	struct markup *m = markup_new();
	struct buf b = BUF(1 << 16);
	struct err err;

	(void)state;
	markup_open(m, "rect");
	markup_real(m, "a", 12);
	markup_real(m, "b", 12.46);
	markup_real(m, "c", -0.51);
	markup_real(m, "d", -0.04);
	markup_void(m);
	markup_leaf(m, "td", "n", "1");
	assert_int_equal(markup_end(m, &b, &err), 0);
	assert_string_equal(buf_text(&b), "<!DOCTYPE html>\n"
	    "<rect a=\"12\" b=\"12.5\" c=\"-0.5\" d=\"0\"/><td class=\"n\">1</td>\n");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_escaped_and_whole),
		cmocka_unit_test(lengths_have_a_tenth),
	};
	int r = cmocka_run_group_tests(tests, NULL, NULL);

	xmlCleanupParser();
	return r;
}
