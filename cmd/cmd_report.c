#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/tables/report.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

enum { REPORT_MAX = 64 << 20 };

static int
check(struct cmd_ctx *ctx, int argc, char *argv[])
{
	(void)argc;
	(void)argv;
	if (ctx->json)
		return cmd_usage(ctx, "a report has no --json; the tables have");
	return 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *file = argc > 2 ? argv[2] : NULL;
	struct buf b = BUF(REPORT_MAX);
	struct study *study = NULL;
	int64_t id;
	int r;

	if (cmd_find_study(ctx, argv[1], 1, &study, &id) != 0)
		return -1;
	r = report_make(&ctx->world, study, id, &b, &ctx->err);
	study_free(study);
	if (r == 0 && file == NULL)
		ui_buf(&b);
	else if (r == 0 && !ctx->dry_run)
		r = file_write(file, 0600, buf_text(&b), b.len, &ctx->err);
	if (r == 0 && file != NULL)
		ui_line("%s %s: %zu octets", ctx->dry_run ? "would write" : "wrote",
		    file, b.len);
	buf_free(&b);
	return r;
}

const struct cmd cmd_report = {
	.name = "report",
	.run = run,
	.check = check,
	.needs = CMD_READ | CMD_NACE,
	.min = 1, .max = 2,
	.args = "STUDY [FILE]",
	.summary = "one HTML page with pictures, tables and definitions",
	.text =
	    "From register to answers with the loss at each step; response rates with\n"
	    "intervals, answers day by day, returns by reason, each as a picture and as\n"
	    "a table; who is missing, the study's own tables; method and definitions.\n"
	    "The page needs nothing but itself, and prints well.  A study that has not\n"
	    "got so far gets the parts it has reached.  The same study is the same\n"
	    "octets.  Without FILE to standard output.\n",
	.examples =
	    "utvalg report mikrobedrifter rapport.html\n"
	    "utvalg report mikrobedrifter --lang en report.html\n",
};
