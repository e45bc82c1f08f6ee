#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gmime/gmime.h>

#include "pipeline/base/utf8.h"

#include "pipeline/contact/message.h"

static const struct message_field field[] = {
	{ "name", "Bjørg & sønn" }, { "link", "https://s.example.no/?t=abc" },
	{ "evil", "x\r\nBcc: a@example.no\tx" }, { "broken", "a\xff" "b" },
	{ "unset", NULL },
};
enum { FIELDS = sizeof(field) / sizeof(field[0]) };

static const struct {
	const char *says, *template, *want, *error;
} expansions[] = {
	{ "text stays text", "Hei,\n\næøå 100 %\n", "Hei,\n\næøå 100 %\n", NULL },
	{ "fields are filled in", "{name}: {link}{name}",
	    "Bjørg & sønn: https://s.example.no/?t=abcBjørg & sønn", NULL },
	{ "doubled braces are braces", "{{name}} }}{{", "{name} }{", NULL },
	{ "a value stays on its line", "{evil}", "x  Bcc: a@example.no x", NULL },
	{ "a value becomes valid UTF-8", "{broken}", "a\xef\xbf\xbd" "b", NULL },
	{ "an unknown field is refused", "a\nb\n{nmae}\n", NULL,
	    "line 3: there is no field {nmae} (there are name, link, evil, broken)" },
	{ "so is one that is not set", "{unset}", NULL, "line 1: there is no field" },
	{ "a name is whole", "{nam}", NULL, "line 1" },
	{ "a brace must close", "x\n{name", NULL, "line 2: '{' without" },
	{ "braces hold names only", "{ name }", NULL, "line 1: '{' without" },
	{ "a lone closing brace", "name}", NULL, "line 1: a lone '}'" },
};

static void
expands_as_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(expansions) / sizeof(expansions[0]); i++) {
		struct buf b = BUF(BUF_ANY);
		struct err err;
		int r = message_expand(expansions[i].template, field, FIELDS, &b,
		    &err);

		if (expansions[i].error != NULL) {
			if (r != -1 || err.status != EX_CONFIG ||
			    strstr(err.text, expansions[i].error) == NULL)
				fail_msg("%s: got %d, %s", expansions[i].says, r,
				    r == 0 ? buf_text(&b) : err.text);
		} else if (r != 0 || strcmp(buf_text(&b), expansions[i].want) != 0)
			fail_msg("%s: got %s", expansions[i].says, buf_text(&b));
		buf_free(&b);
	}
}

