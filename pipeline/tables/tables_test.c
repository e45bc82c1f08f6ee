#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fixture.h"
#include "pipeline/tables/counts.h"
#include "pipeline/tables/tables.h"

static const char ini[] =
    "[study]\nname = smaa\ntitle = Studien\ntitle_en = The study\n"
    "standard = SN2007\n"
    "[group culture]\nlabel = Kultur\ncodes = 90011\n"
    "[group experience]\nlabel = Opplevelser\ncodes = 93291\n"
    "[group food]\nlabel = Mat\ncodes = 10110\n"
    "[area more]\nlabel = Møre & Romsdal\nshort = Møre o. Roms\n"
    "county = Møre og Romsdal\n"
    "[area finnmark]\nlabel = Finnmark\ncounty = Finnmark\n"
    "[area buskerud]\nlabel = Buskerud\ncounty = Buskerud\n"
    "[activity]\nshare = 0.20\nsource = en annen studie\n"
    "[table]\ngroup Opplevelse = culture experience\ngroup Mat = food\n"
    "label_en Opplevelse = Experience\n"
    "net areas = more finnmark buskerud\n"
    "rates areas = buskerud more finnmark\n";

/* What the report counted, and how a split of its merged group could be. */
static const struct {
	const char *area, *group;
	int sent, returned, answered;
} report[] = {
	{ "more", "culture", 930, 187, 60 },
	{ "more", "experience", 646, 118, 30 },
	{ "more", "food", 71, 2, 10 },
	{ "finnmark", "culture", 391, 61, 40 },
	{ "finnmark", "experience", 352, 54, 40 },
	{ "finnmark", "food", 40, 7, 7 },
	{ "buskerud", "culture", 1569, 331, 70 },
	{ "buskerud", "experience", 717, 135, 41 },
	{ "buskerud", "food", 34, 2, 10 },
};

static struct fixture f;
static struct study *study;

static int
setup(void **state)
{
	(void)state;
	fixture_open(&f);
	if (study_read_text("/nowhere/smaa.ini", ini, strlen(ini), &study, NULL,
	    &f.err) != 0)
		fail_msg("%s", f.err.text);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	study_free(study);
	study = NULL;
	fixture_close(&f);
	return 0;
}

/* ${kept} units of one cell and ${out} left out without an e-mail address. */
static void
units(const char *area, const char *group, int kept, int out)
{
	char sql[1024];

	snprintf(sql, sizeof(sql), "WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL"
	    " SELECT i + 1 FROM k WHERE i < %d) INSERT INTO frame_unit (frame,"
	    " unit_key, source, name, group_name, area_name, prn, kept, reason)"
	    " SELECT %lld, 'list:%s-%s:' || i, 'list:x', 'x', '%s', '%s', 0.5,"
	    " i <= %d, CASE WHEN i = %d + 1 THEN 'bankrupt'"
	    " WHEN i > %d THEN 'no_email' END FROM k WHERE i <= %d",
	    kept + out, (long long)f.frame, area, group, group, area, kept, kept,
	    kept, kept + out);
	fixture_exec(&f, sql);
}

static void
add_frame(void)
{
	fixture_frame(&f);
	for (size_t i = 0; i < sizeof(report) / sizeof(report[0]); i++)
		units(report[i].area, report[i].group, report[i].sent, 5);
	/* of 9000 units 2000 are outside the codes; 7 of 10 listed are new */
	fixture_exec(&f, "UPDATE frame SET register_date = 20780,"
	    " population = (SELECT count(*) FROM frame_unit),"
	    " kept = (SELECT sum(kept) FROM frame_unit), listed = 10,"
	    " listed_matched = 2, listed_outside = 1, outside_code = 2000,"
	    " outside_area = 300, outside_filter = 40");
	fixture_exec(&f, "UPDATE frame SET register_units = population - 7 + 2340");
}

static void
add_sample(void)
{
	char sql[512];

	snprintf(sql, sizeof(sql), "INSERT INTO sample (id, study, frame, drawn,"
	    " design, salt_sha256, units, list_sha256) SELECT 1, 1, id, 1,"
	    " 'everyone', '', kept, '' FROM frame WHERE id = %lld;"
	    "INSERT INTO sample_unit (sample, frame_unit, stratum, pi, weight,"
	    " token) SELECT 1, id, '', 1, 1, 't' || id FROM frame_unit"
	    " WHERE kept = 1 AND frame = %lld", (long long)f.frame,
	    (long long)f.frame);
	fixture_exec(&f, sql);
}

