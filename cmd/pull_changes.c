#include <inttypes.h>

#include "pipeline/base/json.h"
#include "pipeline/register/changes.h"
#include "pipeline/register/strip.h"

#include "cmd/pull_changes.h"
#include "cmd/ui.h"

enum { PARTS = 11 };

static void
parts(const struct changes_result *c, struct ui_count out[static PARTS])
{
	const struct ui_count p[PARTS] = {
		{ "added", c->added }, { "changed", c->changed },
		{ "deleted", c->deleted }, { "removed", c->removed },
		{ "same", c->same }, { "folded", c->folded }, { "idle", c->idle },
		{ "absent", c->absent }, { "erased", c->barred },
		{ "waiting", c->waiting }, { "without_number", c->nameless },
	};

	for (size_t i = 0; i < PARTS; i++)
		out[i] = p[i];
}

static void
print_json(struct cmd_ctx *ctx, enum unit_kind kind,
    const struct changes_result *c)
{
	struct ui_count p[PARTS];
	struct buf b = BUF(1 << 16);
	struct json j;

	parts(c, p);
	json_begin(&j, &b, 1);
	json_object(&j);
	json_kstr(&j, "kind", unit_kind_name(kind));
	json_kint(&j, "from", c->from);
	json_kint(&j, "next", c->next);
	json_kint(&j, "events", c->events);
	for (size_t i = 0; i < PARTS; i++)
		json_kint(&j, p[i].name, p[i].n);
	json_kint(&j, "known", c->known);
	json_kint(&j, "settled", c->settled);
	json_kint(&j, "given_up", c->given_up);
	json_kint(&j, "waits", c->waits);
	json_kint(&j, "left", c->left);
	json_kint(&j, "unknown_kinds", c->unknown_kinds);
	json_kstr(&j, "kinds", c->kinds);
	json_kbool(&j, "dry_run", ctx->dry_run);
	json_end(&j);
	buf_chr(&b, '\n');
	ui_buf(&b);
	buf_free(&b);
}

static int
print_text(struct cmd_ctx *ctx, enum unit_kind kind,
    const struct changes_result *c)
{
	struct ui_count p[PARTS];

	parts(c, p);
	ui_printf("%schanges of %s, from id %" PRId64 " to %" PRId64 "\n",
	    ctx->dry_run ? "would act on: " : "", unit_kind_name(kind), c->from,
	    c->next - 1);
	if (ui_sum("events", c->events, p, PARTS, &ctx->err) != 0)
		return -1;
	if (c->settled > 0 || c->given_up > 0)
		ui_printf("of those that waited: %" PRId64 " acted on, %" PRId64
		    " given up until the next file\n", c->settled, c->given_up);
	return 0;
}

/* What a person should know of, whatever the form of the answer. */
static void
warn(struct cmd_ctx *ctx, const struct changes_result *c)
{
	const struct talk *t = ctx->world.talk;

	if (c->waits > 0)
		talk_line(t, "%" PRId64 " events wait: their units could not be looked"
		    " up, and are tried again", c->waits);
	if (c->unknown_kinds > 0)
		talk_line(t, "%" PRId64 " events of a kind this version does not know: %s",
		    c->unknown_kinds, c->kinds);
	if (c->nameless > 0)
		talk_line(t, "%" PRId64 " events without a right organisation number",
		    c->nameless);
	if (c->left > 0)
		talk_line(t, "%" PRId64 " events are left for the next run"
		    " (register.changes_max)", c->left);
}

int
pull_changes(struct cmd_ctx *ctx, enum unit_kind kind)
{
	struct changes_source src = { 0 };
	struct changes_result c = { 0 };
	int64_t files;
	int r;

	if (cmd_ready(ctx, CMD_KEYS) != 0)
		return -1;
	r = changes_http(&ctx->world, &src, &ctx->err) != 0 ||
	    changes_run(&ctx->world, kind, &src, &c, &ctx->err) != 0 ||
	    strip_extracts(&ctx->world, &files, &ctx->err) != 0 ? -1 : 0;
	changes_http_free(&src);
	if (r != 0) {
		err_context(&ctx->err, "pull --changes");
		return -1;
	}
	warn(ctx, &c);
	if (!ctx->json)
		return print_text(ctx, kind, &c);
	print_json(ctx, kind, &c);
	return 0;
}
