#ifndef PIPELINE_FRAME_EXCLUSIONS_H
#define PIPELINE_FRAME_EXCLUSIONS_H

/*
 * exclusions -- those whom a study leaves out: a CSV with a column of organisation
 * numbers, of addresses, or both.  All addresses of a field are excluded.  What is neither a number nor
 * an address is said by line: somebody meant to leave someone out.  ${sha256} is
 * zeros where the study has no such file.
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

struct exclusions;
struct reach;
int exclusions_read(const struct world *, const struct study *, struct reach *,
    struct exclusions **ret, unsigned char sha256[static 32], struct err *);
int exclusions_has(const struct exclusions *, int32_t orgnr, const char *email_key);
void exclusions_free(struct exclusions *);

#endif /* !PIPELINE_FRAME_EXCLUSIONS_H */
