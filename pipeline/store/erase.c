#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/settings.h"
#include "email/email.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/prn.h"
#include "pipeline/base/talk.h"
#include "pipeline/store/keys.h"
#include "pipeline/store/store.h"
#include "pipeline/store/suppress.h"

#include "pipeline/store/erase.h"

enum { DOMAIN_LEAST = 3 };	/* units of a domain that may be named in tables */

/* One erasure under way. */
struct work {
	const struct world *w;
	sqlite3 *db;
	int32_t orgnr;
	int64_t id;		/* of the tombstone */
	char digits[16], key[40], hash[65];
	struct arena *arena;
	const char **email, **name;
	size_t nemail, nname;
	struct erase_counts *n;
};

/* Rows that ${sql} changes: ?1 number, ?2 -id, ?3 new key, ?4 digits, ?5 text. */
static int
change(struct work *k, const char *sql, const char *text, int64_t *n,
    struct err *err)
{
	sqlite3_stmt *s = NULL;
	int max, r;

	if (db_prepare(k->db, sql, &s, err) != 0)
		return -1;
	max = sqlite3_bind_parameter_count(s);
	if (max >= 1)
		db_i64(s, 1, k->orgnr);
	if (max >= 2)
		db_i64(s, 2, -k->id);
	if (max >= 3)
		db_text(s, 3, k->key);
	if (max >= 4)
		db_text(s, 4, k->digits);
	if (max >= 5)
		db_text(s, 5, text);
	r = db_run(s, err);
	if (r == 0 && n != NULL)
		*n += sqlite3_changes(k->db);
	sqlite3_finalize(s);
	return r;
}

/* What it is called and written to as, wherever that stands. */
static int
gather(struct work *k, struct err *err)
{
	static const char sql[] = "SELECT name, email FROM unit WHERE orgnr = ?1"
	    " UNION SELECT name, email FROM unit_history WHERE orgnr = ?1"
	    " UNION SELECT name, email FROM frame_unit WHERE orgnr = ?1"
	    " UNION SELECT name, email_raw FROM frame_unit WHERE orgnr = ?1"
	    " UNION SELECT name, email_other FROM frame_unit WHERE orgnr = ?1"
	    " UNION SELECT NULL, r.address FROM frame_unit f JOIN sample_unit u ON"
	    " u.frame_unit = f.id JOIN mailing_recipient r ON r.sample_unit = u.id"
	    " WHERE f.orgnr = ?1";
	sqlite3_stmt *s = NULL;
	size_t cap = 0, rows = 0;
	int r;

	if (db_prepare(k->db, sql, &s, err) != 0)
		return -1;
	db_i64(s, 1, k->orgnr);
	while ((r = db_step(s, err)) == 1) {
		if (rows++ == cap) {
			cap = cap > 0 ? 2 * cap : 16;
			k->email = mem_grow(k->email, cap, sizeof(*k->email));
			k->name = mem_grow(k->name, cap, sizeof(*k->name));
		}
		if (*db_col(s, 0) != '\0')
			k->name[k->nname++] = arena_str(k->arena, db_col(s, 0));
		if (*db_col(s, 1) != '\0')
			k->email[k->nemail++] = arena_str(k->arena, db_col(s, 1));
	}
	sqlite3_finalize(s);
	return r;
}

/* The key of its address where no other unit has that address; else "". */
static int
own_address(struct work *k, char *key, size_t room, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	key[0] = '\0';
	for (size_t i = 0; i < k->nemail && key[0] == '\0'; i++) {
		if (email_key(k->email[i], strlen(k->email[i]), key, room) != 0) {
			key[0] = '\0';
			continue;
		}
		if (db_prepare(k->db, "SELECT 1 FROM unit WHERE email = ?2 COLLATE NOCASE"
		    " AND orgnr <> ?1 UNION ALL SELECT 1 FROM frame_unit WHERE email_key"
		    " = ?3 AND orgnr IS NOT ?1 LIMIT 1", &s, err) != 0)
			return -1;
		db_i64(s, 1, k->orgnr);
		db_text(s, 2, k->email[i]);
		db_text(s, 3, key);
		r = db_step(s, err);
		sqlite3_finalize(s);
		if (r < 0)
			return -1;
		if (r == 1)
			key[0] = '\0';
	}
	return 0;
}

