#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"

#include "pipeline/register/klass_diff.h"

enum { FIELDS = 3, FIRST = 11688 /* 2002-01-01 */ };

/* A row of a list as what is compared: its key and what stands under it. */
struct row {
	const char *key;
	const char *field[FIELDS];	/* NULL: none */
};

struct rows {
	struct row *row;
	size_t n;
};

static const char *const item_fields[FIELDS] = { "name", "parent", NULL };
static const char *const place_fields[FIELDS] = { "name", "until", "next" };

static struct row *
room(struct rows *r)
{
	if (r->n % 256 == 0)
		r->row = mem_grow(r->row, r->n + 256, sizeof(*r->row));
	r->row[r->n] = (struct row){ NULL, { NULL, NULL, NULL } };
	return &r->row[r->n++];
}

static void
items(const struct nace *nace, enum nace_std std, struct rows *r)
{
	size_t n;
	const struct nace_item *it = nace_items(nace, std, &n);

	for (size_t i = 0; i < n; i++) {
		struct row *row = room(r);

		row->key = it[i].code;
		row->field[0] = it[i].name;
		row->field[1] = it[i].parent != NULL ? it[i].parent->code : NULL;
	}
}

static void
pairs(const struct nace *nace, struct arena *a, struct rows *r)
{
	size_t n, k;
	const struct nace_item *it = nace_items(nace, NACE_SN2007, &n);

	for (size_t i = 0; i < n; i++) {
		const struct nace_link *l;

		if (it[i].level < 5)
			continue;
		l = nace_links(nace, &it[i], &k);
		for (size_t j = 0; j < k; j++)
			room(r)->key = arena_printf(a, "%s -> %s", l[j].old->code,
			    l[j].new->code);
	}
}

static const char *
day_text(struct arena *a, int32_t day)
{
	char text[11];

	return day == DATE_NONE ? NULL : arena_str(a, date_iso(day, text));
}

static const char *
key_of(struct arena *a, const char *number, int32_t from)
{
	char text[11];

	return from == DATE_NONE || from <= FIRST ? arena_str(a, number) :
	    arena_printf(a, "%s of %s", number, date_iso(from, text));
}

static void
counties(const struct region *region, struct arena *a, struct rows *r)
{
	for (int32_t n = 1; n < 100; n++) {
		const struct region_county *c[8];
		char text[8];
		size_t k = region_county_history(region, region_county_text(n, text),
		    c, 8);

		for (size_t i = 0; i < k && i < 8; i++) {
			struct row *row = room(r);

			row->key = key_of(a, text, c[i]->from);
			row->field[0] = c[i]->name;
			row->field[1] = day_text(a, c[i]->to);
		}
	}
}

static void
municipalities(const struct region *region, struct arena *a, struct rows *r)
{
	for (int32_t n = 1; n < 10000; n++) {
		const struct region_place *p[16];
		char text[8], to[8];
		size_t k = region_place_history(region, region_text(n, text), p, 16);

		for (size_t i = 0; i < k && i < 16; i++) {
			struct row *row;
			struct region_trace t = { REGION_UNKNOWN, 0, { NULL }, 0 };
			struct buf next = BUF(400);

			if (p[i]->special)
				continue;
			row = room(r);
			row->key = key_of(a, text, p[i]->from);
			row->field[0] = p[i]->name;
			row->field[1] = day_text(a, p[i]->to);
			if (p[i]->to != DATE_NONE)
				region_trace(region, n, p[i]->to - 1, p[i]->to, &t);
			for (size_t m = 0; m < t.n; m++)
				buf_printf(&next, "%s%s", m > 0 ? " " : "",
				    region_text(t.to[m]->number, to));
			row->field[2] = t.n > 0 ? arena_str(a, buf_text(&next)) : NULL;
			buf_free(&next);
		}
	}
}

static int
by_key(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->key, ((const struct row *)b)->key);
}

static int
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
add(struct klass_diffs *d, const char *list, const struct row *row,
    enum klass_what what, const char *field, const char *was, const char *is)
{
	if (d->n % 64 == 0)
		d->diff = mem_grow(d->diff, d->n + 64, sizeof(*d->diff));
	d->diff[d->n++] = (struct klass_diff){ list, arena_str(d->arena, row->key),
		what, field, was != NULL ? arena_str(d->arena, was) : NULL,
		is != NULL ? arena_str(d->arena, is) : NULL };
}

/* Both in the order of their keys, side by side. */
static void
compare(struct klass_diffs *d, const char *list, const char *const *fields,
    struct rows *was, struct rows *is)
{
	size_t i = 0, k = 0;

	if (was->n > 0)
		qsort(was->row, was->n, sizeof(*was->row), by_key);
	if (is->n > 0)
		qsort(is->row, is->n, sizeof(*is->row), by_key);
	while (i < was->n || k < is->n) {
		int c = i == was->n ? 1 : k == is->n ? -1 :
		    strcmp(was->row[i].key, is->row[k].key);

		if (c < 0) {
			d->gone += fields != NULL;
			add(d, list, &was->row[i], KLASS_GONE, NULL,
			    was->row[i].field[0], NULL);
			i++;
		} else if (c > 0) {
			add(d, list, &is->row[k], KLASS_NEW, NULL, NULL,
			    is->row[k].field[0]);
			k++;
		} else {
			for (size_t f = 0; fields != NULL && f < FIELDS; f++)
				if (!same(was->row[i].field[f], is->row[k].field[f]))
					add(d, list, &is->row[k], KLASS_EDITED, fields[f],
					    was->row[i].field[f], is->row[k].field[f]);
			i++;
			k++;
		}
	}
	free(was->row);
	free(is->row);
	*was = *is = (struct rows){ NULL, 0 };
}

void
klass_diff(const struct nace *was, const struct region *was_there,
    const struct nace *is, const struct region *is_there, struct klass_diffs *ret)
{
	struct rows a = { NULL, 0 }, b = { NULL, 0 };

	*ret = (struct klass_diffs){ NULL, 0, 0, arena_new() };
	for (int std = NACE_SN2007; std <= NACE_SN2025; std++) {
		items(was, (enum nace_std)std, &a);
		items(is, (enum nace_std)std, &b);
		compare(ret, nace_std_text((enum nace_std)std), item_fields, &a, &b);
	}
	pairs(was, ret->arena, &a);
	pairs(is, ret->arena, &b);
	compare(ret, "correspondence", NULL, &a, &b);
	counties(was_there, ret->arena, &a);
	counties(is_there, ret->arena, &b);
	compare(ret, "counties", place_fields, &a, &b);
	municipalities(was_there, ret->arena, &a);
	municipalities(is_there, ret->arena, &b);
	compare(ret, "municipalities", place_fields, &a, &b);
}

void
klass_diffs_free(struct klass_diffs *d)
{
	free(d->diff);
	arena_free(d->arena);
	*d = (struct klass_diffs){ NULL, 0, 0, NULL };
}

const char *
klass_what_text(enum klass_what what)
{
	return what == KLASS_NEW ? "new" : what == KLASS_GONE ? "gone" : "edited";
}
