#include <inttypes.h>
#include <string.h>

#include "pipeline/base/json.h"
#include "pipeline/package.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

static void
print_json(const struct cmd_ctx *ctx, const struct package_result *p)
{
	struct buf b = BUF(8192);
	struct json j;

	json_begin(&j, &b, 1);
	json_object(&j);
	json_kint(&j, "files", (int64_t)p->files);
	json_kstr(&j, "sums_sha256", p->sha256);
	json_kbool(&j, "again", p->again);
	json_kint(&j, "drawn", p->drawn);
	json_kint(&j, "alone", p->alone);
	json_kint(&j, "erased", p->erased);
	json_kint(&j, "columns_left_out", p->left_out);
	json_kstr(&j, "without", p->without);
	json_kbool(&j, "dry_run", ctx->dry_run);
	json_end(&j);
	buf_chr(&b, '\n');
	ui_buf(&b);
	buf_free(&b);
}

static void
print_text(const struct cmd_ctx *ctx, const char *dir,
    const struct package_result *p)
{
	ui_printf("%s  %s/SHA256SUMS\n", p->sha256, dir);
	ui_line("%s: %zu files%s", dir, p->files, ctx->dry_run ?
	    ", nothing written (dry run)" : p->again ? ", as they were" : "");
	if (p->without[0] != '\0')
		ui_line("not in it: %s", p->without);
	if (p->alone > 0)
		ui_line("%" PRId64 " of %" PRId64 " drawn units are alone in the frame"
		    " with their %s, form and size: who has the register can"
		    " recognise them", p->alone, p->drawn, cmd_option(ctx, "open") !=
		    NULL ? "county, two digits of the code" : "municipality, code");
	if (cmd_option(ctx, "open") != NULL && p->small == 0)
		ui_line("the tables show small counts too: [table] small = 3 in the"
		    " study file hides them");
	if (p->erased > 0)
		ui_line("units that have been erased, and are counted only: %" PRId64,
		    p->erased);
}

static int
check(struct cmd_ctx *ctx, int argc, char *argv[])
{
	(void)argc;
	(void)argv;
	if (cmd_option(ctx, "open") != NULL && (cmd_option(ctx, "contact") != NULL ||
	    cmd_option(ctx, "identified") != NULL))
		return cmd_usage(ctx, "--open goes neither with --contact nor with"
		    " --identified");
	return 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct package_how how = {
		.contact = cmd_option(ctx, "contact") != NULL,
		.identified = cmd_option(ctx, "identified") != NULL,
		.open = cmd_option(ctx, "open") != NULL,
		.zip = cmd_option(ctx, "zip") != NULL,
		.force = cmd_option(ctx, "force") != NULL };
	struct package_result p;
	struct study *study = NULL;
	int64_t id;
	int r;

	(void)argc;
	if (cmd_find_study(ctx, argv[1], 1, &study, &id) != 0)
		return -1;
	r = package(&ctx->world, study, id, argv[2], &how, &p, &ctx->err);
	study_free(study);
	if (r == 0 && ctx->json)
		print_json(ctx, &p);
	else if (r == 0)
		print_text(ctx, argv[2], &p);
	return r;
}

static const struct cmd_option options[] = {
	{ "zip", 0, CMD_FLAG, NULL, "DIR.zip beside it, with the same in it" },
	{ "contact", 0, CMD_FLAG, NULL,
	    "contact.csv too: token, name and address of each drawn unit, 0600" },
	{ "identified", 0, CMD_FLAG, NULL,
	    "frame-identified.csv and contact.csv too, 0600" },
	{ "open", 0, CMD_FLAG, NULL, "for anybody: no municipality, two digits of the"
	    " industry code, no open answers" },
	{ "force", 0, CMD_FLAG, NULL, "replace the package that DIR holds" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_package = {
	.name = "package",
	.run = run,
	.check = check,
	.needs = CMD_WRITE | CMD_READ | CMD_NACE | CMD_KEYS,
	.min = 2, .max = 2,
	.args = "STUDY DIR",
	.summary = "all of a study for a colleague or an archive, in one folder",
	.text =
	    "Sample with answers (CSV, Excel, SPSS, Stata), frame, weights, tables,\n"
	    "codebook (CSV, DDI-Codebook 2.5, Data Package 2.0), record of the draw,\n"
	    "study file, README and SHA256SUMS.  No name, address, organisation number\n"
	    "or token is in it, unless --contact or --identified asks for them.  The\n"
	    "same study, evidence and language are the same octets.  DIR is there whole\n"
	    "or not at all; one that holds something else is left as it is.  Where a\n"
	    "unit is erased later, utvalg erase names the packages to be made again.\n",
	.option = options,
	.examples =
	    "utvalg package mikrobedrifter arkiv --zip\n"
	    "utvalg package mikrobedrifter archive --lang en --force\n"
	    "utvalg package mikrobedrifter dataverse --open\n",
};
