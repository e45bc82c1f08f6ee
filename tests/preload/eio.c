/*
 * eio -- a disk that cannot be read any more, for a program under LD_PRELOAD.
 *
 * Of the files whose path ends in $EIO_PATH, the reads after the first $EIO_AFTER
 * fail with EIO.
 */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Does this read fail? */
static int
fails(int fd)
{
	static atomic_long reads;
	const char *want = getenv("EIO_PATH"), *after = getenv("EIO_AFTER");
	char link[64], path[4096];
	ssize_t n;

	if (want == NULL || after == NULL)
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < (ssize_t)strlen(want) ||
	    memcmp(path + n - strlen(want), want, strlen(want)) != 0)
		return 0;
	return atomic_fetch_add(&reads, 1) >= strtol(after, NULL, 10);
}

ssize_t
read(int fd, void *to, size_t len)
{
	ssize_t (*next)(int, void *, size_t);

	*(void **)&next = dlsym(RTLD_NEXT, "read");
	if (fails(fd)) {
		errno = EIO;
		return -1;
	}
	return next(fd, to, len);
}

ssize_t
pread(int fd, void *to, size_t len, off_t at)
{
	ssize_t (*next)(int, void *, size_t, off_t);

	*(void **)&next = dlsym(RTLD_NEXT, "pread");
	if (fails(fd)) {
		errno = EIO;
		return -1;
	}
	return next(fd, to, len, at);
}

ssize_t
pread64(int fd, void *to, size_t len, off64_t at)
{
	ssize_t (*next)(int, void *, size_t, off64_t);

	*(void **)&next = dlsym(RTLD_NEXT, "pread64");
	if (fails(fd)) {
		errno = EIO;
		return -1;
	}
	return next(fd, to, len, at);
}
