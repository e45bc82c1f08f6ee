#ifndef PIPELINE_REGISTER_KLASS_DIFF_H
#define PIPELINE_REGISTER_KLASS_DIFF_H

/*
 * klass_diff -- what is different in two sets of code lists.
 *
 * Statistics Norway edits versions in place: the same code gets another name,
 * lies somewhere else, goes over into others, is no more.  Each such thing is
 * one difference; both sides are as they are loaded, so that only what means
 * something is compared.  Days before 2002-01-01 are one.
 */

#include <stddef.h>

#include "nace/nace.h"
#include "nace/region.h"

enum klass_what { KLASS_NEW, KLASS_GONE, KLASS_EDITED };

struct klass_diff {
	const char *list;	/* "SN2007", "SN2025", "correspondence", "counties",
				 * "municipalities" */
	const char *key;	/* "43.220"; "43.220 -> 43.221"; "1507 of 2020-01-01" */
	enum klass_what what;
	const char *field;	/* of KLASS_EDITED: "name", "parent", "until", "next" */
	const char *was, *is;	/* NULL where there is none */
};

struct klass_diffs {
	struct klass_diff *diff;
	size_t n;
	size_t gone;		/* codes and places that are no more; a pair is none */
	struct arena *arena;	/* private */
};

void klass_diff(const struct nace *was, const struct region *was_there,
    const struct nace *is, const struct region *is_there, struct klass_diffs *ret);
void klass_diffs_free(struct klass_diffs *);

const char *klass_what_text(enum klass_what);	/* "new", "gone", "edited" */

#endif /* !PIPELINE_REGISTER_KLASS_DIFF_H */
