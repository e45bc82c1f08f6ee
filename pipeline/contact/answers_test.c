#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/num.h"
#include "tests/fixture.h"

#include "pipeline/contact/answers.h"

static const struct study_word complete[] = { { "Fullført", 1 },
	{ "completed", 1 } };
static const struct study_word partial[] = { { "Delvis", 1 },
	{ "AVBRØT", 1 } };
static const struct study_word refused[] = { { "Nekter", 1 } };
static const struct study_word screened[] = { { "Utenfor", 1 } };

static char path[128];

#define WORDS(list) (struct study_word *)(uintptr_t)(list), \
	sizeof(list) / sizeof((list)[0])

static void
map(struct study_answers *a)
{
	struct { struct study_word *w; size_t n; } c = { WORDS(complete) },
	    p = { WORDS(partial) }, r = { WORDS(refused) }, s = { WORDS(screened) };

	a->col_token = "token";
	a->col_status = "status";
	a->col_time = "tid";
	a->complete = c.w;
	a->ncomplete = c.n;
	a->partial = p.w;
	a->npartial = p.n;
	a->refused = r.w;
	a->nrefused = r.n;
	a->screened = s.w;
	a->nscreened = s.n;
}

/* Units 1 to ${n}, drawn, with tokens t1 ..., addresses and numbers. */
static void
begin(struct fixture *f, int n)
{
	char mail[64], sql[256];

	fixture_open(f);
	map(&f->study.answers);
	snprintf(path, sizeof(path), "%s/svar.csv", f->state);
	fixture_frame(f);
	fixture_exec(f, "INSERT INTO sample (id, study, frame, drawn, design,"
	    " salt_sha256, units, list_sha256) VALUES (1, 1, 1, 1, '', '', 0, '')");
	for (int i = 1; i <= n; i++) {
		char key[32];
		int64_t unit;
		int32_t eight = 81000000 + i;
		int digit = num_orgnr_digit(eight);

		snprintf(key, sizeof(key), "%d%d", (int)eight, digit < 0 ? 0 : digit);
		snprintf(mail, sizeof(mail), "u%d@example.no", i);
		unit = fixture_unit(f, key, "vest", "mat", "N", mail, 1, 1);
		snprintf(sql, sizeof(sql), "INSERT INTO sample_unit (id, sample,"
		    " frame_unit, stratum, pi, weight, token) VALUES (%d, 1, %lld,"
		    " 'all', 1, 1, 't%d')", i, (long long)unit, i);
		fixture_exec(f, sql);
	}
}

static void
put(struct fixture *f, const char *text)
{
	assert_int_equal(file_write(path, 0600, text, strlen(text), &f->err), 0);
}

/* Read ${text}; "rows added again complete partial refused screened unknown
 * unmatched doubles late". */
static void
reads(struct fixture *f, const char *text, const char *want,
    struct answers_result *keep)
{
	struct answers_result r;
	char got[128];

	put(f, text);
	if (answers_read(&f->w, &f->study, f->id, path, &r, &f->err) != 0)
		fail_msg("%s", f->err.text);
	snprintf(got, sizeof(got), "%d %d %d %d %d %d %d %d %d %d %d", (int)r.rows,
	    (int)r.added, (int)r.again, (int)r.complete, (int)r.partial,
	    (int)r.refused, (int)r.screened, (int)r.unknown_status,
	    (int)r.unmatched, (int)r.doubles, (int)r.late);
	assert_string_equal(got, want);
	if (keep != NULL)
		*keep = r;
	else
		answers_result_free(&r);
}

static void
refuses(struct fixture *f, const char *text, int status, const char *word)
{
	struct answers_result r;

	put(f, text);
	if (answers_read(&f->w, &f->study, f->id, path, &r, &f->err) != -1)
		fail_msg("not refused: %s", word);
	if (f->err.status != status || strstr(f->err.text, word) == NULL)
		fail_msg("got %d %s, want %d with \"%s\"", f->err.status,
		    f->err.text, status, word);
	assert_true(sqlite3_get_autocommit(f->w.db));
	assert_int_equal(fixture_int(f, "SELECT (SELECT count(*) FROM answer) +"
	    " (SELECT count(*) FROM answer_value)"), 0);
}

static const char *
answers(struct fixture *f)
{
	return fixture_text(f, "SELECT group_concat(coalesce(sample_unit, 0) || ':'"
	    " || matched || ':' || status || late || used, ' ') FROM (SELECT * FROM"
	    " answer ORDER BY line, id)");
}

