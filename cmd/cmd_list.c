#include <string.h>

#include "pipeline/frame/lists.h"
#include "pipeline/frame/select.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

enum { REVIEW_MAX = 256 << 20 };

static int
print(struct cmd_ctx *ctx, const struct lists *l, const char *format)
{
	struct buf b = BUF(REVIEW_MAX);

	if (ctx->json || strcmp(format, "json") == 0)
		lists_review_json(l, &b);
	else if (strcmp(format, "text") == 0)
		lists_review_print(l, ctx->world.lang, &b);
	else
		lists_review_csv(l, strcmp(format, "excel") == 0, ctx->world.lang, &b);
	if (b.over) {
		buf_free(&b);
		return err_set(&ctx->err, EX_DATAERR, "too much to print");
	}
	ui_buf(&b);
	buf_free(&b);
	return 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *format = cmd_option(ctx, "format");
	struct selection *s = NULL;
	struct study *study = NULL;
	int64_t id;
	int r;

	if (strcmp(argv[1], "review") != 0 || argc != 3)
		return cmd_usage(ctx, "list review STUDY is wanted");
	if (ctx->json && format != NULL && strcmp(format, "json") != 0)
		return cmd_usage(ctx, "--json and --format %s do not go together",
		    format);
	if (format == NULL)
		format = "text";
	if (strcmp(format, "text") != 0 && strcmp(format, "csv") != 0 &&
	    strcmp(format, "excel") != 0 && strcmp(format, "json") != 0)
		return cmd_usage(ctx, "--format is text, csv, excel or json, not "
		    "\"%.20s\"", format);
	if (cmd_ready(ctx, CMD_SETTINGS | CMD_READ | CMD_KEYS | CMD_NACE) != 0 ||
	    cmd_find_study(ctx, argv[2], 0, &study, &id) != 0)
		return -1;
	r = selection_make(&ctx->world, study, 0, &s, &ctx->err);
	if (r == 0) {
		r = print(ctx, s->lists, format);
		selection_free(s);
	}
	study_free(study);
	return r;
}

static const struct cmd_option options[] = {
	{ "format", 0, CMD_WORD, "text|csv|excel|json", "how it is written" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_list = {
	.name = "list",
	.run = run,
	.needs = CMD_NONE,
	.min = 2, .max = 2,
	.args = "review STUDY",
	.words = "review",
	.summary = "rows of a study's lists that a person should decide about",
	.text =
	    "review: rows without organisation number whose name is that of several\n"
	    "units of the register in their municipality, or nearly that of one; with\n"
	    "the units that may be meant.  As CSV it is the file of decisions to fill\n"
	    "in: write the organisation number that is meant, new for a unit that the\n"
	    "register does not have, or - to leave the row out, by whom and when, and\n"
	    "name the file in the study, [list NAME] decisions.\n",
	.option = options,
	.examples =
	    "utvalg list review mikrobedrifter\n"
	    "utvalg list review mikrobedrifter --format excel > avgjort.csv\n",
};
