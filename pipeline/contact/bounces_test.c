/* Mail from the spool, a maildir, an mbox or files; and what stays of it. */

#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>

#include "tests/returns.h"

#include "pipeline/contact/bounces.h"
#include "pipeline/contact/spool.h"

static struct bounces_result n;

static const char *
path(const struct fixture *f, const char *name)
{
	return returns_text("%s/%s", f->state, name);
}

static void
put_text(const struct fixture *f, const char *name, const char *text)
{
	struct err err;

	if (file_write(path(f, name), 0600, text, strlen(text), &err) != 0)
		fail_msg("%s", err.text);
}

/* A hard bounce of that recipient, told apart by its number. */
static void
bounce_text(struct fixture *f, int recipient, int number, struct buf *b)
{
	struct returned r = { .final = "rfc822; post@bedrift.example" };

	r.message_id = returns_text("<%d@mx.example.org>", number);
	r.copy_ref = returns_token(f, recipient);
	returns_mail(&r, b);
}

static void
put(struct fixture *f, const char *name, int recipient)
{
	struct buf b = BUF(1 << 16);

	bounce_text(f, recipient, recipient, &b);
	put_text(f, name, buf_text(&b));
	buf_free(&b);
}

static int
files(const struct fixture *f, const char *folder)
{
	struct file_list l;
	struct err err;
	int count;

	if (file_list(path(f, folder), &l, &err) != 0)
		return -1;
	count = (int)l.n;
	file_list_free(&l);
	return count;
}

static void
open_world(struct fixture *f)
{
	returns_open(f);
	assert_int_equal(spool_make(path(f, "spool"), &f->err), 0);
}

static void
run(struct fixture *f)
{
	const struct bounces_ask ask = { .spool = 1 };

	if (bounces_read(&f->w, &ask, &n, &f->err) != 0)
		fail_msg("%s", f->err.text);
}

/* read, again, bounce, other, broken, left; then new, done, unknown. */
static const char *
outcome(const struct fixture *f)
{
	return returns_text("%d=%d+%d+%d+%d left %d; %d %d %d", (int)n.read,
	    (int)n.again, (int)n.bounce, (int)n.other, (int)n.broken, (int)n.left,
	    files(f, "spool/new"), files(f, "spool/done"), files(f, "spool/unknown"));
}

static int
returned(struct fixture *f)
{
	return (int)fixture_int(f, "SELECT count(*) FROM disposition WHERE returned");
}

static void
a_mail_is_moved_when_its_evidence_is_safe(void **state)
{
	struct fixture f;

	(void)state;
	open_world(&f);
	put(&f, "spool/new/1", 101);
	put(&f, "spool/new/2", 102);
	put_text(&f, "spool/new/3", "Subject: hei\n\nhva er dette?\n");
	put_text(&f, "spool/new/4", "");
	put_text(&f, "spool/new/.skjult", "x");
	run(&f);
	assert_string_equal(outcome(&f), "4=0+2+2+0 left 0; 1 2 2");
	assert_true(file_exists(path(&f, "spool/done/2")));
	assert_true(file_exists(path(&f, "spool/unknown/3")));
	assert_int_equal(returned(&f), 2);
	run(&f);
	assert_string_equal(outcome(&f), "0=0+0+0+0 left 0; 1 2 2");
	/* killed between the database and the files: they are there once more */
	put(&f, "spool/new/1", 101);
	put_text(&f, "spool/new/3", "Subject: hei\n\nhva er dette?\n");
	run(&f);
	assert_string_equal(outcome(&f), "2=2+0+0+0 left 0; 1 2 2");
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM bounce_message"), 4);
	fixture_close(&f);
}

static void
a_dry_run_touches_nothing(void **state)
{
	struct fixture f;

	(void)state;
	open_world(&f);
	put(&f, "spool/new/1", 101);
	put_text(&f, "spool/new/2", "x");
	put_text(&f, "spool/tmp/old", "x");
	f.w.dry_run = 1;
	f.w.now += (int64_t)20 * 365 * RETURNS_DAY;	/* tmp/old is old by then */
	run(&f);
	assert_string_equal(outcome(&f), "2=0+1+1+0 left 0; 2 0 0");
	assert_int_equal(files(&f, "spool/tmp"), 1);
	assert_false(file_exists(path(&f, "spool/trying")));
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM bounce_message"), 0);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM disposition"), 0);
	fixture_close(&f);
}

