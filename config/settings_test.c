#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/base/file.h"
#include "pipeline/base/mem.h"

#include "config/settings.h"
#include "config/settings_private.h"

static void
load(struct settings *s, const char *text)
{
	struct err err = { 0, "" };

	if (settings_load_text(s, "etc/t.conf", text, &err) != 0)
		fail_msg("%s: %s", text, err.text);
}

static void
each_fault_is_one_line_with_its_line_number(void **state)
{
	static const struct { const char *text; int line; const char *want; } t[] = {
		{ "[stor]\n", 1, "unknown section [stor] (did you mean 'store'?)" },
		{ "[xyzzyxyzzy]\n", 1, "unknown section [xyzzyxyzzy]" },
		{ "[store]\nstat = /x\n", 2,
		    "unknown key 'stat' in [store] (did you mean 'state'?)" },
		{ "[store]\nlang = en\n", 2,
		    "unknown key 'lang' in [store] (it belongs in [output])" },
		{ "[store]\ncolour = red\n", 2, "unknown key 'colour' in [store]" },
		{ "\nstate = /x\n", 2, "'state' stands before the first [section]" },
		{ "[store]\nstate\n", 2, "is neither a heading nor KEY = VALUE" },
		{ "[store\n", 1, "the heading has no ']'" },
		{ "[store]\nstate = /a\nstate = /b\n", 3, "'state' again: it stands on line 2" },
		{ "[store]\nstate =\n", 2, "'state' has no value" },
		{ "[store]\nstate = bl\xe5\n", 2, "is not UTF-8 text" },
		{ "[register]\nurl_enhet = data.brreg.no\n", 2, "'url_enhet' is no URL" },
		{ "[register]\nurl_enhet =\n", 2, "'url_enhet' has no value" },
		{ "[register]\nproxy = proxy:80\n", 2, "'proxy' is no URL" },
		{ "[register]\nmax_loss = 11\n", 2, "'max_loss' is not a share" },
		{ "[register]\nmax_loss = -1 %\n", 2, "'max_loss' is not a share" },
		{ "[register]\nmax_bytes = 10X\n", 2, "'max_bytes' is not a size" },
		{ "[register]\nmax_bytes = 1\n", 2, "'max_bytes' is outside 1k to 1024G" },
		{ "[register]\nmax_bytes = 99999999999G\n", 2, "'max_bytes' is not a size" },
		{ "[register]\nmax_bytes = 32G\n", 2,
		    "'max_unpacked' is less than 'max_bytes'" },
		{ "[register]\nconnect_timeout = 0\n", 2, "is outside 1s to 1h" },
		{ "[register]\nconnect_timeout = soon\n", 2, "is not a time" },
		{ "[register]\nkeep_extracts = 2.5\n", 2, "is not a whole number" },
		{ "[register]\nkeep_extracts = -1\n", 2, "is outside 0 to 1000" },
		{ "[mail]\nfrom = nobody\n", 2, "'from' is no address" },
		{ "[mail]\nbounce = nobody\n", 2, "'bounce' is no address" },
		{ "[mail]\n\nbounce = ten-chars-@svar.example.no\n", 3,
		    "'bounce' is too long: 14 + domain" },
		{ "[mail]\nbounce = twenty-characters--1@x.n\n", 2,
		    "'bounce' is too long before the '@'" },
		{ "[mail]\nbounce = a-b@example.no\ndelimiter = -\n", 2,
		    "'bounce' has the delimiter" },
		{ "[mail]\ndelimiter = .\n", 2, "'delimiter' is neither + nor -" },
		{ "[mail]\nsmtp = localhost:25\n", 2, "'smtp' is neither smtp://" },
		{ "[mail]\nsmtp = https://example.no\n", 2, "'smtp' is neither" },
		{ "[mail]\nsmtp = smtp://us:secret@example.no\n", 2, "'smtp' is neither" },
		{ "[mail]\nsmtp = smtp://example.no/x\n", 2, "'smtp' is neither" },
		{ "[mail]\nstarttls = yes\n", 2, "'starttls' is neither always" },
		{ "[mail]\nwindow = 8-16\n", 2, "'window' is no time of day" },
		{ "[mail]\nwindow = 16:00-08:00\n", 2, "'window' is no time of day" },
		{ "[mail]\nwindow = 08:60-16:00\n", 2, "'window' is no time of day" },
		{ "[mail]\nwindow = 08:00-24:01\n", 2, "'window' is no time of day" },
		{ "[mail]\nper_minute = -1\n", 2, "is outside 0 to 1000000" },
		{ "[bounces]\ntoken_days = 0\n", 2, "is outside 1 to 3650" },
		{ "[night]\npull = perhaps\n", 2, "'pull' is neither yes nor no" },
		{ "[output]\nlang = se\n", 2, "'lang' is neither nb nor en" },
		/* the first of several */
		{ "[night]\npull = x\n[stor]\nnothing\n", 2, "'pull'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct settings s;
		struct err err = { 0, "" };
		char front[40];

		snprintf(front, sizeof(front), "t.conf:%d: ", t[i].line);
		if (settings_load_text(&s, "t.conf", t[i].text, &err) == 0)
			fail_msg("taken: %s", t[i].text);
		assert_int_equal(err.status, EX_CONFIG);
		if (strncmp(err.text, front, strlen(front)) != 0 ||
		    strstr(err.text, t[i].want) == NULL)
			fail_msg("%s\ngot  %s\nwant %s%s", t[i].text, err.text, front,
			    t[i].want);
		settings_free(&s);
	}
}

static void
without_a_file_everything_has_its_default(void **state)
{
	struct settings s;

	(void)state;
	load(&s, "");
	assert_string_equal(s.state, "/var/lib/utvalg");
	assert_string_equal(s.url_enhet,
	    "https://data.brreg.no/enhetsregisteret/api/enheter/lastned");
	assert_string_equal(s.url_underenhet,
	    "https://data.brreg.no/enhetsregisteret/api/underenheter/lastned");
	assert_true(s.max_loss > 0.0999 && s.max_loss < 0.1001);
	assert_int_equal(s.max_bytes, INT64_C(1) << 30);
	assert_int_equal(s.max_unpacked, INT64_C(16) << 30);
	assert_int_equal(s.connect_timeout, 30);
	assert_int_equal(s.stall_timeout, 60);
	assert_int_equal(s.keep_extracts, 3);
	assert_string_equal(s.contact, "");
	assert_string_equal(s.from, "");
	assert_string_equal(s.delimiter, "+");
	assert_int_equal(s.token_days, 60);
	assert_int_equal(s.address_days, 60);
	assert_int_equal(s.hard_by_address, 2);
	assert_int_equal(s.suspend_count, 2);
	assert_int_equal(s.suspend_days, 7);
	assert_int_equal(s.soft_count, 3);
	assert_int_equal(s.soft_days, 14);
	assert_int_equal(s.soft_reset_days, 30);
	assert_string_equal(s.requests, "/var/spool/utvalg/requests");
	assert_string_equal(s.results, "/var/spool/utvalg/results");
	assert_int_equal(s.request_max, 256 * 1024);
	assert_int_equal(s.pull, 1);
	assert_int_equal(s.pull_underenhet, 0);
	assert_int_equal(s.lang, LANG_NB);
	settings_free(&s);
}

static void
values_are_read_with_their_units(void **state)
{
	struct settings s;

	(void)state;
	load(&s, "[register]\n  max_loss = 2,5 %\n  max_bytes = 64M\n"
	    "keep_extracts = 1000\nconnect_timeout=2m ; two\n"
	    "ca_file = ca.pem\n[bounces]\nrules = /r.rules\n"
	    "[night]\npull = off\n[output]\nlang = en\n[mail]\nbounce = retur@example.no\n"
	    "delimiter = -\n");
	assert_true(s.max_loss > 0.02499 && s.max_loss < 0.02501);
	assert_int_equal(s.max_bytes, 64 << 20);
	assert_int_equal(s.keep_extracts, 1000);
	assert_int_equal(s.connect_timeout, 120);
	assert_string_equal(s.ca_file, "etc/ca.pem");
	assert_string_equal(s.rules, "/r.rules");
	assert_int_equal(s.pull, 0);
	assert_int_equal(s.lang, LANG_EN);
	assert_string_equal(s.delimiter, "-");
	settings_free(&s);
}

static void
one_line_gives_a_private_world(void **state)
{
	static const struct { const char *name, *text, *state, *requests; } t[] = {
		{ "etc/t.conf", "[store]\nstate = world\n", "etc/world",
		    "etc/world/requests" },
		{ "t.conf", "[store]\nstate = world/\n", "world", "world/requests" },
		{ "/t.conf", "[store]\nstate = world\n", "/world", "/world/requests" },
		{ "/a/t.conf", "[store]\nstate = /w\n", "/w", "/w/requests" },
		{ "/a/t.conf", "[store]\nstate = /w\n[requests]\nrequests = in\n", "/w",
		    "/a/in" },
		{ "/a/t.conf", "[store]\nstate = /var/lib/utvalg\n", "/var/lib/utvalg",
		    "/var/spool/utvalg/requests" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct settings s;
		struct err err = { 0, "" };

		assert_int_equal(settings_load_text(&s, t[i].name, t[i].text, &err), 0);
		assert_string_equal(s.state, t[i].state);
		assert_string_equal(s.requests, t[i].requests);
		settings_free(&s);
	}
}

static void
put(const char *folder, const char *name, const char *text)
{
	char path[300];
	struct err err = { 0, "" };

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(file_write(path, 0644, text, strlen(text), &err), 0);
}

static void
drop_ins_come_later_in_order_of_their_octets(void **state)
{
	char folder[] = "/tmp/utvalg-settings-XXXXXX", path[300], want[400];
	struct settings s;
	struct err err = { 0, "" };
	struct buf b = BUF(1 << 20);

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(settings_load_folder(&s, folder, &err), 0);	/* empty */
	assert_string_equal(s.state, "/var/lib/utvalg");
	settings_free(&s);

	put(folder, "utvalg.conf", "[register]\nkeep_extracts = 1\ncontact = a\n");
	snprintf(path, sizeof(path), "%s/utvalg.conf.d", folder);
	assert_int_equal(mkdir(path, 0755), 0);
	put(path, "9.conf", "[register]\nkeep_extracts = 9\n");
	put(path, "10.conf", "[register]\n\nkeep_extracts = 10\n[output]\nlang = en\n");
	put(path, "b.conf.bak", "not a settings file\n");
	put(path, ".conf", "nor this\n");
	put(path, ".c.conf", "nor this\n");
	assert_int_equal(settings_load_folder(&s, folder, &err), 0);
	assert_int_equal(s.keep_extracts, 9);
	assert_string_equal(s.contact, "a");
	assert_int_equal(s.lang, LANG_EN);
	settings_show(&s, &b);
	snprintf(want, sizeof(want), "# %s/9.conf:2\n", path);
	assert_non_null(strstr(buf_text(&b), want));
	snprintf(want, sizeof(want), "# %s/utvalg.conf:3\n", folder);
	assert_non_null(strstr(buf_text(&b), want));
	settings_free(&s);

	put(path, "zz.conf", "[register]\nkeep = 1\n");
	assert_int_equal(settings_load_folder(&s, folder, &err), -1);
	snprintf(want, sizeof(want), "%s/zz.conf:2: unknown key 'keep'", path);
	assert_non_null(strstr(err.text, want));
	settings_free(&s);

	/* A file that is there and leads nowhere is not a file that is missing. */
	snprintf(want, sizeof(want), "%s/zz.conf", path);
	assert_int_equal(unlink(want), 0);
	assert_int_equal(symlink("/nowhere/at/all", want), 0);
	assert_int_equal(settings_load_folder(&s, folder, &err), -1);
	assert_int_equal(err.status, EX_CONFIG);
	settings_free(&s);

	buf_free(&b);
	for (size_t i = 0; i < 6; i++) {
		static const char *const name[] = { "9.conf", "10.conf", "b.conf.bak",
			".conf", ".c.conf", "zz.conf" };

		snprintf(want, sizeof(want), "%s/%s", path, name[i]);
		unlink(want);
	}
	rmdir(path);
	snprintf(want, sizeof(want), "%s/utvalg.conf", folder);
	unlink(want);
	rmdir(folder);
}

static void
a_file_that_cannot_be_read_is_a_fault_of_configuration(void **state)
{
	static const char *const path[] = { "config/none.conf", "config",
		"config/settings.c/x.conf" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct settings s;
		struct err err = { 0, "" };

		assert_int_equal(settings_load(&s, path[i], &err), -1);
		assert_int_equal(err.status, EX_CONFIG);
		assert_non_null(strstr(err.text, path[i]));
		settings_free(&s);
	}
}

static void
the_example_is_the_shipped_file_and_changes_nothing(void **state)
{
	struct buf example = BUF(1 << 20), file = BUF(1 << 20), a = BUF(1 << 20),
	    b = BUF(1 << 20), bare = BUF(1 << 20);
	struct settings s;
	struct err err = { 0, "" };
	size_t keys = 0;

	(void)state;
	settings_example(&example);
	assert_int_equal(file_read("config/utvalg.conf", 1 << 20, &file, &err), 0);
	assert_string_equal(buf_text(&example), buf_text(&file));

	load(&s, "");
	settings_show(&s, &a);
	settings_free(&s);
	load(&s, buf_text(&example));
	settings_show(&s, &b);
	settings_free(&s);
	assert_string_equal(buf_text(&a), buf_text(&b));

	/* With every semicolon gone it says the defaults once more. */
	for (size_t i = 0; i < example.len; i++)
		if (example.data[i] != ';' || example.data[i - 1] != '\n')
			buf_chr(&bare, example.data[i]);
		else
			keys++;
	assert_int_equal(keys, settings_keys_n);
	load(&s, buf_text(&bare));
	for (size_t i = 0; i < settings_keys_n; i++) {
		struct buf v = BUF(1000);

		settings_value(&s, &settings_keys[i], &v);
		if (settings_keys[i].kind != SETTINGS_SPAN)
			assert_string_equal(buf_text(&v), settings_keys[i].value);
		buf_free(&v);
		assert_string_equal(s.origin[i].file, "etc/t.conf");
	}
	settings_free(&s);
	buf_free(&example);
	buf_free(&file);
	buf_free(&a);
	buf_free(&b);
	buf_free(&bare);
}

static void
what_is_in_force_is_shown_with_its_origin(void **state)
{
	struct settings s;
	struct buf b = BUF(1 << 20);
	struct json j;

	(void)state;
	load(&s, "[store]\nstate = w\n[register]\n"
	    "proxy = http://user:secret@proxy.example.no:80\n");
	settings_show(&s, &b);
	assert_non_null(strstr(buf_text(&b), "store.state                = etc/w "));
	assert_non_null(strstr(buf_text(&b), "# etc/t.conf:2\n"));
	assert_non_null(strstr(buf_text(&b), "# default, under state\n"));
	assert_non_null(strstr(buf_text(&b), "http://***@proxy.example.no:80"));
	json_begin(&j, &b, 0);
	settings_show_json(&s, &j);
	assert_non_null(strstr(buf_text(&b),
	    "{\"store\": {\"state\": {\"value\": \"etc/w\", \"file\": \"etc/t.conf\","
	    " \"line\": 2},"));
	assert_non_null(strstr(buf_text(&b),
	    "\"lang\": {\"value\": \"nb\", \"file\": null}}}"));
	assert_null(strstr(buf_text(&b), "secret"));
	settings_free(&s);
	buf_free(&b);
}

static void
the_manual_has_every_key(void **state)
{
	struct buf b = BUF(1 << 20);

	(void)state;
	settings_manual(&b);
	for (size_t i = 0; i < settings_keys_n; i++) {
		char want[80];

		snprintf(want, sizeof(want), "\n.It Cm %s\n", settings_keys[i].key);
		assert_non_null(strstr(buf_text(&b), want));
	}
	buf_free(&b);
}

static void
what_was_fuzzed_once_does_no_harm(void **state)
{
	struct file_list list;
	struct err err = { 0, "" };

	(void)state;
	assert_int_equal(file_list("tests/corpus/settings", &list, &err), 0);
	for (size_t i = 0; i < list.n; i++) {
		char path[400];
		struct settings s;

		snprintf(path, sizeof(path), "tests/corpus/settings/%s", list.name[i]);
		if (settings_load(&s, path, &err) != 0)
			assert_int_equal(err.status, EX_CONFIG);
		settings_free(&s);
	}
	file_list_free(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_is_one_line_with_its_line_number),
		cmocka_unit_test(without_a_file_everything_has_its_default),
		cmocka_unit_test(values_are_read_with_their_units),
		cmocka_unit_test(one_line_gives_a_private_world),
		cmocka_unit_test(drop_ins_come_later_in_order_of_their_octets),
		cmocka_unit_test(a_file_that_cannot_be_read_is_a_fault_of_configuration),
		cmocka_unit_test(the_example_is_the_shipped_file_and_changes_nothing),
		cmocka_unit_test(what_is_in_force_is_shown_with_its_origin),
		cmocka_unit_test(the_manual_has_every_key),
		cmocka_unit_test(what_was_fuzzed_once_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
