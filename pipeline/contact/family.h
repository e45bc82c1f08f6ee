#ifndef PIPELINE_CONTACT_FAMILY_H
#define PIPELINE_CONTACT_FAMILY_H

/*
 * family -- failure notices in free text (rules of returned mail, section 8).
 *
 * Mail programs that send no machine-readable report write a text: some mark
 * that it is one, the addresses that failed with the reason beside them, and
 * a copy of the message behind a line that says so.  The table of families
 * names the marks; how addresses and reasons stand on lines is read the same
 * way for all, so that a family nobody has met is read too, if it looks like
 * one: a daemon as sender, an address in its place, and a reason.
 *
 * Nothing depends on English alone: addresses and codes are ASCII in every
 * language.
 */

#include <stddef.h>

#include "pipeline/base/mem.h"
#include "pipeline/contact/bounce.h"
#include "pipeline/contact/field.h"

struct family_failure {
	const char *address;	/* the one in its place; never NULL */
	const char *original;	/* "(expanded from ...)": what it came of; or NULL */
	const char *text;	/* what stands beside and beneath it */
};

struct family {
	const char *name;	/* of the table; NULL: no mark of any family */
	enum bounce_kind kind;	/* FINAL or DELAYED, where a mark was found */
	int weak;		/* as in notice.h */
	int placed;		/* the addresses stand in a place of their own,
				 * not in a sentence */
	struct family_failure *failure;
	size_t n;
	int more;		/* there were more than ${max} */
	const char *body;	/* the notice without the copy */
	const char *copy;	/* the copy's text, from its header on; or NULL */
};

/*
 * Read a text (of mime.h).  ${own} are addresses that are the returned mail's
 * own (sender and receiver): taken for failed ones only where there are no
 * others.
 */
void family_read(struct arena *, const char *text, size_t len,
    const char *const *own, size_t nown, size_t max, struct family *);

#endif /* !PIPELINE_CONTACT_FAMILY_H */
