#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/settings.h"
#include "pipeline/base/file.h"
#include "pipeline/base/mem.h"
#include "pipeline/frame/frame.h"
#include "pipeline/request_form.h"
#include "pipeline/request_lay.h"
#include "pipeline/sample/draw.h"
#include "pipeline/store/store.h"

#include "pipeline/request.h"

/*
 * The way of a request; each arrow is one rename:
 *
 *	SPOOL/ID.ini --take()--> SPOOL/taken/ID.ini --finish()--> SPOOL/done/ID.ini
 *	                              |
 *	                          serve_one(): RESULTS/ID
 *
 * In SPOOL the asker owns the name and may put another file there at any
 * moment; in taken/ only the service can, so everything is looked at there.
 * SPOOL belongs to the service's account and is sticky: that account may take
 * what anybody put there, and nobody else may.
 */

struct serving {
	const struct world *w;
	struct request_result *res;
	struct err first;		/* trouble of ours, not of a request */
	int point;
};

static void
point(struct serving *s)
{
	char name[32];

	snprintf(name, sizeof(name), "request.%d", s->point++);
	talk_step(name);
}

/* Is this an answer to the asker, or trouble that a later run may not have? */
static int
is_refusal(const struct world *w, int status)
{
	switch (status) {
	case EX_CANTCREAT:
		return access(w->set->state, W_OK) == 0;
	case EX_USAGE:
	case EX_DATAERR:
	case EX_NOINPUT:
	case EX_NOPERM:
	case EX_CONFIG:
		return 1;
	default:
		return 0;
	}
}

/* The file as it lies in taken/: no link, nothing but a file, one name. */
static int
read_taken(const struct world *w, const char *path, struct buf *text,
    struct err *err)
{
	struct stat st;
	char piece[65536];
	ssize_t n;
	int fd, r = -1;

	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return errno == ELOOP ? err_set(err, EX_DATAERR, "a link is no "
		    "request") : errno == EACCES || errno == EPERM ?
		    err_set(err, EX_DATAERR, "it cannot be read by the service: hand "
		    "it in with utvalg request") : errno == ENXIO ?
		    err_set(err, EX_DATAERR, "it is no ordinary file") :
		    err_errno(err, "request");
	if (fstat(fd, &st) != 0)
		err_errno(err, "request");
	else if (!S_ISREG(st.st_mode))
		err_set(err, EX_DATAERR, "it is no ordinary file");
	else if (st.st_nlink > 1)
		err_set(err, EX_DATAERR, "the file has another name elsewhere");
	else if (st.st_size > w->set->request_max)
		err_set(err, EX_DATAERR, "longer than %" PRId64 " octets",
		    w->set->request_max);
	else {
		/* one octet more than the limit shows a file that grows */
		while ((n = read(fd, piece, sizeof(piece))) > 0 && !text->over)
			buf_add(text, piece, (size_t)n);
		if (n < 0)
			err_errno(err, "request");
		else if (text->over)
			err_set(err, EX_DATAERR, "longer than %" PRId64 " octets",
			    w->set->request_max);
		else
			r = 0;
	}
	close(fd);
	return r;
}

/* Frame, and draw where the file says so.  -1: refused, or trouble. */
static int
work(const struct world *w, const struct study *study, uid_t asker,
    struct frame_result *f, int64_t *study_id, struct err *err)
{
	struct draw_result d = { 0 };
	sqlite3_stmt *s = NULL;
	int r = -1;

	if (frame_make(w, study, (int64_t)asker, f, err) != 0)
		return -1;
	if (w->dry_run)
		return 0;
	if (db_prepare(w->db, "SELECT study FROM frame WHERE id = ?1", &s, err) != 0)
		return -1;
	db_i64(s, 1, f->frame);
	if (db_step(s, err) == 1) {
		*study_id = sqlite3_column_int64(s, 0);
		r = 0;
	}
	sqlite3_finalize(s);
	if (r != 0 || !study->draw_on_request)
		return r;
	r = draw(w, study, *study_id, &d, err);
	draw_result_free(&d);
	return r;
}

static int
finish(const struct world *w, const char *name, struct err *err)
{
	const char *spool = w->set->requests;

	if (rename(request_path(spool, "taken", name), request_path(spool, "done", name)) != 0) {
		err_errno(err, "%s", name);
		err->status = EX_IOERR;
		return -1;
	}
	return file_sync_dir(request_path(spool, "done", ""), err);
}

