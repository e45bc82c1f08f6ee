#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/date.h"
#include "pipeline/base/json.h"
#include "pipeline/base/num.h"
#include "pipeline/register/gunzip.h"
#include "pipeline/register/pump.h"
#include "pipeline/register/reader.h"
#include "pipeline/store/store.h"

#include "cmd/cmd.h"
#include "cmd/extract_diff.h"
#include "cmd/extract_prune.h"
#include "cmd/ui.h"

static const char columns[] = "id, kind, source, register_date, fetched, bytes,"
    " sha256, standard, read, units, unreadable, added, changed, gone, in_force,"
    " refused";

static void
json_row(struct json *j, sqlite3_stmt *s)
{
	char day[11], moment[21];

	json_object(j);
	json_kint(j, "id", sqlite3_column_int64(s, 0));
	json_kstr(j, "kind", db_col(s, 1));
	json_kstr(j, "source", db_col(s, 2));
	json_kstr(j, "date", date_iso(sqlite3_column_int(s, 3), day));
	json_kstr(j, "fetched", moment_iso(sqlite3_column_int64(s, 4), moment));
	json_kint(j, "bytes", sqlite3_column_int64(s, 5));
	json_kstr(j, "sha256", db_col(s, 6));
	json_kstr(j, "standard", db_col(s, 7));
	json_kint(j, "read", sqlite3_column_int64(s, 8));
	json_kint(j, "units", sqlite3_column_int64(s, 9));
	json_kint(j, "unreadable", sqlite3_column_int64(s, 10));
	json_kint(j, "added", sqlite3_column_int64(s, 11));
	json_kint(j, "changed", sqlite3_column_int64(s, 12));
	json_kint(j, "gone", sqlite3_column_int64(s, 13));
	json_kbool(j, "in_force", sqlite3_column_int(s, 14));
	json_kstr(j, "refused", (const char *)sqlite3_column_text(s, 15));
	json_end(j);
}

static void
text_row(sqlite3_stmt *s)
{
	char day[11];

	ui_printf("%4" PRId64 "  %-10s  %s  ", (int64_t)sqlite3_column_int64(s, 0),
	    db_col(s, 1), date_iso(sqlite3_column_int(s, 3), day));
	if (sqlite3_column_type(s, 15) != SQLITE_NULL)
		ui_printf("refused: %s\n", db_col(s, 15));
	else
		ui_printf("units %" PRId64 ", added %" PRId64 ", changed %" PRId64
		    ", gone %" PRId64 "%s\n", (int64_t)sqlite3_column_int64(s, 9),
		    (int64_t)sqlite3_column_int64(s, 11),
		    (int64_t)sqlite3_column_int64(s, 12),
		    (int64_t)sqlite3_column_int64(s, 13),
		    sqlite3_column_int(s, 14) ? "; in force" : "");
}

/* All extracts, or the one with this number. */
static int
list(struct cmd_ctx *ctx, int64_t id)
{
	struct buf b = BUF(64 << 20), sql = BUF(1000);
	sqlite3_stmt *s = NULL;
	struct json j;
	int r, n = 0;

	buf_printf(&sql, "SELECT %s FROM extract WHERE ?1 = 0 OR id = ?1 ORDER BY id",
	    columns);
	r = db_prepare(ctx->world.db, buf_text(&sql), &s, &ctx->err);
	buf_free(&sql);
	if (r != 0)
		return -1;
	db_i64(s, 1, id);
	json_begin(&j, &b, 1);
	json_array(&j);
	for (; (r = db_step(s, &ctx->err)) == 1; n++) {
		if (ctx->json)
			json_row(&j, s);
		else
			text_row(s);
	}
	json_end(&j);
	buf_chr(&b, '\n');
	if (r == 0 && ctx->json)
		ui_buf(&b);
	buf_free(&b);
	sqlite3_finalize(s);
	if (r == 0 && n == 0 && id != 0)
		return err_set(&ctx->err, EX_NOINPUT, "there is no extract %" PRId64, id);
	return r;
}

struct checked {
	int64_t faults, email;
};

static int
on_unit(void *ctx, const struct unit *u, struct err *err)
{
	struct checked *c = ctx;

	(void)err;
	c->email += u->email != NULL;
	return 0;
}

static int
on_fault(void *ctx, const struct scan_fault *f, struct err *err)
{
	enum { SHOWN = 20 };
	struct checked *c = ctx;

	(void)err;
	if (c->faults++ < SHOWN)
		ui_line("line %zu: %s%s%s%s", f->line, f->orgnr,
		    f->orgnr[0] != '\0' ? ": " : "", f->why,
		    f->dropped ? "" : " (taken as absent)");
	return 0;
}

