#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/json.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"
#include "pipeline/tables/tables.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

/* A register in force, of one kind. */
struct extract {
	int there;
	char date[11], sha256[65];
	int64_t units, fetched;
};

/* All that is shown, gathered before anything is printed. */
struct sight {
	struct extract enhet, underenhet;
	struct { char *name; struct tables_status t; } *study;
	size_t nstudy;
	char lock[200];			/* who holds it, or "" */
	int64_t waiting, unknown;	/* files in the spool; -1: not to be seen */
	int64_t night, night_failed;	/* day of the last, DATE_NONE; steps */
	int64_t night_open;
	int64_t klass;			/* the code lists were fetched; MOMENT_NONE: are
					 * those compiled in */
};

static int
see_extract(sqlite3 *db, const char *kind, struct extract *x, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(db, "SELECT register_date, sha256, units, fetched FROM extract"
	    " WHERE kind = ?1 AND in_force = 1", &s, err) != 0)
		return -1;
	db_text(s, 1, kind);
	if ((r = db_step(s, err)) == 1) {
		x->there = 1;
		date_iso(sqlite3_column_int(s, 0), x->date);
		snprintf(x->sha256, sizeof(x->sha256), "%s", db_col(s, 1));
		x->units = sqlite3_column_int64(s, 2);
		x->fetched = sqlite3_column_int64(s, 3);
	}
	sqlite3_finalize(s);
	return r < 0 ? -1 : 0;
}

static int
see_studies(struct cmd_ctx *ctx, struct sight *v)
{
	int64_t *ids = NULL;
	size_t n = 0;
	int r = 0;

	if (studies_all(ctx->world.db, &ids, &n, &ctx->err) != 0)
		return -1;
	v->study = mem_array(n > 0 ? n : 1, sizeof(*v->study));
	for (size_t i = 0; i < n && r == 0; i++) {
		struct study *study = NULL;

		r = studies_get(&ctx->world, ids[i], &study, &ctx->err);
		if (r == 0)
			r = tables_status(&ctx->world, study, ids[i],
			    &v->study[v->nstudy].t, &ctx->err);
		if (r == 0)
			v->study[v->nstudy++].name = mem_str(study->name);
		study_free(study);
	}
	free(ids);
	return r;
}

static int
see_night(sqlite3 *db, struct sight *v, struct err *err)
{
	if (db_int(db, "SELECT night FROM run ORDER BY night DESC LIMIT 1", &v->night,
	    err) < 0)
		return -1;
	if (v->night == DATE_NONE)
		return 0;
	if (db_int(db, "SELECT count(*) FROM run WHERE status <> 0 AND night ="
	    " (SELECT max(night) FROM run)", &v->night_failed, err) < 0 ||
	    db_int(db, "SELECT count(*) FROM run WHERE ended IS NULL AND night ="
	    " (SELECT max(night) FROM run)", &v->night_open, err) < 0)
		return -1;
	return 0;
}

/* Who holds the lock, without taking or making it. */
static void
see_lock(const char *state, struct sight *v)
{
	struct buf path = BUF(8192);
	ssize_t n;
	int fd;

	buf_printf(&path, "%s/lock", state);
	fd = open(buf_text(&path), O_RDONLY | O_CLOEXEC);
	if (fd != -1 && flock(fd, LOCK_SH | LOCK_NB) == -1 &&
	    errno == EWOULDBLOCK) {
		n = pread(fd, v->lock, sizeof(v->lock) - 1, 0);
		v->lock[n > 0 ? n : 0] = '\0';
		v->lock[strcspn(v->lock, "\n")] = '\0';
		if (v->lock[0] == '\0')
			snprintf(v->lock, sizeof(v->lock), "another run");
	}
	if (fd != -1)
		close(fd);
	buf_free(&path);
}

static int64_t
files(const char *state, const char *folder)
{
	struct buf path = BUF(8192);
	struct file_list l;
	struct err why;
	int64_t n = -1;

	buf_printf(&path, "%s/spool/%s", state, folder);
	if (file_list(buf_text(&path), &l, &why) == 0) {
		n = (int64_t)l.n;
		file_list_free(&l);
	} else if (why.status == EX_NOINPUT)
		n = 0;
	buf_free(&path);
	return n;
}

static void
json_extract(struct json *j, const char *key, const struct extract *x)
{
	char at[21];

	json_key(j, key);
	json_object(j);
	json_kstr(j, "date", x->there ? x->date : NULL);
	json_kstr(j, "extract", x->there ? x->sha256 : NULL);
	json_kint(j, "units", x->units);
	json_kstr(j, "loaded", x->there ? moment_iso(x->fetched, at) : NULL);
	json_end(j);
}

