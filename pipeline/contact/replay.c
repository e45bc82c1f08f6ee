#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/file.h"
#include "pipeline/base/talk.h"
#include "pipeline/contact/disposition.h"
#include "pipeline/contact/evidence.h"
#include "pipeline/contact/spool.h"
#include "pipeline/contact/verdict.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"

#include "pipeline/contact/replay.h"

enum { FILE_MAX = SPOOL_MAX + 65536, VERDICT_MAX = 1 << 26 };

static const char sql_start[] =
    "CREATE TEMP TABLE IF NOT EXISTS replay_line (message INTEGER, study INTEGER,"
    " what TEXT, was TEXT, is_ TEXT);"
    "DELETE FROM temp.replay_line;"
    "CREATE TEMP TABLE IF NOT EXISTS replay_was (sample_unit INTEGER PRIMARY KEY,"
    " state TEXT);"
    "DELETE FROM temp.replay_was;"
    "INSERT INTO temp.replay_was SELECT sample_unit, state FROM disposition;";

/* ?1 message, ?2 the verdict it had, ?3 the one it has; as they differ. */
static const char sql_differ[] =
    "INSERT INTO temp.replay_line SELECT ?1, coalesce(json_extract(?3, '$.study'),"
    " json_extract(?2, '$.study')), what, coalesce(was, ''), coalesce(is_, '') FROM"
    " (SELECT 'kind' AS what, json_extract(?2, '$.kind') AS was,"
    "  json_extract(?3, '$.kind') AS is_"
    " UNION ALL SELECT 'study', (SELECT name FROM study WHERE id ="
    "  json_extract(?2, '$.study')), (SELECT name FROM study WHERE id ="
    "  json_extract(?3, '$.study'))"
    " UNION ALL SELECT f.value, json_extract(?2, '$.lines[' || i.key || '].' ||"
    "  f.value), json_extract(?3, '$.lines[' || i.key || '].' || f.value)"
    "  FROM (SELECT key FROM json_each(?2, '$.lines') UNION SELECT key FROM"
    "  json_each(?3, '$.lines')) i, json_each('[\"status\",\"reason\",\"hard\","
    "  \"fault\",\"recipient\"]') f)"
    " WHERE was IS NOT is_";

static const char sql_report[] =
    "SELECT coalesce(s.name, ''), l.message, l.what, l.was, l.is_, 1"
    " FROM temp.replay_line l LEFT JOIN study s ON s.id = l.study"
    " UNION ALL SELECT y.name, 0, 'disposition', coalesce(w.state, ''), d.state,"
    " count(*) FROM disposition d LEFT JOIN temp.replay_was w ON w.sample_unit ="
    " d.sample_unit JOIN sample_unit u ON u.id = d.sample_unit JOIN sample p ON"
    " p.id = u.sample JOIN study y ON y.id = p.study WHERE d.state IS NOT w.state"
    " GROUP BY 1, 4, 5 ORDER BY 1, 3, 4, 5, 2";

struct run {
	const struct world *w;
	struct replay *n;
	struct evidence *evidence;
	struct buf file, path, before, was, is;
	sqlite3_stmt *differ;
	char spool[4200];
};

static int
find_file(struct run *r, const char *name, const char *sha256)
{
	static const char *const folder[] = { "done", "unknown" };
	struct err ignored;

	if (name[0] == '\0' || strchr(name, '/') != NULL)
		return 0;
	for (size_t i = 0; i < 2; i++) {
		buf_clear(&r->path);
		buf_printf(&r->path, "%s/%s/%s", r->spool, folder[i], name);
		buf_clear(&r->file);
		if (file_exists(buf_text(&r->path)) &&
		    file_read(buf_text(&r->path), FILE_MAX, &r->file, &ignored) == 0 &&
		    evidence_is(buf_text(&r->file), r->file.len, sha256))
			return 1;
	}
	return 0;
}

static int
write_difference(struct run *r, int64_t message, struct err *err)
{
	db_i64(r->differ, 1, message);
	db_text(r->differ, 2, buf_text(&r->was));
	db_text(r->differ, 3, buf_text(&r->is));
	return db_run(r->differ, err);
}

/* Its reading by rules, as it is and as it would be; rolled back where they are
 * the same, so that nothing is written for nothing. */
static int
read_again(struct run *r, struct evidence_of *of, struct err *err)
{
	int marked = verdict_reading(r->w->db, of->message, &r->was, err);

	if (marked < 0 || verdict_text(r->w->db, of->message, &r->before, err) != 0)
		return -1;
	if (marked == 0) {
		buf_clear(&r->was);
		buf_add(&r->was, r->before.data, r->before.len);
	}
	if (db_exec(r->w->db, "SAVEPOINT replay", err) != 0 ||
	    evidence_again(r->evidence, of, err) != 0 ||
	    verdict_text(r->w->db, of->message, &r->is, err) != 0)
		return -1;
	if (strcmp(buf_text(&r->was), buf_text(&r->is)) == 0) {
		r->n->same++;
		return db_exec(r->w->db, "ROLLBACK TO replay; RELEASE replay", err);
	}
	r->n->changed++;
	if (write_difference(r, of->message, err) != 0 ||
	    verdict_supersede(r->w, of->message, buf_text(&r->was), err) != 0)
		return -1;
	return db_exec(r->w->db, "RELEASE replay", err);
}