/*
 * Serve the request ${name} at ${path}, which is SPOOL/taken/NAME but in a dry
 * run.  ${many}: the asker has handed in too much.  0: answered; -1: trouble.
 */
static int
serve_one(struct serving *s, const char *name, const char *path, int many,
    struct err *err)
{
	const struct world *w = s->w;
	struct buf text = { NULL, 0, 0, (size_t)w->set->request_max, 0 };
	struct study_faults faults = { NULL, 0 };
	struct frame_result frame = { 0 };
	struct request_answer a = { 0 };
	struct study *study = NULL;
	struct err why = { 0 };
	struct stat st;
	char id[64];
	int r = -1;

	if (lstat(path, &st) != 0)
		return err_errno(err, "request");
	if (request_id(name, id) != 0)
		return err_set(err, EX_SOFTWARE, "a request without a name");
	a.id = id;
	a.asker = st.st_uid;
	a.handed_in = st.st_mtime;
	a.faults = &faults;
	a.frame = &frame;
	if (many)
		err_set(&why, EX_NOPERM, "more than %d requests were waiting", REQUEST_WAITING);
	else if (read_taken(w, path, &text, &why) == 0 &&
	    request_check(w, name, &text, &study, &faults, &why) == 0 &&
	    work(w, study, st.st_uid, &frame, &a.study_id, &why) == 0)
		a.drawn = study->draw_on_request;
	if (why.status != 0 && !is_refusal(w, why.status)) {
		*err = why;
		goto out;
	}
	db_rollback(w->db);
	a.study = study;
	frame.again = 0;	/* the same answer, the second time too */
	a.why = why.status != 0 ? why.text : NULL;
	point(s);
	if (!w->dry_run && request_lay(w, &a, err) != 0)
		goto out;
	point(s);
	if (a.why == NULL)
		s->res->served++;
	else
		s->res->refused++;
	talk_line(w->talk, "request %s: %s", id, a.why == NULL ? "served" :
	    "refused");
	r = 0;
out:
	buf_free(&text);
	study_free(study);
	study_faults_free(&faults);
	return r;
}

static void
trouble(struct serving *s, const char *name, struct err *err)
{
	db_rollback(s->w->db);
	err_context(err, "request %.60s", name);
	talk_line(s->w->talk, "%s", err->text);
	if (s->res->left++ == 0)
		s->first = *err;
}

/* What was taken, by this run or one that was killed. */
static int
serve_taken(struct serving *s, const struct file_list *many, struct err *err)
{
	const char *spool = s->w->set->requests;
	struct file_list l;
	char id[64];

	if (file_list(request_path(spool, "taken", ""), &l, err) != 0)
		return -1;
	for (size_t i = 0; i < l.n; i++) {
		struct err why = { 0 };
		int too_many = 0;

		if (request_id(l.name[i], id) != 0)
			continue;
		for (size_t k = 0; k < many->n; k++)
			too_many |= strcmp(many->name[k], l.name[i]) == 0;
		/* answered before it was killed: only the last rename is due */
		if (file_exists(request_path(s->w->set->results, id, ""))) {
			if (finish(s->w, l.name[i], &why) != 0)
				trouble(s, l.name[i], &why);
			else
				s->res->served++;
			continue;
		}
		if (serve_one(s, l.name[i], request_path(spool, "taken", l.name[i]), too_many,
		    &why) != 0 || finish(s->w, l.name[i], &why) != 0)
			trouble(s, l.name[i], &why);
		point(s);
	}
	file_list_free(&l);
	return 0;
}

static int
known(const struct world *w, const char *id)
{
	char name[80];

	snprintf(name, sizeof(name), "%s.ini", id);
	return file_exists(request_path(w->set->results, id, "")) ||
	    file_exists(request_path(w->set->requests, "taken", name)) ||
	    file_exists(request_path(w->set->requests, "done", name));
}

/*
 * Out of the asker's hands.  A name that is not of ours, or that stands for an
 * earlier request, gets a new one.  What cannot be moved (a folder of another
 * account) is hidden where it is, so that it is not looked at for ever.
 */
