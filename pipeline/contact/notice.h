#ifndef PIPELINE_CONTACT_NOTICE_H
#define PIPELINE_CONTACT_NOTICE_H

/*
 * notice -- the words by which failure notices are known: marks of families,
 * the lines behind which the copy begins, labels of addresses.  Tables; what is
 * done with them is family.c.
 */

#include <stddef.h>

#include "pipeline/contact/bounce.h"

struct notice_mark {
	const char *name;	/* of the family */
	const char *mark;	/* lower case */
	enum bounce_kind kind;	/* FINAL or DELAYED */
	int weak;		/* 1: people write this too, so it wants a daemon as
				 * sender; 2: daemons write it about other things,
				 * so it wants an address as well */
};

/* The mark that tells most, or NULL; *${kind} is DELAYED also where the text
 * says that the sender keeps trying. */
const struct notice_mark *notice_recognise(const char *text, size_t len,
    enum bounce_kind *kind);

/* Does the returned copy begin behind this line (outer blanks gone)? */
int notice_is_copy_line(const char *line, size_t len);

/* Words beside an address that make it a failed one; a helper's or the
 * sender's. */
int notice_is_label(const char *s, size_t len);
int notice_is_aside(const char *s, size_t len);

#endif /* !PIPELINE_CONTACT_NOTICE_H */
