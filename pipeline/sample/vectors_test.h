#ifndef PIPELINE_SAMPLE_VECTORS_TEST_H
#define PIPELINE_SAMPLE_VECTORS_TEST_H

/* The shared vectors, for the tests of this folder: rows of id, operation,
 * input and expected, and the frame of 300 made-up units. */

#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/csv.h"
#include "pipeline/base/file.h"
#include "pipeline/base/mem.h"

#define VECTORS	"../shared/data/sampling/"

struct vectors {
	struct buf b;
	char *save;
	char *field[4];
};

__attribute__((unused)) static int
vectors_open(struct vectors *v, const char *file)
{
	struct err err;

	memset(v, 0, sizeof(*v));
	v->b.max = 4 << 20;
	return file_exists(file) && file_read(file, v->b.max, &v->b, &err) == 0;
}

__attribute__((unused)) static int
vectors_next(struct vectors *v)
{
	char *line, *s = NULL;

	line = strtok_r(v->save == NULL ? v->b.data : NULL, "\n", &v->save);
	if (line == NULL) {
		buf_free(&v->b);
		return 0;
	}
	for (int i = 0; i < 4; i++)
		v->field[i] = strtok_r(i == 0 ? line : NULL, "\t", &s);
	return 1;
}

/* The text behind "key=" in "a=1;b=2", up to ';'; NULL if it is not there. */
__attribute__((unused)) static const char *
vectors_find(const char *text, const char *key)
{
	size_t n = strlen(key);

	for (const char *s = text; s != NULL; s = strpbrk(s, ";")) {
		s += strspn(s, "; ");
		if (strncmp(s, key, n) == 0 && s[n] == '=')
			return s + n + 1;
	}
	return NULL;
}

__attribute__((unused)) static double
vectors_real(const char *text, const char *key)
{
	const char *s = vectors_find(text, key);

	return s == NULL ? 0 : strtod(s, NULL);
}

/* "1,2,3" up to ';' or '|'; how many. */
__attribute__((unused)) static size_t
vectors_list(const char *s, double *ret, size_t max)
{
	size_t n = 0;
	char *end;

	if (s == NULL)
		return 0;
	while (n < max) {
		ret[n] = strtod(s, &end);
		if (end == s)
			break;
		n++;
		if (*end != ',')
			break;
		s = end + 1;
	}
	return n;
}

/* A column of a CSV file; how many rows, 0 where it is not there. */
__attribute__((unused)) static size_t
vectors_column(const char *file, const char *name, double *ret, size_t max)
{
	struct buf b = BUF(16 << 20);
	struct csv c;
	struct err err;
	size_t n = 0;
	int at;

	if (!file_exists(file) || file_read(file, b.max, &b, &err) != 0)
		return 0;
	if (csv_open(&c, b.data, b.len, ',', &err) != 0)
		abort();
	at = csv_column(&c, name);
	while (at >= 0 && n < max && csv_next(&c, &err) == 1)
		ret[n++] = strtod(c.field[at], NULL);
	csv_close(&c);
	buf_free(&b);
	return n;
}

#endif /* !PIPELINE_SAMPLE_VECTORS_TEST_H */
