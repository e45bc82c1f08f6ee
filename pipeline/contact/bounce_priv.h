#ifndef PIPELINE_CONTACT_BOUNCE_PRIV_H
#define PIPELINE_CONTACT_BOUNCE_PRIV_H

/* What the files of the bounce reader share; nobody else includes it. */

#include "pipeline/contact/bounce.h"
#include "pipeline/contact/dsn.h"
#include "pipeline/contact/family.h"
#include "pipeline/contact/mime.h"

struct reading {
	struct arena *mem;
	const struct reason_rules *rules;
	const struct bounce_limits *limits;
	struct mime mime;
	struct dsn dsn;
	struct family family;		/* the text that tells most */
	struct fields copy;		/* header of the returned message */
	int has_copy;
	int copy_of_list;		/* its To is a mailing list, not a person */
	int daemon;			/* 2: sent by a mail system; 1: only its
					 * subject says so; 0: by a person */
	const char *own[4];		/* addresses of the mail itself */
	size_t nown, room;
	struct bounce *b;
};

/* Gather candidates, copy_to and the rest; after kind and parts are known. */
void whose_gather(struct reading *, const struct bounce_envelope *);
/* Find the returned message's header: an attached part, else in the text. */
void whose_copy(struct reading *);

/* The recipients of a report, of a text, of others. */
void recipients_of_report(struct reading *);
void recipients_of_text(struct reading *);
struct bounce_recipient *recipients_add(struct reading *);
/* One for a mail of another kind. */
void recipients_other(struct reading *, const char *address, const char *reason);

/* At most BOUNCE_STRING octets of it, cut between characters. */
const char *bounce_cut(struct arena *, const char *s);

#endif /* !PIPELINE_CONTACT_BOUNCE_PRIV_H */
