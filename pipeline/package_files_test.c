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

#include "pipeline/package_files.h"

static char top[64];

static int
make_folder(void **state)
{
	(void)state;
	snprintf(top, sizeof(top), "/tmp/package_test-XXXXXX");
	return mkdtemp(top) == NULL ? -1 : 0;
}

static int
remove_folder(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", top);
	return system(command);
}

static void
put(struct package_files *p, const char *name, const char *text)
{
	struct buf b = BUF(100);
	struct err err = { 0 };

	buf_str(&b, text);
	assert_int_equal(package_put(p, name, 0644, &b, &err), 0);
	assert_null(b.data);
}

static void
seal(struct package_files *p, const char *text)
{
	struct err err = { 0 };

	put(p, "tables/net.csv", "a,b\n");
	put(p, "README.txt", text);
	assert_int_equal(package_seal(p, &err), 0);
}

static enum package_there
look(const struct package_files *p, const char *dir)
{
	struct err err = { 0 };
	enum package_there there;

	assert_int_equal(package_look(p, dir, &there, &err), 0);
	return there;
}

static void
test_sums(void **state)
{
	struct package_files p = { 0 };

	(void)state;
	seal(&p, "abc");
	assert_int_equal(p.n, 3);
	assert_string_equal(p.file[0].name, "README.txt");	/* by octets */
	assert_string_equal(p.file[1].name, "SHA256SUMS");
	/* FIPS 180-4's own example */
	assert_memory_equal(buf_text(&p.file[1].text), "ba7816bf8f01cfea414140de5dae22"
	    "23b00361a396177a9cb410ff61f20015ad  README.txt\n", 76);
	package_files_free(&p);
}

static void
test_over(void **state)
{
	struct package_files p = { 0 };
	struct buf b = BUF(3);
	struct err err = { 0 };

	(void)state;
	buf_str(&b, "abcd");
	assert_int_equal(package_put(&p, "a", 0644, &b, &err), -1);
	assert_int_equal(err.status, EX_DATAERR);
	buf_free(&b);
	package_files_free(&p);
}

/* Laid, looked at, replaced; and what is not ours is told. */
static void
test_lay(void **state)
{
	struct package_files p = { 0 }, other = { 0 };
	struct err err = { 0 };
	char dir[100], path[140];
	struct stat st;

	(void)state;
	snprintf(dir, sizeof(dir), "%s/a", top);
	snprintf(path, sizeof(path), "%s/README.txt", dir);
	seal(&p, "abc");
	seal(&other, "abcd");
	assert_int_equal(look(&p, dir), PACKAGE_NOTHING);
	assert_int_equal(mkdir(dir, 0755), 0);
	assert_int_equal(look(&p, dir), PACKAGE_NOTHING);	/* empty */
	assert_int_equal(package_prepare(&p, dir, 1000000000, NULL, 0, &err), 0);
	assert_int_equal(look(&p, dir), PACKAGE_NOTHING);	/* not yet */
	assert_int_equal(package_lay(dir, &err), 0);
	assert_int_equal(look(&p, dir), PACKAGE_SAME);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mtime, 1000000000);
	assert_int_equal(look(&other, dir), PACKAGE_EARLIER);
	assert_int_equal(package_prepare(&other, dir, 1000000000, NULL, 0, &err), 0);
	assert_int_equal(look(&p, dir), PACKAGE_SAME);		/* not yet */
	assert_int_equal(package_lay(dir, &err), 0);
	assert_int_equal(look(&other, dir), PACKAGE_SAME);
	assert_int_equal(look(&p, dir), PACKAGE_EARLIER);

	/* changed, then with one file more, then without one */
	assert_int_equal(file_write(path, 0644, "abce", 4, &err), 0);
	assert_int_equal(look(&other, dir), PACKAGE_OTHER);
	assert_int_equal(file_write(path, 0644, "abcd", 4, &err), 0);
	assert_int_equal(look(&other, dir), PACKAGE_SAME);
	snprintf(path, sizeof(path), "%s/tables/mine.txt", dir);
	assert_int_equal(file_write(path, 0644, "", 0, &err), 0);
	assert_int_equal(look(&other, dir), PACKAGE_OTHER);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/tables/net.csv", dir);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/hostname", path), 0);
	assert_int_equal(look(&other, dir), PACKAGE_OTHER);
	package_files_free(&p);
	package_files_free(&other);
}

/* The same octets in any time zone. */
static void
test_zip(void **state)
{
	struct buf a = BUF(10000), b = BUF(10000);
	struct package_files p = { 0 };
	struct err err = { 0 };

	(void)state;
	seal(&p, "abc");
	setenv("TZ", "UTC", 1);
	assert_int_equal(package_zip(&p, "a", 1791000002, &a, &err), 0);
	setenv("TZ", "Asia/Tokyo", 1);
	assert_int_equal(package_zip(&p, "a", 1791000002, &b, &err), 0);
	unsetenv("TZ");
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	assert_memory_equal(a.data, "PK\003\004", 4);
	/* 2026-10-03 04:00:02 as APPNOTE.TXT 4.4.6 has it */
	assert_memory_equal(a.data + 10, "\001\040\103\135", 4);
	buf_free(&a);
	buf_free(&b);
	package_files_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_over),
		cmocka_unit_test(test_lay),
		cmocka_unit_test(test_zip),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