static void
what_cannot_be_read_or_moved_stays(void **state)
{
	struct fixture f;

	(void)state;
	open_world(&f);
	put(&f, "spool/new/1", 101);
	assert_int_equal(mkdir(path(&f, "spool/new/2"), 0700), 0);
	put(&f, "spool/new/3", 103);
	put_text(&f, "spool/new/4", "x");
	assert_int_equal(rmdir(path(&f, "spool/done")), 0);
	put_text(&f, "spool/done", "no folder");
	run(&f);
	assert_string_equal(outcome(&f), "3=0+2+1+0 left 3; 3 -1 1");
	assert_int_equal(returned(&f), 2);
	assert_int_equal(unlink(path(&f, "spool/done")), 0);
	assert_int_equal(rmdir(path(&f, "spool/new/2")), 0);
	run(&f);
	assert_string_equal(outcome(&f), "2=2+0+0+0 left 0; 0 2 1");
	fixture_close(&f);
}

static void
a_mail_that_kills_the_reader_is_passed_by(void **state)
{
	struct fixture f;

	(void)state;
	open_world(&f);
	for (int i = 1; i <= 3; i++)
		put(&f, returns_text("spool/new/%d", i), 100 + i);
	/* a good mail that the last run was killed at */
	put_text(&f, "spool/trying", "spool 1");
	run(&f);
	assert_string_equal(outcome(&f), "3=0+3+0+0 left 0; 0 3 0");
	for (int i = 4; i <= 6; i++)
		put(&f, returns_text("spool/new/%d", i), 100 + i);
	/* one that kills the child as well */
	put_text(&f, "spool/trying", "spool 5");
	setenv("UTVALG_KILL_AT", "bounces.probe", 1);
	run(&f);
	unsetenv("UTVALG_KILL_AT");
	assert_string_equal(outcome(&f), "3=0+2+0+1 left 0; 0 5 1");
	assert_true(file_exists(path(&f, "spool/unknown/5")));
	assert_string_equal(fixture_text(&f, "SELECT file || review || kind FROM"
	    " bounce_message WHERE kind = 'broken'"), "51broken");
	assert_int_equal(returned(&f), 5);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM bounce"), 5);
	put(&f, "spool/new/7", 105);	/* and known from then on */
	run(&f);
	assert_string_equal(outcome(&f), "1=1+0+0+0 left 0; 0 5 2");
	fixture_close(&f);
}

static void
tmp_is_swept_when_it_is_old(void **state)
{
	struct fixture f;
	struct timeval old[2];

	(void)state;
	open_world(&f);
	put_text(&f, "spool/tmp/a", "x");
	put_text(&f, "spool/tmp/b", "x");
	old[0].tv_sec = old[1].tv_sec = (time_t)f.w.now - 3601;
	old[0].tv_usec = old[1].tv_usec = 0;
	assert_int_equal(utimes(path(&f, "spool/tmp/a"), old), 0);
	old[0].tv_sec = old[1].tv_sec = (time_t)f.w.now - 3599;
	assert_int_equal(utimes(path(&f, "spool/tmp/b"), old), 0);
	run(&f);
	assert_false(file_exists(path(&f, "spool/tmp/a")));
	assert_true(file_exists(path(&f, "spool/tmp/b")));
	fixture_close(&f);
}

static void
maildirs_and_files_are_read_in_place(void **state)
{
	struct fixture f;
	struct bounces_ask ask = { 0 };
	char one[100], none[100];
	char *list[] = { one, none };

	(void)state;
	open_world(&f);
	assert_int_equal(mkdir(path(&f, "m"), 0700), 0);
	assert_int_equal(mkdir(path(&f, "m/new"), 0700), 0);
	assert_int_equal(mkdir(path(&f, "m/cur"), 0700), 0);
	put(&f, "m/new/1", 101);
	put(&f, "m/cur/2:2,S", 102);
	put(&f, "spool/new/9", 106);
	ask.maildir = path(&f, "m");
	assert_int_equal(bounces_read(&f.w, &ask, &n, &f.err), 0);
	assert_string_equal(outcome(&f), "2=0+2+0+0 left 0; 1 0 0");
	assert_int_equal(files(&f, "m/new") + files(&f, "m/cur"), 2);
	assert_int_equal(returned(&f), 2);
	assert_int_equal(bounces_read(&f.w, &ask, &n, &f.err), 0);
	assert_string_equal(outcome(&f), "2=2+0+0+0 left 0; 1 0 0");
	/* what cannot be read is left, the others are read */
	assert_int_equal(mkdir(path(&f, "m/new/0"), 0700), 0);
	put(&f, "m/new/3", 103);
	assert_int_equal(bounces_read(&f.w, &ask, &n, &f.err), 0);
	assert_string_equal(outcome(&f), "3=2+1+0+0 left 1; 1 0 0");
	ask.maildir = path(&f, "spool/done");
	assert_int_equal(bounces_read(&f.w, &ask, &n, &f.err), -1);
	assert_int_equal(f.err.status, EX_NOINPUT);
	/* a file that was named must be there, or nothing is written */
	ask.maildir = NULL;
	put(&f, "eneste.eml", 104);
	snprintf(one, sizeof(one), "%s", path(&f, "eneste.eml"));
	snprintf(none, sizeof(none), "%s", path(&f, "ingen.eml"));
	ask.file = list;
	ask.nfile = 2;
	assert_int_equal(bounces_read(&f.w, &ask, &n, &f.err), -1);
	assert_int_equal(f.err.status, EX_NOINPUT);
	assert_int_equal(returned(&f), 3);
	ask.nfile = 1;
	assert_int_equal(bounces_read(&f.w, &ask, &n, &f.err), 0);
	assert_int_equal(returned(&f), 4);
	fixture_close(&f);
}

