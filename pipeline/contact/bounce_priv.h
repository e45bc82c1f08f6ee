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
	int named;			/* its From is a mail system's */
	int titled;			/* its subject has words of a failure; 2:
					 * it begins with them */
	int daemon;			/* 2: sent by a mail system; 1: only its
					 * subject says so; 0: by a person */
	const char *own[4];		/* addresses of the mail itself */
	size_t nown, room;
	struct bounce *b;
};

/* reading.c: fill own addresses, daemon and the verdict's head; then family. */
void reading_mail(struct reading *);
void reading_texts(struct reading *);
/* First value of a field of the mail, "" if there is none. */
const char *reading_head(const struct reading *, const char *name);
/* Does ${needle} (lower case) stand in s? */
int reading_says(const char *s, const char *needle);
const struct mime_part *reading_part(const struct reading *, enum mime_sort);
int reading_is(struct reading *, enum bounce_kind, const char *how);	/* 1 */
int reading_is_robot(const struct reading *);	/* nobody reads answers there */

/* kinds.c: 1 if it is one, and then the verdict is filled in. */
int kinds_feedback(struct reading *);
int kinds_receipt(struct reading *);
int kinds_challenge(struct reading *);
int kinds_auto_reply(struct reading *);

/* whose.c: gather candidates, copy_to and the rest; after kind and parts are known. */
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
