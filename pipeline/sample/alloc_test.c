#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/file.h"

#include "pipeline/sample/alloc.h"

enum { MANY = 16 };

static struct err err;

/* "1,2,3" into ${ret}; how many. */
static size_t
numbers(const char *s, int64_t *ret)
{
	size_t n = 0;

	while (n < MANY) {
		char *end;

		ret[n++] = strtoll(s, &end, 10);
		if (*end != ',')
			break;
		s = end + 1;
	}
	return n;
}

static void
print(const struct alloc_stratum *s, size_t k, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t h = 0; h < k; h++)
		at += (size_t)snprintf(out + at, size - at, "%s%" PRId64,
		    h > 0 ? "," : "", s[h].n);
}

static const struct {
	const char *says;
	int64_t n, min;
	const char *size, *sd;	/* sd NULL: proportional */
	const char *want;	/* NULL: refused, with ${word} */
	const char *word;
} cases[] = {
	{ "shares in proportion", 60, 0, "70,27,2,1,48,14,60,41,23,14", NULL,
	    "14,5,0,0,10,3,12,8,5,3", NULL },
	{ "gives ties to the earlier stratum", 10, 0, "10,10,10,10", NULL,
	    "3,3,2,2", NULL },
	{ "shares by size and spread, one at least", 90, 1,
	    "70,27,2,1,48,14,60,41,23,14",
	    "15264,26914,1355,0,13286,15587,11892,7814,21399,15309",
	    "21,15,1,1,13,4,14,7,10,4", NULL },
	{ "shares again what a cap gives back", 100, 1, "5,40,300,900",
	    "9000,700,60,5", "5,40,44,11", NULL },
	{ "takes everyone", 6, 0, "1,2,3", NULL, "1,2,3", NULL },
	{ "takes nobody", 0, 0, "1,2,3", NULL, "0,0,0", NULL },
	{ "leaves an empty stratum empty", 2, 0, "0,5,5", NULL, "0,1,1", NULL },
	{ "gives each one at least", 5, 1, "1000,1,1,1", NULL, "2,1,1,1", NULL },
	{ "asks nothing of an empty stratum", 3, 1, "0,9,9", NULL, "0,2,1", NULL },
	{ "refuses more than there are", 7, 0, "1,2,3", NULL, NULL,
	    "more than the 6 units" },
	{ "refuses less than the minima", 2, 1, "5,5,5", NULL, NULL,
	    "at least (a, a" },
	{ "refuses what no weight can take", 5, 0, "5,5", "0,0", NULL,
	    "no other stratum" },
	{ "is exact where doubles are not", 3, 0,
	    "900000001,900000002,900000003", NULL, "1,1,1", NULL },
};

static void
check(const char *says, int64_t n, int64_t min, const char *size,
    const char *sd, const char *want, const char *word)
{
	struct alloc_stratum s[MANY];
	int64_t N[MANY], S[MANY];
	char got[256];
	size_t k = numbers(size, N);

	memset(s, 0, sizeof(s));
	if (sd != NULL)
		assert_int_equal(numbers(sd, S), k);
	for (size_t h = 0; h < k; h++)
		s[h] = (struct alloc_stratum){ "a", sd != NULL ? N[h] * S[h] : N[h],
		    min < N[h] ? min : N[h], N[h], 0 };
	if (alloc_share(s, k, n, &err) != 0) {
		if (want != NULL)
			fail_msg("%s: refused: %s", says, err.text);
		if (err.status != EX_DATAERR || strstr(err.text, word) == NULL)
			fail_msg("%s: %s", says, err.text);
		return;
	}
	print(s, k, got, sizeof(got));
	if (want == NULL || strcmp(got, want) != 0)
		fail_msg("%s: got %s, want %s", says, got, want == NULL ?
		    "refusal" : want);
}

static void
allocates_as_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i].says, cases[i].n, cases[i].min, cases[i].size,
		    cases[i].sd, cases[i].want, cases[i].word);
}

/* Value of "key=" in "a=1;b=2;", up to ';'; NULL if it is not there. */
static char *
value(const char *text, const char *key, char out[static 256])
{
	const char *s = strstr(text, key);
	size_t n;

	if (s == NULL || (s != text && s[-1] != ';'))
		return NULL;
	s += strlen(key);
	n = strcspn(s, ";\t\n");
	if (n >= 256)
		return NULL;
	memcpy(out, s, n);
	out[n] = '\0';
	return out;
}

static void
agrees_with_the_shared_vectors(void **state)
{
	struct buf b = BUF(1 << 20);
	char *line, *save = NULL, *id, *op, *in, *out;
	char n[256], min[256], size[256], sd[256], want[256];
	int seen = 0;

	(void)state;
	if (!file_exists("../shared/data/sampling/sampling_vectors.tsv"))
		return;		/* the same cases stand above */
	assert_int_equal(file_read("../shared/data/sampling/sampling_vectors.tsv",
	    1 << 20, &b, &err), 0);
	for (line = strtok_r(b.data, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save)) {
		char *s2 = NULL;

		id = strtok_r(line, "\t", &s2);
		op = strtok_r(NULL, "\t", &s2);
		in = strtok_r(NULL, "\t", &s2);
		out = strtok_r(NULL, "\t", &s2);
		if (out == NULL || strncmp(id, "made_alloc_", 11) != 0 || op == NULL)
			continue;
		assert_non_null(value(in, "n=", n));
		assert_non_null(value(in, "Nh=", size));
		assert_non_null(value(out, "nh=", want));
		check(id, strtoll(n, NULL, 10), value(in, "min=", min) != NULL ?
		    strtoll(min, NULL, 10) : 0, size, value(in, "Sh=", sd), want,
		    NULL);
		seen++;
	}
	assert_true(seen >= 4);
	buf_free(&b);
}

/* The answer is clamp(k * weight) for some k, to within one unit. */
static void
keeps_bounds_sum_and_proportion(void **state)
{
	uint32_t x = 12345;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct alloc_stratum s[MANY];
		size_t k;
		int64_t low = 0, high = 0, sum = 0, n;

		x = x * 1664525 + 1013904223;
		k = 1 + (x >> 16) % (MANY - 1);
		for (size_t h = 0; h < k; h++) {
			x = x * 1664525 + 1013904223;
			s[h].name = "a";
			s[h].weight = 1 + (x >> 16) % 500;
			s[h].min = (x >> 8) % 4;
			s[h].max = s[h].min + (x >> 20) % 60;
			low += s[h].min;
			high += s[h].max;
		}
		x = x * 1664525 + 1013904223;
		n = low + (int64_t)(x >> 4) % (high - low + 1);
		assert_int_equal(alloc_share(s, k, n, &err), 0);
		for (size_t h = 0; h < k; h++) {
			assert_true(s[h].n >= s[h].min && s[h].n <= s[h].max);
			sum += s[h].n;
		}
		assert_int_equal(sum, n);
		/* nobody who may give has over one unit more per weight than
		 * somebody who may take */
		for (size_t a = 0; a < k; a++)
			for (size_t b = 0; b < k; b++)
				if (s[a].n > s[a].min && s[b].n < s[b].max)
					assert_true((s[a].n - 1) * s[b].weight <=
					    (s[b].n + 1) * s[a].weight);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocates_as_the_table_says),
		cmocka_unit_test(agrees_with_the_shared_vectors),
		cmocka_unit_test(keeps_bounds_sum_and_proportion),
	};

	return cmocka_run_group_tests_name("alloc", tests, NULL, NULL);
}
