#include <readstat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/base/date.h"
#include "pipeline/base/utf8.h"

#include "pipeline/tables/dataset.h"

/*
 * .sav and .dta by ReadStat.  It checks no lengths: what is longer than the
 * format holds is found here.  Of Stata's formats 118 alone is written, since
 * what it writes as 117 and older is read as Latin-1.
 */

enum {
	SAV_TEXT = 32767, DTA_STR = 2045,	/* octets of a string */
	SAV_VALUE_LABEL = 120, SAV_LABEL = 255, DTA_LABEL = 80,
	DTA_VERSION = 118,
	SPSS_EPOCH = 141428, STATA_EPOCH = 3653,	/* days before and after 1970 */
};

struct stat_file {
	const struct dataset *d;
	enum lang lang;
	int stata;
	struct buf *out;
	readstat_writer_t *writer;
	readstat_variable_t **var;
	int *is_ref;
};

static ssize_t
take(const void *data, size_t len, void *ctx)
{
	struct buf *out = ctx;

	buf_add(out, data, len);
	return out->over ? -1 : (ssize_t)len;
}

/* At most ${octets} and ${characters} of it, whole characters, in the arena. */
static const char *
cut(const struct stat_file *f, const char *s, size_t octets, size_t characters)
{
	struct buf b = BUF(BUF_ANY);
	const char *ret;
	size_t n = 0, k = 0;

	utf8_clean(&b, s, strlen(s));
	s = buf_text(&b);
	while (s[n] != '\0') {
		size_t next = n + 1;

		while (((unsigned char)s[next] & 0xc0) == 0x80)
			next++;
		if (next > octets || k == characters)
			break;
		n = next;
		k++;
	}
	ret = arena_strn(f->d->arena, s, n);
	buf_free(&b);
	return ret;
}

static size_t
widest(const struct dataset *d, size_t var)
{
	size_t most = 1;

	for (size_t r = 0; r < d->nrow; r++) {
		const struct dataset_cell *c = &d->cell[r * d->nvar + var];

		if (c->state == DATASET_GIVEN && strlen(c->text) > most)
			most = strlen(c->text);
	}
	return most;
}

static readstat_type_t
type_of(struct stat_file *f, size_t i, size_t *width, struct err *err)
{
	const struct dataset_var *v = &f->d->var[i];

	*width = 0;
	if (v->type != DATASET_TEXT)
		return v->type == DATASET_CLASS ? READSTAT_TYPE_INT32 :
		    READSTAT_TYPE_DOUBLE;
	*width = widest(f->d, i);
	if (!f->stata && *width > SAV_TEXT)
		err_set(err, EX_DATAERR, "%s holds a text of %zu octets, and .sav "
		    "has room for %d", v->name, *width, SAV_TEXT);
	if (!f->stata || *width <= DTA_STR)
		return READSTAT_TYPE_STRING;
	f->is_ref[i] = 1;
	*width = 0;
	return READSTAT_TYPE_STRING_REF;
}

static void
put_labels(const struct stat_file *f, size_t i, readstat_variable_t *var)
{
	static const char *const none[] = { "Ubesvart", "No answer" };
	const struct dataset_var *v = &f->d->var[i];
	readstat_label_set_t *set;
	char name[DATASET_NAME + 1];

	if (v->nvalue == 0 || (f->stata && v->type == DATASET_TEXT))
		return;
	snprintf(name, sizeof(name), "%.32s", v->name);
	set = readstat_add_label_set(f->writer, v->type == DATASET_TEXT ?
	    READSTAT_TYPE_STRING : READSTAT_TYPE_INT32, name);
	for (size_t k = 0; k < v->nvalue; k++) {
		const char *label = cut(f, v->value[k].label[f->lang],
		    SAV_VALUE_LABEL, SAV_VALUE_LABEL);

		if (v->type == DATASET_TEXT)
			readstat_label_string_value(set, v->value[k].key, label);
		else
			readstat_label_int32_value(set, (int32_t)(k + 1), label);
	}
	if (!v->asked || v->type != DATASET_CLASS)
		;
	else if (f->stata)
		readstat_label_tagged_value(set, 'a', none[f->lang]);
	else
		readstat_label_int32_value(set, DATASET_NO_ANSWER, none[f->lang]);
	readstat_variable_set_label_set(var, set);
}

static int
add_variable(struct stat_file *f, size_t i, struct err *err)
{
	static const char *const format[2][5] = {
		[0] = { NULL, "F8.0", "F12.6", "DATE11", "F8.0" },
		[1] = { NULL, "%12.0g", "%12.0g", "%td", "%12.0g" } };
	const struct dataset_var *v = &f->d->var[i];
	readstat_variable_t *var;
	readstat_type_t type;
	size_t width;

	err->status = 0;
	type = type_of(f, i, &width, err);
	if (err->status != 0)
		return -1;
	var = readstat_add_variable(f->writer, v->name, type, width);
	f->var[i] = var;
	readstat_variable_set_label(var, f->stata ?
	    cut(f, v->label[f->lang], 4 * DTA_LABEL, DTA_LABEL) :
	    cut(f, v->label[f->lang], SAV_LABEL, SAV_LABEL));
	if (format[f->stata][v->type] != NULL)
		readstat_variable_set_format(var, format[f->stata][v->type]);
	readstat_variable_set_measure(var, v->type == DATASET_TEXT ||
	    v->type == DATASET_CLASS ? READSTAT_MEASURE_NOMINAL :
	    READSTAT_MEASURE_SCALE);
	if (!f->stata && v->asked && v->type == DATASET_CLASS)
		(void)readstat_variable_add_missing_double_value(var,
		    DATASET_NO_ANSWER);
	put_labels(f, i, var);
	return 0;
}

