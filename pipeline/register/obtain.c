#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/settings.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/talk.h"
#include "pipeline/register/forget.h"
#include "pipeline/register/prune.h"

#include "pipeline/register/obtain.h"

enum { PATH_SIZE = 4400 };

static char *
folder(const struct world *w, char out[static PATH_SIZE])
{
	snprintf(out, PATH_SIZE, "%s/extracts", w->set->state);
	return out;
}

static char *
part_path(const struct world *w, const char *kind, char out[static PATH_SIZE])
{
	snprintf(out, PATH_SIZE, "%s/extracts/%s.part", w->set->state, kind);
	return out;
}

static char *
kept_path(const struct world *w, const char *name, char out[static PATH_SIZE])
{
	snprintf(out, PATH_SIZE, "%s/extracts/%s", w->set->state, name);
	return out;
}

/* KIND.part, new, whatever a killed run has left there. */
static int
open_part(const struct world *w, struct obtained *o, struct err *err)
{
	char path[PATH_SIZE];
	FILE *f;

	if (w->dry_run) {
		/* nameless from the first moment */
		if ((f = tmpfile()) == NULL ||
		    (o->fd = fcntl(fileno(f), F_DUPFD_CLOEXEC, 3)) == -1)
			err_errno(err, "temporary file");
		if (f != NULL)
			fclose(f);
		return o->fd == -1 ? -1 : 0;
	}
	if (file_mkdirs(folder(w, path), 0700, err) != 0)
		return -1;
	part_path(w, o->kind, path);
	unlink(path);
	o->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (o->fd == -1) {
		err_errno(err, "%s", path);
		if (errno == ENOENT || errno == ENOTDIR)
			err->status = EX_CANTCREAT;
		return -1;
	}
	o->part = 1;
	return 0;
}

