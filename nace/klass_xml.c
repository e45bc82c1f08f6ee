#include <libxml/xmlreader.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"
#include "nace/klass.h"

static const struct shape {
	const char *root, *item;
	const char *field[KLASS_FIELDS];
} shapes[KLASS_KINDS] = {
	[KLASS_CODES] = { "codeList", "codeItem", { "code", "parentCode", "level",
	    "name", "validFromInRequestedRange", "validToInRequestedRange" } },
	[KLASS_CHANGES] = { "codeChangeList", "codeChangeItem", { "oldCode", "newCode",
	    "changeOccurred" } },
	[KLASS_VERSION] = { "classificationVersion", "classificationItem", { "code",
	    "parentCode", "level", "name" } },
	[KLASS_TABLES] = { "classificationVersion", "correspondenceTable", { "id",
	    "sourceId", "targetId" } },
	[KLASS_MAPS] = { "correspondenceTable", "correspondenceMap", { "sourceCode",
	    "targetCode" } },
};

/* Where the reader is. */
struct reading {
	xmlTextReaderPtr x;
	const struct shape *shape;
	struct klass_rows *rows;
	size_t room;
	int item_depth;			/* of the row that is open; -1: none */
	int field;			/* that is open; -1: none */
	struct buf text;
	const char *got[KLASS_FIELDS];
	struct err *err;
};

static int
bad(struct reading *r, const char *why)
{
	return err_set(r->err, EX_DATAERR, "line %d: %s",
	    xmlTextReaderGetParserLineNumber(r->x), why);
}

static const char *
name(struct reading *r)
{
	const xmlChar *s = xmlTextReaderConstLocalName(r->x);

	return s != NULL ? (const char *)s : "";
}

/* A field's text: no blanks at the ends, one for each run within. */
static const char *
settle(struct reading *r)
{
	char *s = arena_strn(r->rows->arena, buf_text(&r->text), r->text.len);
	size_t n = 0;

	for (size_t i = 0; s[i] != '\0'; i++) {
		int blank = (unsigned char)s[i] <= ' ' || s[i] == 0x7f;

		if (!blank)
			s[n++] = s[i];
		else if (n > 0 && s[n - 1] != ' ')
			s[n++] = ' ';
	}
	if (n > 0 && s[n - 1] == ' ')
		n--;
	s[n] = '\0';
	return s;
}

/* The number behind "correspondencetables/" in a link to a table. */
static void
take_link(struct reading *r, const char *s)
{
	static const char path[] = "correspondencetables/";
	const char *at = s != NULL ? strstr(s, path) : NULL;
	size_t len;

	if (at == NULL || r->got[0] != NULL)
		return;
	at += sizeof(path) - 1;
	len = strspn(at, "0123456789");
	if (len > 0 && len < 10)
		r->got[0] = arena_strn(r->rows->arena, at, len);
}

static void
take_attributes(struct reading *r)
{
	while (xmlTextReaderMoveToNextAttribute(r->x) == 1)
		take_link(r, (const char *)xmlTextReaderConstValue(r->x));
	xmlTextReaderMoveToElement(r->x);
}

static int
end_row(struct reading *r)
{
	struct klass_rows *rows = r->rows;

	if (rows->n == KLASS_ROWS)
		return bad(r, "more rows than any list has");
	if (rows->n == r->room) {
		r->room = r->room == 0 ? 256 : 2 * r->room;
		rows->row = mem_grow(rows->row, r->room, sizeof(*rows->row));
	}
	for (int i = 0; i < KLASS_FIELDS; i++) {
		rows->row[rows->n].field[i] = r->got[i] != NULL ? r->got[i] : "";
		r->got[i] = NULL;
	}
	rows->n++;
	r->item_depth = -1;
	return 0;
}

static int
end_field(struct reading *r)
{
	if (r->text.over)
		return bad(r, "a field is longer than any may be");
	r->got[r->field] = settle(r);
	r->field = -1;
	return 0;
}

