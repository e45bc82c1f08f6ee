#ifndef PIPELINE_FRAME_BUNDLE_H
#define PIPELINE_FRAME_BUNDLE_H

/*
 * bundle -- the container of a workbook (zip), read part by part with limits, so
 * that a file of a few kilobytes cannot become gigabytes.
 *
 * Parts are unpacked as they are read, never whole.  Refused, as EX_DATAERR: what
 * is no zip file or a broken one, an encrypted part, more than BUNDLE_PARTS parts,
 * a part that unpacks to more than BUNDLE_RATIO times its size (beyond the first
 * BUNDLE_FREE octets), and more than BUNDLE_MAX octets of all parts together.
 */

#include <stddef.h>

#include "pipeline/base/err.h"

enum { BUNDLE_PARTS = 4096, BUNDLE_RATIO = 200, BUNDLE_FREE = 1 << 20,
	BUNDLE_MAX = 512 << 20 };

struct bundle;
/* ${data} must live until bundle_close(). */
int bundle_open(const char *data, size_t len, struct bundle **ret, struct err *);
void bundle_close(struct bundle *);

/* Is there a part of that name?  One whose name begins (ends) so? */
int bundle_has(const struct bundle *, const char *name);
int bundle_has_like(const struct bundle *, const char *begin, const char *end);

/* A part being read: 0, or -1 with EX_DATAERR where it is not there. */
struct part;
int part_open(struct bundle *, const char *name, struct part **ret, struct err *);
/* As read(2): octets, 0 at the end, -1 with *err. */
int part_read(struct part *, char *to, int len, struct err *);
void part_close(struct part *);

#endif /* !PIPELINE_FRAME_BUNDLE_H */