static void
json_count(struct json *j, const char *key, int64_t n)
{
	json_key(j, key);
	if (n < 0)
		json_null(j);
	else
		json_int(j, n);
}

/* The first two keys are an interface that other programs read. */
static void
print_json(const struct sight *v)
{
	struct buf b = BUF(16 << 20);
	struct json j;
	char day[11], at[21];

	json_begin(&j, &b, 1);
	json_object(&j);
	json_extract(&j, "register", &v->enhet);
	json_key(&j, "studies");
	json_array(&j);
	for (size_t i = 0; i < v->nstudy; i++) {
		const struct tables_status *t = &v->study[i].t;

		json_object(&j);
		json_kstr(&j, "name", v->study[i].name);
		json_kint(&j, "frame", t->frame);
		json_kint(&j, "drawn", t->drawn);
		json_kint(&j, "sent", t->sent);
		json_kint(&j, "returned", t->returned);
		json_kint(&j, "not_located", t->not_located);
		json_kint(&j, "answered", t->answered);
		json_kreal(&j, "gross_rate", t->gross_rate);
		json_kreal(&j, "net_rate", t->net_rate);
		json_kint(&j, "review", t->review);
		json_kint(&j, "our_fault", t->our_fault);
		json_end(&j);
	}
	json_end(&j);
	json_extract(&j, "underenhet", &v->underenhet);
	json_key(&j, "spool");
	json_object(&j);
	json_count(&j, "waiting", v->waiting);
	json_count(&j, "unknown", v->unknown);
	json_end(&j);
	json_key(&j, "night");
	json_object(&j);
	json_kstr(&j, "date", v->night == DATE_NONE ? NULL :
	    date_iso((int32_t)v->night, day));
	json_kint(&j, "failed", v->night_failed);
	json_kint(&j, "unfinished", v->night_open);
	json_end(&j);
	json_kstr(&j, "lists_fetched", v->klass == MOMENT_NONE ? NULL :
	    moment_iso(v->klass, at));
	json_kstr(&j, "lock", v->lock[0] != '\0' ? v->lock : NULL);
	json_kstr(&j, "version", VERSION);
	json_kint(&j, "schema", STORE_SCHEMA);
	json_end(&j);
	buf_chr(&b, '\n');
	ui_buf(&b);
	buf_free(&b);
}

static void
pad(const char *text, int width)
{
	int w = (int)utf8_width(text);

	if (width < 0)
		ui_printf("%s%*s", text, w < -width ? -width - w : 0, "");
	else
		ui_printf("%*s%s", w < width ? width - w : 0, "", text);
}

static void
percent(double x, enum lang lang)
{
	char text[32] = "-";

	if (!isnan(x)) {
		snprintf(text, sizeof(text), "%.1f %%", 100 * x);
		if (lang == LANG_NB && strchr(text, '.') != NULL)
			*strchr(text, '.') = ',';
	}
	pad(text, 9);
}

static void
print_studies(const struct sight *v, enum lang lang)
{
	static const char *const head[2][9] = {
		{ "Studie", "Ramme", "Trukket", "Sendt", "Retur", "Ikke lok.",
		    "Besvart", "Brutto", "Netto" },
		{ "Study", "Frame", "Drawn", "Sent", "Returned", "Not loc.",
		    "Answered", "Gross", "Net" } };
	const char *const *h = head[lang == LANG_EN];
	int wide = 8;

	for (size_t i = 0; i < v->nstudy; i++)
		if ((int)strlen(v->study[i].name) > wide)
			wide = (int)strlen(v->study[i].name);
	ui_text("\n");
	pad(h[0], -wide);
	for (int i = 1; i < 9; i++) {
		ui_text(" ");
		pad(h[i], 9);
	}
	ui_text("\n");
	for (size_t i = 0; i < v->nstudy; i++) {
		const struct tables_status *t = &v->study[i].t;

		pad(v->study[i].name, -wide);
		ui_printf(" %9" PRId64 " %9" PRId64 " %9" PRId64 " %9" PRId64 " %9"
		    PRId64 " %9" PRId64 " ", t->frame, t->drawn, t->sent,
		    t->returned, t->not_located, t->answered);
		percent(t->gross_rate, lang);
		ui_text(" ");
		percent(t->net_rate, lang);
		ui_text("\n");
	}
}

