/* What a study would find, for a person and for a program. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/frame/lab_test.h"
#include "pipeline/frame/plan.h"

static int32_t o(int i) { return lab_orgnr(i); }

static const char study_2007[] = "[study]\nname = test\nstandard = SN2007\n"
    "title = Pr\xc3\xb8ve\ntitle_en = Trial\n"
    "[group shops]\nlabel = Butikker\nlabel_en = Shops\ncodes = 47594 47630\n"
    "[group arts]\ncodes = 90030\n"
    "[group food]\n"
    "[codes]\n47594 -> 47.920 = no\n"
    "[area north]\ncounty = Finnmark\n"
    "[area east]\nlabel = \xc3\x98st\nlabel_en = East\ncounty = Buskerud\nexcept = Drammen\n"
    "[list farms]\nfile = farms.csv\ngroup = food\nname = navn\nemail = epost\n"
    "municipality = kommune\n";

static void
open_plan(struct lab *l)
{
	lab_open(l);
	lab_study(l, study_2007);
	lab_file(l, "farms.csv", "navn;epost;kommune\nG\xc3\xa5rd;g@example.org;Alta\n");
	for (int i = 0; i < 3; i++)
		lab_add(l, (struct lab_unit){ .orgnr = o(i), .nace = 47690,
		    .email = i > 0 ? "a@example.no" : NULL });
	lab_add(l, (struct lab_unit){ .orgnr = o(3), .nace = 90111, .place = "3312",
	    .email = "b@example.no" });
	lab_add(l, (struct lab_unit){ .orgnr = o(4), .nace = 90111, .place = "3301",
	    .email = "c@example.no" });
}

static void
plan(struct lab *l, enum lang lang, int as_json, struct buf *b)
{
	buf_clear(b);
	l->f.w.lang = lang;
	if (plan_make(&l->f.w, l->study, as_json, b, &l->err) != 0)
		fail_msg("%s", l->err.text);
}

static void
has(const struct buf *b, const char *text)
{
	if (strstr(buf_text(b), text) == NULL)
		fail_msg("no '%s' in:\n%s", text, buf_text(b));
}

static void
lacks(const struct buf *b, const char *text)
{
	if (strstr(buf_text(b), text) != NULL)
		fail_msg("'%s' in:\n%s", text, buf_text(b));
}

static void
the_plan_in_norwegian(void **state)
{
	struct lab l;
	struct buf b = BUF(BUF_ANY);

	(void)state;
	open_plan(&l);
	plan(&l, LANG_NB, 0, &b);
	has(&b, "test: Pr\xc3\xb8ve\nKoder skrevet i SN2007, registeret av 2026-11-25 "
	    "bruker SN2025.\n");
	has(&b, "\nButikker (shops)\n");
	has(&b, "  47594 Butikkhandel");
	has(&b, ": delt\n        -> 47.690        3 ");
	has(&b, "-> 47.920 tatt ut  Formidling");
	has(&b, "! tar ogs\xc3\xa5 inn 47.");
	has(&b, " til\n");
	has(&b, "  90030 Selvstendig kunstnerisk virksomhet: ");
	has(&b, "(lest som 90.03)\n");
	has(&b, "-> 90.111        1 ");
	has(&b, "  liste farms.csv\n");
	has(&b, "\xc3\x98st: 17 kommuner i Buskerud, uten Drammen\n");
	has(&b, "north: 18 kommuner i Finnmark\n");
	has(&b, "  Butikker                north                      3 /       1\n");
	has(&b, "  food                    north                      1 /       1\n");
	has(&b, "  en annen enhet svarer for adressen .............. -       1\n");
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame"), 0);
	buf_free(&b);
	lab_close(&l);
}

/* A target of two codes has its number once. */
static void
a_shared_target_is_counted_once(void **state)
{
	struct lab l;
	struct buf b = BUF(BUF_ANY);
	const char *first, *second;

	(void)state;
	open_plan(&l);
	plan(&l, LANG_EN, 0, &b);
	first = strstr(buf_text(&b), "-> 47.690        3 ");
	second = strstr(buf_text(&b), "-> 47.690 above ");
	assert_true(first != NULL && second > first);
	assert_null(strstr(second + 1, "-> 47.690"));
	/* taken out of the first code, the second counts it */
	first = strstr(buf_text(&b), "-> 47.920 left out ");
	second = strstr(buf_text(&b), "-> 47.920        0 ");
	assert_true(first != NULL && second > first);
	has(&b, "Shops (shops)");
	has(&b, "East: 17 municipalities in Buskerud, without Drammen\n");
	has(&b, "! also takes in 47.");
	has(&b, " more\n");
	buf_free(&b);
	lab_close(&l);
}

