#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/contact/disposition.h"
#include "pipeline/contact/token.h"
#include "pipeline/store/suppress.h"
#include "tests/fixture.h"

#include "pipeline/contact/mail.h"

static char out[128], dir[96];

static void
write_file(struct fixture *f, const char *name, const char *text)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", f->state, name);
	assert_int_equal(file_write(path, 0600, text, strlen(text), &f->err), 0);
}

/* ${n} drawn units, 1 to n, and a study that can write to them. */
static void
begin(struct fixture *f, int n)
{
	char key[32], name[64], mail[64], sql[256];

	fixture_open(f);
	snprintf(dir, sizeof(dir), "%s/box", f->state);
	snprintf(out, sizeof(out), "maildir:%s", dir);
	f->study.bounce = "b@svar.example.no";
	f->study.from = "forsker@example.no";
	f->study.from_name = "Forsker";
	f->study.subject = "Spørsmål til {name}";
	f->study.link = "https://s.example.no/?t={token}";
	f->study.invite = "invite.txt";
	f->study.reminder = "reminder.txt";
	f->study.reminders = 3;
	f->study.controller = "Instituttet";
	write_file(f, "invite.txt", "Hei {name} i {area}\n\n{link}\n{controller}"
	    " {register_date}\n");
	write_file(f, "reminder.txt", "Hei igjen\n{link}\n");
	fixture_frame(f);
	fixture_exec(f, "BEGIN; INSERT INTO sample (id, study, frame, drawn, design,"
	    " salt_sha256, units, list_sha256) VALUES (1, 1, 1, 1, '', '', 0, '')");
	for (int i = 1; i <= n; i++) {
		int64_t unit;

		snprintf(key, sizeof(key), "%09d", 810000000 + i);
		snprintf(name, sizeof(name), "Firma %d", i);
		snprintf(mail, sizeof(mail), "u%d@example.no", i);
		unit = fixture_unit(f, key, "vest", "mat", name, mail, 1, 1);
		snprintf(sql, sizeof(sql), "INSERT INTO sample_unit (id, sample,"
		    " frame_unit, stratum, pi, weight, token) VALUES (%d, 1, %lld,"
		    " 'all', 1, 1, 'token%d')", i, (long long)unit, i);
		fixture_exec(f, sql);
	}
	fixture_exec(f, "COMMIT");
}

static int
send(struct fixture *f, const char *wave, const char *where,
    struct mail_result *r)
{
	struct mail_ask ask = { .wave = wave, .out = where };

	return mail_send(&f->w, &f->study, f->id, &ask, r, &f->err);
}

static void
sends(struct fixture *f, const char *wave, const char *where, int planned,
    int before, int sent)
{
	struct mail_result r;

	if (send(f, wave, where, &r) != 0)
		fail_msg("%s", f->err.text);
	if (r.planned != planned || r.before != before || r.sent != sent)
		fail_msg("planned %d, before %d, sent %d", (int)r.planned,
		    (int)r.before, (int)r.sent);
	assert_int_equal(r.planned, r.before + r.sent);
	assert_int_equal(r.left_out, r.suppressed + r.answered + r.refused +
	    r.returned + r.not_invited);
}

static void
refuses(struct fixture *f, const char *wave, const char *where, int status,
    const char *word)
{
	struct mail_result r;

	if (send(f, wave, where, &r) != -1)
		fail_msg("not refused: %s", word);
	if (f->err.status != status || strstr(f->err.text, word) == NULL)
		fail_msg("got %d %s, want %d with \"%s\"", f->err.status,
		    f->err.text, status, word);
	assert_true(sqlite3_get_autocommit(f->w.db));
}

static size_t
files(const char *folder)
{
	struct file_list list;
	struct err err;
	char path[160];
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, folder);
	if (file_list(path, &list, &err) != 0)
		return 0;
	n = list.n;
	file_list_free(&list);
	return n;
}

static void
suppress(struct fixture *f, enum suppress_what what, const char *value)
{
	char hash[65];

	suppress_hash(&f->keys, what, value, hash);
	assert_int_equal(suppress_add(f->w.db, what, hash, "manual", 0, 1, &f->err),
	    1);
}

