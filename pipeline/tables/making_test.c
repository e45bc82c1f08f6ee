#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/fixture.h"
#include "pipeline/tables/tables.h"

/* The tables that ask the database themselves. */

static const char ini[] =
    "[study]\nname = smaa\ntitle = Studien\nstandard = SN2007\n"
    "[group culture]\nlabel = Kultur\ncodes = 90011 47630 47594\n"
    "[group food]\nlabel = Mat\ncodes = 10110\n"
    "[codes]\n47630 -> 47.920 no\n47594 -> 47.920 no\n"
    "[area nord]\nlabel = Nord\ncounty = Finnmark\n"
    "[area sor]\nlabel = Sør\ncounty = Buskerud\n"
    "[activity]\nshare = 0.50\nsource = en annen studie\n"
    "[table income]\nrows = income\nvalues = yes\nlabel yes = Ja\n"
    "label_en yes = Yes\n"
    "[table said]\nrows = income\nbase = said\ndecimals = 1\n"
    "[table trade]\nrows = trade\nseveral = |\nsmall = off\ndecimals = 0\n"
    "values = b\n"
    "[table keep]\nrows = accounts\nbase = said\ncolumns = none\n";

static struct fixture f;
static struct study *study;
static struct buf out = BUF(1 << 20);

static int
setup(void **state)
{
	(void)state;
	fixture_open(&f);
	if (study_read_text("/nowhere/smaa.ini", ini, strlen(ini), &study, NULL,
	    &f.err) != 0)
		fail_msg("%s", f.err.text);
	f.w.lang = LANG_EN;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	study_free(study);
	fixture_close(&f);
	buf_free(&out);
	return 0;
}

/*
 * 100 units, 60 in the north, 40 in the south: sole proprietors in the north,
 * companies in the south but for ten units of a list; all drawn and sent,
 * every tenth returned, 12 in the north and 18 in the south answered.
 */