static void
an_exact_target_is_not_marked(void **state)
{
	struct lab l;
	struct buf b = BUF(BUF_ANY);
	const char *line;

	(void)state;
	open_plan(&l);
	plan(&l, LANG_NB, 0, &b);
	line = strstr(buf_text(&b), "-> 90.111 ");
	assert_non_null(line);
	assert_true(strcspn(line, "!") > strcspn(line, "\n"));
	line = strstr(buf_text(&b), "-> 47.920 tatt ut");
	assert_non_null(line);
	assert_true(strcspn(line, "!") > strcspn(line, "\n"));
	line = strstr(buf_text(&b), "-> 91.300 ");
	assert_non_null(line);
	assert_true(strcspn(line, "!") < strcspn(line, "\n"));
	buf_free(&b);
	lab_close(&l);
}

/* SQLite reads it. */
static int64_t
json_int_of(struct lab *l, const struct buf *b, const char *path)
{
	sqlite3_stmt *s = NULL;
	int64_t v;

	assert_int_equal(db_prepare(l->f.w.db, "SELECT json_extract(?1, ?2)", &s,
	    &l->err), 0);
	db_text(s, 1, buf_text(b));
	db_text(s, 2, path);
	if (db_step(s, &l->err) != 1)
		fail_msg("%s: %s", path, l->err.text);
	if (sqlite3_column_type(s, 0) == SQLITE_NULL)
		v = -1;
	else
		v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return v;
}

static void
the_plan_as_json(void **state)
{
	struct lab l;
	struct buf b = BUF(BUF_ANY);

	(void)state;
	open_plan(&l);
	plan(&l, LANG_NB, 1, &b);
	assert_int_equal(json_int_of(&l, &b, "$.codes[0].targets[0].units"), 3);
	assert_int_equal(json_int_of(&l, &b, "$.codes[0].targets[0].counted_here"), 1);
	assert_int_equal(json_int_of(&l, &b, "$.codes[1].targets[0].counted_here"), 0);
	assert_int_equal(json_int_of(&l, &b, "$.codes[0].targets[0].over_covers"), 1);
	assert_int_equal(json_int_of(&l, &b, "$.codes[0].targets[1].out"), 1);
	assert_int_equal(json_int_of(&l, &b, "$.codes[1].targets[1].out"), 0);
	assert_int_equal(json_int_of(&l, &b, "$.codes[2].read_as_class"), 1);
	assert_int_equal(json_int_of(&l, &b, "$.codes[3]"), -1);
	assert_int_equal(json_int_of(&l, &b, "$.areas[1].municipalities[0]"), 3303);
	assert_int_equal(json_int_of(&l, &b, "$.areas[1].municipalities[17]"), -1);
	assert_int_equal(json_int_of(&l, &b, "$.funnel.population"), 5);
	assert_int_equal(json_int_of(&l, &b, "$.funnel.left_out.duplicate"), 1);
	assert_int_equal(json_int_of(&l, &b, "$.funnel.kept"), 3);
	/* what nobody keeps is counted nowhere */
	lab_study(&l, "[study]\nname = test\nstandard = SN2007\n"
	    "[group one]\ncodes = 47594\n[codes]\n47594 -> 47.690 = no\n" LAB_AREAS);
	plan(&l, LANG_NB, 1, &b);
	assert_int_equal(json_int_of(&l, &b, "$.codes[0].targets[0].out"), 1);
	assert_int_equal(json_int_of(&l, &b, "$.codes[0].targets[0].counted_here"), 0);
	assert_int_equal(json_int_of(&l, &b, "$.codes[0].targets[1].counted_here"), 1);
	buf_free(&b);
	lab_close(&l);
}

