#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "tests/fixture.h"

#include "pipeline/contact/spool.h"

static const struct envelope known = { "", "b+tok@svar.example.no",
	"b+TOK@svar.example.no", "tok" };
static const struct envelope unknown = { NULL, NULL, NULL, NULL };

static char base[64], spool[96];

static void
begin(void)
{
	snprintf(base, sizeof(base), "/tmp/utvalg-test-XXXXXX");
	assert_non_null(mkdtemp(base));
	snprintf(spool, sizeof(spool), "%s/spool", base);
}

static void
end(void)
{
	fixture_remove(base);
}

/* An unlinked file that holds these octets. */
static int
mail_of(const char *data, size_t len)
{
	FILE *f = tmpfile();
	int fd;

	assert_non_null(f);
	fd = dup(fileno(f));
	fclose(f);
	assert_int_equal(file_write_all(fd, data, len), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static size_t
count(const char *folder)
{
	struct file_list list;
	struct err err;
	char path[128];
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", spool, folder);
	if (file_list(path, &list, &err) != 0)
		return 0;
	n = list.n;
	file_list_free(&list);
	return n;
}

/* Store, read back the one file of new/, split it. */
static void
there_and_back(const char *data, size_t len, size_t max,
    const struct envelope *e, struct buf *b, struct spooled *got)
{
	struct file_list list;
	struct err err;
	char path[512];
	struct stat st;
	int fd = mail_of(data, len);

	assert_int_equal(spool_put(spool, fd, e, max, &err), 0);
	close(fd);
	assert_int_equal(count("tmp"), 0);
	snprintf(path, sizeof(path), "%s/new", spool);
	assert_int_equal(file_list(path, &list, &err), 0);
	assert_int_equal(list.n, 1);
	snprintf(path, sizeof(path), "%s/new/%.300s", spool, list.name[0]);
	file_list_free(&list);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(file_read(path, 1 << 28, b, &err), 0);
	assert_int_equal(unlink(path), 0);
	spool_read(b->data, b->len, got);
}

static void
what_goes_in_comes_out_octet_by_octet(void **state)
{
	static const char forged[] = "X-Utvalg-Envelope-Recipient: evil@example.org\n"
	    "X-Utvalg-Envelope-End: 1\nSubject: x\n\nbody";
	static const struct { const char *says, *data; size_t len; } cases[] = {
		{ "empty", "", 0 },
		{ "one octet", "\0", 1 },
		{ "without a newline", "Subject: x", 10 },
		{ "NUL octets", "a\0b\r\n\0\0\n", 8 },
		{ "no ASCII", "\xff\xfe\x80\n", 4 },
		{ "a forged envelope", forged, sizeof(forged) - 1 },
		{ "an mbox line", "From a Mon\nSubject: x\n", 22 },
	};

	(void)state;
	begin();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF(BUF_ANY);
		struct spooled got;

		there_and_back(cases[i].data, cases[i].len, SPOOL_MAX, &known, &b, &got);
		if (got.len != cases[i].len ||
		    memcmp(got.mail, cases[i].data, got.len) != 0)
			fail_msg("%s: the mail differs", cases[i].says);
		assert_string_equal(got.sender, "");
		assert_string_equal(got.recipient, known.recipient);
		assert_string_equal(got.original, known.original);
		assert_string_equal(got.extension, known.extension);
		assert_int_equal(got.cut, 0);
		assert_true(got.received > INT64_C(1500000000) &&
		    got.received <= clock_now());
		buf_free(&b);
	}
	end();
}

static void
keeps_the_head_of_what_is_too_long(void **state)
{
	static char big[200000];
	struct buf b = BUF(BUF_ANY);
	struct spooled got;

	(void)state;
	begin();
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)('a' + i % 26);
	there_and_back(big, sizeof(big), 100000, &unknown, &b, &got);
	assert_int_equal(got.len, 100000);
	assert_memory_equal(got.mail, big, 100000);
	assert_int_equal(got.cut, 1);
	assert_string_equal(got.recipient, "");
	buf_free(&b);
	there_and_back(big, 100000, 100000, &unknown, &b, &got);
	assert_int_equal(got.len, 100000);
	assert_int_equal(got.cut, 0);
	buf_free(&b);
	end();
}

