#ifndef PIPELINE_FRAME_DIFF_H
#define PIPELINE_FRAME_DIFF_H

/*
 * diff -- two frames side by side: who came, who went, and why.
 *
 * A unit came if it is kept in the second frame and was not in the first, and
 * went the other way round; ${before} and ${after} are what each frame says of
 * it: kept, a reason, or absent where it is not in that population.  For a unit
 * that is absent the register is asked, as each frame's extracts had it; the
 * first of enum diff_why that holds is why.  A unit that is kept in both and has
 * changed group or area has moved.  What is left out in both, or in one and
 * absent in the other, is counted in the populations alone (${same}: in both,
 * for another reason).
 *
 *	kept of the first + came - went = kept of the second
 *	population of the first + came_population - went_population = of the second
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/frame/frame.h"
#include "pipeline/store/world.h"

enum diff_change { DIFF_CAME, DIFF_WENT, DIFF_MOVED, DIFF_OTHER };
enum diff_why {
	DIFF_IN_BOTH,		/* no reason is looked for */
	DIFF_ERASED,		/* one of the two frames has it under its number no more */
	DIFF_LIST,		/* a list has, or has not, a row for it */
	DIFF_KIND,		/* the other study has no units of this kind */
	DIFF_REGISTER,		/* the other register has no such unit */
	DIFF_DELETED,		/* it has, but as deleted */
	DIFF_CODE,		/* first industry code */
	DIFF_PLACE,		/* municipality */
	DIFF_FORM,		/* legal form */
	DIFF_EMPLOYEES,		/* their number or class */
	DIFF_FIELD,		/* something else of it */
	DIFF_PARENT,		/* it is as it was, the unit above it is not */
	DIFF_STUDY,		/* nothing of it: study file, or code lists */
	DIFF_WHYS
};

struct diff_side {
	int64_t frame, enhet, underenhet;	/* extracts; 0: not used */
	const char *study;
	int32_t register_date;
	int64_t population, kept;
};
struct diff_unit {
	const char *key;
	enum diff_change change;
	const char *group, *area;	/* of the second frame; of the first where it went */
	const char *from_group, *from_area;	/* moved: of the first; else as above */
	const char *before, *after;	/* "kept", code of a reason, "absent" */
	enum diff_why why;
};
struct diff {
	struct arena *arena;
	struct diff_side side[2];
	struct diff_unit *unit;		/* by key; came, went, moved, other */
	size_t n;
	int64_t came, went, moved;	/* of the kept */
	int64_t came_population, went_population;
	int64_t same;			/* in both, left out for another reason */
};

/* "register", and a sentence that says it of a unit that came or went. */
const char *diff_why_code(enum diff_why);
const char *diff_why_text(enum diff_why, int came, enum lang);

/* A frame that is not there: EX_NOINPUT.  diff_free() after success only. */
int diff_make(const struct world *, int64_t first, int64_t second,
    struct diff **ret, struct err *);
void diff_free(struct diff *);

/* The newest frame of a study by its name, or the ${skip}th before it; *${id} 0:
 * there is none. */
int diff_newest(const struct world *, const char *study, int skip, int64_t *id,
    struct err *);

/* Counts in words; as JSON, with the units where ${units}; a CSV of the
 * units that changed at all: unit, change, before, after, why, group, area and where
 * it was. */
void diff_print(const struct diff *, enum lang, struct buf *);
void diff_json(const struct diff *, int units, struct buf *);
void diff_csv(const struct diff *, struct buf *);

#endif /* !PIPELINE_FRAME_DIFF_H */
