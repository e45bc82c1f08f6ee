#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nace/fold.h"
#include "pipeline/base/file.h"
#include "pipeline/base/num.h"
#include "pipeline/frame/grid_private.h"

#include "pipeline/frame/listing.h"

enum { FILE_MAX = 64 << 20, LOOK_FOR_HEADING = 20, ROUNDED = 7 };

void
listing_path(const struct study *study, const char *file, struct buf *path)
{
	if (file[0] == '/' || study->folder[0] == '\0')
		buf_str(path, file);
	else
		buf_printf(path, "%s/%s", study->folder, file);
}

/* What a column holds, and what people call it, part of a word. */
static const struct {
	const char *what;
	const char *called[5];
} fields[LISTING_FIELDS] = {
	[LISTING_NAME] = { "name", { "navn", "name", "firma", "bedrift", NULL } },
	[LISTING_EMAIL] = { "e-mail", { "post", "mail", NULL } },
	[LISTING_MUNICIPALITY] = { "municipality", { "kommune", "municip", NULL } },
	[LISTING_ORGNR] = { "organisation number", { "org", NULL } },
	[LISTING_ID] = { "identity", { "id", "nr", "nummer", "number", NULL } },
	[LISTING_POSTCODE] = { "postcode", { "post", "zip", NULL } },
};

static void
wanted(const struct study_list *l, const char *name[static LISTING_FIELDS])
{
	name[LISTING_NAME] = l->col_name;
	name[LISTING_EMAIL] = l->col_email;
	name[LISTING_MUNICIPALITY] = l->col_municipality;
	name[LISTING_ORGNR] = l->col_orgnr;
	name[LISTING_ID] = l->col_id;
	name[LISTING_POSTCODE] = l->col_postcode;
}

/* The column of that name in a row: its index, -1 for none, -2 for two of them,
 * the second in *${again}. */
static long
column(const struct grid_row *row, const char *name, size_t *again)
{
	char *want = fold(name);
	long at = -1;

	for (size_t i = 0; want != NULL && i < row->n; i++) {
		char *have = fold(row->cell[i]);

		if (have != NULL && strcmp(have, want) == 0) {
			*again = i;
			at = at == -1 ? (long)i : -2;
		}
		free(have);
		if (at == -2)
			break;
	}
	free(want);
	return at;
}

/* Are all columns that the study names in this row? */
static int
is_heading(const struct grid_row *row, const char *const name[static LISTING_FIELDS])
{
	size_t again;

	for (int f = 0; f < LISTING_FIELDS; f++)
		if (name[f] != NULL && column(row, name[f], &again) == -1)
			return 0;
	return 1;
}

/* Somebody's data rather than the name of a column? */
static int
is_data(const char *s)
{
	int digits = 0;

	for (; *s != '\0'; s++) {
		digits += *s >= '0' && *s <= '9';
		if (*s == '@' || digits == 9)
			return 1;
	}
	return 0;
}

static int
no_column(const struct listing *l, size_t head, enum listing_field f,
    const char *const name[static LISTING_FIELDS], struct err *err)
{
	const struct grid *g = &l->grid;
	const struct grid_row *row = &g->row[head];
	char there[200] = "there are";
	size_t at = strlen(there);
	int n = 0;

	for (size_t i = head + 1; i < g->n && i <= head + LOOK_FOR_HEADING; i++)
		if (is_heading(&g->row[i], name))
			return err_set(err, EX_DATAERR, "%s %zu: no column %s (%s), but %s "
			    "%zu is the heading: heading = %zu", l->word, row->line,
			    name[f], fields[f].what, l->word, g->row[i].line,
			    g->row[i].line);
	for (size_t i = 0; i < row->n; i++)
		if (is_data(row->cell[i]))
			return err_set(err, EX_DATAERR, "%s %zu: no column %s (%s); the "
			    "first line is no heading", l->word, row->line, name[f],
			    fields[f].what);
	for (size_t i = 0; i < row->n; i++)
		if (row->cell[i][0] != '\0' && at + strlen(row->cell[i]) + 3 <
		    sizeof(there))
			at += (size_t)snprintf(there + at, sizeof(there) - at, "%s %s",
			    n++ > 0 ? "," : "", row->cell[i]);
	return err_set(err, EX_DATAERR, "%s %zu: no column %s (%s); %s", l->word,
	    row->line, name[f], fields[f].what, there);
}

