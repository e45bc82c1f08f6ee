#ifndef PIPELINE_CONTACT_MAIL_H
#define PIPELINE_CONTACT_MAIL_H

/*
 * mail -- stage 4, outward: one message for each drawn unit, to nobody twice.
 *
 * The mailing and all its recipients are written down as planned in one
 * transaction; then messages are handed over in groups and marked sent after
 * each.  Handing over can be repeated: to a maildir the name of a message is
 * its recipient number, so that one which is there already (in new/ or cur/)
 * is not written again; a CSV is written whole.  Killed anywhere and run again,
 * nobody gets two.  The seam for other ways out is struct mail_out in mail.c.
 *
 * Left out: not drawn, suppressed, and for reminders who was not sent the
 * invitation, answered, refused, was returned.
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

struct mail_ask {
	const char *wave;	/* "invite" or "reminder" */
	const char *out;	/* "maildir:DIR" or "csv:FILE" */
	int preview;		/* > 0: no more than this many, nothing is written
				 * down; the texts go to ${shown} */
	struct buf *shown;
};
struct mail_result {
	int64_t planned;	/* recipients of the wave in all */
	int64_t before;		/* of them sent by an earlier run */
	int64_t sent;		/* of them sent now */
	int64_t left_out;	/* drawn, not written to, with ... */
	int64_t suppressed, answered, refused, returned, not_invited;
};

int mail_send(const struct world *, const struct study *, int64_t study_id,
    const struct mail_ask *, struct mail_result *, struct err *);

/* How many a wave would go to, for `plan` and --dry-run. */
int mail_count(const struct world *, int64_t study_id, const char *wave,
    struct mail_result *, struct err *);

#endif /* !PIPELINE_CONTACT_MAIL_H */