static const char *
states(struct fixture *f)
{
	return fixture_text(f, "SELECT group_concat(state || late, ' ') FROM"
	    " (SELECT * FROM disposition ORDER BY sample_unit)");
}

static void
reads_who_answered_and_what(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 5);
	reads(&f, "token;status;tid;q1;q2\nt1;Fullført;2026-03-05 10:00:00;Ja;2\n"
	    "T2;FULLFØRT;2026-03-05 10:00;;\nt3;avbrøt ;05.03.2026 10:00;Nei;\n"
	    "t4;Nekter;;;\nt5; utenfor;;;\n", "5 5 0 2 1 1 1 0 0 0 0", NULL);
	assert_string_equal(answers(&f), "1:token:complete01 2:token:complete01"
	    " 3:token:partial01 4:token:refused01 5:token:screened01");
	assert_string_equal(states(&f), "complete0 complete0 partial0 refused0"
	    " not_eligible0");
	assert_string_equal(fixture_text(&f, "SELECT group_concat(name || '=' ||"
	    " value) FROM answer_value WHERE answer = 1"), "q1=Ja,q2=2");
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM answer_value"), 3);
	assert_int_equal(fixture_int(&f, "SELECT answered FROM answer WHERE line ="
	    " 4"), 1772704800);
	assert_string_equal(fixture_text(&f, "SELECT file FROM answer"),
	    "svar.csv");
	fixture_close(&f);
}

static void
reads_what_programs_write(void **state)
{
	static const struct { const char *says, *text; int bom, latin1; char d; }
	cases[] = {
		{ "comma", "token,status,tid,q\nt1,completed,,a\n", 0, 0, ',' },
		{ "tab", "token\tstatus\ttid\tq\nt1\tcompleted\t\ta\n", 0, 0, '\t' },
		{ "CRLF", "token;status;tid;q\r\nt1;completed;;a\r\n", 0, 0, ';' },
		{ "byte order mark", "\xef\xbb\xbftoken;status;tid;q\nt1;completed;;a\n",
		    1, 0, ';' },
		{ "Latin-1", "token;status;tid;q\nt1;Fullf\xf8rt;;a\n", 0, 1, ';' },
		{ "quotes and case of headings",
		    "\"Token\";\" STATUS\";\"Tid\";\"q\"\n\"t1\";\"completed\";\"\";\"a\"\n",
		    0, 0, ';' },
		{ "another order", "q;tid;status;token\na;;completed;t1\n", 0, 0, ';' },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;
		struct answers_result r;

		begin(&f, 1);
		reads(&f, cases[i].text, "1 1 0 1 0 0 0 0 0 0 0", &r);
		if (r.bom != cases[i].bom || r.latin1 != cases[i].latin1 ||
		    r.delimiter != cases[i].d)
			fail_msg("%s: bom %d, latin1 %d, delimiter %c", cases[i].says,
			    r.bom, r.latin1, r.delimiter);
		assert_string_equal(fixture_text(&f, "SELECT value FROM answer_value"),
		    "a");
		answers_result_free(&r);
		fixture_close(&f);
	}
}

static void
ties_by_token_then_address_then_number(void **state)
{
	struct fixture f;
	struct answers_result r;
	char text[1024], number[16];

	(void)state;
	begin(&f, 4);
	f.study.answers.col_email = "epost";
	f.study.answers.col_orgnr = "orgnr";
	snprintf(number, sizeof(number), "%s", fixture_text(&f,
	    "SELECT unit_key FROM frame_unit WHERE id = 3"));
	snprintf(text, sizeof(text), "token;status;tid;epost;orgnr\n"
	    "t1;completed;;u2@example.no;\n"
	    ";completed;; U2@Example.NO ;\n"
	    ";completed;;;%.3s %.3s %.3s\n"
	    "zzz;completed;;u4@example.no;\n"
	    ";completed;;fremmed@example.no;\n"
	    ";completed;;;123456789\n"
	    ";completed;;;\n"
	    ";completed;;;999999999 og mer\n", number, number + 3, number + 6);
	reads(&f, text, "8 8 0 8 0 0 0 0 5 0 0", &r);
	assert_string_equal(answers(&f), "1:token:complete01 2:email:complete01"
	    " 3:orgnr:complete01 0:none:complete00 0:none:complete00"
	    " 0:none:complete00 0:none:complete00 0:none:complete00");
	assert_int_equal(r.nnote, 5);
	assert_string_equal(r.note[0].what, "unknown token");
	assert_int_equal(r.note[0].line, 5);
	assert_string_equal(r.note[0].text, "");
	assert_string_equal(r.note[1].what, "unknown address");
	assert_string_equal(r.note[2].what, "unknown organisation number");
	assert_string_equal(r.note[3].what, "nobody named");
	answers_result_free(&r);
	fixture_close(&f);
}

