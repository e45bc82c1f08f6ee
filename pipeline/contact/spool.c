#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/talk.h"

#include "pipeline/contact/spool.h"

static const char prefix[] = "X-Utvalg-Envelope-";

enum { VALUE_MAX = 511, HEAD_MAX = 4096 };

/* The file in tmp/ that is being written: a handler takes no argument. */
static char unfinished[PATH_MAX];
static volatile sig_atomic_t is_unfinished;

/* ---------------------------------------------------------------- folders -- */

static int
path_of(char out[static PATH_MAX], const char *spool, const char *folder,
    const char *name, struct err *err)
{
	int n = snprintf(out, PATH_MAX, "%s/%s%s%s", spool, folder,
	    *name != '\0' ? "/" : "", name);

	if (n < 0 || n >= PATH_MAX)
		return err_set(err, EX_CANTCREAT, "spool: name too long");
	return 0;
}

static int
make_one(const char *path, struct err *err)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return err_errno(err, "%s", path);
	return 0;
}

int
spool_make(const char *spool, struct err *err)
{
	static const char *const folder[] = { "tmp", "new", "done", "unknown" };
	char path[PATH_MAX];

	if (make_one(spool, err) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(folder) / sizeof(folder[0]); i++)
		if (path_of(path, spool, folder[i], "", err) != 0 ||
		    make_one(path, err) != 0)
			return -1;
	return file_sync_dir(spool, err);
}

int
spool_sweep(const char *spool, int64_t now, int64_t age, struct err *err)
{
	char path[PATH_MAX];
	struct file_list list;
	struct stat st;
	int r;

	if (path_of(path, spool, "tmp", "", err) != 0)
		return -1;
	if (!file_exists(path))
		return 0;
	if (file_list(path, &list, err) != 0)
		return -1;
	r = 0;
	for (size_t i = 0; i < list.n; i++)
		if (path_of(path, spool, "tmp", list.name[i], err) == 0 &&
		    lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		    st.st_mtime < now - age && unlink(path) != 0 && errno != ENOENT)
			r = err_errno(err, "%s", path);
	file_list_free(&list);
	return r;
}

/* ---------------------------------------------------------------- writing -- */