static void
add_world(void)
{
	fixture_frame(&f);
	fixture_exec(&f, "INSERT INTO extract (id, kind, source, register_date,"
	    " date_basis, fetched, bytes, sha256, standard, read, units,"
	    " unreadable, added, changed, gone, in_force) VALUES (1, 'enhet', 'x',"
	    " 20780, 'given', 1, 1, '', 'SN2025', 1, 1, 0, 1, 0, 0, 1)");
	fixture_exec(&f, "WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1"
	    " FROM k WHERE i < 100) INSERT INTO frame_unit (id, frame, unit_key,"
	    " source, orgnr, name, legal_form, nace, municipality, county,"
	    " group_name, area_name, employees, has_employees, prn, kept)"
	    " SELECT i, (SELECT max(id) FROM frame), CASE WHEN i > 90 THEN"
	    " 'list:x:' || i ELSE 200000000 + i END, CASE WHEN i > 90 THEN 'list:x'"
	    " ELSE 'enhet' END, CASE WHEN i <= 90 THEN 200000000 + i END, 'x',"
	    " CASE WHEN i <= 60 THEN 'ENK' WHEN i <= 90 THEN 'AS' END,"
	    " CASE WHEN i <= 60 THEN 90201 WHEN i <= 90 THEN 47690 ELSE 0 END,"
	    " CASE WHEN i <= 60 THEN 5601 ELSE 3303 END,"
	    " CASE WHEN i <= 60 THEN 56 ELSE 33 END,"
	    " CASE WHEN i > 90 THEN 'food' ELSE 'culture' END,"
	    " CASE WHEN i <= 60 THEN 'nord' ELSE 'sor' END,"
	    " CASE WHEN i = 1 THEN 25 WHEN i = 2 THEN 5 END,"
	    " CASE WHEN i > 90 THEN NULL ELSE i % 2 END, 0.5, 1 FROM k");
	fixture_exec(&f, "INSERT INTO unit (orgnr, kind, legal_form, vat,"
	    " accounts_year, employees, row_hash, extract) SELECT orgnr, 0,"
	    " legal_form, 0, CASE WHEN id = 3 THEN 2025 END, employees, 0, 1"
	    " FROM frame_unit WHERE orgnr IS NOT NULL");
	/* a unit that came to send accounts in after the frame was made */
	fixture_exec(&f, "INSERT INTO unit_history (orgnr, kind, legal_form, vat,"
	    " row_hash, extract, until) SELECT orgnr, 0, 'ENK', 0, 0, 1, 2 FROM"
	    " unit WHERE orgnr = 200000004; UPDATE unit SET accounts_year = 2025"
	    " WHERE orgnr = 200000004");
	fixture_exec(&f, "UPDATE frame SET register_date = 20780, extract_enhet ="
	    " 1, register_units = 90, listed = 10, population = 100, kept = 100");
	fixture_exec(&f, "INSERT INTO sample (id, study, frame, drawn, design,"
	    " salt_sha256, units, list_sha256) SELECT 1, 1, max(id), 1,"
	    " 'everyone', '', 100, '' FROM frame;"
	    "INSERT INTO sample_unit (id, sample, frame_unit, stratum, pi, weight,"
	    " token) SELECT id, 1, id, '', 1, 1, 't' || id FROM frame_unit;"
	    "INSERT INTO mailing (id, study, wave, planned, out, bounce,"
	    " template_sha256) VALUES (1, 1, 'invite', 1, 'csv', '', '');"
	    "INSERT INTO mailing_recipient (id, mailing, sample_unit, address,"
	    " email_key, state, sent) SELECT id, 1, id, 'a' || id || CASE WHEN"
	    " id <= 60 THEN '@mange.example.no' ELSE '@d' || id || '.example.no'"
	    " END, 'a' || id || CASE WHEN id <= 60 THEN '@mange.example.no' ELSE"
	    " '@d' || id || '.example.no' END, 'sent', 1 FROM sample_unit");
	fixture_exec(&f, "INSERT INTO disposition (sample_unit, state, sent,"
	    " returned, our_fault, review, late, aapor, why) SELECT id,"
	    " CASE WHEN id % 10 = 0 THEN 'returned' WHEN id BETWEEN 1 AND 13 AND"
	    " id <> 10 OR id BETWEEN 61 AND 79 AND id <> 70 THEN 'complete' ELSE"
	    " 'sent' END, 1, id % 10 = 0, 0, 0, 0, '3.19', '' FROM sample_unit");
	fixture_exec(&f, "INSERT INTO bounce_message (id, sha256, received, read,"
	    " kind, study, assigned, file) SELECT id, 'h' || id, 1, 1, 'bounce',"
	    " 1, 'token', '' FROM sample_unit WHERE id % 10 = 0;"
	    "INSERT INTO bounce (message, reason, hard, fault, rule, recipient,"
	    " located) SELECT id, CASE WHEN id <= 30 THEN 'hostunknown' ELSE"
	    " 'userunknown' END, 1, 'A', '', id, 'certain' FROM bounce_message;"
	    "INSERT INTO bounce_message (id, sha256, received, read, kind, study,"
	    " assigned, file) VALUES (1000, 'q', 1, 1, 'bounce', NULL, 'none', '')");
	fixture_exec(&f, "INSERT INTO answer (id, study, row_sha256, sample_unit,"
	    " matched, status, used, line, file, read) SELECT sample_unit, 1,"
	    " 'r' || sample_unit, sample_unit, 'token', 'complete', 1, 1, '', 1"
	    " FROM disposition WHERE state = 'complete';"
	    "INSERT INTO answer_value SELECT id, 'income', CASE WHEN id % 2 THEN"
	    " 'yes' ELSE 'no' END FROM answer WHERE id % 7 <> 0");
}

/* The table as CSV, with what is asked for. */
static const char *
asked(const char *table, const char *var, const char *by)
{
	struct tables_ask ask = { .table = table, .var = var, .by = by };

	buf_clear(&out);
	if (tables_ask(&f.w, study, f.id, &ask, TABLES_CSV, 0, &out, &f.err) != 0)
		fail_msg("%s", f.err.text);
	return buf_text(&out);
}

static void
has(const char *where, const char *what)
{
	if (strstr(where, what) == NULL)
		fail_msg("want\n%s\nin\n%s", what, where);
}

static void
codes_show_what_became_and_count_each_unit_once(void **state)
{
	const char *s;

	(void)state;
	add_world();
	s = asked("codes", NULL, NULL);
	has(s, "\n47630,Butikkhandel med innspillinger av musikk og video,");
	has(s, ",47.690,Detaljhandel med kulturvarer ikke nevnt annet sted,");
	has(s, ",taken out by the study,,,\n");
	has(s, ",counted under 47630,,,\n");
	has(s, "\nFrom lists,,,,,,10,0,10\n");
	has(s, "\nIn all,,,,,,100,0,100\n");
	/* a file that has lost a code is told of */
	study->group[0].ncode = 1;
	s = asked("codes", NULL, NULL);
	has(s, "\nOther codes,,,,,,30,0,30\n");
}