static int
put_tombstone(struct work *k, enum erase_why why, struct err *err)
{
	static const char sql[] =
	    "INSERT INTO tombstone (hash, why, erased, kind, prn, stratum, email_hash)"
	    " SELECT ?2, ?3, ?4, u.kind, ?5, coalesce(u.legal_form, '') || '/' ||"
	    " coalesce(substr(coalesce(u.business_municipality,"
	    " u.location_municipality), 1, 2), '') || '/' ||"
	    " coalesce(printf('%02d', u.nace1 / 1000), ''), ?6"
	    " FROM (SELECT 1) LEFT JOIN unit u ON u.orgnr = ?1"
	    /* asked for stays asked for; a hash is better than none */
	    " ON CONFLICT (hash) DO UPDATE SET erased = excluded.erased, files = 0,"
	    " why = iif(why = 'asked', 'asked', excluded.why),"
	    " email_hash = coalesce(excluded.email_hash, email_hash)";
	char key[400], email_hash[65];
	sqlite3_stmt *s = NULL;
	int64_t before = 0;
	int r;

	suppress_hash(k->w->keys, SUPPRESS_ORGNR, k->digits, k->hash);
	snprintf(k->key, sizeof(k->key), "erased:%.24s", k->hash);
	if (own_address(k, key, sizeof(key), err) != 0 ||
	    db_int(k->db, "SELECT count(*) FROM tombstone", &before, err) < 0 ||
	    db_prepare(k->db, sql, &s, err) != 0)
		return -1;
	db_i64(s, 1, k->orgnr);
	db_text(s, 2, k->hash);
	db_text(s, 3, why == ERASE_ASKED ? "asked" : "removed");
	db_i64(s, 4, k->w->now);
	db_real(s, 5, prn_of(k->w->keys->salt, k->digits));
	db_text(s, 6, key[0] != '\0' ? suppress_hash(k->w->keys, SUPPRESS_EMAIL, key,
	    email_hash) : NULL);
	r = db_run(s, err);
	sqlite3_finalize(s);
	if (r != 0 || db_prepare(k->db, "SELECT id, (SELECT count(*) FROM tombstone)"
	    " FROM tombstone WHERE hash = ?1", &s, err) != 0)
		return -1;
	db_text(s, 1, k->hash);
	if ((r = db_step(s, err)) == 1) {
		k->id = sqlite3_column_int64(s, 0);
		k->n->again = sqlite3_column_int64(s, 1) == before;
	}
	sqlite3_finalize(s);
	return r == 1 ? 0 : -1;
}

/* The register's tables.  Where a study knows the unit, what its tables ask of
 * each version stays under -id: no name, no place, no address. */