static void
add_mailing(void)
{
	fixture_exec(&f, "INSERT INTO mailing (id, study, wave, planned, out,"
	    " bounce, template_sha256) VALUES (1, 1, 'invite', 1, 'csv', '', '')");
}

/* Everyone written to; in each cell the first returned, the last answered. */
static void
add_outcome(void)
{
	char sql[1024];

	add_mailing();
	fixture_exec(&f, "INSERT INTO disposition (sample_unit, state, sent,"
	    " returned, our_fault, review, late, aapor, why) SELECT id, 'sent',"
	    " 1, 0, 0, 0, 0, '3.19', 'sent' FROM sample_unit");
	for (size_t i = 0; i < sizeof(report) / sizeof(report[0]); i++) {
		static const char which[] = "(SELECT u.id FROM sample_unit u JOIN"
		    " frame_unit f ON f.id = u.frame_unit WHERE f.area_name = '%s'"
		    " AND f.group_name = '%s' ORDER BY u.id %s LIMIT %d)";
		char sub[400];

		snprintf(sub, sizeof(sub), which, report[i].area, report[i].group,
		    "", report[i].returned);
		snprintf(sql, sizeof(sql), "UPDATE disposition SET state ="
		    " 'returned', returned = 1 WHERE sample_unit IN %s", sub);
		fixture_exec(&f, sql);
		snprintf(sub, sizeof(sub), which, report[i].area, report[i].group,
		    "DESC", report[i].answered);
		snprintf(sql, sizeof(sql), "UPDATE disposition SET state ="
		    " 'complete' WHERE sample_unit IN %s", sub);
		fixture_exec(&f, sql);
	}
}

/* ${n} bounces of the study that say nothing about whom they concern. */
static void
add_not_located(int n)
{
	char sql[1024];

	snprintf(sql, sizeof(sql), "WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL"
	    " SELECT i + 1 FROM k WHERE i < %d) INSERT INTO bounce_message"
	    " (id, sha256, received, read, kind, study, assigned, file) SELECT i,"
	    " 'h' || i, 1, 1, 'bounce', 1, 'bounce-address', '' FROM k;"
	    "INSERT INTO bounce (message, reason, hard, fault, rule, located)"
	    " SELECT id, 'userunknown', 1, 'A', '', 'none' FROM bounce_message", n);
	fixture_exec(&f, sql);
}

static const char *
made(const char *which, enum tables_format format, enum lang lang)
{
	static char text[40000];
	struct buf b = BUF(sizeof(text) - 1);

	f.w.lang = lang;
	if (tables_make(&f.w, study, 1, which, format, 0, &b, &f.err) != 0)
		fail_msg("%s: %s", which, f.err.text);
	memcpy(text, buf_text(&b), b.len + 1);
	buf_free(&b);
	return text;
}

static void
want_in(const char *text, const char *want)
{
	if (strstr(text, want) == NULL)
		fail_msg("want\n%s\nin\n%s", want, text);
}

