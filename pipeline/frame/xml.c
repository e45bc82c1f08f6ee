#include <libxml/xmlreader.h>
#include <string.h>

#include "pipeline/frame/xml.h"

enum { ATTRIBUTE_MAX = 1 << 16 };

static int
read_some(void *ctx, char *to, int len)
{
	struct xml *x = ctx;
	int n = x->failed ? -1 : x->read(x->ctx, to, len, x->err);

	x->failed |= n < 0;
	return n;
}

static int
close_nothing(void *ctx)
{
	(void)ctx;
	return 0;
}

/* The library's own words would hold what stands in the file. */
static void
silent(void *ctx, xmlErrorPtr what)
{
	(void)ctx;
	(void)what;
}

int
xml_open(struct xml *x, int (*read)(void *, char *, int, struct err *), void *ctx,
    struct err *err)
{
	*x = (struct xml){ .read = read, .ctx = ctx, .err = err,
	    .value = BUF(ATTRIBUTE_MAX) };
	x->reader = xmlReaderForIO(read_some, close_nothing, x, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
	    XML_PARSE_NOCDATA);
	if (x->reader == NULL)
		return x->failed ? -1 : err_set(err, EX_DATAERR, "no XML");
	xmlTextReaderSetStructuredErrorHandler(x->reader, silent, NULL);
	return 0;
}

static int
not_well_formed(struct xml *x, struct err *err)
{
	int line = xmlTextReaderGetParserLineNumber(x->reader);

	return x->failed ? -1 : err_set(err, EX_DATAERR,
	    "not well-formed XML, or not in the encoding it names (line %d)", line);
}

int
xml_next(struct xml *x, struct err *err)
{
	int r;

	x->err = err;
	if (x->ends) {
		x->ends = 0;
		x->what = XML_END;
		return 1;
	}
	while ((r = xmlTextReaderRead(x->reader)) == 1) {
		x->depth = xmlTextReaderDepth(x->reader);
		if (x->depth > XML_DEPTH)
			return err_set(err, EX_DATAERR, "nested too deep");
		x->name = (const char *)xmlTextReaderConstLocalName(x->reader);
		switch (xmlTextReaderNodeType(x->reader)) {
		case XML_READER_TYPE_ELEMENT:
			x->what = XML_START;
			x->ends = xmlTextReaderIsEmptyElement(x->reader);
			return 1;
		case XML_READER_TYPE_END_ELEMENT:
			x->what = XML_END;
			return 1;
		case XML_READER_TYPE_TEXT:
		case XML_READER_TYPE_CDATA:
		case XML_READER_TYPE_WHITESPACE:
		case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
			x->what = XML_TEXT;
			x->text = (const char *)xmlTextReaderConstValue(x->reader);
			if (x->text != NULL)
				return 1;
			break;
		case XML_READER_TYPE_DOCUMENT_TYPE:
		case XML_READER_TYPE_ENTITY_REFERENCE:
			return err_set(err, EX_DATAERR, "a document type or entities of "
			    "its own: not read");
		default:
			break;
		}
	}
	return r == 0 && !x->failed ? 0 : not_well_formed(x, err);
}

const char *
xml_attr(struct xml *x, const char *space, const char *name)
{
	const char *found = NULL;

	if (xmlTextReaderMoveToFirstAttribute(x->reader) != 1)
		return NULL;
	do {
		const char *local = (const char *)xmlTextReaderConstLocalName(x->reader);
		const char *uri =
		    (const char *)xmlTextReaderConstNamespaceUri(x->reader);
		const char *value;

		if (local == NULL || strcmp(local, name) != 0 || (space != NULL &&
		    (uri == NULL || strstr(uri, space) == NULL)))
			continue;
		value = (const char *)xmlTextReaderConstValue(x->reader);
		buf_clear(&x->value);
		buf_str(&x->value, value != NULL ? value : "");
		found = x->value.over ? NULL : buf_text(&x->value);
		break;
	} while (xmlTextReaderMoveToNextAttribute(x->reader) == 1);
	xmlTextReaderMoveToElement(x->reader);
	return found;
}

int
xml_skip(struct xml *x, struct err *err)
{
	int depth = x->depth, r;

	while ((r = xml_next(x, err)) == 1)
		if (x->what == XML_END && x->depth == depth)
			return 0;
	return r < 0 ? -1 : not_well_formed(x, err);
}

void
xml_close(struct xml *x)
{
	if (x->reader != NULL)
		xmlFreeTextReader(x->reader);
	buf_free(&x->value);
	x->reader = NULL;
}

int
xml_octets_read(void *ctx, char *to, int len, struct err *err)
{
	struct xml_octets *o = ctx;
	size_t n = o->len < (size_t)len ? o->len : (size_t)len;

	(void)err;
	memcpy(to, o->data, n);
	o->data += n;
	o->len -= n;
	return (int)n;
}