static void
each_drawn_unit_gets_one_mail(void **state)
{
	struct fixture f;
	struct buf b = BUF(1 << 20);
	char path[160], token[64];
	struct stat st;
	struct token got;
	struct token_keys keys;

	(void)state;
	begin(&f, 3);
	sends(&f, "invite", out, 3, 0, 3);
	assert_int_equal(files("new"), 3);
	assert_int_equal(files("tmp"), 0);
	snprintf(path, sizeof(path), "%s/new/r2.smaa", dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(file_read(path, 1 << 20, &b, &f.err), 0);
	assert_non_null(strstr(b.data, "To: Firma 2\n <u2@example.no>\n"));
	assert_non_null(strstr(b.data, "Date: Mon, 02 Mar 2026 11:10:00 +0000\n"));
	assert_non_null(strstr(b.data, "\n\nHei Firma 2 i vest\n\n"
	    "https://s.example.no/?t=3Dtoken2\nInstituttet 02.01.1970\n"));

	/* the return address leads back to the recipient */
	keys = (struct token_keys){ (const unsigned char (*)[32])f.keys.bounce,
	    f.keys.bounce_set, 0 };
	snprintf(token, sizeof(token), "%s", fixture_text(&f,
	    "SELECT return_token FROM mailing_recipient WHERE id = 2"));
	assert_int_equal(token_read(&keys, "svar.example.no", token, strlen(token),
	    date_of(f.w.now), &got), TOKEN_OK);
	assert_int_equal(got.recipient, 2);
	assert_int_equal(strncmp(b.data, "Return-Path: <b+", 16), 0);
	assert_int_equal(strncmp(b.data + 16, token, 25), 0);
	assert_non_null(strstr(strstr(b.data, "Message-ID: <"), token));
	assert_non_null(strstr(strstr(b.data, "X-Utvalg-Ref: "), token));

	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM mailing_recipient"
	    " WHERE state = 'sent' AND sent = 1772449800"), 3);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM disposition WHERE"
	    " state = 'sent' AND sent = 1"), 3);
	buf_free(&b);
	fixture_close(&f);
}

static void
nobody_gets_two(void **state)
{
	struct fixture f;
	char from[160], to[180];

	(void)state;
	begin(&f, 4);
	sends(&f, "invite", out, 4, 0, 4);
	sends(&f, "invite", out, 4, 4, 0);
	sends(&f, "invite", "maildir:/nowhere/at/all", 4, 4, 0);
	assert_int_equal(files("new"), 4);

	/* handed over, not marked, and read by a mail program since */
	fixture_exec(&f, "UPDATE mailing_recipient SET state = 'planned', sent ="
	    " NULL WHERE id < 4");
	snprintf(from, sizeof(from), "%s/new/r1.smaa", dir);
	snprintf(to, sizeof(to), "%s/cur/r1.smaa:2,S", dir);
	assert_int_equal(rename(from, to), 0);
	snprintf(from, sizeof(from), "%s/new/r2.smaa", dir);
	snprintf(to, sizeof(to), "%s/cur/r2.smaa,S=100:2,", dir);
	assert_int_equal(rename(from, to), 0);
	snprintf(from, sizeof(from), "%s/new/r3.smaa", dir);
	snprintf(to, sizeof(to), "%s/cur/r3.smaa-other", dir);
	assert_int_equal(rename(from, to), 0);
	sends(&f, "invite", out, 4, 1, 3);
	assert_int_equal(files("new"), 2);	/* r4, and r3 which was another's */
	fixture_close(&f);
}

static void
who_is_suppressed_is_left_out(void **state)
{
	struct fixture f;
	struct mail_result r;

	(void)state;
	begin(&f, 4);
	suppress(&f, SUPPRESS_EMAIL, "u2@example.no");
	suppress(&f, SUPPRESS_ORGNR, "810000003");
	assert_int_equal(mail_count(&f.w, &f.study, f.id, "invite", &r, &f.err), 0);
	assert_int_equal(r.planned, 2);
	assert_int_equal(r.suppressed, 2);
	assert_int_equal(r.left_out, 2);
	f.w.dry_run = 1;
	assert_int_equal(send(&f, "invite", out, &r), 0);
	assert_int_equal(r.planned, 2);
	assert_int_equal(r.sent, 0);
	f.w.dry_run = 0;
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM mailing"), 0);
	assert_int_equal(access(dir, F_OK), -1);
	sends(&f, "invite", out, 2, 0, 2);
	assert_int_equal(fixture_int(&f, "SELECT sum(sample_unit) FROM"
	    " mailing_recipient"), 1 + 4);
	fixture_close(&f);

	/* with nobody left there is no mailing, and one may come later */
	begin(&f, 1);
	suppress(&f, SUPPRESS_EMAIL, "u1@example.no");
	sends(&f, "invite", out, 0, 0, 0);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM mailing"), 0);
	fixture_exec(&f, "DELETE FROM suppression");
	sends(&f, "invite", out, 1, 0, 1);
	fixture_close(&f);
}

/* In a process of its own, with a database connection of its own. */
static void
killed_at(struct fixture *f, const char *step, const char *where)
{
	int status;
	pid_t pid;

	store_close(f->w.db);
	pid = fork();
	if (pid == 0) {
		struct mail_result r;

		setenv("UTVALG_KILL_AT", step, 1);
		if (store_open(f->state, STORE_WRITE, &f->w.db, &f->err) == 0)
			send(f, "invite", where, &r);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFSIGNALED(status))
		fail_msg("%s: was not reached", step);
	assert_int_equal(store_open(f->state, STORE_WRITE, &f->w.db, &f->err), 0);
	fixture_exec(f, "PRAGMA synchronous = OFF");
}

