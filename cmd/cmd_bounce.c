#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/contact/bounce.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

enum { MAIL_MAX = 50 << 20, RULES_MAX = 1 << 20, LINE_MAX_ = 16 << 20 };

static struct reason_rules *
rules(struct cmd_ctx *ctx)
{
	const char *path = cmd_option(ctx, "rules");
	struct reason_rules *r;
	struct buf b = BUF(RULES_MAX);

	if (path == NULL)
		return reason_rules_builtin(&ctx->err);
	if (file_read(path, RULES_MAX, &b, &ctx->err) != 0)
		return NULL;
	r = reason_rules_read(path, buf_text(&b), b.len, &ctx->err);
	buf_free(&b);
	if (r != NULL && reason_rules_check(r, &ctx->err) != 0) {
		err_context(&ctx->err, "%s", path);
		reason_rules_free(r);
		return NULL;
	}
	return r;
}

static int
explain(struct cmd_ctx *ctx, const struct reason_rules *r, const char *path)
{
	struct buf mail = BUF(MAIL_MAX), out = BUF(LINE_MAX_);
	struct bounce b;
	struct json j;

	if (file_read(path, MAIL_MAX, &mail, &ctx->err) != 0) {
		buf_free(&mail);
		return -1;
	}
	bounce_read(r, buf_text(&mail), mail.len, NULL, NULL, &b);
	if (ctx->json) {
		json_begin(&j, &out, 0);
		bounce_json(&j, path, &b);
		buf_chr(&out, '\n');
	} else
		bounce_explain(&out, path, &b);
	ui_buf(&out);
	bounce_free(&b);
	buf_free(&out);
	buf_free(&mail);
	return 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct reason_rules *r;
	int i, bad = 0;

	if (strcmp(argv[1], "explain") != 0)
		return cmd_usage(ctx, "bounce %s: not a thing to do; it is "
		    "\"bounce explain\"", argv[1]);
	if (argc < 3)
		return cmd_usage(ctx, "bounce explain: which file?");
	r = rules(ctx);
	if (r == NULL)
		return -1;
	for (i = 2; i < argc && !bad; i++)
		bad = explain(ctx, r, argv[i]) != 0;
	reason_rules_free(r);
	return bad ? -1 : 0;
}

static const struct cmd_option options[] = {
	{ "rules", 0, CMD_FILE, "FILE", "read the wording by these rules, "
	    "after testing them by their own examples" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_bounce = {
	.name = "bounce",
	.run = run,
	.needs = CMD_NONE,
	.min = 1, .max = -1,
	.args = "explain FILE...",
	.words = "explain",
	.summary = "what a returned mail says, and why we think so",
	.text =
	    "Reads each mail (\"-\": standard input) and says what it is, about whom,\n"
	    "with which status, for which reason, by which part of the mail and which\n"
	    "rule.  Nothing is recorded, no settings or database are needed.  With\n"
	    "--json one object a line; mail that is not understood is kind \"other\"\n"
	    "and no error.\n",
	.option = options,
	.examples =
	    "utvalg bounce explain returned.eml\n"
	    "utvalg bounce explain --json Maildir/new/*\n",
};
