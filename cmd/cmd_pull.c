#include <inttypes.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/json.h"
#include "pipeline/register/pull.h"
#include "pipeline/register/strip.h"
#include "pipeline/store/store.h"

#include "cmd/cmd.h"
#include "cmd/pull_changes.h"
#include "cmd/ui.h"

enum { SHOWN = 20 };		/* unreadable records told of in text */

/* Records that were no units: line, number as written, reason. */
static int
unreadable(struct cmd_ctx *ctx, int64_t extract, struct json *j)
{
	sqlite3_stmt *s = NULL;
	int r, n = 0;

	if (db_prepare(ctx->world.db, "SELECT line, orgnr, reason FROM extract_fault"
	    " WHERE extract = ?1 ORDER BY line", &s, &ctx->err) != 0)
		return -1;
	db_i64(s, 1, extract);
	while ((r = db_step(s, &ctx->err)) == 1) {
		if (j != NULL) {
			json_object(j);
			json_kint(j, "line", sqlite3_column_int64(s, 0));
			json_kstr(j, "orgnr", (const char *)sqlite3_column_text(s, 1));
			json_kstr(j, "reason", db_col(s, 2));
			json_end(j);
		} else if (n++ < SHOWN)
			ui_printf("  line %" PRId64 ": %s%s%s\n",
			    (int64_t)sqlite3_column_int64(s, 0), db_col(s, 1),
			    sqlite3_column_type(s, 1) == SQLITE_NULL ? "" : ": ",
			    db_col(s, 2));
	}
	sqlite3_finalize(s);
	if (j == NULL && n > SHOWN)
		ui_printf("  ... and %d more (--json lists 1000)\n", n - SHOWN);
	return r;
}

static int
print_json(struct cmd_ctx *ctx, const struct pull_ask *ask,
    const struct pull_result *p)
{
	struct buf b = BUF(4 << 20);
	struct json j;
	char day[11];
	int r;

	json_begin(&j, &b, 1);
	json_object(&j);
	json_kstr(&j, "kind", ask->kind);
	json_kint(&j, "extract", p->extract);
	json_kstr(&j, "date", p->date == DATE_NONE ? NULL : date_iso(p->date, day));
	json_kbool(&j, "unchanged", p->unchanged);
	json_kint(&j, "read", p->read);
	json_kint(&j, "units", p->units);
	json_kint(&j, "unreadable", p->unreadable);
	json_kint(&j, "added", p->added);
	json_kint(&j, "changed", p->changed);
	json_kint(&j, "gone", p->gone);
	json_kint(&j, "erased", p->erased);
	json_kint(&j, "kept", p->kept);
	json_kbool(&j, "dry_run", ctx->dry_run);
	json_key(&j, "faults");
	json_array(&j);
	r = unreadable(ctx, p->extract, &j);
	json_end(&j);
	json_end(&j);
	buf_chr(&b, '\n');
	if (r == 0)
		ui_buf(&b);
	buf_free(&b);
	return r;
}

static int
print_text(struct cmd_ctx *ctx, const struct pull_ask *ask,
    const struct pull_result *p)
{
	const struct ui_count read[] = { { "units", p->units },
		{ "unreadable", p->unreadable }, { "erased", p->erased } };
	const struct ui_count units[] = { { "added", p->added },
		{ "changed", p->changed },
		{ "unchanged", p->units - p->added - p->changed } };
	char day[11];

	ui_printf("%s%s register of %s%s\n", ctx->dry_run && !p->unchanged ?
	    "would load: " : "",
	    ask->kind, date_iso(p->date, day),
	    p->unchanged ? ": the file that is in force already" : "");
	if (p->unchanged)
		return 0;
	if (ui_sum("read", p->read, read, p->erased > 0 ? 3 : 2, &ctx->err) != 0)
		return -1;
	if (p->unreadable > 0 && unreadable(ctx, p->extract, NULL) != 0)
		return -1;
	if (ui_sum("units", p->units, units, 3, &ctx->err) != 0)
		return -1;
	ui_printf("gone %" PRId64 "\n", p->gone);
	if (p->kept > 0)
		ui_printf("newer than the file, and kept: %" PRId64 "\n", p->kept);
	return 0;
}

