#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/utf8.h"

#include "pipeline/tables/xlsx.h"

enum { XLSX_MAX = 256 << 20 };

void
xlsx_text(lxw_worksheet *sheet, size_t row, size_t column, const char *s,
    lxw_format *f)
{
	struct buf clean = BUF(BUF_ANY);

	utf8_clean(&clean, s, strlen(s));
	if (clean.len > 0)
		(void)worksheet_write_string(sheet, (lxw_row_t)row,
		    (lxw_col_t)column, buf_text(&clean), f);
	buf_free(&clean);
}

static int
write_book(int32_t day, xlsx_fill *fill, const void *ctx, const char *path)
{
	char maker[] = "utvalg";
	lxw_doc_properties about = { .author = maker };
	lxw_workbook *book = workbook_new(path);
	int r;

	if (book == NULL)
		return -1;
	/* fixed, so that the same table is the same octets; never 0, which
	 * would be now */
	about.created = (time_t)(day == DATE_NONE || day <= 0 ? 1 : day) * 86400;
	(void)workbook_set_properties(book, &about);
	r = fill(book, ctx);
	return workbook_close(book) == LXW_NO_ERROR ? r : -1;
}

int
xlsx_make(int32_t day, xlsx_fill *fill, const void *ctx, struct buf *out,
    struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	struct buf path = BUF(4096);
	int fd, r;

	/* the library writes to a named file only */
	buf_printf(&path, "%s/utvalg-XXXXXX", tmp != NULL && tmp[0] == '/' ? tmp :
	    "/tmp");
	if (path.over || (fd = mkstemp(path.data)) == -1) {
		err_errno(err, "temporary file for the workbook");
		buf_free(&path);
		return -1;
	}
	close(fd);
	if (write_book(day, fill, ctx, path.data) == 0)
		r = file_read(path.data, XLSX_MAX, out, err);
	else
		r = err_set(err, EX_IOERR, "the workbook could not be written");
	(void)unlink(path.data);
	buf_free(&path);
	return r;
}
