#include <inttypes.h>
#include <string.h>

#include "pipeline/base/csv.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/json.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"
#include "pipeline/store/suppress.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

enum { FILE_MAX = 64 << 20 };

static const char *const reasons[] = { "manual", "opt-out", "refused",
	"hard-bounce" };

struct counts { int64_t read, changed, before; };

static int
is_reason(const char *word)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(reasons[i], word) == 0)
			return 1;
	return 0;
}

/* What goes with each entry that does not say it itself. */
struct entry { const char *reason, *source, *until; };

static int
add_one(struct cmd_ctx *ctx, const char *text, const struct entry *e,
    struct counts *n)
{
	enum suppress_what what;
	char hash[65];
	const char *why;
	int32_t day = DATE_NONE;
	int r;

	if (suppress_parse(&ctx->keys, text, &what, hash, &why) != 0)
		return err_set(&ctx->err, EX_DATAERR, "entry %" PRId64 " %s", n->read + 1,
		    why);
	if (!is_reason(e->reason))
		return err_set(&ctx->err, EX_DATAERR, "entry %" PRId64 ": a reason is"
		    " manual, opt-out, refused or hard-bounce", n->read + 1);
	if (e->until != NULL && *e->until != '\0' &&
	    date_parse(e->until, strlen(e->until), &day) != 0)
		return err_set(&ctx->err, EX_DATAERR, "entry %" PRId64 ": its last day is"
		    " no YYYY-MM-DD", n->read + 1);
	n->read++;
	r = suppress_put(ctx->world.db, what, hash, e->reason, e->source, day,
	    ctx->world.now, &ctx->err);
	n->changed += r == 1;
	n->before += r == 0;
	return r < 0 ? -1 : 0;
}

static const char *
field(const struct csv *c, int column, const char *other)
{
	return column >= 0 && *c->field[column] != '\0' ? c->field[column] : other;
}

/* The first of ${names} that the file has. */
static int
column(const struct csv *c, const char *const *names)
{
	int at = -1;

	for (; *names != NULL && at < 0; names++)
		at = csv_column(c, *names);
	return at;
}

static int
add_file(struct cmd_ctx *ctx, const char *path, const struct entry *e,
    struct counts *n)
{
	static const char *const values[][6] = {
		{ "orgnr", "organisasjonsnummer", "organisation number", NULL },
		{ "email", "e-mail", "epost", "e-post", "epostadresse", NULL },
		{ "domain", "domene", NULL },
	};
	static const char *const reason[] = { "reason", "grunn", NULL };
	static const char *const source[] = { "source", "kilde", NULL };
	static const char *const until[] = { "until", "til", NULL };
	struct buf text = BUF(FILE_MAX);
	struct csv c;
	int at[3], any = 0, r;

	if (file_read(path, FILE_MAX, &text, &ctx->err) != 0 ||
	    csv_open(&c, buf_text(&text), text.len, 0, &ctx->err) != 0) {
		buf_free(&text);
		return -1;
	}
	for (int i = 0; i < 3; i++)
		any |= (at[i] = column(&c, values[i])) >= 0;
	r = any ? 1 : err_set(&ctx->err, EX_DATAERR, "no column is called orgnr, email"
	    " or domain");
	while (r == 1 && (r = csv_next(&c, &ctx->err)) == 1) {
		const struct entry own = {
			field(&c, column(&c, reason), e->reason),
			field(&c, column(&c, source), e->source),
			field(&c, column(&c, until), e->until),
		};

		/* number and address of one row are two entries */
		for (int i = 0; i < 3 && r == 1; i++)
			if (*field(&c, at[i], "") != '\0' &&
			    add_one(ctx, c.field[at[i]], &own, n) != 0)
				r = err_context(&ctx->err, "line %zu", c.line);
	}
	csv_close(&c);
	buf_free(&text);
	return r < 0 ? err_context(&ctx->err, "the file") : 0;
}

