#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/settings.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"
#include "pipeline/contact/disposition.h"
#include "pipeline/contact/evidence.h"
#include "pipeline/contact/spool.h"
#include "pipeline/store/store.h"

#include "pipeline/contact/bounces.h"

enum {
	GROUP = 500,			/* mails a transaction */
	MAIL_MAX = SPOOL_MAX + 65536,	/* with the envelope lines */
	MBOX_MAX = 1 << 30,
	PROBE_CPU = 5,			/* seconds for a mail that broke the reader */
	TMP_AGE = 3600,			/* seconds after which tmp/ is swept */
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
};

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

static int
move(const struct run *r, const char *name, const char *to, struct err *err)
{
	char from[8300], target[8300];

	snprintf(from, sizeof(from), "%s/new/%s", r->spool, name);
	snprintf(target, sizeof(target), "%s/%s/%s", r->spool, to, name);
	if (rename(from, target) != 0 && errno != ENOENT)
		return err_errno(err, "move a mail to %s", to);
	return 0;
}

/* Evidence first, then the files: killed between the two, the next run finds
 * the mails known and moves them. */
static int
commit(struct run *r, struct err *err)
{
	int result = 0;

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
		if (result == 0 && !r->w->dry_run)
			result = move(r, r->waiting[i].name, r->waiting[i].to, err);
		free(r->waiting[i].name);
		if (i == 0)
			talk_step("bounces.4");
	}
	r->nwaiting = r->in_group = 0;
	talk_step("bounces.5");
	return result;
}

static void
wait_for_commit(struct run *r, const char *name, const char *to)
{
	r->waiting = mem_grow(r->waiting, r->nwaiting + 1, sizeof(*r->waiting));
	r->waiting[r->nwaiting].name = mem_str(name);
	r->waiting[r->nwaiting++].to = to;
}

/* One mail of any source.  ${spooled}: it is to be moved. */
static int
take(struct run *r, const char *name, const char *data, size_t len,
    int spooled, int broken, struct err *err)
{
	struct evidence_of of = { .name = name, .data = data, .len = len,
	    .broken = broken };

	if (begin(r, err) != 0 || evidence_take(r->evidence, &of, r->n, err) != 0)
		return -1;
	if (spooled)
		wait_for_commit(r, name, of.understood ? "done" : "unknown");
	if (++r->in_group >= GROUP)
		return commit(r, err);
	return 0;
}

/* --- a mail that broke the reader ------------------------------------------- */

/*
 * The spool's file "trying" names the mail that is being read.  If a run died
 * there, the next one reads that mail in a child of its own first; if the child
 * dies too, the mail is marked broken and skipped.
 */
static void
now_trying(const struct run *r, const char *name)
{
	char text[300];

	if (r->trying == -1)
		return;
	memset(text, 0, sizeof(text));
	snprintf(text, sizeof(text), "%s", name);
	if (pwrite(r->trying, text, sizeof(text), 0) < 0)
		return;		/* it only guards against our own faults */
}

static int
breaks_reader(const struct run *r, const char *data, size_t len)
{
	const struct rlimit cpu = { PROBE_CPU, PROBE_CPU };
	const struct rlimit core = { 0, 0 };
	int status = 0;
	pid_t child = fork();

	if (child == -1)
		return 0;
	if (child == 0) {
		setrlimit(RLIMIT_CPU, &cpu);
		setrlimit(RLIMIT_CORE, &core);
		evidence_probe(r->evidence, data, len);
		_exit(0);
	}
	while (waitpid(child, &status, 0) == -1 && errno == EINTR)
		;
	return !WIFEXITED(status);
}

/* The name a killed run left, "" if none. */
static void
read_trying(struct run *r, char name[300])
{
	struct buf text = BUF(4096);
	struct err ignored;
	char path[4200];

	name[0] = '\0';
	snprintf(path, sizeof(path), "%s/trying", r->spool);
	if (file_exists(path) && file_read(path, 4096, &text, &ignored) == 0)
		snprintf(name, 300, "%s", buf_text(&text));
	buf_free(&text);
}

/* --- sources ---------------------------------------------------------------- */

static int
read_spool(struct run *r, struct err *err)
{
	struct file_list l = { NULL, 0 };
	struct buf data = BUF(MAIL_MAX);
	char path[8300], suspect[300];
	int result = 0;

	snprintf(path, sizeof(path), "%s/new", r->spool);
	if (!file_exists(path))
		return 0;		/* nothing has ever come */
	if (!r->w->dry_run) {
		if (spool_make(r->spool, err) != 0 ||
		    spool_sweep(r->spool, r->w->now, TMP_AGE, err) != 0)
			return -1;
		read_trying(r, suspect);
		snprintf(path, sizeof(path), "%s/trying", r->spool);
		r->trying = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		snprintf(path, sizeof(path), "%s/new", r->spool);
	} else
		suspect[0] = '\0';
	if (file_list(path, &l, err) != 0)
		return -1;
	for (size_t i = 0; result == 0 && i < l.n; i++) {
		struct err why;
		int broken;

		snprintf(path, sizeof(path), "%s/new/%s", r->spool, l.name[i]);
		buf_clear(&data);
		if (file_read(path, MAIL_MAX, &data, &why) != 0) {
			r->n->left++;
			talk_line(r->w->talk, "spool: %s: left in place: %s", l.name[i],
			    why.text);
			continue;
		}
		broken = strcmp(l.name[i], suspect) == 0 &&
		    breaks_reader(r, buf_text(&data), data.len);
		now_trying(r, l.name[i]);
		result = take(r, l.name[i], buf_text(&data), data.len, 1, broken, err);
		talk_progress(r->w->talk, "reading returned mail", (int64_t)i + 1,
		    (int64_t)l.n);
	}
	if (result == 0)
		result = commit(r, err);
	if (r->trying != -1) {
		if (ftruncate(r->trying, 0) != 0)
			(void)0;
		close(r->trying);
		r->trying = -1;
	}
	file_list_free(&l);
	buf_free(&data);
	return result;
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
	struct buf data = BUF(MAIL_MAX);
	int result;

	result = file_read(path, MAIL_MAX, &data, err);
	if (result == 0)
		result = take(r, base_name(path), buf_text(&data), data.len, 0, 0, err);
	buf_free(&data);
	return result;
}

