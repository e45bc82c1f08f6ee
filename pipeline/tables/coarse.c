#include <stdlib.h>
#include <string.h>

#include "pipeline/tables/coarse.h"

enum { DIVISION = 2, LEAST = 3 };	/* digits of a division, "90" */

static void
drop(struct dataset *d, size_t at)
{
	size_t n = d->nvar;

	free(d->var[at].value);
	memmove(&d->var[at], &d->var[at + 1], (n - at - 1) * sizeof(*d->var));
	for (size_t r = 0, to = 0; r < d->nrow; r++)
		for (size_t v = 0; v < n; v++)
			if (v != at)
				d->cell[to++] = d->cell[r * n + v];
	d->nvar--;
}

/* Its values are sorted, so that codes of one division lie together. */
static void
cut_values(const struct nace *nace, enum nace_std std, struct dataset *d,
    struct dataset_var *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->nvalue; i++) {
		const char *code = arena_strn(d->arena, v->value[i].key, DIVISION);
		const struct nace_item *item;

		if (strlen(code) < DIVISION ||
		    (n > 0 && strcmp(v->value[n - 1].key, code) == 0))
			continue;
		item = nace != NULL ? nace_item(nace, std, code) : NULL;
		v->value[n].key = code;
		v->value[n].label[LANG_NB] = v->value[n].label[LANG_EN] =
		    item == NULL ? code : arena_printf(d->arena, "%s %s", code,
		    item->name);
		n++;
	}
	v->nvalue = n;
}

static void
cut(const struct nace *nace, enum nace_std std, struct dataset *d, size_t at)
{
	cut_values(nace, std, d, &d->var[at]);
	for (size_t r = 0; r < d->nrow; r++) {
		struct dataset_cell *c = &d->cell[r * d->nvar + at];

		if (c->state == DATASET_GIVEN && strlen(c->text) > DIVISION)
			c->text = arena_strn(d->arena, c->text, DIVISION);
	}
}

static int
by_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* Text in which some value is given by fewer than LEAST units. */
static int
open_text(const struct dataset *d, size_t at)
{
	const struct dataset_var *v = &d->var[at];
	const char **text;
	size_t n = 0, same = 1;
	int open = 0;

	if (!v->asked || v->type != DATASET_TEXT || v->nvalue > 0)
		return 0;
	text = mem_array(d->nrow + 1, sizeof(*text));
	for (size_t r = 0; r < d->nrow; r++)
		if (d->cell[r * d->nvar + at].state == DATASET_GIVEN)
			text[n++] = d->cell[r * d->nvar + at].text;
	qsort(text, n, sizeof(*text), by_text);
	for (size_t i = 1; i <= n && !open; i++, same++)
		if (i == n || strcmp(text[i], text[i - 1]) != 0) {
			open = same < LEAST;
			same = 0;
		}
	free(text);
	return open;
}

void
coarse_data(const struct nace *nace, int32_t day, struct dataset *d,
    struct buf *left_out)
{
	for (size_t i = 0; i < d->nvar;) {
		const struct dataset_var *v = &d->var[i];
		int open = open_text(d, i);
		int place = !v->asked && strcmp(v->source, "municipality") == 0;

		if (!v->asked && strcmp(v->source, "nace") == 0)
			cut(nace, nace_std_at(day), d, i);
		if (!open && !place) {
			i++;
			continue;
		}
		if (open)
			buf_printf(left_out, "%s%.60s", left_out->len > 0 ? ", " : "",
			    v->source);
		drop(d, i);
	}
}