static int
print(struct cmd_ctx *ctx, const char *verb, const struct counts *n)
{
	const struct ui_count part[] = { { verb, n->changed },
		{ strcmp(verb, "added") == 0 ? "there before" : "not on the list",
		    n->before } };
	struct buf b = BUF(4096);
	struct json j;

	if (!ctx->json)
		return ui_sum("entries", n->read, part, 2, &ctx->err);
	json_begin(&j, &b, 1);
	json_object(&j);
	json_kint(&j, "entries", n->read);
	json_kint(&j, verb, n->changed);
	json_kint(&j, "unchanged", n->before);
	json_kbool(&j, "dry_run", ctx->dry_run);
	json_end(&j);
	buf_chr(&b, '\n');
	ui_buf(&b);
	buf_free(&b);
	return 0;
}

static int
change(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *reason = cmd_option(ctx, "reason"), *from = cmd_option(ctx, "from");
	const struct entry e = { reason != NULL ? reason : "manual",
		cmd_option(ctx, "source"), cmd_option(ctx, "until") };
	int add = strcmp(argv[1], "add") == 0, r = 0;
	struct counts n = { 0, 0, 0 };
	enum suppress_what what;
	const char *why;
	char hash[65];

	if (db_begin(ctx->world.db, &ctx->err) != 0)
		return -1;
	if (add && from != NULL)
		r = add_file(ctx, from, &e, &n);
	for (int i = 2; r == 0 && i < argc; i++) {
		if (add) {
			r = add_one(ctx, argv[i], &e, &n);
			continue;
		}
		if (suppress_parse(&ctx->keys, argv[i], &what, hash, &why) != 0) {
			r = err_set(&ctx->err, EX_USAGE, "operand %d %s", i - 1, why);
			break;
		}
		n.read++;
		r = suppress_remove(ctx->world.db, what, hash, &ctx->err);
		n.changed += r == 1;
		n.before += r == 0;
		r = r < 0 ? -1 : 0;
	}
	if (r != 0 || studies_event(&ctx->world, 0, "suppression", &ctx->err, "%s %"
	    PRId64 " of %" PRId64, add ? "added" : "removed", n.changed, n.read) != 0 ||
	    db_commit(ctx->world.db, &ctx->err) != 0) {
		db_rollback(ctx->world.db);
		return -1;
	}
	return print(ctx, add ? "added" : "removed", &n);
}

/* With a value: is it on the list?  Without: what the list is made of. */
static int
list(struct cmd_ctx *ctx, int argc, char *argv[])
{
	static const char sql[] = "SELECT what, reason, count(*), coalesce(sum(until"
	    " IS NOT NULL), 0), coalesce(sum(until < ?1), 0) FROM suppression"
	    " GROUP BY 1, 2 ORDER BY 1, 2";
	struct suppress *all = suppress_load(ctx->world.db, ctx->world.now, &ctx->err);
	enum suppress_what what;
	struct buf b = BUF(1 << 20);
	struct json j;
	sqlite3_stmt *s = NULL;
	const char *why;
	char hash[65];
	int r, there;

	if (all == NULL)
		return -1;
	if (argc > 2) {
		suppress_free(all);
		if (suppress_parse(&ctx->keys, argv[2], &what, hash, &why) != 0)
			return err_set(&ctx->err, EX_USAGE, "operand 1 %s", why);
		there = suppress_has(ctx->world.db, what, hash, &ctx->err);
		if (there >= 0)
			ui_text(there ? "on the list\n" : "not on the list\n");
		return there < 0 ? -1 : !there;
	}
	json_begin(&j, &b, 1);
	json_object(&j);
	json_kstr(&j, "sha256", suppress_sha256(all));
	json_key(&j, "entries");
	json_array(&j);
	if (!ctx->json)
		ui_printf("list %.12s: a frame says which it used by this\n",
		    suppress_sha256(all));
	suppress_free(all);
	if (db_prepare(ctx->world.db, sql, &s, &ctx->err) != 0)
		return -1;
	db_i64(s, 1, date_of(ctx->world.now));
	while ((r = db_step(s, &ctx->err)) == 1) {
		json_object(&j);
		json_kstr(&j, "what", db_col(s, 0));
		json_kstr(&j, "reason", db_col(s, 1));
		json_kint(&j, "n", sqlite3_column_int64(s, 2));
		json_kint(&j, "until", sqlite3_column_int64(s, 3));
		json_kint(&j, "lapsed", sqlite3_column_int64(s, 4));
		json_end(&j);
		if (!ctx->json)
			ui_printf("  %-7s %-12s %" PRId64 ", for a while %" PRId64
			    ", lapsed %" PRId64 "\n", db_col(s, 0), db_col(s, 1),
			    (int64_t)sqlite3_column_int64(s, 2),
			    (int64_t)sqlite3_column_int64(s, 3),
			    (int64_t)sqlite3_column_int64(s, 4));
	}
	sqlite3_finalize(s);
	json_end(&j);
	json_end(&j);
	buf_chr(&b, '\n');
	if (r == 0 && ctx->json)
		ui_buf(&b);
	buf_free(&b);
	return r;
}

