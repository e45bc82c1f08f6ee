#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/json.h"
#include "pipeline/base/mem.h"
#include "pipeline/frame/domains.h"

#include "cmd/email_mx.h"
#include "cmd/ui.h"

enum { LINE_MAX_OCTETS = 2000, DOMAINS_MAX = 1000000 };

/* One that was asked about, in the order typed. */
struct typed {
	const char *name;
	int operand;		/* of the command, not read */
	size_t domain;		/* index */
};

struct list {
	struct arena *arena;
	struct typed *typed;
	size_t n, cap;
	struct domain *domain;	/* each once */
	size_t ndomain;
};

static int
add(struct cmd_ctx *ctx, struct list *l, const char *text, int operand)
{
	char name[MX_NAME];

	if (mx_name(text, name) != 0)
		return err_set(&ctx->err, EX_DATAERR, "not the name of a domain");
	if (l->n == DOMAINS_MAX)
		return err_set(&ctx->err, EX_DATAERR, "more than %d domains",
		    DOMAINS_MAX);
	if (l->n == l->cap) {
		l->cap = l->cap > 0 ? l->cap * 2 : 256;
		l->typed = mem_grow(l->typed, l->cap, sizeof(*l->typed));
	}
	l->typed[l->n++] = (struct typed){ arena_str(l->arena, name), operand, 0 };
	return 0;
}

/* A line each; empty ones are passed over. */
static int
add_input(struct cmd_ctx *ctx, struct list *l)
{
	char *line = NULL;
	size_t room = 0;
	long long number = 0;
	ssize_t len;
	int r = 0;

	while (r == 0 && (len = getline(&line, &room, stdin)) != -1) {
		number++;
		while (len > 0 && strchr("\r\n \t", line[len - 1]) != NULL)
			line[--len] = '\0';
		if (len > LINE_MAX_OCTETS || strlen(line) != (size_t)len)
			r = err_set(&ctx->err, EX_DATAERR, "not the name of a domain");
		else if (len > 0)
			r = add(ctx, l, line + strspn(line, " \t"), 0);
		if (r != 0)
			err_context(&ctx->err, "line %lld", number);
	}
	if (r == 0 && ferror(stdin))
		r = err_errno(&ctx->err, "standard input");
	free(line);
	return r;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp((*(struct typed *const *)a)->name,
	    (*(struct typed *const *)b)->name);
}

/* Each domain once, however often it was typed. */
static void
unite(struct list *l)
{
	struct typed **order = mem_array(l->n + 1, sizeof(struct typed *));

	for (size_t i = 0; i < l->n; i++)
		order[i] = &l->typed[i];
	if (l->n > 1)
		qsort(order, l->n, sizeof(*order), by_name);
	l->domain = arena_alloc(l->arena, (l->n + 1) * sizeof(*l->domain));
	for (size_t i = 0; i < l->n; i++) {
		if (i == 0 || strcmp(order[i]->name, order[i - 1]->name) != 0) {
			l->domain[l->ndomain].name = order[i]->name;
			l->domain[l->ndomain++].absent = DOMAIN_NEVER;
		}
		order[i]->domain = l->ndomain - 1;
	}
	free(order);
}

static void
print_json(const struct domain *d, struct buf *b)
{
	struct json j;
	char at[40];

	json_begin(&j, b, 0);
	json_object(&j);
	json_kstr(&j, "domain", d->name);
	json_kstr(&j, "verdict", mx_code(d->verdict));
	json_kbool(&j, "usable", !mx_dead(d->verdict));
	json_kstr(&j, "exchange", d->exchange);
	json_kstr(&j, "resolver", d->resolver);
	json_kstr(&j, "asked", moment_iso(d->asked, at));
	json_kbool(&j, "remembered", d->remembered);
	if (d->verdict == MX_NO_DOMAIN)
		json_kbool(&j, "seen_twice", d->twice);
	json_end(&j);
	buf_chr(b, '\n');
}

static void
print(struct cmd_ctx *ctx, const struct list *l)
{
	struct buf b = BUF(BUF_ANY);

	for (size_t i = 0; i < l->n; i++) {
		const struct domain *d = &l->domain[l->typed[i].domain];

		if (ctx->json)
			print_json(d, &b);
		else {
			buf_printf(&b, "%s: %s (%s)", d->name,
			    mx_text(d->verdict, ctx->world.lang), mx_code(d->verdict));
			if (d->verdict == MX_MX && d->exchange != NULL)
				buf_printf(&b, ": %s", d->exchange);
			buf_chr(&b, '\n');
		}
		ui_buf(&b);
		buf_clear(&b);
	}
	buf_free(&b);
}

/* The answers are out; what is the program's own answer? */
static int
conclude(struct cmd_ctx *ctx, const struct list *l)
{
	size_t unknown = 0;
	int dead = 0;

	for (size_t i = 0; i < l->ndomain; i++)
		unknown += l->domain[i].verdict == MX_UNKNOWN;
	for (size_t i = 0; i < l->n; i++)
		dead |= l->typed[i].operand &&
		    mx_dead(l->domain[l->typed[i].domain].verdict);
	if ((double)unknown > ctx->set.dns_max_unknown * (double)l->ndomain)
		return err_set(&ctx->err, EX_TEMPFAIL, "%zu of %zu domains are unknown: is "
		    "the name service there? try again later", unknown, l->ndomain);
	return dead;
}

static int
look_up(struct cmd_ctx *ctx, struct list *l, int store)
{
	const struct world *w = &ctx->world;

	unite(l);
	if (store && domains_recall(w, l->domain, l->ndomain, l->arena, &ctx->err) != 0)
		return -1;
	if (domains_ask(w, l->domain, l->ndomain, -1, l->arena, &ctx->err) != 0)
		return -1;
	if (store && domains_store(w, l->domain, l->ndomain, &ctx->err) != 0)
		return -1;
	print(ctx, l);
	return conclude(ctx, l);
}

int
email_mx(struct cmd_ctx *ctx, int argc, char *argv[])
{
	int store = cmd_option(ctx, "store") != NULL, r = 0;
	struct list l = { 0 };

	if (argc == 0)
		return cmd_usage(ctx, "a domain or - is wanted");
	if (cmd_ready(ctx, store ? CMD_SETTINGS | CMD_READ | CMD_WRITE :
	    CMD_SETTINGS) != 0)
		return -1;
	l.arena = arena_new();
	for (int i = 0; r == 0 && i < argc; i++) {
		r = strcmp(argv[i], "-") == 0 ? add_input(ctx, &l) :
		    add(ctx, &l, argv[i], 1);
		if (r != 0 && strcmp(argv[i], "-") != 0)
			err_context(&ctx->err, "domain %d", i + 1);
	}
	if (r == 0)
		r = look_up(ctx, &l, store);
	free(l.typed);
	arena_free(l.arena);
	return r;
}
