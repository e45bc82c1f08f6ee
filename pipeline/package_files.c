#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"

#include "pipeline/package_files.h"

static const char sums[] = "SHA256SUMS";
enum { SUMS_MAX = 1 << 20, FILE_MAX = 1 << 30, DEPTH = 3 };

int
package_put(struct package_files *p, const char *name, mode_t mode,
    struct buf *text, struct err *err)
{
	unsigned char sum[HASH_SIZE];
	struct package_file *f;

	if (text->over)
		return err_set(err, EX_DATAERR, "%s: more than %zu octets", name,
		    text->max);
	if (p->n == PACKAGE_FILES_MAX)
		return err_set(err, EX_DATAERR, "more than %d files",
		    PACKAGE_FILES_MAX);
	p->file = mem_grow(p->file, p->n + 1, sizeof(*p->file));
	f = &p->file[p->n++];
	f->name = mem_str(name);
	f->mode = mode;
	f->text = *text;
	*text = (struct buf)BUF(f->text.max);
	hash_sha256(buf_text(&f->text), f->text.len, sum);
	hash_hex(sum, sizeof(sum), f->sha256);
	p->octets += f->text.len;
	return 0;
}

const struct package_file *
package_get(const struct package_files *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->file[i].name, name) == 0)
			return &p->file[i];
	return NULL;
}

static int
by_name(const void *a, const void *b)
{
	const struct package_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

int
package_seal(struct package_files *p, struct err *err)
{
	struct buf b = BUF(SUMS_MAX);
	int r;

	qsort(p->file, p->n, sizeof(*p->file), by_name);
	for (size_t i = 0; i < p->n; i++)
		buf_printf(&b, "%s  %s\n", p->file[i].sha256, p->file[i].name);
	r = package_put(p, sums, 0644, &b, err);
	buf_free(&b);
	qsort(p->file, p->n, sizeof(*p->file), by_name);
	return r;
}

void
package_files_free(struct package_files *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->file[i].name);
		buf_free(&p->file[i].text);
	}
	free(p->file);
	memset(p, 0, sizeof(*p));
}

/* --- what is there ---------------------------------------------------------------- */

/* Files beneath ${dir}, in all; anything but files and folders counts as one too
 * many to be a package. */
static int
count(const char *dir, int depth, size_t *n, struct err *err)
{
	struct buf path = BUF(8192);
	struct file_list l;
	struct stat st;
	int r = 0;

	if (file_list(dir, &l, err) != 0)
		return -1;
	for (size_t i = 0; r == 0 && i < l.n; i++) {
		buf_clear(&path);
		buf_printf(&path, "%s/%s", dir, l.name[i]);
		if (lstat(buf_text(&path), &st) != 0)
			r = err_errno(err, "%s", buf_text(&path));
		else if (S_ISDIR(st.st_mode) && depth < DEPTH)
			r = count(buf_text(&path), depth + 1, n, err);
		else
			*n += S_ISREG(st.st_mode) ? 1 : PACKAGE_FILES_MAX + 1;
	}
	buf_free(&path);
	file_list_free(&l);
	return r;
}

/* "HASH  NAME" held against the file of that name. */
static int
unchanged(const char *dir, const char *line, size_t len)
{
	struct buf path = BUF(8192), text = BUF(FILE_MAX);
	unsigned char sum[HASH_SIZE];
	char hex[HASH_HEX];
	struct err ignored;
	int r = 0;

	if (len > 66 && memchr(line, '\0', len) == NULL && line[66] != '/') {
		buf_printf(&path, "%s/%.*s", dir, (int)(len - 66), line + 66);
		if (strstr(buf_text(&path), "/../") == NULL &&
		    file_read(buf_text(&path), FILE_MAX, &text, &ignored) == 0) {
			hash_sha256(buf_text(&text), text.len, sum);
			r = memcmp(hash_hex(sum, sizeof(sum), hex), line, 64) == 0;
		}
	}
	buf_free(&path);
	buf_free(&text);
	return r;
}

