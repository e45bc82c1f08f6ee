#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/num.h"

#include "pipeline/tables/table.h"

static const char nbsp[] = "\xc2\xa0";
static const char minus[] = "\xe2\x88\x92";

static const int64_t tens[] = { 1, 10, 100, 1000, 10000, 100000, 1000000 };

struct table *
table_new(const char *name, enum lang lang)
{
	struct table *t = mem_alloc(sizeof(*t));

	t->arena = arena_new();
	t->lang = lang;
	t->name = arena_str(t->arena, name);
	t->title = "";
	return t;
}

void
table_free(struct table *t)
{
	if (t == NULL)
		return;
	free(t->note);
	free(t->row);
	free(t->column);
	arena_free(t->arena);
	free(t);
}

static const char *
filled(struct table *t, enum word w, const char *const *arg, size_t n)
{
	struct buf b = BUF(BUF_ANY);
	const char *s;

	words_fill(&b, w, t->lang, arg, n);
	s = arena_str(t->arena, buf_text(&b));
	buf_free(&b);
	return s;
}

void
table_title(struct table *t, enum word w, const char *arg)
{
	t->title = filled(t, w, &arg, 1);
}

void
table_title_n(struct table *t, enum word w, const char *const *arg, size_t n)
{
	t->title = filled(t, w, arg, n);
}

void
table_column(struct table *t, const char *key, const char *head,
    enum table_align align)
{
	struct table_column *c;

	assert(t->nrow == 0);
	t->column = mem_grow(t->column, t->ncolumn + 1, sizeof(*t->column));
	c = &t->column[t->ncolumn++];
	c->key = arena_str(t->arena, key);
	c->head = arena_str(t->arena, head);
	c->align = align;
	c->grouped = 0;
}

void
table_row(struct table *t, enum table_kind kind, const char *key)
{
	struct table_row *r;

	assert(t->ncolumn > 0);
	t->row = mem_grow(t->row, t->nrow + 1, sizeof(*t->row));
	r = &t->row[t->nrow++];
	r->kind = kind;
	r->key = arena_str(t->arena, key);
	r->cell = arena_alloc(t->arena, t->ncolumn * sizeof(*r->cell));
	r->filled = 0;
}

static struct table_cell *
next_cell(struct table *t, enum table_value value)
{
	struct table_row *r;
	struct table_cell *c;

	assert(t->nrow > 0);
	r = &t->row[t->nrow - 1];
	assert(r->filled < t->ncolumn);
	c = &r->cell[r->filled++];
	c->value = value;
	c->den = 1;
	return c;
}

void
table_add_empty(struct table *t)
{
	(void)next_cell(t, TABLE_EMPTY);
}

void
table_add_text(struct table *t, const char *text)
{
	next_cell(t, TABLE_TEXT)->text = arena_str(t->arena, text);
}

void
table_add_sign(struct table *t, const char *sign)
{
	next_cell(t, TABLE_SIGN)->text = arena_str(t->arena, sign);
}

static void
add_figure(struct table *t, enum table_value value, int64_t num, int64_t den,
    int decimals)
{
	struct table_cell *c;

	assert(den >= 0 && decimals >= 0 && decimals <= 6);
	if (den == 0) {
		table_add_sign(t, ".");
		return;
	}
	c = next_cell(t, value);
	c->num = num;
	c->den = den;
	c->decimals = decimals;
	if (value == TABLE_NUMBER && (num / den >= 10000 || num / den <= -10000))
		t->column[t->row[t->nrow - 1].filled - 1].grouped = 1;
}

void
table_add_count(struct table *t, int64_t n)
{
	add_figure(t, TABLE_NUMBER, n, 1, 0);
}

void
table_add_ratio(struct table *t, int64_t num, int64_t den, int decimals)
{
	add_figure(t, TABLE_NUMBER, num, den, decimals);
}

void
table_add_percent(struct table *t, int64_t num, int64_t den, int decimals)
{
	add_figure(t, TABLE_PERCENT, num, den, decimals);
}

void
table_add_share(struct table *t, double share)
{
	if (isnan(share))
		table_add_sign(t, ".");
	else
		table_add_percent(t, llround(share * 1e9), 1000000000, 1);
}

static void
add_note(struct table *t, enum word w, const char *const *arg, size_t n,
    int warning)
{
	struct table_note *note;

	t->note = mem_grow(t->note, t->nnote + 1, sizeof(*t->note));
	note = &t->note[t->nnote++];
	note->key = words_key(w);
	note->text = filled(t, w, arg, n);
	note->warning = warning;
}

void
table_note(struct table *t, enum word w, const char *const *arg, size_t n)
{
	add_note(t, w, arg, n, 0);
}

void
table_warning(struct table *t, enum word w, const char *const *arg, size_t n)
{
	add_note(t, w, arg, n, 1);
}

