#include <inttypes.h>

#include "pipeline/base/json.h"
#include "pipeline/sample/verify.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

static const char *const record_words[] = { "same", "missing", "other" };

static void
print_json(const struct verify_result *v)
{
	struct buf b = BUF(1 << 16);
	struct json j;

	json_begin(&j, &b, 1);
	json_object(&j);
	json_kbool(&j, "same", v->same);
	json_kint(&j, "frame", v->frame_units);
	json_kint(&j, "drawn", v->then);
	json_kint(&j, "drawn_again", v->now);
	json_kint(&j, "gone", v->gone);
	json_kint(&j, "new", v->new);
	json_kint(&j, "other_weights", v->weights);
	json_kint(&j, "other_strata", v->strata);
	json_kint(&j, "steps", v->steps);
	json_kint(&j, "other_steps", v->other_steps);
	json_kint(&j, "erased", v->erased);
	json_kbool(&j, "list_sha256", v->list);
	json_kstr(&j, "record", record_words[v->record]);
	json_kbool(&j, "record_in_log", v->logged);
	json_end(&j);
	buf_chr(&b, '\n');
	ui_buf(&b);
	buf_free(&b);
}

static void
print_text(const struct verify_result *v)
{
	ui_printf("drawn again from %" PRId64 " units: %" PRId64 " drawn, %" PRId64
	    " then\n", v->frame_units, v->now, v->then);
	ui_printf("units:   %" PRId64 " then and not now, %" PRId64 " now and not then\n",
	    v->gone, v->new);
	ui_printf("weights: %" PRId64 " differ; strata: %" PRId64 " differ\n", v->weights,
	    v->strata);
	if (v->steps > 0 || v->other_steps > 0)
		ui_printf("steps:   %" PRId64 " after the draw taken again, %" PRId64
		    " differ\n", v->steps, v->other_steps);
	if (v->erased > 0)
		ui_printf("list:    %" PRId64 " erased since: it cannot be compared\n",
		    v->erased);
	else
		ui_printf("list:    %s\n", v->list ? "its hash is the same" :
	    "its hash is another");
	ui_printf("record:  %s, %s\n", v->record == VERIFY_SAME ? "the same, octet by"
	    " octet" : v->record == VERIFY_MISSING ? "the file is not there" :
	    "the file is another", v->logged ? "its hash is in the log" :
	    "its hash is not in the log");
	ui_text(v->same ? "the sample is what frame, study file and salt give\n" :
	    "THE SAMPLE IS NOT WHAT FRAME, STUDY FILE AND SALT GIVE\n");
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct study *study = NULL;
	struct verify_result v;
	int64_t id;
	int r;

	(void)argc;
	if (cmd_find_study(ctx, argv[1], 1, &study, &id) != 0)
		return -1;
	r = verify(&ctx->world, study, id, &v, &ctx->err);
	study_free(study);
	if (r != 0)
		return -1;
	if (ctx->json)
		print_json(&v);
	else
		print_text(&v);
	return v.same ? 0 : 1;
}

const struct cmd cmd_verify = {
	.name = "verify",
	.run = run,
	.needs = CMD_READ | CMD_KEYS,
	.min = 1, .max = 1,
	.args = "STUDY",
	.summary = "draw again and see that the sample is the same",
	.text =
	    "Draws again from the stored frame, by the study file and the salt, takes\n"
	    "every later step again (utvalg draw --more, --replace), and\n"
	    "compares unit by unit; compares the record of the draw\n"
	    "(STATE/samples/STUDY.json) and looks up its hash in the log.  Ends with 1\n"
	    "where anything differs.  Writes nothing.\n",
	.examples = "utvalg verify mikrobedrifter\n",
};