/* Read all of it, count, load nothing. */
static int
check(struct cmd_ctx *ctx, const char *path)
{
	struct checked c = { 0, 0 };
	const struct scan_to to = { on_unit, on_fault, &c };
	struct reader *reader = reader_new(UNIT_ANY, &to);
	struct scan_counts n;
	struct gunzip *gz = NULL;
	struct pump *pump = NULL;
	const char *piece;
	int64_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC), r = -1;

	if (fd == -1) {
		err_errno(&ctx->err, "%s", path);
		goto out;
	}
	gz = gunzip_new(fd, ctx->set.max_unpacked);
	gunzip_plain(gz);
	if ((pump = pump_start(gz, &ctx->err)) == NULL)
		goto out;
	while ((got = pump_read(pump, &piece, NULL, &ctx->err)) > 0)
		if (reader_push(reader, piece, (size_t)got, &ctx->err) != 0)
			break;
	if (got != 0 || reader_end(reader, &ctx->err) != 0) {
		err_context(&ctx->err, "%s", path);
		goto out;
	}
	n = reader_counts(reader);
	if (ctx->json)
		ui_printf("{\"read\": %zu, \"units\": %zu, \"unreadable\": %zu, "
		    "\"email\": %" PRId64 "}\n", n.read, n.units, n.dropped, c.email);
	else
		ui_printf("read %zu = units %zu + unreadable %zu\nwith an e-mail address "
		    "%" PRId64 "\n", n.read, n.units, n.dropped, c.email);
	r = n.dropped > 0 ? 1 : 0;
out:
	pump_stop(pump);
	gunzip_free(gz);
	reader_free(reader);
	if (fd != -1)
		close(fd);
	return r;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	int64_t id = 0;

	if (strcmp(argv[1], "check") == 0) {
		if (argc != 3)
			return cmd_usage(ctx, "check: a file is wanted");
		return cmd_ready(ctx, CMD_SETTINGS) != 0 ? -1 : check(ctx, argv[2]);
	}
	if (strcmp(argv[1], "diff") == 0) {
		if (argc != 4)
			return cmd_usage(ctx, "diff: two extracts, days or files are wanted");
		return cmd_ready(ctx, CMD_SETTINGS) != 0 ? -1 :
		    extract_diff(ctx, argv[2], argv[3]);
	}
	if (cmd_option(ctx, "list") != NULL || cmd_option(ctx, "kind") != NULL)
		return cmd_usage(ctx, "--list and --kind go with diff");
	if (strcmp(argv[1], "prune") == 0) {
		if (argc != 2)
			return cmd_usage(ctx, "prune: nothing else is wanted");
		/* what changes nothing needs no copy to change */
		return cmd_ready(ctx, CMD_SETTINGS | CMD_READ | (ctx->dry_run ? 0 :
		    CMD_WRITE)) != 0 ? -1 : extract_prune(ctx);
	}
	if (strcmp(argv[1], "list") != 0 && strcmp(argv[1], "show") != 0)
		return cmd_usage(ctx, "list, show, check, diff or prune is wanted, not %.40s",
		    argv[1]);
	if (strcmp(argv[1], "list") == 0 ? argc != 2 : argc != 3 ||
	    num_int(argv[2], 1, INT64_MAX, &id) != 0)
		return cmd_usage(ctx, "list, or show NUMBER, is wanted");
	if (cmd_ready(ctx, CMD_SETTINGS | CMD_READ) != 0)
		return -1;
	return list(ctx, id);
}

static const struct cmd_option options[] = {
	{ "list", 0, CMD_FLAG, NULL, "diff: the units, not the counts" },
	{ "kind", 0, CMD_WORD, "enhet|underenhet",
	    "diff of days and files: units (default) or sub-units" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_extract = {
	.name = "extract",
	.run = run,
	.needs = CMD_NONE,
	.min = 1, .max = 3,
	.args = "list | show NUMBER | check FILE | diff A B | prune",
	.words = "list show check diff prune",
	.option = options,
	.summary = "the extracts that were taken or refused; check or compare them",
	.text =
	    "check reads a file to its end and loads nothing: what cannot be read as\n"
	    "a unit is told by line, and it ends with 1 where there is any.\n"
	    "diff says who came, who went and what of whom has changed from A to B, by\n"
	    "field, county and legal form; each of the two is the number of an extract\n"
	    "(extract list), a day (the register as it was then), or a file.  With\n"
	    "--list it names the units instead, a line each: what, organisation number,\n"
	    "name, and the fields that have changed.  --json holds the counts, and\n"
	    "with --list the units too.\n"
	    "prune forgets what register.history_days says, and\n"
	    "removes the files of old extracts, but never the one in force nor\n"
	    "one that a study's frame was made from; of the others as many stay, for\n"
	    "as long, as register.keep_extracts and register.keep_days say.  Every\n"
	    "pull does the same by itself, and so does the night.\n",
	.examples =
	    "utvalg extract list\n"
	    "utvalg extract check enheter_alle.json.gz\n"
	    "utvalg extract diff 2026-10-01 2026-11-01\n"
	    "utvalg extract diff --list 41 refused.json.gz\n"
	    "utvalg extract prune --dry-run\n",
};
