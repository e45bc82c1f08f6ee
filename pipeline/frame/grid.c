#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/csv.h"
#include "pipeline/base/utf8.h"
#include "pipeline/frame/grid_private.h"

#include "pipeline/frame/grid.h"

enum { NAMES_MAX = 240 };

/* Octets of a blank at ${s}: ASCII's, no-break spaces, thin and zero-width ones,
 * a byte order mark. */
static size_t
blank_at(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;

	if (*u == ' ' || (*u >= '\t' && *u <= '\r'))
		return 1;
	if (u[0] == 0xc2 && u[1] == 0xa0)
		return 2;
	if (u[0] == 0xe2 && u[1] == 0x80 && ((u[2] >= 0x80 && u[2] <= 0x8d) ||
	    u[2] == 0xaf))
		return 3;
	return (u[0] == 0xe2 && u[1] == 0x81 && u[2] == 0xa0) ||
	    (u[0] == 0xef && u[1] == 0xbb && u[2] == 0xbf) ? 3 : 0;
}

char *
grid_trim(char *s)
{
	char *end = s, *p;
	size_t n;

	while ((n = blank_at(s)) > 0)
		s += n;
	if (*s == '\'') {
		s++;
		while ((n = blank_at(s)) > 0)
			s += n;
	}
	for (p = end = s; *p != '\0'; )
		if ((n = blank_at(p)) > 0)
			p += n;
		else
			end = ++p;
	*end = '\0';
	return s;
}

const char *
grid_column_name(size_t column, char out[static 8])
{
	char *p = out + 7;

	*p = '\0';
	for (column++; column > 0 && p > out; column = (column - 1) / 26)
		*--p = (char)('A' + (column - 1) % 26);
	return p;
}

int
grid_begin(struct grid *g, size_t line, int hidden, struct err *err)
{
	if (line > GRID_ROWS || g->n >= GRID_ROWS)
		return err_set(err, EX_DATAERR, "more than %d rows", GRID_ROWS);
	if (line <= g->now_line)
		return err_set(err, EX_DATAERR, "row %zu comes after row %zu", line,
		    g->now_line);
	g->now_line = line;
	g->now_hidden = hidden;
	g->now_n = 0;
	return 0;
}

int
grid_cell(struct grid *g, size_t column, const char *text, size_t len,
    struct err *err)
{
	struct buf clean = BUF(4 * GRID_CELL);
	char *copy;

	if (len == 0)
		return 0;
	if (column >= GRID_COLUMNS)
		return err_set(err, EX_DATAERR, "row %zu: more than %d columns",
		    g->now_line, GRID_COLUMNS);
	if (len > GRID_CELL)
		return err_set(err, EX_DATAERR, "row %zu: more than %d octets in a cell",
		    g->now_line, GRID_CELL);
	utf8_repair(&clean, text, len);
	copy = grid_trim(clean.data);
	len = strlen(copy);
	g->octets += len;
	if (++g->cells > GRID_CELLS || g->octets > GRID_TEXT) {
		buf_free(&clean);
		return err_set(err, EX_DATAERR, "more than %d cells, or %d MB of text",
		    GRID_CELLS, GRID_TEXT >> 20);
	}
	for (; g->now_n <= column && len > 0; g->now_n++)
		g->now[g->now_n] = "";
	if (len > 0)
		g->now[column] = arena_strn(g->arena, copy, len);
	buf_free(&clean);
	return 0;
}

static void
keep(struct grid *g, size_t line, const char **cell, size_t n)
{
	if (g->n == g->cap) {
		g->cap = g->cap > 0 ? 2 * g->cap : 256;
		g->row = mem_grow(g->row, g->cap, sizeof(*g->row));
	}
	g->row[g->n++] = (struct grid_row){ line, n, cell };
}

void
grid_end(struct grid *g)
{
	const char **cell;

	if (g->now_n == 0)
		return;
	cell = arena_alloc(g->arena, g->now_n * sizeof(*cell));
	memcpy(cell, g->now, g->now_n * sizeof(*cell));
	keep(g, g->now_line, cell, g->now_n);
	g->hidden += g->now_hidden;
}

int
grid_again(struct grid *g, size_t times, struct err *err)
{
	size_t n = g->now_n;

	if (n > 0 && (times > GRID_ROWS - g->n || times > (GRID_CELLS - g->cells) / n))
		return err_set(err, EX_DATAERR, "row %zu: repeated %zu times", g->now_line,
		    times);
	if (n > 0) {
		const char **cell = g->row[g->n - 1].cell;

		g->cells += n * times;
		for (size_t i = 1; i <= times; i++) {
			keep(g, g->now_line + i, cell, n);
			g->hidden += g->now_hidden;
		}
	}
	g->now_line += times;
	return 0;
}

void
grid_clear(struct grid *g)
{
	g->n = g->now_n = g->now_line = 0;
	g->merged = g->hidden = g->errors = 0;
}

int
grid_no_sheet(const char *wanted, const struct grid_names *names, struct err *err)
{
	return err_set(err, EX_DATAERR, "no sheet %.60s; there %s %.200s", wanted,
	    names->n == 1 ? "is" : "are", buf_text(&names->text));
}

int
grid_which_sheet(const struct grid_names *names, struct err *err)
{
	return err_set(err, EX_DATAERR, "several sheets hold something, and the study "
	    "does not say which (sheet = NAME): %.240s", buf_text(&names->text));
}

