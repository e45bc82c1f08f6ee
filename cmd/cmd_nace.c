#include <stdlib.h>
#include <string.h>

#include "nace/nace.h"
#include "pipeline/base/json.h"
#include "pipeline/base/mem.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

/* The standard an option names; else ${ret} is left as it is. */
static int
standard(struct cmd_ctx *ctx, const char *option, enum nace_std *ret)
{
	const char *s = cmd_option(ctx, option);

	if (s != NULL && nace_std_parse(s, ret) != 0)
		return cmd_usage(ctx, "--%s: SN2007 or SN2025 is wanted, not "
		    "\"%.40s\"", option, s);
	return 0;
}

static void
json_item(struct json *j, const struct nace_item *it)
{
	json_kstr(j, "code", it->code);
	json_kstr(j, "standard", nace_std_text(it->std));
	json_kint(j, "level", it->level);
	json_kstr(j, "name", it->name);
}

static enum nace_std
other(enum nace_std std)
{
	return std == NACE_SN2007 ? NACE_SN2025 : NACE_SN2007;
}

/* The same digits in the other standard, where they stand for something else:
 * NULL if they do not. */
static const struct nace_item *
reused(const struct nace *nace, const struct nace_item *it)
{
	const struct nace_item *there = nace_item(nace, other(it->std), it->code);
	const struct nace_link *l;
	size_t n;

	if (it->level < 5 || there == NULL)
		return NULL;
	l = nace_links(nace, it, &n);
	for (size_t i = 0; i < n; i++)
		if ((it->std == NACE_SN2007 ? l[i].new : l[i].old) == there)
			return NULL;
	return there;
}

/* What a five-digit code is in the other standard, and which way it went. */
static void
show_links(const struct nace *nace, const struct nace_item *it, enum lang lang)
{
	const struct nace_item *there = reused(nace, it);
	const struct nace_link *l;
	size_t n;

	if (it->level < 5)
		return;
	l = nace_links(nace, it, &n);
	for (size_t i = 0; i < n; i++) {
		const struct nace_item *end = it->std == NACE_SN2007 ? l[i].new :
		    l[i].old;

		ui_printf("  %s %s %-7s %s (%s)\n", it->std == NACE_SN2007 ? "->" :
		    "<-", nace_std_text(end->std), end->code, end->name, l[i].kind);
	}
	if (n == 0)
		ui_printf("  %s %s\n", lang == LANG_EN ? "new, nothing before it in" :
		    "ny, ingenting før den i", nace_std_text(other(it->std)));
	if (there != NULL)
		ui_printf("  ! %s %s %s: %s\n", nace_std_text(there->std), there->code,
		    lang == LANG_EN ? "is something else" : "er noe annet",
		    there->name);
}

static void
json_links(const struct nace *nace, struct json *j, const struct nace_item *it)
{
	const struct nace_item *there = reused(nace, it);
	const struct nace_link *l;
	size_t n = 0;

	l = it->level < 5 ? NULL : nace_links(nace, it, &n);
	json_key(j, "links");
	json_array(j);
	for (size_t i = 0; i < n; i++) {
		json_object(j);
		json_item(j, it->std == NACE_SN2007 ? l[i].new : l[i].old);
		json_kstr(j, "kind", l[i].kind);
		json_end(j);
	}
	json_end(j);
	json_kstr(j, "means_elsewhere", there != NULL ? there->name : NULL);
}

static void
show_text(const struct nace *nace, const struct nace_written *w, enum lang lang)
{
	const struct nace_item *up[NACE_LEVELS], *it = w->item;
	int n = 0;

	for (const struct nace_item *p = it->parent; p != NULL && n < NACE_LEVELS;
	    p = p->parent)
		up[n++] = p;
	while (n-- > 0)
		ui_printf("  %-7s %s\n", up[n]->code, up[n]->name);
	ui_printf("%s %-7s %s\n", nace_std_text(it->std), it->code, it->name);
	if (w->as_group)
		ui_printf("  %s is no code: read as its class\n", w->text);
	for (size_t i = 0; it->level < 5 && i < it->nleaf; i++)
		ui_printf("    %-7s %s\n", it->leaf[i]->code, it->leaf[i]->name);
	show_links(nace, it, lang);
}

