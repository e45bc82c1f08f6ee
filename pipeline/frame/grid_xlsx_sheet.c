#include <stdlib.h>
#include <string.h>

#include "pipeline/base/num.h"

#include "pipeline/frame/grid_private.h"

static int
is(const struct xml *x, enum xml_what what, const char *name)
{
	return x->what == what && strcmp(x->name, name) == 0;
}

/*
 * The text of an <si> or <is>: that of its <t>, also in runs (<r>), but not how
 * it is read aloud (<rPh>).  To the end of the element.
 */
static int
rich_text(struct xml *x, struct buf *out, struct err *err)
{
	int depth = x->depth, in_t = 0, r;

	while ((r = xml_next(x, err)) == 1) {
		if (x->what == XML_END && x->depth == depth)
			return 0;
		if (is(x, XML_START, "rPh")) {
			if (xml_skip(x, err) != 0)
				return -1;
		} else if (is(x, XML_START, "t"))
			in_t = 1;
		else if (is(x, XML_END, "t"))
			in_t = 0;
		else if (x->what == XML_TEXT && in_t)
			buf_str(out, x->text);
		if (out->over)
			return err_set(err, EX_DATAERR, "more than %d octets in a cell",
			    GRID_CELL);
	}
	return r < 0 ? -1 : err_set(err, EX_DATAERR, "cut off");
}

int
xlsx_shared(struct xml *x, struct xlsx_book *b, struct err *err)
{
	struct buf text = BUF(GRID_CELL);
	size_t cap = 0, octets = 0;
	int r;

	while ((r = xml_next(x, err)) == 1) {
		if (!is(x, XML_START, "si"))
			continue;
		buf_clear(&text);
		if ((r = rich_text(x, &text, err)) != 0)
			break;
		octets += text.len;
		if (b->nshared == XLSX_SHARED || octets > GRID_TEXT) {
			r = err_set(err, EX_DATAERR, "more than %d strings, or %d MB of "
			    "them", XLSX_SHARED, GRID_TEXT >> 20);
			break;
		}
		if (b->nshared == cap) {
			cap = cap > 0 ? 2 * cap : 256;
			b->shared = mem_grow(b->shared, cap, sizeof(*b->shared));
		}
		b->shared[b->nshared++] = arena_str(b->arena, buf_text(&text));
	}
	buf_free(&text);
	return r;
}

/* Formats of the file's own, by id: few, so looked for one by one. */
struct formats {
	int64_t *id;
	int *shows;
	size_t n;
};

static int
int_of(struct xml *x, const char *name, int64_t *ret)
{
	const char *v = xml_attr(x, NULL, name);

	return v == NULL ? -1 : num_int(v, 0, 1 << 30, ret);
}

static int
shows(const struct formats *f, int64_t id)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->id[i] == id)
			return f->shows[i];
	return grid_format_of((int)id);
}

static int
take_format(struct formats *f, struct xml *x, struct err *err)
{
	const char *code;
	int64_t id;

	if (int_of(x, "numFmtId", &id) != 0 ||
	    (code = xml_attr(x, NULL, "formatCode")) == NULL)
		return 0;
	if (f->n == 4096)
		return err_set(err, EX_DATAERR, "more than 4096 number formats");
	f->id[f->n] = id;
	f->shows[f->n++] = grid_format(code);
	return 0;
}

int
xlsx_styles(struct xml *x, struct xlsx_book *b, struct err *err)
{
	struct formats f = { mem_array(4096, sizeof(*f.id)),
	    mem_array(4096, sizeof(*f.shows)), 0 };
	int in_cells = 0, r;

	b->format = mem_alloc(XLSX_STYLES);
	while ((r = xml_next(x, err)) == 1) {
		int64_t id = 0;

		if (is(x, XML_START, "numFmt"))
			r = take_format(&f, x, err);
		else if (strcmp(x->name, "cellXfs") == 0)
			in_cells = x->what == XML_START;
		else if (in_cells && is(x, XML_START, "xf")) {
			if (b->nformat == XLSX_STYLES)
				r = err_set(err, EX_DATAERR, "more than %d styles",
				    XLSX_STYLES);
			else if (int_of(x, "numFmtId", &id) == 0)
				b->format[b->nformat++] = (unsigned char)shows(&f, id);
			else
				b->nformat++;
		}
		if (r < 0)
			break;
	}
	free(f.id);
	free(f.shows);
	return r;
}

/* What the cell at hand is, from its attributes. */
struct cell {
	long column;
	char type;		/* s: shared, i: inline, t: text, n: number, b, e, d */
	int format;
};

