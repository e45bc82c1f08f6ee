/*
 * book -- workbooks for tests.
 *
 *	book KIND FILE <TABLE
 *
 * The rows of standard input, tabs between the cells, as a workbook: xlsx (digits
 * as numbers), ods.  Or one that is not to be read: xlsm (macros), locked (a
 * password), bomb (a few octets that want to be many megabytes).
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <xlsxwriter.h>
#include <zip.h>

#include "pipeline/base/buf.h"

static int
is_number(const char *s)
{
	return *s != '\0' && *s != '0' && strspn(s, "0123456789") == strlen(s);
}

static void
write_xlsx(const char *path)
{
	lxw_workbook *w = workbook_new(path);
	lxw_worksheet *s = workbook_add_worksheet(w, "Produsenter");
	char line[4096];

	for (lxw_row_t row = 0; fgets(line, sizeof(line), stdin) != NULL; row++) {
		char *rest = line, *cell;

		line[strcspn(line, "\n")] = '\0';
		for (lxw_col_t col = 0; (cell = strsep(&rest, "\t")) != NULL; col++)
			if (is_number(cell))
				worksheet_write_number(s, row, col, strtod(cell, NULL), NULL);
			else if (*cell != '\0')
				worksheet_write_string(s, row, col, cell, NULL);
	}
	workbook_close(w);
}

static void
escape(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		if (*s == '&' || *s == '<')
			buf_str(b, *s == '&' ? "&amp;" : "&lt;");
		else
			buf_chr(b, *s);
}

static void
ods_content(struct buf *b)
{
	char line[4096];

	buf_str(b, "<office:document-content xmlns:office='urn:oasis:names:tc:opendocument:"
	    "xmlns:office:1.0' xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'"
	    " xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0'><office:body>"
	    "<office:spreadsheet><table:table table:name='Produsenter'>");
	while (fgets(line, sizeof(line), stdin) != NULL) {
		char *rest = line, *cell;

		line[strcspn(line, "\n")] = '\0';
		buf_str(b, "<table:table-row>");
		while ((cell = strsep(&rest, "\t")) != NULL) {
			buf_str(b, "<table:table-cell>");
			if (*cell != '\0') {
				buf_str(b, "<text:p>");
				escape(b, cell);
				buf_str(b, "</text:p>");
			}
			buf_str(b, "</table:table-cell>");
		}
		buf_str(b, "</table:table-row>");
	}
	buf_str(b, "</table:table></office:spreadsheet></office:body>"
	    "</office:document-content>");
}

static void
add(zip_t *z, const char *name, const char *text, size_t len, int lock)
{
	zip_int64_t at = zip_file_add(z, name, zip_source_buffer(z, text, len, 0), 0);

	if (at < 0 || (lock && zip_file_set_encryption(z, (zip_uint64_t)at,
	    ZIP_EM_AES_256, "hemmelig") != 0))
		exit(EX_SOFTWARE);
}

int
main(int argc, char *argv[])
{
	struct buf b = BUF(BUF_ANY);
	static const char ods[] = "application/vnd.oasis.opendocument.spreadsheet";
	static const char macro[] = "<Types><Override PartName='/xl/workbook.xml' "
	    "ContentType='application/vnd.ms-excel.sheet.macroEnabled.main+xml'/></Types>";
	zip_t *z;
	int why;

	if (argc != 3) {
		fputs("usage: book KIND FILE <TABLE\n", stderr);
		return EX_USAGE;
	}
	if (strcmp(argv[1], "xlsx") == 0) {
		write_xlsx(argv[2]);
		return 0;
	}
	if ((z = zip_open(argv[2], ZIP_CREATE | ZIP_TRUNCATE, &why)) == NULL)
		return EX_CANTCREAT;
	if (strcmp(argv[1], "xlsm") == 0)
		add(z, "[Content_Types].xml", macro, strlen(macro), 0);
	else {
		add(z, "mimetype", ods, strlen(ods), 0);
		if (strcmp(argv[1], "bomb") == 0)
			for (long i = 0; i < 64L << 20; i++)
				buf_chr(&b, ' ');
		ods_content(&b);
		add(z, "content.xml", b.data, b.len, strcmp(argv[1], "locked") == 0);
	}
	if (zip_close(z) != 0)
		return EX_IOERR;
	buf_free(&b);
	return 0;
}
