#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "email/email.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/num.h"
#include "pipeline/store/store.h"

#include "pipeline/contact/answers_who.h"

struct name {			/* one way to name a unit */
	const char *text;
	size_t unit;		/* in unit[] */
};

enum way { BY_TOKEN, BY_EMAIL, BY_ORGNR, WAYS };

struct answers_who {
	struct arena *arena;
	struct { int64_t id; int answered; } *unit;	/* in order of id */
	size_t n;
	struct name *name[WAYS];			/* sorted */
	size_t count[WAYS];
};

static int
by_text(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	return strcmp(x->text, y->text);
}

static void
add(struct answers_who *w, enum way way, const char *text)
{
	if (*text == '\0')
		return;
	w->name[way][w->count[way]].text = arena_str(w->arena, text);
	w->name[way][w->count[way]++].unit = w->n;
}

static int
read_units(struct answers_who *w, sqlite3_stmt *s, struct err *err)
{
	size_t cap = 0;
	char digits[16];
	int r;

	while ((r = db_step(s, err)) == 1) {
		if (w->n == cap) {
			cap = cap > 0 ? 2 * cap : 1024;
			w->unit = mem_grow(w->unit, cap, sizeof(*w->unit));
			for (enum way k = 0; k < WAYS; k++)
				w->name[k] = mem_grow(w->name[k], cap, sizeof(struct name));
		}
		w->unit[w->n].id = sqlite3_column_int64(s, 0);
		w->unit[w->n].answered = sqlite3_column_int(s, 4);
		add(w, BY_TOKEN, db_col(s, 1));
		add(w, BY_EMAIL, db_col(s, 2));
		if (sqlite3_column_type(s, 3) != SQLITE_NULL) {
			snprintf(digits, sizeof(digits), "%09lld",
			    (long long)sqlite3_column_int64(s, 3));
			add(w, BY_ORGNR, digits);
		}
		w->n++;
	}
	return r;
}

struct answers_who *
answers_who_load(sqlite3 *db, int64_t study_id, struct err *err)
{
	struct answers_who *w = mem_alloc(sizeof(*w));
	sqlite3_stmt *s = NULL;
	int r = -1;

	w->arena = arena_new();
	if (db_prepare(db, "SELECT u.id, u.token, f.email_key, f.orgnr,"
	    " EXISTS (SELECT 1 FROM answer a WHERE a.sample_unit = u.id)"
	    " FROM sample s JOIN sample_unit u ON u.sample = s.id"
	    " JOIN frame_unit f ON f.id = u.frame_unit WHERE s.study = ?1"
	    " ORDER BY u.id", &s, err) == 0) {
		db_i64(s, 1, study_id);
		r = read_units(w, s, err);
		sqlite3_finalize(s);
	}
	if (r == 0 && w->n == 0)
		r = err_set(err, EX_NOINPUT, "nobody is drawn in this study: there "
		    "is nobody who could have answered");
	if (r != 0) {
		answers_who_free(w);
		return NULL;
	}
	for (enum way k = 0; k < WAYS; k++)
		if (w->count[k] > 0)
			qsort(w->name[k], w->count[k], sizeof(struct name), by_text);
	return w;
}

void
answers_who_free(struct answers_who *w)
{
	if (w == NULL)
		return;
	for (enum way k = 0; k < WAYS; k++)
		free(w->name[k]);
	free(w->unit);
	arena_free(w->arena);
	free(w);
}

/* The unit of that name; -1: nobody's, -2: of several. */
static int64_t
look(const struct answers_who *w, enum way way, const char *text)
{
	struct name key = { text, 0 };
	const struct name *first = w->name[way], *end = first + w->count[way], *hit;

	if (w->count[way] == 0 || (hit = bsearch(&key, first, w->count[way],
	    sizeof(key), by_text)) == NULL)
		return -1;
	if ((hit > first && by_text(hit - 1, &key) == 0) ||
	    (hit + 1 < end && by_text(hit + 1, &key) == 0))
		return -2;
	return w->unit[hit->unit].id;
}

/* Outer blanks gone; NULL where nothing is left, or more than a name can be. */
static const char *
trim(const char *s, char out[static EMAIL_KEY_MAX])
{
	size_t n;

	if (s == NULL)
		return NULL;
	while (*s == ' ' || *s == '\t')
		s++;
	for (n = strlen(s); n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'); n--)
		;
	if (n == 0)
		return NULL;
	if (n >= EMAIL_KEY_MAX)
		n = EMAIL_KEY_MAX - 1;	/* nobody's: names are shorter */
	memcpy(out, s, n);
	out[n] = '\0';
	return out;
}

/* Nine digits, as people group them. */
static int
orgnr_text(const char *s, char out[static 10])
{
	const char *why;
	int32_t number;
	size_t n = 0;

	for (; *s != '\0'; s++) {
		if (*s == ' ' || *s == '.' || (unsigned char)*s == 0xc2 ||
		    (unsigned char)*s == 0xa0)
			continue;	/* also a no-break space */
		if (n == 9)
			return -1;
		out[n++] = *s;
	}
	out[n] = '\0';
	return num_orgnr(out, n, &number, &why);
}

static int64_t
found(int64_t unit, const char *word, const char *unknown, const char **matched,
    const char **why)
{
	*matched = unit > 0 ? word : unit == -2 ? "ambiguous" : "none";
	*why = unit > 0 ? NULL : unit == -2 ? "several units" : unknown;
	return unit > 0 ? unit : 0;
}

int64_t
answers_who_find(const struct answers_who *w, const char *token,
    const char *email, const char *orgnr, const char **matched, const char **why)
{
	char text[EMAIL_KEY_MAX], key[EMAIL_KEY_MAX], digits[10];
	const char *s;

	if ((s = trim(token, text)) != NULL) {
		for (size_t i = 0; text[i] != '\0'; i++)
			if (text[i] >= 'A' && text[i] <= 'Z')
				text[i] = (char)(text[i] + 32);
		return found(look(w, BY_TOKEN, s), "token", "unknown token", matched,
		    why);
	}
	if ((s = trim(email, text)) != NULL)
		return found(email_key(s, strlen(s), key, sizeof(key)) == 0 ?
		    look(w, BY_EMAIL, key) : -1, "email", "unknown address", matched,
		    why);
	if ((s = trim(orgnr, text)) != NULL)
		return found(orgnr_text(s, digits) == 0 ? look(w, BY_ORGNR, digits) :
		    -1, "orgnr", "unknown organisation number", matched, why);
	return found(-1, "none", "nobody named", matched, why);
}

int
answers_who_again(struct answers_who *w, int64_t unit)
{
	size_t low = 0, high = w->n;
	int before;

	while (low + 1 < high) {
		size_t mid = low + (high - low) / 2;

		if (w->unit[mid].id <= unit)
			low = mid;
		else
			high = mid;
	}
	before = w->unit[low].answered;
	w->unit[low].answered = 1;
	return before;
}
