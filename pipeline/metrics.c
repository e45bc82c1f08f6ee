#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "config/settings.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/store/store.h"

#include "pipeline/metrics.h"

enum { FILE_MAX = 1 << 20, STAGES = 40, NAME = 32 };

/* How a stage last ended. */
struct ended {
	char stage[NAME];
	double at, well, seconds;	/* moments; well 0: never */
	int status;
};

/* The four families that are remembered from file to file. */
static const char *const remembered[] = {
	"utvalg_last_success_timestamp_seconds", "utvalg_last_run_timestamp_seconds",
	"utvalg_last_run_duration_seconds", "utvalg_last_run_status",
};

static struct ended *
find(struct ended *e, size_t *n, const char *stage, size_t len)
{
	for (size_t i = 0; i < *n; i++)
		if (strlen(e[i].stage) == len && memcmp(e[i].stage, stage, len) == 0)
			return &e[i];
	if (*n == STAGES || len == 0 || len >= NAME ||
	    strspn(stage, "abcdefghijklmnopqrstuvwxyz_-") < len)
		return NULL;
	memset(&e[*n], 0, sizeof(e[*n]));
	memcpy(e[*n].stage, stage, len);
	return &e[(*n)++];
}

/* NAME{stage="STAGE"} VALUE */
static void
remember(struct ended *e, size_t *n, const char *line)
{
	for (int i = 0; i < 4; i++) {
		size_t len = strlen(remembered[i]), stage;
		struct ended *at;
		double v;

		if (strncmp(line, remembered[i], len) != 0 ||
		    strncmp(line + len, "{stage=\"", 8) != 0)
			continue;
		line += len + 8;
		stage = strcspn(line, "\"\n");
		if (strncmp(line + stage, "\"} ", 3) != 0)
			return;
		v = strtod(line + stage + 3, NULL);
		if (!(v >= 0 && v < 1e12) || (at = find(e, n, line, stage)) == NULL)
			return;
		switch (i) {
		case 0: at->well = v; break;
		case 1: at->at = v; break;
		case 2: at->seconds = v; break;
		default: at->status = v < 256 ? (int)v : 255; break;
		}
		return;
	}
}

