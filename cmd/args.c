#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/base/num.h"

#include "cmd/args.h"

int
cmd_usage(struct cmd_ctx *ctx, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(&ctx->err, EX_USAGE, "%s (see: utvalg help%s%s)", text,
	    ctx->cmd != NULL ? " " : "", ctx->cmd != NULL ? ctx->cmd->name : "");
}

const char *
cmd_option(const struct cmd_ctx *ctx, const char *name)
{
	for (size_t i = ctx->ngiven; i-- > 0;)
		if (strcmp(ctx->given[2 * i], name) == 0)
			return ctx->given[2 * i + 1];
	return NULL;
}

int
cmd_option_int(struct cmd_ctx *ctx, const char *name, int64_t min, int64_t max,
    int64_t *ret)
{
	const char *value = cmd_option(ctx, name);

	if (value != NULL && num_int(value, min, max, ret) != 0)
		return cmd_usage(ctx, "--%s: a whole number from %lld to %lld is "
		    "wanted, not \"%.40s\"", name, (long long)min, (long long)max,
		    value);
	return 0;
}

static void
give(struct cmd_ctx *ctx, const char *name, const char *value)
{
	ctx->given = mem_grow(ctx->given, ctx->ngiven + 1,
	    2 * sizeof(*ctx->given));
	ctx->given[2 * ctx->ngiven] = name;
	ctx->given[2 * ctx->ngiven + 1] = value;
	ctx->ngiven++;
}

/* The general options are members of ctx; all others are kept by name. */
static int
take(struct cmd_ctx *ctx, const struct cmd_option *o, const char *value)
{
	if (strcmp(o->name, "config") == 0)
		ctx->config = value;
	else if (strcmp(o->name, "lang") == 0)
		ctx->lang = value;
	else if (strcmp(o->name, "quiet") == 0)
		ctx->quiet = 1;
	else if (strcmp(o->name, "verbose") == 0)
		ctx->verbose = 1;
	else if (strcmp(o->name, "json") == 0)
		ctx->json = 1;
	else if (strcmp(o->name, "dry-run") == 0)
		ctx->dry_run = 1;
	else if (strcmp(o->name, "help") == 0)
		ctx->help = 1;
	else if (strcmp(o->name, "version") == 0)
		ctx->version = 1;
	else if (strcmp(o->name, "no-wait") == 0)
		ctx->wait = 0;
	else if (strcmp(o->name, "wait") == 0) {
		ctx->wait = -1;
		if (*value != '\0' && (num_span(value, &ctx->wait) != 0 ||
		    ctx->wait > 604800))
			return cmd_usage(ctx, "--wait: seconds, or 15m, 2h are "
			    "wanted, not \"%.40s\"", value);
	} else
		give(ctx, o->name, value);
	return 0;
}

static int
one_of(const char *words, const char *value)
{
	size_t n = strlen(value);

	for (const char *p = words; *p != '\0';) {
		size_t len = strcspn(p, "|");

		if (len == n && memcmp(p, value, n) == 0)
			return 1;
		p += len + (p[len] == '|');
	}
	return 0;
}

static int
take_value(struct cmd_ctx *ctx, const struct cmd_option *o, const char *value)
{
	if (o->kind == CMD_WORD && strchr(o->arg, '|') != NULL &&
	    !one_of(o->arg, value))
		return cmd_usage(ctx, "--%s: one of %s is wanted, not \"%.40s\"",
		    o->name, o->arg, value);
	if (*value == '\0' && o->kind != CMD_FLAG && o->kind != CMD_OPTIONAL)
		return cmd_usage(ctx, "--%s: %s is empty", o->name, o->arg);
	return take(ctx, o, value);
}

static const struct cmd_option *
by_name(const struct cmd_ctx *ctx, const char *name, size_t len)
{
	const struct cmd_option *table[2] = { general,
	    ctx->cmd != NULL ? ctx->cmd->option : NULL };

	for (int t = 0; t < 2; t++)
		for (const struct cmd_option *o = table[t];
		    o != NULL && o->name != NULL; o++)
			if (strlen(o->name) == len && memcmp(o->name, name, len) == 0)
				return o;
	return NULL;
}

static const struct cmd_option *
by_letter(const struct cmd_ctx *ctx, char c)
{
	const struct cmd_option *table[2] = { general,
	    ctx->cmd != NULL ? ctx->cmd->option : NULL };

	for (int t = 0; t < 2; t++)
		for (const struct cmd_option *o = table[t];
		    o != NULL && o->name != NULL; o++)
			if (o->letter == c)
				return o;
	return NULL;
}

static int
unknown(struct cmd_ctx *ctx, const char *arg, size_t len)
{
	const char *name[64], *near;
	const struct cmd_option *table[2] = { general,
	    ctx->cmd != NULL ? ctx->cmd->option : NULL };
	char typed[64];
	size_t n = 0;

	for (int t = 0; t < 2; t++)
		for (const struct cmd_option *o = table[t];
		    o != NULL && o->name != NULL && n < 64; o++)
			name[n++] = o->name;
	snprintf(typed, sizeof(typed), "%.*s", (int)(len < 60 ? len : 60), arg);
	near = cmd_nearest(typed + strspn(typed, "-"), name, n, sizeof(name[0]));
	if (near != NULL)
		return cmd_usage(ctx, "unknown option \"%s\"; did you mean --%s?",
		    typed, near);
	return cmd_usage(ctx, "unknown option \"%s\"", typed);
}