static int
begin(struct reading *r)
{
	int depth = xmlTextReaderDepth(r->x);
	int empty = xmlTextReaderIsEmptyElement(r->x) == 1;

	if (depth == 0 && strcmp(name(r), r->shape->root) != 0)
		return err_set(r->err, EX_DATAERR, "not what was asked for: \"%.30s\" "
		    "instead of \"%s\"", utf8_valid(name(r), strlen(name(r))) ?
		    name(r) : "?", r->shape->root);
	if (r->field >= 0)
		return bad(r, "an element where text should be");
	if (r->item_depth < 0) {
		if (depth > 0 && strcmp(name(r), r->shape->item) == 0) {
			r->item_depth = depth;
			take_attributes(r);
			return empty ? end_row(r) : 0;
		}
		return 0;
	}
	for (int i = 0; i < KLASS_FIELDS && r->shape->field[i] != NULL; i++)
		if (depth == r->item_depth + 1 && !empty &&
		    strcmp(name(r), r->shape->field[i]) == 0) {
			r->field = i;
			buf_clear(&r->text);
			return 0;
		}
	take_attributes(r);
	return 0;
}

static int
end(struct reading *r)
{
	int depth = xmlTextReaderDepth(r->x);

	if (r->field >= 0 && depth == r->item_depth + 1)
		return end_field(r);
	if (r->item_depth >= 0 && depth == r->item_depth)
		return end_row(r);
	return 0;
}

static int
node(struct reading *r)
{
	const char *value;

	switch (xmlTextReaderNodeType(r->x)) {
	case XML_READER_TYPE_ELEMENT:
		return begin(r);
	case XML_READER_TYPE_END_ELEMENT:
		return end(r);
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
		value = (const char *)xmlTextReaderConstValue(r->x);
		if (r->field >= 0 && value != NULL)
			buf_str(&r->text, value);
		else if (r->item_depth >= 0)
			take_link(r, value);
		return 0;
	case XML_READER_TYPE_DOCUMENT_TYPE:
		return bad(r, "a document type, which Klass does not write");
	case XML_READER_TYPE_ENTITY_REFERENCE:
		return bad(r, "an entity, which Klass does not write");
	default:
		return 0;
	}
}

int
klass_read(const char *xml, size_t len, enum klass_kind kind,
    struct klass_rows *ret, struct err *err)
{
	struct reading r = { .shape = &shapes[kind], .rows = ret, .item_depth = -1,
		.field = -1, .text = BUF(KLASS_TEXT), .err = err };
	int got, status = 0;

	*ret = (struct klass_rows){ NULL, 0, arena_new() };
	if (len == 0 || len > KLASS_OCTETS) {
		klass_rows_free(ret);
		return err_set(err, EX_DATAERR, "an answer of %zu octets", len);
	}
	r.x = xmlReaderForMemory(xml, (int)len, NULL, NULL, XML_PARSE_NONET |
	    XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (r.x == NULL)
		mem_alloc(SIZE_MAX);
	while ((got = xmlTextReaderRead(r.x)) == 1 && status == 0)
		status = node(&r);
	if (got < 0 && status == 0)
		status = bad(&r, "not XML, or cut off");
	xmlFreeTextReader(r.x);
	buf_free(&r.text);
	if (status != 0)
		klass_rows_free(ret);
	return status;
}

void
klass_rows_free(struct klass_rows *rows)
{
	free(rows->row);
	arena_free(rows->arena);
	*rows = (struct klass_rows){ NULL, 0, NULL };
}

long
klass_table(const struct klass_rows *tables, long source, long target)
{
	for (size_t i = 0; i < tables->n; i++) {
		const char *const *f = tables->row[i].field;

		if (strtol(f[1], NULL, 10) == source &&
		    strtol(f[2], NULL, 10) == target && strlen(f[0]) < 10)
			return strtol(f[0], NULL, 10);
	}
	return 0;
}
