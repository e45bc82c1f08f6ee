#include <stdlib.h>
#include <string.h>

#include "email/email.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/csv.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"

#include "pipeline/frame/corrections.h"

enum { FILE_MAX = 16 << 20 };
enum column { UNIT, REGISTERED, CORRECTED, BY, DATE, COLUMNS };

static const char *const column_name[COLUMNS][3] = {
	[UNIT] = { "unit", "enhet", "orgnr" },
	[REGISTERED] = { "registered", "registrert", NULL },
	[CORRECTED] = { "corrected", "rettet", NULL },
	[BY] = { "by", "av", NULL },
	[DATE] = { "date", "dato", NULL },
};

struct correction {
	const char *unit, *registered, *corrected;
	size_t line;
	int used, stale;
};
struct corrections {
	struct arena *arena;
	struct correction *row;		/* by unit */
	size_t n;
};

static int
by_unit(const void *a, const void *b)
{
	const struct correction *x = a, *y = b;

	return strcmp(x->unit, y->unit);
}

/* The columns of the heading; by, date may be missing where nothing is decided. */
static int
columns(const struct csv *csv, int at[static COLUMNS], struct err *err)
{
	char names[200];

	for (int c = 0; c < COLUMNS; c++) {
		at[c] = -1;
		for (int k = 0; k < 3 && at[c] < 0 && column_name[c][k] != NULL; k++)
			at[c] = csv_column(csv, column_name[c][k]);
		if (at[c] >= 0)
			continue;
		csv_names(csv, names, sizeof(names));
		return err_set(err, EX_DATAERR, "line 1: there is no column \"%s\": %s",
		    column_name[c][0], names);
	}
	return 0;
}

/* Is it a decision, and one that can be carried out? */
static int
check(const struct csv *csv, const int at[static COLUMNS], struct err *err)
{
	const char *to = csv->field[at[CORRECTED]], *date = csv->field[at[DATE]];
	struct email e;
	int32_t day;

	if (csv->field[at[UNIT]][0] == '\0')
		return err_set(err, EX_DATAERR, "line %zu: no unit", csv->line);
	if (csv->field[at[BY]][0] == '\0')
		return err_set(err, EX_DATAERR, "line %zu: it does not say by whom "
		    "it was decided", csv->line);
	if (date_parse(date, strlen(date), &day) != 0)
		return err_set(err, EX_DATAERR, "line %zu: the date of the decision is "
		    "to be YYYY-MM-DD", csv->line);
	if (strcmp(to, "-") == 0)
		return 0;
	email_check(NULL, to, strlen(to), &e);
	if (e.reason != EMAIL_OK)
		return err_set(err, EX_DATAERR, "line %zu: what it is corrected to is no "
		    "usable address (%s)", csv->line, email_reason_code(e.reason));
	return 0;
}

static int
take_rows(struct corrections *c, struct csv *csv, struct err *err)
{
	int at[COLUMNS] = { 0 }, more;
	size_t cap = 0;

	if (columns(csv, at, err) != 0)
		return -1;
	while ((more = csv_next(csv, err)) == 1) {
		const char *to = csv->field[at[CORRECTED]];

		if (to[0] == '\0')
			continue;
		if (check(csv, at, err) != 0)
			return -1;
		if (c->n == cap) {
			cap = cap > 0 ? 2 * cap : 64;
			c->row = mem_grow(c->row, cap, sizeof(*c->row));
		}
		c->row[c->n++] = (struct correction){
			.unit = arena_str(c->arena, csv->field[at[UNIT]]),
			.registered = arena_str(c->arena,
			    csv->field[at[REGISTERED]]),
			.corrected = strcmp(to, "-") == 0 ? "" :
			    arena_str(c->arena, to),
			.line = csv->line };
	}
	if (more < 0)
		return -1;
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
	struct buf path = BUF(8192), text = BUF(FILE_MAX);
	struct csv csv;
	int r = -1;

	memset(sha256, 0, 32);
	c->arena = arena_new();
	*ret = c;
	if (study->corrections == NULL)
		return 0;
	if (study->corrections[0] == '/' || study->folder[0] == '\0')
		buf_str(&path, study->corrections);
	else
		buf_printf(&path, "%s/%s", study->folder, study->corrections);
	if (file_read(buf_text(&path), FILE_MAX, &text, err) == 0) {
		hash_sha256(buf_text(&text), text.len, sha256);
		if (csv_open(&csv, buf_text(&text), text.len, 0, err) == 0) {
			r = take_rows(c, &csv, err);
			csv_close(&csv);
		}
	}
	buf_free(&text);
	buf_free(&path);
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
