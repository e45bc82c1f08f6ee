#include <string.h>

#include "cmd/help.h"
#include "cmd/ui.h"

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const struct cmd *c;
	const char *mdoc = cmd_option(ctx, "mdoc");
	const char *near, *known[64];
	size_t n = 0;

	if (cmd_option(ctx, "completion") != NULL) {
		help_completion();
		return 0;
	}
	if (mdoc != NULL)
		return help_mdoc(mdoc) == 0 ? 0 :
		    cmd_usage(ctx, "--mdoc: \"%.40s\" is not known", mdoc);
	if (argc < 2) {
		help_print(NULL);
		return 0;
	}
	if (strcmp(argv[1], "exits") == 0) {
		help_exits();
		return 0;
	}
	if ((c = cmd_find(argv[1])) != NULL) {
		help_print(c);
		return 0;
	}
	known[n++] = "exits";
	for (size_t i = 0; i < ncommands && n < 64; i++)
		known[n++] = commands[i]->name;
	near = cmd_nearest(argv[1], known, n, sizeof(known[0]));
	if (near != NULL)
		return cmd_usage(ctx, "no help on \"%.40s\"; did you mean %s?",
		    argv[1], near);
	return cmd_usage(ctx, "no help on \"%.40s\"", argv[1]);
}

static const struct cmd_option options[] = {
	{ "completion", 0, CMD_FLAG, NULL, "print the completion for bash" },
	{ "mdoc", 0, CMD_WORD, "commands|options|exits|conf|study|example",
	    "print a table for the manual pages" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_help = {
	.name = "help",
	.run = run,
	.needs = CMD_NONE,
	.min = 0, .max = 1,
	.args = "[COMMAND|exits]",
	.summary = "what there is, one command, or the exit statuses",
	.option = options,
	.examples = "utvalg help\nutvalg help draw\nutvalg help exits\n",
};
