#include <string.h>

#include "pipeline/base/json.h"
#include "pipeline/frame/frame.h"
#include "pipeline/store/studies.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

static int
check(struct cmd_ctx *ctx, const struct frame_result *f)
{
	int64_t sum = 0;

	for (int i = 0; i < FRAME_REASONS; i++)
		if (i != FRAME_KEPT)
			sum += f->reason[i];
	if (f->population != f->kept + sum)
		return err_set(&ctx->err, EX_SOFTWARE, "the funnel does not add up; "
		    "please report this");
	return 0;
}

/* Two files that give their studies one name are one study: say so. */
static void
say_if_another(struct cmd_ctx *ctx, const struct study *study, int64_t id)
{
	struct study *before = NULL;
	struct err ignored;

	if (id == 0 || studies_get(&ctx->world, id, &before, &ignored) != 0)
		return;
	if (strcmp(before->folder, study->folder) != 0)
		ui_line("the study %s was framed from %s until now; if that is another "
		    "study, give this one another name", study->name,
		    before->folder);
	study_free(before);
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct buf b = BUF(1 << 20);
	struct frame_result f = { 0 };
	struct study *study = NULL;
	struct json j;
	int64_t id;
	int r = -1;

	(void)argc;
	if (cmd_find_study(ctx, argv[1], 0, &study, &id) != 0)
		return -1;
	say_if_another(ctx, study, id);
	if (frame_make(&ctx->world, study, -1, &f, &ctx->err) != 0)
		goto out;
	if (ctx->json) {
		json_begin(&j, &b, 1);
		frame_json(&f, &j);
		buf_chr(&b, '\n');
	} else {
		frame_print(&f, ctx->world.lang, &b);
		if (f.again)
			ui_line("the frame stands as it was frozen before");
		if (ctx->dry_run)
			ui_line("dry run: nothing has been frozen");
	}
	ui_buf(&b);
	r = check(ctx, &f);
out:
	buf_free(&b);
	study_free(study);
	return r;
}

const struct cmd cmd_frame = {
	.name = "frame",
	.run = run,
	.needs = CMD_READ | CMD_WRITE | CMD_KEYS | CMD_NACE,
	.min = 1, .max = 1,
	.args = "STUDY",
	.summary = "freeze the population: each unit kept, or left out for a reason",
	.text =
	    "Prints the funnel from the register to the units that can be reached.\n"
	    "The same register, study file and lists give the same frame; a second\n"
	    "run changes nothing.  After the draw another frame is refused.\n",
	.examples =
	    "utvalg frame mikrobedrifter.ini\n"
	    "utvalg frame mikrobedrifter --dry-run\n",
};
