#ifndef PIPELINE_TABLES_INTERVAL_H
#define PIPELINE_TABLES_INTERVAL_H

/*
 * interval -- 95 % intervals of a share (rules of sampling, section 7).
 *
 * x in n, 0 <= x <= n; both may be sums of weights or have a share of unknown
 * units in them, and so decimals.  Exactly 0 at x = 0 and exactly 1 at x = n;
 * NaN, NaN for n = 0 or an x outside.  They speak of chance only, not of bias.
 */

enum interval_kind {
	INTERVAL_WILSON,	/* the score interval, z = 1.959963984540054 */
	INTERVAL_EXACT,		/* Clopper and Pearson: never below 95 %, wider */
};

void interval_of(enum interval_kind, double x, double n, double *low,
    double *high);
void interval_wilson(double x, double n, double *low, double *high);

/* "wilson" or "exact"; 0, or -1 for another word. */
int interval_parse(const char *, enum interval_kind *);
const char *interval_name(enum interval_kind);

#endif /* !PIPELINE_TABLES_INTERVAL_H */