/* UTF-8 letters in a text that is not UTF-8 as a whole: two encodings in one. */
static int
mixed(const char *s, size_t len)
{
	static const unsigned char second[] = { 0x85, 0x98, 0x86, 0xa5, 0xb8, 0xa6 };
	size_t both = 0;

	if (utf8_valid(s, len))
		return 0;
	for (size_t i = 0; i + 1 < len; i++)	/* Å Ø Æ å ø æ */
		both += (unsigned char)s[i] == 0xc3 && memchr(second,
		    (unsigned char)s[i + 1], sizeof(second)) != NULL;
	return both > 0;
}

static int
read_csv(const char *data, size_t len, struct grid *g, struct err *err)
{
	struct csv csv;
	int more = 1;

	g->kind = "csv";
	if (mixed(data, len))
		return err_set(err, EX_DATAERR, "UTF-8 and Windows-1252 in one file: save "
		    "it anew as UTF-8");
	if (csv_open(&csv, data, len, 0, err) != 0)
		return -1;
	for (int head = 1; more == 1; head = 0) {
		char **field = head ? csv.head : csv.field;

		if (!head && (more = csv_next(&csv, err)) != 1)
			break;
		if (grid_begin(g, csv.line, 0, err) != 0) {
			more = -1;
			break;
		}
		for (size_t i = 0; more == 1 && i < csv.n; i++)
			if (grid_cell(g, i, field[i], strlen(field[i]), err) != 0)
				more = -1;
		grid_end(g);
	}
	csv_close(&csv);
	return more;
}

static int
holds(const char *data, size_t len, const char *what, size_t n)
{
	const char *p = data;

	for (; len >= n && (p = memchr(data, what[0], len - n + 1)) != NULL;
	    len -= (size_t)(p - data) + 1, data = p + 1)
		if (memcmp(p, what, n) == 0)
			return 1;
	return 0;
}

static int
begins(const char *data, size_t len, const char *what)
{
	return len >= strlen(what) && memcmp(data, what, strlen(what)) == 0;
}

/* Microsoft's compound file: an .xls, or a box around an encrypted workbook. */
static int
compound(const char *data, size_t len, struct err *err)
{
	static const char box[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";

	return err_set(err, EX_DATAERR, "%s", holds(data, len, box, sizeof(box)) ?
	    "an encrypted workbook: save it without a password" :
	    "an old Excel workbook (.xls): save it as .xlsx, .ods or CSV");
}

static int
read_bundle(const char *data, size_t len, const char *sheet, struct grid *g,
    struct err *err)
{
	struct bundle *p;
	int r;

	if (bundle_open(data, len, &p, err) != 0)
		return -1;
	if (bundle_has(p, "mimetype") || bundle_has(p, "META-INF/manifest.xml"))
		r = grid_ods(p, sheet, g, err);
	else if (bundle_has(p, "[Content_Types].xml"))
		r = grid_xlsx(p, sheet, g, err);
	else
		r = err_set(err, EX_DATAERR, "a zip file, but no workbook");
	bundle_close(p);
	return r;
}

/* OpenDocument as one XML file. */
static int
read_flat(const char *data, size_t len, const char *sheet, struct grid *g,
    struct err *err)
{
	struct xml_octets octets = { data, len };
	struct grid_names names = { BUF(NAMES_MAX), 0, 0 };
	struct xml x;
	int r;

	g->kind = "ods";
	if (xml_open(&x, xml_octets_read, &octets, err) != 0)
		return -1;
	r = ods_content(&x, sheet, g, &names, err);
	xml_close(&x);
	g->sheets = names.n;
	if (r == 2)
		r = grid_which_sheet(&names, err);
	else if (r == 0 && sheet != NULL)
		r = grid_no_sheet(sheet, &names, err);
	buf_free(&names.text);
	return r < 0 ? -1 : 0;
}

static int
read_any(const char *data, size_t len, const char *sheet, struct grid *g,
    struct err *err)
{
	size_t head = len < 4096 ? len : 4096, at = begins(data, len, "\xef\xbb\xbf") ?
	    3 : 0;

	if (begins(data, len, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
		return compound(data, len, err);
	if (begins(data, len, "PK\003\004") || begins(data, len, "PK\005\006"))
		return read_bundle(data, len, sheet, g, err);
	if (begins(data, len, "%PDF-") || begins(data, len, "{\\rtf"))
		return err_set(err, EX_DATAERR, "a document, no table: save it as .xlsx, "
		    ".ods or CSV");
	while (at < head && (data[at] == ' ' || data[at] == '\n' || data[at] == '\r' ||
	    data[at] == '\t'))
		at++;
	if (at < len && data[at] == '<') {
		if (holds(data, head, ":opendocument:", 14))
			return read_flat(data, len, sheet, g, err);
		return err_set(err, EX_DATAERR, "a web page or XML, not a workbook: save "
		    "it as .xlsx, .ods or CSV");
	}
	if (sheet != NULL)
		return err_set(err, EX_DATAERR, "CSV has no sheet %.60s", sheet);
	return read_csv(data, len, g, err);
}

int
grid_read(const char *data, size_t len, const char *sheet, struct grid *g,
    struct err *err)
{
	memset(g, 0, sizeof(*g));
	g->arena = arena_new();
	g->now = mem_array(GRID_COLUMNS, sizeof(*g->now));
	if (read_any(data, len, sheet, g, err) == 0) {
		if (g->n > 0)
			return 0;
		err_set(err, EX_DATAERR, "%s is empty", g->sheet != NULL ? "the sheet" :
		    "it");
	}
	grid_free(g);
	return -1;
}

void
grid_free(struct grid *g)
{
	free(g->row);
	free(g->now);
	arena_free(g->arena);
	memset(g, 0, sizeof(*g));
}