static int
twice(const struct listing *l, const struct grid_row *row, const char *name,
    size_t again, struct err *err)
{
	char letters[8];

	if (strcmp(l->grid.kind, "csv") != 0)
		return err_set(err, EX_DATAERR, "row %zu: the column %s is there twice, "
		    "again in %s", row->line, name, grid_column_name(again, letters));
	return err_set(err, EX_DATAERR, "line %zu: the column %s is there twice, again "
	    "as number %zu", row->line, name, again + 1);
}

/* The name of a column where a value should be? */
static int
is_label(enum listing_field f, const char *text, const char *name)
{
	char *low = fold(text), *own = fold(name);
	int r = 0;

	if (low != NULL && own != NULL && strcmp(low, own) == 0)
		r = 1;
	else if (low != NULL && !is_data(text) && strpbrk(text, "0123456789") == NULL)
		for (int i = 0; fields[f].called[i] != NULL; i++)
			r |= strstr(low, fields[f].called[i]) != NULL;
	free(low);
	free(own);
	return r;
}

/* Two headings, the second one for instance in another language: every cell that
 * is filled of those the study names is a label, and there are two or more. */
static int
second_heading(const struct grid_row *row, const long at[static LISTING_FIELDS],
    const char *const name[static LISTING_FIELDS])
{
	int n = 0;

	for (int f = 0; f < LISTING_FIELDS; f++) {
		const char *cell = at[f] >= 0 && (size_t)at[f] < row->n ?
		    row->cell[at[f]] : "";

		if (cell[0] == '\0' || name[f] == NULL)
			continue;
		if (!is_label((enum listing_field)f, cell, name[f]))
			return 0;
		n++;
	}
	return n >= 2;
}

static int
find_heading(const struct listing *l, const struct study_list *list, size_t *head,
    struct err *err)
{
	*head = 0;
	if (list->heading == 0)
		return 0;
	for (; *head < l->grid.n; ++*head)
		if ((int64_t)l->grid.row[*head].line == list->heading)
			return 0;
	return err_set(err, EX_DATAERR, "%s %lld, the heading, is empty", l->word,
	    (long long)list->heading);
}

/* May the column of municipalities be missing?  One that was asked for by another
 * name than the usual may not. */
static int
without_place(const struct study_list *list)
{
	const char *name = list->col_municipality;

	return list->col_postcode != NULL && name != NULL && strcmp(name, "kommune") == 0;
}

static int
take(struct listing *l, const struct study_list *list, struct err *err)
{
	const struct grid *g = &l->grid;
	const char *name[LISTING_FIELDS];
	long at[LISTING_FIELDS];
	size_t head, again = 0;

	wanted(list, name);
	if (find_heading(l, list, &head, err) != 0)
		return -1;
	for (int f = 0; f < LISTING_FIELDS; f++) {
		at[f] = name[f] != NULL ? column(&g->row[head], name[f], &again) : -1;
		if (at[f] == -2)
			return twice(l, &g->row[head], name[f], again, err);
		if (at[f] < 0 && f == LISTING_MUNICIPALITY && without_place(list))
			continue;
		if (at[f] < 0 && name[f] != NULL)
			return no_column(l, head, (enum listing_field)f, name, err);
	}
	if (head + 1 < g->n && second_heading(&g->row[head + 1], at, name))
		return err_set(err, EX_DATAERR, "%s %zu is a second heading: leave one, or "
		    "say which (heading = N)", l->word, g->row[head + 1].line);
	l->row = mem_array(g->n - head, sizeof(*l->row));
	for (size_t i = head + 1; i < g->n; i++) {
		struct listing_row *row = &l->row[l->n++];

		row->line = g->row[i].line;
		for (int f = 0; f < LISTING_FIELDS; f++)
			row->field[f] = at[f] >= 0 && (size_t)at[f] < g->row[i].n ?
			    g->row[i].cell[at[f]] : "";
	}
	return 0;
}

