#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/num.h"

#include "pipeline/frame/grid_private.h"

enum { NAMES_MAX = 240, STYLE_MAX = 64 };

#define OFFICE	":office:"
#define TABLE	":table:"

static int
is(const struct xml *x, enum xml_what what, const char *name)
{
	return x->what == what && strcmp(x->name, name) == 0;
}

static size_t
count_of(struct xml *x, const char *space, const char *name)
{
	const char *v = xml_attr(x, space, name);
	int64_t n;

	return v != NULL && num_int(v, 1, 1 << 30, &n) == 0 ? (size_t)n : 1;
}

/* One paragraph, to its end: comments and readings left out. */
static int
paragraph(struct xml *x, struct buf *out, struct err *err)
{
	int depth = x->depth, r;

	while ((r = xml_next(x, err)) == 1) {
		if (x->what == XML_END) {
			if (x->depth == depth)
				return 0;
		} else if (x->what == XML_TEXT)
			buf_str(out, x->text);
		else if (strcmp(x->name, "annotation") == 0 ||
		    strcmp(x->name, "ruby-text") == 0 || strcmp(x->name, "note") == 0) {
			if (xml_skip(x, err) != 0)
				return -1;
		} else if (strcmp(x->name, "s") == 0) {
			size_t n = count_of(x, NULL, "c");

			for (size_t i = 0; i < n && !out->over; i++)
				buf_chr(out, ' ');
		} else if (strcmp(x->name, "tab") == 0 ||
		    strcmp(x->name, "line-break") == 0)
			buf_chr(out, ' ');
		if (out->over)
			return err_set(err, EX_DATAERR, "more than %d octets in a cell",
			    GRID_CELL);
	}
	return r < 0 ? -1 : err_set(err, EX_DATAERR, "cut off");
}

/* What a cell says of its value, for those that are not text. 1: it is in
 * ${out}. */
static int
typed(struct xml *x, struct grid *g, struct buf *out)
{
	const char *type = xml_attr(x, OFFICE, "value-type"), *v = NULL;
	char kind = type != NULL ? *type : '\0';

	/* calcext: an error is of its own type beside office's */
	type = xml_attr(x, ":calcext:", "value-type");
	g->errors += type != NULL && strcmp(type, "error") == 0;
	if (kind == 'f' || kind == 'p' || kind == 'c') {
		if ((v = xml_attr(x, OFFICE, "value")) != NULL)
			grid_number(v, out);
	} else if (kind == 'd') {
		v = xml_attr(x, OFFICE, "date-value");
		if (v != NULL && strlen(v) > 11 && v[10] == 'T' &&
		    strncmp(v + 11, "00:00:00", 8) != 0)
			buf_printf(out, "%.10s %.8s", v, v + 11);
		else if (v != NULL)
			buf_printf(out, "%.10s", v);
	} else if (kind == 'b') {
		if ((v = xml_attr(x, OFFICE, "boolean-value")) != NULL)
			buf_str(out, strcmp(v, "true") == 0 ? "TRUE" : "FALSE");
	} else if (kind == 's' && (v = xml_attr(x, OFFICE, "string-value")) != NULL)
		buf_str(out, v);
	return v != NULL;
}

/* From a cell's start to its end; ${out} is what it shows. */
static int
cell_text(struct xml *x, int has, struct buf *out, struct err *err)
{
	int depth = x->depth, r;

	while ((r = xml_next(x, err)) == 1) {
		if (x->what == XML_END && x->depth == depth)
			return out->over ? err_set(err, EX_DATAERR, "more than %d octets "
			    "in a cell", GRID_CELL) : 0;
		if (x->what != XML_START)
			continue;
		if (strcmp(x->name, "p") != 0 || has) {
			if (xml_skip(x, err) != 0)
				return -1;
			continue;
		}
		if (out->len > 0)
			buf_chr(out, ' ');
		if (paragraph(x, out, err) != 0)
			return -1;
	}
	return r < 0 ? -1 : err_set(err, EX_DATAERR, "cut off");
}

