#include <string.h>

#include "pipeline/tables/rates_table.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

static int
read_options(struct cmd_ctx *ctx, struct rates_in *in)
{
	const char *value;

	for (int l = 0; l < RATES_LETTERS; l++) {
		const char *name = rates_letter_name((enum rates_letter)l);

		value = cmd_option(ctx, name);
		if (value != NULL && rates_option(in, name, value, &ctx->err) != 0)
			return -1;
	}
	value = cmd_option(ctx, "e");
	if (value != NULL && rates_option(in, "e", value, &ctx->err) != 0)
		return -1;
	return 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct rates_in in = { { 0 }, RATES_E_ESTIMATED, { 0 } };
	const char *format = cmd_option(ctx, "format");
	const char *interval = cmd_option(ctx, "interval");
	enum interval_kind kind = INTERVAL_WILSON;
	struct buf b = BUF(1 << 20);
	struct table *t;
	struct rates r;
	struct json j;

	(void)argc;
	(void)argv;
	if (ctx->json && format != NULL && strcmp(format, "json") != 0)
		return cmd_usage(ctx, "--json and --format %s do not go together",
		    format);
	if (interval != NULL && interval_parse(interval, &kind) != 0)
		return cmd_usage(ctx, "--interval is wilson or exact, not \"%.40s\"",
		    interval);
	if (read_options(ctx, &in) != 0 || rates_compute(&in, &r, &ctx->err) != 0)
		return -1;
	if (ctx->json || (format != NULL && strcmp(format, "json") == 0)) {
		json_begin(&j, &b, 1);
		json_object(&j);
		rates_json(&in, &r, kind, &j);
		json_end(&j);
		buf_chr(&b, '\n');
	} else {
		t = rates_aapor_table(&in, &r, kind, ctx->world.lang);
		if (format != NULL && strcmp(format, "md") == 0)
			table_md(t, &b);
		else
			table_text(t, ui_box(), 0, &b);
		table_free(t);
	}
	ui_buf(&b);
	buf_free(&b);
	return 0;
}

static const struct cmd_option options[] = {
	{ "I", 0, CMD_WORD, "N", "complete" },
	{ "P", 0, CMD_WORD, "N", "partial" },
	{ "R", 0, CMD_WORD, "N", "refused, broken off" },
	{ "NC", 0, CMD_WORD, "N", "not reached" },
	{ "O", 0, CMD_WORD, "N", "eligible, not answered for another reason" },
	{ "UH", 0, CMD_WORD, "N", "unknown whether the unit exists" },
	{ "UR", 0, CMD_WORD, "N", "unknown whether the unit is eligible" },
	{ "UO", 0, CMD_WORD, "N", "unknown, other" },
	{ "NE", 0, CMD_WORD, "N", "not eligible" },
	{ "e", 0, CMD_WORD, "SHARE",
	    "eligible share of the unknown, or UH:0.4,UR:0.7,UO:0.2" },
	{ "interval", 0, CMD_WORD, "wilson|exact",
	    "95 % intervals by Wilson, or by Clopper and Pearson" },
	{ "format", 0, CMD_WORD, "text|json|md", "how it is written" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_rates = {
	.name = "rates",
	.run = run,
	.needs = CMD_NONE,
	.min = 0, .max = 0,
	.args = "--I N [--P N ...] [--e SHARE]",
	.summary = "AAPOR's outcome rates from counts",
	.text =
	    "Counts by the letters of AAPOR's Standard Definitions (2023), 0 where\n"
	    "one is not given; sums of weights may have decimals.  Without --e the\n"
	    "eligible share of the unknown is estimated as K/(K+NE).  A rate with\n"
	    "nothing in its denominator is not defined: \".\" in text, null in JSON.\n",
	.option = options,
	.examples =
	    "utvalg rates --I 308 --UH 3491 --NE 951\n"
	    "utvalg rates --json --I 5 --P 3 --R 2 --UO 1 --NE 1 --e 0.5\n",
};
