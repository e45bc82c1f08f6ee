/* What a MIME parser gets to see of a mail, and where its copies begin. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/mem.h"
#include "pipeline/contact/bounce.h"
#include "pipeline/contact/field.h"
#include "pipeline/contact/sieve.h"

static const struct bounce_limits limits = { .octets = 1 << 20, .depth = 5,
	.parts = 3, .headers = 4, .text = 1000, .recipients = 10 };

static int
wanted(const char *name, size_t len)
{

	return (field_starts(name, len, "to") || field_starts(name, len, "content-") ||
	    field_starts(name, len, "received"));
}

static void
check(const char *says, const char *mail, size_t len, const char *whole,
    const char *shorter)
{
	struct arena *mem = arena_new();
	struct sieve v;

	sieve_mail(mem, mail, len, &limits, wanted, &v);
	if (v.nwhole != strlen(whole) || strcmp(v.whole, whole) != 0 ||
	    strcmp(v.shorter, shorter) != 0)
		fail_msg("%s: got %s | %s", says, v.whole, v.shorter);
	arena_free(mem);
}

static void
makes_one_kind_of_line(void **state)
{
	static const char *const want = "To: a\n\nb\nc";

	(void)state;
	check("LF", "To: a\n\nb\nc", 10, want, want);
	check("CRLF", "To: a\r\n\r\nb\r\nc", 13, want, want);
	check("bare CR", "To: a\r\rb\rc", 10, want, want);
	check("CR in front of LF, twice", "To: a\r\r\n\nb\nc", 12, want, want);
	check("NUL", "To: \0\n\nb", 8, "To: ?\n\nb", "To: ?\n\nb");
}

static void
leaves_out_what_nobody_asks_for(void **state)
{

	(void)state;
	check("fields, with what is folded; the first stays",
	    "X-A: 1\nX-B: 2\n three\nTo: a\n b\n\nX-C: body\n", 41,
	    "X-A: 1\nX-B: 2\n three\nTo: a\n b\n\nX-C: body\n",
	    "X-A: 1\nTo: a\n b\n\nX-C: body\n");
	check("stations but the last", "To: a\nReceived: 2\nReceived: 1\n\nb", 32,
	    "To: a\nReceived: 2\nReceived: 1\n\nb", "To: a\nReceived: 2\n\nb");
}

#define HEAD	"Content-Type: multipart/report; boundary=x\n\n--x\n\ntext\n--x\n"

static void
cuts_the_body_of_a_returned_message(void **state)
{
	static const char copy[] = "Content-Type:\n message/rfc822\n\nX-A: 1\n"
	    "X-B: 2\nTo: a\n\nlong body\nTo: b\n\nmore\n--x--\n";
	static const char left[] = "Content-Type:\n message/rfc822\n\nX-A: 1\n"
	    "To: a\n\n--x--\n";
	static const char encoded[] = "Content-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: base64\n\nVG86IGEK\n--x--\n";
	static const char report[] = "Content-Type: message/delivery-status\n\n"
	    "X-A: b\n\nX-B: c\n--x--\n";
	static const char heads[] = "Content-Type: message/rfc822-headers\n\n"
	    "X-A: b\n\nX-B: c\n--x--\n";
	char mail[1000], want[1000];

	(void)state;
	strcpy(mail, HEAD);
	strcat(mail, copy);
	strcpy(want, HEAD);
	strcat(want, left);
	check("a copy", mail, strlen(mail), mail, want);
	strcpy(mail + strlen(HEAD), encoded);
	check("not an encoded one", mail, strlen(mail), mail, mail);
	strcpy(mail + strlen(HEAD), report);
	check("not a report", mail, strlen(mail), mail, mail);
	strcpy(mail + strlen(HEAD), heads);
	check("not mere headers", mail, strlen(mail), mail, mail);
	strcpy(mail, "To: a\n\n--x\nContent-Type: message/rfc822\n\nX-A: b\n"
	    "X-B: c\n\nbody\n");
	check("nor what a plain text shows", mail, strlen(mail), mail, mail);
}

static void
knows_where_a_copy_began(void **state)
{
	static const char mail[] = "To: a\nX-A: gone\nContent-Type: message/rfc822\n"
	    "\nX-B: first\nX-C: gone\n\nbody\n";
	struct arena *mem = arena_new();
	struct sieve v;
	size_t at;

	(void)state;
	sieve_mail(mem, mail, sizeof(mail) - 1, &limits, wanted, &v);
	assert_int_equal(v.ncopy, 1);
	at = (size_t)(strstr(v.shorter, "X-B") - v.shorter);
	assert_string_equal(v.whole + sieve_origin(&v, at),
	    "X-B: first\nX-C: gone\n\nbody\n");
	assert_int_equal(sieve_origin(&v, 0), 0);
	assert_int_equal(sieve_origin(&v, at + 5000), 0);
	arena_free(mem);
}

static void
ends_what_never_ends(void **state)
{
	static char mail[200000];
	struct arena *mem = arena_new();
	struct sieve v;
	size_t i;

	(void)state;
	for (i = 0; i + 6 < sizeof(mail); i += 6)
		memcpy(mail + i, "To: a\n", 6);
	sieve_mail(mem, mail, i, &limits, wanted, &v);
	assert_true(v.limits & BOUNCE_LIMIT_HEADERS);
	assert_int_equal(v.nwhole, 4 * 6);
	memset(mail, 'a', sizeof(mail));
	memcpy(mail, "To: ", 4);
	sieve_mail(mem, mail, sizeof(mail), &limits, wanted, &v);
	assert_true(v.limits & BOUNCE_LIMIT_HEADERS);
	assert_int_equal(v.nwhole, SIEVE_HEADER + 1);
	for (i = 0; i + 4 < 400; i += 4)
		memcpy(mail + i, "--x\n", 4);
	sieve_mail(mem, mail, i, &limits, wanted, &v);
	assert_true(v.limits & BOUNCE_LIMIT_PARTS);
	assert_int_equal(v.nwhole, 4 * 15);
	arena_free(mem);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_one_kind_of_line),
		cmocka_unit_test(leaves_out_what_nobody_asks_for),
		cmocka_unit_test(cuts_the_body_of_a_returned_message),
		cmocka_unit_test(knows_where_a_copy_began),
		cmocka_unit_test(ends_what_never_ends),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