static int
check(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *date = cmd_option(ctx, "date");
	int32_t day;

	(void)argc;
	(void)argv;
	if (date != NULL && date_parse(date, strlen(date), &day) != 0)
		return cmd_usage(ctx, "--date: YYYY-MM-DD is wanted, not \"%.40s\"",
		    date);
	if (cmd_option(ctx, "changes") != NULL && (date != NULL ||
	    cmd_option(ctx, "from") != NULL || cmd_option(ctx, "accept-loss") != NULL))
		return cmd_usage(ctx, "--changes goes with --kind alone");
	return 0;
}

static int
changes(struct cmd_ctx *ctx, const char *word)
{
	enum unit_kind kind;

	if (unit_kind_parse(word, &kind) != 0)
		return cmd_usage(ctx, "--kind is enhet or underenhet, not %.20s", word);
	return pull_changes(ctx, kind);
}

/* Those who have been erased are known by a keyed hash. */
static int
need_keys(struct cmd_ctx *ctx)
{
	int64_t n = 0;

	if (db_int(ctx->world.db, "SELECT count(*) FROM tombstone", &n,
	    &ctx->err) < 0)
		return -1;
	return n > 0 ? cmd_ready(ctx, CMD_KEYS) : 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct pull_ask ask = { 0 };
	struct pull_result p = { 0 };
	int64_t files;
	const char *date = cmd_option(ctx, "date");

	(void)argc;
	(void)argv;
	ask.kind = cmd_option(ctx, "kind");
	if (ask.kind == NULL)
		ask.kind = "enhet";
	ask.from = cmd_option(ctx, "from");
	ask.accept_loss = cmd_option(ctx, "accept-loss");
	ask.date = DATE_NONE;
	if (date != NULL)
		(void)date_parse(date, strlen(date), &ask.date);	/* check() */
	p.date = DATE_NONE;
	if (cmd_option(ctx, "changes") != NULL)
		return changes(ctx, ask.kind);
	if (need_keys(ctx) != 0)
		return -1;
	if (register_pull(&ctx->world, &ask, &p, &ctx->err) != 0 ||
	    strip_extracts(&ctx->world, &files, &ctx->err) != 0)
		return -1;
	return ctx->json ? print_json(ctx, &ask, &p) : print_text(ctx, &ask, &p);
}

static const struct cmd_option options[] = {
	{ "from", 0, CMD_FILE, "FILE|URL", "this extract, not the configured one" },
	{ "kind", 0, CMD_WORD, "enhet|underenhet",
	    "units (default) or sub-units" },
	{ "date", 0, CMD_WORD, "YYYY-MM-DD",
	    "the day the register looked like this" },
	{ "changes", 0, CMD_FLAG, NULL,
	    "what the register's change feed says, no whole extract" },
	{ "accept-loss", 0, CMD_WORD, "REASON",
	    "take one that is too unlike, is older, or CSV after JSON" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_pull = {
	.name = "pull",
	.run = run,
	.check = check,
	.needs = CMD_WRITE,
	.min = 0, .max = 0,
	.args = "",
	.summary = "fetch an extract of the register and load it",
	.text =
	    "All or nothing: a file that is cut short, is not an extract, is older\n"
	    "or has suddenly lost many units is refused with 65, and the register loaded\n"
	    "before stays in force.  So is one where a county, a legal form or the share\n"
	    "of e-mail addresses has suddenly grown or shrunk, a field is gone from all\n"
	    "units, or many numbers come twice (register.max_loss and its neighbours in\n"
	    "utvalg.conf(5)); --accept-loss takes it, and the reason stands in the\n"
	    "journal.  The same file again changes nothing.  The\n"
	    "register's CSV extracts are read as well as its JSON; they hold less\n"
	    "(no earlier names, text of several lines in one), so going from one to\n"
	    "the other wants --accept-loss.  A file given with --from can be gzip, as\n"
	    "the register sends it, or plain .json or .csv.  Of a plain CSV nobody can\n"
	    "tell whether lines are missing at its end.\n"
	    "\n"
	    "With --changes only what happened since is fetched: from the position in\n"
	    "the register's change feed that was noted before the extract, each unit\n"
	    "that something happened to is looked up.  What the register has removed\n"
	    "is erased.  It can be stopped anywhere and goes on there.  A unit that\n"
	    "cannot be looked up waits and is tried again by the next run.\n",
	.option = options,
	.examples =
	    "utvalg pull\n"
	    "utvalg pull --kind underenhet\n"
	    "utvalg pull --changes\n"
	    "utvalg pull --from enheter_alle.json.gz --date 2026-11-24\n"
	    "utvalg pull --accept-loss \"the register removed dead units\"\n",
};
