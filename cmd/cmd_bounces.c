#include <inttypes.h>
#include <string.h>

#include "config/value.h"
#include "pipeline/base/json.h"
#include "pipeline/contact/bounces.h"

#include "cmd/bounces_person.h"
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
	json_key(&j, "mailbox");
	json_object(&j);
	json_kint(&j, "mails", b->box_mails);
	json_kint(&j, "known", b->box_known);
	json_kint(&j, "fetched", b->box_fetched);
	json_kint(&j, "too_large", b->box_large);
	json_kint(&j, "gone", b->box_gone);
	json_kint(&j, "unread", b->box_unread);
	json_kint(&j, "settled", b->box_settled);
	json_end(&j);
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

	const struct ui_count box[] = { { "known", b->box_known },
		{ "fetched", b->box_fetched }, { "too large", b->box_large },
		{ "gone meanwhile", b->box_gone },
		{ "not reached", b->box_unread } };

	if (b->box_mails > 0 && ui_sum("in the mailbox", b->box_mails, box,
	    sizeof(box) / sizeof(box[0]), &ctx->err) != 0)
		return -1;
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
	int failed;

	if (argc > 1 && bounces_person_is(argv[1]))
		return bounces_person_run(ctx, argc, argv);
	if (cmd_ready(ctx, CMD_WRITE | CMD_KEYS) != 0)
		return -1;
	if (cmd_option(ctx, "replay") != NULL)
		return bounces_replay(ctx);
	ask.maildir = cmd_option(ctx, "maildir");
	ask.mbox = cmd_option(ctx, "mbox");
	ask.file = argv + 1;
	ask.nfile = (size_t)argc - 1;
	ask.url = cmd_option(ctx, "imap");
	if (ask.url == NULL)
		ask.url = cmd_option(ctx, "pop3");
	ask.spool = ask.maildir == NULL && ask.mbox == NULL && ask.nfile == 0 &&
	    ask.url == NULL;
	ask.mailbox = ask.url != NULL ||
	    (ask.spool && ctx->set.mailbox[0] != '\0');
	failed = bounces_read(&ctx->world, &ask, &b, &ctx->err) != 0;
	if (failed && b.box_mails == 0)
		return -1;
	/* what came before a server broke off is safe, and told */
	if (ctx->json)
		print_json(ctx, &b);
	else if (print_text(ctx, &b) != 0)
		return -1;
	if (failed)
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
	{ "imap", 0, CMD_WORD, "URL",
	    "fetch from this mailbox: imaps://[USER@]HOST/FOLDER" },
	{ "pop3", 0, CMD_WORD, "URL", "or this: pop3s://[USER@]HOST" },
	{ "replay", 0, CMD_FLAG, NULL,
	    "read what is kept again, with the rules of today, and show what changes" },
	{ "apply", 0, CMD_FLAG, NULL, "with --replay: write it" },
	{ "study", 0, CMD_WORD, "STUDY", "list, review: of this study" },
	{ "kind", 0, CMD_WORD,
	    "bounce|delayed|delivered|auto-reply|feedback|mdn|challenge|other|broken",
	    "list, review: of this kind" },
	{ "reason", 0, CMD_WORD, "WORD",
	    "list, review: for this reason; mark: it is this" },
	{ "unlocated", 0, CMD_FLAG, NULL, "list: bounces of nobody knows whom" },
	{ "unknown", 0, CMD_FLAG, NULL, "list: what no rule knows" },
	{ "disputed", 0, CMD_FLAG, NULL,
	    "list: dead addresses of who has answered or takes mail" },
	{ "held", 0, CMD_FLAG, NULL, "list: held since a mass failure" },
	{ "addresses", 0, CMD_FLAG, NULL, "list, show, review: whole addresses" },
	{ "recipient", 0, CMD_WORD, "WHO",
	    "mark: it is about this recipient (number or address)" },
	{ "hard", 0, CMD_FLAG, NULL, "mark: the address is dead" },
	{ "soft", 0, CMD_FLAG, NULL, "mark: it is not" },
	{ "not-bounce", 0, CMD_FLAG, NULL, "mark: it is no returned mail" },
	{ "reviewed", 0, CMD_FLAG, NULL, "mark: it is right as it is" },
	{ "line", 0, CMD_WORD, "N", "mark: of a report on several, the Nth only" },
	{ "why", 0, CMD_WORD, "TEXT", "mark, undo, release: why" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

/* Right scheme for the option, and no password where everybody can read it. */
static int
check(struct cmd_ctx *ctx, int argc, char *argv[])
{
	static const char *const name[] = { "imap", "pop3" };

	if (argc > 1 && bounces_person_is(argv[1]))
		return bounces_person_check(ctx, argc, argv);
	if (cmd_option(ctx, "replay") != NULL && argc > 1)
		return cmd_usage(ctx, "--replay reads what is kept, and no file");
	if (cmd_option(ctx, "apply") != NULL && cmd_option(ctx, "replay") == NULL)
		return cmd_usage(ctx, "--apply belongs to --replay");
	for (size_t i = 0; i < 2; i++) {
		const char *url = cmd_option(ctx, name[i]);
		const char *why = url != NULL ? value_mailbox(url) : NULL;

		if (why != NULL)
			return cmd_usage(ctx, "the URL of --%s %s", name[i], why);
		if (url != NULL && strncmp(url, name[i], 4) != 0)
			return cmd_usage(ctx, "the URL of --%s is of another protocol",
			    name[i]);
	}
	return 0;
}

const struct cmd cmd_bounces = {
	.name = "bounces",
	.check = check,
	.run = run,
	.needs = CMD_NONE,
	.min = 0, .max = -1,
	.args = "[FILE ... | list | review | show N | mark N | undo M | release STUDY]",
	.summary = "read returned mail: who it is about and what it says",
	.text =
	    "Reads STATE/spool, where utvalg-hook(8) puts returned mail, or what is\n"
	    "named instead.  The same mail twice changes nothing; what is not\n"
	    "understood is kept and counted.\n"
	    "\n"
	    "--imap and --pop3 fetch what is new in a mailbox on a server, through the\n"
	    "spool; with [bounces] mailbox set, that is done without them.  The password\n"
	    "is read from a file or a credential, never from the command line, and goes\n"
	    "over TLS only.  What was not understood stays there as it is; what happens\n"
	    "to the rest is for mailbox_after to say (utvalg.conf(5)).\n"
	    "\n"
	    "The first line adds up the mails by kind, the second the bounces by whose\n"
	    "they are.  \"Not located\" failed for good and show that they belong to a\n"
	    "study, but name nobody in it (Ikke lokalisert of its tables).  \"Of no\n"
	    "study\" show no such thing and count nowhere.\n"
	    "\n"
	    "list shows what there is, review what waits for a person: the unknown, the\n"
	    "unlocated and the disputed.  show N tells of one all that is known, mark N\n"
	    "says what it is, with a reason; that stands over every rule until undo M\n"
	    "takes mark M back.  --replay reads what is kept again with the rules of\n"
	    "today; what was said before is kept beside it.  After a mass failure (see\n"
	    "failure_ours in utvalg.conf(5)) new returns mark nobody until release.\n"
	    "\n"
	    "A complaint and a mail with the subject unsubscribe to a return address\n"
	    "stop all mail to its unit.  An answer in words is for a person to read:\n"
	    "it is not understood, and who says no there is written down by\n"
	    "utvalg answers.\n",
	.option = options,
	.examples =
	    "utvalg bounces\n"
	    "utvalg bounces --wait\n"
	    "utvalg bounces --imap imaps://retur@mail.example.no/INBOX\n"
	    "utvalg bounces --maildir ~/Maildir/.bounces\n"
	    "utvalg bounces returned/*.eml\n"
	    "utvalg bounces review --study mikrobedrifter\n"
	    "utvalg bounces mark 17 --recipient 4711 --why \"the address is in the text\"\n"
	    "utvalg bounces --replay --apply\n",
};
