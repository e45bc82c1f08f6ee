#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"
#include "nace/klass.h"

static const char first[] = "2002-01-01";

/* ---- industry codes ---------------------------------------------------------- */

enum { CODE, PARENT, LEVEL, NAME, FROM, TO };

static int
by_code(const void *a, const void *b)
{
	const struct klass_row *p = *(const struct klass_row *const *)a;
	const struct klass_row *q = *(const struct klass_row *const *)b;

	return strcmp(p->field[CODE], q->field[CODE]);
}

static const struct klass_row **
sorted(const struct klass_rows *rows, int (*cmp)(const void *, const void *))
{
	const struct klass_row **s = mem_array(rows->n + 1, sizeof(*s));

	for (size_t i = 0; i < rows->n; i++)
		s[i] = &rows->row[i];
	qsort(s, rows->n, sizeof(*s), cmp);
	return s;
}

static const struct klass_row *
find(const struct klass_row *const *s, size_t n, const char *code)
{
	size_t low = 0;

	while (low < n) {
		size_t mid = low + (n - low) / 2;
		int d = strcmp(s[mid]->field[CODE], code);

		if (d == 0)
			return s[mid];
		if (d < 0)
			low = mid + 1;
		else
			n = mid;
	}
	return NULL;
}

/* A row and all that lies in it, as printed; returns how many. */
static size_t
put_item(const struct klass_row *const *s, size_t n, const struct klass_row *up,
    int level, struct buf *tsv)
{
	size_t put = 0;

	for (size_t i = 0; i < n; i++) {
		const char *const *f = s[i]->field;

		if (strcmp(f[PARENT], up != NULL ? up->field[CODE] : "") != 0 ||
		    f[LEVEL][0] != '0' + level || f[LEVEL][1] != '\0')
			continue;
		buf_printf(tsv, "%s\t%s\n", f[CODE], f[NAME]);
		put += 1 + (level < 5 ? put_item(s, n, s[i], level + 1, tsv) : 0);
	}
	return put;
}

int
klass_standard(const struct klass_rows *version, const char *name,
    struct buf *tsv, struct err *err)
{
	const struct klass_row **s = sorted(version, by_code);
	size_t put = put_item(s, version->n, NULL, 1, tsv);
	int r = 0;

	for (size_t i = 1; i < version->n && r == 0; i++)
		if (by_code(&s[i - 1], &s[i]) == 0)
			r = err_set(err, EX_DATAERR, "%s: %.10s is there twice", name,
			    s[i]->field[CODE]);
	if (r == 0 && (put == 0 || put != version->n))
		r = err_set(err, EX_DATAERR, "%s: of %zu codes %zu lie in no section",
		    name, version->n, version->n - put);
	if (r == 0 && tsv->over)
		r = err_set(err, EX_DATAERR, "%s: too large", name);
	free(s);
	return r;
}

struct pair {
	const char *old, *new;
};

static int
by_pair(const void *a, const void *b)
{
	const struct pair *p = a, *q = b;
	int d = strcmp(p->old, q->old);

	return d != 0 ? d : strcmp(p->new, q->new);
}

static int
is_leaf(const char *code)
{
	return strlen(code) == 6;
}

int
klass_links(const struct klass_rows *sn2007, const struct klass_rows *sn2025,
    const struct klass_rows *maps, struct buf *tsv, struct err *err)
{
	const struct klass_row **old = sorted(sn2007, by_code);
	const struct klass_row **new = sorted(sn2025, by_code);
	struct pair *p = mem_array(maps->n + sn2007->n + 1, sizeof(*p));
	size_t n = 0, mapped, at = 0;
	int r = -1;

	for (size_t i = 0; i < maps->n; i++) {
		const char *to = maps->row[i].field[0], *from = maps->row[i].field[1];

		if (!is_leaf(to) || !is_leaf(from))
			continue;
		if (find(old, sn2007->n, from) == NULL ||
		    find(new, sn2025->n, to) == NULL) {
			err_set(err, EX_DATAERR, "correspondence: %.10s of SN2025 to "
			    "%.10s of SN2007: a code that is in no list", to, from);
			goto out;
		}
		p[n++] = (struct pair){ from, to };
	}
	if ((mapped = n) == 0) {
		err_set(err, EX_DATAERR, "correspondence: no five-digit codes");
		goto out;
	}
	qsort(p, mapped, sizeof(*p), by_pair);
	for (size_t i = 0; i < sn2007->n; i++) {
		const char *code = old[i]->field[CODE];

		if (!is_leaf(code))
			continue;
		while (at < mapped && strcmp(p[at].old, code) < 0)
			at++;
		if (at < mapped && strcmp(p[at].old, code) == 0)
			continue;
		if (find(new, sn2025->n, code) == NULL) {
			err_set(err, EX_DATAERR, "correspondence: %.10s of SN2007 is "
			    "neither in it nor in SN2025: it went nowhere", code);
			goto out;
		}
		p[n++] = (struct pair){ code, code };
	}
	qsort(p, n, sizeof(*p), by_pair);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || by_pair(&p[i - 1], &p[i]) != 0)
			buf_printf(tsv, "%s\t%s\n", p[i].old, p[i].new);
	r = 0;
