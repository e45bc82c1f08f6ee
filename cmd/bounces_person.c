#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/json.h"
#include "pipeline/base/num.h"
#include "pipeline/base/utf8.h"
#include "pipeline/contact/hold.h"
#include "pipeline/contact/reason.h"
#include "pipeline/contact/replay.h"
#include "pipeline/contact/verdict.h"
#include "pipeline/store/store.h"

#include "cmd/bounces_person.h"
#include "cmd/ui.h"

static const struct { const char *word; int args; } words[] = {
	{ "list", 0 }, { "review", 0 }, { "show", 1 }, { "mark", 1 }, { "undo", 1 },
	{ "release", 1 },
};

int
bounces_person_is(const char *word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, word) == 0)
			return 1;
	return 0;
}

/* What is said of a mail; exactly one of them. */
static const char *const says[] = { "recipient", "reason", "hard", "soft",
	"not-bounce", "reviewed" };

static int
check_mark(struct cmd_ctx *ctx)
{
	int n = 0;

	for (size_t i = 0; i < sizeof(says) / sizeof(says[0]); i++)
		n += cmd_option(ctx, says[i]) != NULL;
	if (n != 1)
		return cmd_usage(ctx, "mark says one of --recipient, --reason, --hard, "
		    "--soft, --not-bounce and --reviewed");
	if (cmd_option(ctx, "reason") != NULL &&
	    !reason_known(cmd_option(ctx, "reason"), NULL, NULL))
		return cmd_usage(ctx, "no such reason: %.40s",
		    cmd_option(ctx, "reason"));
	return 0;
}

int
bounces_person_check(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *word = argv[1], *why = cmd_option(ctx, "why");

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, word) == 0 && argc - 2 != words[i].args)
			return cmd_usage(ctx, "bounces %s takes %s", word,
			    words[i].args == 0 ? "nothing more" : strcmp(word,
			    "release") == 0 ? "a study" : "one number");
	if (strcmp(word, "mark") == 0 && check_mark(ctx) != 0)
		return -1;
	if (strcmp(word, "mark") != 0 && strcmp(word, "undo") != 0 &&
	    strcmp(word, "release") != 0)
		return 0;
	if (why == NULL || why[strspn(why, " \t")] == '\0')
		return cmd_usage(ctx, "say why: --why \"in your words\"");
	return strlen(why) > 500 ? cmd_usage(ctx, "--why is too long") : 0;
}

/* -------------------------------------------------------------------- mark -- */

static int
describe_mark(struct cmd_ctx *ctx, struct verdict_mark *m, char number[24])
{
	const char *who = cmd_option(ctx, "recipient");
	int64_t recipient = 0;

	m->value = "";
	if (who != NULL) {
		m->what = "recipient";
		if (verdict_recipient(&ctx->world, m->message, who, &recipient,
		    &ctx->err) != 0)
			return -1;
		snprintf(number, 24, "%" PRId64, recipient);
		m->value = number;
	} else if (cmd_option(ctx, "reason") != NULL) {
		m->what = "reason";
		m->value = cmd_option(ctx, "reason");
	} else if (cmd_option(ctx, "not-bounce") != NULL) {
		m->what = "kind";
		m->value = "other";
	} else if (cmd_option(ctx, "reviewed") != NULL) {
		m->what = "reviewed";
	} else {
		m->what = "hard";
		m->value = cmd_option(ctx, "hard") != NULL ? "1" : "0";
	}
	return 0;
}

/* End of the transaction, with the dispositions derived. */
static int
finish(struct cmd_ctx *ctx, int64_t message)
{
	if (verdict_settle(&ctx->world, message, &ctx->err) != 0)
		return -1;
	if (!ctx->dry_run)
		return db_commit(ctx->world.db, &ctx->err);
	db_rollback(ctx->world.db);
	return 0;
}

static int
mark(struct cmd_ctx *ctx, const char *arg)
{
	struct verdict_mark m = { .why = cmd_option(ctx, "why"),
	    .person = (int64_t)getuid() };
	struct buf why = BUF(2000);
	char number[24];
	int64_t id = 0;
	int r = -1;

	if (num_int(arg, 1, INT64_MAX, &m.message) != 0 ||
	    cmd_option_int(ctx, "line", 1, 1000, &m.line) != 0)
		return ctx->err.status != 0 ? -1 : cmd_usage(ctx,
		    "a returned mail has a number (utvalg bounces list)");
	utf8_clean(&why, m.why, strlen(m.why));
	m.why = buf_text(&why);
	if (describe_mark(ctx, &m, number) == 0 &&
	    db_begin(ctx->world.db, &ctx->err) == 0 &&
	    verdict_mark(&ctx->world, &m, &id, &ctx->err) == 0)
		r = finish(ctx, m.message);
	if (r != 0)
		db_rollback(ctx->world.db);
	else
		ui_printf("mark %" PRId64 " of returned mail %" PRId64 ": %s%s%s\n", id,
		    m.message, m.what, m.value[0] != '\0' ? " " : "", m.value);
	buf_free(&why);
	return r;
}

