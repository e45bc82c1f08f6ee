#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/settings.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/file.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"
#include "pipeline/contact/evidence.h"
#include "pipeline/contact/intake.h"
#include "pipeline/contact/mbox.h"
#include "pipeline/contact/spool.h"
#include "pipeline/store/store.h"

#include "pipeline/contact/bounces.h"

enum {
	GROUP = 500,			/* mails a transaction */
	MAIL_MAX = SPOOL_MAX + 65536,	/* with the envelope lines */
	MBOX_MAX = 1 << 30,
	PROBE_CPU = 5,			/* seconds for a mail that broke the reader */
	TMP_AGE = 3600,			/* seconds after which tmp/ is swept */
	NAMED = 10,			/* files left that are told one by one */
	TRYING_MAX = 600,
};

/* What is to be done with a spooled file once its evidence is committed. */
struct waiting {
	char *name;
	const char *to;			/* "done" or "unknown" */
};

struct run {
	const struct world *w;
	struct evidence *evidence;
	struct bounces_result *n;
	char spool[4096];
	struct waiting *waiting;	/* of the open transaction */
	size_t nwaiting, in_group;
	int open;			/* a transaction is open */
	int trying;			/* file that names the mail being read, -1 */
	char suspect[TRYING_MAX];	/* what it named when we came; "" */
};

/* One mail as it comes from any source. */
struct source {
	const char *kind;		/* spool, maildir, mbox, file */
	const char *name;
	int cut;
};

/* That file stays where it is. */
static void
leave(struct run *r, const char *kind, const char *name, const struct err *why)
{
	if (++r->n->left <= NAMED)
		talk_line(r->w->talk, "%s: %s: left in place: %s", kind, name,
		    why->text);
}

/* --- groups of mails, a transaction each ------------------------------------ */

static int
begin(struct run *r, struct err *err)
{
	if (r->open)
		return 0;
	if (db_begin(r->w->db, err) != 0)
		return -1;
	r->open = 1;
	talk_step("bounces.1");
	return 0;
}

/* A file that is gone has been moved by somebody else. */
static void
move(struct run *r, const char *name, const char *to)
{
	char from[8300], target[8300];
	struct err why;

	snprintf(from, sizeof(from), "%s/new/%s", r->spool, name);
	snprintf(target, sizeof(target), "%s/%s/%s", r->spool, to, name);
	if (rename(from, target) == 0 || (errno == ENOENT && !file_exists(from)))
		return;
	err_errno(&why, "move to %s/", to);
	leave(r, "spool", name, &why);
}

/* Evidence first, then the files: killed between the two, the next run finds
 * the mails known and moves them. */
static int
commit(struct run *r, struct err *err)
{
	if (!r->open)
		return 0;
	if (evidence_settle(r->evidence, err) != 0)
		return -1;
	talk_step("bounces.2");
	r->open = 0;
	if (r->w->dry_run)
		db_rollback(r->w->db);
	else if (db_commit(r->w->db, err) != 0)
		return -1;
	talk_step("bounces.3");
	for (size_t i = 0; i < r->nwaiting; i++) {
		if (!r->w->dry_run)
			move(r, r->waiting[i].name, r->waiting[i].to);
		free(r->waiting[i].name);
		if (i == 0)
			talk_step("bounces.4");
	}
	r->nwaiting = r->in_group = 0;
	talk_step("bounces.5");
	return 0;
}

static void
wait_for_commit(struct run *r, const char *name, const char *to)
{
	r->waiting = mem_grow(r->waiting, r->nwaiting + 1, sizeof(*r->waiting));
	r->waiting[r->nwaiting].name = mem_str(name);
	r->waiting[r->nwaiting++].to = to;
}

/* --- a mail that breaks the reader ------------------------------------------ */

