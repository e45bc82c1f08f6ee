#ifndef PIPELINE_TABLES_COARSE_H
#define PIPELINE_TABLES_COARSE_H

/*
 * coarse -- a dataset that tells less, for an archive that anybody can read: no
 * municipality, industry codes by their first two digits, and no open answers: no
 * column of text in which a value is given by fewer than three units, unless the
 * study file names its values.  What was asked with several answers keeps its
 * columns of yes and no.
 */

#include <stdint.h>

#include "nace/nace.h"
#include "pipeline/base/buf.h"
#include "pipeline/tables/dataset.h"

/* ${day}: whose industry codes they are.  The names of the columns that are left
 * out are appended to ${left_out}, ", " between. */
void coarse_data(const struct nace *, int32_t day, struct dataset *,
    struct buf *left_out);

#endif /* !PIPELINE_TABLES_COARSE_H */