static int
clear_register(struct work *k, struct err *err)
{
	static const char keep[] = "INSERT OR REPLACE INTO unit_history (until, orgnr,"
	    " kind, legal_form, vat, accounts_year, employees, row_hash, extract)"
	    " SELECT %s, ?2, kind, legal_form, vat, accounts_year, employees, 0,"
	    " extract FROM %s WHERE orgnr = ?1 AND EXISTS (SELECT 1 FROM frame_unit"
	    " WHERE orgnr = ?1)";
	char sql[500];

	snprintf(sql, sizeof(sql), keep, "until", "unit_history");
	if (change(k, sql, NULL, NULL, err) != 0)
		return -1;
	snprintf(sql, sizeof(sql), keep, "(SELECT max(id) + 1 FROM extract)", "unit");
	if (change(k, sql, NULL, NULL, err) != 0)
		return -1;
	return change(k, "UPDATE extract SET held = coalesce(held, units) - 1 WHERE id"
	    " IN (SELECT max(e.id) FROM extract e JOIN unit u ON e.kind = iif(u.kind ="
	    " 0, 'enhet', 'underenhet') WHERE u.orgnr = ?1 AND e.refused IS NULL)",
	    NULL, NULL, err) == 0 &&
	    change(k, "DELETE FROM unit_history WHERE orgnr = ?1", NULL,
	    &k->n->versions, err) == 0 &&
	    change(k, "DELETE FROM unit WHERE orgnr = ?1", NULL, &k->n->units,
	    err) == 0 &&
	    change(k, "DELETE FROM extract_fault WHERE orgnr = printf('%09d', ?1)",
	    NULL, NULL, err) == 0 &&
	    change(k, "UPDATE feed_event SET orgnr = NULL, why = NULL,"
	    " looked = coalesce(looked, at, 0) WHERE orgnr = ?1", NULL, NULL,
	    err) == 0 ? 0 : -1;
}

/* A domain that several were written to at is named in the table of returns,
 * and stays; another says who it is. */
static int
clear_recipients(struct work *k, struct err *err)
{
	char least[16];

	snprintf(least, sizeof(least), "%d", DOMAIN_LEAST);
	return change(k, "UPDATE mailing_recipient AS r SET address = '', email_key ="
	    " ?3 || '@' || iif((SELECT count(DISTINCT x.sample_unit) FROM"
	    " mailing_recipient x WHERE substr(x.email_key, instr(x.email_key, '@') +"
	    " 1) = substr(r.email_key, instr(r.email_key, '@') + 1)) >="
	    " CAST(?5 AS INTEGER), substr(r.email_key, instr(r.email_key, '@') + 1),"
	    " replace(?3, ':', '-')), reply = NULL WHERE r.sample_unit IN (SELECT u.id"
	    " FROM sample_unit u JOIN frame_unit f ON f.id = u.frame_unit WHERE"
	    " f.orgnr = ?1) AND r.address <> ''", least,
	    &k->n->recipients, err);
}

static int
clear_returns(struct work *k, struct err *err)
{
	static const char ours[] = " b.recipient IN (SELECT r.id FROM"
	    " mailing_recipient r JOIN sample_unit u ON u.id = r.sample_unit JOIN"
	    " frame_unit f ON f.id = u.frame_unit WHERE f.orgnr = ?1 OR f.orgnr = ?2)";
	char sql[600];

	snprintf(sql, sizeof(sql), "INSERT OR IGNORE INTO erase_file SELECT 'spool/' ||"
	    " d.column1 || '/' || m.file FROM bounce_message m, (VALUES ('done'),"
	    " ('unknown')) d WHERE m.file <> '' AND EXISTS (SELECT 1 FROM bounce b"
	    " WHERE b.message = m.id AND %s)", ours);
	if (change(k, sql, NULL, &k->n->mails, err) != 0)
		return -1;
	k->n->mails /= 2;
	snprintf(sql, sizeof(sql), "UPDATE bounce AS b SET address = NULL, text = NULL"
	    " WHERE (address IS NOT NULL OR text IS NOT NULL) AND %s", ours);
	if (change(k, sql, NULL, &k->n->returns, err) != 0)
		return -1;
	for (size_t i = 0; i < k->nemail; i++)
		if (change(k, "UPDATE bounce SET address = NULL, text = NULL WHERE address"
		    " = ?5 COLLATE NOCASE",
		    k->email[i], &k->n->returns, err) != 0)
			return -1;
	return 0;
}