static void
print_extract(const char *name, const struct extract *x, int nb)
{
	if (x->there)
		ui_printf("%s %s, %" PRId64 " %s, %.12s\n", name, x->date, x->units,
		    nb ? "enheter" : "units", x->sha256);
}

static void
print_text(const struct sight *v, const char *state, enum lang lang)
{
	struct buf where = BUF(8192);
	int nb = lang == LANG_NB;
	char day[11];

	buf_printf(&where, "%s/spool/unknown", state);
	print_extract(nb ? "Register" : "register", &v->enhet, nb);
	print_extract(nb ? "Underenheter" : "sub-units", &v->underenhet, nb);
	if (!v->enhet.there && !v->underenhet.there)
		ui_text(nb ? "Register: ikke hentet ennå (utvalg pull)\n" :
		    "register: none yet (utvalg pull)\n");
	ui_printf(nb ? "Kodelister: %s%s\n" : "code lists: %s%s\n", v->klass ==
	    MOMENT_NONE ? nb ? "de innebygde" : "those compiled in" : "Klass, ",
	    v->klass == MOMENT_NONE ? "" : date_iso(date_of(v->klass), day));
	if (v->night != DATE_NONE)
		ui_printf(nb ? "Siste natt %s: %" PRId64 " steg feilet, %" PRId64
		    " uferdige\n" : "last night %s: %" PRId64 " steps failed, %"
		    PRId64 " unfinished\n", date_iso((int32_t)v->night, day),
		    v->night_failed, v->night_open);
	if (v->waiting >= 0)
		ui_printf(nb ? "Returpost: %" PRId64 " venter, %" PRId64
		    " ikke forstått%s%s\n" : "returned mail: %" PRId64 " waiting, %"
		    PRId64 " not understood%s%s\n", v->waiting, v->unknown,
		    v->unknown > 0 ? ": " : "", v->unknown > 0 ? buf_text(&where) :
		    "");
	if (v->lock[0] != '\0')
		ui_printf(nb ? "I arbeid: %s\n" : "at work: %s\n", v->lock);
	if (v->nstudy > 0)
		print_studies(v, lang);
	else
		ui_text(nb ? "Ingen studier ennå\n" : "no studies yet\n");
	buf_free(&where);
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct sight v = { 0 };
	int names = cmd_option(ctx, "names") != NULL;
	int r = -1, nothing = 0;

	(void)argc;
	(void)argv;
	v.night = DATE_NONE;
	v.klass = MOMENT_NONE;
	if (store_open(ctx->set.state, STORE_READ, &ctx->world.db, &ctx->err) != 0) {
		/* nothing is there yet: show that too, and say so */
		if (ctx->err.status != EX_NOINPUT)
			return -1;
		nothing = 1;
	} else if (see_extract(ctx->world.db, "enhet", &v.enhet, &ctx->err) != 0 ||
	    see_extract(ctx->world.db, "underenhet", &v.underenhet, &ctx->err) != 0 ||
	    see_studies(ctx, &v) != 0 ||
	    see_night(ctx->world.db, &v, &ctx->err) != 0 ||
	    db_int(ctx->world.db, "SELECT fetched FROM klass_sync ORDER BY id DESC"
	    " LIMIT 1", &v.klass, &ctx->err) < 0)
		goto out;
	see_lock(ctx->set.state, &v);
	v.waiting = files(ctx->set.state, "new");
	v.unknown = files(ctx->set.state, "unknown");
	if (names)
		for (size_t i = 0; i < v.nstudy; i++)
			ui_printf("%s\n", v.study[i].name);
	else if (ctx->json)
		print_json(&v);
	else if (!nothing)
		print_text(&v, ctx->set.state, ctx->world.lang);
	r = nothing ? -1 : 0;
out:
	for (size_t i = 0; i < v.nstudy; i++)
		free(v.study[i].name);
	free(v.study);
	return r;
}

static const struct cmd_option options[] = {
	{ "names", 0, CMD_FLAG, NULL, "the names of the studies alone" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_status = {
	.name = "status",
	.run = run,
	.needs = CMD_SETTINGS,
	.min = 0, .max = 0,
	.args = "",
	.summary = "the register in force and where each study stands",
	.text =
	    "Reads only, also while another run holds the lock.  Where nothing has\n"
	    "been stored yet it says so and ends with 66.\n",
	.option = options,
	.examples =
	    "utvalg status\n"
	    "utvalg status --json\n",
};
