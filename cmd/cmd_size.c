#include <inttypes.h>
#include <math.h>

#include "pipeline/base/json.h"
#include "pipeline/base/num.h"
#include "pipeline/sample/size.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

struct sized {
	double margin, p, sd, level, N;
	int mean;			/* of something, not a proportion */
	double delivered, active, answering;
	int64_t answers, gross;
};

/* A share over 0; *${ret} is kept where the option was not given. */
static int
share(struct cmd_ctx *ctx, const char *name, double most, double *ret)
{
	const char *s = cmd_option(ctx, name);

	if (s == NULL)
		return 0;
	if (num_share(s, ret) != 0 || !(*ret > 0) || *ret > most)
		return cmd_usage(ctx, "--%s %s is not a share above 0", name, s);
	return 0;
}

static int
real(struct cmd_ctx *ctx, const char *name, double *ret)
{
	const char *s = cmd_option(ctx, name);

	if (s != NULL && (num_real(s, 0, 1e15, ret) != 0 || !(*ret > 0)))
		return cmd_usage(ctx, "--%s %s is not a number above 0", name, s);
	return 0;
}

static int
read_options(struct cmd_ctx *ctx, struct sized *z)
{
	int64_t N = 0;

	z->mean = cmd_option(ctx, "sd") != NULL;
	if (cmd_option(ctx, "margin") == NULL)
		return cmd_usage(ctx, "--margin is missing: half the width of the"
		    " interval");
	if (z->mean && cmd_option(ctx, "share") != NULL)
		return cmd_usage(ctx, "--share is for a proportion, --sd for a mean");
	if (real(ctx, "sd", &z->sd) != 0 || (z->mean ? real(ctx, "margin", &z->margin) :
	    share(ctx, "margin", 1, &z->margin)) != 0 ||
	    share(ctx, "share", 1, &z->p) != 0 ||
	    share(ctx, "level", 0.999999, &z->level) != 0 ||
	    share(ctx, "delivered", 1, &z->delivered) != 0 ||
	    share(ctx, "active", 1, &z->active) != 0 ||
	    share(ctx, "answering", 1, &z->answering) != 0 ||
	    cmd_option_int(ctx, "population", 1, 1000000000, &N) != 0)
		return -1;
	z->N = N > 0 ? (double)N : INFINITY;
	return 0;
}

static void
print_json(const struct sized *z)
{
	struct buf b = BUF(1 << 16);
	struct json j;

	json_begin(&j, &b, 1);
	json_object(&j);
	json_kint(&j, "answers", z->answers);
	json_kint(&j, "invitations", z->gross);
	json_kreal(&j, "margin", z->margin);
	json_kreal(&j, "level", z->level);
	json_kreal(&j, z->mean ? "sd" : "share", z->mean ? z->sd : z->p);
	json_key(&j, "population");
	if (isinf(z->N))
		json_null(&j);
	else
		json_int(&j, (int64_t)z->N);
	json_kreal(&j, "delivered", z->delivered);
	json_kreal(&j, "active", z->active);
	json_kreal(&j, "answering", z->answering);
	json_kbool(&j, "enough_units", !((double)z->gross > z->N));
	json_end(&j);
	buf_chr(&b, '\n');
	ui_buf(&b);
	buf_free(&b);
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct sized z = { .p = 0.5, .level = 0.95, .delivered = 1, .active = 1,
		.answering = 1 };

	(void)argc;
	(void)argv;
	if (read_options(ctx, &z) != 0)
		return -1;
	z.answers = z.mean ? size_mean(z.sd, z.margin, z.level, z.N) :
	    size_proportion(z.p, z.margin, z.level, z.N);
	z.gross = size_gross(z.answers, z.delivered, z.active, z.answering);
	if (ctx->json) {
		print_json(&z);
		return 0;
	}
	ui_printf("answers      %10" PRId64 "\ninvitations  %10" PRId64 "\n", z.answers,
	    z.gross);
	if ((double)z.gross > z.N)
		ui_line("that is more than the population: the margin cannot be met");
	ui_line("simple random sample, normal approximation; an interval speaks of"
	    " chance only, not of who did not answer");
	return 0;
}

static const struct cmd_option options[] = {
	{ "margin", 0, CMD_WORD, "D", "half the width of the interval: 5 %, or with --sd"
	    " in its unit" },
	{ "share", 0, CMD_WORD, "P", "the proportion that is expected (default 50 %)" },
	{ "sd", 0, CMD_WORD, "S", "for a mean: its standard deviation" },
	{ "level", 0, CMD_WORD, "L", "how often the interval covers (default 95 %)" },
	{ "population", 0, CMD_WORD, "N", "units in all (default: without end)" },
	{ "delivered", 0, CMD_WORD, "SHARE", "of the invitations that are delivered" },
	{ "active", 0, CMD_WORD, "SHARE", "of those delivered that are active" },
	{ "answering", 0, CMD_WORD, "SHARE", "of the active that answer" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_size = {
	.name = "size",
	.run = run,
	.max = 0,
	.args = "",
	.summary = "how many answers and invitations an interval takes",
	.text =
	    "n0 = z2 p (1 - p) / d2, or z2 S2 / d2 for a mean, then with the finite\n"
	    "population n0 / (1 + (n0 - 1) / N), rounded up.  Invitations: answers\n"
	    "divided by the shares delivered, active and answering.\n",
	.option = options,
	.examples =
	    "utvalg size --margin 5% --population 3799\n"
	    "utvalg size --margin 5% --population 4750 --delivered 80% --active 20% --answering 40%\n"
	    "utvalg size --margin 2 --sd 10\n",
};
