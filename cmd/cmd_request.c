#include <inttypes.h>
#include <string.h>

#include "pipeline/base/json.h"
#include "pipeline/request.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

static int
hand_in(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct buf b = BUF(32768), answer = BUF(8192);
	struct json j;
	char id[64] = "";

	(void)argc;
	if (request_hand_in(&ctx->world, argv[1], id, &ctx->err) != 0)
		return -1;
	if (ctx->json) {
		buf_printf(&answer, "%s/%s", ctx->set.results, id);
		json_begin(&j, &b, 1);
		json_object(&j);
		json_kstr(&j, "request", ctx->dry_run ? NULL : id);
		json_kstr(&j, "answer", ctx->dry_run ? NULL : buf_text(&answer));
		json_kbool(&j, "dry_run", ctx->dry_run);
		json_end(&j);
		buf_chr(&b, '\n');
		ui_buf(&b);
	} else if (ctx->dry_run)
		ui_text("the study file is in order; nothing has been handed in\n");
	else
		ui_printf("handed in %s\nthe answer will be in %s/%s\n", id,
		    ctx->set.results, id);
	buf_free(&b);
	buf_free(&answer);
	return 0;
}

static int
serve(struct cmd_ctx *ctx)
{
	struct request_result q = { 0 };
	struct buf b = BUF(4096);
	struct json j;
	int r;

	if (cmd_ready(ctx, CMD_WRITE | CMD_KEYS | CMD_NACE) != 0)
		return -1;
	r = request_serve(&ctx->world, &q, &ctx->err);
	if (ctx->json) {
		json_begin(&j, &b, 1);
		json_object(&j);
		json_kint(&j, "requests", q.served + q.refused + q.left);
		json_kint(&j, "served", q.served);
		json_kint(&j, "refused", q.refused);
		json_kint(&j, "left", q.left);
		json_kbool(&j, "dry_run", ctx->dry_run);
		json_end(&j);
		buf_chr(&b, '\n');
		ui_buf(&b);
		buf_free(&b);
	} else
		ui_printf("requests %" PRId64 " = served %" PRId64 " + refused %"
		    PRId64 " + left %" PRId64 "\n", q.served + q.refused + q.left,
		    q.served, q.refused, q.left);
	return r;
}

static int
requests(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct buf b = BUF(16 << 20);
	int r;

	if (argc > 1 && strcmp(argv[1], "serve") == 0)
		return serve(ctx);
	r = request_list(&ctx->world, ctx->json, &b, &ctx->err);
	if (r == 0)
		ui_buf(&b);
	buf_free(&b);
	return r;
}

const struct cmd cmd_request = {
	.name = "request",
	.run = hand_in,
	.needs = CMD_SETTINGS | CMD_NACE,
	.min = 1, .max = 1,
	.args = "FILE",
	.summary = "hand in a study file, for a frame or sample you may read",
	.text =
	    "For members of the group utvalg, who cannot read the state.  The study\n"
	    "file is checked here and again where it is served.  It cannot name\n"
	    "lists, exclusion files or templates.  The answer says what was done, or\n"
	    "why not, and only its asker and the administrator can read it.\n",
	.examples =
	    "utvalg request film.ini\n"
	    "utvalg requests list\n",
};

const struct cmd cmd_requests = {
	.name = "requests",
	.run = requests,
	.needs = CMD_SETTINGS,
	.min = 0, .max = 1,
	.args = "[list|serve]",
	.words = "list serve",
	.summary = "what has been handed in and answered; serve it",
	.text =
	    "list shows one's own requests, to the administrator all.  serve is what\n"
	    "utvalg-requests.service does; a refusal is an answer like another, so\n"
	    "that its exit status is 0.\n",
	.examples =
	    "utvalg requests\n"
	    "utvalg requests list --json\n"
	    "utvalg requests serve --wait\n",
};
