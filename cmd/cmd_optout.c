#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/json.h"
#include "pipeline/base/talk.h"
#include "pipeline/contact/optout.h"
#include "pipeline/store/store.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

struct noting {
	struct cmd_ctx *ctx;
	int64_t study;
	int undo;
	struct optout_result n;
};

static int
one(struct noting *o, const char *who)
{
	struct cmd_ctx *ctx = o->ctx;

	return o->undo ? optout_undo(&ctx->world, o->study, who, &o->n, &ctx->err) :
	    optout_note(&ctx->world, o->study, who, &o->n, &ctx->err);
}

/* A line each on standard input: what is typed as an argument others can see. */
static int
each_line(struct noting *o)
{
	char *line = NULL;
	size_t room = 0;
	int n = 0, r = 0;

	while (r == 0 && getline(&line, &room, stdin) != -1) {
		n++;
		if (line[strspn(line, " \t\r\n")] == '\0')
			continue;
		if ((r = one(o, line)) != 0)
			err_context(&o->ctx->err, "line %d", n);
	}
	free(line);
	if (r == 0 && ferror(stdin))
		r = err_errno(&o->ctx->err, "standard input");
	return r;
}

static int
carry_out(struct noting *o, int argc, char *argv[], int first)
{
	struct cmd_ctx *ctx = o->ctx;

	for (int i = first; i < argc; i++)
		if ((strcmp(argv[i], "-") == 0 ? each_line(o) : one(o, argv[i])) != 0)
			return -1;
	talk_step("optout.1");
	return optout_end(&ctx->world, o->study, o->undo, cmd_option(ctx, "reason"),
	    &o->n, &ctx->err);
}

static void
print(const struct noting *o)
{
	const struct cmd_ctx *ctx = o->ctx;
	const struct optout_result *n = &o->n;
	struct buf b = BUF(4096);
	struct json j;

	if (ctx->json) {
		json_begin(&j, &b, 1);
		json_object(&j);
		json_kint(&j, "units", n->units);
		json_kint(&j, o->undo ? "taken_back" : "noted", n->noted);
		json_kint(&j, o->undo ? "off_the_list" : "listed", n->listed);
		json_kbool(&j, "dry_run", ctx->dry_run);
		json_end(&j);
		buf_chr(&b, '\n');
		ui_buf(&b);
	} else
		ui_printf("%s%" PRId64 " drawn units, %" PRId64 " %s now, %" PRId64
		    " entries %s the list of those not to be written to\n",
		    ctx->dry_run ? "would be: " : "", n->units, n->noted,
		    o->undo ? "taken back" : "noted as refused", n->listed,
		    o->undo ? "taken off" : "new on");
	buf_free(&b);
}

static int
check(struct cmd_ctx *ctx, int argc, char *argv[])
{
	(void)argv;
	if (argc < (cmd_option(ctx, "all") != NULL ? 2 : 3))
		return cmd_usage(ctx, "optout wants a study (or --all), and an address, a "
		    "token or an organisation number");
	if (cmd_option(ctx, "undo") != NULL && cmd_option(ctx, "reason") == NULL)
		return cmd_usage(ctx, "--undo wants a --reason");
	return 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct noting o = { .ctx = ctx, .undo = cmd_option(ctx, "undo") != NULL };
	int all = cmd_option(ctx, "all") != NULL;
	struct study *study = NULL;

	if (!all && cmd_find_study(ctx, argv[1], 1, &study, &o.study) != 0)
		return -1;
	study_free(study);
	if (db_begin(ctx->world.db, &ctx->err) != 0)
		return -1;
	if (carry_out(&o, argc, argv, all ? 1 : 2) != 0 ||
	    db_commit(ctx->world.db, &ctx->err) != 0) {
		db_rollback(ctx->world.db);
		return -1;
	}
	talk_step("optout.2");
	print(&o);
	return 0;
}

static const struct cmd_option options[] = {
	{ "all", 0, CMD_FLAG, NULL, "in every study; an address also where nobody "
	    "drawn has it" },
	{ "undo", 0, CMD_FLAG, NULL, "it was a mistake: take it back" },
	{ "reason", 0, CMD_WORD, "TEXT", "why, for the log: no names" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_optout = {
	.name = "optout",
	.run = run,
	.check = check,
	.needs = CMD_READ | CMD_WRITE | CMD_KEYS,
	.min = 1, .max = -1,
	.args = "STUDY|--all ADDRESS|TOKEN|ORGNR|-...",
	.summary = "note that somebody does not want to be written to",
	.text =
	    "For those who say no by telephone or in a reply.  They are noted as\n"
	    "refused, get no reminder, and their address and organisation number go on\n"
	    "the list of those not to be written to, for every study.  A complete\n"
	    "answer still counts.  All that is given is noted, or nothing.\n"
	    "\n"
	    "Known by e-mail address, by the code of their questionnaire, by the return\n"
	    "address of their letter (or its token), or by organisation number; - reads\n"
	    "them from standard input, one a line.\n",
	.option = options,
	.examples =
	    "utvalg optout mikrobedrifter post@example.no\n"
	    "utvalg optout --all - <reservert.txt\n"
	    "utvalg optout mikrobedrifter --undo --reason 'wrong number' post@example.no\n",
};
