#ifndef NACE_NACE_TABLE_H
#define NACE_NACE_TABLE_H

/* The inside of nace: for the nace*.c of this folder only. */

#include "nace/nace.h"

enum { NACE_STDS = 2 };

struct nace {
	struct nace_item *item[NACE_STDS];	/* as printed: R, 90, 90.0, ... */
	size_t nitem[NACE_STDS];
	const struct nace_item **leaf[NACE_STDS];	/* level 5, by number */
	size_t nleaf[NACE_STDS];
	/* Flows by the code of that standard; those of leaf i are number
	 * start[i] to start[i + 1] - 1. */
	struct nace_link *link[NACE_STDS];
	size_t *start[NACE_STDS];
	size_t nlink;
	char *text[3];				/* what the names point into */
	char *version;
};

/* The index of a five-digit code in nace->leaf[its standard]. */
size_t nace_leaf_index(const struct nace *, const struct nace_item *level5);

/* What the flow leads to from the side of ${from}. */
const struct nace_item *nace_other_end(const struct nace_link *, enum nace_std from);

enum nace_std nace_other_std(enum nace_std);

/*
 * Set mark[i] for every leaf i of the other standard that something beneath
 * ${item} flows into; mark has room for all of them.  Returns how many were not
 * marked before.
 */
size_t nace_spread(const struct nace *, const struct nace_item *item,
    unsigned char *mark);

#endif /* !NACE_NACE_TABLE_H */
