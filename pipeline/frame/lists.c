#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <uninorm.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/csv.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/num.h"
#include "pipeline/base/talk.h"
#include "pipeline/frame/listing.h"
#include "pipeline/frame/reach.h"

#include "pipeline/frame/lists.h"

enum { LIST_MAX = 64 << 20 };

/* Text for comparing names: folded without case, blanks made one. */
static void
add_folded(const char *s, struct buf *out)
{
	size_t len = 0;
	uint8_t *low = u8_casefold((const uint8_t *)s, strlen(s), NULL, UNINORM_NFC,
	    NULL, &len);
	int blank = 0;

	for (size_t i = 0; low != NULL && i < len; i++) {
		int b = low[i] == ' ' || low[i] == '\t' || low[i] == '\n';

		if (b && !blank && out->len > 0)
			buf_chr(out, ' ');
		if (!b)
			buf_chr(out, (char)low[i]);
		blank = b;
	}
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	free(low);
}

/* Known keys, for rows that are there already: open addressing on strings. */
struct known {
	const char **slot;
	size_t cap, n;
};

static size_t
place_of(const struct known *k, const char *key)
{
	uint64_t h = 1469598103934665603u;	/* FNV-1a */
	size_t i;

	for (const char *s = key; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	for (i = h & (k->cap - 1); k->slot[i] != NULL; i = (i + 1) & (k->cap - 1))
		if (strcmp(k->slot[i], key) == 0)
			break;
	return i;
}

static void
remember(struct known *k, const char *key)
{
	if (k->n * 2 >= k->cap) {
		struct known more = { NULL, k->cap > 0 ? k->cap * 2 : 1024, k->n };

		more.slot = mem_array(more.cap, sizeof(*more.slot));
		for (size_t i = 0; i < k->cap; i++)
			if (k->slot[i] != NULL)
				more.slot[place_of(&more, k->slot[i])] = k->slot[i];
		free(k->slot);
		*k = more;
	}
	k->slot[place_of(k, key)] = key;
	k->n++;
}

static const char *
cell(const struct csv *csv, int column)
{
	const char *s = column < 0 ? "" : csv->field[column];

	return s + strspn(s, " \t");
}

/* One list being read. */
struct reading {
	const struct world *w;
	const struct study *study;
	const struct study_list *list;
	size_t group;
	struct listing l;
	const struct listing_row *row;
	struct selection *s;
	struct known *known;
};

static void
say(const struct reading *r, const char *what)
{
	talk_line(r->w->talk, "list %s: %s %zu: %s", r->list->name, r->l.word,
	    r->row->line, what);
}

/* The organisation number of a row, 0 where it has none or a wrong one. */
static int32_t
row_orgnr(const struct reading *r)
{
	const char *why;
	char text[100];
	int32_t v = 0;

	if (listing_orgnr(r->row->field[LISTING_ORGNR], &v, &why) < 0) {
		snprintf(text, sizeof(text), "organisation number %s: taken as none", why);
		say(r, text);
		return 0;
	}
	return v;
}

static const char *
row_key(const struct reading *r, int32_t orgnr, int32_t municipality)
{
	struct arena *a = r->s->arena;
	const char *id = r->row->field[LISTING_ID];
	struct buf b = BUF(BUF_ANY);
	unsigned char sum[32];
	char hex[65];

	if (orgnr != 0)
		return arena_printf(a, "%09d", (int)orgnr);
	if (*id != '\0')
		add_folded(id, &b);
	else {
		add_folded(r->row->field[LISTING_NAME], &b);
		buf_printf(&b, "|%04d", (int)municipality);
	}
	hash_sha256(buf_text(&b), b.len, sum);
	buf_free(&b);
	return arena_printf(a, "list:%s:%s", r->list->name, hash_hex(sum, 10, hex));
}

static void
read_row(struct reading *r)
{
	struct frame_result *count = &r->s->count;
	const struct region_place *place;
	const char *const *field = r->row->field, *key;
	char where[200];
	struct candidate *c;
	struct err why;
	int32_t orgnr;
	size_t area;

	count->listed++;
	listing_place(field[LISTING_MUNICIPALITY], where, sizeof(where));
	if (field[LISTING_NAME][0] == '\0' || where[0] == '\0') {
		say(r, "no name or no municipality: left out as outside");
		count->listed_outside++;
		return;
	}
	if (region_find_place(r->w->region, where, r->s->population->date, 0, &place,
	    &why) != 0) {
		say(r, "municipality not known, or one of several: left out as outside; "
		    "its number would help");
		count->listed_outside++;
		return;
	}
	area = r->s->population->area_of[place->number];
	if (area == 0) {
		count->listed_outside++;
		return;
	}
	orgnr = row_orgnr(r);
	key = row_key(r, orgnr, place->number);
	if (r->known->slot[place_of(r->known, key)] != NULL) {
		count->listed_matched++;
		return;
	}
	c = selection_add(r->s);
	c->key = key;
	c->source = arena_printf(r->s->arena, "list:%s", r->list->name);
	c->orgnr = orgnr;
	c->name = arena_str(r->s->arena, field[LISTING_NAME]);
	c->municipality = place->number;
	c->group = r->group;
	c->area = area - 1;
	if (field[LISTING_EMAIL][0] != '\0')
		c->email_raw = arena_str(r->s->arena, field[LISTING_EMAIL]);
	remember(r->known, key);
}

static int
read_list(const struct world *w, const struct study *study,
    const struct study_list *list, struct selection *s, struct known *known,
    struct hash *sum, struct err *err)
{
	struct reading r = { .w = w, .study = study, .list = list, .s = s,
	    .known = known };

	/* study_read() saw to it that there is one */
	r.group = study_group_at(study, list->group);
	if (listing_read(study, list, sum, &r.l, err) != 0)
		return -1;
	for (size_t i = 0; i < r.l.n; i++) {
		r.row = &r.l.row[i];
		read_row(&r);
	}
	listing_free(&r.l);
	return 0;
}

int
lists_read(const struct world *w, const struct study *study,
    struct selection *s, struct err *err)
{
	struct known known = { NULL, 0, 0 };
	struct hash *sum;
	unsigned char out[32];
	int r = 0;

	remember(&known, "");		/* so that there is a table */
	for (size_t i = 0; i < s->n; i++)
		remember(&known, s->unit[i].key);
	sum = hash_begin();
	for (size_t i = 0; r == 0 && i < study->nlist; i++)
		r = read_list(w, study, &study->list[i], s, &known, sum, err);
	hash_end(sum, out);
	if (study->nlist > 0)
		hash_hex(out, sizeof(out), s->lists_sha256);
	free(known.slot);
	return r;
}

struct exclusions {
	struct arena *arena;
	struct known key;	/* "nine digits" and "address key" */
};

/* What people call the columns. */
static int
column_of(const struct csv *csv, const char *const *names)
{
	int c = -1;

	for (; c < 0 && *names != NULL; names++)
		c = csv_column(csv, *names);
	return c;
}

/* The organisation number of a row: 1, 0 where it has none, -1 if it is wrong. */
static int
exclude_orgnr(struct exclusions *x, const struct csv *csv, int column)
{
	int32_t v;
	const char *why;
	int r = listing_orgnr(cell(csv, column), &v, &why);

	if (r == 1)
		remember(&x->key, arena_printf(x->arena, "%09d", (int)v));
	return r;
}

static int
exclude_email(struct exclusions *x, struct reach *reach, const struct csv *csv,
    int column)
{
	const char *key[REACH_KEYS], *s = cell(csv, column);
	size_t n;

	if (*s == '\0')
		return 0;
	n = reach_keys(reach, x->arena, s, key);
	for (size_t i = 0; i < n; i++)
		remember(&x->key, key[i]);
	return n > 0 ? 1 : -1;
}

static int
exclude_rows(const struct world *w, const char *file, struct reach *reach,
    struct exclusions *x, struct csv *csv, struct err *err)
{
	static const char *const orgnr_names[] = { "orgnr", "organisasjonsnummer", NULL };
	static const char *const email_names[] = { "epost", "e-post", "epostadresse",
		"email", "e-mail", NULL };
	int orgnr = column_of(csv, orgnr_names), email = column_of(csv, email_names);
	int more;

	if (orgnr < 0 && email < 0)
		return err_set(err, EX_DATAERR, "line 1: no column orgnr, epost or email "
		    "in its heading");
	while ((more = csv_next(csv, err)) == 1) {
		if (exclude_orgnr(x, csv, orgnr) < 0)
			talk_line(w->talk, "%s: line %zu: no organisation number: nobody is "
			    "left out by it", file, csv->line);
		if (exclude_email(x, reach, csv, email) < 0)
			talk_line(w->talk, "%s: line %zu: no e-mail address: nobody is left "
			    "out by it", file, csv->line);
	}
	return more;
}

int
exclusions_read(const struct world *w, const struct study *study,
    struct reach *reach, struct exclusions **ret, unsigned char sha256[static 32],
    struct err *err)
{
	struct exclusions *x;
	struct buf path = BUF(8192), text = BUF(LIST_MAX);
	struct csv csv;
	int r = -1;

	memset(sha256, 0, 32);
	*ret = x = mem_alloc(sizeof(*x));
	x->arena = arena_new();
	remember(&x->key, "");
	if (study->exclude == NULL)
		return 0;
	listing_path(study, study->exclude, &path);
	if (file_read(buf_text(&path), LIST_MAX, &text, err) != 0)
		goto free_text;
	hash_sha256(buf_text(&text), text.len, sha256);
	if (csv_open(&csv, buf_text(&text), text.len, 0, err) != 0)
		goto free_text;
	r = exclude_rows(w, study->exclude, reach, x, &csv, err);
	csv_close(&csv);
free_text:
	buf_free(&text);
	buf_free(&path);
	if (r == 0)
		return 0;
	exclusions_free(x);
	*ret = NULL;
	return err_context(err, "exclusion list %s", study->exclude);
}

int
exclusions_has(const struct exclusions *x, int32_t orgnr, const char *email_key)
{
	char digits[16];

	if (orgnr != 0) {
		snprintf(digits, sizeof(digits), "%09d", (int)orgnr);
		if (x->key.slot[place_of(&x->key, digits)] != NULL)
			return 1;
	}
	return email_key != NULL &&
	    x->key.slot[place_of(&x->key, email_key)] != NULL;
}

void
exclusions_free(struct exclusions *x)
{
	if (x == NULL)
		return;
	free(x->key.slot);
	arena_free(x->arena);
	free(x);
}
