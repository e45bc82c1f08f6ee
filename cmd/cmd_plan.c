#include "pipeline/frame/plan.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct buf b = BUF(64 << 20);
	struct study *study = NULL;
	int64_t id;
	int r;

	(void)argc;
	if (cmd_find_study(ctx, argv[1], 0, &study, &id) != 0)
		return -1;
	/* with a register the suppression list and random numbers have a say */
	if (ctx->world.db != NULL && cmd_ready(ctx, CMD_KEYS) != 0) {
		study_free(study);
		return -1;
	}
	r = plan_make(&ctx->world, study, ctx->json, &b, &ctx->err);
	if (r == 0)
		ui_buf(&b);
	if (r == 0 && b.len > 0 && b.data[b.len - 1] != '\n')
		ui_text("\n");
	buf_free(&b);
	study_free(study);
	return r;
}

const struct cmd cmd_plan = {
	.name = "plan",
	.run = run,
	.needs = CMD_MAY_READ | CMD_NACE,
	.min = 1, .max = 1,
	.args = "STUDY",
	.summary = "what a study would find: its codes, places and counts",
	.text =
	    "Prints each written code, what it became in the register's standard,\n"
	    "and the units each target brings in; targets that bring in units from\n"
	    "outside the study are marked.  Freezes and writes nothing.\n",
	.examples =
	    "utvalg plan mikrobedrifter.ini\n"
	    "utvalg plan mikrobedrifter --lang en --json\n",
};