static void
show_json(const struct nace *nace, struct json *j, const struct nace_written *w)
{
	json_object(j);
	json_kstr(j, "written", w->text);
	json_item(j, w->item);
	json_kbool(j, "as_group", w->as_group);
	json_key(j, "above");
	json_array(j);
	for (const struct nace_item *p = w->item->parent; p != NULL; p = p->parent) {
		json_object(j);
		json_item(j, p);
		json_end(j);
	}
	json_end(j);
	json_key(j, "beneath");
	json_array(j);
	for (size_t i = 0; w->item->level < 5 && i < w->item->nleaf; i++)
		json_str(j, w->item->leaf[i]->code);
	json_end(j);
	json_links(nace, j, w->item);
	json_end(j);
}

static void
translate_text(const struct nace_plan *p, const struct nace_written *w, size_t n,
    enum lang lang)
{
	for (size_t i = 0; i < n; i++) {
		const struct nace_step *s = &p->step[i];

		ui_printf("%s %-7s %s: %s\n", nace_std_text(w[i].item->std),
		    w[i].text, w[i].item->name, nace_fate_text(s->fate, lang));
		for (size_t k = 0; k < s->ntarget; k++) {
			const struct nace_target *t = &p->target[s->target[k]];

			ui_printf("  -> %s %-7s %s", nace_std_text(p->to),
			    t->item->code, t->item->name);
			if (t->nother > 0) {
				ui_text(lang == LANG_EN ? " (also from" : " (også fra");
				for (size_t o = 0; o < t->nother; o++)
					ui_printf(" %s", t->other[o]->code);
				ui_text(")");
			}
			ui_text("\n");
		}
	}
}

static void
translate_json(struct json *j, const struct nace_plan *p,
    const struct nace_written *w, size_t n, enum lang lang)
{
	static const char *const fate[NACE_FATES] = { "same", "scope_changed",
		"one_to_one", "split", "merged", "not_a_code", "nowhere" };

	for (size_t i = 0; i < n; i++) {
		const struct nace_step *s = &p->step[i];

		json_object(j);
		json_kstr(j, "written", w[i].text);
		json_item(j, w[i].item);
		json_kstr(j, "fate", fate[s->fate]);
		json_kstr(j, "means", nace_fate_text(s->fate, lang));
		json_key(j, "targets");
		json_array(j);
		for (size_t k = 0; k < s->ntarget; k++) {
			const struct nace_target *t = &p->target[s->target[k]];

			json_object(j);
			json_item(j, t->item);
			json_kbool(j, "over_covers", t->nother > 0);
			json_key(j, "also_from");
			json_array(j);
			for (size_t o = 0; o < t->nother; o++)
				json_str(j, t->other[o]->code);
			json_end(j);
			json_end(j);
		}
		json_end(j);
		json_end(j);
	}
}

static int
search(struct cmd_ctx *ctx, int argc, char *argv[], enum nace_std std,
    struct json *j)
{
	enum { MOST = 200 };
	const struct nace_item *found[MOST];
	struct buf words = BUF(4096);
	size_t n, there = 0;

