#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"
#include "nace/fold.h"
#include "nace/region_table.h"
#include "nace/tsv.h"

extern const unsigned char embed_counties_tsv[], embed_municipalities_tsv[];
extern const unsigned char embed_special_places_tsv[];

static const char built_in[] =
    "counties (Klass 104) and municipalities (Klass 131) as of 2024-10";

const char *
region_version(const struct region *r)
{
	return r->version;
}

/* Exactly ${digits} digits. */
static int
number(const char *s, size_t len, size_t digits, int32_t *ret)
{
	int32_t v = 0;

	if (len != digits)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	*ret = v;
	return 0;
}

int
region_number(const char *s, size_t len, int32_t *ret)
{
	return number(s, len, 4, ret);
}

int
region_county_number(const char *s, size_t len, int32_t *ret)
{
	return number(s, len, 2, ret);
}

char *
region_text(int32_t municipality, char out[static 8])
{
	out[0] = '\0';
	if (municipality > 0 && municipality <= 9999)
		snprintf(out, 8, "%04d", (int)municipality);
	return out;
}

char *
region_county_text(int32_t county, char out[static 8])
{
	out[0] = '\0';
	if (county > 0 && county <= 99)
		snprintf(out, 8, "%02d", (int)county);
	return out;
}

static int
bad_row(const struct tsv *t, const char *why, struct err *err)
{
	return err_set(err, EX_SOFTWARE, "%s: line %zu: %s", t->name, t->line, why);
}

/* "30,31" as numbers of so many digits each, 0 behind the last. */
static int
load_next(char *s, size_t digits, int32_t *next, size_t max)
{
	size_t n = 0;

	while (*s != '\0') {
		size_t len = strcspn(s, ",");

		if (n == max || number(s, len, digits, &next[n++]) == -1)
			return -1;
		s += len;
		if (*s == ',')
			s++;
	}
	return 0;
}

static int
load_day(const char *s, int32_t *day)
{
	*day = DATE_NONE;
	return *s == '\0' ? 0 : date_parse(s, strlen(s), day);
}

/* A name and its ${sep}-joined parts as keys, after those already there. */
static int
add_keys(const char *s, const char *sep, int whole, char *key[REGION_KEYS])
{
	size_t n = 0;
	char part[FOLD_MAX + 1];

	while (n < REGION_KEYS && key[n] != NULL)
		n++;
	if (whole && strstr(s, sep) != NULL && n < REGION_KEYS &&
	    (key[n++] = fold(s)) == NULL)
		return -1;
	while (*s != '\0') {
		const char *end = strstr(s, sep);
		size_t len = end != NULL ? (size_t)(end - s) : strlen(s);

		if (n == REGION_KEYS || len > FOLD_MAX)
			return -1;
		memcpy(part, s, len);
		part[len] = '\0';
		if ((key[n++] = fold(part)) == NULL)
			return -1;
		s += len + (end != NULL ? strlen(sep) : 0);
	}
	return 0;
}

static int
load_counties(struct region *r, struct err *err)
{
	struct tsv t = { "counties.tsv", r->text[0], 0 };
	char *f[TSV_FIELDS];
	int got;

	r->county = mem_array(tsv_count(&t), sizeof(*r->county));
	while ((got = tsv_next(&t, f, 6, err)) == 1) {
		struct region_county_row *c = &r->county[r->ncounty++];

		c->pub.name = f[1];
		if (number(f[0], strlen(f[0]), 2, &c->pub.number) == -1 ||
		    load_day(f[3], &c->pub.from) == -1 ||
		    load_day(f[4], &c->pub.to) == -1 ||
		    load_next(f[5], 2, c->next, REGION_COUNTY_PARTS - 1) == -1 ||
		    add_keys(f[1], ",", 0, c->key) == -1 ||
		    add_keys(f[2], ",", 0, c->key) == -1)
			return bad_row(&t, "not a county", err);
		if (r->ncounty > 1 && c[-1].pub.number >= c->pub.number)
			return bad_row(&t, "out of order", err);
	}
	return got;
}

/* "Herøy (Nordland)" is also "Herøy". */
static int
add_base(const char *name, char *key[REGION_KEYS])
{
	const char *bracket = strstr(name, " (");
	char base[FOLD_MAX + 1];
	size_t len;

	if (bracket == NULL)
		return 0;
	len = (size_t)(bracket - name);
	if (len > FOLD_MAX)
		return -1;
	memcpy(base, name, len);
	base[len] = '\0';
	return add_keys(base, " - ", 0, key);
}

static int
load_place(struct region *r, char **f, const struct tsv *t, struct err *err)
{
	struct region_place_row *p = &r->place[r->nplace++];

	p->pub.name = f[1];
	if (number(f[0], strlen(f[0]), 4, &p->pub.number) == -1 ||
	    load_day(f[2], &p->pub.from) == -1 ||
	    load_day(f[3], &p->pub.to) == -1 ||
	    load_next(f[4], 4, p->next, REGION_PARTS - 1) == -1 ||
	    add_keys(f[1], " - ", 1, p->key) == -1 ||
	    add_base(f[1], p->key) == -1)
		return bad_row(t, "not a municipality", err);
	if ((p->pub.to == DATE_NONE) != (p->next[0] == 0))
		return bad_row(t, "ends without a successor, or the other way", err);
	if (r->nplace > 1 && (p[-1].pub.number > p->pub.number ||
	    (p[-1].pub.number == p->pub.number && (p[-1].pub.to == DATE_NONE ||
	    p->pub.from < p[-1].pub.to))))
		return bad_row(t, "out of order", err);
	return 0;
}

