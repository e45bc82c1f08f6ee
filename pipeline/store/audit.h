#ifndef PIPELINE_STORE_AUDIT_H
#define PIPELINE_STORE_AUDIT_H

/*
 * audit -- is anything left of those who have been erased?
 *
 * Every value of every table, and every file of the state folder that is no
 * database, key or extract, is read for organisation numbers and addresses;
 * those are held against the tombstones by their keyed hashes.  The number of an
 * erased parent in the record of a sub-unit (unit.parent) is the sub-unit's own,
 * as the register publishes it, and no finding.  Copies of the database beside
 * it that are older than the last erasure are findings whole.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/store/erase.h"
#include "pipeline/store/world.h"

/* ${where}: "table.column", or a path beneath the state; ${n}: numbers and
 * addresses found there. */
typedef int (*audit_found)(void *ctx, const char *where, int64_t n);

/* 0 or -1.  Nobody has been erased: nothing is read. */
int audit_left(const struct world *, audit_found, void *ctx, struct err *);

/* How many numbers and addresses of the erased stand in a text. */
int64_t audit_text(const struct world *, const struct erased *,
    const char *text, size_t len);

#endif /* !PIPELINE_STORE_AUDIT_H */