/* The name a killed run left, and from now on ours. */
static void
open_trying(struct run *r)
{
	struct buf text = BUF(4096);
	struct err ignored;
	char path[4200];

	snprintf(path, sizeof(path), "%s/trying", r->spool);
	if (file_exists(path) && file_read(path, 4096, &text, &ignored) == 0)
		snprintf(r->suspect, sizeof(r->suspect), "%s", buf_text(&text));
	buf_free(&text);
	r->trying = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static void
close_trying(struct run *r)
{
	if (r->trying == -1)
		return;
	if (ftruncate(r->trying, 0) != 0)
		(void)0;	/* the next run tries a good mail once too often */
	close(r->trying);
	r->trying = -1;
}

/* Name it, and start the clock that ends a reader that never comes back. */
static void
now_trying(const struct run *r, const char name[TRYING_MAX])
{
	const struct itimerval limit = { { 0, 0 }, { BOUNCES_CPU, 0 } };

	if (r->trying == -1)
		return;
	if (pwrite(r->trying, name, TRYING_MAX, 0) < 0)
		return;		/* it only guards against our own faults */
	setitimer(ITIMER_VIRTUAL, &limit, NULL);
}

static void
tried(const struct run *r)
{
	const struct itimerval none = { { 0, 0 }, { 0, 0 } };

	if (r->trying != -1)
		setitimer(ITIMER_VIRTUAL, &none, NULL);
}

/* A child reads it and says so; a child that dies, or never ends, says nothing.
 * The exit status would not do: checkers of memory have their own. */
static int
breaks_reader(const struct run *r, const char *data, size_t len)
{
	const struct rlimit cpu = { PROBE_CPU, PROBE_CPU };
	const struct rlimit core = { 0, 0 };
	const pid_t parent = getpid();
	int said[2];
	char word = 0;
	pid_t child = -1;

	if (pipe(said) == 0 && (child = fork()) == -1) {
		close(said[0]);
		close(said[1]);
	}
	if (child == -1)
		return 1;	/* to a person, rather than die on it for ever */
	if (child == 0) {
		/* it shares the lock of the state: not to outlive its parent */
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
			_exit(1);
		setrlimit(RLIMIT_CPU, &cpu);
		setrlimit(RLIMIT_CORE, &core);
		talk_step("bounces.probe");
		evidence_probe(r->evidence, data, len);
		_exit(write(said[1], "k", 1) != 1);
	}
	close(said[1]);
	while (read(said[0], &word, 1) == -1 && errno == EINTR)
		;
	close(said[0]);
	while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
		;
	return word != 'k';
}

/* --- sources ---------------------------------------------------------------- */

static int
take(struct run *r, const struct source *s, const struct buf *data,
    struct err *err)
{
	struct evidence_of of = { .name = s->name, .data = buf_text(data),
	    .len = data->len, .cut = s->cut };
	char name[TRYING_MAX] = "";
	int result;

	snprintf(name, sizeof(name), "%s %s", s->kind, s->name);
	if (strcmp(name, r->suspect) == 0)
		of.broken = breaks_reader(r, of.data, of.len);
	now_trying(r, name);
	result = begin(r, err);
	if (result == 0)
		result = evidence_take(r->evidence, &of, r->n, err);
	tried(r);
	if (result != 0)
		return -1;
	if (strcmp(s->kind, "spool") == 0)
		wait_for_commit(r, s->name, of.understood ? "done" : "unknown");
	return ++r->in_group >= GROUP ? commit(r, err) : 0;
}

/* In a folder of mails, only a file is one: a link may lead anywhere, and
 * opening a pipe would wait for ever. */
static int
open_mail(const char *path, int in_folder, struct err *err)
{
	struct stat st;
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY |
	    O_CLOEXEC | (in_folder ? O_NOFOLLOW | O_NONBLOCK : 0));

	if (fd == -1 && errno == ELOOP && in_folder)
		return err_set(err, EX_NOINPUT, "%s: is a link, not a mail", path);
	if (fd == -1)
		return err_errno(err, "%s", path);
	if (in_folder && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		return err_set(err, EX_NOINPUT, "%s: is no file", path);
	}
	return fd;
}

/* The head of a file, of the length that the hook would have stored. */
static int
read_head(const char *path, int in_folder, size_t max, struct buf *out, int *cut,
    struct err *err)
{
	int fd = open_mail(path, in_folder, err);
	char piece[65536];
	ssize_t n = 1;

	if (fd == -1)
		return -1;
	buf_clear(out);
	*cut = 0;
	while (!*cut && n != 0) {
		n = read(fd, piece, sizeof(piece));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_errno(err, "%s", path);
			close(fd);
			return -1;
		}
		*cut = (size_t)n > max - out->len;
		buf_add(out, piece, *cut ? max - out->len : (size_t)n);
	}
	close(fd);
	return 0;
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static int
read_file(struct run *r, const char *path, struct err *err)
{
	struct source s = { .kind = "file", .name = base_name(path) };
	struct buf data = BUF(MAIL_MAX);
	int result;

	result = read_head(path, 0, SPOOL_MAX, &data, &s.cut, err);
	if (result == 0)
		result = take(r, &s, &data, err);
	buf_free(&data);
	return result;
}

/* All files of a folder, each a mail. */
static int
read_folder(struct run *r, const char *kind, const char *path, size_t max,
    struct err *err)
{
	struct file_list l = { NULL, 0 };
	struct buf data = BUF(MAIL_MAX), file = BUF(8300);
	int result = 0;

