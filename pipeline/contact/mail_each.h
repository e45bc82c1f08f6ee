#ifndef PIPELINE_CONTACT_MAIL_EACH_H
#define PIPELINE_CONTACT_MAIL_EACH_H

/*
 * mail_each -- handing over letters one by one, each with an answer of its own.
 *
 * Before a letter is handed over, its recipient is written down as `handing`;
 * the answer, in one transaction with the next one's `handing`, as sent, rejected
 * or deferred (the drawing is in schema.sql).  So a run that dies leaves one
 * recipient, and no more, of whom nobody knows; the next run finds it as
 * `handing` and writes it down as uncertain.  Such a one is never written to
 * again until a person has looked for the Message-ID in the mail server's log
 * (mail_resolve()), or a mail that came back has shown that it went.
 *
 *	answer			state		evidence
 *	2yz			sent
 *	4yz			deferred	none: tried again by the next run
 *	5yz, fault S		deferred	none: to be sent when that is mended
 *	5yz, any other		rejected	like a bounce, located certainly
 *	none, before the end	as it was	the run ends
 *	none, behind the end	uncertain
 *
 * Dispositions are derived from these states every 500 letters and at the end, not
 * with each letter: a run that dies leaves them behind by so many, until the next
 * run of mail or bounces.  The caller's lock is held all the while, also where a
 * slow pace makes that hours; what cannot wait so long is sent in portions
 * (per_day).
 *
 * Held (EX_TEMPFAIL, one line, what is done is written down): outside the
 * window, at the day's number, on mass failure (mail_failure.h), when the server
 * puts off ten in a row, when it cannot be reached.
 *
 * Steps to be killed at, beside those of smtp.h: smtp.3 (written down as handing),
 * smtp.4 (answered, not written down), smtp.5 (all written down).
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/contact/mail.h"
#include "pipeline/contact/mail_out.h"
#include "pipeline/contact/mail_text.h"
#include "pipeline/contact/mail_who.h"
#include "pipeline/store/world.h"

struct mail_each {
	const struct world *w;
	int64_t study;
	const struct mail_ask *ask;
	const struct mail_out *out;
	void *ctx;			/* of the way out, connected */
	struct mail_wave *v;		/* planned; states are kept up to date */
	const struct mail_text *text;
	struct mail_result *r;		/* sent and rejected are counted up */
};

int mail_each(const struct mail_each *, struct err *);

/* May letters go at all now?  0, or -1 as above. */
int mail_each_open(const struct world *, const struct mail_ask *, struct err *);

/*
 * What dead runs left as `handing` becomes uncertain; whatever uncertain one has
 * come back since was sent.  Its own transaction.
 */
int mail_recover(const struct world *, int64_t study, struct err *);

#endif /* !PIPELINE_CONTACT_MAIL_EACH_H */
