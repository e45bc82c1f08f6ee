/*
 * Any octets as a part of a workbook, and as a file: what the headers promise.
 * The first octet says which: x a sheet of an .xlsx, s its strings, y its styles,
 * o content.xml of an .ods, v a value; anything else, all of it as a file.
 *
 * - Rows come in order, have a last cell with text, and no more than the limits.
 * - A number that was made plain is plain.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/frame/grid_private.h"

#define MUST(what_)	do { if (!(what_)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct grid *g)
{
	size_t line = 0;

	for (size_t i = 0; i < g->n; i++) {
		MUST(g->row[i].line > line && g->row[i].n > 0 &&
		    g->row[i].n <= GRID_COLUMNS);
		line = g->row[i].line;
		for (size_t k = 0; k < g->row[i].n; k++)
			MUST(g->row[i].cell[k] != NULL);
		MUST(g->row[i].cell[g->row[i].n - 1][0] != '\0');
	}
	MUST(g->n <= GRID_ROWS && g->octets <= GRID_TEXT + GRID_CELL);
}

static void
part(char what, const char *data, size_t size)
{
	struct xml_octets octets = { data, size };
	struct grid_names names = { BUF(240), 0, 0 };
	struct xlsx_book book = { .arena = arena_new() };
	struct grid g = { .arena = book.arena };
	struct err err;
	struct xml x;

	g.now = mem_array(GRID_COLUMNS, sizeof(*g.now));
	if (xml_open(&x, xml_octets_read, &octets, &err) == 0) {
		if (what == 'x') {
			static const char *shared[] = { "a", "b" };
			static unsigned char format[] = { 0, XLSX_DAY, XLSX_TIME };

			book.shared = shared;
			book.nshared = 2;
			book.format = format;
			book.nformat = 3;
			(void)xlsx_sheet(&x, &book, &g, &err);
			book.shared = NULL;
			book.format = NULL;
		} else if (what == 's')
			(void)xlsx_shared(&x, &book, &err);
		else if (what == 'y')
			(void)xlsx_styles(&x, &book, &err);
		else
			(void)ods_content(&x, NULL, &g, &names, &err);
		xml_close(&x);
	}
	check(&g);
	free(book.shared);
	free(book.format);
	free(g.row);
	free(g.now);
	buf_free(&names.text);
	arena_free(book.arena);
}

static void
value(const char *data, size_t size)
{
	struct buf once = BUF(BUF_ANY), twice = BUF(BUF_ANY), day = BUF(BUF_ANY);
	char *text = mem_strn(data, size);

	grid_number(text, &once);
	grid_number(buf_text(&once), &twice);
	MUST(strcmp(buf_text(&once), buf_text(&twice)) == 0);
	for (int f = 0; f < 4; f++)
		grid_day(text, f, f & 1, &day);
	(void)grid_format(text);
	(void)grid_column_of(text);
	MUST(strlen(grid_trim(text)) <= size);
	free(text);
	buf_free(&once);
	buf_free(&twice);
	buf_free(&day);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct grid g;
	struct err err;
	const char *s = (const char *)data;

	if (size > 0 && strchr("xsyo", s[0]) != NULL && s[0] != '\0')
		part(s[0], s + 1, size - 1);
	else if (size > 0 && s[0] == 'v')
		value(s + 1, size - 1);
	else if (grid_read(s, size, NULL, &g, &err) == 0) {
		check(&g);
		grid_free(&g);
	}
	return 0;
}
