#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "nace/fold.h"
#include "nace/region_name.h"
#include "nace/region_table.h"

enum { NAMED_MAX = 8 };		/* candidates an error names one by one */

/* A question: what was written, and where and when it is looked for. */
struct ask {
	const struct region *r;
	struct region_name name;	/* .key NULL: a number */
	char said[FOLD_MAX + 1];	/* as written, for the reason */
	int32_t number;
	int32_t day;
	int32_t county;			/* 0: anywhere */
	struct err *err;
};

/* Digits only: the number, else -1. */
static int32_t
digits(const char *s, size_t len, size_t max)
{
	int32_t v = 0;

	if (len == 0 || len > max)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

static int
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int
read_ask(const char *s, size_t max_digits, struct ask *a)
{
	size_t len;

	while (is_blank(*s))
		s++;
	for (len = strlen(s); len > 0 && is_blank(s[len - 1]);)
		len--;
	if (len == 0)
		return err_set(a->err, EX_DATAERR, "no name and no number is "
		    "written here");
	a->number = digits(s, len, max_digits);
	if (a->number != -1)
		return 0;
	if (len <= FOLD_MAX)
		memcpy(a->said, s, len);
	if (len > FOLD_MAX || region_name_read(a->said, &a->name) == -1)
		return err_set(a->err, EX_DATAERR, "not a name in UTF-8 of up to "
		    "%d octets", FOLD_MAX);
	return 0;
}

/* ---- counties ---------------------------------------------------------------- */

static int
county_is(const struct ask *a, const struct region_county_row *c)
{
	if (a->name.key == NULL)
		return c->pub.number == a->number;
	return region_name_is(a->name.key, c->key, REGION_KEYS);
}

static const struct region_county_row *
county_now(const struct ask *a)
{
	for (size_t i = 0; i < a->r->ncounty; i++) {
		const struct region_county_row *c = &a->r->county[i];

		if (region_there(c->pub.from, c->pub.to, a->day) && county_is(a, c))
			return c;
	}
	return NULL;
}

/* Add "Østfold (31), Akershus (32)": what holds the most of ${c} on a->day. */
static void
county_heirs(const struct ask *a, const struct region_county_row *c, struct buf *b)
{
	for (size_t i = 0; i < REGION_COUNTY_PARTS && c->next[i] != 0; i++)
		for (size_t k = 0; k < a->r->ncounty; k++) {
			const struct region_county_row *heir = &a->r->county[k];

			if (heir->pub.number != c->next[i])
				continue;
			if (!region_there(heir->pub.from, heir->pub.to, a->day))
				county_heirs(a, heir, b);
			else
				buf_printf(b, "%s%s (%02d)", b->len > 0 ? ", " : "",
				    heir->pub.name, (int)heir->pub.number);
		}
}

/* What a county of old is on the day: the one that bears its name again, or
 * else all that its area went to. */
static void
county_today(const struct ask *a, const struct region_county_row *c, struct buf *b)
{
	for (size_t i = 0; i < a->r->ncounty; i++) {
		const struct region_county_row *p = &a->r->county[i];

		if (region_there(p->pub.from, p->pub.to, a->day) &&
		    strcmp(p->pub.name, c->pub.name) == 0) {
			buf_printf(b, "%s (%02d)", p->pub.name,
			    (int)p->pub.number);
			return;
		}
	}
	county_heirs(a, c, b);
}

/* Refuse a county that is there, but not on the day. */
static int
county_elsewhen(const struct ask *a, const struct region_county_row *c)
{
	struct buf b = BUF(200);
	char day[11];

	if (c->pub.to == DATE_NONE || a->day < c->pub.to)
		return err_set(a->err, EX_DATAERR, "%s (%02d) is a county from %s "
		    "only", c->pub.name, (int)c->pub.number,
		    date_iso(c->pub.from, day));
	county_today(a, c, &b);
	err_set(a->err, EX_DATAERR, "%s (%02d) was a county until %s; now: %s",
	    c->pub.name, (int)c->pub.number, date_iso(c->pub.to - 1, day),
	    buf_text(&b));
	buf_free(&b);
	return -1;
}

/* The key of a row that is nearest to what was written, if it is near. */
static int
nearer(const struct ask *a, char *const *key, size_t *best)
{
	int found = 0;

	for (size_t i = 0; i < REGION_KEYS && key[i] != NULL; i++) {
		size_t d = fold_distance(a->name.key, key[i]);

		if (d < *best && fold_near(a->name.key, key[i])) {
			*best = d;
			found = 1;
		}
	}
	return found;
}

/* What is written where a county should be, but is another kind of place. */
static const struct region_place *
place_instead(const struct ask *a)
{
	for (size_t i = 0; i < a->r->nplace; i++) {
		const struct region_place_row *p = &a->r->place[i];

		if (!region_there(p->pub.from, p->pub.to, a->day))
			continue;
		if (a->name.key == NULL ? p->pub.special &&
		    p->pub.number / 100 == a->number :
		    region_name_is(a->name.key, p->key, REGION_KEYS))
			return &p->pub;
	}
	return NULL;
}

static int
county_unknown(const struct ask *a)
{
	const struct region_place *p = place_instead(a);
	const struct region_county_row *near = NULL;
	size_t best = SIZE_MAX;
	char day[11];

	if (p != NULL)
		return err_set(a->err, EX_DATAERR, "%s is not a county; in the "
		    "register it is municipality %04d", p->name, (int)p->number);
	if (a->name.key == NULL)
		return err_set(a->err, EX_DATAERR, "no county has number %02d",
		    (int)a->number);
	for (size_t i = 0; i < a->r->ncounty; i++) {
		const struct region_county_row *c = &a->r->county[i];

		if (region_there(c->pub.from, c->pub.to, a->day) &&
		    nearer(a, c->key, &best))
			near = c;
	}
	if (near != NULL)
		return err_set(a->err, EX_DATAERR, "no county is called \"%s\"; did "
		    "you mean %s (%02d)?", a->said, near->pub.name,
		    (int)near->pub.number);
	return err_set(a->err, EX_DATAERR, "no county is called \"%s\" on %s",
	    a->said, date_iso(a->day, day));
}

int
region_find_county(const struct region *r, const char *s, int32_t day,
    const struct region_county **ret, struct err *err)
{
	struct ask a = { .r = r, .day = day, .err = err };
	const struct region_county_row *c;
	int status = 0;

	if (read_ask(s, 2, &a) == -1)
		return -1;
	c = county_now(&a);
	if (c != NULL) {
		*ret = &c->pub;
	} else {
		/* the latest that was or will be called so */
		for (size_t i = 0; i < r->ncounty; i++)
			if (county_is(&a, &r->county[i]))
				c = &r->county[i];
		status = c != NULL ? county_elsewhen(&a, c) : county_unknown(&a);
	}
	region_name_free(&a.name);
	return status;
}

/* ---- municipalities ------------------------------------------------------------ */

/* Is the county with this number, on the day, the one in brackets? */
static int
in_bracket(const struct ask *a, int32_t municipality)
{
	for (size_t i = 0; i < a->r->ncounty; i++) {
		const struct region_county_row *c = &a->r->county[i];

		if (c->pub.number == municipality / 100 &&
		    region_name_is(a->name.inside, c->key, REGION_KEYS))
			return 1;
	}
	return 0;
}

static int
place_is(const struct ask *a, const struct region_place_row *p)
{
	if (a->name.key == NULL)
		return p->pub.number == a->number;
	if (region_name_is(a->name.key, p->key, REGION_KEYS))
		return 1;
	return a->name.base != NULL &&
	    region_name_is(a->name.base, p->key, REGION_KEYS) &&
	    in_bracket(a, p->pub.number);
}

static int
in_county(const struct ask *a, const struct region_place_row *p)
{
	return a->county == 0 || p->pub.number / 100 == a->county;
}

/* Add "1515 Herøy (Møre og Romsdal)", with its county in any case. */
static void
put_place(const struct ask *a, const struct region_place *p, struct buf *b)
{
	const struct region_county *c = region_county(a->r, p->number / 100,
	    p->to == DATE_NONE ? a->day : p->to - 1);

	buf_printf(b, "%s%04d %s", b->len > 0 ? ", " : "", (int)p->number, p->name);
	if (c != NULL && strchr(p->name, '(') == NULL)
		buf_printf(b, " (%s)", c->name);
}

/* Several go by that name. */
static int
ambiguous(const struct ask *a, size_t n)
{
	struct buf b = BUF(300);
	size_t named = 0;

	for (size_t i = 0; i < a->r->nplace && named < NAMED_MAX; i++) {
		const struct region_place_row *p = &a->r->place[i];

		if (region_there(p->pub.from, p->pub.to, a->day) &&
		    in_county(a, p) && place_is(a, p)) {
			put_place(a, &p->pub, &b);
			named++;
		}
	}
	err_set(a->err, EX_DATAERR, "\"%s\" is the name of %zu municipalities; "
	    "write the number or the county behind: %s", a->said, n,
	    buf_text(&b));
	buf_free(&b);
	return -1;
}

/* The right place under the wrong county. */
static int
wrong_county(const struct ask *a, const struct region_place_row *p)
{
	const struct region_county *c = region_county(a->r, a->county, a->day);
	struct buf b = BUF(200);

	put_place(a, &p->pub, &b);
	err_set(a->err, EX_DATAERR, "%s does not lie in county %02d%s%s",
	    buf_text(&b), (int)a->county, c != NULL ? " " : "",
	    c != NULL ? c->name : "");
	buf_free(&b);
	return -1;
}

/* Add those of a->day that ${p}, a row of later days, was made of. */
static void
forerunners(const struct ask *a, const struct region_place_row *p, struct buf *b)
{
	struct region_parts parts;
	size_t named = 0;

	for (size_t i = 0; i < a->r->nplace && named < NAMED_MAX; i++) {
		const struct region_place_row *old = &a->r->place[i];

		if (!region_there(old->pub.from, old->pub.to, a->day))
			continue;
		region_follow(a->r, old, p->pub.from, &parts);
		for (size_t k = 0; k < parts.n; k++)
			if (parts.row[k] == p) {
				put_place(a, &old->pub, b);
				named++;
			}
	}
}

/* Refuse a municipality that is there, but not on the day. */
static int
place_elsewhen(const struct ask *a, const struct region_place_row *p)
{
	struct region_parts parts;
	struct buf b = BUF(300);
	char day[11];

	if (p->pub.to == DATE_NONE || a->day < p->pub.to) {
		forerunners(a, p, &b);
		err_set(a->err, EX_DATAERR, "%04d is %s from %s only; before, the "
		    "area was: %s", (int)p->pub.number, p->pub.name,
		    date_iso(p->pub.from, day), buf_text(&b));
	} else {
		region_follow(a->r, p, a->day, &parts);
		for (size_t i = 0; i < parts.n; i++)
			put_place(a, &parts.row[i]->pub, &b);
		err_set(a->err, EX_DATAERR, "%04d was %s until %s; now%s: %s",
		    (int)p->pub.number, p->pub.name, date_iso(p->pub.to - 1, day),
		    parts.n > 1 ? " parts of" : "", buf_text(&b));
	}
	buf_free(&b);
	return -1;
}

/* The place that was meant, if the name is nearly right or only its brackets
 * are wrong; NULL if there is none. */
static const struct region_place_row *
place_meant(const struct ask *a)
{
	const struct region_place_row *near = NULL;
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < a->r->nplace; i++) {
		const struct region_place_row *p = &a->r->place[i];

		if (!region_there(p->pub.from, p->pub.to, a->day) ||
		    !in_county(a, p))
			continue;
		if (a->name.base != NULL &&
		    region_name_is(a->name.base, p->key, REGION_KEYS))
			return p;
		if (nearer(a, p->key, &best))
			near = p;
	}
	return near;
}

