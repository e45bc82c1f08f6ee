#ifndef PIPELINE_FRAME_AREAS_H
#define PIPELINE_FRAME_AREAS_H

/*
 * areas -- the areas of a study in municipalities of the register's day: the
 * half of population.h that is about places.
 *
 * Fills p->area_of and p->then, given p->date and p->arena; what is wrong goes
 * to the faults.
 */

#include "pipeline/frame/population.h"

void areas_read(const struct study *, const struct region *, struct population *p,
    struct study_faults *);

#endif /* !PIPELINE_FRAME_AREAS_H */
