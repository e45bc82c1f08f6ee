#include <inttypes.h>

#include "pipeline/base/date.h"
#include "pipeline/base/json.h"
#include "pipeline/contact/mail.h"
#include "pipeline/contact/mail_who.h"
#include "pipeline/frame/plan.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

static void
letters_json(const struct mail_result *m, struct json *j)
{
	char wave[MAIL_WAVE_NAME], day[11];

	mail_wave_name(m->reminder, wave);
	json_object(j);
	json_kstr(j, "wave", wave);
	json_kint(j, "sent", m->before);
	json_kint(j, "would", m->too_many ? 0 : m->planned - m->before -
	    m->uncertain);
	json_kint(j, "uncertain", m->uncertain);
	json_kint(j, "left_out", m->left_out);
	if (m->due != DATE_NONE)
		json_kstr(j, "from", date_iso(m->due, day));
	json_end(j);
}

static void
letters_text(const struct mail_result *m, int nb, struct buf *b)
{
	char wave[MAIL_WAVE_NAME], day[11];

	if (m->too_many) {
		buf_printf(b, nb ? "  purring %d: ingen, studiefilen tillater ikke så "
		    "mange\n" : "  reminder %d: none, the study file does not allow so "
		    "many\n", m->reminder);
		return;
	}
	mail_wave_name(m->reminder, wave);
	buf_printf(b, nb ? "  %s: %" PRId64 " ville få brev nå, %" PRId64
	    " har fått, %" PRId64 " er uvisse, %" PRId64 " utelatt" :
	    "  %s: %" PRId64 " would be written to now, %" PRId64 " have been, %"
	    PRId64 " are uncertain, %" PRId64 " left out", wave,
	    m->planned - m->before - m->uncertain, m->before, m->uncertain,
	    m->left_out);
	if (m->left_out > 0)
		buf_printf(b, nb ? " (%" PRId64 " sperret, %" PRId64 " svart, %" PRId64
		    " sagt nei, %" PRId64 " returnert, %" PRId64 " ikke invitert)" :
		    " (%" PRId64 " suppressed, %" PRId64 " answered, %" PRId64
		    " refused, %" PRId64 " returned, %" PRId64 " not invited)",
		    m->suppressed, m->answered, m->refused, m->returned,
		    m->not_invited);
	if (m->due != DATE_NONE)
		buf_printf(b, nb ? "; tidligst %s" : "; not before %s",
		    date_iso(m->due, day));
	buf_chr(b, '\n');
}

/*
 * What is next to be sent, of a study that is drawn: told before anything is.
 * As text into ${b}, or as a member of the open object ${j}.
 */
static int
letters(struct cmd_ctx *ctx, const struct study *study, int64_t id, struct buf *b,
    struct json *j)
{
	static const char *const wave[] = { "invite", "reminder" };
	int nb = ctx->world.lang == LANG_NB, r = 0;
	struct mail_result m;

	if (j != NULL) {
		json_key(j, "letters");
		json_array(j);
	}
	for (size_t i = 0; r == 0 && i < sizeof(wave) / sizeof(wave[0]); i++) {
		struct err why = { 0, "" };

		if (mail_count(&ctx->world, study, id, wave[i], &m, &why) != 0) {
			/* not drawn; or a reminder whose time has not come */
			if (why.status == EX_NOINPUT || why.status == EX_DATAERR)
				break;
			ctx->err = why;
			r = -1;
		} else if (j != NULL)
			letters_json(&m, j);
		else {
			if (i == 0)
				buf_str(b, nb ? "\nUtsending\n" : "\nLetters\n");
			letters_text(&m, nb, b);
		}
	}
	if (j != NULL)
		json_end(j);
	return r;
}

static int
make(struct cmd_ctx *ctx, const struct study *study, int64_t id, int32_t day,
    struct buf *b)
{
	struct json j;
	int r;

	if (!ctx->json) {
		r = plan_make_at(&ctx->world, study, day, 0, b, &ctx->err);
		return r != 0 || id == 0 ? r : letters(ctx, study, id, b, NULL);
	}
	json_begin(&j, b, 1);
	json_object(&j);
	r = plan_members(&ctx->world, study, day, &j, &ctx->err);
	if (r == 0 && id != 0)
		r = letters(ctx, study, id, b, &j);
	json_end(&j);
	return r;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct buf b = BUF(64 << 20);
	struct study *study = NULL;
	int64_t id;
	int32_t day;
	int r;

	(void)argc;
	if (cmd_as_of(ctx, &day) != 0 ||
	    cmd_find_study(ctx, argv[1], 0, &study, &id) != 0)
		return -1;
	/* with a register the suppression list and random numbers have a say */
	if (ctx->world.db != NULL && cmd_ready(ctx, CMD_KEYS) != 0) {
		study_free(study);
		return -1;
	}
	r = make(ctx, study, id, day, &b);
	if (r == 0)
		ui_buf(&b);
	if (r == 0 && b.len > 0 && b.data[b.len - 1] != '\n')
		ui_text("\n");
	buf_free(&b);
	study_free(study);
	return r;
}

static const struct cmd_option options[] = {
	{ "as-of", 0, CMD_WORD, "DATE", "by the register as it was on that day" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_plan = {
	.name = "plan",
	.run = run,
	.needs = CMD_MAY_READ | CMD_NACE,
	.min = 1, .max = 1,
	.args = "STUDY",
	.summary = "what a study would find: its codes, places and counts",
	.text =
	    "Prints each written code, what it became in the register's standard,\n"
	    "and the units each target brings in; targets that bring in units from\n"
	    "outside the study are marked.  Of a study that is drawn it says how many\n"
	    "letters the next wave would be, and when it may begin.  Freezes and\n"
	    "writes nothing.  With --as-of it is what frame --as-of would find.\n",
	.option = options,
	.examples =
	    "utvalg plan mikrobedrifter.ini\n"
	    "utvalg plan mikrobedrifter --lang en --json\n",
};
