#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "tests/fixture.h"
#include "pipeline/tables/analysis.h"

static const char ini[] =
    "[study]\nname = smaa\ntitle = Studien\ntitle_en = The study\n"
    "standard = SN2025\n"
    "[group culture]\nlabel = Kultur\nlabel_en = Culture\ncodes = 90201\n"
    "[area nord]\nlabel = Nord\ncounty = Finnmark\n"
    "[table trade]\ntitle = Næring\nrows = trade\nseveral = |\nvalues = b\n"
    "label b = Bøker\n"
    "[table income]\ntitle = Inntekt\nrows = income\nvalues = yes, no\n"
    "label yes = Ja\nlabel_en yes = Yes\n";

static struct fixture f;
static struct study *study;

static void
value(int answer, const char *name, const char *text)
{
	sqlite3_stmt *q = NULL;

	assert_int_equal(db_prepare(f.w.db, "INSERT INTO answer_value VALUES"
	    " (?1, ?2, ?3)", &q, &f.err), 0);
	db_i64(q, 1, answer);
	db_text(q, 2, name);
	db_text(q, 3, text);
	assert_int_equal(db_run(q, &f.err), 0);
	sqlite3_finalize(q);
}

/* Four units; the tokens put them in the order 3 1 4 2. */
static int
setup(void **state)
{
	static const struct { const char *key, *name, *mail, *token; } unit[] = {
		{ "200022424", "Foss", "a@example.no", "bb" },
		{ "200056191", "Musikk", "b@example.no", "dd" },
		{ "200089960", "Øygard", "c@example.no", "aa" },
		{ "list:x:1", "Bygdeteateret", "d@example.no", "cc" },
	};
	char sql[600];

	(void)state;
	fixture_open(&f);
	if (study_read_text("/nowhere/smaa.ini", ini, strlen(ini), &study, NULL,
	    &f.err) != 0)
		fail_msg("%s", f.err.text);
	fixture_frame(&f);
	for (size_t i = 0; i < 4; i++)
		fixture_unit(&f, unit[i].key, "nord", "culture", unit[i].name,
		    unit[i].mail, 1, 1);
	fixture_exec(&f, "UPDATE frame_unit SET county = 56, municipality = 5601,"
	    " nace = 90201, legal_form = 'ENK', has_employees = 0; UPDATE frame SET"
	    " register_date = 20780, population = 4, kept = 4,"
	    " register_units = 4; INSERT INTO sample (id, study, frame, drawn,"
	    " design, salt_sha256, units, list_sha256) SELECT 1, 1, max(id), 1,"
	    " 'everyone', '', 4, '' FROM frame");
	for (int i = 0; i < 4; i++) {
		snprintf(sql, sizeof(sql), "INSERT INTO sample_unit (id, sample,"
		    " frame_unit, stratum, pi, weight, token) SELECT %d, 1, id,"
		    " 'all', 0.25, 4, '%s' FROM frame_unit WHERE unit_key = '%s';"
		    "INSERT INTO answer (id, study, row_sha256, sample_unit, matched,"
		    " status, answered, used, line, file, read) VALUES (%d, 1,"
		    " 'r%d', %d, 'token', 'complete', 20001 * 86400 + 5, %d, 1, '',"
		    " 1); INSERT INTO disposition (sample_unit, state, sent, returned,"
		    " our_fault, review, late, aapor, why) VALUES (%d, '%s', 1, 0, 0,"
		    " 0, 0, '1.1', '')", i + 1, unit[i].token, unit[i].key, i + 1,
		    i + 1, i + 1, i < 3, i + 1, i < 3 ? "complete" : "sent");
		fixture_exec(&f, sql);
	}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	study_free(study);
	fixture_close(&f);
	return 0;
}

static const char *
csv(int token, struct analysis *a)
{
	static struct buf b = BUF(1 << 20);

	if (analysis_read(&f.w, study, f.id, token, a, &f.err) != 0)
		fail_msg("%s", f.err.text);
	buf_clear(&b);
	(void)dataset_csv(a->data, 0, &b);
	return buf_text(&b);
}

static void
has(const char *where, const char *what)
{
	if (strstr(where, what) == NULL)
		fail_msg("want\n%s\nin\n%s", what, where);
}

