#ifndef PIPELINE_REGISTER_REHASH_H
#define PIPELINE_REGISTER_REHASH_H

/*
 * rehash -- rows that an older utvalg summed in another way get the sum of this
 * one (unit.h), before a new extract is held against them: else every unit would
 * count as changed, and its history hold twice what it was.
 */

#include <sqlite3.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/register/unit.h"

/* In the caller's transaction.  Nothing, where the last extract of the ${kind}
 * before ${extract} was loaded with UNIT_HASH. */
int rehash(sqlite3 *, enum unit_kind kind, int64_t extract, struct err *);

#endif /* !PIPELINE_REGISTER_REHASH_H */
