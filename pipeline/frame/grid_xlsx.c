#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/frame/grid_private.h"

enum { PART_NAME = 240, NAMES_MAX = 240 };

static int
from_part(void *ctx, char *to, int len, struct err *err)
{
	return part_read(ctx, to, len, err);
}

/* A part of the workbook and its XML together. */
struct reading {
	struct part *part;
	struct xml x;
};

static int
begin(struct bundle *p, const char *name, struct reading *r, struct err *err)
{
	if (part_open(p, name, &r->part, err) != 0)
		return -1;
	if (xml_open(&r->x, from_part, r->part, err) == 0)
		return 0;
	part_close(r->part);
	return err_context(err, "%.80s", name);
}

static int
end(struct reading *r, const char *name, int ret, struct err *err)
{
	xml_close(&r->x);
	part_close(r->part);
	return ret < 0 ? err_context(err, "%.80s", name) : ret;
}

/* What the file says its parts are. */
static int
check_types(struct bundle *p, struct err *err)
{
	static const char name[] = "[Content_Types].xml";
	struct reading r;
	int more, book = 0, macro = 0, binary = 0, other = 0;

	if (begin(p, name, &r, err) != 0)
		return -1;
	while ((more = xml_next(&r.x, err)) == 1) {
		const char *type = r.x.what == XML_START ?
		    xml_attr(&r.x, NULL, "ContentType") : NULL;

		if (type == NULL)
			continue;
		macro |= strstr(type, "macroEnabled") != NULL ||
		    strstr(type, "vbaProject") != NULL;
		binary |= strstr(type, "sheet.binary") != NULL;
		book |= strstr(type, "spreadsheetml.sheet.main") != NULL ||
		    strstr(type, "spreadsheetml.template.main") != NULL ||
		    strstr(type, "ms-excel") != NULL;
		other |= strstr(type, "wordprocessingml") != NULL ||
		    strstr(type, "presentationml") != NULL;
	}
	if (end(&r, name, more, err) != 0)
		return -1;
	if (binary)
		return err_set(err, EX_DATAERR, "a binary workbook (.xlsb): save it as "
		    ".xlsx, .ods or CSV");
	if (book && (macro || bundle_has_like(p, "xl/", "vbaProject.bin")))
		return err_set(err, EX_DATAERR, "a workbook with macros (.xlsm): save it as"
		    " .xlsx, .ods or CSV");
	if (!book)
		return err_set(err, EX_DATAERR, "%s, no workbook: save it as .xlsx, .ods "
		    "or CSV", other ? "a document" : "a zip file");
	return 0;
}

/* ${target} as seen from the part ${from}, "../" and a leading "/" resolved. */
static void
resolve(const char *from, const char *target, char out[static PART_NAME])
{
	const char *slash = strrchr(from, '/');
	int folder = slash == NULL ? 0 : (int)(slash - from) + 1;

	if (*target == '/') {
		target++;
		folder = 0;
	}
	for (; strncmp(target, "../", 3) == 0; target += 3)
		for (folder -= folder > 0; folder > 0 && from[folder - 1] != '/'; )
			folder--;
	if (folder > PART_NAME - 1)
		folder = 0;
	snprintf(out, PART_NAME, "%.*s%s", folder, from, target);
}

static int
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = end != NULL ? strlen(end) : 0;

	return m > 0 && n >= m && strcmp(s + n - m, end) == 0;
}

/* The part that ${of} has a relation to: by its id, or (NULL) by the end of its
 * type. 1: there is one; 0; -1. */
static int
related(struct bundle *p, const char *of, const char *id, const char *type,
    char out[static PART_NAME], struct err *err)
{
	const char *slash = strrchr(of, '/');
	struct reading r;
	char name[PART_NAME + 20];
	int folder = slash == NULL ? 0 : (int)(slash - of) + 1, more, found = 0;

	snprintf(name, sizeof(name), "%.*s_rels/%s.rels", folder, of, of + folder);
	if (!bundle_has(p, name))
		return 0;
	if (begin(p, name, &r, err) != 0)
		return -1;
	while ((more = xml_next(&r.x, err)) == 1) {
		const char *a;

		if (found || r.x.what != XML_START ||
		    strcmp(r.x.name, "Relationship") != 0)
			continue;
		a = xml_attr(&r.x, NULL, id != NULL ? "Id" : "Type");
		if (a == NULL || (id != NULL ? strcmp(a, id) != 0 : !ends_in(a, type)))
			continue;
		if ((a = xml_attr(&r.x, NULL, "Target")) == NULL)
			continue;
		resolve(of, a, out);
		found = 1;
	}
	return end(&r, name, more, err) != 0 ? -1 : found;
}

struct sheet {
	char *name, *id;
	int hidden;
};
struct book {
	struct bundle *p;
	char part[PART_NAME];
	struct sheet *sheet;
	size_t n;
	struct grid_names names;
	struct xlsx_book parts;
};

