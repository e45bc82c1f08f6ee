#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/base/date.h"
#include "pipeline/base/json.h"
#include "pipeline/contact/mail.h"
#include "pipeline/contact/mail_trial.h"
#include "pipeline/contact/mail_who.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

static void
print_json(const struct cmd_ctx *ctx, const struct mail_ask *ask,
    const struct mail_result *m)
{
	struct buf b = BUF(65536);
	char wave[MAIL_WAVE_NAME];
	struct json j;

	mail_wave_name(m->reminder, wave);
	json_begin(&j, &b, 1);
	json_object(&j);
	json_kstr(&j, "wave", wave);
	json_kstr(&j, "out", ask->out);
	json_kint(&j, "planned", m->planned);
	json_kint(&j, "before", m->before);
	json_kint(&j, "sent", m->sent);
	json_kint(&j, "rejected", m->rejected);
	json_kint(&j, "deferred", m->deferred);
	json_kint(&j, "uncertain", m->uncertain);
	json_kint(&j, "left_out", m->left_out);
	json_kint(&j, "suppressed", m->suppressed);
	json_kint(&j, "answered", m->answered);
	json_kint(&j, "refused", m->refused);
	json_kint(&j, "returned", m->returned);
	json_kint(&j, "not_invited", m->not_invited);
	json_kbool(&j, "dry_run", ctx->dry_run);
	json_end(&j);
	buf_chr(&b, '\n');
	ui_buf(&b);
	buf_free(&b);
}

static void
preview_json(const struct mail_ask *ask, const struct buf *shown)
{
	struct buf b = BUF(128 << 20);
	struct json j;

	json_begin(&j, &b, 1);
	json_object(&j);
	json_kstr(&j, "wave", ask->wave);
	json_kstr(&j, "text", buf_text(shown));
	json_end(&j);
	buf_chr(&b, '\n');
	ui_buf(&b);
	buf_free(&b);
}

static int
print_text(struct cmd_ctx *ctx, const struct mail_ask *ask,
    const struct mail_result *m)
{
	char wave[MAIL_WAVE_NAME];
	int64_t would = m->planned - m->before - m->uncertain;
	const struct ui_count sent[] = { { "sent before", m->before },
		{ ctx->dry_run ? "would be sent" : "sent now",
		    ctx->dry_run ? would : m->sent },
		{ "uncertain", m->uncertain }, { "refused for good", m->rejected },
		{ "put off", m->deferred } };
	/* the rest is of letters handed over one by one */
	size_t n = !ctx->dry_run && m->rejected + m->deferred > 0 ? 5 :
	    m->uncertain > 0 ? 3 : 2;
	const struct ui_count out[] = { { "suppressed", m->suppressed },
		{ "answered", m->answered }, { "refused", m->refused },
		{ "returned", m->returned }, { "not invited", m->not_invited } };

	mail_wave_name(m->reminder, wave);
	ui_printf("%s, %s\n", wave, ask->out);
	if (ui_sum("recipients", m->planned, sent, n, &ctx->err) != 0)
		return -1;
	return ui_sum("left out", m->left_out, out, 5, &ctx->err);
}

static int
is_way(const char *out)
{
	static const char *const ways[] = { "maildir:", "csv:", "limesurvey:",
		"listmonk:", "nettskjema:", "qualtrics:" };

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strncmp(out, ways[i], strlen(ways[i])) == 0)
			return 1;
	return strcmp(out, "smtp") == 0;
}

static int
check(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *out = cmd_option(ctx, "out");
	const char *resolve = cmd_option(ctx, "resolve");
	const char *wave = cmd_option(ctx, "wave");
	int64_t preview = 0;

	(void)argc;
	(void)argv;
	if (wave == NULL)
		return cmd_usage(ctx, "mail wants --wave invite or --wave reminder");
	if (!mail_wave_is(wave))
		return cmd_usage(ctx, "--wave: invite, reminder or reminder-N (N from 1 "
		    "to %d) is wanted, not \"%.40s\"", STUDY_REMINDERS, wave);
	if (out != NULL && !is_way(out))
		return cmd_usage(ctx, "--out: smtp, maildir:FOLDER, or csv, limesurvey, "
		    "listmonk, nettskjema or qualtrics:FILE is wanted, not \"%.40s\"",
		    out);
	if (out != NULL && strcmp(out, "smtp") != 0 && strchr(out, ':')[1] == '\0')
		return cmd_usage(ctx, "--out: %s wants a place behind the colon", out);
	if (resolve != NULL && strcmp(resolve, "sent") != 0 &&
	    strcmp(resolve, "again") != 0)
		return cmd_usage(ctx, "--resolve: sent or again is wanted, not "
		    "\"%.40s\"", resolve);
	if (cmd_option_int(ctx, "preview", 1, 1000, &preview) != 0)
		return -1;
	/* only looking: neither lock nor database is touched */
	if (preview > 0 || cmd_option(ctx, "to-me") != NULL)
		ctx->dry_run = ctx->world.dry_run = 1;
	return 0;
}

