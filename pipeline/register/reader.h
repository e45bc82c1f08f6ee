#ifndef PIPELINE_REGISTER_READER_H
#define PIPELINE_REGISTER_READER_H

/*
 * reader -- the units of an extract, JSON (scan.h) or CSV (csvscan.h), which is
 * told by the first octet: a letter or a quote begins a header line of CSV.
 */

#include <stddef.h>

#include "pipeline/base/err.h"
#include "pipeline/register/scan.h"

enum reader_format { READER_JSON, READER_CSV };

struct reader;

/* As scan_new(), scan_push(), scan_end(), scan_counts(), scan_line(). */
struct reader *reader_new(enum unit_kind kind, const struct scan_to *);
void reader_free(struct reader *);
int reader_push(struct reader *, const void *data, size_t len, struct err *);
int reader_end(struct reader *, struct err *);
struct scan_counts reader_counts(const struct reader *);
size_t reader_line(const struct reader *);

/* Of what has been pushed; JSON while that is nothing. */
enum reader_format reader_format(const struct reader *);

#endif /* !PIPELINE_REGISTER_READER_H */