static void
an_address_of_two_units_is_nobodys(void **state)
{
	struct fixture f;
	struct answers_result r;

	(void)state;
	begin(&f, 3);
	f.study.answers.col_token = NULL;
	f.study.answers.col_email = "epost";
	fixture_exec(&f, "UPDATE frame_unit SET email_key = 'u1@example.no' WHERE"
	    " id = 3");
	reads(&f, "epost;status;tid\nu1@example.no;completed;\n"
	    "u2@example.no;completed;\n", "2 2 0 2 0 0 0 0 1 0 0", &r);
	assert_string_equal(answers(&f), "0:ambiguous:complete00"
	    " 2:email:complete01");
	assert_string_equal(r.note[0].what, "several units");
	answers_result_free(&r);
	fixture_close(&f);
}

static void
of_two_answers_the_right_one_is_used(void **state)
{
	static const struct { const char *says, *rows, *want; int doubles; }
	cases[] = {
		{ "the last complete one", "t1;completed;2026-01-02\nt1;completed;"
		    "2026-01-05\nt1;completed;2026-01-03\n", "0 1 0", 2 },
		{ "complete before a later partial", "t1;completed;2026-01-02\n"
		    "t1;Delvis;2026-01-05\n", "1 0", 1 },
		{ "else the last partial", "t1;Delvis;2026-01-02\nt1;Delvis;"
		    "2026-01-05\nt1;Nekter;2026-01-06\n", "0 1 0", 2 },
		{ "refused before screened out", "t1;Utenfor;2026-01-06\nt1;Nekter;"
		    "2026-01-02\n", "0 1", 1 },
		{ "in time before late", "t1;Delvis;2026-01-02\nt1;completed;"
		    "2026-03-01\n", "1 0", 1 },
		{ "late where there is no other", "t1;completed;2026-03-01\n", "1",
		    0 },
		{ "never one of unknown status", "t1;huh;2026-01-02\n", "0", 0 },
		{ "two without times: the later row", "t1;completed;\n"
		    "t1;completed; \n", "0 1", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;
		struct answers_result r;
		char text[512];

		begin(&f, 1);
		f.study.answers.deadline = INT64_C(1769904000);	/* 2026-02-01 */
		snprintf(text, sizeof(text), "token;status;tid\n%s", cases[i].rows);
		put(&f, text);
		assert_int_equal(answers_read(&f.w, &f.study, f.id, path, &r, &f.err),
		    0);
		assert_int_equal(r.doubles, cases[i].doubles);
		answers_result_free(&r);
		if (strcmp(fixture_text(&f, "SELECT group_concat(used, ' ') FROM"
		    " (SELECT used FROM answer ORDER BY line)"), cases[i].want) != 0)
			fail_msg("%s: got %s", cases[i].says, fixture_text(&f,
			    "SELECT group_concat(used, ' ') FROM (SELECT used FROM"
			    " answer ORDER BY line)"));
		fixture_close(&f);
	}
}

static void
lists_what_a_person_should_see(void **state)
{
	struct fixture f;
	struct answers_result r;

	(void)state;
	begin(&f, 3);
	f.study.answers.deadline = INT64_C(1769904000);	/* 2026-02-01 00:00 */
	reads(&f, "token;status;tid;q\nt1;completed;2026-02-01 00:00:00;1\n"
	    "t1;completed;2026-01-02;2\nt2;completed;2026-02-01 00:00:01;3\n"
	    "t3;vet\x01ikke;i går;4\nt9;completed;1980-01-01 00:00:00;5\n",
	    "5 5 0 4 0 0 0 1 1 1 1", &r);
	assert_int_equal(r.nnote, 5);
	assert_string_equal(r.note[0].what, "double");
	assert_int_equal(r.note[0].line, 3);
	assert_string_equal(r.note[1].what, "late");
	assert_string_equal(r.note[1].text, "2026-02-01T00:00:01Z");
	assert_string_equal(r.note[2].what, "unknown status");
	assert_string_equal(r.note[2].text, "vet\xef\xbf\xbdikke");
	assert_string_equal(r.note[3].what, "unknown time");
	assert_string_equal(r.note[4].what, "unknown token");
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM answer WHERE answered"
	    " IS NULL"), 2);
	assert_string_equal(states(&f), "complete0 not_sent1 not_sent0");
	answers_result_free(&r);
	fixture_close(&f);
}

