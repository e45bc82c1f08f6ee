#ifndef PIPELINE_SAMPLE_EXTEND_H
#define PIPELINE_SAMPLE_EXTEND_H

/*
 * extend -- more units after the draw, and reserves.
 *
 * Those who are drawn stay drawn, with token and all; the next by their permanent
 * random numbers come in, by the same rule (pool_more()).  Probabilities and
 * weights of all are then those of one draw of so many.
 *
 * A reserve is the next unit of a stratum.  It comes in for a unit that cannot
 * take part, and takes nobody's place: the unit it came in for stays in the
 * sample with what became of it, so that it is counted in the response rates
 * (AAPOR: a substituted case keeps its own code), and the weights of the stratum
 * are those of one unit more drawn.  ${why} is kept, and who came in for whom.
 *
 * All in one transaction; the record of the draw is written anew after it (where
 * that failed, draw() does), its hash goes to the log.  Steps to be killed at:
 * more.1 (chosen, nothing written), more.2 (written), more.3 (before the commit),
 * more.4 (after), more.5 (the record is there).
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/sample/draw.h"
#include "pipeline/store/world.h"

struct extend_how {		/* one of the three */
	int64_t more;		/* units further; 0: not asked for */
	int64_t to;		/* as many as make so many in all: again changes
				 * nothing; 0: not asked for */
	const char *replace;	/* key of the unit that a reserve comes in for */
	const char *why;	/* with ${replace} */
};

/*
 * ${again}: there was nothing to do (${to} reached, the unit replaced before).
 * EX_NOINPUT: nothing is drawn; EX_DATAERR: the study file is not the frame's, the
 * sample is not what the frame gives, the design has no next (pool.h), nobody is
 * left, the unit is not drawn, or the study holds no reserves, or no more.
 */
int extend(const struct world *, const struct study *, int64_t study_id,
    const struct extend_how *, struct draw_result *, struct err *);

/* The reserves a study holds in each stratum that are not in yet, in order. */
struct extend_reserve {
	char *key, *stratum;
	int64_t order;		/* from 1 */
};
struct extend_reserves {
	struct extend_reserve *unit;	/* extend_reserves_free() */
	size_t n;
	int64_t in;		/* those that came in */
};
int extend_reserves(const struct world *, const struct study *, int64_t study_id,
    struct extend_reserves *, struct err *);
void extend_reserves_free(struct extend_reserves *);

#endif /* !PIPELINE_SAMPLE_EXTEND_H */
