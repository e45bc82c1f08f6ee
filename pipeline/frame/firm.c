#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/store/store.h"

#include "pipeline/frame/firm.h"

/* An enhet with an underenhet, both kept; how many live ones it has in all. */
struct pair {
	int32_t parent;
	struct candidate *enhet, *underenhet;
	int live;
};

static int
by_parent(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return (x->parent > y->parent) - (x->parent < y->parent);
}

static int
by_key(const void *key, const void *unit)
{
	return strcmp(key, ((const struct candidate *)unit)->key);
}

/* The enhet above, where it could be written to. */
static struct candidate *
enhet_of(const struct selection *s, const struct candidate *c)
{
	struct candidate *up;
	char key[16];

	if (c->reason != FRAME_KEPT || c->parent == 0 ||
	    strcmp(c->source, "underenhet") != 0)
		return NULL;
	snprintf(key, sizeof(key), "%09d", (int)c->parent);
	up = bsearch(key, s->unit, s->n, sizeof(*s->unit), by_key);
	return up != NULL && up->reason == FRAME_KEPT &&
	    strcmp(up->source, "enhet") == 0 ? up : NULL;
}

/* In one reading of the table: there is no index by parent. */
static int
count_live(sqlite3 *db, struct pair *pair, size_t n, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(db, "SELECT parent FROM unit WHERE kind = 1 AND parent IS NOT"
	    " NULL AND deleted_date IS NULL", &s, err) != 0)
		return -1;
	while ((r = db_step(s, err)) == 1) {
		const struct pair key = { .parent = sqlite3_column_int(s, 0) };
		struct pair *p = bsearch(&key, pair, n, sizeof(*pair), by_parent);

		if (p != NULL)
			p->live++;
	}
	sqlite3_finalize(s);
	return r;
}

static void
leave_out(enum study_firm asked, const struct pair *p)
{
	struct candidate *out = asked == STUDY_FIRM_ENHET ? p->underenhet : p->enhet;

	out->reason = FRAME_ONE_FIRM;
	out->detail = NULL;
	out->keeper = out == p->enhet ? p->underenhet : p->enhet;
}

int
firm_settle(const struct world *w, const struct study *study,
    struct selection *s, struct err *err)
{
	struct pair *pair;
	size_t n = 0;
	int r = 0;

	if (study->units != STUDY_BOTH || study->one_firm == STUDY_FIRM_BOTH)
		return 0;
	pair = mem_array(s->n + 1, sizeof(*pair));
	for (size_t i = 0; i < s->n; i++) {
		struct candidate *up = enhet_of(s, &s->unit[i]);

		if (up != NULL)
			pair[n++] = (struct pair){ up->orgnr, up, &s->unit[i], 0 };
	}
	if (n > 0) {
		qsort(pair, n, sizeof(*pair), by_parent);
		r = count_live(w->db, pair, n, err);
	}
	/* of a parent that stands here twice only one place has been counted at,
	 * with two or more */
	for (size_t i = 0; r == 0 && i < n; i++)
		if (pair[i].live == 1)
			leave_out(study->one_firm, &pair[i]);
	free(pair);
	return r;
}
