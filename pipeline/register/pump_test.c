#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <zlib.h>

#include "pipeline/base/buf.h"
#include "pipeline/register/pump.h"

enum { OCTETS = 3 * PUMP_PIECES * PUMP_SIZE + 12345 };

static char *text;

/* A gzip file of ${text}, its last ${cut} octets missing, opened. */
static int
packed(size_t cut)
{
	char path[] = "/tmp/utvalg-pump.XXXXXX";
	int fd = mkstemp(path);
	gzFile gz = gzdopen(dup(fd), "wb1");
	off_t end;

	assert_int_equal(gzwrite(gz, text, OCTETS), OCTETS);
	gzclose(gz);
	end = lseek(fd, 0, SEEK_END);
	assert_int_equal(ftruncate(fd, end - (off_t)cut), 0);
	lseek(fd, 0, SEEK_SET);
	unlink(path);
	return fd;
}

static int
setup(void **state)
{
	uint64_t r = 1;

	(void)state;
	text = malloc(OCTETS);
	for (size_t i = 0; i < OCTETS; i++) {
		r = r * UINT64_C(6364136223846793005) + 1442695040888963407u;
		text[i] = "abcdefgh"[r >> 61];
	}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	free(text);
	return 0;
}

static void
what_comes_out_is_what_went_in(void **state)
{
	int fd = packed(0);
	struct gunzip *gz = gunzip_new(fd, 1 << 30);
	struct err err;
	struct pump *p = pump_start(gz, &err);
	const char *data;
	size_t at = 0;
	int64_t n, in = 0;

	(void)state;
	assert_non_null(p);
	while ((n = pump_read(p, &data, &in, &err)) > 0) {
		assert_memory_equal(data, text + at, (size_t)n);
		at += (size_t)n;
		if (at < 4 * (size_t)PUMP_SIZE)
			usleep(2000);	/* a slow reader: the ring fills */
	}
	assert_int_equal(n, 0);
	assert_int_equal(at, OCTETS);
	assert_true(in > 0);
	assert_int_equal(pump_read(p, &data, NULL, &err), 0);
	pump_stop(p);
	gunzip_free(gz);
	close(fd);
}

static void
a_fault_comes_behind_the_octets_before_it(void **state)
{
	int fd = packed(4);
	struct gunzip *gz = gunzip_new(fd, 1 << 30);
	struct err err;
	struct pump *p = pump_start(gz, &err);
	const char *data;
	size_t at = 0;
	int64_t n;

	(void)state;
	while ((n = pump_read(p, &data, NULL, &err)) > 0)
		at += (size_t)n;
	assert_int_equal(n, -1);
	assert_int_equal(at, OCTETS);
	assert_int_equal(err.status, EX_DATAERR);
	assert_memory_equal(err.text, "truncated after ", 16);
	pump_stop(p);
	gunzip_free(gz);
	close(fd);
}

static void
a_reader_may_stop_at_any_piece(void **state)
{
	(void)state;
	for (int pieces = 0; pieces < 12; pieces++) {
		int fd = packed(0);
		struct gunzip *gz = gunzip_new(fd, 1 << 30);
		struct err err;
		struct pump *p = pump_start(gz, &err);
		const char *data;

		for (int i = 0; i < pieces; i++)
			assert_int_equal(pump_read(p, &data, NULL, &err), PUMP_SIZE);
		pump_stop(p);
		gunzip_free(gz);
		close(fd);
	}
	pump_stop(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_out_is_what_went_in),
		cmocka_unit_test(a_fault_comes_behind_the_octets_before_it),
		cmocka_unit_test(a_reader_may_stop_at_any_piece),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
