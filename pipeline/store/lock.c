#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"

#include "pipeline/store/lock.h"

/* Who holds it, from the file; "another run" where that is not to be read. */
static int
held(int fd, struct err *err)
{
	char text[200];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return err_set(err, EX_TEMPFAIL, "the lock is held by another run");
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return err_set(err, EX_TEMPFAIL, "the lock is held by %s", text);
}

static int
try_for(int fd, int64_t wait, struct err *err)
{
	static const struct timespec pause = { 0, 100000000 };
	int64_t tries = wait < 0 ? -1 : wait * 10;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return err_errno(err, "lock");
		if (tries == 0)
			return held(fd, err);
		if (tries > 0)
			tries--;
		nanosleep(&pause, NULL);
	}
	return 0;
}

int
lock_take(const char *state, const char *who, int64_t now, int64_t wait,
    int *ret, struct err *err)
{
	struct buf path = BUF(4096), text = BUF(200);
	char at[21];
	int fd = -1, r = -1;

	*ret = -1;
	if (file_mkdirs(state, 0700, err) != 0)
		return -1;
	buf_printf(&path, "%s/lock", state);
	fd = open(buf_text(&path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1) {
		err_errno(err, "%s", buf_text(&path));
		if (errno == ENOENT || errno == ENOTDIR)
			err->status = EX_CANTCREAT;	/* the state is no folder */
		goto out;
	}
	if (try_for(fd, wait, err) != 0)
		goto close_fd;
	buf_printf(&text, "process %ld (utvalg %s) since %s\n", (long)getpid(), who,
	    moment_iso(now, at));
	/* Only for the message to the next one: a full disk is no reason here. */
	if (ftruncate(fd, 0) != 0 || pwrite(fd, text.data, text.len, 0) < 0)
		(void)0;
	*ret = fd;
	r = 0;
	goto out;

close_fd:
	close(fd);
out:
	buf_free(&path);
	buf_free(&text);
	return r;
}

void
lock_free(int fd)
{
	if (fd >= 0)
		close(fd);
}