static const char sql_all[] =
    "SELECT group_concat(x, char(10)) FROM (SELECT m.id || m.wave || m.planned ||"
    " m.bounce || m.template_sha256 || r.id || r.sample_unit || r.address ||"
    " r.return_token || r.state || coalesce(r.sent, '') || d.state || d.why AS x"
    " FROM mailing m JOIN mailing_recipient r ON r.mailing = m.id JOIN disposition"
    " d ON d.sample_unit = r.sample_unit ORDER BY r.id)";

static void
killed_anywhere_the_end_is_the_same(void **state)
{
	static const char *const step[] = { "mail.1", "mail.2", "mail.3", "mail.4",
		"mail.5", "mail.6" };
	char whole[4096] = "", csv[128];
	struct fixture f;

	(void)state;
	for (int way = 0; way < 2; way++)
		for (size_t i = 0; i <= sizeof(step) / sizeof(step[0]); i++) {
			struct mail_result r;

			begin(&f, 5);
			snprintf(csv, sizeof(csv), "csv:%s/list.csv", f.state);
			if (i > 0)
				killed_at(&f, step[i - 1], way == 0 ? out : csv);
			assert_int_equal(send(&f, "invite", way == 0 ? out : csv, &r), 0);
			assert_int_equal(r.planned, 5);
			if (i == 0)
				snprintf(whole, sizeof(whole), "%s",
				    fixture_text(&f, sql_all));
			else
				assert_string_equal(fixture_text(&f, sql_all), whole);
			assert_int_equal(strlen(whole) > 500, 1);
			assert_int_equal(files("new"), way == 0 ? 5 : 0);
			assert_int_equal(files("tmp"), 0);
			assert_int_equal(fixture_int(&f, "SELECT count(*) FROM event"),
			    1);
			assert_int_equal(file_exists(csv + 4), way);
			fixture_close(&f);
		}
}

static void
goes_on_between_groups(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 503);
	killed_at(&f, "mail.6", out);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM mailing_recipient"
	    " WHERE state = 'sent'"), 500);
	sends(&f, "invite", out, 503, 500, 3);
	assert_int_equal(files("new"), 503);
	fixture_close(&f);
}

static void
who_drops_out_after_the_plan_is_taken_off(void **state)
{
	struct fixture f;
	struct mail_result r;
	struct buf b = BUF(1 << 20);
	char path[160];

	(void)state;
	begin(&f, 3);
	killed_at(&f, "mail.3", out);
	suppress(&f, SUPPRESS_EMAIL, "u2@example.no");
	sends(&f, "invite", out, 2, 0, 2);
	assert_int_equal(files("new"), 2);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM mailing_recipient"),
	    2);
	assert_int_equal(mail_count(&f.w, &f.study, f.id, "invite", &r, &f.err), 0);
	assert_int_equal(r.planned, 2);
	assert_int_equal(r.suppressed, 1);
	fixture_close(&f);

	/* the letter keeps its day, and what a killed run wrote of others goes */
	begin(&f, 3);
	killed_at(&f, "mail.4", out);
	assert_int_equal(files("tmp"), 3);
	suppress(&f, SUPPRESS_EMAIL, "u2@example.no");
	f.w.now += 86400;
	sends(&f, "invite", out, 2, 0, 2);
	assert_int_equal(files("tmp"), 0);
	snprintf(path, sizeof(path), "%s/new/r1.smaa", dir);
	assert_int_equal(file_read(path, 1 << 20, &b, &f.err), 0);
	assert_non_null(strstr(b.data, "\nDate: Mon, 02 Mar 2026"));
	assert_non_null(strstr(b.data, fixture_text(&f,
	    "SELECT return_token FROM mailing_recipient WHERE id = 1")));
	buf_free(&b);
	fixture_close(&f);

	/* but what was handed over was sent */
	begin(&f, 3);
	killed_at(&f, "mail.5", out);
	suppress(&f, SUPPRESS_EMAIL, "u2@example.no");
	sends(&f, "invite", out, 3, 0, 3);
	assert_int_equal(files("new"), 3);
	fixture_close(&f);
}

