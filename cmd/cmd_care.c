#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "pipeline/base/json.h"
#include "pipeline/store/care.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

static int
backup(struct cmd_ctx *ctx, int argc, char *argv[])
{
	(void)argc;
	if (ctx->dry_run) {
		ui_printf("would copy %s/utvalg.db and its keys to %s\n", ctx->set.state,
		    argv[1]);
		return 0;
	}
	if (care_backup(ctx->world.db, ctx->set.state, argv[1], &ctx->err) != 0)
		return -1;
	ui_printf("%s holds the database, the keys and SHA256SUMS\n", argv[1]);
	return 0;
}

const struct cmd cmd_backup = {
	.name = "backup",
	.run = backup,
	.needs = CMD_SETTINGS | CMD_READ,
	.min = 1, .max = 1,
	.args = "FOLDER",
	.summary = "copy the database and the keys, while others work",
	.text =
	    "The folder must be new or empty.  Without the keys draws cannot be\n"
	    "repeated and returned mail not be recognised, so they are in it: guard\n"
	    "it like the state.  Check it with sha256sum -c SHA256SUMS; to go back\n"
	    "to it, put utvalg.db and keys into an empty state folder.\n",
	.examples = "utvalg backup /srv/backup/utvalg-2026-11-25\n",
};

/* How many do not hold; a word for those that do not. */
static int
tell(struct cmd_ctx *ctx, struct json *j, const struct care_check *check, int n,
    const char *word)
{
	int broken = 0;

	for (int i = 0; i < n; i++) {
		broken += check[i].breaches != 0;
		json_object(j);
		json_kstr(j, "says", check[i].says);
		json_kint(j, "breaches", check[i].breaches);
		json_kbool(j, "warning", strcmp(word, "WARNING") == 0);
		json_end(j);
		if (ctx->json)
			continue;
		if (check[i].breaches == 0)
			ui_printf("ok      %s\n", check[i].says);
		else
			ui_printf("%-7s %s: %" PRId64 "\n", word, check[i].says,
			    check[i].breaches);
	}
	return broken;
}

static int
doctor(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct care_check check[CARE_CHECKS_MAX], watch[CARE_CHECKS_MAX];
	struct buf b = BUF(1 << 20);
	struct json j;
	int n, m, broken, warned;

	(void)argc;
	(void)argv;
	if ((n = care_doctor(ctx->world.db, check, &ctx->err)) < 0 ||
	    (m = care_watch(ctx->world.db, ctx->set.state, ctx->world.now, watch,
	    &ctx->err)) < 0)
		return -1;
	json_begin(&j, &b, 1);
	json_array(&j);
	broken = tell(ctx, &j, check, n, "BROKEN");
	warned = tell(ctx, &j, watch, m, "WARNING");
	json_end(&j);
	buf_chr(&b, '\n');
	if (ctx->json)
		ui_buf(&b);
	buf_free(&b);
	if (broken > 0)
		return err_set(&ctx->err, EX_DATAERR, "%d of %d things that must hold do "
		    "not", broken, n);
	return warned > 0;
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.run = doctor,
	.needs = CMD_SETTINGS | CMD_READ,
	.min = 0, .max = 0,
	.args = "",
	.summary = "is the state sound: what must hold, and does it",
	.text =
	    "Asks the database whether it is whole and whether all counts agree, and\n"
	    "changes nothing.  Ends with 65 where something does not hold, and with 1\n"
	    "where all holds but mail has waited in the spool for an hour, no step of\n"
	    "a night ended well for 30 hours, the last night was cut off, or the disk\n"
	    "has no room for another copy of the database.\n",
	.examples = "utvalg doctor\n" "utvalg doctor --json\n",
};
