#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/csv.h"
#include "pipeline/base/date.h"

#include "pipeline/tables/dataset.h"

/* What a variable cannot be called in SPSS or Stata, in lower case. */
static const char *const reserved[] = {
	"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to",
	"with", "alias", "byte", "double", "float", "if", "in", "int", "long",
	"str", "strl", "using",
};

/* Letters of Norwegian and its neighbours, as they are written without. */
static const struct { const char *letter, *ascii; } letters[] = {
	{ "æ", "ae" }, { "ø", "o" }, { "å", "a" }, { "Æ", "Ae" }, { "Ø", "O" },
	{ "Å", "A" }, { "ä", "a" }, { "ö", "o" }, { "ü", "u" }, { "é", "e" },
	{ "è", "e" }, { "á", "a" }, { "š", "s" }, { "č", "c" }, { "đ", "d" },
};

struct dataset *
dataset_new(const char *name, const char *nb, const char *en)
{
	struct dataset *d = mem_alloc(sizeof(*d));

	d->arena = arena_new();
	d->name = arena_str(d->arena, name);
	d->title[LANG_NB] = arena_str(d->arena, nb);
	d->title[LANG_EN] = arena_str(d->arena, en);
	return d;
}

void
dataset_free(struct dataset *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->nvar; i++)
		free(d->var[i].value);
	free(d->var);
	free(d->cell);
	arena_free(d->arena);
	free(d);
}

static int
same(const char *a, const char *b)
{
	for (; *a != '\0' || *b != '\0'; a++, b++) {
		int x = *a >= 'A' && *a <= 'Z' ? *a + 32 : *a;
		int y = *b >= 'A' && *b <= 'Z' ? *b + 32 : *b;

		if (x != y)
			return 0;
	}
	return 1;
}

static int
taken(const struct dataset *d, const char *name)
{
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (same(reserved[i], name))
			return 1;
	for (size_t i = 0; i < d->nvar; i++)
		if (same(d->var[i].name, name))
			return 1;
	/* str1, str20: types of Stata */
	return strncmp(name, "str", 3) == 0 && name[3] != '\0' &&
	    strspn(name + 3, "0123456789") == strlen(name + 3);
}

static int
plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

/* Letters and digits of ${s}; each run of others one "_". */
static void
spell(struct buf *b, const char *s)
{
	while (*s != '\0') {
		size_t i = 0, n = sizeof(letters) / sizeof(letters[0]);

		if (plain(*s)) {
			buf_chr(b, *s++);
			continue;
		}
		while (i < n && strncmp(s, letters[i].letter,
		    strlen(letters[i].letter)) != 0)
			i++;
		if (i < n) {
			buf_str(b, letters[i].ascii);
			s += strlen(letters[i].letter);
			continue;
		}
		if (b->len > 0 && b->data[b->len - 1] != '_')
			buf_chr(b, '_');
		s++;
	}
}

static const char *
name_of(struct dataset *d, const char *source)
{
	struct buf b = BUF(BUF_ANY);
	char first[DATASET_NAME + 1], name[DATASET_NAME + 1], end[24] = "";
	size_t len;

	spell(&b, source);
	len = b.len;
	while (len > 0 && b.data[len - 1] == '_')
		len--;
	snprintf(first, sizeof(first), "%s%.*s", len > 0 &&
	    !(b.data[0] >= '0' && b.data[0] <= '9') ? "" : "v",
	    (int)(len < DATASET_NAME ? len : DATASET_NAME), buf_text(&b));
	buf_free(&b);
	snprintf(name, sizeof(name), "%s", first);
	for (int n = 2; taken(d, name); n++) {
		snprintf(end, sizeof(end), "_%d", n);
		snprintf(name, sizeof(name), "%.*s%s",
		    (int)(DATASET_NAME - strlen(end)), first, end);
	}
	return arena_str(d->arena, name);
}

struct dataset_var *
dataset_add(struct dataset *d, const char *source, enum dataset_type type,
    const char *nb, const char *en)
{
	const char *name = name_of(d, source);
	struct dataset_var *v;

	assert(d->nrow == 0);
	d->var = mem_grow(d->var, d->nvar + 1, sizeof(*d->var));
	v = &d->var[d->nvar++];
	*v = (struct dataset_var){ .name = name,
		.source = arena_str(d->arena, source), .type = type };
	v->label[LANG_NB] = arena_str(d->arena, nb);
	v->label[LANG_EN] = arena_str(d->arena, en);
	return v;
}