static void
a_mailing_goes_on_where_it_began(void **state)
{
	struct fixture f;
	char csv[128], other[140];

	(void)state;
	begin(&f, 3);
	killed_at(&f, "mail.3", out);
	snprintf(csv, sizeof(csv), "csv:%s/list.csv", f.state);
	snprintf(other, sizeof(other), "%s2", out);
	refuses(&f, "invite", other, EX_DATAERR, "was begun with --out");
	refuses(&f, "invite", csv, EX_DATAERR, "was begun with --out");
	/* nothing is sent: the text may still be mended */
	write_file(&f, "invite.txt", "Hallo {name} {link}\n");
	fixture_exec(&f, "UPDATE mailing_recipient SET state = 'sent', sent = 1"
	    " WHERE id = 1");
	refuses(&f, "invite", out, EX_DATAERR, "the text has changed");
	fixture_exec(&f, "UPDATE mailing_recipient SET state = 'planned'");
	sends(&f, "invite", out, 3, 0, 3);
	fixture_close(&f);

	/* a CSV is handed over whole: another file will do */
	begin(&f, 3);
	snprintf(csv, sizeof(csv), "csv:%s/list.csv", f.state);
	snprintf(other, sizeof(other), "%s2", csv);
	killed_at(&f, "mail.4", csv);
	fixture_exec(&f, "UPDATE mailing_recipient SET state = 'sent', sent = 1"
	    " WHERE id = 1");
	refuses(&f, "invite", other, EX_DATAERR, "was begun with --out");
	fixture_exec(&f, "UPDATE mailing_recipient SET state = 'planned'");
	sends(&f, "invite", other, 3, 0, 3);
	assert_int_equal(file_exists(csv + 4), 0);
	fixture_close(&f);
}

