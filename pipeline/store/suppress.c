#include <stdlib.h>
#include <string.h>

#include "email/email.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/num.h"
#include "pipeline/store/store.h"

#include "pipeline/store/suppress.h"

struct suppress {
	char (*hash[SUPPRESS_KINDS])[HASH_HEX];	/* by what, sorted */
	size_t n[SUPPRESS_KINDS];
	char sha256[HASH_HEX];
};

static const char *const names[] = { "email", "orgnr", "domain" };

char *
suppress_hash(const struct keys *keys, enum suppress_what what,
    const char *value, char out[static 65])
{
	unsigned char mac[HASH_SIZE];
	struct buf text = BUF(BUF_ANY);

	buf_printf(&text, "%s:%s", names[what], value);
	hash_hmac(keys->suppression, sizeof(keys->suppression), buf_text(&text),
	    text.len, mac);
	buf_free(&text);
	return hash_hex(mac, sizeof(mac), out);
}

int
suppress_has(sqlite3 *db, enum suppress_what what, const char *hash,
    struct err *err)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(db, "SELECT 1 FROM suppression WHERE what = ?1 AND hash = ?2",
	    &stmt, err) != 0)
		return -1;
	db_text(stmt, 1, names[what]);
	db_text(stmt, 2, hash);
	r = db_step(stmt, err);
	sqlite3_finalize(stmt);
	return r;
}

int
suppress_add(sqlite3 *db, enum suppress_what what, const char *hash,
    const char *reason, int64_t study, int64_t now, struct err *err)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(db, "INSERT INTO suppression (what, hash, reason, study,"
	    " added) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (what, hash)"
	    " DO UPDATE SET reason = excluded.reason, study = excluded.study, until ="
	    " NULL WHERE until IS NOT NULL", &stmt, err) != 0)
		return -1;
	db_text(stmt, 1, names[what]);
	db_text(stmt, 2, hash);
	db_text(stmt, 3, reason);
	if (study != 0)
		db_i64(stmt, 4, study);
	else
		db_null(stmt, 4);
	db_i64(stmt, 5, now);
	r = db_run(stmt, err);
	sqlite3_finalize(stmt);
	if (r != 0)
		return -1;
	return sqlite3_changes(db) > 0;
}

int
suppress_put(sqlite3 *db, enum suppress_what what, const char *hash,
    const char *reason, const char *source, int32_t until, int64_t now,
    struct err *err)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(db, "INSERT INTO suppression (what, hash, reason, added, until,"
	    " source) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (what, hash) DO UPDATE"
	    " SET reason = excluded.reason, until = excluded.until, source ="
	    " excluded.source WHERE until < coalesce(excluded.until,"
	    " 9223372036854775807)", &stmt, err) != 0)
		return -1;
	db_text(stmt, 1, names[what]);
	db_text(stmt, 2, hash);
	db_text(stmt, 3, reason);
	db_i64(stmt, 4, now);
	if (until != DATE_NONE)
		db_i64(stmt, 5, until);
	else
		db_null(stmt, 5);
	db_text(stmt, 6, source);
	r = db_run(stmt, err);
	sqlite3_finalize(stmt);
	return r != 0 ? -1 : sqlite3_changes(db) > 0;
}

int
suppress_remove(sqlite3 *db, enum suppress_what what, const char *hash,
    struct err *err)
{
	sqlite3_stmt *stmt;
	int r, erased = 0;

	if (db_prepare(db, "SELECT reason = 'erased' FROM suppression WHERE what = ?1"
	    " AND hash = ?2", &stmt, err) != 0)
		return -1;
	db_text(stmt, 1, names[what]);
	db_text(stmt, 2, hash);
	if ((r = db_step(stmt, err)) == 1)
		erased = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	if (r != 1)
		return r;
	if (erased)
		return err_set(err, EX_DATAERR, "it is on the list because it was erased"
		    " on request, and stays");
	if (db_prepare(db, "DELETE FROM suppression WHERE what = ?1 AND hash = ?2",
	    &stmt, err) != 0)
		return -1;
	db_text(stmt, 1, names[what]);
	db_text(stmt, 2, hash);
	r = db_run(stmt, err);
	sqlite3_finalize(stmt);
	return r != 0 ? -1 : 1;
}

const char *
suppress_word(enum suppress_what what)
{
	return names[what];
}

/* A domain by way of an address in it, so that it is written as keys are. */
static int
domain_of(const char *text, char *key, size_t room)
{
	struct buf b = BUF(400);
	int r;

	buf_printf(&b, "post@%s", text + (text[0] == '@'));
	r = b.over ? -1 : email_key(buf_text(&b), b.len, key, room);
	buf_free(&b);
	return r;
}

