#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/base/json.h"
#include "pipeline/contact/mail_art14.h"
#include "pipeline/contact/mail_html.h"
#include "pipeline/frame/plan.h"
#include "pipeline/store/studies.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

/* Every fault by its line; then one error that counts them. */
static int
faults(struct cmd_ctx *ctx, const char *file, const struct study_faults *f)
{
	struct buf b = BUF(1 << 20);
	struct json j;

	if (ctx->json) {
		json_begin(&j, &b, 1);
		json_object(&j);
		json_kstr(&j, "file", file);
		json_kbool(&j, "ok", 0);
		json_key(&j, "faults");
		json_array(&j);
		for (size_t i = 0; i < f->n; i++) {
			json_object(&j);
			json_kint(&j, "line", f->fault[i].line);
			json_kstr(&j, "fault", f->fault[i].text);
			json_end(&j);
		}
		json_end(&j);
		json_end(&j);
		buf_chr(&b, '\n');
	} else
		for (size_t i = 0; i < f->n; i++) {
			if (f->fault[i].line > 0)
				buf_printf(&b, "%s:%d: %s\n", file, f->fault[i].line,
				    f->fault[i].text);
			else
				buf_printf(&b, "%s: %s\n", file, f->fault[i].text);
		}
	ui_buf(&b);
	buf_free(&b);
	if (f->n > 1)
		err_set(&ctx->err, ctx->err.status, "%s: %zu faults, the first in "
		    "line %d: %s", file, f->n, f->fault[0].line, f->fault[0].text);
	return -1;
}

/* A file that the study names, where it is wanted for later steps. */
static void
look(const struct study *s, const char *what, const char *file, struct buf *b)
{
	struct buf path = BUF(8192);

	if (file == NULL)
		return;
	buf_printf(&path, "%s%s%s", *file == '/' ? "" : s->folder,
	    *file == '/' ? "" : "/", file);
	if (access(buf_text(&path), R_OK) != 0)
		buf_printf(b, "%s: %s: %s\n", what, buf_text(&path), strerror(errno));
	buf_free(&path);
}

/* A letter that `utvalg mail` would refuse: better known now. */
static void
try_letter(const struct study *s, const char *file, int html, int reminder,
    struct buf *b)
{
	struct buf path = BUF(8192), text = BUF(256 << 10);
	struct err why = { 0, "" };

	if (file == NULL)
		return;
	buf_printf(&path, "%s%s%s", *file == '/' ? "" : s->folder,
	    *file == '/' ? "" : "/", file);
	if (access(buf_text(&path), R_OK) == 0 &&
	    file_read(buf_text(&path), 256 << 10, &text, &why) == 0 && html &&
	    mail_html_check(buf_text(&text), &why) != 0)
		err_context(&why, "%s", file);
	if (why.status == 0)
		(void)mail_art14_check(s, buf_text(&text), file, reminder, &why);
	if (why.status != 0 && text.len > 0)
		buf_printf(b, "[mail] %s\n", why.text);
	buf_free(&path);
	buf_free(&text);
}

static void
try_letters(const struct study *s, struct buf *b)
{
	try_letter(s, s->invite, 0, 0, b);
	try_letter(s, s->invite_html, 1, 0, b);
	try_letter(s, s->reminder, 0, 1, b);
	try_letter(s, s->reminder_html, 1, 1, b);
	for (size_t i = 0; i <= STUDY_REMINDERS; i++) {
		try_letter(s, s->nth[i].text, 0, 1, b);
		try_letter(s, s->nth[i].html, 1, 1, b);
	}
}

/* Files that are not there, a line each.  No fault of the study file's: they may
 * be written yet, but better known now than when the mail is to go. */
static void
missing(const struct study *s, struct buf *b)
{
	for (size_t i = 0; i < s->nlist; i++)
		look(s, "[list] file", s->list[i].file, b);
	look(s, "[filter] exclude", s->exclude, b);
	look(s, "[mail] invite", s->invite, b);
	look(s, "[mail] reminder", s->reminder, b);
	look(s, "[mail] invite_html", s->invite_html, b);
	look(s, "[mail] reminder_html", s->reminder_html, b);
	for (size_t i = 0; i <= STUDY_REMINDERS; i++) {
		look(s, "[mail] reminder", s->nth[i].text, b);
		look(s, "[mail] reminder_html", s->nth[i].html, b);
	}
}

/* As JSON, or as talk where there is none. */
static void
each_line(const char *s, struct json *j)
{
	for (size_t n; *s != '\0'; s += n + 1) {
		n = strcspn(s, "\n");
		if (j != NULL)
			json_strn(j, s, n);
		else
			ui_line("%.*s", (int)n, s);
	}
}

