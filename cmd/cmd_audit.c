#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/json.h"
#include "pipeline/register/strip.h"
#include "pipeline/store/audit.h"
#include "pipeline/store/store.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

struct out {
	struct cmd_ctx *ctx;
	struct json *j;
	int places;
};

static int
found(void *ctx, const char *where, int64_t n)
{
	struct out *o = ctx;

	o->places++;
	json_object(o->j);
	json_kstr(o->j, "where", where);
	json_kint(o->j, "n", n);
	json_end(o->j);
	if (!o->ctx->json)
		ui_printf("LEFT    %s: %" PRId64 "\n", where, n);
	return 0;
}

/* Who did what when: the log, in order. */
static int
log_of(struct cmd_ctx *ctx, int64_t since, struct json *j)
{
	sqlite3_stmt *s = NULL;
	char moment[21];
	int r;

	if (db_prepare(ctx->world.db, "SELECT e.at, coalesce(s.name, ''), e.what,"
	    " e.detail FROM event e LEFT JOIN study s ON s.id = e.study WHERE e.at >= ?1"
	    " ORDER BY e.id", &s, &ctx->err) != 0)
		return -1;
	db_i64(s, 1, since);
	while ((r = db_step(s, &ctx->err)) == 1) {
		moment_iso(sqlite3_column_int64(s, 0), moment);
		json_object(j);
		json_kstr(j, "at", moment);
		json_kstr(j, "study", *db_col(s, 1) != '\0' ? db_col(s, 1) : NULL);
		json_kstr(j, "what", db_col(s, 2));
		json_kstr(j, "detail", db_col(s, 3));
		json_end(j);
		if (!ctx->json)
			ui_printf("%s  %-16s %-14s %s\n", moment,
			    *db_col(s, 1) != '\0' ? db_col(s, 1) : "-", db_col(s, 2),
			    db_col(s, 3));
	}
	sqlite3_finalize(s);
	return r;
}

static int
extracts(struct cmd_ctx *ctx, struct out *o)
{
	struct file_list l;
	char path[4400];
	int r = 0;

	snprintf(path, sizeof(path), "%s/extracts", ctx->set.state);
	if (!file_exists(path))
		return 0;
	if (file_list(path, &l, &ctx->err) != 0)
		return -1;
	for (size_t i = 0; r == 0 && i < l.n; i++) {
		size_t len = strlen(l.name[i]);
		int64_t n = len > 3 && strcmp(l.name[i] + len - 3, ".gz") == 0 ?
		    strip_count(&ctx->world, l.name[i], &ctx->err) : 0;

		if (n < 0)
			r = err_context(&ctx->err, "%s", l.name[i]);
		snprintf(path, sizeof(path), "extracts/%s", l.name[i]);
		if (n > 0)
			r = found(o, path, n);
	}
	file_list_free(&l);
	return r;
}

static int
check(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *since = cmd_option(ctx, "since");
	int32_t day;

	(void)argc;
	(void)argv;
	if (since != NULL && date_parse(since, strlen(since), &day) != 0)
		return cmd_usage(ctx, "--since: a day is wanted, YYYY-MM-DD");
	return 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *since = cmd_option(ctx, "since");
	struct buf b = BUF(256 << 20);
	struct json j;
	struct out o = { ctx, &j, 0 };
	int64_t erased = 0;
	int32_t day = 0;
	int r;

	(void)argc;
	(void)argv;
	if (since != NULL)
		(void)date_parse(since, strlen(since), &day);	/* check() */
	json_begin(&j, &b, 1);
	json_object(&j);
	json_key(&j, "log");
	json_array(&j);
	r = log_of(ctx, (int64_t)day * 86400, &j);
	json_end(&j);
	json_key(&j, "left");
	json_array(&j);
	if (r == 0)
		r = db_int(ctx->world.db, "SELECT count(*) FROM tombstone", &erased,
		    &ctx->err) < 0 ? -1 : 0;
	if (r == 0)
		r = audit_left(&ctx->world, found, &o, &ctx->err);
	if (r == 0 && erased > 0)
		r = extracts(ctx, &o);
	json_end(&j);
	json_kint(&j, "erased", erased);
	json_end(&j);
	buf_chr(&b, '\n');
	if (r == 0 && ctx->json)
		ui_buf(&b);
	else if (r == 0)
		ui_printf("erased %" PRId64 "; places where something is left of them: %d\n",
		    erased, o.places);
	buf_free(&b);
	return r != 0 ? -1 : o.places > 0;
}

static const struct cmd_option options[] = {
	{ "since", 0, CMD_WORD, "YYYY-MM-DD", "the log from that day on" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_audit = {
	.name = "audit",
	.run = run,
	.check = check,
	.needs = CMD_SETTINGS | CMD_READ | CMD_KEYS,
	.min = 0, .max = 0,
	.args = "",
	.summary = "what was done when, and that the erased are gone",
	.text =
	    "Prints the log, then reads every value of the database and every file of\n"
	    "the state for numbers and addresses of units that have been erased, by\n"
	    "their keyed hashes.  Ends with 1 where anything is left, and says where.\n"
	    "What lies outside the state (letters, lists, backups) it cannot see.\n",
	.option = options,
	.examples =
	    "utvalg audit --since 2026-11-01\n"
	    "utvalg audit --json\n",
};
