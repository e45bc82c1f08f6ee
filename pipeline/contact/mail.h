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
 * To a mail server letters are handed over one by one (mail_each.h); the one that
 * was on its way when a run died is uncertain, never sent again in silence, and
 * keeps a reminder waiting until a person has settled it.
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
 * Reminders are waves of their own, numbered, with a token for each recipient and
 * wave.  One begins when the wave before is through and the study file's days have
 * passed since its last letter: too early is EX_TEMPFAIL, one more than the study
 * file allows EX_DATAERR; --preview and letters to ourselves may come before.
 *
 * A mailing goes on where it began: with unsent recipients another way out or
 * another text (once some were sent) is EX_DATAERR.  So is a reminder before
 * the invitation is through, and an address that cannot stand in a header.
 * Nothing drawn: EX_NOINPUT.  No sender, return address, subject or template,
 * an unknown field in one: EX_CONFIG.  Wave or way out unknown: EX_USAGE.
 *
 * Fields of templates, subject and link (link: {token} alone): {name} {email}
 * {token} {link} {area} {group} {title} {purpose} {controller} {legal_basis}
 * {contact} {retention} {from_name} {register_date} {deadline} {art14}
 * {art14_en}; dates as DD.MM.YYYY.  What the invitation must say: mail_art14.h;
 * what HTML must not hold: mail_html.h.
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
	const char *wave;	/* invite, reminder or reminder-N (mail_who.h) */
	const char *out;	/* "smtp", "maildir:DIR", "csv:FILE", or as csv
				 * limesurvey listmonk nettskjema qualtrics */
	int preview;		/* > 0: no more than this many, nothing is written
				 * down; the texts go to ${shown} */
	struct buf *shown;
	int anyway;		/* smtp: do not stop on mass failure */
	int64_t (*clock)(void);	/* milliseconds; NULL: it stands at world.now */
	void (*wait)(int64_t ms);	/* NULL: not at all */
};
/* planned = before + sent + rejected + deferred + uncertain; but after
 * mail_count(), where the rest would be sent. */
struct mail_result {
	int reminder;		/* which it was; 0: the invitation */
	/* after mail_count() alone: */
	int too_many;		/* a reminder that the study file does not allow */
	int32_t due;		/* the day it may begin, if that is to come; or
				 * DATE_NONE */
	int64_t planned;	/* recipients of the wave in all */
	int64_t before;		/* of them sent (or rejected) by an earlier run */
	int64_t sent;		/* of them sent now */
	int64_t rejected;	/* ... refused for good now */
	int64_t deferred;	/* ... put off: the next run tries again */
	int64_t uncertain;	/* ... nobody knows */
	int64_t left_out;	/* drawn, not written to, with ... */
	int64_t suppressed, answered, refused, returned, not_invited;
};

int mail_send(const struct world *, const struct study *, int64_t study_id,
    const struct mail_ask *, struct mail_result *, struct err *);

/*
 * A person has looked: the uncertain ones of a wave were sent, or are to be
 * written to again.  How many there were in *${n}.
 */
int mail_resolve(const struct world *, int64_t study_id, const char *wave,
    int sent, int64_t *n, struct err *);

/* How many a wave would go to, and when, for `plan`. */
int mail_count(const struct world *, const struct study *, int64_t study_id,
    const char *wave, struct mail_result *, struct err *);

#endif /* !PIPELINE_CONTACT_MAIL_H */
