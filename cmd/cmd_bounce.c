#include <string.h>

#include "pipeline/base/file.h"
#include "pipeline/base/json.h"
#include "pipeline/contact/bounce.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

enum { MAIL_MAX = 50 << 20, RULES_MAX = 1 << 20, LINE_MAX_ = 16 << 20 };

static struct reason_rules *
rules(struct cmd_ctx *ctx, const char *path)
{
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

/* --- the rules themselves ---------------------------------------------------- */

static void
begin_list(struct cmd_ctx *ctx, struct json *j, struct buf *out)
{
	if (!ctx->json)
		return;
	json_begin(j, out, 0);
	json_array(j);
}

static void
end_list(struct cmd_ctx *ctx, struct json *j, struct buf *out)
{
	if (ctx->json) {
		json_end(j);
		buf_chr(out, '\n');
	}
	ui_buf(out);
	buf_free(out);
}

/* In the order in which they are tried. */
static int
list_rules(struct cmd_ctx *ctx, const struct reason_rules *r, const char *path)
{
	struct buf out = BUF(LINE_MAX_);
	struct reason_about a;
	struct json j;
	char fault[2] = "";

	begin_list(ctx, &j, &out);
	for (size_t i = 0; i < reason_rules_count(r); i++) {
		reason_about(r, i, &a);
		fault[0] = a.fault;
		if (!ctx->json) {
			buf_printf(&out, "%-26s %-15s %s %-4s  %s:%zu\n", a.name,
			    a.reason, fault, a.hard ? "hard" : "soft",
			    a.ours ? "built in" : path, a.line);
			continue;
		}
		json_object(&j);
		json_kstr(&j, "rule", a.name);
		json_kstr(&j, "reason", a.reason);
		json_kstr(&j, "fault", fault);
		json_kbool(&j, "hard", a.hard);
		json_key(&j, "file");
		if (a.ours)
			json_null(&j);
		else
			json_str(&j, path);
		json_kint(&j, "line", (int64_t)a.line);
		json_end(&j);
	}
	end_list(ctx, &j, &out);
	return 0;
}

/* Which of them decides about each of these replies? */
static int
try_rules(struct cmd_ctx *ctx, const struct reason_rules *r, int n,
    char *text[])
{
	struct buf out = BUF(LINE_MAX_);
	struct reason x;
	struct json j;
	char fault[2] = "";

	begin_list(ctx, &j, &out);
	for (int i = 0; i < n; i++) {
		x = reason_try(r, text[i]);
		fault[0] = x.fault;
		if (!ctx->json) {
			buf_printf(&out, "%-15s %s %-4s  %s\n", x.word, fault,
			    x.hard ? "hard" : "soft", x.rule);
			continue;
		}
		json_object(&j);
		json_kstr(&j, "text", text[i]);
		json_kstr(&j, "reason", x.word);
		json_kstr(&j, "fault", fault);
		json_kbool(&j, "hard", x.hard);
		json_kstr(&j, "rule", x.rule);
		json_end(&j);
	}
	end_list(ctx, &j, &out);
	return 0;
}

/* They have been tested by their examples when they were read. */
static int
report_check(struct cmd_ctx *ctx, const struct reason_rules *r,
    const char *path)
{
	struct reason_about a;
	size_t n = 0, patterns = 0, examples = 0;

	for (size_t i = 0; i < reason_rules_count(r); i++) {
		reason_about(r, i, &a);
		if (a.ours)
			continue;
		n++;
		patterns += a.patterns;
		examples += a.examples;
	}
	if (ctx->json)
		ui_printf("{\"rules\":%zu,\"patterns\":%zu,\"examples\":%zu}\n",
		    n, patterns, examples);
	else
		ui_printf("%s: %zu rules, %zu patterns; all %zu examples do what "
		    "they should\n", path, n, patterns, examples);
	return 0;
}

static int
run_rules(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *check = cmd_option(ctx, "check");
	const char *path = check != NULL ? check : cmd_option(ctx, "rules");
	struct reason_rules *r;
	int result;

	if (check != NULL && (argc > 2 || cmd_option(ctx, "rules") != NULL))
		return cmd_usage(ctx, "bounce rules: --check goes alone");
	if ((r = rules(ctx, path)) == NULL)
		return -1;
	if (check != NULL)
		result = report_check(ctx, r, path);
	else if (argc > 2)
		result = try_rules(ctx, r, argc - 2, argv + 2);
	else
		result = list_rules(ctx, r, path);
	reason_rules_free(r);
	return result;
}

static int
run_explain(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct reason_rules *r;
	int i, bad = 0;

	if (argc < 3)
		return cmd_usage(ctx, "bounce explain: which file?");
	r = rules(ctx, cmd_option(ctx, "rules"));
	if (r == NULL)
		return -1;
	for (i = 2; i < argc && !bad; i++)
		bad = explain(ctx, r, argv[i]) != 0;
	reason_rules_free(r);
	return bad ? -1 : 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	if (strcmp(argv[1], "rules") == 0)
		return run_rules(ctx, argc, argv);
	if (strcmp(argv[1], "explain") != 0)
		return cmd_usage(ctx, "bounce %s: not a thing to do; it is "
		    "\"bounce explain\" or \"bounce rules\"", argv[1]);
	if (cmd_option(ctx, "check") != NULL)
		return cmd_usage(ctx, "--check is for \"bounce rules\"");
	return run_explain(ctx, argc, argv);
}

static const struct cmd_option options[] = {
	{ "rules", 0, CMD_FILE, "FILE", "read the wording by these rules, "
	    "after testing them by their own examples" },
	{ "check", 0, CMD_FILE, "FILE", "with rules: does the file do what its "
	    "own examples say?" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_bounce = {
	.name = "bounce",
	.run = run,
	.needs = CMD_NONE,
	.min = 1, .max = -1,
	.args = "explain FILE... | rules [TEXT...]",
	.words = "explain rules",
	.summary = "what a returned mail says, and why we think so",
	.text =
	    "Reads each mail (\"-\": standard input) and says what it is, about whom,\n"
	    "with which status, for which reason, by which part of the mail and which\n"
	    "rule.  Nothing is recorded, no settings or database are needed.  With\n"
	    "--json one object a line; mail that is not understood is kind \"other\"\n"
	    "and no error.\n\n"
	    "rules lists the rules for the wording in the order they are tried, or\n"
	    "says which of them decides about each TEXT, a reply as a mail server\n"
	    "gives it.  A file of further rules stands in front of those built in\n"
	    "(setting rules of [bounces]); a rule of the same name takes its place.\n"
	    "Blocks of lines, parted by empty ones:\n\n"
	    "    rule our-gateway\n"
	    "    reason policyviolation\n"
	    "    pattern held by (the )?gateway\n"
	    "    hit 550 5.7.1 Message held by gateway\n"
	    "    miss 550 5.1.1 user unknown\n\n"
	    "Also: fault, status, reply, stage, kind; pattern is a regular expression\n"
	    "(PCRE2) without case, several are alternatives.  --check FILE tests such\n"
	    "a file by its examples and names the line of what is wrong.\n",
	.option = options,
	.examples =
	    "utvalg bounce explain returned.eml\n"
	    "utvalg bounce explain --json Maildir/new/*\n"
	    "utvalg bounce rules --check /etc/utvalg/bounce.rules\n"
	    "utvalg bounce rules '550 5.7.1 Message held by gateway'\n",
};