static int
clear_answers(struct work *k, struct err *err)
{
	static const char ours[] = "UPDATE answer_value SET value = '' WHERE value <> ''"
	    " AND answer IN (SELECT a.id FROM answer a JOIN sample_unit u ON u.id ="
	    " a.sample_unit JOIN frame_unit f ON f.id = u.frame_unit WHERE f.orgnr ="
	    " ?1)";
	struct buf sql = BUF(2000);
	int r;

	buf_printf(&sql, "%s AND (instr(value, '@') > 0 OR instr(replace(replace("
	    "replace(value, ' ', ''), '.', ''), char(160), ''), ?4) > 0)", ours);
	r = change(k, buf_text(&sql), NULL, &k->n->answers, err);
	buf_clear(&sql);
	buf_printf(&sql, "%s AND instr(lower(value), lower(?5)) > 0", ours);
	for (size_t i = 0; r == 0 && i < k->nname; i++)
		r = change(k, buf_text(&sql), k->name[i], &k->n->answers, err);
	buf_free(&sql);
	return r;
}

static int
clear_frames(struct work *k, struct err *err)
{
	char now[24];

	snprintf(now, sizeof(now), "%" PRId64, k->w->now);
	/* while its frames can still be told */
	if (change(k, "UPDATE package SET stale = CAST(?5 AS INTEGER) WHERE frame IN"
	    " (SELECT frame FROM frame_unit WHERE orgnr = ?1)", now,
	    &k->n->packages, err) != 0)
		return -1;
	/* why a reserve came in for it is in somebody's own words */
	return change(k, "UPDATE sample_step SET why = '' WHERE replaced IN (SELECT u.id"
	    " FROM sample_unit u JOIN frame_unit f ON f.id = u.frame_unit WHERE f.orgnr ="
	    " ?1)", NULL, NULL, err) == 0 &&
	    change(k, "UPDATE frame_unit SET keeper = ?3 WHERE keeper = ?4", NULL, NULL,
	    err) == 0 &&
	    change(k, "UPDATE frame_unit SET parent = ?2 WHERE parent = ?1", NULL, NULL,
	    err) == 0 &&
	    change(k, "UPDATE frame_unit SET name = '', orgnr = ?2, parent = NULL,"
	    " email_raw = NULL, email_other = NULL, email = NULL,"
	    " email_key = iif(email_key IS NULL, NULL, ?3), unit_key = ?3 || iif(unit_key = ?4, '', ':' || id)"
	    " WHERE orgnr = ?1", NULL, &k->n->frame_rows, err) == 0 ? 0 : -1;
}

static int
clear_domains(struct work *k, struct err *err)
{
	for (size_t i = 0; i < k->nemail; i++) {
		const char *at = strrchr(k->email[i], '@');

		if (at != NULL && change(k, "DELETE FROM domain WHERE name = lower(?5)"
		    "", at + 1, NULL,
		    err) != 0)
			return -1;
	}
	return 0;
}

/* So that it is not written to by any study, in this register or another. */
static int
suppress(struct work *k, struct err *err)
{
	char key[400], hash[65];

	if (suppress_add(k->db, SUPPRESS_ORGNR, k->hash, "erased", 0, k->w->now,
	    err) < 0)
		return -1;
	for (size_t i = 0; i < k->nemail; i++) {
		if (email_key(k->email[i], strlen(k->email[i]), key, sizeof(key)) != 0)
			continue;
		suppress_hash(k->w->keys, SUPPRESS_EMAIL, key, hash);
		if (suppress_add(k->db, SUPPRESS_EMAIL, hash, "erased", 0, k->w->now,
		    err) < 0)
			return -1;
	}
	return 0;
}

int
erase_unit(const struct world *w, int32_t orgnr, enum erase_why why,
    struct erase_counts *n, struct err *err)
{
	struct work k = { .w = w, .db = w->db, .orgnr = orgnr, .n = n };
	int r = -1;

	memset(n, 0, sizeof(*n));
	k.arena = arena_new();
	snprintf(k.digits, sizeof(k.digits), "%09" PRId32, orgnr);
	if (gather(&k, err) == 0 && put_tombstone(&k, why, err) == 0 &&
	    (why != ERASE_ASKED || suppress(&k, err) == 0) &&
	    clear_register(&k, err) == 0 && clear_answers(&k, err) == 0 &&
	    clear_recipients(&k, err) == 0 && clear_frames(&k, err) == 0 &&
	    clear_returns(&k, err) == 0 && clear_domains(&k, err) == 0)
		r = 0;
	free(k.email);
	free(k.name);
	arena_free(k.arena);
	return r;
}

