#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/base/csv.h"
#include "pipeline/base/json.h"
#include "pipeline/base/num.h"
#include "pipeline/sample/weigh.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

static int
variable(struct cmd_ctx *ctx, const char *option, const char *word, size_t len,
    int stratum, enum weigh_by *ret)
{
	for (int v = WEIGH_NONE; v <= WEIGH_FORM; v++) {
		const char *name = weigh_name((enum weigh_by)v);

		if (strlen(name) == len && strncmp(name, word, len) == 0 &&
		    (stratum || v > WEIGH_STRATUM)) {
			*ret = (enum weigh_by)v;
			return 0;
		}
	}
	return cmd_usage(ctx, "--%s %s: %s", option, word, stratum ?
	    "none, stratum, area, group or form" : "area, group or form");
}

static int
read_list(struct cmd_ctx *ctx, const char *option, const char *list,
    struct weigh_how *how)
{
	while (*list != '\0') {
		size_t len = strcspn(list, ",");

		if (how->nrake == WEIGH_RAKE)
			return cmd_usage(ctx, "--%s takes at most %d", option, WEIGH_RAKE);
		if (variable(ctx, option, list, len, 0, &how->rake[how->nrake++]) != 0)
			return -1;
		list += len + (list[len] == ',');
	}
	return 0;
}

static int
read_bounds(struct cmd_ctx *ctx, struct weigh_how *how)
{
	const char *text = cmd_option(ctx, "bounds"), *colon;
	char low[32];

	how->low = -INFINITY;
	how->high = INFINITY;
	if (text == NULL)
		return 0;
	if (!how->calibrate)
		return cmd_usage(ctx, "--bounds goes with --calibrate");
	colon = strchr(text, ':');
	if (colon == NULL || colon - text >= (ptrdiff_t)sizeof(low))
		return cmd_usage(ctx, "--bounds %s: LOW:HIGH, as 0.3:3", text);
	snprintf(low, sizeof(low), "%.*s", (int)(colon - text), text);
	if (num_real(low, 0, 1, &how->low) != 0 ||
	    num_real(colon + 1, 1, 1000, &how->high) != 0)
		return cmd_usage(ctx, "--bounds %s: from 0 to 1, and from 1 to 1000", text);
	return 0;
}

static int
read_options(struct cmd_ctx *ctx, struct weigh_how *how)
{
	const char *by = cmd_option(ctx, "by"), *post = cmd_option(ctx, "post");
	const char *rake = cmd_option(ctx, "rake"), *e = cmd_option(ctx, "e");
	const char *calib = cmd_option(ctx, "calibrate");

	if ((post != NULL) + (rake != NULL) + (calib != NULL) > 1)
		return cmd_usage(ctx, "--post, --rake and --calibrate do not go together");
	how->calibrate = calib != NULL;
	if (read_bounds(ctx, how) != 0)
		return -1;
	if (by != NULL && variable(ctx, "by", by, strlen(by), 1, &how->by) != 0)
		return -1;
	if (post != NULL && variable(ctx, "post", post, strlen(post), 0,
	    &how->post) != 0)
		return -1;
	if (e != NULL && num_share(e, &how->e) != 0)
		return cmd_usage(ctx, "--e %s is not a share", e);
	if (calib != NULL)
		return read_list(ctx, "calibrate", calib, how);
	return rake != NULL ? read_list(ctx, "rake", rake, how) : 0;
}

static void
put_real(struct buf *b, int first, double v)
{
	char text[40];

	snprintf(text, sizeof(text), "%.15g", v);
	csv_put(b, ',', first, text);
}

/* What survey::svydesign(id = ~1, strata = ~stratum, weights = ~weight,
 * fpc = ~N_h) asks for. */
static void
print_csv(const struct weigh_result *r)
{
	struct buf b = BUF((size_t)1 << 30);

	buf_str(&b, "unit,stratum,N_h,n_h,pi,design_weight,adjusted_weight,weight\n");
	for (size_t i = 0; i < r->n; i++) {
		const struct weigh_unit *u = &r->unit[i];

		csv_put(&b, ',', 1, u->key);
		csv_put(&b, ',', 0, u->stratum);
		put_real(&b, 0, (double)u->frame_units);
		put_real(&b, 0, (double)u->drawn_units);
		put_real(&b, 0, u->pi);
		put_real(&b, 0, u->design);
		put_real(&b, 0, u->adjusted);
		put_real(&b, 0, u->weight);
		buf_chr(&b, '\n');
	}
	ui_buf(&b);
	buf_free(&b);
}

