#include "pipeline/base/json.h"
#include "pipeline/night.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct night_result n = { 0 };
	struct err sum = { 0 };
	struct buf b = BUF(4096);
	struct json j;
	int r;

	(void)argc;
	(void)argv;
	r = night_run(&ctx->world, cmd_option(ctx, "from"), &n, &ctx->err);
	if (ctx->json) {
		json_begin(&j, &b, 1);
		json_object(&j);
		json_kint(&j, "steps", n.steps);
		json_kint(&j, "done", n.done);
		json_kint(&j, "skipped", n.skipped);
		json_kint(&j, "failed", n.failed);
		json_kbool(&j, "dry_run", ctx->dry_run);
		json_end(&j);
		buf_chr(&b, '\n');
		ui_buf(&b);
		buf_free(&b);
	} else {
		const struct ui_count c[] = { { "done", n.done },
			{ "skipped", n.skipped }, { "failed", n.failed } };

		if (ui_sum("steps", n.steps, c, 3, &sum) != 0 && r == 0) {
			ctx->err = sum;
			r = -1;
		}
	}
	return r;
}

static const struct cmd_option options[] = {
	{ "from", 0, CMD_FILE, "FILE|URL",
	    "units from this extract, not the configured one" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_night = {
	.name = "night",
	.run = run,
	.needs = CMD_WRITE | CMD_KEYS | CMD_NACE,
	.min = 0, .max = 0,
	.args = "",
	.summary = "what is due: the register, returned mail, fresh tables",
	.text =
	    "Each step is written down in a journal.  Killed anywhere and started\n"
	    "again it ends in the same state; what was pulled that day is not\n"
	    "pulled again.  A refused extract stops nothing after it, but the exit\n"
	    "status tells of it.\n",
	.option = options,
	.examples =
	    "utvalg night\n"
	    "utvalg night --wait=30m\n"
	    "systemctl start utvalg-night.service\n",
};