out:
	free(p);
	free(new);
	free(old);
	return r;
}

/* ---- places ------------------------------------------------------------------ */

static int
by_day(const void *a, const void *b)
{
	const struct klass_row *p = *(const struct klass_row *const *)a;
	const struct klass_row *q = *(const struct klass_row *const *)b;
	int d = strcmp(p->field[CODE], q->field[CODE]);

	return d != 0 ? d : strcmp(p->field[FROM], q->field[FROM]);
}

static int
is_number(const char *s, size_t digits)
{
	return strlen(s) == digits && strspn(s, "0123456789") == digits;
}

static int
is_day(const char *s)
{
	int32_t ignored;

	return date_parse(s, strlen(s), &ignored) == 0;
}

/* A place with one name, for as long as it is one row. */
struct place {
	const char *code, *name, *from, *to;	/* "": before 2002, in force */
};

/* Do codes and changes hold what they should?  9999 and 99, "not stated", are
 * taken out by the caller. */
static int
check_rows(const struct klass_rows *codes, const struct klass_rows *changes,
    size_t digits, const char *what, struct err *err)
{
	for (size_t i = 0; i < codes->n; i++) {
		const char *const *f = codes->row[i].field;

		if (!is_number(f[CODE], digits) || f[NAME][0] == '\0' ||
		    (f[FROM][0] != '\0' && !is_day(f[FROM])) ||
		    (f[TO][0] != '\0' && !is_day(f[TO])))
			return err_set(err, EX_DATAERR, "%s: row %zu (%.10s) is not a "
			    "number, a name and two days", what, i + 1, f[CODE]);
	}
	for (size_t i = 0; i < changes->n; i++) {
		const char *const *f = changes->row[i].field;

		if ((f[0][0] != '\0' && !is_number(f[0], digits)) ||
		    (f[1][0] != '\0' && !is_number(f[1], digits)) || !is_day(f[2]))
			return err_set(err, EX_DATAERR, "%s: change %zu (%.10s) is not "
			    "two numbers and a day", what, i + 1, f[0]);
	}
	return 0;
}

/* The next day after ${from} and before ${to} on which ${code} went over into
 * itself (land came in), or ${to}. */
static const char *
cut(const struct klass_rows *changes, const char *code, const char *from,
    const char *to)
{
	const char *day = to;

	for (size_t i = 0; i < changes->n; i++) {
		const char *const *f = changes->row[i].field;

		if (strcmp(f[0], code) == 0 && strcmp(f[1], code) == 0 &&
		    strcmp(f[2], from) > 0 && strcmp(f[2], first) > 0 &&
		    (day[0] == '\0' || strcmp(f[2], day) < 0))
			day = f[2];
	}
	return day;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "3005,3025": who took over on the last day; how many. */
static size_t
put_next(const struct klass_rows *changes, const struct place *p,
    const struct place *after, struct buf *tsv)
{
	const char **next = mem_array(changes->n + 1, sizeof(*next));
	size_t n = 0, put = 0;

	for (size_t i = 0; i < changes->n; i++) {
		const char *const *f = changes->row[i].field;

		if (strcmp(f[0], p->code) == 0 && strcmp(f[2], p->to) == 0 &&
		    f[1][0] != '\0')
			next[n++] = f[1];
	}
	if (n == 0 && after != NULL && strcmp(after->code, p->code) == 0 &&
	    strcmp(after->from, p->to) == 0)
		next[n++] = p->code;
	qsort(next, n, sizeof(*next), by_text);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(next[i - 1], next[i]) != 0)
			buf_printf(tsv, "%s%s", put++ > 0 ? "," : "", next[i]);
	free(next);
	return put;
}

