#ifndef NACE_TSV_H
#define NACE_TSV_H

/*
 * tsv -- the tables of nace/data, as they are compiled in.
 *
 * Lines end in LF; '#' begins a comment line; every other line has exactly as
 * many fields as asked for, parted by tabs, none quoted, some perhaps empty.
 */

#include <stddef.h>

#include "pipeline/base/err.h"

enum { TSV_FIELDS = 8 };

struct tsv {
	const char *name;	/* for errors */
	char *at;		/* rest of the text, NUL-terminated */
	size_t line;		/* of the row just read, from 1 */
};

/*
 * The next row of ${t}, whose text is cut into pieces in place: 1 and
 * field[0] to field[n - 1], pointers into the text; 0 at the end; -1 for a row
 * with another number of fields (EX_SOFTWARE: the table is ours).
 */
int tsv_next(struct tsv *t, char **field, size_t n, struct err *);

/* Number of rows to come, without reading them. */
size_t tsv_count(const struct tsv *);

#endif /* !NACE_TSV_H */