static void
returns_add_up_by_reason_domain_and_wave(void **state)
{
	const char *s;

	(void)state;
	add_world();
	s = asked("returns", NULL, NULL);
	has(s, "\nReason,unknown recipient,7,70.0\n,unknown domain,3,30.0\n"
	    "Returned,,10,100.0\n");
	/* one domain of six; four of one each are not named */
	has(s, "\nDomain,mange.example.no,6,60.0\n,other domains,4,40.0\n");
	has(s, "\nWave,invitation,10,100.0\n");
	has(s, "\nNot located,,0,\nOf no study,,1,\n");
}

static void
missing_compares_the_frame_with_the_answers(void **state)
{
	const char *s;

	(void)state;
	add_world();
	s = asked("missing", NULL, NULL);
	/* 54 and 36 delivered; 12 and 18 answered */
	has(s, "\nCounty,33,40,40,36,18,40.0,40.0,60.0,20.0,50.0,34.5,65.5\n");
	has(s, "\n,56,60,60,54,12,60.0,60.0,40.0,-20.0,22.2,13.2,34.9\n");
	has(s, "\nLegal form,AS,");
	has(s, "\n,Not stated,10,");
	has(s, "\nRegistered employees,0,");
	has(s, "\n,1-4,");
	/* one unit each, and so both and a third category are not shown */
	has(s, "\n,5-9,1,1,1,,1.0,1.1,,,,,\n");
	has(s, "\n,20-49,1,1,1,,1.0,1.1,,,,,\n");
	has(s, "\nRegistered employees,0,44,44,35,,44.0,38.9,,,,,\n");
	has(s, "\n,1-4,44,44,44,16,44.0,");
	buf_clear(&out);
	assert_int_equal(tables_make(&f.w, study, f.id, "missing", TABLES_JSON, 0,
	    &out, &f.err), 0);
	/* 12/42, 18/18: 90 (12 18 - 42 18)^2 / (54 36 30 60) */
	has(buf_text(&out), "\"chi2\": 7.5,");
	has(buf_text(&out), "\"cramers_v\": 0.288675");
	has(buf_text(&out), "chi-square 7.50, degrees of freedom 1, p = 0.006");
}

static void
the_answered_resemble_the_delivered(void **state)
{
	const char *s;

	(void)state;
	add_world();
	s = asked("rindicator", NULL, NULL);
	/* 18 of 36 and 12 of 54: 30 of 90; sqrt(36/90) (1/2 - 1/3) */
	has(s, "\nCounty,33,36,18,50.0,0.1054,");
	has(s, "\n,56,54,12,22.2,-0.0861,");
	has(s, "\nCounty,In all,90,30,33.3,0.1361,");
	has(s, "\nR-indicator,,90,30,33.3,,,0.");
	/* one answered, and what would tell it */
	has(s, "\n,5-9,1,,,,,\n");
	buf_clear(&out);
	assert_int_equal(tables_make(&f.w, study, f.id, "rindicator", TABLES_JSON,
	    0, &out, &f.err), 0);
	has(buf_text(&out), "\"model\": \"logistic\"");
	has(buf_text(&out), "\"mean_propensity\": 0.33333333");
	/* one area, one group ...: nothing tells them apart */
	fixture_exec(&f, "UPDATE frame_unit SET county = 56, group_name = 'food',"
	    " legal_form = 'AS', employees = NULL, has_employees = 0");
	s = asked("rindicator", NULL, NULL);
	assert_string_equal(s, "Variable,Value,Delivered,Answered,"
	    "Gross response rate,Unconditional,Conditional,R\n");
}

static void
answers_day_by_day(void **state)
{
	const char *s;

	(void)state;
	add_world();
	fixture_exec(&f, "UPDATE mailing_recipient SET sent = 20000 * 86400 + 5;"
	    "INSERT INTO mailing (id, study, wave, planned, out, bounce,"
	    " template_sha256) VALUES (2, 1, 'reminder-1', 2, 'csv', '', '');"
	    "INSERT INTO mailing_recipient (mailing, sample_unit, address,"
	    " email_key, state, sent) SELECT 2, sample_unit, address, email_key,"
	    " CASE WHEN id < 90 THEN 'sent' ELSE 'deferred' END, 20007 * 86400"
	    " FROM mailing_recipient WHERE id > 80;"
	    "UPDATE answer SET answered = CASE WHEN id < 10 THEN 20001 * 86400 +"
	    " 86399 WHEN id < 70 THEN 20007 * 86400 END");
	s = asked("days", NULL, NULL);
	has(s, "\n2024-10-04,invitation,100,0,0,0.0\n"
	    "2024-10-05,,0,9,9,10.0\n"
	    "2024-10-11,reminder 1,9,12,21,23.3\n"
	    "undated,,0,9,30,33.3\nIn all,,109,30,30,33.3\n");
}

