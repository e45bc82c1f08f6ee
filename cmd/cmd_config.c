#include <string.h>

#include "pipeline/base/json.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

/* Read and checked they are already: that is the need CMD_SETTINGS. */
static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct buf b = BUF(1 << 20);
	struct json j;

	if (argc > 1 && strcmp(argv[1], "check") == 0) {
		if (ctx->json)
			ui_text("{\"settings\": \"ok\"}\n");
		else
			ui_text("the settings are well-formed\n");
		return 0;
	}
	if (ctx->json) {
		json_begin(&j, &b, 1);
		settings_show_json(&ctx->set, &j);
		buf_chr(&b, '\n');
	} else
		settings_show(&ctx->set, &b);
	ui_buf(&b);
	buf_free(&b);
	return 0;
}

const struct cmd cmd_config = {
	.name = "config",
	.run = run,
	.needs = CMD_SETTINGS,
	.min = 0, .max = 1,
	.args = "[show|check]",
	.words = "show check",
	.summary = "the settings in force and where each came from",
	.text =
	    "Settings are read from /etc/utvalg/utvalg.conf and\n"
	    "/etc/utvalg/utvalg.conf.d/*.conf, or from --config FILE alone.\n"
	    "Every fault is named with file and line; the exit status is then 78.\n",
	.examples =
	    "utvalg config\n"
	    "utvalg config check\n"
	    "utvalg --config ./utvalg.conf config show --json\n",
};