static int
undo(struct cmd_ctx *ctx, const char *arg)
{
	struct buf why = BUF(2000);
	const char *said = cmd_option(ctx, "why");
	int64_t id, message = 0;
	int r = -1;

	if (num_int(arg, 1, INT64_MAX, &id) != 0)
		return cmd_usage(ctx, "a mark has a number (utvalg bounces show)");
	utf8_clean(&why, said, strlen(said));
	if (db_begin(ctx->world.db, &ctx->err) == 0 && verdict_undo(&ctx->world, id,
	    buf_text(&why), &message, &ctx->err) == 0)
		r = finish(ctx, message);
	if (r != 0)
		db_rollback(ctx->world.db);
	else
		ui_printf("mark %" PRId64 " of returned mail %" PRId64 " undone\n", id,
		    message);
	buf_free(&why);
	return r;
}

static int
release(struct cmd_ctx *ctx, const char *name)
{
	struct study *study = NULL;
	int64_t id = 0, n = 0;
	int r = -1;

	if (cmd_find_study(ctx, name, 1, &study, &id) != 0)
		return -1;
	if (db_begin(ctx->world.db, &ctx->err) == 0)
		r = hold_release(&ctx->world, id, cmd_option(ctx, "why"), &n, &ctx->err);
	if (r == 0 && !ctx->dry_run)
		r = db_commit(ctx->world.db, &ctx->err);
	else
		db_rollback(ctx->world.db);
	study_free(study);
	if (r == 0)
		ui_printf("released %" PRId64 "\n", n);
	return r;
}

/* ------------------------------------------------------------------ replay -- */

static void
replay_json(const struct replay *p, int applied)
{
	struct buf out = BUF(BUF_ANY);
	struct json j;

	json_begin(&j, &out, 1);
	json_object(&j);
	json_kint(&j, "mails", p->mails);
	json_kint(&j, "kept", p->kept);
	json_kint(&j, "same", p->same);
	json_kint(&j, "changed", p->changed);
	json_kint(&j, "not_kept", p->gone);
	json_kint(&j, "broken", p->broken);
	json_kbool(&j, "applied", applied);
	json_key(&j, "changes");
	json_array(&j);
	for (size_t i = 0; i < p->nchange; i++) {
		const struct replay_change *c = &p->change[i];

		json_object(&j);
		json_kstr(&j, "study", c->study[0] != '\0' ? c->study : NULL);
		if (c->message != 0)
			json_kint(&j, "id", c->message);
		else
			json_kint(&j, "units", c->n);
		json_kstr(&j, "what", c->what);
		json_kstr(&j, "was", c->was[0] != '\0' ? c->was : NULL);
		json_kstr(&j, "is", c->is[0] != '\0' ? c->is : NULL);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	buf_chr(&out, '\n');
	ui_buf(&out);
	buf_free(&out);
}

/* A line for each change, and the mails it is of. */
static void
replay_text(const struct replay *p)
{
	for (size_t i = 0, k; i < p->nchange; i = k) {
		const struct replay_change *c = &p->change[i];
		int64_t n = 0;

		for (k = i; k < p->nchange && strcmp(p->change[k].study, c->study) == 0 &&
		    strcmp(p->change[k].what, c->what) == 0 &&
		    strcmp(p->change[k].was, c->was) == 0 &&
		    strcmp(p->change[k].is, c->is) == 0; k++)
			n += p->change[k].n;
		ui_printf("%-20s %-12s %s -> %s: %" PRId64 " %s",
		    c->study[0] != '\0' ? c->study : "of no study", c->what,
		    c->was[0] != '\0' ? c->was : "none",
		    c->is[0] != '\0' ? c->is : "none", n,
		    c->message == 0 ? "units" : n == 1 ? "mail" : "mails");
		for (size_t m = i; c->message != 0 && m < k; m++)
			ui_printf("%s%" PRId64, m == i ? " (" : " ",
			    p->change[m].message);
		ui_text(c->message != 0 ? ")\n" : "\n");
	}
}

int
bounces_replay(struct cmd_ctx *ctx)
{
	int apply = cmd_option(ctx, "apply") != NULL && !ctx->dry_run;
	struct replay p;
	int r = replay_run(&ctx->world, apply, &p, &ctx->err);

	if (r == 0 && ctx->json)
		replay_json(&p, apply);
	else if (r == 0) {
		const struct ui_count n[] = { { "read as before", p.same },
			{ "read otherwise", p.changed }, { "not kept", p.gone },
			{ "broke the reader", p.broken } };

		r = ui_sum("mails", p.mails, n, 4, &ctx->err);
		replay_text(&p);
		if (p.changed > 0 && !apply)
			ui_line("nothing is written: --apply does it");
	}
	replay_free(&p);
	return r;
}

int
bounces_person_run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *word = argv[1];
	int reads = strcmp(word, "list") == 0 || strcmp(word, "review") == 0 ||
	    strcmp(word, "show") == 0;

	(void)argc;
	if (cmd_ready(ctx, reads ? CMD_SETTINGS | CMD_READ :
	    CMD_READ | CMD_WRITE | CMD_KEYS) != 0)
		return -1;
	if (strcmp(word, "show") == 0)
		return bounces_show(ctx, argv[2]);
	if (reads)
		return bounces_list(ctx, strcmp(word, "review") == 0);
	if (strcmp(word, "release") == 0)
		return release(ctx, argv[2]);
	return strcmp(word, "mark") == 0 ? mark(ctx, argv[2]) : undo(ctx, argv[2]);
}
