#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <zlib.h>

#include <cmocka.h>

#include "tests/fixture.h"

#include "nace/nace.h"
#include "pipeline/night.h"

static const char one_unit[] = "[{\"organisasjonsnummer\":\"810000007\","
    "\"navn\":\"EN AS\",\"organisasjonsform\":{\"kode\":\"AS\"},"
    "\"respons_klasse\":\"Enhet\"}]";

static const char *
extract(struct fixture *f, const char *text)
{
	static char path[100];
	gzFile z;

	snprintf(path, sizeof(path), "%s/enheter.json.gz", f->state);
	assert_non_null(z = gzopen(path, "wb"));
	assert_int_equal(gzwrite(z, text, (unsigned)strlen(text)), strlen(text));
	assert_int_equal(gzclose(z), Z_OK);
	return path;
}

static void
open_night(struct fixture *f)
{
	static char none[] = "", plus[] = "+";

	fixture_open(f);
	f->set.max_loss = 0.1;
	f->set.max_bytes = f->set.max_unpacked = 1 << 20;
	f->set.keep_extracts = 1;
	f->set.contact = f->set.proxy = f->set.ca_file = f->set.rules = none;
	f->set.from = f->set.from_name = f->set.bounce = none;
	f->set.delimiter = plus;
}

/* What the journal says, but for the moments. */
static const char *
journal(struct fixture *f)
{
	return fixture_text(f, "SELECT group_concat(step || '=' ||"
	    " coalesce(status, 'open'), ' ') FROM (SELECT step, status FROM run"
	    " ORDER BY id)");
}

static void
does_what_is_due_and_the_pull_once_a_day(void **state)
{
	struct night_result r;
	struct fixture f;
	const char *from;

	(void)state;
	open_night(&f);
	from = extract(&f, one_unit);
	if (night_run(&f.w, from, &r, &f.err) != 0)
		fail_msg("%s", f.err.text);
	assert_int_equal(r.steps, 2);
	assert_int_equal(r.done, 2);
	assert_string_equal(journal(&f), "pull enhet=0 bounces=0");
	assert_int_equal(night_run(&f.w, from, &r, &f.err), 0);
	assert_int_equal(r.skipped, 1);
	assert_int_equal(r.done, 1);
	assert_string_equal(journal(&f), "pull enhet=0 bounces=0");
	f.w.now += 86400;
	assert_int_equal(night_run(&f.w, from, &r, &f.err), 0);
	assert_int_equal(r.done, 2);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM run"), 4);
	fixture_close(&f);
}

static void
a_refused_pull_stops_nothing_and_is_told(void **state)
{
	struct night_result r;
	struct fixture f;

	(void)state;
	open_night(&f);
	assert_int_equal(night_run(&f.w, extract(&f, "<html>"), &r, &f.err), -1);
	assert_int_equal(f.err.status, EX_DATAERR);
	assert_non_null(strstr(f.err.text, "pull enhet: "));
	assert_int_equal(r.failed, 1);
	assert_int_equal(r.done, 1);
	assert_string_equal(journal(&f), "pull enhet=65 bounces=0");
	/* the same day, a good file: tried again */
	assert_int_equal(night_run(&f.w, extract(&f, one_unit), &r, &f.err), 0);
	assert_string_equal(journal(&f), "pull enhet=0 bounces=0");
	fixture_close(&f);
}

static void
a_step_that_was_killed_is_done_again(void **state)
{
	struct night_result r;
	struct fixture f;

	(void)state;
	open_night(&f);
	fixture_exec(&f, "INSERT INTO run (night, step, started) VALUES (20514,"
	    " 'pull enhet', 1)");
	assert_int_equal(night_run(&f.w, extract(&f, one_unit), &r, &f.err), 0);
	assert_int_equal(r.done, 2);
	assert_string_equal(journal(&f), "pull enhet=0 bounces=0");
	fixture_close(&f);
}

static void
without_a_pull_it_reads_mail(void **state)
{
	struct night_result r;
	struct fixture f;

	(void)state;
	open_night(&f);
	assert_int_equal(night_run(&f.w, NULL, &r, &f.err), 0);
	assert_int_equal(r.steps, 1);
	assert_string_equal(journal(&f), "bounces=0");
	f.w.dry_run = 1;
	f.w.now += 86400;
	assert_int_equal(night_run(&f.w, NULL, &r, &f.err), 0);
	assert_string_equal(journal(&f), "bounces=0");
	fixture_close(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_what_is_due_and_the_pull_once_a_day),
		cmocka_unit_test(a_refused_pull_stops_nothing_and_is_told),
		cmocka_unit_test(a_step_that_was_killed_is_done_again),
		cmocka_unit_test(without_a_pull_it_reads_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
