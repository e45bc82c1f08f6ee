#ifndef PIPELINE_REGISTER_CONTRAST_H
#define PIPELINE_REGISTER_CONTRAST_H

/*
 * contrast -- two registers held against each other: who came, who went, and what of
 * whom has changed, by field, county and legal form.
 *
 * Each of the two is an extract that was taken into force (as unit and
 * unit_history have it), or a file (JSON or CSV, which must lie on a disk: it is
 * read twice).  Where a number comes twice in a file the first counts, as in
 * pull.h.
 *
 * Memory: at most 32 octets for each unit of the first, and two maps of 12.5 MB;
 * what differs waits in a temporary file.  Two extracts of the database are told
 * from each other without reading what neither of them changed.
 */

#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/register/census.h"
#include "pipeline/register/unit.h"
#include "pipeline/store/world.h"

struct contrast_side {
	enum unit_kind kind;		/* of both sides the same */
	int64_t extract;		/* id; 0: a file */
	const char *file;		/* its path */
	/* set by contrast_registers() */
	int64_t units, unreadable, doubled;
};

enum contrast_what { CONTRAST_CAME, CONTRAST_WENT, CONTRAST_CHANGED, CONTRAST_WHATS };

/* A county or legal form.  Who changed from one to another went ${out} of that
 * and ${in} to this, and counts with changed in this. */
struct contrast_group {
	int64_t n[CONTRAST_WHATS];
	int64_t in, out;
};

/* Of those that changed: the field came to have a value, lost it, or has
 * another. */
struct contrast_field {
	int64_t gained, lost, other;
};

struct contrast {
	int64_t n[CONTRAST_WHATS];
	struct contrast_field field[CENSUS_FIELDS];
	struct contrast_group county[CENSUS_COUNTIES];
	struct contrast_form {
		char name[PACK_FORM + 1];
		struct contrast_group group;
	} *form;			/* in order of their names */
	size_t forms;
};

/* One unit that differs.  ${differ}: of one that changed, the fields (bits as in
 * packed.has). */
struct contrast_unit {
	enum contrast_what what;
	int32_t orgnr;
	const char *name;		/* as of the second where it has it; or NULL */
	const uint64_t *differ;
};

/* Is it loaded, and what is it?  EX_NOINPUT where there is no such extract, or
 * it was refused, or its history has been forgotten (forget.h). */
int contrast_extract(const struct world *, int64_t id, struct contrast_side *,
    struct err *);
/* The one of that day, as asof.h has it. */
int contrast_day(const struct world *, int32_t day, struct contrast_side *, struct err *);

/*
 * ${each} (or NULL) is shown the units in order of their numbers.
 * ${world}->db may be NULL where both are files.  contrast_free().  A file that
 * cannot be read to its end, or is none: as pull.h; nothing is shown then.
 */
int contrast_registers(const struct world *, struct contrast_side *, struct contrast_side *,
    int (*each)(void *ctx, const struct contrast_unit *, struct err *), void *ctx,
    struct contrast *, struct err *);
void contrast_free(struct contrast *);

#endif /* !PIPELINE_REGISTER_CONTRAST_H */
