#ifndef PIPELINE_CONTACT_DISPOSITION_H
#define PIPELINE_CONTACT_DISPOSITION_H

/*
 * disposition -- the state of each drawn unit, from evidence.
 *
 * disposition_of() is the policy (rules of returned mail, section 9) as a pure
 * function of a unit's events and the settings' limits, so that it can be read,
 * tested and replayed.  disposition_write() gathers the events of a study,
 * decides, and replaces its rows of table `disposition`; the caller holds the
 * transaction in which the evidence was added.
 *
 * Precedence: complete > partial > refused > not_eligible > returned > sent >
 * not_sent.  How a return is judged:
 *
 *	of one mailing		the latest bounce or delivered report stands; one
 *				that was located by address alone never takes the
 *				place of a certain one
 *	hard			hard reason, class 5 or none, certain; or
 *				hard_by_address such from as many mailings,
 *				located by address alone (until then: review)
 *	suspend, filtered	with class 5: hard at the suspend_count-th mailing,
 *				first and last suspend_days apart
 *	other soft		fault R, N, unknown, or a hard reason of class 4:
 *				hard at the soft_count-th mailing, soft_days apart;
 *				fault unknown goes to review too
 *	forgotten		soft counts, by delivered, an automatic reply or an
 *				answer in between; or by soft_reset_days in which a
 *				mailing had no return
 *	fault S			never against the address
 *	returned		hard; or every mailing came back, not all of them
 *				for fault S, and not on one report located by
 *				address alone
 *
 * An answer always wins, a late one too.  Feedback is an opt-out: refused.
 * AAPOR codes: rules of sampling, section 1.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

enum event_kind { EVENT_SENT, EVENT_BOUNCE, EVENT_DELIVERED, EVENT_AUTO_REPLY,
	EVENT_FEEDBACK, EVENT_COMPLETE, EVENT_PARTIAL, EVENT_REFUSED,
	EVENT_SCREENED, EVENT_LATE };

struct unit_event {
	enum event_kind kind;
	int64_t mailing;	/* id; 0 where it belongs to none */
	int64_t at;		/* moment */
	/* of a bounce */
	int hard;		/* reason is hard */
	int status_class;	/* 2, 4, 5; 0: none */
	const char *reason;
	char fault;		/* A R S N - */
	int certain;		/* located by token; else by address alone */
};

struct disposition {
	const char *state;	/* as in table disposition */
	int sent, returned, our_fault, review, late;
	const char *aapor, *why;	/* static text */
};

/* The one ${why} of a returned unit that is not hard: it may be written to
 * again (rules of output, section 8: soft bounces stay). */
#define DISPOSITION_SOFT	"every mailing came back"

struct settings;

/* ${event} in order of time; of kind EVENT_BOUNCE are final failures only. */
struct disposition disposition_of(const struct unit_event *event, size_t n,
    const struct settings *);

int disposition_write(const struct world *, int64_t study_id, struct err *);

/* The same for the units behind these recipients alone, so that reading a
 * mailing's returns costs what came back, not what was sent. */
int disposition_rewrite(const struct world *, const int64_t *recipient, size_t n,
    struct err *);

#endif /* !PIPELINE_CONTACT_DISPOSITION_H */