int
erase_sweep(const struct world *w, struct err *err)
{
	struct buf path = BUF(8192);
	sqlite3_stmt *s = NULL;
	int r;

	if (w->dry_run)
		return 0;
	if (db_prepare(w->db, "SELECT path FROM erase_file", &s, err) != 0)
		return -1;
	while ((r = db_step(s, err)) == 1) {
		buf_clear(&path);
		buf_printf(&path, "%s/%s", w->set->state, db_col(s, 0));
		if (unlink(buf_text(&path)) != 0 && errno != ENOENT) {
			r = err_errno(err, "removing a returned mail");
			break;
		}
	}
	sqlite3_finalize(s);
	buf_free(&path);
	if (r != 0 || db_exec(w->db, "DELETE FROM erase_file", err) != 0)
		return -1;
	/* readers may be in the way: then the next run does it */
	(void)sqlite3_wal_checkpoint_v2(w->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
	    NULL);
	return 0;
}

/* ------------------------------------------------------------------ who was */

struct erased {
	char (*hash[2])[65];		/* by enum suppress_what, sorted */
	size_t n[2];
};

static int
by_hash(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
put_hash(struct erased *e, size_t cap[2], int what, const char *hash)
{
	if (*hash == '\0')
		return;
	if (e->n[what] == cap[what]) {
		cap[what] = cap[what] > 0 ? 2 * cap[what] : 64;
		e->hash[what] = mem_grow(e->hash[what], cap[what], 65);
	}
	snprintf(e->hash[what][e->n[what]++], 65, "%s", hash);
}

struct erased *
erased_load(sqlite3 *db, int64_t since, struct err *err)
{
	struct erased *e = mem_alloc(sizeof(*e));
	size_t cap[2] = { 0, 0 };
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(db, "SELECT hash, coalesce(email_hash, '') FROM tombstone WHERE"
	    " ?1 IS NULL OR why = 'asked' OR erased > ?1", &s, err) != 0) {
		erased_free(e);
		return NULL;
	}
	if (since != MOMENT_NONE)
		db_i64(s, 1, since);
	else
		db_null(s, 1);
	while ((r = db_step(s, err)) == 1) {
		put_hash(e, cap, SUPPRESS_ORGNR, db_col(s, 0));
		put_hash(e, cap, SUPPRESS_EMAIL, db_col(s, 1));
	}
	sqlite3_finalize(s);
	if (r != 0) {
		erased_free(e);
		return NULL;
	}
	for (int i = 0; i < 2; i++)
		if (e->n[i] > 0)
			qsort(e->hash[i], e->n[i], 65, by_hash);
	return e;
}

void
erased_free(struct erased *e)
{
	if (e == NULL)
		return;
	free(e->hash[0]);
	free(e->hash[1]);
	free(e);
}

int64_t
erased_count(const struct erased *e)
{
	return (int64_t)e->n[SUPPRESS_ORGNR];
}

static int
has(const struct erased *e, const struct world *w, enum suppress_what what,
    const char *value)
{
	char hash[65];

	if (e->n[what] == 0)
		return 0;
	suppress_hash(w->keys, what, value, hash);
	return bsearch(hash, e->hash[what], e->n[what], 65, by_hash) != NULL;
}

int
erased_has(const struct erased *e, const struct world *w, int32_t orgnr)
{
	char digits[16];

	snprintf(digits, sizeof(digits), "%09" PRId32, orgnr);
	return has(e, w, SUPPRESS_ORGNR, digits);
}

int
erased_has_email(const struct erased *e, const struct world *w, const char *key)
{
	return has(e, w, SUPPRESS_EMAIL, key);
}
