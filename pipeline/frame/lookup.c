#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nace/region.h"
#include "pipeline/frame/names.h"
#include "pipeline/store/store.h"

#include "pipeline/frame/lookup.h"

enum { POSTCODES = 10000, MOST_NUM = 19, MOST_DEN = 20 };

struct lookup {
	const struct world *w;
	const struct study *study;
	struct arena *arena;
	sqlite3_stmt *by_orgnr;
	struct lookup_unit *unit;	/* by municipality, number */
	size_t n, cap;
	int32_t *place_of;		/* [POSTCODES], or NULL: not read yet */
};

static const char sql_columns[] = "SELECT orgnr, kind, coalesce(parent, 0), name,"
    " iif(kind = 0, business_municipality, location_municipality),"
    " deleted_date IS NOT NULL, email FROM unit";

int
lookup_open(const struct world *w, const struct study *study, struct arena *arena,
    struct lookup **ret, struct err *err)
{
	struct lookup *l = mem_alloc(sizeof(*l));
	char sql[400];

	*l = (struct lookup){ .w = w, .study = study, .arena = arena };
	snprintf(sql, sizeof(sql), "%s WHERE orgnr = ?1", sql_columns);
	if (db_prepare(w->db, sql, &l->by_orgnr, err) != 0) {
		free(l);
		return -1;
	}
	*ret = l;
	return 0;
}

void
lookup_close(struct lookup *l)
{
	if (l == NULL)
		return;
	sqlite3_finalize(l->by_orgnr);
	free(l->unit);
	free(l->place_of);
	free(l);
}

static int32_t
place(sqlite3_stmt *row)
{
	const char *s = db_col(row, 4);
	int32_t n = 0;

	return region_number(s, strlen(s), &n) == 0 ? n : 0;
}

int
lookup_orgnr(struct lookup *l, int32_t orgnr, struct lookup_unit *u,
    struct err *err)
{
	sqlite3_stmt *row = l->by_orgnr;
	int r;

	memset(u, 0, sizeof(*u));
	db_i64(row, 1, orgnr);
	if ((r = db_step(row, err)) == 1) {
		u->orgnr = sqlite3_column_int(row, 0);
		u->kind = sqlite3_column_int(row, 1);
		u->parent = sqlite3_column_int(row, 2);
		u->name = arena_str(l->arena, db_col(row, 3));
		u->municipality = place(row);
		u->deleted = sqlite3_column_int(row, 5);
		if (*db_col(row, 6) != '\0')
			u->email = arena_str(l->arena, db_col(row, 6));
	}
	sqlite3_reset(row);
	return r;
}

/* Which municipality is a postcode's?  Of the units' own addresses: in whichever
 * register the study reads. */
static int
read_postcodes(struct lookup *l, struct err *err)
{
	int64_t *most = mem_array(POSTCODES, sizeof(*most));
	int64_t *all = mem_array(POSTCODES, sizeof(*all));
	const char *kind = (l->study->units & STUDY_ENHET) != 0 ? "business" : "location";
	sqlite3_stmt *row = NULL;
	char sql[400];
	int r;

	l->place_of = mem_array(POSTCODES, sizeof(*l->place_of));
	snprintf(sql, sizeof(sql), "SELECT CAST(%s_postcode AS INTEGER), %s_municipality,"
	    " count(*) FROM unit WHERE deleted_date IS NULL AND kind = %d AND"
	    " length(%s_postcode) = 4 AND %s_municipality IS NOT NULL GROUP BY 1, 2"
	    " ORDER BY 1, 2", kind, kind, kind[0] == 'l', kind, kind);
	if ((r = db_prepare(l->w->db, sql, &row, err)) != 0)
		goto out;
	while ((r = db_step(row, err)) == 1) {
		int64_t code = sqlite3_column_int64(row, 0);
		int64_t n = sqlite3_column_int64(row, 2);
		const char *s = db_col(row, 1);
		int32_t number;

		if (code < 0 || code >= POSTCODES || region_number(s, strlen(s), &number) != 0)
			continue;
		all[code] += n;
		if (n > most[code]) {
			most[code] = n;
			l->place_of[code] = number;
		}
	}
	for (size_t i = 0; i < POSTCODES; i++)
		if (most[i] * MOST_DEN < all[i] * MOST_NUM)
			l->place_of[i] = 0;
out:
	sqlite3_finalize(row);
	free(most);
	free(all);
	return r;
}