int
package_look(const struct package_files *p, const char *dir,
    enum package_there *ret, struct err *err)
{
	const struct package_file *own = package_get(p, sums);
	struct buf path = BUF(8192), text = BUF(SUMS_MAX);
	size_t there = 0, named = 0;
	struct err none = { 0 };
	struct stat st;

	*ret = PACKAGE_OTHER;
	if (lstat(dir, &st) != 0) {
		*ret = PACKAGE_NOTHING;
		return errno == ENOENT ? 0 : err_errno(err, "%s", dir);
	}
	if (!S_ISDIR(st.st_mode))
		return 0;
	if (count(dir, 0, &there, err) != 0)
		return -1;
	if (there == 0) {
		*ret = PACKAGE_NOTHING;
		return 0;
	}
	buf_printf(&path, "%s/%s", dir, sums);
	if (file_read(buf_text(&path), SUMS_MAX, &text, &none) == 0) {
		const char *s = buf_text(&text), *end;
		int whole = 1;

		for (; whole && (end = strchr(s, '\n')) != NULL; s = end + 1, named++)
			whole = unchanged(dir, s, (size_t)(end - s));
		if (whole && named + 1 == there)
			*ret = own != NULL && own->text.len == text.len &&
			    memcmp(buf_text(&own->text), buf_text(&text), text.len)
			    == 0 ? PACKAGE_SAME : PACKAGE_EARLIER;
	}
	buf_free(&path);
	buf_free(&text);
	return 0;
}

/* --- laying out -------------------------------------------------------------------- */

/* A folder of ours and all that is in it. */
static int
take_away(const char *dir, struct err *err)
{
	struct buf path = BUF(8192);
	struct file_list l;
	struct stat st;
	int r = 0;

	if (lstat(dir, &st) != 0)
		return errno == ENOENT ? 0 : err_errno(err, "%s", dir);
	if (!S_ISDIR(st.st_mode))
		return unlink(dir) == 0 ? 0 : err_errno(err, "%s", dir);
	if (file_list(dir, &l, err) != 0)
		return -1;
	for (size_t i = 0; r == 0 && i < l.n; i++) {
		buf_clear(&path);
		buf_printf(&path, "%s/%s", dir, l.name[i]);
		r = take_away(buf_text(&path), err);
	}
	buf_free(&path);
	file_list_free(&l);
	return r == 0 && rmdir(dir) != 0 ? err_errno(err, "%s", dir) : r;
}

static int
dated(const char *path, int64_t moment, struct err *err)
{
	struct timespec t[2] = { { (time_t)moment, 0 }, { (time_t)moment, 0 } };

	return utimensat(AT_FDCWD, path, t, 0) == 0 ? 0 :
	    err_errno(err, "%s", path);
}

static int
lay_files(const struct package_files *p, const char *tmp, int64_t moment,
    struct err *err)
{
	struct buf path = BUF(8192);
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->n; i++) {
		const struct package_file *f = &p->file[i];
		const char *slash = strrchr(f->name, '/');

		buf_clear(&path);
		buf_printf(&path, "%s/%.*s", tmp,
		    slash != NULL ? (int)(slash - f->name) : 0, f->name);
		r = slash != NULL ? file_mkdirs(buf_text(&path), 0755, err) : 0;
		buf_clear(&path);
		buf_printf(&path, "%s/%s", tmp, f->name);
		if (r == 0)
			r = file_write(buf_text(&path), f->mode, buf_text(&f->text),
			    f->text.len, err);
		if (r == 0)
			r = dated(buf_text(&path), moment, err);
	}
	/* folders last: a file laid into one changes its time */
	for (size_t i = 0; r == 0 && i < p->n; i++) {
		const char *slash = strrchr(p->file[i].name, '/');

		if (slash == NULL)
			continue;
		buf_clear(&path);
		buf_printf(&path, "%s/%.*s", tmp, (int)(slash - p->file[i].name),
		    p->file[i].name);
		r = dated(buf_text(&path), moment, err);
	}
	if (r == 0)
		r = file_sync_dir(tmp, err);
	buf_free(&path);
	return r == 0 ? dated(tmp, moment, err) : -1;
}