static void
the_report_s_tables_come_out_of_the_database(void **state)
{
	(void)state;
	add_frame();
	add_sample();
	add_outcome();
	add_not_located(54);
	assert_string_equal(made("net", TABLES_CSV, LANG_NB),
	    "Område,Gruppe,Sendt ut,Retur,Netto\n"
	    "Møre & Romsdal,Opplevelse,1576,305,1271\n"
	    "Møre & Romsdal,Mat,71,2,69\n"
	    "Finnmark,Opplevelse,743,115,628\n"
	    "Finnmark,Mat,40,7,33\n"
	    "Buskerud,Opplevelse,2286,466,1820\n"
	    "Buskerud,Mat,34,2,32\n"
	    "Sum,,,,3853\n"
	    "Ikke lokalisert,,,54,\n"
	    "I alt,,4750,951,3799\n");
	assert_string_equal(made("rates", TABLES_CSV, LANG_NB),
	    "figure,Buskerud,Møre o. Roms,Finnmark,Total\n"
	    "Levert,1852,1340,661,3799\n"
	    "Besvart,121,100,87,308\n"
	    "Brutto svarprosent,7,7,13,8\n"
	    "Aktive selskap (20\xc2\xa0%),370,268,132,760\n"
	    "Netto svarprosent,33,37,66,41\n");
	assert_string_equal(made("funnel", TABLES_CSV, LANG_EN),
	    "Step,Change,Units\n"
	    "Units in the register,,7128\n"
	    "outside the industry codes,-2000,\n"
	    "outside the areas,-300,\n"
	    "outside the filters,-40,\n"
	    "added from lists,7,\n"
	    "Population,,4795\n"
	    "bankrupt or being wound up,-9,\n"
	    "on the study's exclusion list,0,\n"
	    "opted out or suppressed,0,\n"
	    "no e-mail address registered,-36,\n"
	    "e-mail address cannot be used,0,\n"
	    "e-mail address wants a human eye,0,\n"
	    "another unit answers for the address,0,\n"
	    "Frame,,4750\n"
	    "not drawn,0,\n"
	    "Drawn,,4750\n"
	    "not sent,0,\n"
	    "Sent,,4750\n"
	    "returned,-897,\n"
	    "not located,-54,\n"
	    "Delivered,,3799\n"
	    "not answered,-3491,\n"
	    "Answered,,308\n");
}

static void
every_format_and_language_is_written(void **state)
{
	(void)state;
	add_frame();
	add_sample();
	add_outcome();
	add_not_located(54);
	want_in(made("net", TABLES_TEXT, LANG_NB), "Studien: brutto- og nettoutvalg");
	want_in(made("net", TABLES_TEXT, LANG_NB), "slik det var 23.11.2026");
	want_in(made("net", TABLES_TEXT, LANG_EN), "The study: gross and net");
	want_in(made("net", TABLES_MD, LANG_EN), "| Møre & Romsdal | Experience |");
	want_in(made("net", TABLES_EXCEL, LANG_NB), "Mat;71;2;69\r\n");
	want_in(made("net", TABLES_JSON, LANG_NB), "\"returned\": 951,\n");
	want_in(made("net", TABLES_JSON, LANG_NB), "\"key\": \"more/Opplevelse\"");
	want_in(made("net", TABLES_JSON, LANG_NB), "\"table\": \"net\"");
	want_in(made("rates", TABLES_JSON, LANG_NB), "\"key\": \"buskerud\",\n"
	    "      \"label\": \"Buskerud\",\n      \"sent\": 2320");
	want_in(made("rates", TABLES_JSON, LANG_NB), "\"value\": 0.2,\n"
	    "    \"source\": \"en annen studie\"");
	want_in(made("funnel", TABLES_JSON, LANG_NB), "\"key\": \"no_email\"");
	want_in(made("funnel", TABLES_JSON, LANG_NB), "\n  ]\n}\n");
}

static void
what_stands_apart_is_counted_apart(void **state)
{
	(void)state;
	add_frame();
	add_sample();
	add_outcome();
	fixture_exec(&f, "UPDATE disposition SET our_fault = 1 WHERE sample_unit IN"
	    " (SELECT sample_unit FROM disposition WHERE state = 'sent' LIMIT 3)");
	fixture_exec(&f, "UPDATE disposition SET review = 1 WHERE sample_unit IN"
	    " (SELECT sample_unit FROM disposition WHERE state = 'sent' LIMIT 2)");
	fixture_exec(&f, "UPDATE disposition SET state = 'partial' WHERE"
	    " sample_unit IN (SELECT sample_unit FROM disposition WHERE state ="
	    " 'sent' LIMIT 4)");
	want_in(made("net", TABLES_MD, LANG_EN), "not counted as returned: 3.");
	want_in(made("net", TABLES_MD, LANG_EN), "not counted as returned: 2.");
	want_in(made("rates", TABLES_MD, LANG_EN), "not counted as answered: 4.");
	want_in(made("rates", TABLES_CSV, LANG_EN), "Answered,121,100,87,308\n");
}

