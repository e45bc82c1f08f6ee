#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/json.h"
#include "pipeline/base/talk.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

/* Numbers and days: never a key. */
static void
one_text(const struct cmd_ctx *ctx, int number, struct buf *b)
{
	const struct keys *k = &ctx->keys;
	int32_t until = keys_needed_until(k, number, ctx->set.token_days);
	char day[11];

	buf_printf(b, "%c  number %2d  made %s  ", 'a' + number, number,
	    k->bounce_made[number] == DATE_NONE ? "unknown   " :
	    date_iso(k->bounce_made[number], day));
	if (number == k->bounce_now)
		buf_str(b, "signs\n");
	else if (until == DATE_NONE)
		buf_str(b, "accepted\n");
	else
		buf_printf(b, "accepted until %s\n", date_iso(until - 1, day));
}

static void
one_json(const struct cmd_ctx *ctx, int number, struct json *j)
{
	const struct keys *k = &ctx->keys;
	int32_t until = keys_needed_until(k, number, ctx->set.token_days);
	char letter[2] = { (char)('a' + number), '\0' }, day[11];

	json_object(j);
	json_kstr(j, "key", letter);
	json_kint(j, "number", number);
	json_kstr(j, "made", k->bounce_made[number] == DATE_NONE ? NULL :
	    date_iso(k->bounce_made[number], day));
	json_kbool(j, "signs", number == k->bounce_now);
	json_kstr(j, "until", until == DATE_NONE ? NULL : date_iso(until - 1, day));
	json_end(j);
}

static int
list(struct cmd_ctx *ctx)
{
	const struct keys *k = &ctx->keys;
	struct buf b = BUF(65536);
	struct json j;

	json_begin(&j, &b, 1);
	if (ctx->json) {
		json_object(&j);
		json_kstr(&j, "from", keys_bounce_is_credential(ctx->set.state) ?
		    "credential" : "state");
		json_key(&j, "keys");
		json_array(&j);
	}
	for (int i = 0; i < k->nbounce; i++)
		if (ctx->json)
			one_json(ctx, k->bounce_order[i], &j);
		else
			one_text(ctx, k->bounce_order[i], &b);
	if (ctx->json) {
		json_end(&j);
		json_end(&j);
		buf_chr(&b, '\n');
	}
	ui_buf(&b);
	buf_free(&b);
	return 0;
}

/* Was the newest key made today by a run that died before it said so? */
static int
unlogged(struct cmd_ctx *ctx, int32_t today)
{
	const struct keys *k = &ctx->keys;
	sqlite3_stmt *s;
	char like[40];
	int r;

	if (k->nbounce < 2 || k->bounce_made[k->bounce_now] != today)
		return 0;
	snprintf(like, sizeof(like), "bounce key %c %%", 'a' + k->bounce_now);
	if (db_prepare(ctx->world.db, "SELECT 1 FROM event WHERE what = 'key' AND"
	    " at >= ?1 AND detail LIKE ?2", &s, &ctx->err) != 0)
		return -1;
	db_i64(s, 1, (int64_t)today * 86400);
	db_text(s, 2, like);
	r = db_step(s, &ctx->err);
	sqlite3_finalize(s);
	return r < 0 ? -1 : r == 0;
}

/* The journal's line is in the transaction that the file is written in. */
static int
make_one(struct cmd_ctx *ctx, int32_t today, const char *out, int *dropped)
{
	int done = out == NULL ? unlogged(ctx, today) : 0;

	*dropped = 0;
	if (done < 0)
		return -1;
	talk_step("key.1");
	if (!done && keys_rotate(ctx->set.state, &ctx->keys, today,
	    ctx->set.token_days, out, dropped, &ctx->err) != 0)
		return -1;
	talk_step("key.2");
	return studies_event(&ctx->world, 0, "key", &ctx->err, "bounce key %c is "
	    "made%s, %d dropped", 'a' + ctx->keys.bounce_now, out != NULL ?
	    " in another file" : "", *dropped);
}

static int
rotate(struct cmd_ctx *ctx)
{
	const char *out = cmd_option(ctx, "out");
	int32_t today = date_of(ctx->world.now);
	int dropped;

	if (ctx->dry_run) {
		ui_printf("a new key would sign, %d would be accepted\n",
		    ctx->keys.nbounce);
		return 0;
	}
	if (db_begin(ctx->world.db, &ctx->err) != 0)
		return -1;
	if (make_one(ctx, today, out, &dropped) != 0 ||
	    db_commit(ctx->world.db, &ctx->err) != 0) {
		db_rollback(ctx->world.db);
		return -1;
	}
	talk_step("key.3");
	ui_printf("key %c signs, %d accepted beside it, %d dropped%s%s\n",
	    'a' + ctx->keys.bounce_now, ctx->keys.nbounce - 1, dropped,
	    out != NULL ? "; written to " : "", out != NULL ? out : "");
	if (out == NULL)
		ui_line("the keys belong in the backup: without them returns are not "
		    "recognised");
	return 0;
}

static int
check(struct cmd_ctx *ctx, int argc, char *argv[])
{
	(void)argc;
	if (cmd_option(ctx, "out") != NULL && strcmp(argv[1], "rotate") != 0)
		return cmd_usage(ctx, "--out belongs to key rotate");
	return 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	(void)argc;
	if (strcmp(argv[1], "list") == 0)
		return cmd_ready(ctx, CMD_KEYS) != 0 ? -1 : list(ctx);
	if (cmd_ready(ctx, CMD_WRITE | CMD_KEYS) != 0)
		return -1;
	return rotate(ctx);
}

static const struct cmd_option options[] = {
	{ "out", 0, CMD_FILE, "FILE", "rotate: write all keys there, not to the "
	    "state" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_key = {
	.name = "key",
	.run = run,
	.check = check,
	.needs = CMD_SETTINGS,
	.min = 1, .max = 1,
	.args = "list|rotate",
	.words = "list rotate",
	.summary = "the keys that return addresses are signed with",
	.text =
	    "rotate makes a new key that signs from now on; once a year is enough.  Old\n"
	    "ones are accepted for as long as mail signed with them may come back\n"
	    "([bounces] token_days and 30 days), and dropped by a later rotate.  list\n"
	    "shows numbers and days, never a key.\n"
	    "\n"
	    "They lie in STATE/keys/bounce, mode 0600, or are the credential\n"
	    "utvalg-bounce that systemd hands over: then --out FILE writes what is to\n"
	    "become that credential, with the old keys in it.\n",
	.option = options,
	.examples =
	    "utvalg key list\n"
	    "utvalg key rotate\n",
};
