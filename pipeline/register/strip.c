#define _GNU_SOURCE		/* memmem() */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "config/settings.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/num.h"
#include "pipeline/register/gunzip.h"
#include "pipeline/register/scan.h"
#include "pipeline/store/erase.h"
#include "pipeline/store/store.h"

#include "pipeline/register/strip.h"

enum { PIECE = 1 << 18, PATH_SIZE = 4400 };

/* An array of objects, one object at a time. */
struct strip {
	const struct world *w;
	const struct erased *erased;
	struct buf one;		/* the object being read */
	int depth, string, escape;
	gzFile out;		/* NULL: only counted */
	int64_t units, hits;
};

/* The number of the object: the key stands nowhere else in a record. */
static int
is_erased(const struct strip *s)
{
	static const char key[] = "\"organisasjonsnummer\"";
	const char *p = s->one.data, *end = p + s->one.len, *why;
	int32_t orgnr;

	while ((p = memmem(p, (size_t)(end - p), key, sizeof(key) - 1)) != NULL) {
		p += sizeof(key) - 1;
		while (p < end && (*p == ' ' || *p == ':' || *p == '\t' || *p == '\n' ||
		    *p == '\r'))
			p++;
		if (end - p > 10 && *p == '"' && p[10] == '"' &&
		    num_orgnr(p + 1, 9, &orgnr, &why) == 0 &&
		    erased_has(s->erased, s->w, orgnr))
			return 1;
	}
	return 0;
}

static int
end_object(struct strip *s, struct err *err)
{
	int hit = is_erased(s);

	s->hits += hit;
	if (!hit && s->out != NULL) {
		if (gzputs(s->out, s->units > 0 ? ",\n" : "[\n") < 0 ||
		    gzwrite(s->out, s->one.data, (unsigned)s->one.len) !=
		    (int)s->one.len)
			return err_set(err, EX_IOERR, "writing an extract fails");
		s->units++;
	}
	buf_clear(&s->one);
	return 0;
}

static int
take(struct strip *s, const char *data, size_t len, struct err *err)
{
	for (size_t i = 0; i < len; i++) {
		char c = data[i];

		if (s->depth >= 2 || (s->depth == 1 && c == '{'))
			buf_chr(&s->one, c);
		if (s->string) {
			s->string = s->escape || c != '"';
			s->escape = !s->escape && c == '\\';
			continue;
		}
		if (c == '"')
			s->string = 1;
		else if (c == '{' || c == '[')
			s->depth++;
		else if ((c == '}' || c == ']') && --s->depth == 1 &&
		    end_object(s, err) != 0)
			return -1;
		if (s->one.over)
			return err_set(err, EX_DATAERR, "a record is too long");
	}
	return 0;
}

static int
run(struct strip *s, const char *path, struct err *err)
{
	static char piece[PIECE];
	int fd = open(path, O_RDONLY | O_CLOEXEC), r = 0;
	struct gunzip *gz;
	int64_t n;

	if (fd == -1)
		return err_errno(err, "%s", path);
	s->one = (struct buf)BUF(SCAN_UNIT_MAX * 2);
	gz = gunzip_new(fd, s->w->set->max_unpacked);
	while (r == 0 && (n = gunzip_read(gz, piece, sizeof(piece), err)) != 0)
		r = n < 0 ? -1 : take(s, piece, (size_t)n, err);
	gunzip_free(gz);
	buf_free(&s->one);
	close(fd);
	return r;
}

static int
rewrite(const struct world *w, const struct erased *erased, const char *path,
    struct err *err)
{
	struct strip s = { .w = w, .erased = erased };
	char tmp[PATH_SIZE + 8];
	struct timespec times[2];
	struct stat st;
	int fd, r = -1;

	if (stat(path, &st) != 0)
		return err_errno(err, "%s", path);
	snprintf(tmp, sizeof(tmp), "%s.tmp", path);
	unlink(tmp);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return err_errno(err, "%s", tmp);
	s.out = gzdopen(dup(fd), "wb6");
	if (s.out == NULL) {
		err_set(err, EX_OSERR, "zlib does not start");
		goto out;
	}
	if (run(&s, path, err) != 0)
		goto out;
	gzputs(s.out, s.units > 0 ? "\n]\n" : "[]\n");
	r = gzclose(s.out) == Z_OK && fsync(fd) == 0 ? 0 :
	    err_errno(err, "writing an extract");
	s.out = NULL;
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	(void)futimens(fd, times);
	if (r == 0 && rename(tmp, path) != 0)
		r = err_errno(err, "%s", path);
out:
	if (s.out != NULL)
		gzclose(s.out);
	close(fd);
	if (r != 0)
		unlink(tmp);
	return r;
}