static void
head(struct buf *out, const char *name, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static int
by_stage(const void *a, const void *b)
{
	return strcmp(((const struct ended *)a)->stage,
	    ((const struct ended *)b)->stage);
}

/* What the night has done by itself, where it is newer: its steps are stages. */
static int
from_night(sqlite3 *db, struct ended *e, size_t *n, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	/* of a group's rows, max() picks the one that the other columns are of */
	if (db_prepare(db, "SELECT name, max(ended), status, (SELECT max(ended) FROM"
	    " run o WHERE o.status = 0 AND iif(o.step LIKE 'pull %', 'pull',"
	    " iif(o.step LIKE 'tables %', 'tables', o.step)) = name) FROM (SELECT"
	    " iif(step LIKE 'pull %', 'pull', iif(step LIKE 'tables %', 'tables',"
	    " step)) AS name, ended, status FROM run WHERE ended IS NOT NULL)"
	    " GROUP BY name", &s, err) != 0)
		return -1;
	while ((r = db_step(s, err)) == 1) {
		const char *name = db_col(s, 0);
		struct ended *at = find(e, n, name, strlen(name));
		double last = sqlite3_column_double(s, 1);

		if (at == NULL)
			continue;
		if (last > at->at) {
			at->at = last;
			at->status = sqlite3_column_int(s, 2);
		}
		if (sqlite3_column_double(s, 3) > at->well)
			at->well = sqlite3_column_double(s, 3);
	}
	sqlite3_finalize(s);
	return r;
}

static int
put_stages(const struct world *w, const struct metrics_end *end, const char *old,
    struct buf *out, struct err *err)
{
	static const char *const help[] = {
		"When a stage last ended well, Unix time.",
		"When a stage last ended, well or not, Unix time.",
		"How long that run took.", "Its exit status, 0 for well.",
	};
	struct ended e[STAGES], *now;
	size_t n = 0;

	while (*old != '\0') {
		remember(e, &n, old);
		old += strcspn(old, "\n");
		old += *old == '\n';
	}
	if (from_night(w->db, e, &n, err) != 0)
		return -1;
	if (end != NULL &&
	    (now = find(e, &n, end->stage, strlen(end->stage))) != NULL) {
		now->at = (double)w->now;
		now->seconds = end->seconds;
		now->status = end->status;
		if (end->status == 0)
			now->well = now->at;
	}
	qsort(e, n, sizeof(e[0]), by_stage);
	for (int i = 0; i < 4; i++) {
		head(out, remembered[i], help[i]);
		for (size_t k = 0; k < n; k++) {
			const double v[] = { e[k].well, e[k].at, e[k].seconds,
				e[k].status };

			if (i != 0 || e[k].well > 0)
				buf_printf(out, i == 2 ? "%s{stage=\"%s\"} %.3f\n" :
				    "%s{stage=\"%s\"} %.0f\n", remembered[i], e[k].stage,
				    v[i]);
		}
	}
	return 0;
}

/* One family from the database: rows of label and value, or of value alone. */
struct family {
	const char *name, *help, *label, *sql;
};

static const struct family families[] = {
	{ "utvalg_register_units", "Units of the register in force.", "kind",
	  "SELECT kind, units FROM extract WHERE in_force = 1 ORDER BY kind" },
	{ "utvalg_register_date_timestamp_seconds",
	  "Day of the register in force, Unix time.", "kind",
	  "SELECT kind, register_date * 86400 FROM extract WHERE in_force = 1"
	  " ORDER BY kind" },
	{ "utvalg_register_age_seconds", "Time since that register was fetched.",
	  "kind", "SELECT kind, max(0, ?1 - fetched) FROM extract WHERE in_force = 1"
	  " ORDER BY kind" },
	{ "utvalg_register_added", "Units that the register in force added.", "kind",
	  "SELECT kind, added FROM extract WHERE in_force = 1 ORDER BY kind" },
	{ "utvalg_register_changed", "Units that it changed.", "kind",
	  "SELECT kind, changed FROM extract WHERE in_force = 1 ORDER BY kind" },
	{ "utvalg_register_gone", "Units that it no longer had.", "kind",
	  "SELECT kind, gone FROM extract WHERE in_force = 1 ORDER BY kind" },
	{ "utvalg_register_unreadable", "Its records that are no units.", "kind",
	  "SELECT kind, unreadable FROM extract WHERE in_force = 1 ORDER BY kind" },
	{ "utvalg_extracts_refused", "Extracts refused since the one in force.",
	  "kind", "SELECT k.kind, (SELECT count(*) FROM extract e WHERE e.kind ="
	  " k.kind AND e.refused IS NOT NULL AND e.id > coalesce((SELECT id FROM"
	  " extract f WHERE f.kind = k.kind AND in_force = 1), 0)) FROM (SELECT"
	  " DISTINCT kind FROM extract) k ORDER BY 1" },
	{ "utvalg_bounces", "Returned mail read so far, by kind.", "kind",
	  "SELECT kind, count(*) FROM bounce_message GROUP BY kind ORDER BY kind" },
	{ "utvalg_bounces_for_review", "Returned mail that waits for a person.", NULL,
	  "SELECT count(*) FROM bounce_message WHERE review = 1" },
	{ "utvalg_sent", "Letters handed over, all studies.", NULL,
	  "SELECT count(*) FROM mailing_recipient WHERE state = 'sent'" },
	{ "utvalg_answers", "Answers that stand for a unit, all studies.", NULL,
	  "SELECT count(*) FROM answer WHERE used = 1" },
	{ "utvalg_suppressed", "Entries of the suppression list.", NULL,
	  "SELECT count(*) FROM suppression" },
};

static int
put_family(const struct world *w, const struct family *f, struct buf *out,
    struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(w->db, f->sql, &s, err) != 0)
		return -1;
	if (sqlite3_bind_parameter_count(s) > 0)
		db_i64(s, 1, w->now);
	head(out, f->name, f->help);
	while ((r = db_step(s, err)) == 1) {
		if (f->label == NULL)
			buf_printf(out, "%s %" PRId64 "\n", f->name,
			    (int64_t)sqlite3_column_int64(s, 0));
		else
			buf_printf(out, "%s{%s=\"%s\"} %" PRId64 "\n", f->name, f->label,
			    db_col(s, 0), (int64_t)sqlite3_column_int64(s, 1));
	}
	sqlite3_finalize(s);
	return r;
}