	for (int i = 2; i < argc; i++)
		buf_printf(&words, "%s%s", i > 2 ? " " : "", argv[i]);
	n = nace_search(ctx->world.nace, std, buf_text(&words), found, MOST);
	if (n == 0)
		there = nace_search(ctx->world.nace, other(std), buf_text(&words), NULL, 0);
	buf_free(&words);
	for (size_t i = 0; i < n && i < MOST; i++) {
		if (ctx->json) {
			json_object(j);
			json_item(j, found[i]);
			json_end(j);
		} else
			ui_printf("%s %-7s %s\n", nace_std_text(std), found[i]->code,
			    found[i]->name);
	}
	if (n > MOST)
		ui_line("nace: %zu more, not shown: use more words", n - MOST);
	if (n == 0 && there == 0)
		ui_line("nace: nothing in %s has these words, nor in %s",
		    nace_std_text(std), nace_std_text(other(std)));
	else if (n == 0)
		ui_line("nace: nothing in %s has these words; %zu in %s: --standard %s",
		    nace_std_text(std), there, nace_std_text(other(std)),
		    nace_std_text(other(std)));
	return n == 0 ? 1 : 0;
}

/* show and translate: all codes are read before anything is said. */
static int
codes(struct cmd_ctx *ctx, int argc, char *argv[], int translate,
    enum nace_std from, enum nace_std to, struct json *j)
{
	size_t n = (size_t)argc - 2;
	struct nace_written *w = mem_array(n, sizeof(*w));
	struct nace_plan *p;
	int r = -1;

	for (size_t i = 0; i < n; i++)
		if (nace_parse(ctx->world.nace, from, argv[i + 2], &w[i],
		    &ctx->err) != 0)
			goto out;
	if (translate) {
		p = nace_plan(ctx->world.nace, to, w, n);
		if (ctx->json)
			translate_json(j, p, w, n, ctx->world.lang);
		else
			translate_text(p, w, n, ctx->world.lang);
		nace_plan_free(p);
	} else
		for (size_t i = 0; i < n; i++) {
			if (ctx->json)
				show_json(ctx->world.nace, j, &w[i]);
			else
				show_text(ctx->world.nace, &w[i], ctx->world.lang);
		}
	r = 0;
out:
	free(w);
	return r;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	int translate = strcmp(argv[1], "translate") == 0;
	int searching = strcmp(argv[1], "search") == 0;
	enum nace_std from = translate ? NACE_SN2007 : NACE_SN2025;
	enum nace_std to = NACE_SN2025;
	struct buf b = BUF(64 << 20);
	struct json j;
	int r;

	if (standard(ctx, "standard", &from) != 0 || standard(ctx, "to", &to) != 0)
		return -1;
	if (!translate && cmd_option(ctx, "to") != NULL)
		return cmd_usage(ctx, "--to goes with translate");
	if (translate && cmd_option(ctx, "to") == NULL)
		to = other(from);
	else if (translate && cmd_option(ctx, "standard") == NULL)
		from = other(to);
	json_begin(&j, &b, 1);
	json_array(&j);
	r = searching ? search(ctx, argc, argv, from, &j) :
	    codes(ctx, argc, argv, translate, from, to, &j);
	json_end(&j);
	buf_chr(&b, '\n');
	if (r >= 0 && ctx->json)
		ui_buf(&b);
	buf_free(&b);
	return r;
}

static const struct cmd_option options[] = {
	{ "standard", 0, CMD_WORD, "STANDARD",
	    "that the codes are written in: SN2007 or SN2025" },
	{ "to", 0, CMD_WORD, "STANDARD", "translate: into this standard" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_nace = {
	.name = "nace",
	.run = run,
	.needs = CMD_NACE,
	.min = 2, .max = -1,
	.args = "show|translate|search CODE ...",
	.words = "show translate search",
	.summary = "industry codes: what they mean, what became of them",
	.text =
	    "show and search read SN2025, the register's standard since September\n"
	    "2025, unless --standard says otherwise; translate reads SN2007, or what\n"
	    "--to is not.  show tells what a code is in the other standard, and where\n"
	    "the same digits are something else there (!).  Needs no settings and no\n"
	    "register.  search ends with 1 where nothing fits.\n",
	.option = options,
	.examples =
	    "utvalg nace show 90.201\n"
	    "utvalg nace show --standard SN2007 90030\n"
	    "utvalg nace translate 47630 79902\n"
	    "utvalg nace search film\n",
};
