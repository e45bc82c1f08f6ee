#include <inttypes.h>
#include <string.h>

#include "pipeline/base/json.h"
#include "pipeline/base/num.h"
#include "pipeline/register/strip.h"
#include "pipeline/store/erase.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

/* The log is for people and is kept: who it was must not stand in it. */
static int
names_somebody(const char *reason)
{
	int digits = 0;

	for (const char *p = reason; *p != '\0'; p++) {
		if (*p == '@')
			return 1;
		if (*p >= '0' && *p <= '9')
			digits++;
		else if (*p != ' ' && *p != '.')
			digits = 0;
		if (digits >= 9)
			return 1;
	}
	return 0;
}

static int
check(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *reason = cmd_option(ctx, "reason"), *why;
	int32_t orgnr;

	(void)argc;
	if (num_orgnr(argv[1], strlen(argv[1]), &orgnr, &why) != 0)
		return cmd_usage(ctx, "organisation number %s", why);
	if (reason == NULL || *reason == '\0')
		return cmd_usage(ctx, "--reason is wanted: it is kept in the log");
	if (strlen(reason) > 300)
		return cmd_usage(ctx, "--reason: at most 300 octets");
	if (names_somebody(reason))
		return cmd_usage(ctx, "--reason is kept in the log: no number and no"
		    " address in it");
	return 0;
}

static void
print(struct cmd_ctx *ctx, const struct erase_counts *n, int64_t files)
{
	const struct ui_count part[] = { { "units", n->units },
		{ "versions", n->versions }, { "frame_rows", n->frame_rows },
		{ "recipients", n->recipients }, { "returns", n->returns },
		{ "mails", n->mails }, { "answer_values", n->answers },
		{ "extract_files", files }, { "packages", n->packages } };
	struct buf b = BUF(4096);
	struct json j;

	if (!ctx->json) {
		ui_printf("%s%s\n", ctx->dry_run ? "would be erased" : "erased",
		    n->again ? " (it had been before)" : "");
		for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
			ui_printf("  %-14s %" PRId64 "\n", part[i].name, part[i].n);
		return;
	}
	json_begin(&j, &b, 1);
	json_object(&j);
	json_kbool(&j, "again", n->again);
	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
		json_kint(&j, part[i].name, part[i].n);
	json_kbool(&j, "dry_run", ctx->dry_run);
	json_end(&j);
	buf_chr(&b, '\n');
	ui_buf(&b);
	buf_free(&b);
}

/* What was handed out is not ours to change; where it lies is. */
static int
name_packages(struct cmd_ctx *ctx)
{
	sqlite3_stmt *q = NULL;
	int r;

	if (db_prepare(ctx->world.db, "SELECT s.name, p.path FROM package p JOIN study"
	    " s ON s.id = p.study WHERE p.stale IS NOT NULL ORDER BY p.path", &q,
	    &ctx->err) != 0)
		return -1;
	while ((r = db_step(q, &ctx->err)) == 1)
		ui_line("the unit is in a package; to make it again without: utvalg"
		    " package %s %s --force", db_col(q, 0), db_col(q, 1));
	sqlite3_finalize(q);
	return r;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct world *w = &ctx->world;
	struct erase_counts n;
	const char *why;
	int64_t files = 0;
	int32_t orgnr = 0;

	(void)argc;
	(void)num_orgnr(argv[1], strlen(argv[1]), &orgnr, &why);	/* check() */
	if (db_begin(w->db, &ctx->err) != 0)
		return -1;
	if (erase_unit(w, orgnr, ERASE_ASKED, &n, &ctx->err) != 0 ||
	    studies_event(w, 0, "erased", &ctx->err, "on request: %s",
	    cmd_option(ctx, "reason")) != 0 || db_commit(w->db, &ctx->err) != 0) {
		db_rollback(w->db);
		return -1;
	}
	talk_step("erase.1");
	if (erase_sweep(w, &ctx->err) != 0 ||
	    strip_extracts(w, &files, &ctx->err) != 0)
		return err_context(&ctx->err, "the unit is erased from the database; the"
		    " rest is done when this is run again");
	print(ctx, &n, files);
	return n.packages > 0 ? name_packages(ctx) : 0;
}

static const struct cmd_option options[] = {
	{ "reason", 0, CMD_WORD, "TEXT", "who asked and by what right, for the log" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_erase = {
	.name = "erase",
	.run = run,
	.check = check,
	.needs = CMD_WRITE | CMD_READ | CMD_KEYS,
	.min = 1, .max = 1,
	.args = "ORGNR",
	.summary = "take a unit out of everything, on request",
	.text =
	    "Name, number and addresses go from the register, its history, frames,\n"
	    "samples, mailings, returned mail, answers and kept extracts.  What was\n"
	    "counted stays counted: no table changes.  A keyed hash remains, so that\n"
	    "no later extract brings the unit back and no study writes to it.  What\n"
	    "the register itself removes is erased by utvalg pull --changes.\n"
	    "Packages that hold the unit are named, to be made again.\n"
	    "Backups, letters that were sent and files that were handed out lie\n"
	    "elsewhere: those are yours to look after.\n",
	.option = options,
	.examples =
	    "utvalg erase 310000000 --reason \"letter of 3 March, article 17\"\n"
	    "utvalg erase 310000000 --reason \"the same\" --dry-run\n",
};
