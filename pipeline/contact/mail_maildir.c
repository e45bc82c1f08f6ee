#define _GNU_SOURCE		/* syncfs() */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/file.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"

#include "pipeline/contact/mail_out.h"

struct maildir {
	char *dir, *study;
	int64_t *there;		/* recipients in new/ and cur/, sorted */
	size_t n, cap;
};

static void
path_of(const struct maildir *m, const char *folder, const char *name,
    struct buf *b)
{
	buf_clear(b);
	buf_printf(b, "%s/%s%s%s", m->dir, folder, *name != '\0' ? "/" : "", name);
}

static void
name_of(const struct maildir *m, int64_t recipient, struct buf *b)
{
	buf_clear(b);
	buf_printf(b, "r%" PRId64 ".%s", recipient, m->study);
}

/* "rNUMBER.STUDY", or with the flags that mail programs add behind it; -1: it
 * is another's. */
static int64_t
recipient_of(const struct maildir *m, const char *name)
{
	size_t len = strlen(m->study);
	int64_t v = 0;
	const char *s = name + 1;

	if (*name != 'r' || *s < '1' || *s > '9')
		return -1;
	for (; *s >= '0' && *s <= '9' && v < INT64_MAX / 100; s++)
		v = v * 10 + (*s - '0');
	if (*s != '.' || strncmp(s + 1, m->study, len) != 0)
		return -1;
	s += 1 + len;
	return *s == '\0' || *s == ':' || *s == ',' ? v : -1;
}

static int
look(struct maildir *m, const char *folder, int remove, struct err *err)
{
	struct buf path = BUF(8192);
	struct file_list list;
	int r;

	path_of(m, folder, "", &path);
	if ((r = file_list(buf_text(&path), &list, err)) != 0)
		goto out;
	for (size_t i = 0; i < list.n; i++) {
		int64_t v = recipient_of(m, list.name[i]);

		if (v < 0)
			continue;
		if (remove) {
			path_of(m, folder, list.name[i], &path);
			unlink(buf_text(&path));
			continue;
		}
		if (m->n == m->cap) {
			m->cap = m->cap > 0 ? 2 * m->cap : 256;
			m->there = mem_grow(m->there, m->cap, sizeof(*m->there));
		}
		m->there[m->n++] = v;
	}
	file_list_free(&list);
out:
	buf_free(&path);
	return r;
}

static int
by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void
maildir_close(void *ctx)
{
	struct maildir *m = ctx;

	free(m->dir);
	free(m->study);
	free(m->there);
	free(m);
}

static int
maildir_open(const char *where, const char *study, void **ctx, struct err *err)
{
	static const char *const folder[] = { "tmp", "new", "cur" };
	struct maildir *m = mem_alloc(sizeof(*m));
	struct buf path = BUF(8192);

	m->dir = mem_str(where);
	m->study = mem_str(study);
	for (size_t i = 0; i < 3; i++) {
		path_of(m, folder[i], "", &path);
		if (file_mkdirs(buf_text(&path), 0700, err) != 0)
			goto fail;
		if (access(buf_text(&path), W_OK | X_OK) != 0) {
			err_errno(err, "%s", buf_text(&path));
			goto fail;
		}
	}
	/* what a killed run left unfinished goes; what it finished stands */
	if (look(m, "tmp", 1, err) != 0 || look(m, "new", 0, err) != 0 ||
	    look(m, "cur", 0, err) != 0 || file_sync_dir(where, err) != 0)
		goto fail;
	if (m->n > 0)
		qsort(m->there, m->n, sizeof(*m->there), by_number);
	buf_free(&path);
	*ctx = m;
	return 0;

fail:
	buf_free(&path);
	maildir_close(m);
	return -1;
}

static int
maildir_there(void *ctx, int64_t recipient)
{
	const struct maildir *m = ctx;

	return m->n > 0 && bsearch(&recipient, m->there, m->n, sizeof(*m->there),
	    by_number) != NULL;
}

static int
write_one(const struct maildir *m, const struct letter *l, struct err *err)
{
	struct buf name = BUF(256), path = BUF(8192);
	int fd, r = 0;

	name_of(m, l->recipient, &name);
	path_of(m, "tmp", buf_text(&name), &path);
	fd = open(buf_text(&path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (fd == -1)
		r = err_errno(err, "%s", buf_text(&path));
	else if (file_write_all(fd, l->message, l->len) != 0) {
		r = err_errno(err, "%s", buf_text(&path));
		close(fd);
	} else if (close(fd) != 0)
		r = err_errno(err, "%s", buf_text(&path));
	buf_free(&name);
	buf_free(&path);
	return r;
}

static int
rename_one(const struct maildir *m, const struct letter *l, struct err *err)
{
	struct buf name = BUF(256), from = BUF(8192), to = BUF(8192);
	int r = 0;

	name_of(m, l->recipient, &name);
	path_of(m, "tmp", buf_text(&name), &from);
	path_of(m, "new", buf_text(&name), &to);
	if (rename(buf_text(&from), buf_text(&to)) != 0)
		r = err_errno(err, "%s", buf_text(&to));
	buf_free(&name);
	buf_free(&from);
	buf_free(&to);
	return r;
}

/* One sync for the group: an fsync for each of thousands of files is slow. */
static int
sync_all(const struct maildir *m, struct err *err)
{
	struct buf path = BUF(8192);
	int fd, r = 0;

	path_of(m, "tmp", "", &path);
	fd = open(buf_text(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || syncfs(fd) != 0)
		r = err_errno(err, "%s", buf_text(&path));
	if (fd != -1)
		close(fd);
	buf_free(&path);
	return r;
}

static int
maildir_put(void *ctx, const struct letter *l, size_t n, struct err *err)
{
	const struct maildir *m = ctx;
	struct buf new = BUF(8192);
	struct err ignored;
	int r = -1;

	for (size_t i = 0; i < n; i++)
		if (write_one(m, &l[i], err) != 0)
			goto remove_tmp;
	if (sync_all(m, err) != 0)
		goto remove_tmp;
	talk_step("mail.4");
	for (size_t i = 0; i < n; i++)
		if (rename_one(m, &l[i], err) != 0)
			goto out;
	path_of(m, "new", "", &new);
	r = file_sync_dir(buf_text(&new), err);
out:
	buf_free(&new);
	return r;

remove_tmp:
	look(&(struct maildir){ .dir = m->dir, .study = m->study }, "tmp", 1,
	    &ignored);	/* a full disk is not to be kept full */
	goto out;
}

const struct mail_out mail_maildir = {
	.kind = "maildir",
	.group = 500,
	.message = 1,
	.open = maildir_open,
	.there = maildir_there,
	.put = maildir_put,
	.close = maildir_close,
};
