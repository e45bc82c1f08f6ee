#ifndef PIPELINE_TABLES_RIND_H
#define PIPELINE_TABLES_RIND_H

/*
 * rind -- do those who answered resemble those who were asked?  The R-indicator
 * and its partial indicators (Schouten, Cobben, Bethlehem 2009; Schouten,
 * Shlomo, Skinner 2011; rules of sampling, section 11).
 *
 * The propensity to answer is estimated from categorical variables.  With n
 * units, propensity p_i of unit i and mean p:
 *
 *	S^2	= sum (p_i - p)^2 / (n - 1)
 *	R_unadj	= 1 - 2 S
 *	B	= sum z_i' V z_i / n, what S^2 is too large by because p_i is
 *		  estimated: V the covariance of the coefficients, z_i the slope
 *		  of p_i in them
 *	R	= 1 - 2 S sqrt(factor), factor = max(0, 1 - B / S^2)
 *	CV	= S sqrt(factor) / p, a bound on the bias of a mean of the
 *		  answers in standard deviations of what is asked
 *
 * R is 1 where everybody is equally likely to answer, and 0 at worst.  It says
 * something of these variables only, and compares only with an R of the same.
 * Units count alike (no weights): it is the sample that is looked at.
 *
 * Partial indicators of a variable, and of each of its categories k (n_k units,
 * mean propensity p_k; all unadjusted):
 *
 *	unconditional	sqrt(sum n_k / n (p_k - p)^2)
 *	category	sqrt(n_k / n) (p_k - p), with its sign
 *	conditional	sqrt(sum (p_i - p_l)^2 / n), l the units that are alike in
 *			all other variables: what this variable alone adds
 *	category	the same sum over the units of k
 */

#include <stddef.h>
#include <stdint.h>

enum {
	RIND_VARS = 8,
	RIND_PARAMETERS = 400,		/* categories, of all variables together */
};
enum rind_model {
	RIND_LOGISTIC,			/* main effects; maximum likelihood */
	RIND_LINEAR,			/* main effects; least squares */
};

/* Units that are alike in all variables: ${level}[v] is below levels[v]. */
struct rind_cell {
	int64_t n, answered;		/* 0 <= answered <= n */
	size_t level[RIND_VARS];
};

struct rind_level { int64_t n, answered; double rate, unconditional, conditional; };
struct rind_variable {
	size_t levels;
	struct rind_level *level;
	double unconditional, conditional;
};
struct rind {
	int64_t n, answered;
	double mean;			/* of the propensities */
	double r, r_unadjusted, cv, cv_unadjusted;
	double factor;			/* 1 - B / S^2 */
	enum rind_model model;		/* that was used */
	size_t vars;
	struct rind_variable var[RIND_VARS];
};

/*
 * Of ${n} cells by ${vars} variables.  Where the logistic model does not settle,
 * the linear one is used, and model says so.  0, and rind_free() is due; -1:
 * fewer than two units, too many categories, or nothing that varies to fit.
 * Cells may be empty, may be alike, and may come in any order.
 */
int rind_compute(struct rind *, const struct rind_cell *cell, size_t n,
    const size_t *levels, size_t vars, enum rind_model);
void rind_free(struct rind *);

#endif /* !PIPELINE_TABLES_RIND_H */