	if (file_list(path, &l, err) != 0)
		return -1;
	for (size_t i = 0; result == 0 && i < l.n; i++) {
		struct source s = { .kind = kind, .name = l.name[i] };
		struct err why;

		if (l.name[i][0] == '.')
			continue;
		buf_clear(&file);
		buf_printf(&file, "%s/%s", path, l.name[i]);
		if (read_head(buf_text(&file), 1, max, &data, &s.cut, &why) == 0)
			result = take(r, &s, &data, err);
		else if (file_exists(buf_text(&file)))
			leave(r, kind, l.name[i], &why);
		talk_progress(r->w->talk, "reading returned mail", (int64_t)i + 1,
		    (int64_t)l.n);
	}
	file_list_free(&l);
	buf_free(&data);
	buf_free(&file);
	return result;
}

static int
read_spool(struct run *r, struct err *err)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/new", r->spool);
	if (!file_exists(path))
		return 0;		/* nothing has ever come */
	return read_folder(r, "spool", path, MAIL_MAX, err);
}

/* new/ first: a mail that somebody reads meanwhile goes from there to cur/. */
static int
read_maildir(struct run *r, const char *dir, struct err *err)
{
	static const char *const sub[] = { "new", "cur" };
	char path[8300];
	int found = 0;

	for (size_t s = 0; s < 2; s++) {
		snprintf(path, sizeof(path), "%s/%s", dir, sub[s]);
		if (!file_exists(path))
			continue;
		found = 1;
		if (read_folder(r, "maildir", path, SPOOL_MAX, err) != 0)
			return -1;
	}
	return found ? 0 : err_set(err, EX_NOINPUT, "%s: no maildir (no new/, no cur/)",
	    dir);
}

static int
read_mbox(struct run *r, const char *path, struct err *err)
{
	struct buf text = BUF(MBOX_MAX), mail = BUF(SPOOL_MAX);
	size_t at = 0, n = 0;
	int result = file_read(path, MBOX_MAX, &text, err);

	if (result == 0 && !mbox_is(buf_text(&text), text.len))
		result = err_set(err, EX_DATAERR, "%s: no mbox: does not begin with "
		    "a From line", path);
	while (result == 0 && mbox_next(buf_text(&text), text.len, &at, &mail)) {
		char name[400];
		struct source s = { .kind = "mbox", .name = name, .cut = mail.over };

		snprintf(name, sizeof(name), "%.300s:%zu", base_name(path), ++n);
		result = take(r, &s, &mail, err);
		buf_clear(&mail);
	}
	buf_free(&text);
	buf_free(&mail);
	return result;
}

/* What a mailbox holds into the spool.  A server that fails is told at the end:
 * what is in the spool is read all the same. */
static struct intake *
fetch(struct run *r, const struct bounces_ask *ask, struct err *err)
{
	struct intake *box = intake_open(r->w, ask->url, r->spool, err);

	if (box != NULL)
		intake_fetch(box, r->n, err);
	return box;
}

static int
read_all(struct run *r, const struct bounces_ask *ask, struct err *err)
{
	struct err box_err = { 0 };
	struct intake *box = NULL;
	int result = 0;

	if (!r->w->dry_run) {
		if (spool_make(r->spool, err) != 0 ||
		    spool_sweep(r->spool, r->w->now, TMP_AGE, err) != 0)
			return -1;
		open_trying(r);
	}
	if (ask->mailbox)
		box = fetch(r, ask, &box_err);
	if (ask->maildir != NULL)
		result = read_maildir(r, ask->maildir, err);
	if (result == 0 && ask->mbox != NULL)
		result = read_mbox(r, ask->mbox, err);
	for (size_t i = 0; result == 0 && i < ask->nfile; i++)
		result = read_file(r, ask->file[i], err);
	if (result == 0 && (ask->spool || ask->mailbox))
		result = read_spool(r, err);
	if (result == 0)
		result = commit(r, err);
	close_trying(r);
	if (result == 0 && box != NULL && box_err.status == 0)
		intake_settle(box, r->n, &box_err);
	intake_close(box);
	if (result == 0 && box_err.status != 0) {
		*err = box_err;
		result = -1;
	}
	return result;
}

int
bounces_read(const struct world *w, const struct bounces_ask *ask,
    struct bounces_result *ret, struct err *err)
{
	struct run r = { .w = w, .n = ret, .trying = -1 };
	int result;

	memset(ret, 0, sizeof(*ret));
	snprintf(r.spool, sizeof(r.spool), "%s/spool", w->set->state);
	if ((r.evidence = evidence_new(w, err)) == NULL)
		return -1;
	result = read_all(&r, ask, err);
	if (result != 0)
		db_rollback(w->db);
	for (size_t i = 0; i < r.nwaiting; i++)
		free(r.waiting[i].name);
	free(r.waiting);
	evidence_free(r.evidence);
	return result;
}
