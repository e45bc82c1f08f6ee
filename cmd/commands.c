#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"

const struct cmd *const commands[] = {
	&cmd_status,
	&cmd_study,
	&cmd_plan,
	&cmd_pull,
	&cmd_extract,
	&cmd_unit,
	&cmd_erase,
	&cmd_suppress,
	&cmd_audit,
	&cmd_list,
	&cmd_frame,
	&cmd_draw,
	&cmd_verify,
	&cmd_sample,
	&cmd_size,
	&cmd_weights,
	&cmd_mail,
	&cmd_bounces,
	&cmd_answers,
	&cmd_optout,
	&cmd_table,
	&cmd_report,
	&cmd_package,
	&cmd_night,
	&cmd_request,
	&cmd_requests,
	&cmd_key,
	&cmd_config,
	&cmd_doctor,
	&cmd_backup,
	&cmd_migrate,
	&cmd_nace,
	&cmd_region,
	&cmd_klass,
	&cmd_email,
	&cmd_bounce,
	&cmd_rates,
	&cmd_help,
};

const size_t ncommands = sizeof(commands) / sizeof(commands[0]);

const struct cmd_option general[] = {
	{ "config", 0, CMD_FILE, "FILE",
	    "settings from this file alone, not from /etc/utvalg" },
	{ "lang", 0, CMD_WORD, "nb|en", "language of tables, plans and reports" },
	{ "quiet", 'q', CMD_FLAG, NULL, "errors only, no talk" },
	{ "verbose", 'v', CMD_FLAG, NULL, "more talk" },
	{ "json", 0, CMD_FLAG, NULL, "data as JSON" },
	{ "dry-run", 0, CMD_FLAG, NULL,
	    "do all of it on a copy, change nothing" },
	{ "wait", 0, CMD_OPTIONAL, "SECONDS",
	    "wait for the lock, for ever or so long" },
	{ "no-wait", 0, CMD_FLAG, NULL,
	    "end with 75 where another run holds the lock (default)" },
	{ "help", 'h', CMD_FLAG, NULL, "help, for a command after its name" },
	{ "version", 0, CMD_FLAG, NULL, "which version this is" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd *
cmd_find(const char *name)
{
	for (size_t i = 0; i < ncommands; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

/* Edits between two short words: insert, delete, change, swap neighbours. */
static size_t
distance(const char *a, const char *b)
{
	enum { MAX = 24 };
	size_t d[MAX + 1][MAX + 1];
	size_t n = strlen(a), m = strlen(b);

	if (n > MAX || m > MAX)
		return MAX;
	for (size_t i = 0; i <= n; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= n; i++)
		for (size_t j = 1; j <= m; j++) {
			size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	return d[n][m];
}

const char *
cmd_nearest(const char *typed, const void *names, size_t n, size_t stride)
{
	const char *best = NULL;
	size_t least = strlen(typed) < 4 ? 2 : 3;	/* must be under this */

	for (size_t i = 0; i < n; i++) {
		const char *name;
		size_t d;

		memcpy(&name, (const char *)names + i * stride, sizeof(name));
		d = distance(typed, name);
		/* what is begun rightly is meant, however much is missing */
		if (strlen(typed) >= 3 && strncmp(typed, name, strlen(typed)) == 0 &&
		    d > 1)
			d = 1;
		if (d < least && d < strlen(name)) {
			least = d;
			best = name;
		}
	}
	return best;
}
