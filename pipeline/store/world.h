#ifndef PIPELINE_STORE_WORLD_H
#define PIPELINE_STORE_WORLD_H

/* world -- what every stage is given.  cmd/ makes it; a test makes its own. */

#include <sqlite3.h>
#include <stdint.h>

#include "pipeline/base/talk.h"

struct settings;
struct keys;
struct nace;
struct region;

struct world {
	const struct settings *set;
	sqlite3 *db;
	const struct keys *keys;
	const struct nace *nace;	/* code lists, loaded once */
	const struct region *region;	/* places, likewise */
	int64_t now;			/* the one "now" of this run, UTC seconds */
	enum lang lang;
	const struct talk *talk;
	int dry_run;			/* do all, then roll back; touch no file */
};

#endif /* !PIPELINE_STORE_WORLD_H */
