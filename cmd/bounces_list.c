#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/json.h"
#include "pipeline/base/num.h"
#include "pipeline/store/store.h"

#include "cmd/bounces_person.h"
#include "cmd/ui.h"

/*
 * What makes a mail worth a person's look:
 *	unknown		nobody could say what it is, or why it failed
 *	unlocated	a failure for good of somebody in a study, nobody knows whom
 *	disputed	a failure for good of who has answered, or whose mail system
 *			says that it takes mail
 */
#define UNKNOWN \
    "(m.kind IN ('other', 'broken', 'challenge') OR m.kind = 'bounce' AND EXISTS" \
    " (SELECT 1 FROM bounce x WHERE x.message = m.id AND x.reason IN" \
    " ('undefined', 'onhold')))"
#define UNLOCATED \
    "(m.kind = 'bounce' AND NOT EXISTS (SELECT 1 FROM bounce x WHERE x.message =" \
    " m.id AND x.recipient IS NOT NULL))"
#define DISPUTED \
    "(m.kind = 'bounce' AND EXISTS (SELECT 1 FROM bounce x JOIN mailing_recipient" \
    " r ON r.id = x.recipient WHERE x.message = m.id AND x.hard = 1 AND" \
    " (EXISTS (SELECT 1 FROM answer a WHERE a.sample_unit = r.sample_unit AND" \
    " a.status IN ('complete', 'partial')) OR EXISTS (SELECT 1 FROM" \
    " mailing_recipient r2 JOIN bounce y ON y.recipient = r2.id JOIN bounce_message" \
    " n ON n.id = y.message WHERE r2.sample_unit = r.sample_unit AND n.kind IN" \
    " ('delivered', 'auto-reply')))))"
#define HELD \
    "EXISTS (SELECT 1 FROM bounce x JOIN mailing_recipient r ON r.id = x.recipient" \
    " JOIN bounce_hold h ON h.mailing = r.mailing WHERE x.message = m.id AND" \
    " m.kind = 'bounce' AND h.released IS NULL AND m.read >= h.since)"
#define MARKED \
    "EXISTS (SELECT 1 FROM bounce_mark k WHERE k.message = m.id AND k.undone IS" \
    " NULL)"

/* Options, each NULL where it was not given. */
static const char sql_list[] =
    "SELECT m.id, m.received, m.kind, coalesce(s.name, ''), m.assigned,"
    " coalesce(m.token_state, ''), " UNKNOWN ", " UNLOCATED ", " DISPUTED ", "
    HELD ", " MARKED ", (SELECT count(*) FROM bounce b WHERE b.message = m.id),"
    " coalesce(b.address, ''), coalesce(b.status, ''), coalesce(b.reason, ''),"
    " coalesce(b.hard, 0), coalesce(b.fault, '-'), coalesce(b.recipient, 0),"
    " coalesce(b.located, 'none'), m.review"
    " FROM bounce_message m LEFT JOIN study s ON s.id = m.study"
    " LEFT JOIN bounce b ON b.id = (SELECT min(id) FROM bounce WHERE message ="
    " m.id)"
    " WHERE (?1 IS NULL OR s.name = ?1) AND (?2 IS NULL OR m.kind = ?2)"
    " AND (?3 IS NULL OR EXISTS (SELECT 1 FROM bounce x WHERE x.message = m.id AND"
    " x.reason = ?3))"
    " AND (?4 = 0 OR " UNLOCATED ") AND (?5 = 0 OR " UNKNOWN ")"
    " AND (?6 = 0 OR " DISPUTED ") AND (?7 = 0 OR " HELD ")"
    " AND (?8 = 0 OR (m.review OR " UNKNOWN " OR " DISPUTED " OR " UNLOCATED
    " AND m.study IS NOT NULL) AND NOT " MARKED ")"
    " ORDER BY m.received, m.id";

