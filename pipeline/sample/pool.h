#ifndef PIPELINE_SAMPLE_POOL_H
#define PIPELINE_SAMPLE_POOL_H

/*
 * pool -- the kept units of a frame, in strata, and which of them are drawn.
 *
 * What draw.h writes down and verify.h draws again.  pool_read() asks the
 * database; pool_choose() is pure, so that the same frame, study file, salt and
 * start give the same units.
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/base/mem.h"
#include "pipeline/sample/draw.h"
#include "pipeline/store/world.h"

struct pool_unit {
	int64_t frame_unit;
	const char *key;
	double prn;		/* of the draw: the frame's, or the study's own */
	int64_t shared;		/* units of its address */
	size_t stratum;
	size_t area, group;	/* in the study; 0 where nothing asks for them */
	const char *form;
	int size;		/* class of employees, 0 to 8 */
	double employees;
	int32_t nace, municipality;
	int drawn;
	int step;		/* by which step it came in: 0, the draw */
	double pi;		/* of a drawn unit */
};

struct pool {
	struct arena *arena;
	struct pool_unit *unit;	/* in order of their keys */
	size_t n, cap;
	struct draw_stratum *stratum;	/* in the study's order; draw.h frees */
	size_t nstratum;
	const char *salt;	/* lives as long as the pool */
	double start;		/* [0, 1): where the turn of numbers begins */
	int64_t never;		/* units that the design cannot draw */
	int step;		/* steps after the draw */
	int64_t further;	/* bernoulli: units asked for since the draw */
	int64_t kept;		/* drawn, and by the last step's turn would not be:
				 * pps alone, where turns hang on how many */
};

/* Read ${frame}, make strata.  EX_DATAERR: nobody in it, an area or a group the
 * study has not. */
int pool_read(const struct world *, const struct study *, int64_t frame,
    struct pool *, struct err *);

/* How many of each stratum, and who.  EX_DATAERR where that cannot be. */
int pool_choose(const struct study *, struct pool *, struct err *);

/*
 * A step after pool_choose(): ${more} units further (over 0), shared as the
 * study shares; or the next of one stratum.  Who is drawn stays drawn, those that
 * come in are the next by their turn, and pi is that of a draw of so many at
 * once: of all units, not of the new ones.  A fixed allocation is extended in
 * proportion to what each stratum has; strata with a number of their own, and
 * those taken whole, stay as they are.  Bernoulli: the share rises by ${more}
 * over the units of the frame.
 *
 * EX_DATAERR: everyone, systematic, r-random in several strata (there is no
 * next), or not so many units left; the pool is then of no more use.
 */
int pool_more(const struct study *, struct pool *, int64_t more, struct err *);
int pool_next(const struct study *, struct pool *, size_t stratum, struct err *);

/* At most ${n} units of ${stratum}, in the order that pool_next() would take
 * them; drawn ones are none of them.  How many; free(*ret).  The pool is left as
 * it was. */
size_t pool_reserves(const struct study *, struct pool *, size_t stratum, size_t n,
    struct pool_unit ***ret);

/*
 * The sample says which salt it was drawn with; let that be true.  Are the
 * frame's numbers this salt's: those of the drawn and of one unit in 64, or of
 * ${all}?  EX_DATAERR where not.  (Hashing a million keys is a third of a draw;
 * verify.h does it.)
 */
int pool_check(const struct study *, const struct pool *, int all, struct err *);

/* Has it been erased (erase.h)?  Then its key is no longer what it was drawn by. */
int pool_erased(const struct pool_unit *);

/* SHA-256 of the drawn keys, sorted, a line each. */
void pool_hash(const struct pool *, char out[static 65]);

/*
 * Where negative coordination begins for a draw after those before sample
 * ${before} (0: after all): what that sample has written down, else the widest share any stratum of each took, added
 * up, mod 1 (rules of sampling, section 9: s2 >= s1 + max n_h / N_h).  A draw
 * of everyone moves nothing.
 */
int pool_start(sqlite3 *, const struct study *, int64_t before, double *start,
    struct err *);

/* Frees all but the strata. */
void pool_free(struct pool *);

#endif /* !PIPELINE_SAMPLE_POOL_H */