static int
check(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *reason = cmd_option(ctx, "reason"), *until = cmd_option(ctx, "until");
	int add = strcmp(argv[1], "add") == 0, from = cmd_option(ctx, "from") != NULL;
	int32_t day;

	if (!add && strcmp(argv[1], "list") != 0 && strcmp(argv[1], "remove") != 0)
		return cmd_usage(ctx, "add, list or remove, not \"%.20s\"", argv[1]);
	if (!add && (reason != NULL || until != NULL || from ||
	    cmd_option(ctx, "source") != NULL))
		return cmd_usage(ctx, "the options go with add");
	if (argc == 2 && !from && strcmp(argv[1], "list") != 0)
		return cmd_usage(ctx, "an organisation number, an address or a domain is"
		    " wanted");
	if (argc > 3 && strcmp(argv[1], "list") == 0)
		return cmd_usage(ctx, "list takes one value or none");
	if (reason != NULL && !is_reason(reason))
		return cmd_usage(ctx, "--reason: manual, opt-out, refused or hard-bounce");
	if (until != NULL && date_parse(until, strlen(until), &day) != 0)
		return cmd_usage(ctx, "--until: a day is wanted, YYYY-MM-DD");
	return 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	int write = strcmp(argv[1], "list") != 0;

	if (cmd_ready(ctx, (write ? CMD_WRITE : CMD_READ) | CMD_KEYS) != 0)
		return -1;
	return write ? change(ctx, argc, argv) : list(ctx, argc, argv);
}

static const struct cmd_option options[] = {
	{ "from", 0, CMD_FILE, "FILE",
	    "add: CSV with a column orgnr, email or domain; reason, source, until" },
	{ "reason", 0, CMD_WORD, "manual|opt-out|refused|hard-bounce",
	    "add: why (manual)" },
	{ "source", 0, CMD_WORD, "TEXT", "add: who said so, no names" },
	{ "until", 0, CMD_WORD, "YYYY-MM-DD", "add: the last day that it counts" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_suppress = {
	.name = "suppress",
	.run = run,
	.check = check,
	.needs = CMD_SETTINGS,
	.min = 1, .max = -1,
	.args = "add|list|remove [VALUE ...]",
	.words = "add list remove",
	.summary = "who is never to be written to",
	.text =
	    "Organisation numbers, addresses and whole domains (example.no), kept as\n"
	    "keyed hashes: the list shows nobody, and holds after an erasure and a new\n"
	    "register.  Frames leave them out with the reason suppressed and say by\n"
	    "hash which list they used; what is added later stops letters that have\n"
	    "not gone.  A file is taken whole or not at all.  An entry for good stands\n"
	    "over one for a while, a later day over an earlier; entries of erasures\n"
	    "are not removed.  list VALUE ends with 1 where it is not on the list.\n",
	.option = options,
	.examples =
	    "utvalg suppress add 310000000 post@example.no --source \"telephone\"\n"
	    "utvalg suppress add --from reservasjoner.csv --reason opt-out\n"
	    "utvalg suppress add @example.org --until 2027-12-31\n"
	    "utvalg suppress list\n"
	    "utvalg suppress remove post@example.no\n",
};
