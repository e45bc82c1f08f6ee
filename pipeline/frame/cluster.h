#ifndef PIPELINE_FRAME_CLUSTER_H
#define PIPELINE_FRAME_CLUSTER_H

/*
 * cluster -- one invitation for each address (rules of e-mail, section 11).
 *
 * Units that are kept and share an address key are settled: those whose unit
 * above has the address too are the same firm and no cluster, and the unit
 * above is asked ("same firm").  Of the rest one is kept by the study's rule,
 * lowest permanent random number, most employees, or one that no unit stands above
 * first; ties by number and then by key; the others are duplicates ("shared address") and name their keeper.
 * ${shared} is the number of units that the choice was among, of a sub-unit that
 * gave way to its main unit that of the main unit's.
 */

#include "pipeline/frame/select.h"

void cluster_settle(const struct study *, struct selection *);

#endif /* !PIPELINE_FRAME_CLUSTER_H */
