#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/contact/mail_html.h"

static void
a_letter_fetches_nothing(void **state)
{
	static const struct { const char *says, *html, *want; } table[] = {
		{ "plain", "<!doctype html>\n<p>Hei</p>", NULL },
		{ "a link to follow", "<a href=\"https://example.no/\">x</a>", NULL },
		{ "a picture in itself", "<img alt='' src='data:image/png;base64,AA'>", NULL },
		{ "style of its own", "<style>p {{ color: red }}</style>", NULL },
		{ "words that only look like it", "src=x url < 3 <p data-src=1>", NULL },
		{ "an anchor in style", "<p style=\"background: url(data:x)\">", NULL },
		{ "a comment", "<!-- <img src=x> --><p>", NULL },
		{ "a lone <", "a < b <", NULL },
		{ "an attribute without value", "<td nowrap >x", NULL },
		{ "a picture", "<p>\n<IMG alt=x SRC = http://x.no/a.png>", "line 2: SRC" },
		{ "a picture of our own server", "<img src='/a.png'>", "line 1: src" },
		{ "a picture in a set", "<img srcset=\"a.png 2x\">", "srcset" },
		{ "a background", "<table background=a.png>", "background" },
		{ "a script", "<SCRIPT>x</SCRIPT>", "<SCRIPT" },
		{ "a style sheet", "<link rel=stylesheet href=x.css>", "<link" },
		{ "a frame", "<iframe>", "<iframe" },
		{ "a form", "<form action=x>", "<form" },
		{ "a film", "<p><video poster=x>", "<video" },
		{ "a moved page", "<meta HTTP-EQUIV=Refresh content=0>", "HTTP-EQUIV" },
		{ "style that fetches", "<p style=\"background:URL( 'http://x.no/a' )\">", "URL(" },
		{ "style that imports", "<style>\n@Import 'x.css';</style>", "line 2: @Import" },
		{ "what runs on a click", "<p onclick='x()'>", "onclick" },
		{ "an open comment", "<!-- x", "comment is not closed" },
		{ "an open quote", "<a href=\"x>", "quote" },
		{ "nothing", "", NULL },
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int r = mail_html_check(table[i].html, &err);

		if (table[i].want == NULL ? r != 0 :
		    r != -1 || strstr(err.text, table[i].want) == NULL)
			fail_msg("%s: got %d %s", table[i].says, r,
			    r != 0 ? err.text : "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_letter_fetches_nothing),
	};

	return cmocka_run_group_tests_name("mail_html", tests, NULL, NULL);
}