/* Files of a folder of the spool, octets in them, and the oldest's time. */
static void
look(const char *state, const char *folder, int64_t *n, int64_t *bytes,
    int64_t *oldest)
{
	struct buf path = BUF(8192);
	struct file_list l;
	struct err ignored;
	struct stat st;

	*n = *bytes = 0;
	*oldest = INT64_MAX;
	buf_printf(&path, "%s/spool/%s", state, folder);
	if (file_list(buf_text(&path), &l, &ignored) == 0) {
		for (size_t i = 0; i < l.n; i++) {
			buf_clear(&path);
			buf_printf(&path, "%s/spool/%s/%s", state, folder, l.name[i]);
			if (stat(buf_text(&path), &st) != 0 || !S_ISREG(st.st_mode))
				continue;
			++*n;
			*bytes += st.st_size;
			if (st.st_mtime < *oldest)
				*oldest = st.st_mtime;
		}
		file_list_free(&l);
	}
	buf_free(&path);
}

static void
put_spool(const struct world *w, struct buf *out)
{
	static const char *const folder[] = { "new", "unknown" };
	int64_t n[2], bytes[2], oldest[2];

	for (int i = 0; i < 2; i++)
		look(w->set->state, folder[i], &n[i], &bytes[i], &oldest[i]);
	head(out, "utvalg_bounce_spool_files", "Returned mail in the spool.");
	for (int i = 0; i < 2; i++)
		buf_printf(out, "utvalg_bounce_spool_files{folder=\"%s\"} %" PRId64 "\n",
		    folder[i], n[i]);
	head(out, "utvalg_bounce_spool_bytes", "Size of it.");
	for (int i = 0; i < 2; i++)
		buf_printf(out, "utvalg_bounce_spool_bytes{folder=\"%s\"} %" PRId64 "\n",
		    folder[i], bytes[i]);
	head(out, "utvalg_bounce_spool_oldest_seconds",
	    "Age of the oldest of it, 0 for none.");
	for (int i = 0; i < 2; i++)
		buf_printf(out, "utvalg_bounce_spool_oldest_seconds{folder=\"%s\"} %"
		    PRId64 "\n", folder[i],
		    n[i] > 0 && oldest[i] < w->now ? w->now - oldest[i] : 0);
}

static void
put_disk(const struct world *w, struct buf *out)
{
	struct buf path = BUF(8192);
	struct statvfs vfs;
	struct stat st;

	if (statvfs(w->set->state, &vfs) == 0) {
		head(out, "utvalg_state_free_bytes", "Room on the state's disk.");
		buf_printf(out, "utvalg_state_free_bytes %.0f\n",
		    (double)vfs.f_bavail * (double)vfs.f_frsize);
	}
	buf_printf(&path, "%s/utvalg.db", w->set->state);
	if (stat(buf_text(&path), &st) == 0) {
		head(out, "utvalg_database_bytes", "Size of the database.");
		buf_printf(out, "utvalg_database_bytes %" PRId64 "\n",
		    (int64_t)st.st_size);
	}
	buf_free(&path);
}

int
metrics_text(const struct world *w, const struct metrics_end *end,
    const char *old, struct buf *out, struct err *err)
{
	if (put_stages(w, end, old, out, err) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (put_family(w, &families[i], out, err) != 0)
			return -1;
	put_spool(w, out);
	put_disk(w, out);
	head(out, "utvalg_schema_version", "Layout of the database.");
	buf_printf(out, "utvalg_schema_version %d\n", STORE_SCHEMA);
	head(out, "utvalg_build_info", "Which version this is; always 1.");
	buf_printf(out, "utvalg_build_info{version=\"%s\"} 1\n", VERSION);
	return 0;
}

int
metrics_write(const struct world *w, const struct metrics_end *end,
    struct err *err)
{
	struct buf old = BUF(FILE_MAX), out = BUF(FILE_MAX);
	const char *path = w->set->metrics;
	struct err ignored;
	int r = -1;

	if (path == NULL || *path == '\0')
		return 0;
	/* lost or damaged: begun anew */
	if (file_read(path, FILE_MAX, &old, &ignored) != 0)
		buf_clear(&old);
	if (metrics_text(w, end, buf_text(&old), &out, err) == 0)
		r = file_write(path, 0644, buf_text(&out), out.len, err);
	buf_free(&old);
	buf_free(&out);
	return r == 0 ? 0 : err_context(err, "metrics");
}
