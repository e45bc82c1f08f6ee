#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/tables/analysis.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

enum format { CSV, EXCEL, XLSX, SAV, DTA };
enum { FILE_MAX = 1 << 30 };

static const struct { const char *name; enum format format; } formats[] = {
	{ "csv", CSV }, { "excel", EXCEL }, { "xlsx", XLSX }, { "sav", SAV },
	{ "dta", DTA },
};

/* By option, by the file's ending, or CSV. */
static int
format_of(struct cmd_ctx *ctx, const char *file, enum format *ret)
{
	const char *given = cmd_option(ctx, "format"), *dot;

	*ret = CSV;
	if (given == NULL && file == NULL)
		return 0;
	dot = file != NULL ? strrchr(file, '.') : NULL;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (given != NULL ? strcmp(given, formats[i].name) == 0 :
		    dot != NULL && strcmp(dot + 1, formats[i].name) == 0) {
			*ret = formats[i].format;
			return 0;
		}
	return cmd_usage(ctx, "what is %.200s to be?  --format csv, excel, xlsx, sav "
	    "or dta says it, or an ending .csv, .xlsx, .sav or .dta", file);
}

static int
check(struct cmd_ctx *ctx, int argc, char *argv[])
{
	enum format format;

	if (ctx->json)
		return cmd_usage(ctx, "sample has no --json");
	return format_of(ctx, argc > 2 ? argv[2] : NULL, &format);
}

static int
write_format(const struct analysis *a, enum format format, enum lang lang,
    struct buf *b, struct err *err)
{
	size_t guarded;

	switch (format) {
	case CSV:
		(void)dataset_csv(a->data, 0, b);
		return 0;
	case EXCEL:
		guarded = dataset_csv(a->data, 1, b);
		if (guarded > 0)
			ui_line("texts that Excel would run, with an apostrophe: %zu",
			    guarded);
		return 0;
	case XLSX:
		return dataset_xlsx(a->data, lang, a->register_date, b, err);
	case SAV:
		return dataset_sav(a->data, lang, a->register_date, b, err);
	case DTA:
		break;
	}
	return dataset_dta(a->data, lang, a->register_date, b, err);
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *file = argc > 2 ? argv[2] : NULL;
	struct buf b = BUF(FILE_MAX);
	struct study *study = NULL;
	enum format format = CSV;
	struct analysis a;
	int64_t id;
	int r;

	if (format_of(ctx, file, &format) != 0 ||
	    cmd_find_study(ctx, argv[1], 1, &study, &id) != 0)
		return -1;
	r = analysis_read(&ctx->world, study, id, cmd_option(ctx, "token") != NULL,
	    &a, &ctx->err);
	study_free(study);
	if (r != 0)
		return -1;
	r = write_format(&a, format, ctx->world.lang, &b, &ctx->err);
	if (r == 0 && b.over)
		r = err_set(&ctx->err, EX_DATAERR, "the sample is too large for one "
		    "file");
	if (r == 0 && file == NULL)
		ui_buf(&b);
	else if (r == 0 && !ctx->dry_run)
		r = file_write(file, 0600, buf_text(&b), b.len, &ctx->err);
	if (r == 0)
		ui_line("units: %zu, variables: %zu", a.data->nrow, a.data->nvar);
	buf_free(&b);
	analysis_free(&a);
	return r;
}

static const struct cmd_option options[] = {
	{ "format", 0, CMD_WORD, "csv|excel|xlsx|sav|dta",
	    "how it is written (default: by FILE's ending, else csv)" },
	{ "token", 0, CMD_FLAG, NULL,
	    "with the token of each unit's link, to join other exports by" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_sample = {
	.name = "sample",
	.run = run,
	.check = check,
	.needs = CMD_READ | CMD_NACE,
	.min = 1, .max = 2,
	.args = "STUDY [FILE]",
	.summary = "the drawn sample and its answers, for SPSS, Stata, R or Excel",
	.text =
	    "A row for each drawn unit, in random order, without name, address and\n"
	    "organisation number: probability, weight, variables of the frame, what\n"
	    "came of it, and the columns of the answers.  Columns that tell who a unit\n"
	    "is are left out and named.  Labels are in the language of --lang.  sav is\n"
	    "for SPSS, dta for Stata 14 and later; answers that the study file describes\n"
	    "are numbers with value labels there.  Without FILE to standard output.\n",
	.option = options,
	.examples =
	    "utvalg sample mikrobedrifter mikrobedrifter.sav\n"
	    "utvalg sample mikrobedrifter --lang en mikrobedrifter.dta\n"
	    "utvalg sample mikrobedrifter --format csv > sample.csv\n",
};
