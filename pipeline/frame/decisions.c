#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"
#include "pipeline/frame/listing.h"
#include "pipeline/frame/signed.h"

#include "pipeline/frame/decisions.h"

enum column { ROW, DECISION, COLUMNS };

static const char *const column_name[COLUMNS][SIGNED_NAMES] = {
	[ROW] = { "row", "rad" },
	[DECISION] = { "decision", "avgjort" },
};

struct decided {
	const char *key;
	enum decision what;
	int32_t orgnr;
	size_t line;
	int used;
};
struct decisions {
	struct arena *arena;
	struct decided *row;	/* by key */
	size_t n, cap;
};

static int
by_key(const void *a, const void *b)
{
	const struct decided *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static int
take_row(void *ctx, const char *const *field, size_t line, struct err *err)
{
	struct decisions *d = ctx;
	const char *text = field[DECISION], *why = "is not a number";
	struct decided row = { .line = line, .key = arena_str(d->arena, field[ROW]) };

	if (row.key[0] == '\0')
		return err_set(err, EX_DATAERR, "line %zu: no row", line);
	if (strcmp(text, "-") == 0)
		row.what = DECISION_OUT;
	else if (strcmp(text, "new") == 0 || strcmp(text, "ny") == 0)
		row.what = DECISION_NEW;
	else if (listing_orgnr(text, &row.orgnr, &why) == 1)
		row.what = DECISION_UNIT;
	else
		return err_set(err, EX_DATAERR, "line %zu: decided is an organisation "
		    "number, new, or -; this %s", line, why);
	if (d->n == d->cap) {
		d->cap = d->cap > 0 ? 2 * d->cap : 64;
		d->row = mem_grow(d->row, d->cap, sizeof(*d->row));
	}
	d->row[d->n++] = row;
	return 0;
}

/* By key, each once. */
static int
sort(struct decisions *d, struct err *err)
{
	if (d->n > 1)
		qsort(d->row, d->n, sizeof(*d->row), by_key);
	for (size_t i = 1; i < d->n; i++)
		if (strcmp(d->row[i - 1].key, d->row[i].key) == 0)
			return err_set(err, EX_DATAERR, "lines %zu and %zu are about one "
			    "row", d->row[i - 1].line, d->row[i].line);
	return 0;
}

int
decisions_read(const struct study *study, const struct study_list *list,
    struct hash *sum, struct decisions **ret, struct err *err)
{
	struct decisions *d = mem_alloc(sizeof(*d));
	const struct signed_file file = { column_name, COLUMNS, DECISION, take_row, d };
	struct buf path = BUF(8192);
	int r;

	d->arena = arena_new();
	*ret = d;
	if (list->decisions == NULL)
		return 0;
	listing_path(study, list->decisions, &path);
	r = signed_read(buf_text(&path), &file, sum, err);
	buf_free(&path);
	if (r == 0)
		r = sort(d, err);
	if (r == 0)
		return 0;
	decisions_free(d);
	*ret = NULL;
	return err_context(err, "list %s: decisions %s", list->name, list->decisions);
}

void
decisions_free(struct decisions *d)
{
	if (d == NULL)
		return;
	free(d->row);
	arena_free(d->arena);
	free(d);
}

enum decision
decisions_find(struct decisions *d, const char *key, int32_t *orgnr)
{
	struct decided want = { .key = key }, *row;

	if (d->n == 0)
		return DECISION_NONE;
	row = bsearch(&want, d->row, d->n, sizeof(*d->row), by_key);
	if (row == NULL)
		return DECISION_NONE;
	row->used = 1;
	*orgnr = row->orgnr;
	return row->what;
}

int64_t
decisions_stale(const struct decisions *d, size_t *line)
{
	int64_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		if (d->row[i].used)
			continue;
		if (n++ == 0 || d->row[i].line < *line)
			*line = d->row[i].line;
	}
	return n;
}
