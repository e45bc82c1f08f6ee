#include <stdlib.h>
#include <string.h>

#include "email/email.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"
#include "pipeline/frame/listing.h"
#include "pipeline/frame/signed.h"

#include "pipeline/frame/corrections.h"

enum column { UNIT, REGISTERED, CORRECTED, COLUMNS };

static const char *const column_name[COLUMNS][SIGNED_NAMES] = {
	[UNIT] = { "unit", "enhet", "orgnr" },
	[REGISTERED] = { "registered", "registrert" },
	[CORRECTED] = { "corrected", "rettet" },
};

struct correction {
	const char *unit, *registered, *corrected;
	size_t line;
	int used, stale;
};
struct corrections {
	struct arena *arena;
	struct correction *row;		/* by unit */
	size_t n, cap;
};

static int
by_unit(const void *a, const void *b)
{
	const struct correction *x = a, *y = b;

	return strcmp(x->unit, y->unit);
}

static int
take_row(void *ctx, const char *const *field, size_t line, struct err *err)
{
	struct corrections *c = ctx;
	const char *to = field[CORRECTED];
	struct email e;

	if (field[UNIT][0] == '\0')
		return err_set(err, EX_DATAERR, "line %zu: no unit", line);
	if (strcmp(to, "-") == 0)
		to = "";
	else {
		email_check(NULL, to, strlen(to), &e);
		if (e.reason != EMAIL_OK)
			return err_set(err, EX_DATAERR, "line %zu: what it is corrected to "
			    "is no usable address (%s)", line,
			    email_reason_code(e.reason));
	}
	if (c->n == c->cap) {
		c->cap = c->cap > 0 ? 2 * c->cap : 64;
		c->row = mem_grow(c->row, c->cap, sizeof(*c->row));
	}
	c->row[c->n++] = (struct correction){ .line = line,
		.unit = arena_str(c->arena, field[UNIT]),
		.registered = arena_str(c->arena, field[REGISTERED]),
		.corrected = arena_str(c->arena, to) };
	return 0;
}

/* By unit, each once. */
static int
sort(struct corrections *c, struct err *err)
{
	if (c->n > 1)
		qsort(c->row, c->n, sizeof(*c->row), by_unit);
	for (size_t i = 1; i < c->n; i++)
		if (strcmp(c->row[i - 1].unit, c->row[i].unit) == 0)
			return err_set(err, EX_DATAERR, "lines %zu and %zu are about one "
			    "unit", c->row[i - 1].line, c->row[i].line);
	return 0;
}

int
corrections_read(const struct study *study, struct corrections **ret,
    unsigned char sha256[static 32], struct err *err)
{
	struct corrections *c = mem_alloc(sizeof(*c));
	const struct signed_file file = { column_name, COLUMNS, CORRECTED, take_row,
		c };
	struct buf path = BUF(8192);
	struct hash *sum;
	int r;

	memset(sha256, 0, 32);
	c->arena = arena_new();
	*ret = c;
	if (study->corrections == NULL)
		return 0;
	listing_path(study, study->corrections, &path);
	sum = hash_begin();
	r = signed_read(buf_text(&path), &file, sum, err);
	hash_end(sum, sha256);
	buf_free(&path);
	if (r == 0)
		r = sort(c, err);
	if (r == 0)
		return 0;
	corrections_free(c);
	*ret = NULL;
	return err_context(err, "corrections %s", study->corrections);
}

void
corrections_free(struct corrections *c)
{
	if (c == NULL)
		return;
	free(c->row);
	arena_free(c->arena);
	free(c);
}

/* The same text?  What was written for Excel has an apostrophe before a sign
 * that it would run. */
static int
same(const char *row, const char *registered)
{
	return strcmp(row, registered) == 0 || (row[0] == '\'' &&
	    strcmp(row + 1, registered) == 0);
}

const char *
corrections_find(struct corrections *c, const char *key, const char *registered)
{
	struct correction want = { .unit = key }, *row;

	if (c->n == 0)
		return NULL;
	row = bsearch(&want, c->row, c->n, sizeof(*c->row), by_unit);
	if (row == NULL)
		return NULL;
	row->used = same(row->registered, registered != NULL ? registered : "");
	row->stale = !row->used;
	return row->used ? row->corrected : NULL;
}

void
corrections_count(const struct world *w, const struct corrections *c,
    int64_t *used, int64_t *stale)
{
	*used = *stale = 0;
	for (size_t i = 0; i < c->n; i++) {
		*used += c->row[i].used;
		*stale += c->row[i].stale;
		if (c->row[i].stale)
			talk_line(w->talk, "corrections: line %zu: the register has "
			    "another address now: not used", c->row[i].line);
	}
}
