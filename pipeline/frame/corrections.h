#ifndef PIPELINE_FRAME_CORRECTIONS_H
#define PIPELINE_FRAME_CORRECTIONS_H

/*
 * corrections -- what a person decided about addresses, in a file that the
 * study names ([email] corrections).
 *
 * A CSV file with the columns unit (organisation number, or the key of a listed
 * unit as `utvalg email review` prints it), registered, corrected, by and date,
 * in any order and beside others; Norwegian names (enhet, registrert, rettet,
 * av, dato) do as well.  corrected is the address to use (that which is
 * registered: it is right as it stands), "-" to leave the unit out, or empty:
 * not decided.  A row with a decision says who made it, and when.
 *
 * A decision holds for the text it was made about.  When the register has
 * another one the row is stale: not used, counted and named.
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

struct corrections;

/* ${sha256} of the file's octets.  A file that cannot be read, a row that is
 * twice there, that corrects to no address or does not say by whom and when:
 * EX_DATAERR naming the line.  Without a file nothing is corrected. */
int corrections_read(const struct study *, struct corrections **ret,
    unsigned char sha256[static 32], struct err *);
void corrections_free(struct corrections *);

/*
 * What stands for ${registered} (NULL: nothing is) of the unit: an address, ""
 * to leave it out, or NULL where it stays as it is.  Until corrections_free().
 */
const char *corrections_find(struct corrections *, const char *unit_key,
    const char *registered);

/* Rows asked for so far: used, and stale (each of which is said). */
void corrections_count(const struct world *, const struct corrections *,
    int64_t *used, int64_t *stale);

#endif /* !PIPELINE_FRAME_CORRECTIONS_H */