/* Without a register, or a database, codes and places alone. */
static void
without_a_register_there_are_no_counts(void **state)
{
	struct lab l;
	struct buf b = BUF(BUF_ANY);
	sqlite3 *db;

	(void)state;
	open_plan(&l);
	db = l.f.w.db;
	for (int none = 0; none < 2; none++) {
		fixture_exec(&l.f, "DELETE FROM extract");
		l.f.w.db = none ? NULL : db;
		plan(&l, LANG_NB, 0, &b);
		has(&b, "(uten register: ingen tall)");
		has(&b, "-> 47.690          Detaljhandel");
		lacks(&b, "Bruttopopulasjon");
		lacks(&b, "se over");
		plan(&l, LANG_EN, 0, &b);
		has(&b, "(without a register: no counts)");
		plan(&l, LANG_NB, 1, &b);
		l.f.w.db = db;
		assert_int_equal(json_int_of(&l, &b, "$.codes[0].targets[0].units"), -1);
		assert_int_equal(json_int_of(&l, &b, "$.funnel"), -1);
		assert_int_equal(json_int_of(&l, &b, "$.register_date"), -1);
	}
	buf_free(&b);
	lab_close(&l);
}

/* A list that is missing is an error, not a register that is missing. */
static void
a_missing_list_is_an_error(void **state)
{
	struct lab l;
	struct buf b = BUF(BUF_ANY);
	char path[100];

	(void)state;
	open_plan(&l);
	snprintf(path, sizeof(path), "%s/farms.csv", l.f.state);
	unlink(path);
	assert_int_equal(plan_make(&l.f.w, l.study, 0, &b, &l.err), -1);
	assert_int_equal(l.err.status, EX_NOINPUT);
	assert_non_null(strstr(l.err.text, "list farms"));
	assert_int_equal(b.len, 0);
	buf_free(&b);
	lab_close(&l);
}

static void
half_a_register_is_said(void **state)
{
	struct lab l;
	struct buf b = BUF(BUF_ANY);

	(void)state;
	lab_open(&l);
	lab_study(&l, "[study]\nname = test\nstandard = SN2025\nunits = both\n" LAB_GROUPS
	    LAB_AREAS);
	assert_int_equal(plan_make(&l.f.w, l.study, 0, &b, &l.err), -1);
	assert_int_equal(l.err.status, EX_NOINPUT);
	assert_non_null(strstr(l.err.text, "--kind underenhet"));
	buf_free(&b);
	lab_close(&l);
}

static void
a_study_is_explained(void **state)
{
	struct study_faults faults = { NULL, 0 };
	struct lab l;
	struct buf b = BUF(BUF_ANY);

	(void)state;
	open_plan(&l);
	l.f.w.lang = LANG_NB;
	assert_int_equal(plan_explain(&l.f.w, l.study, &faults, &b, &l.err), 0);
	has(&b, "Alle i rammen trekkes.\n");
	lacks(&b, "Bruttopopulasjon");
	buf_clear(&b);
	lab_study(&l, LAB_STUDY "[sample]\ndesign = random\nsize = 40\n"
	    "stratify = area group\n[activity]\nshare = 0.20\nsource = Oss\n");
	assert_int_equal(plan_explain(&l.f.w, l.study, &faults, &b, &l.err), 0);
	has(&b, "40 enheter trekkes tilfeldig, fordelt p\xc3\xa5 omr\xc3\xa5" "de og gruppe.\n");
	has(&b, "Aktiv andel 0,20 (Oss).\n");
	buf_clear(&b);
	l.f.w.lang = LANG_EN;
	assert_int_equal(plan_explain(&l.f.w, l.study, &faults, &b, &l.err), 0);
	has(&b, "40 units are drawn at random, shared out by area and group.\n");
	has(&b, "Active share 0.20 (Oss).\n");
	buf_clear(&b);
	lab_study(&l, LAB_HEAD "[area x]\ncounty = Viken\n[group one]\ncodes = 59.9\n");
	assert_int_equal(plan_explain(&l.f.w, l.study, &faults, &b, &l.err), -1);
	assert_int_equal(faults.n, 2);
	assert_int_equal(faults.fault[0].line, 5);	/* in the order of the file */
	assert_int_equal(faults.fault[1].line, 7);
	assert_int_equal(l.err.status, EX_CONFIG);
	study_faults_free(&faults);
	buf_free(&b);
	lab_close(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_plan_in_norwegian),
		cmocka_unit_test(a_shared_target_is_counted_once),
		cmocka_unit_test(an_exact_target_is_not_marked),
		cmocka_unit_test(the_plan_as_json),
		cmocka_unit_test(without_a_register_there_are_no_counts),
		cmocka_unit_test(a_missing_list_is_an_error),
		cmocka_unit_test(half_a_register_is_said),
		cmocka_unit_test(a_study_is_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