static void
a_row_for_each_unit_and_nobody_named(void **state)
{
	struct analysis a;
	const char *s;

	(void)state;
	s = csv(0, &a);
	has(s, "case,stratum,pi,weight,source,shared,area,group,legal_form,county,"
	    "municipality,nace,employees,accounts,state,aapor,sent,returned,late,"
	    "sent_date,answered_date\n1,all,0.25,4,enhet,1,nord,culture,ENK,56,"
	    "5601,90.201,0,");
	has(s, ",complete,1.1,1,0,0,,2024-10-05\n");
	has(s, "\n3,all,");
	has(s, ",sent,1.1,1,0,0,,\n");
	assert_int_equal(a.data->nrow, 4);
	assert_null(strstr(s, "Foss"));
	assert_null(strstr(s, "example.no"));
	assert_null(strstr(s, "2000"));
	assert_null(strstr(s, "aa,"));
	/* both languages; without code lists a county has no name */
	assert_string_equal(a.data->var[9].value[0].label[LANG_NB], "56");
	assert_string_equal(a.data->var[7].value[0].label[LANG_NB], "Kultur");
	assert_string_equal(a.data->var[7].value[0].label[LANG_EN], "Culture");
	analysis_free(&a);
	has(csv(1, &a), "\n1,aa,all,");
	analysis_free(&a);
}

static void
answers_are_numbers_classes_or_text(void **state)
{
	struct analysis a;
	const char *s;

	(void)state;
	value(1, "income", "yes");
	value(2, "income", " no ");
	value(1, "trade", "a| b ");
	value(2, "trade", "b");
	value(3, "years", "12");
	value(1, "years", "-3");
	value(1, "share", "0,5");
	value(2, "share", "7");
	value(1, "place", "0301");
	value(4, "years", "not read: the answer does not count");
	s = csv(0, &a);
	has(s, ",answered_date,income,place,share,trade,trade_1,trade_2,years\n");
	/* 3: asked, but for years nothing said; 1; 4: no answer; 2 */
	has(s, ",2024-10-05,,,,,,,12\n");
	has(s, ",2024-10-05,yes,0301,0.5,\"a| b \",1,1,-3\n");
	has(s, ",,,,,,,,\n");
	has(s, ",2024-10-05,no,,7,b,1,0,\n");
	assert_int_equal(a.data->cell[21].state, DATASET_BLANK);
	assert_int_equal(a.data->cell[2 * a.data->nvar + 21].state,
	    DATASET_MISSING);
	assert_string_equal(a.data->var[21].value[0].label[LANG_EN], "Yes");
	assert_string_equal(a.data->var[25].label[LANG_NB], "Næring: Bøker");
	analysis_free(&a);
}

static void
what_tells_who_it_is_is_left_out(void **state)
{
	static const struct {
		const char *says, *column, *text[3];
		const char *left;	/* the third's cell, or NULL: left out */
	} rows[] = {
		{ "a name of the column", "E-post adresse", { "", "", "ja" }, NULL },
		{ "likewise", "Ip_Address", { "", "", "1" }, NULL },
		{ "an address", "svar", { "ja", "nei", "x@example.org" }, NULL },
		{ "a number", "svar", { "7", "8", "200089960" }, NULL },
		{ "the token", "svar", { "7", "8", "AA" }, NULL },
		{ "names", "hvem", { "foss", "", "øygard" }, NULL },
		{ "one that is called what it does", "trade2",
		    { "musikk", "musikk", "teater" }, "teater" },
		{ "an address in a text", "svar", { "ja", "nei",
		    "skriv til x@example.org, takk" }, "skriv til [@]" },
		{ "an @ that is none", "svar", { "ja", "nei", "5 @ 10 kr" },
		    "5 @ 10 kr" },
		{ "its own name in a text column", "svar", { "ja", "nei", "Øygard" },
		    "[@]" },
	};
	struct analysis a;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct dataset_cell *c;

		fixture_exec(&f, "DELETE FROM answer_value");
		for (int k = 0; k < 3; k++)
			value(k + 1, rows[i].column, rows[i].text[k]);
		(void)csv(0, &a);
		if ((a.nleft_out == 1) != (rows[i].left == NULL))
			fail_msg("%s: %d columns left out", rows[i].says,
			    (int)a.nleft_out);
		if (rows[i].left == NULL)
			assert_string_equal(a.left_out, rows[i].column);
		c = &a.data->cell[21];
		if (rows[i].left != NULL && strncmp(c->text, rows[i].left,
		    strlen(rows[i].left)) != 0)
			fail_msg("%s: got %s", rows[i].says, c->text);
		analysis_free(&a);
	}
}

static void
nothing_is_drawn_yet(void **state)
{
	struct analysis a;

	(void)state;
	fixture_exec(&f, "DELETE FROM answer; DELETE FROM disposition; DELETE FROM"
	    " sample_unit; DELETE FROM sample");
	assert_int_equal(analysis_read(&f.w, study, f.id, 0, &a, &f.err), -1);
	assert_int_equal(f.err.status, EX_NOINPUT);
	has(f.err.text, "utvalg draw smaa");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_row_for_each_unit_and_nobody_named),
		T(answers_are_numbers_classes_or_text),
		T(what_tells_who_it_is_is_left_out),
		T(nothing_is_drawn_yet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