/* New texts for a study that is framed or drawn. */
static int
renew(struct cmd_ctx *ctx, const char *file)
{
	struct buf keys = BUF(4000), b = BUF(1 << 16);
	struct study_faults f = { NULL, 0 };
	struct study *study = NULL;
	struct world *w = &ctx->world;
	struct json j;
	int64_t id;
	int r = -1;

	if (study_read(file, &study, &f, &ctx->err) != 0) {
		if (f.n > 0)
			faults(ctx, file, &f);
		goto out;
	}
	study_free(study);
	study = NULL;
	if (cmd_ready(ctx, CMD_READ | CMD_WRITE) != 0 ||
	    cmd_find_study(ctx, file, 1, &study, &id) != 0 ||
	    studies_renew(w, id, study, &keys, &ctx->err) != 0)
		goto out;
	if (ctx->json) {
		json_begin(&j, &b, 1);
		json_object(&j);
		json_kstr(&j, "study", study->name);
		json_kstr(&j, "changed", buf_text(&keys));
		json_kbool(&j, "dry_run", ctx->dry_run);
		json_end(&j);
		buf_chr(&b, '\n');
		ui_buf(&b);
	} else if (keys.len > 0)
		ui_printf("%s: %s %s\n", study->name, ctx->dry_run ?
		    "would be renewed:" : "renewed:", buf_text(&keys));
	else
		ui_printf("%s: says the same as before\n", study->name);
	r = 0;
out:
	buf_free(&b);
	buf_free(&keys);
	study_free(study);
	study_faults_free(&f);
	return r;
}

static int
check_file(struct cmd_ctx *ctx, char *argv[])
{
	struct study_faults f = { NULL, 0 };
	struct study *study = NULL;
	struct buf words = BUF(16 << 20), b = BUF(32 << 20), gone = BUF(1 << 20);
	struct json j;
	int r = -1;

	if (cmd_ready(ctx, CMD_MAY_READ) != 0)
		return -1;
	if (study_read(argv[2], &study, &f, &ctx->err) != 0 ||
	    plan_explain(&ctx->world, study, &f, &words, &ctx->err) != 0) {
		if (f.n > 0)
			faults(ctx, argv[2], &f);
		goto out;
	}
	missing(study, &gone);
	try_letters(study, &gone);
	if (ctx->json) {
		json_begin(&j, &b, 1);
		json_object(&j);
		json_kstr(&j, "file", argv[2]);
		json_kbool(&j, "ok", 1);
		json_kstr(&j, "study", study->name);
		json_key(&j, "faults");
		json_array(&j);
		json_end(&j);
		json_key(&j, "missing");
		json_array(&j);
		each_line(buf_text(&gone), &j);
		json_end(&j);
		json_kstr(&j, "text", buf_text(&words));
		json_end(&j);
		buf_chr(&b, '\n');
		ui_buf(&b);
	} else {
		ui_buf(&words);
		each_line(buf_text(&gone), NULL);
	}
	r = 0;
out:
	buf_free(&b);
	buf_free(&words);
	buf_free(&gone);
	study_free(study);
	study_faults_free(&f);
	return r;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	(void)argc;
	if (strcmp(argv[1], "renew") == 0)
		return renew(ctx, argv[2]);
	return check_file(ctx, argv);
}

const struct cmd cmd_study = {
	.name = "study",
	.run = run,
	.needs = CMD_SETTINGS | CMD_NACE,
	.min = 2, .max = 2,
	.args = "check|renew FILE",
	.words = "check renew",
	.summary = "explain a study file, name every fault in it, take over new texts",
	.text =
	    "check reads the study file alone and changes nothing: needs no right to\n"
	    "the state, no register and no network.  Files that it names and that are\n"
	    "not there, and letters that would be refused, are told of on standard\n"
	    "error; they are no fault.  The file is described in utvalg-study(5).\n"
	    "\n"
	    "renew is for a study that has its frame: commands that are given its name\n"
	    "take the file as it was then.  It compares key by key, and takes the new\n"
	    "file over where only letters, answers, tables, labels, the active share\n"
	    "and what recipients are told are others; where population or draw would\n"
	    "be others it names the keys and changes nothing.\n",
	.examples =
	    "utvalg study check mikrobedrifter.ini\n"
	    "utvalg study renew mikrobedrifter.ini\n"
	    "utvalg study check --json - <mikrobedrifter.ini\n",
};
