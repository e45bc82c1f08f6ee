#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "email/email.h"
#include "pipeline/base/date.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/contact/disposition.h"
#include "pipeline/contact/token.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"
#include "pipeline/store/suppress.h"

#include "pipeline/contact/optout.h"

enum { WHO_MAX = 400 };

/* What was typed, as what it may be looked up by; "" where it is none. */
struct who {
	char text[WHO_MAX + 1];		/* a token of a questionnaire */
	char ref[TOKEN_LEN + 1];	/* a return token */
	char key[EMAIL_KEY_MAX];
	char orgnr[10];
};

struct unit {
	int64_t id, study;
	char *key, *orgnr;		/* "" where it has none */
};

struct found {
	struct unit *unit;
	size_t n;
	struct arena *arena;
};

static const char sql_find[] =
    "SELECT u.id, s.study, coalesce(f.email_key, ''), coalesce(f.orgnr, '')"
    " FROM sample_unit u JOIN sample s ON s.id = u.sample"
    " JOIN frame_unit f ON f.id = u.frame_unit"
    " WHERE (?1 = 0 OR s.study = ?1) AND (u.token = ?2"
    "  OR f.email_key = nullif(?4, '') OR f.orgnr = ?5"
    "  OR u.id IN (SELECT r.sample_unit FROM mailing_recipient r WHERE"
    "   r.return_token = ?3 OR r.email_key = nullif(?4, '')))"
    " ORDER BY u.id";

/* ------------------------------------------------------------------- whose -- */

static int
is_token(const char *s, size_t n)
{
	if (n != TOKEN_LEN)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '2' && s[i] <= '7')))
			return 0;
	return 1;
}

/* The return token in NAME+TOKEN@DOMAIN, or alone.  What we sent is in the
 * database: whoever types it needs no signature. */
static void
take_ref(const char *s, size_t n, struct who *w)
{
	const char *at = memchr(s, '@', n);

	if (at != NULL)
		n = (size_t)(at - s);
	if (n > TOKEN_LEN && (s[n - TOKEN_LEN - 1] == '+' ||
	    s[n - TOKEN_LEN - 1] == '-')) {
		s += n - TOKEN_LEN;
		n = TOKEN_LEN;
	}
	if (is_token(s, n))
		snprintf(w->ref, sizeof(w->ref), "%.*s", (int)n, s);
}

static int
take(const char *text, struct who *w, struct err *err)
{
	size_t n;

	memset(w, 0, sizeof(*w));
	text += strspn(text, " \t\r\n<");
	n = strlen(text);
	while (n > 0 && strchr(" \t\r\n>", text[n - 1]) != NULL)
		n--;
	if (n == 0 || n > WHO_MAX)
		return err_set(err, EX_USAGE, "an address, a token or an organisation "
		    "number is wanted");
	memcpy(w->text, text, n);
	w->text[n] = '\0';
	take_ref(w->text, n, w);
	if (n == 9 && strspn(w->text, "0123456789") == 9)
		memcpy(w->orgnr, w->text, 10);
	else if (strchr(w->text, '@') != NULL &&
	    email_key(w->text, n, w->key, sizeof(w->key)) != 0) {
		w->key[0] = '\0';
		if (w->ref[0] == '\0')
			return err_set(err, EX_USAGE, "this is no e-mail address");
	}
	return 0;
}

static int
find(const struct world *world, int64_t study, const struct who *w,
    struct found *f, struct err *err)
{
	sqlite3_stmt *s;
	int r;

	f->n = 0;
	if (db_prepare(world->db, sql_find, &s, err) != 0)
		return -1;
	db_i64(s, 1, study);
	db_text(s, 2, w->text);
	db_text(s, 3, w->ref);
	db_text(s, 4, w->key);
	if (w->orgnr[0] != '\0')
		db_i64(s, 5, strtol(w->orgnr, NULL, 10));
	while ((r = db_step(s, err)) == 1) {
		struct unit *u;
		int64_t orgnr = sqlite3_column_int64(s, 3);

		f->unit = mem_grow(f->unit, f->n + 1, sizeof(*f->unit));
		u = &f->unit[f->n++];
		u->id = sqlite3_column_int64(s, 0);
		u->study = sqlite3_column_int64(s, 1);
		u->key = arena_str(f->arena, db_col(s, 2));
		u->orgnr = orgnr == 0 ? arena_str(f->arena, "") :
		    arena_printf(f->arena, "%09" PRId64, orgnr);
	}
	sqlite3_finalize(s);
	return r < 0 ? -1 : 0;
}

/* ------------------------------------------------------------------- notes -- */

/* One note a unit, whoever takes it how often. */
static void
note_hash(int64_t unit, char hex[static 65])
{
	unsigned char sum[HASH_SIZE];
	char text[64];
	int n = snprintf(text, sizeof(text), "opt-out by hand %" PRId64, unit);

	hash_sha256(text, (size_t)n, sum);
	hash_hex(sum, sizeof(sum), hex);
}

static int
note_unit(const struct world *w, const struct unit *u, int undo, int64_t *n,
    struct err *err)
{
	sqlite3_stmt *s;
	char hex[65];
	int r;

	if (db_prepare(w->db, undo ? "DELETE FROM answer WHERE study = ?1 AND"
	    " row_sha256 = ?2 AND sample_unit = ?3" : "INSERT INTO answer (study,"
	    " row_sha256, sample_unit, matched, status, answered, line, file, read)"
	    " VALUES (?1, ?2, ?3, 'token', 'refused', ?4, 0, 'by hand', ?4)"
	    " ON CONFLICT DO NOTHING", &s, err) != 0)
		return -1;
	note_hash(u->id, hex);
	db_i64(s, 1, u->study);
	db_text(s, 2, hex);
	db_i64(s, 3, u->id);
	if (!undo)
		db_i64(s, 4, w->now);
	r = db_run(s, err);
	*n += r == 0 ? sqlite3_changes(w->db) : 0;
	sqlite3_finalize(s);
	return r;
}

