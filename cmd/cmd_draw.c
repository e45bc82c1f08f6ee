#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/base/csv.h"
#include "pipeline/base/json.h"
#include "pipeline/base/num.h"
#include "pipeline/base/utf8.h"
#include "pipeline/sample/draw.h"
#include "pipeline/sample/extend.h"

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
	if (d->step > 0) {
		json_kint(&j, "step", d->step);
		json_kint(&j, "added", d->added);
		json_kint(&j, "kept", d->kept);
	}
	if (d->came[0] != '\0') {
		json_kstr(&j, "reserve", d->came);
		json_kstr(&j, "stratum", d->place);
	}
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

static void
print_step(const struct draw_result *d)
{
	if (d->came[0] != '\0') {
		ui_printf("reserve %s of %s %s\n", d->came, d->place, d->again ?
		    "came in before" : "comes in");
		ui_line("the unit it came in for stays in the sample, and in the response"
		    " rates, with what became of it; the weights of the stratum are those"
		    " of one unit more drawn");
	} else if (d->step > 0 && !d->again)
		ui_line("%" PRId64 " units more; the weights of all are those of one draw"
		    " of so many", d->added);
	if (d->kept > 0)
		ui_line("%" PRId64 " units stay that one draw of so many would not have"
		    " taken: the probabilities are near, not exact", d->kept);
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
	print_step(d);
	if (d->again && d->step == 0)
		ui_line("the sample stands as it was drawn before");
	if (ctx->dry_run)
		ui_line("dry run: nothing has been drawn");
	return ui_sum("frame", d->frame_units, c, 2, &ctx->err);
}

/* ------------------------------------------------- more, and from the reserve -- */

static int
count(struct cmd_ctx *ctx, const char *option, int64_t *n)
{
	const char *text = cmd_option(ctx, option);

	if (text != NULL && (num_int(text, 1, 100000000, n) != 0))
		return cmd_usage(ctx, "--%s %s: a number of units, from 1", option, text);
	return 0;
}

static int
read_how(struct cmd_ctx *ctx, struct extend_how *how)
{
	int n;

	if (count(ctx, "more", &how->more) != 0 || count(ctx, "to", &how->to) != 0)
		return -1;
	how->replace = cmd_option(ctx, "replace");
	how->why = cmd_option(ctx, "why");
	n = (how->more > 0) + (how->to > 0) + (how->replace != NULL) +
	    (cmd_option(ctx, "reserves") != NULL);
	if (n > 1)
		return cmd_usage(ctx, "--more, --to, --replace and --reserves do not go"
		    " together");
	if ((how->replace != NULL) != (how->why != NULL))
		return cmd_usage(ctx, "--replace and --why go together: who, and why");
	if (how->why != NULL && (*how->why == '\0' || strlen(how->why) > 500))
		return cmd_usage(ctx, "--why: a reason, of at most 500 characters");
	return n;
}

static int
check(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct extend_how how = { 0 };

	(void)argc;
	(void)argv;
	return read_how(ctx, &how) < 0 ? -1 : 0;
}

static void
reserves_json(const struct extend_reserves *r)
{
	struct buf b = BUF((size_t)1 << 30);
	struct json j;

	json_begin(&j, &b, 1);
	json_object(&j);
	json_kint(&j, "came_in", r->in);
	json_key(&j, "reserves");
	json_array(&j);
	for (size_t i = 0; i < r->n; i++) {
		json_object(&j);
		json_kstr(&j, "stratum", r->unit[i].stratum);
		json_kint(&j, "order", r->unit[i].order);
		json_kstr(&j, "unit", r->unit[i].key);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	buf_chr(&b, '\n');
	ui_buf(&b);
	buf_free(&b);
}

static int
print_reserves(struct cmd_ctx *ctx, const struct study *study, int64_t id)
{
	struct buf b = BUF((size_t)1 << 30);
	struct extend_reserves r;
	char order[32];

	if (extend_reserves(&ctx->world, study, id, &r, &ctx->err) != 0)
		return -1;
	if (ctx->json) {
		reserves_json(&r);
		extend_reserves_free(&r);
		return 0;
	}
	buf_str(&b, "stratum,order,unit\n");
	for (size_t i = 0; i < r.n; i++) {
		snprintf(order, sizeof(order), "%" PRId64, r.unit[i].order);
		csv_put(&b, ',', 1, r.unit[i].stratum);
		csv_put(&b, ',', 0, order);
		csv_put(&b, ',', 0, r.unit[i].key);
		buf_chr(&b, '\n');
	}
	ui_buf(&b);
	ui_line("%zu reserves left, %" PRId64 " came in", r.n, r.in);
	buf_free(&b);
	extend_reserves_free(&r);
	return 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct extend_how how = { 0 };
	int n = read_how(ctx, &how);
	struct draw_result d = { 0 };
	struct study *study = NULL;
	int64_t id;
	int r;

	(void)argc;
	if (cmd_find_study(ctx, argv[1], 1, &study, &id) != 0)
		return -1;
	if (cmd_option(ctx, "reserves") != NULL) {
		r = print_reserves(ctx, study, id);
		study_free(study);
		return r;
	}
	r = n > 0 ? extend(&ctx->world, study, id, &how, &d, &ctx->err) :
	    draw(&ctx->world, study, id, &d, &ctx->err);
	if (r == 0 && ctx->json)
		print_json(ctx, &d);
	else if (r == 0)
		r = print_text(ctx, &d);
	draw_result_free(&d);
	study_free(study);
	return r;
}

static const struct cmd_option options[] = {
	{ "more", 0, CMD_WORD, "N", "draw N units more, the next by the same rule" },
	{ "to", 0, CMD_WORD, "N", "draw as many more as make N in all" },
	{ "reserves", 0, CMD_FLAG, NULL, "list the reserves of each stratum, in order" },
	{ "replace", 0, CMD_WORD, "UNIT", "the next reserve of its stratum comes in for"
	    " UNIT" },
	{ "why", 0, CMD_WORD, "TEXT", "why it is replaced; is kept" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_draw = {
	.name = "draw",
	.run = run,
	.check = check,
	.needs = CMD_READ | CMD_WRITE | CMD_KEYS,
	.min = 1, .max = 1,
	.args = "STUDY",
	.summary = "draw the sample from the frame, with a token for each unit",
	.text =
	    "By the design in [sample] of the study file (utvalg-study(5)).  Random\n"
	    "numbers are permanent: the same frame and salt draw the same units in\n"
	    "any order.  One draw for each study.\n"
	    "\n"
	    "After it, --more and --to take further units: those drawn stay, the next by\n"
	    "their random numbers come in, shared among the strata as the study says; the\n"
	    "weights of all are then those of one draw of so many.  Run twice, --more\n"
	    "takes two steps, --to one.  Designs everyone and systematic have no next.\n"
	    "\n"
	    "Where the study holds reserves, --replace lets the next of the stratum come in\n"
	    "for a unit that cannot take part.  That unit keeps its place and its outcome in\n"
	    "every rate (AAPOR: a substitute does not take over the case); the weights are\n"
	    "those of one unit more drawn in the stratum.  Every step is in the record of\n"
	    "the draw, and utvalg verify takes it again.\n",
	.option = options,
	.examples =
	    "utvalg draw mikrobedrifter\n"
	    "utvalg draw mikrobedrifter --dry-run --json\n"
	    "utvalg draw panel --to 1200\n"
	    "utvalg draw panel --replace 310070092 --why 'bankrupt after the draw'\n",
};