void
dataset_add_value(struct dataset *d, const char *key, const char *nb,
    const char *en)
{
	struct dataset_var *v = &d->var[d->nvar - 1];
	struct dataset_value *one;

	v->value = mem_grow(v->value, v->nvalue + 1, sizeof(*v->value));
	one = &v->value[v->nvalue++];
	one->key = arena_str(d->arena, key);
	one->label[LANG_NB] = arena_str(d->arena, nb);
	one->label[LANG_EN] = arena_str(d->arena, en);
}

void
dataset_row(struct dataset *d)
{
	assert(d->nvar > 0);
	if (d->nrow == d->room) {
		d->room = d->room == 0 ? 256 : 2 * d->room;
		d->cell = mem_grow(d->cell, d->room * d->nvar, sizeof(*d->cell));
	}
	memset(d->cell + d->nrow * d->nvar, 0, d->nvar * sizeof(*d->cell));
	d->nrow++;
}

static struct dataset_cell *
cell_of(struct dataset *d, size_t var)
{
	struct dataset_cell *c;

	assert(d->nrow > 0 && var < d->nvar);
	c = &d->cell[(d->nrow - 1) * d->nvar + var];
	c->state = DATASET_GIVEN;
	return c;
}

void
dataset_put_text(struct dataset *d, size_t var, const char *text)
{
	cell_of(d, var)->text = arena_str(d->arena, text);
}

void
dataset_put_number(struct dataset *d, size_t var, double number)
{
	cell_of(d, var)->number = number;
}

void
dataset_put_class(struct dataset *d, size_t var, const char *key)
{
	const struct dataset_var *v = &d->var[var];

	for (size_t i = 0; i < v->nvalue; i++)
		if (strcmp(v->value[i].key, key) == 0) {
			struct dataset_cell *c = cell_of(d, var);

			c->text = v->value[i].key;
			c->number = (double)(i + 1);
			return;
		}
}

void
dataset_put_blank(struct dataset *d, size_t var)
{
	cell_of(d, var)->state = DATASET_BLANK;
}

/* --- CSV ---------------------------------------------------------------------- */

/* Without the locale; seventeen digits bring every double back. */
static void
put_real(char text[static 40], double v, int comma)
{
	char *point;

	snprintf(text, 40, "%.15g", v);
	if (strtod(text, NULL) < v || strtod(text, NULL) > v)
		snprintf(text, 40, "%.17g", v);
	if (comma && (point = strchr(text, '.')) != NULL)
		*point = ',';
}

static size_t
put_cell(struct buf *b, const struct dataset_var *v,
    const struct dataset_cell *c, int excel, int first)
{
	char text[40], sep = excel ? ';' : ',';
	struct buf guarded = BUF(BUF_ANY);
	size_t n = 0;

	text[0] = '\0';
	if (c->state == DATASET_GIVEN && v->type == DATASET_DATE)
		date_iso((int32_t)c->number, text);
	else if (c->state == DATASET_GIVEN && v->type == DATASET_WHOLE)
		snprintf(text, sizeof(text), "%" PRId64, (int64_t)c->number);
	else if (c->state == DATASET_GIVEN && v->type == DATASET_REAL)
		put_real(text, c->number, excel);
	if (c->state != DATASET_GIVEN || (v->type != DATASET_TEXT &&
	    v->type != DATASET_CLASS)) {
		csv_put(b, sep, first, text);
		return 0;
	}
	/* Excel would run it */
	if (excel && c->text[0] != '\0' && strchr("=+-@\t\r", c->text[0]) != NULL) {
		buf_chr(&guarded, '\'');
		n = 1;
	}
	buf_str(&guarded, c->text);
	csv_put(b, sep, first, buf_text(&guarded));
	buf_free(&guarded);
	return n;
}

size_t
dataset_csv(const struct dataset *d, int excel, struct buf *out)
{
	const char *end = excel ? "\r\n" : "\n";
	size_t guarded = 0;

	if (excel)
		buf_str(out, "\xef\xbb\xbf");
	for (size_t i = 0; i < d->nvar; i++)
		csv_put(out, excel ? ';' : ',', i == 0, d->var[i].name);
	buf_str(out, end);
	for (size_t r = 0; r < d->nrow; r++) {
		for (size_t i = 0; i < d->nvar; i++)
			guarded += put_cell(out, &d->var[i],
			    &d->cell[r * d->nvar + i], excel, i == 0);
		buf_str(out, end);
	}
	return guarded;
}
