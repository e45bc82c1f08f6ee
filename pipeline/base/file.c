#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/base/mem.h"

#include "pipeline/base/file.h"

static int
read_fd(int fd, const char *path, size_t max, struct buf *out, struct err *err)
{
	char piece[65536];
	ssize_t n;

	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, "%s", path);
		if (out->len + (size_t)n > max)
			return err_set(err, EX_DATAERR, "%s: longer than %zu octets",
			    path, max);
		buf_add(out, piece, (size_t)n);
	}
	if (out->over)
		return err_set(err, EX_DATAERR, "%s: too long", path);
	return 0;
}

int
file_read(const char *path, size_t max, struct buf *out, struct err *err)
{
	struct stat st;
	int fd, r;

	if (strcmp(path, "-") == 0)
		return read_fd(STDIN_FILENO, "standard input", max, out, err);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return err_errno(err, "%s", path);
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		return err_set(err, EX_NOINPUT, "%s: is a folder", path);
	}
	r = read_fd(fd, path, max, out, err);
	close(fd);
	return r;
}

int
file_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int
file_sync_dir(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return err_errno(err, "%s", path);
	if (fsync(fd) != 0) {
		err_errno(err, "%s", path);
		close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

static int
sync_parent(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char *dir;
	int r;

	if (slash == NULL)
		return file_sync_dir(".", err);
	dir = mem_strn(path, slash == path ? 1 : (size_t)(slash - path));
	r = file_sync_dir(dir, err);
	free(dir);
	return r;
}

int
file_write(const char *path, mode_t mode, const void *data, size_t len,
    struct err *err)
{
	struct buf tmp = BUF(65536);
	int fd;

	buf_printf(&tmp, "%s.tmp", path);
	fd = open(buf_text(&tmp), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	    mode);
	if (fd == -1) {
		err_errno(err, "%s", path);
		if (errno == ENOENT || errno == ENOTDIR)
			err->status = EX_CANTCREAT;
		goto free_name;
	}
	if (fchmod(fd, mode) != 0 || file_write_all(fd, data, len) != 0 ||
	    fsync(fd) != 0) {
		err_errno(err, "%s", path);
		close(fd);
		goto remove_tmp;
	}
	if (close(fd) != 0 || rename(buf_text(&tmp), path) != 0) {
		err_errno(err, "%s", path);
		goto remove_tmp;
	}
	buf_free(&tmp);
	return sync_parent(path, err);

remove_tmp:
	unlink(buf_text(&tmp));
free_name:
	buf_free(&tmp);
	return -1;
}

int
file_mkdirs(const char *path, mode_t mode, struct err *err)
{
	char *p = mem_str(path);
	int r = 0;

	for (size_t i = 1; p[i - 1] != '\0'; i++) {
		char c = p[i];

		if (c != '/' && c != '\0')
			continue;
		p[i] = '\0';
		if (mkdir(p, mode) != 0 && errno != EEXIST) {
			r = err_errno(err, "%s", p);
			if (errno == ENOENT || errno == ENOTDIR)
				err->status = EX_CANTCREAT;
			break;
		}
		p[i] = c;
	}
	free(p);
	return r;
}

int
file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

static int
by_octets(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
file_list(const char *path, struct file_list *ret, struct err *err)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	size_t cap = 0;

	ret->name = NULL;
	ret->n = 0;
	if (dir == NULL)
		return err_errno(err, "%s", path);
	while ((e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (ret->n == cap) {
			cap = cap > 0 ? cap * 2 : 64;
			ret->name = mem_grow(ret->name, cap, sizeof(char *));
		}
		ret->name[ret->n++] = mem_str(e->d_name);
	}
	closedir(dir);
	if (ret->n > 0)
		qsort(ret->name, ret->n, sizeof(char *), by_octets);
	return 0;
}

void
file_list_free(struct file_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->name[i]);
	free(l->name);
	l->name = NULL;
	l->n = 0;
}
