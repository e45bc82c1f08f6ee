#ifndef PIPELINE_REGISTER_CHANGES_ANSWER_H
#define PIPELINE_REGISTER_CHANGES_ANSWER_H

/*
 * changes_answer -- inside of changes.h: the events of one unit folded to one
 * question, and what the answer makes of the unit.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/register/apply.h"
#include "pipeline/register/changes.h"
#include "pipeline/register/feed.h"
#include "pipeline/store/erase.h"

enum changes_out { CHANGES_SAME, CHANGES_ADDED, CHANGES_CHANGED, CHANGES_DELETED,
	CHANGES_ABSENT, CHANGES_REMOVED, CHANGES_WAITS, CHANGES_IDLE,
	CHANGES_BARRED };

struct changes_fold {
	int32_t orgnr;
	size_t n;			/* events */
	int64_t removed;		/* id of the last Fjernet; 0: none */
	int deleted;			/* the last event says Sletting ... */
	int32_t day;			/* ... and that day */
	int ask;			/* it is to be looked up */
	int again;			/* ... for an event that came before */
	struct changes_look look;	/* the answer */
	enum changes_out out;
};

/* The first event of a unit, and further ones in order of their ids. */
void changes_fold(struct changes_fold *, const struct feed_event *);
void changes_fold_more(struct changes_fold *, const struct feed_event *);

/* A 200 that is not the unit that was asked for becomes no answer. */
void changes_judge(struct changes_fold *);

/* Inside the transaction; sets ${out}. */
int changes_act(const struct world *, struct apply *, enum unit_kind feed,
    struct changes_fold *, const struct erased *barred, struct err *);

#endif /* !PIPELINE_REGISTER_CHANGES_ANSWER_H */