static int
list_one(const struct world *w, enum suppress_what what, const char *value,
    int64_t study, int undo, int64_t *n, struct err *err)
{
	sqlite3_stmt *s;
	char hash[65];
	int r;

	if (*value == '\0')
		return 0;
	suppress_hash(w->keys, what, value, hash);
	if (!undo) {
		r = suppress_add(w->db, what, hash, "opt-out", study, w->now, err);
		*n += r > 0;
		return r < 0 ? -1 : 0;
	}
	if (db_prepare(w->db, "DELETE FROM suppression WHERE what = ?1 AND hash = ?2"
	    " AND reason = 'opt-out' AND (study IS NULL OR study = ?3 OR ?3 = 0)", &s,
	    err) != 0)
		return -1;
	db_text(s, 1, what == SUPPRESS_EMAIL ? "email" : "orgnr");
	db_text(s, 2, hash);
	db_i64(s, 3, study);
	r = db_run(s, err);
	*n += r == 0 ? sqlite3_changes(w->db) : 0;
	sqlite3_finalize(s);
	return r;
}

/* Does this unit stand on the list for a complaint of its own, which a mistake made
 * by hand is not? */
static int
complained(const struct world *w, int64_t unit, struct err *err)
{
	sqlite3_stmt *s;
	int r;

	if (db_prepare(w->db, "SELECT 1 FROM bounce b JOIN bounce_message m ON m.id ="
	    " b.message JOIN mailing_recipient r ON r.id = b.recipient WHERE"
	    " r.sample_unit = ?1 AND m.kind = 'feedback' LIMIT 1", &s, err) != 0)
		return -1;
	db_i64(s, 1, unit);
	r = db_step(s, err);
	sqlite3_finalize(s);
	return r;
}

static int
note_all(const struct world *w, const struct found *f, int undo,
    struct optout_result *ret, struct err *err)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct unit *u = &f->unit[i];
		int64_t before = ret->noted;
		int kept = 0;

		if (note_unit(w, u, undo, &ret->noted, err) != 0 ||
		    (undo && (kept = complained(w, u->id, err)) < 0))
			return -1;
		ret->units++;
		if (undo && (kept || ret->noted == before))
			continue;
		if (list_one(w, SUPPRESS_EMAIL, u->key, u->study, undo, &ret->listed,
		    err) != 0 || list_one(w, SUPPRESS_ORGNR, u->orgnr, u->study, undo,
		    &ret->listed, err) != 0)
			return -1;
	}
	return 0;
}

/* In every study: what was found by a token is looked for by its address too. */
static int
widen(const struct world *w, struct who *who, struct found *f, struct err *err)
{
	if (f->n == 0 || who->key[0] != '\0')
		return 0;
	snprintf(who->key, sizeof(who->key), "%s", f->unit[0].key);
	return find(w, 0, who, f, err);
}

static int
note(const struct world *w, int64_t study, const char *text, int undo,
    struct optout_result *ret, struct err *err)
{
	struct found f = { NULL, 0, arena_new() };
	struct who who;
	int r = -1;

	if (take(text, &who, err) != 0 || find(w, study, &who, &f, err) != 0 ||
	    (study == 0 && widen(w, &who, &f, err) != 0))
		goto out;
	if (f.n == 0 && (study != 0 || (who.key[0] == '\0' && who.orgnr[0] == '\0'))) {
		err_set(err, EX_NOINPUT, "nobody that was drawn%s has that address, "
		    "token or number", study != 0 ? " in this study" : "");
		goto out;
	}
	if (note_all(w, &f, undo, ret, err) != 0 ||
	    (f.n == 0 && (list_one(w, SUPPRESS_EMAIL, who.key, 0, undo, &ret->listed,
	    err) != 0 || list_one(w, SUPPRESS_ORGNR, who.orgnr, 0, undo, &ret->listed,
	    err) != 0)))
		goto out;
	r = 0;
out:
	free(f.unit);
	arena_free(f.arena);
	return r;
}

int
optout_note(const struct world *w, int64_t study, const char *who,
    struct optout_result *ret, struct err *err)
{
	return note(w, study, who, 0, ret, err);
}

int
optout_undo(const struct world *w, int64_t study, const char *who,
    struct optout_result *ret, struct err *err)
{
	return note(w, study, who, 1, ret, err);
}

int
optout_end(const struct world *w, int64_t study, int undo, const char *reason,
    const struct optout_result *n, struct err *err)
{
	int64_t *ids = NULL;
	size_t all = 0;
	int r = 0;

	if (study != 0)
		r = disposition_write(w, study, err);
	else if ((r = studies_all(w->db, &ids, &all, err)) == 0)
		for (size_t i = 0; r == 0 && i < all; i++)
			r = disposition_write(w, ids[i], err);
	free(ids);
	if (r != 0)
		return -1;
	return studies_event(w, study, "opt-out", err, "%s by hand: %" PRId64
	    " units, %" PRId64 " of them %s now, %" PRId64 " entries %s the list%s%s",
	    undo ? "taken back" : "noted", n->units, n->noted, undo ? "taken back" :
	    "noted", n->listed, undo ? "off" : "new on", reason != NULL ? ": " : "",
	    reason != NULL ? reason : "");
}