static void
put_summary(struct json *j, const char *key, const struct weights_summary *s)
{
	json_key(j, key);
	json_object(j);
	json_kint(j, "units", s->n);
	json_kreal(j, "sum", s->sum);
	json_kreal(j, "least", s->least);
	json_kreal(j, "most", s->most);
	json_kreal(j, "mean", s->mean);
	json_kreal(j, "deff", s->deff);
	json_kreal(j, "n_eff", s->neff);
	json_end(j);
}

static void
print_json(const struct weigh_result *r)
{
	static const char *const fate[] = { "answered", "silent", "not_eligible",
		"unknown" };
	struct buf b = BUF(1 << 16);
	struct json j;

	json_begin(&j, &b, 1);
	json_object(&j);
	json_kint(&j, "drawn", r->drawn);
	for (int f = 0; f < 4; f++)
		json_kint(&j, fate[f], r->fate[f]);
	put_summary(&j, "design", &r->design);
	put_summary(&j, "adjusted", &r->adjusted);
	put_summary(&j, "final", &r->final);
	json_kint(&j, "rounds", r->rounds);
	json_kbool(&j, "margins_met", r->met);
	json_kint(&j, "below_zero", r->below);
	json_end(&j);
	buf_chr(&b, '\n');
	ui_buf(&b);
	buf_free(&b);
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct weigh_how how = { .by = WEIGH_STRATUM, .e = -1 };
	struct weigh_result r;
	struct study *study = NULL;
	int64_t id;

	(void)argc;
	if (read_options(ctx, &how) != 0 ||
	    cmd_find_study(ctx, argv[1], 1, &study, &id) != 0)
		return -1;
	study_free(study);
	if (weigh(&ctx->world, id, &how, &r, &ctx->err) != 0)
		return -1;
	if (!r.met)
		ui_line("the margins are not met after %d rounds", r.rounds);
	if (r.below > 0)
		ui_line("%" PRId64 " weights are under 0: give --bounds, as 0.3:3", r.below);
	if (ctx->json)
		print_json(&r);
	else {
		print_csv(&r);
		ui_line("%" PRId64 " drawn: %" PRId64 " answered, %" PRId64 " silent, %"
		    PRId64 " not eligible, %" PRId64 " unknown", r.drawn,
		    r.fate[WEIGHTS_ANSWERED], r.fate[WEIGHTS_SILENT],
		    r.fate[WEIGHTS_NOT_ELIGIBLE], r.fate[WEIGHTS_UNKNOWN]);
		ui_line("weights %.4g to %.4g, mean %.4g; design effect %.3f: %"
		    PRId64 " answers tell as much as %.0f", r.final.least, r.final.most,
		    r.final.mean, r.final.deff, r.final.n, r.final.neff);
	}
	weigh_free(&r);
	return 0;
}

static const struct cmd_option options[] = {
	{ "by", 0, CMD_WORD, "none|stratum|area|group|form",
	    "classes of the non-response adjustment (default stratum)" },
	{ "post", 0, CMD_WORD, "area|group|form", "then to the frame's totals of this" },
	{ "rake", 0, CMD_WORD, "VAR,VAR", "then to the frame's totals of each" },
	{ "calibrate", 0, CMD_WORD, "VAR,VAR", "the same by linear calibration (GREG)" },
	{ "bounds", 0, CMD_WORD, "LOW:HIGH", "of what calibration multiplies weights by" },
	{ "e", 0, CMD_WORD, "SHARE", "eligible share of the unknown (default: as among"
	    " the known)" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_weights = {
	.name = "weights",
	.run = run,
	.needs = CMD_READ,
	.min = 1, .max = 1,
	.args = "STUDY",
	.summary = "weights of those who answered, as CSV",
	.text =
	    "Design weight, adjusted for unknown eligibility and non-response within\n"
	    "classes, then to totals of the frame.  A class where nobody answered\n"
	    "stops it: choose coarser classes.  --rake and --calibrate meet the totals of\n"
	    "several variables at once; calibration lies as near as can be to the weights\n"
	    "before, and --bounds hold it.  The columns are what svydesign of R's\n"
	    "survey package asks for.  With --json the summary alone.\n",
	.option = options,
	.examples =
	    "utvalg weights mikrobedrifter --by area --rake area,group\n",
};