static void
a_stage_that_is_due_is_named(void **state)
{
	static const struct { const char *which; int step; const char *want; } t[] = {
		{ "net", 0, "run utvalg frame smaa" },
		{ "rates", 0, "run utvalg frame smaa" },
		{ "funnel", 0, "run utvalg frame smaa" },
		{ "net", 1, "run utvalg draw smaa" },
		{ "rates", 1, "run utvalg draw smaa" },
		{ "net", 2, "run utvalg mail smaa --wave invite" },
		{ "rates", 2, "run utvalg mail smaa --wave invite" },
	};
	struct buf b = BUF(100000);
	int step = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		for (; step < t[i].step; step++)
			(step == 0 ? add_frame : add_sample)();
		assert_int_equal(tables_make(&f.w, study, 1, t[i].which,
		    TABLES_TEXT, 0, &b, &f.err), -1);
		assert_int_equal(f.err.status, EX_NOINPUT);
		want_in(f.err.text, t[i].want);
		assert_int_equal(b.len, 0);
	}
	/* the funnel ends where the study has got to */
	want_in(made("funnel", TABLES_CSV, LANG_EN), "\nDrawn,,4750\n");
	assert_null(strstr(made("funnel", TABLES_CSV, LANG_EN), "Sent"));
	add_mailing();				/* begun, nobody written to yet */
	want_in(made("funnel", TABLES_CSV, LANG_EN), "\nnot sent,-4750,\nSent,,0\n");
	want_in(made("net", TABLES_CSV, LANG_EN), "\nIn all,,0,0,0\n");
	want_in(made("rates", TABLES_CSV, LANG_EN), "\nNet response rate,,,,\n");

	assert_int_equal(tables_make(&f.w, study, 1, "nett", TABLES_TEXT, 0, &b,
	    &f.err), -1);
	assert_int_equal(f.err.status, EX_USAGE);
	want_in(f.err.text, "net, rates, funnel, codes");
	buf_free(&b);
}

static void
the_frame_is_the_one_that_was_drawn_from(void **state)
{
	(void)state;
	add_frame();
	fixture_frame(&f);			/* a newer one, of nobody */
	fixture_exec(&f, "UPDATE frame SET register_units = 5, outside_code = 5"
	    " WHERE id = (SELECT max(id) FROM frame)");
	want_in(made("funnel", TABLES_CSV, LANG_EN), "register,,5\n");
	f.frame--;
	add_sample();
	want_in(made("funnel", TABLES_CSV, LANG_EN), "register,,7128\n");
}

static void
a_database_that_does_not_add_up_is_told(void **state)
{
	static const struct { const char *sql, *want; } t[] = {
		{ "UPDATE frame SET population = population + 1",
		    "does not add up at population" },
		{ "DELETE FROM frame_unit WHERE id = (SELECT min(id) FROM frame_unit"
		    " WHERE kept = 0)", "does not add up at kept" },
		{ "UPDATE frame_unit SET reason = 'whim' WHERE kept = 0",
		    "reason that is not known: whim" },
		{ "UPDATE sample SET units = units - 1", "as many units as were drawn" },
		{ "UPDATE frame_unit SET area_name = 'troms' WHERE kept = 1",
		    "area troms, which the study file does not have" },
		{ "UPDATE frame_unit SET group_name = 'sport' WHERE kept = 1",
		    "group sport, which the study file does not have" },
	};
	struct buf b = BUF(100000);

	(void)state;
	add_frame();
	add_sample();
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		fixture_exec(&f, "SAVEPOINT t");
		fixture_exec(&f, t[i].sql);
		assert_int_equal(tables_make(&f.w, study, 1, "funnel", TABLES_TEXT,
		    0, &b, &f.err), -1);
		assert_int_equal(f.err.status, EX_DATAERR);
		want_in(f.err.text, t[i].want);
		assert_int_equal(b.len, 0);
		fixture_exec(&f, "ROLLBACK TO t; RELEASE t");
	}
	buf_free(&b);
}

