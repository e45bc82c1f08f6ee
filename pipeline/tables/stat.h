#ifndef PIPELINE_TABLES_STAT_H
#define PIPELINE_TABLES_STAT_H

/*
 * stat -- Pearson's chi-square of a table of counts.
 *
 * Rows and columns without a count are left out.  Cramer's V is
 * sqrt(chi2 / (n min(rows - 1, columns - 1))).  With fewer than two rows or
 * columns left nothing is defined: df 0, and NaN for the others.
 */

#include <stddef.h>
#include <stdint.h>

struct stat_chi2 {
	double chi2, p, v;
	int64_t df;
	int64_t low;		/* cells with an expected count under 5 */
};

/* ${count} is [row * ${columns} + column], all 0 or more. */
struct stat_chi2 stat_chi2(const int64_t *count, size_t rows, size_t columns);

/* P(X >= x) of the chi-square distribution; x >= 0, df > 0; else NaN. */
double stat_chi2_tail(double x, double df);

#endif /* !PIPELINE_TABLES_STAT_H */