static void
a_list_for_other_programs(void **state)
{
	struct fixture f;
	struct buf b = BUF(1 << 16);
	struct stat st, again;
	char csv[128], want[1024], token[64];

	(void)state;
	begin(&f, 1);
	f.study.invite = NULL;	/* a list needs no template */
	f.study.from = NULL;
	fixture_exec(&f, "UPDATE frame_unit SET name = 'Brød, \"smør\" & sønn'");
	snprintf(csv, sizeof(csv), "csv:%s/list.csv", f.state);
	sends(&f, "invite", csv, 1, 0, 1);
	assert_int_equal(file_read(csv + 4, 1 << 16, &b, &f.err), 0);
	snprintf(token, sizeof(token), "%s", fixture_text(&f,
	    "SELECT return_token FROM mailing_recipient"));
	snprintf(want, sizeof(want), "token,email,name,link,return_address,area,"
	    "group\ntoken1,u1@example.no,\"Brød, \"\"smør\"\" & sønn\","
	    "https://s.example.no/?t=token1,b+%s@svar.example.no,vest,mat\n", token);
	assert_string_equal(buf_text(&b), want);
	assert_int_equal(stat(csv + 4, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	sends(&f, "invite", csv, 1, 1, 0);
	assert_int_equal(stat(csv + 4, &again), 0);
	assert_int_equal(st.st_ino, again.st_ino);
	buf_free(&b);
	fixture_close(&f);
}

static void
answer(struct fixture *f, int unit, const char *status, int late)
{
	char sql[512];

	snprintf(sql, sizeof(sql), "INSERT INTO answer (study, row_sha256,"
	    " sample_unit, matched, status, answered, late, line, file, read) VALUES"
	    " (1, '%d', %d, 'token', '%s', 2, %d, 1, 'f', 1)", unit, unit, status,
	    late);
	fixture_exec(f, sql);
}

static void
back(struct fixture *f, int recipient, const char *reason, int hard)
{
	char sql[1024];

	snprintf(sql, sizeof(sql), "INSERT INTO bounce_message (id, sha256,"
	    " received, read, kind, study, assigned, token_state, file) VALUES"
	    " (%d, '%d', 1772450000, 1, 'bounce', 1, 'token', 'ok', 'f'); INSERT"
	    " INTO bounce (message, address, status, reason, hard, fault, rule,"
	    " recipient, located) VALUES (%d, 'a', '5.1.1', '%s', %d, 'R', 'r', %d,"
	    " 'certain')", recipient, recipient, recipient, reason, hard,
	    recipient);
	fixture_exec(f, sql);
}

static void
reminders_go_to_whom_they_should(void **state)
{
	struct fixture f;
	struct mail_result r;
	struct buf b = BUF(1 << 20);
	char path[160];

	(void)state;
	begin(&f, 10);
	refuses(&f, "reminder", out, EX_DATAERR, "no invitation has been sent");
	suppress(&f, SUPPRESS_EMAIL, "u10@example.no");
	killed_at(&f, "mail.3", out);
	fixture_exec(&f, "UPDATE mailing_recipient SET state = 'sent', sent = 1"
	    " WHERE id = 1");
	refuses(&f, "reminder", out, EX_DATAERR, "8 are unsent");
	sends(&f, "invite", out, 9, 1, 8);
	fixture_exec(&f, "DELETE FROM suppression");

	answer(&f, 1, "complete", 0);
	answer(&f, 2, "partial", 0);
	answer(&f, 3, "refused", 0);
	answer(&f, 4, "screened", 0);
	answer(&f, 5, "complete", 1);
	back(&f, 6, "userunknown", 1);
	back(&f, 7, "mailboxfull", 0);		/* soft: is written to again */
	suppress(&f, SUPPRESS_ORGNR, "810000008");
	assert_int_equal(disposition_write(&f.w, f.id, &f.err), 0);

	assert_int_equal(mail_count(&f.w, &f.study, f.id, "reminder", &r, &f.err), 0);
	assert_int_equal(r.planned, 2);
	assert_int_equal(r.answered, 4);
	assert_int_equal(r.refused, 1);
	assert_int_equal(r.returned, 1);
	assert_int_equal(r.suppressed, 1);
	assert_int_equal(r.not_invited, 1);
	assert_int_equal(r.left_out, 8);
	f.study.reminder_subject = "En liten paaminnelse";
	sends(&f, "reminder", out, 2, 0, 2);
	snprintf(path, sizeof(path), "%s/new/r%d.smaa", dir,
	    (int)fixture_int(&f, "SELECT max(id) FROM mailing_recipient"));
	assert_int_equal(file_read(path, 1 << 20, &b, &f.err), 0);
	assert_non_null(strstr(b.data, "\nSubject: En liten paaminnelse\n"));
	assert_non_null(strstr(b.data, "\n\nHei igjen\n"));
	buf_free(&b);
	assert_string_equal(fixture_text(&f, "SELECT group_concat(sample_unit) FROM"
	    " (SELECT sample_unit FROM mailing_recipient WHERE mailing = 2 ORDER BY"
	    " 1)"), "7,9");
	sends(&f, "reminder-1", out, 2, 2, 0);
	assert_int_equal(files("new"), 8 + 2);
	fixture_close(&f);
}

/* A key that is rotated between the plan and the letter changes no token. */
static void
a_letter_carries_the_token_it_was_planned_with(void **state)
{
	struct fixture f;
	struct buf b = BUF(1 << 20);
	char path[160], want[128];

	(void)state;
	begin(&f, 2);
	killed_at(&f, "mail.3", out);
	memset(f.keys.bounce[5], 7, 32);
	f.keys.bounce_set[5] = 1;
	f.keys.bounce_now = 5;
	sends(&f, "invite", out, 2, 0, 2);
	snprintf(want, sizeof(want), "Return-Path: <b+%s@svar.example.no>\n",
	    fixture_text(&f, "SELECT return_token FROM mailing_recipient WHERE id = 1"));
	assert_true(strncmp(want, "Return-Path: <b+f", 17) != 0);
	snprintf(path, sizeof(path), "%s/new/r1.smaa", dir);
	assert_int_equal(file_read(path, 1 << 20, &b, &f.err), 0);
	assert_non_null(strstr(b.data, want));
	buf_free(&b);
	fixture_close(&f);
}

/* Days, numbers and texts of reminders: the study file has the say. */
static void
reminders_come_when_they_are_due(void **state)
{
	const int64_t day = 86400;
	struct fixture f;
	struct mail_result r;
	struct mail_ask ask = { .wave = "reminder", .out = out, .preview = 1 };
	struct buf shown = BUF(1 << 20);
	int64_t first;

	(void)state;
	begin(&f, 3);
	f.study.reminders = 2;
	f.study.days_between = 7;
	f.study.nth[2].subject = "For siste gang";
	f.study.nth[2].text = "siste.txt";
	write_file(&f, "siste.txt", "Aller siste\n");
	sends(&f, "invite", out, 3, 0, 3);
	refuses(&f, "reminder", out, EX_TEMPFAIL, "too early: the last letter of "
	    "invite went on");
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM mailing"), 1);
	/* looking is allowed before */
	ask.shown = &shown;
	assert_int_equal(mail_send(&f.w, &f.study, f.id, &ask, &r, &f.err), 0);
	assert_non_null(strstr(buf_text(&shown), "Hei igjen"));
	f.w.now += 7 * day - f.w.now % day - 1;	/* the last second of the sixth day */
	refuses(&f, "reminder", out, EX_TEMPFAIL, "days_between is 7");
	assert_int_equal(mail_count(&f.w, &f.study, f.id, "reminder", &r, &f.err), 0);
	assert_int_equal(r.due, date_of(f.w.now) + 1);
	f.w.now += 1;
	first = f.w.now;
	assert_int_equal(mail_count(&f.w, &f.study, f.id, "reminder", &r, &f.err), 0);
	assert_int_equal(r.planned, 3);
	assert_int_equal(r.reminder, 1);
	assert_int_equal(r.due, DATE_NONE);
	assert_int_equal(r.too_many, 0);
	sends(&f, "reminder", out, 3, 0, 3);
	refuses(&f, "reminder", out, EX_TEMPFAIL, "reminder 2 is too early");
	refuses(&f, "reminder-3", out, EX_DATAERR, "reminder-2 has not been sent");
	f.w.now = first + 7 * day;
	buf_clear(&shown);
	assert_int_equal(mail_send(&f.w, &f.study, f.id, &ask, &r, &f.err), 0);
	assert_non_null(strstr(buf_text(&shown), "Subject: For siste gang"));
	assert_non_null(strstr(buf_text(&shown), "Aller siste"));
	sends(&f, "reminder", out, 3, 0, 3);
	f.w.now += 30 * day;
	refuses(&f, "reminder", out, EX_DATAERR, "reminder 3 would be one too many");
	sends(&f, "reminder-2", out, 3, 3, 0);
	/* a token for each recipient and wave */
	assert_int_equal(fixture_int(&f, "SELECT count(DISTINCT return_token) FROM"
	    " mailing_recipient"), 9);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM mailing WHERE wave IN"
	    " ('invite', 'reminder', 'reminder-2')"), 3);
	f.study.reminders = 9;
	f.study.days_between = 0;
	sends(&f, "reminder", out, 3, 0, 3);
	assert_int_equal(f.study.days_between, 0);
	buf_free(&shown);
	fixture_close(&f);
}

