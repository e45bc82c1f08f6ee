#include <string.h>

#include "pipeline/tables/hide.h"

/* ${n} cells ${step} apart; the last is the sum of the others. */
struct line {
	const int64_t *count;
	unsigned char *hidden;
	size_t n, step;
};

/* Can a hidden count be worked out from the line? */
static int
gives_away(const struct line *l)
{
	int64_t sum = 0, hidden = 0, least = 1;
	int total = l->hidden[(l->n - 1) * l->step];

	for (size_t i = 0; i + 1 < l->n; i++)
		if (l->hidden[i * l->step]) {
			int64_t c = l->count[i * l->step];

			hidden++;
			sum += c;
			if (c < least)
				least = c;
		}
	if (total)
		return hidden == 0;
	return hidden == 1 || (hidden > 1 && least > 0 && sum == hidden);
}

/* Hide one more; 0 where there is none left. */
static int
one_more(const struct line *l)
{
	size_t best = l->n;

	for (size_t i = 0; i + 1 < l->n; i++) {
		int64_t c = l->count[i * l->step];

		if (l->hidden[i * l->step])
			continue;
		if (best == l->n || (c > 0 && (l->count[best * l->step] == 0 ||
		    c < l->count[best * l->step])))
			best = i;
	}
	if (best == l->n) {
		if (l->hidden[(l->n - 1) * l->step])
			return 0;
		best = l->n - 1;
	}
	l->hidden[best * l->step] = 1;
	return 1;
}

void
hide_mark(const int64_t *count, size_t rows, size_t columns, int small,
    unsigned char *hidden)
{
	int changed;

	for (size_t i = 0; i < rows * columns; i++)
		hidden[i] = count[i] > 0 && count[i] < small;
	do {
		changed = 0;
		for (size_t r = 0; columns > 1 && r < rows; r++) {
			struct line l = { count + r * columns,
				hidden + r * columns, columns, 1 };

			while (gives_away(&l) && one_more(&l))
				changed = 1;
		}
		for (size_t c = 0; rows > 1 && c < columns; c++) {
			struct line l = { count + c, hidden + c, rows, columns };

			while (gives_away(&l) && one_more(&l))
				changed = 1;
		}
	} while (changed);
}