static int
is_csv(const char *name)
{
	return strstr(name, ".csv") != NULL;
}

static int
is_extract(const char *name)
{
	size_t n = strlen(name);

	return n > 3 && strcmp(name + n - 3, ".gz") == 0;
}

/* Does any comma-separated field hold an erased number? */
static int64_t
count_csv(const struct world *w, const struct erased *erased, const char *path,
    struct err *err)
{
	static char piece[PIECE];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct gunzip *gz;
	char digits[10] = "";
	int32_t orgnr;
	const char *why;
	int64_t n, hits = 0;
	int len = 0;

	if (fd == -1)
		return err_errno(err, "%s", path);
	gz = gunzip_new(fd, w->set->max_unpacked);
	while ((n = gunzip_read(gz, piece, sizeof(piece), err)) > 0)
		for (int64_t i = 0; i < n; i++) {
			if (piece[i] >= '0' && piece[i] <= '9') {
				if (len < 9)
					digits[len] = piece[i];
				len++;
				continue;
			}
			if (len == 9 && num_orgnr(digits, 9, &orgnr, &why) == 0)
				hits += erased_has(erased, w, orgnr);
			len = 0;
		}
	gunzip_free(gz);
	close(fd);
	return n < 0 ? -1 : hits;
}

static int64_t
count_in(const struct world *w, const struct erased *erased, const char *name,
    char path[static PATH_SIZE], struct err *err)
{
	struct strip s = { .w = w, .erased = erased };

	snprintf(path, PATH_SIZE, "%s/extracts/%s", w->set->state, name);
	if (is_csv(name))
		return count_csv(w, erased, path, err);
	return run(&s, path, err) != 0 ? -1 : s.hits;
}

int64_t
strip_count(const struct world *w, const char *name, struct err *err)
{
	struct erased *erased = erased_load(w->db, MOMENT_NONE, err);
	char path[PATH_SIZE];
	int64_t n = erased != NULL ? count_in(w, erased, name, path, err) : -1;

	erased_free(erased);
	return n;
}

/* A file that cannot be read is nobody's to load either: said, and left. */
static int
strip_file(const struct world *w, const struct erased *erased, const char *name,
    int64_t *files, struct err *err)
{
	char path[PATH_SIZE];
	int64_t n = count_in(w, erased, name, path, err);

	if (n == 0)
		return 0;
	if (n < 0 && err->status == EX_DATAERR) {
		talk_line(w->talk, "%s cannot be read, and is removed: units have been"
		    " erased", name);
	} else if (n < 0) {
		return -1;
	} else if (!is_csv(name)) {
		++*files;
		return rewrite(w, erased, path, err);
	}
	if (unlink(path) != 0)
		return err_errno(err, "%s", name);
	++*files;
	return 0;
}

int
strip_extracts(const struct world *w, int64_t *files, struct err *err)
{
	struct file_list l = { NULL, 0 };
	struct erased *erased;
	char folder[PATH_SIZE];
	int64_t due = 0;
	int r = 0;

	*files = 0;
	if (db_int(w->db, "SELECT count(*) FROM tombstone WHERE files = 0", &due,
	    err) < 0)
		return -1;
	if (due == 0 || w->dry_run)
		return 0;
	if ((erased = erased_load(w->db, MOMENT_NONE, err)) == NULL)
		return -1;
	snprintf(folder, sizeof(folder), "%s/extracts", w->set->state);
	if (file_exists(folder) && file_list(folder, &l, err) != 0)
		r = -1;
	for (size_t i = 0; r == 0 && i < l.n; i++)
		if (is_extract(l.name[i]))
			r = strip_file(w, erased, l.name[i], files, err);
	if (r == 0)
		r = db_exec(w->db, "UPDATE tombstone SET files = 1", err);
	file_list_free(&l);
	erased_free(erased);
	return r;
}
