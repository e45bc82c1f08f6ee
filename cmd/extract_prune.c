#include <inttypes.h>
#include <string.h>

#include "pipeline/base/json.h"
#include "pipeline/register/forget.h"
#include "pipeline/register/prune.h"

#include "cmd/extract_prune.h"
#include "cmd/ui.h"

static const char *const why[] = {
	[PRUNE_IN_FORCE] = "in force",
	[PRUNE_FRAME] = "a frame in use was made from it",
	[PRUNE_NEW] = "among the newest",
	[PRUNE_COUNT] = "more than register.keep_extracts",
	[PRUNE_AGE] = "older than register.keep_days",
};

struct showing {
	struct cmd_ctx *ctx;
	struct json *j;
};

static const char *
fate(const struct cmd_ctx *ctx, const struct prune_file *f)
{
	if (f->failed != 0)
		return "failed";
	if (f->why < PRUNE_COUNT)
		return ctx->dry_run ? "would keep" : "kept";
	return ctx->dry_run ? "would remove" : "removed";
}

static void
show(void *to, const struct prune_file *f)
{
	struct showing *s = to;
	const char *reason = f->failed != 0 ? strerror(f->failed) : why[f->why];

	if (!s->ctx->json) {
		ui_printf("%-12s  %s  %s\n", fate(s->ctx, f), f->name, reason);
		return;
	}
	json_object(s->j);
	json_kstr(s->j, "file", f->name);
	json_kint(s->j, "bytes", f->bytes);
	json_kbool(s->j, "kept", f->why < PRUNE_COUNT || f->failed != 0);
	json_kstr(s->j, "why", reason);
	json_end(s->j);
}

int
extract_prune(struct cmd_ctx *ctx)
{
	struct buf b = BUF(16 << 20);
	struct prune_result res;
	struct json j;
	struct showing to = { ctx, &j };
	int64_t rows = 0;
	int r;

	json_begin(&j, &b, 1);
	json_object(&j);
	json_key(&j, "files");
	json_array(&j);
	r = prune_extracts(&ctx->world, NULL, NULL, show, &to, &res, &ctx->err);
	if (r == 0)
		r = forget_history(&ctx->world, &rows, &ctx->err);
	json_end(&j);
	json_kint(&j, "kept", res.kept);
	json_kint(&j, "removed", res.removed);
	json_kint(&j, "failed", res.failed);
	json_kint(&j, "bytes", res.bytes);
	json_kint(&j, "history", rows);
	json_kbool(&j, "dry_run", ctx->dry_run);
	json_end(&j);
	buf_chr(&b, '\n');
	if (r == 0 && ctx->json)
		ui_buf(&b);
	buf_free(&b);
	if (r == 0 && !ctx->json) {
		const struct ui_count c[] = { { "kept", res.kept },
			{ ctx->dry_run ? "would remove" : "removed", res.removed },
			{ "failed", res.failed } };

		r = ui_sum("files", res.files, c, 3, &ctx->err);
		if (rows > 0)
			ui_printf("%s %" PRId64 " versions of units\n", ctx->dry_run ?
			    "would forget" : "forgot", rows);
	}
	if (r == 0 && res.failed > 0)
		return err_set(&ctx->err, EX_IOERR, "%" PRId64 " files could not be "
		    "removed", res.failed);
	return r;
}