int
suppress_parse(const struct keys *keys, const char *text,
    enum suppress_what *what, char hash[static 65], const char **why)
{
	char key[EMAIL_KEY_MAX], digits[16];
	size_t n = strlen(text);
	const char *at = strchr(text, '@');
	int32_t orgnr;

	*why = NULL;
	if (n > 0 && strspn(text, "0123456789 ") == n) {
		size_t k = 0;

		for (size_t i = 0; i < n && k < sizeof(digits) - 1; i++)
			if (text[i] != ' ')
				digits[k++] = text[i];
		digits[k] = '\0';
		*what = SUPPRESS_ORGNR;
		if (num_orgnr(digits, k, &orgnr, why) != 0)
			return -1;
		suppress_hash(keys, *what, digits, hash);
		return 0;
	}
	*what = at != NULL && at != text ? SUPPRESS_EMAIL : SUPPRESS_DOMAIN;
	if ((*what == SUPPRESS_EMAIL ? email_key(text, n, key, sizeof(key)) :
	    domain_of(text, key, sizeof(key))) != 0) {
		*why = *what == SUPPRESS_EMAIL ? "is no address" :
		    "is neither number, address nor domain";
		return -1;
	}
	suppress_hash(keys, *what, *what == SUPPRESS_EMAIL ? key :
	    strrchr(key, '@') + 1, hash);
	return 0;
}

static struct suppress *
load(sqlite3 *db, int32_t day, int64_t before, struct err *err)
{
	struct suppress *s = mem_alloc(sizeof(*s));
	struct hash *sum = hash_begin();
	size_t cap[SUPPRESS_KINDS] = { 0, 0, 0 };
	unsigned char digest[HASH_SIZE];
	sqlite3_stmt *stmt;
	int r = -1;

	if (db_prepare(db, "SELECT CASE what WHEN 'email' THEN 0 WHEN 'orgnr' THEN 1"
	    " ELSE 2 END, hash FROM suppression WHERE (until IS NULL OR until >= ?1)"
	    " AND added < ?2 ORDER BY 1, hash", &stmt, err) != 0)
		goto end_sum;
	db_i64(stmt, 1, day);
	db_i64(stmt, 2, before);
	while ((r = db_step(stmt, err)) == 1) {
		int what = sqlite3_column_int(stmt, 0);
		const char *hash = db_col(stmt, 1);

		if (s->n[what] == cap[what]) {
			cap[what] = cap[what] > 0 ? 2 * cap[what] : 64;
			s->hash[what] = mem_grow(s->hash[what], cap[what], HASH_HEX);
		}
		memset(s->hash[what][s->n[what]], 0, HASH_HEX);
		strncpy(s->hash[what][s->n[what]], hash, HASH_HEX - 1);
		s->n[what]++;
		hash_add(sum, names[what], strlen(names[what]));
		hash_add(sum, " ", 1);
		hash_add(sum, hash, strlen(hash));
		hash_add(sum, "\n", 1);
	}
	sqlite3_finalize(stmt);
end_sum:
	hash_end(sum, digest);
	if (r != 0) {
		suppress_free(s);
		return NULL;
	}
	hash_hex(digest, sizeof(digest), s->sha256);
	return s;
}

/* Whatever the clock says: all that is on it. */
struct suppress *
suppress_load(sqlite3 *db, int64_t now, struct err *err)
{
	return load(db, date_of(now), INT64_MAX, err);
}

struct suppress *
suppress_load_day(sqlite3 *db, int32_t day, struct err *err)
{
	return load(db, day, ((int64_t)day + 1) * 86400, err);
}

static int
by_hash(const void *a, const void *b)
{
	return strcmp(a, b);
}

int
suppress_listed(const struct suppress *s, const struct keys *keys,
    enum suppress_what what, const char *value)
{
	const char *at = what == SUPPRESS_EMAIL ? strrchr(value, '@') : NULL;
	char hash[HASH_HEX];

	if (at != NULL && s->n[SUPPRESS_DOMAIN] > 0 &&
	    suppress_listed(s, keys, SUPPRESS_DOMAIN, at + 1))
		return 1;

	if (s->n[what] == 0)
		return 0;
	suppress_hash(keys, what, value, hash);
	return bsearch(hash, s->hash[what], s->n[what], HASH_HEX, by_hash) != NULL;
}

const char *
suppress_sha256(const struct suppress *s)
{
	return s->sha256;
}

void
suppress_free(struct suppress *s)
{
	if (s == NULL)
		return;
	for (int i = 0; i < SUPPRESS_KINDS; i++)
		free(s->hash[i]);
	free(s);
}
