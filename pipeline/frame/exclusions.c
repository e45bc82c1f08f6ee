#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/csv.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/talk.h"
#include "pipeline/frame/known.h"
#include "pipeline/frame/listing.h"
#include "pipeline/frame/reach.h"

#include "pipeline/frame/exclusions.h"

enum { LIST_MAX = 64 << 20 };

struct exclusions {
	struct arena *arena;
	struct known key;	/* "nine digits" and "address key" */
};

static const char *
cell(const struct csv *csv, int column)
{
	const char *s = column < 0 ? "" : csv->field[column];

	return s + strspn(s, " \t");
}

/* What people call the columns. */
static int
column_of(const struct csv *csv, const char *const *names)
{
	int c = -1;

	for (; c < 0 && *names != NULL; names++)
		c = csv_column(csv, *names);
	return c;
}

/* The organisation number of a row: 1, 0 where it has none, -1 if it is wrong. */
static int
exclude_orgnr(struct exclusions *x, const struct csv *csv, int column)
{
	int32_t v;
	const char *why;
	int r = listing_orgnr(cell(csv, column), &v, &why);

	if (r == 1)
		known_put(&x->key, arena_printf(x->arena, "%09d", (int)v), 0);
	return r;
}

static int
exclude_email(struct exclusions *x, struct reach *reach, const struct csv *csv,
    int column)
{
	const char *key[REACH_KEYS], *s = cell(csv, column);
	size_t n;

	if (*s == '\0')
		return 0;
	n = reach_keys(reach, x->arena, s, key);
	for (size_t i = 0; i < n; i++)
		known_put(&x->key, key[i], 0);
	return n > 0 ? 1 : -1;
}

static int
exclude_rows(const struct world *w, const char *file, struct reach *reach,
    struct exclusions *x, struct csv *csv, struct err *err)
{
	static const char *const orgnr_names[] = { "orgnr", "organisasjonsnummer", NULL };
	static const char *const email_names[] = { "epost", "e-post", "epostadresse",
		"email", "e-mail", NULL };
	int orgnr = column_of(csv, orgnr_names), email = column_of(csv, email_names);
	int more;

	if (orgnr < 0 && email < 0)
		return err_set(err, EX_DATAERR, "line 1: no column orgnr, epost or email "
		    "in its heading");
	while ((more = csv_next(csv, err)) == 1) {
		if (exclude_orgnr(x, csv, orgnr) < 0)
			talk_line(w->talk, "%s: line %zu: no organisation number: nobody is "
			    "left out by it", file, csv->line);
		if (exclude_email(x, reach, csv, email) < 0)
			talk_line(w->talk, "%s: line %zu: no e-mail address: nobody is left "
			    "out by it", file, csv->line);
	}
	return more;
}

int
exclusions_read(const struct world *w, const struct study *study,
    struct reach *reach, struct exclusions **ret, unsigned char sha256[static 32],
    struct err *err)
{
	struct exclusions *x;
	struct buf path = BUF(8192), text = BUF(LIST_MAX);
	struct csv csv;
	int r = -1;

	memset(sha256, 0, 32);
	*ret = x = mem_alloc(sizeof(*x));
	x->arena = arena_new();
	if (study->exclude == NULL)
		return 0;
	listing_path(study, study->exclude, &path);
	if (file_read(buf_text(&path), LIST_MAX, &text, err) != 0)
		goto free_text;
	hash_sha256(buf_text(&text), text.len, sha256);
	if (csv_open(&csv, buf_text(&text), text.len, 0, err) != 0)
		goto free_text;
	r = exclude_rows(w, study->exclude, reach, x, &csv, err);
	csv_close(&csv);
free_text:
	buf_free(&text);
	buf_free(&path);
	if (r == 0)
		return 0;
	exclusions_free(x);
	*ret = NULL;
	return err_context(err, "exclusion list %s", study->exclude);
}

int
exclusions_has(const struct exclusions *x, int32_t orgnr, const char *email_key)
{
	char digits[16];

	if (orgnr != 0) {
		snprintf(digits, sizeof(digits), "%09d", (int)orgnr);
		if (known_find(&x->key, digits) >= 0)
			return 1;
	}
	return email_key != NULL && known_find(&x->key, email_key) >= 0;
}

void
exclusions_free(struct exclusions *x)
{
	if (x == NULL)
		return;
	known_free(&x->key);
	arena_free(x->arena);
	free(x);
}
