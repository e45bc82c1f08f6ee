#include <zip.h>

#include "pipeline/base/date.h"

#include "pipeline/package_files.h"

/* Through libzip into memory; what makes it the same octets every time is that
 * times, order, modes and the way of packing are all given. */

enum { ZIP_MAX = 0x7fffffff, UNIX = 3 };

/* A zip file's time is of no zone; libzip's own way there is through that of the
 * process. */
static int
dated(zip_t *zip, zip_uint64_t i, int64_t moment)
{
	int y, m, d, second = (int)(moment - (int64_t)date_of(moment) * 86400);

	date_civil(date_of(moment), &y, &m, &d);
	if (y < 1980 || y > 2107)
		y = 1980, m = 1, d = 1, second = 0;
	return zip_file_set_dostime(zip, i, (zip_uint16_t)(second / 3600 << 11 |
	    second / 60 % 60 << 5 | second % 60 / 2), (zip_uint16_t)((y - 1980) << 9 |
	    m << 5 | d), 0);
}

static int
add(zip_t *zip, const char *top, const struct package_file *f, int64_t moment)
{
	struct buf name = BUF(4096);
	zip_source_t *s = zip_source_buffer(zip, buf_text(&f->text), f->text.len, 0);
	zip_int64_t i = -1;

	buf_printf(&name, "%s/%s", top, f->name);
	if (s != NULL && (i = zip_file_add(zip, buf_text(&name), s,
	    ZIP_FL_ENC_UTF_8)) < 0)
		zip_source_free(s);
	buf_free(&name);
	if (i < 0 ||
	    zip_set_file_compression(zip, (zip_uint64_t)i, ZIP_CM_DEFLATE, 9) != 0 ||
	    dated(zip, (zip_uint64_t)i, moment) != 0 ||
	    zip_file_set_external_attributes(zip, (zip_uint64_t)i, 0, UNIX,
	    (zip_uint32_t)(0100000 | f->mode) << 16) != 0)
		return -1;
	return 0;
}

static int
take(zip_source_t *s, struct buf *out)
{
	char piece[65536];
	zip_int64_t n = -1;

	if (zip_source_open(s) != 0)
		return -1;
	while ((n = zip_source_read(s, piece, sizeof(piece))) > 0)
		buf_add(out, piece, (size_t)n);
	(void)zip_source_close(s);
	return n == 0 && !out->over ? 0 : -1;
}

int
package_zip(const struct package_files *p, const char *top, int64_t moment,
    struct buf *out, struct err *err)
{
	zip_error_t why;
	zip_source_t *s;
	zip_t *zip;
	int r = 0;

	if (p->octets > ZIP_MAX)
		return err_set(err, EX_DATAERR, "the package is too large for one zip "
		    "file: more than 2 GB");
	zip_error_init(&why);
	if ((s = zip_source_buffer_create(NULL, 0, 0, &why)) == NULL ||
	    (zip = zip_open_from_source(s, ZIP_TRUNCATE, &why)) == NULL) {
		err_set(err, EX_SOFTWARE, "zip: %s", zip_error_strerror(&why));
		zip_source_free(s);
		zip_error_fini(&why);
		return -1;
	}
	zip_error_fini(&why);
	zip_source_keep(s);
	for (size_t i = 0; r == 0 && i < p->n; i++)
		r = add(zip, top, &p->file[i], moment);
	if (r != 0 || zip_close(zip) != 0) {
		r = err_set(err, EX_SOFTWARE, "zip: %s", zip_strerror(zip));
		zip_discard(zip);
	} else if (take(s, out) != 0)
		r = err_set(err, EX_SOFTWARE, "zip: it could not be read back");
	zip_source_free(s);
	return r;
}
