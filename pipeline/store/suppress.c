#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/store/store.h"

#include "pipeline/store/suppress.h"

struct suppress {
	char (*hash[2])[HASH_HEX];	/* by enum suppress_what, sorted */
	size_t n[2];
	char sha256[HASH_HEX];
};

static const char *const names[] = { "email", "orgnr" };

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
	    " DO NOTHING", &stmt, err) != 0)
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

struct suppress *
suppress_load(sqlite3 *db, struct err *err)
{
	struct suppress *s = mem_alloc(sizeof(*s));
	struct hash *sum = hash_begin();
	size_t cap[2] = { 0, 0 };
	unsigned char digest[HASH_SIZE];
	sqlite3_stmt *stmt;
	int r = -1;

	if (db_prepare(db, "SELECT what = 'orgnr', hash FROM suppression"
	    " ORDER BY 1, hash", &stmt, err) != 0)
		goto end_sum;
	while ((r = db_step(stmt, err)) == 1) {
		int what = sqlite3_column_int(stmt, 0) != 0;
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

static int
by_hash(const void *a, const void *b)
{
	return strcmp(a, b);
}

int
suppress_listed(const struct suppress *s, const struct keys *keys,
    enum suppress_what what, const char *value)
{
	char hash[HASH_HEX];

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
	free(s->hash[0]);
	free(s->hash[1]);
	free(s);
}
