/* What the fuzzers of this folder begin with and have found, tried each time:
 * every promise that a fuzzer holds its parser to holds for its seeds. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/file.h"

#define LLVMFuzzerTestOneInput dsn_input
#define RECIPIENTS DSN_RECIPIENTS
#include "pipeline/contact/dsn_fuzz.c"
#undef LLVMFuzzerTestOneInput
#undef RECIPIENTS
#define LLVMFuzzerTestOneInput sieve_input
#include "pipeline/contact/sieve_fuzz.c"
#undef LLVMFuzzerTestOneInput

static void
replay(const char *name, int (*input)(const uint8_t *, size_t))
{
	struct buf data = BUF(1 << 20);
	struct file_list list;
	struct err err;
	char path[512];
	size_t i;

	snprintf(path, sizeof(path), "tests/corpus/%s", name);
	assert_int_equal(file_list(path, &list, &err), 0);
	for (i = 0; i < list.n; i++) {
		snprintf(path, sizeof(path), "tests/corpus/%s/%s", name,
		    list.name[i]);
		buf_clear(&data);
		assert_int_equal(file_read(path, 1 << 20, &data, &err), 0);
		assert_int_equal(input((const uint8_t *)buf_text(&data),
		    data.len), 0);
	}
	assert_true(list.n > 1);
	file_list_free(&list);
	buf_free(&data);
}

static void
reports(void **state)
{

	(void)state;
	replay("dsn", dsn_input);
}

static void
lines(void **state)
{

	(void)state;
	replay("sieve", sieve_input);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports),
		cmocka_unit_test(lines),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
