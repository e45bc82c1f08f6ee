#ifndef NACE_KLASS_TEST_H
#define NACE_KLASS_TEST_H

/*
 * klass_test -- Statistics Norway's own lists beside the project, for the tests
 * that hold our tables against them.  Where they are not at hand the test is
 * skipped, and says so in the list that tests/run.sh keeps ($SKIPS).
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/csv.h"
#include "pipeline/base/file.h"

static inline void
klass_skip(const char *name)
{
	const char *list = getenv("SKIPS");
	FILE *f = list != NULL ? fopen(list, "a") : NULL;

	if (f != NULL) {
		fputs("no-shared\n", f);
		fclose(f);
	}
	printf("skip - %s: not at hand\n", name);
	fflush(stdout);
	skip();
}

/* Open one of the lists (columns parted by ';'), or skip the test.  Klass leaves
 * out trailing columns that nothing stands in, but names them in the heading. */
static inline void
klass_open(const char *name, struct csv *c)
{
	enum { MAX = 4 << 20 };
	struct buf b = BUF(MAX);
	static const char unused[] = ";\"validFrom\";\"validTo\"";
	struct err err = { 0, "" };
	char path[128], *at;

	snprintf(path, sizeof(path), "../shared/data/klass/%s", name);
	if (!file_exists(path))
		klass_skip(name);
	assert_int_equal(file_read(path, MAX, &b, &err), 0);
	at = strstr(buf_text(&b), unused);
	if (at != NULL && at < strchr(buf_text(&b), '\n')) {
		memmove(at, at + sizeof(unused) - 1, strlen(at + sizeof(unused) - 1) + 1);
		b.len -= sizeof(unused) - 1;
	}
	assert_int_equal(csv_open(c, b.data, b.len, ';', &err), 0);
	buf_free(&b);
}

#endif /* !NACE_KLASS_TEST_H */
