#ifndef PIPELINE_FRAME_GRID_LAB_TEST_H
#define PIPELINE_FRAME_GRID_LAB_TEST_H

/* grid_lab_test -- workbooks made by hand, for the tests of this folder. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"

struct lab_part {
	const char *name, *text;
	size_t len;		/* 0: strlen(text) */
	int encrypt;
};

/* A zip file of parts, the last with name NULL. */
static inline void
lab_zip(const struct lab_part *part, struct buf *out)
{
	zip_error_t e;
	zip_source_t *to = zip_source_buffer_create(NULL, 0, 0, &e), *from;
	zip_t *z = zip_open_from_source(to, ZIP_TRUNCATE, &e);
	zip_stat_t st;
	zip_int64_t at;

	assert_non_null(z);
	zip_source_keep(to);
	for (; part->name != NULL; part++) {
		from = zip_source_buffer(z, part->text, part->len > 0 ? part->len :
		    strlen(part->text), 0);
		at = zip_file_add(z, part->name, from, 0);
		assert_true(at >= 0);
		if (part->encrypt)
			assert_int_equal(zip_file_set_encryption(z, (zip_uint64_t)at,
			    ZIP_EM_AES_256, "hemmelig"), 0);
	}
	assert_int_equal(zip_close(z), 0);
	zip_stat_init(&st);
	assert_int_equal(zip_source_stat(to, &st), 0);
	assert_int_equal(zip_source_open(to), 0);
	buf_clear(out);
	assert_int_equal(zip_source_read(to, buf_room(out, st.size), st.size), st.size);
	buf_wrote(out, st.size);
	zip_source_close(to);
	zip_source_free(to);
}

#define LAB_TYPES(more) "<Types xmlns='http://schemas.openxmlformats.org/package/" \
	"2006/content-types'><Override PartName='/xl/workbook.xml' ContentType='" \
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'/>" \
	more "</Types>"
#define LAB_RELS(rows) "<Relationships xmlns='http://schemas.openxmlformats.org/" \
	"package/2006/relationships'>" rows "</Relationships>"
#define LAB_REL(id, type, target) "<Relationship Id='" id "' Type='http://schemas." \
	"openxmlformats.org/officeDocument/2006/relationships/" type "' Target='" \
	target "'/>"
#define LAB_BOOK(sheets) "<workbook xmlns='http://schemas.openxmlformats.org/" \
	"spreadsheetml/2006/main' xmlns:r='http://schemas.openxmlformats.org/" \
	"officeDocument/2006/relationships'>" sheets "</workbook>"
#define LAB_SHEET(data) "<worksheet xmlns='http://schemas.openxmlformats.org/" \
	"spreadsheetml/2006/main'>" data "</worksheet>"

/* An .xlsx of one sheet: what stands in <worksheet>, and in <sst>. */
static inline void
lab_xlsx(const char *data, const char *shared, const char *xfs, struct buf *out)
{
	struct buf sheet = BUF(BUF_ANY), strings = BUF(BUF_ANY), styles = BUF(BUF_ANY);

	buf_printf(&sheet, LAB_SHEET("%s"), data);
	buf_printf(&strings, "<?xml version='1.0' encoding='UTF-8'?><sst xmlns='http://"
	    "schemas.openxmlformats.org/spreadsheetml/2006/main'>%s</sst>", shared);
	buf_printf(&styles, "<styleSheet xmlns='http://schemas.openxmlformats.org/"
	    "spreadsheetml/2006/main'>%s</styleSheet>", xfs);
	lab_zip((const struct lab_part[]){
	    { "[Content_Types].xml", LAB_TYPES(""), 0, 0 },
	    { "_rels/.rels", LAB_RELS(LAB_REL("r", "officeDocument",
	    "xl/workbook.xml")), 0, 0 },
	    { "xl/workbook.xml", LAB_BOOK("<sheets><sheet name='Ark1' sheetId='1' "
	    "r:id='rId1'/></sheets>"), 0, 0 },
	    { "xl/_rels/workbook.xml.rels", LAB_RELS(LAB_REL("rId1", "worksheet",
	    "worksheets/sheet1.xml") LAB_REL("rId2", "sharedStrings",
	    "/xl/sharedStrings.xml") LAB_REL("rId3", "styles", "styles.xml")), 0, 0 },
	    { "xl/worksheets/sheet1.xml", buf_text(&sheet), sheet.len, 0 },
	    { "xl/sharedStrings.xml", buf_text(&strings), strings.len, 0 },
	    { "xl/styles.xml", buf_text(&styles), styles.len, 0 },
	    { NULL, NULL, 0, 0 } }, out);
	buf_free(&sheet);
	buf_free(&strings);
	buf_free(&styles);
}

#define LAB_ODS_MIME "application/vnd.oasis.opendocument.spreadsheet"
#define LAB_CONTENT(styles, tables) \
	"<?xml version='1.0' encoding='UTF-8'?><office:document-content " \
	"xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' " \
	"xmlns:style='urn:oasis:names:tc:opendocument:xmlns:style:1.0' " \
	"xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0' " \
	"xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0' " \
	"xmlns:calcext='urn:org:documentfoundation:names:experimental:calc:" \
	"xmlns:calcext:1.0'><office:automatic-styles>" styles \
	"</office:automatic-styles><office:body><office:spreadsheet>" tables \
	"</office:spreadsheet></office:body></office:document-content>"

/* An .ods of what stands in <office:spreadsheet>. */
static inline void
lab_ods(const char *styles, const char *tables, struct buf *out)
{
	struct buf content = BUF(BUF_ANY);

	buf_printf(&content, LAB_CONTENT("%s", "%s"), styles, tables);
	lab_zip((const struct lab_part[]){ { "mimetype", LAB_ODS_MIME, 0, 0 },
	    { "content.xml", buf_text(&content), content.len, 0 },
	    { "META-INF/manifest.xml", "<m xmlns='urn:oasis'/>", 0, 0 },
	    { NULL, NULL, 0, 0 } }, out);
	buf_free(&content);
}

#endif /* !PIPELINE_FRAME_GRID_LAB_TEST_H */
