#include <inttypes.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/json.h"
#include "pipeline/base/num.h"
#include "pipeline/frame/diff.h"
#include "pipeline/frame/frame.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

static int
check(struct cmd_ctx *ctx, const struct frame_result *f)
{
	int64_t sum = 0;

	for (int i = 0; i < FRAME_REASONS; i++)
		if (i != FRAME_KEPT)
			sum += f->reason[i];
	if (f->population != f->kept + sum)
		return err_set(&ctx->err, EX_SOFTWARE, "the funnel does not add up; "
		    "please report this");
	return 0;
}

/* Two files that give their studies one name are one study: say so. */
static void
say_if_another(struct cmd_ctx *ctx, const struct study *study, int64_t id)
{
	struct study *before = NULL;
	struct err ignored;

	if (id == 0 || studies_get(&ctx->world, id, &before, &ignored) != 0)
		return;
	if (strcmp(before->folder, study->folder) != 0)
		ui_line("the study %s was framed from %s until now; if that is another "
		    "study, give this one another name", study->name,
		    before->folder);
	study_free(before);
}

/* "--as-of DATE": the day, DATE_NONE where it was not given; -1. */
int
cmd_as_of(struct cmd_ctx *ctx, int32_t *day)
{
	const char *text = cmd_option(ctx, "as-of");

	*day = DATE_NONE;
	if (text != NULL && date_parse(text, strlen(text), day) != 0)
		return cmd_usage(ctx, "--as-of: a day is wanted, YYYY-MM-DD");
	return 0;
}

/* "utvalg frame list": every frame that there is, oldest first. */
static int
list(struct cmd_ctx *ctx)
{
	struct buf b = BUF(64 << 20);
	char day[11], moment[21];
	sqlite3_stmt *s = NULL;
	struct json j;
	int r;

	if (cmd_ready(ctx, CMD_SETTINGS | CMD_READ) != 0 ||
	    db_prepare(ctx->world.db, "SELECT f.id, t.name, f.register_date, f.frozen,"
	    " f.population, f.kept, EXISTS (SELECT 1 FROM sample x WHERE x.frame = f.id)"
	    " FROM frame f JOIN study t ON t.id = f.study ORDER BY f.id", &s,
	    &ctx->err) != 0)
		return -1;
	json_begin(&j, &b, 1);
	json_array(&j);
	while ((r = db_step(s, &ctx->err)) == 1) {
		date_iso(sqlite3_column_int(s, 2), day);
		moment_iso(sqlite3_column_int64(s, 3), moment);
		if (!ctx->json) {
			ui_printf("%4" PRId64 "  register %s, frozen %s: population %" PRId64
			    ", kept %" PRId64 "%s  %s\n", (int64_t)sqlite3_column_int64(s, 0),
			    day, moment, (int64_t)sqlite3_column_int64(s, 4),
			    (int64_t)sqlite3_column_int64(s, 5),
			    sqlite3_column_int(s, 6) ? ", drawn from" : "", db_col(s, 1));
			continue;
		}
		json_object(&j);
		json_kint(&j, "frame", sqlite3_column_int64(s, 0));
		json_kstr(&j, "study", db_col(s, 1));
		json_kstr(&j, "register_date", day);
		json_kstr(&j, "frozen", moment);
		json_kint(&j, "population", sqlite3_column_int64(s, 4));
		json_kint(&j, "kept", sqlite3_column_int64(s, 5));
		json_kbool(&j, "drawn", sqlite3_column_int(s, 6));
		json_end(&j);
	}
	sqlite3_finalize(s);
	json_end(&j);
	buf_chr(&b, '\n');
	if (r == 0 && ctx->json)
		ui_buf(&b);
	buf_free(&b);
	return r;
}

/* A frame's number, or a study's name for its newest frame but ${skip}. */
static int
which(struct cmd_ctx *ctx, const char *arg, int skip, int64_t *id)
{
	if (num_int(arg, 1, INT64_MAX, id) == 0)
		return 0;
	if (diff_newest(&ctx->world, arg, skip, id, &ctx->err) != 0)
		return -1;
	if (*id == 0)
		return err_set(&ctx->err, EX_NOINPUT, skip == 0 ?
		    "%s is no frame's number, and no study with a frame: utvalg frame list" :
		    "study %s has no two frames: utvalg frame list", arg);
	return 0;
}