static int
read_cell(struct xml *x, struct grid *g, size_t *column, struct err *err)
{
	size_t times = count_of(x, TABLE, "number-columns-repeated");
	int covered = strcmp(x->name, "covered-table-cell") == 0, has, r;
	struct buf out = BUF(GRID_CELL);

	g->merged += !covered && (count_of(x, TABLE, "number-columns-spanned") > 1 ||
	    count_of(x, TABLE, "number-rows-spanned") > 1);
	has = typed(x, g, &out);
	r = cell_text(x, has, &out, err);
	for (size_t i = 0; r == 0 && out.len > 0 && !covered && i < times; i++)
		r = grid_cell(g, *column + i, out.data, out.len, err);
	*column += times;
	buf_free(&out);
	return r;
}

static int
read_row(struct xml *x, struct grid *g, struct err *err)
{
	size_t times = count_of(x, TABLE, "number-rows-repeated"), column = 0;
	const char *seen = xml_attr(x, TABLE, "visibility");
	int depth = x->depth, r, hidden = seen != NULL && strcmp(seen, "visible") != 0;

	if (grid_begin(g, g->now_line + 1, hidden, err) != 0)
		return -1;
	while ((r = xml_next(x, err)) == 1) {
		if (x->what == XML_END && x->depth == depth)
			break;
		if (x->what == XML_START && (strcmp(x->name, "table-cell") == 0 ||
		    strcmp(x->name, "covered-table-cell") == 0) &&
		    read_cell(x, g, &column, err) != 0)
			return -1;
	}
	if (r < 1)
		return r < 0 ? -1 : err_set(err, EX_DATAERR, "cut off");
	grid_end(g);
	return times > 1 ? grid_again(g, times - 1, err) : 0;
}

static int
read_table(struct xml *x, struct grid *g, struct err *err)
{
	int depth = x->depth, r;

	while ((r = xml_next(x, err)) == 1) {
		if (x->what == XML_END && x->depth == depth)
			return 0;
		if (x->what != XML_START)
			continue;
		if (strcmp(x->name, "table-row") == 0)
			r = read_row(x, g, err);
		else if (strcmp(x->name, "shapes") == 0 ||
		    strcmp(x->name, "forms") == 0 ||
		    strcmp(x->name, "named-expressions") == 0)
			r = xml_skip(x, err);
		if (r < 0)
			return -1;
	}
	return r < 0 ? -1 : err_set(err, EX_DATAERR, "cut off");
}

/* Sheets that are not shown, by the style of their tables. */
struct styles {
	char **hidden;
	size_t n;
	char now[STYLE_MAX];
};

static void
take_style(struct styles *s, struct xml *x, struct arena *a)
{
	const char *v;

	if (strcmp(x->name, "style") == 0) {
		v = xml_attr(x, ":style:", "name");
		snprintf(s->now, sizeof(s->now), "%s", v != NULL ? v : "");
	} else if (strcmp(x->name, "table-properties") == 0 && s->n < GRID_SHEETS &&
	    (v = xml_attr(x, TABLE, "display")) != NULL && strcmp(v, "false") == 0)
		s->hidden[s->n++] = arena_str(a, s->now);
}

static int
is_hidden(const struct styles *s, const char *style)
{
	for (size_t i = 0; style != NULL && i < s->n; i++)
		if (strcmp(s->hidden[i], style) == 0)
			return 1;
	return 0;
}

/* One <table:table>: read where it is wanted. 1: it was, and holds something. */
static int
take_table(struct xml *x, const char *sheet, const struct styles *styles,
    struct grid *g, struct grid_names *names, struct err *err)
{
	int hidden = is_hidden(styles, xml_attr(x, TABLE, "style-name"));
	const char *v = xml_attr(x, TABLE, "name");
	char *name = arena_str(g->arena, v != NULL ? v : "");

	if (names->n + names->hidden == GRID_SHEETS)
		return err_set(err, EX_DATAERR, "more than %d sheets", GRID_SHEETS);
	names->hidden += hidden != 0;
	if (!hidden)
		buf_printf(&names->text, "%s%s", names->n++ > 0 ? ", " : "", name);
	if (sheet != NULL ? strcmp(sheet, name) != 0 : hidden)
		return xml_skip(x, err);
	g->sheet = name;
	if (read_table(x, g, err) != 0)
		return -1;
	return sheet != NULL || g->n > 0;
}