static int
take(struct serving *s, const char *name, char taken[static 80],
    struct err *err)
{
	const char *spool = s->w->set->requests;
	char id[64], hidden[80];

	if (request_id(name, id) != 0 || known(s->w, id))
		request_make_id(s->w->now, id);
	snprintf(taken, 80, "%s.ini", id);
	if (rename(request_path(spool, "", name), request_path(spool, "taken", taken)) == 0)
		return 0;
	if (errno == ENOENT)
		return 1;
	snprintf(hidden, sizeof(hidden), ".refused-%s", id);
	if (rename(request_path(spool, "", name), request_path(spool, "", hidden)) == 0) {
		s->res->refused++;
		return 1;
	}
	err_errno(err, "%s", spool);
	err->status = EX_IOERR;
	return -1;
}

/* All that waits into taken/; whose asker has too many is noted in ${many}. */
static int
take_all(struct serving *s, const struct file_list *l, struct file_list *many,
    struct err *err)
{
	const char *spool = s->w->set->requests;
	uid_t *uid = mem_array(l->n + 1, sizeof(*uid));
	size_t n = 0;

	(void)err;
	for (size_t i = 0; i < l->n; i++) {
		struct err why = { 0 };
		char taken[80];
		struct stat st;
		int r, before = 0;

		if (l->name[i][0] == '.' || strlen(l->name[i]) < 5 ||
		    strcmp(l->name[i] + strlen(l->name[i]) - 4, ".ini") != 0)
			continue;
		if ((r = take(s, l->name[i], taken, &why)) < 0)
			trouble(s, l->name[i], &why);
		if (r != 0 || lstat(request_path(spool, "taken", taken), &st) != 0)
			continue;
		for (size_t k = 0; k < n; k++)
			before += uid[k] == st.st_uid;
		uid[n++] = st.st_uid;
		if (before >= REQUEST_WAITING) {
			many->name = mem_grow(many->name, many->n + 1,
			    sizeof(*many->name));
			many->name[many->n++] = mem_str(taken);
		}
		point(s);
	}
	free(uid);
	return 0;
}

/* The folders of the service; the group may list what is there, not read it. */
static int
folders(const struct world *w, struct err *err)
{
	static const char *const sub[] = { "taken", "done" };
	const char *spool = w->set->requests;

	if (!file_exists(spool)) {
		if (file_mkdirs(spool, 0700, err) != 0)
			return -1;
	}
	for (size_t i = 0; i < 2; i++) {
		const char *path = request_path(spool, sub[i], "");

		/* chmod() for a umask that is in the way */
		if (mkdir(path, 0750) == 0)
			(void)chmod(path, 0750);
		else if (errno != EEXIST)
			return err_errno(err, "%s", path);
	}
	if (!file_exists(w->set->results)) {
		if (file_mkdirs(w->set->results, 0711, err) != 0)
			return -1;
		(void)chmod(w->set->results, 0711);
	}
	return 0;
}

static int
serve_dry(struct serving *s, const struct file_list *l)
{
	char id[64];

	for (size_t i = 0; i < l->n; i++) {
		struct err why = { 0 };

		if (request_id(l->name[i], id) == 0 && serve_one(s, l->name[i],
		    request_path(s->w->set->requests, "", l->name[i]), 0, &why) != 0)
			trouble(s, l->name[i], &why);
	}
	return 0;
}

int
request_serve(const struct world *w, struct request_result *res,
    struct err *err)
{
	struct serving s = { .w = w, .res = res, .point = 1 };
	struct file_list l = { NULL, 0 }, many = { NULL, 0 };
	int r = -1;

	memset(res, 0, sizeof(*res));
	if (w->dry_run) {
		if (file_list(w->set->requests, &l, err) != 0)
			return err->status == EX_NOINPUT ? 0 : -1;
		r = serve_dry(&s, &l);
		goto out;
	}
	if (folders(w, err) != 0 || file_list(w->set->requests, &l, err) != 0)
		return -1;
	if (take_all(&s, &l, &many, err) != 0 || serve_taken(&s, &many, err) != 0)
		goto out;
	if (res->left > 0) {
		*err = s.first;
		goto out;
	}
	r = 0;
out:
	file_list_free(&l);
	file_list_free(&many);
	return r;
}
