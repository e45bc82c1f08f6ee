#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>

#include "pipeline/base/file.h"

#include "pipeline/frame/mx.h"

#define CASES	"../shared/data/email/email_dns_cases.tsv"

/* "TC:10 mx.firma.no;20 ..." or "8.8.4.4;..." or NODATA ...; "-": never asked. */
static enum mx_status
status_of(const char *cell)
{
	if (strcmp(cell, "NODATA") == 0)
		return MX_NODATA;
	if (strcmp(cell, "NXDOMAIN") == 0)
		return MX_NXDOMAIN;
	if (strcmp(cell, "SERVFAIL") == 0 || strcmp(cell, "TIMEOUT") == 0 ||
	    strcmp(cell, "REFUSED") == 0)
		return MX_TROUBLE;
	assert_string_not_equal(cell, "-");
	return MX_RECORDS;
}

static void
take_cell(struct mx_facts *f, enum mx_ask_for asked, const char *cell)
{
	enum mx_status s = status_of(cell);
	unsigned char octets[16];
	char copy[400], *save = NULL;

	if (asked == MX_ASK_MX)
		f->mx = s;
	else if (asked == MX_ASK_A)
		f->a = s;
	else
		f->aaaa = s;
	if (s != MX_RECORDS)
		return;
	snprintf(copy, sizeof(copy), "%s",
	    strncmp(cell, "TC:", 3) == 0 ? cell + 3 : cell);
	for (char *one = strtok_r(copy, ";", &save); one != NULL;
	    one = strtok_r(NULL, ";", &save)) {
		if (asked == MX_ASK_MX) {
			(void)mx_exchange(f, strchr(one, ' ') + 1);
		} else if (asked == MX_ASK_A) {
			assert_int_equal(inet_pton(AF_INET, one, octets), 1);
			mx_address4(f, octets);
		} else {
			assert_int_equal(inet_pton(AF_INET6, one, octets), 1);
			mx_address6(f, octets);
		}
	}
}

static void
one_case(const char *mx, const char *a, const char *aaaa, const char *want)
{
	struct mx_facts f = { 0 };
	enum mx_verdict verdict;
	enum mx_ask_for ask;
	int asked = 0;

	while ((ask = mx_next(&f, &verdict)) != MX_ASK_NOTHING) {
		assert_in_range(++asked, 1, 3);
		take_cell(&f, ask, ask == MX_ASK_MX ? mx : ask == MX_ASK_A ? a : aaaa);
	}
	if (strcmp(mx_code(verdict), want) != 0)
		fail_msg("%s | %s | %s: %s, not %s", mx, a, aaaa, mx_code(verdict), want);
}

