#ifndef PIPELINE_TABLES_MARKUP_H
#define PIPELINE_TABLES_MARKUP_H

/*
 * markup -- an HTML document that is XML too, over libxml2's writer.
 *
 * Text is escaped, and what XML has no room for (controls, octets that are not
 * UTF-8) becomes U+FFFD.  A failure is remembered: the caller looks once, at
 * markup_end().
 */

#include <stddef.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"

struct markup;

struct markup *markup_new(void);
/* Closes what is open and appends the document: 0, or -1 with EX_SOFTWARE.
 * Frees it either way. */
int markup_end(struct markup *, struct buf *out, struct err *);

void markup_open(struct markup *, const char *element);
/* Attributes come before anything within the element. */
void markup_attr(struct markup *, const char *name, const char *value);
void markup_attrf(struct markup *, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A length or place, rounded to a tenth: "12", "12.5". */
void markup_real(struct markup *, const char *name, double value);
void markup_text(struct markup *, const char *);
/* As it is: a style sheet without < and &. */
void markup_raw(struct markup *, const char *, size_t len);
void markup_close(struct markup *);
/* An element that has nothing in it, and in HTML no end: meta; shapes of SVG. */
void markup_void(struct markup *);

/* <element class="${class}">text</element>; class NULL: none. */
void markup_leaf(struct markup *, const char *element, const char *class,
    const char *text);

#endif /* !PIPELINE_TABLES_MARKUP_H */
