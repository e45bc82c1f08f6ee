#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/settings.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/request_form.h"
#include "pipeline/request_lay.h"

#include "pipeline/request.h"

/* The asker's side: handing in and looking.  Serving is request_serve.c. */

/* The account that serves: the owner of the spool. */
static int
service(const struct world *w, uid_t *uid, struct err *err)
{
	struct stat st;

	if (stat(w->set->requests, &st) != 0 && errno == ENOENT) {
		/* a private world: whoever may make it serves it */
		if (file_mkdirs(w->set->requests, 0700, err) != 0 ||
		    stat(w->set->requests, &st) != 0)
			return err_set(err, EX_CANTCREAT, "%s: the folder of requests "
			    "is not there", w->set->requests);
	} else if (!file_exists(w->set->requests))
		return err_errno(err, "%s", w->set->requests);
	*uid = st.st_uid;
	return 0;
}

static int
waiting_of(const char *spool, uid_t uid)
{
	static const char *const sub[] = { "", "taken" };
	struct file_list l;
	struct err why;
	struct stat st;
	int n = 0;

	for (size_t k = 0; k < 2; k++) {
		if (file_list(request_path(spool, sub[k], ""), &l, &why) != 0)
			continue;
		for (size_t i = 0; i < l.n; i++)
			n += strstr(l.name[i], ".ini") != NULL &&
			    lstat(request_path(spool, sub[k], l.name[i]), &st) == 0 &&
			    S_ISREG(st.st_mode) && st.st_uid == uid;
		file_list_free(&l);
	}
	return n;
}

/* Whole or not at all: hidden name, sync, right to read, rename. */
static int
put(const char *spool, const char *id, const struct buf *text, uid_t reader,
    struct err *err)
{
	char name[80], hidden[80];
	const char *tmp, *end;
	int fd;

	snprintf(name, sizeof(name), "%s.ini", id);
	snprintf(hidden, sizeof(hidden), ".%s.tmp", id);
	tmp = request_path(spool, "", hidden);
	end = request_path(spool, "", name);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return err_errno(err, "%s", spool);
	if (file_write_all(fd, buf_text(text), text->len) != 0 || fsync(fd) != 0) {
		err_errno(err, "%s", spool);
		close(fd);
		goto remove_tmp;
	}
	close(fd);
	if (request_allow(tmp, reader, 0, err) != 0)
		goto remove_tmp;
	if (rename(tmp, end) != 0) {
		err_errno(err, "%s", end);
		goto remove_tmp;
	}
	return file_sync_dir(spool, err);

remove_tmp:
	unlink(tmp);
	return -1;
}

int
request_hand_in(const struct world *w, const char *path, char id[static 64],
    struct err *err)
{
	struct buf text = { NULL, 0, 0, (size_t)w->set->request_max, 0 };
	struct study_faults f = { NULL, 0 };
	struct study *study = NULL;
	uid_t reader = 0;
	int r = -1;

	if (file_read(path, (size_t)w->set->request_max, &text, err) != 0 ||
	    request_check(w, path, &text, &study, &f, err) != 0)
		goto out;
	request_make_id(w->now, id);
	if (w->dry_run) {
		r = 0;
		goto out;
	}
	if (service(w, &reader, err) != 0)
		goto out;
	if (waiting_of(w->set->requests, getuid()) >= REQUEST_WAITING) {
		err_set(err, EX_TEMPFAIL, "%d of your requests are waiting already",
		    REQUEST_WAITING);
		goto out;
	}
	r = put(w->set->requests, id, &text, reader, err);
out:
	buf_free(&text);
	study_free(study);
	study_faults_free(&f);
	return r;
}

struct listing {
	const struct world *w;
	struct json *j;		/* NULL: text */
	struct buf *out;
	uid_t me;
	int all;
	int64_t shown;
};

static void
list_one(struct listing *l, const char *id, const struct stat *st,
    const char *state)
{
	const char *results = l->w->set->results;
	char at[21];

	if (state == NULL)
		state = file_exists(request_path(results, id, "frame.csv")) ? "served" :
		    file_exists(request_path(results, id, "answer.txt")) ? "refused" :
		    "removed";
	moment_iso(st->st_mtime, at);
	if (l->j != NULL) {
		json_object(l->j);
		json_kstr(l->j, "request", id);
		json_kstr(l->j, "state", state);
		json_kstr(l->j, "handed_in", at);
		json_kint(l->j, "asker", (int64_t)st->st_uid);
		json_kstr(l->j, "answer", strcmp(state, "served") == 0 ||
		    strcmp(state, "refused") == 0 ? request_path(results, id, "") : NULL);
		json_end(l->j);
	} else if (strcmp(state, "served") == 0 || strcmp(state, "refused") == 0)
		buf_printf(l->out, "%s  %-8s %s\n", at, state, request_path(results, id, ""));
	else
		buf_printf(l->out, "%s  %-8s %s\n", at, state, id);
	l->shown++;
}

static int
list_folder(struct listing *l, const char *sub, const char *state,
    struct err *err)
{
	const char *spool = l->w->set->requests;
	struct file_list names;
	struct stat st;
	char id[64];

	if (file_list(request_path(spool, sub, ""), &names, err) != 0)
		return err->status == EX_NOINPUT ? 0 : -1;
	for (size_t i = 0; i < names.n; i++)
		if (request_id(names.name[i], id) == 0 &&
		    lstat(request_path(spool, sub, names.name[i]), &st) == 0 &&
		    (l->all || st.st_uid == l->me))
			list_one(l, id, &st, state);
	file_list_free(&names);
	return 0;
}

int
request_list(const struct world *w, int as_json, struct buf *out,
    struct err *err)
{
	struct listing l = { .w = w, .out = out, .me = getuid() };
	struct stat st;
	struct json j;

	l.all = l.me == 0 || (stat(w->set->requests, &st) == 0 &&
	    st.st_uid == l.me);
	if (as_json) {
		json_begin(&j, out, 1);
		json_array(&j);
		l.j = &j;
	}
	if (list_folder(&l, "done", NULL, err) != 0 ||
	    list_folder(&l, "taken", "at work", err) != 0 ||
	    list_folder(&l, "", "waiting", err) != 0)
		return -1;
	if (as_json) {
		json_end(&j);
		buf_chr(out, '\n');
	} else if (l.shown == 0)
		buf_str(out, "no requests\n");
	return 0;
}