/* What was made becomes DIR, and what was DIR takes its place: one step, so that
 * there is a whole package at DIR at any moment. */
static int
swap(const char *tmp, const char *dir, struct err *err)
{
	enum { EXCHANGE = 2 };			/* RENAME_EXCHANGE of renameat2(2) */

	if (rmdir(dir) == 0 || errno == ENOENT) {	/* nothing, or empty */
		if (rename(tmp, dir) == 0)
			return 0;
	} else if (syscall(SYS_renameat2, AT_FDCWD, tmp, AT_FDCWD, dir,
	    (unsigned)EXCHANGE) == 0)
		return 0;
	err_errno(err, "%s", dir);
	err->status = EX_CANTCREAT;
	return -1;
}

/* The folder that ${path} is in. */
static void
above(const char *path, struct buf *ret)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		buf_str(ret, ".");
	else
		buf_add(ret, path, slash == path ? 1 : (size_t)(slash - path));
}

/* Where they are made: names that are nobody's but ours, in the same folder. */
struct places { struct buf up, tmp, zip, zip_tmp; };

static int
places(const char *dir, struct places *p, struct err *err)
{
	const char *slash = strrchr(dir, '/');
	const char *name = slash != NULL ? slash + 1 : dir;

	p->up = p->tmp = p->zip = p->zip_tmp = (struct buf)BUF(8192);
	above(dir, &p->up);
	buf_printf(&p->tmp, "%s/.%s.utvalg-tmp", buf_text(&p->up), name);
	buf_printf(&p->zip, "%s.zip", dir);
	buf_printf(&p->zip_tmp, "%s/.%s.zip.utvalg-tmp", buf_text(&p->up), name);
	if (p->zip_tmp.over || p->zip.over)
		return err_set(err, EX_USAGE, "the folder's name is too long");
	return 0;
}

static void
places_free(struct places *p)
{
	buf_free(&p->up);
	buf_free(&p->tmp);
	buf_free(&p->zip);
	buf_free(&p->zip_tmp);
}

int
package_sweep(const char *dir, struct err *err)
{
	struct places at;
	int r = places(dir, &at, err) != 0 ||
	    take_away(buf_text(&at.tmp), err) != 0 ||
	    take_away(buf_text(&at.zip_tmp), err) != 0 ? -1 : 0;

	places_free(&at);
	return r;
}

int
package_prepare(const struct package_files *p, const char *dir, int64_t moment,
    const struct buf *zip, mode_t zip_mode, struct err *err)
{
	struct places at;
	struct err ignored;
	int r;

	if ((r = package_sweep(dir, err)) != 0)
		return -1;
	(void)places(dir, &at, err);		/* package_sweep() could */
	if (p != NULL && mkdir(buf_text(&at.tmp), 0755) != 0) {
		r = err_errno(err, "%s", buf_text(&at.up));
		if (err->status != EX_IOERR)
			err->status = EX_CANTCREAT;
	}
	if (r == 0 && p != NULL)
		r = lay_files(p, buf_text(&at.tmp), moment, err);
	if (r == 0 && zip != NULL)
		r = file_write(buf_text(&at.zip_tmp), zip_mode, buf_text(zip),
		    zip->len, err);
	places_free(&at);
	if (r != 0)
		(void)package_sweep(dir, &ignored);
	return r;
}

int
package_lay(const char *dir, struct err *err)
{
	struct places at;
	int r;

	if (places(dir, &at, err) != 0) {
		places_free(&at);
		return -1;
	}
	r = !file_exists(buf_text(&at.tmp)) ? 0 :
	    swap(buf_text(&at.tmp), dir, err);
	talk_step("package.3");
	if (r == 0 && file_exists(buf_text(&at.zip_tmp)) &&
	    rename(buf_text(&at.zip_tmp), buf_text(&at.zip)) != 0)
		r = err_errno(err, "%s", buf_text(&at.zip));
	if (r == 0)
		r = file_sync_dir(buf_text(&at.up), err);
	/* what was there before */
	if (r == 0)
		r = package_sweep(dir, err);
	places_free(&at);
	return r;
}