/* Rows by number and day, cut where land came in; *ret is how many. */
static struct place *
places(const struct klass_rows *codes, const struct klass_rows *changes,
    const char *until, const char *none, size_t *ret)
{
	const struct klass_row **s = sorted(codes, by_day);
	struct place *p = mem_array(codes->n + changes->n + 1, sizeof(*p));
	size_t n = 0;

	for (size_t i = 0; i < codes->n; i++) {
		const char *const *f = s[i]->field;
		const char *from = strcmp(f[FROM], first) <= 0 ? "" : f[FROM];
		const char *to = strcmp(f[TO], until) >= 0 ? "" : f[TO];

		if (strcmp(f[CODE], none) == 0)
			continue;
		while (n < codes->n + changes->n) {
			const char *day = cut(changes, f[CODE], from, to);

			p[n++] = (struct place){ f[CODE], f[NAME], from, day };
			if (day == to)
				break;
			from = day;
		}
	}
	free(s);
	*ret = n;
	return p;
}

int
klass_places(const struct klass_rows *codes, const struct klass_rows *changes,
    const char *until, struct buf *tsv, struct err *err)
{
	struct place *p;
	size_t n;
	int r = 0;

	if (check_rows(codes, changes, 4, "municipalities", err) != 0)
		return -1;
	p = places(codes, changes, until, "9999", &n);
	for (size_t i = 0; i < n && r == 0; i++) {
		buf_printf(tsv, "%s\t%s\t%s\t%s\t", p[i].code, p[i].name, p[i].from,
		    p[i].to);
		if (p[i].to[0] != '\0' && put_next(changes, &p[i], i + 1 < n ?
		    &p[i + 1] : NULL, tsv) == 0)
			r = err_set(err, EX_DATAERR, "municipalities: %s ended on %s and "
			    "went nowhere", p[i].code, p[i].to);
		buf_chr(tsv, '\n');
	}
	if (r == 0 && n == 0)
		r = err_set(err, EX_DATAERR, "municipalities: there are none");
	free(p);
	return r;
}

/* "Troms - Romsa - Tromssa" as "Troms", tab, "Romsa,Tromssa". */
static void
put_names(const char *name, struct buf *tsv)
{
	const char *at;

	for (int i = 0; (at = strstr(name, " - ")) != NULL; i++, name = at + 3) {
		buf_add(tsv, name, (size_t)(at - name));
		buf_chr(tsv, i == 0 ? '\t' : ',');
	}
	buf_str(tsv, name);
}

int
klass_counties(const struct klass_rows *codes, const struct klass_rows *changes,
    const char *until, struct buf *tsv, struct err *err)
{
	static const struct klass_rows nothing = { NULL, 0, NULL };
	struct place *p;
	size_t n;
	int r = 0;

	if (check_rows(codes, changes, 2, "counties", err) != 0)
		return -1;
	p = places(codes, &nothing, until, "99", &n);
	for (size_t i = 0; i < n && r == 0; i++) {
		/* a county that is called something else is the same county */
		if (i + 1 < n && strcmp(p[i].code, p[i + 1].code) == 0 &&
		    strcmp(p[i].to, p[i + 1].from) == 0) {
			p[i + 1].from = p[i].from;
			continue;
		}
		buf_printf(tsv, "%s\t", p[i].code);
		put_names(p[i].name, tsv);
		buf_printf(tsv, "%s\t%s\t%s\t", strstr(p[i].name, " - ") == NULL ? "\t" :
		    "", p[i].from, p[i].to);
		if (p[i].to[0] != '\0' && put_next(changes, &p[i], NULL, tsv) == 0)
			r = err_set(err, EX_DATAERR, "counties: %s ended on %s and went "
			    "nowhere", p[i].code, p[i].to);
		buf_chr(tsv, '\n');
	}
	if (r == 0 && n == 0)
		r = err_set(err, EX_DATAERR, "counties: there are none");
	free(p);
	return r;
}
