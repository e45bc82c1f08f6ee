#include <string.h>

#include "pipeline/tables/tables.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

static int
check(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *given = cmd_option(ctx, "format");

	(void)argc;
	(void)argv;
	if (ctx->json && given != NULL && strcmp(given, "json") != 0)
		return cmd_usage(ctx, "--json and --format %s do not go together",
		    given);
	return 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	static const struct { const char *name; enum tables_format format; } f[] = {
		{ "text", TABLES_TEXT }, { "csv", TABLES_CSV },
		{ "excel", TABLES_EXCEL }, { "json", TABLES_JSON },
		{ "md", TABLES_MD }, { "latex", TABLES_LATEX },
		{ "xlsx", TABLES_XLSX } };
	struct tables_ask ask = { argv[2], argc > 3 ? argv[3] : NULL,
		cmd_option(ctx, "by"), cmd_option(ctx, "e") };
	const char *given = cmd_option(ctx, "format");
	enum tables_format format = ctx->json ? TABLES_JSON : TABLES_TEXT;
	struct buf b = BUF(16 << 20);
	struct study *study = NULL;
	int64_t id;
	int r;

	for (size_t i = 0; given != NULL && i < sizeof(f) / sizeof(f[0]); i++)
		if (strcmp(f[i].name, given) == 0)
			format = f[i].format;
	if (cmd_find_study(ctx, argv[1], 1, &study, &id) != 0)
		return -1;
	r = tables_ask(&ctx->world, study, id, &ask, format,
	    format == TABLES_TEXT && ui_box(), &b, &ctx->err);
	if (r == 0)
		ui_buf(&b);
	if (r == 0 && format != TABLES_XLSX && b.len > 0 && b.data[b.len - 1] != '\n')
		ui_text("\n");
	buf_free(&b);
	study_free(study);
	return r;
}

static const struct cmd_option options[] = {
	{ "format", 0, CMD_WORD, "text|csv|excel|json|md|latex|xlsx",
	    "how it is written" },
	{ "by", 0, CMD_WORD, "VAR", "cross, rates: by this variable" },
	{ "e", 0, CMD_WORD, "SHARE", "aapor: eligible share of the unknown; or activity,"
	    " register: by the register's signs of activity" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_table = {
	.name = "table",
	.run = run,
	.check = check,
	.needs = CMD_READ | CMD_NACE,
	.min = 2, .max = 3,
	.args = "STUDY net|rates|funnel|codes|returns|missing|rindicator|days|aapor|cross|NAME [VAR]",
	.summary = "a table of the report, with the meaning of each figure",
	.text =
	    "net: sent, returned and delivered by area and group.  rates: answers\n"
	    "and response rates by area.  funnel: from the register to the answers.\n"
	    "codes: each industry code, what it became, its units.  returns: by\n"
	    "reason, domain and wave.  missing: the frame against those who answered.\n"
	    "rindicator: R-indicator and partial indicators of who answered.  days:\n"
	    "answers day by day, with the letters that went.\n"
	    "cross VAR: those who answered by a variable, or by two; rates --by VAR.\n"
	    "VAR is area, group, legal_form, county, municipality, nace, employees,\n"
	    "accounts or a column of the answers.  aapor: dispositions and outcome\n"
	    "rates.  NAME is a table that the study file defines, [table NAME].\n"
	    "excel is CSV for Norwegian Excel, xlsx a workbook, latex wants booktabs.\n",
	.option = options,
	.examples =
	    "utvalg table mikrobedrifter net\n"
	    "utvalg table mikrobedrifter rates --lang en\n"
	    "utvalg table mikrobedrifter funnel --format csv\n"
	    "utvalg table mikrobedrifter cross hovedinntekt --by area\n"
	    "utvalg table mikrobedrifter rates --by legal_form\n"
	    "utvalg table mikrobedrifter 7-6 --format xlsx > 7-6.xlsx\n",
};
