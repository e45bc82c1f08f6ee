#ifndef PIPELINE_FRAME_LISTS_H
#define PIPELINE_FRAME_LISTS_H

/*
 * lists -- units that the register cannot show (the report's food producers),
 * and the list of those to leave out.  CSV as csv.h reads it.
 *
 * A listed unit is known by its organisation number, else by the list's own
 * identity column, else by its name (case and blanks folded) and municipality:
 * so it keeps its key and its permanent random number from one list to the
 * next.  A row whose unit is in the population already, from the register or
 * from an earlier row, adds nothing (listed_matched); a row outside the areas,
 * or whose municipality is not known, is outside (listed_outside).  A row
 * without name or municipality, and a wrong organisation number, are said by
 * line; so is each municipality that is unknown or stands for several.
 */

#include "pipeline/frame/select.h"

/* Read all lists of a study into the selection, and the hash of what was read.
 * A file that is missing or broken: -1, "FILE: line N: what". */
int lists_read(const struct world *, const struct study *, struct selection *,
    struct err *);

/*
 * The exclusion file: a CSV with a column of organisation numbers, of addresses,
 * or both.  All addresses of a field are excluded.  What is neither a number nor
 * an address is said by line: somebody meant to leave someone out.  ${sha256} is
 * zeros where the study has no such file.
 */
struct exclusions;
struct reach;
int exclusions_read(const struct world *, const struct study *, struct reach *,
    struct exclusions **ret, unsigned char sha256[static 32], struct err *);
int exclusions_has(const struct exclusions *, int32_t orgnr, const char *email_key);
void exclusions_free(struct exclusions *);

#endif /* !PIPELINE_FRAME_LISTS_H */