/* Every address in it as its first letter, and what stands behind the '@'. */
static void
masked(const struct cmd_ctx *ctx, const char *s, struct buf *out)
{
	static const char part[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.!#$%&'*+/=?^_`{|}~-";
	const char *at;

	buf_clear(out);
	if (cmd_option(ctx, "addresses") != NULL) {
		buf_str(out, s);
		return;
	}
	while ((at = strchr(s, '@')) != NULL) {
		const char *from = at;

		while (from > s && ((unsigned char)from[-1] >= 0x80 ||
		    strchr(part, from[-1]) != NULL))
			from--;
		buf_add(out, s, (size_t)(from - s));
		if (from < at) {
			if ((unsigned char)*from < 0x80)
				buf_chr(out, *from);
			buf_str(out, "***");
		}
		buf_chr(out, '@');
		s = at + 1;
	}
	buf_str(out, s);
}

static int
flag(const struct cmd_ctx *ctx, const char *name)
{
	return cmd_option(ctx, name) != NULL;
}

static void
flags_text(sqlite3_stmt *s, struct buf *b)
{
	static const char *const name[] = { "unknown", "unlocated", "disputed",
		"held", "marked" };

	for (int i = 0; i < 5; i++)
		if (sqlite3_column_int(s, 6 + i))
			buf_printf(b, "%s%s", b->len > 0 ? "," : "", name[i]);
	if (b->len == 0)
		buf_chr(b, '-');
}

static void
row_json(struct json *j, const char *address, sqlite3_stmt *s)
{
	static const char *const name[] = { "unknown", "unlocated", "disputed",
		"held", "marked" };
	char when[21];

	json_object(j);
	json_kint(j, "id", sqlite3_column_int64(s, 0));
	json_kstr(j, "received", moment_iso(sqlite3_column_int64(s, 1), when));
	json_kstr(j, "kind", db_col(s, 2));
	json_kstr(j, "study", db_col(s, 3)[0] != '\0' ? db_col(s, 3) : NULL);
	json_kstr(j, "assigned", db_col(s, 4));
	json_kstr(j, "token", db_col(s, 5)[0] != '\0' ? db_col(s, 5) : NULL);
	for (int i = 0; i < 5; i++)
		json_kbool(j, name[i], sqlite3_column_int(s, 6 + i));
	json_kint(j, "recipients", sqlite3_column_int64(s, 11));
	json_kstr(j, "address", address[0] != '\0' ? address : NULL);
	json_kstr(j, "status", db_col(s, 13)[0] != '\0' ? db_col(s, 13) : NULL);
	json_kstr(j, "reason", db_col(s, 14)[0] != '\0' ? db_col(s, 14) : NULL);
	json_kbool(j, "hard", sqlite3_column_int(s, 15));
	json_kstr(j, "fault", db_col(s, 16));
	json_key(j, "recipient");
	if (sqlite3_column_int64(s, 17) != 0)
		json_int(j, sqlite3_column_int64(s, 17));
	else
		json_null(j);
	json_kstr(j, "located", db_col(s, 18));
	json_kbool(j, "review", sqlite3_column_int(s, 19));
	json_end(j);
}

static void
row_text(const char *address, sqlite3_stmt *s)
{
	struct buf flags = BUF(200);
	char when[21];
	int64_t more = sqlite3_column_int64(s, 11) - 1;

	flags_text(s, &flags);
	ui_printf("%-6" PRId64 " %.10s  %-10s %-13s %-4s %-6s %-20s %s%s",
	    (int64_t)sqlite3_column_int64(s, 0),
	    moment_iso(sqlite3_column_int64(s, 1), when), db_col(s, 2),
	    db_col(s, 14)[0] != '\0' ? db_col(s, 14) : "-",
	    sqlite3_column_int(s, 15) ? "hard" : "-",
	    db_col(s, 13)[0] != '\0' ? db_col(s, 13) : "-",
	    db_col(s, 3)[0] != '\0' ? db_col(s, 3) : "-", buf_text(&flags),
	    address[0] != '\0' ? "  " : "");
	ui_text(address);
	if (more > 0)
		ui_printf(" +%" PRId64, more);
	ui_text("\n");
	buf_free(&flags);
}

int
bounces_list(struct cmd_ctx *ctx, int review)
{
	struct buf out = BUF(BUF_ANY), address = BUF(2000);
	struct json j;
	sqlite3_stmt *s;
	int64_t n = 0;
	int r;

	if (db_prepare(ctx->world.db, sql_list, &s, &ctx->err) != 0)
		return -1;
	db_text(s, 1, cmd_option(ctx, "study"));
	db_text(s, 2, cmd_option(ctx, "kind"));
	db_text(s, 3, cmd_option(ctx, "reason"));
	db_i64(s, 4, flag(ctx, "unlocated"));
	db_i64(s, 5, flag(ctx, "unknown"));
	db_i64(s, 6, flag(ctx, "disputed"));
	db_i64(s, 7, flag(ctx, "held"));
	db_i64(s, 8, review);
	json_begin(&j, &out, 1);
	json_array(&j);
	while ((r = db_step(s, &ctx->err)) == 1) {
		masked(ctx, db_col(s, 12), &address);
		if (ctx->json)
			row_json(&j, buf_text(&address), s);
		else
			row_text(buf_text(&address), s);
		n++;
	}
	json_end(&j);
	buf_chr(&out, '\n');
	if (r == 0 && ctx->json)
		ui_buf(&out);
	else if (r == 0)
		ui_line("%" PRId64 " returned mails", n);
	sqlite3_finalize(s);
	buf_free(&out);
	buf_free(&address);
	return r;
}

/* -------------------------------------------------------------------- show -- */

/* Rows of a query as lines, or as objects of an array: the columns' names. */
static int
put_rows(struct cmd_ctx *ctx, struct json *j, const char *title, const char *sql,
    int64_t id, int64_t *n)
{
	struct buf b = BUF(1 << 20);
	sqlite3_stmt *s;
	int r;

	if (db_prepare(ctx->world.db, sql, &s, &ctx->err) != 0)
		return -1;
	db_i64(s, 1, id);
	if (ctx->json) {
		json_key(j, title);
		json_array(j);
	}
	while ((r = db_step(s, &ctx->err)) == 1) {
		++*n;
		if (ctx->json)
			json_object(j);
		else
			ui_printf("%s\n", title);
		for (int i = 0; i < sqlite3_column_count(s); i++) {
			const char *name = sqlite3_column_name(s, i);
			int type = sqlite3_column_type(s, i);

			masked(ctx, db_col(s, i), &b);
			if (ctx->json && type == SQLITE_INTEGER)
				json_kint(j, name, sqlite3_column_int64(s, i));
			else if (ctx->json)
				json_kstr(j, name, type == SQLITE_NULL ? NULL : buf_text(&b));
			else if (type != SQLITE_NULL)
				ui_printf("  %-12s %s\n", name, buf_text(&b));
		}
		if (ctx->json)
			json_end(j);
	}
	if (ctx->json)
		json_end(j);
	sqlite3_finalize(s);
	buf_free(&b);
	return r;
}

#define WHEN(column_) "strftime('%Y-%m-%dT%H:%M:%SZ', " column_ ", 'unixepoch')"

int
bounces_show(struct cmd_ctx *ctx, const char *number)
{
	static const struct { const char *title, *sql; } parts[] = {
		{ "mail", "SELECT m.id, m.kind, s.name AS study, m.assigned,"
		    " m.token_state AS token, " WHEN("m.received") " AS received, "
		    WHEN("m.read") " AS read, m.envelope_to, m.file, m.review,"
		    " " UNKNOWN " AS unknown, " UNLOCATED " AS unlocated, " DISPUTED
		    " AS disputed, " HELD " AS held, m.note"
		    " FROM bounce_message m LEFT JOIN study s ON s.id = m.study"
		    " WHERE m.id = ?1" },
		{ "recipient", "SELECT row_number() OVER (ORDER BY b.id) AS line,"
		    " b.address, b.status, b.reason, b.hard, b.fault, b.rule, b.text,"
		    " b.recipient, b.located, r.address AS written_to, g.wave, d.state"
		    " AS disposition, d.why FROM bounce b LEFT JOIN mailing_recipient r"
		    " ON r.id = b.recipient LEFT JOIN mailing g ON g.id = r.mailing"
		    " LEFT JOIN disposition d ON d.sample_unit = r.sample_unit"
		    " WHERE b.message = ?1 ORDER BY b.id" },
		{ "mark", "SELECT id, line, what, value, why, person, " WHEN("at")
		    " AS at, " WHEN("undone") " AS undone, undone_why FROM bounce_mark"
		    " WHERE message = ?1 ORDER BY id" },
		{ "earlier", "SELECT " WHEN("kept") " AS until, json_extract(verdict,"
		    " '$.kind') AS kind, json_extract(verdict, '$.lines[0].reason') AS"
		    " reason, json_extract(verdict, '$.lines[0].hard') AS hard,"
		    " json_extract(verdict, '$.lines[0].recipient') AS recipient,"
		    " CASE superseded WHEN 1 THEN 'superseded' ELSE 'beneath the marks'"
		    " END AS standing FROM bounce_reading WHERE message = ?1"
		    " ORDER BY id" },
		{ "event", "SELECT " WHEN("e.at") " AS at, e.what, e.detail FROM event e"
		    " WHERE e.what IN ('bounce mark', 'bounce undo') AND e.detail LIKE"
		    " '%returned mail ' || ?1 || ':%' OR e.what = 'bounce undo' AND"
		    " e.detail LIKE '%returned mail ' || ?1 || ' undone' ORDER BY e.id" },
	};
	struct buf out = BUF(1 << 26);
	struct json j;
	int64_t id, n = 0;
	int r = 0;

	if (num_int(number, 1, INT64_MAX, &id) != 0)
		return cmd_usage(ctx, "a returned mail has a number (utvalg bounces"
		    " list)");
	json_begin(&j, &out, 1);
	json_object(&j);
	for (size_t i = 0; r == 0 && i < sizeof(parts) / sizeof(parts[0]); i++) {
		r = put_rows(ctx, &j, parts[i].title, parts[i].sql, id, &n);
		if (r == 0 && n == 0)
			r = err_set(&ctx->err, EX_NOINPUT, "no returned mail %" PRId64,
			    id);
	}
	json_end(&j);
	buf_chr(&out, '\n');
	if (r == 0 && ctx->json)
		ui_buf(&out);
	buf_free(&out);
	return r;
}