/* Which of the four signs does the table show, in the order of the legend? */
static int
shows(const struct table *t, const char *sign)
{
	struct buf b = BUF(BUF_ANY);
	int found = 0;

	for (size_t i = 0; i < t->nrow; i++)
		for (size_t c = 0; c < t->ncolumn; c++) {
			if (t->row[i].cell[c].value == TABLE_TEXT)
				continue;
			buf_clear(&b);
			table_put_cell(&b, t, i, c);
			found |= strcmp(buf_text(&b), sign) == 0;
		}
	buf_free(&b);
	return found;
}

void
table_signs(struct table *t)
{
	static const struct { const char *sign; enum word word; } signs[] = {
		{ "-", WORD_SIGN_ZERO }, { ".", WORD_SIGN_UNDEFINED },
		{ "..", WORD_SIGN_MISSING }, { ":", WORD_SIGN_HIDDEN },
	};
	struct buf b = BUF(BUF_ANY);
	const char *arg;

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (shows(t, signs[i].sign)) {
			if (b.len > 0)
				buf_str(&b, "; ");
			buf_str(&b, words_text(signs[i].word, t->lang));
		}
	arg = buf_text(&b);
	if (b.len > 0)
		table_note(t, WORD_NOTE_SIGNS, &arg, 1);
	buf_free(&b);
}

void
table_end(struct table *t, int32_t register_date)
{
	const char *arg;
	char day[16];
	int y, m, d;

	table_signs(t);
	if (register_date == DATE_NONE) {
		table_note(t, WORD_NOTE_SOURCE, NULL, 0);
		return;
	}
	date_iso(register_date, day);
	if (t->lang == LANG_NB) {
		date_civil(register_date, &y, &m, &d);
		snprintf(day, sizeof(day), "%02d.%02d.%04d", d % 100, m % 100,
		    y % 10000);
	}
	arg = day;
	table_note(t, WORD_NOTE_SOURCE_DAY, &arg, 1);
}

/* --- figures ---------------------------------------------------------------- */

void
table_put_number(struct buf *b, int64_t scaled, int decimals, int grouped,
    enum lang lang)
{
	uint64_t v = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled;
	uint64_t one = (uint64_t)tens[decimals];
	char digits[24];
	int n;

	if (scaled < 0)
		buf_str(b, minus);
	n = snprintf(digits, sizeof(digits), "%" PRIu64, v / one);
	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0 && (grouped || n > 4))
			buf_str(b, lang == LANG_EN ? "," : nbsp);
		buf_chr(b, digits[i]);
	}
	if (decimals > 0)
		buf_printf(b, "%s%0*" PRIu64, lang == LANG_EN ? "." : ",",
		    decimals, v % one);
}

static void
put_percent(struct buf *b, int64_t num, int64_t den, int decimals, enum lang lang)
{
	table_put_number(b, num_ratio(num, den, 100 * tens[decimals]), decimals,
	    0, lang);
	if (lang == LANG_NB)
		buf_str(b, nbsp);
	buf_chr(b, '%');
}

void
table_put_cell(struct buf *b, const struct table *t, size_t row, size_t column)
{
	const struct table_cell *c = &t->row[row].cell[column];

	switch (c->value) {
	case TABLE_EMPTY:
		return;
	case TABLE_TEXT:
	case TABLE_SIGN:
		buf_str(b, c->text);
		return;
	case TABLE_NUMBER:
	case TABLE_PERCENT:
		if (c->num == 0)
			buf_chr(b, '-');
		else if (c->value == TABLE_PERCENT)
			put_percent(b, c->num, c->den, c->decimals, t->lang);
		else
			table_put_number(b, num_ratio(c->num, c->den,
			    tens[c->decimals]), c->decimals,
			    t->column[column].grouped, t->lang);
		return;
	}
}

static const char *
kept(struct table *t, struct buf *b)
{
	const char *s = arena_str(t->arena, buf_text(b));

	buf_free(b);
	return s;
}

const char *
table_count(struct table *t, int64_t n)
{
	struct buf b = BUF(BUF_ANY);

	table_put_number(&b, n, 0, 0, t->lang);
	return kept(t, &b);
}

const char *
table_percent(struct table *t, int64_t num, int64_t den, int decimals)
{
	struct buf b = BUF(BUF_ANY);

	if (den == 0)
		return ".";
	put_percent(&b, num, den, decimals, t->lang);
	return kept(t, &b);
}

const char *
table_share(struct table *t, int64_t num, int64_t den)
{
	int decimals = 0;

	/* until nothing is left over */
	while (decimals < 6 && 100 * tens[decimals] * num % den != 0)
		decimals++;
	return table_percent(t, num, den, decimals);
}

const char *
table_real(struct table *t, double v, int decimals)
{
	struct buf b = BUF(BUF_ANY);

	if (!(fabs(v) < 1e12))
		return ".";
	table_put_number(&b, llround(v * (double)tens[decimals]), decimals, 0,
	    t->lang);
	return kept(t, &b);
}