static const char sql_all[] =
    "SELECT (SELECT group_concat(a.id || row_sha256 || coalesce(sample_unit, '')"
    " || matched || status || late || used || coalesce(answered, '') || line ||"
    " file || read) FROM answer a) || (SELECT group_concat(answer || name ||"
    " value) FROM answer_value) || (SELECT group_concat(sample_unit || state ||"
    " why) FROM disposition) || (SELECT count(*) FROM event)";

static void
the_same_file_again_changes_nothing(void **state)
{
	static const char text[] = "token;status;tid;q\nt1;completed;2026-01-02;a\n"
	    "t1;Delvis;2026-01-03;b\nt9;completed;;c\nt1;completed;2026-01-02;a\n";
	struct fixture f;
	char before[4096];

	(void)state;
	begin(&f, 2);
	/* the same row twice in one file is one */
	reads(&f, text, "4 3 1 2 1 0 0 0 1 1 0", NULL);
	snprintf(before, sizeof(before), "%s", fixture_text(&f, sql_all));
	f.w.now += 86400;
	reads(&f, text, "4 0 4 0 0 0 0 0 0 0 0", NULL);
	assert_string_equal(fixture_text(&f, sql_all), before);

	/* a longer export adds what is new in it */
	reads(&f, "token;status;tid;q\nt1;completed;2026-01-02;a\nt2;completed;;\n",
	    "2 1 1 1 0 0 0 0 0 0 0", NULL);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM answer"), 4);
	fixture_close(&f);
}

static void
a_changed_study_file_gives_rows_a_new_meaning(void **state)
{
	static const char text[] = "token;status;tid\nt1;ferdig;2026-01-02\n"
	    "t2;completed;2026-01-03\n";
	static const struct study_word more[] = { { "completed", 1 },
		{ "FERDIG", 1 } };
	struct fixture f;
	struct { struct study_word *w; size_t n; } c = { WORDS(more) };

	(void)state;
	begin(&f, 2);
	reads(&f, text, "2 2 0 1 0 0 0 1 0 0 0", NULL);
	assert_string_equal(states(&f), "not_sent0 complete0");
	f.study.answers.complete = c.w;
	f.study.answers.ncomplete = c.n;
	f.study.answers.deadline = INT64_C(1767312000);	/* 2026-01-02 */
	reads(&f, text, "2 0 2 0 0 0 0 0 0 0 0", NULL);
	assert_string_equal(states(&f), "complete0 not_sent1");
	fixture_close(&f);
}

static void
words_for_any_and_none(void **state)
{
	static const struct study_word any[] = { { "*", 1 } };
	static const struct study_word none[] = { { "\"\"", 1 }, { "N", 1 } };
	struct fixture f;
	struct { struct study_word *w; size_t n; } a = { WORDS(any) },
	    n = { WORDS(none) };

	(void)state;
	begin(&f, 4);
	f.study.answers.complete = a.w;
	f.study.answers.ncomplete = a.n;
	f.study.answers.partial = n.w;
	f.study.answers.npartial = n.n;
	reads(&f, "token;status;tid\nt1;2026-01-02 10:00;\nt2; ;\nt3;n;\nt4;Nekter;\n",
	    "4 4 0 1 2 1 0 0 0 0 0", NULL);
	f.study.answers.npartial = 0;	/* an empty field is not any word */
	fixture_exec(&f, "DELETE FROM answer_value; DELETE FROM answer");
	reads(&f, "token;status;tid\nt1;x;\nt2;;\n", "2 2 0 1 0 0 0 1 0 0 0", NULL);
	f.study.answers.col_status = NULL;
	fixture_exec(&f, "DELETE FROM answer_value; DELETE FROM answer");
	reads(&f, "token;status;tid\nt1;;\n", "1 1 0 1 0 0 0 0 0 0 0", NULL);
	fixture_close(&f);
}

static void
columns_of_one_name_are_all_kept(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 1);
	reads(&f, "token;status;tid;q;q;q (2);;\"to\nlinjer\"\n"
	    "t1;completed;;1;2;3;4;5\n", "1 1 0 1 0 0 0 0 0 0 0", NULL);
	assert_string_equal(fixture_text(&f, "SELECT group_concat(name || '=' ||"
	    " value, '|') FROM (SELECT * FROM answer_value ORDER BY value)"),
	    "q=1|q (2)=2|q (2) (2)=3|(column 7)=4|to linjer=5");
	fixture_close(&f);
}

