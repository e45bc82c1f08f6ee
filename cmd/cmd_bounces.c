#include <inttypes.h>

#include "pipeline/base/json.h"
#include "pipeline/contact/bounces.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

static void
print_json(const struct cmd_ctx *ctx, const struct bounces_result *b)
{
	struct buf out = BUF(65536);
	struct json j;

	json_begin(&j, &out, 1);
	json_object(&j);
	json_kint(&j, "read", b->read);
	json_kint(&j, "again", b->again);
	json_kint(&j, "bounce", b->bounce);
	json_kint(&j, "delayed", b->delayed);
	json_kint(&j, "delivered", b->delivered);
	json_kint(&j, "auto_reply", b->auto_reply);
	json_kint(&j, "feedback", b->feedback);
	json_kint(&j, "mdn", b->mdn);
	json_kint(&j, "challenge", b->challenge);
	json_kint(&j, "other", b->other);
	json_kint(&j, "broken", b->broken);
	json_kint(&j, "located", b->located);
	json_kint(&j, "by_address", b->by_address);
	json_kint(&j, "not_located", b->not_located);
	json_kint(&j, "not_hard", b->not_hard);
	json_kint(&j, "ambiguous", b->ambiguous);
	json_kint(&j, "unassigned", b->unassigned);
	json_kint(&j, "bad_token", b->bad_token);
	json_kint(&j, "left", b->left);
	json_kbool(&j, "dry_run", ctx->dry_run);
	json_end(&j);
	buf_chr(&out, '\n');
	ui_buf(&out);
	buf_free(&out);
}

static int
print_text(struct cmd_ctx *ctx, const struct bounces_result *b)
{
	const struct ui_count mails[] = { { "seen before", b->again },
		{ "bounce", b->bounce }, { "delayed", b->delayed },
		{ "delivered", b->delivered }, { "auto-reply", b->auto_reply },
		{ "feedback", b->feedback }, { "mdn", b->mdn },
		{ "challenge", b->challenge }, { "other", b->other },
		{ "broken", b->broken } };
	const struct ui_count bounces[] = { { "recipient known", b->located },
		{ "known by address alone", b->by_address },
		{ "not located", b->not_located },
		{ "soft and nobody named", b->not_hard },
		{ "address of two units", b->ambiguous },
		{ "of no study", b->unassigned },
		{ "token forged or old", b->bad_token } };

	if (ui_sum("mails", b->read, mails, sizeof(mails) / sizeof(mails[0]),
	    &ctx->err) != 0)
		return -1;
	if (b->bounce == 0)
		return 0;
	return ui_sum("bounces", b->bounce, bounces,
	    sizeof(bounces) / sizeof(bounces[0]), &ctx->err);
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct bounces_ask ask = { 0 };
	struct bounces_result b = { 0 };

	ask.maildir = cmd_option(ctx, "maildir");
	ask.mbox = cmd_option(ctx, "mbox");
	ask.file = argv + 1;
	ask.nfile = (size_t)argc - 1;
	ask.spool = ask.maildir == NULL && ask.mbox == NULL && ask.nfile == 0;
	if (bounces_read(&ctx->world, &ask, &b, &ctx->err) != 0)
		return -1;
	if (ctx->json)
		print_json(ctx, &b);
	else if (print_text(ctx, &b) != 0)
		return -1;
	if (b.left > 0)
		return err_set(&ctx->err, EX_IOERR, "%" PRId64 " files could not be "
		    "read or moved and were left where they are", b.left);
	return 0;
}

static const struct cmd_option options[] = {
	{ "maildir", 0, CMD_FOLDER, "FOLDER",
	    "read this maildir in place, not the spool" },
	{ "mbox", 0, CMD_FILE, "FILE", "read this mbox in place, not the spool" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_bounces = {
	.name = "bounces",
	.run = run,
	.needs = CMD_WRITE | CMD_KEYS,
	.min = 0, .max = -1,
	.args = "[FILE ...]",
	.summary = "read returned mail: who it is about and what it says",
	.text =
	    "Reads STATE/spool, where utvalg-hook(8) puts returned mail, or what is\n"
	    "named instead.  The same mail twice changes nothing; what is not\n"
	    "understood is kept and counted.\n"
	    "\n"
	    "The first line adds up the mails by kind, the second the bounces by whose\n"
	    "they are.  \"Not located\" failed for good and show that they belong to a\n"
	    "study, but name nobody in it (Ikke lokalisert of its tables).  \"Of no\n"
	    "study\" show no such thing and count nowhere.\n"
	    "\n"
	    "A complaint and a mail with the subject unsubscribe to a return address\n"
	    "stop all mail to its unit.  An answer in words is for a person to read:\n"
	    "it is not understood, and who says no there is written down by\n"
	    "utvalg answers.\n",
	.option = options,
	.examples =
	    "utvalg bounces\n"
	    "utvalg bounces --wait\n"
	    "utvalg bounces --maildir ~/Maildir/.bounces\n"
	    "utvalg bounces returned/*.eml\n",
};
