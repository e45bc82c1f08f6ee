#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/args.h"
#include "cmd/exits.h"

enum { MAX = 12 };

/* One line as typed, with what comes of it. */
struct line {
	const char *says;
	const char *typed[MAX];
	int status;			/* 0, or EX_USAGE */
	const char *want;		/* in the error */
};

static const struct line lines[] = {
	{ "an option may stand before the command", { "--json", "status" }, 0, "" },
	{ "and after it", { "status", "--json" }, 0, "" },
	{ "a command's own option only after it", { "--wave", "invite", "mail", "x" },
	    EX_USAGE, "unknown option" },
	{ "a value behind =", { "pull", "--from=x" }, 0, "" },
	{ "a value that looks like an option", { "pull", "--from", "--x" }, 0, "" },
	{ "no value", { "pull", "--from" }, EX_USAGE, "--from wants FILE|URL" },
	{ "an empty value", { "pull", "--from=" }, EX_USAGE, "is empty" },
	{ "a flag with a value", { "status", "--json=1" }, EX_USAGE, "takes no" },
	{ "one of few words", { "pull", "--kind", "enheter" }, EX_USAGE,
	    "one of enhet|underenhet" },
	{ "a part of a word is none", { "pull", "--kind", "enhe" }, EX_USAGE,
	    "one of" },
	{ "nothing is no word", { "--lang", "|", "help" }, EX_USAGE, "one of nb|en" },
	{ "letters together", { "-qv", "status" }, 0, "" },
	{ "an unknown letter", { "status", "-z" }, EX_USAGE, "unknown option \"-z\"" },
	{ "a near name", { "status", "--dryrun" }, EX_USAGE, "--dry-run?" },
	{ "a far name", { "status", "--colour" }, EX_USAGE, "\"--colour\" (see" },
	{ "a near command", { "bonces" }, EX_USAGE, "mean bounces?" },
	{ "two letters changed about", { "darw", "x" }, EX_USAGE, "mean draw?" },
	{ "the beginning of a command", { "ans" }, EX_USAGE, "mean answers?" },
	{ "a far command", { "xyzzy" }, EX_USAGE, "\"xyzzy\" (see" },
	{ "behind -- nothing is an option", { "plan", "--", "--json" }, 0, "" },
	{ "a single - is an operand", { "plan", "-" }, 0, "" },
	{ "too few operands", { "plan" }, EX_USAGE, "plan wants STUDY" },
	{ "too many", { "plan", "a", "b" }, EX_USAGE, "one operand too many, \"b\"" },
	{ "as many as one likes", { "bounces", "a", "b", "c" }, 0, "" },
	{ "a first word", { "nace", "tell", "90" }, EX_USAGE, "one of: show" },
	{ "a near first word", { "nace", "serach", "90" }, EX_USAGE, "mean search?" },
	{ "seconds to wait", { "night", "--wait=30" }, 0, "" },
	{ "minutes to wait", { "night", "--wait=30m" }, 0, "" },
	{ "for ever", { "night", "--wait" }, 0, "" },
	{ "no time at all", { "night", "--wait=x" }, EX_USAGE, "--wait" },
	{ "too long", { "night", "--wait=99999d" }, EX_USAGE, "--wait" },
};

static int
count(const char *const *typed)
{
	int n = 0;

	while (n < MAX && typed[n] != NULL)
		n++;
	return n;
}

/* argv as main() has it; free what comes back with drop(). */
static char **
words(const char *const *typed, int *argc)
{
	int n = count(typed);
	char **argv = calloc((size_t)n + 2, sizeof(*argv));

	assert_non_null(argv);
	argv[0] = strdup("utvalg");
	for (int i = 0; i < n; i++)
		argv[i + 1] = strdup(typed[i]);
	*argc = n + 1;
	return argv;
}