static void
files_are_written_for_what_there_is(void **state)
{
	static const char *const names[] = { "funnel", "net", "rates" };
	static const char *const ends[] = { "txt", "csv", "json", "md" };
	int64_t written = -1;
	struct file_list l;
	char path[200];
	struct stat st;
	struct buf b = BUF(100000);

	(void)state;
	f.w.lang = LANG_NB;
	snprintf(path, sizeof(path), "%s/tables/smaa", f.state);
	assert_int_equal(tables_write(&f.w, study, 1, &written, &f.err), 0);
	assert_int_equal(written, 0);
	assert_false(file_exists(path));
	add_frame();
	f.w.dry_run = 1;
	assert_int_equal(tables_write(&f.w, study, 1, &written, &f.err), 0);
	assert_int_equal(written, 2);
	assert_false(file_exists(path));
	f.w.dry_run = 0;
	assert_int_equal(tables_write(&f.w, study, 1, &written, &f.err), 0);
	assert_int_equal(written, 2);
	add_sample();
	add_outcome();
	add_not_located(54);
	assert_int_equal(tables_write(&f.w, study, 1, &written, &f.err), 0);
	assert_int_equal(written, 9);
	assert_int_equal(file_list(path, &l, &f.err), 0);
	assert_int_equal(l.n, 63);
	file_list_free(&l);
	for (int i = 0; i < 12; i++) {
		snprintf(path, sizeof(path), "%s/tables/smaa/%s.%s", f.state,
		    names[i % 3], ends[i / 3]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	snprintf(path, sizeof(path), "%s/tables/smaa/net-excel.csv", f.state);
	assert_int_equal(file_read(path, 10000, &b, &f.err), 0);
	want_in(buf_text(&b), "I alt;;4750;951;3799\r\n");
	buf_clear(&b);
	snprintf(path, sizeof(path), "%s/tables/smaa/net.csv", f.state);
	assert_int_equal(file_read(path, 10000, &b, &f.err), 0);
	assert_string_equal(buf_text(&b), made("net", TABLES_CSV, LANG_NB));
	buf_free(&b);
}

static void
status_has_the_counts_and_the_rates_of_the_whole(void **state)
{
	struct tables_status s;

	(void)state;
	assert_int_equal(tables_status(&f.w, study, 1, &s, &f.err), 0);
	assert_int_equal(s.frame + s.drawn + s.sent, 0);
	assert_true(isnan(s.gross_rate) && isnan(s.net_rate));
	add_frame();
	assert_int_equal(tables_status(&f.w, study, 1, &s, &f.err), 0);
	assert_int_equal(s.frame, 4750);
	assert_int_equal(s.drawn, 0);
	add_sample();
	add_outcome();
	add_not_located(54);
	fixture_exec(&f, "UPDATE disposition SET our_fault = sample_unit = 200,"
	    " review = sample_unit IN (201, 202)");
	assert_int_equal(tables_status(&f.w, study, 1, &s, &f.err), 0);
	assert_int_equal(s.frame, 4750);
	assert_int_equal(s.drawn, 4750);
	assert_int_equal(s.sent, 4750);
	assert_int_equal(s.returned, 897);
	assert_int_equal(s.not_located, 54);
	assert_int_equal(s.answered, 308);
	assert_int_equal(s.our_fault, 1);
	assert_int_equal(s.review, 2);
	assert_true(fabs(s.gross_rate - 308 / 3799.0) < 1e-15);
	assert_true(fabs(s.net_rate - 308 / 759.8) < 1e-15);
}

static void
a_table_is_read_within_somebody_s_transaction_too(void **state)
{
	(void)state;
	add_frame();
	fixture_exec(&f, "BEGIN");
	add_sample();
	want_in(made("funnel", TABLES_CSV, LANG_EN), "Drawn,,4750");
	assert_false(sqlite3_get_autocommit(f.w.db));
	fixture_exec(&f, "ROLLBACK");
	assert_null(strstr(made("funnel", TABLES_CSV, LANG_EN), "Drawn"));
	assert_true(sqlite3_get_autocommit(f.w.db));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(the_report_s_tables_come_out_of_the_database),
		T(every_format_and_language_is_written),
		T(what_stands_apart_is_counted_apart),
		T(a_stage_that_is_due_is_named),
		T(the_frame_is_the_one_that_was_drawn_from),
		T(a_database_that_does_not_add_up_is_told),
		T(files_are_written_for_what_there_is),
		T(status_has_the_counts_and_the_rates_of_the_whole),
		T(a_table_is_read_within_somebody_s_transaction_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
