#ifndef PIPELINE_FRAME_XML_H
#define PIPELINE_FRAME_XML_H

/*
 * xml -- the XML of a workbook, one element or piece of text at a time, by local
 * names (producers choose their own prefixes).
 *
 * Nothing is fetched and no entity is expanded but the five of XML: a document
 * type declaration is refused.  So is what is not well-formed, nests deeper than
 * XML_DEPTH, or holds one piece of text of more than 10 MB.
 */

#include <stddef.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"

enum { XML_DEPTH = 64 };
enum xml_what { XML_START, XML_END, XML_TEXT };

struct xml {
	enum xml_what what;
	const char *name;	/* local name of XML_START and XML_END */
	const char *text;	/* of XML_TEXT */
	int depth;		/* of the root 0 */
	/* private */
	void *reader;
	int (*read)(void *ctx, char *to, int len, struct err *);
	void *ctx;
	struct err *err;
	struct buf value;
	int failed, ends;	/* an empty element's end is still to come */
};

/* ${read} as read(2), with *err on -1. */
int xml_open(struct xml *, int (*read)(void *ctx, char *to, int len, struct err *),
    void *ctx, struct err *);
/* 1: something is there; 0: the end; -1. */
int xml_next(struct xml *, struct err *);
/*
 * The value of an attribute of the XML_START at hand, until the next call; NULL if
 * it has none.  ${space} NULL, or what its namespace must hold (":office:").
 */
const char *xml_attr(struct xml *, const char *space, const char *name);
/* From an XML_START to its XML_END, over all that is in it. */
int xml_skip(struct xml *, struct err *);
void xml_close(struct xml *);

/* For ${read}: octets in memory. */
struct xml_octets {
	const char *data;
	size_t len;
};
int xml_octets_read(void *octets, char *to, int len, struct err *);

#endif /* !PIPELINE_FRAME_XML_H */
