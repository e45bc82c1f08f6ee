#ifndef PIPELINE_FRAME_FIRM_H
#define PIPELINE_FRAME_FIRM_H

/*
 * firm -- an enhet and its only underenhet are one firm, in two rows of the
 * register.
 *
 * Only: no other live underenhet has that parent, in the study's population or
 * out of it.  Where both could be written to, study.one_firm says which of the
 * two is asked; the other is left out (one_firm) and names it as its keeper.
 * Where one of them cannot be written to, or is not of the population, the
 * other is asked whatever the study says: the firm is reached.
 *
 * Concerns studies of both kinds only.  Before shared addresses are settled
 * (cluster.h), and for a register of a past day while it stands in today's place
 * (past.h).
 */

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/frame/select.h"
#include "pipeline/store/world.h"

int firm_settle(const struct world *, const struct study *, struct selection *,
    struct err *);

#endif /* !PIPELINE_FRAME_FIRM_H */