/* A mail as it is to be read again. */
struct kept {
	int64_t message, received;
	const char *file, *sha256;
	int broken, cut;
};

/* All of them, before the first is read: a savepoint ends open queries. */
static int
list_all(struct run *r, struct kept **list, size_t *n, struct err *err)
{
	sqlite3_stmt *s;
	size_t cap = 0;
	int status;

	/* a refusal at RCPT is no mail: nothing of it can be read again */
	if (db_prepare(r->w->db, "SELECT id, received, file, sha256, kind = 'broken',"
	    " coalesce(note, '') LIKE '%stored in part%' FROM bounce_message WHERE"
	    " file <> '' ORDER BY id", &s, err) != 0)
		return -1;
	while ((status = db_step(s, err)) == 1) {
		if (*n == cap) {
			cap = cap > 0 ? 2 * cap : 1024;
			*list = mem_grow(*list, cap, sizeof(**list));
		}
		(*list)[(*n)++] = (struct kept){ sqlite3_column_int64(s, 0),
		    sqlite3_column_int64(s, 1),
		    arena_str(r->n->arena, db_col(s, 2)),
		    arena_str(r->n->arena, db_col(s, 3)), sqlite3_column_int(s, 4),
		    sqlite3_column_int(s, 5) };
	}
	sqlite3_finalize(s);
	return status;
}

static int
read_one(struct run *r, const struct kept *k, struct err *err)
{
	struct evidence_of of = { .name = k->file, .message = k->message,
	    .received = k->received, .cut = k->cut };

	r->n->mails++;
	if (k->broken) {
		r->n->broken++;
		return 0;
	}
	if (!find_file(r, k->file, k->sha256)) {
		r->n->gone++;
		return 0;
	}
	r->n->kept++;
	of.data = buf_text(&r->file);
	of.len = r->file.len;
	return read_again(r, &of, err);
}

static int
read_all(struct run *r, struct err *err)
{
	struct kept *list = NULL;
	size_t n = 0;
	int status = list_all(r, &list, &n, err);

	for (size_t i = 0; status == 0 && i < n; i++) {
		status = read_one(r, &list[i], err);
		talk_progress(r->w->talk, "reading returned mail again",
		    (int64_t)i + 1, (int64_t)n);
	}
	free(list);
	return status;
}

static int
derive(const struct run *r, struct err *err)
{
	int64_t *id = NULL;
	size_t n = 0;
	int status;

	if (r->n->changed == 0)
		return 0;
	status = studies_all(r->w->db, &id, &n, err);
	for (size_t i = 0; status == 0 && i < n; i++)
		status = disposition_write(r->w, id[i], err);
	free(id);
	return status;
}

static int
report(const struct run *r, struct err *err)
{
	struct replay *n = r->n;
	sqlite3_stmt *s;
	size_t cap = 0;
	int status;

	if (db_prepare(r->w->db, sql_report, &s, err) != 0)
		return -1;
	while ((status = db_step(s, err)) == 1) {
		if (n->nchange == cap) {
			cap = cap > 0 ? 2 * cap : 256;
			n->change = mem_grow(n->change, cap, sizeof(*n->change));
		}
		n->change[n->nchange++] = (struct replay_change){
		    arena_str(n->arena, db_col(s, 0)), sqlite3_column_int64(s, 1),
		    arena_str(n->arena, db_col(s, 2)), arena_str(n->arena, db_col(s, 3)),
		    arena_str(n->arena, db_col(s, 4)), sqlite3_column_int64(s, 5) };
	}
	sqlite3_finalize(s);
	return status;
}

static int
inside(struct run *r, int apply, struct err *err)
{
	if (db_exec(r->w->db, sql_start, err) != 0 ||
	    db_prepare(r->w->db, sql_differ, &r->differ, err) != 0)
		return -1;
	talk_step("replay.1");
	if (read_all(r, err) != 0 || derive(r, err) != 0 || report(r, err) != 0)
		return -1;
	if (apply && r->n->changed > 0 && studies_event(r->w, 0, "bounces replay", err, "%" PRId64
	    " of %" PRId64 " mails are read otherwise now", r->n->changed,
	    r->n->kept) != 0)
		return -1;
	talk_step("replay.2");
	return 0;
}

int
replay_run(const struct world *w, int apply, struct replay *ret, struct err *err)
{
	struct run r = { .w = w, .n = ret, .file = BUF(FILE_MAX), .path = BUF(9000),
	    .before = BUF(VERDICT_MAX), .was = BUF(VERDICT_MAX),
	    .is = BUF(VERDICT_MAX) };
	int status = -1;

	memset(ret, 0, sizeof(*ret));
	ret->arena = arena_new();
	apply = apply && !w->dry_run;
	snprintf(r.spool, sizeof(r.spool), "%s/spool", w->set->state);
	if ((r.evidence = evidence_new(w, err)) != NULL && db_begin(w->db, err) == 0) {
		status = inside(&r, apply, err);
		sqlite3_finalize(r.differ);
		if (status == 0 && apply)
			status = db_commit(w->db, err);
		else
			db_rollback(w->db);
		talk_step("replay.3");
	}
	evidence_free(r.evidence);
	buf_free(&r.file);
	buf_free(&r.path);
	buf_free(&r.before);
	buf_free(&r.was);
	buf_free(&r.is);
	return status;
}

void
replay_free(struct replay *r)
{
	free(r->change);
	arena_free(r->arena);
	memset(r, 0, sizeof(*r));
}
