#ifndef PIPELINE_SAMPLE_POOL_PRIVATE_H
#define PIPELINE_SAMPLE_POOL_PRIVATE_H

/* pool_private -- between choose_many.c and choose.c. */

#include "pipeline/sample/pool.h"

/* What design pps draws by. */
double pool_size_of(const struct study *, const struct pool_unit *);

/* How many of each stratum: of the draw itself where ${more} is 0, else as many
 * more as are drawn. */
int pool_allocate(const struct study *, struct pool *, int64_t more, struct err *);

#endif /* !PIPELINE_SAMPLE_POOL_PRIVATE_H */