static void
an_envelope_cannot_break_out_of_its_line(void **state)
{
	struct buf b = BUF(BUF_ANY);
	struct spooled got;
	struct envelope e = { NULL, "a@b\nX-Utvalg-Envelope-Cut: 1\r\n", NULL, NULL };
	char longer[2000];

	(void)state;
	begin();
	there_and_back("x", 1, SPOOL_MAX, &e, &b, &got);
	assert_string_equal(got.recipient, "a@b?X-Utvalg-Envelope-Cut: 1??");
	assert_int_equal(got.cut, 0);
	buf_free(&b);
	memset(longer, 'y', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	e = (struct envelope){ longer, longer, longer, longer };
	there_and_back("x", 1, SPOOL_MAX, &e, &b, &got);
	assert_int_equal(strlen(got.sender), 511);
	assert_int_equal(strlen(got.extension), 511);
	assert_int_equal(got.len, 1);
	buf_free(&b);
	end();
}

static void
a_file_without_envelope_is_all_mail(void **state)
{
	static const char *const text[] = { "", "Subject: x\n\nbody\n",
		"X-Utvalg-Envelope-Recipient: a@example.no\nSubject: x\n",
		"X-Utvalg-Envelope-Recipient: a@example.no\n",
		"X-Utvalg-Envelope-Recipient: a@example.no",
		"X-Utvalg-Envelope-Other: 1\nX-Utvalg-Envelope-End: 1\n" };
	struct spooled got;

	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		spool_read(text[i], strlen(text[i]), &got);
		assert_ptr_equal(got.mail, text[i]);
		assert_int_equal(got.len, strlen(text[i]));
		assert_string_equal(got.recipient, "");
		assert_true(got.received == MOMENT_NONE);
	}
}

static void
makes_folders_but_not_the_one_above(void **state)
{
	struct err err;
	struct stat st;
	char deep[160];
	int fd = mail_of("x", 1);

	(void)state;
	begin();
	snprintf(deep, sizeof(deep), "%s/not/there", base);
	assert_int_equal(spool_put(deep, fd, &unknown, SPOOL_MAX, &err), -1);
	assert_int_equal(spool_put(spool, fd, &unknown, SPOOL_MAX, &err), 0);
	assert_int_equal(stat(spool, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	snprintf(deep, sizeof(deep), "%s/tmp", spool);
	assert_int_equal(rmdir(deep), 0);
	assert_int_equal(spool_put(spool, fd, &unknown, SPOOL_MAX, &err), 0);
	assert_int_equal(count("new"), 2);
	close(fd);
	end();
}

static void
a_full_disk_leaves_nothing_behind(void **state)
{
	static char big[65536];
	int status;
	pid_t pid;

	(void)state;
	begin();
	pid = fork();
	if (pid == 0) {
		struct rlimit lim = { 20000, 20000 };
		struct err err;
		int fd = mail_of(big, sizeof(big));

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &lim);
		_exit(spool_put(spool, fd, &unknown, SPOOL_MAX, &err) == -1 &&
		    err.status == EX_IOERR ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(count("new"), 0);
	assert_int_equal(count("tmp"), 0);
	end();
}

static void
killed_anywhere_a_mail_is_whole_or_not_there(void **state)
{
	static const struct { const char *at; size_t new, tmp; } cases[] = {
		{ "spool.1", 0, 1 }, { "spool.2", 0, 1 }, { "spool.3", 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err;
		int status, fd = mail_of("mail", 4);
		pid_t pid;

		begin();
		pid = fork();
		if (pid == 0) {
			setenv("UTVALG_KILL_AT", cases[i].at, 1);
			spool_put(spool, fd, &unknown, SPOOL_MAX, &err);
			_exit(1);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(count("new"), cases[i].new);
		assert_int_equal(count("tmp"), cases[i].tmp);
		/* what it left is swept away when it is old, not before */
		assert_int_equal(spool_sweep(spool, clock_now(), 3600, &err), 0);
		assert_int_equal(count("tmp"), cases[i].tmp);
		assert_int_equal(spool_sweep(spool, clock_now() + 7200, 3600, &err), 0);
		assert_int_equal(count("tmp"), 0);
		assert_int_equal(count("new"), cases[i].new);
		close(fd);
		end();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_in_comes_out_octet_by_octet),
		cmocka_unit_test(keeps_the_head_of_what_is_too_long),
		cmocka_unit_test(an_envelope_cannot_break_out_of_its_line),
		cmocka_unit_test(a_file_without_envelope_is_all_mail),
		cmocka_unit_test(makes_folders_but_not_the_one_above),
		cmocka_unit_test(a_full_disk_leaves_nothing_behind),
		cmocka_unit_test(killed_anywhere_a_mail_is_whole_or_not_there),
	};

	return cmocka_run_group_tests_name("spool", tests, NULL, NULL);
}