static const char art14_letter[] = "Hei {name}. {controller}, {contact}."
    " {purpose} {legal_basis} Adressen er fra Enhetsregisteret. Alt slettes i"
    " 2030. Du kan protestere, og klage til Datatilsynet.\n";

static void
the_invitation_says_what_it_must(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 1);
	f.study.art14 = 1;
	f.study.contact = "NN";
	f.study.purpose = "Forskning.";
	refuses(&f, "invite", out, EX_CONFIG, "[study] legal_basis");
	f.study.legal_basis = "Art. 6";
	refuses(&f, "invite", out, EX_CONFIG, "whom to ask: {contact}; what for");
	write_file(&f, "invite.txt", art14_letter);
	/* the HTML is read by itself: it must say it too */
	f.study.invite_html = "invite.html";
	write_file(&f, "invite.html", "<p>Hei {name}</p>\n");
	refuses(&f, "invite", out, EX_CONFIG, "invite.html: does not say");
	write_file(&f, "invite.html", "<p>{art14}</p>\n");
	refuses(&f, "invite", out, EX_CONFIG, "[study] retention");
	f.study.retention = "Til 2030 & ikke lenger.";
	sends(&f, "invite", out, 1, 0, 1);
	f.study.days_between = 0;
	refuses(&f, "reminder", out, EX_CONFIG, "reminder.txt: does not say");
	fixture_close(&f);
}

static void
a_letter_has_an_html_alternative(void **state)
{
	struct fixture f;
	struct mail_result r;
	struct buf shown = BUF(1 << 20), b = BUF(1 << 20);
	struct mail_ask ask = { .wave = "invite", .out = out, .preview = 1,
	    .shown = &shown };
	char path[160];
	const char *text, *html;

	(void)state;
	begin(&f, 1);
	f.study.invite_html = "invite.html";
	write_file(&f, "invite.html", "<img src=\"https://t.example.no/x.gif\">\n");
	refuses(&f, "invite", out, EX_CONFIG, "invite.html: line 1: src=");
	write_file(&f, "invite.html", "<p>{nonsense}</p>\n");
	refuses(&f, "invite", out, EX_CONFIG, "HTML template: line 1: there is no field");
	write_file(&f, "invite.html", "<p>Bl\xe5</p>\n");
	refuses(&f, "invite", out, EX_DATAERR, "not UTF-8");
	write_file(&f, "invite.html", "");
	refuses(&f, "invite", out, EX_DATAERR, "is empty");
	fixture_exec(&f, "UPDATE frame_unit SET name = 'A <b>\"& Sønn'");
	write_file(&f, "invite.html", "\xef\xbb\xbf<p title=\"{name}\">Hei {name}: <a "
	    "href=\"{link}\">skjema</a></p>\n");
	assert_int_equal(mail_send(&f.w, &f.study, f.id, &ask, &r, &f.err), 0);
	assert_non_null(strstr(buf_text(&shown), "Hei A <b>\"& Sønn i"));
	assert_non_null(strstr(buf_text(&shown), "title=\"A &lt;b&gt;&quot;&amp; Sønn\""));
	sends(&f, "invite", out, 1, 0, 1);
	snprintf(path, sizeof(path), "%s/new/r1.smaa", dir);
	assert_int_equal(file_read(path, 1 << 20, &b, &f.err), 0);
	assert_non_null(strstr(b.data, "\nContent-Type: multipart/alternative;\n"
	    " boundary=\"=_"));
	text = strstr(b.data, "\nContent-Type: text/plain; charset=utf-8\n");
	html = strstr(b.data, "\nContent-Type: text/html; charset=utf-8\n");
	assert_non_null(text);
	assert_non_null(html);
	assert_true(text < html);
	buf_free(&b);
	buf_free(&shown);
	fixture_close(&f);
}

