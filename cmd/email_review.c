#include <string.h>

#include "pipeline/frame/review.h"
#include "pipeline/frame/select.h"

#include "cmd/email_review.h"
#include "cmd/ui.h"

enum { REVIEW_MAX = 256 << 20 };

static int
print(struct cmd_ctx *ctx, const struct review *v, const char *format)
{
	struct buf b = BUF(REVIEW_MAX);
	enum lang lang = ctx->world.lang;

	if (ctx->json || strcmp(format, "json") == 0)
		review_json(v, &b);
	else if (strcmp(format, "text") == 0)
		review_print(v, lang, &b);
	else
		review_csv(v, strcmp(format, "excel") == 0, lang, &b);
	if (b.over) {
		buf_free(&b);
		return err_set(&ctx->err, EX_DATAERR, "too much to print");
	}
	ui_buf(&b);
	buf_free(&b);
	return 0;
}

int
email_review(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *format = cmd_option(ctx, "format");
	struct selection *s = NULL;
	struct study *study = NULL;
	struct review v;
	int64_t id;
	int r;

	if (argc != 1)
		return cmd_usage(ctx, "email review takes one study");
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
	    cmd_find_study(ctx, argv[0], 0, &study, &id) != 0)
		return -1;
	r = selection_make(&ctx->world, study, 0, &s, &ctx->err);
	if (r == 0) {
		r = review_make(&ctx->world, s, study, cmd_option(ctx, "ask") != NULL,
		    &v, &ctx->err);
		if (r == 0) {
			r = print(ctx, &v, format);
			review_free(&v);
		}
		selection_free(s);
	}
	study_free(study);
	return r;
}
