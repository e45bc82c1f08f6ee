#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/settings.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/talk.h"
#include "pipeline/store/store.h"

#include "pipeline/register/prune.h"

enum { DIGITS = 12, PATH_SIZE = 4400 };

struct kept_name {
	int kind;		/* 0 enhet, 1 underenhet */
	int32_t day;
	char hash[DIGITS + 1];
};

/* KIND-YYYY-MM-DD-HASH.ending */
static int
read_name(const char *name, struct kept_name *k)
{
	static const char *const front[] = { "enhet-", "underenhet-" };

	for (k->kind = 0; k->kind < 2; k->kind++) {
		size_t n = strlen(front[k->kind]);

		if (strncmp(name, front[k->kind], n) != 0)
			continue;
		name += n;
		if (strlen(name) < 10 + 1 + DIGITS + 2 ||
		    date_parse(name, 10, &k->day) != 0 || name[10] != '-' ||
		    strspn(name + 11, "0123456789abcdef") != DIGITS ||
		    name[11 + DIGITS] != '.')
			return -1;
		memcpy(k->hash, name + 11, DIGITS);
		k->hash[DIGITS] = '\0';
		return 0;
	}
	return -1;
}

/* Is it in force, or what a frame in use was made from?  Neither: PRUNE_NEW. */
static int
ask(sqlite3_stmt *s, const struct kept_name *k, enum prune_why *why,
    struct err *err)
{
	int r;

	db_text(s, 1, k->hash);
	db_text(s, 2, k->kind == 0 ? "enhet" : "underenhet");
	*why = PRUNE_NEW;
	if ((r = db_step(s, err)) == 1)
		*why = sqlite3_column_int(s, 0) == 1 ? PRUNE_IN_FORCE :
		    sqlite3_column_int(s, 1) == 1 ? PRUNE_FRAME : PRUNE_NEW;
	sqlite3_reset(s);
	return r < 0 ? -1 : 0;
}

static const char question[] =
    "SELECT max(in_force), max(EXISTS (SELECT 1 FROM frame f WHERE"
    " e.id IN (f.extract_enhet, f.extract_underenhet) AND"
    " (f.id IN (SELECT frame FROM sample) OR"
    " f.id = (SELECT max(id) FROM frame n WHERE n.study = f.study))))"
    " FROM extract e WHERE substr(sha256, 1, 12) = ?1 AND kind = ?2";

/* What becomes of one file that nothing needs. */
static enum prune_why
judge(const struct world *w, const struct kept_name *k, int64_t newer)
{
	if (w->set->keep_days > 0 &&
	    date_of(w->now) - k->day > w->set->keep_days)
		return PRUNE_AGE;
	return newer >= w->set->keep_extracts ? PRUNE_COUNT : PRUNE_NEW;
}

static void
do_file(const struct world *w, struct prune_file *f, struct prune_result *res)
{
	char path[PATH_SIZE];
	struct stat st;

	snprintf(path, sizeof(path), "%s/extracts/%s", w->set->state, f->name);
	if (lstat(path, &st) == 0)
		f->bytes = st.st_size;
	res->files++;
	if (f->why < PRUNE_COUNT) {
		res->kept++;
		return;
	}
	if (!w->dry_run) {
		talk_step("prune.1");
		if (unlink(path) != 0 && errno != ENOENT)
			f->failed = errno;
		talk_step("prune.2");
	}
	if (f->failed != 0) {
		res->failed++;
		return;
	}
	res->removed++;
	res->bytes += f->bytes;
}

int
prune_extracts(const struct world *w, const char *kind, const char *spare,
    void (*each)(void *ctx, const struct prune_file *), void *ctx,
    struct prune_result *res, struct err *err)
{
	int64_t newer[2] = { 0, 0 };
	char folder[PATH_SIZE];
	struct file_list l = { 0 };
	sqlite3_stmt *s = NULL;
	int r = 0;

	memset(res, 0, sizeof(*res));
	snprintf(folder, sizeof(folder), "%s/extracts", w->set->state);
	if (!file_exists(folder))
		return 0;
	if (file_list(folder, &l, err) != 0 || db_prepare(w->db, question, &s, err) != 0)
		r = -1;
	/* of each kind the newest day comes last */
	for (size_t i = l.n; r == 0 && i-- > 0; ) {
		struct prune_file f = { .name = l.name[i] };
		struct kept_name k;

		if (read_name(f.name, &k) != 0 || (kind != NULL &&
		    (strcmp(kind, "enhet") == 0) != (k.kind == 0)))
			continue;
		if ((r = ask(s, &k, &f.why, err)) != 0)
			break;
		if (f.why == PRUNE_NEW && (spare == NULL || strcmp(f.name, spare) != 0))
			f.why = judge(w, &k, newer[k.kind]++);
		do_file(w, &f, res);
		if (each != NULL)
			each(ctx, &f);
	}
	sqlite3_finalize(s);
	file_list_free(&l);
	return r;
}
