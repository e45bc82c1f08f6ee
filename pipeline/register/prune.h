#ifndef PIPELINE_REGISTER_PRUNE_H
#define PIPELINE_REGISTER_PRUNE_H

/*
 * prune -- old extract files of STATE/extracts are removed.
 *
 * Of each kind there stay: the one in force; those that a frame in use was made
 * from (the newest frame of a study, and the one that was drawn from), so that
 * it can be made again; and the settings.keep_extracts newest others, unless
 * settings.keep_days (0: no limit) have gone since their register date.  Rows of
 * table extract stay: they are the journal.  A file that is not named
 * as obtain.h names them is nobody's business here.
 */

#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

enum prune_why {
	PRUNE_IN_FORCE, PRUNE_FRAME, PRUNE_NEW,		/* these stay */
	PRUNE_COUNT, PRUNE_AGE				/* these go */
};

struct prune_file {
	const char *name;
	int64_t bytes;
	enum prune_why why;
	int failed;			/* errno: it could not be removed */
};

struct prune_result {
	int64_t files, kept, removed, failed, bytes;	/* bytes: of the removed */
};

/*
 * ${kind} NULL: both.  ${spare}: a file that stays whatever it is, or NULL.
 * ${each} is told of every file, newest first; NULL: nobody.  With a dry run
 * nothing is removed, and counted all the same.  0, also where a file could not
 * be removed; -1.
 */
int prune_extracts(const struct world *, const char *kind, const char *spare,
    void (*each)(void *ctx, const struct prune_file *), void *ctx,
    struct prune_result *, struct err *);

#endif /* !PIPELINE_REGISTER_PRUNE_H */