int
listing_read(const struct study *study, const struct study_list *list,
    struct hash *sum, struct listing *l, struct err *err)
{
	struct buf path = BUF(8192), text = BUF(FILE_MAX);
	int r = -1;

	memset(l, 0, sizeof(*l));
	listing_path(study, list->file, &path);
	if (file_read(buf_text(&path), FILE_MAX, &text, err) == 0) {
		hash_add(sum, buf_text(&text), text.len);
		r = grid_read(buf_text(&text), text.len, list->sheet, &l->grid, err);
		if (r == 0) {
			l->word = strcmp(l->grid.kind, "csv") == 0 ? "line" : "row";
			if ((r = take(l, list, err)) != 0)
				listing_free(l);
		}
		if (r != 0)
			err_context(err, "%s", list->file);
	}
	buf_free(&text);
	buf_free(&path);
	return r == 0 ? 0 : err_context(err, "list %s", list->name);
}

void
listing_free(struct listing *l)
{
	free(l->row);
	grid_free(&l->grid);
	memset(l, 0, sizeof(*l));
}

/* "9,74760673E8", "9.74760673E+08": digits, and how many were written. */
static int
is_scientific(const char *s, struct buf *digits, int *written)
{
	struct buf dots = BUF(64);
	const char *e = strpbrk(s, "eE");
	int ok = e != NULL && e > s;

	*written = 0;
	for (const char *p = s; ok && p < e; p++) {
		*written += *p >= '0' && *p <= '9';
		ok = (*p >= '0' && *p <= '9') || *p == ',' || *p == '.';
		buf_chr(&dots, *p == ',' ? '.' : *p);
	}
	for (const char *p = ok ? e + 1 : ""; *p != '\0'; p++)
		ok &= (*p >= '0' && *p <= '9') || (p == e + 1 && *p == '+');
	if (ok) {
		buf_str(&dots, e);
		ok = !dots.over;
		grid_number(buf_text(&dots), digits);
	}
	buf_free(&dots);
	return ok;
}

/* Octets of what may stand between, before or behind the digits. */
static size_t
between(const char *s)
{
	static const char *const words[] = { "NO", "no", "No", "MVA", "mva", "Mva",
		"Org.nr", "org.nr", "Orgnr", "orgnr", "\xc2\xa0", "\xe2\x80\xaf",
		"\xe2\x80\x89", " ", "\t", ".", ":", "-" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strncmp(s, words[i], strlen(words[i])) == 0)
			return strlen(words[i]);
	return 0;
}

int
listing_orgnr(const char *s, int32_t *ret, const char **why)
{
	struct buf digits = BUF(64);
	int written = 0, r, scientific = is_scientific(s, &digits, &written);
	size_t skip;

	for (; !scientific && *s != '\0'; s += skip)
		if ((skip = between(s)) == 0) {
			buf_chr(&digits, *s);
			skip = 1;
		}
	/* "974760673.0", where a program made a decimal number of it */
	r = digits.len == 0 ? 0 : num_orgnr(buf_text(&digits), digits.len, ret, why);
	if (digits.len == 10 && digits.data[9] == '0' && r != 0)
		r = num_orgnr(buf_text(&digits), 9, ret, why);
	r = digits.len == 0 ? 0 : r == 0 ? 1 : -1;
	if (scientific && (r < 0 || written < ROUNDED)) {
		*why = "was rounded by a spreadsheet";
		r = -1;
	}
	buf_free(&digits);
	return r;
}

int
listing_postcode(const char *s)
{
	size_t n = strspn(s, "0123456789");
	int v = 0;

	if (n < 3 || n > 4 || (s[n] != '\0' && s[n] != ' '))
		return -1;
	for (size_t i = 0; i < n; i++)
		v = v * 10 + s[i] - '0';
	return v;
}

void
listing_place(const char *s, char *out, size_t size)
{
	size_t n = strspn(s, "0123456789");

	if ((n == 3 || n == 4) && (s[n] == '\0' || s[n] == ' ' || s[n] == '-'))
		snprintf(out, size, "%s%.*s", n == 3 ? "0" : "", (int)n, s);
	else
		snprintf(out, size, "%s", s);
}
