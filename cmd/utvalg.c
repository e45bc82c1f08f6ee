/* utvalg -- the command line; see utvalg(1). */

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"
#include "pipeline/metrics.h"
#include "pipeline/store/store.h"

#include "cmd/args.h"
#include "cmd/help.h"
#include "cmd/ready.h"
#include "cmd/ui.h"

/* Has the stage said its own name already? */
static int
begins(const char *text, const char *name)
{
	size_t n = strlen(name);

	return strncmp(text, name, n) == 0 && (text[n] == ' ' || text[n] == ':');
}

/* Who may not read the state, or not hand in, is told what to do. */
static void
advise(struct cmd_ctx *ctx)
{
	const char *in = ctx->set.requests, *what = ctx->err.text;
	struct err e;

	if (ctx->err.status != EX_NOPERM || geteuid() == 0)
		return;
	if (strcmp(ctx->cmd->name, "request") == 0 && in != NULL &&
	    strstr(what, in) != NULL)
		err_set(&e, EX_NOPERM, "%s (members of the group utvalg may hand in)",
		    what);
	else if (ctx->set.state != NULL && strstr(what, ctx->set.state) != NULL)
		err_set(&e, EX_NOPERM, "%s (who may not use the state hands the study "
		    "in: utvalg request FILE)", what);
	else
		return;
	ctx->err = e;
}

/* The command as asked for: 0, a status of its own, or -1 with ctx->err. */
static int
run(struct cmd_ctx *ctx, int argc, char *argv[], char **operand)
{
	int n;

	if (args_read(ctx, argc, argv, operand, &n) != 0)
		return -1;
	ui_set(ctx->quiet, ctx->verbose);
	if (ctx->lang != NULL)
		ctx->world.lang = strcmp(ctx->lang, "en") == 0 ? LANG_EN : LANG_NB;
	ctx->world.dry_run = ctx->dry_run;
	if (ctx->version) {
		ui_text("utvalg " VERSION "\n");
		return 0;
	}
	if (ctx->help) {
		help_print(ctx->cmd);
		return 0;
	}
	if (ctx->cmd == NULL)
		return cmd_usage(ctx, "a command is wanted");
	if (args_count(ctx, n, operand) != 0 || (ctx->cmd->check != NULL &&
	    ctx->cmd->check(ctx, n, operand) != 0) ||
	    cmd_ready(ctx, ctx->cmd->needs) != 0)
		return -1;
	return ctx->cmd->run(ctx, n, operand);
}

/* What has written to the database says how it went.  That this cannot be said
 * is no reason to fail what has been done. */
static void
write_metrics(struct cmd_ctx *ctx, int r, const struct timespec *from)
{
	struct metrics_end end = { ctx->cmd != NULL ? ctx->cmd->name : "", r, 0 };
	struct timespec to;
	struct err why = { 0 };

	if (ctx->world.db == NULL || ctx->world.set == NULL || ctx->dry_run ||
	    ctx->lock == -1)
		return;
	clock_gettime(CLOCK_MONOTONIC, &to);
	end.seconds = (double)(to.tv_sec - from->tv_sec) +
	    (double)(to.tv_nsec - from->tv_nsec) / 1e9;
	db_rollback(ctx->world.db);
	if (metrics_write(&ctx->world, &end, &why) != 0)
		ui_line("%s", why.text);
}

int
main(int argc, char *argv[])
{
	struct cmd_ctx *ctx = mem_alloc(sizeof(*ctx));
	char **operand = mem_array((size_t)argc + 1, sizeof(*operand));
	struct err late = { 0 };
	struct timespec from;
	int r;

	clock_gettime(CLOCK_MONOTONIC, &from);

	ui_begin();
	umask(077);
	ctx->lock = -1;
	ctx->world.now = clock_now();
	ctx->world.lang = LANG_NB;
	ctx->world.talk = ui_talk();

	r = run(ctx, argc, argv, operand);
	if (r < 0) {
		if (ctx->cmd != NULL)
			advise(ctx);
		if (ctx->cmd != NULL && ctx->err.status != EX_USAGE &&
		    !begins(ctx->err.text, ctx->cmd->name))
			err_context(&ctx->err, "%s", ctx->cmd->name);
		ui_error("%s", ctx->err.text);
		r = ctx->err.status != 0 ? ctx->err.status : EX_SOFTWARE;
	}
	write_metrics(ctx, r, &from);
	cmd_finish(ctx);
	if (ui_end(&late) != 0) {
		ui_error("%s", late.text);
		if (r == 0)
			r = late.status;
	}
	free(operand);
	free(ctx);
	return r;
}