/* "utvalg frame diff A B", or a study alone: its last two. */
static int
compare(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct buf b = BUF(1 << 30);
	struct diff *d = NULL;
	int64_t first, second;
	int units = cmd_option(ctx, "units") != NULL;

	if (cmd_ready(ctx, CMD_SETTINGS | CMD_READ) != 0 ||
	    which(ctx, argv[2], argc == 3, &first) != 0 ||
	    which(ctx, argv[argc - 1], 0, &second) != 0)
		return -1;
	if (argc == 3 && first == second)
		return cmd_usage(ctx, "diff: two frames are wanted, or a study that has two");
	if (diff_make(&ctx->world, first, second, &d, &ctx->err) != 0)
		return -1;
	if (ctx->json)
		diff_json(d, units, &b);
	else if (units)
		diff_csv(d, &b);
	else
		diff_print(d, ctx->world.lang, &b);
	ui_buf(&b);
	buf_free(&b);
	diff_free(d);
	return 0;
}

static int
freeze(struct cmd_ctx *ctx, const char *arg)
{
	struct buf b = BUF(1 << 20);
	struct frame_result f = { 0 };
	struct study *study = NULL;
	struct json j;
	int64_t id;
	int32_t day;
	int r = -1;

	if (cmd_as_of(ctx, &day) != 0 ||
	    cmd_ready(ctx, CMD_READ | CMD_WRITE | CMD_KEYS | CMD_NACE) != 0 ||
	    cmd_find_study(ctx, arg, 0, &study, &id) != 0)
		return -1;
	say_if_another(ctx, study, id);
	if (frame_make_at(&ctx->world, study, -1, day, &f, &ctx->err) != 0)
		goto out;
	if (ctx->json) {
		json_begin(&j, &b, 1);
		frame_json(&f, &j);
		buf_chr(&b, '\n');
	} else {
		frame_print(&f, ctx->world.lang, &b);
		if (f.again)
			ui_line("the frame stands as it was frozen before");
		if (ctx->dry_run)
			ui_line("dry run: nothing has been frozen");
		else if (day != DATE_NONE)
			ui_line("this is now the study's newest frame, which utvalg draw takes");
	}
	ui_buf(&b);
	r = check(ctx, &f);
out:
	buf_free(&b);
	study_free(study);
	return r;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	int diff = strcmp(argv[1], "diff") == 0, past = cmd_option(ctx, "as-of") != NULL;

	if (cmd_option(ctx, "units") != NULL && !diff)
		return cmd_usage(ctx, "--units is for frame diff");
	if (diff) {
		if (argc < 3)
			return cmd_usage(ctx, "diff: two frames are wanted, or a study");
		if (past)
			return cmd_usage(ctx, "diff: a frame has its day, --as-of is for "
			    "making one");
		return compare(ctx, argc, argv);
	}
	if (argc != 2)
		return cmd_usage(ctx, "one study is wanted; or diff, and two frames");
	if (strcmp(argv[1], "list") == 0)
		return list(ctx);
	return freeze(ctx, argv[1]);
}

static const struct cmd_option options[] = {
	{ "as-of", 0, CMD_WORD, "DATE", "the frame that would have been made that day" },
	{ "units", 0, CMD_FLAG, NULL, "with diff: the units, as CSV" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_frame = {
	.name = "frame",
	.run = run,
	.needs = CMD_SETTINGS,
	.min = 1, .max = 3,
	.args = "STUDY | list | diff A B",
	.summary = "freeze the population: each unit kept, or left out for a reason",
	.text =
	    "Prints the funnel from the register to the units that can be reached.\n"
	    "The same register, study file and lists give the same frame; a second\n"
	    "run changes nothing.  After the draw another frame is refused.\n"
	    "\n"
	    "With --as-of the register is that of a past day, in the codes and\n"
	    "municipalities in force then, and so is the suppression list; the study\n"
	    "file and its lists are as they are now.\n"
	    "\n"
	    "list shows all frames with their numbers.  diff tells who came and who\n"
	    "went from frame A to frame B and why, by group and area; A and B are\n"
	    "numbers of frames, or names of studies for their newest; one study\n"
	    "alone stands for its last two.\n",
	.option = options,
	.examples =
	    "utvalg frame mikrobedrifter.ini\n"
	    "utvalg frame mikrobedrifter --dry-run\n"
	    "utvalg frame mikrobedrifter --as-of 2026-09-01\n"
	    "utvalg frame diff 3 7\n"
	    "utvalg frame diff mikrobedrifter --units\n",
};