static void
refuses_before_anything_is_planned(void **state)
{
	struct fixture f;
	char path[160], where[180];

	(void)state;
	begin(&f, 2);
	refuses(&f, "third", out, EX_USAGE, "a wave is invite, reminder or");
	refuses(&f, "invite", "smtp:x", EX_USAGE, "maildir:FOLDER, or csv");
	refuses(&f, "invite", "maildir:", EX_USAGE, "maildir:FOLDER");
	refuses(&f, "invite", "csv", EX_USAGE, "maildir:FOLDER");
	snprintf(path, sizeof(path), "%s/utvalg.db", f.state);
	snprintf(where, sizeof(where), "maildir:%s", path);
	refuses(&f, "invite", where, EX_CANTCREAT, "utvalg.db");
	snprintf(where, sizeof(where), "csv:%s/x.csv", path);
	refuses(&f, "invite", where, EX_CANTCREAT, "x.csv");
	write_file(&f, "invite.txt", "Hei\n{nme}\n");
	refuses(&f, "invite", out, EX_CONFIG, "template: line 2: there is no field");
	write_file(&f, "invite.txt", "{deadline}\n");
	refuses(&f, "invite", out, EX_CONFIG, "{deadline}");
	write_file(&f, "invite.txt", "bl\xe5" "b\xe6r\n");
	refuses(&f, "invite", out, EX_DATAERR, "not UTF-8");
	write_file(&f, "invite.txt", "");
	refuses(&f, "invite", out, EX_DATAERR, "is empty");
	f.study.invite = "missing.txt";
	refuses(&f, "invite", out, EX_NOINPUT, "missing.txt");
	f.study.invite = NULL;
	refuses(&f, "invite", out, EX_CONFIG, "names no template");
	f.study.invite = "reminder.txt";
	f.study.subject = "{x}";
	refuses(&f, "invite", out, EX_CONFIG, "subject");
	f.study.subject = NULL;
	f.study.from = NULL;
	refuses(&f, "invite", out, EX_CONFIG, "no sender");
	f.study.from = "a@example.no";
	f.study.bounce = NULL;
	refuses(&f, "invite", out, EX_CONFIG, "returns come to");
	f.study.bounce = "a-very-long-name-for-returns@example.no";
	refuses(&f, "invite", out, EX_CONFIG, "");
	f.study.bounce = "b@svar.example.no";
	f.w.now = 0;
	refuses(&f, "invite", out, EX_OSERR, "clock");
	f.w.now = INT64_C(1772449800);
	fixture_exec(&f, "UPDATE frame_unit SET email = 'a@example.no' || char(10) ||"
	    " 'Bcc: b@example.no' WHERE id = 2");
	refuses(&f, "invite", out, EX_DATAERR, "drawn unit 2");
	assert_int_equal(fixture_int(&f, "SELECT (SELECT count(*) FROM mailing) +"
	    " (SELECT count(*) FROM mailing_recipient)"), 0);
	assert_int_equal(files("new"), 0);
	fixture_exec(&f, "DELETE FROM sample_unit; DELETE FROM sample");
	refuses(&f, "invite", out, EX_NOINPUT, "nobody is drawn");
	fixture_close(&f);
}

static void
a_preview_shows_and_does_nothing(void **state)
{
	struct fixture f;
	struct buf b = BUF(1 << 20);
	struct mail_ask ask = { .wave = "invite", .preview = 2, .shown = &b };
	struct mail_result r;

	(void)state;
	begin(&f, 4);
	suppress(&f, SUPPRESS_EMAIL, "u1@example.no");
	assert_int_equal(mail_send(&f.w, &f.study, f.id, &ask, &r, &f.err), 0);
	assert_null(strstr(buf_text(&b), "Hei Firma 1"));
	assert_non_null(strstr(buf_text(&b), "Hei Firma 2"));
	assert_non_null(strstr(buf_text(&b), "Hei Firma 3"));
	assert_null(strstr(buf_text(&b), "Hei Firma 4"));
	assert_null(strstr(buf_text(&b), "Content-Transfer-Encoding"));
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM mailing"), 0);

	/* once all are sent it shows those, rather than nothing */
	sends(&f, "invite", out, 3, 0, 3);
	buf_clear(&b);
	assert_int_equal(mail_send(&f.w, &f.study, f.id, &ask, &r, &f.err), 0);
	assert_non_null(strstr(buf_text(&b), "Hei Firma 2"));
	buf_free(&b);
	fixture_close(&f);
}

