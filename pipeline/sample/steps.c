#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/hash.h"
#include "pipeline/store/store.h"

#include "pipeline/sample/steps.h"

enum { TOKEN_OCTETS = 16 };	/* 128 bits: 26 letters of base32 */

int
steps_put_units(const struct world *w, int64_t sample, const struct pool *p,
    struct err *err)
{
	unsigned char octets[TOKEN_OCTETS];
	char token[27];
	sqlite3_stmt *stmt;
	int r = 0;

	if (db_prepare(w->db, "INSERT INTO sample_unit (sample, frame_unit,"
	    " stratum, pi, weight, token, step) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	    &stmt, err) != 0)
		return -1;
	for (size_t i = 0; r == 0 && i < p->n; i++) {
		const struct pool_unit *c = &p->unit[i];

		if (!c->drawn || c->step != p->step)
			continue;
		hash_random(octets, sizeof(octets));
		db_i64(stmt, 1, sample);
		db_i64(stmt, 2, c->frame_unit);
		db_text(stmt, 3, p->stratum[c->stratum].name);
		db_real(stmt, 4, c->pi);
		db_real(stmt, 5, (double)c->shared / c->pi);
		db_text(stmt, 6, hash_base32(octets, sizeof(octets), token));
		db_i64(stmt, 7, c->step);
		r = db_run(stmt, err);
	}
	sqlite3_finalize(stmt);
	return r;
}

static int
compare(const struct pool *p, int erased, int64_t units, const char *list)
{
	char hex[HASH_HEX];
	int64_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->unit[i].drawn;
	pool_hash(p, hex);
	return n == units && (erased || strcmp(hex, list) == 0);
}

static int
take(const struct study *s, struct pool *p, const char *kind, int64_t asked,
    const char *stratum, struct err *err)
{
	size_t h = 0;

	if (strcmp(kind, "more") == 0)
		return pool_more(s, p, asked, err);
	if (strcmp(kind, "reserve") != 0)
		return 0;
	while (h < p->nstratum && strcmp(p->stratum[h].name, stratum) != 0)
		h++;
	return h < p->nstratum ? pool_next(s, p, h, err) : err_set(err, EX_DATAERR,
	    "a reserve came in for a unit of stratum %s, which the frame has not",
	    stratum);
}

int
steps_repeat(const struct world *w, const struct study *s, int64_t sample,
    struct pool *p, int64_t *n, int64_t *other, struct err *err)
{
	sqlite3_stmt *stmt;
	int erased = 0, r;

	*n = *other = 0;
	for (size_t i = 0; i < p->n && !erased; i++)
		erased = pool_erased(&p->unit[i]);
	if (db_prepare(w->db, "SELECT x.step, x.kind, x.asked, x.units, x.list_sha256,"
	    " u.stratum FROM sample_step x LEFT JOIN sample_unit u ON u.id ="
	    " x.replaced WHERE x.sample = ?1 ORDER BY x.step", &stmt, err) != 0)
		return -1;
	db_i64(stmt, 1, sample);
	while ((r = db_step(stmt, err)) == 1) {
		if (take(s, p, db_col(stmt, 1), sqlite3_column_int64(stmt, 2),
		    db_col(stmt, 5), err) != 0) {
			r = -1;
			break;
		}
		*n = sqlite3_column_int64(stmt, 0);
		*other += *n != p->step || !compare(p, erased,
		    sqlite3_column_int64(stmt, 3), db_col(stmt, 4));
	}
	sqlite3_finalize(stmt);
	return r;
}
