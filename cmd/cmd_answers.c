#include <inttypes.h>

#include "pipeline/base/json.h"
#include "pipeline/contact/answers.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

enum { SHOWN = 20 };

static void
print_json(const struct cmd_ctx *ctx, const struct answers_result *a)
{
	struct buf b = BUF(256 << 20);
	struct json j;
	const char delimiter[2] = { a->delimiter, '\0' };

	json_begin(&j, &b, 1);
	json_object(&j);
	json_kint(&j, "rows", a->rows);
	json_kint(&j, "added", a->added);
	json_kint(&j, "again", a->again);
	json_kint(&j, "complete", a->complete);
	json_kint(&j, "partial", a->partial);
	json_kint(&j, "refused", a->refused);
	json_kint(&j, "screened", a->screened);
	json_kint(&j, "unknown_status", a->unknown_status);
	json_kint(&j, "unmatched", a->unmatched);
	json_kint(&j, "doubles", a->doubles);
	json_kint(&j, "late", a->late);
	json_kstr(&j, "encoding", a->latin1 ? "windows-1252" : "utf-8");
	json_kbool(&j, "bom", a->bom);
	json_kstr(&j, "delimiter", delimiter);
	json_kbool(&j, "dry_run", ctx->dry_run);
	json_key(&j, "notes");
	json_array(&j);
	for (size_t i = 0; i < a->nnote; i++) {
		json_object(&j);
		json_kint(&j, "line", (int64_t)a->note[i].line);
		json_kstr(&j, "what", a->note[i].what);
		json_kstr(&j, "text", a->note[i].text);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	buf_chr(&b, '\n');
	ui_buf(&b);
	buf_free(&b);
}

static int
print_text(struct cmd_ctx *ctx, const struct answers_result *a)
{
	const struct ui_count rows[] = { { ctx->dry_run ? "would be added" :
		"added", a->added }, { "read before", a->again } };
	const struct ui_count added[] = { { "complete", a->complete },
		{ "partial", a->partial }, { "refused", a->refused },
		{ "screened out", a->screened },
		{ "unknown status", a->unknown_status } };
	size_t most = ctx->verbose ? a->nnote : SHOWN;

	for (size_t i = 0; i < a->nnote && i < most; i++)
		ui_printf("line %zu: %s%s%s\n", a->note[i].line, a->note[i].what,
		    a->note[i].text[0] != '\0' ? ": " : "", a->note[i].text);
	if (a->nnote > most)
		ui_printf("... and %zu more (-v or --json lists all)\n",
		    a->nnote - most);
	if (ui_sum("rows", a->rows, rows, 2, &ctx->err) != 0 ||
	    ui_sum("added", a->added, added, 5, &ctx->err) != 0)
		return -1;
	ui_printf("of them unmatched %" PRId64 ", double %" PRId64 ", late %" PRId64
	    "\n", a->unmatched, a->doubles, a->late);
	return 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct answers_result a = { 0 };
	struct study *study = NULL;
	int64_t id;
	int r;

	(void)argc;
	if (cmd_find_study(ctx, argv[1], 1, &study, &id) != 0)
		return -1;
	r = answers_read(&ctx->world, study, id, argv[2], &a, &ctx->err);
	if (r == 0 && ctx->json)
		print_json(ctx, &a);
	else if (r == 0)
		r = print_text(ctx, &a);
	answers_result_free(&a);
	study_free(study);
	return r;
}

const struct cmd cmd_answers = {
	.name = "answers",
	.run = run,
	.needs = CMD_READ | CMD_WRITE | CMD_KEYS,
	.min = 2, .max = 2,
	.args = "STUDY FILE",
	.summary = "read who answered, from a survey platform's CSV",
	.text =
	    "Columns and status words are those of [answers] in the study file.\n"
	    "Rows that belong to nobody, doubles and late answers are kept and\n"
	    "listed.  The same file again changes nothing, unless the study file has\n"
	    "changed: then its rows are read by that.  Who says no by mail or telephone\n"
	    "is written in the same way: a CSV of addresses with the word for refused.\n",
	.examples =
	    "utvalg answers mikrobedrifter svar.csv\n"
	    "utvalg answers mikrobedrifter --dry-run svar.csv\n",
};
