#ifndef PIPELINE_STORE_ERASE_H
#define PIPELINE_STORE_ERASE_H

/*
 * erase -- a unit is taken out of everything that is kept about it.
 *
 * Two reasons: the register has removed it from its open data and wants copies
 * removed (ERASE_REMOVED), or somebody asked for it (ERASE_ASKED).  Afterwards
 *
 * - unit, unit_history, extract_fault, the cached domain of its address and the
 *   feed's journal hold nothing of it;
 * - in frames, samples, mailings, returns and answers its row stands, without
 *   name, number and address: so no table changes and every count adds up;
 * - of the answers what says who it was is emptied: values with its number, its
 *   address, its name or any e-mail address; what was answered stays;
 * - returned mail of it is deleted from the spool;
 * - a tombstone is left: a keyed hash, the random number, the stratum.
 *
 * Asked for, it is on the suppression list too (number and addresses, as keyed
 * hashes), and no later extract brings it back.  Removed by the register it
 * comes back where the register publishes it again.
 *
 * Kept extract files hold it until erase_extracts() of the register stage has
 * rewritten them (tombstone.files).
 */

#include <sqlite3.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

enum erase_why { ERASE_REMOVED, ERASE_ASKED };

struct erase_counts {
	int64_t units, versions;	/* rows of unit, of unit_history */
	int64_t frame_rows, recipients, returns, answers, mails;
	int again;			/* it had been erased before */
	int64_t packages;	/* laid out before, with the unit in them */
};

/* Inside the caller's transaction; wants world->keys.  */
int erase_unit(const struct world *, int32_t orgnr, enum erase_why,
    struct erase_counts *, struct err *);

/* After the commit: files that are to go (table erase_file), and what the
 * write-ahead log still holds.  Harmless to run again. */
int erase_sweep(const struct world *, struct err *);

/*
 * Who has been erased, in memory.  ${since} MOMENT_NONE: all; otherwise those
 * that may not be loaded from a file made at ${since}: asked for, or removed by
 * the register later than that.
 */
struct erased;
struct erased *erased_load(sqlite3 *, int64_t since, struct err *);
void erased_free(struct erased *);
int64_t erased_count(const struct erased *);
int erased_has(const struct erased *, const struct world *, int32_t orgnr);
/* Has it an address of one of them? ${key}: email_key(). */
int erased_has_email(const struct erased *, const struct world *,
    const char *key);

#endif /* !PIPELINE_STORE_ERASE_H */
