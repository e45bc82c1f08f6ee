#include <inttypes.h>

#include "pipeline/base/json.h"
#include "pipeline/base/utf8.h"
#include "pipeline/sample/draw.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

static void
print_json(const struct cmd_ctx *ctx, const struct draw_result *d)
{
	struct buf b = BUF(4 << 20);
	struct json j;

	json_begin(&j, &b, 1);
	json_object(&j);
	json_kint(&j, "frame", d->frame_units);
	json_kint(&j, "drawn", d->drawn);
	json_kbool(&j, "again", d->again);
	json_kbool(&j, "dry_run", ctx->dry_run);
	json_kstr(&j, "list_sha256", d->list_sha256);
	json_kint(&j, "without_size", d->never);
	json_key(&j, "strata");
	json_array(&j);
	for (size_t i = 0; i < d->nstratum; i++) {
		json_object(&j);
		json_kstr(&j, "stratum", d->stratum[i].name);
		json_kint(&j, "frame", d->stratum[i].frame_units);
		json_kint(&j, "drawn", d->stratum[i].drawn_units);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	buf_chr(&b, '\n');
	ui_buf(&b);
	buf_free(&b);
}

static int
print_text(struct cmd_ctx *ctx, const struct draw_result *d)
{
	const struct ui_count c[] = { { "drawn", d->drawn },
		{ "not drawn", d->frame_units - d->drawn } };
	int64_t frame = 0, drawn = 0;

	for (size_t i = 0; i < d->nstratum; i++) {
		const char *name = d->stratum[i].name;
		size_t wide = utf8_width(name);

		if (d->nstratum > 1)
			ui_printf("%s%*s %8" PRId64 " of %8" PRId64 "\n", name,
			    wide < 32 ? (int)(32 - wide) : 0, "",
			    d->stratum[i].drawn_units, d->stratum[i].frame_units);
		frame += d->stratum[i].frame_units;
		drawn += d->stratum[i].drawn_units;
	}
	if (frame != d->frame_units || drawn != d->drawn)
		return err_set(&ctx->err, EX_SOFTWARE, "the strata do not add up; "
		    "please report this");
	if (d->never > 0)
		ui_line("%" PRId64 " units have no size: they cannot be drawn, and the"
		    " sample does not stand for them", d->never);
	if (d->again)
		ui_line("the sample stands as it was drawn before");
	if (ctx->dry_run)
		ui_line("dry run: nothing has been drawn");
	return ui_sum("frame", d->frame_units, c, 2, &ctx->err);
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct draw_result d = { 0 };
	struct study *study = NULL;
	int64_t id;
	int r;

	(void)argc;
	if (cmd_find_study(ctx, argv[1], 1, &study, &id) != 0)
		return -1;
	r = draw(&ctx->world, study, id, &d, &ctx->err);
	if (r == 0 && ctx->json)
		print_json(ctx, &d);
	else if (r == 0)
		r = print_text(ctx, &d);
	draw_result_free(&d);
	study_free(study);
	return r;
}

const struct cmd cmd_draw = {
	.name = "draw",
	.run = run,
	.needs = CMD_READ | CMD_WRITE | CMD_KEYS,
	.min = 1, .max = 1,
	.args = "STUDY",
	.summary = "draw the sample from the frame, with a token for each unit",
	.text =
	    "By the design in [sample] of the study file (utvalg-study(5)).  Random\n"
	    "numbers are permanent: the same frame and salt draw the same units in\n"
	    "any order.  One draw for each study.\n",
	.examples =
	    "utvalg draw mikrobedrifter\n"
	    "utvalg draw mikrobedrifter --dry-run --json\n",
};
