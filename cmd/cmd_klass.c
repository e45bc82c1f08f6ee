#include <inttypes.h>
#include <stdio.h>

#include "nace/nace.h"
#include "nace/region.h"
#include "pipeline/base/date.h"
#include "pipeline/base/json.h"
#include "pipeline/base/talk.h"
#include "pipeline/register/klass_sync.h"
#include "pipeline/store/store.h"

#include <string.h>

#include "cmd/cmd.h"
#include "cmd/ui.h"

/* One difference, as text or into an open array. */
static void
put_change(struct json *j, const char *list, const char *code, const char *what,
    const char *field, const char *was, const char *is)
{
	if (j != NULL) {
		json_object(j);
		json_kstr(j, "list", list);
		json_kstr(j, "code", code);
		json_kstr(j, "what", what);
		json_kstr(j, "field", field);
		json_kstr(j, "was", was);
		json_kstr(j, "is", is);
		json_end(j);
	} else if (field != NULL)
		ui_printf("  %s %s: %s: %s -> %s\n", list, code, field,
		    was != NULL ? was : "-", is != NULL ? is : "-");
	else
		ui_printf("  %s %s: %s%s%s\n", list, code, what, was != NULL ||
		    is != NULL ? ": " : "", was != NULL ? was : is != NULL ? is : "");
}

static void
print_result(struct cmd_ctx *ctx, const struct klass_result *r, int refused)
{
	struct buf b = BUF(64 << 20);
	struct json j;

	json_begin(&j, &b, 1);
	json_object(&j);
	json_kbool(&j, "refused", refused);
	json_kbool(&j, "unchanged", !refused && r->unchanged);
	json_key(&j, "changes");
	json_array(&j);
	for (size_t i = 0; i < r->diffs.n; i++) {
		const struct klass_diff *d = &r->diffs.diff[i];

		put_change(ctx->json ? &j : NULL, d->list, d->key,
		    klass_what_text(d->what), d->field, d->was, d->is);
	}
	json_end(&j);
	json_end(&j);
	buf_chr(&b, '\n');
	if (ctx->json)
		ui_buf(&b);
	buf_free(&b);
}

static int
run_sync(struct cmd_ctx *ctx)
{
	struct klass_result r;
	int status;

	if (cmd_ready(ctx, CMD_WRITE | CMD_NACE) != 0)
		return -1;
	status = klass_sync(&ctx->world, cmd_option(ctx, "accept"), &r, &ctx->err);
	if (status == 0 || r.diffs.n > 0)
		print_result(ctx, &r, status != 0);
	if (status == 0 && r.unchanged)
		ui_line("klass: the lists in use are those of Klass");
	else if (status == 0)
		ui_line("klass: %zu differences; the new lists are in use%s", r.diffs.n,
		    ctx->dry_run ? " (dry run: not kept)" : "");
	klass_diffs_free(&r.diffs);
	return status;
}

/* Where the lists in use come from, and what was different when they came. */
static int
show_lists(struct cmd_ctx *ctx, struct json *j)
{
	static const char sql[] = "SELECT fetched, checked, url FROM klass_sync"
	    " ORDER BY id DESC LIMIT 1";
	sqlite3_stmt *q = NULL;
	char fetched[21], checked[21];
	int r = 0;

	if (ctx->world.db != NULL) {
		if (db_prepare(ctx->world.db, sql, &q, &ctx->err) != 0)
			return -1;
		r = db_step(q, &ctx->err);
	}
	moment_iso(r == 1 ? sqlite3_column_int64(q, 0) : MOMENT_NONE, fetched);
	moment_iso(r == 1 ? sqlite3_column_int64(q, 1) : MOMENT_NONE, checked);
	json_kstr(j, "from", r == 1 ? db_col(q, 2) : NULL);
	json_kstr(j, "fetched", r == 1 ? fetched : NULL);
	json_kstr(j, "checked", r == 1 ? checked : NULL);
	json_kstr(j, "codes", nace_version(ctx->world.nace));
	json_kstr(j, "places", region_version(ctx->world.region));
	if (!ctx->json) {
		ui_printf("%s\n%s\n", nace_version(ctx->world.nace),
		    region_version(ctx->world.region));
		if (r == 1)
			ui_printf("from %s, fetched %s, last looked at %s\n", db_col(q, 2),
			    fetched, checked);
		else
			ui_text("compiled in; utvalg klass sync fetches newer ones\n");
	}
	sqlite3_finalize(q);
	return r < 0 ? -1 : 0;
}

static int
show_changes(struct cmd_ctx *ctx, struct json *j)
{
	sqlite3_stmt *q = NULL;
	int r = 0;

	json_key(j, "changes");
	json_array(j);
	if (ctx->world.db != NULL) {
		if (db_prepare(ctx->world.db, "SELECT list, code, what, field, was, is_now"
		    " FROM klass_change WHERE sync = (SELECT max(id) FROM klass_sync)"
		    " ORDER BY number", &q, &ctx->err) != 0)
			return -1;
		while ((r = db_step(q, &ctx->err)) == 1)
			put_change(ctx->json ? j : NULL, db_col(q, 0), db_col(q, 1),
			    db_col(q, 2), (const char *)sqlite3_column_text(q, 3),
			    (const char *)sqlite3_column_text(q, 4),
			    (const char *)sqlite3_column_text(q, 5));
	}
	sqlite3_finalize(q);
	json_end(j);
	return r;
}

static int
run_show(struct cmd_ctx *ctx)
{
	struct buf b = BUF(64 << 20);
	struct json j;
	int r;

	if (cmd_ready(ctx, CMD_MAY_READ) != 0 || cmd_ready(ctx, CMD_NACE) != 0)
		return -1;
	json_begin(&j, &b, 1);
	json_object(&j);
	r = show_lists(ctx, &j);
	if (r == 0)
		r = show_changes(ctx, &j);
	json_end(&j);
	buf_chr(&b, '\n');
	if (r == 0 && ctx->json)
		ui_buf(&b);
	buf_free(&b);
	return r;
}

static int
check(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *accept = cmd_option(ctx, "accept");

	(void)argc;
	if (accept != NULL && (strcmp(argv[1], "sync") != 0 || *accept == '\0'))
		return cmd_usage(ctx, "--accept goes with sync, and wants a reason");
	return 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	(void)argc;
	return strcmp(argv[1], "sync") == 0 ? run_sync(ctx) : run_show(ctx);
}

static const struct cmd_option options[] = {
	{ "accept", 0, CMD_WORD, "REASON",
	    "sync: codes or places in use are gone, and that is right" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_klass = {
	.name = "klass",
	.run = run,
	.check = check,
	.needs = CMD_NONE,
	.min = 1, .max = 1,
	.args = "sync | show",
	.words = "sync show",
	.summary = "code lists from Statistics Norway's Klass",
	.text =
	    "sync reads both standards, the table between them, counties and\n"
	    "municipalities from Klass into the database, all or nothing, and lists\n"
	    "what is different: Klass edits codes in place.  From then on these lists\n"
	    "are in use instead of those that are compiled in, and a frame made with\n"
	    "others is another frame.  Lists that do not hold together are refused,\n"
	    "and so are those that lack codes or places in use, unless --accept says\n"
	    "why that is right.  show tells which lists are in use, and what was\n"
	    "different when they came.\n",
	.option = options,
	.examples =
	    "utvalg klass sync\n"
	    "utvalg klass sync --accept \"43.220 was split, says SSB\"\n"
	    "utvalg klass show --json\n",
};