/* All that ${in} gives into KIND.part. */
static int
copy(const struct world *w, struct obtained *o, int in, struct err *err)
{
	unsigned char piece[65536];
	ssize_t n;

	if (open_part(w, o, err) != 0)
		return -1;
	while ((n = read(in, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, "read");
		if ((o->bytes += n) > w->set->max_bytes)
			return err_set(err, EX_DATAERR, "larger than the %" PRId64
			    " octets that register.max_bytes allows",
			    w->set->max_bytes);
		if (file_write_all(o->fd, piece, (size_t)n) != 0)
			return err_errno(err, "writing what was read");
	}
	return 0;
}

static int
hash_fd(struct obtained *o, struct err *err)
{
	unsigned char piece[65536], sum[32];
	struct hash *h;
	ssize_t n;

	if (lseek(o->fd, 0, SEEK_SET) != 0)
		return err_errno(err, "read");
	h = hash_begin();
	o->bytes = 0;
	while ((n = read(o->fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		hash_add(h, piece, (size_t)n);
		o->bytes += n;
	}
	hash_end(h, sum);
	if (n < 0 || lseek(o->fd, 0, SEEK_SET) != 0)
		return err_errno(err, "read");
	hash_hex(sum, 32, o->sha256);
	return 0;
}

static void
set_date(struct obtained *o, int64_t moment, const char *basis)
{
	if (o->date != DATE_NONE)
		return;			/* given */
	o->date = date_of(moment);
	o->basis = basis;
}

/* A file's time can be anything: years 1970 to 9999 are a date. */
static int
is_date(int64_t moment)
{
	return moment > 0 && moment < INT64_C(253402300800);
}

/* Whoever lays a file down may have unpacked it: the other limit is its then. */
static int
is_packed(int fd)
{
	unsigned char two[2];

	return pread(fd, two, 2, 0) == 2 && two[0] == 0x1f && two[1] == 0x8b;
}

static int
from_file(const struct world *w, struct obtained *o, const char *path,
    struct err *err)
{
	struct stat st;
	int64_t max;
	int packed, r;

	if (stat(path, &st) != 0)
		return err_errno(err, "open");
	if (S_ISDIR(st.st_mode))
		return err_set(err, EX_NOINPUT, "is a folder");
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return err_set(err, EX_NOINPUT, "is no file");
	/* of a pipe: waits for who writes into it */
	o->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (o->fd == -1 || fstat(o->fd, &st) != 0)
		return err_errno(err, "open");
	if (!S_ISREG(st.st_mode)) {
		int in = o->fd;

		o->fd = -1;
		r = copy(w, o, in, err);
		close(in);
		set_date(o, w->now, "clock");
		return r;
	}
	packed = is_packed(o->fd);
	max = packed ? w->set->max_bytes : w->set->max_unpacked;
	if (st.st_size > max)
		return err_set(err, EX_DATAERR, "larger than the %" PRId64 " octets"
		    " that register.%s allows", max, packed ? "max_bytes" :
		    "max_unpacked");
	o->local = 1;
	o->bytes = st.st_size;
	if (is_date(st.st_mtime))
		set_date(o, st.st_mtime, "file");
	else
		set_date(o, w->now, "clock");
	return 0;
}

/* Has the register another file than the one in force?  1: no. */
static int
is_same(const struct world *w, const struct obtained *o, const char *url,
    const struct obtain_known *known, int64_t *modified, struct err *err)
{
	struct fetched head = { "", MOMENT_NONE, 0 };

	if (known->etag[0] == '\0' || strcmp(known->source, o->source) != 0)
		return 0;
	if (fetch_head(w->set, url, o->kind, &head, err) != 0)
		/* not every server of files knows HEAD */
		return err->status == EX_UNAVAILABLE ? 0 : -1;
	*modified = head.modified;
	return strcmp(head.etag, known->etag) == 0;
}

static int
from_url(const struct world *w, struct obtained *o, const char *url,
    const struct obtain_known *known, struct err *err)
{
	int64_t modified = MOMENT_NONE;

	if ((o->same = is_same(w, o, url, known, &modified, err)) != 0)
		return o->same == 1 ? 0 : -1;
	if (known->before != NULL)
		known->before(known->ctx, modified);
	if (open_part(w, o, err) != 0 || fetch_file(w->set, url, o->kind, o->fd,
	    w->talk, &o->http, err) != 0)
		return -1;
	if (o->http.modified != MOMENT_NONE) {
		set_date(o, o->http.modified, "header");
	} else if (o->date == DATE_NONE) {
		set_date(o, w->now, "clock");
		talk_line(w->talk, "the register sent no date: taken as of today");
	}
	return 0;
}

/* A URL may hold a password; a path tells more than the database need know. */
static void
set_source(struct obtained *o, const char *from, const char *url)
{
	const char *host, *slash, *at;

	if (url == NULL) {
		slash = strrchr(from, '/');
		snprintf(o->source, sizeof(o->source), "%s",
		    slash != NULL && slash[1] != '\0' ? slash + 1 : from);
		return;
	}
	host = strstr(url, "://") + 3;
	slash = host + strcspn(host, "/?#");
	for (at = slash; at > host && at[-1] != '@'; at--)
		;
	snprintf(o->source, sizeof(o->source), "%.*s%s", (int)(host - url), url, at);
}

int
obtain(const struct world *w, const char *from, const char *kind, int32_t date,
    const struct obtain_known *known, struct obtained *o, struct err *err)
{
	const char *url;
	char path[PATH_SIZE];

	memset(o, 0, sizeof(*o));
	o->fd = -1;
	o->kind = kind;
	o->date = date;
	o->basis = "given";
	o->http.modified = MOMENT_NONE;
	if (strncmp(from, "file://", 7) == 0)
		from += 7;
	url = strstr(from, "://") != NULL ? from : NULL;
	set_source(o, from, url);
	if (!w->dry_run)
		unlink(part_path(w, kind, path));
	if (strcmp(from, "-") == 0) {
		if (copy(w, o, STDIN_FILENO, err) != 0)
			return -1;
		set_date(o, w->now, "clock");
	} else if ((url != NULL ? from_url(w, o, url, known, err) :
	    from_file(w, o, from, err)) != 0) {
		return -1;
	}
	if (o->same || (o->local && o->bytes != known->bytes))
		return 0;
	return hash_fd(o, err);
}

int
obtain_hash(struct obtained *o, struct err *err)
{
	return o->sha256[0] != '\0' ? 0 : hash_fd(o, err);
}

int
obtain_keep(const struct world *w, struct obtained *o, struct err *err)
{
	char part[PATH_SIZE], to[PATH_SIZE], day[11];
	struct timespec times[2] = { { 0, UTIME_OMIT }, { 0, UTIME_OMIT } };

	if (!o->part)
		return 0;
	if (o->http.modified != MOMENT_NONE && is_date(o->http.modified)) {
		times[1].tv_sec = (time_t)o->http.modified;
		times[1].tv_nsec = 0;
		(void)futimens(o->fd, times);	/* a convenience */
	}
	if (fsync(o->fd) != 0)
		return err_errno(err, "writing what was fetched");
	snprintf(o->kept, sizeof(o->kept), "%s-%s-%.12s.json.gz", o->kind,
	    date_iso(o->date, day), o->sha256);
	if (rename(part_path(w, o->kind, part), kept_path(w, o->kept, to)) != 0) {
		o->kept[0] = '\0';
		return err_errno(err, "keeping the extract");
	}
	o->part = 0;
	return file_sync_dir(folder(w, part), err);
}

const char *
obtain_kept(const struct obtained *o)
{
	return o->kept;
}

void
obtain_forget(const struct world *w, struct obtained *o)
{
	char path[PATH_SIZE];

	if (o->kept[0] != '\0')
		unlink(kept_path(w, o->kept, path));
	o->kept[0] = '\0';
}

static void
tell(void *ctx, const struct prune_file *f)
{
	const struct world *w = ctx;

	if (f->failed != 0)
		talk_line(w->talk, "%s is not removed: %s", f->name, strerror(f->failed));
}

void
obtain_prune(const struct world *w, const struct obtained *o)
{
	struct world mine = *w;
	struct prune_result res;
	struct err why;
	int64_t rows;

	if (!w->dry_run && prune_extracts(w, o->kind, o->kept, tell, &mine, &res,
	    &why) != 0)
		talk_line(w->talk, "old extracts are not removed: %s", why.text);
	if (!w->dry_run && forget_history(w, &rows, &why) != 0)
		talk_line(w->talk, "old history is not forgotten: %s", why.text);
}

void
obtain_close(const struct world *w, struct obtained *o)
{
	char path[PATH_SIZE];

	if (o->part)
		unlink(part_path(w, o->kind, path));
	o->part = 0;
	if (o->fd != -1)
		close(o->fd);
	o->fd = -1;
}

int
obtain_may_be_plain(const struct obtained *o)
{
	return o->local;
}
