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
 * nobody gets two.  The seam for other ways out is mail_out.h.
 *
 * Left out: not drawn, suppressed, and for reminders who was not sent the
 * invitation, answered (screened out and late too), refused, or was returned
 * hard; who came back softly is written to again.  That is asked when the
 * mailing is planned and again when it is handed over: who has dropped out
 * since then is taken off the plan.
 *
 * A CSV of a mailing that is through, and is gone, is written again for those who
 * may still be written to: lists get lost, and it names nobody anew.
 *
 * A mailing goes on where it began: with unsent recipients another way out or
 * another text (once some were sent) is EX_DATAERR.  So is a reminder before
 * the invitation is through, and an address that cannot stand in a header.
 * Nothing drawn: EX_NOINPUT.  No sender, return address, subject or template,
 * an unknown field in one: EX_CONFIG.  Wave or way out unknown: EX_USAGE.
 *
 * Fields of templates, subject and link (link: {token} alone): {name} {email}
 * {token} {link} {area} {group} {title} {purpose} {controller} {legal_basis}
 * {contact} {from_name} {register_date} {deadline}; dates as DD.MM.YYYY.
 *
 * Steps to be killed at: mail.1 (before the plan), mail.2 (in it), mail.3
 * (planned), mail.4 (written, not handed over), mail.5 (handed over, not marked),
 * mail.6 (a group marked sent).
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
struct mail_result {	/* planned = before + sent, but after mail_count() */
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