/* strL stand before the rows: one for each cell, since ReadStat wants one. */
static void
add_references(struct stat_file *f)
{
	for (size_t r = 0; r < f->d->nrow; r++)
		for (size_t i = 0; i < f->d->nvar; i++) {
			const struct dataset_cell *c =
			    &f->d->cell[r * f->d->nvar + i];

			if (f->is_ref[i])
				(void)readstat_add_string_ref(f->writer,
				    c->state == DATASET_GIVEN ? c->text : "");
		}
}

static readstat_error_t
put_cell(const struct stat_file *f, size_t i, const struct dataset_cell *c,
    int *ref)
{
	readstat_variable_t *var = f->var[i];
	enum dataset_type type = f->d->var[i].type;

	if (f->is_ref[i])
		return readstat_insert_string_ref(f->writer, var,
		    readstat_get_string_ref(f->writer, (*ref)++));
	if (type == DATASET_TEXT)
		return readstat_insert_string_value(f->writer, var,
		    c->state == DATASET_GIVEN ? c->text : "");
	if (c->state == DATASET_BLANK && type == DATASET_CLASS)
		return f->stata ?
		    readstat_insert_tagged_missing_value(f->writer, var, 'a') :
		    readstat_insert_int32_value(f->writer, var,
		    DATASET_NO_ANSWER);
	if (c->state != DATASET_GIVEN)
		return readstat_insert_missing_value(f->writer, var);
	if (type == DATASET_CLASS)
		return readstat_insert_int32_value(f->writer, var,
		    (int32_t)c->number);
	if (type == DATASET_DATE)
		return readstat_insert_double_value(f->writer, var, f->stata ?
		    c->number + STATA_EPOCH :
		    (c->number + SPSS_EPOCH) * 86400);
	return readstat_insert_double_value(f->writer, var, c->number);
}

static readstat_error_t
put_rows(const struct stat_file *f)
{
	readstat_error_t e = READSTAT_OK;
	int ref = 0;

	for (size_t r = 0; e == READSTAT_OK && r < f->d->nrow; r++) {
		e = readstat_begin_row(f->writer);
		for (size_t i = 0; e == READSTAT_OK && i < f->d->nvar; i++)
			e = put_cell(f, i, &f->d->cell[r * f->d->nvar + i], &ref);
		if (e == READSTAT_OK)
			e = readstat_end_row(f->writer);
	}
	return e == READSTAT_OK ? readstat_end_writing(f->writer) : e;
}

/* ReadStat prints the stamp in the local zone, of which files must not
 * depend. */
static time_t
stamp(int32_t day)
{
	time_t t = (time_t)(day == DATE_NONE || day < 1 ? 1 : day) * 86400;
	struct tm tm;

	tzset();
	return localtime_r(&t, &tm) == NULL ? t : t - tm.tm_gmtoff;
}

static int
write_file(struct stat_file *f, int32_t day, struct err *err)
{
	readstat_error_t e;

	for (size_t i = 0; i < f->d->nvar; i++)
		if (add_variable(f, i, err) != 0)
			return -1;
	add_references(f);
	(void)readstat_writer_set_file_label(f->writer,
	    cut(f, f->d->title[f->lang], 64, 64));
	(void)readstat_writer_set_file_timestamp(f->writer, stamp(day));
	if (f->stata)
		(void)readstat_writer_set_file_format_version(f->writer,
		    DTA_VERSION);
	e = f->stata ? readstat_begin_writing_dta(f->writer, f->out,
	    (long)f->d->nrow) : readstat_begin_writing_sav(f->writer, f->out,
	    (long)f->d->nrow);
	if (e == READSTAT_OK)
		e = put_rows(f);
	if (e != READSTAT_OK)
		return err_set(err, f->out->over ? EX_DATAERR : EX_SOFTWARE,
		    "the file for %s could not be made: %s", f->stata ? "Stata" :
		    "SPSS", f->out->over ? "it is too large" :
		    readstat_error_message(e));
	return 0;
}

static int
make(const struct dataset *d, enum lang lang, int stata, int32_t day,
    struct buf *out, struct err *err)
{
	struct stat_file f = { .d = d, .lang = lang, .stata = stata, .out = out };
	int r;

	f.writer = readstat_writer_init();
	if (f.writer == NULL)
		return err_set(err, EX_OSERR, "out of memory");
	f.var = mem_array(d->nvar + 1, sizeof(readstat_variable_t *));
	f.is_ref = mem_array(d->nvar + 1, sizeof(*f.is_ref));
	(void)readstat_set_data_writer(f.writer, take);
	r = write_file(&f, day, err);
	readstat_writer_free(f.writer);
	free(f.is_ref);
	free(f.var);
	return r;
}

int
dataset_sav(const struct dataset *d, enum lang lang, int32_t day,
    struct buf *out, struct err *err)
{
	return make(d, lang, 0, day, out, err);
}

int
dataset_dta(const struct dataset *d, enum lang lang, int32_t day,
    struct buf *out, struct err *err)
{
	return make(d, lang, 1, day, out, err);
}
