#ifndef PIPELINE_BASE_CSV_H
#define PIPELINE_BASE_CSV_H

/*
 * csv -- tables as people's programs write them (RFC 4180 and what they do
 * instead).
 *
 * Reading: a byte order mark is dropped; text that is not UTF-8 is read as
 * Windows-1252; the delimiter is the one of ; , and tab that the heading line
 * has most of outside quotes (a single column: ','); lines end in LF or CRLF;
 * a quoted field may hold delimiters, doubled quotes and newlines.  What was
 * recognised stands in the struct, so that it can be reported.  A row with
 * another number of fields than the heading, text after a closing quote, an
 * unclosed quote, a NUL: an error with its line, nothing is dropped.
 */

#include <stddef.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"

enum { CSV_FIELDS = 512 };

struct csv {
	char delimiter;
	int bom, latin1, crlf;	/* what was seen */
	size_t n;		/* fields in the heading and in every row */
	char **head;		/* their names, as written, outer blanks gone */
	char **field;		/* the row just read; valid until the next */
	size_t line;		/* line the row began on, from 1 */
	/* private */
	struct buf text, row;
	size_t at, next_line;
	size_t *offset;
};

/* Take a copy of the text and read the heading. ${delimiter} 0: recognise. */
int csv_open(struct csv *, const char *data, size_t len, char delimiter,
    struct err *);
/* 1: a row is there; 0: the end; -1: error (the line number is in it). */
int csv_next(struct csv *, struct err *);
/* Column by name, ASCII case folded, outer blanks ignored; -1 if none. */
int csv_column(const struct csv *, const char *name);
/*
 * The heading's names for a message, "there are a, b": no more than fit into
 * ${size} (at least 40).  Where one holds an "@" or nine digits the file has no
 * heading, and what people have in it is not shown.
 */
void csv_names(const struct csv *, char *names, size_t size);
void csv_close(struct csv *);

/* Writing: one field, quoted where it must be; a delimiter first unless
 * ${first}. */
void csv_put(struct buf *, char delimiter, int first, const char *field);

#endif /* !PIPELINE_BASE_CSV_H */
