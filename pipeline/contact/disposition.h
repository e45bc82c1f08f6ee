#ifndef PIPELINE_CONTACT_DISPOSITION_H
#define PIPELINE_CONTACT_DISPOSITION_H

/*
 * disposition -- the state of each drawn unit, from evidence.
 *
 * disposition_of() is the policy (facts of returned mail, section 9) as a pure
 * function of a unit's events and the settings' limits, so that it can be read,
 * tested and replayed.  disposition_write() gathers the events of a study,
 * decides, and replaces its rows of table `disposition`; the caller holds the
 * transaction in which the evidence was added.
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
	const char *aapor, *why;
};

struct settings;

/* ${event} in order of time. */
struct disposition disposition_of(const struct unit_event *event, size_t n,
    const struct settings *);

int disposition_write(const struct world *, int64_t study_id, struct err *);

#endif /* !PIPELINE_CONTACT_DISPOSITION_H */
