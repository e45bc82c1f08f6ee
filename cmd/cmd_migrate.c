#include <inttypes.h>

#include "pipeline/store/store.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

/* The work is done by what makes a database ready for writing. */
static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	int64_t from = ctx->migrated != 0 ? ctx->migrated : STORE_SCHEMA;

	(void)argc;
	(void)argv;
	if (ctx->json)
		ui_printf("{\"from\": %" PRId64 ", \"schema\": %d, \"dry_run\": %s}\n", from,
		    STORE_SCHEMA, ctx->dry_run ? "true" : "false");
	else if (ctx->migrated == 0)
		ui_printf("the database is of this version already (schema %d)\n",
		    STORE_SCHEMA);
	else
		ui_printf("%s %" PRId64 " to %d\n", ctx->dry_run ?
		    "would take the database from schema" : "schema", from, STORE_SCHEMA);
	return 0;
}

const struct cmd cmd_migrate = {
	.name = "migrate",
	.run = run,
	.needs = CMD_SETTINGS | CMD_READ | CMD_WRITE,
	.min = 0, .max = 0,
	.args = "",
	.summary = "take the database of an older version forward",
	.text =
	    "Every command that writes does this by itself, so the night after an\n"
	    "upgrade does; until then those that only read say so and end with 78.\n"
	    "The database as it was is kept in the state folder, named by its schema\n"
	    "and the day: to go back to the older version, put it in the place of\n"
	    "utvalg.db.  It is yours to remove.  All or nothing: killed, or on a full\n"
	    "disk, the database stays as it is.\n",
	.examples = "utvalg migrate\n" "utvalg migrate --dry-run\n",
};