static int
load_places(struct region *r, struct err *err)
{
	struct tsv t = { "municipalities.tsv", r->text[1], 0 };
	struct tsv s = { "special_places.tsv", r->text[2], 0 };
	char *f[TSV_FIELDS];
	int got;

	r->place = mem_array(tsv_count(&t) + tsv_count(&s), sizeof(*r->place));
	while ((got = tsv_next(&t, f, 5, err)) == 1)
		if (load_place(r, f, &t, err) == -1)
			return -1;
	while (got == 0 && (got = tsv_next(&s, f, 2, err)) == 1) {
		struct region_place_row *p = &r->place[r->nplace++];

		p->pub.name = f[1];
		p->pub.special = 1;
		p->pub.from = p->pub.to = DATE_NONE;
		if (number(f[0], strlen(f[0]), 4, &p->pub.number) == -1 ||
		    add_keys(f[1], " - ", 1, p->key) == -1)
			return bad_row(&s, "not a special code", err);
		got = 0;
	}
	return got;
}

static int
by_number(const void *a, const void *b)
{
	const struct region_place *p = a, *q = b;

	if (p->number != q->number)
		return p->number < q->number ? -1 : 1;
	return (p->from > q->from) - (p->from < q->from);
}

/* Does every row that ends go over into rows that are there that day? */
static int
check_next(const struct region *r, struct err *err)
{
	for (size_t i = 0; i < r->nplace; i++) {
		const struct region_place_row *p = &r->place[i];

		for (size_t k = 0; p->next[k] != 0; k++)
			if (region_place_row(r, p->next[k], p->pub.to) == NULL)
				return err_set(err, EX_SOFTWARE, "municipalities.tsv: "
				    "%04d goes over into %04d, which is not there",
				    (int)p->pub.number, (int)p->next[k]);
	}
	return 0;
}

struct region *
region_load_from(const struct region_texts *texts, struct err *err)
{
	struct region *r = mem_alloc(sizeof(*r));

	r->text[0] = mem_str(texts->counties);
	r->text[1] = mem_str(texts->municipalities);
	r->text[2] = mem_str((const char *)embed_special_places_tsv);
	r->version = mem_str(texts->version);
	if (load_counties(r, err) == -1 || load_places(r, err) == -1)
		goto err_load;
	qsort(r->place, r->nplace, sizeof(*r->place), by_number);
	if (check_next(r, err) == -1)
		goto err_load;
	return r;

err_load:
	region_free(r);
	return NULL;
}

/* What is compiled in ends in a NUL. */
struct region *
region_load(struct err *err)
{
	const struct region_texts own = { (const char *)embed_counties_tsv,
		(const char *)embed_municipalities_tsv, built_in };

	return region_load_from(&own, err);
}

void
region_free(struct region *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->ncounty; i++)
		for (size_t k = 0; k < REGION_KEYS; k++)
			free(r->county[i].key[k]);
	for (size_t i = 0; i < r->nplace; i++)
		for (size_t k = 0; k < REGION_KEYS; k++)
			free(r->place[i].key[k]);
	free(r->county);
	free(r->place);
	for (size_t i = 0; i < sizeof(r->text) / sizeof(r->text[0]); i++)
		free(r->text[i]);
	free(r->version);
	free(r);
}

int
region_there(int32_t from, int32_t to, int32_t day)
{
	if (day < REGION_DAY_FIRST)
		day = REGION_DAY_FIRST;
	return (from == DATE_NONE || from <= day) && (to == DATE_NONE || day < to);
}

const struct region_county *
region_county(const struct region *r, int32_t county, int32_t day)
{
	for (size_t i = 0; i < r->ncounty; i++) {
		const struct region_county *c = &r->county[i].pub;

		if (c->number == county && region_there(c->from, c->to, day))
			return c;
	}
	return NULL;
}

/* The first row of a number; r->nplace if there is none. */
static size_t
first_row(const struct region *r, int32_t municipality)
{
	size_t low = 0, high = r->nplace;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (r->place[mid].pub.number < municipality)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct region_place_row *
region_place_row(const struct region *r, int32_t municipality, int32_t day)
{
	for (size_t i = first_row(r, municipality); i < r->nplace &&
	    r->place[i].pub.number == municipality; i++)
		if (region_there(r->place[i].pub.from, r->place[i].pub.to, day))
			return &r->place[i];
	return NULL;
}

const struct region_place *
region_place(const struct region *r, int32_t municipality, int32_t day)
{
	const struct region_place_row *p = region_place_row(r, municipality, day);

	return p != NULL ? &p->pub : NULL;
}

const struct region_county *
region_county_of(const struct region *r, int32_t municipality, int32_t day)
{
	const struct region_place_row *p = region_place_row(r, municipality, day);

	if (p == NULL)
		return NULL;
	return region_county(r, municipality / 100, day);
}

size_t
region_counties(const struct region *r, int32_t day,
    const struct region_county **out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < r->ncounty; i++) {
		const struct region_county *c = &r->county[i].pub;

		if (region_there(c->from, c->to, day) && n++ < max)
			out[n - 1] = c;
	}
	return n;
}

size_t
region_places(const struct region *r, int32_t county, int32_t day,
    const struct region_place **out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nplace; i++) {
		const struct region_place *p = &r->place[i].pub;

		if (!p->special && region_there(p->from, p->to, day) &&
		    (county == 0 || p->number / 100 == county) && n++ < max)
			out[n - 1] = p;
	}
	return n;
}