static int
place_unknown(const struct ask *a)
{
	const struct region_place_row *near;
	const struct region_county_row *c;
	struct buf b = BUF(200);
	char day[11];

	if (a->name.key == NULL)
		return err_set(a->err, EX_DATAERR, "no municipality has or had "
		    "number %04d", (int)a->number);
	c = county_now(a);
	if (c != NULL)
		return err_set(a->err, EX_DATAERR, "%s is not a municipality but "
		    "county %02d", c->pub.name, (int)c->pub.number);
	near = place_meant(a);
	if (near == NULL)
		return err_set(a->err, EX_DATAERR, "no municipality is called "
		    "\"%s\" on %s", a->said, date_iso(a->day, day));
	put_place(a, &near->pub, &b);
	err_set(a->err, EX_DATAERR, "no municipality is called \"%s\"; did you mean "
	    "%s?", a->said, buf_text(&b));
	buf_free(&b);
	return -1;
}

/* The row to tell about if none is in force: the last before the day, else the
 * first after it. */
static const struct region_place_row *
place_other_day(const struct ask *a)
{
	const struct region_place_row *best = NULL;

	for (size_t i = 0; i < a->r->nplace; i++) {
		const struct region_place_row *p = &a->r->place[i];
		int past = p->pub.to != DATE_NONE && p->pub.to <= a->day;
		int best_past = best != NULL && best->pub.to != DATE_NONE &&
		    best->pub.to <= a->day;

		if (!place_is(a, p))
			continue;
		if (best == NULL || past > best_past || (past && best_past &&
		    p->pub.to > best->pub.to) || (!past && !best_past &&
		    p->pub.from < best->pub.from))
			best = p;
	}
	return best;
}

int
region_find_place(const struct region *r, const char *s, int32_t day,
    int32_t county, const struct region_place **ret, struct err *err)
{
	struct ask a = { .r = r, .day = day, .county = county, .err = err };
	const struct region_place_row *hit = NULL, *outside = NULL, *other;
	size_t n = 0;
	int status = 0;

	if (read_ask(s, 4, &a) == -1)
		return -1;
	for (size_t i = 0; i < r->nplace; i++) {
		const struct region_place_row *p = &r->place[i];

		if (!region_there(p->pub.from, p->pub.to, day) || !place_is(&a, p))
			continue;
		if (in_county(&a, p)) {
			hit = p;
			n++;
		} else {
			outside = p;
		}
	}
	if (n == 1)
		*ret = &hit->pub;
	else if (n > 1)
		status = ambiguous(&a, n);
	else if (outside != NULL)
		status = wrong_county(&a, outside);
	else if ((other = place_other_day(&a)) != NULL)
		status = place_elsewhen(&a, other);
	else
		status = place_unknown(&a);
	region_name_free(&a.name);
	return status;
}