static int
read_maildir(struct run *r, const char *dir, struct err *err)
{
	static const char *const sub[] = { "cur", "new" };
	struct file_list l;
	char path[8300];
	int found = 0;

	for (size_t s = 0; s < 2; s++) {
		snprintf(path, sizeof(path), "%s/%s", dir, sub[s]);
		if (!file_exists(path))
			continue;
		found = 1;
		if (file_list(path, &l, err) != 0)
			return -1;
		for (size_t i = 0; i < l.n; i++) {
			snprintf(path, sizeof(path), "%s/%s/%s", dir, sub[s], l.name[i]);
			if (read_file(r, path, err) != 0) {
				file_list_free(&l);
				return -1;
			}
		}
		file_list_free(&l);
	}
	return found ? 0 : err_set(err, EX_NOINPUT, "%s: no maildir (no new/, no cur/)",
	    dir);
}

/* The end of the mail that begins at ${from}: the next "\nFrom " or the end. */
static size_t
mbox_end(const char *text, size_t len, size_t from)
{
	for (size_t i = from; i < len; i++) {
		const char *nl = memchr(text + i, '\n', len - i);

		if (nl == NULL)
			return len;
		i = (size_t)(nl - text);
		if (len - i > 6 && memcmp(nl + 1, "From ", 5) == 0)
			return i + 1;
	}
	return len;
}

/* mboxrd: a line of >From with any number of > has one too many. */
static void
unquote_from(const char *s, size_t len, struct buf *out)
{
	for (size_t i = 0; i < len; ) {
		const char *nl = memchr(s + i, '\n', len - i);
		size_t end = nl != NULL ? (size_t)(nl - s) + 1 : len;
		size_t k = i;

		while (k < end && s[k] == '>')
			k++;
		if (k > i && end - k >= 5 && memcmp(s + k, "From ", 5) == 0)
			i++;
		buf_add(out, s + i, end - i);
		i = end;
	}
}

static int
read_mbox(struct run *r, const char *path, struct err *err)
{
	struct buf text = BUF(MBOX_MAX), mail = BUF(MBOX_MAX);
	size_t at = 0, n = 0;
	int result = -1;

	if (file_read(path, MBOX_MAX, &text, err) != 0)
		goto out;
	if (text.len > 0 && (text.len < 5 || memcmp(text.data, "From ", 5) != 0)) {
		err_set(err, EX_DATAERR, "%s: no mbox: does not begin with a From line",
		    path);
		goto out;
	}
	result = 0;
	while (result == 0 && at < text.len) {
		const char *nl = memchr(text.data + at, '\n', text.len - at);
		size_t from = nl != NULL ? (size_t)(nl - text.data) + 1 : text.len;
		size_t end = mbox_end(text.data, text.len, from);
		char name[400];

		snprintf(name, sizeof(name), "%.300s:%zu", base_name(path), ++n);
		buf_clear(&mail);
		if (end > from)
			unquote_from(text.data + from, end - from, &mail);
		/* the empty line before the next From line is mbox's, not the mail's */
		if (end < text.len && mail.len > 1 && mail.data[mail.len - 1] == '\n' &&
		    mail.data[mail.len - 2] == '\n')
			mail.data[--mail.len] = '\0';
		result = take(r, name, buf_text(&mail), mail.len, 0, 0, err);
		at = end;
	}
out:
	buf_free(&text);
	buf_free(&mail);
	return result;
}

int
bounces_read(const struct world *w, const struct bounces_ask *ask,
    struct bounces_result *ret, struct err *err)
{
	struct run r = { .w = w, .n = ret, .trying = -1 };
	int result = 0;

	memset(ret, 0, sizeof(*ret));
	snprintf(r.spool, sizeof(r.spool), "%s/spool", w->set->state);
	if ((r.evidence = evidence_new(w, err)) == NULL)
		return -1;
	if (ask->maildir != NULL)
		result = read_maildir(&r, ask->maildir, err);
	if (result == 0 && ask->mbox != NULL)
		result = read_mbox(&r, ask->mbox, err);
	for (size_t i = 0; result == 0 && i < ask->nfile; i++)
		result = read_file(&r, ask->file[i], err);
	if (result == 0 && ask->spool)
		result = read_spool(&r, err);
	if (result == 0)
		result = commit(&r, err);
	if (result != 0)
		db_rollback(w->db);
	for (size_t i = 0; i < r.nwaiting && result != 0; i++)
		free(r.waiting[i].name);
	free(r.waiting);
	evidence_free(r.evidence);
	return result;
}