static int
new_name(char out[static 80], struct err *err)
{
	struct timespec t;
	uint64_t random;

	if (clock_gettime(CLOCK_REALTIME, &t) != 0 ||
	    getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return err_errno(err, "spool: a new name");
	snprintf(out, 80, "%" PRId64 ".%06ld_%ld_%016" PRIx64, (int64_t)t.tv_sec,
	    t.tv_nsec / 1000, (long)getpid(), random);
	return 0;
}

/* One envelope line into ${head}; what is not known, none. */
static size_t
line(char *head, size_t at, const char *name, const char *value)
{
	if (value == NULL)
		return at;
	at += (size_t)snprintf(head + at, HEAD_MAX - at, "%s%s: ", prefix, name);
	for (size_t i = 0, len = strnlen(value, VALUE_MAX); i < len; i++) {
		unsigned char c = (unsigned char)value[i];

		head[at++] = c < 0x20 || c == 0x7f ? '?' : value[i];
	}
	head[at++] = '\n';
	return at;
}

/* The envelope; *${cut} is where the digit of Cut stands. */
static size_t
envelope_text(const struct envelope *e, char head[static HEAD_MAX], size_t *cut)
{
	char when[21];
	size_t n = 0;

	n = line(head, n, "Received", moment_iso(clock_now(), when));
	n = line(head, n, "Sender", e->sender);
	n = line(head, n, "Recipient", e->recipient);
	n = line(head, n, "Original", e->original);
	n = line(head, n, "Extension", e->extension);
	n = line(head, n, "Cut", "0");
	*cut = n - 2;
	return line(head, n, "End", "1");
}

/* The mail, to its end; of it at most ${max} octets to ${out}.  Whether it had
 * more goes to *${more}. */
static int
copy(int in, int out, size_t max, int *more, struct err *err)
{
	char piece[65536];
	ssize_t n;
	size_t take;

	*more = 0;
	while ((n = read(in, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, "spool: reading the mail");
		take = (size_t)n < max ? (size_t)n : max;
		*more |= take < (size_t)n;
		max -= take;
		if (take > 0 && file_write_all(out, piece, take) != 0)
			return err_errno(err, "spool: writing the mail");
	}
	return 0;
}

static int
store(int in, int out, const struct envelope *e, size_t max, struct err *err)
{
	char head[HEAD_MAX];
	size_t cut, n = envelope_text(e, head, &cut);
	int more;

	if (file_write_all(out, head, n) != 0)
		return err_errno(err, "spool: writing the envelope");
	if (copy(in, out, max, &more, err) != 0)
		return -1;
	if (more && pwrite(out, "1", 1, (off_t)cut) != 1)
		return err_errno(err, "spool: writing the envelope");
	talk_step("spool.1");
	if (fsync(out) != 0)
		return err_errno(err, "spool: to the disk");
	return 0;
}

int
spool_put(const char *spool, int fd, const struct envelope *e, size_t max,
    struct err *err)
{
	char name[80] = "", new[PATH_MAX], folder[PATH_MAX], *const tmp = unfinished;
	int out;

	if (path_of(folder, spool, "new", "", err) != 0 ||
	    path_of(tmp, spool, "tmp", "", err) != 0)
		return -1;
	if ((!file_exists(folder) || !file_exists(tmp)) &&
	    spool_make(spool, err) != 0)
		return -1;
	if (new_name(name, err) != 0 || path_of(tmp, spool, "tmp", name, err) != 0 ||
	    path_of(new, spool, "new", name, err) != 0)
		return -1;
	is_unfinished = 1;
	out = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (out == -1) {
		is_unfinished = 0;
		return err_errno(err, "%s", tmp);
	}
	if (store(fd, out, e, max, err) != 0) {
		close(out);
		goto remove_tmp;
	}
	if (close(out) != 0) {
		err_errno(err, "%s", tmp);
		goto remove_tmp;
	}
	talk_step("spool.2");
	if (rename(tmp, new) != 0) {
		err_errno(err, "%s", new);
		goto remove_tmp;
	}
	is_unfinished = 0;
	talk_step("spool.3");
	return file_sync_dir(folder, err);

remove_tmp:
	unlink(tmp);
	is_unfinished = 0;
	return -1;
}

int
spool_keep(const char *spool, const char *name, int64_t received,
    const char *mail, size_t len, struct err *err)
{
	char tmp[PATH_MAX], new[PATH_MAX], folder[PATH_MAX], head[HEAD_MAX], when[21];
	size_t n = 0;
	int out;

	if (path_of(folder, spool, "new", "", err) != 0 ||
	    path_of(tmp, spool, "tmp", name, err) != 0 ||
	    path_of(new, spool, "new", name, err) != 0)
		return -1;
	if (received != MOMENT_NONE)
		n = line(head, n, "Received", moment_iso(received, when));
	n = line(head, n, "Cut", "0");
	n = line(head, n, "End", "1");
	out = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (out == -1)
		return err_errno(err, "%s", tmp);
	if (file_write_all(out, head, n) != 0 ||
	    file_write_all(out, mail, len) != 0 || fsync(out) != 0) {
		err_errno(err, "spool: writing the mail");
		close(out);
		unlink(tmp);
		return -1;
	}
	if (close(out) != 0 || rename(tmp, new) != 0) {
		err_errno(err, "%s", new);
		unlink(tmp);
		return -1;
	}
	return file_sync_dir(folder, err);
}

void
spool_abandon(void)
{
	if (is_unfinished)
		unlink(unfinished);
}

/* ---------------------------------------------------------------- reading -- */

/* The value of line NAME at ${s} of ${len} octets, or NULL. */
static const char *
value_of(const char *s, size_t len, const char *name, size_t *n)
{
	size_t front = sizeof(prefix) - 1, namelen = strlen(name);

	if (len < front + namelen + 2 || memcmp(s, prefix, front) != 0 ||
	    memcmp(s + front, name, namelen) != 0 ||
	    memcmp(s + front + namelen, ": ", 2) != 0)
		return NULL;
	*n = len - front - namelen - 2;
	return s + front + namelen + 2;
}

/* Take one envelope line; 1 at the End line, -1 where it is none. */
static int
take(const char *s, size_t len, struct spooled *r)
{
	struct { const char *name; char *to; } field[] = {
		{ "Sender", r->sender }, { "Recipient", r->recipient },
		{ "Original", r->original }, { "Extension", r->extension },
	};
	const char *v;
	char when[32];
	size_t n;

	for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++)
		if ((v = value_of(s, len, field[i].name, &n)) != NULL) {
			if (n > VALUE_MAX)
				n = VALUE_MAX;
			memcpy(field[i].to, v, n);
			field[i].to[n] = '\0';
			return 0;
		}
	if ((v = value_of(s, len, "Received", &n)) != NULL) {
		if (n < sizeof(when)) {
			memcpy(when, v, n);
			when[n] = '\0';
			if (moment_parse(when, &r->received) != 0)
				r->received = MOMENT_NONE;
		}
		return 0;
	}
	if ((v = value_of(s, len, "Cut", &n)) != NULL) {
		r->cut = n == 1 && *v == '1';
		return 0;
	}
	return value_of(s, len, "End", &n) != NULL ? 1 : -1;
}

void
spool_read(const char *data, size_t len, struct spooled *r)
{
	size_t at = 0;
	int what = 0;

	memset(r, 0, sizeof(*r));
	r->received = MOMENT_NONE;
	while (what == 0) {
		const char *end = at < len ? memchr(data + at, '\n', len - at) : NULL;

		if (end == NULL) {
			what = -1;
			break;
		}
		what = take(data + at, (size_t)(end - data) - at, r);
		at = (size_t)(end - data) + 1;
	}
	if (what < 0) {
		memset(r, 0, sizeof(*r));
		r->received = MOMENT_NONE;
		at = 0;
	}
	r->mail = data + at;
	r->len = len - at;
}
