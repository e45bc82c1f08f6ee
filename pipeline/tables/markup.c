#include <inttypes.h>
#include <libxml/xmlwriter.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"

#include "pipeline/tables/markup.h"

struct markup {
	xmlBufferPtr text;
	xmlTextWriterPtr w;
	int failed;
};

/* BAD_CAST drops const. */
static const xmlChar *
xml(const char *s)
{
	return (const xmlChar *)s;
}

static void
seen(struct markup *m, int r)
{
	if (r < 0)
		m->failed = 1;
}

struct markup *
markup_new(void)
{
	struct markup *m = mem_alloc(sizeof(*m));

	m->text = xmlBufferCreate();
	m->w = m->text != NULL ? xmlNewTextWriterMemory(m->text, 0) : NULL;
	if (m->w == NULL)
		m->failed = 1;
	else
		seen(m, xmlTextWriterWriteRaw(m->w,
		    xml("<!DOCTYPE html>\n")));
	return m;
}

int
markup_end(struct markup *m, struct buf *out, struct err *err)
{
	int r = 0;

	if (m->w != NULL)
		seen(m, xmlTextWriterEndDocument(m->w));
	xmlFreeTextWriter(m->w);
	if (!m->failed && m->text->use > 0)
		buf_add(out, m->text->content, (size_t)m->text->use);
	else
		r = err_set(err, EX_SOFTWARE, "the document could not be made");
	if (m->text != NULL)
		xmlBufferFree(m->text);
	free(m);
	return r;
}

/* What XML 1.0 can hold. */
static const char *
clean(struct buf *b, const char *s)
{
	size_t len;

	utf8_clean(b, s, strlen(s));
	len = b->len;
	for (size_t i = 0; i + 2 < len; i++)		/* U+FFFE, U+FFFF */
		if (memcmp(b->data + i, "\xef\xbf", 2) == 0 &&
		    (unsigned char)b->data[i + 2] >= 0xbe)
			b->data[i + 2] = (char)0xbd;
	return buf_text(b);
}

void
markup_open(struct markup *m, const char *element)
{
	if (!m->failed)
		seen(m, xmlTextWriterStartElement(m->w, xml(element)));
}

void
markup_attr(struct markup *m, const char *name, const char *value)
{
	struct buf b = BUF(BUF_ANY);

	if (!m->failed)
		seen(m, xmlTextWriterWriteAttribute(m->w, xml(name),
		    xml(clean(&b, value))));
	buf_free(&b);
}

void
markup_attrf(struct markup *m, const char *name, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	markup_attr(m, name, text);
}

void
markup_real(struct markup *m, const char *name, double value)
{
	int64_t tenths = llround(value * 10);
	int64_t whole = tenths < 0 ? -tenths : tenths;
	const char *sign = tenths < 0 ? "-" : "";

	if (whole % 10 == 0)
		markup_attrf(m, name, "%s%" PRId64, sign, whole / 10);
	else
		markup_attrf(m, name, "%s%" PRId64 ".%" PRId64, sign, whole / 10,
		    whole % 10);
}

void
markup_text(struct markup *m, const char *text)
{
	struct buf b = BUF(BUF_ANY);

	if (!m->failed)
		seen(m, xmlTextWriterWriteString(m->w, xml(clean(&b, text))));
	buf_free(&b);
}

void
markup_raw(struct markup *m, const char *text, size_t len)
{
	if (!m->failed)
		seen(m, xmlTextWriterWriteRawLen(m->w, xml(text), (int)len));
}

void
markup_close(struct markup *m)
{
	if (!m->failed)
		seen(m, xmlTextWriterFullEndElement(m->w));
}

void
markup_void(struct markup *m)
{
	if (!m->failed)
		seen(m, xmlTextWriterEndElement(m->w));
}

void
markup_leaf(struct markup *m, const char *element, const char *class,
    const char *text)
{
	markup_open(m, element);
	if (class != NULL)
		markup_attr(m, "class", class);
	markup_text(m, text);
	markup_close(m);
}