static void
begin_cell(struct xml *x, const struct xlsx_book *b, long before, struct cell *c)
{
	const char *v = xml_attr(x, NULL, "r");
	int64_t style;

	c->column = v != NULL ? grid_column_of(v) : -1;
	if (c->column < 0)
		c->column = before + 1;
	c->format = int_of(x, "s", &style) == 0 && (size_t)style < b->nformat ?
	    b->format[style] : 0;
	v = xml_attr(x, NULL, "t");
	c->type = v == NULL || *v == '\0' ? 'n' : strcmp(v, "str") == 0 ? 't' :
	    strcmp(v, "inlineStr") == 0 ? 'i' : v[0];
}

/* The value of a cell as text: ${v} is what stands in its <v> or <is>. */
static int
show_cell(const struct xlsx_book *b, const struct cell *c, const char *v,
    struct grid *g, struct buf *out, struct err *err)
{
	int64_t at;

	switch (c->type) {
	case 's':
		if (num_int(v, 0, (int64_t)b->nshared - 1, &at) != 0)
			return err_set(err, EX_DATAERR, "row %zu: a string that is not "
			    "there", g->now_line);
		buf_str(out, b->shared[at]);
		return 0;
	case 'b':
		buf_str(out, strcmp(v, "0") == 0 ? "FALSE" : "TRUE");
		return 0;
	case 'e':
		g->errors++;
		buf_str(out, v);
		return 0;
	case 'n':
		grid_day(v, c->format, b->from_1904, out);
		return 0;
	case 'd':		/* ISO 8601, strict workbooks */
		buf_add(out, v, strcspn(v, "T"));
		return 0;
	default:
		buf_str(out, v);
		return 0;
	}
}

/* From <c> to </c>. */
static int
read_cell(struct xml *x, const struct xlsx_book *b, struct grid *g, long *column,
    struct err *err)
{
	struct buf value = BUF(GRID_CELL), out = BUF(GRID_CELL);
	struct cell c;
	int depth = x->depth, in_v = 0, r, ret = -1;

	begin_cell(x, b, *column, &c);
	*column = c.column;
	while ((r = xml_next(x, err)) == 1) {
		if (x->what == XML_END && x->depth == depth)
			break;
		if (is(x, XML_START, "is")) {
			if (rich_text(x, &value, err) != 0)
				goto out;
		} else if (is(x, XML_START, "f")) {
			if (xml_skip(x, err) != 0)
				goto out;
		} else if (x->what == XML_TEXT && in_v)
			buf_str(&value, x->text);
		else if (x->what != XML_TEXT && strcmp(x->name, "v") == 0)
			in_v = x->what == XML_START;
	}
	if (r < 1) {
		if (r == 0)
			err_set(err, EX_DATAERR, "cut off");
		goto out;
	}
	if (value.over) {
		err_set(err, EX_DATAERR, "row %zu: more than %d octets in a cell",
		    g->now_line, GRID_CELL);
		goto out;
	}
	if (value.len > 0 && show_cell(b, &c, buf_text(&value), g, &out, err) != 0)
		goto out;
	ret = grid_cell(g, (size_t)c.column, buf_text(&out), out.len, err);
out:
	buf_free(&value);
	buf_free(&out);
	return ret;
}

static int
read_row(struct xml *x, const struct xlsx_book *b, struct grid *g, struct err *err)
{
	const char *hidden = xml_attr(x, NULL, "hidden");
	int depth = x->depth, r, is_hidden = hidden != NULL &&
	    (strcmp(hidden, "1") == 0 || strcmp(hidden, "true") == 0);
	int64_t line = (int64_t)g->now_line + 1;
	long column = -1;

	(void)int_of(x, "r", &line);
	if (grid_begin(g, (size_t)line, is_hidden, err) != 0)
		return -1;
	while ((r = xml_next(x, err)) == 1) {
		if (x->what == XML_END && x->depth == depth)
			break;
		if (is(x, XML_START, "c") && read_cell(x, b, g, &column, err) != 0)
			return -1;
	}
	if (r < 1)
		return r < 0 ? -1 : err_set(err, EX_DATAERR, "cut off");
	grid_end(g);
	return 0;
}

int
xlsx_sheet(struct xml *x, const struct xlsx_book *b, struct grid *g,
    struct err *err)
{
	int r, data = 0;

	while ((r = xml_next(x, err)) == 1) {
		if (x->what != XML_START)
			continue;
		data |= strcmp(x->name, "sheetData") == 0;
		if (data && strcmp(x->name, "row") == 0 &&
		    read_row(x, b, g, err) != 0)
			return -1;
		g->merged += strcmp(x->name, "mergeCell") == 0;
	}
	return r;
}
