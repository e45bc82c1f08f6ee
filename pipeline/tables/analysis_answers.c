#include <stdlib.h>
#include <string.h>

#include "pipeline/base/num.h"
#include "pipeline/store/store.h"
#include "pipeline/tables/analysis_private.h"

enum { KEYS = 200 };		/* values of one column that become classes */

/* What platforms call the columns that tell who somebody is; letters and digits
 * only, lower case. */
static const char *const telling[] = {
	"address", "adresse", "email", "emailaddress", "epost", "epostadresse",
	"etternavn", "externaldatareference", "externalreference", "firstname",
	"foretaksnavn", "fornavn", "fulltnavn", "fullname", "ip", "ipaddr",
	"ipaddress", "ipadresse", "kontaktperson", "lastname", "latitude",
	"locationlatitude", "locationlongitude", "longitude", "mail", "mobil",
	"mobile", "name", "navn", "organisasjonsnummer", "orgnr", "orgnummer",
	"participant", "phone", "recipientemail", "recipientfirstname",
	"recipientlastname", "refurl", "seed", "telefon", "tlf", "token",
	"virksomhetsnavn",
};

/* --- reading ------------------------------------------------------------------- */

struct place { int64_t id; size_t at; };

static int
by_id(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static struct analysis_column *
column_of(struct analysis_answers *a, const char *name, size_t units,
    struct arena *arena)
{
	struct analysis_column *c;

	if (a->n > 0 && strcmp(a->column[a->n - 1].name, name) == 0)
		return &a->column[a->n - 1];
	a->column = mem_grow(a->column, a->n + 1, sizeof(*a->column));
	c = &a->column[a->n++];
	memset(c, 0, sizeof(*c));
	c->name = arena_str(arena, name);
	c->value = mem_array(units + 1, sizeof(*c->value));
	return c;
}

static int
read_values(const struct making *m, struct analysis_unit *unit, size_t n,
    const struct place *place, struct analysis_answers *a, struct err *err)
{
	sqlite3_stmt *q = NULL;
	int r;

	if (db_prepare(m->w->db, "SELECT v.name, v.value, x.sample_unit FROM answer x"
	    " JOIN answer_value v ON v.answer = x.id WHERE x.study = ?1 AND"
	    " x.used = 1 AND x.sample_unit IS NOT NULL ORDER BY v.name, x.id", &q,
	    err) != 0)
		return -1;
	db_i64(q, 1, m->study_id);
	while ((r = db_step(q, err)) == 1 && a->n <= DATASET_VARS) {
		struct place key = { sqlite3_column_int64(q, 2), 0 }, *at;
		struct analysis_column *c = column_of(a, db_col(q, 0), n, m->arena);

		at = bsearch(&key, place, n, sizeof(*place), by_id);
		if (at == NULL)
			continue;
		unit[at->at].answers = 1;
		if (db_col(q, 1)[0] != '\0')
			c->value[at->at] = arena_str(m->arena, db_col(q, 1));
	}
	sqlite3_finalize(q);
	return r < 0 ? -1 : 0;
}

/* --- who is it? ------------------------------------------------------------------ */

static int
lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static int
called(const char *name, const char *word)
{
	for (;; name++) {
		while (*name == ' ' || *name == '_' || *name == '-' || *name == '.')
			name++;
		if (*word == '\0' || *name == '\0')
			return *word == *name;
		if (lower((unsigned char)*name) != *word++)
			return 0;
	}
}

static int
equal(const char *a, const char *b)
{
	if (*b == '\0')
		return 0;
	for (; *a != '\0' && lower((unsigned char)*a) == lower((unsigned char)*b);
	    a++)
		b++;
	return *a == *b;
}

/* Octets of the address around the @ at ${at}: not of blanks and the like. */
static size_t
address(const char *text, const char *at, const char **from)
{
	static const char ends[] = " \t\r\n,;<>()[]\"'";
	const char *a = at, *z = at + 1 + strcspn(at + 1, ends);

	while (a > text && strchr(ends, a[-1]) == NULL)
		a--;
	*from = a;
	return a < at && memchr(at + 1, '.', (size_t)(z - at - 1)) != NULL ?
	    (size_t)(z - a) : 0;
}

static int
tells(const struct analysis_unit *u, const char *value)
{
	const char *at = strchr(value, '@'), *from, *why;
	int32_t orgnr;

	if (equal(value, u->email) || equal(value, u->orgnr) ||
	    equal(value, u->token) ||
	    num_orgnr(value, strlen(value), &orgnr, &why) == 0)
		return 1;
	return at != NULL && address(value, at, &from) == strlen(value);
}

static int
leave_out(const struct analysis_column *c, const struct analysis_unit *unit,
    size_t n)
{
	size_t filled = 0, named = 0;

	for (size_t i = 0; i < sizeof(telling) / sizeof(telling[0]); i++)
		if (called(c->name, telling[i]))
			return 1;
	for (size_t i = 0; i < n; i++) {
		if (c->value[i] == NULL)
			continue;
		if (tells(&unit[i], c->value[i]))
			return 1;
		filled++;
		named += (size_t)equal(c->value[i], unit[i].name);
	}
	/* a firm may be called what it does: one such answer tells nothing */
	return named > 0 && 2 * named >= filled;
}

/* Its own name, and nobody else gave that answer. */
static int
own_name(const struct analysis_column *c, const struct analysis_unit *unit,
    size_t n, size_t at)
{
	if (!equal(c->value[at], unit[at].name))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (i != at && c->value[i] != NULL &&
		    equal(c->value[i], c->value[at]))
			return 0;
	return 1;
}

/* The text without the addresses in it; itself where it has none. */
static const char *
blot(struct arena *arena, const char *text, int64_t *blotted)
{
	struct buf b = BUF(BUF_ANY);
	const char *s = text, *at, *from;
	size_t len;
	int some = 0;

	while ((at = strchr(s, '@')) != NULL) {
		len = address(s, at, &from);
		if (len == 0) {
			buf_add(&b, s, (size_t)(at + 1 - s));
			s = at + 1;
			continue;
		}
		buf_add(&b, s, (size_t)(from - s));
		buf_str(&b, "[@]");
		s = from + len;
		some = 1;
	}
	buf_str(&b, s);
	if (some)
		text = arena_str(arena, buf_text(&b));
	*blotted += some;
	buf_free(&b);
	return text;
}

int
analysis_answers(const struct making *m, struct analysis_unit *unit, size_t n,
    struct analysis_answers *a, struct err *err)
{
	struct place *place = mem_array(n + 1, sizeof(*place));
	int r;

	for (size_t i = 0; i < n; i++)
		place[i] = (struct place){ unit[i].id, i };
	qsort(place, n, sizeof(*place), by_id);
	r = read_values(m, unit, n, place, a, err);
	free(place);
	for (size_t k = 0; r == 0 && k < a->n; k++) {
		struct analysis_column *c = &a->column[k];

		c->left_out = leave_out(c, unit, n);
		for (size_t i = 0; !c->left_out && i < n; i++) {
			if (c->value[i] == NULL)
				continue;
			if (own_name(c, unit, n, i)) {
				c->value[i] = "[@]";
				a->blotted++;
			} else
				c->value[i] = blot(m->arena, c->value[i], &a->blotted);
		}
	}
	return r;
}

/* --- variables ------------------------------------------------------------------- */

/* A number as people write one, and as it comes back: no 0301, no +47. */
static int
number(const char *s, double *ret, int *whole)
{
	const char *d = s + (*s == '-');
	size_t digits = strspn(d, "0123456789");

	if (digits == 0 || digits > 15 || (d[0] == '0' && digits > 1) ||
	    num_real(s, -1e15, 1e15, ret) != 0)
		return -1;
	*whole = d[digits] == '\0';
	return 0;
}

static enum dataset_type
type_of(const struct analysis_column *c, size_t n)
{
	int all_whole = 1, whole, some = 0;
	double v;

	for (size_t i = 0; i < n; i++) {
		if (c->value[i] == NULL)
			continue;
		if (number(c->value[i], &v, &whole) != 0)
			return DATASET_TEXT;
		some = 1;
		all_whole &= whole;
	}
	return !some ? DATASET_TEXT : all_whole ? DATASET_WHOLE : DATASET_REAL;
}

static void
add_key(struct analysis_column *c, const char *key)
{
	for (size_t i = 0; i < c->nkey; i++)
		if (strcmp(c->key[i], key) == 0)
			return;
	if (c->nkey < KEYS) {
		c->key = mem_grow(c->key, c->nkey + 1, sizeof(*c->key));
		c->key[c->nkey++] = key;
	}
}

/* The next of several answers in a field, in the arena; NULL at its end. */
static const char *
next_answer(struct arena *arena, const char *several, const char **at)
{
	const char *ret = NULL;

	while (ret == NULL && *at != NULL && **at != '\0') {
		const char *s = *at, *end = several != NULL ? strstr(s, several) :
		    NULL;
		size_t n = end != NULL ? (size_t)(end - s) : strlen(s);

		*at = end != NULL ? end + strlen(several) : NULL;
		for (; n > 0 && (*s == ' ' || *s == '\t'); n--)
			s++;
		while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
			n--;
		if (n > 0)
			ret = arena_strn(arena, s, n);
	}
	return ret;
}

static int
text_order(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* The study file's values in its order, then what else was answered. */
static void
find_keys(const struct making *m, struct analysis_column *c, size_t n)
{
	const char *at, *key;
	size_t named;

	for (size_t i = 0; i < c->how->norder; i++)
		add_key(c, c->how->order[i].text);
	for (size_t i = 0; i < c->how->nvalue; i++)
		add_key(c, c->how->value[i].value);
	named = c->nkey;
	for (size_t i = 0; i < n; i++)
		for (at = c->value[i]; (key = next_answer(m->arena, c->how->several,
		    &at)) != NULL;)
			add_key(c, key);
	if (c->nkey > named)
		qsort(c->key + named, c->nkey - named, sizeof(*c->key), text_order);
}

/* What the study file prints for a value. */
static void
labels_of(const struct study_table *how, const char *key, const char *ret[2])
{
	ret[LANG_NB] = ret[LANG_EN] = key;
	for (size_t i = 0; i < how->nvalue; i++)
		if (strcmp(how->value[i].value, key) == 0) {
			if (how->value[i].label.nb != NULL)
				ret[LANG_NB] = how->value[i].label.nb;
			ret[LANG_EN] = how->value[i].label.en != NULL ?
			    how->value[i].label.en : ret[LANG_NB];
		}
}

static void
add_several(const struct making *m, const struct analysis_column *c,
    struct dataset *d)
{
	const struct study_label *title = &c->how->title;

	for (size_t i = 0; i < c->nkey; i++) {
		const char *label[2];

		labels_of(c->how, c->key[i], label);
		dataset_add(d, arena_printf(m->arena, "%.24s_%zu", c->name, i + 1),
		    DATASET_WHOLE, arena_printf(m->arena, "%s: %s", title->nb,
		    label[LANG_NB]), arena_printf(m->arena, "%s: %s", title->en,
		    label[LANG_EN]));
	}
}

static void
add_column(const struct making *m, struct analysis_column *c, size_t n,
    struct dataset *d)
{
	const struct study *s = m->study;
	const char *nb = c->name, *en = c->name, *label[2];
	enum dataset_type type = type_of(c, n);

	for (size_t i = 0; i < s->ntable && c->how == NULL; i++)
		if (strcmp(s->table[i].rows, c->name) == 0)
			c->how = &s->table[i];
	if (c->how != NULL) {
		nb = c->how->title.nb;
		en = c->how->title.en;
		find_keys(m, c, n);
		/* one value a field, and all of them known: classes */
		if (c->how->several == NULL && c->nkey > 0 && c->nkey < KEYS)
			type = DATASET_CLASS;
		else if (c->how->several != NULL)
			type = DATASET_TEXT;
	}
	c->first = d->nvar;
	dataset_add(d, c->name, type, nb, en)->asked = 1;
	for (size_t i = 0; type == DATASET_CLASS && i < c->nkey; i++) {
		labels_of(c->how, c->key[i], label);
		dataset_add_value(d, c->key[i], label[LANG_NB], label[LANG_EN]);
	}
	if (c->how != NULL && c->how->several != NULL)
		add_several(m, c, d);
}

void
analysis_answers_vars(const struct making *m, struct analysis_answers *a,
    size_t nunit, struct dataset *d)
{
	for (size_t i = 0; i < a->n; i++)
		if (!a->column[i].left_out)
			add_column(m, &a->column[i], nunit, d);
}

/* --- cells ------------------------------------------------------------------------ */

static void
put_several(const struct analysis_column *c, const char *value,
    struct dataset *d)
{
	const char *at = value, *key;

	for (size_t i = 0; i < c->nkey; i++)
		dataset_put_number(d, c->first + 1 + i, 0);
	while ((key = next_answer(d->arena, c->how->several, &at)) != NULL)
		for (size_t i = 0; i < c->nkey; i++)
			if (strcmp(c->key[i], key) == 0)
				dataset_put_number(d, c->first + 1 + i, 1);
}

static void
put_value(const struct analysis_column *c, const char *value, struct dataset *d)
{
	const char *at = value, *key;
	double v = 0;
	int whole;

	switch (d->var[c->first].type) {
	case DATASET_CLASS:
		key = next_answer(d->arena, NULL, &at);
		if (key == NULL)
			dataset_put_blank(d, c->first);
		else
			dataset_put_class(d, c->first, key);
		return;
	case DATASET_WHOLE:
	case DATASET_REAL:
		if (number(value, &v, &whole) == 0)
			dataset_put_number(d, c->first, v);
		return;
	case DATASET_TEXT:
	case DATASET_DATE:
		break;
	}
	dataset_put_text(d, c->first, value);
	if (c->how != NULL && c->how->several != NULL)
		put_several(c, value, d);
}

void
analysis_answers_put(const struct analysis_answers *a,
    const struct analysis_unit *u, size_t at, struct dataset *d)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct analysis_column *c = &a->column[i];

		if (c->left_out || !u->answers)
			continue;
		if (c->value[at] != NULL)
			put_value(c, c->value[at], d);
		else
			dataset_put_blank(d, c->first);
	}
}

void
analysis_answers_free(struct analysis_answers *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->column[i].value);
		free(a->column[i].key);
	}
	free(a->column);
}