static void
knows_addresses_that_can_stand_in_a_header(void **state)
{
	static const struct { const char *s; int want; } cases[] = {
		{ "post@example.no", 1 }, { "a.b+c_d'e@xn--bl-yia.example.no", 1 },
		{ "", 0 }, { "@example.no", 0 }, { "a@", 0 }, { "a", 0 },
		{ "a@b@example.no", 0 }, { "a b@example.no", 0 },
		{ "a@example.no\nBcc: b@example.no", 0 }, { "a@example.no>", 0 },
		{ "a,b@example.no", 0 }, { "\"a\"@example.no", 0 },
		{ "a@example.no\r", 0 }, { "\xc3\xa5@example.no", 0 },
		{ "a\x7f@example.no", 0 }, { "a(b)@example.no", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (message_address(cases[i].s) != cases[i].want)
			fail_msg("%s: got %d", cases[i].s, !cases[i].want);
}

static const struct message plain = {
	.return_path = "b+tok@svar.example.no", .from = "forsker@example.no",
	.from_name = "Forsker", .to = "post@example.org", .to_name = "Firma AS",
	.subject = "Undersokelse", .body = "Hei\n", .date = INT64_C(1772515800),
	.message_id = "tok@svar.example.no", .ref = "tok", .unsubscribe =
	"mailto:b+tok@svar.example.no?subject=unsubscribe",
};

static void
a_plain_mail_to_the_octet(void **state)
{
	struct buf b = BUF(BUF_ANY);
	struct err err;

	(void)state;
	assert_int_equal(message_build(&plain, &b, &err), 0);
	assert_string_equal(buf_text(&b),
	    "Return-Path: <b+tok@svar.example.no>\n"
	    "From: Forsker\n <forsker@example.no>\n"
	    "To: Firma AS\n <post@example.org>\n"
	    "Subject: Undersokelse\n"
	    "Date: Tue, 03 Mar 2026 05:30:00 +0000\n"
	    "Message-ID: <tok@svar.example.no>\n"
	    "X-Utvalg-Ref: tok\n"
	    "Auto-Submitted: auto-generated\n"
	    "List-Unsubscribe:\n"
	    " <mailto:b+tok@svar.example.no?subject=unsubscribe>\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: quoted-printable\n"
	    "\n"
	    "Hei\n");
	buf_free(&b);
}

static void
refused_by_one_click(void **state)
{
	struct message m = plain;
	struct buf b = BUF(BUF_ANY);
	struct err err;

	(void)state;
	m.one_click = "https://svar.example.no/nei/tok";
	assert_int_equal(message_build(&m, &b, &err), 0);
	assert_non_null(strstr(buf_text(&b), "\nList-Unsubscribe:\n"
	    " <https://svar.example.no/nei/tok>,\n"
	    " <mailto:b+tok@svar.example.no?subject=unsubscribe>\n"
	    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n"));
	buf_clear(&b);
	m.unsubscribe = m.one_click = NULL;
	assert_int_equal(message_build(&m, &b, &err), 0);
	assert_null(strstr(buf_text(&b), "List-"));
	buf_free(&b);
}

static void
shown_as_it_is_read(void **state)
{
	struct message m = plain;
	struct buf b = BUF(BUF_ANY);

	(void)state;
	m.to_name = "Bl\303\245b\303\246r\nBcc: x";
	m.subject = "Unders\303\270kelse = 100 %";
	m.body = "Hei\033[1m\r\n\nhttps://svar.example.no/?t=x\nslutt";
	message_show(&m, &b);
	assert_string_equal(buf_text(&b),
	    "From: Forsker <forsker@example.no>\n"
	    "To: Bl\303\245b\303\246r Bcc: x <post@example.org>\n"
	    "Subject: Unders\303\270kelse = 100 %\n"
	    "\n"
	    "Hei [1m\n\nhttps://svar.example.no/?t=x\nslutt\n");
	buf_free(&b);
}

/* What a mail reader makes of it. */
static char *
body_of(GMimeMessage *m)
{
	GMimeObject *part = g_mime_message_get_mime_part(m);

	assert_true(GMIME_IS_TEXT_PART(part));
	return g_mime_text_part_get_text(GMIME_TEXT_PART(part));
}

static const char *
sender_name(GMimeMessage *m)
{
	InternetAddressList *l = g_mime_message_get_from(m);

	assert_int_equal(internet_address_list_length(l), 1);
	return internet_address_get_name(internet_address_list_get_address(l, 0));
}

static const char *
receiver_name(GMimeMessage *m)
{
	InternetAddressList *l = g_mime_message_get_to(m);
	InternetAddress *a;

	assert_int_equal(internet_address_list_length(l), 1);
	a = internet_address_list_get_address(l, 0);
	assert_string_equal(internet_address_mailbox_get_addr(
	    INTERNET_ADDRESS_MAILBOX(a)), "post@example.org");
	return internet_address_get_name(a);
}

static void
a_mail_reader_reads_what_was_written(void **state)
{
	static const char *const text[] = {
		"Firma AS", "ææææææææææææææææææææææææææææææ",
		"xæææææææææææææææææææææææææææææææææææææ", "Say \"hi\"", "=?", "Blåbær & Søn", "Komma, og punkt.", "Med \"anførsel\"",
		"Med 'enkel' \\ skråstrek", "Backslash \\ and, comma",
		"a@b.example.no <x>", "=?UTF-8?Q?lurt?=", "(kommentar)",
		"Et svært langt navn som aldri tar slutt fordi noen har skrevet hele"
		" formålet inn i navnefeltet, med ÆØÅ og €uro og 漢字 og 🙂 til slutt",
		"Long and plain ASCII that goes on and on and on and on and on and on"
		" and on and on until it must be folded somewhere",
	};
	static const char *const body[] = {
		"Hei\n", "", "\n\n", "uten linjeslutt", ".\n..\nFrom meg\n",
		"blank til slutt \ntab\t\nlikhet=slutt=\n", "æøå€🙂\n",
		("en lang linje: 0123456789012345678901234567890123456789012345678901"
		"234567890123456789 æææææææææææææææææææææææææææææææææææææææææææ\n"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		struct message m = plain;
		struct buf b = BUF(BUF_ANY);
		struct err err;
		GMimeStream *stream;
		GMimeParser *parser;
		GMimeMessage *got;
		const char *wanted = body[i % (sizeof(body) / sizeof(body[0]))];
		char *gotbody;

		m.subject = m.from_name = m.to_name = text[i];
		m.body = wanted;
		assert_int_equal(message_build(&m, &b, &err), 0);
		for (const char *s = b.data; *s != '\0'; ) {
			size_t n = strcspn(s, "\n");

			if (n > 76)
				fail_msg("%s: a line of %zu octets", text[i], n);
			for (size_t k = 0; k < n; k++)
				assert_true((unsigned char)s[k] < 0x7f &&
				    ((unsigned char)s[k] >= 0x20 || s[k] == '\t'));
			s += n + (s[n] == '\n');
		}
		for (const char *s = b.data; (s = strstr(s, "=?UTF-8?Q?")) != NULL; ) {
			char *word = g_strndup(s, strcspn(s + 10, "?") + 12);
			char *one = g_mime_utils_header_decode_text(NULL, word);

			assert_true(strlen(word) <= 75);
			assert_null(strstr(one, "\xef\xbf\xbd"));
			assert_true(utf8_valid(one, strlen(one)));
			g_free(word);
			g_free(one);
			s += 10;
		}
		stream = g_mime_stream_mem_new_with_buffer(b.data, b.len);
		parser = g_mime_parser_new_with_stream(stream);
		got = g_mime_parser_construct_message(parser, NULL);
		assert_non_null(got);
		assert_string_equal(g_mime_message_get_subject(got), text[i]);
		assert_string_equal(sender_name(got), text[i]);
		assert_string_equal(receiver_name(got), text[i]);
		gotbody = body_of(got);
		/* a last line always ends */
		if (strncmp(gotbody, wanted, strlen(wanted)) != 0 ||
		    strlen(gotbody) > strlen(wanted) + 1)
			fail_msg("body: got %s, want %s", gotbody, wanted);
		g_free(gotbody);
		g_object_unref(got);
		g_object_unref(parser);
		g_object_unref(stream);
		buf_free(&b);
	}
}

static void
nothing_breaks_out_of_a_header(void **state)
{
	static const char evil[] = "x\r\nBcc: a@example.no\n\n<html>\r";
	struct message m = plain;
	struct buf b = BUF(BUF_ANY);
	struct err err;

	(void)state;
	m.subject = m.from_name = m.to_name = evil;
	assert_int_equal(message_build(&m, &b, &err), 0);
	assert_null(strstr(b.data, "\nBcc:"));
	assert_null(strchr(b.data, '\r'));
	assert_ptr_equal(strstr(b.data, "\n\n"), strstr(b.data, "\n\nHei"));
	buf_free(&b);
	m = plain;
	m.to = "a@example.no>\nBcc: <b@example.no";
	assert_int_equal(message_build(&m, &b, &err), -1);
	assert_int_equal(err.status, EX_DATAERR);
	buf_free(&b);
	m = plain;
	m.from = "";
	assert_int_equal(message_build(&m, &b, &err), -1);
	buf_free(&b);
}

static void
windows_line_ends_become_ours(void **state)
{
	struct message m = plain;
	struct buf b = BUF(BUF_ANY);
	struct err err;

	(void)state;
	m.body = "a\r\n\r\nb \r\nc\r";
	assert_int_equal(message_build(&m, &b, &err), 0);
	assert_string_equal(strstr(b.data, "\n\n") + 2, "a\n\nb=20\nc\n");
	/* what SMTP and mbox files make something of */
	buf_clear(&b);
	m.body = ".\nFrom x\n a.\n";
	assert_int_equal(message_build(&m, &b, &err), 0);
	assert_string_equal(strstr(b.data, "\n\n") + 2, "=2E\n=46rom x\n a.\n");
	buf_free(&b);
}

/* An octet of the text and the HTML each in its part, the text first, and no name
 * that breaks out of the page. */
static void
html_stands_beside_the_text(void **state)
{
	const struct message_field f[] = { { "name", "<A> & 'B\"\n" } };
	struct buf html = BUF(BUF_ANY), b = BUF(BUF_ANY);
	struct message m = plain;
	GMimeStream *stream;
	GMimeParser *parser;
	GMimeMessage *got;
	GMimeMultipart *parts;
	struct err err;

	(void)state;
	assert_int_equal(message_expand_html("<p title='{name}'>{{å}}</p>\n", f, 1,
	    &html, &err), 0);
	assert_string_equal(buf_text(&html),
	    "<p title='&lt;A&gt; &amp; &#39;B&quot; '>{å}</p>\n");
	assert_int_equal(message_expand_html("\n{x}", f, 1, &b, &err), -1);
	assert_non_null(strstr(err.text, "line 2: there is no field {x}"));
	buf_clear(&b);
	m.html = buf_text(&html);
	assert_int_equal(message_build(&m, &b, &err), 0);
	for (const char *s = b.data; *s != '\0'; ) {
		size_t n = strcspn(s, "\n");

		assert_true(n <= 76);
		s += n + (s[n] == '\n');
	}
	stream = g_mime_stream_mem_new_with_buffer(b.data, b.len);
	parser = g_mime_parser_new_with_stream(stream);
	got = g_mime_parser_construct_message(parser, NULL);
	assert_true(GMIME_IS_MULTIPART(g_mime_message_get_mime_part(got)));
	parts = GMIME_MULTIPART(g_mime_message_get_mime_part(got));
	assert_int_equal(g_mime_multipart_get_count(parts), 2);
	for (int i = 0; i < 2; i++) {
		GMimeObject *part = g_mime_multipart_get_part(parts, i);
		GMimeContentType *type = g_mime_object_get_content_type(part);
		char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));

		assert_string_equal(g_mime_content_type_get_media_subtype(type),
		    i == 0 ? "plain" : "html");
		assert_true(strncmp(text, i == 0 ? m.body : m.html,
		    strlen(i == 0 ? m.body : m.html)) == 0);
		g_free(text);
	}
	g_object_unref(got);
	g_object_unref(parser);
	g_object_unref(stream);
	buf_free(&html);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expands_as_the_table_says),
		cmocka_unit_test(knows_addresses_that_can_stand_in_a_header),
		cmocka_unit_test(a_plain_mail_to_the_octet),
		cmocka_unit_test(refused_by_one_click),
		cmocka_unit_test(shown_as_it_is_read),
		cmocka_unit_test(a_mail_reader_reads_what_was_written),
		cmocka_unit_test(nothing_breaks_out_of_a_header),
		cmocka_unit_test(windows_line_ends_become_ours),
		cmocka_unit_test(html_stands_beside_the_text),
	};

	g_mime_init();
	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