static void
answers_are_crossed_with_the_frame(void **state)
{
	const char *s;

	(void)state;
	add_world();
	s = asked("cross", "income", "area");
	has(s, "income,Nord,Nord %,Sør,Sør %,In all,In all %\n");
	/* one and two, and what would tell them */
	has(s, "\nNo answer,,,,,3,10\n");
	has(s, "\nIn all,12,,18,,30,100\n");
	study->small = 0;
	s = asked("cross", "income", "area");
	has(s, "\nNo answer,1,,2,,3,10\n");
	s = asked("cross", "answer:income", NULL);
	has(s, "income,In all,In all %\n");
	has(s, "\nNo answer,3,10\n");
}

/* ENK but three: one has more than 20 employees, one sends accounts in, one
 * does so only since the frame was made and is what it was. */
static void
rates_by_a_rule_that_sees_the_register_of_the_frame(void **state)
{
	const char *s;
	struct tables_ask ask = { .table = "rates", .by = "income" };

	(void)state;
	add_world();
	s = asked("rates", NULL, "accounts");
	has(s, "\nObliged,31,");
	has(s, "\nNot obliged,58,");
	has(s, "\nCannot be told,11,");
	has(s, "\nTotal,100,10,90,30,33.3,");
	buf_clear(&out);
	assert_int_equal(tables_ask(&f.w, study, f.id, &ask, TABLES_CSV, 0, &out,
	    &f.err), -1);
	assert_int_equal(f.err.status, EX_USAGE);
	ask = (struct tables_ask){ .table = "cross", .var = "nothing" };
	assert_int_equal(tables_ask(&f.w, study, f.id, &ask, TABLES_CSV, 0, &out,
	    &f.err), -1);
	has(f.err.text, "accounts, income");
	ask = (struct tables_ask){ .table = "cross" };
	assert_int_equal(tables_ask(&f.w, study, f.id, &ask, TABLES_CSV, 0, &out,
	    &f.err), -1);
	ask = (struct tables_ask){ .table = "net", .var = "area" };
	assert_int_equal(tables_ask(&f.w, study, f.id, &ask, TABLES_CSV, 0, &out,
	    &f.err), -1);
	has(f.err.text, "takes no variable");
}

static void
add_trades(void)
{
	fixture_exec(&f, "INSERT INTO answer_value SELECT id, 'trade', CASE WHEN id"
	    " <= 13 THEN 'a| b ' WHEN id < 70 THEN 'b|b|' ELSE 'a' END FROM answer"
	    " WHERE id <> 79");
}

/* 27 said something, 13 yes or so; one and two gave no answer. */
static void
a_table_of_the_study_is_as_it_says(void **state)
{
	const char *s;

	(void)state;
	add_world();
	add_trades();
	study->table[0].small = study->table[1].small = 0;
	s = asked("income", NULL, NULL);
	has(s, "value,Nord,Sør,In all\nYes,");
	has(s, "\nNo answer,,,10\n");
	has(s, "\nIn all,,,100\nn,12,18,30\n");
	s = asked("said", NULL, NULL);
	assert_null(strstr(s, "No answer"));
	has(s, "\nIn all,100.0,100.0,100.0\nn,11,16,27\n");
	/* all 12 of the north tick both; in the south 9 tick b, twice or not,
	 * 8 tick a, one nothing */
	s = asked("trade", NULL, NULL);
	has(s, "value,Nord,Sør,In all\nb,100,50,70\na,100,44,67\n"
	    "No answer,0,6,3\nIn all,200,94,137\nn,12,18,30\n");
	/* the unit with more than 20 employees cannot be told and is no base */
	s = asked("keep", NULL, NULL);
	has(s, "value,In all\nObliged,66\nNot obliged,34\nIn all,100\nn,29\n");
}

