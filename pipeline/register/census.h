#ifndef PIPELINE_REGISTER_CENSUS_H
#define PIPELINE_REGISTER_CENSUS_H

/*
 * census -- how many units of an extract there are in each county and legal form,
 * and how many have each field: what one night is held against the next by
 * (gates.h).
 *
 * Counted as the units come, in a few dozen instructions each.  What an extract
 * had when it was taken into force is kept with it (table extract_count), so
 * that nothing of it need be counted again the night after.
 *
 * County: the first two digits of the municipality of the business address, for
 * an underenhet of its location.  Form: its first PACK_FORM letters.
 */

#include <sqlite3.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/register/pack.h"
#include "pipeline/register/unit.h"

enum {
	CENSUS_COUNTIES = PACK_NO_COUNTY + 1,	/* the last: none */
	CENSUS_FORMS = 128,	/* told apart; what comes after is one more */
	CENSUS_FIELDS = 64 * PACK_GROUP,
	CENSUS_SLOTS = 4 * CENSUS_FORMS
};

struct census {
	int64_t units;
	int64_t county[CENSUS_COUNTIES];
	int64_t field[CENSUS_FIELDS];	/* as unit_fields[]; after census_close() */
	struct census_form {
		uint64_t letters;	/* census_form_name() */
		int64_t units;		/* 0: a free slot */
	} form[CENSUS_SLOTS];
	int64_t other_forms;
	int forms;

	/* Private.  Bit i of plane k is bit k of the number of units that have
	 * field i: one more is added to all 128 sums at once. */
	uint64_t plane[PACK_WORDS][40];
};

/* All 0 is an empty one. */
void census_add(struct census *, const struct packed *);
/* No more come: the sums of the fields are worked out. */
void census_close(struct census *);

/* Of a form; 0 where there is none of it. */
int64_t census_form(const struct census *, uint64_t letters);
/* Its letters, in ${out}; "" is none. */
const char *census_form_name(uint64_t letters, char out[static PACK_FORM + 1]);

/* Keep it with an extract. */
int census_save(sqlite3 *, int64_t extract, const struct census *, struct err *);
/* What was kept: 1, or 0 where nothing was (an older utvalg loaded it). */
int census_read(sqlite3 *, int64_t extract, struct census *, struct err *);
/* Count the units in force, which takes a while. */
int census_units(sqlite3 *, enum unit_kind, struct census *, struct err *);

#endif /* !PIPELINE_REGISTER_CENSUS_H */