static int
take_sheet(struct book *b, struct xml *x, struct arena *a, struct err *err)
{
	struct sheet s = { NULL, NULL, 0 };
	const char *v;

	if (b->n == GRID_SHEETS)
		return err_set(err, EX_DATAERR, "more than %d sheets", GRID_SHEETS);
	if ((v = xml_attr(x, NULL, "name")) != NULL)
		s.name = arena_str(a, v);
	if ((v = xml_attr(x, "relationships", "id")) != NULL)
		s.id = arena_str(a, v);
	v = xml_attr(x, NULL, "state");
	s.hidden = v != NULL && strcmp(v, "visible") != 0;
	if (s.name == NULL || s.id == NULL)
		return err_set(err, EX_DATAERR, "a sheet without a name or a part");
	b->sheet[b->n++] = s;
	b->names.hidden += s.hidden != 0;
	if (!s.hidden)
		buf_printf(&b->names.text, "%s%s", b->names.n++ > 0 ? ", " : "", s.name);
	return 0;
}

static int
read_book(struct book *b, struct arena *a, struct err *err)
{
	struct reading r;
	int found = related(b->p, "", NULL, "/officeDocument", b->part, err), more;

	if (found < 0)
		return -1;
	if (found == 0)
		snprintf(b->part, sizeof(b->part), "xl/workbook.xml");
	if (begin(b->p, b->part, &r, err) != 0)
		return -1;
	while ((more = xml_next(&r.x, err)) == 1) {
		if (r.x.what != XML_START)
			continue;
		if (strcmp(r.x.name, "workbookPr") == 0) {
			const char *v = xml_attr(&r.x, NULL, "date1904");

			b->parts.from_1904 = v != NULL && (strcmp(v, "1") == 0 ||
			    strcmp(v, "true") == 0);
		} else if (strcmp(r.x.name, "sheet") == 0 &&
		    take_sheet(b, &r.x, a, err) != 0) {
			more = -1;
			break;
		}
	}
	return end(&r, b->part, more, err);
}

/* Shared strings or styles, where the workbook has them. */
static int
read_shared(struct book *b, const char *type,
    int (*read)(struct xml *, struct xlsx_book *, struct err *), struct err *err)
{
	struct reading r;
	char name[PART_NAME];
	int found = related(b->p, b->part, NULL, type, name, err);

	if (found <= 0)
		return found;
	if (begin(b->p, name, &r, err) != 0)
		return -1;
	return end(&r, name, read(&r.x, &b->parts, err), err);
}

static int
read_sheet(struct book *b, const struct sheet *s, struct grid *g, struct err *err)
{
	struct reading r;
	char name[PART_NAME];
	int found = related(b->p, b->part, s->id, NULL, name, err);

	if (found < 0)
		return -1;
	if (found == 0)
		return err_set(err, EX_DATAERR, "sheet %.60s: its part is not there",
		    s->name);
	if (begin(b->p, name, &r, err) != 0)
		return -1;
	g->sheet = s->name;
	return end(&r, name, xlsx_sheet(&r.x, &b->parts, g, err), err);
}

/* The only sheet with text of those that can be seen. */
static int
find_sheet(struct book *b, struct grid *g, struct err *err)
{
	const struct sheet *first = NULL;
	int again = 0;

	for (size_t i = 0; i < b->n; i++) {
		if (b->sheet[i].hidden)
			continue;
		grid_clear(g);
		if (read_sheet(b, &b->sheet[i], g, err) != 0)
			return -1;
		if (g->n > 0 && first != NULL)
			return grid_which_sheet(&b->names, err);
		if (g->n > 0)
			first = &b->sheet[i];
		again = g->n == 0;
	}
	if (first == NULL)
		return err_set(err, EX_DATAERR, "no sheet that can be seen holds anything");
	if (!again)
		return 0;
	grid_clear(g);		/* an empty one was read after it */
	return read_sheet(b, first, g, err);
}

int
grid_xlsx(struct bundle *p, const char *sheet, struct grid *g, struct err *err)
{
	struct book b = { .p = p, .names = { BUF(NAMES_MAX), 0, 0 },
	    .parts = { .arena = g->arena } };
	int r = -1;

	g->kind = "xlsx";
	b.sheet = mem_array(GRID_SHEETS, sizeof(*b.sheet));
	if (check_types(p, err) != 0 || read_book(&b, g->arena, err) != 0 ||
	    read_shared(&b, "/sharedStrings", xlsx_shared, err) != 0 ||
	    read_shared(&b, "/styles", xlsx_styles, err) != 0)
		goto out;
	g->sheets = b.names.n;
	if (sheet == NULL) {
		r = find_sheet(&b, g, err);
		goto out;
	}
	for (size_t i = 0; i < b.n; i++)
		if (strcmp(b.sheet[i].name, sheet) == 0) {
			r = read_sheet(&b, &b.sheet[i], g, err);
			goto out;
		}
	r = grid_no_sheet(sheet, &b.names, err);
out:
	buf_free(&b.names.text);
	free(b.sheet);
	free(b.parts.shared);
	free(b.parts.format);
	return r;
}
