#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/csv.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/mem.h"
#include "pipeline/frame/listing.h"

#include "pipeline/frame/decisions.h"

enum { FILE_MAX = 16 << 20 };
enum column { ROW, DECISION, BY, DATE, COLUMNS };

static const char *const column_name[COLUMNS][2] = {
	[ROW] = { "row", "rad" },
	[DECISION] = { "decision", "avgjort" },
	[BY] = { "by", "av" },
	[DATE] = { "date", "dato" },
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
	size_t n;
};

static int
by_key(const void *a, const void *b)
{
	const struct decided *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static int
columns(const struct csv *csv, int at[static COLUMNS], struct err *err)
{
	char names[200];

	for (int c = 0; c < COLUMNS; c++) {
		at[c] = csv_column(csv, column_name[c][0]);
		if (at[c] < 0)
			at[c] = csv_column(csv, column_name[c][1]);
		if (at[c] >= 0)
			continue;
		csv_names(csv, names, sizeof(names));
		return err_set(err, EX_DATAERR, "line 1: there is no column \"%s\": %s",
		    column_name[c][0], names);
	}
	return 0;
}

static int
take_row(struct decisions *d, const struct csv *csv, const int at[static COLUMNS],
    struct decided *row, struct err *err)
{
	const char *text = csv->field[at[DECISION]], *date = csv->field[at[DATE]];
	const char *why = "is not a number";
	int32_t day;

	*row = (struct decided){ .line = csv->line, .key = arena_str(d->arena,
	    csv->field[at[ROW]]) };
	if (row->key[0] == '\0')
		return err_set(err, EX_DATAERR, "line %zu: no row", csv->line);
	if (strcmp(text, "-") == 0)
		row->what = DECISION_OUT;
	else if (strcmp(text, "new") == 0 || strcmp(text, "ny") == 0)
		row->what = DECISION_NEW;
	else if (listing_orgnr(text, &row->orgnr, &why) == 1)
		row->what = DECISION_UNIT;
	else
		return err_set(err, EX_DATAERR, "line %zu: decided is an organisation "
		    "number, new, or -; this %s", csv->line, why);
	if (csv->field[at[BY]][0] == '\0')
		return err_set(err, EX_DATAERR, "line %zu: it does not say by whom "
		    "it was decided", csv->line);
	if (date_parse(date, strlen(date), &day) != 0)
		return err_set(err, EX_DATAERR, "line %zu: the date of the decision is "
		    "to be YYYY-MM-DD", csv->line);
	return 0;
}

static int
take_rows(struct decisions *d, struct csv *csv, struct err *err)
{
	int at[COLUMNS] = { 0 }, more;
	size_t cap = 0;

	if (columns(csv, at, err) != 0)
		return -1;
	while ((more = csv_next(csv, err)) == 1) {
		if (csv->field[at[DECISION]][0] == '\0')
			continue;
		if (d->n == cap) {
			cap = cap > 0 ? 2 * cap : 64;
			d->row = mem_grow(d->row, cap, sizeof(*d->row));
		}
		if (take_row(d, csv, at, &d->row[d->n], err) != 0)
			return -1;
		d->n++;
	}
	if (more < 0)
		return -1;
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
	struct buf path = BUF(8192), text = BUF(FILE_MAX);
	struct csv csv;
	int r = -1;

	d->arena = arena_new();
	*ret = d;
	if (list->decisions == NULL)
		return 0;
	listing_path(study, list->decisions, &path);
	if (file_read(buf_text(&path), FILE_MAX, &text, err) == 0) {
		hash_add(sum, buf_text(&text), text.len);
		if (csv_open(&csv, buf_text(&text), text.len, 0, err) == 0) {
			r = take_rows(d, &csv, err);
			csv_close(&csv);
		}
	}
	buf_free(&text);
	buf_free(&path);
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