static void
drop(struct cmd_ctx *ctx, char **argv)
{
	for (int i = 0; argv[i] != NULL; i++)
		free(argv[i]);
	free(argv);
	free(ctx->given);
}

static int
read_line(struct cmd_ctx *ctx, char **argv, int argc, char **operand, int *n)
{
	memset(ctx, 0, sizeof(*ctx));
	if (args_read(ctx, argc, argv, operand, n) != 0)
		return -1;
	return args_count(ctx, *n, operand);
}

static void
every_line_is_read_or_refused_with_a_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct cmd_ctx ctx;
		char *operand[MAX + 2];
		int argc, n;
		char **argv = words(lines[i].typed, &argc);
		int r = read_line(&ctx, argv, argc, operand, &n);

		if (r != (lines[i].status == 0 ? 0 : -1) ||
		    ctx.err.status != lines[i].status ||
		    strstr(ctx.err.text, lines[i].want) == NULL)
			fail_msg("%s: got %d, \"%s\"; want %d, \"%s\"", lines[i].says,
			    ctx.err.status, ctx.err.text, lines[i].status,
			    lines[i].want);
		drop(&ctx, argv);
	}
}

static void
what_was_given_is_what_the_command_sees(void **state)
{
	static const char *const typed[] = { "-v", "mail", "--out=csv:a", "film",
		"--wave", "invite", "--out", "csv:b", "--wait=2m", "--json", NULL };
	struct cmd_ctx ctx;
	char *operand[MAX + 2];
	int64_t preview = 7;
	int argc, n;
	char **argv = words(typed, &argc);

	(void)state;
	assert_int_equal(read_line(&ctx, argv, argc, operand, &n), 0);
	assert_int_equal(n, 2);
	assert_string_equal(operand[0], "mail");
	assert_string_equal(operand[1], "film");
	assert_null(operand[2]);
	assert_int_equal(ctx.verbose, 1);
	assert_int_equal(ctx.json, 1);
	assert_int_equal(ctx.dry_run, 0);
	assert_int_equal(ctx.wait, 120);
	assert_string_equal(cmd_option(&ctx, "wave"), "invite");
	assert_string_equal(cmd_option(&ctx, "out"), "csv:b");
	assert_null(cmd_option(&ctx, "preview"));
	assert_int_equal(cmd_option_int(&ctx, "preview", 1, 9, &preview), 0);
	assert_int_equal(preview, 7);
	drop(&ctx, argv);
}

static void
every_command_has_what_help_is_made_of(void **state)
{
	(void)state;
	for (size_t i = 0; i < ncommands; i++) {
		const struct cmd *c = commands[i];

		assert_non_null(c->run);
		assert_non_null(c->summary);
		assert_non_null(c->args);
		assert_ptr_equal(cmd_find(c->name), c);
		if (c->examples == NULL || strncmp(c->examples, "utvalg ", 7) != 0)
			fail_msg("%s has no example", c->name);
		if (c->examples[strlen(c->examples) - 1] != '\n')
			fail_msg("%s: an example without an end", c->name);
		for (const struct cmd_option *o = c->option;
		    o != NULL && o->name != NULL; o++)
			for (const struct cmd_option *g = general; g->name != NULL; g++)
				if (strcmp(o->name, g->name) == 0 || (o->letter != 0 &&
				    o->letter == g->letter))
					fail_msg("%s --%s hides a general option",
					    c->name, o->name);
	}
	assert_null(cmd_find(""));
	assert_null(cmd_find("stat"));
}

static void
statuses_stand_once_and_in_order(void **state)
{
	(void)state;
	for (size_t i = 1; i < nexits; i++)
		assert_true(exits[i - 1].status < exits[i].status);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_is_read_or_refused_with_a_reason),
		cmocka_unit_test(what_was_given_is_what_the_command_sees),
		cmocka_unit_test(every_command_has_what_help_is_made_of),
		cmocka_unit_test(statuses_stand_once_and_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