static void
an_mbox_is_read_mail_by_mail(void **state)
{
	struct fixture f;
	struct bounces_ask ask = { 0 };
	struct buf box = BUF(1 << 20), b = BUF(1 << 16);
	const char *from = "From MAILER-DAEMON Mon Mar  2 10:00:00 2026";

	(void)state;
	open_world(&f);
	for (int i = 1; i <= 3; i++) {
		bounce_text(&f, 100 + i, i, &b);
		buf_printf(&box, "%s\n%s\n", from, buf_text(&b));
		if (i == 2)
			buf_printf(&box, "%s\nSubject: x\n\n>From 1 to 2\n\n", from);
	}
	put_text(&f, "boks", buf_text(&box));
	ask.mbox = path(&f, "boks");
	assert_int_equal(bounces_read(&f.w, &ask, &n, &f.err), 0);
	assert_string_equal(outcome(&f), "4=0+3+1+0 left 0; 0 0 0");
	assert_int_equal(returned(&f), 3);
	assert_string_equal(fixture_text(&f, "SELECT file FROM bounce_message WHERE"
	    " kind = 'other'"), "boks:3");
	/* it grows: the old ones are known, the last one as well */
	bounce_text(&f, 104, 4, &b);
	buf_printf(&box, "%s\n%s\n", from, buf_text(&b));
	put_text(&f, "boks", buf_text(&box));
	assert_int_equal(bounces_read(&f.w, &ask, &n, &f.err), 0);
	assert_string_equal(outcome(&f), "5=4+1+0+0 left 0; 0 0 0");
	/* the same mails through the hook */
	bounce_text(&f, 102, 2, &b);
	put_text(&f, "spool/new/1", buf_text(&b));
	run(&f);
	assert_string_equal(outcome(&f), "1=1+0+0+0 left 0; 0 1 0");
	put_text(&f, "boks", "Subject: no mbox\n\nx\n");
	assert_int_equal(bounces_read(&f.w, &ask, &n, &f.err), -1);
	assert_int_equal(f.err.status, EX_DATAERR);
	buf_free(&box);
	buf_free(&b);
	fixture_close(&f);
}

static void
many_go_in_groups(void **state)
{
	struct fixture f;
	struct buf b = BUF(1 << 16);
	struct timespec from, to;
	double ms;

	(void)state;
	open_world(&f);
	for (int i = 0; i < 1201; i++) {
		bounce_text(&f, 101 + i % 6, i, &b);
		put_text(&f, returns_text("spool/new/%04d", i), buf_text(&b));
	}
	clock_gettime(CLOCK_MONOTONIC, &from);
	run(&f);
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_string_equal(outcome(&f), "1201=0+1201+0+0 left 0; 0 1201 0");
	assert_int_equal(n.located, 1201);
	assert_int_equal(returned(&f), 6);
	ms = (double)(to.tv_sec - from.tv_sec) * 1e3 +
	    (double)(to.tv_nsec - from.tv_nsec) / 1e6;
	print_message("1201 mails: %.0f ms\n", ms);
	buf_free(&b);
	fixture_close(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mail_is_moved_when_its_evidence_is_safe),
		cmocka_unit_test(a_dry_run_touches_nothing),
		cmocka_unit_test(what_cannot_be_read_or_moved_stays),
		cmocka_unit_test(a_mail_that_kills_the_reader_is_passed_by),
		cmocka_unit_test(tmp_is_swept_when_it_is_old),
		cmocka_unit_test(maildirs_and_files_are_read_in_place),
		cmocka_unit_test(an_mbox_is_read_mail_by_mail),
		cmocka_unit_test(many_go_in_groups),
	};

	return cmocka_run_group_tests_name("bounces", tests, NULL, NULL);
}
