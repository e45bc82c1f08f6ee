#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"

#include "pipeline/base/csv.h"

enum { CSV_MAX = 256 << 20 };

static char
recognise(const char *s, size_t len)
{
	size_t semi = 0, comma = 0, tab = 0;
	int quoted = 0;

	for (size_t i = 0; i < len && (quoted || s[i] != '\n'); i++) {
		if (s[i] == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		semi += s[i] == ';';
		comma += s[i] == ',';
		tab += s[i] == '\t';
	}
	if (tab > semi && tab > comma)
		return '\t';
	return semi > comma ? ';' : ',';
}

static int
bad(const struct csv *c, struct err *err, const char *what)
{
	return err_set(err, EX_DATAERR, "line %zu: %s", c->line, what);
}

/* A quoted field that begins at ${at}; its end (behind the quote), or 0. */
static size_t
quoted_field(struct csv *c, size_t at)
{
	const char *s = c->text.data;

	for (at++; at < c->text.len; at++) {
		if (s[at] == '\n')
			c->next_line++;
		if (s[at] != '"') {
			buf_chr(&c->row, s[at]);
			continue;
		}
		if (s[at + 1] != '"')
			return at + 1;
		buf_chr(&c->row, '"');
		at++;
	}
	return 0;
}

/* Split one row into c->row and c->offset.  The number of fields, 0 at the end
 * of the text, -1 on error. */
static int
split_row(struct csv *c, struct err *err)
{
	const char *s = c->text.data;
	size_t at = c->at, n = 0;

	while (at < c->text.len && (s[at] == '\n' ||
	    (s[at] == '\r' && s[at + 1] == '\n'))) {	/* empty lines */
		at += s[at] == '\r' ? 2 : 1;
		c->next_line++;
	}
	c->line = c->next_line;
	if (at >= c->text.len) {
		c->at = at;
		return 0;
	}
	buf_clear(&c->row);
	for (;;) {
		if (n == CSV_FIELDS)
			return bad(c, err, "too many fields");
		c->offset[n++] = c->row.len;
		if (s[at] == '"') {
			if ((at = quoted_field(c, at)) == 0)
				return bad(c, err, "a quote is not closed");
		} else
			while (at < c->text.len && s[at] != c->delimiter &&
			    s[at] != '\n' && s[at] != '\r')
				buf_chr(&c->row, s[at++]);
		buf_chr(&c->row, '\0');
		if (at >= c->text.len)
			break;
		if (s[at] == c->delimiter) {
			at++;
			continue;
		}
		if (s[at] == '\r' && s[at + 1] == '\n') {
			c->crlf = 1;
			at++;
		} else if (s[at] == '\r')
			c->crlf = 1;	/* classic Mac: a lone CR ends the line */
		if (s[at] != '\n' && s[at] != '\r')
			return bad(c, err, "text after a closing quote");
		at++;
		c->next_line++;
		break;
	}
	c->at = at;
	return (int)n;
}

static void
trim(char **field)
{
	char *s = *field, *e;

	while (*s == ' ' || *s == '\t')
		s++;
	for (e = s + strlen(s); e > s && (e[-1] == ' ' || e[-1] == '\t'); )
		*--e = '\0';
	*field = s;
}

int
csv_open(struct csv *c, const char *data, size_t len, char delimiter,
    struct err *err)
{
	int n;

	memset(c, 0, sizeof(*c));
	c->text = (struct buf)BUF(CSV_MAX);
	c->row = (struct buf)BUF(CSV_MAX);
	c->offset = mem_array(CSV_FIELDS, sizeof(*c->offset));
	c->field = mem_array(CSV_FIELDS, sizeof(*c->field));
	c->next_line = 1;
	if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
		c->bom = 1;
		data += 3;
		len -= 3;
	}
	c->line = 1;
	if (len >= 4 && memcmp(data, "PK\003\004", 4) == 0) {
		bad(c, err, "a workbook, not text; save it as CSV");
		goto close;
	}
	if (memchr(data, '\0', len) != NULL) {
		bad(c, err, len >= 2 && ((unsigned char)data[0] >= 0xfe) ?
		    "UTF-16; save it as UTF-8" : "a NUL octet: not a text file");
		goto close;
	}
	c->latin1 = !utf8_valid(data, len);
	if (c->latin1)
		utf8_from_1252(&c->text, data, len);
	else
		buf_add(&c->text, data, len);
	if (c->text.over) {
		bad(c, err, "file too large");
		goto close;
	}
	c->delimiter = delimiter != 0 ? delimiter :
	    recognise(buf_text(&c->text), c->text.len);
	if (c->text.len == 0 || (n = split_row(c, err)) == 0) {
		bad(c, err, "the file is empty");
		goto close;
	}
	if (n < 0)
		goto close;
	c->n = (size_t)n;
	c->head = mem_array(c->n, sizeof(*c->head));
	for (size_t i = 0; i < c->n; i++) {
		char *name = c->row.data + c->offset[i];

		trim(&name);
		c->head[i] = mem_str(name);
	}
	return 0;

close:
	csv_close(c);
	return -1;
}

int
csv_next(struct csv *c, struct err *err)
{
	int n = split_row(c, err);

	if (n <= 0)
		return n;
	if ((size_t)n != c->n)
		return err_set(err, EX_DATAERR,
		    "line %zu: %d fields where the heading has %zu", c->line, n, c->n);
	for (size_t i = 0; i < c->n; i++)
		c->field[i] = c->row.data + c->offset[i];
	return 1;
}

static int
same(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++) {
		char x = *a, y = *b;

		if (x >= 'A' && x <= 'Z')
			x = (char)(x + 32);
		if (y >= 'A' && y <= 'Z')
			y = (char)(y + 32);
		if (x != y)
			return 0;
	}
	return *a == *b;
}

int
csv_column(const struct csv *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (same(c->head[i], name))
			return (int)i;
	return -1;
}

/* Somebody's data rather than the name of a column? */
static int
is_data(const char *s)
{
	int digits = 0;

	for (; *s != '\0'; s++) {
		digits += *s >= '0' && *s <= '9';
		if (*s == '@' || digits == 9)
			return 1;
	}
	return 0;
}

void
csv_names(const struct csv *c, char *names, size_t size)
{
	size_t at = (size_t)snprintf(names, size, "there are");

	for (size_t i = 0; i < c->n; i++)
		if (is_data(c->head[i])) {
			snprintf(names, size, "the first line is no heading");
			return;
		}
	for (size_t i = 0; i < c->n && at + strlen(c->head[i]) + 3 < size; i++)
		at += (size_t)snprintf(names + at, size - at, "%s %s",
		    i > 0 ? "," : "", c->head[i]);
}

void
csv_close(struct csv *c)
{
	if (c->head != NULL)
		for (size_t i = 0; i < c->n; i++)
			free(c->head[i]);
	free(c->head);
	free(c->field);
	free(c->offset);
	buf_free(&c->text);
	buf_free(&c->row);
	memset(c, 0, sizeof(*c));
}

void
csv_put(struct buf *b, char delimiter, int first, const char *field)
{
	if (!first)
		buf_chr(b, delimiter);
	if (field[strcspn(field, "\"\r\n")] == '\0' &&
	    strchr(field, delimiter) == NULL &&
	    field[0] != ' ' && (field[0] == '\0' || field[strlen(field) - 1] != ' ')) {
		buf_str(b, field);
		return;
	}
	buf_chr(b, '"');
	for (; *field != '\0'; field++) {
		if (*field == '"')
			buf_chr(b, '"');
		buf_chr(b, *field);
	}
	buf_chr(b, '"');
}