static int64_t
milliseconds(void)
{
	struct timespec t;

	if (getenv("SOURCE_DATE_EPOCH") != NULL)
		return clock_now() * 1000;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
wait_for(int64_t ms)
{
	struct timespec t = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	while (nanosleep(&t, &t) == -1 && errno == EINTR)
		;
}

/* Somebody has looked into the mail server's log. */
static int
resolve(struct cmd_ctx *ctx, int64_t id)
{
	const char *wave = cmd_option(ctx, "wave"), *how = cmd_option(ctx, "resolve");
	int64_t n = 0;

	if (ctx->dry_run)
		return cmd_usage(ctx, "--resolve knows no --dry-run");
	if (mail_resolve(&ctx->world, id, wave, strcmp(how, "sent") == 0, &n,
	    &ctx->err) != 0)
		return -1;
	ui_printf("%s: %" PRId64 " uncertain, now %s\n", wave, n,
	    strcmp(how, "sent") == 0 ? "sent" : "to be written to again");
	return 0;
}

static int
to_me(struct cmd_ctx *ctx, const struct study *study, int64_t id, int most)
{
	const char *wave = cmd_option(ctx, "wave");
	int sent;

	if (mail_trial(&ctx->world, study, id, wave, cmd_option(ctx, "to-me"), most,
	    &sent, &ctx->err) != 0)
		return -1;
	ui_printf("%s: %d to you, nothing is written down\n", wave, sent);
	return 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct buf out = BUF(8192), shown = BUF(64 << 20);
	struct mail_ask ask = { 0 };
	struct mail_result m = { 0 };
	struct study *study = NULL;
	int64_t id, preview = 0;
	int r;

	(void)argc;
	ask.wave = cmd_option(ctx, "wave");
	if (cmd_option_int(ctx, "preview", 1, 1000, &preview) != 0 ||
	    cmd_find_study(ctx, argv[1], 1, &study, &id) != 0)
		return -1;
	if (cmd_option(ctx, "to-me") != NULL) {
		r = to_me(ctx, study, id, preview > 0 ? (int)preview : 1);
		study_free(study);
		return r;
	}
	if (cmd_option(ctx, "resolve") != NULL) {
		r = resolve(ctx, id);
		study_free(study);
		return r;
	}
	/* without --out, the mail server; without one, a maildir of the study in
	 * the state */
	if (cmd_option(ctx, "out") != NULL)
		buf_str(&out, cmd_option(ctx, "out"));
	else if (ctx->set.smtp[0] != '\0')
		buf_str(&out, "smtp");
	else
		buf_printf(&out, "maildir:%s/outbox/%s", ctx->set.state, study->name);
	ask.out = buf_text(&out);
	ask.preview = (int)preview;
	ask.shown = &shown;
	ask.anyway = cmd_option(ctx, "anyway") != NULL;
	ask.clock = milliseconds;
	ask.wait = wait_for;
	r = mail_send(&ctx->world, study, id, &ask, &m, &ctx->err);
	if (r == 0 && preview > 0 && ctx->json)
		preview_json(&ask, &shown);
	else if (r == 0 && preview > 0)
		ui_buf(&shown);
	else if (r == 0 && ctx->json)
		print_json(ctx, &ask, &m);
	else if (r == 0)
		r = print_text(ctx, &ask, &m);
	buf_free(&out);
	buf_free(&shown);
	study_free(study);
	return r;
}

static const struct cmd_option options[] = {
	{ "wave", 0, CMD_WORD, "WAVE", "invite, or reminder: the one on its way, else the "
	    "next; reminder-N: that one" },
	{ "out", 0, CMD_FILE, "KIND:WHERE", "where to: maildir:FOLDER or csv:FILE" },
	{ "preview", 0, CMD_WORD, "N", "print N letters, send and note nothing" },
	{ "to-me", 0, CMD_WORD, "ADDRESS", "the first --preview N letters (1) to "
	    "yourself" },
	{ "resolve", 0, CMD_WORD, "sent|again", "those of whom nobody knows" },
	{ "anyway", 0, CMD_FLAG, NULL, "smtp: do not stop on mass failure" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_mail = {
	.name = "mail",
	.run = run,
	.check = check,
	.needs = CMD_READ | CMD_WRITE | CMD_KEYS,
	.min = 1, .max = 1,
	.args = "STUDY",
	.summary = "write to each drawn unit, to nobody twice",
	.text =
	    "Without --out the letters go to the maildir STATE/outbox/STUDY, for a\n"
	    "mail server to take.  A letter counts as sent once it is safely handed\n"
	    "over; killed and run again, nobody gets two.  A csv is a list for a survey\n"
	    "platform; where it is lost, the same command writes it again.\n"
	    "\n"
	    "The study file says how many reminders there may be and how many days lie\n"
	    "between two letters ([mail] reminders, days_between): too early is status\n"
	    "75 and says when, one too many 65.  Reminders go to those who were\n"
	    "invited and have not answered, refused, been returned or suppressed.  The\n"
	    "invitation is refused where it does not say what GDPR article 14 wants\n"
	    "([mail] art14).  --dry-run tells how many it would be.\n",
	.option = options,
	.examples =
	    "utvalg mail mikrobedrifter --wave invite --preview 2\n"
	    "utvalg mail mikrobedrifter --wave invite --out maildir:outbox\n"
	    "utvalg mail mikrobedrifter --wave invite --to-me me@example.org\n"
	    "utvalg mail mikrobedrifter --wave reminder --out limesurvey:purring.csv\n",
};