/* --name, --name=value, --name value */
static int
long_option(struct cmd_ctx *ctx, int argc, char *argv[], int *i)
{
	const char *name = argv[*i] + 2;
	size_t len = strcspn(name, "=");
	const char *value = name[len] == '=' ? name + len + 1 : NULL;
	const struct cmd_option *o = by_name(ctx, name, len);

	if (o == NULL)
		return unknown(ctx, argv[*i], len + 2);
	if (o->kind == CMD_FLAG && value != NULL)
		return cmd_usage(ctx, "--%s takes no value", o->name);
	if (o->kind == CMD_FLAG || (o->kind == CMD_OPTIONAL && value == NULL))
		return take(ctx, o, "");
	if (value == NULL) {
		if (*i + 1 >= argc)
			return cmd_usage(ctx, "--%s wants %s", o->name, o->arg);
		value = argv[++*i];
	}
	return take_value(ctx, o, value);
}

/* -x, -xy, -xVALUE, -x VALUE */
static int
letters(struct cmd_ctx *ctx, int argc, char *argv[], int *i)
{
	for (const char *p = argv[*i] + 1; *p != '\0'; p++) {
		const struct cmd_option *o = by_letter(ctx, *p);

		if (o == NULL)
			return unknown(ctx, argv[*i], strlen(argv[*i]));
		if (o->kind == CMD_FLAG || o->kind == CMD_OPTIONAL) {
			if (take(ctx, o, "") != 0)
				return -1;
			continue;
		}
		if (p[1] != '\0')
			return take_value(ctx, o, p + 1);
		if (*i + 1 >= argc)
			return cmd_usage(ctx, "-%c wants %s", *p, o->arg);
		return take_value(ctx, o, argv[++*i]);
	}
	return 0;
}

static int
set_command(struct cmd_ctx *ctx, const char *name)
{
	const char *near, *known[64];
	size_t n = 0;

	if ((ctx->cmd = cmd_find(name)) != NULL)
		return 0;
	for (size_t i = 0; i < ncommands && n < 64; i++)
		if (!commands[i]->hidden)
			known[n++] = commands[i]->name;
	near = cmd_nearest(name, known, n, sizeof(known[0]));
	if (near != NULL)
		return cmd_usage(ctx, "unknown command \"%.40s\"; did you mean %s?",
		    name, near);
	return cmd_usage(ctx, "unknown command \"%.40s\"", name);
}

int
args_read(struct cmd_ctx *ctx, int argc, char *argv[], char **operand, int *n)
{
	int ended = 0;

	*n = 0;
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];

		if (!ended && strcmp(a, "--") == 0)
			ended = 1;
		else if (!ended && a[0] == '-' && a[1] == '-') {
			if (long_option(ctx, argc, argv, &i) != 0)
				return -1;
		} else if (!ended && a[0] == '-' && a[1] != '\0') {
			if (letters(ctx, argc, argv, &i) != 0)
				return -1;
		} else {
			if (ctx->cmd == NULL && set_command(ctx, a) != 0)
				return -1;
			operand[(*n)++] = argv[i];
		}
	}
	operand[*n] = NULL;
	return 0;
}

/* The first operand, where it must be one of few words. */
static int
check_word(struct cmd_ctx *ctx, const char *typed)
{
	const char *word[32], *near;
	char copy[256];
	size_t n = 0;

	if (ctx->cmd->words == NULL)
		return 0;
	snprintf(copy, sizeof(copy), "%s", ctx->cmd->words);
	for (char *p = copy; *p != '\0' && n < 32;) {
		char *end = p + strcspn(p, " ");
		int last = *end == '\0';

		*end = '\0';
		if (strcmp(p, typed) == 0)
			return 0;
		word[n++] = p;
		p = end + !last;
	}
	near = cmd_nearest(typed, word, n, sizeof(word[0]));
	if (near != NULL)
		return cmd_usage(ctx, "%s: \"%.40s\" is not known; did you mean %s?",
		    ctx->cmd->name, typed, near);
	return cmd_usage(ctx, "%s: \"%.40s\" is not known; one of: %s",
	    ctx->cmd->name, typed, ctx->cmd->words);
}

int
args_count(struct cmd_ctx *ctx, int n, char *operand[])
{
	const struct cmd *c = ctx->cmd;

	if (n > 1 && check_word(ctx, operand[1]) != 0)
		return -1;
	if (n - 1 < c->min)
		return cmd_usage(ctx, "%s wants %s", c->name, c->args);
	if (c->max >= 0 && n - 1 > c->max)
		return cmd_usage(ctx, "%s: one operand too many, \"%.60s\"", c->name,
		    operand[c->max + 1]);
	return 0;
}