static void
refuses_a_file_that_is_not_whole(void **state)
{
	struct fixture f;
	struct answers_result r;

	(void)state;
	begin(&f, 2);
	refuses(&f, "", EX_DATAERR, "svar.csv: line 1");
	refuses(&f, "token;tid\nt1;\n", EX_DATAERR, "no column status");
	refuses(&f, "token;status;tid\nt1;completed;\nt2;completed\n", EX_DATAERR,
	    "line 3: 2 fields");
	refuses(&f, "token;status;tid\nt1;completed;\nt2;\"x;\n", EX_DATAERR,
	    "line 3");
	f.study.answers.col_token = NULL;
	refuses(&f, "token;status;tid\nt1;completed;\n", EX_CONFIG, "neither");
	f.study.answers.col_token = "token";
	assert_int_equal(answers_read(&f.w, &f.study, f.id, "/nowhere/x.csv", &r,
	    &f.err), -1);
	assert_int_equal(f.err.status, EX_NOINPUT);
	fixture_exec(&f, "DELETE FROM sample_unit");
	refuses(&f, "token;status;tid\nt1;completed;\n", EX_NOINPUT,
	    "nobody is drawn");
	fixture_close(&f);
}

static void
a_dry_run_writes_nothing(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 2);
	f.w.dry_run = 1;
	reads(&f, "token;status;tid\nt1;completed;\n", "1 1 0 1 0 0 0 0 0 0 0",
	    NULL);
	assert_int_equal(fixture_int(&f, "SELECT (SELECT count(*) FROM answer) +"
	    " (SELECT count(*) FROM disposition) + (SELECT count(*) FROM event)"),
	    0);
	fixture_close(&f);
}

static void
killed_anywhere_the_end_is_the_same(void **state)
{
	static const char *const step[] = { "answers.1", "answers.2", "answers.3",
		"answers.4" };
	static const char text[] = "token;status;tid;q\nt1;completed;2026-01-02;a\n"
	    "t2;Delvis;2026-01-03;b\n";
	char whole[4096] = "";

	(void)state;
	for (size_t i = 0; i <= sizeof(step) / sizeof(step[0]); i++) {
		struct answers_result r;
		struct fixture f;
		int status;
		pid_t pid;

		begin(&f, 3);
		put(&f, text);
		if (i > 0) {
			store_close(f.w.db);
			if ((pid = fork()) == 0) {
				setenv("UTVALG_KILL_AT", step[i - 1], 1);
				if (store_open(f.state, STORE_WRITE, &f.w.db, &f.err) == 0)
					answers_read(&f.w, &f.study, f.id, path, &r,
					    &f.err);
				_exit(1);
			}
			assert_int_equal(waitpid(pid, &status, 0), pid);
			assert_true(WIFSIGNALED(status));
			assert_int_equal(store_open(f.state, STORE_WRITE, &f.w.db,
			    &f.err), 0);
		}
		assert_int_equal(answers_read(&f.w, &f.study, f.id, path, &r, &f.err),
		    0);
		answers_result_free(&r);
		if (i == 0)
			snprintf(whole, sizeof(whole), "%s", fixture_text(&f, sql_all));
		else
			assert_string_equal(fixture_text(&f, sql_all), whole);
		fixture_close(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_who_answered_and_what),
		cmocka_unit_test(reads_what_programs_write),
		cmocka_unit_test(ties_by_token_then_address_then_number),
		cmocka_unit_test(an_address_of_two_units_is_nobodys),
		cmocka_unit_test(of_two_answers_the_right_one_is_used),
		cmocka_unit_test(lists_what_a_person_should_see),
		cmocka_unit_test(the_same_file_again_changes_nothing),
		cmocka_unit_test(a_changed_study_file_gives_rows_a_new_meaning),
		cmocka_unit_test(words_for_any_and_none),
		cmocka_unit_test(columns_of_one_name_are_all_kept),
		cmocka_unit_test(refuses_a_file_that_is_not_whole),
		cmocka_unit_test(a_dry_run_writes_nothing),
		cmocka_unit_test(killed_anywhere_the_end_is_the_same),
	};

	return cmocka_run_group_tests_name("answers", tests, NULL, NULL);
}