static void
small_cells_and_what_would_tell_them_are_a_colon(void **state)
{
	const char *s;

	(void)state;
	add_world();
	buf_clear(&out);
	assert_int_equal(tables_make(&f.w, study, f.id, "said", TABLES_TEXT, 0,
	    &out, &f.err), 0);
	has(buf_text(&out), ".");
	study->table[1].base = STUDY_BASE_ANSWERED;
	s = asked("said", NULL, NULL);
	/* one and two without an answer: the rows above give one cell each */
	has(s, "\nNo answer,,,10.0\n");
	has(s, "\nIn all,100.0,100.0,100.0\nn,12,18,30\n");
	fixture_exec(&f, "UPDATE disposition SET state = 'sent' WHERE state ="
	    " 'complete' AND sample_unit BETWEEN 3 AND 60");
	s = asked("said", NULL, NULL);
	/* two in the north: nothing of the column, and no base that tells */
	has(s, "\nn,,,20\n");
}

static void
a_table_of_a_column_that_is_not_there_is_the_file_s_fault(void **state)
{
	struct tables_ask ask = { .table = "trade" };

	(void)state;
	add_world();
	assert_int_equal(tables_ask(&f.w, study, f.id, &ask, TABLES_CSV, 0, &out,
	    &f.err), -1);
	assert_int_equal(f.err.status, EX_CONFIG);
	has(f.err.text, "[table trade]: rows: there is no variable \"trade\"");
}

/* 29 complete, 10 returned, 60 silent, 1 without any disposition. */
static void
dispositions_become_aapor_s_rates(void **state)
{
	struct tables_ask ask = { .table = "aapor", .e = "2" };
	const char *s;

	(void)state;
	add_world();
	fixture_exec(&f, "UPDATE disposition SET aapor = CASE state WHEN"
	    " 'complete' THEN '1.1' WHEN 'returned' THEN '3.30' ELSE '3.19' END;"
	    "DELETE FROM disposition WHERE sample_unit = 1");
	s = asked("aapor", NULL, NULL);
	has(s, "\n1.1,I,29,,,,,\n3.11,UH,1,,,,,\n3.19,UH,60,,,,,\n"
	    "3.30,UO,10,,,,,\nRR1,I / (K + U),29,100,29.0,");
	has(s, "\nRR5,I / K,29,29,100.0,88.3,100.0,100.0\n");
	/* 11 of 60 that stand for three each, and 18 of 40: 51 of 220 */
	fixture_exec(&f, "UPDATE sample_unit SET weight = 3 WHERE id <= 60");
	s = asked("aapor", NULL, NULL);
	has(s, "\nRR1,I / (K + U),29,100,29.0,21.0,38.5,23.2\n");
	/* 89 delivered; one in ten would be 8.9 */
	has(s, "a = 10%\",29,8.9,325.8,") ;
	buf_clear(&out);
	ask.e = "0.5";
	assert_int_equal(tables_ask(&f.w, study, f.id, &ask, TABLES_TEXT, 0, &out,
	    &f.err), 0);
	has(buf_text(&out), "refute an active share (a) under 32.6%");
	has(buf_text(&out), "e = 0.5000 (given).");
	buf_clear(&out);
	ask.e = "register";
	assert_int_equal(tables_ask(&f.w, study, f.id, &ask, TABLES_JSON, 0, &out,
	    &f.err), 0);
	/* odd ones have employees; 25, 5 and two that send accounts in */
	has(buf_text(&out), "signs of activity");
	ask.e = "2";
	assert_int_equal(tables_ask(&f.w, study, f.id, &ask, TABLES_TEXT, 0, &out,
	    &f.err), -1);
	assert_int_equal(f.err.status, EX_USAGE);
	ask.e = NULL;
	fixture_exec(&f, "UPDATE disposition SET aapor = '3.7' WHERE sample_unit ="
	    " 2");
	assert_int_equal(tables_ask(&f.w, study, f.id, &ask, TABLES_TEXT, 0, &out,
	    &f.err), -1);
	assert_int_equal(f.err.status, EX_DATAERR);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(codes_show_what_became_and_count_each_unit_once),
		T(returns_add_up_by_reason_domain_and_wave),
		T(missing_compares_the_frame_with_the_answers),
		T(the_answered_resemble_the_delivered),
		T(answers_day_by_day),
		T(answers_are_crossed_with_the_frame),
		T(dispositions_become_aapor_s_rates),
		T(a_table_of_the_study_is_as_it_says),
		T(small_cells_and_what_would_tell_them_are_a_colon),
		T(a_table_of_a_column_that_is_not_there_is_the_file_s_fault),
		T(rates_by_a_rule_that_sees_the_register_of_the_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
