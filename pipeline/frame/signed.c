#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"

#include "pipeline/frame/signed.h"

enum { FILE_MAX = 16 << 20, BY = SIGNED_COLUMNS, DATE, ALL };

static int
find(const struct csv *csv, const char *const *name, int *at, struct err *err)
{
	char names[200];

	*at = -1;
	for (int k = 0; k < SIGNED_NAMES && *at < 0 && name[k] != NULL; k++)
		*at = csv_column(csv, name[k]);
	if (*at >= 0)
		return 0;
	csv_names(csv, names, sizeof(names));
	return err_set(err, EX_DATAERR, "line 1: there is no column \"%s\": %s",
	    name[0], names);
}

static int
is_signed(const struct csv *csv, const int at[static ALL], struct err *err)
{
	const char *date = csv->field[at[DATE]];
	int32_t day;

	if (csv->field[at[BY]][0] == '\0')
		return err_set(err, EX_DATAERR, "line %zu: it does not say by whom "
		    "it was decided", csv->line);
	if (date_parse(date, strlen(date), &day) != 0)
		return err_set(err, EX_DATAERR, "line %zu: the date of the decision is "
		    "to be YYYY-MM-DD", csv->line);
	return 0;
}

static int
rows(struct csv *csv, const struct signed_file *f, struct err *err)
{
	static const char *const by[SIGNED_NAMES] = { "by", "av", NULL };
	static const char *const date[SIGNED_NAMES] = { "date", "dato", NULL };
	const char *field[SIGNED_COLUMNS];
	int at[ALL] = { 0 }, more;

	for (int i = 0; i < f->columns; i++)
		if (find(csv, f->column[i], &at[i], err) != 0)
			return -1;
	if (find(csv, by, &at[BY], err) != 0 || find(csv, date, &at[DATE], err) != 0)
		return -1;
	while ((more = csv_next(csv, err)) == 1) {
		if (csv->field[at[f->decision]][0] == '\0')
			continue;
		for (int i = 0; i < f->columns; i++)
			field[i] = csv->field[at[i]];
		if (f->row(f->ctx, field, csv->line, err) != 0 ||
		    is_signed(csv, at, err) != 0)
			return -1;
	}
	return more;
}

int
signed_read(const char *path, const struct signed_file *f, struct hash *sum,
    struct err *err)
{
	struct buf text = BUF(FILE_MAX);
	struct csv csv;
	int r = -1;

	if (file_read(path, FILE_MAX, &text, err) == 0) {
		hash_add(sum, buf_text(&text), text.len);
		if (csv_open(&csv, buf_text(&text), text.len, 0, err) == 0) {
			r = rows(&csv, f, err);
			csv_close(&csv);
		}
	}
	buf_free(&text);
	return r;
}