static void
own_cases(void **state)
{
	static const char *const rows[][4] = {
		{ "10 mx.firma.example", "-", "-", "mx" },
		{ "0 .", "-", "-", "null-mx" },
		{ "0 ", "-", "-", "null-mx" },
		{ "0 .;0 .", "-", "-", "null-mx" },
		{ "0 .;10 mx.firma.example", "-", "-", "mx" },
		{ "0 .;10 localhost", "-", "-", "no-mail" },
		{ "0 localhost.", "-", "-", "no-mail" },
		{ "0 LocalHost", "-", "-", "no-mail" },
		{ "0 mx.localhost", "-", "-", "no-mail" },
		{ "0 mylocalhost.example", "-", "-", "mx" },
		{ "0 localhost.localdomain", "-", "-", "no-mail" },
		{ "10 mx.invalid", "-", "-", "no-mail" },
		{ "10 8.8.4.4", "-", "-", "no-mail" },
		{ "10 8.8.4.4.", "-", "-", "no-mail" },
		{ "10 [8.8.4.4]", "-", "-", "no-mail" },
		{ "10 2001:4860::1", "-", "-", "no-mail" },
		{ "10 8.8.4.4;20 mx.firma.example", "-", "-", "mx" },
		{ "NODATA", "8.8.4.4", "-", "fallback" },
		{ "NODATA", "10.0.0.1;8.8.4.4", "-", "fallback" },
		{ "NODATA", "NODATA", "2001:4860:4860::8844", "fallback" },
		{ "NODATA", "NODATA", "NODATA", "no-mail" },
		{ "NODATA", "10.0.0.1", "fe80::1", "no-mail" },
		{ "NODATA", "SERVFAIL", "2001:4860:4860::8844", "fallback" },
		{ "NODATA", "SERVFAIL", "::1", "unknown" },
		{ "NODATA", "127.0.0.1", "TIMEOUT", "unknown" },
		{ "NODATA", "NODATA", "REFUSED", "unknown" },
		{ "NODATA", "NXDOMAIN", "NODATA", "unknown" },
		{ "NXDOMAIN", "-", "-", "no-domain" },
		{ "REFUSED", "-", "-", "unknown" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		one_case(rows[i][0], rows[i][1], rows[i][2], rows[i][3]);
}

/* tests/run.sh wants to know what was skipped, and tests/skips why. */
static void
not_at_hand(void)
{
	const char *skips = getenv("SKIPS");
	FILE *f = skips != NULL ? fopen(skips, "a") : NULL;

	if (f != NULL) {
		fputs("no-shared\n", f);
		fclose(f);
	}
	printf("skip - cases of the name service: not at hand (no-shared)\n");
	fflush(stdout);
	skip();
}

static void
shared_cases(void **state)
{
	struct buf text = BUF(1 << 20);
	struct err err;
	char *save = NULL;
	int n = 0;

	(void)state;
	if (file_read(CASES, 1 << 20, &text, &err) != 0) {
		buf_free(&text);
		not_at_hand();
	}
	for (char *line = strtok_r(text.data, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save)) {
		char *cell[6] = { NULL }, *end = NULL;

		for (int i = 0; i < 6; i++)
			cell[i] = strtok_r(i == 0 ? line : NULL, "\t", &end);
		assert_non_null(cell[4]);
		if (strcmp(cell[0], "case") == 0)
			continue;
		one_case(cell[1], cell[2], cell[3], cell[4]);
		n++;
	}
	assert_true(n >= 18);
	buf_free(&text);
}

static void
addresses(void **state)
{
	static const char *const global[] = { "8.8.4.4", "1.1.1.1", "9.255.255.255",
		"11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1",
		"192.0.1.1", "192.167.1.1", "198.17.0.1", "198.20.0.1", "223.255.255.255",
		"2001:4860:4860::8844", "2a00::1", "2001:200::1", "64:ff9b::808:404",
		"2002:808:404::1" };
	static const char *const special[] = { "0.0.0.0", "0.1.2.3", "10.1.2.3",
		"100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.1.1",
		"172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1",
		"192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
		"203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::ffff:8.8.4.4", "::8.8.4.4", "64:ff9b::a00:1",
		"64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2001:20::1",
		"2002:7f00:1::1", "3fff::1", "fc00::1", "fd00::1", "fe80::1", "fec0::1",
		"ff02::1", "4000::1" };
	unsigned char o[16];

	(void)state;
	for (size_t i = 0; i < sizeof(global) / sizeof(global[0]); i++)
		if (!(inet_pton(AF_INET, global[i], o) == 1 ? mx_global4(o) :
		    inet_pton(AF_INET6, global[i], o) == 1 && mx_global6(o)))
			fail_msg("%s is global", global[i]);
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (inet_pton(AF_INET, special[i], o) == 1 ? mx_global4(o) :
		    inet_pton(AF_INET6, special[i], o) != 1 || mx_global6(o))
			fail_msg("%s is special", special[i]);
}

static void
names(void **state)
{
	static const struct { const char *typed, *want; } rows[] = {
		{ "firma.example", "firma.example" }, { "Firma.Example.", "firma.example" },
		{ "post@Firma.example", "firma.example" }, { "test", "test" },
		{ "b\xc3\xa5t.example", "xn--bt-yia.example" },
		{ "B\xc3\x85T.example", "xn--bt-yia.example" },
		{ "_x.firma.example", "_x.firma.example" },
		{ "", NULL }, { ".", NULL }, { "a..b", NULL }, { "a b.example", NULL },
		{ "a\\.b", NULL }, { "post@", NULL }, { ".example", NULL },
		{ "\xff\xfe.example", NULL }, { "a\tb", NULL },
	};
	char out[MX_NAME], longest[300];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r = mx_name(rows[i].typed, out);

		if ((r == 0) != (rows[i].want != NULL) ||
		    (r == 0 && strcmp(out, rows[i].want) != 0))
			fail_msg("%s: %s", rows[i].typed, r == 0 ? out : "refused");
	}
	memset(longest, 'a', sizeof(longest));
	for (size_t i = 63; i < 253; i += 64)
		longest[i] = '.';
	longest[253] = '\0';
	assert_int_equal(mx_name(longest, out), 0);
	longest[253] = 'a';
	longest[254] = '\0';
	assert_int_equal(mx_name(longest, out), -1);
	memset(longest, 'a', 64);
	longest[64] = '\0';
	assert_int_equal(mx_name(longest, out), -1);
}

static void
codes(void **state)
{
	enum mx_verdict v;

	(void)state;
	for (int i = 0; i < MX_VERDICTS; i++) {
		assert_int_equal(mx_parse(mx_code((enum mx_verdict)i), &v), 0);
		assert_int_equal(v, i);
		assert_string_not_equal(mx_text(v, LANG_NB), mx_text(v, LANG_EN));
	}
	assert_int_equal(mx_parse("", &v), -1);
	assert_false(mx_dead(MX_UNKNOWN));
	assert_true(mx_dead(MX_NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_cases),
		cmocka_unit_test(shared_cases),
		cmocka_unit_test(addresses),
		cmocka_unit_test(names),
		cmocka_unit_test(codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