int
lookup_postcode(struct lookup *l, int postcode, int32_t *municipality,
    struct err *err)
{
	*municipality = 0;
	if (postcode < 0 || postcode >= POSTCODES)
		return 0;
	if (l->place_of == NULL && read_postcodes(l, err) != 0)
		return -1;
	*municipality = l->place_of[postcode];
	return 0;
}

static int
by_place(const void *a, const void *b)
{
	const struct lookup_unit *x = a, *y = b;

	if (x->municipality != y->municipality)
		return x->municipality < y->municipality ? -1 : 1;
	return (x->orgnr > y->orgnr) - (x->orgnr < y->orgnr);
}

int
lookup_names(struct lookup *l, const unsigned char *wanted, struct err *err)
{
	sqlite3_stmt *row = NULL;
	char sql[400];
	int r;

	snprintf(sql, sizeof(sql), "%s WHERE deleted_date IS NULL AND kind BETWEEN ?1 AND"
	    " ?2", sql_columns);
	if (db_prepare(l->w->db, sql, &row, err) != 0)
		return -1;
	db_i64(row, 1, (l->study->units & STUDY_ENHET) != 0 ? 0 : 1);
	db_i64(row, 2, (l->study->units & STUDY_UNDERENHET) != 0 ? 1 : 0);
	while ((r = db_step(row, err)) == 1) {
		int32_t where = place(row);
		struct lookup_unit *u;

		if (where <= 0 || where > 9999 || !wanted[where])
			continue;
		if (l->n == l->cap) {
			l->cap = l->cap > 0 ? 2 * l->cap : 1024;
			l->unit = mem_grow(l->unit, l->cap, sizeof(*l->unit));
		}
		u = &l->unit[l->n++];
		memset(u, 0, sizeof(*u));
		u->orgnr = sqlite3_column_int(row, 0);
		u->kind = sqlite3_column_int(row, 1);
		u->parent = sqlite3_column_int(row, 2);
		u->municipality = where;
		u->name = arena_str(l->arena, db_col(row, 3));
		u->key = names_key(l->arena, u->name);
		names_letters(u->key, &u->letters);
	}
	sqlite3_finalize(row);
	if (l->n > 1)
		qsort(l->unit, l->n, sizeof(*l->unit), by_place);
	return r;
}

/* Is it a sub-unit of one of those? */
static int
belongs(const struct lookup_unit *u, const struct lookup_unit *const *found, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (u->kind == 1 && found[i]->orgnr == u->parent)
			return 1;
	return 0;
}

size_t
lookup_find(const struct lookup *l, const char *key, int32_t municipality,
    const struct lookup_unit *found[static LOOKUP_FOUND], size_t *same)
{
	size_t low = 0, high = l->n, n = 0;
	struct names_letters letters;

	*same = 0;
	names_letters(key, &letters);
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->unit[mid].municipality < municipality)
			low = mid + 1;
		else
			high = mid;
	}
	/* units before sub-units, so that these are seen to be theirs */
	for (int pass = 0; pass < 4 && *key != '\0'; pass++) {
		if (pass == 2)
			*same = n;
		for (size_t i = low; i < l->n && n < LOOKUP_FOUND &&
		    l->unit[i].municipality == municipality; i++) {
			const struct lookup_unit *u = &l->unit[i];

			if (u->kind != (pass & 1) ||
			    !names_may_be_close(&letters, &u->letters) ||
			    belongs(u, found, n))
				continue;
			if (pass < 2 ? strcmp(u->key, key) == 0 :
			    names_close(u->key, key))
				found[n++] = u;
		}
	}
	return n;
}