int
ods_content(struct xml *x, const char *sheet, struct grid *g,
    struct grid_names *names, struct err *err)
{
	struct styles styles = { mem_array(GRID_SHEETS, sizeof(*styles.hidden)), 0, "" };
	/* with one found, a second only has to be seen to hold something */
	struct grid second = { .arena = g->arena, .now = g->now }, *into = g;
	int r, found = 0, book = 0;

	while ((r = xml_next(x, err)) == 1) {
		if (x->what != XML_START)
			continue;
		if (strcmp(x->name, "tracked-changes") == 0)
			r = xml_skip(x, err);
		else if (strcmp(x->name, "spreadsheet") == 0)
			book = 1;
		else if (!book)
			take_style(&styles, x, g->arena);
		else if (strcmp(x->name, "table") == 0) {
			grid_clear(into);
			r = take_table(x, sheet, &styles, into, names, err);
			found += r > 0;
			into = found > 0 ? &second : g;
		}
		if (r < 0)
			break;
	}
	free(styles.hidden);
	free(second.row);
	if (r == 0 && !book)
		return err_set(err, EX_DATAERR, "an OpenDocument file, but no spreadsheet");
	return r < 0 ? -1 : found > 1 ? sheet != NULL ? 1 : 2 : found;
}

static int
from_part(void *ctx, char *to, int len, struct err *err)
{
	return part_read(ctx, to, len, err);
}

/* Is it a spreadsheet, and one that is not encrypted? */
static int
check_manifest(struct bundle *p, struct err *err)
{
	static const char name[] = "META-INF/manifest.xml";
	struct part *part = NULL;
	struct xml x;
	int r, locked = bundle_has(p, "encrypted-package");
	int len = 0, n = 1;
	char type[100];

	if (bundle_has(p, "mimetype")) {
		if (part_open(p, "mimetype", &part, err) != 0)
			return -1;
		while (n > 0 && len < (int)sizeof(type) - 1)
			if ((n = part_read(part, type + len, (int)sizeof(type) - 1 - len,
			    err)) > 0)
				len += n;
		part_close(part);
		type[len] = '\0';
		if (n < 0)
			return err_context(err, "mimetype");
		if (strstr(type, "opendocument.spreadsheet") == NULL)
			return err_set(err, EX_DATAERR, "a document, no spreadsheet: save"
			    " it as .xlsx, .ods or CSV");
	}
	if (bundle_has(p, name)) {
		if (part_open(p, name, &part, err) != 0)
			return -1;
		r = xml_open(&x, from_part, part, err);
		if (r == 0) {
			while ((r = xml_next(&x, err)) == 1)
				locked |= is(&x, XML_START, "encryption-data");
			xml_close(&x);
		}
		part_close(part);
		if (r < 0)
			return err_context(err, "%s", name);
	}
	if (locked)
		return err_set(err, EX_DATAERR, "an encrypted workbook: save it without a"
		    " password");
	if (bundle_has_like(p, "Basic/", ".xml") || bundle_has_like(p, "Scripts/", ""))
		return err_set(err, EX_DATAERR, "a workbook with macros: save it without"
		    " them, or as CSV");
	return 0;
}

int
grid_ods(struct bundle *p, const char *sheet, struct grid *g, struct err *err)
{
	struct grid_names names = { BUF(NAMES_MAX), 0, 0 };
	struct part *part = NULL;
	struct xml x;
	int r;

	g->kind = "ods";
	if (check_manifest(p, err) != 0 || part_open(p, "content.xml", &part, err) != 0)
		return -1;
	r = xml_open(&x, from_part, part, err);
	if (r == 0) {
		r = ods_content(&x, sheet, g, &names, err);
		xml_close(&x);
	}
	part_close(part);
	g->sheets = names.n;
	if (r < 0)
		err_context(err, "content.xml");
	else if (r == 2)
		r = grid_which_sheet(&names, err);
	else if (r == 0)
		r = sheet != NULL ? grid_no_sheet(sheet, &names, err) :
		    err_set(err, EX_DATAERR, "no sheet that can be seen holds anything");
	buf_free(&names.text);
	return r < 0 ? -1 : 0;
}