static void
a_lost_list_is_written_again(void **state)
{
	struct fixture f;
	struct buf first = BUF(1 << 20), second = BUF(1 << 20);
	char place[200], path[160];

	(void)state;
	begin(&f, 3);
	snprintf(path, sizeof(path), "%s/liste.csv", f.state);
	snprintf(place, sizeof(place), "csv:%s", path);
	sends(&f, "invite", place, 3, 0, 3);
	assert_int_equal(file_read(path, 1 << 20, &first, &f.err), 0);
	assert_int_equal(unlink(path), 0);
	/* to another place it is not */
	sends(&f, "invite", "csv:/nowhere/liste.csv", 3, 3, 0);
	sends(&f, "invite", place, 3, 3, 0);
	assert_int_equal(file_read(path, 1 << 20, &second, &f.err), 0);
	assert_string_equal(buf_text(&first), buf_text(&second));
	buf_free(&first);
	buf_free(&second);
	fixture_close(&f);
}

static void
names_from_the_register_stay_in_their_place(void **state)
{
	struct fixture f;
	struct buf b = BUF(1 << 20);
	char path[160];

	(void)state;
	begin(&f, 1);
	fixture_exec(&f, "UPDATE frame_unit SET name = 'A' || char(13) || char(10) ||"
	    " 'Bcc: evil@example.org' || char(10) || char(10) || 'B'");
	sends(&f, "invite", out, 1, 0, 1);
	snprintf(path, sizeof(path), "%s/new/r1.smaa", dir);
	assert_int_equal(file_read(path, 1 << 20, &b, &f.err), 0);
	assert_null(strstr(b.data, "\nBcc:"));
	assert_non_null(strstr(b.data, "\n\nHei A  Bcc: evil@example.org  B i vest"));
	buf_free(&b);
	fixture_close(&f);
}

/* Each platform's import file, with a name that needs its quotes. */
static void
platforms_get_their_own_form(void **state)
{
	static const struct { const char *kind, *want; } t[] = {
		{ "limesurvey", "firstname,lastname,email,emailstatus,token,language,"
		    "usesleft,attribute_1 <area>,attribute_2 <group>\n"
		    ",\"A, B\",u1@example.no,OK,token1,nb,1,vest,mat\n" },
		{ "qualtrics", "Email,FirstName,LastName,ExternalDataReference,"
		    "Language,area,group\nu1@example.no,,\"A, B\",token1,NO,vest,mat\n" },
		{ "listmonk", "email,name,attributes\nu1@example.no,\"A, B\","
		    "\"{\"\"token\"\": \"\"token1\"\", "
		    "\"\"link\"\": \"\"https://s.example.no/?t=token1\"\", "
		    "\"\"area\"\": \"\"vest\"\", \"\"group\"\": \"\"mat\"\"}\"\n" },
		{ "nettskjema", "u1@example.no\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct fixture f;
		struct buf b = BUF(1 << 16);
		char place[160];

		begin(&f, 1);
		fixture_exec(&f, "UPDATE frame_unit SET name = 'A, B'");
		snprintf(place, sizeof(place), "%s:%s/list", t[i].kind, f.state);
		sends(&f, "invite", place, 1, 0, 1);
		assert_int_equal(file_read(strchr(place, ':') + 1, 1 << 16, &b,
		    &f.err), 0);
		assert_string_equal(buf_text(&b), t[i].want);
		buf_free(&b);
		fixture_close(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_drawn_unit_gets_one_mail),
		cmocka_unit_test(nobody_gets_two),
		cmocka_unit_test(who_is_suppressed_is_left_out),
		cmocka_unit_test(killed_anywhere_the_end_is_the_same),
		cmocka_unit_test(goes_on_between_groups),
		cmocka_unit_test(who_drops_out_after_the_plan_is_taken_off),
		cmocka_unit_test(a_mailing_goes_on_where_it_began),
		cmocka_unit_test(a_list_for_other_programs),
		cmocka_unit_test(platforms_get_their_own_form),
		cmocka_unit_test(reminders_go_to_whom_they_should),
		cmocka_unit_test(a_letter_carries_the_token_it_was_planned_with),
		cmocka_unit_test(reminders_come_when_they_are_due),
		cmocka_unit_test(the_invitation_says_what_it_must),
		cmocka_unit_test(a_letter_has_an_html_alternative),
		cmocka_unit_test(refuses_before_anything_is_planned),
		cmocka_unit_test(a_preview_shows_and_does_nothing),
		cmocka_unit_test(a_lost_list_is_written_again),
		cmocka_unit_test(names_from_the_register_stay_in_their_place),
	};

	return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
