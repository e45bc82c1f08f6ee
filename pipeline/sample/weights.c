#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"

#include "pipeline/sample/weights.h"

enum { ROUNDS = 200 };

static int
empty(const struct weights_by *by, size_t c, const char *whom, struct err *err)
{
	if (by->name != NULL)
		return err_set(err, EX_DATAERR, "class %s has no %s to carry its "
		    "weight: merge it with another", by->name[c], whom);
	return err_set(err, EX_DATAERR, "class %zu has no %s to carry its weight: "
	    "merge it with another", c + 1, whom);
}

/* Sums of class: what is to be carried, and by how much weight. */
struct sums {
	double all, bearers;
};

static int
carry(const struct sums *sum, const struct weights_by *by, const char *whom,
    double *factor, struct err *err)
{
	for (size_t c = 0; c < by->n; c++) {
		if (sum[c].all > 0 && !(sum[c].bearers > 0))
			return empty(by, c, whom, err);
		factor[c] = sum[c].bearers > 0 ? sum[c].all / sum[c].bearers : 0;
	}
	return 0;
}

int
weights_eligible(double *w, const enum weights_fate *fate, size_t n,
    const struct weights_by *by, struct err *err)
{
	struct sums *sum = mem_array(by->n + 1, sizeof(*sum));
	double *factor = mem_array(by->n + 1, sizeof(*factor));
	int r;

	for (size_t i = 0; i < n; i++) {
		assert(by->of[i] < by->n);
		sum[by->of[i]].all += w[i];
		if (fate[i] != WEIGHTS_UNKNOWN)
			sum[by->of[i]].bearers += w[i];
	}
	r = carry(sum, by, "unit whose eligibility is known", factor, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		w[i] = fate[i] == WEIGHTS_UNKNOWN ? 0 : w[i] * factor[by->of[i]];
	free(factor);
	free(sum);
	return r;
}

int
weights_answering(double *w, const enum weights_fate *fate, size_t n,
    const struct weights_by *by, double e, struct err *err)
{
	struct sums *sum = mem_array(by->n + 1, sizeof(*sum));
	double *factor = mem_array(by->n + 1, sizeof(*factor));
	int r;

	assert(e >= 0 && e <= 1);
	for (size_t i = 0; i < n; i++) {
		struct sums *s = &sum[by->of[i]];

		switch (fate[i]) {
		case WEIGHTS_ANSWERED:
			s->bearers += w[i];
			s->all += w[i];
			break;
		case WEIGHTS_SILENT:
			s->all += w[i];
			break;
		case WEIGHTS_UNKNOWN:
			s->all += e * w[i];
			break;
		case WEIGHTS_NOT_ELIGIBLE:
			break;
		}
	}
	r = carry(sum, by, "answer", factor, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		w[i] = fate[i] == WEIGHTS_ANSWERED ? w[i] * factor[by->of[i]] : 0;
	free(factor);
	free(sum);
	return r;
}

/* The largest relative distance of a cell from its total, before it is set. */
static double
fit(double *w, size_t n, const struct weights_by *by, const double *total,
    double *sum)
{
	double off = 0;

	memset(sum, 0, by->n * sizeof(*sum));
	for (size_t i = 0; i < n; i++)
		sum[by->of[i]] += w[i];
	for (size_t c = 0; c < by->n; c++)
		if (total[c] > 0)
			off = fmax(off, fabs(sum[c] - total[c]) / total[c]);
	for (size_t i = 0; i < n; i++)
		if (sum[by->of[i]] > 0)
			w[i] *= total[by->of[i]] / sum[by->of[i]];
	return off;
}

static int
check(const double *w, size_t n, const struct weights_by *by, const double *total,
    struct err *err)
{
	double *sum = mem_array(by->n + 1, sizeof(*sum));
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		assert(by->of[i] < by->n);
		sum[by->of[i]] += w[i];
	}
	for (size_t c = 0; r == 0 && c < by->n; c++) {
		if (total[c] > 0 && !(sum[c] > 0))
			r = empty(by, c, "answer", err);
		else if (sum[c] > 0 && !(total[c] > 0))
			r = err_set(err, EX_DATAERR, "class %s has answers, and a total "
			    "of 0", by->name != NULL ? by->name[c] : "of a margin");
	}
	free(sum);
	return r;
}

int
weights_poststratify(double *w, size_t n, const struct weights_by *by,
    const double *total, struct err *err)
{
	double *sum;

	if (check(w, n, by, total, err) != 0)
		return -1;
	sum = mem_array(by->n + 1, sizeof(*sum));
	fit(w, n, by, total, sum);
	free(sum);
	return 0;
}

int
weights_margins(const double *w, size_t n, const struct weights_margin *m,
    size_t nmargin, struct err *err)
{
	double first = 0;

	for (size_t k = 0; k < nmargin; k++) {
		double all = 0;

		if (check(w, n, &m[k].by, m[k].total, err) != 0)
			return -1;
		for (size_t c = 0; c < m[k].by.n; c++)
			all += m[k].total[c];
		if (k == 0)
			first = all;
		if (fabs(all - first) > 1e-9 * first)
			return err_set(err, EX_DATAERR, "margin %zu sums to %.10g, the "
			    "first to %.10g: they cannot both be met", k + 1, all, first);
	}
	return 0;
}

int
weights_rake(double *w, size_t n, const struct weights_margin *m, size_t nmargin,
    int *rounds, int *met, struct err *err)
{
	double *sum;
	size_t most = 1;

	*rounds = *met = 0;
	if (weights_margins(w, n, m, nmargin, err) != 0)
		return -1;
	for (size_t k = 0; k < nmargin; k++)
		most = m[k].by.n > most ? m[k].by.n : most;
	sum = mem_array(most, sizeof(*sum));
	while (*rounds < ROUNDS && !*met) {
		double off = 0;

		for (size_t k = 0; k < nmargin; k++)
			off = fmax(off, fit(w, n, &m[k].by, m[k].total, sum));
		++*rounds;
		*met = off < 1e-10;
	}
	free(sum);
	return 0;
}

struct weights_summary
weights_summary(const double *w, size_t n)
{
	struct weights_summary s = { 0 };
	double squares = 0;

	for (size_t i = 0; i < n; i++) {
		if (!(w[i] > 0))
			continue;
		s.least = s.n == 0 || w[i] < s.least ? w[i] : s.least;
		s.most = w[i] > s.most ? w[i] : s.most;
		s.n++;
		s.sum += w[i];
		squares += w[i] * w[i];
	}
	if (s.n > 0) {
		s.mean = s.sum / (double)s.n;
		s.deff = (double)s.n * squares / (s.sum * s.sum);
		s.neff = (double)s.n / s.deff;
	}
	return s;
}
